#!/usr/bin/env python3
"""Makes golden.json: what PyTorch computes, in double precision, for model's tests.

    python3 crates/model/tests/golden/generate.py     (PyTorch 2.11)
"""

import json
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20150211)


def batch_norm(shape):
    """Algorithm 1 on three mini-batches: outputs and gradients of the first, averages after all."""
    features = shape[1]
    layer = (nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d)(features, eps=1e-5, momentum=0.01)
    gamma, beta = torch.rand(features) + 0.5, torch.randn(features)
    layer.weight.data.copy_(gamma)
    layer.bias.data.copy_(beta)
    batches = [torch.randn(shape) * 2 + 1 for _ in range(3)]
    x = batches[0].requires_grad_()
    dy = torch.randn(shape)
    y = layer(x)
    y.backward(dy)
    for batch in batches[1:]:
        layer(batch)
    case = {"x": x, "dy": dy, "gamma": gamma, "beta": beta, "y": y, "dx": x.grad,
            "dgamma": layer.weight.grad, "dbeta": layer.bias.grad,
            "second": batches[1], "third": batches[2],
            "moving_mean": layer.running_mean.clone(), "moving_var": layer.running_var.clone()}
    case.update(population(layer, batches))
    return case


def population(layer, batches):
    """Algorithm 2: momentum=None makes PyTorch average the mini-batches' statistics."""
    layer.reset_running_stats()
    layer.momentum = None
    layer.train()
    for batch in batches:
        layer(batch)
    layer.eval()
    return {"population_mean": layer.running_mean, "population_var": layer.running_var,
            "y_at_inference": layer(batches[0])}


def sigmoid_mlp(with_bn):
    """Four steps of SGD on a small network of binary input, then inference with population
    statistics."""
    inputs, units, classes, m, learning_rate = 5, 4, 3, 6, 0.5
    layers, names = [], []
    for l in range(3):
        linear = nn.Linear(inputs if l == 0 else units, units, bias=not with_bn)
        layers += [linear] + ([nn.BatchNorm1d(units, momentum=0.01)] if with_bn else []) + [nn.Sigmoid()]
        names += [(f"hidden{l + 1}/weight", linear.weight)]
        if with_bn:
            bn = layers[-2]
            names += [(f"hidden{l + 1}/bn/gamma", bn.weight), (f"hidden{l + 1}/bn/beta", bn.bias),
                      (f"hidden{l + 1}/bn/moving_mean", bn.running_mean),
                      (f"hidden{l + 1}/bn/moving_var", bn.running_var)]
        else:
            names += [(f"hidden{l + 1}/bias", linear.bias)]
    output = nn.Linear(units, classes)
    names += [("output/weight", output.weight), ("output/bias", output.bias)]
    net = nn.Sequential(*layers, output)
    start = {name: tensor.detach().clone() for name, tensor in names}
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    xs, labels = torch.randint(2, (4, m, inputs)).double(), torch.randint(classes, (4, m))
    losses = []
    for x, y in zip(xs, labels):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    end = {name: tensor.detach().clone() for name, tensor in names}
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.reset_running_stats()
            module.momentum = None
    net.train()
    for x in xs:
        net(x)
    net.eval()
    return {"learning_rate": torch.tensor(learning_rate), "xs": xs, "labels": labels, "start": start,
            "end": end, "losses": torch.tensor(losses), "logits": net(xs[0]),
            "last_hidden_inputs": net[:-2](xs[0])}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return {"shape": list(value.shape), "values": value.detach().to(torch.float64).flatten().tolist()}


golden = {
    "batch_norm_of_vectors": batch_norm((6, 4)),
    "batch_norm_of_feature_maps": batch_norm((3, 4, 2, 3)),
    "sigmoid_mlp_without_bn": sigmoid_mlp(False),
    "sigmoid_mlp_with_bn": sigmoid_mlp(True),
}
path = Path(__file__).with_name("golden.json")
path.write_text(json.dumps(plain(golden), indent=None, separators=(",", ":")) + "\n")
