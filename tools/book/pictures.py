"""Pictures made from a run of the example: terminal output as SVG, and the report's figures cut out of the report."""
import html
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap

from . import places

INK = {"✓": "#6fce94", "✗": "#ff9a8c", "?": "#f0b35a", "–": "#93a09a"}
FIGURES = "marks", "coefficients", "roc", "reliability", "by-afam-favorable-rate", "by-afam-gaps", "by-afam-ratios"


def wrapped(line, wide):
    return textwrap.wrap(line, wide, subsequent_indent="    ", drop_whitespace=False, break_on_hyphens=False) if len(line) > wide else [line]


def terminal(command, text, wide=126):
    """What a terminal shows, as an SVG that needs no font of its own. One column is 8.4 wide."""
    lines = [f"$ {command}", *(part for line in text.rstrip().splitlines() for part in wrapped(line, wide))]
    width, height = 8.4 * max(map(len, lines)) + 40, 20 * len(lines) + 32
    rows = []
    for number, line in enumerate(lines):
        words = line.strip()
        ink = "#e9c46a" if number == 0 else INK.get(words[:1], "#ecf1ee")
        weight = ' font-weight="600"' if words.startswith("Gate:") else ""
        if words:
            # textLength keeps columns straight whatever monospaced font the reader has.
            rows.append(f'<text x="20" y="{36 + 20 * number}" fill="{ink}"{weight} textLength="{8.4 * len(line):.1f}" xml:space="preserve">{html.escape(line)}</text>')
    said = html.escape(" ".join(text.split())[:300])
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img">'
            f"<title>{html.escape(command)}</title><desc>{said}</desc>"
            f'<rect width="100%" height="100%" rx="8" fill="#101716"/><g font-family="ui-monospace, \'DejaVu Sans Mono\', Consolas, monospace" font-size="14">'
            + "".join(rows) + "</g></svg>\n")


def figures(report, folder):
    """Each chart of the report with the part of its style sheet that it needs."""
    page = report.read_text()
    style = page[page.index("<style>") + 7:page.index("*{box-sizing")]
    style = re.sub(r"@media screen and \(prefers-color-scheme:dark\)\{:root\{.*?\}\}", "", style, flags=re.S)
    found = {re.search(r'aria-labelledby="(\S+)-t ', svg).group(1): svg for svg in re.findall(r"<svg[^>]*aria-labelledby.*?</svg>", page, re.S)}
    for name in FIGURES:
        x, y, w, h = map(float, re.search(r'viewBox="([^"]+)"', found[name]).group(1).split())
        paper = f'<style>{style}</style><rect x="{x - 16}" y="{y - 12}" width="{w + 32}" height="{h + 24}" fill="#fffefb"/>'
        svg = re.sub(r'viewBox="[^"]+" width="\d+" height="\d+"', f'viewBox="{x - 16:g} {y - 12:g} {w + 32:g} {h + 24:g}" width="{w + 32:g}" height="{h + 24:g}"', found[name], count=1)
        head = svg.index(">") + 1
        (folder / f"{name}.svg").write_text(svg[:head] + paper + svg[head:] + "\n")


def make(folder):
    """Runs the example in a folder of its own and draws what came out."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="assay-book-") as scratch:
        home = pathlib.Path(scratch)
        plan = home / "mortgage"
        plan.mkdir()
        for file in ("assay.yaml", "boston_hmda.csv"):
            shutil.copy(places.TOP / "examples/mortgage" / file, plan)
        shown = {"run": "assay run", "verify": "assay hallmark verify out/mortgage/mortgage.hallmark.jsonl", "lineage": "assay lineage show model:mortgage --up 2 --down 1"}
        for name, command in shown.items():
            done = subprocess.run(["bash", "-c", command], cwd=plan, env=places.environment(home), capture_output=True, text=True, check=True)
            said = done.stdout.strip("\n")
            if name == "run":
                said = said.split("\n\nnext")[0]
            (folder / f"{name}.svg").write_text(terminal(command, said))
        figures(plan / "out/mortgage/report.html", folder)


def studio(target):
    """Screenshots that the browser tests took, when they ran; returns the pages' names."""
    shots = places.BUILD / "screenshots"
    names = sorted(path.name for path in shots.glob("*.png")) if shots.is_dir() else []
    if names:
        target.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(shots / name, target / name)
    return names
