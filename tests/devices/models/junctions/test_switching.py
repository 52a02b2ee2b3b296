"""Critical currents and switching of the macrospin junction against what is known of them in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.optimize import brentq

from synaspice.characterization.checks.forms import anisotropy_field_by_hand, efficiency_by_hand
from synaspice.devices import MTJ, PiecewiseLinear

# --- critical currents --------------------------------------------------------------------------------


def growth_rate(junction, current, duration, stiffness):
    """Rate at which a small tilt grows under a current: slope of the logarithm of its energy, halved. [1/s]"""
    trace = junction.simulate(current, duration, source="current", points=4001)
    energy = sum(weight * trace[name] ** 2 for name, weight in stiffness.items())
    return np.polyfit(trace["time"], np.log(energy), 1)[0] / 2


def measured_critical_current(junction, guess, duration, stiffness):
    """Current at which the growth rate is zero, between 0.9 and 1.1 of a guess, in which it is linear."""
    low, high = (growth_rate(junction, factor * guess, duration, stiffness) for factor in (0.9, 1.1))
    assert low < 0 < high, "the state must be stable below the critical current and unstable above it"
    return guess * (0.9 - 0.2 * low / (high - low))


def state_near(junction, name, tilt):
    """A copy that starts close to one of its reference states."""
    start = junction.reference_states()[name]
    polar = start["initial_polar_angle"]
    in_plane = 0.1 < polar < 3.0
    tilted = {"initial_azimuth": start["initial_azimuth"] - (tilt if in_plane else 0.0)}
    tilted["initial_polar_angle"] = polar if in_plane else abs(polar - tilt)
    return junction.replace(**tilted)


PERPENDICULAR = ["garciaredondo2021", "ikeda2010", "kim2015-interface"]


@pytest.mark.parametrize(("state", "sign"), [("antiparallel", 1), ("parallel", -1)])
@pytest.mark.parametrize("preset", PERPENDICULAR)
def test_a_perpendicular_junction_turns_unstable_at_the_critical_current(preset, state, sign):
    """I_c = (e / hbar) (alpha / eps) mu0 M_s V H_k, positive from antiparallel, negative from parallel."""
    # The voltage that drives the current would change the anisotropy, which the formula does not know.
    junction = state_near(MTJ.preset(preset, vcma_coefficient=0.0), state, 1e-3)
    volume = math.pi / 4 * junction.diameter**2 * junction.free_layer_thickness
    if junction.shape == "prism":
        volume *= 4 / math.pi
    formula = codata.e / codata.hbar * junction.damping / efficiency_by_hand(junction, -sign)
    formula *= codata.mu_0 * junction.saturation_magnetization * volume * anisotropy_field_by_hand(junction)
    measured = measured_critical_current(junction, sign * formula, 5e-9, {"m_x": 1.0, "m_y": 1.0})
    # The tilt, 1e-3 at first, grows by less than a factor of ten: nonlinear terms are below 1e-4.
    assert measured == pytest.approx(sign * formula, rel=1e-3)
    derived = {"antiparallel": "critical_current_to_parallel", "parallel": "critical_current_to_antiparallel"}
    assert junction.derived[derived[state]] == pytest.approx(sign * formula, rel=1e-9)


@pytest.mark.parametrize(("state", "cosine"), [("antiparallel", -1), ("parallel", 1)])
def test_asymmetric_layers_have_different_critical_currents(state, cosine):
    """I_c = (e / hbar) (alpha / eps) mu0 M_s V H_k, eps = P L^2 / [(L^2 + 1) + (L^2 - 1) c] with c = -1 or 1.

    Hence P L^2 / 2 from antiparallel and P / 2 from parallel.
    """
    junction = state_near(MTJ(torque="slonczewski", asymmetry_reference=1.5, asymmetry_free=1.5), state, 1e-3)
    efficiency = junction.polarization_reference / 2 * (1.5**2 if cosine < 0 else 1)
    formula = codata.e / codata.hbar * junction.damping / efficiency * codata.mu_0
    formula *= junction.saturation_magnetization * junction.volume * anisotropy_field_by_hand(junction)
    measured = measured_critical_current(junction, -cosine * formula, 3e-9, {"m_x": 1.0, "m_y": 1.0})
    assert measured == pytest.approx(-cosine * formula, rel=1e-3)


@pytest.mark.parametrize("state", ["antiparallel", "parallel"])
@pytest.mark.parametrize("preset", ["kim2015-inplane", "kim2015-inplane-130x65"])
def test_an_in_plane_junction_turns_unstable_at_the_critical_current(preset, state):
    """I_c = (e / hbar) (alpha / eps) mu0 M_s V (H_k + M_eff / 2): half the sum of both stiffnesses.

    H_k = M_s (N_y - N_x), M_eff = M_s (N_z - N_y) with K_i = 0: the stiffnesses are H_k and H_k + M_eff.
    """
    junction = state_near(MTJ.preset(preset), state, 1e-3)
    m_s = junction.saturation_magnetization
    nx, ny, nz = (junction.values[f"demagnetizing_factor_{axis}"] for axis in "xyz")
    in_plane, out_of_plane = m_s * (ny - nx), m_s * (nz - ny)
    sign = 1 if state == "antiparallel" else -1
    formula = codata.e / codata.hbar * junction.damping / efficiency_by_hand(junction, -sign) * codata.mu_0
    formula *= m_s * junction.volume * (in_plane + out_of_plane / 2)
    stiffness = {"m_y": in_plane, "m_z": in_plane + out_of_plane}
    measured = measured_critical_current(junction, sign * formula, 4e-9, stiffness)
    # The energy swings within a precession, by alpha / 2 or so: of this a fit over 4 ns keeps less than 1 %.
    assert measured == pytest.approx(sign * formula, rel=1e-2)
    derived = {"antiparallel": "critical_current_to_parallel", "parallel": "critical_current_to_antiparallel"}
    assert junction.derived[derived[state]] == pytest.approx(sign * formula, rel=1e-9)


# --- switching ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "drive", "field"), [(0.1, -3.0, 0.0), (math.pi - 0.1, 3.0, 0.0), (0.1, -3.0, 0.4)])
def test_collinear_switching_follows_its_implicit_solution(start, drive, field):
    """With field and reference along the axis of a round junction, u = m_z moves by itself:

        du/dt = A (1 - u^2) (u + h),  A = g alpha H_k / (1 + alpha^2),  h = [H + beta eps / alpha] / H_k

    for a given current, Lambda = 1 and eps' = 0 (the torque towards p enters like a field H = beta eps / alpha in the
    damping term). Partial fractions of 1 / [(1 - u)(1 + u)(u + h)] integrate to

        A t = F(u) - F(u0),  F(u) = -ln(1 - u) / [2 (1 + h)] + ln(1 + u) / [2 (h - 1)] + ln|u + h| / (1 - h^2).
    """
    junction = MTJ.preset("ikeda2010", torque="slonczewski", initial_polar_angle=start)
    hold, alpha = anisotropy_field_by_hand(junction), junction.damping
    junction = junction.replace(field_z=field * hold)
    current = drive * junction.critical_current_to_parallel
    trace = junction.simulate(current, 6e-9, source="current", points=301)
    beta = codata.hbar * current / (codata.mu_0 * codata.e * junction.saturation_magnetization * junction.volume)
    h = field + beta * junction.polarization_reference / 2 / (alpha * hold)
    rate = junction.gamma_0 * alpha * hold / (1 + alpha**2)

    def antiderivative(u):
        return -math.log(1 - u) / (2 * (1 + h)) + math.log(1 + u) / (2 * (h - 1)) + math.log(abs(u + h)) / (1 - h * h)

    u0 = math.cos(start)
    far = math.copysign(1 - 1e-13, drive)
    exact = [
        brentq(lambda u, t=t: antiderivative(u) - antiderivative(u0) - rate * t, *sorted((u0, far)), xtol=1e-14)
        for t in trace["time"][1:]
    ]
    assert u0 * exact[-1] < -0.99, "it must switch"
    assert np.count_nonzero(np.abs(exact) < 0.9) > 10, "the switching must be sampled"
    np.testing.assert_allclose(trace["m_z"][1:], exact, atol=1e-6)


def astroid(degrees):
    """Switching field of Stoner and Wohlfarth in units of H_k, the field at an angle to the easy axis."""
    angle = math.radians(degrees)
    return (math.cos(angle) ** (2 / 3) + math.sin(angle) ** (2 / 3)) ** -1.5


JUNCTIONS = {
    "perpendicular": ({}, "z", "x"),
    "in-plane": (
        {"interfacial_anisotropy": 0.0, "diameter": 80e-9, "width": 40e-9, "initial_polar_angle": math.pi / 2},
        "x",
        "y",
    ),
}


@pytest.mark.parametrize("degrees", [0.01, 20.0, 45.0, 70.0])
@pytest.mark.parametrize("kind", JUNCTIONS)
def test_a_slow_field_switches_at_stoner_and_wohlfarths(kind, degrees):
    """H_sw / H_k = [cos^(2/3) + sin^(2/3)]^(-3/2): one along the easy axis, 1/2 at 45 degrees to it.

    Exactly along the axis there is no torque to start from; at 0.01 degrees H_sw is 0.995 H_k.
    """
    parameters, easy, hard = JUNCTIONS[kind]
    junction = MTJ(damping=0.5, **parameters)
    share, times, sweep = astroid(degrees), [0.0, 10e-9, 90e-9], [0.0, 0.95, 1.07]
    angle, hold = math.radians(degrees), junction.anisotropy_field
    inputs = {
        f"field_{easy}": PiecewiseLinear(times, [-hold * share * math.cos(angle) * h for h in sweep]),
        f"field_{hard}": PiecewiseLinear(times, [hold * share * math.sin(angle) * h for h in sweep]),
    }
    trace = junction.simulate(0.0, times[-1], inputs=inputs, points=4001, rtol=1e-7, atol=1e-10)
    along = trace[f"m_{easy}"].to_numpy()
    assert along[0] > 0.9 and along[-1] < -0.3
    switched = np.flatnonzero(along < 0)[0]
    field = np.hypot(trace[f"field_{easy}"], trace[f"field_{hard}"])[switched]
    # The field grows by 0.15 % of H_sw per nanosecond, and the magnetisation takes some ten of them to leave.
    assert field == pytest.approx(share * hold, rel=0.03)
    assert field > 0.995 * share * hold, "it cannot switch before the barrier is gone"
    if degrees == 0.01:
        assert field == pytest.approx(hold, rel=0.03)
    if degrees == 45.0:
        assert field == pytest.approx(hold / 2, rel=0.03)
