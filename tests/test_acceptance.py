"""The main claims of the package, each against theory, another code, or the other engine."""

from __future__ import annotations

import cmtj
import numpy as np
import pytest
import scipy.constants as codata
from _cmtj.constants import PhysicalConstants
from scipy import stats

from synaspice.characterization import iv
from synaspice.characterization.engines import trajectory
from synaspice.devices import MTJ, Pulse, Sine
from synaspice.devices.catalog import models

# --- macrospin against theory -----------------------------------------------------------------


@pytest.mark.parametrize("field", [0.0, 1e5])
def test_small_precession_has_the_frequency_of_kittel(field):
    """f = gamma mu0 (H_k + H) / (2 pi (1 + alpha^2)) for a perpendicular junction."""
    junction = MTJ(initial_polar_angle=0.01, damping=0.01, field_z=field)
    trace = junction.simulate(0.0, 3e-9, points=6001)
    phase = np.unwrap(np.arctan2(trace["m_y"], trace["m_x"]))
    frequency = abs(np.polyfit(trace["time"], phase, 1)[0]) / (2 * np.pi)
    exact = junction.gamma_0 * (junction.anisotropy_field + field) / (2 * np.pi * (1 + 0.01**2))
    # The cone angle of 0.01 slows the precession by up to its square over two.
    assert frequency == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("state", ["parallel", "antiparallel"])
def test_critical_current_is_that_of_the_formula_within_one_percent(state):
    """I_c = (2 e / hbar) (alpha / P) mu0 M_s V H_k: below it a small tilt decays, above it grows."""
    junction = MTJ.preset("ikeda2010")
    formula = 2 * codata.e / codata.hbar * junction.damping / junction.polarization_reference
    formula *= codata.mu_0 * junction.saturation_magnetization * junction.volume * junction.anisotropy_field
    tilt, sign = (0.01, -1) if state == "parallel" else (np.pi - 0.01, 1)
    growth = []
    for factor in (0.99, 1.01):
        tilted = junction.replace(initial_polar_angle=tilt)
        trace = tilted.simulate(sign * factor * formula, 20e-9, source="current")
        angle = np.hypot(trace["m_x"], trace["m_y"])
        growth.append(angle.iloc[-1] / angle.iloc[0])
    assert growth[0] < 1 < growth[1]


def test_collinear_switching_follows_its_implicit_solution():
    """du/dt = A (1 - u^2)(u + h), u = m_z, A = gamma_0 alpha H_k / (1 + alpha^2), h = eps beta / (alpha H_k).

    By partial fractions A t = [-ln(1-u) / 2(1+h) + ln(1+u) / 2(h-1) + ln|u+h| / (1-h^2)] from u(0) to u(t).
    """
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
    current = 3 * junction.critical_current_to_antiparallel
    trace = junction.simulate(current, 8e-9, source="current", points=4001)
    u = trace["m_z"].to_numpy()
    field, damping = junction.anisotropy_field, junction.damping
    h = current * junction.torque_field_per_ampere * junction.polarization_reference / 2 / (damping * field)
    rate = junction.gamma_0 * damping * field / (1 + damping**2)

    def antiderivative(u):
        return -np.log(1 - u) / (2 * (1 + h)) + np.log(1 + u) / (2 * (h - 1)) + np.log(np.abs(u + h)) / (1 - h * h)

    moving = np.abs(u) < 0.99
    assert np.count_nonzero(moving) > 100
    late = (antiderivative(u[moving]) - antiderivative(u[0])) / rate - trace["time"].to_numpy()[moving]
    error = late * rate * (1 - u[moving] ** 2) * (u[moving] + h)
    assert np.max(np.abs(error)) < 1e-5
    assert u[-1] < -0.999


@pytest.mark.slow
@pytest.mark.parametrize("barrier", [2.0, 5.0, 10.0])
def test_m_z_is_boltzmann_distributed_at_300_kelvin(barrier):
    """p(m_z) ~ exp(Delta m_z^2): one sample each of independent trajectories from the equator."""
    pillar = {"diameter": 20e-9, "damping": 0.1, "interfacial_anisotropy": 0.0, "initial_polar_angle": np.pi / 2}
    pillar |= {f"demagnetizing_factor_{axis}": 0.0 for axis in "xyz"}
    anisotropy = barrier * codata.k * 300 / MTJ(**pillar).volume
    junction = MTJ(**pillar, uniaxial_anisotropy=anisotropy)
    assert junction.thermal_stability == pytest.approx(barrier)
    grid = np.linspace(-1, 1, 20001)
    density = np.exp(barrier * grid**2)
    distribution = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    distribution /= distribution[-1]

    def p_value(temperature):
        final = junction.simulate(0.0, 15e-9, temperature=temperature, trajectories=1500, seed=3, time_step=1e-12)
        return stats.kstest(final["m_z"], lambda m: np.interp(m, grid, distribution)).pvalue

    assert p_value(300.0) > 0.01
    # The test has teeth: a temperature that is wrong by half does not pass.
    assert p_value(450.0) < 0.01


