"""The triplet rule of plasticity: closed forms, spike by spike, and in Brian 2."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from frameworks import framework

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics.triplet_rule import (
    HIPPOCAMPUS,
    TRIPLETS,
    VISUAL_CORTEX,
    VISUAL_CORTEX_ALL,
    TripletRule,
)

RULES = {"visual cortex": VISUAL_CORTEX, "hippocampus": HIPPOCAMPUS}
#: Rates of Sjöström's pairs. [Hz]
RATES = (0.1, 10.0, 20.0, 40.0, 50.0)


def trains(delay, rate, number=60):
    pre = np.arange(number) / rate
    return pre.tolist(), (pre + delay).tolist()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("delay", [10e-3, -10e-3, 3e-3])
def test_pairs_in_closed_form_are_those_spike_by_spike(rule, delay):
    for rate in RATES:
        assert rule.of_pairs(delay, 1 / rate, 60) == pytest.approx(rule.change(*trains(delay, rate)), rel=1e-12)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_triplets_in_closed_form_are_those_spike_by_spike(rule):
    for first, second in [(5e-3, 5e-3), (10e-3, 5e-3), (5e-3, 15e-3)]:
        outer, inner = [0.0, first + second], [first]
        assert rule.of_triplet(TRIPLETS[0], first, second) == pytest.approx(rule.change(outer, inner), rel=1e-12)
        assert rule.of_triplet(TRIPLETS[1], first, second) == pytest.approx(rule.change(inner, outer), rel=1e-12)


def test_without_triplets_the_rule_is_that_of_pairs_and_their_rate_does_not_help():
    """What the pair rule cannot: pairs of a delay that potentiates do not gain by their rate."""
    pairs = TripletRule(
        pair_potentiation=5e-3,
        triplet_potentiation=0.0,
        pair_depression=7e-3,
        triplet_depression=0.0,
        pre_time=16.8e-3,
        slow_pre_time=1.0,
        post_time=33.7e-3,
        slow_post_time=1.0,
    )
    assert pairs.change([0.0], [10e-3]) == pytest.approx(5e-3 * np.exp(-10 / 16.8))
    assert pairs.change([10e-3], [0.0]) == pytest.approx(-7e-3 * np.exp(-10 / 33.7))
    changes = [pairs.of_pairs(10e-3, 1 / rate, 60) for rate in RATES]
    assert (np.diff(changes) < 0).all()


@pytest.mark.parametrize("rule", [VISUAL_CORTEX, VISUAL_CORTEX_ALL], ids=["nearest", "all"])
def test_pairs_in_visual_cortex_depend_on_their_rate_as_in_the_paper(rule):
    """What Sjöström's slices do: nothing by slow pairs of post after pre, and both orders potentiate at 50 Hz."""
    forward, backward = (np.array([rule.change(*trains(delay, rate)) for rate in RATES]) for delay in (10e-3, -10e-3))
    assert forward[0] == pytest.approx(0, abs=0.01) and (np.diff(forward) > 0).all()
    assert (backward[:3] < -0.2).all() and backward[-1] == pytest.approx(forward[-1], rel=0.05)
    assert 0.5 < forward[-1] < 1


def test_both_fits_of_visual_cortex_are_near_each_other():
    """The amplitudes of one are remembered: those of the other, which were found quoted, give much the same."""
    for delay in (10e-3, -10e-3):
        for rate in RATES:
            near, every = (rule.change(*trains(delay, rate)) for rule in (VISUAL_CORTEX, VISUAL_CORTEX_ALL))
            assert near == pytest.approx(every, abs=0.15)


def test_time_and_size_scale():
    scaled = VISUAL_CORTEX.scaled(time=5e-5, size=0.3)
    pre, post = trains(10e-3, 40.0)
    assert scaled.change([5e-5 * t for t in pre], [5e-5 * t for t in post]) == pytest.approx(
        0.3 * VISUAL_CORTEX.change(pre, post)
    )


def test_brian_finds_the_same_changes():
    brian2 = framework("brian2")
    brian2.prefs.codegen.target = "numpy"
    rng = np.random.default_rng(4)
    pre, post = (np.sort(rng.choice(np.arange(1, 4000, 2) + k, 40, replace=False)) * 1e-4 for k in (0, 1))
    for rule in (HIPPOCAMPUS, VISUAL_CORTEX_ALL):
        brian2.start_scope()
        brian2.defaultclock.dt = 0.1 * brian2.ms
        grow = "1" if rule.nearest else "{} + 1"
        sources = [
            brian2.SpikeGeneratorGroup(1, np.zeros(len(times), int), times * brian2.second) for times in (pre, post)
        ]
        synapse = brian2.Synapses(
            *sources,
            """w : 1
            dr1/dt = -r1/tau_plus : 1 (event-driven)
            dr2/dt = -r2/tau_x : 1 (event-driven)
            do1/dt = -o1/tau_minus : 1 (event-driven)
            do2/dt = -o2/tau_y : 1 (event-driven)""",
            on_pre=f"w -= o1*(A2m + A3m*r2); r1 = {grow.format('r1')}; r2 = {grow.format('r2')}".replace("; ", "\n"),
            on_post=f"w += r1*(A2p + A3p*o2); o1 = {grow.format('o1')}; o2 = {grow.format('o2')}".replace("; ", "\n"),
            namespace={
                "tau_plus": rule.pre_time * brian2.second,
                "tau_x": rule.slow_pre_time * brian2.second,
                "tau_minus": rule.post_time * brian2.second,
                "tau_y": rule.slow_post_time * brian2.second,
                "A2p": rule.pair_potentiation,
                "A3p": rule.triplet_potentiation,
                "A2m": rule.pair_depression,
                "A3m": rule.triplet_depression,
            },
        )
        synapse.connect()
        brian2.Network(*sources, synapse).run(0.45 * brian2.second)
        assert float(synapse.w[0]) == pytest.approx(rule.change(pre, post), rel=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: VISUAL_CORTEX.of_pairs(30e-3, 20e-3, 2), "within the interval"),
        (lambda: VISUAL_CORTEX_ALL.of_pairs(1e-3, 20e-3, 2), "nearest spikes"),
        (lambda: VISUAL_CORTEX.of_triplet("pre-pre-post", 1e-3, 1e-3), "one of pre-post-pre, post-pre-post"),
        (lambda: VISUAL_CORTEX.of_triplet(TRIPLETS[0], -1e-3, 1e-3), "first"),
        (lambda: VISUAL_CORTEX.change([1e-3], [1e-3]), "two spikes at 0.001 s"),
        (lambda: VISUAL_CORTEX.change([0.0, math.nan], [1e-3]), "pre must be finite"),
        (lambda: VISUAL_CORTEX.change([0.0], [math.inf]), "post must be finite"),
        (lambda: VISUAL_CORTEX.change("ab", [1e-3]), "pre must be numbers in s"),
        (lambda: VISUAL_CORTEX.change([0.0], None), "post must be numbers in s"),
        (lambda: VISUAL_CORTEX.change(np.zeros((2, 2)), [1e-3]), "pre must be an array of 1 dimension"),
        (lambda: replace(VISUAL_CORTEX, nearest="no"), "nearest must be True or False"),
        (lambda: VISUAL_CORTEX.scaled(size=-1.0), "must not be negative"),
        (lambda: VISUAL_CORTEX.scaled(time=0.0), "pre_time"),
    ],
)
def test_what_the_rule_has_no_answer_to_is_refused(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
