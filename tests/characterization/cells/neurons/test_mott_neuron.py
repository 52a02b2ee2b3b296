"""The neuron of a Mott switch: threshold in closed form, period of its static curve, noise, and where it is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.neurons.mott_neuron import false_spikes, membrane_spread
from synaspice.circuits.cells.neurons.mott_neuron import MottNeuron, hottest_before_threshold
from synaspice.devices import MTJ, ParameterError
from synaspice.devices.language.equations.constants import CONSTANTS, k_B, q_e

BOLTZMANN = CONSTANTS[k_B][0]
KELVIN = BOLTZMANN / CONSTANTS[q_e][0]


@pytest.mark.parametrize("volts", [0.5, 0.8])
def test_the_threshold_is_that_of_the_closed_form(volts):
    """An activated film: k_B T^2 = E_a (T - T_0) at the threshold, its current by the heat (T - T_0) / R_th."""
    cell = MottNeuron(threshold_voltage=volts, load_resistance=10.0, resistance_metallic=1e-1)
    hot = hottest_before_threshold(0.25, 300.15)
    assert KELVIN * hot**2 == pytest.approx(0.25 * (hot - 300.15))
    turn, _ = cell.turns
    assert turn.voltage == pytest.approx(volts, rel=1e-3)
    assert turn.current == pytest.approx((hot - 300.15) / 5e6 / volts, rel=2e-2)


@pytest.fixture(scope="module")
def table():
    return simulate(MottNeuron(), currents=[8e-6, 1.15e-5, 2.5e-5])


@pytest.mark.ngspice
def test_it_fires_above_its_threshold_with_the_period_of_its_static_curve(table):
    cell, attrs = MottNeuron(), table.attrs
    assert attrs["works"] and attrs["thermal_noise"] and attrs["error_rate"] < 1e-3, attrs["reason"]
    assert attrs["threshold_current"] == cell.threshold_current
    assert table["rate"].iloc[0] == 0
    waves = {trace["name"] or trace["quantity"]: trace for trace in attrs["waveforms"]["traces"]}
    membrane = np.array(waves["Membrane"]["values"])
    # Half of the membrane's energy heats the film, beside what flows off in the spike: hundreds of kelvin.
    assert 300 < max(waves["Rise of the switch"]["values"]) < 1000
    reset = membrane[len(membrane) // 2 :].min()
    for current, rate in zip(table["current"].iloc[1:], table["rate"].iloc[1:], strict=True):
        charging = cell.period(current, reset)
        # The discharge, and the heating near the threshold, which the static curve does not have, come on top.
        assert charging < 1 / rate < charging + 50 * cell.switch.thermal_time


def test_below_the_threshold_the_period_is_infinite_and_a_leakless_one_is_linear():
    cell = MottNeuron()
    assert cell.period(0.99 * cell.threshold_current, 0.0) == math.inf
    large = 1e-2  # beside which the leak is nothing
    assert cell.period(large, 0.3) == pytest.approx(3e-12 * (cell.turns[0].voltage - 0.3) / large, rel=2e-3)


def test_the_spread_of_the_membrane_is_mostly_kt_over_c_without_heat():
    """A film that hardly heats: with a large heat capacity its temperature does not fluctuate."""
    cell = MottNeuron(thermal_time=1e-3, capacitance=1e-15)
    across, spread = membrane_spread(cell, 0.5)
    film = 300.15 + across * 0.5 * cell.threshold_current * 5e6
    assert spread > math.sqrt(BOLTZMANN * film / 1e-15)
    small = membrane_spread(MottNeuron(thermal_time=1e-9, capacitance=1e-9), 0.5)[1]
    assert small < 1e-2 * spread


def test_noise_fires_sooner_nearer_to_the_threshold():
    rates = [false_spikes(MottNeuron(), share) for share in (0.85, 0.9, 0.95)]
    assert rates[0] < rates[1] < rates[2] and rates[0] < 1e-3
    small = MottNeuron(thermal_time=0.02e-9)
    assert false_spikes(small) > 0.5, "a smaller heat capacity fluctuates more"


def test_a_hot_switch_is_no_neuron_and_the_table_says_why():
    cell = MottNeuron(temperature=398.15)
    assert cell.turns is None and math.isnan(cell.threshold_current) and math.isnan(false_spikes(cell))
    table = simulate(cell)
    assert not table.attrs["works"] and "does not fall anywhere at 398.15 K" in table.attrs["reason"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"activation_energy": 0.05}, "outside its bounds"),
        ({"capacitance": -1e-12}, "outside its bounds"),
        ({"switch": MTJ()}, "mott-switch"),
    ],
)
def test_neurons_that_cannot_be_are_refused(values, words):
    with pytest.raises(ParameterError, match=words):
        MottNeuron(**values)


def test_the_window_of_temperatures():
    """The numbers of the documentation: threshold over temperature, beside the supply of 1 V."""
    volts = [MottNeuron(temperature=kelvin).turns[0].voltage for kelvin in (290.15, 300.15, 320.15)]
    assert volts == pytest.approx([0.98, 0.86, 0.69], abs=0.005)
    above = simulate(MottNeuron(temperature=283.15), currents=[1e-6], spikes=1)
    assert not above.attrs["works"] and "lies above the supply" in above.attrs["reason"]


def test_an_activation_energy_too_small_for_a_threshold_is_told():
    with pytest.raises(ParameterError, match="must be above four times the thermal one, 0.103 V"):
        hottest_before_threshold(0.1, 300.0)


def test_the_netlist_is_there_in_every_dialect():
    for dialect in ("ngspice", "xyce", "ltspice", "hspice", "spectre"):
        assert "mott_neuron" in MottNeuron().netlist(dialect)
