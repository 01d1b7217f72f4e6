"""Every operation of the catalogue as a Python function: names, defaults, types and texts come from the one definition
that the command line, the server and the studio use too."""
from __future__ import annotations

import contextvars
import dataclasses
import difflib
import inspect
import json
import keyword
import math
import os
import shlex
from collections.abc import Mapping
from typing import Any

from . import _native, _progress, _tables
from ._errors import InvalidArgument, UnknownArgument, error_of
from ._results import Blob, Evidence, Record, Result, result_of

TABLES = ("data", "source")  # arguments that hold rows; other inputs are documents and models
COMMON = {"workspace": None, "threads": 0, "refresh": False, "progress": None}
COMMON_HELP = {
    "workspace": "folder, assay.Workspace or False for none; else that of the `with` block, else the nearest upwards",
    "threads": "at most so many; 0: as many as there are cores. Results do not depend on it",
    "refresh": "run again even when the workspace remembers the answer",
    "progress": "True or False; else a bar on a terminal and in Jupyter; or a function that gets each event",
}
COMMON_TYPES = {"workspace": "Workspace | str | PathLike | bool | None", "threads": "int", "refresh": "bool",
                "progress": "bool | Callable[[dict], object] | None"}
current: contextvars.ContextVar[Any] = contextvars.ContextVar("assay_workspace", default=None)


def python_name(name: str) -> str:
    name = name.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


@dataclasses.dataclass(frozen=True)
class Argument:
    """One argument of an operation; those of a nested struct are one argument, a mapping."""

    name: str
    type: str
    help: str
    required: bool = False
    repeated: bool = False
    positional: bool = False
    input: bool = False
    more: Mapping = dataclasses.field(default_factory=dict)

    @property
    def python(self) -> str:
        return python_name(self.name)

    @property
    def default(self):
        value = self.more.get("default")
        if self.repeated:
            return ()
        return None if value in ("", {}, None) else value

    @property
    def annotation(self) -> str:
        words = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
        one = words.get(self.type, "Mapping[str, Any]")
        if self.input:
            one = "Table" if self.name in TABLES else "Input"
        elif self.more.get("choices"):
            one = "Literal[" + ", ".join(json.dumps(each) for each in self.more["choices"]) + "]"
        out = f"{one} | Sequence[{one}]" if self.repeated else one
        return out if self.required or self.repeated or self.default is not None else f"{out} | None"

    def constraint(self) -> str:
        """Range, unit and default in words."""
        told = []
        low, high = self.more.get("low"), self.more.get("high")
        if low is not None:
            told.append(f"{'above' if self.more.get('low_excluded') else 'at least'} {low:g}")
        if high is not None and high < 2**53 - 1:  # beyond it lies every integer that JSON can hold
            told.append(f"{'below' if self.more.get('high_excluded') else 'at most'} {high:g}")
        if self.more.get("choices"):
            told.append("one of " + ", ".join(self.more["choices"]))
        if self.more.get("unit"):
            told.append(f"in {self.more['unit']}")
        if self.more.get("deprecated"):
            told.append(f"deprecated: {self.more['deprecated']}")
        if not self.required and self.default not in (None, ()):
            told.append(f"default {self.default!r}")
        return "; ".join(told)


def _arguments(listed: list[dict]) -> list[Argument]:
    out: dict[str, Argument] = {}
    for each in listed:
        each = dict(each)
        name, dot, inner = each.pop("name").partition(".")
        if dot:
            known = out.get(name)
            told = f"{inner}: {each['help']}"
            out[name] = Argument(name, "object", f"{known.help}; {told}" if known else told,
                                 bool(known and known.required) or each["required"])
            continue
        out[name] = Argument(name, each.pop("type"), each.pop("help"), each.pop("required"), each.pop("repeated"),
                             each.pop("positional"), each.pop("input"), each)
    return [each for each in out.values() if not each.more.get("hidden")]


