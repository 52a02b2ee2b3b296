"""Verdicts of cells with settings that are allowed and odd: few points, lists backwards, inputs without an answer."""

from __future__ import annotations

import math

import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.logic.readout import LatchComparator, SenseAmplifier
from synaspice.circuits.cells.neurons.mott_neuron import MottNeuron
from synaspice.circuits.cells.neurons.neuron_chain import NeuronChain
from synaspice.circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron, OscillatorNeuron
from synaspice.circuits.cells.synapses.spike_synapse import SpikeSynapse
from synaspice.circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from synaspice.devices.language.errors import ParameterError

pytestmark = pytest.mark.ngspice


def test_currents_backwards_are_judged_as_forwards():
    forwards, backwards = (simulate(AxonHillock(), currents=each) for each in ([1e-9, 1e-8, 1e-7], [1e-7, 1e-8, 1e-9]))
    assert forwards.attrs["works"] and backwards.attrs["works"], backwards.attrs["reason"]
    assert backwards.attrs["leakage"] == pytest.approx(forwards.attrs["leakage"], rel=1e-3)


@pytest.mark.parametrize("currents", [[1e-9], [1e-9, 1e-7], [1e-9, 1e-7, 1e-9]])
def test_a_line_through_two_points_proves_nothing(currents):
    found = simulate(AxonHillock(), currents=currents).attrs
    assert not found["works"] and "different currents, and 3 or more" in found["reason"]


def test_an_envelope_is_judged_from_the_smallest_current_to_the_largest():
    threshold = OscillatorNeuron().oscillator.threshold_current
    found = simulate(OscillatorNeuron(), currents=[3 * threshold, 0.0])
    assert found.attrs["works"], found.attrs["reason"]
    assert list(found["current"]) == [0.0, 3 * threshold]
    alone = simulate(OscillatorNeuron(), currents=[3 * threshold]).attrs
    assert alone["reason"] == "two different currents or more are needed to tell a rise of the envelope"


@pytest.mark.parametrize("cell", [MottNeuron(), MemristorNeuron()])
def test_a_current_below_the_threshold_is_told_as_that(cell):
    reason = simulate(cell, currents=[0.0]).attrs["reason"]
    assert reason.startswith("it does not fire at any of the currents; its threshold is ")


def test_a_chain_that_spikes_once_does_fire():
    found = simulate(NeuronChain(), spikes=1)
    assert (found["spikes"] > 0).all() and (found["rate"] == 0).any()
    assert "fires once" in found.attrs["reason"] and "does not fire" not in found.attrs["reason"]


def test_too_few_points_of_a_transfer_curve_are_refused():
    with pytest.raises(ParameterError, match="points must be at least 11"):
        simulate(Inverter(), points=10)
    assert simulate(Inverter(), points=11).attrs["works"]


@pytest.mark.parametrize("settings", [{"width": 2e-6}, {"interval": 1e-9}, {"width": 1e-12}])
def test_spikes_that_do_not_fit_into_their_interval_are_refused(settings):
    with pytest.raises(ParameterError, match="width = .* s must be above .* s, .*, and below"):
        simulate(SpikeSynapse(), **settings)


@pytest.mark.parametrize(
    ("cell", "settings"),
    [(LatchComparator(), {"differences": [-0.1, 0.1], "common_mode": 0.0}), (SenseAmplifier(), {"resistance": 1e9})],
)
def test_a_cell_that_never_decides_has_a_table_with_the_reason(cell, settings):
    table = simulate(cell, **settings)
    assert not table.attrs["works"]
    assert "it does not decide on " in table.attrs["reason"] and "nan" not in table.attrs["reason"]
    assert math.isnan(table.attrs["offset"]) and (table["error_rate"] == 0.5).all()


@pytest.mark.parametrize(
    ("cell", "setting", "balanced", "other"),
    [(LatchComparator(), "differences", 0.0, 0.1), (SenseAmplifier(), "ratios", 1.0, 2.0)],
)
def test_an_input_without_a_right_answer_is_not_judged(cell, setting, balanced, other):
    both = simulate(cell, **{setting: [balanced, other]})
    assert both.attrs["works"], both.attrs["reason"]
    assert math.isnan(both["expected"][0]) and both["expected"][1] == 1
    alone = simulate(cell, **{setting: [balanced]}).attrs
    assert not alone["works"] and "no input has a right answer" in alone["reason"]


def test_a_negative_input_multiplies_as_well_and_noise_has_no_sign():
    table = simulate(DifferentialSynapse(), voltage=-0.1)
    assert table.attrs["works"], table.attrs["reason"]
    assert (table["noise"] > 0).all()


def test_one_weight_tells_no_product():
    cell = DifferentialSynapse()
    alone = simulate(cell, weights=[cell.weight]).attrs
    assert not alone["works"] and alone["reason"].startswith("one weight alone tells no product")
    with pytest.raises(ParameterError, match="weights must not all be 0"):
        simulate(cell.replace(weight=0.0), weights=[0.0])


@pytest.mark.parametrize("delays", [[1e-8], [1e-8, 1e-8], [-3e-8, 3e-8], [0.0]])
def test_one_delay_tells_no_exponential(delays):
    found = simulate(STDPSynapse(), delays=delays).attrs
    assert not found["works"] and "too few different delays" in found["reason"]


def test_pulses_as_long_as_their_tails_are_refused():
    with pytest.raises(ParameterError, match="width = 0.001 s must be at most half of the time constant"):
        simulate(STDPSynapse(), width=1e-3)
