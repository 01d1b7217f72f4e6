"""One definition behind every face: OpenAPI, JSON Schema, help, completion; and an operation added in one room is live."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

from support import ASSAY, TOP, Case

VENV = pathlib.Path(os.environ.get("ASSAY_VENV", TOP / "build/venv"))


def in_venv(code, *words, stdin=None):
    return subprocess.run([VENV / "bin/python", "-c", code, *map(str, words)], input=stdin, capture_output=True, text=True)


class Faces(Case):
    def test_openapi_is_valid(self):
        done = in_venv("import sys, json; from openapi_spec_validator import validate; validate(json.load(sys.stdin))", stdin=self.ok("openapi"))
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_every_operation_has_help_and_completion(self):
        paths = json.loads(self.ok("openapi"))["paths"]
        script = self.ok("completion", "bash")
        for path in paths:
            noun, verb = path.rsplit("/", 1)[1].split(":")
            self.assertIn("usage: assay " + noun + " " + verb, self.ok(noun, verb, "--help"))
            self.assertIn(f'"{noun} {verb}"', script)
        self.assertEqual(subprocess.run(["bash", "-n"], input=script, text=True).returncode, 0)
        for shell in ("zsh", "fish"):
            self.ok("completion", shell)
        self.refused("completion", "cmd.exe", fix="bash")

    def test_bash_completes(self):
        script = self.write("c.bash", self.ok("completion", "bash"))
        ask = f"source {script}; COMP_WORDS=(assay fairness as); COMP_CWORD=2; _assay; echo ${{COMPREPLY[@]}}"
        self.assertEqual(subprocess.run(["bash", "-c", ask], capture_output=True, text=True).stdout.strip(), "assess")

    def test_the_schema_of_plans_accepts_the_example_and_refuses_mistakes(self):
        schema = self.ok("plan", "show", "--schema")
        published = TOP / "docs/reference/assay.schema.json"
        self.assertEqual(json.loads(schema), json.loads(published.read_text()), "run: build/release/bin/assay plan show --schema > " + str(published))
        check = "import sys, json, yaml, jsonschema; jsonschema.validate(yaml.safe_load(open(sys.argv[2])), json.load(open(sys.argv[1])), cls=jsonschema.Draft202012Validator)"
        good = in_venv(check, published, TOP / "examples/mortgage/assay.yaml")
        self.assertEqual(good.returncode, 0, good.stderr[-2000:])
        bad = self.write("bad.yaml", (TOP / "examples/mortgage/assay.yaml").read_text().replace("threshold", "x").replace("seed: 0", "sede: 0"))
        self.assertNotEqual(in_venv(check, published, bad).returncode, 0)

    def test_version_is_quick_and_loads_nothing_heavy(self):
        self.assertRegex(self.ok("--version"), r"^assay \d+\.\d+\.\d+$")
        best = min(self.timed() for _ in range(20))
        self.assertLess(best, 0.005 * float(os.environ.get("ASSAY_SLOW", "1")), "assay --version takes over 5 ms")

    def timed(self):
        start = time.perf_counter()
        subprocess.run([ASSAY, "--version"], stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    def test_examples_in_help_run(self):
        """Each operation's example line is one that works from the repository root, on the example's workspace."""
        plan = self.example()
        self.ok("run", "assay.yaml", cwd=plan)
        for path in json.loads(self.ok("openapi"))["paths"]:
            noun, verb = path.rsplit("/", 1)[1].split(":")
            for line in self.ok(noun, verb, "--help").splitlines():
                if line.startswith("example: assay ") and noun in ("runs", "audit", "evidence", "lineage"):
                    self.ok(*line.removeprefix("example: assay ").split(), cwd=plan)


class NewOperation(Case):
    def test_an_operation_added_in_one_room_is_live(self):
        """Adds one to a copy of the tree, counts the files touched, and calls it through the room's own list."""
        built = pathlib.Path(ASSAY).resolve().parent.parent
        copy = self.folder / "tree"
        shutil.copytree(TOP, copy, ignore=shutil.ignore_patterns("build", ".git", ".assay", "out", "data"), symlinks=True)
        shutil.copytree(TOP / "src", copy / "src", dirs_exist_ok=True)
        touched = subprocess.run([sys.executable, "tools/new-operation", "workspace", "greet", "--noun", "hello", "--summary", "Greets a file"], cwd=copy,
                                 capture_output=True, text=True, check=True).stdout
        files = [line for line in touched.splitlines() if line.startswith("src/")]
        self.assertEqual(len(files), 4)
        self.assertTrue(all(f.startswith("src/assay/workspace/") for f in files), files)
        self.write("tree/live.cc", """
            #include <cstdio>
            #include "assay/workspace/operations.h"
            int main(int, char** argv) {
              assay::Task task;
              for (const auto& op : assay::workspace::operations())
                if (op.id() == "hello.greet") {
                  const auto made = op.call({{"data", argv[1]}}, task);
                  return made && (*made)["says"] == std::string("read ") + argv[1] && op.arguments.size() == 1 ? 0 : 1;
                }
              return 2;
            }""")
        rooms = built / "src/assay"
        libraries = [rooms / f"libassay_{room}.a" for room in ("workspace", "data", "sketch", "operation", "base")]
        arrow = TOP / "build/deps/pyarrow"
        subprocess.run(["g++", "-std=c++20", "-Isrc", "live.cc", "src/assay/workspace/greet.cc", "src/assay/workspace/operations.cc", *libraries,
                        *arrow.glob("libarrow.so.*"), *arrow.glob("libparquet.so.*"), *arrow.glob("libarrow_compute.so.*"), f"-Wl,-rpath,{arrow}",
                        "-lsoci_core", "-lsoci_sqlite3", "-lsqlite3", "-lyaml-cpp", "-lsodium", "-lfmt", "-ltbb", "-o", "live"], cwd=copy, check=True)
        self.assertEqual(subprocess.run(["./live", "live.cc"], cwd=copy).returncode, 0)


if __name__ == "__main__":
    unittest.main()
