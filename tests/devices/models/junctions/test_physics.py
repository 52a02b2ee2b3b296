"""The macrospin junction against what is known of it in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.spatial.transform import Rotation

from synaspice.characterization.checks.forms import anisotropy_field_by_hand, efficiency_by_hand
from synaspice.devices import MTJ, Pulse, Sine

M = ["m_x", "m_y", "m_z"]


def angles(vector):
    """Polar angle and azimuth of a unit vector, within the parameters' bounds."""
    x, y, z = vector
    return math.acos(max(-1.0, min(1.0, z))), math.atan2(y, x)


# --- the equation of motion ---------------------------------------------------------------------------

unit = st.floats(-1.0, 1.0)


@settings(max_examples=50)
@given(
    polar=st.floats(0.01, math.pi - 0.01),
    azimuth=st.floats(-math.pi, math.pi),
    reference=st.tuples(st.floats(0, math.pi), st.floats(-math.pi, math.pi)),
    axis=st.tuples(st.floats(0, math.pi), st.floats(-math.pi, math.pi)),
    field=st.tuples(unit, unit, unit),
    anisotropies=st.tuples(unit, unit, unit),
    factors=st.tuples(*[st.floats(0, 1)] * 3),
    damping=st.floats(1e-3, 1.0),
    torque=st.tuples(st.floats(0.01, 1.0), st.one_of(st.none(), st.floats(1.0, 5.0)), unit),
    voltage=unit,
)
def test_rates_satisfy_the_gilbert_equation(
    polar, azimuth, reference, axis, field, anisotropies, factors, damping, torque, voltage
):
    """dm/dt = -g m x H + alpha m x dm/dt + g beta [eps m x (p x m) - eps' m x p], every field written out here."""
    polarization, asymmetry, field_like = torque
    law = {"torque": "tunnelling"}
    if asymmetry is not None:
        law = {"torque": "slonczewski", "asymmetry_reference": asymmetry, "asymmetry_free": asymmetry}
    k_u, k_i, xi = 1e6 * anisotropies[0], 1e-3 * anisotropies[1], 1e-13 * anisotropies[2]
    junction = MTJ(
        initial_polar_angle=polar,
        initial_azimuth=azimuth,
        reference_polar_angle=reference[0],
        reference_azimuth=reference[1],
        anisotropy_polar_angle=axis[0],
        anisotropy_azimuth=axis[1],
        uniaxial_anisotropy=k_u,
        interfacial_anisotropy=k_i,
        vcma_coefficient=xi,
        damping=damping,
        polarization_reference=polarization,
        polarization_free=polarization,
        field_like_efficiency=field_like,
        **law,
        **{f"field_{k}": 1e6 * value for k, value in zip("xyz", field, strict=True)},
        **{f"demagnetizing_factor_{k}": value for k, value in zip("xyz", factors, strict=True)},
    )

    def vector(theta, phi):
        return np.array([math.sin(theta) * math.cos(phi), math.sin(theta) * math.sin(phi), math.cos(theta)])

    m, p, u = vector(polar, azimuth), vector(*reference), vector(*axis)
    static = junction.static(voltage=voltage)
    rate = np.array([float(static[f"d{name}/dt"]) for name in M])
    m_s, t, t_b = junction.saturation_magnetization, junction.free_layer_thickness, junction.barrier_thickness
    area = math.pi / 4 * junction.diameter**2
    h = 1e6 * np.array(field) + 2 * k_u / (codata.mu_0 * m_s) * (m @ u) * u - m_s * np.array(factors) * m
    h[2] += 2 * (k_i - xi * voltage / t_b) / (codata.mu_0 * m_s * t) * m[2]
    tmr = junction.tmr / (1 + (voltage / junction.tmr_half_voltage) ** 2)
    conductance = area / junction.resistance_area_product * (2 + tmr + tmr * (m @ p)) / (2 * (1 + tmr))
    beta = codata.hbar * conductance * voltage / area / (codata.mu_0 * codata.e * m_s * t)
    eps = efficiency_by_hand(junction, m @ p)
    gamma_0 = junction.gyromagnetic_ratio * codata.mu_0
    spin = gamma_0 * beta * (eps * np.cross(m, np.cross(p, m)) - field_like * np.cross(m, p))
    implicit = -gamma_0 * np.cross(m, h) + damping * np.cross(m, rate) + spin
    # Rounding errors of the fields, 1e6 A/m each, of which differences remain.
    np.testing.assert_allclose(rate, implicit, atol=1e-13 * gamma_0 * 1e7, rtol=1e-12)


