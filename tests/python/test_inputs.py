"""Bad input: every kind is an exception that says what, where and how to mend it."""
import decimal
import pathlib

import assay
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

LABEL, SCORE = [1, 0, 1, 0], [0.9, 0.2, 0.6, 0.4]


def refused(call, kind=assay.InvalidArgument):
    with pytest.raises(kind) as caught:
        call()
    error = caught.value
    assert isinstance(error, assay.Error) and error.what and not error.what.endswith(".")
    assert error.what in str(error) and (not error.where or error.where in str(error))
    return error


@pytest.mark.parametrize("score, what", [
    (np.zeros((4, 2)), "shape (4, 2)"),
    (np.zeros((4, 1)), "shape (4, 1)"),
    (np.zeros((1, 2, 2)), "shape (1, 2, 2)"),
    (np.float64(3), "shape ()"),
    ([[0.1], [0.2], [0.3], [0.4]], "holds list"),
    (pd.DataFrame({"a": SCORE, "b": SCORE}), "has 2 columns"),
    (pl.DataFrame({"a": SCORE, "b": SCORE}), "has 2 columns"),
    (np.array([1j, 2, 3, 4]), "complex"),
    (0.5, "one value a row"),
    (b"abcd", "one value a row"),
    ({0.1, 0.2}, "one value a row"),
    ([0.1, "high", 0.3, 0.4], "more than one type: float, str"),
    (pd.Series([0.1, "high", 0.3, 0.4]), "more than one type: float, str"),
    (np.array([0.1, "high", None, 0.4], dtype=object), "more than one type: float, str"),
    ([object()] * 4, "cannot be read as one column"),
])
def test_score_of_a_wrong_kind(score, what):
    error = refused(lambda: assay.evaluate.run(LABEL, score))
    assert what in error.what and error.where == "score" and error.fix


def test_two_dimensional_score_says_which_column():
    error = refused(lambda: assay.fairness.assess(LABEL, np.zeros((4, 2)), group=["a", "b", "a", "b"]))
    assert "score[:, 1]" in error.fix


def test_text_for_scores():
    error = refused(lambda: assay.evaluate.run(LABEL, ["a", "b", "c", "d"]))
    assert "score" in str(error)


def test_lengths_that_differ():
    error = refused(lambda: assay.fairness.assess(LABEL, SCORE[:3], group={"sex": ["f", "m"]}))
    assert error.what == 'the lengths differ: label has 4, score has 3, group "sex" has 2'
    error = refused(lambda: assay.stats.profile({"a": [1, 2], "b": [1]}))
    assert "column a has 2" in error.what


@pytest.mark.parametrize("empty", [[], np.array([]), pd.Series([], dtype=float), pl.Series([])])
def test_no_rows(empty):
    assert "no rows" in refused(lambda: assay.evaluate.run(empty, empty)).what


def test_no_columns():
    for empty in ({}, pd.DataFrame(), pl.DataFrame(), pa.table({})):
        assert "no columns" in refused(lambda each=empty: assay.stats.profile(each)).what


def test_object_columns_with_mixed_types():
    frame = pd.DataFrame({"fine": [1, 2], "mixed": [1, "a"]})
    error = refused(lambda: assay.stats.profile(frame))
    assert error.what == "holds values of more than one type: int, str" and error.where == "data column mixed"
    assert "astype" in error.fix
    numbers = pd.DataFrame({"x": pd.Series([1, 2.5, None, decimal.Decimal("3")][:3], dtype=object)})
    assert assay.stats.profile(numbers).detail.columns[0].type == "float"


def test_nested_columns():
    error = refused(lambda: assay.train.linear({"y": [0, 1], "x": [[1], [2]]}, "y"), assay.Error)
    assert "x" in str(error)


def test_names_of_columns():
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert 'named "a"' in refused(lambda: assay.stats.profile(twice)).what
    assert "no name" in refused(lambda: assay.stats.profile({"": [1]})).what
    error = refused(lambda: assay.fairness.assess(LABEL, SCORE, group={"a,b": list("xyxy")}))
    assert "comma" in error.what
    assert "no column names" in refused(lambda: assay.stats.profile(np.zeros((2, 2)))).what
    own = assay.evaluate.run(LABEL, SCORE, group={"label": list("xyxy"), "score": list("xxyy")})
    assert own.figures.one("accuracy", label="x").n == 2


def test_missing_values_are_what_the_library_says():
    # None and pandas' NaN are missing, and a missing score is refused with its row until one says what to do.
    for score in ([0.9, None, 0.6, 0.4], pd.Series([0.9, np.nan, 0.6, 0.4]), pl.Series([0.9, None, 0.6, 0.4]),
                  np.ma.masked_array(SCORE, mask=[False, True, False, False]), np.array([0.9, None, 0.6, 0.4])):
        error = refused(lambda each=score: assay.evaluate.run(LABEL, each))
        assert "score" in error.where and "2" in error.what
        assert assay.evaluate.run(LABEL, score, missing="drop").detail.dropped == 1
    # In a profile NaN of NumPy and polars is a number, that of pandas is missing.
    cell = [1.0, float("nan")]
    columns = {name: assay.stats.profile(each).detail.columns[0] for name, each in (
        ("numpy", {"x": np.array(cell)}), ("polars", pl.DataFrame({"x": cell})), ("pandas", pd.DataFrame({"x": cell})))}
    assert {name: (each.missing, each.nan) for name, each in columns.items()} == {
        "numpy": (0, 1), "polars": (0, 1), "pandas": (1, 0)}


