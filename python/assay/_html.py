"""How results show themselves: text in a terminal, and HTML that needs no network and runs no script, for Jupyter and
any page. Everything that comes from data is escaped; colours follow the reader's light or dark theme."""
from __future__ import annotations

import html
import json
import re

MOST_ROWS = 60
_STYLE = """
.assay{--ink:#1b1f24;--dim:#59636e;--line:#d1d9e0;--held:#116329;--doubt:#7d4e00;--failed:#a40e26;--bar:#0b5cad;
color:var(--ink);font:13px/1.45 system-ui,sans-serif;max-width:72em;overflow-x:auto}
@media (prefers-color-scheme:dark){.assay{--ink:#e6edf3;--dim:#9aa4af;--line:#3d444d;--held:#56d364;--doubt:#e3b341;
--failed:#ff7b72;--bar:#58a6ff}}
[data-jp-theme-light="true"] .assay,.vscode-light .assay{--ink:#1b1f24;--dim:#59636e;--line:#d1d9e0;--held:#116329;
--doubt:#7d4e00;--failed:#a40e26;--bar:#0b5cad}
[data-jp-theme-light="false"] .assay,.vscode-dark .assay{--ink:#e6edf3;--dim:#9aa4af;--line:#3d444d;--held:#56d364;
--doubt:#e3b341;--failed:#ff7b72;--bar:#58a6ff}
.assay table{border-collapse:collapse;margin:.4em 0;color:inherit;background:none}
.assay th,.assay td{padding:.15em .7em .15em 0;text-align:left;vertical-align:middle;
border-bottom:1px solid var(--line);background:none;color:inherit;font-weight:400;white-space:nowrap}
.assay th{color:var(--dim)}.assay td.n{text-align:right;font-variant-numeric:tabular-nums}
.assay td.w{white-space:normal;min-width:12em}.assay .dim{color:var(--dim)}
.assay .held,.assay .waived{color:var(--held)}.assay .not_decided{color:var(--doubt)}.assay .failed{color:var(--failed)}
.assay h4{margin:.3em 0;font-size:14px;color:inherit}.assay code{font-size:12px;color:var(--dim);background:none}
.assay svg{display:block}
"""
_DIGEST = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_WORDS = {"held": "held", "not_decided": "not decided", "failed": "failed", "waived": "waived"}
_SIGNS = {"held": "●", "not_decided": "○", "failed": "✕", "waived": "◐"}


def text(value) -> str:
    return html.escape(str(value), quote=True)


def number(value) -> str:
    if value is None:
        return "–"
    value = float(value)
    return f"{value:.4g}" if abs(value) != float("inf") else ("∞" if value > 0 else "−∞")


def page(body: str) -> str:
    return f'<div class="assay"><style>{_STYLE}</style>{body}</div>'


def pairs(value: dict | None) -> str:
    return ", ".join(f"{name}={'(missing)' if each is None else each}" for name, each in (value or {}).items())


def state(word: str) -> str:
    known = word if word in _WORDS else "dim"
    return f'<span class="{known}">{_SIGNS.get(word, "")} {text(_WORDS.get(word, word))}</span>'


# ---- figures

def _scales(figures: list[dict]) -> dict[str, tuple[float, float]]:
    """Of each name the range that its intervals are drawn in: 0 to 1 when they fit."""
    ends: dict[str, list[float]] = {}
    for each in figures:
        ends.setdefault(each["name"], []).extend(
            float(each[end]) for end in ("value", "low", "high")
            if each.get(end) is not None and abs(float(each[end])) != float("inf"))
    out = {}
    for name, values in ends.items():
        low, high = min(values, default=0.0), max(values, default=1.0)
        if low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        elif low >= -1 and high <= 1:
            low, high = -1.0, 1.0
        elif low == high:
            low, high = low - 1, high + 1
        out[name] = (low, high)
    return out


def interval(value, low, high, scale: tuple[float, float]) -> str:
    """One interval as a small drawing; what it shows is also said in words."""
    if value is None or abs(float(value)) == float("inf"):
        return ""
    width, height = 132, 16

    def at(x) -> float:
        x = max(scale[0], min(scale[1], float(x)))
        return round(4 + (width - 8) * (x - scale[0]) / (scale[1] - scale[0]), 2)

    told = f"{number(value)}, from {number(low)} to {number(high)}" if low is not None else number(value)
    zero = f'<line x1="{at(0)}" y1="2" x2="{at(0)}" y2="{height - 2}" stroke="var(--line)"/>' \
        if scale[0] < 0 < scale[1] else ""
    bar = f'<line x1="{at(low)}" y1="8" x2="{at(high)}" y2="8" stroke="var(--bar)" stroke-width="2"/>' \
        if low is not None and high is not None else ""
    return (f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{text(told)}"><line x1="4" y1="8" x2="{width - 4}" y2="8" stroke="var(--line)"/>{zero}{bar}'
            f'<circle cx="{at(value)}" cy="8" r="3" fill="var(--bar)"/></svg>')


