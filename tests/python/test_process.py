"""The process around it: one libarrow, Ctrl-C, threads, and no way back to the build tree."""
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import assay
import pytest


def python(code: str, *arguments, timeout=120) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout


MAPS = """
print(len({line.split()[-1] for line in open("/proc/self/maps") if "/libarrow.so" in line}))
"""


@pytest.mark.parametrize("imports", ["import pyarrow, assay", "import assay, pyarrow",
                                     "import pyarrow.parquet, pyarrow.compute, assay",
                                     "import assay._native, pyarrow.dataset, pandas, polars, assay"])
def test_one_libarrow(imports):
    code = f"{imports}\nassert assay.stats.profile({{'a': [1, 2]}}).detail.rows != 0 or True\n" + MAPS
    assert python(code).strip() == "1"


def test_it_needs_nothing_of_the_build_tree():
    sources = os.environ.get("ASSAY_SOURCES", "")
    away = pathlib.Path(assay.__file__).resolve().parent
    assert away.name == "assay" and away.parent.name == "site-packages"
    code = "import assay\nfor line in open('/proc/self/maps'): print(line.split()[-1])"
    mapped = {each for each in python(code).split() if each.startswith("/")}
    strangers = [each for each in mapped if sources and each.startswith(sources) and "/site-packages/" not in each]
    assert strangers == []
    assert any(each.endswith("pyarrow/libarrow.so.2600") and "/site-packages/" in each for each in mapped)


def test_import_is_quick():
    code = "import time, pyarrow; t = time.perf_counter(); import assay; print(time.perf_counter() - t)"
    assert min(float(python(code)) for _ in range(3)) < 0.5


def test_pandas_and_polars_are_not_needed():
    code = "import sys\nsys.modules['pandas'] = sys.modules['polars'] = sys.modules['numpy'] = None\n" \
           "import assay\nprint(assay.evaluate.run([0, 1, 1], [0.2, 0.7, 0.4]).figures.one('accuracy').n)"
    assert python(code).strip() == "3"


LONG = """
import sys, assay
rows = 60_000
label, score = [0, 1] * (rows // 2), [0.2, 0.7, 0.4] * (rows // 3)
weight, group = [1.0, 2.0, 3.0] * (rows // 3), {"g": ["a", "b", "c", "d"] * (rows // 4)}
print("ready", flush=True)
try:
    with assay.Workspace(sys.argv[1], create=True):
        assay.fairness.assess(label, score, weight=weight, group=group, replicates=1_000_000)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    print(assay.runs.list(workspace=sys.argv[1]).items[0].state)
    print(assay.audit.verify(workspace=sys.argv[1]).whole)
    print(assay.evaluate.run([0, 1], [0.2, 0.7], workspace=sys.argv[1]).figures.one("accuracy").n)
"""


def test_ctrl_c(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", LONG, str(tmp_path / "space")], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "ready\n"
        time.sleep(2.5)
        assert child.poll() is None
        child.send_signal(signal.SIGINT)
        asked = time.monotonic()
        assert child.stdout.readline() == "interrupted\n"
        assert time.monotonic() - asked < 10
        assert child.stdout.read().split() == ["cancelled", "True", "2"]
        assert child.wait(30) == 0
    finally:
        child.kill()
    staging = tmp_path / "space" / ".assay" / "staging"
    assert not staging.exists() or not list(staging.iterdir())


def test_ctrl_c_in_a_plan_keeps_what_was_done(plan):
    def stop(event):
        if event["event"] == "step" and event["operation"] == "evaluate.run":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        assay.run(plan, progress=stop)
        time.sleep(1)  # the run may have been over before the signal was looked at
    again = assay.run(plan)
    assert again.state == "held" and "cached" in {each.state for each in again.steps}
    assert assay.audit.verify(workspace=plan.parent).whole


def test_calls_from_threads(frame, tmp_path):
    space, digests, faults = assay.Workspace(tmp_path / "space", create=True), [], []

    def work(i):
        try:
            digests.append(assay.stats.profile(frame, bins=5 + i % 3, workspace=space).digest)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == [] and len(digests) == 8 and len(set(digests)) == 3


def test_the_lock_is_free_meanwhile():
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.005)

    ticker = threading.Thread(target=tick)
    ticker.start()
    rows = 30_000
    assay.evaluate.run([0, 1] * (rows // 2), [0.2, 0.7, 0.4] * (rows // 3), weight=[1.0, 2.0] * (rows // 2))
    done.set()
    ticker.join()
    gaps = [b - a for a, b in zip(ticks, ticks[1:])]
    assert len(gaps) > 10 and sorted(gaps)[len(gaps) // 2] < 0.1
