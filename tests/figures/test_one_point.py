"""Tables of one point, and of nothing that moves: every row is seen, or the panel says in words what there is."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from synaspice.characterization.bench import BENCHES
from synaspice.devices import MTJ, VTEAM, AutoOscillator, DomainWallMagnet
from synaspice.devices.catalog import models
from synaspice.figures import plot
from synaspice.figures.overlay import beside

JUNCTION = MTJ.preset("ikeda2010")
CASES = {
    "amplitude": (AutoOscillator(), {"current": [2e-3]}),
    "array-disturb": (VTEAM(), {"writes": [1], "word_lines": 4, "bit_lines": 4}),
    "coercivity": (JUNCTION, {"rate": [1.0]}),
    "fmr": (JUNCTION, {"field": [1e4]}),
    "half-select": (VTEAM(), {"pulses": [1]}),
    "iv": (JUNCTION, {"voltage": [0.1]}),
    "loop-area": (VTEAM(), {"frequency": [10.0]}),
    "noise": (JUNCTION, {"frequency": [1e6]}),
    "orbit": (AutoOscillator(), {"current": [2e-3]}),
    "pulse-shape": (JUNCTION, {"edge": [1e-9]}),
    "read-disturb": (JUNCTION, {"voltage": [0.2]}),
    "retention": (JUNCTION, {"temperature": [300.0], "time": [1e8]}),
    "state-retention": (models()["phase-change-memory"](), {"temperature": [300.0], "time": [1e3]}),
    "telegraph": (MTJ.preset("ikeda2010", diameter=20e-9), {"voltage": [0.0], "seed": 1}),
    "velocity": (DomainWallMagnet.preset("thiaville2005-like"), {"values": [3e-4]}),
    "write-error": (
        JUNCTION,
        {"methods": ["fokker-planck", "closed-form"], "overdrive": [2.0, 3.0], "width": [5e-9]},
    ),
}


def is_seen(line):
    """Whether each point of a line has a marker, or a neighbour to which the line goes."""
    x, y = (np.asarray(values, dtype=float) for values in line.get_data())
    finite = np.isfinite(x) & np.isfinite(y)
    if line.get_marker() not in ("", " ", "None", None):
        return True
    joined = finite[1:] & finite[:-1] & ((np.diff(x) != 0) | (np.diff(y) != 0))
    reached = np.append(joined, False) | np.insert(joined, 0, False)
    return bool(reached[finite].all())


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("bench", CASES)
def test_a_table_of_one_point_is_seen(bench):
    device, only = CASES[bench]
    figure = plot(BENCHES[bench](device, **only))
    for axes in figure.axes:
        assert all(is_seen(line) for line in axes.lines), "a line of one point without a marker is nothing"
        shown = [line for line in axes.lines if np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any()]
        data = [line for line in shown if all(line.get_transform().contains_branch_seperately(axes.transData))]
        assert data or axes.patches or axes.texts, f"{axes.get_ylabel()!r} shows nothing"
    figure.draw_without_rendering()


def test_points_between_gaps_are_marked_and_others_are_not():
    axes = Figure().subplots()
    with beside([axes], None):
        (line,) = axes.plot([0, 1, 2, 3, 4], [1.0, 2.0, np.nan, 3.0, np.nan])
        (whole,) = axes.plot([0, 1], [1, 2])
        axes.axvline(1.0)
    assert line.get_markevery() == [3] and line.get_marker() == "o"
    assert whole.get_marker() == "None"


def test_a_legend_and_a_band_show_one_point():
    axes = Figure().subplots()
    with beside([axes], None):
        axes.plot([1.0], [1.0], "--", label="one")
        axes.fill_between([1.0], [0.0], [2.0], linewidth=0)
        axes.plot([], [], "--", color="0.4", label="kind")
        axes.legend()
    first, second = axes.get_legend().legend_handles
    assert first.get_marker() == second.get_marker() == "x" and first.get_linestyle() == "None"
    (band,) = [each for each in axes.collections if isinstance(each, PolyCollection)]
    assert band.get_linewidth()[0] > 1


def test_an_array_at_rest_says_so():
    left, right = plot(BENCHES["array-disturb"](VTEAM(), writes=[1, 10], word_lines=4, bit_lines=4)).axes
    (said,) = left.texts
    assert "no cell of either line moves" in said.get_text() and left.get_legend() is None
    assert len(right.get_legend().get_texts()) == 4, "the colours of the bars are told"


def test_reads_that_disturb_nothing_say_so():
    table = BENCHES["read-disturb"](JUNCTION, voltage=[0.01], reads=[1.0])
    for axes in plot(table).axes:
        (said,) = axes.texts
        assert said.get_text() == "below $10^{-15}$ after 1 read" and axes.get_legend() is None
