"""Statistics of phase-change memory: the published polynomial and logarithms at conductances worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics import pcm_statistics as statistics

MAXIMUM = 25e-6


class Fixed:
    """A generator of one number."""

    def __init__(self, value):
        self.value = value

    def standard_normal(self, shape):
        return np.full(shape, self.value)


def test_programming_noise_at_none_half_and_full():
    """0.26348 + 1.9650 g - 1.1731 g^2 microsiemens; of a device of another range in proportion to it."""
    wanted = 1e-6 * np.array([0.26348, 0.26348 + 0.9825 - 0.293275, 0.26348 + 1.9650 - 1.1731])
    np.testing.assert_allclose(statistics.programming_noise([0.0, 12.5e-6, 25e-6]), wanted, rtol=1e-6)
    np.testing.assert_allclose(statistics.programming_noise([0.0, 5e-6, 10e-6], 10e-6), 0.4 * wanted, rtol=1e-6)


def test_programmed_conductances_are_the_target_and_its_noise_and_never_negative():
    found = statistics.program([25e-6, 25e-6, 0.0], Fixed(2.0))
    np.testing.assert_allclose(found, [25e-6 + 2 * 1.05538e-6] * 2 + [2 * 0.26348e-6], rtol=1e-6)
    assert statistics.program([0.0], Fixed(-2.0)) == 0.0
    np.testing.assert_allclose(statistics.program([10e-6], Fixed(1.0), 10e-6), 10e-6 + 0.4 * 1.05538e-6, rtol=1e-6)


def test_drift_exponents():
    """Mean 0.0244 - 0.0155 ln g in 0.049..0.1, spread -0.0059 - 0.0125 ln g in 0.008..0.045."""
    g = np.array([1.0, 0.1, 1e-3])
    mean = np.array([0.049, 0.0244 + 0.0155 * math.log(10), 0.1])
    spread = np.array([0.008, 0.0125 * math.log(10) - 0.0059, 0.045])
    np.testing.assert_allclose(statistics.DRIFT_MEAN(g), mean, rtol=1e-12)
    np.testing.assert_allclose(statistics.DRIFT_SPREAD(g), spread, rtol=1e-12)
    np.testing.assert_allclose(statistics.draw_drift_exponents(g * MAXIMUM, Fixed(1.5)), mean + 1.5 * spread, rtol=1e-9)
    far = statistics.draw_drift_exponents(g * MAXIMUM, Fixed(-10.0))
    np.testing.assert_allclose(far, np.abs(mean - 10 * spread), rtol=1e-9)


def test_drift_counts_from_the_first_read():
    """(t0 + t) / t0 with t0 = 20 s: 180 s later a tenth to the exponent."""
    assert statistics.drifted(2e-5, 0.05, 180.0) == pytest.approx(2e-5 * 10**-0.05, rel=1e-12, abs=0)
    assert statistics.drifted(2e-5, 0.05, 0.0) == 2e-5
    assert statistics.drifted(2e-5, 0.05, 9.0, first_read=1.0) == pytest.approx(2e-5 * 10**-0.05, rel=1e-12, abs=0)


def test_read_noise():
    """min(0.0088 / g^0.65, 0.2) sqrt(ln((t + t0 + t_read) / 2 t_read)), with a read of 250 ns."""
    growth = math.sqrt(math.log((180 + 20 + 250e-9) / 500e-9))
    assert statistics.read_noise(25e-6, 180.0) == pytest.approx(0.0088 * growth, rel=1e-12, abs=0)
    assert statistics.read_noise(2.5e-6, 180.0) == pytest.approx(0.0088 * 10**0.65 * growth, rel=1e-12, abs=0)
    assert statistics.read_noise(25e-9, 180.0) == pytest.approx(0.2 * growth, rel=1e-12, abs=0)
    short = math.sqrt(math.log((3.0 + 1.0 + 0.5) / 1.0))
    found = statistics.read_noise(5e-6, 3.0, maximum=10e-6, first_read=1.0, read_time=0.5)
    assert found == pytest.approx(0.0088 * 2**0.65 * short, rel=1e-12, abs=0)


def test_relative_conductances_have_a_logarithm():
    np.testing.assert_allclose(statistics.relative_conductance([0.0, 25e-6, 1e-13]), [1e-7, 1.0, 1e-7], rtol=1e-12)
    assert statistics.relative_conductance(5e-6, 10e-6) == pytest.approx(0.5)
    for wrong in (-1e-9, math.nan):
        with pytest.raises(ParameterError, match="must not be negative"):
            statistics.relative_conductance([1e-6, wrong])
