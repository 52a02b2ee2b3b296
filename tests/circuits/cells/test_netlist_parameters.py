"""Sizes and device parameters as parameters of an exported cell: what an instance sets is what Python would write."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.circuits.cells.building.traced import Traced
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.circuits.cells.neurons.neurons import AxonHillock, MTJNeuron, PBit
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import DCSweep, Transient

ROUND = 1e-5  # Python writes sizes with six digits, ngspice computes them with all


def test_formulas_follow_arithmetic():
    a, b = Traced(3.0, "a"), Traced(4.0, "b")
    for made in (2 * a + b / 5, (1 - a) * -b, a - 2 / b, 3 + a * b - 1):
        assert made.at({"a": 3.0, "b": 4.0}) == pytest.approx(float(made))
    assert (a * b + 1).at({"a": 2.0, "b": 10.0}) == 21.0
    assert not isinstance(np.sqrt(a), Traced) and not isinstance(max(1.0, 2.0), Traced)


def test_which_parameters_a_netlist_has():
    assert Inverter().subcircuit().parameters == ("nmos_width", "pmos_width", "length")
    bit_cell = MemristorBitCell().subcircuit().parameters
    assert {"resistance_on", "threshold", "switching_time", "access_width"} <= {*bit_cell}
    p_bit = PBit().subcircuit().parameters
    assert {"nmos_width", "tmr", "junction_damping"} <= {*p_bit}
    # The magnet's demagnetising factors are computed from the diameter: it is fixed.
    assert "diameter" not in p_bit
    # The reference resistor is computed from the junction's resistances.
    assert "junction_tmr" not in MTJNeuron().subcircuit().parameters
    # A bench has numbers.
    assert Inverter().subcircuit(for_bench=True).parameters == ()


@pytest.mark.ngspice
def test_an_inverter_with_other_sizes_on_its_instance():
    others = {"nmos_width": 3.3, "length": 1.7}
    set_ = " ".join(f"{name}={value}" for name, value in others.items())
    curves = []
    for cell, values in ((Inverter(), set_), (Inverter(**others), "")):
        deck = f"* inverter\n{cell.netlist()}\nVs supply 0 1\nVin input 0 0\nX1 input output supply 0 inverter {values}"
        curves.append(ngspice.run(deck, DCSweep("vin", 0.0, 1.0, 0.05)))
    np.testing.assert_allclose(curves[0]["v(output)"], curves[1]["v(output)"], atol=ROUND)
    usual = ngspice.run(
        f"* inverter\n{Inverter().netlist()}\nVs supply 0 1\nVin input 0 0\nX1 input output supply 0 inverter",
        DCSweep("vin", 0.0, 1.0, 0.05),
    )
    assert np.abs(usual["v(output)"] - curves[0]["v(output)"]).max() > 0.1


@pytest.mark.ngspice
def test_thresholds_of_a_chip_follow_the_sizes_on_an_instance():
    """Pelgrom's law: a gate of four times the area shifts by half."""
    curves = []
    for cell, values in ((Inverter(), "nmos_width=4 length=1.5"), (Inverter(nmos_width=4, length=1.5), "")):
        deck = f"* chip\n{cell.netlist(mismatch=3)}\nVs supply 0 1\nVin input 0 0\nX1 input output supply 0 inverter "
        curves.append(ngspice.run(deck + values, DCSweep("vin", 0.0, 1.0, 0.05))["v(output)"])
    np.testing.assert_allclose(*curves, atol=ROUND)


@pytest.mark.ngspice
def test_a_bit_cell_with_another_memristor_and_transistor_on_its_instance():
    others = {"resistance_off": 2e5, "threshold": 0.3, "switching_time": 1e-8, "access_width": 7.0}
    set_ = " ".join(f"{name}={value}" for name, value in others.items())
    runs = []
    for cell, values in ((MemristorBitCell(), set_), (MemristorBitCell(**others), "")):
        lines = ["Vb bit 0 pwl(0 0 1n 1 30n 1 31n 0.1)", "Vw word 0 1", "X1 bit word 0 0 memristor_bit_cell " + values]
        deck = "\n".join(["* cell", cell.netlist(), *lines])
        runs.append(ngspice.run(deck, Transient(1e-10, 4e-8, max_step=1e-10)))
    times = np.linspace(0, 4e-8, 50)
    for name in ("i(vb)", "v(x1.cell_x)"):
        one, other = (np.interp(times, run["time"], run[name]) for run in runs)
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3 * np.abs(other).max())
    state = runs[0]["v(x1.cell_x)"]
    assert state.iloc[0] > 0.99 and state.iloc[-1] < 0.05, "it was set"


def test_a_circuit_without_a_doi_is_cited_without_one():
    text = AxonHillock().netlist()
    assert "Addison-Wesley (1989), chapter 12" in text and "doi:\n" not in text
    assert "doi:10.1109/LED.2017.2768321" in PBit().netlist()
