"""Shared physics of magnetic devices against limits, direct integrals, and the forms of other publications."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from laws import values
from reference_data import published
from scipy import integrate

from synaspice.devices.physics.magnetism import (
    demagnetizing_factor_cylinder,
    demagnetizing_factors_ellipse,
    demagnetizing_factors_prism,
    direction,
    julliere_square,
    julliere_tmr,
    landau_lifshitz_gilbert,
    slonczewski_efficiency,
    spin_torque_field,
    thermal_field_density,
)

SHAPES = {"prism": demagnetizing_factors_prism, "ellipse": demagnetizing_factors_ellipse}
every_shape = pytest.mark.parametrize("shape", SHAPES)

# --- single formulas ----------------------------------------------------------------------------------


def test_directions_are_those_of_the_sphere():
    """The poles, the axes of the equator, and the components of a direction between them."""
    for polar, azimuth, expected in [
        (0, 0.3, (0, 0, 1)),
        (math.pi, 1.2, (0, 0, -1)),
        (math.pi / 2, 0, (1, 0, 0)),
        (math.pi / 2, math.pi / 2, (0, 1, 0)),
        (math.pi / 3, math.pi / 6, (0.75, math.sqrt(3) / 4, 0.5)),
    ]:
        np.testing.assert_allclose(np.array(direction(polar, azimuth), dtype=float).ravel(), expected, atol=1e-15)


def test_the_field_of_a_spin_torque_gives_the_magnet_the_moment_of_the_electrons():
    """Each electron brings hbar / 2, I / e of them come in a second: the torque mu0 M_s V beta P / 2 with P = 1."""
    current, m_s, volume = 3e-5, 1.1e6, 2e-24
    field = values(spin_torque_field, current=current, saturation_magnetization=m_s, volume=volume)
    torque = codata.mu_0 * m_s * volume * field / 2
    assert torque == pytest.approx(current / codata.e * codata.hbar / 2, rel=1e-9)


def test_a_thermal_field_keeps_the_equipartition():
    """White noise S of the field and the damping leave <m_x^2> = gamma_0 S / (2 alpha H) = k T / (mu0 M_s V H)."""
    alpha, kelvin, gamma, m_s, volume, hold = 0.03, 350.0, 1.76e11, 9e5, 3e-24, 4e4
    material = {"gyromagnetic_ratio": gamma, "saturation_magnetization": m_s, "volume": volume}
    density = values(thermal_field_density, damping=alpha, temperature=kelvin, **material)
    spread = gamma * codata.mu_0 * density / (2 * alpha * hold)
    assert spread == pytest.approx(codata.k * kelvin / (codata.mu_0 * m_s * volume * hold), rel=1e-9)


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.47, 0.4), (0.9, 0.2)])
def test_julliere_counts_the_electrons_of_each_spin(first, second):
    """Conductance ~ sum over the spins of the products of their shares; R_AP / R_P - 1 from both states."""
    up, down = (1 + first) / 2, (1 - first) / 2
    other, less = (1 + second) / 2, (1 - second) / 2
    ratio = (up * other + down * less) / (up * less + down * other) - 1
    assert julliere_tmr(first * second) == pytest.approx(ratio, rel=1e-12)
    assert julliere_square(ratio) == pytest.approx(first * second, rel=1e-12)


# --- Slonczewski's efficiency -----------------------------------------------------------------------

polarizations = st.floats(0.01, 1.0)
asymmetries = st.floats(1.01, 10.0)
cosines = st.floats(-1.0, 1.0)


def oommf_efficiency(c, p_fix, l_fix, p_free, l_free):
    """The form of Oxs_SpinXferEvolve, as its documentation states it.

    epsilon = q+ / (A + B c) + q- / (A - B c), A = sqrt((Lx^2 + 1)(Lf^2 + 1)), B = sqrt((Lx^2 - 1)(Lf^2 - 1)),
    q+- = 1/2 [Px Lx^2 sqrt((Lf^2 + 1) / (Lx^2 + 1)) +- Pf Lf^2 sqrt((Lx^2 - 1) / (Lf^2 - 1))]
    """
    fix, free = l_fix**2, l_free**2
    a = math.sqrt((fix + 1) * (free + 1))
    b = math.sqrt((fix - 1) * (free - 1))
    first = p_fix * fix * math.sqrt((free + 1) / (fix + 1))
    second = p_free * free * math.sqrt((fix - 1) / (free - 1))
    return (first + second) / 2 / (a + b * c) + (first - second) / 2 / (a - b * c)


@given(c=cosines, p_fix=polarizations, l_fix=asymmetries, p_free=polarizations, l_free=asymmetries)
def test_efficiency_is_that_of_oommf(c, p_fix, l_fix, p_free, l_free):
    ours = slonczewski_efficiency(c, p_fix, l_fix, p_free, l_free)
    assert ours == pytest.approx(oommf_efficiency(c, p_fix, l_fix, p_free, l_free), rel=1e-11, abs=1e-13)


@given(c=cosines, p=polarizations, asymmetry=st.floats(1.0, 10.0))
def test_efficiency_of_equal_layers_is_slonczewskis(c, p, asymmetry):
    """epsilon = P L^2 / [(L^2 + 1) + (L^2 - 1) c]."""
    square = asymmetry**2
    expected = p * square / ((square + 1) + (square - 1) * c)
    assert slonczewski_efficiency(c, p, asymmetry, p, asymmetry) == pytest.approx(expected, rel=1e-12)


@given(c=cosines, p_reference=polarizations, p_free=polarizations)
def test_efficiency_without_asymmetry_is_half_the_references_polarization(c, p_reference, p_free):
    """epsilon = P / 2 for Lambda = 1, where OOMMF's form has a 0 / 0."""
    assert slonczewski_efficiency(c, p_reference, 1, p_free, 1) == pytest.approx(p_reference / 2, rel=1e-15)


