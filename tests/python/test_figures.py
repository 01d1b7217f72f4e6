"""The same numbers as the command line, bit for bit, and the same from every library."""
import json

import assay
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from conftest import EXPECTED

ASSESS = {"threshold": 0.2, "favorable": "no"}


def same(evidence, document):
    """Equal to the last bit. The code version may differ while sources are edited; else the digest is the same."""
    mine = evidence.to_dict()
    if mine["provenance"]["code"] != document["provenance"]["code"]:
        mine["provenance"].pop("code"), document["provenance"].pop("code")
    else:
        assert evidence.digest == digest_of(document)
    assert canonical(mine) == canonical(document)


def canonical(document: dict) -> str:
    return assay._native.canonical(json.dumps(document))


def digest_of(document: dict) -> str:
    import hashlib
    return "sha256:" + hashlib.sha256(canonical(document).encode()).hexdigest()


@pytest.mark.parametrize("name, call", [
    ("profile", lambda csv: assay.stats.profile(csv)),
    ("schema", lambda csv: assay.schema.infer(csv)),
    ("split", lambda csv: assay.data.split(csv, label="deny", test=0.5)),
    ("training", lambda csv: assay.train.linear(csv, "deny", protected=["afam"])),
    ("predictions", lambda csv: assay.model.predict(EXPECTED / "model.amodel", csv, label="deny", protected="afam")),
    ("evaluation", lambda csv: assay.evaluate.run(EXPECTED / "predictions.arrow", "label", score="score",
                                                   group="afam")),
    ("fairness", lambda csv: assay.fairness.assess(EXPECTED / "predictions.arrow", label="label", score="score",
                                                   group=["afam"], **ASSESS)),
])
def test_same_as_the_command_line(name, call, csv, expected):
    document = expected(name)
    same(call(csv), document)


def test_a_table_in_memory_is_the_file(predictions, expected):
    evidence = assay.fairness.assess(predictions, "label", score="score", group=["afam"], **ASSESS)
    same(evidence, expected("fairness"))  # the digest of its input too


def test_arrays_give_the_figures_of_the_file(predictions, expected):
    table = predictions.to_pandas()
    evidence = assay.fairness.assess(table["label"], table["score"], group=table[["afam"]], **ASSESS)
    assert canonical(evidence.to_dict()["figures"]) == canonical(expected("fairness")["figures"])
    evidence = assay.evaluate.run(table["label"].to_numpy(), table["score"].to_numpy(), group=table["afam"])
    assert canonical(evidence.to_dict()["figures"]) == canonical(expected("evaluation")["figures"])


def forms(table: pa.Table):
    """The same predictions as each library holds them: label, score, group."""
    frame = table.to_pandas()
    polar = pl.from_arrow(table)
    text = frame["label"].astype(str)
    yield "pandas", (frame["label"], frame["score"], frame[["afam"]])
    yield "pandas text", (text, frame["score"], frame[["afam"]].astype(str))
    yield "pandas objects", (text.astype(object), frame["score"].astype(object), frame[["afam"]].astype(object))
    yield "pandas nullable", (text.astype("string"), frame["score"].astype("Float64"), frame[["afam"]])
    yield "pandas arrow", (text.astype("string[pyarrow]"), frame["score"].astype("double[pyarrow]"), frame[["afam"]])
    yield "pandas index", (frame["label"].set_axis(range(5, 5 + len(frame))), frame["score"], frame[["afam"]])
    yield "polars", (polar["label"], polar["score"], polar.select("afam"))
    yield "polars text", (polar["label"].cast(pl.String), polar["score"], polar.select(pl.col("afam").cast(pl.String)))
    yield "numpy", (text.to_numpy(dtype="U"), frame["score"].to_numpy(), {"afam": frame["afam"].to_numpy(dtype="U")})
    yield "numpy objects", (text.to_numpy(object), frame["score"].to_numpy(object), {"afam": frame["afam"].to_numpy()})
    yield "pyarrow", (table["label"], table["score"], table.select(["afam"]))
    yield "int8 codes", (table["label"].cast(pa.string()).dictionary_encode(),
                         table["score"], {"afam": pa.array(frame["afam"].astype("category"))})
    yield "uint32 codes", (table["label"].cast(pa.string()).cast(pa.dictionary(pa.uint32(), pa.string())),
                           table["score"], table.select(["afam"]))
    yield "large strings", (table["label"].cast(pa.large_string()), table["score"],
                            {"afam": table["afam"].cast(pa.large_string())})
    yield "string views", (table["label"].cast(pa.string()).cast(pa.string_view()), table["score"],
                           {"afam": table["afam"].cast(pa.string()).cast(pa.string_view())})
    yield "chunks", (pa.chunked_array([table["label"].cast(pa.string()).combine_chunks()[:100],
                                       table["label"].cast(pa.string()).combine_chunks()[100:]]),
                     table["score"], table.select(["afam"]))
    yield "lists", (text.tolist(), frame["score"].tolist(), {"afam": frame["afam"].astype(str).tolist()})
    wide = np.empty((len(frame), 3), dtype=">f8")
    wide[:, 1] = frame["score"]
    yield "strides and big endian", (text.tolist(), wide[:, 1], {"afam": frame["afam"].astype(str).tolist()})
    yield "series in a list", (polar["label"], polar["score"], [polar["afam"]])


