"""Neurons that nothing makes fire: a result like any other."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.costs import cost_rows
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron
from synaspice.figures import plot, save

pytestmark = pytest.mark.ngspice

#: Settings of every neuron's bench below its threshold: one row, no current at all, or several.
SILENT = [
    ("axon-hillock", {"currents": [1e-12]}),
    ("axon-hillock", {"currents": [-1e-9, 0.0]}),
    ("memristor-neuron", {"currents": [0.4e-6]}),
    ("memristor-neuron", {"currents": [-1e-7, 0.0, 0.2e-6]}),
    ("mtj-neuron", {"currents": [1e-6], "trials": 1}),
    ("oscillator-neuron", {"currents": [10e-6]}),
    ("oscillator-neuron", {"currents": [0.0]}),
    ("p-bit", {"inputs": [0.0], "duration": 2e-9}),
    ("p-bit", {"inputs": [0.0, 0.1, 0.2], "duration": 2e-9}),
    ("domain-wall-neuron", {"intervals": [8e-9], "pulses": 1, "trials": 10}),
]
#: What counts spikes in the tables, and the cost that is one of a spike.
COUNTS = {"rate", "probability", "flips", "count", "amplitude"}
PER_SPIKE = {"spike", "random bit"}


@pytest.mark.parametrize(("name", "settings"), SILENT)
def test_a_silent_neuron_is_a_result(name, settings, tmp_path):
    table = simulate(CELLS.find(name)(), **settings)
    assert not table.attrs["works"] and table.attrs["reason"]
    (count,) = COUNTS & set(table.columns)
    assert table[count].abs().max() < 1e-6 and len(table) == len(next(iter(settings.values())))
    energies = [column for column in table.columns if column.startswith("energy")]
    assert table[energies].isna().all(axis=None)
    assert table.attrs["works"] is False and table.attrs["criterion"]
    assert not [row for row in cost_rows(table) if row["operation"] in PER_SPIKE]
    save(plot(table), tmp_path / "silent.png")


@pytest.mark.parametrize("cell", [AxonHillock(), MemristorNeuron()])
def test_one_silent_row_among_others_is_nan_and_costs_nothing(cell, tmp_path):
    quiet, loud = (1e-12, 1e-8) if isinstance(cell, AxonHillock) else (0.4e-6, 4e-6)
    table = simulate(cell, currents=[quiet, loud])
    assert table["rate"].iloc[0] == 0 < table["rate"].iloc[1]
    assert np.isnan(table["energy_supply"].iloc[0]) and table["energy_supply"].iloc[1] > 0
    (row,) = cost_rows(table)
    assert row["operation"] == "spike" and row["total"] > 0
    save(plot(table), tmp_path / "silent.png")
