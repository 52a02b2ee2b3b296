"""The error that wires make, and its figures."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from synaspice.characterization.cells.wire_resistance import wire_resistance
from synaspice.characterization.tables import read_table, write_table
from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.devices import ParameterError
from synaspice.figures.cells.wire_resistance import draw_cell_voltages, draw_wire_resistance

CROSSBAR = Crossbar(np.random.default_rng(1).uniform(1e-6, 1e-4, (12, 8)))


def test_the_error_of_one_cell_is_that_of_a_divider():
    table = wire_resistance(Crossbar([[1e-4]]), [0.1], [0.0, 10.0, 1000.0])
    # source and sensing end, a segment each, in series with 10 kohm
    np.testing.assert_allclose(table["relative_error"], [1e4 / (1e4 + 2 * r) - 1 for r in (0, 10, 1000)], atol=1e-12)
    np.testing.assert_allclose(table["ideal_current"], 1e-5)


def test_errors_grow_with_the_resistance_and_survive_a_file(tmp_path):
    table = wire_resistance(CROSSBAR, np.full(12, 0.1))
    worst = table.groupby("segment_resistance")["relative_error"].min()
    assert np.all(np.diff(worst) < 0) and worst.iloc[0] < 0
    again = read_table(write_table(table, tmp_path / "wires.csv"))
    np.testing.assert_array_equal(again["current"], table["current"])
    assert again.attrs["units"]["segment_resistance"] == "ohm"
    with pytest.raises(ParameterError, match="not negative"):
        wire_resistance(CROSSBAR, np.full(12, 0.1), [-1.0])


def test_figures_show_the_tables():
    figure, (left, right) = plt.subplots(1, 2)
    draw_wire_resistance(wire_resistance(CROSSBAR, np.full(12, 0.1)), left, name="12 x 8")
    solution = CROSSBAR.solve(np.full(12, 0.1))
    draw_cell_voltages(solution.table(), right)
    assert "Ω" in left.get_xlabel() and len(left.lines) == 1
    np.testing.assert_allclose(right.images[0].get_array(), 1e3 * solution.cell_voltage)
    plt.close(figure)
