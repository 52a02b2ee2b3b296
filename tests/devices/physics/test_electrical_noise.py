"""Noise of what conducts, in numbers: Nyquist's, Schottky's, and the crossover between them."""

from __future__ import annotations

import math

import pytest
import scipy.constants as codata
from laws import values

from synaspice.devices.physics.electrical_noise import flicker_noise, thermal_noise, white_noise


def test_a_kiloohm_at_room_temperature():
    """4.07 nV per root of hertz across 1 kohm at 300 K: S_I = S_V / R^2."""
    found = values(thermal_noise, conductance=1e-3, temperature=300.0)
    assert math.sqrt(found) * 1e3 == pytest.approx(4.070e-9, rel=1e-4, abs=0)


@pytest.mark.parametrize("fano", [1.0, 1 / 3, 0.0])
def test_thermal_and_shot_noise_are_its_limits(fano):
    common = {"conductance": 2e-3, "temperature": 77.0, "fano_factor": fano}
    assert values(white_noise, voltage=0.0, **common) == pytest.approx(4 * codata.k * 77 * 2e-3, rel=1e-12, abs=0)
    high = 1.0
    wanted = 2 * codata.e * fano * 2e-3 * high + 4 * codata.k * 77 * 2e-3 * (1 - fano)
    assert values(white_noise, voltage=high, **common) == pytest.approx(wanted, rel=1e-9, abs=0)
    assert values(white_noise, voltage=-high, **common) == pytest.approx(wanted, rel=1e-9, abs=0)


def test_without_a_fano_factor_electrons_tunnel_one_by_one():
    """2 e I coth(e V / 2 k T), at e V = 2 k T."""
    voltage = 2 * codata.k * 300 / codata.e
    wanted = 2 * codata.e * 1e-3 * voltage / math.tanh(1.0)
    assert values(white_noise, voltage=voltage, conductance=1e-3, temperature=300.0) == pytest.approx(
        wanted, rel=1e-12, abs=0
    )


def test_flicker_noise_grows_with_the_square_of_the_current():
    assert flicker_noise(1e-11, 3e-3) == pytest.approx(9e-17, rel=1e-12, abs=0)
