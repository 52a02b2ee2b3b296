"""Laws of Brinkman and of Simmons for the current through the barrier."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.devices import MTJ, ParameterError

BARRIER = {"barrier_height": 1.2, "barrier_thickness": 1.2e-9, "effective_mass": 0.4}


def test_brinkmans_conductance_is_his_parabola():
    """G / G0 = 1 - (A0 dphi / 16 phi^1.5) eV + (9 A0^2 / 128 phi) (eV)^2, A0 = 4 sqrt(2 m) d / (3 hbar).

    W. F. Brinkman, R. C. Dynes, J. M. Rowell, J. Appl. Phys. 41, 1915 (1970), doi:10.1063/1.1659141.
    """
    device = MTJ(conduction="brinkman", barrier_asymmetry=0.6, tmr_half_voltage=100.0, tmr=0.0, **BARRIER)
    voltage = np.linspace(-1, 1, 21)
    phi, asymmetry = 1.2 * codata.e, 0.6 * codata.e
    a = 4 * math.sqrt(2 * 0.4 * codata.m_e) * 1.2e-9 / (3 * codata.hbar)
    energy = codata.e * voltage
    parabola = 1 - a * asymmetry / (16 * phi**1.5) * energy + 9 * a**2 / (128 * phi) * energy**2
    slope = device.static(voltage=voltage)["dcurrent/dvoltage"]
    np.testing.assert_allclose(slope, device.parallel_conductance * parabola, rtol=1e-12)
    # Their exponent of the conductance at zero bias: 1.025 d sqrt(phi) in Angstrom and electron volts.
    assert device.replace(effective_mass=1.0).tunnelling_decay == pytest.approx(1.025 * 12 * math.sqrt(1.2), rel=1e-3)


def test_simmons_current_is_his_formula():
    """J = (e / 2 pi h d^2) [(phi - eV/2) exp(-A sqrt(phi - eV/2)) - (phi + eV/2) exp(-A sqrt(phi + eV/2))].

    J. G. Simmons, J. Appl. Phys. 34, 1793 (1963), doi:10.1063/1.1702682; here over its slope at zero bias.
    """
    device = MTJ(conduction="simmons", tmr_half_voltage=100.0, tmr=0.0, **BARRIER)
    a = 4 * math.pi * 1.2e-9 / codata.h * math.sqrt(2 * 0.4 * codata.m_e)

    def current(voltage):
        low, high = ((1.2 + sign * voltage / 2) * codata.e for sign in (-1, 1))
        return low * np.exp(-a * np.sqrt(low)) - high * np.exp(-a * np.sqrt(high))

    voltage = np.linspace(-1.1, 1.1, 12)
    slope = (current(1e-4) - current(-1e-4)) / 2e-4
    # The difference quotient is good to the square of its step over the barrier's height.
    expected = device.parallel_conductance * current(voltage) / slope
    np.testing.assert_allclose(device.static(voltage=voltage)["current"], expected, rtol=1e-6)


@pytest.mark.parametrize("law", ["brinkman", "simmons"])
def test_at_small_bias_the_resistance_is_that_of_the_product(law):
    device = MTJ(conduction=law, **BARRIER)
    static = device.static(voltage=np.array([0.0, 1e-9, 1e-7, 1e-5]))
    np.testing.assert_allclose(static["resistance"], device.parallel_resistance, rtol=1e-4)
    np.testing.assert_allclose(static["current"][1:] * device.parallel_resistance, [1e-9, 1e-7, 1e-5], rtol=1e-4)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"conduction": "simmons", "barrier_thickness": 3e-10, "barrier_height": 0.3}, "must be thicker"),
        ({"conduction": "brinkman", "barrier_height": 0.3, "barrier_asymmetry": 0.4}, "must not exceed"),
        ({"conduction": "ohm"}, "unknown choice"),
        ({"barrier_height": "1 nm"}, "unit"),
    ],
)
def test_barriers_that_a_law_does_not_fit_are_refused(values, complaint):
    with pytest.raises(Exception, match=complaint) as caught:
        MTJ(**values)
    assert isinstance(caught.value, ParameterError | LookupError | ValueError)
