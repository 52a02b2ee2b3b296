"""Jumps between two states: their distribution, the probability of a state, Machlup's spectrum, drives that change."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from barriers import junction_with_barrier
from scipy.integrate import solve_ivp
from scipy.signal import welch
from scipy.stats import kstest

from synaspice.characterization.slow_time import telegraph
from synaspice.characterization.slow_time.telegraph import Hazards, state_probability, telegraph_trace
from synaspice.characterization.slow_time.two_states import TwoStateThermal
from synaspice.devices import MTJ, ParameterError, Sine, Triangle, UnknownNameError

TILTED = 1.5e-3


@functools.cache
def p_bit():
    return TwoStateThermal.of(MTJ.preset("borders2019-like"))


@functools.cache
def memory():
    return TwoStateThermal.of(junction_with_barrier(40.0), quantity="current")


@pytest.mark.parametrize("voltage", [0.0, TILTED])
def test_dwell_times_are_exponential_with_the_right_means(voltage):
    """By Kolmogorov and Smirnov, and the mean to its standard error; also one dwell time does not tell the next."""
    means = p_bit().dwell_times(voltage)
    trace = telegraph_trace(p_bit(), voltage, 3000 * means.sum(), seed=3)
    for k, state in enumerate(p_bit().states):
        dwells = trace.dwells(state)
        assert len(dwells) > 2500
        assert kstest(dwells / means[k], "expon").pvalue > 0.01
        assert dwells.mean() == pytest.approx(means[k], rel=3 / math.sqrt(len(dwells)))
        assert abs(np.corrcoef(dwells[1:], dwells[:-1])[0, 1]) < 3 / math.sqrt(len(dwells))
    # The share of a telegraph has a variance of 2 p (1 - p) tau / T.
    share, tau = float(p_bit().share(voltage)), p_bit().dwell(voltage).correlation_time
    spread = math.sqrt(2 * share * (1 - share) * tau / trace.duration)
    assert trace.share() == pytest.approx(share, abs=3 * spread)


def test_a_constant_waveform_draws_as_a_constant_does():
    """Integrated hazards, by which drives that change are drawn, have the same exponential dwell times."""
    means = p_bit().dwell_times(TILTED)
    length = 1500 * means.sum()
    trace = telegraph_trace(p_bit(), [TILTED, TILTED * (1 + 1e-12)], length, seed=5, start="parallel")
    for k, state in enumerate(p_bit().states):
        assert kstest(trace.dwells(state) / means[k], "expon").pvalue > 0.01


def test_the_spectrum_is_machlups():
    """S(f) = 4 D^2 p (1 - p) tau / [1 + (2 pi f tau)^2] of a trace, over two decades."""
    dwell = p_bit().dwell(TILTED)
    tau = dwell.correlation_time
    step, points = tau / 10, 2**18
    trace = telegraph_trace(p_bit(), TILTED, step * points, seed=2)
    signal = trace.in_first(step * np.arange(points)).astype(float)
    frequency, density = welch(signal, 1 / step, nperseg=4096)
    expected = dwell.spectrum(frequency, 1.0)
    for low, high in ((0.02, 0.1), (0.1, 0.4), (0.4, 1.0)):
        band = (frequency * tau > low) & (frequency * tau < high)
        assert density[band].mean() == pytest.approx(expected[band].mean(), rel=0.1)


def test_the_probability_follows_the_master_equation():
    """Under a slow sine, against an integrator of p' = -G1 p + G2 (1 - p) with the rates themselves."""
    drive = Sine(0.0, 3e-3, 20.0)
    times = np.linspace(0.0, 0.1, 41)
    found = state_probability(p_bit(), drive, 0.1, times, start="parallel")

    def slope(time, p):
        first, second = 1 / p_bit().dwell_times(float(drive(time)))
        return -first * p + second * (1 - p)

    exact = solve_ivp(slope, (0.0, 0.1), [1.0], t_eval=times, method="LSODA", rtol=1e-9, atol=1e-12).y[0]
    np.testing.assert_allclose(found, exact, atol=2e-3)
    assert np.ptp(found) > 0.3
    # The average of many traces has it too.
    there = np.mean(
        [telegraph_trace(p_bit(), drive, 0.1, start="parallel", seed=k).in_first(times) for k in range(400)], axis=0
    )
    np.testing.assert_allclose(there[1:], found[1:], atol=4 * 0.5 / 20)


def test_a_constant_drive_relaxes_exponentially():
    times = np.array([0.0, 1e-3, 1e-2, 10.0])
    found = state_probability(p_bit(), 0.0, 10.0, times, start=0.25)
    tau = p_bit().dwell(0.0).correlation_time
    np.testing.assert_allclose(found, 0.5 - 0.25 * np.exp(-times / tau), rtol=1e-4)


def test_a_sweep_of_a_memory_switches_it_where_the_hazard_says():
    """One jump in either half of a triangle of ten seconds; the survival there is uniform over many seeds."""
    drive = Triangle(1.3 * memory().range[1], 10.0)
    hazards = Hazards.of(memory(), drive, 10.0)
    survivals = []
    for seed in range(100):
        trace = telegraph_trace(memory(), drive, 10.0, start="antiparallel", seed=seed)
        assert len(trace.jumps) == 2 and trace.jumps[0] < 2.5 < trace.jumps[1] < 7.5
        reached = np.interp(trace.jumps[0], hazards.times, np.concatenate([[0], np.cumsum(hazards.integrals[1])]))
        survivals.append(math.exp(-reached))
    assert kstest(survivals, "uniform").pvalue > 0.01


def test_a_drive_that_is_too_fast_is_handed_over():
    with pytest.raises(ParameterError, match="too fast for the two-state mode.* follow its trajectories instead"):
        telegraph_trace(memory(), Triangle(2 * memory().range[1], 1e-7), 1e-7, start="antiparallel", seed=1)
    with pytest.raises(ParameterError, match="still there with probability 1,"):
        telegraph_trace(memory(), [2 * memory().range[1], 0.0], 1.0, start="antiparallel", seed=1)


def test_traces_are_those_of_their_seed():
    one, same, other = (telegraph_trace(p_bit(), 0.0, 1.0, seed=seed).jumps for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one[:5], other[:5])
    assert np.all(np.diff(one) > 0) and one[-1] <= 1.0


def test_bad_values_are_refused(monkeypatch):
    for bad in (math.nan, "a", -1.0, None, 10**400):
        with pytest.raises(ParameterError, match="the duration must be positive and finite"):
            telegraph_trace(p_bit(), 0.0, bad)
    with pytest.raises(ParameterError, match="memory"):
        telegraph_trace(p_bit(), 0.0, 1e15)
    with pytest.raises(ParameterError, match="beyond the range"):
        telegraph_trace(p_bit(), 1.0, 1.0)
    with pytest.raises(UnknownNameError, match="unknown state 'up'"):
        telegraph_trace(p_bit(), 0.0, 1.0, start="up")
    with pytest.raises(ParameterError, match="between 0 and 1"):
        state_probability(p_bit(), 0.0, 1.0, [0.5], start=1.5)
    monkeypatch.setattr(telegraph, "MOST_JUMPS", 1000)
    with pytest.raises(ParameterError, match="jumps more than 1000 times"):
        telegraph_trace(p_bit(), [0.0, 1e-3], 1e5, seed=1)
    with pytest.raises(ParameterError, match="must be a TwoStateThermal"):
        telegraph_trace(MTJ(), 0.0, 1.0)
