"""What the benchmarks share: a Python that has PyTorch, the machine's name, rows."""

import csv
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".bench/venv"


def python_with_torch():
    """A Python that has PyTorch: the user's own, or one in .bench/venv."""
    for python in (sys.executable, str(VENV / "bin/python")):
        if Path(python).exists() and not subprocess.run(
                [python, "-c", "import torch"], capture_output=True).returncode:
            return python
    print("installing PyTorch 2.11 into .bench/venv (several GB) to compare with", flush=True)
    steps = ([sys.executable, "-m", "venv", str(VENV)],
             [str(VENV / "bin/python"), "-m", "pip", "install", "torch==2.11.0", "numpy"])
    for step in steps:
        if subprocess.run(step).returncode:
            sys.exit("bench: cannot install PyTorch; install it yourself (python3 -m pip install torch)")
    return str(VENV / "bin/python")


def call(command, env=None):
    """Standard output of a command; ends the benchmark if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=env)
    if done.returncode:
        sys.exit(f"bench: {command[0]} failed\n{done.stderr}")
    return done.stdout


def processor():
    if shutil.which("lscpu"):
        for line in subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines():
            if line.startswith("Model name:"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def write(path, columns, rows):
    """A CSV file that is either the old one or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with open(new, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    new.replace(path)
    print(f"rows: {path}")
