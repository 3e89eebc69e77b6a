#!/usr/bin/env python3
"""Times Figure 1's work, ours and PyTorch's, turn by turn in one run, and prints the ratio.

Both are timed without starting the program and loading the data; ours includes writing all files.
Writes results/bench/fig1.csv.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".bench/venv"
OUT = ROOT / "results/bench/fig1.csv"
COLUMNS = ["implementation", "round", "networks", "seeds", "steps", "seconds", "processor", "cores"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    python = python_with_torch()
    ours(argparse.Namespace(steps=1, seeds=1))  # fetches the data set, if need be
    rows = []
    for turn in range(1, args.rounds + 1):
        for implementation, run in (("ours", lambda: ours(args)), ("pytorch", lambda: pytorch(python, args))):
            seconds = run()
            print(f"round {turn}: {implementation:8} {seconds:8.2f} s", flush=True)
            rows.append([implementation, turn, 2, args.seeds, args.steps, f"{seconds:.3f}",
                         processor(), os.cpu_count()])
    write(rows)
    report(rows)


def python_with_torch():
    """A Python that has PyTorch: the user's own, or one in .bench/venv."""
    for python in (sys.executable, str(VENV / "bin/python")):
        if Path(python).exists() and not subprocess.run(
                [python, "-c", "import torch"], capture_output=True).returncode:
            return python
    print("installing PyTorch 2.11 into .bench/venv (several GB) to compare with", flush=True)
    steps = ([sys.executable, "-m", "venv", str(VENV)],
             [str(VENV / "bin/python"), "-m", "pip", "install", "torch==2.11.0"])
    for step in steps:
        if subprocess.run(step).returncode:
            sys.exit("bench: cannot install PyTorch; install it yourself (python3 -m pip install torch)")
    return str(VENV / "bin/python")


def ours(args):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "fig1"
        command = [ROOT / "target/release/fig1", "--steps", str(args.steps), "--seeds", str(args.seeds),
                   "--out", str(out)]
        call(command)
        return json.loads((out / "manifest.json").read_text())["wall_time_s"]


def pytorch(python, args):
    output = call([python, ROOT / "bench/fig1_pytorch.py", "--data", ROOT / ".data/mnist",
                   "--steps", str(args.steps), "--seeds", str(args.seeds)])
    return float(output.rsplit("seconds ", 1)[1])


def call(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench: {command[0]} failed\n{done.stderr}")
    return done.stdout


def processor():
    if shutil.which("lscpu"):
        for line in subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines():
            if line.startswith("Model name:"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def write(rows):
    OUT.parent.mkdir(parents=True, exist_ok=True)
    new = OUT.with_suffix(".new")
    with open(new, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    new.replace(OUT)
    print(f"rows: {OUT}")


def report(rows):
    seconds = {name: statistics.median(float(row[5]) for row in rows if row[0] == name)
               for name in ("ours", "pytorch")}
    print(f"median: ours {seconds['ours']:.2f} s, PyTorch {seconds['pytorch']:.2f} s, "
          f"ratio {seconds['ours'] / seconds['pytorch']:.3f} (bar 0.40)")


if __name__ == "__main__":
    main()
