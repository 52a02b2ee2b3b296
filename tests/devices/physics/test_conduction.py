"""Laws of conduction, each against its formula in numbers: exponents, prefactors, and what they are at no voltage."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata
from laws import values

from synaspice.devices.physics import conduction

VOLTAGE = np.array([-1.5, -0.3, 0.02, 0.1, 0.7, 1.5])
FILM = {"thickness": 12e-9, "relative_permittivity": 4.0}


def lowering(voltage):
    """sqrt(e E / 4 pi eps) in volts, E = |V| / d; one volt across 1 nm of vacuum lowers a barrier by 1.2 V."""
    field = np.abs(voltage) / FILM["thickness"]
    return np.sqrt(codata.e * field / (4 * np.pi * codata.epsilon_0 * FILM["relative_permittivity"]))


def test_a_field_of_a_volt_per_nanometre_lowers_a_barrier_by_1_2_volts():
    found = values(conduction.schottky_lowering, voltage=1.0, thickness=1e-9, relative_permittivity=1.0)
    assert found == pytest.approx(1.19999, rel=1e-4, abs=0)  # sqrt(e E / 4 pi eps_0) = sqrt(1.43996 V nm * 1 V/nm)


def test_the_lowering_is_that_of_the_image_force_for_either_sign():
    np.testing.assert_allclose(
        values(conduction.schottky_lowering, voltage=VOLTAGE, **FILM), lowering(VOLTAGE), rtol=1e-9
    )
    assert values(conduction.schottky_lowering, voltage=0.0, **FILM) < 1e-5


def test_thermal_voltage_at_room_temperature():
    assert values(conduction.thermal_voltage, temperature=300.0) == pytest.approx(25.852e-3, rel=1e-5, abs=0)


def test_hyperbolic_sine():
    """I / A = sinh(b V), and b V at small voltages."""
    found = values(conduction.hyperbolic_sine, voltage=VOLTAGE, slope=3.0)
    np.testing.assert_allclose(found * VOLTAGE, np.sinh(3 * VOLTAGE), rtol=1e-9)
    assert values(conduction.hyperbolic_sine, voltage=0.0, slope=3.0) == pytest.approx(3.0, rel=1e-12, abs=0)
    # at the rounding's own size, where sinh(x) / x is 1 to twelve digits
    tiny = np.array([1e-8, 3e-7, 1e-6])
    np.testing.assert_allclose(values(conduction.hyperbolic_sine, voltage=tiny, slope=3.0), 3.0, rtol=1e-10)


def test_ohms_law():
    assert conduction.ohmic(2.5) == 2.5


@pytest.mark.parametrize("kelvin", [250.0, 300.0, 400.0])
def test_poole_frenkel(kelvin):
    """I / A = b V exp(-(phi - 2 beta_S E^(1/2)) / (k T / e))."""
    wanted = 2.0 * np.exp((2 * lowering(VOLTAGE) - 0.9) / (codata.k * kelvin / codata.e))
    found = values(conduction.poole_frenkel, voltage=VOLTAGE, slope=2.0, barrier_height=0.9, temperature=kelvin, **FILM)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("kelvin", [250.0, 300.0, 400.0])
def test_schottky(kelvin):
    """I / A = (T / 300 K)^2 exp(-(phi - beta E^(1/2)) / (k T / e)) (1 - exp(-e |V| / k T)), odd in V."""
    thermal = codata.k * kelvin / codata.e
    emission = (kelvin / 300) ** 2 * np.exp((lowering(VOLTAGE) - 0.9) / thermal)
    wanted = np.sign(VOLTAGE) * emission * (1 - np.exp(-np.abs(VOLTAGE) / thermal))
    found = values(conduction.schottky, voltage=VOLTAGE, barrier_height=0.9, temperature=kelvin, **FILM)
    np.testing.assert_allclose(found * VOLTAGE, wanted, rtol=1e-9)


@pytest.mark.parametrize("kelvin", [250.0, 400.0])
def test_schottky_at_no_voltage_is_the_emission_over_the_thermal_voltage(kelvin):
    """(1 - exp(-u)) / u is 1 there; at 1 uV the root of the field lowers the barrier by 0.2 mV already."""
    thermal = codata.k * kelvin / codata.e
    found = values(conduction.schottky, voltage=0.0, barrier_height=0.9, temperature=kelvin, **FILM)
    assert found == pytest.approx((kelvin / 300) ** 2 * np.exp(-0.9 / thermal) / thermal, rel=1e-3, abs=0)
