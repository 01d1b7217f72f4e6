"""What operations give back: records with attributes, evidence with figures, and the files beside it."""
from __future__ import annotations

import datetime
import difflib
import hashlib
import json
import keyword
import math
import os
import pathlib
import shutil
from collections.abc import Iterator, Sequence

from . import _html, _native
from ._errors import InvalidArgument, NotFound, error_of


class Record:
    """A JSON object whose fields are attributes: `figure.value` is `figure["value"]`. A field that is a word of Python
    takes an underscore: `edge.from_`."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict):
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        field = name[:-1] if name.endswith("_") and keyword.iskeyword(name[:-1]) else name
        try:
            return self._fields[field]
        except KeyError:
            near = difflib.get_close_matches(field, self._fields, 1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; it has {', '.join(self._fields)}"
            raise AttributeError(f'no field "{name}"{hint}') from None

    def __setattr__(self, name, value):
        raise AttributeError("results do not change; to_dict() gives a copy that may")

    def __getitem__(self, name: str):
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name) -> bool:
        return name in self._fields

    def __eq__(self, other) -> bool:
        return self.to_dict() == (other.to_dict() if isinstance(other, Record) else other)

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self):
        return [*super().__dir__(), *self._fields]

    def __reduce__(self):
        return Record, (self._fields,)

    def get(self, name: str, default=None):
        return self._fields.get(name, default)

    def to_dict(self) -> dict:
        """Plain dictionaries and lists."""
        return json.loads(json.dumps(self._fields, default=lambda each: each._fields))

    def __repr__(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def _repr_html_(self) -> str:
        return _html.page(_html.value(self.to_dict()))


def parse(text: str):
    """JSON with every object as a Record."""
    return json.loads(text, object_hook=Record)


def _number(value) -> float:
    return math.nan if value is None else float(value)  # "Infinity" and "-Infinity" are text in JSON


def slice_text(value) -> str:
    pairs = value.to_dict().items() if value is not None else ()
    return ", ".join(f"{name}={'(missing)' if each is None else each}" for name, each in pairs)


class Figures(Sequence):
    """The figures of a piece of evidence, in their canonical order. Polars and pyarrow read it as a table."""

    def __init__(self, records: list):
        self._records = records

    def __getitem__(self, at):
        if isinstance(at, str):
            return self.named(at)
        return Figures(self._records[at]) if isinstance(at, slice) else self._records[at]

    def __len__(self) -> int:
        return len(self._records)

    def __eq__(self, other) -> bool:
        return list(self) == list(other)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(each.name for each in self._records))

    def named(self, name: str) -> Figures:
        """Those of one name; not-found says the nearest."""
        found = [each for each in self._records if each.name == name]
        if not found:
            near = difflib.get_close_matches(name, self.names, 1)
            raise NotFound("no such figure", name, f'did you mean "{near[0]}"?' if near else
                           f"there are: {', '.join(self.names)}")
        return Figures(found)

    def one(self, name: str, **slice_of) -> Record:
        """The one figure of that name and slice: `figures.one("true_positive_rate", afam="yes")`."""
        found = [each for each in self.named(name)
                 if all(each.get("slice") is not None and column in each.slice and each.slice[column] == value
                        for column, value in slice_of.items())]
        if not slice_of and len(found) > 1:  # of all rows
            found = [each for each in found if not each.get("slice")] or found
        if len(found) == 1:
            return found[0]
        there = "; ".join(dict.fromkeys(slice_text(each.get("slice")) or "all rows" for each in self.named(name)))
        if not found:
            raise NotFound(f'no figure "{name}" of that slice', slice_text(Record(slice_of)), f"there are: {there}")
        raise InvalidArgument(f'{len(found)} figures are named "{name}"', "slice", f"say which: {there}")

    def to_dicts(self) -> list[dict]:
        return [each.to_dict() for each in self._records]

    def columns(self) -> dict[str, list]:
        """Column by column; what is undefined is NaN among numbers and None elsewhere."""
        out = {"name": [each.name for each in self._records],
               "slice": [slice_text(each.get("slice")) for each in self._records],
               "group": [", ".join(each.get("group") or ()) for each in self._records],
               "reference": [slice_text(each.get("reference")) for each in self._records]}
        for name in ("value", "low", "high", "level"):
            out[name] = [_number(each.get(name)) for each in self._records]
        out["method"] = [each.get("method", "") for each in self._records]
        out["n"] = [int(each.n) for each in self._records]
        for name in ("n_eff", "se", "p", "p_adjusted", "low_family", "high_family"):
            if any(name in each for each in self._records):
                out[name] = [_number(each.get(name)) for each in self._records]
        for name in ("better", "unit", "bound", "why"):
            if any(each.get(name) for each in self._records):
                out[name] = [each.get(name) for each in self._records]
        out["flags"] = [", ".join(each.get("flags") or ()) for each in self._records]
        return out

    def to_arrow(self):
        import pyarrow as pa
        return pa.table(self.columns())

    def to_pandas(self):
        """A pandas data frame, one row a figure."""
        import pandas
        return pandas.DataFrame(self.columns())

    def __arrow_c_stream__(self, requested_schema=None):
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return _html.figures_text(self.to_dicts())

    def _repr_html_(self) -> str:
        return _html.page(_html.figures(self.to_dicts()))


class Blob(os.PathLike):
    """A file that an operation made: a model, a report, a table. It may be given wherever a path may."""

    def __init__(self, role: str, path: str, digest: str, media_type: str, rows: int, keeps):
        self.role, self.path, self.digest = role, pathlib.Path(path), digest
        self.media_type, self.rows, self._keeps = media_type, rows, keeps

    def __fspath__(self) -> str:
        return str(self.path)

    def read_bytes(self) -> bytes:
        return self.path.read_bytes()

    def read_text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def save(self, path) -> pathlib.Path:
        """Copies it to `path`."""
        return pathlib.Path(shutil.copyfile(self.path, path))

    def to_arrow(self):
        """The table that it holds."""
        import pyarrow as pa
        if "arrow" not in self.media_type:
            raise InvalidArgument(f"is {self.media_type} and no table", self.role, "use read_text() or save()")
        with pa.memory_map(os.fspath(self.path)) as source:
            return pa.ipc.open_file(source).read_all()

    def to_pandas(self):
        return self.to_arrow().to_pandas()

    def __arrow_c_stream__(self, requested_schema=None):
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        rows = f", {self.rows} rows" if self.rows else ""
        return f"<assay.Blob {self.role}: {self.media_type}{rows}, {self.digest[:19]}…>"


class Blobs(Record):
    """The files of a piece of evidence by role: `evidence.blobs.model`."""

    __slots__ = ()

    def to_dict(self) -> dict:
        return {role: {"digest": each.digest, "media_type": each.media_type, "rows": each.rows}
                for role, each in self._fields.items()}


class Result(Record):
    """What an operation answered. Fields are attributes; `digest`, `run`, `cached` and `seconds` stand beside them
    where the operation leaves a run."""

    __slots__ = ("_outcome", "_operation")

    def __init__(self, fields: dict, outcome=None, operation: str = ""):
        super().__init__(fields)
        object.__setattr__(self, "_outcome", outcome)
        object.__setattr__(self, "_operation", operation)

    def __reduce__(self):
        return type(self), (self._fields, None, self._operation)

    def to_json(self) -> str:
        """The answer as canonical JSON (RFC 8785): the bytes that its digest is of."""
        if self._outcome:
            return self._outcome.canonical
        made = _native.canonical(json.dumps(self.to_dict()))
        if isinstance(made, _native.Problem):
            raise error_of(made, {}, set())
        return made

    def save(self, path) -> pathlib.Path:
        """Writes to_json() to `path`."""
        path = pathlib.Path(path)
        path.write_text(self.to_json(), encoding="utf-8")
        return path

    def to_pandas(self):
        """A pandas data frame of the list that the answer holds."""
        import pandas
        rows = self._rows()
        if rows is None:
            raise InvalidArgument("holds no list of records", self._operation, "use to_dict()")
        return pandas.DataFrame([each.to_dict() for each in rows])

    def _rows(self):
        for value in self._fields.values():
            if isinstance(value, list) and all(isinstance(each, Record) for each in value):
                return value
        return None

    def _text(self) -> str:
        return _native.shown(self._operation, self._outcome.json) if self._outcome else ""

    def __repr__(self) -> str:
        return (self._text() or super().__repr__()).rstrip("\n")

    def _repr_html_(self) -> str:
        return _html.page(_html.value(self.to_dict()))


class Evidence(Result):
    """What an operation concluded, with what it was concluded from (spec: one envelope). Fields: kind, operation,
    provenance, figures, detail, blobs, flags; beside them digest, run, cached, seconds and finished."""

    __slots__ = ("figures", "blobs")

    def __init__(self, fields: dict, outcome=None, operation: str = ""):
        super().__init__(fields, outcome, operation or fields.get("operation", ""))
        object.__setattr__(self, "figures", Figures(fields.get("figures", [])))
        self._find_blobs(outcome.blobs if outcome is not None else {}, outcome)

    def _find_blobs(self, paths: dict, keeps) -> None:
        """`paths`: role -> file; `keeps` owns the files."""
        told = self._fields.get("blobs") or Record({})
        blobs = {}
        for role, path in paths.items():
            more = told.get(role) or Record({})
            blobs[role] = Blob(role, path, more.get("digest", ""), more.get("media_type", ""), more.get("rows", 0),
                               keeps)
        object.__setattr__(self, "blobs", Blobs(blobs))

    @property
    def digest(self) -> str:
        """SHA-256 of to_json(): what names this evidence."""
        return self._outcome.digest if self._outcome else (
            "sha256:" + hashlib.sha256(self.to_json().encode()).hexdigest())

    @property
    def run(self) -> str:
        return self._outcome.run if self._outcome else ""

    @property
    def cached(self) -> bool:
        return bool(self._outcome and self._outcome.cached)

    @property
    def seconds(self) -> float:
        return self._outcome.seconds if self._outcome else 0.0

    @property
    def finished(self) -> datetime.datetime | None:
        """When it was first concluded."""
        if not self._outcome or not self._outcome.finished_us:
            return None
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(
            microseconds=self._outcome.finished_us)

    def to_pandas(self):
        """The figures as a pandas data frame; of a profile, schema or data set its columns, one row each."""
        listed = self._columns()
        if listed is None:
            return self.figures.to_pandas()
        import pandas
        return pandas.DataFrame([{name: value for name, value in each.to_dict().items()
                                  if not isinstance(value, (dict, list))} for each in listed])

    def to_arrow(self):
        """The same as a pyarrow table; polars reads the evidence itself."""
        if self._columns() is None:
            return self.figures.to_arrow()
        import pyarrow as pa
        return pa.Table.from_pandas(self.to_pandas(), preserve_index=False)

    def _columns(self) -> list | None:
        listed = self.detail.get("columns") if isinstance(self.get("detail"), Record) else None
        return listed if isinstance(listed, list) and listed and isinstance(listed[0], Record) else None

    def __arrow_c_stream__(self, requested_schema=None):
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        text = self._text() or _html.figures_text(self.figures.to_dicts())
        return f"{self.kind}  {self.digest[:19]}\n{text}".rstrip("\n")

    def _repr_html_(self) -> str:
        return _html.page(_html.evidence(self.to_dict(), self.digest))


class Verdict(Evidence):
    """The gate's verdict: `state` is held, not_decided, failed or waived; `rules` says why."""

    __slots__ = ()

    @property
    def state(self) -> str:
        return self.detail.state

    @property
    def rules(self) -> list[Record]:
        return self.detail.rules

    @property
    def held(self) -> bool:
        """Whether the gate lets it pass: held, waived, or only warned about."""
        return self.exit_status == 0

    @property
    def exit_status(self) -> int:
        """0 lets pass, 1 failed, 4 not decided: what the command line would end with."""
        return int(_native.exit_status("gate.check", self.to_json()))

    def to_pandas(self):
        """The rules as a pandas data frame."""
        import pandas
        return pandas.DataFrame([each.to_dict() for each in self.rules])


