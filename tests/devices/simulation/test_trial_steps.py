"""A step tried so far that it leaves what the device can be is taken back; a run fails only where no step is left."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.devices import MTJ, Pulse, SimulationError
from synaspice.devices.simulation.request import Request
from synaspice.devices.simulation.trajectories.trajectory import METHODS, Dynamics, _march

STIFFNESS = 1e4


def beyond(error, wall):
    """A stiff decay towards 1 that fails beyond a wall, as a device does whose voltage is not found there."""

    def rates(time, y):
        if not np.all(y < wall):
            raise error
        return -STIFFNESS * (y - 1.0)

    return rates


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853", "Radau"])
@pytest.mark.parametrize("error", [SimulationError("no voltage"), OverflowError("too large"), ValueError("domain")])
def test_a_step_tried_too_far_is_taken_back(method, error):
    settings = {"rtol": 1e-6, "atol": 1e-9, "max_step": np.inf, "first_step": 1.0}
    if method == "Radau":
        settings["jac"] = lambda time, y: np.array([[-STIFFNESS]])
    times, tried = np.array([1e-4, 1.0]), []
    inner = beyond(error, 1.5)

    def rates(time, y):
        try:
            return inner(time, y)
        except type(error):
            tried.append(time)
            raise

    found = _march(METHODS[method], rates, np.array([0.0]), times, np.array([0.0, 1.0]), settings, None)
    np.testing.assert_allclose(found[:, 0], 1 - np.exp(-STIFFNESS * times), rtol=1e-4)
    assert tried or method == "Radau", "the first step is tried too far"


def test_where_no_step_is_left_the_reason_is_told():
    with pytest.raises(SimulationError, match=r"gave up at t = .* s: no voltage"):
        _march(
            METHODS["DOP853"],
            beyond(SimulationError("no voltage"), 0.5),
            np.array([0.0]),
            np.array([1.0]),
            np.array([0.0, 1.0]),
            {"rtol": 1e-6, "atol": 1e-9, "max_step": np.inf},
            None,
        )


def test_a_junction_under_a_current_of_some_hundred_times_the_critical_one():
    device = MTJ()
    request = Request.of(device, 10e-3, 1e-9, "current", {})
    with pytest.raises(SimulationError, match="was not found"):
        Dynamics(request).rates(0.0, np.full(3, math.nan))
    drive = Pulse(0.0, 10e-3, delay=0.1e-9, width=0.2e-9)
    table = device.simulate(drive, 0.4e-9, source="current", points=5)
    norm = np.sqrt(table["m_x"] ** 2 + table["m_y"] ** 2 + table["m_z"] ** 2)
    np.testing.assert_allclose(norm, 1.0, rtol=1e-12)
    assert table["current"].max() == pytest.approx(10e-3) and table["voltage"].max() > 70
