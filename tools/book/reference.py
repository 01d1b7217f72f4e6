"""Pages and tables that are read off the built program, so that they cannot drift: commands, plan, reads, errors."""
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

from . import places

STAGES = "define", "data", "train", "evaluate", "document, gate", "operate"


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def catalogue():
    return json.loads(places.ask("openapi"))


def operations(api):
    """noun -> [(verb, post)], in the order of `assay --help`, which goes by stages."""
    found = {}
    for path, methods in api["paths"].items():
        match = re.fullmatch(r"/api/v1/w/\{\w+\}/(\w+):(\w+)", path)
        if match and "post" in methods and "requestBody" in methods["post"]:
            found.setdefault(match.group(1), []).append((match.group(2), methods["post"]))
    return found


def stages():
    """[(stage, [noun...])] out of the program's own help."""
    listed, current = [], None
    for line in places.ask("--help").splitlines():
        if line in STAGES:
            current = (line, [])
            listed.append(current)
        elif current and (match := re.match(r"  (\w+) +\w+  ", line)):
            if match.group(1) not in current[1]:
                current[1].append(match.group(1))
        elif not line.startswith("  "):
            current = None
    return listed


def resolve(schema, api):
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        schema = api["components"]["schemas"][name]
    return schema


def type_of(schema, api):
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return "list of " + type_of(schema.get("items", {}), api)
    return " or ".join(kind) if isinstance(kind, list) else kind


def limits(schema):
    def number(value):
        return f"{int(value):,}" if value == int(value) else f"{value:g}"
    low = f"> {number(schema['exclusiveMinimum'])}" if "exclusiveMinimum" in schema else f">= {number(schema['minimum'])}" if "minimum" in schema else ""
    high = f"< {number(schema['exclusiveMaximum'])}" if "exclusiveMaximum" in schema else f"<= {number(schema['maximum'])}" if "maximum" in schema else ""
    return ", ".join(part for part in (low, high) if part)


def default(schema, required):
    if required:
        return "required"
    value = schema.get("default")
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value)}`".replace('`"', "`").replace('"`', "`")


def rows_of(schema, api, prefix="", depth=0):
    """Table rows of an object's fields; objects inside follow with a dotted name."""
    for name, field in resolve(schema, api).get("properties", {}).items():
        inside = resolve(field, api)
        required = name in schema.get("required", [])
        help_text = field.get("description", "") or inside.get("description", "")
        words = "; ".join(part for part in (help_text, limits(inside)) if part)
        yield f"| `{prefix}{name}` | {cell(type_of(field, api))} | {cell(words)} | {cell(default(field, required))} |"
        items = resolve(inside.get("items", {}), api)
        if depth < 3 and inside.get("properties"):
            yield from rows_of(inside, api, f"{prefix}{name}.", depth + 1)
        elif depth < 3 and items.get("properties"):
            yield from rows_of(items, api, f"{prefix}{name}[].", depth + 1)


def table(schema, api):
    """Of a request: with what is required, and defaults."""
    rows = list(rows_of(schema, api))
    return ["| field | type | meaning | default |", "|---|---|---|---|", *rows] if rows else ["No fields."]


def answer_table(schema, api):
    rows = [row.rsplit("|", 2)[0] + "|" for row in rows_of(schema, api)]
    return ["| field | type | meaning |", "|---|---|---|", *rows] if rows else ["A document of its own form."]


def is_evidence(schema):
    return {"kind", "provenance", "figures"} <= set(schema.get("properties", {}))


def python_call(noun, verb, schema):
    required = [f"{name}={'[…]' if schema['properties'][name].get('type') == 'array' else '…'}" for name in schema.get("required", [])]
    return f"assay.{noun}.{verb}({', '.join(required)})"


def access_note(post):
    note = {"read": "reads only", "rows": "reads rows", "write": "writes to the workspace", "sign": "signs", "approve": "approves", "deploy": "deploys",
            "admin": "administers"}
    words = note.get(post.get("x-access"), post.get("x-access", ""))
    return words + ("; long: the server answers 202 and a run to follow" if "202" in post["responses"] else "")