def test_a_missing_group_is_a_group_of_its_own():
    evidence = assay.fairness.assess(LABEL * 20, SCORE * 20, group={"sex": ["f", "m", "f", None] * 20})
    assert evidence.figures.one("accuracy", sex=None).n == 20
    assert "(missing)" in repr(evidence)


def test_arguments():
    error = refused(lambda: assay.fairness.assess(LABEL, SCORE, grop=1), assay.UnknownArgument)
    assert error.fix == 'did you mean "group"?' and isinstance(error, TypeError)
    error = refused(lambda: assay.stats.profile("x.csv", bin=3), assay.UnknownArgument)
    assert error.fix == 'did you mean "bins"?'
    assert "by place" in refused(lambda: assay.stats.profile("x.csv", 3)).what
    assert "twice" in refused(lambda: assay.stats.profile("x.csv", data="x.csv")).what
    assert "required" in refused(lambda: assay.stats.profile()).what
    assert "required" in refused(lambda: assay.fairness.assess("x.csv", score="s", group="g")).what


@pytest.mark.parametrize("options, where", [
    ({"threshold": "high"}, "threshold"), ({"threshold": 1.5}, "threshold"), ({"threshold": float("nan")}, "threshold"),
    ({"replicates": 2.5}, "replicates"), ({"replicates": 1}, "replicates"), ({"seed": -1}, "seed"),
    ({"seed": 2**70}, "seed"), ({"missing": "ignore"}, "missing"), ({"level": object()}, "level"),
    ({"threads": -1}, "threads"), ({"threads": "two"}, "threads"), ({"workspace": 3}, "workspace"),
])
def test_options_of_a_wrong_kind(options, where):
    error = refused(lambda: assay.evaluate.run(LABEL, SCORE, **options), assay.InvalidArgument)
    assert where in error.where


def test_options_may_be_numpy_scalars(frame):
    evidence = assay.stats.profile(frame, bins=np.int64(5), columns=np.array(["deny", "hirat"]), top=np.int8(2))
    assert [each.name for each in evidence.detail.columns] == ["deny", "hirat"]
    assert evidence.provenance.options.bins == 5
    assert assay.evaluate.run(LABEL, SCORE, threshold=np.float32(0.5)).provenance.options.threshold == 0.5


def test_files_and_references(tmp_path):
    error = refused(lambda: assay.stats.profile("nothing.csv"), assay.MissingFile)
    assert isinstance(error, FileNotFoundError) and isinstance(error, assay.NotFound) and "nothing.csv" in str(error)
    with pytest.raises(FileNotFoundError):
        assay.run("nothing.yaml")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    assert refused(lambda: assay.stats.profile(broken), assay.Corrupt).code == "corrupt"
    error = refused(lambda: assay.stats.profile({"a": [1]}, columns=["b"]), assay.NotFound)
    assert isinstance(error, KeyError) and error.where == "b"
    refused(lambda: assay.stats.profile(""))
    refused(lambda: assay.stats.profile(None))
    refused(lambda: assay.stats.profile(7))
    refused(lambda: assay.model.show({"not": "a model"}), assay.Error)
    assert "collect" in refused(lambda: assay.stats.profile(pl.LazyFrame({"a": [1]}))).fix
    ok = tmp_path / "ok.csv"
    ok.write_text("a\n1\n")
    assert assay.stats.profile(pathlib.Path(ok)).digest == assay.stats.profile(str(ok)).digest


def test_an_error_names_the_argument_and_no_temporary_file():
    error = refused(lambda: assay.train.linear({"y": [0, 1]}, "z"), assay.NotFound)
    assert "assay." not in str(error) and "tmp" not in str(error)


def test_errors_are_values(tmp_path):
    import pickle
    error = refused(lambda: assay.stats.profile("nothing.csv"), assay.MissingFile)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.what, again.where, again.fix) == (
        type(error), error.code, error.what, error.where, error.fix)
    for code, kind in assay._errors.CLASSES.items():
        assert kind.code == code and issubclass(kind, assay.Error) and kind("w", "x", "y").fix == "y"


def test_hostile_producer():
    class Liar:
        def __arrow_c_stream__(self, requested_schema=None):
            raise RuntimeError("no")

    class NoCapsule:
        def __arrow_c_stream__(self, requested_schema=None):
            return "not a capsule"

    for bad in (Liar(), NoCapsule()):
        with pytest.raises(Exception):
            assay.stats.profile(bad)
    # Offsets that point outside: refused before they are used.
    bad = pa.StringArray.from_buffers(2, pa.py_buffer(np.array([0, 999, 5], dtype=np.int32).tobytes()),
                                      pa.py_buffer(b"hello"))
    refused(lambda: assay.stats.profile(pa.table({"x": bad})), assay.Error)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assay.stats.profile({"a": [1, 2, 3]})
    refused(lambda: assay.stats.profile({"a": [1]}, columns=["b"]), assay.NotFound)
    evidence = assay.data.split({"a": list(range(40)), "y": [0, 1] * 20}, label="y")
    kept = evidence.blobs.split.path
    assert kept.exists() and evidence.blobs.split.to_arrow().num_rows == 40
    del evidence
    import gc
    gc.collect()
    assert not kept.exists() and not list(tmp_path.iterdir())
