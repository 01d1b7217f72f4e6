"""Writes the type stubs of the package from the catalogue:  python -m assay._stubs FOLDER

They say the same as the signatures that `inspect` and Jupyter show, for editors and type checkers."""
from __future__ import annotations

import inspect
import pathlib
import sys

import assay

from ._operations import CATALOGUE, COMMON_TYPES, Operation, python_name

_HEAD = '''"""Operations of `assay {noun}`. Generated from the catalogue."""
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, overload

from . import Column, Columns, Evidence, Input, Result, RunReport, Table, Verdict, Workspace

'''

_INIT = '''"""Assay: responsible machine learning with evidence at every step. Generated from the catalogue."""
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Protocol

from . import _native as _native
from . import {nouns}
from ._client import Client as Client
from ._errors import {errors}
from ._results import Blob as Blob, Evidence as Evidence, Figures as Figures, Record as Record, Result as Result
from ._results import RunReport as RunReport, Verdict as Verdict
from ._workspace import Located as Located, Workspace as Workspace

class ArrowStream(Protocol):
    """Any table of any library with the Arrow PyCapsule interface."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class ArrayLike(Protocol):
    def __array__(self, *args: Any, **kwargs: Any) -> Any: ...

Input = str | PathLike[str] | Evidence | Blob | Mapping[str, Any]
Column = ArrowStream | ArrowArray | ArrayLike | Sequence[Any]
Columns = ArrowStream | Mapping[str, Column] | Column
Table = str | PathLike[str] | Evidence | Blob | ArrowStream | Mapping[str, Column] | Sequence[Mapping[str, Any]]

__version__: str
code_version: str

{run}
'''


def _parameters(signature: inspect.Signature) -> str:
    told, star = [], False
    for each in signature.parameters.values():
        if each.kind is inspect.Parameter.KEYWORD_ONLY and not star:
            told.append("*")
            star = True
        default = "" if each.default is inspect.Parameter.empty else f" = {each.default!r}"
        told.append(f"{each.name}: {each.annotation}{default}")
    return ", ".join(told)


def _function(name: str, signature: inspect.Signature, text: str, decorator: str = "") -> str:
    lines = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').splitlines()
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return (f"{decorator}def {name}({_parameters(signature)}) -> {signature.return_annotation}:\n"
            f'    """{body.strip()}\n    """\n    ...\n')


def arrays_signature(operation: Operation) -> inspect.Signature:
    """The form of evaluate.run and fairness.assess that takes arrays."""
    kept = operation.signature().parameters
    place, named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    out = [inspect.Parameter("label", place, annotation="Column"),
           inspect.Parameter("score", place, default=None, annotation="Column | None")]
    out += [inspect.Parameter(name, named, default=None, annotation=f"{kind} | None")
            for name, kind in (("decision", "Column"), ("weight", "Column"), ("group", "Columns"),
                               ("split_by", "str | Sequence[str]"), ("control", "str | Sequence[str] | Columns"))
            if name == "split_by" or name in kept]
    taken = {"data", *(each.name for each in out)}
    out += [each for name, each in kept.items() if name not in taken]
    return inspect.Signature(out, return_annotation=operation.returns)


def stub_of(noun: str) -> str:
    out = _HEAD.format(noun=noun)
    for operation in CATALOGUE.values():
        if operation.noun != noun:
            continue
        name = python_name(operation.verb)
        text = getattr(getattr(assay, noun), name).__doc__
        if operation.id in ("fairness.assess", "evaluate.run"):
            out += _function(name, operation.signature(), text, "@overload\n")
            out += _function(name, arrays_signature(operation), operation.summary + ".", "@overload\n")
        else:
            out += _function(name, operation.signature(), text)
        out += "\n"
    return out


def init_stub() -> str:
    nouns = list(dict.fromkeys(each.noun for each in CATALOGUE.values()))
    errors = [name for name in assay.__all__ if isinstance(getattr(assay, name), type) and
              issubclass(getattr(assay, name), assay.Error)]
    common = ", ".join(f"{name}: {COMMON_TYPES[name]} = {value!r}"
                       for name, value in (("workspace", None), ("threads", 0), ("progress", None)))
    run = ('def run(plan: str | PathLike[str] = "assay.yaml", *, refresh: bool = False, '
           f"{common}) -> RunReport:\n    \"\"\"{assay.run.__doc__.strip()}\n    \"\"\"\n    ...")
    return _INIT.format(nouns=", ".join(f"{each} as {each}" for each in nouns),
                        errors=", ".join(f"{each} as {each}" for each in errors), run=run)


def write(folder: str) -> None:
    target = pathlib.Path(folder)
    texts = {"__init__": init_stub()}
    texts |= {noun: stub_of(noun) for noun in dict.fromkeys(each.noun for each in CATALOGUE.values())}
    for name, text in texts.items():
        path = target / f"{name}.pyi"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