# --- small oscillations -------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [-0.5, 0.0, 0.5, 2.0])
def test_a_small_cone_precesses_and_relaxes_as_the_linear_theory_says(share):
    """m_x + i m_y ~ exp[(i - alpha) w t], w = gamma mu0 (H_k + H) / (1 + alpha^2), for a small cone about +z."""
    junction = MTJ(initial_polar_angle=1e-3, damping=0.01)
    hold = anisotropy_field_by_hand(junction)
    junction = junction.replace(field_z=share * hold)
    trace = junction.simulate(0.0, 2e-9, points=4001)
    omega = junction.gyromagnetic_ratio * codata.mu_0 * (1 + share) * hold / (1 + junction.damping**2)
    phase = np.unwrap(np.arctan2(trace["m_y"], trace["m_x"]))
    # The field along the axis falls with the square of the cone's angle, (1e-3)^2 / 2 of H_k.
    assert np.polyfit(trace["time"], phase, 1)[0] == pytest.approx(omega, rel=2e-6)
    decay = np.polyfit(trace["time"], np.log(np.hypot(trace["m_x"], trace["m_y"])), 1)[0]
    assert decay == pytest.approx(-junction.damping * omega, rel=1e-5)


@pytest.mark.parametrize("preset", ["kim2015-inplane", "kim2015-inplane-130x65"])
def test_an_in_plane_junction_has_the_resonance_of_kittel(preset):
    """w = gamma mu0 sqrt[(H + H_1)(H + H_2)] with H_1 = M_s (N_y - N_x), H_2 = M_s (N_z - N_x), field along x.

    With damping, w^2 = g^2 [H_1 H_2 (1 + a^2) - a^2 (H_1 + H_2)^2 / 4] / (1 + a^2)^2, as of any damped oscillator.
    """
    junction = MTJ.preset(preset, initial_polar_angle=math.pi / 2, initial_azimuth=1e-3)
    m_s, field = junction.saturation_magnetization, 2e4
    first = field + m_s * (junction.demagnetizing_factor_y - junction.demagnetizing_factor_x)
    second = field + m_s * (junction.demagnetizing_factor_z - junction.demagnetizing_factor_x)
    a, g = junction.damping, junction.gyromagnetic_ratio * codata.mu_0
    exact = g * math.sqrt(first * second * (1 + a * a) - (a * (first + second) / 2) ** 2) / (1 + a * a)
    trace = junction.replace(field_x=field).simulate(0.0, 3e-9, points=12001)
    m_y = trace["m_y"].to_numpy()
    k = np.flatnonzero(np.diff(np.sign(m_y)))
    crossings = trace["time"].to_numpy()[k] + 3e-9 / 12000 * m_y[k] / (m_y[k] - m_y[k + 1])
    # Straight lines between points of 0.25 ps, a thousandth of a period, find a crossing to 1e-7 of one.
    assert np.pi / np.mean(np.diff(crossings)) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("voltage", [-0.8, 0.8])
def test_voltage_changes_the_frequency_by_its_anisotropy(voltage):
    """H_k(V) = H_k(0) - 2 xi V / (mu0 M_s t t_b): a positive voltage lowers the frequency for xi > 0.

    A barrier of a large resistance, so that the current's own torque is below 1e-6 of the field's.
    """
    junction = MTJ(
        initial_polar_angle=1e-3,
        damping=0.01,
        vcma_coefficient=60e-15,
        barrier_thickness=1.4e-9,
        resistance_area_product=1e-6,
        polarization_reference=0.01,
    )
    change = 2 * 60e-15 * voltage / (codata.mu_0 * 1e6 * 1.3e-9 * 1.4e-9)
    hold = anisotropy_field_by_hand(junction)
    assert abs(change) > 0.1 * hold, "the effect would drown"
    trace = junction.simulate(voltage, 2e-9, points=4001)
    phase = np.unwrap(np.arctan2(trace["m_y"], trace["m_x"]))
    omega = junction.gyromagnetic_ratio * codata.mu_0 * (hold - change) / (1 + 0.01**2)
    assert np.polyfit(trace["time"], phase, 1)[0] == pytest.approx(omega, rel=5e-6)


# --- conservation laws --------------------------------------------------------------------------------

TILTED = MTJ(
    diameter=60e-9,
    width=45e-9,
    damping=0.03,
    uniaxial_anisotropy=1e5,
    anisotropy_polar_angle=1.0,
    anisotropy_azimuth=0.4,
    field_x=2e4,
    field_y=-3e4,
    field_z=1e4,
    initial_polar_angle=2.0,
    initial_azimuth=-1.0,
    reference_polar_angle=0.7,
    reference_azimuth=2.0,
)


