"""The wheel: nothing but ``synaspice`` and its console script, with the data files it needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    ended = subprocess.run([*command, "-w", tmp_path, ROOT], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"synaspice"}
    inside = {name for name in names if name.startswith("synaspice/")}
    for folder in ("devices", "circuits", "characterization", "figures"):
        sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.suffix in KINDS}
        assert {f"synaspice/{name}" for name in sources} <= inside, folder
    assert {f"synaspice/{name}" for name in ("__init__.py", "__init__.pyi", "__main__.py", "py.typed")} <= inside
    (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
    assert "synaspice = synaspice.figures.command_line.main:main" in zipfile.ZipFile(wheel).read(entry_points).decode()


KINDS = {".py", ".pyi", ".toml", ".mplstyle", ".typed"}


def test_every_dependency_has_a_lower_bound_that_make_oldest_tests():
    command = [sys.executable, ROOT / "tools" / "lower_bounds.py", "test"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = dict(line.split(" == ") for line in lines)
    configuration = ConfigParser()
    configuration.read(ROOT / "setup.cfg", "utf-8")
    wanted = configuration["options"]["install_requires"].split("\n")
    assert {line.split()[0] for line in wanted if line} | {"PySpice", "pytest", "SALib"} <= {*found}
    assert found["numpy"] >= "2.0", "np.trapezoid"


def test_a_bench_is_a_function_even_if_its_module_was_imported_before():
    code = (
        "from synaspice.characterization.bench import BENCHES; function = BENCHES['switching'].function;"
        "from synaspice.characterization import switching; print(function is switching)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "True"
