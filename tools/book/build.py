"""Puts the book together: docs/ as it is, what is generated, the pictures; then mkdocs, strictly.

In a page, `<!-- generated: NAME -->` becomes what NAME below makes.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from . import comparison, pictures, places, reference

SOURCE = places.BUILD / "docs-src"
SITE = places.BUILD / "docs"

GENERATED = {
    "reads": reference.reads,
    "plan fields": reference.plan_fields,
    "error codes": reference.error_codes,
    "comparison": comparison.table,
    "comparison alone": comparison.alone,
    "comparison slower": comparison.slower,
    "version": lambda: [places.ask("--version").split()[1]],
    "figures": reference.figure_names,
    "methods": reference.methods,
    "two codings": reference.two_codings,
    "exceptions": reference.exceptions,
    "evidence example": reference.evidence_example,
}


def studio_gallery(names):
    if not names:
        print("pictures: no screenshots of the studio (build/screenshots): its browser tests make them; left out")
        return []
    usual = [name for name in names if all(word in name for word in ("1440", "light", "en"))]
    names = usual or names
    return [f"![{name.removesuffix('.png').replace('-', ' ')}](PICTURES/{name})" for name in names[:8]]


def fill(path, names):
    text = path.read_text()
    up = "../" * (len(path.relative_to(SOURCE).parts) - 1) + "pictures/studio"

    def made(match):
        if match.group(1) == "studio gallery":
            return "\n\n".join(studio_gallery(names)).replace("PICTURES", up)
        return "\n".join(GENERATED[match.group(1)]())
    text = re.sub(r"<!-- generated: ([\w ]+) -->", made, text)
    path.write_text(re.sub(r"^<!-- (run|set|needs|background).*-->\n", "", text, flags=re.M))


def pages():
    if not places.ASSAY.exists():
        sys.exit(f"{places.ASSAY} is not built: make build")
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(places.DOCS, SOURCE)
    shutil.copy(places.TOP / "CHANGELOG.md", SOURCE / "changelog.md")
    (SOURCE / "contributing.md").write_text((places.TOP / "CONTRIBUTING.md").read_text().replace("(docs/", "("))
    pictures.make(SOURCE / "pictures/made")
    names = pictures.studio(SOURCE / "pictures/studio")
    for path in sorted(SOURCE.rglob("*.md")):
        fill(path, names)
    reference.command_pages(SOURCE / "reference/commands")
    (SOURCE / "reference/openapi.json").write_text(json.dumps(reference.served() or reference.catalogue(), indent=1))


def book():
    """0 when mkdocs has no complaint; links between pages and headings are checked."""
    subprocess.run([places.TOP / "tools/bootstrap", "docs"], check=True)
    pages()
    python = places.BUILD / "docs-venv/bin/python"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    # Not --quiet: it would hide warnings from --strict too.
    done = subprocess.run([python, "-m", "mkdocs", "build", "--strict", "--config-file", places.TOP / "mkdocs.yml", "--site-dir", SITE], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print("\n".join(line for line in done.stdout.splitlines() if not line.startswith("INFO")))
    else:
        print(f"the book: {SITE.relative_to(places.TOP)}/index.html")
    return done.returncode
