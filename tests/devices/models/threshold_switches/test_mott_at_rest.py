"""A Mott switch after a pulse: against SciPy's LSODA, and over a rest of millions of thermal time constants."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.devices import MottSwitch, Pulse
from synaspice.devices.simulation.integrators.compiled_trajectory import is_implicit


@pytest.mark.parametrize("name", ["zhang2023", "kumar2017-like"])
def test_a_pulse_and_a_long_rest(name):
    device = MottSwitch.preset(name)
    constant = device.derived["thermal_time"]
    drive = Pulse(0.0, 0.3, delay=constant, rise=constant / 10, fall=constant / 10, width=10 * constant)
    times = np.append(np.linspace(0.0, 20 * constant, 41), 1e-3)
    assert is_implicit(device)  # an explicit method takes 1e8 steps
    found = device.simulate(drive, 1e-3, times=times, rtol=1e-8, atol=1e-10)["temperature_rise"].to_numpy()
    right = device.simulate(drive, 20 * constant, times=times[:-1], method="LSODA", rtol=1e-10, atol=1e-12)
    expected = right["temperature_rise"].to_numpy()
    np.testing.assert_allclose(found[:-1], expected, rtol=0, atol=1e-6 * expected.max())
    assert abs(found[-1]) < 1e-9 * expected.max()
