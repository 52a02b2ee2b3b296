"""The strips of spin neurons keep their weights: for ten years, and while a million signals read them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.constants import k, year

from synaspice.characterization.cells.spin.wall_retention import depinning_current, read_disturb, wall_retention
from synaspice.circuits.cells.spin.decision import READ_TIME
from synaspice.devices import DomainWallInjector, ParameterError, SimulationError

STRIP = DomainWallInjector.preset("sharad2012-like")
#: One evaluation, the latch's hold included. [s]
READ = 1.25 * READ_TIME


def test_a_signal_stays_below_a_third_of_the_current_that_depins_a_wall():
    """At every site, with all of 30 mV across the contact; 20 uA there, of 64."""
    signal = 0.03 * STRIP.contact_conductance
    depins = depinning_current(STRIP)
    assert signal == pytest.approx(19.5e-6, rel=0.01) and depins == pytest.approx(64e-6, rel=0.05)
    assert signal < depins / 3
    for site in range(1, 8):
        # Neither at once nor in as long as ten reads does it move the wall, without noise.
        there = STRIP.replace(initial_state=site / 8)
        end = there.simulate(-0.03, 10 * READ, source="charge_voltage", points=2)["x"].iloc[-1]
        assert end == pytest.approx(site / 8, abs=0.01)


def test_a_strip_of_the_old_kind_is_seen_to_lose_its_wall():
    """20 nm^2 and 9.7 k_B T with a signal of 16 uA: it depins at half of that. The method must tell."""
    old = STRIP.replace(
        strip_width=2e-8,
        thickness=1e-9,
        pinning_energy=4e-20,
        damping=0.1,
        nonadiabaticity=0.1,
        transverse_anisotropy_field=-25250.0,
        resistance_area_product=4e-12,
    )
    assert 0.03 * old.contact_conductance > 1.5 * depinning_current(old)
    kept = wall_retention(old, trajectories=1000, seed=2).attrs
    assert 1 / kept["rate_at_temperature"] < 1e-3


@pytest.mark.slow
def test_weights_last_ten_years():
    """Arrhenius through hops at 2900 to 5400 K, with the upper bound of the rate: also at 125 degrees Celsius."""
    table = wall_retention(STRIP, seed=1)
    np.testing.assert_allclose(table["rate"], table["fit"], rtol=0.15)
    # The line is that of a barrier a little below the pinning energy: between wells of k_B T of width.
    assert 0.8 < table.attrs["barrier"] / STRIP.pinning_energy < 1.05
    assert 1e8 < table.attrs["attempt_rate"] < 1e10
    assert 1 / table.attrs["upper_rate_at_temperature"] > 1e6 * year
    hot = wall_retention(STRIP, seed=1, temperature=398.15).attrs
    assert 1 / hot["upper_rate_at_temperature"] > 10 * year
    # The extrapolation is the line's.
    expected = hot["attempt_rate"] * math.exp(-hot["barrier"] / (k * 398.15))
    assert hot["rate_at_temperature"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_a_million_reads_leave_the_weights():
    """At every site under the full signal, cold and hot; less than a hundredth of the range, by far."""
    cold, table = (
        read_disturb(STRIP, duration=READ, temperature=kelvin, trajectories=1000, seed=1) for kelvin in (300.0, 398.15)
    )
    assert table["weight_change"].max() < 1e-3
    assert table["displaced"].max() < 0.01 and (cold["displaced"] < 0.01 * table["displaced"]).all()
    # Both are the same line through the same walls.
    np.testing.assert_array_equal(cold["barrier"], table["barrier"])
    # The nearer to `common`, the more of the signal passes the wall, and the lower the barrier.
    assert table["wall_current"].is_monotonic_increasing and (table["wall_current"] < 0).all()
    assert table["barrier"].iloc[0] < 0.8 * table["barrier"].iloc[-1]


def test_strips_without_a_rate_are_refused():
    with pytest.raises(ParameterError, match="pinning_energy must be positive"):
        wall_retention(STRIP.replace(pinning_energy=0.0))
    with pytest.raises(SimulationError, match="of the walls leave their site"):
        wall_retention(STRIP, signal=0.3, trajectories=100)


@pytest.mark.slow
def test_with_little_damping_a_signal_far_below_depinning_lowers_the_barrier():
    """A fifth of the depinning current takes more than half of it: the angle that runs lifts the wall out."""
    light = STRIP.replace(damping=0.05, nonadiabaticity=0.05)
    signal = 0.2 * depinning_current(light)
    at_rest, light_barrier = (_barrier(light, current) for current in (0.0, signal))
    assert light_barrier < 0.5 * at_rest
    assert _barrier(STRIP, signal) > 0.7 * _barrier(STRIP, 0.0)


def _barrier(strip, current):
    """Under a signal of which the current passes a wall in the middle."""
    per_volt = -float(strip.replace(initial_state=0.5).static(charge_voltage=-1.0)["wall_current"])
    return wall_retention(strip, signal=current / per_volt, trajectories=1000, seed=1).attrs["barrier"]