@pytest.mark.parametrize("drive", [0.0, 0.5, Pulse(0.0, -0.8, delay=0.3e-9, width=1e-9), Sine(0.0, 0.6, 3e9)])
def test_the_magnetization_keeps_its_length(drive):
    trace = TILTED.simulate(drive, 3e-9)
    np.testing.assert_allclose(np.linalg.norm(trace[M], axis=1), 1.0, atol=1e-12)


def test_the_equations_themselves_keep_the_length():
    """d|m|^2/dt = 2 m . dm/dt = 0: an integrator that projects nothing drifts no further than its own errors."""

    def rates(time, m):
        static = TILTED.static(voltage=0.5, m_x=m[0], m_y=m[1], m_z=m[2])
        return [float(static[f"d{name}/dt"]) for name in M]

    trace = TILTED.simulate(0.5, 1e-9, points=101)
    start = trace[M].iloc[0].to_numpy()
    bare = integrate.solve_ivp(rates, (0, 1e-9), start, method="DOP853", rtol=1e-10, atol=1e-12, t_eval=trace["time"])
    assert np.max(np.abs(np.linalg.norm(bare.y, axis=0) - 1)) < 1e-7
    np.testing.assert_allclose(trace[M], bare.y.T, atol=1e-7)


def energy(junction, m):
    """Energy density / mu0 M_s [A/m]: -H.m - H_u (m.u)^2 / 2 - H_i m_z^2 / 2 + M_s m.N.m / 2."""
    m_s = junction.saturation_magnetization
    field = np.array([junction.field_x, junction.field_y, junction.field_z])
    factors = np.array([junction.values[f"demagnetizing_factor_{axis}"] for axis in "xyz"])
    polar, azimuth = junction.anisotropy_polar_angle, junction.anisotropy_azimuth
    u = np.array([math.sin(polar) * math.cos(azimuth), math.sin(polar) * math.sin(azimuth), math.cos(polar)])
    uniaxial = 2 * junction.uniaxial_anisotropy / (codata.mu_0 * m_s)
    interface = 2 * junction.interfacial_anisotropy / (codata.mu_0 * m_s * junction.free_layer_thickness)
    return -m @ field - uniaxial * (m @ u) ** 2 / 2 - interface * m[:, 2] ** 2 / 2 + m_s * (m**2) @ factors / 2


def test_energy_falls_at_the_rate_of_the_damping():
    """Without a current, dE/dt = -(alpha / g) |dm/dt|^2 with E in units of mu0 M_s: never upwards."""
    trace = TILTED.simulate(0.0, 4e-9, points=8001)
    m = trace[M].to_numpy()
    e = energy(TILTED, m)
    # Once at rest the last digits of E may flicker.
    assert np.all(np.diff(e) < 1e-10 * np.ptp(e))
    assert e[0] - e[-1] > 0.05 * TILTED.saturation_magnetization, "it has to have had something to lose"
    static = TILTED.static(voltage=0.0, m_x=m[:, 0], m_y=m[:, 1], m_z=m[:, 2])
    speed_squared = sum(static[f"d{name}/dt"] ** 2 for name in M)
    lost = TILTED.damping / TILTED.gamma_0 * integrate.simpson(speed_squared, x=trace["time"])
    assert lost == pytest.approx(e[0] - e[-1], rel=1e-6)


def test_without_torque_and_with_little_damping_the_energy_stays():
    """alpha = 1e-4, the smallest: over a nanosecond the loss is that of the formula, a hundredth of the energy."""
    junction = TILTED.replace(damping=1e-4)
    e = energy(junction, junction.simulate(0.0, 1e-9, points=2)[M].to_numpy())
    assert 0 < e[0] - e[1] < 0.02 * abs(e[0])


# --- symmetry -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_turning_the_whole_problem_turns_its_solution(seed):
    """With an isotropic shape and no interface, space has no preferred direction: m(t) -> Q m(t)."""
    q = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    vectors = {
        "reference": np.array([0.6, 0.0, 0.8]),
        "anisotropy": np.array([0.0, 0.28, 0.96]),
        "initial": np.array([-0.48, 0.6, -0.64]),
    }
    field = np.array([3e4, -1e4, 2e4])

    def make(turn):
        named = {
            f"{name}_{angle}": value
            for name, v in vectors.items()
            for angle, value in zip(("polar_angle", "azimuth"), angles(turn @ v), strict=True)
        }
        named |= {f"field_{axis}": value for axis, value in zip("xyz", turn @ field, strict=True)}
        isotropic = {f"demagnetizing_factor_{axis}": 1 / 3 for axis in "xyz"}
        return MTJ(
            interfacial_anisotropy=0.0,
            uniaxial_anisotropy=2e5,
            field_like_efficiency=0.1,
            torque="slonczewski",
            asymmetry_reference=1.4,
            asymmetry_free=1.2,
            polarization_free=0.3,
            damping=0.03,
            **named,
            **isotropic,
        )

    straight, turned = (make(turn).simulate(0.4, 3e-9, points=301, rtol=1e-11) for turn in (np.eye(3), q))
    assert np.ptp(straight["cosine"]) > 0.5, "it has to have moved"
    np.testing.assert_allclose(turned[M].to_numpy(), straight[M].to_numpy() @ q.T, atol=1e-8)
    np.testing.assert_allclose(turned["current"], straight["current"], rtol=1e-8)


