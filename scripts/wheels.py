"""Packages of PyPI of which a few files are needed: found by pip, downloaded in parts, checked, unpacked."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from partial import NoRanges, PartialFile, Server

# The wheels to take, whatever Python runs this: the libraries in them do not depend on it.
TARGET = ["--no-deps", "--python-version=3.11", "--implementation=cp", "--only-binary=:all:",
          *(f"--platform=manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)),
          "--platform=manylinux2014_x86_64"]
# Pip's own check of itself is not wanted, and a user's rules for installing do not concern a folder of ours.
PIP_ENVIRONMENT = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore",
                   "PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0"}
# Needed files that are nearer to each other than this are downloaded in one go.
NEAR = 1 << 16


class SetupError(Exception):
    """Something the user can do something about, in one line."""


class Wheel(NamedTuple):
    """A package, and what is needed of it: files, by their paths in it, and folders, which end in '/'.

    `sha256` is the whole wheel's. `contents` is the needed files' (`contents_of`) and holds whichever way they came.
    The archive's own CRC-32 would not do: it finds damage, and not what somebody changed on purpose.
    """

    package: str
    version: str
    sha256: str
    contents: str = ""
    files: tuple = ()

    def requirement(self):
        return f"{self.package}=={self.version}"


# Reports where a file is without downloading it, which older ones (before 23.3) cannot.
PIP = Wheel("pip", "25.3", "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd")


class Store:
    """A folder of downloads on their way: what is in it is taken up again after an interruption."""

    def __init__(self, folder):
        self.folder = folder

    def unpack(self, wheels):
        """Downloads and unpacks what is needed of these wheels; returns a folder for each."""
        return [self.take_out(wheel, archive) for wheel, archive in zip(wheels, self.archives(wheels))]

    def archives(self, wheels):
        """The wheels as files, of which everything that is needed is here."""
        try:
            settings = pip_setting("cert"), pip_setting("proxy")
            servers = [Server(address, *settings) for address in self.addresses(wheels)]
            return [self.parts(wheel, server) for wheel, server in zip(wheels, servers)]
        except NoRanges as reason:
            print(f"setup: cannot download parts of packages ({reason}); they come whole, four times as much")
            return self.whole(wheels)

    def addresses(self, wheels):
        """Where the user's own package index has the wheels."""
        report = self.folder / "report.json"
        # With hashes, or without fast-deps, pip would download the wheels; what comes from there is checked later.
        self.pip("install", "-qq", "--dry-run", "--ignore-installed", "--use-feature=fast-deps",
                 "--report", str(report), *TARGET, *(wheel.requirement() for wheel in wheels))
        found = {item["metadata"]["name"]: item["download_info"]["url"]
                 for item in json.loads(report.read_text())["install"]}
        return [found[wheel.package] for wheel in wheels]

    def parts(self, wheel, server):
        """A wheel that has what is needed, and gaps."""
        file = PartialFile(server, self.folder / f"{wheel.package}.parts")
        archive = io.BufferedReader(file)
        with self.sound(wheel), zipfile.ZipFile(archive) as members:
            parts = stretches(members.infolist(), needed(members, wheel), file.size)
        total = sum(end - start for start, end in parts)
        progress = Progress(wheel.package, total, total - sum(file.missing(*part) for part in parts))
        for part in parts:
            file.fetch(*part, progress.add)
        progress.end()
        return archive

    def whole(self, wheels):
        """The wheels, whole, of which pip checks the sums."""
        folder = self.folder / "whole"
        self.pip("download", "--dest", str(folder), *TARGET, *self.pinned(wheels))
        names = (f"{wheel.package.replace('-', '_')}-{wheel.version}-*.whl" for wheel in wheels)
        return [open(next(folder.glob(name)), "rb") for name in names]

    def take_out(self, wheel, archive):
        """Unpacks and checks what is needed of a wheel; returns its folder."""
        print(f"setup: unpacking {wheel.package}")
        folder = empty(self.folder / "unpacked" / wheel.package)
        with self.sound(wheel), archive, zipfile.ZipFile(archive) as members:
            members.extractall(folder, needed(members, wheel))
            if (found := contents_of(folder)) != wheel.contents:
                raise zipfile.BadZipFile(f"expected contents of SHA-256 {wheel.contents}, found {found}")
        return folder

    @contextlib.contextmanager
    def sound(self, wheel):
        """What is not the wheel that we know is removed, so that the next attempt begins anew."""
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, KeyError) as error:
            shutil.rmtree(self.folder / f"{wheel.package}.parts", ignore_errors=True)
            raise SetupError(f"{wheel.requirement()}: {error}; the download was removed, run this again") from error

    def pip(self, *arguments):
        """Runs the pip of PIP, with the user's own settings."""
        run_pip(*arguments, PYTHONPATH=str(self.own_pip()))

    def own_pip(self):
        folder = self.folder / "pip"
        if not folder.exists():
            new = empty(self.folder / "pip.new")
            run_pip("install", "--quiet", "--no-deps", "--target", str(new), *self.pinned([PIP]))
            new.rename(folder)
        return folder

    def pinned(self, wheels):
        """Options by which pip takes these files and no others: it knows hashes in a file only."""
        file = self.folder / f"requirements-{wheels[0].package}.txt"
        file.write_text("".join(f"{wheel.requirement()} --hash=sha256:{wheel.sha256}\n" for wheel in wheels))
        return ["--require-hashes", "--requirement", str(file)]


