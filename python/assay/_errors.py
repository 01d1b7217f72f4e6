"""The exceptions: one class for each code, all of them `assay.Error` with `code`, `what`, `where` and `fix`.

A class is also the built-in exception that a Python programmer would expect, so `except ValueError` and
`except FileNotFoundError` do what they say.
"""
from __future__ import annotations


class Error(Exception):
    """What went wrong, in four parts.

    code   a stable word, such as "invalid-argument"
    what   one sentence that names the offending value
    where  the argument, file, line or column it concerns; may be empty
    fix    what to do about it; may be empty
    """

    code = "internal"

    def __init__(self, what: str = "", where: str = "", fix: str = ""):
        self.what, self.where, self.fix = what, where, fix
        super().__init__(self._text())

    def _text(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f"\n  {self.fix}" if self.fix else "")

    def __str__(self) -> str:
        return self._text()

    def __reduce__(self):
        return type(self), (self.what, self.where, self.fix)


class InvalidArgument(Error, ValueError):
    """An argument, a file's content or a table does not fit."""

    code = "invalid-argument"


class UnknownArgument(InvalidArgument, TypeError):
    """There is no argument of that name; `fix` says the nearest one."""


class NotFound(Error, KeyError):
    """A column, an asset or a piece of evidence is not there."""

    code = "not-found"


class MissingFile(NotFound, FileNotFoundError):
    """A file is not there."""


class AlreadyExists(Error, FileExistsError):
    """What should be made is there already."""

    code = "already-exists"


class FailedPrecondition(Error, RuntimeError):
    """Something else must come first."""

    code = "failed-precondition"


class PermissionDenied(Error, PermissionError):
    """The file or the operation is not allowed."""

    code = "permission-denied"


class Corrupt(Error, ValueError):
    """A file is damaged or does not hold what it says."""

    code = "corrupt"


class Unsupported(Error, NotImplementedError):
    """Known, and not possible here."""

    code = "unsupported"


class Exhausted(Error, RuntimeError):
    """A limit is reached: memory, size, count or time."""

    code = "exhausted"


class Cancelled(Error, RuntimeError):
    """It was stopped before it was done."""

    code = "cancelled"


class Unavailable(Error, OSError):
    """Something it needs does not answer now."""

    code = "unavailable"


class Internal(Error, RuntimeError):
    """A fault of Assay: please report it."""

    code = "internal"


CLASSES = {each.code: each for each in (InvalidArgument, NotFound, AlreadyExists, FailedPrecondition, PermissionDenied,
                                        Corrupt, Unsupported, Exhausted, Cancelled, Unavailable, Internal)}


def error_of(problem, names: dict[str, str], files: set[str]) -> Error:
    """The exception for a native problem. `names`: paths of files in memory and the arguments that they stand for;
    `files`: paths that the caller gave."""
    parts = [problem.what, problem.where, problem.fix]
    for path, name in names.items():
        parts = [part.replace(path, name) for part in parts]
    what, where, fix = parts
    kind = CLASSES.get(problem.code, Internal)
    if kind is InvalidArgument and what.startswith("no such field"):
        kind = UnknownArgument
    if kind is NotFound and ("no such file" in what or where in files):
        kind = MissingFile
    return kind(what, where, fix)
