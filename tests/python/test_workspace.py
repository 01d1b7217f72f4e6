"""Plans, workspaces, and evidence handed from one operation to the next."""
import json
import pathlib

import assay
import pytest


def test_run_makes_the_files_and_the_hallmark(plan):
    report = assay.run(plan)
    assert report.state == "held" and report.held and report.verdict.held and report.verdict.exit_status == 0
    for path in (report.hallmark, report.model, report.report):
        assert path.exists()
    assert [each.state for each in report.steps][0] == "done" and report.to_pandas().shape[0] == len(report.steps)
    assert "hallmark" in repr(report)
    again = assay.run(str(plan))
    assert {each.state for each in again.steps} == {"cached"} and again.verdict == report.verdict
    checked = assay.hallmark.verify(report.hallmark, model=report.model, workspace=plan.parent,
                                    trust=plan.parent / ".assay" / "trust.json")
    assert checked.to_dict()
    fresh = assay.run(plan, refresh=True)
    assert "cached" not in {each.state for each in fresh.steps}


def test_steps_are_told(plan):
    events = []
    assay.run(plan, progress=events.append)
    steps = [each for each in events if each["event"] == "step"]
    assert [each["state"] for each in steps if each["id"] == "gate" or each["operation"] == "gate.check"] == [
        "running", "done"]
    assert steps[-1]["number"] == steps[-1]["of"]


def test_a_fault_in_the_listener_stops_the_run(plan):
    def broken(event):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        assay.run(plan, progress=broken)
    assert assay.audit.verify(workspace=plan.parent).whole
    assert assay.run(plan).state == "held"


def test_progress_on_a_terminal(plan, capsys):
    assay.run(plan, progress=True)
    told = capsys.readouterr().err
    assert "hallmark.build" in told and "12/12" in told and "100%" in told and told.endswith("\r")
    assay.run(plan)  # no terminal: nothing
    assert capsys.readouterr().err == ""


def test_workspace(plan):
    report = assay.run(plan)
    with pytest.raises(assay.NotFound):
        assay.Workspace(plan.parent / "out")
    space = assay.Workspace(plan.parent)
    refs = {each.ref for each in space.assets}
    assert {"dataset:boston_hmda@1", "model:mortgage@1", "hallmark:mortgage@1"} <= refs
    assert space.table("dataset:boston_hmda@1").num_rows == 2380
    assert space.open("dataset:boston_hmda").to_pandas().shape == (2380, 14)
    assert space.open("hallmark:mortgage@1").read_bytes() == report.hallmark.read_bytes()
    assert space.audit().whole and space.runs().to_pandas().shape[0] >= len(report.steps)
    item = space.evidence("fairness").items[0]
    evidence = space.get(item.digest)
    assert evidence.digest == item.digest and evidence.figures.one("favorable_rate_ratio").value < 1
    assert space.get(item.digest[7:19]).digest == item.digest
    assert space.record(item.digest).run == item.run
    assert evidence.blobs.predictions.to_arrow().num_rows == evidence.detail.rows
    verdict = space.get(space.evidence("verdict").items[0].digest)
    assert isinstance(verdict, assay.Verdict) and verdict.state == "held"
    assert any(each.operation == "fairness.assess" for each in space.lineage("model:mortgage").edges)
    with pytest.raises(assay.NotFound) as caught:
        space.open("model:mortgag")
    assert caught.value.where == "model:mortgag" and caught.value.fix
    assert repr(space).startswith("<assay.Workspace")


def test_the_workspace_of_a_block(plan, csv):
    space = assay.Workspace(plan.parent / "new", create=True)
    with space:
        first = assay.stats.profile(csv)
        assert not first.cached and assay.stats.profile(csv).cached
        assert assay.stats.profile(csv, refresh=True).cached is False
        assert assay.stats.profile(csv, workspace=False).run != first.run
        assert assay.runs.list().items[0].operation == "stats.profile"
        inner = assay.Workspace(plan.parent / "inner", create=True)
        with inner:
            assert not assay.stats.profile(csv).cached
        assert assay.stats.profile(csv).cached
    with pytest.raises(assay.FailedPrecondition, match="no workspace"):
        assay.runs.list()


def test_tables_are_cached_by_their_content(plan, frame):
    with assay.Workspace(plan.parent / "new", create=True):
        assert not assay.stats.profile(frame).cached
        assert assay.stats.profile(frame.copy()).cached
        assert not assay.stats.profile(frame.iloc[::-1]).cached


def test_evidence_goes_into_the_next_operation(frame, tmp_path):
    split = assay.data.split(frame, label="deny", test=0.5)
    model = assay.train.linear(frame, "deny", protected=["afam"], split=split)
    predicted = assay.model.predict(model, frame, split=split, label="deny", protected=["afam"])
    fair = assay.fairness.assess(predicted, "label", score="score", group="afam", favorable="no")
    scored = assay.evaluate.run(predicted.blobs.predictions.to_arrow(), "label", score="score")
    policy = {"policy": "p", "rules": [{"id": "auc", "require": "auc >= 0.7"},
                                       {"id": "ratio", "require": "favorable_rate_ratio(group=afam) >= 0.8"}]}
    verdict = assay.gate.check([fair, scored], policy)
    assert verdict.state == "held" and len(verdict.rules) == 2 and verdict.to_pandas().shape[0] == 2
    saved = [each.save(tmp_path / f"{i}.json") for i, each in enumerate((fair, scored))]
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    assert assay.gate.check(saved, tmp_path / "policy.json").detail == verdict.detail
    failed = assay.gate.check(scored, {"policy": "p", "rules": [{"id": "auc", "require": "auc >= 0.99"}]})
    assert failed.state == "failed" and not failed.held and failed.exit_status == 1
    assert assay.gate.explain(policy).to_dict()["rules"]
    card = assay.card.build("mortgage", evidence=[fair, scored], purpose={"use": "to test"})
    assert assay.card.check(card).valid in (True, False) and card.blobs.readme.read_text().startswith("---")
    assert model.blobs.model.save(tmp_path / "m.amodel").stat().st_size > 0
    assert assay.model.show(tmp_path / "m.amodel").to_dict()
    with pytest.raises(assay.InvalidArgument, match="no table"):
        model.blobs.model.to_arrow()
    with pytest.raises(assay.InvalidArgument, match="holds no table"):
        assay.stats.profile(model)


def test_init_writes_a_plan(frame, csv, tmp_path):
    made = assay.plan.init(csv, label="deny", favorable="no", protected=["afam"], output=tmp_path / "assay.yaml")
    assert pathlib.Path(made.path).exists() and "deny" in made.plan
    with pytest.raises(assay.InvalidArgument, match="a path was expected"):
        assay.run({"assay": 1})
