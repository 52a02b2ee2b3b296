"""Domain walls: motion, breakdown, thresholds, pinning, thermal agitation; each against its formula or another code."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from peers import peer

from synaspice.characterization import hysteresis, iv
from synaspice.characterization.engines import trajectory
from synaspice.devices import DomainWallMagnet, DomainWallSynapse, ParameterError, UnknownNameError
from synaspice.devices.language.waveforms.shapes import Pulse

BOTH = pytest.mark.parametrize("model", [DomainWallMagnet, DomainWallSynapse])
#: Long enough that the ends do not matter.
LONG = {"length": 1e-3, "end_width": 1e-6, "magnetoresistance": 0.0}


def wall(**values):
    return DomainWallMagnet(**LONG | values)


def driven(device, duration, *, u=0.0, field=0.0, points=4001, **more):
    """Trajectory under a spin-drift velocity u and a field along the domains."""
    inputs = {"field_z": field} if field else {}
    current = u / device.drift_per_ampere if u else 0.0
    return device.simulate(current, duration, source="current", inputs=inputs, points=points, **more)


def late_velocity(table):
    """Velocity over the last tenth."""
    late = table.iloc[-len(table) // 10 :]
    return np.polyfit(late["time"], late["wall_position"], 1)[0]


def turning_velocity(table):
    """Velocity over whole turns of the angle, between its passages."""
    turned = np.abs(table["angle"] - table["angle"].iloc[0]).to_numpy() / (2 * np.pi)
    assert turned[-1] > 8
    marks = np.arange(4, int(turned[-1]) + 1)
    times = np.interp(marks, turned, table["time"])
    places = np.interp(times, table["time"], table["wall_position"])
    return (places[-1] - places[0]) / (times[-1] - times[0])


# --- field ------------------------------------------------------------------------------------


@pytest.mark.parametrize("domains", ["up-down", "down-up"])
@pytest.mark.parametrize("transverse", [2e4, -2e4])
def test_below_breakdown_the_mobility_is_gamma_delta_over_alpha(domains, transverse):
    """v = gamma_0 Delta H / alpha up to H_W = alpha |H_K| / 2 (N. L. Schryer, L. R. Walker, JAP 45, 5406 (1974))."""
    device = wall(domains=domains, transverse_anisotropy_field=transverse)
    assert device.walker_field == pytest.approx(device.damping * 1e4)
    for fraction in (0.3, 0.95):
        field = fraction * device.walker_field
        velocity = late_velocity(driven(device, 1e-6, field=field))
        expected = device.gyromagnetic_ratio * codata.mu_0 * device.wall_width / device.damping * field
        assert velocity == pytest.approx(expected * (1 if domains == "up-down" else -1), rel=1e-6)


@pytest.mark.parametrize("excess", [1.05, 1.5, 4.0])
def test_beyond_breakdown_the_mean_velocity_is_walkers(excess):
    """<v> = gamma_0 Delta / alpha [H - sqrt(H^2 - H_W^2) / (1 + alpha^2)], from <dphi/dt> of an overdamped pendulum."""
    device = wall(damping=0.1)
    field = excess * device.walker_field
    velocity = turning_velocity(driven(device, 3e-7 / math.sqrt(excess**2 - 1), field=field, points=40001))
    expected = field - math.sqrt(field**2 - device.walker_field**2) / (1 + 0.1**2)
    # Positions between reported times are interpolated: 1e-5 s of a period's velocity.
    assert velocity == pytest.approx(device.field_mobility * expected, rel=1e-4)


# --- spin-transfer torque ----------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.01, 0.02, 0.04])
def test_below_breakdown_the_velocity_is_beta_u_over_alpha(beta):
    """v = beta u / alpha (A. Thiaville et al., Europhys. Lett. 69, 990 (2005), doi:10.1209/epl/i2004-10452-6)."""
    device = wall(nonadiabaticity=beta)
    velocity = late_velocity(driven(device, 1e-6, u=0.5 * device.walker_velocity))
    assert velocity == pytest.approx(beta / device.damping * 0.5 * device.walker_velocity, rel=1e-6)


def test_spin_drift_velocity_is_the_bohr_magneton_per_charge():
    """u = g mu_B P j / (2 e M_s), with g from the gyromagnetic ratio of the electron."""
    device = wall(gyromagnetic_ratio=codata.value("electron gyromag. ratio"))
    density = 1e12
    u = device.drift_per_ampere * density * device.current_area
    g = -codata.value("electron g factor")
    bohr = codata.value("Bohr magneton")
    assert u == pytest.approx(g * bohr * device.polarization * density / (2 * codata.e * 8e5), rel=1e-8)


def test_without_beta_there_is_an_intrinsic_threshold():
    """u_c = gamma_0 Delta H_K / 2; beyond it <v> = sqrt(u^2 - u_c^2) / (1 + alpha^2).

    G. Tatara, H. Kohno, Phys. Rev. Lett. 92, 086601 (2004), doi:10.1103/PhysRevLett.92.086601.
    """
    device = wall(nonadiabaticity=0.0, damping=0.1)
    threshold = device.gamma_0 * device.wall_width * device.transverse_anisotropy_field / 2
    assert device.critical_current * device.drift_per_ampere == pytest.approx(threshold)
    assert abs(late_velocity(driven(device, 1e-6, u=0.98 * threshold))) < 1e-6 * threshold
    for excess in (1.05, 2.0):
        velocity = turning_velocity(driven(device, 1e-6, u=excess * threshold, points=100001))
        assert velocity == pytest.approx(math.sqrt(excess**2 - 1) * threshold / (1 + 0.1**2), rel=1e-4)


# --- spin Hall torque and DMI -------------------------------------------------------------------

PLATINUM = {"dmi": -1.2e-3, "spin_hall_angle": 0.07, "damping": 0.3, "polarization": 0.0, "heavy_metal_thickness": 3e-9}


@pytest.mark.parametrize("density", [1e11, 1e12, 1e14])
def test_spin_hall_torque_saturates_at_the_velocity_of_the_dmi(density):
    """v = (gamma pi D / 2 M_s) / sqrt(1 + (alpha H_D / H_SH)^2) for H_K = 0.

    A. Thiaville et al., Europhys. Lett. 100, 57002 (2012), doi:10.1209/0295-5075/100/57002.
    """
    device = wall(**PLATINUM, transverse_anisotropy_field=0.0)
    assert device.initial_angle == pytest.approx(math.pi), "left-handed"
    table = device.simulate(density * device.current_area, 2e-8, source="current")
    largest = device.gyromagnetic_ratio * math.pi * abs(device.dmi) / (2 * device.saturation_magnetization)
    assert device.dmi_velocity == pytest.approx(largest)
    spin_hall = codata.hbar * 0.07 * density / (2 * codata.e * codata.mu_0 * 8e5 * device.thickness)
    dmi = abs(device.dmi) / (codata.mu_0 * 8e5 * device.wall_width)
    # Against the electrons: a positive current has them run to larger q.
    assert late_velocity(table) == pytest.approx(-largest / math.sqrt(1 + (0.3 * dmi / spin_hall) ** 2), rel=1e-6)


@pytest.mark.parametrize("drive", ["spin Hall", "spin transfer"])
def test_currents_move_both_kinds_of_wall_alike(drive):
    """A current shifts all walls of a track the same way, a field pairs of them apart (S. Emori et al. 2013)."""
    device = wall(**PLATINUM if drive == "spin Hall" else {})
    current = 0.3 * device.critical_current if drive == "spin transfer" else 1e12 * device.current_area
    velocities = [
        late_velocity(device.replace(domains=domains).simulate(current, 1e-6, source="current"))
        for domains in ("up-down", "down-up")
    ]
    assert velocities[0] == pytest.approx(velocities[1], rel=1e-6)
    assert abs(velocities[0]) > 1


@pytest.mark.parametrize("ratio", [0.3, 0.9, 2.0])
def test_a_bloch_wall_tilts_with_the_dmi(ratio):
    """cos phi = (pi / 2) H_D / |H_K|, and a Neel wall from there on."""
    hard = 2e4
    device = wall(transverse_anisotropy_field=-hard)
    dmi = -ratio * hard * 2 / math.pi * codata.mu_0 * device.saturation_magnetization * device.wall_width
    device = device.replace(dmi=dmi)
    assert math.cos(device.initial_angle) == pytest.approx(-min(ratio, 1.0))
    relaxed = device.replace(initial_angle=device.initial_angle - 0.2).simulate(0.0, 2e-6)
    assert relaxed["angle"].iloc[-1] == pytest.approx(device.initial_angle, abs=1e-5)


def test_a_field_along_the_strip_counts_like_the_dmi():
    device = wall(**PLATINUM, transverse_anisotropy_field=-1e4)
    other = device.replace(dmi=0.0, initial_angle=device.initial_angle)
    static = {"voltage": 0.3, "angle": np.linspace(0, 6, 13)}
    np.testing.assert_allclose(
        device.static(**static)["dx/dt"], other.static(**static, field_x=device.dmi_field)["dx/dt"], rtol=1e-12
    )


# --- width ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("angle", [0.0, 0.7, math.pi / 2])
def test_the_width_relaxes_to_the_minimum_of_the_energy(angle):
    """Delta = sqrt(A / (K + mu0 M_s H_K sin^2(phi) / 2)) (A. Thiaville, Y. Nakatani, in Spin Dynamics III, 2006)."""
    transverse = 1e5
    device = wall(width="relaxing", transverse_anisotropy_field=transverse, initial_angle=angle)
    stiffness = device.effective_anisotropy + codata.mu_0 * 8e5 * transverse / 2 * math.sin(angle) ** 2
    expected = math.sqrt(device.exchange_stiffness / stiffness) / device.wall_width
    start = device.simulate(0.0, 1e-15, points=2)
    assert start["relative_width"].iloc[0] == pytest.approx(expected, rel=1e-12)
    rate = device.static(relative_width=expected, angle=angle)["drelative_width/dt"]
    assert abs(rate) < 1e-9 * device.width_rate
    # Small deviations decay at the rate 24 gamma_0 A / (pi^2 alpha mu0 M_s Delta^2).
    up, down = (device.static(relative_width=expected * r, angle=angle)["drelative_width/dt"] for r in (1.001, 0.999))
    slope = (up - down) / (0.002 * expected)
    factor = 24 * device.gamma_0 / (np.pi**2 * device.damping * codata.mu_0 * 8e5)
    assert slope == pytest.approx(-factor * stiffness, rel=1e-4)


# --- ends and pinning ------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("options", [{}, PLATINUM, {"width": "relaxing"}])
def test_the_wall_never_escapes(model, sign, options):
    device = model(**options)
    table = device.simulate(sign * 5e12 * device.current_area, 5e-8, source="current", points=501)
    assert table["x"].between(0.0, 1.0).all()
    assert np.ptp(table["x"]) > 0.4, "it has to reach an end"
    hot = device.simulate(sign * 5e12 * device.current_area, 2e-8, source="current", temperature=400.0, seed=1)
    assert hot["x"].between(0.0, 1.0).all()


def test_the_wall_comes_back_from_an_end():
    device = DomainWallMagnet()
    current = 0.5 * device.critical_current
    drive = Pulse(initial=current, pulsed=-current, delay=2e-7, rise=1e-9, fall=1e-9, width=1.0)
    table = device.simulate(drive, 4e-7, source="current")
    assert table["x"].iloc[500] > 0.94
    assert table["x"].iloc[-1] < 0.06


def test_periodic_pinning_holds_up_to_its_steepest_slope():
    """H_depinning = pi V_0 / (2 mu0 M_s w t p), the largest slope of V_0 sin^2(pi q / p) over 2 mu0 M_s w t."""
    device = wall(pinning_energy=1e-20, pinning_period=40e-9, damping=0.5)
    field = math.pi * 1e-20 / (2 * codata.mu_0 * 8e5 * device.magnet_area * 40e-9)
    # The field rises slowly enough that the wall does not gain momentum.
    for factor, depins in ((0.98, False), (1.02, True)):
        ramped = np.linspace(0.0, factor * field, 101)
        end = device.simulate(0.0, 2e-6, inputs={"field_z": ramped}, points=2001)["wall_position"]
        assert (end.iloc[-1] - end.iloc[0] > 40e-9) == depins


def test_a_notch_holds_up_to_its_steepest_slope():
    """H_depinning = V_n / (w_n sqrt(e)) / (2 mu0 M_s w t), from a Gaussian well of standard deviation w_n."""
    device = wall(notch_energy=5e-20, notch_width=30e-9, damping=0.5)
    field = 5e-20 / (30e-9 * math.sqrt(math.e)) / (2 * codata.mu_0 * 8e5 * device.magnet_area)
    for factor, depins in ((0.98, False), (1.02, True)):
        ramped = np.linspace(0.0, factor * field, 101)
        end = device.simulate(0.0, 2e-6, inputs={"field_z": ramped}, points=2001)["wall_position"]
        assert (end.iloc[-1] - end.iloc[0] > 100e-9) == depins


# --- against another code --------------------------------------------------------------------------------


@pytest.mark.parametrize("current", [5e10, 1e12])
@pytest.mark.parametrize("pinned", [False, True])
def test_motion_agrees_with_cmtj(current, pinned):
    """The same equations in cmtj (RK45), its conventions translated, for Q = 1.

    Its H_K favours phi = pi/2, ours phi = 0; its elementary charge is negative, which turns its spin Hall angle around;
    its b_j lacks g/2 and its constants are rounded, so that its own u is given
    to ours; its pinning potential lacks the factor 1/p of its derivative. Its position starts at the middle.
    """
    dynamics = peer("cmtj.models.domain_dynamics")
    general = peer("cmtj.utils.general")
    utils = peer("cmtj.utils")
    period, energy = 30e-9, (2e-20 if pinned else 0.0)
    field = general.VectorObj(math.pi / 3, 0.5, 2e3)
    theirs = dynamics.DomainWallDynamics(
        H=field, alpha=0.1, Ms=8e5, thickness=1e-9, SHE_angle=0.05, D=-3e-4, Ku=3e5, Kp=6e3, A=1.3e-11,
        beta=0.04, p=0.5, V0_pin=energy / period, pinning=period, Lx=1e-4, Ly=50e-9, Lz=1e-9, moving_field="inplane",
        relax_dw=dynamics.DWRelax.NO_RELAX,
    )  # fmt: skip
    theirs.set_current_function(lambda t: current)
    run = dynamics.MultilayerWallDynamics(layers=[theirs]).run(2e-9, [0.5e-4, 2.0, theirs.dw0], max_step=1e-11)
    ours = DomainWallMagnet(
        length=1e-4, end_width=1e-7, saturation_magnetization=8e5, exchange_stiffness=1.3e-11, wall_width=theirs.dw0,
        transverse_anisotropy_field=-theirs.Hk, damping=0.1, nonadiabaticity=0.04, dmi=-3e-4, spin_hall_angle=-0.05,
        pinning_energy=energy, pinning_period=period, initial_angle=2.0,
        gyromagnetic_ratio=utils.gyromagnetic_ratio / codata.mu_0, magnetoresistance=0.0,
        field_x=theirs.hx, field_y=theirs.hy, field_z=theirs.hz,
    )  # fmt: skip
    polarization = theirs.bj * current / (ours.drift_per_ampere / 0.5 * current * ours.current_area)
    ours = ours.replace(polarization=polarization)
    times = np.array(run["t"])
    table = ours.simulate(current * ours.current_area, times[-1], source="current", times=times)
    travelled = np.array(run["x_0"]) - 0.5e-4
    assert np.ptp(travelled) > 3e-9
    # cmtj's mu0, hbar and charge are rounded to four digits.
    np.testing.assert_allclose(table["angle"], run["phi_0"], rtol=1e-3)
    np.testing.assert_allclose(table["wall_position"] - 0.5e-4, travelled, atol=2e-3 * np.ptp(travelled))


# --- numeric against ngspice -----------------------------------------------------------------------------


@pytest.mark.ngspice
@BOTH
def test_static_curves_agree_with_ngspice(model):
    numeric, spice = iv(model()), iv(model(), engine="ngspice")
    np.testing.assert_allclose(spice["current"], numeric["current"], rtol=1e-6, atol=1e-18)


CASES = {
    "below breakdown": ({"damping": 0.1}, 0.5),
    "through breakdown": ({"damping": 0.1, "nonadiabaticity": 0.3}, 1.5),
    "relaxing width": ({"damping": 0.1, "width": "relaxing", "transverse_anisotropy_field": 1e5}, 0.9),
    "platinum": (PLATINUM | {"polarization": 0.5}, 5.0),
    "pinned": ({"damping": 0.1, "pinning_energy": 3e-21, "notch_energy": 5e-20}, 0.7),
}


@pytest.mark.ngspice
@BOTH
@pytest.mark.parametrize("case", CASES)
def test_transients_agree_with_ngspice(model, case):
    values, fraction = CASES[case]
    device = model(**values, length=400e-9)
    amplitude = fraction * device.critical_current
    drive = Pulse(initial=0.0, pulsed=amplitude, delay=1e-9, rise=1e-10, fall=1e-10, width=5e-9)
    common = {"source": "current", "inputs": {"field_z": -50.0}, "points": 1001}
    numeric = trajectory(device, drive, 1e-8, engine="numeric", **common)
    spice = trajectory(device, drive, 1e-8, engine="ngspice", max_step=2e-12, **common)
    assert np.ptp(numeric["angle"]) > 0.02
    for state in ("x", "angle", "relative_width"):
        assert np.max(np.abs(spice[state] - numeric[state])) < 1e-2, state


# --- bad input --------------------------------------------------------------------------------------------


@BOTH
def test_every_suggested_sweep_crosses_the_strip(model):
    for name in [None, *model.presets()]:
        device = model.preset(name) if name else model()
        sweep = device.suggested_sweep("current")
        assert np.ptp(hysteresis(device, points=301)["x"]) > 0.8, name
        assert sweep.amplitude > 0


@BOTH
def test_bad_input_is_refused(model):
    with pytest.raises(ParameterError, match="damping"):
        model(damping=-0.1)
    with pytest.raises(ParameterError, match="end_width .* must not exceed half the length"):
        model(length=1e-7, end_width=6e-8)
    with pytest.raises(ParameterError, match="transverse_anisotropy_field must leave the wall a finite width"):
        model(width="relaxing", effective_anisotropy=1e4, transverse_anisotropy_field=-1e5)
    with pytest.raises(UnknownNameError, match="width"):
        model(width="elastic")
    with pytest.raises(UnknownNameError, match="quantity"):
        model().suggested_sweep("charge")
