"""Coupling between layers against energies and equations of motion that are written out here."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from scipy import optimize

from synaspice.devices.language.errors import ParameterError
from synaspice.devices.physics import interlayer

X, Y, Z = (sp.Matrix(row) for row in np.eye(3, dtype=int).tolist())


def test_energies_of_two_layers():
    """-J1 for parallel and J1 for antiparallel layers, -J2 for both, and -D . (m x m') at a right angle."""
    none = sp.zeros(3, 1)
    for other, sign in ((X, 1), (-X, -1)):
        assert interlayer.coupling_energy(X, other, 3.0, 0.0, none) == pytest.approx(-3.0 * sign)
        assert interlayer.coupling_energy(X, other, 0.0, 2.0, none) == pytest.approx(-2.0)
    assert interlayer.coupling_energy(X, Y, 3.0, 2.0, sp.Matrix([0, 0, 5.0])) == pytest.approx(-5.0)
    half = sp.Matrix([0.5, math.sqrt(3) / 2, 0])
    assert interlayer.coupling_energy(X, half, 3.0, 2.0, none) == pytest.approx(-3.0 * 0.5 - 2.0 * 0.25)


def test_gradient_is_by_each_component():
    m = sp.Matrix(sp.symbols("x y z"))
    assert interlayer.gradient(m[0] ** 2 + 3 * m[1], m) == sp.Matrix([2 * m[0], 3, 0])


def energy(angles, field, exchange, anisotropy, biquadratic):
    """Of a layer, over mu_0 M_s t: two angles in the plane from the easy axis, along which the field is."""
    cosine = math.cos(angles[0] - angles[1])
    own = sum(-field * math.cos(a) - 0.5 * anisotropy * math.cos(a) ** 2 for a in angles)
    return own + exchange * cosine + biquadratic * cosine**2


FIELDS = [(5e4, 1e4, 0.0), (5e4, 1e4, 4e3), (2e4, 1.5e4, 1e3)]


@pytest.mark.parametrize(("exchange", "anisotropy", "biquadratic"), FIELDS)
def test_limits_are_those_of_the_energy(exchange, anisotropy, biquadratic):
    """The antiparallel and the parallel state lose their minimum, by the least curvature of the energy."""
    common = exchange, anisotropy, biquadratic

    def softest(field, rest):
        size = 1e-4
        steps = size * np.eye(2)

        def at(a):
            return energy(np.array(rest) + a, field, *common)

        hessian = [[at(p + q) - at(p - q) - at(q - p) + at(-p - q) for q in steps] for p in steps]
        return float(np.linalg.eigvalsh(np.array(hessian))[0])

    limit = interlayer.antiparallel_limit(*common)
    found = optimize.brentq(lambda field: softest(field, [0.0, math.pi]), 0.5 * limit, 1.5 * limit)
    assert found == pytest.approx(limit, rel=1e-4, abs=0)
    saturation = interlayer.saturation_field(*common)
    found = optimize.brentq(lambda field: softest(field, [0.0, 0.0]), 0.5 * saturation, 1.5 * saturation)
    assert found == pytest.approx(saturation, rel=1e-4, abs=0)


@pytest.mark.parametrize(("exchange", "anisotropy"), [(5e4, 1e4), (3e4, 2e4)])
def test_at_the_spin_flop_canted_layers_have_the_energy_of_antiparallel_ones(exchange, anisotropy):
    field = interlayer.spin_flop_field(exchange, anisotropy)
    canted = min(energy([a, -a], field, exchange, anisotropy, 0.0) for a in np.linspace(0, math.pi / 2, 20001))
    assert canted == pytest.approx(energy([0, math.pi], field, exchange, anisotropy, 0.0), rel=1e-6, abs=0)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 1.0, 1.1, 3.0, -0.3])
def test_modes_of_an_antiferromagnet(share):
    """Two macrospins, dm/dt = -m x H with H_i = h x - H_E m_j - M z (m_i . z), linear about their canted rest."""
    exchange, magnetization = 4e4, 1e6
    h = share * 2 * exchange
    cosine = max(min(share, 1.0), -1.0)
    sine = math.sqrt(1 - cosine**2)
    rest = np.array([cosine, sine, 0.0, cosine, -sine, 0.0])

    def rate(m):
        first, second = m[:3], m[3:]
        both = []
        for own, other in ((first, second), (second, first)):
            felt = np.array([h, 0, 0]) - exchange * other - np.array([0, 0, magnetization * own[2]])
            both.append(-np.cross(own, felt))
        return np.concatenate(both)

    assert np.allclose(rate(rest), 0, atol=1e-6 * exchange)
    columns = [(rate(rest + 1e-6 * e) - rate(rest - 1e-6 * e)) / 2e-6 for e in np.eye(6)]
    turning = np.sort(np.abs(np.linalg.eigvals(np.array(columns).T).imag))[-4::2]
    expected = np.sort(interlayer.antiferromagnet_modes(h, exchange, magnetization))
    np.testing.assert_allclose(turning, expected, rtol=1e-6, atol=2e-2 * exchange if 0 in expected else 0)


def test_senseless_fields_are_refused():
    with pytest.raises(ParameterError, match="do not cant"):
        interlayer.spin_flop_field(1e3, 1.001e3)
    assert interlayer.spin_flop_field(1e3, 1e3) == pytest.approx(1e3)
    with pytest.raises(ParameterError, match="no antiparallel state"):
        interlayer.antiparallel_limit(1e3, 1e2, 526.0)
    assert interlayer.antiparallel_limit(1e3, 1e2, 525.0) == 0.0


def test_without_a_word_there_is_no_biquadratic_coupling_and_no_anisotropy():
    assert interlayer.antiparallel_limit(50.0, 10.0) == pytest.approx(math.sqrt(1100.0), rel=1e-12, abs=0)
    assert interlayer.saturation_field(50.0) == 100.0
