"""Waveforms of a cell's bench: few points, nothing lost that one sees; they travel with the table into the figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import read_table, write_table
from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.standard import cell_table
from synaspice.characterization.cells.waveforms import MOST_POINTS, keep, thinned, waveforms
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.devices import ParameterError
from synaspice.figures import plot


def test_few_points_draw_what_many_do():
    time = np.linspace(0.0, 1.0, 100_001)
    spike = np.exp(-(((time - 0.3) / 1e-4) ** 2))  # a ten-thousandth of the window wide
    chosen = thinned(time, spike)
    assert len(chosen) < 60
    assert np.abs(np.interp(time, time[chosen], spike[chosen]) - spike).max() <= 2e-3
    noise = np.random.default_rng(1).normal(size=time.size)
    chosen = thinned(time, noise)
    assert len(chosen) == MOST_POINTS
    assert {int(np.argmin(noise)), int(np.argmax(noise))} <= set(chosen.tolist())
    assert thinned(time[:2], spike[:2]).tolist() == [0, 1] and thinned(time, 0 * time).tolist() == [0, 100_000]


def test_a_part_of_a_run_is_kept_from_its_beginning():
    run = pd.DataFrame({"time": [0.0, 1.0, 2.0, 3.0, 4.0], "v(a)": [9.0, 0.0, 5.0, 0.0, 9.0]})
    kept = keep(
        run, "a point", {("Input", "V"): {"": "v(a)"}, ("Current", "A"): {"one": [1, 2, 3, 4, 5]}}, start=1, end=4
    )
    assert kept["traces"][0]["time"] == [0.0, 1.0, 2.0] and kept["traces"][0]["values"] == [0.0, 5.0, 0.0]
    table = waveforms(cell_table(Inverter(), {"x": ([1.0], "1", "a column")}, waveforms=kept))
    assert table[table["name"] == "one"]["value"].tolist() == [2, 4]  # a straight line has two ends
    assert table.attrs["at"] == "a point" and table.attrs["units"]["time"] == "s"
    with pytest.raises(ParameterError, match="no waveforms"):
        waveforms(cell_table(Inverter(), {"x": ([1.0], "1", "a column")}))


@pytest.mark.ngspice
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_waveforms_travel_with_the_table(tmp_path, ending):
    table = simulate(Inverter(), points=11)
    again = read_table(write_table(table, tmp_path / f"inverter.{ending}"))
    assert again.attrs["waveforms"] == table.attrs["waveforms"]
    found = waveforms(again)
    assert found.groupby(["quantity", "name"]).size().max() <= MOST_POINTS
    figure = plot(again)
    left, right = figure.subfigs
    labels = [axes.get_ylabel() for axes in (*left.axes, *right.axes)]
    assert labels == ["Input (V)", "Output (V)", "Output voltage (mV)", "Gain"]
    assert left.axes[0].get_shared_x_axes().joined(*left.axes) and left.axes[-1].get_xlabel() == "Time (ns)"
    fall = left.axes[1].lines[0].get_xydata()
    # The output falls within picoseconds of the input's edge at 0.5 ns.
    assert 0.49 < fall[np.argmax(fall[:, 1] < 0.5)][0] < 0.6
