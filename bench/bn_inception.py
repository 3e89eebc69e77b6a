#!/usr/bin/env python3
"""Times BN-Inception, ours and PyTorch's, turn by turn in one run, and prints the ratios.

Writes results/bench/bn_inception.csv, where the rows of other processors and cases stay.
"""

import argparse
import csv
import functools
import json
import os
import re
import statistics
import subprocess
import sys

import peer

OUT = peer.ROOT / "results/bench/bn_inception.csv"
OURS = peer.ROOT / "target/release/throughput"
COLUMNS = ["implementation", "network", "work", "jobs", "round", "images_per_second",
           "giga_operations_per_second", "share_of_product_rate", "processor", "cores"]
# glibc's freed memory is kept, as our programs tell it to: PyTorch gains from that, too.
TUNED = {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=17179869184:glibc.malloc.trim_threshold=17179869184:"
                           "glibc.malloc.top_pad=67108864:glibc.malloc.hugetlb=1"}
CASES = [  # network, work, our jobs, steps, bar against eager, bar against the best of PyTorch
    ("full", "training", 1, 6, 2.2, 1.5),
    ("full", "inference", 1, 12, 3.3, None),
    ("small", "training", 2, 60, 2.3, None),
    ("small", "inference", 1, 60, None, None),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=list(map(name_of, CASES)), help="only this one; may be said again")
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds: must be at least 1")
    cases = [case for case in CASES if name_of(case) in (args.case or map(name_of, CASES))]
    python = peer.python_with_torch()
    rates = product_rates()
    rows = []
    for turn in range(1, args.rounds + 1):
        for case in cases:
            for name, arithmetic, run in implementations(python, case):
                images_per_second = run()
                rows.append(row(name, case, turn, images_per_second, rates[arithmetic]))
                print(f"round {turn}: {case[0]:5} {case[1]:9} {name:40} {images_per_second:8.1f} images/s",
                      flush=True)
    peer.write(OUT, COLUMNS, [*others(cases), *rows])
    for case in cases:
        report(case, rows)


def name_of(case):
    network, work, *_ = case
    return f"{network}/{work}"


def others(cases):
    """The rows of other cases, or not of this machine's kind, which stay."""
    if not OUT.exists():
        return []
    own = peer.processor()
    timed = [case[:2] for case in cases]
    with open(OUT, newline="") as file:
        rows = [row for row in csv.reader(file) if row not in (COLUMNS, [])]
    return [row for row in rows if row[-2] != own or tuple(row[1:3]) not in timed]


def product_rates():
    """Operations a second of a matrix product, by arithmetic."""
    def rate(arithmetic):
        output = peer.call([OURS, "product", "--arithmetic", arithmetic, "--steps", "20"])
        return json.loads(output)["operations_per_second"]
    rates = {arithmetic: rate(arithmetic) for arithmetic in ("f32", "bf16")}
    print("matrix product: " + ", ".join(f"{name} {r / 1e9:.0f} Gop/s" for name, r in rates.items()))
    return rates


def implementations(python, case):
    """Name, arithmetic, and how to time it."""
    network, work, jobs, steps, *_ = case

    def ours(*options):
        command = [OURS, work, "--network", network, "--jobs", jobs, "--steps", steps, *options]
        return lambda: json.loads(peer.call(command))["images_per_second"]

    def pytorch(options=(), env=None, processes=1):
        command = [python, peer.ROOT / "bench/bn_inception_pytorch.py", work, "--network", network,
                   "--steps", steps, *options]
        return lambda: side_by_side(command, processes, env)

    def peers(name, arithmetic, options):
        yield name, arithmetic, pytorch(options)
        yield f"{name}, memory kept", arithmetic, pytorch(options, TUNED)
        compiled = [*options, "--compile"]
        yield f"{name} compiled, memory kept", arithmetic, pytorch(compiled, TUNED)
        if jobs > 1:
            for kind, words in ((name, options), (f"{name} compiled", compiled)):
                yield f"{kind}, {jobs} processes", arithmetic, pytorch([*words, "--threads", "1"], processes=jobs)

    yield "ours", fastest(), ours()
    # The same again where f32 is the default: how far the two differ is how far the machine's speed varies.
    yield "ours, f32", "f32", ours("--arithmetic", "f32")
    yield "pytorch eager", "f32", pytorch()
    yield from peers("pytorch channels-last", "f32", ["--channels-last"])
    # Where bf16 is not our default, because the processor is slow in it, a few of PyTorch's training steps in it take minutes.
    if fastest() == "bf16":
        yield from peers("pytorch channels-last bf16", "bf16", ["--channels-last", "--bf16"])


@functools.cache
def fastest():
    """Our default arithmetic on this machine."""
    output = peer.call([OURS, "inference", "--network", "small", "--steps", "1"])
    return json.loads(output)["arithmetic"].lower()


def side_by_side(command, processes, env):
    """The sum over processes that run at the same time."""
    command = [str(word) for word in command]
    env = {**os.environ, **(env or {})}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
               for _ in range(processes)]
    total = 0.0
    for process in running:
        output, errors = process.communicate()
        if process.returncode:
            sys.exit(f"bench: {command[1]} failed\n{errors}")
        total += float(re.search(r"images/s ([\d.]+)", output)[1])
    return total


@functools.cache
def multiply_adds(network):
    output = peer.call([OURS, "inference", "--network", network, "--steps", "1"])
    return json.loads(output)["multiply_adds_per_image"]


def row(name, case, turn, images_per_second, product_rate):
    """A backward pass costs two forward passes; a multiply-add is two operations."""
    network, work, jobs, *_ = case
    passes = 3 if work == "training" else 1
    operations = images_per_second * 2 * passes * multiply_adds(network)
    return [name, network, work, jobs, turn, f"{images_per_second:.2f}", f"{operations / 1e9:.1f}",
            f"{operations / product_rate:.3f}", peer.processor(), os.cpu_count()]


def report(case, rows):
    network, work, jobs, _, bar, best_bar = case
    def median(name):
        return statistics.median(float(r[5]) for r in rows if r[:3] == [name, network, work])
    names = list(dict.fromkeys(r[0] for r in rows if r[1:3] == [network, work]))
    ours = median("ours")
    side = f"{jobs} side by side" if jobs > 1 else "one"
    print(f"{network} {work}, {side}: ours {ours:.1f} images/s")
    best = max((name for name in names if name.startswith("pytorch")), key=median)
    bars = {"pytorch eager": bar, best: best_bar}
    for name in names[1:]:
        told = f" (bar {bars[name]})" if bars.get(name) else ""
        print(f"    {ours / median(name):5.2f} × {name} at {median(name):.1f}{told}")


if __name__ == "__main__":
    main()
