"""What is installed from others is of one version, with a sum, from the user's own registry."""

import json
import re
import unittest

import libtorch

REQUIREMENTS = [libtorch.CUDA, *(libtorch.ROOT / "bench").glob("requirements-*.txt")]
BROWSER = libtorch.ROOT / "scripts/browser/package-lock.json"
PINNED = re.compile(r"^[\w-]+==[\w.]+( ; [^\\]*)?( --hash=sha256:[0-9a-f]{64})+$")


class PinsTest(unittest.TestCase):
    def test_every_package_of_python_has_a_version_and_hashes(self):
        for path in REQUIREMENTS:
            text = re.sub(r" *\\\n *", " ", path.read_text())
            lines = [line for line in text.splitlines() if not line.startswith("#")]
            self.assertGreater(len(lines), 5, path)
            for line in lines:
                self.assertRegex(line, PINNED, path)

    def test_every_build_takes_the_same_pytorch(self):
        for path in (libtorch.CUDA, libtorch.ROOT / "bench/requirements-pytorch.txt"):
            self.assertIn(f"\ntorch=={libtorch.VERSION} ", path.read_text())
        self.assertIn(libtorch.WHEELS[0].sha256, libtorch.CUDA.read_text())

    def test_every_package_of_the_browser_has_a_sum_and_no_address(self):
        packages = json.loads(BROWSER.read_text())["packages"]
        packages.pop("")
        for name, package in packages.items():
            self.assertIn("integrity", package, name)
            self.assertNotIn("resolved", package, name)


if __name__ == "__main__":
    unittest.main()
