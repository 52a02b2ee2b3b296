"""What figures show of loops, curves on each other, logarithmic axes and bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import hysteresis, iv, noise, sweep
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.cells.standing import told_state
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.devices import MTJ, VTEAM
from synaspice.devices.catalog import models
from synaspice.devices.core.metadata import described_table
from synaspice.figures import plot
from synaspice.figures.benches.switching import draw_switching
from synaspice.figures.style import power_of_ten


def points(line):
    x, y = (np.asarray(values, dtype=float) for values in line.get_data())
    return {(a, b) for a, b in zip(x, y, strict=True) if np.isfinite(b)}


def test_the_branches_of_a_loop_meet_and_are_both_seen():
    rising, falling = plot(hysteresis(VTEAM(), points=101)).axes[0].lines[:2]
    both = {x for x, _ in points(rising) & points(falling)}
    assert max(both) == np.nanmax(rising.get_xdata()) and min(both) == np.nanmin(rising.get_xdata())
    assert rising.get_linestyle() == "-" and falling.is_dashed()


def test_a_flat_resistance_gives_way_to_the_magnetisation():
    (axes,) = plot(hysteresis(models()["two-layer-stack"].preset("mojsiejuk2023"))).axes
    assert axes.get_ylabel() == "Mean magnetisation along x"
    rising = np.asarray(axes.lines[0].get_ydata(), dtype=float)
    middle = np.abs(rising) < 0.9
    assert middle.sum() <= 2, "no spike of a state that settles"


def test_curves_on_each_other_differ_in_their_lines():
    first, second = plot(iv(models()["stanford-rram"]())).axes[1].lines
    assert first.get_linestyle() == "-" and second.is_dashed()
    widths = [line.get_linewidth() for line in plot(noise(MTJ.preset("ikeda2010"), frequency=[1e6, 1e7])).axes[0].lines]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == len(widths)


def test_the_legend_of_noise_has_engineering_units():
    axes = plot(noise(MTJ.preset("ikeda2010"), frequency=[1e6, 1e7], voltage=2.2e-3)).axes[0]
    assert axes.get_legend().get_title().get_text().startswith("2.2 mV, ")


def test_two_modes_of_a_kind_are_numbered():
    left, _ = plot(BENCHES["fmr"](models()["three-layer-stack"].preset("abert2018-like"))).axes
    names = [text.get_text() for text in left.get_legend().get_texts()]
    assert names == ["acoustic, mode 2", "acoustic, mode 3", "optical"]
    looks = {(line.get_color(), line.get_marker()) for line in left.lines}
    assert len(looks) == len(names)


def bit_cell(resistances):
    columns = {
        "step": (["initial", "set", "reset"], "1", ""),
        "resistance": (resistances, "ohm", ""),
        "write_energy": ([np.nan, 2e-12, 1e-13], "J", ""),
        "read_energy": ([1e-15, 2e-14, 1e-15], "J", ""),
    }
    about = {"cell": MemristorBitCell.model_name(), "technology": "generic", "corner": "typical", "temperature": 300.15}
    return described_table(columns, bench="cell", **about)


@pytest.mark.parametrize("low", [1e4, 1.5e5])
def test_logarithmic_axes_have_no_bars(low):
    for axes in plot(bit_cell([2e5, low, 2e5])).axes:
        assert not (axes.get_yscale() == "log" and axes.patches)


def test_a_line_of_errors_has_a_gap_where_all_switched():
    share = np.array([0.5, 1.0, 0.9])
    units = {"current": "A", "width": "s"}
    table = pd.DataFrame({"width": 1e-9, "current": [1e-5, 2e-5, 3e-5], "trajectories": 100, "probability": share})
    table["lower"], table["upper"] = share - 0.05, np.minimum(share + 0.05, 1.0)
    table.attrs |= {"swept": "current", "start": "parallel", "units": units, "bench": "switching"}
    from matplotlib.figure import Figure

    left, right = Figure().subplots(1, 2)
    draw_switching(table, left, right)
    assert np.isnan(np.asarray(right.containers[0][0].get_ydata(), dtype=float)[1])
    bounds = np.asarray(right.containers[1][0].get_ydata(), dtype=float)
    np.testing.assert_allclose(bounds, [0.05])


def test_an_orbit_without_a_width_says_why():
    device = MTJ.preset("kiselev2003-like")
    _, middle = plot(BENCHES["linewidth"](device, current=[-1.5e-3, -1.6e-3])).axes
    assert middle.get_ylabel() == "Relaxation frequency (MHz)" and "noise is not weak" in middle.get_title()
    *_, rates = plot(BENCHES["orbit"](device, current=[-1.5e-3, -1.6e-3])).axes
    assert rates.get_ylabel() == "Relaxation rate (MHz)" and "noise is not weak" in rates.get_title()


@pytest.mark.ngspice
def test_sizes_of_transistors_have_their_unit():
    (axes, *_) = plot(sweep(Inverter(), {"nmos_width": [1.0, 2.0]})).axes
    assert axes.get_xlabel() == "NMOS width (minimum widths)"


def test_states_are_those_of_a_kind_of_device():
    assert told_state(VTEAM())[0] == "State of the VTEAM memristor"


def test_powers_of_ten():
    assert [power_of_ten(value) for value in (1e9, 5e-4)] == ["$10^{9}$", r"$5\times10^{-4}$"]
