"""The front door: names that load on first use, constructors that editors and type checkers know."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import sympy

import synaspice
from synaspice.circuits import PBit
from synaspice.devices import MTJ, VTEAM
from synaspice.devices.core.system import System
from synaspice.devices.language.declarations.declaration import Declared

ROOT = Path(__file__).resolve().parent.parent


def run(code: str) -> str:
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_front_door_lists_what_it_has():
    assert synaspice.__version__.split(".")[0].isdigit()
    names = dir(synaspice)
    assert {"MTJ", "VTEAM", "iv", "hysteresis", "plot", "read_table", "__version__", "devices", "figures"} <= set(names)
    for name in names:
        assert getattr(synaspice, name) is not None


def test_every_public_name_can_be_imported():
    code = """
import importlib
for package in ("", ".devices", ".circuits", ".characterization", ".figures"):
    there = {}
    exec(f"from synaspice{package} import *", there)
    print(set(importlib.import_module(f"synaspice{package}").__all__) - set(there))
"""
    assert run(code).splitlines() == ["set()"] * 5


def test_one_device_imports_no_other():
    code = """
import sys
import synaspice
assert not [name for name in sys.modules if name.partition(".")[0] in ("numpy", "pandas", "sympy", "matplotlib")]
from synaspice import MTJ
own = [name for name in sys.modules if name.startswith("synaspice.devices.models.")]
print(sorted(own), [name for name in ("pandas", "matplotlib", "llvmlite", "scipy.optimize") if name in sys.modules])
"""
    package = "synaspice.devices.models.junctions"  # and the module of the class from which it derives
    assert run(code) == f"{[package, f'{package}.measured', f'{package}.mtj']} []"


@pytest.mark.parametrize("model", [MTJ, VTEAM, PBit])
def test_a_constructor_shows_its_parameters(model):
    parameters = inspect.signature(model).parameters
    assert list(parameters) == [*model.parameter_declarations(), *model.option_declarations()]
    given = {name: item.default for name, item in parameters.items() if isinstance(item.default, (float, str))}
    assert model(**given).values == model().values


def test_computed_defaults_are_not_shown_as_numbers():
    assert str(inspect.signature(MTJ).parameters["width"]) == "width: float | str = computed"


@pytest.mark.parametrize("thing", [MTJ(), VTEAM.preset("kvatinsky2015-like"), PBit()], ids=repr)
def test_an_instance_lists_what_a_user_may_use(thing):
    names = dir(thing)
    assert {"values", "options", "replace", "netlist", *thing.values, *thing.options} <= set(names)
    assert not [name for name in names if name.startswith("_") or isinstance(getattr(thing, name), Declared)]
    assert not {"equations", "declarations", "check", "check_values", "build", "system", "unsuited"} & set(names)
    assert not [name for name in names if name.endswith(("_equations", "_declarations"))]
    assert not [name for name in names if isinstance(getattr(thing, name), sympy.Basic | System)]
    assert thing.parameter_declarations(), "not shown, but there for authors"


def test_a_device_shows_what_its_users_call():
    names = set(dir(MTJ()))
    shown = {"simulate", "ensemble", "static", "netlist", "compile_osdi", "parameters", "provenance", "to_torch", "at"}
    assert shown | {"preset", "presets", "protocol", "terminals", "derived", "temperature", "critical_field"} <= names


@pytest.mark.slow
def test_the_stubs_are_up_to_date():
    ended = subprocess.run([sys.executable, "tools/stubs.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


SNIPPET = """
from pathlib import Path

from synaspice import MTJ, iv
from synaspice.circuits import PBit
from synaspice.devices.catalog import find_model
from synaspice.devices.language.declarations.declaration import Parameter
from synaspice.devices.model import CompactModel

junction = MTJ.preset("ikeda2010", diameter="40 nm").replace(damping=0.01)
iv(MTJ(diameter=40e-9, shape="ellipse"))
width: float = junction.diameter
PBit(tmr=1.2)
MTJ(diametre=40e-9)  # error: call-arg
MTJ(diameter=[40e-9])  # error: arg-type
MTJ(shape="square")  # error: arg-type
junction.replace(dampnig=0.01)  # error: call-arg
MTJ.preset("ikeda2010", tmr=None)  # error: arg-type
MTJ.preset("ikeda2011")  # error: arg-type
MTJ.preset(Path("mine.toml"))
for name in MTJ.presets():
    MTJ.preset(name)
find_model("mtj").preset("of-another-package")
PBit(tmrr=1.2)  # error: call-arg


class Foreign(CompactModel):
    gain = Parameter(1.0, "1", "gain")


Foreign(gain=2.0)
"""


@pytest.mark.slow
def test_a_type_checker_knows_the_parameters(tmp_path):
    tools = [[sys.executable, "tools/typing_tree.py"], [sys.executable, "-m", "mypy", "--no-error-summary"]]
    # The types of NumPy, pandas and SymPy, 13 of 17 seconds, have no part in it; `make check` has all.
    tools[1] += ["--no-site-packages", "--ignore-missing-imports", "--follow-imports", "silent"]
    (tmp_path / "snippet.py").write_text(SNIPPET)
    subprocess.run(tools[0], cwd=ROOT, check=True)
    ended = subprocess.run(
        [*tools[1], tmp_path / "snippet.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    found = [
        (int(line.split(":")[1]), line.rpartition("[")[2].rstrip("]"))
        for line in ended.stdout.splitlines()
        if ": error:" in line
    ]
    lines = enumerate(SNIPPET.splitlines(), 1)
    assert found == [(k, line.rpartition("# error: ")[2]) for k, line in lines if "# error: " in line], ended.stdout
