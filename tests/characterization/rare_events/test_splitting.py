"""Weighted splitting: no bias, against the Fokker-Planck equation and plain trajectories; the same for a seed."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pytest
from barriers import ROOM, junction_with_barrier, rate_of

from synaspice.characterization.rare_events.axial_magnet import from_reference_state
from synaspice.characterization.rare_events.event import RareEvent, decay_time
from synaspice.characterization.rare_events.fokker_planck import PolarGrid, still_there
from synaspice.characterization.rare_events.splitting import interval, resample, splitting
from synaspice.devices import MTJ, VTEAM, ParameterError, UnknownNameError

IKEDA = MTJ.preset("ikeda2010")
START = IKEDA.replace(**IKEDA.reference_states()["antiparallel"])
CURRENT = IKEDA.critical_current_to_parallel


def not_switched(overdrive, widths, *, seed=None, relaxation=None, rounds=200, **arguments):
    """Probability of still being antiparallel after pulses of a current."""
    event = RareEvent(START, overdrive * CURRENT, widths, "m_z", 0.0, rising=False, source="current", seed=seed)
    return splitting(dataclasses.replace(event, relaxation=relaxation, rounds=rounds), **arguments)


# --- one round ------------------------------------------------------------------------------------------


def test_a_round_keeps_the_weight_of_every_bin():
    generator = np.random.default_rng(1)
    heights, weights = generator.normal(size=200), generator.random(200) ** 8
    edges = np.array([-1.0, 0.0, 2.0, 2.1, 9.0])  # beyond the last one there is nothing
    chosen, renewed = resample(heights, weights, edges, generator)
    assert len(chosen) == len(renewed) == 200
    before = np.bincount(np.digitize(heights, edges), weights, 6)
    after = np.bincount(np.digitize(heights[chosen], edges), renewed, 6)
    np.testing.assert_allclose(after, before, rtol=1e-12)
    numbers = np.bincount(np.digitize(heights[chosen], edges), minlength=6)
    occupied = numbers[before > 0]
    assert occupied.max() - occupied.min() <= 1, "bins share the trajectories evenly"
    assert before[-1] == numbers[-1] == 0, "what is empty stays empty"


def test_a_round_has_no_bias():
    """Each trajectory's weight is on average what it was: over 4000 rounds, within five standard errors."""
    generator = np.random.default_rng(2)
    heights, weights = generator.normal(size=30), 0.1 + generator.random(30)
    total = np.zeros((4000, 30))
    for row in total:
        chosen, renewed = resample(heights, weights, np.array([-0.5, 0.7]), generator)
        np.add.at(row, chosen, renewed)
    error = total.std(axis=0) / math.sqrt(len(total))
    assert np.all(np.abs(total.mean(axis=0) - weights) <= 5 * error + 1e-12)


def test_nothing_is_exchanged_where_all_is_even():
    heights = np.linspace(0, 1, 40)
    chosen, renewed = resample(heights, np.full(40, 0.025), np.array([0.4999]), np.random.default_rng(3))
    np.testing.assert_array_equal(chosen, np.arange(40))
    np.testing.assert_allclose(renewed, 0.025, rtol=1e-12)


def test_the_interval_is_students_on_a_logarithmic_scale():
    """Of 1, 2, 3: mean 2, standard error 1/sqrt(3); t(0.975, 2) = 4.3027 (any table)."""
    mean, error, lower, upper = interval(np.array([1.0, 2.0, 3.0]) * 1e-9, 100)
    assert mean == pytest.approx(2e-9)
    assert error == pytest.approx(1e-9 / math.sqrt(3))
    assert math.log(upper / mean) == pytest.approx(4.30265 / math.sqrt(3) / 2, rel=1e-5)
    assert math.log(mean / lower) == pytest.approx(math.log(upper / mean))
    assert math.isnan(interval(np.zeros(4), 100)[3]), "without an event there is no bound"
    # No failure in n trials: 1 - p^n = 0.95, the rule of three.
    assert interval(np.ones(4), 1000) == (1.0, 0.0, pytest.approx(0.05 ** (1 / 1000), abs=1e-5), 1.0)


# --- whole runs -----------------------------------------------------------------------------------------


@functools.cache
def seeds():
    """Write errors of 3 I_c0 with two seeds, and by the Fokker-Planck equation."""
    widths = [2e-9, 6e-9, 8e-9, 11e-9]
    magnet = from_reference_state(IKEDA, "antiparallel", "current", ROOM)
    exact = [found.value for found in still_there(magnet, 3 * CURRENT, widths)]
    return [not_switched(3.0, widths, walkers=256, replicas=8, seed=seed) for seed in range(2)], np.array(exact)


