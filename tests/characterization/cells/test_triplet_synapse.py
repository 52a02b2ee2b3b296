"""The synapse of the triplet rule: its traces, and what spikes do to it, beside the rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.constants import Boltzmann

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.standard import run_bench
from synaspice.characterization.cells.synapses.triplets import PAIRS, Phases, rule_of
from synaspice.circuits.cells.synapses.triplet_synapse import TripletSTDPSynapse
from synaspice.circuits.engine.analyses import Transient
from synaspice.devices import ParameterError
from synaspice.devices.physics.triplet_rule import TRIPLETS, TripletRule

#: Of any order, three of one side in a row among them; from 5 to 30 ms in the paper's time. [s]
PRE = [0.1e-6, 1.4e-6, 1.7e-6, 2.0e-6, 3.5e-6]
POST = [0.6e-6, 1.0e-6, 2.5e-6, 2.8e-6, 4.0e-6]


@pytest.mark.ngspice
def test_any_spikes_change_the_weight_as_in_the_rule_and_a_capacitor_holds_the_product():
    cell = TripletSTDPSynapse()
    phases = Phases(cell, rule_of(cell))
    duration = 4.2e-6
    (run,) = run_bench(cell, phases.lines(PRE, POST), Transient(1e-9, duration, max_step=duration / 50))
    change = float(run["v(x1.cell_x)"].iloc[0] - run["v(x1.cell_x)"].iloc[-1])
    assert change == pytest.approx(phases.rule.change(PRE, POST), rel=0.08)

    level = cell.levels[0]
    between = np.array([1.2e-6, 1.6e-6, 2.3e-6, 2.7e-6, 3.3e-6, 3.8e-6])  # where no phase is
    r1, o2, product = (
        (np.interp(between, run["time"], run[f"v(x1.{name})"]) - level) / (cell.supply_voltage - level)
        for name in ("r1", "o2", "r1o2")
    )
    # A twenty-fifth of a trace's capacitance takes a twenty-sixth of the difference.
    np.testing.assert_allclose(product, r1 * o2, atol=0.04)
    assert product.max() > 0.4


@pytest.mark.ngspice
def test_pairs_gain_by_their_rate_and_triplets_by_their_order():
    table = simulate(TripletSTDPSynapse(), frequencies=[0.2e6, 0.8e6], times=[0.25e-6])
    assert table.attrs["works"], table.to_string()
    rule = TripletRule(**table.attrs["rule"])
    changes = {(row.protocol, round(row.delay * 1e9), row.frequency): row.change for row in table.itertuples()}
    for delay in (500, -500):
        slow, fast = (changes["pairs", delay, rate] for rate in (0.2e6, 0.8e6))
        assert fast - slow == pytest.approx(
            rule.of_pairs(delay * 1e-9, 1.25e-6, PAIRS) - rule.of_pairs(delay * 1e-9, 5e-6, PAIRS), rel=0.08
        )
    one, other = (table[table["protocol"] == order].iloc[0] for order in TRIPLETS)
    assert one["change"] == pytest.approx(rule.of_triplet(TRIPLETS[0], 0.25e-6, 0.25e-6), rel=0.08)
    assert other["change"] == pytest.approx(rule.of_triplet(TRIPLETS[1], 0.25e-6, 0.25e-6), rel=0.08)


def test_the_lengths_of_phases_are_the_amplitudes_of_the_rule():
    cell = TripletSTDPSynapse()
    one, double = (Phases(cell, rule_of(cell, step)) for step in (0.3, 0.6))
    assert "pair" not in one.of("post"), "no amplitude, no phase"
    for side in ("pre", "post"):
        for short, long in zip(one.lengths(side), double.lengths(side), strict=True):
            assert long == pytest.approx(2 * short, rel=0.05) or short == long == 0
    # Of slow traces a phase lasts as in the closed form without its delay.
    slow = cell.replace(pre_time=1e-3, slow_post_time=1e-3, trace_capacitance=1e-9, product_capacitance=1e-15)
    wanted = 0.3 * 5.3e-2 * cell.switching_time * cell.threshold / (cell.supply_voltage - cell.threshold)
    assert Phases(slow, rule_of(slow)).lengths("post")[1] == pytest.approx(wanted, rel=0.1)


@pytest.mark.parametrize("settings", [{"delay": 20e-9}, {"times": [20e-9]}, {"frequencies": [1.9e6], "delay": 500e-9}])
def test_spikes_whose_phases_would_meet_are_refused(settings):
    with pytest.raises(ParameterError, match="the phases of one take"):
        simulate(TripletSTDPSynapse(), **settings)


def test_the_noise_of_a_trace_is_as_small_as_the_guide_says():
    cell = TripletSTDPSynapse()
    assert math.sqrt(Boltzmann * cell.temperature / cell.product_capacitance) == pytest.approx(0.10e-3, rel=0.05)


def test_a_supply_below_the_thresholds_is_refused():
    with pytest.raises(ParameterError, match="must lie below supply_voltage"):
        TripletSTDPSynapse(threshold=1.2)
