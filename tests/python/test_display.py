"""Results show themselves offline, escape what comes from data, and turn into tables."""
import html.parser
import math

import assay
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

VOID = {"br", "img", "line", "circle", "meta", "link", "input", "hr"}


class Checked(html.parser.HTMLParser):
    """Fails on anything that is not closed, that runs or that loads."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert tag not in ("script", "iframe", "object", "embed", "link", "img"), tag
        for name, value in attributes:
            assert not name.startswith("on") and "javascript:" not in (value or "") and "://" not in (value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def checked(page: str) -> Checked:
    out = Checked()
    out.feed(page)
    out.close()
    assert out.open == []
    assert "url(" not in page and "@import" not in page and "prefers-color-scheme:dark" in page
    return out


@pytest.fixture
def evidence(predictions):
    return assay.fairness.assess(predictions, "label", score="score", group="afam", threshold=0.2, favorable="no")


def test_html_of_fairness(evidence):
    page = checked(evidence._repr_html_())
    assert "svg" in page.tags and "table" in page.tags and "favorable_rate_ratio" in page.text
    assert len(evidence._repr_html_()) < 100_000


def test_html_of_everything(predictions, frame, evidence, plan):
    report = assay.run(plan)
    verdict = report.verdict
    results = [evidence, evidence.figures, evidence.figures[0], evidence.detail, assay.stats.profile(frame),
               assay.schema.infer(frame), assay.train.linear(frame, "deny"),
               assay.evaluate.run(predictions, "label", score="score"),
               report, verdict, assay.Workspace(plan.parent), assay.runs.list(workspace=plan.parent),
               assay.evidence.list(workspace=plan.parent), assay.hallmark.show(report.hallmark),
               assay.plan.check(plan), assay.audit.verify(workspace=plan.parent), assay.plan.show(plan)]
    for each in results:
        page = checked(each._repr_html_())
        assert page.text.strip()
        assert repr(each).strip()


def test_what_comes_from_data_is_escaped():
    evil = '<script>alert("1")</script>'
    evidence = assay.fairness.assess([0, 1] * 40, [0.2, 0.7] * 40, group={evil: [evil, "b&b"] * 40})
    page = checked(evidence._repr_html_())
    assert evil in page.text and "<script" not in evidence._repr_html_()
    checked(assay.stats.profile({evil: [evil] * 3})._repr_html_())


def test_text(evidence):
    assert repr(evidence).startswith("assay.fairness/1  sha256:")
    assert "afam=yes" in repr(evidence) and "afam=yes" in repr(evidence.figures)


def test_tables_of_figures(evidence):
    frame = evidence.to_pandas()
    assert isinstance(frame, pd.DataFrame) and len(frame) == len(evidence.figures)
    row = frame[(frame.name == "selection_rate") & (frame.slice == "afam=yes")].iloc[0]
    figure = evidence.figures.one("selection_rate", afam="yes")
    assert (row.value, row.low, row.high, row.n) == (figure.value, figure.low, figure.high, figure.n)
    assert evidence.to_arrow().num_rows == len(frame)
    assert pl.DataFrame(evidence.figures).height == len(frame)
    assert pa.table(evidence).num_rows == len(frame)


def test_tables_of_columns(frame):
    profile = assay.stats.profile(frame)
    assert list(profile.to_pandas()["name"]) == list(frame.columns)
    assert profile.to_pandas().set_index("name").loc["pirat", "mean"] == profile.detail.columns[1].mean
    assert pl.DataFrame(assay.schema.infer(frame)).height == frame.shape[1]
    assert "missing_share" in set(profile.figures.to_pandas()["name"])


def test_undefined_and_infinite_figures():
    evidence = assay.evaluate.run([0, 0, 1], [0.1, 0.2, 0.4])
    undefined = [each for each in evidence.figures if each.value is None]
    assert undefined and all(each.why for each in undefined)
    assert math.isnan(evidence.to_pandas().set_index("name").loc[undefined[0].name, "value"])
    checked(evidence._repr_html_())
    checked(assay._html.page(assay._html.figures([{"name": "x", "value": "Infinity", "low": 1, "high": "Infinity"}])))


def test_attributes(evidence):
    assert evidence.provenance.options.favorable == "no" and evidence["kind"] == "assay.fairness/1"
    assert evidence.provenance["options"]["threshold"] == 0.2
    with pytest.raises(AttributeError, match='did you mean "provenance"'):
        evidence.provenence
    with pytest.raises(AttributeError, match="do not change"):
        evidence.kind = "other"
    with pytest.raises(assay.NotFound, match="favorable_rate"):
        evidence.figures["favourable_rate"]
    with pytest.raises(assay.InvalidArgument, match="say which"):
        evidence.figures.one("selection_rate")
    assert "digest" in dir(evidence) and "provenance" in dir(evidence)
    import copy
    import pickle
    assert pickle.loads(pickle.dumps(evidence)).to_dict() == evidence.to_dict()
    assert copy.copy(evidence.provenance) == evidence.provenance


def test_saved_evidence_has_its_digest(evidence, tmp_path):
    import hashlib
    path = evidence.save(tmp_path / "fairness.json")
    assert "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() == evidence.digest