class RunReport(Result):
    """What running a plan gave: `state`, `steps`, `files`, `advice`, `verdict`, `hallmark`, `seconds`."""

    __slots__ = ("verdict",)

    def __init__(self, fields: dict, outcome=None, operation: str = "plan.run"):
        super().__init__(fields, outcome, operation)
        verdict = fields["verdict"]
        object.__setattr__(self, "verdict", Verdict(verdict._fields, None, "gate.check"))

    @property
    def held(self) -> bool:
        return self.verdict.held

    @property
    def hallmark(self) -> pathlib.Path | None:
        """The hallmark's file; none when the gate did not let the model pass. `assay.hallmark.verify` checks it."""
        return pathlib.Path(self.files["hallmark"]) if "hallmark" in self.files else None

    @property
    def model(self) -> pathlib.Path | None:
        return pathlib.Path(self.files["model"]) if "model" in self.files else None

    @property
    def report(self) -> pathlib.Path | None:
        return pathlib.Path(self.files["report"]) if "report" in self.files else None

    def to_pandas(self):
        """The steps as a pandas data frame."""
        import pandas
        return pandas.DataFrame([each.to_dict() for each in self.steps])

    def _repr_html_(self) -> str:
        return _html.page(_html.run_report(self.to_dict()))


def result_of(operation: str, evidence: bool, outcome) -> Result:
    value = parse(outcome.json)
    fields = value._fields
    if operation == "plan.run":
        return RunReport(fields, outcome)
    if evidence:
        return (Verdict if fields.get("kind") == "assay.verdict/1" else Evidence)(fields, outcome, operation)
    return Result(fields, outcome, operation)
