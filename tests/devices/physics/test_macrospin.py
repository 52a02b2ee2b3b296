"""The macrospin, by a magnet on a spin circuit: its equation, and its figures of merit by the energy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.constants import k, mu_0

from synaspice.devices import DC, MTJ, ElectrothermalMTJ, ParameterError, SpinMagnet
from synaspice.devices.core.protocols import Sweep
from synaspice.devices.physics.macrospin import SHAPES, slow_triangle

#: A film whose easy axis each of the three is: by its shape, and by its uniaxial anisotropy.
EASY = {
    "x": SpinMagnet(length=100e-9, width=50e-9, thickness=3e-9, damping=1e-3),
    "y": SpinMagnet(length=60e-9, width=150e-9, thickness=5e-9, shape="prism", damping=1e-3),
    "z": SpinMagnet(length=60e-9, width=50e-9, thickness=1.5e-9, uniaxial_anisotropy=8e5, damping=1e-3),
}
AXES = {"x": np.array([1.0, 0, 0]), "y": np.array([0, 1.0, 0]), "z": np.array([0, 0, 1.0])}
BRANCHES = ("charge_voltage", "spin_voltage_x", "spin_voltage_y", "spin_voltage_z")
every_axis = pytest.mark.parametrize("easy", EASY)


def vector(polar, azimuth):
    return np.array([math.sin(polar) * math.cos(azimuth), math.sin(polar) * math.sin(azimuth), math.cos(polar)])


def angles(m):
    m = m / np.linalg.norm(m)
    return {"initial_polar_angle": math.acos(m[2]), "initial_azimuth": math.atan2(m[1], m[0])}


def static(magnet, potentials=(0.0,) * 4):
    """Rate of the magnetisation and the spin current into the magnet."""
    table = magnet.static(**dict(zip(BRANCHES, potentials, strict=True)))
    return tuple(
        np.array([float(table[name.format(axis)]) for axis in "xyz"]) for name in ("dm_{}/dt", "spin_current_{}")
    )


def energies(magnet):
    """Energy per volume of a magnetisation along each axis: of its own field, and of the uniaxial anisotropy."""
    m_s, factors = magnet.saturation_magnetization, SHAPES[magnet.shape](magnet.length, magnet.width, magnet.thickness)
    u = vector(magnet.anisotropy_polar_angle, magnet.anisotropy_azimuth)
    return mu_0 / 2 * m_s**2 * np.array(factors) - magnet.uniaxial_anisotropy * u**2


@pytest.mark.parametrize("damping", [1e-3, 0.4])
def test_the_rate_solves_the_gilbert_equation_with_every_field_of_a_magnet(damping):
    """dm/dt = -g m x H + alpha m x dm/dt - g_e hbar / (2 e M_s V) m x (I_s x m), put back into its implicit form."""
    factors, field, u = np.array([0.1, 0.3, 0.8]), np.array([2e4, -3e4, 5e4]), vector(0.7, -2.0)
    magnet = SpinMagnet(
        damping=damping,
        uniaxial_anisotropy=-3e5,
        anisotropy_polar_angle=0.7,
        anisotropy_azimuth=-2.0,
        **{f"demagnetizing_factor_{axis}": value for axis, value in zip("xyz", factors, strict=True)},
        **{f"field_{axis}": value for axis, value in zip("xyz", field, strict=True)},
        initial_polar_angle=1.1,
        initial_azimuth=0.6,
    )
    m, m_s = vector(1.1, 0.6), magnet.saturation_magnetization
    rate, current = static(magnet, (1e-4, 2e-4, -3e-4, 5e-4))
    h = field - 2 * 3e5 / (mu_0 * m_s) * (m @ u) * u - m_s * factors * m
    moments = magnet.gyromagnetic_ratio * codata.hbar / (2 * codata.e * m_s * math.pi / 4 * 100e-9 * 50e-9 * 3e-9)
    turned = -moments * np.cross(m, np.cross(current, m))
    precession = -magnet.gyromagnetic_ratio * mu_0 * np.cross(m, h)
    assert np.linalg.norm(turned) > 0.01 * np.linalg.norm(precession), "the torque would drown"
    implicit = precession + damping * np.cross(m, rate) + turned
    np.testing.assert_allclose(rate, implicit, rtol=1e-10)


@every_axis
def test_the_axes_are_ordered_by_their_energy(easy):
    magnet = EASY[easy]
    assert magnet.axes_by_pull() == ["xyz"[i] for i in np.argsort(-energies(magnet))]
    assert magnet.axes_by_pull()[-1] == easy


@every_axis
def test_figures_of_merit_are_differences_of_energy(easy):
    """mu0 M_s H / 2 is the energy per volume from the easy axis to the next one, or the hardest; over k T a barrier."""
    magnet = EASY[easy].replace(ambient_temperature=350.0)
    low, middle, high = np.sort(energies(magnet))
    scale = mu_0 * magnet.saturation_magnetization / 2
    assert magnet.anisotropy_field == pytest.approx((middle - low) / scale, rel=1e-9)
    assert magnet.hard_axis_field == pytest.approx((high - low) / scale, rel=1e-9)
    section = magnet.length * magnet.width * (math.pi / 4 if magnet.shape == "ellipse" else 1)
    assert magnet.area == pytest.approx(section, rel=1e-12)
    assert magnet.volume == pytest.approx(section * magnet.thickness, rel=1e-12)
    assert magnet.thermal_stability == pytest.approx((middle - low) * magnet.volume / (k * 350.0), rel=1e-9)


@every_axis
def test_a_small_precession_decays_as_the_eigenvalue_of_its_rates_says(easy):
    """The real part of the eigenvalues of d(dm/dt)/dm across the easy axis, but for alpha^2 = 1e-6."""
    magnet, axis, small = EASY[easy], AXES[easy], 1e-5
    across = [v for name, v in AXES.items() if name != easy]

    def slope(v):
        ends = [static(magnet.replace(**angles(axis + sign * small * v)))[0] for sign in (1, -1)]
        return (ends[0] - ends[1]) / (2 * small)

    jacobian = [[row @ slope(v) for v in across] for row in across]
    values = np.linalg.eigvals(jacobian)
    assert np.all(np.abs(values.imag) > 10 * np.abs(values.real))
    np.testing.assert_allclose(values.real, -1 / magnet.precession_decay, rtol=1e-4)


@every_axis
def test_the_damping_like_field_that_is_critical_is_the_mean_stiffness_times_the_damping(easy):
    """What undoes the decay: gamma_0 H_c = 1 / tau."""
    magnet = EASY[easy]
    critical = magnet.critical_spin_current * magnet.torque_rate_per_ampere
    assert critical == pytest.approx(1 / magnet.precession_decay, rel=1e-12)


@every_axis
def test_a_resonance_is_looked_for_at_rest_on_the_easy_axis(easy):
    """In fields along it from beyond any in which the magnetisation could lie elsewhere, down to none."""
    magnet = EASY[easy]
    found = magnet.suggested_resonance()
    assert found.axis == easy
    started = magnet.replace(**found.overrides)
    m = vector(started.initial_polar_angle, started.initial_azimuth)
    np.testing.assert_allclose(m, AXES[easy], atol=1e-15)
    hold = max(magnet.anisotropy_field, magnet.hard_axis_field / 2)
    np.testing.assert_allclose(found.fields, 2 * hold * np.arange(20, -1, -1) / 20, rtol=1e-12)


def test_both_fields_that_hold_a_magnet_are_met():
    """A film is held in its plane by a weak field against the next axis, a perpendicular magnet by one of each."""
    assert EASY["x"].anisotropy_field < EASY["x"].hard_axis_field / 2
    assert EASY["z"].anisotropy_field > EASY["z"].hard_axis_field / 2


def test_a_field_is_swept_with_a_small_one_across():
    """To twice the one that holds the magnetisation; 1 % of it along the next axis, beside what is there already."""
    magnet = EASY["x"].replace(field_y=700.0)
    plain = Sweep("field_x")
    swept = magnet.field_sweep(plain, 4e4)
    assert swept.amplitude == 8e4 and swept.agitation == {"field_y": DC(700.0 + 400.0)}
    across = magnet.field_sweep(Sweep("field_y"), 4e4)
    assert across.amplitude == 8e4 and across.agitation == {}


@every_axis
def test_a_slow_triangle_is_slow_and_its_steps_resolve_a_precession(easy):
    magnet = EASY[easy].replace(damping=0.01)
    sweep = slow_triangle(Sweep("field_x"), {"initial_azimuth": 1.0})
    assert sweep.waveform == "triangle" and sweep.overrides == {"initial_azimuth": 1.0}
    assert sweep.period > 20 * magnet.precession_decay
    fastest = magnet.gamma_0 * (magnet.hard_axis_field + 2 * magnet.anisotropy_field)
    assert sweep.max_step < 2 * math.pi / fastest / 10


def test_a_hot_junction_in_an_interface_s_field_is_held_as_by_hand():
    """2 K_i / (mu0 M_s t) + 2 K_u / (mu0 M_s) - M_s (N_z - N_x) with M of Bloch, K_i ~ M^2.2 and K_u ~ M^3."""
    curie, kelvin, k_i, k_u, m_s = 1100.0, 420.0, 1.5e-3, 2e5, 1e6
    law = {"temperature_law": "bloch", "curie_temperature": curie, "interfacial_exponent": 2.2}
    hot = MTJ(
        saturation_magnetization=m_s,
        interfacial_anisotropy=k_i,
        uniaxial_anisotropy=k_u,
        ambient_temperature=kelvin,
        **law,
    )
    left = (1 - (kelvin / curie) ** 1.5) / (1 - (300 / curie) ** 1.5)
    m_hot = left * m_s
    x, _, z = SHAPES["ellipse"](hot.diameter, hot.diameter, hot.free_layer_thickness)
    hold = 2 * left**2.2 * k_i / (mu_0 * m_hot * hot.free_layer_thickness) + 2 * left**3 * k_u / (mu_0 * m_hot)
    hold -= m_hot * (z - x)
    assert hot.anisotropy_field == pytest.approx(hold, rel=1e-9)
    volume = math.pi / 4 * hot.diameter**2 * hot.free_layer_thickness
    assert hot.thermal_stability == pytest.approx(mu_0 * m_hot * hold * volume / (2 * k * kelvin), rel=1e-9)


def test_a_magnet_that_is_hot_turns_as_one_in_hot_surroundings():
    """Own field, anisotropy of the volume and of the interface, at a temperature of its own or of all around it."""
    tilted = {"uniaxial_anisotropy": 3e5, "anisotropy_polar_angle": 0.8, "anisotropy_azimuth": 0.3, "field_y": 1e4}
    tilted |= {"initial_polar_angle": 1.0, "initial_azimuth": -0.7, "interfacial_exponent": 2.2}
    hot = ElectrothermalMTJ(temperature_law="bloch", initial_temperature_rise=130.0, **tilted)
    around = MTJ(temperature_law="bloch", ambient_temperature=430.0, **tilted)
    cold = MTJ(temperature_law="bloch", **tilted)
    rates = [
        np.array([float(table[f"dm_{axis}/dt"]) for axis in "xyz"])
        for table in (device.static(voltage=0.0) for device in (hot, around, cold))
    ]
    np.testing.assert_allclose(rates[0], rates[1], rtol=1e-9)
    assert np.linalg.norm(rates[2] - rates[0]) > 0.02 * np.linalg.norm(rates[0])


def test_without_a_word_the_gyromagnetic_ratio_is_that_of_the_electron():
    known = codata.physical_constants["electron gyromag. ratio"][0]
    assert SpinMagnet().gyromagnetic_ratio == pytest.approx(known, rel=1e-8)
    assert SpinMagnet().gamma_0 == pytest.approx(known * mu_0, rel=1e-8)


@every_axis
def test_demagnetizing_factors_are_those_of_the_shape_and_between_0_and_1(easy):
    magnet = EASY[easy]
    name = f"demagnetizing_factor_{easy}"
    assert magnet.values[name] == SHAPES[magnet.shape](magnet.length, magnet.width, magnet.thickness)["xyz".index(easy)]
    for end in (0.0, 1.0):
        assert magnet.replace(**{name: end}).values[name] == end
    for beyond in (-0.01, 1.01):
        with pytest.raises(ParameterError, match=f"{name} = {beyond:g} .*is outside its bounds"):
            magnet.replace(**{name: beyond})


@pytest.mark.parametrize("which", ["initial", "anisotropy"])
def test_every_direction_can_be_said(which):
    """Polar angles from 0 to pi, azimuths from -pi to pi."""
    for polar, azimuth in [(0.0, -math.pi), (math.pi, math.pi), (1.0, 0.0)]:
        made = SpinMagnet(**{f"{which}_polar_angle": polar, f"{which}_azimuth": azimuth})
        assert (made.values[f"{which}_polar_angle"], made.values[f"{which}_azimuth"]) == (polar, azimuth)
    for name, beyond in [("polar_angle", -0.1), ("polar_angle", 3.2), ("azimuth", -3.2), ("azimuth", 3.2)]:
        with pytest.raises(ParameterError, match="is outside its bounds"):
            SpinMagnet(**{f"{which}_{name}": beyond})
