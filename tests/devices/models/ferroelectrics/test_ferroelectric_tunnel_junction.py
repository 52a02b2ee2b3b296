"""Ferroelectric tunnel junctions: kinetics and currents, each by a formula or the other engine."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import iv
from synaspice.characterization.engines import trajectory
from synaspice.devices import FerroelectricTunnelJunction, ParameterError, Pulse
from synaspice.devices.language.errors import UnknownNameError, ValidityWarning

PRESETS = list(FerroelectricTunnelJunction.presets())


@pytest.mark.parametrize("voltage", [1.5, 2.0, -1.8])
def test_a_pulse_leaves_the_exponential_of_merzs_law(voltage):
    start = 0.0 if voltage > 0 else 1.0
    device = FerroelectricTunnelJunction(
        attempt_time=2e-10, activation_voltage_on=14.0, activation_voltage_off=11.0, initial_state=start
    )
    time = 2e-10 * math.exp((14.0 if voltage > 0 else 11.0) / abs(voltage))
    table = device.simulate(voltage, 3 * time, points=31)
    left = np.exp(-table["time"] / time)
    np.testing.assert_allclose(table["x"], 1 - left if voltage > 0 else left, atol=1e-6)


@pytest.mark.parametrize("time", [1e-8, 1e-5])
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("state", "start"), [("on", 0.0), ("off", 1.0)])
def test_the_write_voltage_switches_in_its_time(preset, time, state, start):
    """1 - 1/e is switched in that time; of a barrier the way back takes 1e-9 of it or less."""
    device = FerroelectricTunnelJunction.preset(preset, initial_state=start)
    table = device.simulate(device.write_voltage(time, state), time, points=2)
    moved = abs(float(table["x"].iloc[-1]) - start)
    assert moved == pytest.approx(1 - math.exp(-1), rel=1e-6)


@pytest.mark.parametrize("voltage", [0.2, 0.22, 0.15])
def test_over_a_barrier_it_comes_to_the_balance_of_both_rates(voltage):
    """x goes to 1 / (1 + exp(-2 a (v/t - E_0) / V_T)) at the rate k_+ + k_-."""
    device = FerroelectricTunnelJunction.preset("fehlings2024-like", initial_state=0.3)
    thermal = codata.k * 300.0 / codata.e
    tilt = 7.5e-9 * (voltage / 9.8e-9 - 2e7)
    rates = [codata.k * 300.0 / codata.h * math.exp((sign * tilt - 1.05) / thermal) for sign in (1, -1)]
    rate, rest = sum(rates), 1 / (1 + math.exp(-2 * tilt / thermal))
    table = device.simulate(voltage, 3 / rate, points=31)
    exact = rest + (0.3 - rest) * np.exp(-rate * table["time"])
    np.testing.assert_allclose(table["x"], exact, atol=1e-6)


def test_domains_conduct_beside_each_other_through_their_barriers():
    """The default ratio of the resistances is that of the tunnelling probabilities; Brinkman's parabola beyond."""
    heights = {"barrier_height_on": 1.2, "barrier_height_off": 1.5}
    device = FerroelectricTunnelJunction(
        conduction="brinkman", effective_mass=0.5, barrier_thickness=2e-9, barrier_asymmetry_off=0.3, **heights
    )
    decays = {
        state: 2 * 2e-9 * math.sqrt(2 * 0.5 * codata.m_e * codata.e * phi) / codata.hbar
        for state, phi in (("on", 1.2), ("off", 1.5))
    }
    assert device.resistance_off / device.resistance_on == pytest.approx(math.exp(decays["off"] - decays["on"]))
    voltage = np.array([-0.4, -0.1, 0.2, 0.5])
    expected = 0.0
    for state, share in (("on", 0.25), ("off", 0.75)):
        phi, asymmetry = heights[f"barrier_height_{state}"], 0.3 if state == "off" else 0.0
        ratio = 2 * decays[state] / (3 * math.sqrt(phi))  # A_0 of Brinkman, per root of a volt
        shape = 1 - ratio * asymmetry / (16 * phi**1.5) * voltage / 2 + 9 * ratio**2 / (128 * phi) * voltage**2 / 3
        resistance = device.resistance_on if state == "on" else device.resistance_off
        expected = expected + share * shape * voltage / resistance
    found = device.static(voltage=voltage, x=0.25)["current"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    curve = iv(device, [1e-6])
    assert dict(zip(curve["state"], curve["resistance"], strict=True)) == pytest.approx(
        {"on": device.resistance_on, "off": device.resistance_off}, rel=1e-5
    )


def test_beyond_the_lower_barrier_brinkmans_law_does_not_hold():
    device = FerroelectricTunnelJunction(conduction="brinkman", barrier_height_on=0.5)
    assert float(device.static(voltage=0.49)["valid"]) == 1 and float(device.static(voltage=-0.51)["valid"]) == 0
    with pytest.warns(ValidityWarning, match="height of the barriers"):
        iv(device, [0.6])


@pytest.mark.ngspice
@pytest.mark.parametrize("preset", PRESETS)
def test_transients_agree(preset):
    """Write, wait and erase."""
    device = FerroelectricTunnelJunction.preset(preset)
    high, low, time = device.write_voltage(2e-8), device.write_voltage(2e-8, "off"), 1e-7
    pulse = Pulse(low, high, delay=0.2 * time, rise=0.1 * time, fall=0.1 * time, width=0.5 * time)
    common = {"source": "voltage", "inputs": {}, "points": 201}
    numeric = trajectory(device, pulse, 2 * time, engine="numeric", **common)
    spice = trajectory(device, pulse, 2 * time, engine="ngspice", max_step=time / 1000, **common)
    assert np.ptp(numeric["x"]) > 0.9
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=2e-3)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ParameterError, match="must lie below"):
        FerroelectricTunnelJunction(resistance_on=1e6, resistance_off=1e6)
    with pytest.raises(ParameterError, match="barrier_asymmetry_off.*must not exceed"):
        FerroelectricTunnelJunction(barrier_asymmetry_off=2.0)
    with pytest.raises(ParameterError, match="attempt_time"):
        FerroelectricTunnelJunction().write_voltage(1e-11)
    with pytest.raises(UnknownNameError, match="state"):
        FerroelectricTunnelJunction().write_voltage(1e-6, "up")
    with pytest.raises(ParameterError, match="time"):
        FerroelectricTunnelJunction().write_voltage(math.nan)