# --- macrospin against cmtj -------------------------------------------------------------------


def cmtj_trajectory(junction: MTJ, current: float, duration: float, step: float) -> tuple[np.ndarray, np.ndarray]:
    """m(t) of the same junction in cmtj (RK4), its conventions translated.

    cmtj's constants are process-wide and are set to ours. Its M_s is in tesla. Its spin-torque terms are not
    transformed from the Gilbert to the Landau-Lifshitz form: what here is eps' = 0 is there a secondary torque of
    beta = alpha. Its step counts are truncated, so they get half a step of margin; a row of its log stamped t holds
    m(t + step).
    """
    constants = PhysicalConstants
    constants.set_magnetic_permeability(codata.mu_0)
    constants.set_gyromagnetic_ratio(junction.gamma_0)
    constants.set_hbar(codata.hbar)
    constants.set_elementary_charge(codata.e)

    def vector(values):
        return cmtj.CVector(*map(float, values))

    factors = [junction.values[f"demagnetizing_factor_{axis}"] for axis in "xyz"]
    layer = cmtj.Layer.createSTTLayer(
        id="free",
        mag=vector(junction.simulate(0.0, 1e-15, points=2)[["m_x", "m_y", "m_z"]].iloc[0]),
        anis=vector(junction.easy_axis),
        Ms=codata.mu_0 * junction.saturation_magnetization,
        thickness=junction.free_layer_thickness,
        cellSurface=junction.area,
        demagTensor=[vector(row) for row in np.diag(factors)],
        damping=junction.damping,
        SlonczewskiSpacerLayerParameter=junction.asymmetry_reference,
        beta=junction.damping,
        spinPolarisation=junction.polarization_reference,
    )
    layer.setReferenceLayer(vector(junction.reference_layer))
    device = cmtj.Junction([layer])
    device.setLayerAnisotropyDriver("free", cmtj.constantDriver(junction.uniaxial_anisotropy))
    device.setLayerCurrentDriver("free", cmtj.constantDriver(current / junction.area))
    if junction.field_like_efficiency:
        field = current * junction.torque_field_per_ampere * junction.field_like_efficiency
        axial = cmtj.AxialDriver(*(cmtj.constantDriver(field * part) for part in junction.reference_layer))
        device.setLayerOerstedFieldDriver("free", axial)
    steps = round(duration / step)
    device.runSimulation((steps + 0.5) * step, step, 10.5 * step, False, False, cmtj.SolverMode.RK4)
    log = device.getLog()
    constants.resetToDefaults()
    return np.array(log["time"]) + step, np.column_stack([log[f"free_m{axis}"] for axis in "xyz"])


CMTJ_CASES = {
    "perpendicular": {"uniaxial_anisotropy": 7.5e5},
    "in-plane": {
        "uniaxial_anisotropy": 4e3,
        "anisotropy_polar_angle": np.pi / 2,
        "reference_polar_angle": np.pi / 2,
        "demagnetizing_factor_x": 0.02,
        "demagnetizing_factor_y": 0.06,
        "demagnetizing_factor_z": 0.92,
        "initial_polar_angle": np.pi / 2,
        "initial_azimuth": 0.09,
    },
}


@pytest.mark.parametrize("asymmetry", [1.0, 1.5])
@pytest.mark.parametrize("field_like", [0.0, 0.1])
@pytest.mark.parametrize("case", CMTJ_CASES)
def test_switching_agrees_with_cmtj(case, asymmetry, field_like):
    common = {"interfacial_anisotropy": 0.0, "initial_polar_angle": 0.09, "field_like_efficiency": field_like}
    common |= {"asymmetry_reference": asymmetry, "asymmetry_free": asymmetry}
    junction = MTJ(**(common | CMTJ_CASES[case]))
    current = 3 * junction.critical_current_to_antiparallel
    times, m = cmtj_trajectory(junction, current, 5e-9, 1e-13)
    inside = times <= 5e-9
    ours = junction.simulate(current, 5e-9, source="current", times=times[inside], rtol=1e-11, atol=1e-13)
    assert ours["cosine"].iloc[0] > 0.9 and ours["cosine"].iloc[-1] < -0.9, "it has to switch"
    difference = np.abs(ours[["m_x", "m_y", "m_z"]].to_numpy() - m[inside])
    assert np.max(difference) < 1e-4


