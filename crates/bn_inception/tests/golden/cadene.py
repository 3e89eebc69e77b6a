#!/usr/bin/env python3
"""Cadene's network, from the PyPI package `pretrainedmodels`, against ours.

    python3 -m pip install torch==2.11.0 numpy safetensors && python3 -m pip install --no-deps pretrainedmodels
    python3 cadene.py                          writes cadene.json, the golden values of the tests
    python3 cadene.py --write F.safetensors    the same weights and statistics as a checkpoint
    python3 cadene.py --load F.safetensors     loads a checkpoint of ours, strictly, and says how far its
                                               logits are from the golden ones

The package holds the network, not its weights; weights and running statistics are the fixed function of
`reference.py`, so the tests can make the same ones.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path

import torch

from reference import uniform

GOLDEN = Path(__file__).with_name("cadene.json")
IMAGES = 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path)
    parser.add_argument("--load", type=Path)
    args = parser.parse_args()
    net = network()
    if args.load:
        from safetensors.torch import load_file
        net.load_state_dict(load_file(args.load), strict=True)
        return report(logits(net))
    net.load_state_dict({key: value(key, tensor) for key, tensor in net.state_dict().items()})
    if args.write:
        from safetensors.torch import save_file
        return save_file(net.state_dict(), args.write)
    golden = {"torch": torch.__version__, "logits": [float(f"{x:.9g}") for x in logits(net).flatten().tolist()],
              "keys": {key: list(tensor.shape) for key, tensor in net.state_dict().items()}}
    GOLDEN.write_text(json.dumps(golden, indent=0) + "\n")


def network():
    """The package's own module alone: its siblings need torchvision."""
    folder = importlib.util.find_spec("pretrainedmodels").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("bninception", Path(folder) / "models/bninception.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.bninception(pretrained=None).eval()


def value(key, tensor):
    if key.endswith("num_batches_tracked"):
        return torch.zeros_like(tensor)
    u = torch.from_numpy(uniform(key, tensor.numel())).reshape(tensor.shape)
    if key.endswith(("_bn.weight", "running_var")):
        u = 1.0 + 0.5 * u
    elif key.endswith(("bias", "running_mean")):
        u = 0.25 * u
    else:
        u = u * (6.0 / tensor[0].numel()) ** 0.5
    return u.float()


def logits(net):
    images = torch.from_numpy(uniform("images", IMAGES * 3 * 224 * 224)).reshape(IMAGES, 3, 224, 224)
    with torch.no_grad():
        return net((127.5 * images).float())


def report(found):
    expected = torch.tensor(json.loads(GOLDEN.read_text())["logits"]).view_as(found)
    difference = ((found - expected).abs().max() / expected.abs().max()).item()
    print(f"largest difference {difference:.1e} of the largest logit")
    sys.exit(difference > 1e-3)


if __name__ == "__main__":
    main()