def test_write_errors_down_to_1e_13_are_the_fokker_planck_equations():
    tables, exact = seeds()
    assert exact[0] > 0.05 and exact[1] < 1e-5 and exact[2] < 1e-9 and exact[3] < 1e-12
    scores = []
    for table in tables:
        scores.append((table["probability"] - exact) / table["standard_error"])
        assert np.all(table["standard_error"] < table["probability"]), "the error bar must say something"
        # At most one of the widths may lie outside of its 95 % interval: they share their trajectories.
        assert np.count_nonzero((table["lower"] > exact) | (table["upper"] < exact)) <= 1
    # Student's t with 7 degrees of freedom for each; both of them together.
    assert np.all(np.abs(scores) < 5)
    pooled = np.mean([table["probability"] for table in tables], axis=0)
    error = np.sqrt(np.sum([table["standard_error"] ** 2 for table in tables], axis=0)) / len(tables)
    assert np.all(error / pooled < 0.35)
    assert np.all(np.abs(pooled - exact) < 3.5 * error)


def test_it_costs_far_less_than_plain_trajectories():
    """A relative error e of probability P takes (1 - P) / (P e^2) plain trajectories."""
    tables, exact = seeds()
    table = tables[0].iloc[-1]
    plain = 1 / (exact[-1] * (table["standard_error"] / table["probability"]) ** 2)
    assert plain > 1e8 * tables[0].attrs["walkers"] * tables[0].attrs["replicas"]


def test_a_reached_event_is_the_fokker_planck_equations_as_well():
    """A junction of 16 k_B T without drive: the probability of having gone to the other side by itself."""
    junction = junction_with_barrier(16.0, initial_polar_angle=math.pi)
    times = np.array([3.0, 6.0]) / rate_of(junction)
    magnet = from_reference_state(junction, "antiparallel", "voltage", ROOM)
    grid = PolarGrid.of(magnet, 0.0, 400)
    exact = np.array([p[200:].sum() for p in grid.evolve(grid.equilibrium(grid.barrier()), times)])
    assert np.all(exact < 1e-5)
    found = splitting(RareEvent(junction, 0.0, times, "m_z", 0.0, seed=3, rounds=60), walkers=256, replicas=12)
    # The grid's own error is below 1e-3.
    assert np.all(np.abs(found["probability"] - exact) < 4 * found["standard_error"])
    assert np.all(found["standard_error"] < 0.4 * exact)


def test_any_junction_will_do():
    """One in the plane, which is not axially symmetric, against plain trajectories, where there are enough of them."""
    junction = MTJ.preset("kim2015-inplane", damping=0.02)
    junction = junction.replace(**junction.reference_states()["antiparallel"])
    arguments = {"rising": False, "source": "current"}
    current, widths = 2.5 * junction.critical_current_to_parallel, [0.5e-9, 1e-9]
    event = RareEvent(junction, current, widths, "cosine", 0.0, seed=1, **arguments)
    found = splitting(event, walkers=256, replicas=8)
    plain = dataclasses.replace(event, seed=2).task().count(0, 1000) / 1000
    assert 0.001 < plain[1] < 0.5
    error = np.hypot(found["standard_error"], np.sqrt(plain * (1 - plain) / 1000))
    assert np.all(np.abs(found["probability"] - plain) < 4 * error)


def test_results_follow_from_the_seed_alone():
    runs = [
        not_switched(3.0, [1e-9], walkers=64, replicas=4, seed=seed, threads=threads, relaxation=1e-9, rounds=50)
        for seed, threads in ((1, 1), (1, 2), (2, 2))
    ]
    numbers = [run.to_numpy() for run in runs]
    np.testing.assert_array_equal(numbers[0], numbers[1])
    assert not np.array_equal(numbers[0], numbers[2])


def test_bins_can_be_given():
    table = not_switched(3.0, [1.5e-9], walkers=64, replicas=4, seed=1, relaxation=1e-9, edges=[-0.99, -0.5, 0.0])
    assert table.attrs["edges"] == pytest.approx([0.0, -0.5, -0.99])
    assert 0.5 < table["probability"][0] < 1


def test_the_slowest_motion_is_the_precessions_decay():
    """t_D = (1 + alpha^2) / (alpha gamma0 H_k) about the axis of a perpendicular junction."""
    junction = junction_with_barrier(40.0, initial_polar_angle=math.pi)
    assert decay_time(junction) == pytest.approx(1 / rate_of(junction), rel=1e-9)
    with pytest.raises(ParameterError, match="does not settle"):
        decay_time(junction.replace(initial_polar_angle=math.pi / 2))


def test_refusals():
    with pytest.raises(ParameterError, match="does not settle"):
        splitting(RareEvent(VTEAM(), 1.0, [1e-9], "w", 0.5))
    with pytest.raises(UnknownNameError, match="m_z"):
        splitting(RareEvent(START, 0.1, [1e-9], "mz", 0.0, seed=1))
    with pytest.raises(ParameterError, match="positive, finite and increase"):
        splitting(RareEvent(START, 0.1, [2e-9, 1e-9], "m_z", 0.0))
    with pytest.raises(ParameterError, match="all trajectories start alike"):
        splitting(RareEvent(START, 0.1, [1e-9], "m_z", 0.0, relaxation=0.0, seed=1))
    with pytest.raises(ParameterError, match="replicas must be at least 2"):
        splitting(RareEvent(START, 0.1, [1e-9], "m_z", 0.0, seed=1), replicas=1)
    with pytest.raises(ParameterError, match="edges must be finite"):
        splitting(RareEvent(START, 0.1, [1e-9], "m_z", 0.0), edges=[0.0, math.nan])