class Operation:
    """One capability: `assay NOUN VERB`, here `assay.NOUN.VERB(...)`."""

    def __init__(self, told: dict):
        self.noun, self.verb, self.summary = told["noun"], told["verb"], told["summary"]
        self.id = f"{self.noun}.{self.verb}"
        self.access, self.evidence, self.beside = told["access"], told["evidence"], told["beside"]
        self.example, self.response = told["example"], told["response"]
        self.arguments = _arguments(told["arguments"])
        self.by_name = {each.python: each for each in self.arguments}
        self.common = [name for name in COMMON if name not in self.by_name]

    @property
    def returns(self) -> str:
        return {"gate.check": "Verdict", "plan.run": "RunReport"}.get(
            self.id, "Evidence" if self.evidence else "Result")

    def ordered(self) -> list[Argument]:
        """The required ones first; positional ones before those that have a name only."""
        return sorted(self.arguments, key=lambda each: (not each.required, not each.positional))

    def signature(self) -> inspect.Signature:
        out = [inspect.Parameter(each.python, inspect.Parameter.POSITIONAL_OR_KEYWORD
                                 if each.required or each.positional else inspect.Parameter.KEYWORD_ONLY,
                                 default=inspect.Parameter.empty if each.required else each.default,
                                 annotation=each.annotation) for each in self.ordered()]
        out += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=COMMON[name],
                                  annotation=COMMON_TYPES[name]) for name in self.common]
        return inspect.Signature(out, return_annotation=self.returns)

    def bound(self, args: tuple, kwargs: dict) -> tuple[dict, dict]:
        """(arguments, common ones) by name."""
        places = [each.python for each in self.ordered() if each.required or each.positional]
        if len(args) > len(places):
            raise InvalidArgument(f"{len(args)} arguments are given by place where {len(places)} may be", self.id,
                                  f"by place: {', '.join(places) or 'none'}; give the others by name")
        values = dict(zip(places, args))
        for name, value in kwargs.items():
            if name in values:
                raise InvalidArgument("is given twice, by place and by name", name, "give it once")
            values[name] = value
        common = {name: values.pop(name, COMMON[name]) for name in self.common}
        for name in values:
            if name not in self.by_name:
                near = difflib.get_close_matches(name, [*self.by_name, *self.common], 1, 0.5)
                raise UnknownArgument(f"{self.id} has no such argument", name, f'did you mean "{near[0]}"?' if near
                                      else f"it has: {', '.join(self.by_name)}")
        return values, common


