"""Laws of temperature of a junction's material, in numbers, and where they are refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from laws import Given, values

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics import magnetism
from synaspice.devices.physics.temperature_laws import check_material, material

GIVEN = {
    "saturation_magnetization": 1e6,
    "tmr": 1.5,
    "curie_temperature": 1000.0,
    "magnetization_exponent": 1.5,
    "polarization_decay": 2e-5,
    "reference_temperature": 300.0,
    "interfacial_exponent": 2.2,
    "uniaxial_exponent": 3.0,
}


def at(temperature, law="bloch"):
    """Magnetisation, anisotropies, polarisation and TMR at a temperature."""
    s = SimpleNamespace(temperature_law=law, **{name: sp.Float(value) for name, value in GIVEN.items()})

    def made(temperature, s):
        found = material(s, temperature)
        return found.magnetization, found.interfacial, found.uniaxial, found.polarization, found.tmr

    return [float(value) for value in values(made, temperature=temperature, s=Given(s))]


@pytest.mark.parametrize("kelvin", [150.0, 300.0, 400.0])
def test_material_at_a_temperature(kelvin):
    """M ~ 1 - (T / T_C)^1.5, K ~ M^k, P ~ 1 - a T^1.5 and TMR = 2 P^2 / (1 - P^2), over the values at 300 K."""
    magnetic = (1 - (kelvin / 1000) ** 1.5) / (1 - 0.3**1.5)
    polarized = (1 - 2e-5 * kelvin**1.5) / (1 - 2e-5 * 300**1.5)
    square = 1.5 / 3.5 * polarized**2
    wanted = [1e6 * magnetic, magnetic**2.2, magnetic**3, polarized, 2 * square / (1 - square)]
    np.testing.assert_allclose(at(kelvin), wanted, rtol=1e-9)


def test_without_a_law_the_material_stays_as_it_is():
    assert at(500.0, "none") == [1e6, 1.0, 1.0, 1.0, 1.5]


def test_a_magnetisation_stays_above_two_hundredths():
    found = values(
        magnetism.magnetization_ratio, temperature=[0.0, 990.0, 1200.0, -5.0], curie_temperature=1000.0, exponent=1.5
    )
    np.testing.assert_allclose(found, [1.0, 0.02, 0.02, 1.0], rtol=1e-12)
    found = values(magnetism.polarization_ratio, temperature=[0.0, 100.0, 1e4, -5.0], decay=2e-5)
    np.testing.assert_allclose(found, [1.0, 0.98, 0.0, 1.0], rtol=1e-12)


def junction(law="bloch", **changed):
    return SimpleNamespace(options={"temperature_law": law}, values={**GIVEN, "ambient_temperature": 300.0, **changed})


@pytest.mark.parametrize("hot", ["ambient_temperature", "reference_temperature"])
def test_temperatures_near_the_curie_point_are_refused(hot):
    cold = {"polarization_decay": 0.0}
    check_material(junction(**{hot: 949.0}, **cold))
    with pytest.raises(ParameterError, match="95 % of curie_temperature = 1000 K"):
        check_material(junction(**{hot: 951.0}, **cold))
    check_material(junction("none", **{hot: 951.0}, **cold))


def test_polarisations_stay_between_0_and_1():
    """1 - a T^1.5 of at least 0.05 where it is hottest, and P^2 at 300 K, of the TMR, below the square there."""
    below, above = (0.95 / 900**1.5 * factor for factor in (0.999, 1.001))
    check_material(junction(ambient_temperature=900.0, polarization_decay=below, tmr=0.1))
    with pytest.raises(ParameterError, match="stay between 0 and 1"):
        check_material(junction(ambient_temperature=900.0, polarization_decay=above, tmr=0.1))
    largest = (1 - (1.5 / 3.5) ** 0.5) / 300**1.5
    check_material(junction(polarization_decay=0.999 * largest))
    with pytest.raises(ParameterError, match="TMR of 1.5 at 300 K"):
        check_material(junction(polarization_decay=1.001 * largest))
