"""The network of spin neurons: weights of the largest margin, and letters by name in one netlist."""

from __future__ import annotations

import dataclasses
import functools
import itertools

import numpy as np
import pytest

from synaspice.characterization.cells.association import classify
from synaspice.circuits.cells.association import LETTERS, AssociationNetwork, neighbours, pixels, pulses_for
from synaspice.circuits.cells.lateral_spin_valve import LateralSpinValve
from synaspice.devices import MissingDependencyError, ParameterError

#: Three pixels in a row: a small network for a short run.
SMALL = AssociationNetwork(
    {"A": (1, 1, 0), "B": (0, 1, 1)}, ((7, 4, 1, 4), (1, 4, 7, 4)), ((7, 1, 3), (1, 7, 3)), technology="generic"
)


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
    weights = np.array(pulses) / 4 - 1
    sums = [valve.spin_current(weights, (a * 0.03, b * 0.03, 0.03))[2] for a, b in patterns]
    assert [value > 0 for value in sums] == [False, False, False, True]
    # A hundredth is what the strips' own conductance takes of each other's currents.
    assert min(abs(value) for value in sums) == pytest.approx(margin * 0.03, rel=0.05)
    with pytest.raises(ParameterError, match="no weights of one neuron"):
        pulses_for(patterns, [a != b for a, b in patterns], valve)


@pytest.mark.slow
def test_the_letters_can_be_told_apart_with_any_pixel_wrong():
    network = trained()
    first, second = (LateralSpinValve(inputs=n) for n in (16, 5))
    for letter, drawing in LETTERS.items():
        for shown in neighbours(pixels(drawing)):
            hidden = _fired(first, network.hidden, shown)
            named = [
                name for name, fires in zip(network.names, _fired(second, network.output, hidden), strict=True) if fires
            ]
            assert named == [letter]


def _fired(valve, layer, inputs):
    sums = np.array(layer) / 4 - 1
    return [int(np.dot(weights * valve.efficiencies, (*inputs, 1)) > 0) for weights in sums]


@pytest.mark.ngspice
def test_a_small_network_in_one_netlist():
    """Written by pulses, two layers, behavioural devices and transistors."""
    table = classify(SMALL, list(SMALL.letters.values()))
    assert table["named"].tolist() == ["A", "B"]
    assert table["hidden"].tolist() == ["10", "01"]
    assert table.attrs["weight_error"] < 0.01


@pytest.mark.ngspice
@pytest.mark.slow
def test_the_letters_are_named():
    """Eight neurons, 84 synapses: once without mistakes, and two with a pixel wrong."""
    network = dataclasses.replace(trained(), devices="native")
    shown = [*network.letters.values(), *(neighbours(drawing)[4] for drawing in list(network.letters.values())[:2])]
    try:
        table = classify(network, shown)
    except MissingDependencyError as error:
        pytest.skip(str(error))
    assert "".join(table["named"]) == "SPINSP"
    assert table.attrs["neurons"] == 8 and table.attrs["weight_error"] < 0.01


def test_networks_that_do_not_fit_together_are_refused():
    letters = {"A": (1, 0), "B": (0, 1)}
    with pytest.raises(ParameterError, match="as many pixels"):
        AssociationNetwork({"A": (1, 0), "B": (1,)}, ((1, 1, 1),), ((1, 1), (1, 1)))
    with pytest.raises(ParameterError, match="layer hidden has 2 inputs"):
        AssociationNetwork(letters, ((1, 1),), ((1, 1), (1, 1)))
    with pytest.raises(ParameterError, match="2 letters need as many output neurons"):
        AssociationNetwork(letters, ((1, 1, 1),), ((1, 1),))
    with pytest.raises(ParameterError, match="a drawing has 3 pixels, not 1"):
        SMALL.deck([(1,)])
