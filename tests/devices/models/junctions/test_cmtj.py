"""The macrospin junction against another code: cmtj 1.15.0 (J. Mojsiejuk et al., npj Comput. Mater. 9, 54 (2023)).

What has to be known about cmtj to compare it with the equation of :class:`~synaspice.devices.MTJ`:

- Its constants are process-wide and settable. The defaults are gamma_0 = 220880 m/(A s) and mu_0 = 12.566e-7 H/m,
  neither CODATA's nor 4 pi 1e-7; here they are set to ours for the length of a run. Only the shape's field uses mu_0.
- M_s is given in tesla, mu_0 M_s; anisotropies in J/m^3, fields in A/m, the current as a density in A/m^2, positive
  towards the parallel state as here. Anisotropy axis and reference layer are not normalised.
- One Lambda and one P: Slonczewski's form for equal layers.
- The torques of the current enter its Landau-Lifshitz form as they are: dm/dt = g / (1 + a^2) {-m x H - a m x (m x H)
  - kappa b eps m x (m x p) + beta b eps m x p}. The Gilbert equation mixes them by the damping: a torque with
  eps' = 0 is kappa = 1, beta = a there (its default beta = 0 is another torque), and eps' = r eps is
  kappa = 1 + a r, beta = a - r. A constant eps', as ours, is in proportion to eps only for Lambda = 1. A field
  b eps' p is the same torque for every Lambda, and cmtj treats fields as Gilbert's equation does.
- A row of its log carries the time at which a step started and the magnetisation at its end: it is late by a step.
- Numbers of steps, for the run and between rows, are truncated ratios of floating-point numbers: half a step is added.
"""

from __future__ import annotations

import math
from contextlib import contextmanager

import numpy as np
import pytest
import scipy.constants as codata
from peers import peer

from synaspice.devices import MTJ

cmtj = peer("cmtj")
PhysicalConstants = peer("_cmtj.constants").PhysicalConstants

STEP, ROWS, DURATION = 1e-13, 100, 5e-9
M = ["m_x", "m_y", "m_z"]


@contextmanager
def constants_of(junction):
    """The constants that both codes share; cmtj's own come back afterwards, whatever happens."""
    PhysicalConstants.set_magnetic_permeability(codata.mu_0)
    PhysicalConstants.set_gyromagnetic_ratio(junction.gamma_0)
    PhysicalConstants.set_hbar(codata.hbar)
    PhysicalConstants.set_elementary_charge(codata.e)
    try:
        yield
    finally:
        PhysicalConstants.resetToDefaults()


def vector(values):
    return cmtj.CVector(*map(float, values))


def axial(values):
    return cmtj.AxialDriver(*map(float, values))


def cmtj_trajectory(junction, current, start, *, field_like_as_torque=False):
    """Times and m(t) of the same junction under the same current, by cmtj's fourth-order Runge-Kutta steps.

    The field-like torque is a field, or, for Lambda = 1, kappa and beta.
    """
    a = junction.damping
    ratio = junction.field_like_efficiency / (junction.polarization_reference / 2) if field_like_as_torque else 0.0
    with constants_of(junction):
        layer = cmtj.Layer.createSTTLayer(
            id="free",
            mag=vector(start),
            anis=vector(junction.easy_axis),
            Ms=codata.mu_0 * junction.saturation_magnetization,
            thickness=junction.free_layer_thickness,
            cellSurface=junction.area,
            demagTensor=[
                vector(row) for row in np.diag([junction.values[f"demagnetizing_factor_{axis}"] for axis in "xyz"])
            ],
            damping=a,
            SlonczewskiSpacerLayerParameter=junction.asymmetry_reference,
            beta=a - ratio,
            spinPolarisation=junction.polarization_reference,
        )
        layer.setKappa(1 + a * ratio)
        layer.setReferenceLayer(vector(junction.reference_layer))
        device = cmtj.Junction([layer])
        device.setLayerAnisotropyDriver("free", cmtj.constantDriver(junction.uniaxial_anisotropy))
        device.setLayerExternalFieldDriver("free", axial(junction.values[f"field_{axis}"] for axis in "xyz"))
        device.setLayerCurrentDriver("free", cmtj.constantDriver(current / junction.area))
        if not field_like_as_torque:
            beta = (
                codata.hbar * current / (codata.mu_0 * codata.e * junction.saturation_magnetization * junction.volume)
            )
            field = beta * junction.field_like_efficiency * np.array(junction.reference_layer)
            device.setLayerOerstedFieldDriver("free", axial(field))
        steps = round(DURATION / STEP)
        device.runSimulation((steps + 0.5) * STEP, STEP, (ROWS + 0.5) * STEP, False, False, cmtj.SolverMode.RK4)
        log = device.getLog()
    return np.array(log["time"]) + STEP, np.column_stack([log[f"free_m{axis}"] for axis in "xyz"])


