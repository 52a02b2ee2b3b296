"""Neurons that make each other fire: the synapse that turns a short spike into a charge, and chains."""

from __future__ import annotations

import numpy as np
import pytest
from peers import kit

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.standard import crossings, run_bench
from synaspice.circuits.cells.neurons.neuron_chain import NeuronChain
from synaspice.circuits.cells.neurons.neurons import MemristorNeuron
from synaspice.circuits.cells.synapses.spike_synapse import SpikeSynapse
from synaspice.circuits.engine.analyses import Transient
from synaspice.devices import ParameterError
from synaspice.figures import plot, save

pytestmark = pytest.mark.ngspice


def test_the_charge_of_a_spike_is_the_packet_times_the_weight(tmp_path):
    cell = SpikeSynapse()
    table = simulate(cell)
    assert table.attrs["works"] and table.attrs["largest_deviation"] < 0.05
    # A packet fills up to the threshold of the mirror's diode below the supply, 0.5 to 0.7 V of 1 V, or a little less.
    assert 0.3 < table.attrs["charge_per_weight"] / (cell.packet_capacitance * cell.supply_voltage) < 0.7
    own = table[table["weight"] == cell.weight].iloc[0]
    neuron = MemristorNeuron()
    assert own["charge"] > 1.2 * neuron.capacitance * neuron.threshold_voltage
    assert own["peak"] * own["duration"] > own["charge"] > 0  # the current falls
    row = next(cost for cost in table.attrs["costs"] if cost["at"].startswith(f"weight {cell.weight:g},"))
    # What the supply gives at the least: the charge of the packet and its multiple.
    assert row["supply"] > own["charge"] * cell.supply_voltage
    save(plot(table), tmp_path / "synapse.png")


def test_a_longer_spike_or_another_membrane_changes_the_charge_little():
    cell = SpikeSynapse()
    charge = {}
    for width, voltage in ((4e-9, 0.4), (2e-9, 0.4), (16e-9, 0.4), (4e-9, 0.0), (4e-9, 0.7)):
        table = simulate(cell, weights=[cell.weight], width=width, voltage=voltage)
        charge[width, voltage] = table["charge"].iloc[0]
    own = charge.pop((4e-9, 0.4))
    assert np.array(list(charge.values())) == pytest.approx(np.full(4, own), rel=0.35)
    assert charge[4e-9, 0.0] == pytest.approx(charge[4e-9, 0.7], rel=0.15)


def check_chain(table, neurons):
    """Every neuron fires at the rate of the first, and nanoseconds after the one before it."""
    assert table.attrs["works"], table
    assert len(table) == neurons and (table["spikes"] >= 2).all()
    assert table["rate"].to_numpy() == pytest.approx(np.full(neurons, table["rate"].iloc[0]), rel=0.05)
    assert table["delay"].iloc[1:].between(1e-9, 30e-9).all()
    assert table.attrs["spike_times"][-1][0] > table.attrs["spike_times"][0][0]


def test_two_neurons_in_one_netlist_pass_spikes_on(tmp_path):
    cell = NeuronChain()
    assert cell.netlist().count(f"\n.subckt {cell.model_name().replace('-', '_')} ") == 1
    table = simulate(cell)
    check_chain(table, 2)
    # The first is not disturbed by what it drives: it is as fast as it is alone.
    alone = simulate(MemristorNeuron(), currents=[table.attrs["current"]])
    assert table["rate"].iloc[0] == pytest.approx(alone["rate"].iloc[0], rel=0.02)
    save(plot(table), tmp_path / "chain.png")


@pytest.mark.slow
def test_five_neurons_in_one_netlist_pass_spikes_on():
    check_chain(simulate(NeuronChain(neurons=5), spikes=2), 5)


@pytest.mark.slow
def test_a_chain_in_sky130():
    kit("sky130")
    check_chain(simulate(NeuronChain(technology="sky130"), spikes=3), 2)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "corner"), [(NeuronChain, "fast"), (MemristorNeuron, "typical")])
def test_strong_transistors_do_not_hold_the_time_step(kind, corner):
    """With currents true to femtoamperes ngspice took steps of 1e-18 s from the beginning on, or gave up."""
    kit("gf180mcu")
    assert simulate(kind(technology="gf180mcu", corner=corner)).attrs["works"]


def test_a_weak_synapse_needs_several_spikes():
    """Less than half of the charge: the second neuron fires less often, but it fires."""
    cell = NeuronChain(weight=SpikeSynapse().weight / 2.5)
    table = simulate(cell, current=6 * cell.neuron().threshold_current, spikes=12)
    first, second = table["rate"]
    assert 0 < second < 0.8 * first and not table.attrs["works"]


def test_a_chain_without_a_spike_is_a_result(tmp_path):
    table = simulate(NeuronChain(), current=0.4e-6, spikes=1)
    assert (table["rate"] == 0).all() and (table["spikes"] == 0).all() and table["delay"].isna().all()
    assert table.attrs["works"] is False and table.attrs["costs"] == []
    save(plot(table), tmp_path / "silent.png")


def test_a_number_of_neurons_is_whole():
    with pytest.raises(ParameterError, match="neurons must be a whole number, not 2.5"):
        NeuronChain(neurons=2.5)
    body = NeuronChain(neurons=1).subcircuit()
    assert "synapse" not in body.body.split(".subckt neuron_chain")[1]


def test_one_nanosecond_charges_a_membrane():
    """The current that follows the spike outlasts it."""
    cell = SpikeSynapse()
    lines = [
        f"Vinput input 0 pulse(0 {cell.supply_voltage!r} 1n 0.1n 0.1n 1n 1)",
        "Cmembrane output 0 1p",
        "Rleak output 0 1meg",
    ]
    (run,) = run_bench(cell, lines, Transient(1e-10, 100e-9, max_step=1e-9))
    time, membrane = run["time"].to_numpy(), run["v(output)"].to_numpy()
    assert membrane.max() > 0.7 * cell.supply_voltage
    half = crossings(time, membrane, 0.5 * membrane.max())
    assert len(half) == 1 and half[0] > 2e-9