def needed(archive, wheel):
    """The names of the files that are taken out of a wheel."""
    folders = tuple(name for name in wheel.files if name.endswith("/"))
    files = [name for name in wheel.files if not name.endswith("/")]
    return files + [name for name in archive.namelist() if folders and name.startswith(folders) and name[-1] != "/"]


def stretches(members, names, size):
    """Where these files lie in an archive of this size, as (start, end): neighbours are one."""
    members = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset for member in members[1:]] + [size]
    names, found = set(names), []
    for member, end in zip(members, ends):
        if member.filename in names:
            is_near = found and member.header_offset - found[-1][1] < NEAR
            start = found.pop()[0] if is_near else member.header_offset
            found.append((start, end))
    return found


def contents_of(folder):
    """One SHA-256 for all files below a folder: that of `find * -type f | LC_ALL=C sort | xargs sha256sum` in it."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256("".join(f"{sha256_of(folder / name)}  {name}\n" for name in names).encode()).hexdigest()


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def run_pip(*arguments, **environment):
    environment = {**os.environ, **PIP_ENVIRONMENT, **environment}
    if subprocess.run([sys.executable, "-m", "pip", *arguments], env=environment).returncode:
        raise SetupError("pip could not get PyTorch (its message stands above); run this again to go on, "
                         "or set LIBTORCH to a libtorch 2.11 of your own")


def pip_setting(name):
    """What the user has told pip, by its environment or configuration; None if nothing."""
    command = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
    configured = subprocess.run(command, capture_output=True, text=True)
    return os.environ.get(f"PIP_{name.upper()}") or configured.stdout.strip() or None


class Progress:
    """A line on the terminal, or one at the end where there is none."""

    def __init__(self, label, total, done):
        self.label, self.total, self.done, self.begin_done = label, total, done, done
        self.begin = time.monotonic()

    def add(self, count):
        self.done += count
        if sys.stdout.isatty():
            print(f"\r{self}", end="", flush=True)

    def end(self):
        print(f"\r{self}" if sys.stdout.isatty() else self)

    def __str__(self):
        filled = int(30 * self.done / self.total)
        rate = (self.done - self.begin_done) / max(time.monotonic() - self.begin, 1e-3)
        left = (self.total - self.done) / rate if rate else 0
        return (f"{self.label:20} [{'#' * filled}{'.' * (30 - filled)}] {self.done / 1e6:6.1f} of "
                f"{self.total / 1e6:.1f} MB, {rate / 1e6:5.1f} MB/s, {left:4.0f} s left")
