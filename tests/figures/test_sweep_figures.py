"""Figures of sweeps: lines over one axis, maps over several, histograms and yields of samples."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import sweep, yields
from synaspice.devices import VTEAM, ParameterError
from synaspice.devices.core.metadata import described_table
from synaspice.figures import plot

OHM = {"measures": ["current at state=on,voltage=0.01"], "settings": {"voltage": [0.0, 0.01]}}
SUPPLIES, KELVINS, CORNERS = (0.9, 1.0, 1.1), (233.15, 300.15, 398.15), ("slow", "fast")


def swept(axes, values, status, **more):
    """A table of a cell's sweep as its function writes it, of points that nobody measured."""
    grid = np.meshgrid(*axes.values(), indexing="ij")
    units = {"temperature": "K", "supply_voltage": "V"}
    columns = {
        name: (each.ravel(), units.get(name, "1"), name) for name, each in zip(axes, grid, strict=True)
    }  # fmt: skip
    columns |= {"status": (status, "1", ""), "passes": ([one == "works" for one in status], "1", "")}
    columns |= {"delay": (values, "s", "delay")}
    attributes = {"samples": None, "measures": [], "limits": [None, None], "title": "A cell", "swept": "cell"}
    return described_table(columns, bench="sweep", axes=list(axes), figures=["delay"], **attributes | more)


def test_one_axis_is_a_line_with_open_circles_where_the_cell_does_not_work():
    table = swept({"supply_voltage": SUPPLIES}, [2e-9, 1e-9, np.nan], ["does not work", "works", "failed"])
    (axes,) = plot(table).axes
    assert axes.get_xlabel() == "Supply voltage (V)" and axes.get_ylabel() == "Delay (ns)"
    line, filled, hollow, _ = axes.lines
    np.testing.assert_allclose(line.get_ydata(), [2.0, 1.0, np.nan])
    assert list(hollow.get_xdata()) == [0.9] and 1.0 in filled.get_xdata()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["does not work"]


def test_names_tell_lines_apart():
    table = swept({"corner": CORNERS, "temperature": KELVINS}, [3e-9, 2e-9, 1e-9, 2e-9, 1e-9, 5e-10], ["works"] * 6)
    (axes,) = plot(table).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["slow", "fast"]
    assert axes.get_xlabel() == "Temperature (°C)"
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [-40, 27, 125])


def test_two_numbers_are_a_map_that_marks_what_does_not_work_and_what_has_no_result():
    status = ["does not work", "works", "works", "failed", "works", "works", "works", "works", "works"]
    values = [1e-9, 2e-9, 3e-9, np.nan, *[4e-9] * 5]
    axes, bar = plot(swept({"temperature": KELVINS, "supply_voltage": SUPPLIES}, values, status)).axes
    assert axes.get_ylabel() == "Temperature (°C)" and axes.get_xlabel() == "Supply voltage (V)"
    assert [text.get_text() for text in axes.get_yticklabels()] == ["−40", "27", "125"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1], "numbers rise upwards"
    assert [text.get_text() for text in axes.texts][:2] == ["1\n×", "2"] and len(axes.texts) == 8
    assert axes.get_title(loc="left") == "× does not work, − no result" and bar.get_ylabel() == "Delay (ns)"


def test_three_axes_have_a_row_for_each_combination():
    axes = {"corner": CORNERS, "temperature": KELVINS, "supply_voltage": SUPPLIES}
    panel, _ = plot(swept(axes, np.geomspace(1e-12, 1e-6, 18), ["works"] * 18)).axes
    assert [text.get_text() for text in panel.get_yticklabels()][:4] == [
        "slow, −40",
        "slow, 27",
        "slow, 125",
        "fast, −40",
    ]
    assert panel.get_ylim()[0] > panel.get_ylim()[1] and panel.texts[0].get_text() == "1e-06"
    assert len(panel.lines) == 1, "a line between the corners"


def test_samples_are_a_histogram_and_their_yield_over_an_axis():
    how = {"distributions": {"resistance_on": "normal 5%"}, "samples": 40, "seed": 1, **OHM}
    device = VTEAM(initial_state=1.0, resistance_on=100.0)
    table = sweep(device, None, "iv", **how, least=0.95e-4)
    values = table[OHM["measures"][0]].to_numpy()
    np.testing.assert_array_equal(table["passes"], values >= 0.95e-4)
    (axes,) = plot(table).axes
    assert sum(patch.get_height() for patch in axes.patches) == 40 and axes.get_ylabel() == "Samples"
    (row,) = yields(table).to_dict("records")
    told = f"yield {100 * row['yield']:.3g} % ({100 * row['yield_low']:.3g} to {100 * row['yield_high']:.3g})"
    assert axes.get_legend().get_title().get_text() == told and row["passed"] == table["passes"].sum() < 40
    over = sweep(device, {"resistance_on": [90.0, 100.0, 110.0]}, "iv", **how, least=0.95e-4)
    (axes,) = plot(over).axes
    shares = axes.lines[0].get_ydata()
    assert axes.get_xlabel() == "Resistance on (Ω)" and list(shares) == sorted(shares, reverse=True)
    np.testing.assert_allclose(plot(yields(over)).axes[0].lines[0].get_ydata(), shares)
    # the same standard normal numbers at every point: in the same order
    orders = over[OHM["measures"][0]].to_numpy().reshape(3, 40).argsort(axis=1)
    assert (orders == orders[0]).all()


def test_what_has_no_numbers_cannot_be_drawn():
    table = swept({"supply_voltage": SUPPLIES}, [np.nan] * 3, ["failed"] * 3)
    with pytest.raises(ParameterError, match="nothing to draw"):
        plot(table)