def figures(items: list[dict]) -> str:
    scales = _scales(items)
    rows, before = [], None
    for each in items[:MOST_ROWS]:
        name, before = ("" if each["name"] == before else each["name"]), each["name"]
        of = pairs(each.get("slice")) or (", ".join(each["group"]) if each.get("group") else "")
        if each.get("parameters"):
            of += (", " if of else "") + pairs(each["parameters"])
        notes = [*(each.get("flags") or []), *([each["why"]] if each.get("why") else [])]
        low, high = each.get("low"), each.get("high")
        span = f"{number(low)} to {number(high)}" if low is not None or high is not None else ""
        rows.append(f'<tr><td>{text(name)}</td><td>{text(of)}</td><td class="n">{number(each.get("value"))}'
                    f'</td><td>{span}</td><td>{interval(each.get("value"), low, high, scales[each["name"]])}</td>'
                    f'<td class="n">{text(each.get("n", ""))}</td><td class="dim">{text("; ".join(notes))}</td></tr>')
    if not rows:
        return ""
    more = f'<div class="dim">and {len(items) - MOST_ROWS} more figures</div>' if len(items) > MOST_ROWS else ""
    level = next((each["level"] for each in items if each.get("level")), 0.95)
    return (f'<table><thead><tr><th>figure</th><th>of</th><th>value</th><th>{100 * level:.4g} % interval</th><th></th>'
            f'<th>rows</th><th></th></tr></thead><tbody>{"".join(rows)}</tbody></table>{more}')


def figures_text(items: list[dict]) -> str:
    lines = []
    for each in items:
        of = pairs(each.get("slice")) or ", ".join(each.get("group") or ())
        line = f"  {each['name']:<34} {of:<24} {number(each.get('value')):>10}"
        if each.get("low") is not None or each.get("high") is not None:
            line += f"  ({number(each.get('low'))} to {number(each.get('high'))})"
        lines.append(f"{line}  n={each.get('n', '')}")
    return "\n".join(lines)


# ---- documents

def value(item, depth: int = 0) -> str:
    """Any JSON value: objects as two columns, lists of objects as a table."""
    if isinstance(item, dict) and depth < 4:
        rows = "".join(f'<tr><th>{text(name.replace("_", " "))}</th><td class="w">'
                       f'{state(each) if name == "state" else value(each, depth + 1)}</td></tr>'
                       for name, each in item.items() if each not in ("", [], {}))
        return f"<table>{rows}</table>"
    if isinstance(item, list) and item and all(isinstance(each, dict) for each in item) and depth < 4:
        return table(item, list(dict.fromkeys(name for each in item for name in each)), depth)
    if isinstance(item, (dict, list)):
        return text(json.dumps(item, ensure_ascii=False)[:400])
    if isinstance(item, bool) or item is None:
        return {True: "yes", False: "no", None: "–"}[item]
    if isinstance(item, str) and _DIGEST.fullmatch(item):
        return f'<code title="{text(item)}">{text(item[:19])}…</code>'
    return number(item) if isinstance(item, float) else text(item)


