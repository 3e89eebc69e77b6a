#!/usr/bin/env python3
"""Writes network.json: what PyTorch computes in double precision, for the cases below.

    python3 -m pip install torch==2.11.0 numpy && python3 generate.py

Of each tensor two numbers are kept: its sum, and its scalar product with `uniform` of its name.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

from reference import Network, uniform, value

DEFAULT = {"stem": "SmallImage", "width": 0.125, "pool_projection": "Printed128", "padding": "Symmetric",
           "normalization": "Batch", "learn_gamma": True, "activation": "Relu", "local_response_norm": False,
           "auxiliary_classifiers": False, "classes": 10}
CASES = {
    "as printed": (32, {}),
    "inception": (32, {"normalization": "None", "local_response_norm": True, "auxiliary_classifiers": True}),
    "baseline": (32, {"local_response_norm": True, "auxiliary_classifiers": True}),
    "sigmoid": (32, {"activation": "Sigmoid"}),
    "tf-slim": (64, {"stem": "Separable", "pool_projection": "Consistent96", "padding": "Same",
                     "learn_gamma": False}),
    "full stem": (64, {"stem": "Full", "width": 0.25}),
    "per activation": (32, {"normalization": "BatchPerActivationInLast"}),
}
IMAGES, STEPS, LEARNING_RATE, MOMENTUM, L2 = 6, 3, 0.01, 0.9, 1e-2


def main():
    cases = {name: case(side, {**DEFAULT, **options}) for name, (side, options) in CASES.items()}
    golden = {"torch": torch.__version__, "images": IMAGES, "steps": STEPS, "learning_rate": LEARNING_RATE,
              "momentum": MOMENTUM, "l2": L2, "cases": cases}
    with open(Path(__file__).with_name("network.json"), "w") as file:
        json.dump(golden, file, indent=0)
        file.write("\n")


def case(side, options):
    net = Network(options, side)
    images = value("images", (IMAGES, 3, side, side))
    labels = torch.arange(IMAGES) % options["classes"]
    logits = net(images)
    result = {"side": side, "options": options, "logits": logits[0].detach().flatten().tolist(),
              "modules": {name: digest(name, output) for name, output in net.outputs.items()}}
    # That pass has moved the statistics once; the steps begin with fresh ones.
    net.statistics.clear()
    result |= train(net, images, labels)
    net.training = False
    with torch.no_grad():
        result["inference"] = net(images)[0].flatten().tolist()
    return result


def train(net, images, labels):
    """Momentum SGD with L2 on convolutions and matrices."""
    parameters = net.parameters
    velocity = {name: torch.zeros_like(p) for name, p in parameters.items()}
    losses, gradients = [], {}
    for step in range(STEPS):
        main, *auxiliary = net(images)
        loss = F.cross_entropy(main, labels) + 0.3 * sum(F.cross_entropy(a, labels) for a in auxiliary)
        losses.append(loss.item())
        found = torch.autograd.grad(loss, list(parameters.values()))
        for (name, p), g in zip(parameters.items(), found):
            if step == 0:
                gradients[name] = digest(name, g)
            if name.split("/")[-1] in ("conv", "weights"):
                g = g + L2 * p.detach()
            velocity[name] = MOMENTUM * velocity[name] + g
            with torch.no_grad():
                p -= LEARNING_RATE * velocity[name]
    return {"losses": losses, "gradients": gradients,
            "parameters": {name: digest(name, p) for name, p in parameters.items()},
            "statistics": {name: digest(name, s) for name, s in net.statistics.items()}}


def digest(name, tensor):
    flat = tensor.detach().flatten()
    return [flat.sum().item(), (flat @ torch.from_numpy(uniform(name, flat.numel()))).item()]


if __name__ == "__main__":
    main()