class Inputs:
    """Turns the values of a call into its JSON request. What lies in memory becomes a file in memory, under the name
    of its argument; it lives as long as this object."""

    def __init__(self, operation: Operation, folder: str):
        self._operation, self._folder = operation, folder
        self.names: dict[str, str] = {}   # path of a file in memory -> argument
        self.files: set[str] = set()      # paths that the caller gave
        self._kept: list = []

    def request(self, values: dict) -> dict:
        out = {}
        for name, value in values.items():
            argument = self._operation.by_name[name]
            if value is None or (isinstance(value, tuple) and not value):
                continue
            if argument.input:
                out[argument.name] = self._inputs(argument, value)
            else:
                out[argument.name] = self._option(argument, value)
        return out

    def _option(self, argument: Argument, value):
        if argument.repeated and (_tables.is_text(value) or not hasattr(value, "__iter__")):
            value = [value]
        return plain(value, argument.python)

    def _inputs(self, argument: Argument, value):
        if not argument.repeated:
            return self._input(argument, value, argument.python)
        many = value if isinstance(value, (list, tuple)) else [value]
        return [self._input(argument, each, f"{argument.python}[{i}]") for i, each in enumerate(many)]

    def _input(self, argument: Argument, value, where: str) -> str:
        if isinstance(value, Evidence):
            value = self._of_evidence(argument, value)
        path = _tables.path_of(value)
        if path is not None:
            if not path:
                raise InvalidArgument("an empty path", where, argument.help)
            self.files.add(path)
            return path
        if isinstance(value, bool) or isinstance(value, (int, float)) or value is None:
            raise InvalidArgument(f"a file, a reference or a table was expected, not {type(value).__name__}", where,
                                  argument.help)
        if argument.name == self._operation.beside:
            raise InvalidArgument(f"a path was expected, not {type(value).__name__}", where,
                                  "its results lie beside the file, so give the file")
        if argument.name in TABLES:
            stream = _tables.table(value, where).__arrow_c_stream__()
            return self._keep(_native.table_file(stream, argument.name), argument.python)
        if isinstance(value, (Mapping, Record)):
            text = _native.canonical(json.dumps(plain(value, where)))
            return self._keep(_native.text_file(self._checked(text), f"{argument.name}.json"), argument.python)
        raise InvalidArgument(f"a file or a reference was expected, not {type(value).__name__}", where, argument.help)

    def _of_evidence(self, argument: Argument, value: Evidence):
        """The file that the argument asks for among those of the evidence; else the evidence itself."""
        if argument.name in value.blobs:
            return value.blobs[argument.name]
        if argument.name in TABLES:
            for role in value.blobs:
                if "arrow" in value.blobs[role].media_type:
                    return value.blobs[role]
            raise InvalidArgument(f"{value.kind} holds no table", argument.python, "give a table or a file")
        return self._keep(_native.text_file(value.to_json(), "evidence.json"), argument.python)

    def _checked(self, made):
        if isinstance(made, _native.Problem):
            raise error_of(made, self.names, self.files)
        return made

    def _keep(self, made, name: str) -> str:
        self._kept.append(self._checked(made))
        self.names[made.path] = name
        return made.path


