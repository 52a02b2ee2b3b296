"""The figure of what a device's simulation returns, and what is said of what cannot be drawn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import Network
from synaspice.devices import MTJ, AutoOscillator, ParameterError
from synaspice.devices.catalog import find_model
from synaspice.figures import plot
from synaspice.figures.style import symbol

#: One state, several, of several magnets, in several units, without a branch called "voltage".
DEVICES = ("vteam", "vortex-oscillator", "three-layer-stack", "electrothermal-mtj", "mott-switch", "spin-magnet")


@pytest.mark.parametrize("name", DEVICES)
def test_the_trajectory_of_a_device_is_drawn_with_all_its_states(name):
    device = find_model(name)()
    table = device.simulate(1e-3, device.settling_time, points=5)
    _, *panels = (
        axes for axes in plot(table).axes if axes.get_xlabel()
    )  # the current's axes have no label of their own
    assert sum(len(axes.lines) for axes in panels) == len(device.state_declarations())
    plt.close("all")


def test_voltage_current_and_state_are_those_of_the_table():
    table = MTJ().simulate(0.5, 1e-9, points=11)
    drive, state, current = plot(table).axes
    np.testing.assert_allclose(drive.lines[0].get_ydata(), 500.0)
    assert (drive.get_ylabel(), current.get_ylabel()) == ("Voltage (mV)", "Current (µA)")
    np.testing.assert_allclose(current.lines[0].get_ydata(), 1e6 * table["current"])
    np.testing.assert_allclose(state.lines[2].get_ydata(), table["m_z"])
    assert state.get_xlabel() == "Time (ns)"
    plt.close("all")


def test_what_has_no_figure_says_what_to_do():
    with pytest.raises(ParameterError, match="several trajectories"):
        plot(MTJ().simulate(0.1, 1e-10, trajectories=2, temperature=300.0, seed=1))
    with pytest.raises(ParameterError, match="plot its columns"):
        plot(pd.DataFrame({"time": [0.0, 1.0]}))
    run = Network([AutoOscillator()] * 2, source="current").run(1e-9, drive=1.5e-3, points=3)
    with pytest.raises(ParameterError, match="not from NetworkRun$"):
        plot(run)
    assert repr(run).startswith("NetworkRun(2 devices of auto-oscillator, 3 samples up to 1e-09 s, recorded: ")


@pytest.mark.parametrize(
    ("name", "typeset"),
    [("x", "$x$"), ("m_z", "$m_z$"), ("first_m_z", "first $m_z$"), ("c_re", "$c_{re}$"), ("log_age", "log age")],
)
def test_states_are_typeset(name, typeset):
    assert symbol(name) == typeset