def table(items: list[dict], names: list[str], depth: int = 0) -> str:
    head = "".join(f"<th>{text(name.replace('_', ' '))}</th>" for name in names)
    rows = []
    for each in items[:MOST_ROWS]:
        cells = []
        for name in names:
            cell = each.get(name)
            numeric = isinstance(cell, (int, float)) and not isinstance(cell, bool)
            shown = "" if cell is None else state(cell) if name == "state" and isinstance(cell, str) else \
                value(cell, depth + 1)
            cells.append(f'<td class="n">{shown}</td>' if numeric else f"<td>{shown}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    more = f'<div class="dim">and {len(items) - MOST_ROWS} more</div>' if len(items) > MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"


def rules(detail: dict) -> str:
    rows = []
    for each in detail.get("rules", []):
        low, high = each.get("low"), each.get("high")
        span = f"{number(low)} to {number(high)}" if low is not None else ""
        rows.append(f'<tr><td>{state(each.get("state", ""))}</td><td>{text(each.get("id", ""))}</td>'
                    f'<td class="w"><code>{text(each.get("require", ""))}</code></td>'
                    f'<td class="n">{number(each.get("value"))}</td><td>{span}</td>'
                    f'<td class="w dim">{text(each.get("because") or each.get("why") or "")}</td></tr>')
    return ("<table><thead><tr><th>state</th><th>rule</th><th>requires</th><th>value</th><th>interval</th><th></th>"
            f"</tr></thead><tbody>{''.join(rows)}</tbody></table>")


def bars(counts: list) -> str:
    """A histogram as a small drawing."""
    most, width, height = max([*counts, 1]), 96, 18
    step = width / max(1, len(counts))
    drawn = "".join(f'<rect x="{i * step:.2f}" y="{height - max(1, 16 * each / most):.2f}" width="{step * .85:.2f}" '
                    f'height="{max(1, 16 * each / most):.2f}"/>' for i, each in enumerate(counts) if each > 0)
    return (f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="histogram: {text(", ".join(map(str, counts)))}"><g fill="var(--bar)">{drawn}</g></svg>')


_COLUMNS = ("name", "type", "rows", "missing", "distinct", "mean", "standard_deviation", "min", "max", "unique")


def columns(items: list[dict]) -> str:
    """The columns of a profile or schema, with what their values look like."""
    shown = [name for name in _COLUMNS if any(each.get(name) is not None for each in items)]
    head = "".join(f"<th>{text(name.replace('_', ' '))}</th>" for name in shown)
    rows = []
    for each in items[:MOST_ROWS]:
        cells = ""
        for name in shown:
            cell = each.get(name)
            cells += f'<td class="{"n" if name not in ("name", "type") else ""}">' \
                     f'{"" if cell is None else value(cell)}</td>'
        looks = ""
        if (each.get("histogram") or {}).get("counts"):
            looks = bars(each["histogram"]["counts"])
        elif each.get("top"):
            looks = text(", ".join(f"{top['value']} {top['count']}" for top in each["top"][:4])[:90])
        elif each.get("domain"):
            domain = each["domain"].get("values")
            looks = text((", ".join(domain) if domain is not None else pairs(each["domain"]))[:90])
        rows.append(f'<tr>{cells}<td class="dim">{looks}</td></tr>')
    more = f'<div class="dim">and {len(items) - MOST_ROWS} more columns</div>' if len(items) > MOST_ROWS else ""
    return f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"


def coefficients(items: list[dict]) -> str:
    """Those of a linear model, the largest first."""
    items = sorted(items, key=lambda each: -abs(float(each["value"])))
    told = [{**each, "name": "coefficient", "slice": {"of": each["name"]}} for each in items]
    scale = _scales(told).get("coefficient", (-1.0, 1.0))
    rows = "".join(f'<tr><td>{text(each["slice"]["of"])}</td><td class="n">{number(each["value"])}</td>'
                   f'<td>{number(each.get("low"))} to {number(each.get("high"))}</td>'
                   f'<td>{interval(each["value"], each.get("low"), each.get("high"), scale)}</td></tr>'
                   for each in told[:MOST_ROWS])
    return ("<table><thead><tr><th>coefficient, standardised</th><th>value</th><th>interval</th><th></th></tr>"
            f"</thead><tbody>{rows}</tbody></table>")


def evidence(item: dict, digest: str) -> str:
    head = f'<h4>{text(item.get("operation") or item["kind"])}</h4><div class="dim">{text(item["kind"])} ' \
           f'<code>{text(digest[:19])}</code></div>'
    detail = item.get("detail") or {}
    if item["kind"] == "assay.verdict/1":
        return head + f"<div>{state(detail.get('state', ''))}</div>" + rules(detail)
    facts = {name: detail[name] for name in ("rows", "dropped", "positive", "favorable", "correction", "learner")
             if detail.get(name) not in (None, "", 0) and not isinstance(detail[name], dict)}
    facts |= {"flags": ", ".join(item["flags"])} if item.get("flags") else {}
    body = f'<div class="dim">{text(pairs(facts))}</div>' if facts else ""
    listed = detail.get("columns")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        return head + body + columns(listed)
    body += figures(item.get("figures", []))
    if detail.get("coefficients"):
        body += coefficients(detail["coefficients"])
    if item.get("blobs"):
        body += '<div class="dim">files: ' + text(", ".join(item["blobs"])) + "</div>"
    return head + body


def run_report(item: dict) -> str:
    files = [{"file": name, "path": path} for name, path in item.get("files", {}).items()]
    advice = "".join(f"<li>{text(line)}</li>" for line in item.get("advice", []))
    steps = table(item.get("steps", []), ["id", "operation", "state", "seconds"])
    return (f'<h4>{text(item["name"])}: {state(item["state"])}</h4>' + rules(item["verdict"]["detail"]) +
            (f"<ul>{advice}</ul>" if advice else "") + (table(files, ["file", "path"]) if files else "") +
            f"<details><summary>steps</summary>{steps}</details>")
