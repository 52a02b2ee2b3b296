"""The neuron that adapts: refractory period, first and last interval against the design equations, and what fails."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.neurons.adaptation import AdaptationDesign, switching_point
from synaspice.circuits.cells.neurons.adapting_neuron import AdaptingNeuron
from synaspice.devices import ParameterError
from synaspice.devices.language.equations.constants import CONSTANTS, k_B, q_e

CURRENTS = [25e-9, 50e-9]


@pytest.fixture(scope="module")
def table():
    return simulate(AdaptingNeuron(), currents=CURRENTS)


@pytest.mark.ngspice
def test_intervals_grow_from_the_first_to_the_last_of_the_design(table):
    attrs = table.attrs
    assert attrs["works"] and attrs["thermal_noise"] and attrs["error_rate"] < 1e-3, attrs["reason"]
    capacitance, supply, point = 50e-15, 1.0, attrs["switching_point"]
    refractory = capacitance * (supply - point) / 20e-9
    # Its end is interpolated between steps of ngspice, of up to a sixth of it, and comes when the first inverter turns:
    # somewhat later than at its switching point.
    assert table["refractory"].median() == pytest.approx(refractory, rel=0.03)
    assert table["refractory"].to_numpy() == pytest.approx(refractory, rel=0.05)
    for current, part in table.groupby("current"):
        intervals = part["interval"].to_numpy()
        first = refractory + 2 * capacitance * point / current
        assert intervals[0] == pytest.approx(first, rel=0.05)
        # The fixed point I_a = I_g (I_w t_r / (I_tau T) - 1), looked for by repeated halving.
        low, high = refractory, 60e-9 / 1.5e-9 * refractory
        for _ in range(60):
            middle = (low + high) / 2
            taken = 2e-9 * (60e-9 / 1.5e-9 * refractory / middle - 1)
            enough = taken < current and refractory + 2 * capacitance * point / (current - taken) < middle
            low, high = (low, middle) if enough else (middle, high)
        assert part["designed_last"].iloc[0] == pytest.approx(high, rel=1e-4)
        assert intervals[-1] == pytest.approx(high, rel=0.12)
        assert np.all(np.diff(intervals) > -0.01 * intervals[1:]), "they only grow"


@pytest.mark.ngspice
def test_the_interval_saturates_at_the_refractory_period():
    """However large the current, it fires no sooner than the refractory period allows."""
    cell = AdaptingNeuron(adaptation_capacitance=0.15e-12)
    refractory = 50e-15 * (1 - switching_point(cell)) / 20e-9
    table = simulate(cell, currents=[1e-6], weight_current=1e-12)
    assert table["interval"].min() == pytest.approx(refractory + 0.1e-12 * 0.47 / 1e-6, rel=0.05)


@pytest.mark.ngspice
def test_without_weight_nothing_adapts_and_the_bench_says_so():
    table = simulate(AdaptingNeuron(adaptation_capacitance=0.1e-12), currents=[50e-9], weight_current=1e-12)
    assert np.ptp(table["interval"]) < 0.02 * table["interval"].mean()
    assert not table.attrs["works"] and "grow" in table.attrs["reason"]


def test_jitter_is_of_charges():
    """Without adaptation and without a refractory capacitor's noise: kT/C, and a Poisson count of electrons."""
    cell = AdaptingNeuron(refractory_capacitance=1e-16)
    design, current = AdaptationDesign(cell, 1e-3, 1e-9, 2e-9, 1e-15, 0.5), 1e-9
    assert design.held_back(current) == 0 and design.last(current) == design.first(current)
    electron, thermal = CONSTANTS[q_e][0], CONSTANTS[k_B][0] * cell.temperature
    charge = 100e-15 * 0.5
    expected = math.sqrt(thermal * 100e-15 + electron * charge) / current
    assert design.jitter(current) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("current", [3.5e-12, 3.5e-8, 3.5e-6, 3.5e-4])
@pytest.mark.parametrize(
    "scales", [(1, 1, 1, 1), (0.01, 0.01, 10, 100), (0.01, 0.01, 100, 100), (1e-6, 1e-7, 1e3, 1e2)]
)
def test_the_last_interval_solves_the_design_equations_at_any_bias(scales, current):
    """Also where adaptation takes all of the current but for a part of 1e-17: in exact fractions."""
    biases = [scale * bias for scale, bias in zip(scales, (20e-9, 1.5e-9, 2e-9, 60e-9), strict=True)]
    design = AdaptationDesign(AdaptingNeuron(), *biases, 0.47)
    left = design.charging_current(current)
    assert 0 < left <= current and math.isfinite(design.jitter(current))
    assert design.last(current) == pytest.approx(design.refractory_time + design.charge / left, rel=1e-12)
    _, leak, gain, weight = map(Fraction, biases)
    deaf, charge = Fraction(design.refractory_time), Fraction(design.charge)

    def excess(charging):
        interval = deaf + charge / charging
        return gain * (weight / leak * deaf / interval - 1) - (Fraction(current) - charging)

    if left == current:
        assert excess(Fraction(left)) <= 0, "nothing adapts"
    else:
        assert excess(Fraction(left * (1 - 1e-9))) < 0 < excess(Fraction(left * (1 + 1e-9)))


def test_the_netlist_is_there_in_every_dialect():
    for dialect in ("ngspice", "xyce", "ltspice", "hspice", "spectre"):
        assert "adapting_neuron" in AdaptingNeuron().netlist(dialect)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"currents": [-1e-9]}, "must be positive"), ({"leak_current": 0.0}, "leak_current must be positive")],
)
def test_currents_that_are_none_are_refused(arguments, words):
    with pytest.raises(ParameterError, match=words):
        simulate(AdaptingNeuron(), **arguments)


def test_sizes_that_are_none_are_refused():
    with pytest.raises(ParameterError, match="outside its bounds"):
        AdaptingNeuron(membrane_capacitance=-1e-15)
