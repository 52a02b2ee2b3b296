"""The crossbar classifier: its weights, its column currents, its netlists, and its error rate by a Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.cells.arrays.rivalry import rivalries
from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.errors.input_referred import transistors
from synaspice.characterization.cells.standard import run_bench
from synaspice.circuits.cells.arrays.classifier import CrossbarClassifier, PatternClassifier, trained_weights
from synaspice.circuits.engine.analyses import OperatingPoint
from synaspice.devices import VTEAM, ParameterError


class _Sides(PatternClassifier, patterns={"10": 1, "01": 2}):
    """Which of two inputs is on."""


def test_weights_are_those_of_the_largest_margin():
    """Bits on the left or on the right: one on-weight each, and no smaller sum of weights has that margin."""
    np.testing.assert_allclose(trained_weights({"10": 1, "01": 2}), [[1, 0], [0, 1]], atol=1e-9)
    patterns = CrossbarClassifier.patterns
    weights = CrossbarClassifier().weights
    for pattern, winner in patterns.items():
        scores = np.array([float(bit) for bit in pattern]) @ weights
        assert scores[winner - 1] - np.delete(scores, winner - 1).max() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("patterns", "told"),
    [
        ({"00": 1, "11": 1, "01": 2, "10": 2}, "no weights of one layer"),
        ({"1100": 1, "011": 2}, "as many inputs"),
        ({"12": 1, "01": 2}, "made of 0 and 1"),
        ({"10": 1, "01": 3}, "each at least once"),
        ({"10": 1, "01": 1}, "from 1 to 2"),
        ({"10": True, "01": 2}, "whole numbers"),
        ({}, "patterns"),
    ],
)
def test_patterns_that_no_column_can_tell_are_refused(patterns, told):
    with pytest.raises(ParameterError, match=told):
        trained_weights(patterns)


def test_other_patterns_are_another_class_with_as_many_ports():
    assert list(_Sides.ports()) == ["input_1", "input_2", "clamp", "spike_1", "spike_2", "supply", "ground"]
    assert _Sides(weight_1_2=0.25).weights[0, 1] == 0.25
    with pytest.raises(ParameterError, match="has the patterns 10, 01, not '11'"):
        simulate(_Sides(), patterns=["11"])


@pytest.mark.parametrize("dialect", ["ngspice", "xyce", "ltspice", "hspice", "spectre"])
def test_it_is_one_netlist_in_every_dialect(dialect):
    text = _Sides().netlist(dialect, name="reads")
    assert text.count("cell_2_1") and text.count("neuron_2") and "reads" in text
    assert "common_resistance" in text  # a parameter of the netlist


def test_another_memory_and_another_switch_stand_in_it():
    memory = VTEAM(resistance_on=5e4, resistance_off=2e6, threshold_on=-0.5, threshold_off=0.5)
    cell = CrossbarClassifier(memristor=memory, **{"switch.resistance_off": 2e6})
    assert cell.conductance_range == pytest.approx((2e-5, 5e-7), rel=1e-6)
    assert cell.neuron().memristor.resistance_off == 2e6


@pytest.mark.ngspice
def test_columns_carry_the_product_and_the_largest_wins_the_common_current():
    """Kirchhoff: the current of a column over its voltage is the sum of its cells' conductances, but for the access
    resistance of some kiloohm and the leakage of the transistors that are off."""
    cell = CrossbarClassifier(weight_1_1=0.7)
    lines = [f"Vinput_{i} input_{i} 0 {bit}" for i, bit in enumerate("1100", 1)]
    lines.append(f"Vclamp clamp 0 {cell.clamp_voltage!r}")
    kinds = ("clamp", "follow")
    seen = [f"@m.x1.m{kind}_{j}[id]" for kind in kinds for j in (1, 2, 3)] + [f"v(x1.column_{j})" for j in (1, 2, 3)]
    (table,) = run_bench(cell, lines, OperatingPoint(), circuit=cell.subcircuit(for_bench=True), save=seen)
    on, off = cell.conductance_range
    for j in (1, 2, 3):
        wanted = off + cell.weights[:2, j - 1] * (on - off)
        found = table[f"@m.x1.mclamp_{j}[id]"].item() / table[f"v(x1.column_{j})"].item()
        assert found == pytest.approx(wanted.sum(), rel=0.03)
    won = np.array([table[f"@m.x1.mfollow_{j}[id]"].item() for j in (1, 2, 3)])
    assert won[0] > 5e-6 and np.all(won[1:] < 1e-3 * won[0])


@pytest.mark.ngspice
def test_its_error_rate_is_that_of_many_classifiers_with_mismatch():
    """A small margin, and random shifts of every threshold: as often wrong as the sensitivities say."""
    cell = CrossbarClassifier(weight_1_1=0.2)
    found = rivalries(cell, {"1100": 1})["1100"]
    assert found.rival == 2 and 0.02 < found.error_rate < 0.3
    circuit, random, trials = cell.subcircuit(for_bench=True), np.random.default_rng(5), 50
    parts = transistors(cell, circuit)
    lines = [f"Vinput_{i} input_{i} 0 {bit}" for i, bit in enumerate("1100", 1)]
    lines.append(f"Vclamp clamp 0 {cell.clamp_voltage!r}")
    runs = [
        (
            [f"alter {part.name} delvto = {random.normal(0.0, part.deviation)!r}" for part in parts],
            OperatingPoint(),
        )
        for _ in range(trials)
    ]
    seen = ["v(x1.rival_1)", "v(x1.rival_2)"]
    wrong = sum(
        table["v(x1.rival_1)"].item() < table["v(x1.rival_2)"].item()
        for table in run_bench(cell, lines, runs, circuit=circuit, save=seen)
    )
    expected = trials * found.error_rate
    assert abs(wrong - expected) < 3.5 * np.sqrt(expected * (1 - found.error_rate))
    assert wrong > 0


@pytest.mark.ngspice
def test_the_right_neuron_spikes_alone_and_a_wrong_weight_is_told():
    table = simulate(CrossbarClassifier(), patterns=["0110"])
    assert table.attrs["works"] and table["winner"].tolist() == [2.0]
    # The membrane is charged by the current of the common resistor: between C V / (supply / R) and five times that.
    cell = CrossbarClassifier()
    neuron = cell.neuron()
    fastest = neuron.capacitance * neuron.memristor.threshold_voltage * cell.common_resistance / cell.supply_voltage
    assert fastest < table["delay"].item() < 5 * fastest
    assert 0 < table["energy_inputs"].item() < table["energy_supply"].item() < 20e-12
    spoilt = simulate(_Sides(weight_1_1=0.0, weight_1_2=1.0), patterns=["10"])
    assert not spoilt.attrs["works"] and spoilt["margin"].item() < 0 and spoilt["error_rate"].item() > 0.5


@pytest.mark.ngspice
def test_columns_above_the_memories_threshold_are_told():
    table = simulate(_Sides(clamp_voltage=0.95), patterns=["10"])
    assert table["moved"].item() > 0.01 and not table.attrs["works"]
