"""The distributions against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synaspice.devices.core.distributions import (
    normal_cdf,
    normal_quantile,
    normal_sf,
    poisson_pmf,
    student_quantile,
    upper_bound,
    wilson_interval,
)


def test_the_normal_distribution_to_its_far_tail():
    z = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(normal_sf(z), stats.norm.sf(z), rtol=1e-12)
    np.testing.assert_allclose(normal_cdf(z), stats.norm.cdf(z), rtol=1e-12)
    assert normal_sf(6.0) == pytest.approx(9.865876450377e-10, rel=1e-12)  # Abramowitz and Stegun, table 26.2
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-14)


@pytest.mark.parametrize("mean", [0.5, 20.0, 400.0])
def test_counts(mean):
    counts = np.arange(720)
    np.testing.assert_allclose(poisson_pmf(counts, mean), stats.poisson.pmf(counts, mean), rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (5, 4000)])
def test_intervals_of_a_share(successes, trials):
    of_scipy = stats.binomtest(successes, trials).proportion_ci(0.95, "wilson")
    assert wilson_interval(successes, trials) == pytest.approx((of_scipy.low, of_scipy.high), rel=1e-12, abs=1e-15)
    exact = stats.binomtest(successes, trials, alternative="less").proportion_ci(0.99, "exact")
    assert upper_bound(successes, trials, 0.99) == pytest.approx(exact.high, rel=1e-9)


def test_students_t():
    assert student_quantile(0.975, 7) == pytest.approx(stats.t.ppf(0.975, 7), rel=1e-12)
