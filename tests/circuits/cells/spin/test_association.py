"""The network of spin neurons: weights of the largest margin, and letters by name in one netlist."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math

import numpy as np
import pytest

from synaspice.characterization.cells.spin.association import classify
from synaspice.circuits.cells.building.declared import DESIGN_ERROR_RATE
from synaspice.circuits.cells.spin.association import LETTERS, AssociationNetwork, neighbours, pixels
from synaspice.circuits.cells.spin.decision import PRESET_TIME
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.circuits.cells.spin.trained_weights import pulses_for
from synaspice.devices import MissingDependencyError, ParameterError

#: A pixel that is on or off: the smallest network, for a short run.
LETTERS_OF_ONE = {"A": (1,), "B": (0,)}


@functools.cache
def small():
    """One neuron that repeats the pixel, and one for each letter."""
    valve = LateralSpinValve(inputs=2)
    on, off = (pulses_for([(1,), (0,)], fires, valve, off=None)[0] for fires in ([True, False], [False, True]))
    return AssociationNetwork(LETTERS_OF_ONE, (on,), (on, off))


@functools.cache
def trained():
    return AssociationNetwork.trained()


def test_a_drawing_and_its_neighbours():
    assert pixels("10 01") == (1, 0, 0, 1)
    assert neighbours((1, 0)) == [(1, 0), (0, 0), (1, 1)]
    with pytest.raises(ParameterError, match="made of 0 and 1"):
        pixels("1x")


def test_weights_of_the_largest_margin_decide_as_they_should():
    valve = LateralSpinValve(inputs=3)
    patterns = list(itertools.product((0, 1), repeat=2))
    pulses, margin = pulses_for(patterns, [bool(a and b) for a, b in patterns], valve)
    weights = [valve.written_weights[count] for count in pulses]
    sums = [valve.spin_current(weights, (a * 0.03, b * 0.03, 0.03))[2] for a, b in patterns]
    assert [value > 0 for value in sums] == [False, False, False, True]
    assert min(abs(value) for value in sums) == pytest.approx(margin * 0.03, rel=2e-3)
    # No other pulses do better: all 512 of them.
    linear = np.array([valve.spin_per_weight((a * 0.03, b * 0.03, 0.03)) for a, b in patterns])
    signs = np.array([-1, -1, -1, 1])
    every = [np.min(signs * (linear @ chosen)) for chosen in itertools.product(valve.written_weights, repeat=3)]
    assert max(every) == pytest.approx(margin * 0.03, rel=1e-6)
    with pytest.raises(ParameterError, match="no weights of one neuron"):
        pulses_for(patterns, [a != b for a, b in patterns], valve)


@pytest.mark.slow
def test_the_letters_can_be_told_apart_with_any_pixel_wrong():
    """At 125 degrees Celsius too, and with a tenth of the voltage lost in the lines' transistors."""
    network, volts = trained(), 0.027
    first, second = (LateralSpinValve(inputs=n) for n in (16, 5))
    time = network.read_time - network.preset_time
    for letter, drawing in LETTERS.items():
        for shown in neighbours(pixels(drawing)):
            right, inputs = 1.0, shown
            for valve, layer in ((first, network.hidden), (second, network.output)):
                decision = valve.decision(398.15, network.voltage, time)
                per_weight = valve.spin_per_weight([volts if level else None for level in (*inputs, 1)])
                sums = [per_weight @ [valve.written_weights[n] for n in pulses] for pulses in layer]
                right *= math.prod(1 - decision.error_rate(float(current)) for current in sums)
                inputs = [int(current > 0) for current in sums]
            assert [name for name, fires in zip(network.names, inputs, strict=True) if fires] == [letter]
            assert 1 - right <= DESIGN_ERROR_RATE


def test_a_network_whose_margins_noise_would_cross_is_refused():
    """Read 50 ps after the preset, no weights are enough."""
    with pytest.raises(ParameterError, match="an error in a thousand needs"):
        AssociationNetwork.trained({"A": "111", "B": "000"}, ("A", "B"), read_time=PRESET_TIME + 5e-11)


@pytest.mark.ngspice
@pytest.mark.slow
def test_a_small_network_in_one_netlist():
    """Written by pulses, two layers, behavioural devices and transistors, with thermal noise."""
    table = classify(small(), list(LETTERS_OF_ONE.values()))
    assert table["named"].tolist() == ["A", "B"]
    assert table["hidden"].tolist() == ["1", "0"]
    assert table.attrs["works"] and table["error_rate"].max() <= 1e-3
    assert table.attrs["weight_error"] < 0.01 and table.attrs["weight_change"] < 0.01
    assert table.attrs["signal_current"] < 20e-6


@pytest.mark.ngspice
@pytest.mark.slow
def test_the_letters_are_named():
    """Eight neurons, 84 synapses; the equations of the test above have every drawing with a pixel wrong."""
    network = dataclasses.replace(trained(), devices="native")
    shown = list(network.letters.values())
    try:
        table = classify(network, shown, time_limit=1800.0)
    except MissingDependencyError as error:
        pytest.skip(str(error))
    assert "".join(table["named"]) == "SPIN"
    assert table.attrs["neurons"] == 8 and table.attrs["weight_error"] < 0.01
    assert table.attrs["works"] and table.attrs["weight_change"] < 0.01


def test_networks_that_do_not_fit_together_are_refused():
    letters = {"A": (1, 0), "B": (0, 1)}
    with pytest.raises(ParameterError, match="as many pixels"):
        AssociationNetwork({"A": (1, 0), "B": (1,)}, ((1, 1, 1),), ((1, 1), (1, 1)))
    with pytest.raises(ParameterError, match="layer hidden has 2 inputs"):
        AssociationNetwork(letters, ((1, 1),), ((1, 1), (1, 1)))
    with pytest.raises(ParameterError, match="2 letters need as many output neurons"):
        AssociationNetwork(letters, ((1, 1, 1),), ((1, 1),))
    with pytest.raises(ParameterError, match="a drawing has 1 pixels, not 2"):
        small().deck([(1, 0)])
