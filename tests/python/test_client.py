"""Operations of a server, on loopback: the same answers as here."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import assay
import pyarrow as pa
import pytest

PROGRAM = os.environ.get("ASSAY_PROGRAM", "")


@pytest.fixture
def server(plan):
    if not PROGRAM:
        pytest.skip("no command line has been built")
    told = plan.parent / ".assay" / "server.json"
    process = subprocess.Popen([PROGRAM, "server", "start", "--listen", "127.0.0.1:0", "--workspace", str(plan.parent)],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:"), line
        for _ in range(100):
            if told.exists() and told.read_text().strip().endswith("}"):
                break
            time.sleep(0.05)
        yield json.loads(told.read_text())
    finally:
        process.terminate()
        assert process.wait(30) is not None


@pytest.fixture
def client(server):
    return assay.Client(server["url"], server["token"])


def test_the_same_figures(client, csv, frame):
    there = client.stats.profile("boston_hmda.csv")
    here = assay.stats.profile(csv)
    assert there.detail == here.detail and there.provenance.inputs == here.provenance.inputs
    assert there.digest == "sha256:" + hashlib.sha256(there.to_json().encode()).hexdigest()
    assert client.stats.profile(pathlib.Path(csv)).digest == there.digest
    uploaded = client.stats.profile(frame)
    assert uploaded.provenance.inputs == assay.stats.profile(frame).provenance.inputs
    assert client.stats.profile(frame).cached and "table" in uploaded._repr_html_()
    assert client.stats.profile.__doc__ == assay.stats.profile.__doc__


def test_a_plan_runs_there(client, plan):
    report = client.plan.run("assay.yaml", progress=False)
    assert isinstance(report, assay.RunReport) and report.state == "held"
    assert client.runs.list(limit=1).items[0].state == "done"
    item = client.evidence.list(kind="fairness").items[0]
    assert client.get(item.digest).evidence.kind == "assay.fairness/1"
    assert client.blob(item.digest, "predictions").startswith(b"ARROW1")
    verdict = client.gate.check([client.get(item.digest).evidence], "preset:eeoc-four-fifths")
    assert isinstance(verdict, assay.Verdict)


def test_errors(client, server):
    for call, kind, told in (
            (lambda: client.stats.profile("nothing.csv"), assay.NotFound, "nothing.csv"),
            (lambda: client.stats.profile("/etc/passwd"), assay.PermissionDenied, "outside"),
            (lambda: client.stats.profile(pathlib.Path("nothing.csv")), assay.MissingFile, "nothing.csv"),
            (lambda: client.stats.profile("boston_hmda.csv", bins=0), assay.InvalidArgument, "bins"),
            (lambda: client.stats.profile("boston_hmda.csv", bin=1), assay.UnknownArgument, "bins"),
            (lambda: client.stats.profile("boston_hmda.csv", workspace="x"), assay.InvalidArgument, "client"),
            (lambda: assay.Client(server["url"], "assay_wrong"), assay.PermissionDenied, "token"),
            (lambda: assay.Client(server["url"], server["token"], workspace="other"), assay.NotFound, "other"),
            (lambda: assay.Client("http://127.0.0.1:1", "t"), assay.Unavailable, "does not answer"),
            (lambda: assay.Client("http://example.org", "t"), assay.InvalidArgument, "unencrypted"),
            (lambda: assay.Client("ftp://localhost", "t"), assay.InvalidArgument, "address"),
            (lambda: assay.Client("http://127.0.0.1@example.org", "t"), assay.InvalidArgument, "address")):
        with pytest.raises(kind) as caught:
            call()
        assert told in str(caught.value)
    assert server["token"] not in repr(client)


def test_ctrl_c_cancels_there(client):
    rows = 60_000
    table = {"y": [0, 1] * (rows // 2), "s": [0.2, 0.7, 0.4] * (rows // 3), "w": [1.0, 2.0, 3.0] * (rows // 3),
             "g": ["a", "b", "c", "d"] * (rows // 4)}
    with pa.OSFile("rows.arrow", "wb") as sink, pa.ipc.new_file(sink, pa.table(table).schema) as writer:
        writer.write(pa.table(table))
    digest = client.upload("rows.arrow")
    request = json.dumps({"data": digest, "label": "y", "score": "s", "weight": "w", "group": ["g"],
                          "replicates": 1_000_000}).encode()
    headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
    with client._send("POST", client._here("fairness:assess"), request, headers) as answer:
        run = json.loads(answer.read())["run"]
    threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        client._wait(assay._operations.CATALOGUE["fairness.assess"], run, False)
    for _ in range(200):
        if (state := client._json("GET", client._here(f"runs/{run}"))["state"]) == "cancelled":
            break
        time.sleep(0.05)
    assert state == "cancelled"
