"""What the benchmarks share: a Python that has PyTorch, the machine's name, rows."""

import argparse
import csv
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def python_with_torch():
    """A Python that has PyTorch: the user's own, or one in .bench/venv (several GB)."""
    return python_with("torch", "venv", "requirements-pytorch.txt")


def python_with_jax():
    """A Python that has JAX: the user's own, or one in .bench/jax (half a GB)."""
    return python_with("jax", "jax", "requirements-jax.txt")


def python_with(module, folder, requirements):
    own = ROOT / ".bench" / folder / "bin/python"
    for python in (sys.executable, str(own)):
        if Path(python).exists() and not subprocess.run(
                [python, "-c", f"import {module}"], capture_output=True).returncode:
            return python
    print(f"installing {module} into .bench/{folder} to compare with", flush=True)
    steps = ([sys.executable, "-m", "venv", str(own.parent.parent)],
             [str(own), "-m", "pip", "install", "--require-hashes", "--requirement", str(ROOT / "bench" / requirements)])
    for step in steps:
        if subprocess.run(step).returncode:
            sys.exit(f"bench: cannot install {module}; install it yourself (python3 -m pip install {module})")
    return str(own)


def options_of_figure_1(doc):
    """What a peer's program for Figure 1 is asked for."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seeds", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, default=3.0)
    parser.add_argument("--init-std", type=float, default=0.01)
    return parser.parse_args()


def call(command, env=None):
    """Standard output of a command; ends the benchmark if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=env)
    if done.returncode:
        sys.exit(f"bench: {command[0]} failed\n{done.stderr}")
    return done.stdout


def processor():
    """Its name, and what it multiplies bfloat16 with: that decides between arithmetics."""
    told = {}
    if shutil.which("lscpu"):
        lines = subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines()
        told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    flags = told.get("Flags", "").split()
    units = {"amx_bf16": "with AMX", "avx512_bf16": "with AVX-512's bf16"}
    said = next((words for flag, words in units.items() if flag in flags), "without AMX")
    return f"{told.get('Model name', platform.processor())} {said}"


def write(path, columns, rows):
    """A CSV file that is either the old one or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with open(new, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    new.replace(path)
    print(f"rows: {path}")
