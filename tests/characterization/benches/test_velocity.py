"""The bench that measures a wall's velocity, and its plot."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from synaspice.characterization.benches.velocity import mean_velocity, velocity
from synaspice.devices import VTEAM, DomainWallMagnet, DomainWallSynapse, ParameterError, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.figures import plot
from synaspice.figures.benches.velocity import draw_velocity


def walker(device, field):
    """Mean velocity of Schryer and Walker (1974) below and beyond breakdown."""
    beyond = np.sqrt(np.maximum(field**2 - device.walker_field**2, 0)) / (1 + device.damping**2)
    return device.field_mobility * (field - beyond)


def test_field_driven_velocity_is_walkers_on_both_sides_of_breakdown():
    device = DomainWallMagnet(damping=0.1)
    values = np.array([0.0, 0.4, 0.9, 1.05, 1.3, 3.0]) * device.walker_field
    table = velocity(device, quantity="field", values=values)
    assert list(table.columns) == ["field_z", "velocity", "standard_error", "low_drive_velocity", "turns", "duration"]
    # A quarter of a run of 40 relaxation times leaves e^-10 of the transient, more near breakdown; whole turns are
    # interpolated between 2001 points.
    largest = walker(device, device.walker_field)
    np.testing.assert_allclose(table["velocity"], walker(device, values), rtol=0, atol=3e-3 * largest)
    np.testing.assert_allclose(table["low_drive_velocity"], device.field_mobility * values)
    assert np.all((table["turns"] > 0) == (values > device.walker_field))
    turns = device.gamma_0 * math.sqrt(9 - 1) * device.walker_field / (1 + 0.01) / (2 * np.pi)
    assert table["turns"].iloc[-1] == pytest.approx(turns, rel=2e-3)


def test_current_driven_velocity_is_beta_u_over_alpha():
    device = DomainWallSynapse(damping=0.05, nonadiabaticity=0.02)
    values = np.array([-0.5, 0.0, 0.5]) * device.critical_current
    table = velocity(device, values=values)
    np.testing.assert_allclose(table["velocity"], 0.4 * device.drift_per_ampere * values, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(table["velocity"], table["low_drive_velocity"], rtol=1e-3, atol=1e-6)
    assert table.attrs["bench"] == "velocity"
    assert table.attrs["driven"] == "current"


def test_spin_hall_velocity_has_the_sign_and_slope_of_the_mobility():
    device = DomainWallMagnet.preset("emori2013-like")
    current = 0.05 * device.suggested_sweep("current").amplitude
    table = velocity(device, values=[current])
    assert table["velocity"].iloc[0] < 0, "against the electrons, as in Pt/CoFe/MgO"
    assert table["velocity"].iloc[0] == pytest.approx(device.current_mobility * current, rel=1e-2)


@pytest.mark.ngspice
def test_engines_agree():
    device = DomainWallMagnet(damping=0.3)
    values = np.array([0.5, 2.0]) * device.walker_field
    numeric, spice = (
        velocity(device, quantity="field", values=values, engine=engine) for engine in ("numeric", "ngspice")
    )
    np.testing.assert_allclose(spice["velocity"], numeric["velocity"], rtol=1e-2)


def test_noise_is_averaged_and_its_error_given():
    device = DomainWallMagnet(damping=0.5)
    values = [0.0, 0.5 * device.walker_field]
    common = {"quantity": "field", "values": values, "temperature": 30.0, "trajectories": 10}
    table = velocity(device, **common, seed=1)
    assert np.all(table["standard_error"] > 0)
    expected = device.field_mobility * np.array(values)
    # Four standard errors of ten trajectories; a seed that passes keeps passing.
    assert np.all(np.abs(table["velocity"] - expected) < 4 * table["standard_error"])
    pd.testing.assert_frame_equal(table, velocity(device, **common, seed=1))


def test_mean_velocity_counts_whole_turns():
    """q = t + cos(4 pi t) / 10 over 1.3 turns: the mean over one whole turn is 1, over all of it it is not."""
    time = np.linspace(0, 1, 10001)
    angle = 2 * np.pi * 2 * time
    run = pd.DataFrame({"time": time, "wall_position": time + np.cos(angle) / 10, "angle": angle})
    assert mean_velocity(run) == pytest.approx((1.0, 2.0), rel=1e-6)


def test_bad_input_is_refused():
    device = DomainWallMagnet()
    with pytest.raises(ParameterError, match="offers no WallMotion"):
        velocity(VTEAM())
    with pytest.raises(ParameterError, match="finite numbers"):
        velocity(device, values=[0.0, math.nan])
    with pytest.raises(ParameterError, match="duration"):
        velocity(device, duration=-1.0)
    with pytest.raises(ParameterError, match="need a temperature"):
        velocity(device, seed=3)
    with pytest.raises(UnknownNameError, match="quantity"):
        velocity(device, quantity="charge")
    with pytest.raises(UnknownNameError, match="engine"):
        velocity(device, engine="hspice")


@pytest.mark.parametrize("quantity", ["field", "current"])
def test_the_plot_shows_what_was_measured(quantity):
    device = DomainWallMagnet(damping=0.3)
    table = velocity(
        device, quantity=quantity, values=np.array([0.0, 1e-5, 2e-5]) * (1e7 if quantity == "field" else 1)
    )
    figure = Figure()
    left, right = figure.subplots(1, 2)
    draw_velocity(table, left, right)
    labels = ("Field along the domains", "Current")
    assert left.get_xlabel().startswith(labels[quantity == "current"]) and "(" in left.get_xlabel()
    assert left.get_ylabel() == "Wall velocity (m/s)"
    shown = left.containers[0][0].get_ydata(orig=False)
    np.testing.assert_allclose(np.asarray(shown, dtype=float), table["velocity"])
    np.testing.assert_array_equal(right.lines[-1].get_ydata() != 0, table["turns"] != 0)


def test_a_pinned_wall_starts_in_a_site_at_every_drive():
    """Where in a site it starts would decide whether it turns there; the strip's length, which varies, must not."""
    injector = models()["domain-wall-injector"].preset("sharad2012-like")
    table = velocity(injector, values=[39e-6, 48e-6, 57e-6])
    assert (table["velocity"].abs() < 1e-6).all() and (table["turns"] == 0).all()


def test_the_suggested_currents_show_how_the_velocity_of_a_chiral_wall_saturates():
    table = velocity(models()["domain-wall-synapse"].preset("edwards2024"))
    share = (table["velocity"] / table["velocity"].min()).to_numpy()
    assert np.sum((share > 0.1) & (share < 0.8)) >= 5 and share[-1] - share[-5] < 0.01


def test_the_mobility_is_drawn_over_the_points_and_beyond():
    table = velocity(DomainWallMagnet.preset("thiaville2005-like"), values=[1e-4, 2e-4])
    (axes,) = plot(table).axes
    (line,) = [line for line in axes.lines if line.get_label() == "low-drive mobility"]
    (points,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert line.get_zorder() > points.get_zorder() and np.ptp(line.get_xdata()) > np.ptp(points.get_xdata())
