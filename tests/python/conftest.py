"""What the tests share. They run in an environment that holds the wheel, in a folder outside the repository; the
variables ASSAY_EXAMPLE, ASSAY_EXPECTED and ASSAY_NOTEBOOKS say where tools/python-test has put what they read."""
import json
import os
import pathlib
import shutil

import pandas as pd
import pyarrow as pa
import pytest

EXAMPLE = pathlib.Path(os.environ["ASSAY_EXAMPLE"])
EXPECTED = pathlib.Path(os.environ["ASSAY_EXPECTED"])


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """Each test stands in a folder without a workspace."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def csv() -> str:
    return str(EXAMPLE / "boston_hmda.csv")


@pytest.fixture(scope="session")
def frame(csv):
    return pd.read_csv(csv)


@pytest.fixture(scope="session")
def predictions() -> pa.Table:
    """Predictions of the example as the command line made them."""
    path = EXPECTED / "predictions.arrow"
    if not path.exists():
        pytest.skip("no command line has been built")
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


@pytest.fixture
def plan(tmp_path) -> pathlib.Path:
    """A copy of the example without a workspace."""
    shutil.copytree(EXAMPLE, tmp_path / "mortgage", ignore=shutil.ignore_patterns(".assay", "out"))
    return tmp_path / "mortgage" / "assay.yaml"


@pytest.fixture
def expected():
    def read(name: str) -> dict:
        path = EXPECTED / f"{name}.json"
        if not path.exists():
            pytest.skip("no command line has been built")
        return json.loads(path.read_text())
    return read