def plain(value, where: str):
    """A value as JSON has it: NumPy's and pandas' scalars and arrays, paths, tuples and records included."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(name): plain(each, f"{where}.{name}") for name, each in value.items()}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(each, f"{where}[{i}]") for i, each in enumerate(items)]
    if hasattr(value, "tolist"):  # NumPy, pandas
        return plain(value.tolist(), where)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return float(value)
    if hasattr(value, "__index__"):
        return value.__index__()
    raise InvalidArgument(f"{type(value).__name__} is not a value of an option", where, "give text, numbers or lists")


def folder_of(operation: Operation, values: dict, workspace) -> str:
    """The folder of the workspace that a call works in, by the same rule as the command line; empty for none."""
    if workspace is False:
        return ""
    if workspace is None or workspace is True:
        workspace = current.get()
    if workspace is not None:
        folder = _tables.path_of(workspace)
        if folder is None:
            raise InvalidArgument(f"a folder was expected, not {type(workspace).__name__}", "workspace",
                                  "give a path or an assay.Workspace")
        return folder
    if operation.beside:
        anchor = _tables.path_of(values.get(operation.beside) or operation.by_name[operation.beside].default) or ""
        beside = os.path.dirname(anchor) or "."
        return _native.find_workspace(beside) or (beside if os.path.exists(anchor) else "")
    return _native.find_workspace(".") or ""


def invoke(operation: Operation, values: dict, common: dict) -> Result:
    folder = folder_of(operation, values, common.get("workspace"))
    inputs = Inputs(operation, folder)
    request = inputs.request(values)
    threads = common.get("threads") or 0
    if isinstance(threads, bool) or not hasattr(threads, "__index__") or not 0 <= threads <= 4096:
        raise InvalidArgument(f"{threads!r} is not a number of threads", "threads", "give 0 or more")
    with _progress.watcher(operation.id, common.get("progress")) as told:
        outcome = _native.call(operation.id, json.dumps(request), folder, int(threads), bool(common.get("refresh")),
                               told)
    if isinstance(outcome, _native.Problem):
        raise error_of(outcome, inputs.names, inputs.files)
    return result_of(operation.id, operation.evidence, outcome)


# ---- what a reader sees

def example_of(operation: Operation) -> str:
    """The example of the command line as a Python call."""
    words = shlex.split(operation.example)
    call = f"assay.{operation.noun}.{python_name(operation.verb)}"
    if not words:
        needed = [f'{each.python}="…"' for each in operation.arguments if each.required]
        return f"{call}({', '.join(needed)})"
    skip = 2 if words[1:2] in (["run"], ["init"]) and operation.noun == "plan" else 3
    flags = {each.name.replace("_", "-"): each for each in operation.arguments}
    flags |= {each.more["short_flag"]: each for each in operation.arguments if each.more.get("short_flag")}
    given: dict[str, list] = {}
    last, places = None, [each for each in operation.arguments if each.positional]
    for word in words[skip:]:
        name = word.removeprefix("--")
        if word.startswith("--") and name in flags:
            last = flags[name]
            given.setdefault(last.python, [])
            continue
        if last is None and places:
            place = places[0] if places[0].repeated else places.pop(0)
            given.setdefault(place.python, []).append(word)
            continue
        if last is not None:
            given[last.python].append(word)
            if not last.repeated:
                last = None
    told = []
    for name, values in given.items():
        argument = operation.by_name[name]
        shown = [each if argument.type in ("number", "integer") else json.dumps(each, ensure_ascii=False)
                 for each in values]
        one = f"[{', '.join(shown)}]" if argument.repeated else (shown[0] if shown else "True")
        told.append(one if argument.positional else f"{name}={one}")
    return f"{call}({', '.join(told)})"


def docstring(operation: Operation) -> str:
    lines = [operation.summary + ".", "", "Arguments"]
    for each in operation.ordered():
        told = each.constraint()
        lines.append(f"    {each.python}: {each.help}" + (f" ({told})" if told else ""))
        if each.input and each.name in TABLES:
            lines.append("        a path, a reference such as \"dataset:NAME@1\", or a table: pandas, polars, pyarrow,")
            lines.append("        a mapping of names to arrays, or anything with the Arrow PyCapsule interface")
    lines += [f"    {name}: {COMMON_HELP[name]}" for name in operation.common]
    lines += ["", "Returns", f"    {operation.returns}" + _fields(operation)]
    lines += ["", "Raises",
              "    InvalidArgument: an argument is unknown, of a wrong type or out of its range; the message names it"]
    if any(each.input for each in operation.arguments):
        lines += ["    NotFound, MissingFile: a file, column or asset is not there; the message says the nearest name",
                  "    Corrupt: a file is damaged or does not hold what it says"]
    lines += ["    KeyboardInterrupt: Ctrl-C; the work is stopped and the workspace left whole"]
    if operation.example:
        lines += ["", "Example", f"    >>> {example_of(operation)}", f"    $ {operation.example}"]
    return "\n".join(lines)


def _fields(operation: Operation) -> str:
    if operation.evidence:
        return " with figures, detail, blobs and digest"
    names = list(operation.response.get("properties", {}))
    return f" with {', '.join(names)}" if names else ""


def function_of(operation: Operation):
    def call(*args, **kwargs):
        values, common = operation.bound(args, kwargs)
        return invoke(operation, values, common)

    finish(call, operation)
    return call


def finish(call, operation: Operation) -> None:
    """Gives a function the name, signature and text of its operation."""
    call.__name__ = python_name(operation.verb)
    call.__qualname__ = call.__name__
    call.__module__ = f"assay.{operation.noun}"
    call.__signature__ = operation.signature()
    call.__doc__ = docstring(operation)
    call.__wrapped_operation__ = operation
    call.__annotations__ = {name: each.annotation for name, each in call.__signature__.parameters.items()}
    call.__annotations__["return"] = call.__signature__.return_annotation


CATALOGUE: dict[str, Operation] = {each.id: each for each in map(Operation, json.loads(_native.operations()))}