# --- the equation of motion ---------------------------------------------------------------------------


@given(
    polar=st.floats(0, math.pi),
    azimuth=st.floats(-math.pi, math.pi),
    precession=st.tuples(*[st.floats(-5.0, 5.0)] * 3),
    damping=st.floats(1e-4, 1.0),
)
def test_the_explicit_rate_solves_the_gilbert_equation(polar, azimuth, precession, damping):
    """dm/dt = -m x omega + alpha m x dm/dt, put back into its implicit form."""
    m, omega = direction(polar, azimuth).evalf(), sp.Matrix(precession)
    rate = np.array(landau_lifshitz_gilbert(m, omega, damping), dtype=float).ravel()
    m, omega = np.array(m, dtype=float).ravel(), np.array(precession)
    np.testing.assert_allclose(rate, -np.cross(m, omega) + damping * np.cross(m, rate), atol=1e-13)
    assert m @ rate == pytest.approx(0.0, abs=1e-13)


# --- demagnetising factors against direct integrals ---------------------------------------------------
# A body of uniform magnetisation M has the surface charge sigma = M . n, and its self-energy is that of the charge:
#     N_k = 1 / (4 pi V) * double surface integral of n_k n_k' / |r - r'|.
# None of these integrals has been done on paper here, which is what the closed forms under test do.


def prism_by_quadrature(length, width, thickness):
    """N along z of a prism, from the charges +-M on its two faces.

    Differences (u, v) of two points of a face occur with the weight 4 (a - u)(b - v), u in 0..a, v in 0..b. In polar
    coordinates the singularity of 1 / |r - r'| cancels.
    """

    def integrand(r, phi):
        u, v = r * math.cos(phi), r * math.sin(phi)
        return (length - u) * (width - v) * (1 - r / math.hypot(r, thickness))

    corner = math.atan2(width, length)
    settings = {"epsabs": 0.0, "epsrel": 1e-9}
    below = integrate.dblquad(integrand, 0, corner, 0, lambda phi: length / math.cos(phi), **settings)[0]
    above = integrate.dblquad(integrand, corner, math.pi / 2, 0, lambda phi: width / math.sin(phi), **settings)[0]
    return 2 * 4 * (below + above) / (4 * math.pi * length * width * thickness)


