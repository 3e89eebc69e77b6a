#!/usr/bin/env python3
"""Times Figure 1's work, ours, PyTorch's and JAX's, turn by turn in one run, and prints the ratios.

All are timed without starting the program and loading the data; ours includes writing all files, JAX's is the steps alone,
compiled before.
Writes results/bench/fig1.csv.
"""

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path

import peer

ROOT = peer.ROOT
OUT = ROOT / "results/bench/fig1.csv"
JAX = "jax, steps alone"
COLUMNS = ["implementation", "round", "networks", "seeds", "steps", "seconds", "processor", "cores"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch, jax = peer.python_with_torch(), peer.python_with_jax()
    ours(argparse.Namespace(steps=1, seeds=1))  # fetches the data set, if need be
    rows = []
    for turn in range(1, args.rounds + 1):
        for implementation, run in (("ours", lambda: ours(args)),
                                    ("pytorch", lambda: other(torch, "fig1_pytorch.py", args)),
                                    (JAX, lambda: other(jax, "fig1_jax.py", args))):
            seconds = run()
            print(f"round {turn}: {implementation:16} {seconds:8.2f} s", flush=True)
            rows.append([implementation, turn, 2, args.seeds, args.steps, f"{seconds:.3f}",
                         peer.processor(), os.cpu_count()])
    peer.write(OUT, COLUMNS, rows)
    report(rows)


def ours(args):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "fig1"
        command = [ROOT / "target/release/fig1", "--steps", str(args.steps), "--seeds", str(args.seeds),
                   "--out", str(out)]
        peer.call(command)
        return json.loads((out / "manifest.json").read_text())["wall_time_s"]


def other(python, program, args):
    output = peer.call([python, ROOT / "bench" / program, "--data", ROOT / ".data/mnist",
                        "--steps", str(args.steps), "--seeds", str(args.seeds)])
    return float(output.rsplit("seconds ", 1)[1])


def report(rows):
    seconds = {name: statistics.median(float(row[5]) for row in rows if row[0] == name)
               for name in ("ours", "pytorch", JAX)}
    print(f"median: ours {seconds['ours']:.2f} s")
    for name, bar in (("pytorch", 0.40), (JAX, 0.75)):
        print(f"    {seconds['ours'] / seconds[name]:.3f} × {name} at {seconds[name]:.2f} s (bar {bar})")


if __name__ == "__main__":
    main()
