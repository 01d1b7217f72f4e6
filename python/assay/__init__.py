"""Assay: responsible machine learning with evidence at every step.

    import assay
    report = assay.run("assay.yaml")                              # data, model, evaluation, fairness, verdict, hallmark
    assay.stats.profile(df)                                       # any data frame, table or file
    assay.fairness.assess(label, score, group=df[["sex"]], favorable="no")

Every operation of the command line is a function here: `assay NOUN VERB` is `assay.NOUN.VERB()`.
"""
import sys as _sys
import types as _types

from . import _native, _operations, _sugar
from ._client import Client
from ._errors import (AlreadyExists, Cancelled, Corrupt, Error, Exhausted, FailedPrecondition, Internal,
                      InvalidArgument, MissingFile, NotFound, PermissionDenied, Unavailable, UnknownArgument,
                      Unsupported)
from ._results import Blob, Evidence, Figures, Record, Result, RunReport, Verdict
from ._sugar import run
from ._workspace import Located, Workspace

__version__ = _native.__version__
code_version = _native.code_version

_NOUNS: list = []


def _make_modules() -> None:
    """One module for each noun, so that `from assay.fairness import assess` works too."""
    for operation in _operations.CATALOGUE.values():
        name = f"{__name__}.{operation.noun}"
        module = _sys.modules.get(name)
        if module is None:
            module = _types.ModuleType(name, f"Operations of `assay {operation.noun}`.")
            module.__all__ = []
            _sys.modules[name] = module
            globals()[operation.noun] = module
            _NOUNS.append(operation.noun)
        by_hand = operation.id in ("fairness.assess", "evaluate.run")
        call = _sugar.judging(operation.id) if by_hand else _operations.function_of(operation)
        setattr(module, call.__name__, call)
        module.__all__.append(call.__name__)


_make_modules()

__all__ = ["AlreadyExists", "Blob", "Cancelled", "Client", "Corrupt", "Error", "Evidence", "Exhausted",
           "FailedPrecondition", "Figures", "Internal", "InvalidArgument", "Located", "MissingFile", "NotFound",
           "PermissionDenied", "Record", "Result", "RunReport", "Unavailable", "UnknownArgument", "Unsupported",
           "Verdict", "Workspace", "__version__", "code_version", "run", *_NOUNS]
