#!/usr/bin/env python3
"""Installs libtorch 2.11 into .libtorch/ from the packages that PyPI carries.

The CPU build needs three wheels out of the CUDA stack of PyTorch, and of these a few files:
libtorch_cpu.so is linked against libcudart and libcupti, and against nothing else of CUDA.
Only these files are downloaded, where the package index hands out parts of wheels.
Downloads go on where they stopped, are checked against the sums below, and are unpacked
beside .libtorch/, which appears in one rename when everything in it is complete.
"""

import argparse
import fcntl
import os
import platform
import shutil
import subprocess
import sys
from http.client import HTTPException
from pathlib import Path

from wheels import TARGET, SetupError, Store, Wheel, empty

VERSION = "2.11.0"
ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / ".libtorch"
WORK = ROOT / ".libtorch-download"
CUDA = ROOT / "scripts/requirements-cuda.txt"
WHEELS = [
    Wheel("torch", VERSION, "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
          "8355ec6ff823e1d86e9feb446a2c89a108886789bf64844680640be07e98a449",
          ("torch/include/", "torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "torch/lib/libgomp.so.1")),
    Wheel("nvidia-cuda-runtime", "13.0.96", "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
          "a94d189b0568ba3c35bf61b7f4a68cc52f75ca9b065cb7e3046ec1d8213b0cf8",
          ("nvidia/cu13/lib/libcudart.so.13",)),
    Wheel("nvidia-cuda-cupti", "13.0.85", "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
          "2d25db59b87857f76bb6eac76e79d7399451a76a8798a64060d6665e6692b64a",
          ("nvidia/cu13/lib/libcupti.so.13",)),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuda", action="store_true", help="the full CUDA build, several GB")
    want = "cuda" if parser.parse_args().cuda else "cpu"
    if is_installed(want):
        return
    check_host()
    WORK.mkdir(exist_ok=True)
    with open(WORK / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second setup waits, and then finds the work done
        if not is_installed(want):
            put_in_place(build_cuda() if want == "cuda" else build_cpu())
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"setup: libtorch {VERSION} ({want}) is in {INSTALLED}")


def is_installed(want):
    """The CUDA build serves the CPU as well."""
    try:
        version = (INSTALLED / "build-version").read_text().strip()
    except OSError:
        return False
    return version == VERSION and (want == "cpu" or (INSTALLED / "lib/libtorch_cuda.so").exists())


def check_host():
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SetupError("only Linux on x86-64 can be set up by itself; get libtorch "
                         f"{VERSION} for this machine and set LIBTORCH to its folder")
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        raise SetupError("pip is missing; install it (Debian, Ubuntu: apt-get install python3-pip)")


def build_cpu():
    """Downloads and unpacks the CPU build; returns the finished folder."""
    torch, *_ = folders = Store(WORK).unpack(WHEELS)
    new = empty(WORK / "libtorch")
    (torch / "torch/include").rename(new / "include")
    (new / "lib").mkdir()
    for folder in folders:
        for library in folder.glob("**/lib/*"):
            library.rename(new / "lib" / library.name)
    # The wheel's own libtorch.so would drag in libtorch_cuda.so.
    (new / "lib/libtorch.so").symlink_to("libtorch_cpu.so")
    (new / "lib/libgomp.so").symlink_to("libgomp.so.1")
    (new / "build-version").write_text(VERSION + "\n")
    return new


def build_cuda():
    """Lets pip install PyTorch with its CUDA libraries, and without what only Python needs."""
    new = empty(WORK / "libtorch")
    Store(WORK).pip("install", *TARGET, "--target", str(new / "site"), "--require-hashes", "--requirement", str(CUDA))
    # Symlinks into the wheel's own layout, so that its libraries find CUDA's beside them.
    (new / "lib").symlink_to("site/torch/lib")
    (new / "include").symlink_to("site/torch/include")
    (new / "build-version").write_text(VERSION + "\n")
    return new


def put_in_place(new):
    """Replaces .libtorch/ by a finished folder."""
    old = WORK / "old"
    shutil.rmtree(old, ignore_errors=True)
    if INSTALLED.is_symlink():
        INSTALLED.unlink()
    elif INSTALLED.exists():
        INSTALLED.rename(old)
    new.rename(INSTALLED)


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        main()
    except SetupError as error:
        sys.exit(f"setup: {error}")
    except (OSError, HTTPException) as error:
        sys.exit(f"setup: {error}; what was downloaded is kept, run this again to go on")
    except KeyboardInterrupt:
        sys.exit("\nsetup: stopped; run it again to go on")
