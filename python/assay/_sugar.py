"""What is written by hand: predictions given as arrays instead of a file, and running a plan."""
from __future__ import annotations

from . import _tables
from ._errors import InvalidArgument
from ._operations import CATALOGUE, Operation, finish, invoke

OWN = ("label", "score", "decision", "weight")  # arguments that name a column, or hold one

ARRAYS = """
From arrays
    With `label` an array instead of a column's name, the arrays themselves are judged:
        {name}(label, score, group=df[["sex"]], ...)
    label, score, decision, weight: NumPy, pandas, polars, pyarrow or lists, one value a row
    group: a table or a mapping, each column of which splits the rows; or one array or series
    split_by: which columns of `group` make a split, "sex,race" for an intersection; else each column one
    control: names of columns of `group`, or a table of more columns
    The other arguments are as above. Missing values: what the library calls missing (NaN too in pandas) is missing;
    see `missing` and `missing_group`."""


def _placed(operation: Operation, args: tuple, kwargs: dict) -> dict | None:
    """The arguments of the form with arrays; None when it is the form with a file or table."""
    if "data" in kwargs:
        return None
    if args:
        first = args[0]
        if _tables.path_of(first) is not None or isinstance(kwargs.get("label"), str):
            return None
        if len(args) > 1 and isinstance(args[1], str):
            return None
        if _tables.is_table(first) and len(args) == 1 and "score" not in kwargs and "decision" not in kwargs:
            return None  # a table without the name of its label: the error says what is missing
    elif kwargs.get("label") is None or isinstance(kwargs["label"], str):
        return None
    if len(args) > 2:
        raise InvalidArgument(f"{len(args)} arguments are given by place where label and score may be", operation.id,
                              "give the others by name")
    values = dict(kwargs)
    for name, value in zip(OWN, args):
        if name in values:
            raise InvalidArgument("is given twice, by place and by name", name, "give it once")
        values[name] = value
    return values


def _judged(operation: Operation, args: tuple, kwargs: dict):
    values = _placed(operation, args, kwargs)
    if values is None:
        values, common = operation.bound(args, kwargs)
        return invoke(operation, values, common)
    split_by, group = values.pop("split_by", None), values.pop("group", None)
    own = {name: values.pop(name) for name in OWN if values.get(name) is not None}
    control, named = values.pop("control", None), []
    if isinstance(control, str) or (isinstance(control, (list, tuple)) and all(isinstance(c, str) for c in control)):
        named, control = [control] if isinstance(control, str) else list(control), None
    table, names, groups, more = _tables.predictions(own, group, control)
    if split_by is None:
        split_by = [name for name in groups if name not in named]
    if named or more:
        values["control"] = named + more
    options, common = operation.bound((), values)
    options |= {"data": table, "group": [split_by] if isinstance(split_by, str) else list(split_by), **names}
    return invoke(operation, options, common)


def judging(name: str):
    operation = CATALOGUE[name]

    def call(*args, **kwargs):
        return _judged(operation, args, kwargs)

    finish(call, operation)
    call.__doc__ += "\n" + ARRAYS.format(name=f"assay.{name}")
    return call


def run(plan="assay.yaml", *, refresh: bool = False, workspace=None, threads: int = 0, progress=None):
    """Runs a plan: data, model, evaluation, fairness, report, card, gate and, when the gate lets it pass, the hallmark.

    The workspace lies beside the plan and is made when there is none. What was run before with the same inputs, options
    and code comes from the workspace. The same as `assay.plan.run` and, on the command line, `assay run`.

    Arguments
        plan: path of the plan
        refresh: run every step, cached or not
        workspace, threads, progress: as for every operation

    Returns
        RunReport with state, verdict, steps, files, advice, hallmark (a path, or None) and seconds

    Raises
        Error: with code, what, where and fix
        KeyboardInterrupt: Ctrl-C; what was finished is kept and used the next time

    Example
        >>> report = assay.run("examples/mortgage/assay.yaml", progress=True)
        >>> report.state, report.hallmark
    """
    operation = CATALOGUE["plan.run"]
    return invoke(operation, {"plan": plan, "refresh": refresh},
                  {"workspace": workspace, "threads": threads, "progress": progress})
