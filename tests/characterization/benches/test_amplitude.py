"""The amplitude bench measures the oscillation that a device settles on, and says where a trajectory has not."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from synaspice.characterization import oscillations
from synaspice.characterization.benches.oscillators.amplitude import amplitude
from synaspice.devices import MTJ, AutoOscillator, ParameterError, VortexOscillator
from synaspice.figures.benches.oscillators.amplitude import draw_amplitude

FAST = AutoOscillator(damping_rate=2e9, resistance_swing=0.01)


def test_amplitude_near_the_threshold_is_the_settled_one():
    """Power (zeta - 1) / (zeta + Q), reached at the rate 2 Gamma (zeta - 1): slowly at 2 % above the threshold."""
    device = FAST.replace(initial_power=1e-6)
    current = device.threshold_current * np.array([1.02, 1.5])
    table = amplitude(device, current=current)
    power = [device.stationary_power(value) for value in current]
    np.testing.assert_allclose(table["amplitude"], device.resistance_swing * current * np.sqrt(power), rtol=1e-6)
    assert list(table["settled"]) == [1, 1]


@pytest.mark.parametrize("device", [
    FAST.replace(initial_power=0.04),
    pytest.param(VortexOscillator.preset("torrejon2017-like"), marks=pytest.mark.slow),
])  # fmt: skip
def test_nothing_oscillates_at_and_below_the_threshold(device):
    table = amplitude(device, current=[0.8 * device.threshold_current, device.threshold_current])
    assert list(table["amplitude"]) == [0.0, 0.0]
    assert list(table["settled"]) == [1, 1]
    assert np.all(np.isnan(table["frequency"]))


def test_what_does_not_settle_is_marked(monkeypatch):
    monkeypatch.setattr(oscillations, "MOST_PERIODS", 1)
    table = amplitude(FAST, current=[1.5 * FAST.threshold_current], duration=40 * FAST.period)
    assert list(table["settled"]) == [0]
    left, right = Figure().subplots(1, 2)
    draw_amplitude(table, left, right)
    assert "not settled" in left.get_legend_handles_labels()[1]


def test_threshold_is_found_and_points_are_dense_there():
    table = amplitude(FAST)
    threshold = FAST.threshold_current
    assert table.attrs["threshold"] == pytest.approx(threshold, rel=1e-4)
    steps = np.diff(table["current"])
    assert np.all(steps > 0)
    near = np.abs(table["current"].to_numpy()[1:] / threshold - 1) < 0.02
    assert np.max(steps[near]) <= 0.25 * np.max(steps)
    oscillates = table["amplitude"] > 0
    np.testing.assert_array_equal(oscillates, table["current"] > threshold * (1 + 1e-6))
    left, right = Figure().subplots(1, 2)
    draw_amplitude(table, left, right)
    assert "threshold" in left.get_legend_handles_labels()[1]


def test_devices_that_come_to_rest_are_refused():
    with pytest.raises(ParameterError, match="mtj does not oscillate: it comes to rest at all currents from"):
        amplitude(MTJ.preset("ikeda2010"))


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "current", "size", "line", "turns"), [
    ("kiselev2003-like", -0.95e-3, 32.9e-6, 7.76e9, 2),
    ("taniguchi2013-like", -1.6e-3, 25.0e-3, None, 1),
])  # fmt: skip
def test_settled_amplitudes_of_junctions(preset, current, size, line, turns):
    """Values of independent integrations; the resistance of a collinear precession moves twice in a turn."""
    row = amplitude(MTJ.preset(preset), current=current).iloc[0]
    assert row["settled"] == 1
    assert row["amplitude"] == pytest.approx(size, rel=0.02)
    if line is not None:
        assert row["frequency"] == pytest.approx(line, rel=5e-3)
    assert row["frequency"] / row["state_frequency"] == pytest.approx(turns, rel=1e-3)
