"""The wheel: nothing but ``synaspice`` and its console script, with the data files it needs."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from synaspice.devices.language.optional import installation

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("devices", "circuits", "characterization", "figures", "docs", "examples", "benchmarks")


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the sources, in which building leaves its folders."""
    made = shutil.ignore_patterns(
        ".git", ".venv", ".cache", "build", "out", "dist", "_build", "__pycache__", "*.egg-info"
    )
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("clone") / "clone", ignore=made)


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_source_distribution_what_its_tests_read(clone, tmp_path):
    code = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    ended = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=clone)
    assert ended.returncode == 0, ended.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
        opened.extractall(tmp_path, filter="data")
    folders = ("tests", "tools", "examples", "benchmarks", "conda", "docs/images", "characterization/datasets")
    wanted = {file for folder in folders for file in (clone / folder).rglob("*") if file.is_file()}
    wanted |= {
        file for kind in ("*.md", "*.cff", "*.cfg", "*.toml", "Makefile", "docs/conf.py") for file in clone.glob(kind)
    }
    assert {file.relative_to(clone).as_posix() for file in wanted} - inside == set()

    (sources,) = tmp_path.glob("synaspice-*/")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    ended = subprocess.run([*command, "-w", tmp_path, sources], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (file,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(file) as wheel:
        names = wheel.namelist()
        sizes = {each.filename: each.file_size for each in wheel.infolist()}
        (entry_points,) = (wheel.read(name).decode() for name in names if name.endswith("entry_points.txt"))
        (metadata,) = (wheel.read(name).decode() for name in names if name.endswith("METADATA"))
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"synaspice"}
    inside = {name for name in names if name.startswith("synaspice/")}
    for folder in ("devices", "circuits", "characterization", "figures"):
        kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.suffix in KINDS}
        assert {f"synaspice/{name}" for name in kept} <= inside, folder
    assert {f"synaspice/{name}" for name in ("__init__.py", "__init__.pyi", "__main__.py", "py.typed")} <= inside
    assert "synaspice = synaspice.figures.command_line.main:main" in entry_points
    assert "License-Expression: BSD-3-Clause AND CC-BY-SA-4.0" in metadata.splitlines()
    large = {name for name, size in sizes.items() if size > 1_000_000}
    assert large == {"synaspice/characterization/datasets/fsdd-subset.npz"}, "the recordings of spoken digits"


KINDS = {".py", ".pyi", ".toml", ".mplstyle", ".typed"}


def test_every_dependency_has_a_lower_bound_that_make_oldest_tests():
    command = [sys.executable, ROOT / "tools" / "lower_bounds.py", "test"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = dict(line.split(" == ") for line in lines if " == " in line)
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


def test_a_python_above_the_clone_finds_the_package_in_it(tmp_path):
    (tmp_path / "synaspice").symlink_to(ROOT)
    code = "import synaspice, synaspice.devices; print(synaspice.MTJ is synaspice.devices.MTJ, synaspice.__file__)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert ended.stdout.startswith("True ") and "namespace" not in ended.stdout, ended.stderr


def test_what_to_install_for_an_extra_are_its_packages_or_the_extra_of_a_clone(monkeypatch):
    lines = ["numpy>=2.0", 'ear-tools[all]>=1.0; python_version >= "3.12" and extra == "ears"']
    lines += ['numpy<2.4; python_version < "3.12" and extra == "ears"', 'torch>=2.4; extra == "torch"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: lines)
    assert installation("torch") == "pip install torch, or pip install -e '.[torch]' in the clone of synaspice"
    assert installation("ears").startswith("pip install 'ear-tools[all]', or pip install -e '.[ears]'")
    assert installation("other") == "pip install -e '.[other]' in the clone of synaspice"


def test_every_extra_that_code_asks_for_exists():
    configuration = ConfigParser()
    configuration.read(ROOT / "setup.cfg", "utf-8")
    called = re.compile(
        r'\b(?:require\("[\w.]+", [^()]*?(?:\(\))?"(?:, "(\w+)")|installation\([\'"](\w+)[\'"]|extra="(\w+)")'
    )
    asked = set()
    for folder in ("devices", "circuits", "characterization", "figures"):
        for file in (ROOT / folder).rglob("*.py"):
            asked |= {name for found in called.findall(file.read_text(encoding="utf-8")) for name in found if name}
    assert {"sky130", "statistics", "speech"} <= asked <= {*configuration["options.extras_require"]}


def test_no_page_installs_the_package_from_an_index():
    """It is on none: what is told must work from a clone."""
    texts = [file for kind in ("*.md", "*.ipynb", "*.py") for part in PARTS for file in (ROOT / part).rglob(kind)]
    texts += ROOT.glob("*.md")
    wrong = [file for file in texts if re.search(r"pip install ['\"]?synaspice\b", file.read_text(encoding="utf-8"))]
    assert not wrong
