"""The example notebook runs from top to bottom in a fresh kernel and shows its results."""
import json
import os
import pathlib
import shutil
import time

import nbformat
import pytest
from conftest import EXAMPLE
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbconvert import HTMLExporter

NOTEBOOKS = sorted(pathlib.Path(os.environ["ASSAY_NOTEBOOKS"]).glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda each: each.name)
def test_notebook(path, tmp_path):
    folder = tmp_path / "notebook"
    folder.mkdir()
    shutil.copy(path, folder)
    shutil.copytree(EXAMPLE, tmp_path / "mortgage", ignore=shutil.ignore_patterns(".assay", "out"))
    notebook = nbformat.read(folder / path.name, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)  # kept without outputs: they are made here
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {})]
    mine = [page for page in pages if 'class="assay"' in page]
    assert len(mine) >= 4 and any("<svg" in page for page in mine) and any("four-fifths" in page for page in mine)
    assert all(word not in page for page in mine for word in ("<script", " src=", " href=", "url("))
    assert not [output for output in shown if output["output_type"] == "error"]
    body, _ = HTMLExporter().from_notebook_node(notebook)
    assert "favorable_rate_ratio" in body
    if target := os.environ.get("ASSAY_NOTEBOOK_HTML"):
        pathlib.Path(target).write_text(body)
    json.loads(nbformat.writes(notebook))


def test_progress_is_one_display(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "mortgage", ignore=shutil.ignore_patterns(".assay", "out"))
    cell = nbformat.v4.new_code_cell('import assay\nstate = assay.run("mortgage/assay.yaml", progress=True).state')
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=300, kernel_name="python3",
                   resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [each for each in notebook.cells[0].outputs if each["output_type"] == "display_data"]
    assert len(shown) == 1 and shown[0]["data"]["text/html"] == ""  # it was there, and went when the run ended


LONG = """
import assay
rows = 60_000
weight, group = [1.0, 2.0, 3.0] * (rows // 3), {"g": ["a", "b", "c", "d"] * (rows // 4)}
print("ready", flush=True)
assay.fairness.assess([0, 1] * (rows // 2), [0.2, 0.7, 0.4] * (rows // 3), weight=weight, group=group,
                      replicates=1_000_000, progress=True)
"""


def test_interrupting_the_kernel_stops_the_operation(tmp_path):
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        asked = client.execute(LONG, stop_on_error=False)
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "ready\n":
            pass
        time.sleep(1.5)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=20)
        while reply["parent_header"]["msg_id"] != asked:  # answers to what the start of the kernel asked
            reply = client.get_shell_msg(timeout=20)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert client.execute_interactive("1 + 1", timeout=20)["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_there_is_a_notebook():
    assert NOTEBOOKS