def one(noun, verb, post, api):
    request = post["requestBody"]["content"]["application/json"]["schema"]
    answer = post["responses"]["200"]["content"]["application/json"]["schema"]
    yield f"## {verb}"
    yield f"{post['summary']}. ({access_note(post)})"
    yield ""
    yield "```text"
    yield from places.ask(noun, verb, "--help").rstrip().splitlines()[1:]
    yield "```"
    yield ""
    yield f"REST `POST /api/v1/w/{{workspace}}/{noun}:{verb}`<br>"
    yield f"Python `{python_call(noun, verb, request)}`"
    yield ""
    yield "Request"
    yield ""
    yield from table(request, api)
    yield ""
    if is_evidence(answer):
        yield "Answer: [evidence](../formats.md#evidence)"
    else:
        yield "Answer"
        yield ""
        yield from answer_table(answer, api)
    yield ""


def command_pages(folder):
    """One page a noun, and an index by stage; returns the pages in order."""
    folder.mkdir(parents=True, exist_ok=True)
    api = catalogue()
    found = operations(api)
    index = ["# Commands", "Two words, a noun and a verb. The same operation answers on the command line, over REST and in Python; this part of the book is made",
             "from its one definition when the book is built.", "", "| stage | command | what it does |", "|---|---|---|"]
    ordered = [(stage, noun) for stage, nouns in stages() for noun in nouns if noun in found]
    ordered += [("", noun) for noun in found if noun not in [each for _, each in ordered]]
    for stage, noun in ordered:
        for verb, post in found[noun]:
            index.append(f"| {stage} | [`assay {noun} {verb}`]({noun}.md#{verb}) | {cell(post['summary'])} |")
        lines = [f"# assay {noun}", ""]
        for verb, post in found[noun]:
            lines += one(noun, verb, post, api)
        (folder / f"{noun}.md").write_text("\n".join(lines))
    index += ["", "Words without a noun:", "", "```text", *places.ask("--help").rstrip().splitlines()[2:5], *places.ask("--help").rstrip().splitlines()[-2:], "```"]
    (folder / "index.md").write_text("\n".join(index) + "\n")
    return [noun for _, noun in ordered]


