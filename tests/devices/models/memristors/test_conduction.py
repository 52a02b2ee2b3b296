"""Laws of conduction against the straight lines in which they are plotted (Sze, ch. 4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import iv
from synaspice.devices import StanfordRRAM, UnknownNameError, Yakopcic

FILM = {"thickness": 20e-9, "barrier_height": 0.8, "relative_permittivity": 5.0}
LAWS = ["hyperbolic_sine", "ohmic", "poole_frenkel", "schottky"]
VOLTAGES = np.linspace(0.5, 2.0, 16)  # many thermal voltages: the other electrode's emission is below 4e-9


def current(conduction, voltage=VOLTAGES, **values):
    device = Yakopcic(conduction=conduction, initial_state=1.0, **FILM, **values)
    return device.static(voltage=voltage)["current"]


def schottky_beta():
    """sqrt(e^3 / 4 pi eps) over the charge, by the field's root: [V / (V/m)^(1/2)]."""
    return math.sqrt(codata.e / (4 * math.pi * codata.epsilon_0 * FILM["relative_permittivity"]))


def slope(quantity):
    """Slope over the root of the voltage, and how far from a straight line the points lie."""
    line = np.polyfit(np.sqrt(VOLTAGES), quantity, 1)
    return line[0], np.max(np.abs(np.polyval(line, np.sqrt(VOLTAGES)) - quantity))


@pytest.mark.parametrize("temperature", [250.0, 300.0, 400.0])
@pytest.mark.parametrize("law", ["poole_frenkel", "schottky"])
def test_emission_is_a_straight_line_over_the_root_of_the_field(law, temperature):
    """ln(I/V) for Poole-Frenkel, ln I for Schottky, with slopes beta / (k T d^(1/2)); beta_PF = 2 beta_S."""
    values = current(law, ambient_temperature=temperature)
    measured, scatter = slope(np.log(values / VOLTAGES if law == "poole_frenkel" else values))
    beta = (2 if law == "poole_frenkel" else 1) * schottky_beta()
    expected = beta / math.sqrt(FILM["thickness"]) / (codata.k * temperature / codata.e)
    assert measured == pytest.approx(expected, rel=1e-6)
    assert scatter < 1e-6


def test_beta_of_poole_frenkel_is_twice_that_of_schottky():
    poole_frenkel, _ = slope(np.log(current("poole_frenkel") / VOLTAGES))
    schottky, _ = slope(np.log(current("schottky")))
    assert poole_frenkel / schottky == pytest.approx(2.0, rel=1e-6)


@pytest.mark.parametrize("law", ["poole_frenkel", "schottky"])
def test_an_arrhenius_plot_gives_the_lowered_barrier(law):
    """d ln(I) / d(1/kT), of Schottky's I / T^2: -(phi - beta E^(1/2)) at every voltage."""
    temperatures = np.array([299.0, 301.0])
    currents = np.array([current(law, ambient_temperature=t) for t in temperatures])
    if law == "schottky":
        currents /= temperatures[:, None] ** 2
    measured = -np.diff(np.log(currents), axis=0)[0] / np.diff(codata.e / (codata.k * temperatures))
    beta = (2 if law == "poole_frenkel" else 1) * schottky_beta()
    np.testing.assert_allclose(measured, 0.8 - beta * np.sqrt(VOLTAGES / FILM["thickness"]), rtol=1e-6)


def test_the_hyperbolic_sine_and_ohms_law_are_what_they_are_called():
    voltage = np.array([-2.0, -1e-3, -1e-9, 1e-12, 1e-6, 0.3, 2.0])
    exact = 0.17 * np.sinh(3.0 * voltage)
    np.testing.assert_allclose(current("hyperbolic_sine", voltage, current_slope=3.0), exact, rtol=1e-12)
    np.testing.assert_allclose(current("ohmic", voltage, current_slope=3.0), 0.51 * voltage, rtol=1e-14)


@pytest.mark.parametrize("model", [Yakopcic, StanfordRRAM])
@pytest.mark.parametrize("law", LAWS)
def test_every_law_is_odd_and_passes_through_the_origin(law, model):
    voltage = np.array([1e-15, 1e-9, 1e-3, 0.1, 1.0])
    device = model(conduction=law)
    plus, minus = (device.static(voltage=sign * voltage)["current"] for sign in (1, -1))
    np.testing.assert_array_equal(plus, -minus)
    assert np.all(plus > 0)
    assert device.static(voltage=0.0)["current"] == 0


def test_schottky_is_ohmic_below_the_thermal_voltage():
    """Both electrodes emit alike: I -> I_s e V / k T."""
    voltage = np.array([-1e-6, 1e-6])
    saturation = 0.17 * np.exp(-0.8 * codata.e / (codata.k * 300))
    lowered = np.exp(schottky_beta() * math.sqrt(1e-6 / FILM["thickness"]) * codata.e / (codata.k * 300))
    expected = saturation * lowered * voltage * codata.e / (codata.k * 300)
    np.testing.assert_allclose(current("schottky", voltage), expected, rtol=1e-4)  # 1 - exp(-u) = u - u^2 / 2


@pytest.mark.ngspice
@pytest.mark.parametrize("model", [Yakopcic, StanfordRRAM])
@pytest.mark.parametrize("law", LAWS)
def test_the_netlist_has_the_same_law(law, model):
    device = model(conduction=law)
    numeric, spice = iv(device)["current"], iv(device, engine="ngspice")["current"]
    np.testing.assert_allclose(spice, numeric, rtol=1e-6, atol=1e-18)


def test_a_law_that_does_not_exist_is_refused_by_name():
    with pytest.raises(UnknownNameError, match="fowler"):
        Yakopcic(conduction="fowler")