# --- numeric against ngspice ------------------------------------------------------------------

EVERYTHING = [(name, preset) for name, model in models().items() for preset in [None, *model.presets()]]
TIGHT = {"reltol": 1e-6, "abstol": 1e-15, "vntol": 1e-9}


def make(name, preset):
    model = models()[name]
    return model.preset(preset) if preset else model(**{} if model is MTJ else {"initial_state": 0.2})


def switching_case(device):
    """A tilted junction under a current or field pulse, a memristor under its sweep; and the steps to take."""
    if not isinstance(device, MTJ):
        sweep = device.suggested_sweep("voltage")
        drive = Sine(0.0, sweep.amplitude, 1 / sweep.period)
        return device, {"drive": drive, "duration": sweep.period, "source": "voltage", "inputs": {}}, (1e-4, 1e-5)
    parallel = device.reference_states()["parallel"]
    in_plane = parallel["initial_polar_angle"] > 0.2
    tilted = device.replace(**parallel | {"initial_polar_angle": np.pi / 2 - 0.1 if in_plane else 0.1})
    pulse = {"initial": 0.0, "delay": 1e-10, "rise": 5e-11, "fall": 5e-11, "width": 6e-9}
    case = {"duration": 6e-9, "source": "current", "inputs": {}}
    if device.suggested_sweep().quantity.startswith("field"):
        case["inputs"] = {device.suggested_sweep().quantity: Pulse(pulsed=-2 * device.anisotropy_field, **pulse)}
        return tilted, case | {"drive": 0.01, "source": "voltage"}, (0.25e-12 / 6e-9, 0.05e-12 / 6e-9)
    case["drive"] = Pulse(pulsed=4.5 * device.critical_current_to_antiparallel, **pulse)
    return tilted, case, (0.25e-12 / 6e-9, 0.05e-12 / 6e-9)


def crossing(table, device):
    """First time at which a junction passes the equator, or a memristor half its way [s]."""
    value = table["cosine"] if "cosine" in table else table["x"] - 0.5 * (table["x"].min() + table["x"].max())
    value = value.to_numpy()
    k = np.flatnonzero(np.diff(np.sign(value)))[0]
    step = table["time"].iloc[k + 1] - table["time"].iloc[k]
    return table["time"].iloc[k] + step * value[k] / (value[k] - value[k + 1])


def jumping(states):
    """Samples beside which a state moves by a tenth: an abrupt memristor crosses within one step of ngspice.

    There the instant of the jump is compared, and not the state, which is whatever the interpolation makes of it.
    """
    jumps = np.any(np.abs(np.diff(states, axis=0)) > 0.1, axis=1)
    return np.convolve(np.concatenate([[False], jumps]) | np.concatenate([jumps, [False]]), [1, 1, 1], "same") > 0


@pytest.mark.ngspice
@pytest.mark.parametrize(("name", "preset"), EVERYTHING)
def test_static_curves_agree_with_ngspice(name, preset):
    device = make(name, preset)
    numeric, spice = iv(device), iv(device, engine="ngspice")
    np.testing.assert_allclose(spice["current"], numeric["current"], rtol=1e-6, atol=1e-18)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(("name", "preset"), EVERYTHING)
def test_switching_agrees_with_ngspice(name, preset):
    device, case, steps = switching_case(make(name, preset))
    numeric = trajectory(device, points=2001, engine="numeric", **case)
    states = list(device.state_declarations())
    for options, tolerance, step in (({}, 1e-2, steps[0]), (TIGHT, 1e-3, steps[1])):
        max_step = step * case["duration"]
        spice = trajectory(device, points=2001, engine="ngspice", max_step=max_step, options=options, **case)
        difference = np.abs(spice[states] - numeric[states]).to_numpy()
        assert np.max(difference[~jumping(numeric[states].to_numpy())]) < tolerance
        assert crossing(spice, device) == pytest.approx(crossing(numeric, device), rel=5e-3)
