"""Where trajectories go is seen early: to the orbit or the rest that a long trajectory comes to."""

from __future__ import annotations

import numpy as np
import pytest
from subcritical import Subcritical

from synaspice.devices import MTJ, AutoOscillator, SimulationError, VortexOscillator
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.core.vectors import initial_state
from synaspice.devices.simulation.numerics import small_matrices
from synaspice.devices.simulation.operating_points.static import evaluate_static
from synaspice.devices.simulation.orbits.approach import approached
from synaspice.devices.simulation.orbits.cycle import Motion
from synaspice.devices.simulation.orbits.orbit import PeriodicOrbit
from synaspice.devices.simulation.request import Request


def end_of(device, current):
    suggested = device.protocol(Oscillation)
    motion = Motion(Request.of(device, current, 1.0, "current", {}))
    return approached(motion, np.array(initial_state(device)), suggested.frequency, suggested.settling)


@pytest.mark.parametrize("beginning", [1e-3, 0.05, 0.077, 0.078, 0.12, 0.3, 0.5, 0.9])
def test_of_two_attractors_it_is_the_one_of_the_beginning(beginning):
    """At 0.8 of the threshold the orbit of power 0.0775 is unstable: the rest and 0.3225 are on either side of it."""
    device = Subcritical(initial_power=beginning)
    unstable, stable = device.powers(0.8)
    end = end_of(device, 0.8 * device.threshold)
    if beginning < unstable:
        np.testing.assert_allclose(end, 0, atol=1e-6)
    else:
        assert isinstance(end, PeriodicOrbit)
        np.testing.assert_allclose(np.sum(end.cycle.states**2, axis=1), stable, rtol=1e-9)


@pytest.mark.parametrize("zeta", [0.9, 0.99, 0.999, 1.0, 1.001, 1.01, 1.1])
@pytest.mark.parametrize("beginning", [1e-6, 1e-3, 0.09])
def test_near_a_threshold_from_below_and_from_above(zeta, beginning):
    device = AutoOscillator(resistance_swing=1e-3, initial_power=beginning)
    end = end_of(device, zeta * device.threshold_current)
    if zeta <= 1:
        np.testing.assert_allclose(end, 0, atol=1e-6)
    else:
        assert isinstance(end, PeriodicOrbit)
        np.testing.assert_allclose(end.values("power"), device.stationary_power(zeta * 1e-3), rtol=1e-6)


def test_what_moves_too_fast_for_the_sought_orbit_is_not_followed():
    """At a current far beyond all sense the core turns some thousand times within the suggested period."""
    with pytest.raises(SimulationError, match=r"moves much faster than at 1\.66\d*e\+08 Hz"):
        end_of(VortexOscillator(), 1e6)


@pytest.mark.parametrize("model", [
    AutoOscillator(), VortexOscillator.preset("torrejon2017-like"), MTJ.preset("taniguchi2013-like")
])  # fmt: skip
def test_rates_of_the_machine_code_are_those_of_the_static_curves(model):
    motion = Motion(Request.of(model, 1e-3, 1.0, "current", {}))
    moved = np.array(initial_state(model)) / motion.scales + 0.1 * np.random.default_rng(1).standard_normal((7, 1))
    scaled = motion.normal(moved)
    found = motion.quantities(scaled)
    expected = np.stack([found[f"d{name}/dt"] for name in motion.names], axis=1) / motion.scales
    np.testing.assert_allclose(motion.rates(scaled), expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
    states = dict(zip(motion.names, (scaled * motion.scales).T, strict=True))
    current = evaluate_static(model, {**motion.voltages(scaled), **states})["current"]
    np.testing.assert_allclose(current, 1e-3, rtol=1e-9)


def test_linear_algebra_works_on_one_thread_meanwhile():
    functions = small_matrices._threads()
    if functions is None:
        pytest.skip("NumPy has another library than OpenBLAS")
    get, set_ = functions
    before = get()
    try:
        set_(2)
        with small_matrices.one_thread():
            assert get() == 1
            with small_matrices.one_thread():
                assert get() == 1
            assert get() == 1
        assert get() == 2
    finally:
        set_(before)
