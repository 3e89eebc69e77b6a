"""A file of which parts are downloaded."""

import random
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import partial
from web import Web

CONTENT = random.Random(0).randbytes(3_000_000)
FETCH = """
import sys, time
from partial import PartialFile, Server
file = PartialFile(Server(sys.argv[1]), sys.argv[2])
file.fetch(1000, 2_900_000, lambda count: time.sleep(0.05))
"""


class PartialFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def open(self, web):
        return partial.PartialFile(partial.Server(web.url), self.folder)

    def test_what_is_read_is_what_the_server_has(self):
        with Web(CONTENT) as web, self.open(web) as file:
            for start, end in [(500, 900), (100, 600), (800, 1200), (0, 2000), (2_999_990, 3_000_000)]:
                file.seek(start)
                found = b""
                while len(found) < end - start:
                    found += file.read(end - start - len(found))
                self.assertEqual(found, CONTENT[start:end])
            self.assertEqual(file.read(10), b"")

    def test_nothing_is_downloaded_twice(self):
        with Web(CONTENT) as web:
            self.open(web).fetch(1000, 5000, lambda count: None)
            file = self.open(web)
            self.assertEqual(file.missing(0, 6000), 2000)
            file.fetch(0, 6000, lambda count: None)
            self.assertEqual(file.missing(0, 6000), 0)
            self.assertEqual(web.sent, 6000 + 2)  # and a byte to ask for the size, each time

    def test_goes_on_where_the_connection_broke(self):
        with Web(CONTENT, limit=400_000) as web:
            for attempt in range(2):
                with self.assertRaises(ConnectionError):
                    self.open(web).fetch(0, 1_000_000, lambda count: None)
            file = self.open(web)
            self.assertEqual(file.missing(0, 1_000_000), 200_000)
            file.fetch(0, 1_000_000, lambda count: None)
            self.assertEqual(file.read(1_000_000), CONTENT[:1_000_000])

    def test_goes_on_after_a_kill(self):
        with Web(CONTENT) as web:
            command = [sys.executable, "-c", FETCH, web.url, str(self.folder)]
            process = subprocess.Popen(command, cwd=Path(partial.__file__).parent)
            while not any(path.stat().st_size for path in self.folder.glob("1000-*")):
                time.sleep(0.01)
            process.kill()
            process.wait()
            file = self.open(web)
            missing = file.missing(1000, 2_900_000)
            self.assertTrue(0 < missing < 2_899_000, missing)
            web.sent = 0
            file.fetch(1000, 2_900_000, lambda count: None)
            self.assertEqual(web.sent, missing)
            self.assertEqual((self.folder / "1000-2900000").read_bytes(), CONTENT[1000:2_900_000])

    def test_says_when_there_are_no_parts_to_be_had(self):
        with Web(CONTENT, has_ranges=False) as web, self.assertRaisesRegex(partial.NoRanges, "whole files only"):
            self.open(web)
        with self.assertRaisesRegex(partial.NoRanges, "refused"):
            self.open(web)  # it is down


if __name__ == "__main__":
    unittest.main()
