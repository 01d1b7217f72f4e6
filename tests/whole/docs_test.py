"""The book is true: every command that a page shows runs and prints what the page says, and the book builds without a complaint."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

from support import ASSAY, TOP, Case

sys.path.insert(0, str(TOP / "tools"))
from book import comparison, run  # noqa: E402

PAGES = [TOP / "docs/tutorial.md", *sorted((TOP / "docs/how-to").glob("*.md"))]


class Commands(Case):
    """Runs one page a test, so that a page that lies is named."""

    def walk(self, path):
        done = subprocess.run([TOP / "tools/docs", "run", path], capture_output=True, text=True, env={**os.environ, "ASSAY": ASSAY})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_page_that_lies_is_found(self):
        lie = self.write("lie.md", "```console\n$ assay --version\nassay 9.9.9\n```\n")
        done = subprocess.run([TOP / "tools/docs", "run", lie], capture_output=True, text=True, env={**os.environ, "ASSAY": ASSAY})
        self.assertEqual(done.returncode, 1)
        self.assertIn("-assay 9.9.9", done.stdout)
        silent = self.write("silent.md", "```console\n$ assay fairnes assess\n…\n```\n")
        done = subprocess.run([TOP / "tools/docs", "run", silent], capture_output=True, text=True, env={**os.environ, "ASSAY": ASSAY})
        self.assertIn("ended with 2", done.stdout)

    def test_wildcards(self):
        for expected, said, same in (["a … c"], "a b c", True), (["a", "…", "d"], "a\nb\nc\nd", True), (["a", "…", "d"], "a\nd", True), (["a"], "a\nb", False), (["a …"], "b a", False), ([], "", True), ([], "x", False):
            self.assertEqual(run.agrees(expected, said), same, (expected, said))


for page in PAGES:
    setattr(Commands, f"test_{page.stem.replace('-', '_')}", lambda self, page=page: self.walk(page))


class Book(Case):
    def test_measured_figures_come_from_one_place(self):
        machine, rows = comparison.measured()
        self.assertIn("cores", machine)
        self.assertGreater(len(rows), 5)
        page = (TOP / "docs/comparison.md").read_text()
        for row in rows:
            for typed in re.findall(r"[\d.]+ (?:ms|s)\b", row[1]):
                self.assertNotIn(typed, page, "a measured figure is typed by hand")

    def test_links_of_the_readme_lead_somewhere(self):
        for file in ("README.md", "CONTRIBUTING.md"):
            for link in re.findall(r"\]\(([^)#]+)[^)]*\)", (TOP / file).read_text()):
                self.assertTrue((TOP / link).exists(), f"{file}: {link}")

    def test_every_decision_is_listed(self):
        listed = (TOP / "docs/adr/README.md").read_text()
        for path in (TOP / "docs/adr").glob("0*.md"):
            self.assertIn(path.name, listed)
            for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
                self.assertIn(part, path.read_text(), path.name)

    @unittest.skipUnless((TOP / "build/docs-venv").exists(), "mkdocs comes with `make docs`")
    def test_it_builds_strictly_and_fetches_nothing(self):
        done = subprocess.run([TOP / "tools/docs", "build"], capture_output=True, text=True, env={**os.environ, "ASSAY": ASSAY})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for page in (TOP / "build/docs").rglob("*.html"):
            text = page.read_text()
            self.assertNotRegex(text, r"<(?:script|img|iframe)[^>]* src=\"?(?:https?:)?//", f"{page} fetches something")
            self.assertNotRegex(text, r"<link[^>]* rel=\"?stylesheet\"?[^>]* href=\"?(?:https?:)?//", f"{page} fetches a style sheet")
            self.assertNotIn("<!-- generated", text)


if __name__ == "__main__":
    unittest.main()
