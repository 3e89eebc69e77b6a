"""What is needed of a wheel: downloaded, checked, unpacked."""

import contextlib
import hashlib
import io
import random
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import wheels
from partial import Server
from web import Web

FILES = {"a/include/one.h": b"one", "a/include/deep/two.h": b"two", "a/lib/liba.so": random.Random(1).randbytes(5000),
         "a/lib/unwanted.so": random.Random(2).randbytes(300_000), "a/lib/libb.so": b"b" * 5000,
         "a-1.0.dist-info/RECORD": b"record"}
NEEDED = ["a/include/deep/two.h", "a/include/one.h", "a/lib/liba.so", "a/lib/libb.so"]


def archive(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        for name, content in files.items():
            members.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def wheel():
    lines = "".join(f"{hashlib.sha256(FILES[name]).hexdigest()}  {name}\n" for name in NEEDED)
    contents = hashlib.sha256(lines.encode()).hexdigest()
    return wheels.Wheel("a", "1.0", "", contents, ("a/include/", "a/lib/liba.so", "a/lib/libb.so"))


class StoreTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = wheels.Store(Path(folder.name))
        silence = contextlib.redirect_stdout(io.StringIO())
        self.output = silence.__enter__()
        self.addCleanup(silence.__exit__, None, None, None)

    def take_out(self, web):
        parts = self.store.parts(wheel(), Server(web.url))
        return self.store.take_out(wheel(), parts)

    def test_only_what_is_needed_is_downloaded_and_unpacked(self):
        with Web(archive(FILES)) as web:
            folder = self.take_out(web)
            self.assertLess(web.sent, 10_000)
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(found, set(NEEDED))
        for name in NEEDED:
            self.assertEqual((folder / name).read_bytes(), FILES[name])

    def test_neighbours_are_downloaded_in_one_go(self):
        members = zipfile.ZipFile(io.BytesIO(archive(FILES))).infolist()
        starts = {member.filename: member.header_offset for member in members}
        expected = [(0, starts["a/lib/unwanted.so"]), (starts["a/lib/libb.so"], starts["a-1.0.dist-info/RECORD"])]
        self.assertEqual(wheels.stretches(members, NEEDED, 1 << 30), expected)

    def test_a_changed_file_is_refused_and_removed(self):
        changed = {**FILES, "a/include/one.h": b"One"}
        with Web(archive(changed)) as web:
            with self.assertRaisesRegex(wheels.SetupError, f"a==1.0: expected .* {wheel().contents}, found .* removed"):
                self.take_out(web)
        with Web(archive(FILES)) as web:
            self.take_out(web)

    def test_another_file_among_the_needed_is_refused(self):
        with Web(archive({**FILES, "a/include/../../escaped.h": b"no"})) as web:
            with self.assertRaisesRegex(wheels.SetupError, "expected"):
                self.take_out(web)
        self.assertEqual(list(self.store.folder.glob("escaped.h")), [])

    def test_damage_is_one_line_and_removed(self):
        content = bytearray(archive(FILES))
        content[content.index(b"a/lib/liba.so") + 100] ^= 1
        for damaged in (bytes(content), b"<html>" * 100, archive({"a/lib/liba.so": b""})):
            with self.subTest(), Web(damaged) as web, self.assertRaisesRegex(wheels.SetupError, "^a==1.0: [^\n]*$"):
                self.take_out(web)
            self.assertEqual(list(self.store.folder.glob("a.parts")), [])

    def test_comes_whole_from_a_server_without_parts(self):
        def pip(*arguments):
            folder = Path(arguments[arguments.index("--dest") + 1])
            folder.mkdir()
            (folder / "a-1.0-py3-none-any.whl").write_bytes(archive(FILES))

        with Web(archive(FILES), has_ranges=False) as web:
            with mock.patch.object(self.store, "addresses", lambda wheels: [web.url]), \
                    mock.patch.object(self.store, "pip", pip):
                folder, = self.store.unpack([wheel()])
        self.assertEqual(wheels.contents_of(folder), wheel().contents)
        self.assertIn("they come whole", self.output.getvalue())


if __name__ == "__main__":
    unittest.main()
