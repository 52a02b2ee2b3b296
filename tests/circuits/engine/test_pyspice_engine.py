"""A user's own PySpice circuit, run by PySpice itself, on whatever ngspice there is; each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.ngspice

START = """
import logging
logging.getLogger("PySpice").setLevel(logging.CRITICAL)
from PySpice.Spice.Netlist import Circuit
from synaspice.circuits.engine.pyspice_engine import pyspice_engine
from synaspice.devices import MTJ
device = MTJ()
circuit = Circuit("divider")
circuit.subcircuit(device.subcircuit())
circuit.V("supply", "top", circuit.gnd, 0.1)
circuit.R("series", "top", "middle", device.parallel_resistance)
circuit.X("junction", "{name}", "middle", circuit.gnd, "mx", "my", "mz")
simulator = circuit.simulator(ngspice_shared=pyspice_engine())
"""


def python(text, name):
    return subprocess.run([sys.executable, "-c", START.format(name=name) + text], capture_output=True, text=True)


def test_pyspice_runs_a_subcircuit_by_itself():
    text = """
for _ in range(2):
    print(float(simulator.operating_point()["middle"][0]))
    analysis = simulator.transient(step_time=1e-12, end_time=2e-11, max_time=1e-12)
    print(float(analysis.time[-1]), float(analysis["mz"][-1]))
"""
    ended = python(text, "mtj")
    assert ended.returncode == 0, ended.stderr
    values = [float(word) for word in ended.stdout.split()]
    # a parallel junction in series with its own resistance, which stays parallel
    assert values == pytest.approx([0.05, 2e-11, 1.0] * 2, rel=1e-3)


def test_what_ngspice_refuses_is_still_a_failure():
    ended = python("simulator.operating_point()", "nosuch")
    assert ended.returncode != 0 and "NgSpiceCircuitError" in ended.stderr
