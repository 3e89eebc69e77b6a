#!/usr/bin/env python3
"""Figure 1's work in PyTorch, written as a user writes it: eager, default threads, one network after
the other. Prints how many seconds the training and the evaluations took, data loading left out.

The same work as `fig1`: the same networks, mini-batches, steps and rows; test accuracy through the
population's statistics (Algorithm 2) and through moving averages; percentiles of every unit of the
last hidden layer.
"""

import time

import torch
from torch import nn

import peer

EARLY_ROWS = {0, 1, 2, 5, 10, 20, 50, 100, 150, 200}
ROW_STEPS = 250
POPULATION_MINI_BATCHES = 100
MINI_BATCH = 60


def main():
    args = peer.options_of_figure_1(__doc__)
    data = [load(args.data, name) for name in ("train", "t10k")]
    begin = time.perf_counter()
    for with_bn in (False, True):
        for seed in range(args.seeds):
            accuracy = train(with_bn, seed, *data, args)
            print(f"{'With' if with_bn else 'Without'} BN, seed {seed}: {accuracy:.4f}", flush=True)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"seconds {time.perf_counter() - begin:.3f}")


def load(folder, name):
    """Binary images [n, 784] and labels [n]."""
    def read(file, header):
        raw = bytearray((folder / f"{name}-{file}-ubyte").read_bytes()[header:])
        return torch.frombuffer(raw, dtype=torch.uint8)
    return (read("images-idx3", 16).view(-1, 784) >= 128).float(), read("labels-idx1", 8).long()


def network(with_bn, init_std):
    layers, inputs = [], 784
    for _ in range(3):
        layers.append(nn.Linear(inputs, 100, bias=not with_bn))
        if with_bn:
            layers.append(nn.BatchNorm1d(100, momentum=0.01))
        layers.append(nn.Sigmoid())
        inputs = 100
    net = nn.Sequential(*layers, nn.Linear(inputs, 10))
    for module in net:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=init_std)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return net


def train(with_bn, seed, train_set, test_set, args):
    torch.manual_seed(seed)
    images, labels = train_set
    net = network(with_bn, args.init_std)
    optimizer = torch.optim.SGD(net.parameters(), lr=args.learning_rate)
    loss_of = nn.CrossEntropyLoss()
    population = images[torch.randperm(len(images))[:POPULATION_MINI_BATCHES * MINI_BATCH]]
    population = population.split(MINI_BATCH)
    rows = [row(net, with_bn, population, test_set, [])]
    losses = []
    per_epoch = len(images) // MINI_BATCH
    for step in range(1, args.steps + 1):
        position = (step - 1) % per_epoch
        if position == 0:
            order = torch.randperm(len(images))
        batch = order[position * MINI_BATCH:(position + 1) * MINI_BATCH]
        optimizer.zero_grad()
        loss = loss_of(net(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
        if step % ROW_STEPS == 0 or step in EARLY_ROWS or step == args.steps:
            rows.append(row(net, with_bn, population, test_set, losses))
            losses = []
    return rows[-1][0]


@torch.no_grad()
def row(net, with_bn, population, test_set, losses):
    images, labels = test_set
    net.eval()
    moving_accuracy = (net(images).argmax(1) == labels).float().mean().item() if with_bn else None
    moving = moving_statistics(net)
    if with_bn:
        estimate_population(net, population)
    net.eval()
    inputs = net[:-2](images)
    accuracy = (net[-2:](inputs).argmax(1) == labels).float().mean().item()
    percentiles = torch.quantile(inputs, torch.tensor([0.15, 0.50, 0.85]), dim=0)
    restore(net, moving)
    net.train()
    loss = torch.stack(losses).mean().item() if losses else None
    return accuracy, moving_accuracy, loss, percentiles


def norms(net):
    return [module for module in net if isinstance(module, nn.BatchNorm1d)]


def moving_statistics(net):
    return [(n.running_mean.clone(), n.running_var.clone()) for n in norms(net)]


def estimate_population(net, population):
    """momentum=None makes PyTorch average the mini-batches' statistics, as Algorithm 2 does."""
    for norm in norms(net):
        norm.reset_running_stats()
        norm.momentum = None
    net.train()
    for batch in population:
        net(batch)


def restore(net, moving):
    for norm, (mean, var) in zip(norms(net), moving):
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.momentum = 0.01


if __name__ == "__main__":
    main()