def ellipse_by_quadrature(length, width, thickness):
    """N along z of an elliptic cylinder, from the charges on its two faces.

    Differences of two points of the unit disc occur with the weight 2 acos(s/2) - s/2 sqrt(4 - s^2) at a distance s;
    the ellipse is the disc stretched by its half axes a and b.
    """
    a, b = length / 2, width / 2

    def integrand(s, phi):
        distance = s * math.hypot(a * math.cos(phi), b * math.sin(phi))
        weight = 2 * math.acos(s / 2) - s / 2 * math.sqrt(4 - s * s)
        return weight * s * (1 / distance - 1 / math.hypot(distance, thickness)) if s else weight * 0.0

    quadrant = integrate.dblquad(integrand, 0, math.pi / 2, 0, 2, epsabs=0.0, epsrel=1e-9)[0]
    return 2 * (a * b) ** 2 * 4 * quadrant / (4 * math.pi * math.pi * a * b * thickness)


def mantle_by_quadrature(length, width, thickness):
    """N along x of an elliptic cylinder, from the charge of its mantle: n_x dS = b cos(theta) d(theta) dz.

    Both integrals over z give g(rho) = 2 [t asinh(t / rho) - sqrt(t^2 + rho^2) + rho] at the distance rho in the plane.
    """
    a, b, t = length / 2, width / 2, thickness

    def along_the_mantle(theta):
        def integrand(root):
            # The logarithm at shift = 0 fades in the cube root of the shift.
            shift, slope = root**3, 3 * root**2
            other = theta + shift
            rho = math.hypot(a * (math.cos(theta) - math.cos(other)), b * (math.sin(theta) - math.sin(other)))
            g = 2 * (t * math.asinh(t / rho) - math.hypot(t, rho) + rho)
            return math.cos(theta) * math.cos(other) * g * slope

        end = math.pi ** (1 / 3)
        return sum(integrate.quad(integrand, *half, epsrel=1e-9, limit=200)[0] for half in ((0, end), (-end, 0)))

    # Smooth and periodic: equidistant points converge exponentially.
    angles = np.arange(64) * 2 * np.pi / 64
    outer = np.mean([along_the_mantle(theta) for theta in angles]) * 2 * np.pi
    return b * b * outer / (4 * math.pi * math.pi * a * b * thickness)


PILLARS = [(1.0, 1.0, 1.0), (3.0, 1.0, 0.5), (1.0, 2.0, 4.0), (40.0, 60.0, 1.3)]


@pytest.mark.parametrize("edges", PILLARS)
def test_prism_agrees_with_the_integral_over_its_surface_charges(edges):
    x, y, z = edges
    expected = (prism_by_quadrature(y, z, x), prism_by_quadrature(z, x, y), prism_by_quadrature(x, y, z))
    # dblquad was asked for 1e-9.
    assert demagnetizing_factors_prism(*edges) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("axes", PILLARS)
def test_elliptic_cylinder_agrees_with_the_integral_over_its_surface_charges(axes):
    x, y, z = axes
    expected = (mantle_by_quadrature(x, y, z), mantle_by_quadrature(y, x, z), ellipse_by_quadrature(x, y, z))
    # dblquad was asked for 1e-9.
    assert demagnetizing_factors_ellipse(*axes) == pytest.approx(expected, abs=1e-8)


# --- demagnetising factors against known values and limits --------------------------------------------


def test_a_cube_has_one_third_along_every_axis():
    """By symmetry N_x = N_y = N_z, and their sum is one."""
    assert demagnetizing_factors_prism(7e-9, 7e-9, 7e-9) == pytest.approx((1 / 3,) * 3, abs=1e-14)


def test_cylinder_has_the_published_factor():
    for row in published("demagnetizing_cylinder")["cylinder"]:
        factor = demagnetizing_factor_cylinder(row["length_over_diameter"])
        assert factor == pytest.approx(row["factor"], abs=0.5e-4)  # four printed digits


@pytest.mark.parametrize("tau", [1e-2, 1e-3, 1e-4, 1e-5])
def test_a_thin_disc_approaches_one(tau):
    """N_z -> 1 - (2 tau / pi) [ln(4 / tau) - 1/2], tau = t / 2R -> 0: the rim's charge, a ring of height t.

    The next term is of the order of tau^3, and the factor itself is a difference of terms of 1 / tau. A film of 0.1 nm
    and 10 um, at the bounds of what a junction accepts, has tau = 1e-5.
    """
    expected = 1 - 2 * tau / math.pi * (math.log(4 / tau) - 0.5)
    assert demagnetizing_factor_cylinder(tau) == pytest.approx(expected, abs=tau**3 + 1e-15 / tau)


