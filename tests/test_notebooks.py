"""The notebooks are those of their pages, and run from the first cell to the last."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))


def test_they_are_those_of_the_pages():
    subprocess.run([sys.executable, str(ROOT / "tools" / "notebooks.py"), "--check"], check=True)
    assert len(NOTEBOOKS) >= 3


@pytest.mark.slow
@pytest.mark.ngspice
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    if "import torch" in str(notebook) and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    # Commands are those of the environment that runs the tests.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in shown) or shown
    assert not [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"]
