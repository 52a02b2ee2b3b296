"""Weibull's distribution of failures: closed forms, and its errors."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.aging.failures import fitted_weibull, kaplan_meier
from synaspice.devices import ParameterError


def drawn(count, shape, scale, end, seed):
    """Times of failures and what is seen of them when the test ends."""
    times = scale * np.random.default_rng(seed).weibull(shape, count)
    return np.minimum(times, end), np.where(times < end, times, np.inf)


def test_the_maximum_is_where_the_likelihood_equations_of_a_censored_sample_hold():
    """sum t^k ln t / sum t^k - 1/k = mean of ln t over the failures; lambda^k = sum t^k over the failures."""
    lower, upper = drawn(60, 1.7, 1e5, 1.2e5, 1)
    found = fitted_weibull(lower, upper, np.ones((60, 1)), np.ones(60))
    failed, k = np.isfinite(upper), found.shape
    powers = (lower / 1e5) ** k
    assert 0 < (~failed).sum() < 60
    equation = np.sum(powers * np.log(lower)) / np.sum(powers) - 1 / k - np.mean(np.log(lower[failed]))
    assert equation == pytest.approx(0.0, abs=1e-5)
    assert found.scale(np.ones(1)) == pytest.approx(1e5 * (np.sum(powers) / failed.sum()) ** (1 / k), rel=1e-5)
    # The observed information of ln lambda at a known shape is k^2 times the number of failures.
    assert 1 / found.covariance[1, 1] < k**2 * failed.sum() * (1 + 1e-3)
    assert found.shape_error == pytest.approx(0.78 * k / np.sqrt(failed.sum()), rel=0.25)


def test_two_standard_errors_hold_the_true_values():
    inside = []
    for seed in range(40):
        found = fitted_weibull(*drawn(50, 2.0, 10.0, 15.0, seed), np.ones((50, 1)), np.ones(50))
        inside.append(
            [
                abs(found.shape - 2.0) <= 2 * found.shape_error,
                abs(np.log(found.scale(np.ones(1)) / 10.0)) <= 2 * found.scale_error(np.ones(1)),
            ]
        )
    assert np.mean(inside, axis=0) == pytest.approx([0.95, 0.95], abs=0.08)


def test_looks_at_intervals_tell_the_same_as_the_times_themselves():
    lower, upper = drawn(400, 1.5, 100.0, 300.0, 3)
    looks = np.concatenate([[0.0], np.geomspace(1.0, 300.0, 60)])
    place = np.searchsorted(looks, lower, side="left")
    seen = np.isfinite(upper)
    begin, end = looks[np.maximum(place - 1, 0)], np.where(seen, looks[np.minimum(place, 60)], np.inf)
    begin = np.where(seen, begin, lower)
    exact = fitted_weibull(lower, upper, np.ones((400, 1)), np.ones(400))
    grouped = fitted_weibull(begin, end, np.ones((400, 1)), np.ones(400))
    assert grouped.shape == pytest.approx(exact.shape, abs=0.3 * exact.shape_error)
    assert grouped.scale(np.ones(1)) == pytest.approx(exact.scale(np.ones(1)), rel=0.01)


def test_the_time_of_a_share_is_that_of_the_distribution():
    found = fitted_weibull(*drawn(80, 1.2, 10.0, 1e9, 5), np.ones((80, 1)), np.ones(80))
    time, low, high = found.time_of(0.01, np.ones(1))
    assert found.failed(np.array([time]), np.ones(1))[0] == pytest.approx(0.01, rel=1e-9)
    assert low < time < high and low < 10.0 * (-np.log(0.99)) ** (1 / 1.2) < high


def test_kaplan_and_meier_s_share_is_the_count_without_censoring_and_their_product_with_it():
    times, all_fail = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True] * 4)
    at = np.array([0.5, 1.0, 2.5, 4.0])
    np.testing.assert_allclose(kaplan_meier(times, all_fail, at), [0.0, 0.25, 0.5, 1.0], atol=1e-12)
    # One of four fails, one is taken away, one of two fails: 1 - (3/4)(1/2).
    some = np.array([True, False, True, False])
    np.testing.assert_allclose(kaplan_meier(times, some, np.array([3.0, 9.0])), [0.625, 0.625])


def test_failures_that_tell_no_distribution_are_refused():
    with pytest.raises(ParameterError, match="1 of 3 have failed"):
        fitted_weibull(np.ones(3), np.array([1.0, np.inf, np.inf]), np.ones((3, 1)), np.ones(3))
    with pytest.raises(ParameterError, match="determine no distribution"):
        fitted_weibull(np.full(4, 2.0), np.full(4, 2.0), np.ones((4, 1)), np.ones(4))