@pytest.mark.parametrize("tau", [10.0, 100.0, 1000.0])
def test_a_long_rod_approaches_two_charged_discs(tau):
    """N_z -> 4 / (3 pi tau) - 1 / (8 tau^2), tau = t / 2R -> infinity.

    Twice the self-energy 8 Q^2 / (3 pi R) of a charged disc, less the attraction Q^2 / t of two of them.
    """
    expected = 4 / (3 * math.pi * tau) - 1 / (8 * tau**2)
    # The discs' quadrupole moments enter in 1 / tau^4.
    assert demagnetizing_factor_cylinder(tau) == pytest.approx(expected, abs=0.1 / tau**4 + 1e-15)


@pytest.mark.parametrize(("a", "b"), [(3.0, 1.0), (200.0, 1.0), (1.0, 500.0)])
def test_a_very_long_elliptic_rod_has_the_factors_of_the_infinite_one(a, b):
    """N_x = b / (a + b), N_y = a / (a + b), N_z = 0 for an infinite elliptic cylinder with half axes a, b."""
    factors = demagnetizing_factors_ellipse(a, b, 1e10)
    # The ends weigh about length / 1e10.
    assert factors == pytest.approx((b / (a + b), a / (a + b), 0.0), abs=1e-7)


@given(
    diameter=st.floats(2e-9, 1e-5),
    thickness=st.floats(1e-10, 1e-7),
)
def test_an_ellipse_with_equal_axes_is_a_cylinder(diameter, thickness):
    x, y, z = demagnetizing_factors_ellipse(diameter, diameter, thickness)
    # The factor is a difference of terms of 1 / tau, at most 1e5.
    assert z == pytest.approx(float(demagnetizing_factor_cylinder(thickness / diameter)), abs=1e-10)
    assert x == pytest.approx(y, abs=1e-10)


# Whatever a junction accepts.
accepted = {"length": st.floats(2e-9, 1e-5), "width": st.floats(2e-9, 1e-5), "thickness": st.floats(1e-10, 1e-7)}


def rounding(*edges):
    """What may remain of terms that cancel: those of a prism grow as its largest aspect ratio squared."""
    return 1e-12 + 5e-16 * (max(edges) / min(edges)) ** 2


@every_shape
@given(**accepted)
def test_turning_a_pillar_by_90_degrees_swaps_its_axes(shape, length, width, thickness):
    x, y, z = SHAPES[shape](length, width, thickness)
    tolerance = rounding(length, width, thickness)
    assert SHAPES[shape](width, length, thickness) == pytest.approx((y, x, z), abs=tolerance)


@every_shape
@given(**accepted)
def test_demagnetizing_factors_sum_to_one_and_fall_with_the_length(shape, length, width, thickness):
    """N_x + N_y + N_z = 1, all of them between 0 and 1, and the longer axis has the smaller one."""
    factors = SHAPES[shape](length, width, thickness)
    tolerance = rounding(length, width, thickness)
    assert sum(factors) == pytest.approx(1.0, abs=tolerance)
    assert all(0 < factor < 1 for factor in factors)
    longer, shorter = sorted(zip((length, width), factors[:2], strict=True), reverse=True)
    assert longer[1] <= shorter[1] + tolerance


@given(
    edges=st.tuples(st.floats(2e-9, 1e-7), st.floats(2e-9, 1e-7), st.floats(2e-9, 1e-7)),
    order=st.permutations([0, 1, 2]),
)
def test_a_prism_does_not_care_for_the_names_of_its_axes(edges, order):
    factors = demagnetizing_factors_prism(*edges)
    permuted = demagnetizing_factors_prism(*(edges[k] for k in order))
    assert permuted == pytest.approx([factors[k] for k in order], abs=1e-12)


@every_shape
def test_only_the_ratios_of_the_edges_matter(shape):
    small, large = SHAPES[shape](30e-9, 20e-9, 1e-9), SHAPES[shape](30.0, 20.0, 1.0)
    assert small == pytest.approx(large, abs=1e-13)
