"""Whatever holds rows, as Arrow: pandas, polars, NumPy, pyarrow, lists and all with the Arrow PyCapsule interface.

Columns are handed over without a copy where the other library keeps them as Arrow does (numbers of NumPy and pandas
without gaps, all of polars and pyarrow).

What counts as missing: what the library says is missing. None everywhere; in pandas and in object columns also NaN and
NaT, as pandas has it; the null of polars and Arrow; a masked value of numpy.ma. NaN in a NumPy or polars float column
is a value, the number NaN. A pandas index is left out: `df.reset_index()` makes columns of it.
"""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import pyarrow as pa

from ._errors import InvalidArgument

_FAILED = (pa.ArrowException, OverflowError, TypeError, ValueError, NotImplementedError, AttributeError)


def library_of(value) -> str:
    return type(value).__module__.partition(".")[0]


def _refuse(what: str, where: str, fix: str = "") -> InvalidArgument:
    return InvalidArgument(what, where, fix)


def _described(value) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{library_of(value)} {kind.__qualname__}"


def is_text(value) -> bool:
    return isinstance(value, (str, bytes, bytearray))


def is_table(value) -> bool:
    """Whether `value` holds named columns."""
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return False
    if library_of(value) in ("pandas", "polars"):
        return hasattr(value, "columns")
    return hasattr(value, "__arrow_c_stream__") or isinstance(value, Mapping)


# ---- one column

def _mixed(values, error: Exception, where: str) -> InvalidArgument:
    """Says which types are mixed, where that is the reason."""
    try:
        kinds = sorted({type(each).__name__ for each in values if each is not None and each == each})
    except Exception:
        kinds = []
    if len(kinds) > 1:
        return _refuse(f"holds values of more than one type: {', '.join(kinds[:6])}", where,
                       "make them one type, for example with .astype(str)")
    told = " ".join(str(error).split())[:300].rstrip(".")
    return _refuse(f"cannot be read as one column: {told}", where, "give numbers, text, true/false or times")


def _of_numpy(value, where: str):
    import numpy as np

    missing = None
    if isinstance(value, np.ma.MaskedArray):
        missing, value = np.ma.getmaskarray(value), value.data
    array = np.asarray(value)
    if array.ndim == 2:
        last = array.shape[1] - 1
        raise _refuse(f"has the shape {array.shape}; one value a row is needed", where,
                      f"give one column, for example {where}[:, {max(last, 0)}]")
    if array.ndim != 1:
        raise _refuse(f"has the shape {array.shape}; one value a row is needed", where, "give a one-dimensional array")
    if array.dtype.kind == "c":
        raise _refuse("holds complex numbers", where, "give real numbers")
    if array.dtype.byteorder not in "=|" and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    # In an object column NaN stands for nothing, as pandas has it; in a column of floats it is a number.
    return pa.array(np.ascontiguousarray(array), mask=missing, from_pandas=array.dtype.kind == "O")


def _only_column(table: pa.Table, where: str):
    if table.num_columns != 1:
        raise _refuse(f"has {table.num_columns} columns; one is needed", where,
                      f"choose one, for example {where}[\"{table.column_names[0] if table.num_columns else 'name'}\"]")
    return table.column(0)


def column(value, where: str) -> pa.Array | pa.ChunkedArray:
    """`value` as one Arrow column; `where` is the argument that errors name."""
    if is_text(value) or value is None or not (hasattr(value, "__len__") or hasattr(value, "__array__")):
        raise _refuse(f"one value a row was expected, not {_described(value)}", where,
                      "give an array, a series or a list")
    try:
        if isinstance(value, (pa.Array, pa.ChunkedArray)):
            made = value
        elif is_table(value):
            made = _only_column(table(value, where), where)
        elif library_of(value) == "pandas":
            made = pa.array(value, from_pandas=True)
        elif hasattr(value, "__arrow_c_stream__"):
            made = pa.chunked_array(value)
        elif hasattr(value, "__arrow_c_array__"):
            made = pa.array(value)
        elif hasattr(value, "__array__"):
            made = _of_numpy(value, where)
        elif isinstance(value, Sequence):
            made = pa.array(_plain(value))
        else:
            raise _refuse(f"one value a row was expected, not {_described(value)}", where,
                          "give an array, a series or a list")
    except InvalidArgument:
        raise
    except _FAILED as error:
        raise _mixed(value, error, where) from error
    if pa.types.is_nested(made.type):
        raise _refuse(f"holds {made.type} in each row; one value a row is needed", where, "give a flat column")
    return made


