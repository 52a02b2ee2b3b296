"""Where states settle under a bias, and whether they last there, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.devices import MTJ, VTEAM, AutoOscillator, VolatileMemristor, VortexOscillator
from synaspice.devices.simulation.request import Request
from synaspice.devices.simulation.trajectories.stability import equilibrium


def under(device, drive, source="voltage", state=None):
    held = device if state is None else device.replace(**device.reference_states()[state])
    return equilibrium(Request.of(held, drive, 1e-9, source, {}))


@pytest.mark.parametrize("share", [0.5, 0.99, 1.01, 2.0])
def test_rest_of_an_oscillator_lasts_below_its_threshold(share):
    """The amplitude of an auto-oscillator grows at Gamma_G (I / I_th - 1)."""
    device = AutoOscillator(resistance_swing=0.0)
    found = under(device, share * device.threshold_current, "current", "rest")
    assert found.growth == pytest.approx(device.damping_rate * (share - 1), rel=1e-6)
    assert found.stable == found.lasts == (share < 1)


def test_threshold_itself_is_not_stable():
    device = AutoOscillator(resistance_swing=0.0)
    assert not under(device, device.threshold_current, "current", "rest").stable


def test_vortex_turns_unstable_at_its_threshold():
    device = VortexOscillator.preset("torrejon2017-like")
    assert under(device, 0.99 * device.threshold_current, "current", "rest").lasts
    assert not under(device, 1.01 * device.threshold_current, "current", "rest").stable


def test_precession_about_the_easy_axis_is_that_of_the_closed_form():
    """Eigenvalues of the linearised equation with the torque of the current, on the tangent of the sphere."""
    device = MTJ.preset("ikeda2010")
    found = under(device, 0.0, state="parallel")
    omega, alpha = device.gamma_0 * device.anisotropy_field, device.damping
    expected = omega * (-alpha + 1j) / (1 + alpha**2)
    assert len(found.eigenvalues) == 2
    assert max(found.eigenvalues, key=lambda mu: mu.imag) == pytest.approx(expected, rel=1e-6)


def test_current_takes_a_junction_to_its_other_state():
    device = MTJ.preset("ikeda2010")
    critical = device.critical_current_to_parallel
    assert under(device, 0.95 * critical, "current", "antiparallel").lasts
    found = under(device, 1.2 * critical, "current", "antiparallel")
    assert found.stable and not found.same
    assert found.states[2] == pytest.approx(1.0, abs=1e-6)


def test_state_moved_by_the_bias_is_the_same():
    """A tilted field turns the rest of a free layer without taking it away."""
    device = MTJ.preset("ikeda2010")
    tilt = 0.2
    found = under(device.replace(field_x=tilt * device.anisotropy_field), 0.0, state="parallel")
    assert found.lasts
    assert found.states[0] == pytest.approx(tilt, rel=1e-6)


def test_held_states_last_and_volatile_ones_do_not():
    memristor = VTEAM.preset("kvatinsky2015-like")
    held = under(memristor, 0.1, state="on")
    assert held.lasts and held.growth == 0.0 and not len(held.eigenvalues)
    found = under(VolatileMemristor.preset("maffezzoni2015"), 0.0, state="on")
    assert found.stable and not found.same
    np.testing.assert_allclose(found.states[0], 0.0, atol=1e-6)
