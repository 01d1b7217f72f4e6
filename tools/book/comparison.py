"""What `make bench` measured, out of docs/benchmarks.md, where it writes it. No figure is typed anywhere else."""
import re

from . import places

BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"


def measured():
    """(machine and versions, rows as lists of cells) of the table beside peers: the first of the page."""
    text = (places.DOCS / "benchmarks.md").read_text().split(BEGIN)[1].split(END)[0]
    machine, _, tables = text.partition("\n\n")
    rows = [[each.strip() for each in line.strip("|").split("|")] for line in tables.split("\n\n")[0].splitlines() if line.startswith("|")]
    return machine, rows[2:]


def times(row):
    """How many times less time Assay took than the peer; below one: how much more it took."""
    faster, share = re.match(r"([\d,]+) times faster", row[4]), re.match(r"([\d.]+) of its time", row[4])
    return float(faster.group(1).replace(",", "")) if faster else 1 / float(share.group(1))


def table():
    machine, rows = measured()
    lines = [f"Measured on: {machine}", "", "| case | Assay | peer | its time | Assay takes |", "|---|---|---|---|---|"]
    for row in rows:
        if not row[2]:
            continue
        ratio = times(row)
        words = f"{ratio:,.0f} times less" if ratio >= 10 else f"{ratio:.1f} times less" if ratio >= 1.05 else f"{1 / ratio:.2f} times as long"
        lines.append(f"| {row[0]} | {row[1]} | {row[2]} | {row[3]} | {words} |")
    return lines


def alone():
    _, rows = measured()
    return ["| case | Assay | bound |", "|---|---|---|", *(f"| {row[0]} | {row[1]} | {row[5]} |" for row in rows if not row[2])]


def slower():
    """Where the peer was the faster one."""
    _, rows = measured()
    found = [f"- **{row[2]}** on \"{row[0]}\": Assay took {1 / times(row):.2f} times its time." for row in rows if row[2] and times(row) < 0.95]
    return found or ["- In none of the measured cases."]