def _plain(values: Sequence) -> list:
    """NumPy's scalars inside a list as Python's own."""
    return [each.item() if hasattr(each, "item") and getattr(each, "ndim", None) == 0 else each for each in values]


# ---- many columns

def _of_pandas(frame, where: str) -> pa.Table:
    seen = set()
    for name in map(str, frame.columns):
        if name in seen:
            raise _refuse(f'two columns are named "{name}"', where, "rename one of them")
        seen.add(name)
    try:
        return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    except _FAILED as error:
        for name in frame.columns:  # say which one
            column(frame[name], f"{where} column {name}")
        raise _mixed([], error, where) from error


def _of_columns(columns: Mapping, where: str) -> pa.Table:
    made = {str(name): column(each, f"{where} column {name}") for name, each in columns.items()}
    same_length({f"{where} column {name}": len(each) for name, each in made.items()})
    return pa.table(made)


def table(value, where: str) -> pa.Table:
    """`value` as an Arrow table; `where` is the argument that errors name."""
    try:
        if isinstance(value, pa.Table):
            return value
        if isinstance(value, pa.RecordBatch):
            return pa.Table.from_batches([value])
        if library_of(value) == "pandas" and hasattr(value, "columns"):
            return _of_pandas(value, where)
        if hasattr(value, "__arrow_c_stream__") and not isinstance(value, (pa.Array, pa.ChunkedArray)):
            return pa.table(value)
        if isinstance(value, Mapping):
            return _of_columns(value, where)
        if getattr(getattr(value, "dtype", None), "names", None):  # a structured array of NumPy
            return _of_columns({name: value[name] for name in value.dtype.names}, where)
        if isinstance(value, (list, tuple)) and value and all(isinstance(each, Mapping) for each in value):
            return pa.Table.from_pylist(list(value))
    except InvalidArgument:
        raise
    except _FAILED as error:
        raise _mixed([], error, where) from error
    if hasattr(value, "collect") and hasattr(value, "collect_schema"):
        raise _refuse(f"{_described(value)} holds no rows yet", where, "call .collect() on it first")
    if hasattr(value, "__array__"):
        raise _refuse("an array has no column names", where, 'give a data frame or {"name": array, …}')
    raise _refuse(f"a file, a reference or a table was expected, not {_described(value)}", where,
                  "give a path, \"dataset:NAME\", a data frame or {\"name\": values, …}")


def same_length(lengths: dict[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {rows}" for name, rows in lengths.items())
        raise _refuse(f"the lengths differ: {told}", next(iter(lengths)), "give one value for every row")


def _named_columns(value, where: str) -> dict:
    """Columns by name out of a table, a mapping, one array, or a list of series that have names."""
    if value is None:
        return {}
    if is_table(value) or getattr(getattr(value, "dtype", None), "names", None):
        made = table(value, where)
        out = dict(zip(made.column_names, made.columns))
    elif isinstance(value, (list, tuple)) and value and all(_name_of(each) for each in value):
        out = {_name_of(each): column(each, f'{where} "{_name_of(each)}"') for each in value}
    else:
        out = {_name_of(value) or where: column(value, where)}
    for name in out:
        if "," in name:
            raise _refuse(f'the column name "{name}" holds a comma, which stands for an intersection', where,
                          "rename the column")
    return out


def predictions(own: dict, group, control) -> tuple[pa.Table, dict[str, str], list[str], list[str]]:
    """The table that `evaluate.run` and `fairness.assess` read, from arrays. `own`: argument -> array; `group` and
    `control`: tables, mappings or arrays. Returns the table, the column of each argument, and the names of the group
    and of the control columns. The arguments' columns have fixed names, so the same rows give the same digest whatever
    the arrays were called."""
    groups, controls = _named_columns(group, "group"), _named_columns(control, "control")
    names = {}
    for argument in own:
        names[argument] = argument
        while names[argument] in groups or names[argument] in controls:
            names[argument] = "_" + names[argument]
    made = {names[argument]: column(each, argument) for argument, each in own.items()}
    columns = {**made, **groups, **controls}
    lengths = {argument: len(made[names[argument]]) for argument in own}
    same_length(lengths | {f'group "{name}"': len(each) for name, each in {**groups, **controls}.items()})
    return pa.table(columns), names, list(groups), list(controls)


def _name_of(value) -> str:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else ""


def path_of(value) -> str | None:
    """The text of a path or reference; None when `value` is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        path = os.fspath(value)
        return os.fsdecode(path) if isinstance(path, bytes) else path
    return None
