"""The workspace: what was run, read and made, and the way to it."""
from __future__ import annotations

import json
import os
import pathlib

from . import _html, _native
from ._errors import NotFound, error_of
from ._operations import CATALOGUE, current, invoke
from ._results import Evidence, Record, Result, Verdict


class Located(os.PathLike):
    """An asset or object of a workspace: `path` to read it, `digest` that names it, `ref` where it is registered."""

    def __init__(self, path: str, digest: str, ref: str):
        self.path, self.digest, self.ref = pathlib.Path(path), digest, ref

    def __fspath__(self) -> str:
        return str(self.path)

    def read_bytes(self) -> bytes:
        return self.path.read_bytes()

    def read_text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def to_arrow(self):
        """The table that it holds, an Arrow file or stream."""
        import pyarrow as pa
        with pa.memory_map(os.fspath(self.path)) as source:
            opened = pa.ipc.open_file if source.read(6) == b"ARROW1" else pa.ipc.open_stream
            source.seek(0)
            return opened(source).read_all()

    def to_pandas(self):
        return self.to_arrow().to_pandas()

    def __repr__(self) -> str:
        return f"<assay {self.ref or 'object'} {self.digest[:19]}…>"


class Workspace(os.PathLike):
    """A folder that remembers: runs, assets, evidence, lineage and the audit log, in `.assay/` beside a plan.

    Arguments
        path: the folder that holds `.assay`; the nearest one upwards from here when none is given
        create: make it when it is not there

    Used with `with`, every operation inside works in it:

        >>> with assay.Workspace("examples/mortgage") as space:
        ...     assay.runs.list()
    """

    def __init__(self, path=None, *, create: bool = False):
        folder = os.fspath(path) if path is not None else _native.find_workspace(".")
        found = _native.find_workspace(folder) if folder is not None else None
        if folder is None or (not create and not (found and os.path.samefile(found, folder))):
            raise NotFound("there is no workspace here", folder or os.getcwd(),
                           "run a plan once, or say create=True to make one")
        problem = _native.open_workspace(folder)
        if problem is not None:
            raise error_of(problem, {}, {folder})
        self.folder = pathlib.Path(folder)
        self._tokens: list = []

    def __fspath__(self) -> str:
        return str(self.folder)

    def __enter__(self) -> Workspace:
        self._tokens.append(current.set(self))
        return self

    def __exit__(self, *_) -> None:
        current.reset(self._tokens.pop())

    def _call(self, operation: str, **values) -> Result:
        return invoke(CATALOGUE[operation], values, {"workspace": self, "progress": False})

    @property
    def assets(self) -> list[Record]:
        """Data sets, models, plans and policies: `ref`, `digest`, `created`."""
        return self._call("workspace.show").assets

    def evidence(self, kind: str = "", limit: int = 100) -> Result:
        """What was concluded, newest first: `items` with `digest`, `kind`, `operation`, `finished`, `run`."""
        return self._call("evidence.list", kind=kind, limit=limit)

    def runs(self, limit: int = 30) -> Result:
        """The runs, newest first."""
        return self._call("runs.list", limit=limit)

    def lineage(self, of: str, up: int = 20, down: int = 20) -> Result:
        """What a thing came from and what came from it: `nodes` and `edges`."""
        return self._call("lineage.show", of=of, up=up, down=down)

    def get(self, digest: str) -> Evidence:
        """The evidence of that digest, or of the prefix of at least 12 hexadecimal digits."""
        shown = self._call("evidence.show", digest=digest)
        kind = Verdict if shown.evidence.kind == "assay.verdict/1" else Evidence
        found = kind(shown.evidence._fields)
        told = shown.evidence.get("blobs") or {}
        found._find_blobs({role: self.open(told[role].digest).path for role in told}, self)
        return found

    def record(self, digest: str) -> Record:
        """Run, user and times beside the evidence of that digest."""
        return self._call("evidence.show", digest=digest).record

    def open(self, ref: str) -> Located:
        """An asset ("dataset:boston_hmda@1", "model:mortgage") or object ("sha256:…") to read."""
        found = _native.locate(str(self.folder), os.fspath(ref))
        if isinstance(found, _native.Problem):
            raise error_of(found, {}, set())
        return Located(**json.loads(found))

    def table(self, ref: str):
        """A data set as a pyarrow table."""
        return self.open(ref).to_arrow()

    def audit(self) -> Result:
        """Whether the audit log is whole."""
        return self._call("audit.verify")

    def __repr__(self) -> str:
        return f"<assay.Workspace {self.folder}>"

    def _repr_html_(self) -> str:
        shown = self._call("workspace.show").to_dict()
        return _html.page(f"<h4>{_html.text(self.folder)}</h4>" +
                          _html.table(shown["assets"], ["ref", "digest", "created"]))
