"""What the tests of the whole program share: the built binaries, a scratch copy of the example, and runs with their output."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
ASSAY = os.environ.get("ASSAY", str(TOP / "build/release/bin/assay"))
VERIFY = os.environ.get("ASSAY_VERIFY", str(TOP / "build/release/bin/assay-verify"))


class Case(unittest.TestCase):
    """Each test has a folder of its own, and a home of its own, so that no key of the user is touched."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = {**os.environ, "HOME": str(self.folder / "home"), "XDG_CONFIG_HOME": str(self.folder / "home/.config")}
        self.environment.pop("ASSAY_THREADS", None)

    def example(self, name="mortgage"):
        """A copy of the example's plan and data, without what an earlier run left."""
        target = self.folder / name
        target.mkdir()
        for file in ("assay.yaml", "boston_hmda.csv"):
            shutil.copy(TOP / "examples/mortgage" / file, target)
        return target

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_assay(self, *words, cwd=None, program=ASSAY, timeout=120, **more):
        return subprocess.run([program, *map(os.fspath, map(lambda w: w if isinstance(w, (str, bytes)) else str(w), words))], capture_output=True, text=True, cwd=cwd or self.folder,
                              env=self.environment, timeout=timeout, **more)

    def ok(self, *words, status=0, **more):
        done = self.run_assay(*words, **more)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def json(self, *words, **more):
        return json.loads(self.ok(*words, "--json", **more))

    def refused(self, *words, status=2, where=None, what=None, fix=None, **more):
        """The four-part error: exit status, where, what and fix; nothing on stdout."""
        done = self.run_assay(*words, **more)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        first, *rest = [line for line in done.stderr.splitlines() if not line.startswith("[")]
        self.assertTrue(first.startswith("assay: "), done.stderr)
        for part in (where, what):
            if part:
                self.assertIn(part, first)
        if fix:
            self.assertIn(fix, "\n".join(rest))
        self.assertTrue(rest and rest[0].startswith("  "), f"no fix is given: {done.stderr}")
        return done.stderr
