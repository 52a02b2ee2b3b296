"""Energies: accounts against sums by hand, provenance of every number, and what stands in the place of what."""

from __future__ import annotations

import functools

import pytest

from synaspice.characterization import read_table
from synaspice.characterization.cells.periphery import PERIPHERY
from synaspice.characterization.systems.energy import accounts
from synaspice.characterization.systems.energy import study as energy_study
from synaspice.characterization.systems.energy.study import HOW, Parts, published_entries, study_energy
from synaspice.characterization.systems.hybrid.behavioural_neuron import NeuronEnergy
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.devices import AutoOscillator, NeuronMagnet, ParameterError, Sky130RERAM, SpinMagnet
from synaspice.figures import make_systems

DRIVER, DAC, TIA, ADC = (PERIPHERY[name].energy for name in ("driver", "DAC", "TIA", "ADC"))


def test_a_layer_of_spin_neurons_is_the_sum_of_its_parts():
    valve, energy = LateralSpinValve(inputs=3), NeuronEnergy(1e-14, 1e-15, 3e-15)
    account = accounts.spin_layer_account(10, 4, valve, energy, evaluations=2, activity=0.25)
    # A line of 30 mV: 1.5 kilohm of contact, and the channel and its lead, for 8 ns.
    line = 0.03**2 / (1 / valve.synapse.contact_conductance + valve.responses[1][0, 0]) * 8e-9
    neuron = 1e-14 + 0.25 * 3e-15 + 0.75 * 1e-15 + line * (0.25 * 10 + 1)
    assert account.devices == pytest.approx(2 * 4 * neuron)
    assert account.periphery == pytest.approx(2 * (10 + 2) * DRIVER)
    assert account.events == 2 * 4 * 11 and account.duration == pytest.approx(18e-9)
    analog = accounts.spin_layer_account(10, 4, valve, energy, evaluations=2, analog=True)
    assert analog.periphery == pytest.approx((10 + 2) * DAC + 4 * DRIVER)
    assert account.power == pytest.approx(account.total / 18e-9)


def test_a_crossbar_is_the_sum_of_its_cells_and_converters():
    account = accounts.crossbar_account(784, 100, 5e-5, activity=1.0)
    assert account.devices == pytest.approx(2 * 78400 * 5e-5 * 0.01 * 1e-8)
    assert account.periphery == pytest.approx(784 * DAC + 200 * TIA + 100 * ADC)
    layers = accounts.network_account((784, 100, 10), lambda n, m: accounts.crossbar_account(n, m, 5e-5))
    assert layers.events == 784 * 100 + 100 * 10


def test_the_power_of_an_oscillator_is_its_current_times_its_voltage():
    """R I^2 of the amplitude equation, whose voltage is R I on average."""
    device = AutoOscillator(initial_power=0.2)
    power, node_time = accounts.oscillator_power(device)
    low, high = 1.0 * device.threshold_current, 2.7 * device.threshold_current
    assert device.values["static_resistance"] * low**2 < power < device.values["static_resistance"] * high**2
    account = accounts.reservoir_account(device, 400, 10, 3, mac=1e-12, power=(power, node_time))
    assert account.devices == pytest.approx(4000 * power * node_time)
    assert account.periphery == pytest.approx(4000 * (DAC + ADC) + 12000e-12)


def test_the_conductance_that_is_read_is_the_mean_of_the_states():
    device = Sky130RERAM.preset("skywater2020")
    branch = next(iter(device.branches()))
    found = [float(device.replace(initial_state=x).static(**{branch: 0.1})["current"]) / 0.1 for x in (0.0, 1.0)]
    assert accounts.read_conductance(device) == pytest.approx(sum(found) / 2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: accounts.crossbar_account(0, 1, 1e-6),
        lambda: accounts.crossbar_account(1, 1, -1e-6),
        lambda: accounts.crossbar_account(1, 1, 1e-6, activity=1.5),
        lambda: accounts.network_account((10,), lambda n, m: accounts.crossbar_account(n, m, 1e-6)),
        lambda: accounts.oscillator_power(Sky130RERAM()),
        lambda: study_energy("magnet"),
        lambda: Parts.of(SpinMagnet()),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_published_numbers_have_their_source_and_none_is_said_to_be_read():
    found = {(entry.system, entry.quantity): entry for entry in published_entries()}
    assert found["IBM SyNAPSE (TrueNorth)", "power"].devices == 70e-3
    assert found["human brain", "power"].devices == 20.0
    for entry in found.values():
        assert entry.how in ("second-hand", "assumed") and entry.source and not entry.ours


@pytest.mark.native
def test_every_number_says_how_it_was_got_and_another_device_changes_its_own_systems(tmp_path, monkeypatch):
    # Both have the same spin neuron, whose netlist need not run twice.
    monkeypatch.setattr(energy_study, "two_evaluations", functools.cache(energy_study.two_evaluations))
    make_systems(tmp_path, ["energy"], quick=True, tell=lambda line: None)
    table = read_table(tmp_path / "energy.csv")
    assert set(table["how"]) <= set(HOW) and (table["source"].str.len() > 0).all()
    assert ((table["periphery"] == 0) == ~table["periphery_how"].isin(HOW)).all()
    assert (table["total"] > 0).all() and set(table["quantity"]) == {"power", "event", "operation", "inference"}
    assert (tmp_path / "energy.pdf").stat().st_size > 5_000
    other = study_energy(Sky130RERAM.preset("skywater2020", velocity=140.0, current_scale=3.07e-5), benches=())
    changed = table.merge(other, on=["system", "quantity"])
    moved = changed[(changed["devices_x"] / changed["devices_y"] - 1).abs() > 0.01]["system"]
    assert set(moved) == {"crossbar, a cell", "crossbar, 100-15-15-5", "crossbar, 784-100-10"}
    assert isinstance(Parts.of(NeuronMagnet()).magnet, NeuronMagnet)