def test_every_library_gives_the_same_digest(predictions):
    seen = {}
    for name, (label, score, group) in forms(predictions):
        evidence = assay.fairness.assess(label, score, group=group, **ASSESS)
        seen[name] = (evidence.digest, evidence.provenance.inputs.data)
    assert len(seen) == 19
    assert len(set(seen.values())) == 1, seen


def test_every_library_gives_the_same_profile(frame, csv):
    table = pa.Table.from_pandas(frame, preserve_index=False)
    inputs = [frame, frame.set_axis(range(7, 7 + len(frame))), pl.from_pandas(frame), table, table.to_batches()[0],
              pa.RecordBatchReader.from_batches(table.schema, table.to_batches(300)), table.to_pydict(),
              table.to_pylist(), {name: frame[name] for name in frame}, frame.to_dict("series")]
    digests = [assay.stats.profile(each).digest for each in inputs]
    assert len(set(digests)) == 1
    # What the table says is what the file says: only the digest of the input differs.
    assert canonical(assay.stats.profile(csv).to_dict()["detail"]) == canonical(
        assay.stats.profile(frame).to_dict()["detail"])


def test_intersections_and_controls(predictions):
    table = predictions.to_pandas()
    table["half"] = ["a", "b"] * (len(table) // 2)
    both = assay.evaluate.run(table["label"], table["score"], group=table[["afam", "half"]], split_by="afam,half")
    assert both.figures.one("accuracy", afam="no", half="b").n > 0
    apart = assay.evaluate.run(table["label"], table["score"], group=table[["afam", "half"]])
    assert apart.figures.one("accuracy", half="a").n == len(table) // 2
    named = assay.fairness.assess(table["label"], table["score"], group=table[["afam", "half"]], control="half")
    given = assay.fairness.assess(table["label"], table["score"], group=table["afam"], control=table[["half"]])
    assert named.figures == given.figures
    assert {each.slice.get("half") for each in named.figures if each.slice} == {"a", "b"}


def test_weights_and_decisions():
    label, decision = [1, 0, 1, 0, 1, 0], [True, False, False, False, True, True]
    plain = assay.evaluate.run(label, decision=decision)
    assert plain.figures.one("accuracy").value == 4 / 6
    heavy = assay.evaluate.run(np.array(label), decision=np.array(decision), weight=[2, 1, 1, 1, 1, 1])
    assert heavy.figures.one("accuracy").value == 5 / 7


def test_threads_change_nothing(predictions):
    runs = [assay.fairness.assess(predictions, "label", score="score", group="afam", threads=n) for n in (1, 2, 7)]
    assert len({each.digest for each in runs}) == 1
