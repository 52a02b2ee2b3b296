"""How the files hang together: no import cycle, however an import is hidden."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from synaspice.devices.language.sources import imports

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "import_cycles.py"


def cycles_of(root):
    (root / "tools").mkdir()
    copy = root / "tools" / TOOL.name
    copy.write_text(TOOL.read_text(encoding="utf-8"), encoding="utf-8")
    ended = subprocess.run([sys.executable, copy], capture_output=True, text=True)
    assert not ended.stderr
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(
    "back",
    [
        "from ..circuits import b",
        "from ..circuits.b import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from synaspice.circuits.b import x",
        "def late():\n    import synaspice.circuits.b",
        "from .c import y",
    ],
)
def test_cycles_are_found(back, tmp_path):
    for folder in ("synaspice", "devices", "circuits"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "devices" / "a.py").write_text(back)
    (tmp_path / "devices" / "c.py").write_text("from ..circuits.b import x")
    (tmp_path / "circuits" / "b.py").write_text("from ..devices.a import late")
    status, text = cycles_of(tmp_path)
    assert status == 1 and "synaspice.circuits.b, synaspice.devices.a" in text


def test_a_line_of_imports_is_no_cycle(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "a.py").write_text("from .b import x\nfrom . import c")
    (tmp_path / "devices" / "b.py").write_text("from .c import y")
    (tmp_path / "devices" / "c.py").touch()
    assert cycles_of(tmp_path) == (0, "")


def test_the_package_has_none():
    ended = subprocess.run([sys.executable, TOOL], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "")


PARTS = ("synaspice", "devices", "circuits", "characterization", "figures")
ROOMS = sorted(file for part in PARTS for file in (ROOT / part).rglob("__init__.py"))


@pytest.mark.parametrize("file", ROOMS, ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_a_folder_says_in_three_lines_what_belongs_into_it_and_what_does_not(file):
    first, blank, *others = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()
    assert first and not blank and others and all(others) and len(others) <= 2


#: Functions of NumPy with an absolute error of 1e-8, within which any two short times and capacitances are the same.
HIDDEN = {"isclose", "allclose"}


def test_an_absolute_error_is_said():
    """Of ``np.isclose`` and ``np.allclose``, in the package and its tests; ``math.isclose`` has none of its own."""
    silent = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for part in (*PARTS, "tests", "tools", "benchmarks", "examples")
        for file in sorted((ROOT / part).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in HIDDEN
        if ast.unparse(node.func.value) != "math" and "atol" not in {word.arg for word in node.keywords}
    ]
    assert not silent


def test_small_values_are_told_apart():
    """``pytest.approx`` has no absolute error of its own here: ``conftest.py``."""
    assert pytest.approx(2e-13) != 1e-13
    assert pytest.approx([0.0, 1.0]) != [1e-13, 1.0]
    assert pytest.approx(2e-13, abs=1e-12) == 1e-13


@pytest.mark.parametrize("folder", ["tools", "benchmarks", "examples"])
def test_scripts_import_what_is_there(folder):
    """Scripts that no test runs: every name that they take from the package exists."""
    missing = []
    for file in sorted((ROOT / folder).glob("*.py")):
        for module, names in imports(file.read_text(encoding="utf-8")):
            if module.partition(".")[0] != "synaspice":
                continue
            try:
                found = importlib.import_module(module)
                for name in names:
                    if not hasattr(found, name):
                        importlib.import_module(f"{module}.{name}")
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] == "synaspice":  # not a framework that is not installed
                    missing.append(f"{file.name}: {module}, {names}")
    assert not missing
