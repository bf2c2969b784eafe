"""Running the program in a folder of its own, for tests from outside."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = str(ROOT / "designs/reference.json")
BINARY = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_it(self, *arguments, **options):
        return subprocess.run([BINARY, *arguments], cwd=self.folder.name, capture_output=True,
                              text=True, timeout=300, check=False, **options)

    def expect(self, code, *arguments):
        done = self.run_it(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(text)
        return name

    def variant(self, change):
        design = json.loads(Path(REFERENCE).read_text())
        change(design)
        return self.write("variant.json", json.dumps(design, indent=1))


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
