"""Spread from cycle to cycle: known distributions, and the passage times of a drifting state."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from synaspice.characterization import cycles
from synaspice.characterization.benches.memristors.cycles import QUANTITIES, fitted_distributions
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError
from synaspice.figures import plot

C = 0.05
DEVICE = VTEAM(rate_on=-1.0, rate_off=1.0, exponent_on=1.0, exponent_off=1.0, cycle_to_cycle=C)


def test_the_parameters_of_known_distributions_are_found():
    """Within four standard errors: of ln y, s / sqrt n; of its spread, s / sqrt 2n; of k, 0.78 k / sqrt n."""
    count = 2000
    random = np.random.default_rng(1)
    weibull = fitted_distributions(3.0 * random.weibull(5.0, count))
    assert weibull["weibull"]["shape"] == pytest.approx(5.0, rel=4 * 0.78 / math.sqrt(count))
    assert weibull["weibull"]["scale"] == pytest.approx(3.0, rel=4 * 1.05 / 5 / math.sqrt(count))
    assert weibull["weibull"]["log_likelihood"] > weibull["lognormal"]["log_likelihood"]
    normal = fitted_distributions(1e4 * np.exp(0.3 * random.standard_normal(count)))
    assert normal["lognormal"]["median"] == pytest.approx(1e4, rel=4 * 0.3 / math.sqrt(count))
    assert normal["lognormal"]["sigma"] == pytest.approx(0.3, rel=4 / math.sqrt(2 * count))
    assert normal["lognormal"]["log_likelihood"] > normal["weibull"]["log_likelihood"]
    assert normal["lognormal"]["distance"] < 1.63 / math.sqrt(count), "Kolmogorov's 1 % point"


def test_switching_voltages_scatter_as_passage_times_of_a_drifting_state():
    """In the time tau, the integral of the drift, x = tau + c W(tau): first at a at tau of mean a, variance c^2 a."""
    number = 200
    table = cycles(DEVICE, number=number, seed=1)
    assert table.attrs["failed"] == 0 and len(table) == number
    volts = table["voltage_reset"].to_numpy()
    amplitude, period, threshold = table.attrs["amplitude"], table.attrs["period"], DEVICE.threshold_off
    assert np.all((volts > threshold) & (volts < amplitude))

    def drifted(v):
        angle = np.arcsin(v / amplitude)
        swept = -amplitude / threshold * np.cos(angle) - angle
        return DEVICE.rate_off / DEVICE.travel * period / (2 * math.pi) * swept

    tau = drifted(volts) - drifted(threshold)
    low, high = table["resistance_low"].median(), table["resistance_high"].median()
    middle = (math.sqrt(low * high) - DEVICE.resistance_on) / (DEVICE.resistance_off - DEVICE.resistance_on)
    # The state starts within c^2 of its wall, which holds it there as long.
    assert np.mean(tau) == pytest.approx(middle, abs=4 * C * math.sqrt(middle / number) + C**2)
    assert np.std(tau) == pytest.approx(C * math.sqrt(middle), rel=4 / math.sqrt(2 * number))
    law = stats.invgauss(C**2 / middle, scale=middle**2 / C**2)
    assert stats.kstest(tau - np.mean(tau) + middle, law.cdf).pvalue > 0.01
    again = cycles(DEVICE, number=number, seed=1)
    assert again.equals(table) and again.attrs == table.attrs
    left, right = plot(table).axes
    assert "Switching voltage" in left.get_xlabel() and "Resistance" in right.get_xlabel()
    assert set(table.attrs["fits"]) == set(QUANTITIES)


def test_a_set_that_is_much_faster_than_the_time_scale_is_resolved():
    """Its steps are much shorter: in those of the time scale the noise threw the state to the other end."""
    table = cycles(VTEAM.preset("kvatinsky2014", cycle_to_cycle=C), number=10, seed=1)
    quiet = VTEAM.preset("kvatinsky2014")
    assert table["voltage_set"].between(2 * quiet.threshold_on, quiet.threshold_on).all()
    # Ten cycles tell a spread to a quarter of it.
    assert table["voltage_set"].std() < 0.15 * abs(quiet.threshold_on)


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (DEVICE.replace(cycle_to_cycle=0.0), {"number": 10}, "all cycles are the same"),
        (DEVICE, {"number": 10, "amplitude": 0.1}, "0 of 10 cycles switch"),
        (DEVICE, {"number": 9}, "at least 10"),
        (DEVICE, {"number": 10, "time_step": 1e-9}, "move too far: give at most"),
        (DEVICE, {"amplitude": math.nan}, "amplitude"),
        (DEVICE, {"read_voltage": 0.0}, "read_voltage"),
        (MTJ(), {}, "give amplitude and period"),
        (LinearIonDrift(), {"number": 10, "temperature": -1.0}, "temperature"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        cycles(device, **how)
