"""Device-to-device and cycle-to-cycle variability against their distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, UnknownNameError
from synaspice.devices.core.variability import LogNormal, Normal, Uniform, sample

CASES = {
    "log-normal": (LogNormal(0.1), stats.lognorm(0.1, scale=100.0)),
    "normal": (Normal(5.0), stats.norm(100.0, 5.0)),
    "relative": (Normal(0.05, relative=True), stats.norm(100.0, 5.0)),
    "uniform": (Uniform(20.0), stats.uniform(80.0, 40.0)),
    "relative uniform": (Uniform(0.2, relative=True), stats.uniform(80.0, 40.0)),
}


def values(devices, name):
    return np.array([device.values[name] for device in devices])


@pytest.mark.parametrize("case", CASES)
def test_parameters_are_distributed_as_asked(case):
    distribution, expected = CASES[case]
    devices = sample(LinearIonDrift(resistance_on=100.0), {"resistance_on": distribution}, 2000, seed=1)
    assert stats.kstest(values(devices, "resistance_on"), expected.cdf).pvalue > 0.01
    assert len(set(values(devices, "resistance_off"))) == 1


def test_devices_belong_to_their_index():
    scattered = {"resistance_on": LogNormal(0.1), "resistance_off": Normal(0.1, relative=True)}
    few, many = (sample(VTEAM(), scattered, count, seed=7) for count in (3, 10))
    assert few == many[:3]
    assert len(set(many)) == 10
    assert sample(VTEAM(), scattered, 3, seed=8) != few


def test_correlations_are_those_asked_for():
    """ln of log-normal parameters is normal: its correlation is that of the numbers drawn."""
    scattered = {"resistance_on": LogNormal(0.2), "thickness": LogNormal(0.1), "resistance_off": LogNormal(0.3)}
    devices = sample(LinearIonDrift(), scattered, 2000, seed=3, correlation={("resistance_on", "resistance_off"): 0.8})
    logarithms = np.log([values(devices, name) for name in scattered])
    found = np.corrcoef(logarithms)
    # Four standard errors (1 - rho^2) / sqrt(n).
    assert found[0, 2] == pytest.approx(0.8, abs=4 * 0.36 / np.sqrt(2000))
    assert found[0, 1] == pytest.approx(0.0, abs=4 / np.sqrt(2000))
    np.testing.assert_allclose(logarithms.std(axis=1), [0.2, 0.1, 0.3], rtol=4 / np.sqrt(4000))


def test_values_beyond_the_bounds_are_drawn_again():
    """The distribution is cut off at the bounds 0..1 and piles up nowhere: that of a truncated normal."""
    devices = sample(VTEAM(initial_state=0.9), {"initial_state": Normal(0.3)}, 2000, seed=1)
    found = values(devices, "initial_state")
    assert stats.kstest(found, stats.truncnorm(-3.0, 1 / 3, 0.9, 0.3).cdf).pvalue > 0.01
    assert not np.any(found == 1.0)


def test_devices_that_the_model_refuses_are_drawn_again():
    narrow = VTEAM(position_on=0.0, position_off=1e-9)
    devices = sample(narrow, {"position_on": Normal(1e-9)}, 200, seed=1)
    assert np.all(values(devices, "position_on") < 1e-9)


def test_computed_defaults_follow():
    devices = sample(MTJ(), {"diameter": LogNormal(0.05)}, 5, seed=1)
    assert len({device.demagnetizing_factor_z for device in devices}) == 5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: sample(VTEAM(), {"resistance": LogNormal(0.1)}, 2, 1), UnknownNameError, "unknown parameter"),
        (lambda: sample(VTEAM(), {}, 0, 1), ParameterError, "count must be at least 1"),
        (lambda: sample(VTEAM(), {}, 1, -1), ParameterError, "seed"),
        (lambda: LogNormal(-0.1), ParameterError, "not negative"),
        (lambda: Normal(float("nan")), ParameterError, "finite"),
        (lambda: sample(VTEAM(initial_state=0.0), {"initial_state": Shifted()}, 1, 1), ParameterError, "1000 draws"),
    ],
)
def test_refuses_what_makes_no_sample(call, error, message):
    with pytest.raises(error, match=message):
        call()


class Shifted:
    """A distribution of one's own, wholly outside the bounds."""

    def at(self, nominal, z):
        return nominal + 10.0


@pytest.mark.parametrize(
    ("correlation", "message"),
    [
        ({("resistance_on", "resistance_on"): 0.5}, "two different parameters"),
        ({("resistance_on", "resistance_off"): 1.5}, "from -1 to 1"),
        ({("resistance_on", "resistance_off"): 1.0}, "no correlation matrix"),
        ({("resistance_on", "rate_on"): 0.5}, "unknown scattered parameter"),
    ],
)
def test_refuses_what_makes_no_correlation(correlation, message):
    scattered = {"resistance_on": LogNormal(0.2), "resistance_off": LogNormal(0.3)}
    with pytest.raises((ParameterError, UnknownNameError), match=message):
        sample(VTEAM(), scattered, 1, 1, correlation=correlation)


# --- cycle to cycle -----------------------------------------------------------------------------


@pytest.mark.parametrize("voltage", [1.0, -1.0])
def test_cycle_to_cycle_noise_grows_with_the_distance_moved(voltage):
    """At constant voltage a VTEAM moves at a constant rate: mean x = x0 + r t, standard deviation c sqrt(|r| t)."""
    noise, count = 0.03, 2000
    device = VTEAM(rate_on=-1e-2, cycle_to_cycle=noise, initial_state=0.5)
    rate = float(device.static(voltage=voltage)["dx/dt"])
    duration = 0.2 / abs(rate)
    run = {"temperature": 300.0, "trajectories": count, "seed": 5, "time_step": duration / 200}
    final = device.simulate(voltage, duration, **run)["x"]
    width = noise * np.sqrt(0.2)
    assert np.mean(final) == pytest.approx(0.5 + np.sign(rate) * 0.2, abs=4 * width / np.sqrt(count))
    assert np.std(final) == pytest.approx(width, rel=4 / np.sqrt(2 * count))
    still = device.simulate(0.1, duration, **run)["x"]
    np.testing.assert_array_equal(still, 0.5)  # below the threshold nothing moves, noise or not
