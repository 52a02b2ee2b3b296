"""What operations cost: energies that only count what is delivered, delays between edges, points that have names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization.cells import costs as costs_module
from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.cost import Cost, delivered, told
from synaspice.characterization.cells.costs import cost_rows, costs, no_costs
from synaspice.characterization.cells.periphery import PERIPHERY, energy_of_periphery, periphery_table
from synaspice.characterization.cells.standard import cell_table, half_way
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.neurons.neurons import AxonHillock
from synaspice.devices import UnknownNameError
from synaspice.figures.command_line.measurements.cells import show_costs

SPENT = {"supply": 4e-15, "inputs": 1e-15, "devices": 1e-15, "cmos": 3e-15, "returned": 1e-15}


def table_of(*totals, operation="spike", **values):
    spent = [{**SPENT, "supply": total - SPENT["inputs"]} for total in totals]
    listed = [
        Cost.of(operation, told("input current", k * 1e-9, "A"), each, duration=1e-6, periphery={"ADC": 2}, **values)
        for k, each in enumerate(spent, 1)
    ]
    return cell_table(Inverter(), {"x": ([1.0], "1", "a column")}, costs=listed)


def test_what_a_source_takes_back_is_no_income():
    # A sine delivers 2 A / omega in its positive half and takes as much back; its integral is zero.
    time = np.linspace(0.0, 1.0, 4001)
    given, back = delivered(time, 3.0 * np.sin(2 * np.pi * time))
    assert given == pytest.approx(3.0 / np.pi, rel=1e-6) and back == pytest.approx(given, rel=1e-6)
    # A line from 3 W to -1 W is cut where it crosses zero, whatever the step.
    assert delivered(np.array([0.0, 4.0]), np.array([3.0, -1.0])) == pytest.approx((4.5, 0.5))
    assert delivered(np.array([0.0, 2.0, 3.0]), np.array([1.0, 1.0, 0.0])) == pytest.approx((2.5, 0.0))


def test_half_of_the_way_of_an_edge():
    time = np.array([0.0, 1.0, 2.0, 3.0])
    assert half_way(time, np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(1.5)
    assert half_way(time, np.array([0.0, 0.0, 4.0, 8.0])) == pytest.approx(2.0)
    assert math.isnan(half_way(time, np.ones(4)))


def test_a_range_has_its_minimum_its_median_and_its_maximum():
    rows = cost_rows(table_of(9e-15, 5e-15, 7e-15, 6e-15))
    assert [(row["range"], row["operating_point"]) for row in rows] == [
        ("minimum", "input current 2 nA"),
        ("typical", "input current 4 nA"),
        ("maximum", "input current 1 nA"),
    ]
    (row,) = cost_rows(table_of(5e-15, delay=math.nan))
    assert row["range"] == "typical" and math.isnan(row["delay"]) and row["rate"] == pytest.approx(1e6)
    named = {"temperature": 300.15, "corner": "typical", "technology": "generic", "supply_voltage": 1.0}
    assert {name: row[name] for name in named} == named


def test_periphery_is_an_option_and_says_where_its_figures_come_from():
    (row,), (around,) = cost_rows(table_of(5e-15)), cost_rows(table_of(5e-15), periphery=True)
    assert row["periphery"] == 0 and around["peripheral_circuits"] == "2 ADC"
    assert around["total"] - row["total"] == pytest.approx(2 * PERIPHERY["ADC"].energy)
    # 2 mW at 1.2 GS/s, and 4 mW of 8 x 128 converters in 10 us / 1.2, of which 100 of 128 are used.
    assert PERIPHERY["ADC"].energy == pytest.approx(2e-3 / 1.2e9, rel=1e-3)
    assert PERIPHERY["DAC"].energy == pytest.approx(4e-3 / (128 * 8 * 1.2e7) * 128 / 100, rel=1e-3)
    shown = periphery_table()
    assert list(shown["name"]) == ["driver", "DAC", "TIA", "ADC"]
    assert shown["read_in"].str.match("read|second-hand|derived|assumed").all() and (shown["source"] != "").all()
    with pytest.raises(UnknownNameError, match="ADX"):
        energy_of_periphery({"ADX": 1})


def test_a_cell_without_costs_says_so(monkeypatch, capsys):
    bare = cell_table(Inverter(), {"x": ([1.0], "1", "a column")})
    silent = cell_table(Inverter(), {"x": ([1.0], "1", "a column")}, costs=[])
    assert "measures none" in no_costs(bare) and "nothing happened" in no_costs(silent)
    monkeypatch.setattr(costs_module, "simulate", lambda cell: bare)
    table = costs([Inverter()])
    assert len(table) == 0 and table.attrs["without"] == {"inverter": no_costs(bare)}
    assert "total" in table.columns
    show_costs(table)
    assert f"inverter: {no_costs(bare)}" in capsys.readouterr().out


@pytest.mark.ngspice
def test_a_neurons_spike_over_its_range_of_currents():
    cell = AxonHillock()
    currents = [1e-9, 1e-8, 1e-7]
    table = simulate(cell, currents=currents, spikes=3)
    rows = {row["range"]: row for row in cost_rows(table)}
    # Leakage costs most where the neuron is slowest: the cheapest spike is not the only one told.
    assert rows["minimum"]["operating_point"] == "input current 100 nA"
    assert rows["maximum"]["operating_point"] == "input current 1 nA"
    assert rows["maximum"]["total"] > 3 * rows["minimum"]["total"]
    for current, row in zip(currents[::-1], (rows[name] for name in ("minimum", "typical", "maximum")), strict=True):
        assert row["total"] == pytest.approx(row["devices"] + row["cmos"] + row["returned"])
        # From the step of the current to the spike the membrane charges to the amplifier's threshold, a part of the
        # supply; a spike's width, here the time of the reset, is another matter.
        charge = (cell.membrane_capacitance + cell.feedback_capacitance) * cell.supply_voltage
        assert 0.2 < row["delay"] * current / charge < 0.8
        assert row["rate"] == pytest.approx(table["rate"][table["current"] == current].item())
