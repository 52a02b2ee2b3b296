"""Laws of the current through a barrier, each against its formula in numbers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.constants as codata
import sympy as sp
from laws import Given, values

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics import tunnelling
from synaspice.devices.physics.tunnel_torque import tunnelling_efficiency

VOLTAGE = np.array([-0.9, -0.2, 0.05, 0.4, 0.9])


def test_the_decay_of_a_barrier_of_one_volt_and_one_nanometre():
    """2 d sqrt(2 m e phi) / hbar: sqrt(2 m e * 1 V) / hbar is 5.1232 per nanometre."""
    assert values(tunnelling.tunnelling_decay, height=1.0, thickness=1e-9, mass=1.0) == pytest.approx(
        10.2463, rel=1e-5, abs=0
    )
    thick = values(tunnelling.tunnelling_decay, height=4.0, thickness=3e-9, mass=0.25)
    assert thick == pytest.approx(3 * 10.2463, rel=1e-5, abs=0)


@pytest.mark.parametrize(("bias", "seen"), [(0.0, 1.5), (1.0, 0.75), (2.0, 0.5)])
def test_conductance_of_a_junction_is_that_of_its_angle(bias, seen):
    """G / G_P is 1 for parallel layers, 1 / (1 + TMR) for antiparallel ones, and their mean at a right angle."""
    found = values(tunnelling.relative_conductance, cosine=[1.0, -1.0, 0.0], bias=bias, tmr=1.5)
    np.testing.assert_allclose(found, [1.0, 1 / (1 + seen), (1 + 1 / (1 + seen)) / 2], rtol=1e-14)


def test_brinkmans_current_over_the_voltage():
    """The integral of his parabola, 1 - (a / 2) V + (c / 3) V^2."""
    decay, height, asymmetry = 12.0, 1.2, 0.4
    a_0 = 2 * decay / 3  # times the root of the height
    linear, square = a_0 * asymmetry / (16 * height**2), 9 * a_0**2 / (128 * height**2)
    found = values(tunnelling.brinkman, voltage=VOLTAGE, decay=decay, height=height, asymmetry=asymmetry)
    np.testing.assert_allclose(found, 1 - linear * VOLTAGE / 2 + square * VOLTAGE**2 / 3, rtol=1e-13)


def simmons_current(voltage, decay, height):
    """phi exp(-A sqrt(phi)) below less above, over the slope at zero, 1 / (decay / 2 - 1) of exp(decay) in volts."""
    low, high = height - voltage / 2, height + voltage / 2
    difference = low * np.exp(decay * (1 - np.sqrt(low / height))) - high * np.exp(decay * (1 - np.sqrt(high / height)))
    return difference / (decay / 2 - 1)


def test_simmons_current():
    found = values(tunnelling.simmons, voltage=VOLTAGE, decay=9.0, height=1.0)
    np.testing.assert_allclose(found * VOLTAGE, simmons_current(VOLTAGE, 9.0, 1.0), rtol=1e-9)


def test_simmons_conductance_is_one_at_no_voltage():
    small = np.array([0.0, 1e-8, -1e-8, 1e-7, 1e-6, 1e-5])
    np.testing.assert_allclose(values(tunnelling.simmons, voltage=small, decay=9.0, height=1.0), 1.0, rtol=1e-8)


@pytest.mark.parametrize("sign", [1, -1])
def test_simmons_conductance_stays_beyond_the_barrier(sign):
    """Where the barrier is a triangle his formula ends; the chord conductance is that at the height from there on."""
    found = values(tunnelling.simmons, voltage=sign * np.array([1.0, 1.3, 4.0]), decay=9.0, height=1.0)
    at_the_height = float(simmons_current(1.0, 9.0, 1.0))
    np.testing.assert_allclose(found, at_the_height, rtol=1e-9)


def test_a_law_holds_up_to_the_height_of_the_barrier():
    for law, wanted in (("roll-off", [1, 1, 1, 1]), ("brinkman", [1, 1, 0, 0]), ("simmons", [1, 1, 0, 0])):
        s = SimpleNamespace(conduction=law, barrier_height=sp.Float(0.8))
        found = values(tunnelling.conduction_holds, s=Given(s), voltage=[0.5, -0.8, 0.81, -1.0])
        np.testing.assert_array_equal(found, wanted)


def test_noise_of_a_barrier():
    """Hooge parameters of the two states, and their mean at a right angle, over the area; shot noise at high bias."""
    for cosine, hooge in ((1.0, 3e-20), (-1.0, 9e-20), (0.0, 6e-20)):
        s = SimpleNamespace(voltage=sp.Float(0.5), cosine=sp.Float(cosine), area=sp.Float(2e-15))
        s.hooge_parallel, s.hooge_antiparallel = sp.Float(3e-20), sp.Float(9e-20)
        white, flicker = values(tunnelling.barrier_noise, s=Given(s), conductance=1e-4, temperature=300.0)
        assert white == pytest.approx(2 * codata.e * 1e-4 * 0.5, rel=1e-6, abs=0)
        assert flicker == pytest.approx(hooge / 2e-15 * (1e-4 * 0.5) ** 2, rel=1e-12, abs=0)


def test_efficiency_of_a_tunnel_current():
    """P / [2 (1 + P_r P_f c)]."""
    found = values(tunnelling_efficiency, cosine=[1.0, 0.0, -1.0], polarization=0.6, product=0.5)
    np.testing.assert_allclose(found, [0.2, 0.3, 0.6], rtol=1e-14)


def test_barriers_at_the_edge_of_a_law():
    """A decay of 3 is thick enough for Simmons, an asymmetry of the height still a barrier for Brinkman."""

    def junction(conduction, decay=10.0, asymmetry=0.0):
        values = {"barrier_height": 1.2, "barrier_thickness": 1e-9, "barrier_asymmetry": asymmetry}
        return SimpleNamespace(options={"conduction": conduction}, values=values, derived={"tunnelling_decay": decay})

    check_barrier = tunnelling.check_barrier
    check_barrier(junction("simmons", decay=3.0))
    for law in ("roll-off", "brinkman"):
        check_barrier(junction(law, decay=2.9))
    with pytest.raises(ParameterError, match=r"phi\) / hbar = 2.99 < 3"):
        check_barrier(junction("simmons", decay=2.99))
    for sign in (1, -1):
        check_barrier(junction("brinkman", asymmetry=sign * 1.2))
        check_barrier(junction("simmons", asymmetry=sign * 1.3))
        with pytest.raises(ParameterError, match="must not exceed barrier_height"):
            check_barrier(junction("brinkman", asymmetry=sign * 1.21))
