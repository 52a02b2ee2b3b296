"""Measured data over figures of models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import hysteresis, iv
from synaspice.devices import MTJ, ParameterError, Yakopcic
from synaspice.figures import plot


def points(axes):
    return [line for line in axes.lines if line.get_marker() == "o" and line.get_linestyle() == "None"]


def test_points_stand_where_they_were_measured_in_the_units_of_the_axes():
    table = iv(MTJ.preset("ikeda2010"), [0.1, 0.2, 0.3])
    data = pd.DataFrame({"voltage": [0.1, 0.3], "current": [1e-5, 4e-5]})
    currents, axes, _ = plot(table, data=data).axes
    assert len(points(currents)) == 1
    (line,) = points(axes)
    assert "mV" in axes.get_xlabel() and "kΩ" in axes.get_ylabel()
    np.testing.assert_allclose(line.get_xdata(), [100.0, 300.0])
    np.testing.assert_allclose(line.get_ydata(), [10.0, 7.5])  # voltage over current, in kilo-ohm


def test_the_file_is_in_the_legend_and_errors_are_bars():
    device = Yakopcic.preset("yakopcic2013-chalcogenide")
    table = hysteresis(device, points=41)
    data = pd.DataFrame({"voltage": [0.1, 0.3], "current": [1e-3, 4e-3], "current_error": [1e-4, 1e-4]})
    data.attrs |= {"units": {"voltage": "V", "current": "A"}, "source": "lab.csv"}
    axes = plot(table, data=data).axes[0]
    assert "measured (lab.csv)" in [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(points(axes)) == 1


def test_data_that_no_panel_shows_or_in_other_units_are_refused():
    table = iv(MTJ.preset("ikeda2010"), [0.1, 0.2])
    with pytest.raises(ParameterError, match="no panel shows what was measured, power"):
        plot(table, data=pd.DataFrame({"power": [1.0]}))
    data = pd.DataFrame({"voltage": [0.1], "resistance": [1e4]})
    data.attrs["units"] = {"voltage": "V", "resistance": "S"}
    with pytest.raises(ParameterError, match="resistance is in 'S'"):
        plot(table, data=data)
    with pytest.raises(ParameterError, match="a table"):
        plot(table, data="lab.csv")
