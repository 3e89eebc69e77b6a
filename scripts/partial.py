"""A file on a web server of which only the parts that are read, or asked for ahead, are downloaded.

A part is a file 'START-END' in a folder, and is appended to: its size says where a killed download goes on.
"""

import bisect
import http.client
import io
import os
import re
import shutil
import ssl
import urllib.request
from pathlib import Path
from typing import NamedTuple

BLOCK = 1 << 18
TIMEOUT_S = 60


class NoRanges(Exception):
    """The server does not hand out parts of the file, or cannot be reached in this way."""


class Part(NamedTuple):
    """The bytes from start to before end."""

    start: int
    end: int


class Server:
    """Where a file is, and how it is asked for parts of it (HTTP's Range)."""

    def __init__(self, url, certificates=None, proxy=None):
        """Takes a bundle of certificates and a proxy, if the user's environment does not have the right ones."""
        self.url = url
        context = ssl.create_default_context(cafile=certificates)
        handlers = [urllib.request.HTTPSHandler(context=context)]
        if proxy:
            handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
        self.opener = urllib.request.build_opener(*handlers)

    def size(self):
        """Of the whole file, by way of its first byte: this also tells whether there are parts to be had."""
        try:
            with self.get(Part(0, 1)) as answer:
                return int(answer.headers["Content-Range"].rpartition("/")[2])
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NoRanges(error) from error

    def get(self, part):
        """The answer to a request for one part, still to be read."""
        last = part.end - 1
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={part.start}-{last}"})
        answer = self.opener.open(request, timeout=TIMEOUT_S)
        if not re.match(rf"bytes {part.start}-{last}/", answer.headers.get("Content-Range", "")):
            answer.close()
            raise NoRanges("the server sends whole files only")
        return answer


class PartialFile(io.RawIOBase):
    """What a server has, as a file that can be read anywhere."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.size = server.size()
        self.parts = sorted(Part(*map(int, path.name.split("-"))) for path in self.folder.glob("*-*"))
        self.position = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=os.SEEK_SET):
        self.position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.position, os.SEEK_END: self.size}[whence]
        return self.position

    def readinto(self, buffer):
        """May fill less than the buffer, as all raw files: a BufferedReader asks again."""
        end = min(self.position + len(buffer), self.size)
        if self.position >= end:
            return 0
        part = self.part_at(self.position, end)
        self.complete(part, lambda count: None)
        with open(self.path(part), "rb") as file:
            file.seek(self.position - part.start)
            count = file.readinto(memoryview(buffer)[:end - self.position])
        self.position += count
        return count

    def missing(self, start, end):
        """How many of these bytes are not here yet."""
        here = 0
        for part in self.parts:
            part_end = part.start + self.have(part)
            here += max(min(end, part_end) - max(start, part.start), 0)
        return end - start - here

    def fetch(self, start, end, progress):
        """Downloads what is missing of these bytes; progress is told how many bytes came."""
        while start < end:
            part = self.part_at(start, end)
            self.complete(part, progress)
            start = part.end

    def part_at(self, start, end):
        """The part that has this byte, or a new one, which begins there and ends at the next one at the latest."""
        index = bisect.bisect_right(self.parts, (start, float("inf")))
        if index > 0 and start < self.parts[index - 1].end:
            return self.parts[index - 1]
        if index < len(self.parts):
            end = min(end, self.parts[index].start)
        self.parts.insert(index, Part(start, end))
        return self.parts[index]

    def complete(self, part, progress):
        """Downloads what is missing of a part."""
        left = Part(part.start + self.have(part), part.end)
        if left.start == left.end:
            return
        with self.server.get(left) as answer, open(self.path(part), "ab") as file:
            while block := read(answer):
                file.write(block)
                progress(len(block))
        if self.have(part) < part.end - part.start:
            raise ConnectionError("the connection closed early")

    def have(self, part):
        path = self.path(part)
        return path.stat().st_size if path.exists() else 0

    def path(self, part):
        return self.folder / f"{part.start}-{part.end}"

    def remove(self):
        shutil.rmtree(self.folder)


def read(answer):
    """The next bytes of an answer; none when it has ended, be it too early."""
    try:
        return answer.read(BLOCK)
    except http.client.IncompleteRead as error:
        return error.partial