PERPENDICULAR = {"uniaxial_anisotropy": 7.5e5}
IN_PLANE = {
    "uniaxial_anisotropy": 4e3,
    "anisotropy_polar_angle": math.pi / 2,
    "reference_polar_angle": math.pi / 2,
    "demagnetizing_factor_x": 0.02,
    "demagnetizing_factor_y": 0.06,
    "demagnetizing_factor_z": 0.92,
}
JUNCTIONS = {"perpendicular": PERPENDICULAR, "in-plane": IN_PLANE}


def switching_case(kind, state, asymmetry, field_like, field=(0.0, 0.0, 0.0)):
    """A junction a few degrees off one of its states, and three times the current that makes that unstable."""
    values = {"interfacial_anisotropy": 0.0, "asymmetry_reference": asymmetry, "asymmetry_free": asymmetry}
    values |= {f"field_{axis}": value for axis, value in zip("xyz", field, strict=True)}
    junction = MTJ(torque="slonczewski", **values, **JUNCTIONS[kind], field_like_efficiency=field_like)
    start = junction.reference_states()[state]
    polar, azimuth = start["initial_polar_angle"], start["initial_azimuth"]
    if kind == "perpendicular":
        junction = junction.replace(initial_polar_angle=abs(polar - 0.09), initial_azimuth=0.3)
    else:
        junction = junction.replace(initial_polar_angle=polar - 0.03, initial_azimuth=azimuth - 0.08)
    to_parallel, to_antiparallel = junction.critical_current_to_parallel, junction.critical_current_to_antiparallel
    return junction, 3 * (to_parallel if state == "antiparallel" else to_antiparallel)


def largest_difference(junction, current, **options):
    """Over 5 ns and all components; both codes must have switched in that time."""
    start = junction.simulate(0.0, 1e-15, points=2)[M].iloc[0]
    times, theirs = cmtj_trajectory(junction, current, start, **options)
    inside = times <= DURATION
    assert np.count_nonzero(inside) >= 499
    ours = junction.simulate(current, DURATION, source="current", times=times[inside], rtol=1e-11, atol=1e-13)
    sides = ours["cosine"].iloc[[0, -1]].to_numpy()
    assert abs(sides[0]) > 0.9
    assert sides[0] * sides[1] < -0.9, "it has to switch"
    assert sides[1] * (theirs[inside][-1] @ np.array(junction.reference_layer)) > 0.9, "and cmtj as well"
    return np.max(np.abs(ours[M].to_numpy() - theirs[inside]))


@pytest.mark.parametrize("state", ["parallel", "antiparallel"])
@pytest.mark.parametrize("field_like", [0.0, 0.06])
@pytest.mark.parametrize("asymmetry", [1.0, 1.5])
@pytest.mark.parametrize("kind", JUNCTIONS)
def test_switching_agrees_with_cmtj(kind, asymmetry, field_like, state):
    junction, current = switching_case(kind, state, asymmetry, field_like)
    # cmtj's steps of 0.1 ps are good to about 1e-9, of fourth order; the comparison is to show that both integrate
    # one equation, for which 1e-6 leaves no doubt.
    assert largest_difference(junction, current) < 1e-6


@pytest.mark.parametrize("kind", JUNCTIONS)
def test_switching_in_an_oblique_field_agrees_with_cmtj(kind):
    field = (5e3, 4e3, -2e4) if kind == "perpendicular" else (-3e3, 4e3, 6e3)
    junction, current = switching_case(kind, "antiparallel", 1.5, 0.06, field)
    assert largest_difference(junction, current) < 1e-6


def test_a_field_like_torque_given_as_cmtjs_kappa_and_beta_agrees():
    junction, current = switching_case("perpendicular", "antiparallel", 1.0, 0.06)
    assert largest_difference(junction, current, field_like_as_torque=True) < 1e-6


def test_the_comparison_notices_a_gyromagnetic_ratio_of_another_code():
    """A tenth of a per cent of gamma shows a thousand times more clearly than the tolerance above."""
    junction, current = switching_case("perpendicular", "antiparallel", 1.0, 0.0)
    start = junction.simulate(0.0, 1e-15, points=2)[M].iloc[0]
    times, theirs = cmtj_trajectory(junction, current, start)
    other = junction.replace(gyromagnetic_ratio=1.001 * junction.gyromagnetic_ratio)
    ours = other.simulate(current, DURATION, source="current", times=times[times <= DURATION])
    assert np.max(np.abs(ours[M].to_numpy() - theirs[times <= DURATION])) > 1e-3
