#!/usr/bin/env python3
"""BN-Inception in PyTorch, written as a user writes it; prints images a second.

A step of training is zero_grad, forward, loss, backward, SGD with momentum and weight decay; inference is the
network in eval mode without gradients. The mini-batch is the same noise at each step.
"""

import argparse
import contextlib
import time

import torch
import torch.nn.functional as F
from torch import nn

MODULES = [  # 1x1, 3x3 reduce, 3x3, double reduce, double, pool, projection
    (64, 64, 64, 64, 96, "avg", 32), (64, 64, 96, 64, 96, "avg", 64), (0, 128, 160, 64, 96, "max", 0),
    (224, 64, 96, 96, 128, "avg", 128), (192, 96, 128, 96, 128, "avg", 128),
    (160, 128, 160, 128, 160, "avg", 128), (96, 128, 192, 160, 192, "avg", 128),
    (0, 128, 192, 192, 256, "max", 0),
    (352, 192, 320, 160, 224, "avg", 128), (352, 192, 320, 192, 224, "max", 128),
]
WARM_UP = 3


class Unit(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Module(nn.Module):
    def __init__(self, inputs, width, one, three_reduce, three, double_reduce, double, pool, projection):
        super().__init__()
        one, three_reduce, three, double_reduce, double, projection = (
            int(channels * width) for channels in (one, three_reduce, three, double_reduce, double, projection))
        stride = 1 if projection else 2
        self.one = Unit(inputs, one, 1) if one else None
        self.three = nn.Sequential(Unit(inputs, three_reduce, 1), Unit(three_reduce, three, 3, stride))
        self.double_three = nn.Sequential(Unit(inputs, double_reduce, 1), Unit(double_reduce, double, 3),
                                    Unit(double, double, 3, stride))
        if pool == "avg":
            self.pool = nn.AvgPool2d(3, 1, 1)
        else:
            self.pool = nn.MaxPool2d(3, stride, padding=2 - stride, ceil_mode=True)
        self.projection = Unit(inputs, projection, 1) if projection else None
        self.outputs = one + three + double + (projection or inputs)

    def forward(self, x):
        branches = [self.one(x)] if self.one else []
        branches += [self.three(x), self.double_three(x)]
        pooled = self.pool(x)
        branches.append(self.projection(pooled) if self.projection else pooled)
        return torch.cat(branches, 1)


def network(small):
    width, classes = (0.5, 10) if small else (1, 1000)
    first, second = int(64 * width), int(192 * width)
    layers = [Unit(3, first, 3) if small else Unit(3, first, 7, 2), nn.MaxPool2d(3, 2, ceil_mode=True),
              Unit(first, first, 1), Unit(first, second, 3), nn.MaxPool2d(3, 2, ceil_mode=True)]
    channels = second
    for row in MODULES:
        layers.append(Module(channels, width, *row))
        channels = layers[-1].outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", choices=("training", "inference"))
    parser.add_argument("--network", choices=("full", "small"), default="full")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--bf16", action="store_true", help="autocast")
    parser.add_argument("--compile", action="store_true", help="by Inductor, before the timed steps")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--steps", type=int, default=10)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    small = args.network == "small"
    torch.manual_seed(0)
    net = network(small)
    batch, side = (32, 32) if small else (16, 224)
    images = torch.randn(batch, 3, side, side)
    if args.channels_last:
        net = net.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    if args.compile:
        net = torch.compile(net)
    step = training(net, images, args.bf16) if args.work == "training" else inference(net, images, args.bf16)
    for _ in range(WARM_UP):
        step()
    begin = time.perf_counter()
    for _ in range(args.steps):
        step()
    print(f"images/s {args.steps * batch / (time.perf_counter() - begin):.2f}")


def arithmetic(bf16):
    return torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext()


def training(net, images, bf16):
    labels = torch.arange(len(images)) % 10
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=4e-5)

    def step():
        optimizer.zero_grad()
        with arithmetic(bf16):
            loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def inference(net, images, bf16):
    net.eval()

    @torch.no_grad()
    def step():
        with arithmetic(bf16):
            net(images)[0, 0].item()

    return step


if __name__ == "__main__":
    main()
