"""A user's own PySpice circuit, run by PySpice itself, on whatever ngspice there is; each in a process of its own."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import subprocess
import sys

import pytest

from synaspice.circuits.engine import library
from synaspice.circuits.engine.pyspice_engine import pyspice_engine
from synaspice.devices import MissingDependencyError, UnknownNameError

pytestmark = pytest.mark.ngspice
#: The packages through which ngspice is called that are here.
PACKAGES = [
    pytest.param(name, marks=pytest.mark.skipif(not importlib.util.find_spec(name), reason=f"{name} is not installed"))
    for name in library.PACKAGES
]

START = """
import logging
logging.getLogger("{package}").setLevel(logging.CRITICAL)
from {package}.Spice.Netlist import Circuit
{simulator}
from synaspice.circuits.engine.pyspice_engine import pyspice_engine
from synaspice.devices import MTJ
device = MTJ()
circuit = Circuit("divider")
circuit.subcircuit(device.subcircuit())
circuit.V("supply", "top", circuit.gnd, 0.1)
circuit.R("series", "top", "middle", device.parallel_resistance)
circuit.X("junction", "{name}", "middle", circuit.gnd, "mx", "my", "mz")
simulator = {make}
"""
#: What makes a simulator of a circuit, and what it needs to import.
MAKE = {
    "PySpice": ("circuit.simulator(ngspice_shared=pyspice_engine())", ""),
    "InSpice": (
        "Simulator.factory(ngspice_shared=pyspice_engine()).simulation(circuit)",
        "from InSpice.Spice.Simulator import Simulator",
    ),
}


def python(text, name, package):
    make, simulator = MAKE[package]
    start = START.format(name=name, package=package, make=make, simulator=simulator)
    return subprocess.run([sys.executable, "-c", start + text], capture_output=True, text=True)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_user_s_package_runs_a_subcircuit_by_itself(package, monkeypatch):
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)  # nobody needs a variable for it
    text = """
for _ in range(2):
    print(float(simulator.operating_point()["middle"][0]))
    analysis = simulator.transient(step_time=1e-12, end_time=2e-11, max_time=1e-12)
    print(float(analysis.time[-1]), float(analysis["mz"][-1]))
"""
    ended = python(text, "mtj", package)
    assert ended.returncode == 0, ended.stderr
    values = [float(word) for word in ended.stdout.split()]
    # a parallel junction in series with its own resistance, which stays parallel
    assert values == pytest.approx([0.05, 2e-11, 1.0] * 2, rel=1e-3)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_ngspice_refuses_is_still_a_failure(package):
    ended = python("simulator.operating_point()", "nosuch", package)
    assert ended.returncode != 0 and "NgSpiceCircuitError" in ended.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_the_private_names_that_the_engine_leans_on_are_there(package):
    """worker.py and pyspice_engine.py replace and read these; another release may have them otherwise."""
    shared = importlib.import_module(f"{package}.Spice.NgSpice.Shared")
    kind = shared.NgSpiceShared
    # replaced
    assert isinstance(kind.__dict__["library_path"], property)
    assert isinstance(kind.__dict__["_instances"], dict)
    for name, count in (("_get_vsrc_data", 5), ("_exit", 5)):
        assert isinstance(kind.__dict__[name], staticmethod)
        assert len(inspect.signature(getattr(kind, name)).parameters) == count
    assert list(inspect.signature(kind.send_char).parameters) == ["self", "message", "ngspice_id"]
    assert list(inspect.signature(kind.clear_output).parameters) == ["self"]
    assert list(inspect.signature(kind.load_circuit).parameters) == ["self", "circuit"]
    # read and set
    begun = inspect.getsource(kind.__init__)
    for name in ("_stdout", "_error_in_stdout", "_error_in_stderr"):
        assert f"self.{name} = " in begun
    judged = inspect.getsource(kind.exec_command)
    assert "self._error_in_stdout or self._error_in_stderr" in judged and "clear_output()" in judged
    assert "self._data = data" in inspect.getsource(shared.Vector.__init__)
    # called
    assert callable(kind.new_instance) and isinstance(kind.plot_names, property)
    assert list(inspect.signature(kind.plot).parameters) == ["self", "simulation", "plot_name"]
    assert shared.ffi.string(shared.ffi.new("char[]", b"node")) == b"node"
    assert kind.MAX_COMMAND_LENGTH > 1000


def test_packages_are_named():
    with pytest.raises(UnknownNameError, match="package"):
        pyspice_engine(package="pyspice")
    missing = [name for name in library.PACKAGES if not importlib.util.find_spec(name)]
    for name in missing:
        with pytest.raises(MissingDependencyError, match=f"pip install {name}"):
            pyspice_engine(package=name)