def test_a_field_like_torque_acts_as_a_field_along_the_reference():
    """-g beta eps' m x p = -g m x (beta eps' p): the field H = beta eps' p, beta = hbar I / (mu0 e M_s V)."""
    current, efficiency = -3e-5, 0.3
    beta = codata.hbar * current / (codata.mu_0 * codata.e * TILTED.saturation_magnetization * TILTED.volume)
    p = np.array(TILTED.reference_layer)
    shifted = {
        f"field_{axis}": TILTED.values[f"field_{axis}"] + beta * efficiency * p["xyz".index(axis)] for axis in "xyz"
    }
    torque = TILTED.replace(field_like_efficiency=efficiency).simulate(current, 3e-9, source="current", points=301)
    field = TILTED.replace(**shifted).simulate(current, 3e-9, source="current", points=301)
    neither = TILTED.simulate(current, 3e-9, source="current", points=301)
    np.testing.assert_allclose(torque[M], field[M], atol=1e-7)
    assert np.max(np.abs(torque[M].to_numpy() - neither[M].to_numpy())) > 0.1, "the torque must matter"


# --- conductance --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "factor"), [("ellipse", math.pi / 4), ("prism", 1.0)])
def test_parallel_resistance_times_area_is_the_resistance_area_product(shape, factor):
    junction = MTJ(shape=shape, diameter=60e-9, width=30e-9, resistance_area_product=7e-12, tmr=1.5)
    parallel, antiparallel = (
        1 / float(junction.replace(**state).static(voltage=1e-9)["dcurrent/dvoltage"])
        for state in junction.reference_states().values()
    )
    assert parallel * factor * 60e-9 * 30e-9 == pytest.approx(7e-12, rel=1e-12)
    assert antiparallel / parallel - 1 == pytest.approx(1.5, rel=1e-9)
    assert junction.parallel_resistance == pytest.approx(parallel, rel=1e-9)
    assert junction.antiparallel_resistance == pytest.approx(antiparallel, rel=1e-9)


@pytest.mark.parametrize("voltage", [1e-6, 0.1, 0.3, -0.3, 0.9])
def test_magnetoresistance_falls_with_bias(voltage):
    """TMR(V) = R_AP(V) / R_P(V) - 1 = TMR_0 / [1 + (V / V_h)^2]: half at V_h; R_P does not depend on V."""
    junction = MTJ(tmr=1.2, tmr_half_voltage=0.3)
    parallel, antiparallel = (
        float(junction.replace(**state).static(voltage=voltage)["resistance"])
        for state in junction.reference_states().values()
    )
    assert antiparallel / parallel - 1 == pytest.approx(1.2 / (1 + (voltage / 0.3) ** 2), rel=1e-9)
    assert parallel == pytest.approx(junction.parallel_resistance, rel=1e-12)


@pytest.mark.parametrize("voltage", [1e-6, 0.4])
def test_conductance_is_linear_in_the_cosine(voltage):
    """G(theta) = (G_P + G_AP) / 2 + (G_P - G_AP) / 2 cos(theta), for a reference layer in any direction."""
    theta = np.linspace(0, math.pi, 13)
    junction = MTJ(reference_polar_angle=0.8, reference_azimuth=-2.0)
    p = np.array(junction.reference_layer)
    across = np.cross(p, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    m = np.cos(theta)[:, None] * p + np.sin(theta)[:, None] * across
    static = junction.static(voltage=voltage, m_x=m[:, 0], m_y=m[:, 1], m_z=m[:, 2])
    conductance = static["current"] / voltage
    mean, swing = (conductance[0] + conductance[-1]) / 2, (conductance[0] - conductance[-1]) / 2
    assert swing > 0.1 * mean
    np.testing.assert_allclose(conductance, mean + swing * np.cos(theta), rtol=1e-12)
    np.testing.assert_allclose(static["resistance"], 1 / conductance, rtol=1e-12)
    np.testing.assert_allclose(static["cosine"], np.cos(theta), atol=1e-12)