@functools.cache
def served():
    """The OpenAPI document that a running server answers: operations, reads and views. None without a server."""
    if not places.have("studio"):
        return None
    with tempfile.TemporaryDirectory(prefix="assay-book-") as scratch:
        folder = pathlib.Path(scratch)
        running = subprocess.Popen([places.ASSAY, "server", "start", "--listen", "127.0.0.1:0"], cwd=folder, env=places.environment(folder), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        try:
            first = running.stdout.readline()
            if not first.startswith("http"):
                sys.exit(f"assay server start: {first}{running.stdout.read()}")
            at = json.loads((folder / ".assay/server.json").read_text())
            request = urllib.request.Request(f"{at['url'].rstrip('/')}/api/v1/openapi.json", headers={"Authorization": f"Bearer {at['token']}"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        finally:
            running.terminate()
            running.wait(30)


def reads():
    """Tables of the GET paths that the server's OpenAPI carries."""
    api = served() or catalogue()
    paths = {path: methods["get"] for path, methods in api["paths"].items() if "get" in methods}
    if not paths:
        return ["This book was built without the server, so it lists no reads."]
    plain = [path for path in paths if "/view/" not in path]
    views = [path for path in paths if "/view/" in path]
    lines = []
    for title, group in (("Reads", plain), ("Views", views)):
        lines += [f"### {title}", "", "| `GET` | what |", "|---|---|"]
        lines += [f"| `{path}` | {cell(paths[path].get('summary', ''))} |" for path in group]
        lines.append("")
    known = set(catalogue()["paths"])
    lines += ["### More", "", "| `POST` | what |", "|---|---|"]
    lines += [f"| `{path}` | {cell(methods['post'].get('summary', ''))} |" for path, methods in api["paths"].items() if "post" in methods and path not in known]
    lines += ["", "### What the views answer", ""]
    for path in views:
        answer = paths[path]["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
        if answer and resolve(answer, api).get("properties"):
            lines += [f"??? note \"`{path.split('/view/')[1]}`\"", ""]
            lines += ["    " + row for row in answer_table(resolve(answer, api), api)] + [""]
    return lines


def plan_fields():
    schema = json.loads(places.ask("plan", "show", "--schema"))
    return table(schema, {"components": {"schemas": schema.get("$defs", {})}})


def error_codes():
    """The table of codes stands once, in base/error.cc."""
    source = (places.TOP / "src/assay/base/error.cc").read_text()
    rows = re.findall(r'\{+"([\w-]+)", (\d+), (\d+)\}', source)
    assert len(rows) == 11, "base/error.cc has another shape than this reads"
    meaning = {"invalid-argument": "what was asked is not well formed", "not-found": "what was named is not there", "already-exists": "it is there already",
               "failed-precondition": "right, but not in this state", "permission-denied": "not allowed for whoever asks",
               "corrupt": "a file is damaged or not what it says", "unsupported": "known, but this version does not do it",
               "exhausted": "a limit of size, depth, time or budget", "cancelled": "stopped by whoever asked",
               "unavailable": "disk, network or database is not there now", "internal": "a mistake of Assay's own"}
    return ["| code | when | REST status | exit status |", "|---|---|---|---|", *(f"| `{c}` | {meaning[c]} | {h} | {e} |" for c, h, e in rows)]


SCORED = "tests/data/metrics/hmda_pred.csv", "--label", "y", "--score", "score", "--group", "afam"


def conclude(noun, verb, *more):
    """Evidence about scored rows of the Boston data; label 1 is a denial, so 0 is favorable."""
    favorable = ("--favorable", "0") if noun == "fairness" else ()
    return json.loads(places.ask(noun, verb, *SCORED, *favorable, *more, "--json", cwd=places.TOP))


def evidence_example():
    """Real evidence, with most figures and the detail left out."""
    made = conclude("fairness", "assess")
    made["figures"] = [each for each in made["figures"] if each["name"] in ("favorable_rate", "favorable_rate_ratio")][:3]
    made["detail"] = {}
    return ["```json", *json.dumps(made, indent=2, ensure_ascii=False).splitlines(), "```"]


def figure_names():
    """What `evaluate run` and `fairness assess` conclude today."""
    lines = ["| from | figures |", "|---|---|"]
    for noun, verb in ("evaluate", "run"), ("fairness", "assess"):
        names = sorted({each["name"] for each in conclude(noun, verb)["figures"]})
        lines.append(f"| `{noun} {verb}` | {' '.join(f'`{name}`' for name in names)} |")
    return lines


def methods():
    """Which method made the interval of which figure, read off evidence of unweighted rows."""
    known = {"wilson": "Wilson score", "newcombe": "Newcombe's hybrid score, of a difference", "mover_r": "MOVER-R, of a ratio",
             "simultaneous": "simultaneous over the groups, of the largest difference", "delong": "DeLong", "t": "Student's t on the rows' losses",
             "bootstrap_percentile": "percentiles of Poisson bootstrap replicates", "linearised_log": "linearised, on the log scale", "katz_log": "Katz, on the log scale"}
    found = {}
    for noun, verb in ("evaluate", "run"), ("fairness", "assess"):
        for each in conclude(noun, verb)["figures"]:
            if each["method"]:
                found.setdefault(each["method"], set()).add(each["name"])
    return ["| `method` | what | figures |", "|---|---|---|",
            *(f"| `{method}` | {known.get(method, '')} | {' '.join(f'`{name}`' for name in sorted(names))} |" for method, names in sorted(found.items()))]


def two_codings():
    made = conclude("fairness", "assess", "--threshold", "0.2")
    lines = ["| figure | coding | value | interval |", "|---|---|---|---|"]
    for name, coding in ("demographic_parity_ratio", "positive: of being predicted a denial"), ("favorable_rate_ratio", "favorable: of not being predicted a denial"):
        figure = next(each for each in made["figures"] if each["name"] == name)
        lines.append(f"| `{name}` | {coding} | {figure['value']:.2f} | {figure['low']:.2f} to {figure['high']:.2f} |")
    return lines


def exceptions():
    """The classes of python/assay/_errors.py with what else each is."""
    source = (places.TOP / "python/assay/_errors.py").read_text()
    lines = ["| exception | is also | meaning |", "|---|---|---|"]
    for name, bases, text in re.findall(r'^class (\w+)\(([\w, ]+)\):\n    """(.*?)"""', source, re.M | re.S):
        if name != "Error":
            lines.append(f"| `assay.{name}` | {', '.join(f'`{base}`' for base in bases.split(', ') if base != 'Error')} | {cell(text.strip())} |")
    return lines
