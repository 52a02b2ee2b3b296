"""Pinned walls: barriers and rates in closed form, depinning and hopping of noisy walls, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import creep, depinning, potentiation
from synaspice.characterization.benches.walls.pinned import PinnedWall, depinning_drive
from synaspice.devices import DomainWallMagnet, DomainWallSynapse, ParameterError
from synaspice.figures import plot, save

HEIGHT, PERIOD, ROOM = 8 * codata.k * 300.0, 30e-9, 300.0
#: A wall whose angle is stiff and damped: it slides over its sites, and does not swing through them for long.
WALL = DomainWallMagnet(
    damping=0.5, nonadiabaticity=2.0, pinning_energy=HEIGHT, pinning_period=PERIOD, length=600e-9, strip_width=20e-9,
    transverse_anisotropy_field=5e5, initial_state=0.5,
)  # fmt: skip
FIELD = math.pi * HEIGHT / PERIOD / WALL.energy_per_field


def tilted(share):
    """Site and saddle about the middle [m], and the barrier [J], of V_0 sin^2(pi q / p) - F q, F = share pi V_0 / p."""
    site = PERIOD / (2 * math.pi) * math.asin(share)
    saddle = PERIOD / 2 - site
    fall = share * math.pi * HEIGHT / PERIOD * (saddle - site)
    height = HEIGHT * (math.sin(math.pi * saddle / PERIOD) ** 2 - math.sin(math.pi * site / PERIOD) ** 2)
    return site, saddle, height - fall


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_site_saddle_and_barrier_are_those_of_the_tilted_potential(share):
    wall = PinnedWall(WALL, share * FIELD, "field")
    site, saddle, barrier = tilted(share)
    found, _, above = wall.points
    assert found - 300e-9 == pytest.approx(site, abs=1e-12) and above - 300e-9 == pytest.approx(saddle, abs=1e-12)
    assert wall.barrier(above) == pytest.approx(barrier, rel=1e-4)


def test_the_drive_that_leaves_no_site_is_the_steepest_slope_of_the_potential():
    assert depinning_drive(WALL, "field") == pytest.approx(FIELD, rel=1e-4)
    # The force of a current is beta u / Delta, and that of a field gamma_0 H.
    per_ampere = WALL.nonadiabaticity * WALL.drift_per_ampere / (WALL.wall_width * WALL.gamma_0)
    assert depinning_drive(WALL, "current") == pytest.approx(FIELD / per_ampere, rel=1e-3)


def test_the_rate_is_that_of_langer_s_two_coordinates():
    """lambda_+ of the saddle by hand: bends -k and k of the potential at saddle and site, alike but for the sign."""
    wall = PinnedWall(WALL, 0.0)
    rate = wall.escape(wall.points[2], ROOM)
    alpha, width, gamma = WALL.damping, WALL.wall_width, WALL.gamma_0
    # Rates of q/Delta and phi: b = -gamma (k q) / (2 mu_0 M_s w t), a = gamma H_K phi.
    bend = 2 * math.pi**2 * HEIGHT / PERIOD**2 * width / WALL.energy_per_field * gamma
    stiff = gamma * WALL.transverse_anisotropy_field
    a, b = np.array([0.0, stiff]), np.array([bend, 0.0])  # at the saddle the bend is that of a hill
    growing = max(np.linalg.eigvals(np.array([a + alpha * b, b - alpha * a]) / (1 + alpha**2)).real)
    assert rate == pytest.approx(growing / (2 * math.pi) * math.exp(-8), rel=1e-3)


def test_a_stiff_angle_makes_it_kramers_rate_in_one_dimension():
    """k / (2 pi eta) e^(-8), k = 2 pi^2 V_0 / p^2, with the friction eta = 2 alpha mu_0 M_s w t / (gamma_0 Delta)."""
    stiff = WALL.replace(transverse_anisotropy_field=3e6, damping=1.0)
    wall = PinnedWall(stiff, 0.0)
    friction = stiff.damping * stiff.energy_per_field / (stiff.gamma_0 * stiff.wall_width)
    rate = 2 * math.pi**2 * HEIGHT / PERIOD**2 / (2 * math.pi * friction) * math.exp(-8)
    assert wall.escape(wall.points[2], ROOM) == pytest.approx(rate, rel=0.06)
    assert wall.quality() == 0.0


def test_sliding_without_pinning_is_the_mobility_and_hopping_and_sliding_agree_for_high_barriers():
    stiff = WALL.replace(transverse_anisotropy_field=3e6, damping=1.0)
    free = stiff.replace(pinning_energy=1e-9 * HEIGHT)
    mobility = free.gamma_0 * free.wall_width / free.damping
    assert PinnedWall(free, 1e4, "field").sliding_velocity(ROOM) == pytest.approx(mobility * 1e4, rel=1e-5)
    high = stiff.replace(pinning_energy=4 * HEIGHT, pinning_period=2 * PERIOD)
    limit = depinning_drive(high, "field")
    wall = PinnedWall(high, 0.2 * limit, "field")
    assert wall.hopping_velocity(ROOM) == pytest.approx(wall.sliding_velocity(ROOM), rel=0.06)


def test_noisy_walls_leave_with_the_probability_of_the_rate(tmp_path):
    """At 4.6 k_B T; the closed form is right to a few hundredths there."""
    table = depinning(WALL, quantity="field", values=[0.3 * FIELD, 1.1 * FIELD], width=[3e-9], trajectories=300, seed=1)
    first, last = table.to_dict("records")
    assert first["barrier"] == pytest.approx(tilted(0.3)[2] / (codata.k * 300), rel=1e-3)
    assert first["lower"] - 0.02 < first["kramers"] < first["upper"] + 0.02 and 0.05 < first["probability"] < 0.5
    assert last["probability"] == 1.0 and last["barrier"] == 0.0 and np.isnan(last["kramers"])
    again = depinning(WALL, quantity="field", values=[0.3 * FIELD], width=[3e-9], trajectories=20, seed=1)
    assert plot(again)
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_a_current_does_to_a_notch_what_a_field_of_its_force_does():
    notch = WALL.replace(pinning_energy=0.0, notch_energy=HEIGHT, notch_width=15e-9)
    limits = {quantity: depinning_drive(notch, quantity) for quantity in ("current", "field")}
    walls = [PinnedWall(notch, 0.4 * limit, quantity) for quantity, limit in limits.items()]
    barriers = [wall.barrier(wall.points[2]) for wall in walls]
    assert barriers[0] == pytest.approx(barriers[1], rel=1e-3)
    # The steepest slope of a Gaussian: V / (w sqrt(e)).
    steepest = HEIGHT / (15e-9 * math.sqrt(math.e)) / notch.energy_per_field
    assert limits["field"] == pytest.approx(steepest, rel=1e-4)


def test_hopping_walls_have_the_velocity_of_their_escapes_and_no_exponent_of_creep(tmp_path):
    table = creep(WALL, quantity="field", values=[0.1 * FIELD, 0.5 * FIELD], duration=4e-8, trajectories=40, seed=2)
    fast = table.iloc[1]
    assert abs(fast["velocity"] - fast["hopping"]) < 3 * fast["standard_error"] + 0.1 * fast["hopping"]
    # d ln E / d ln H of the tilted potential, which goes to 0 with the drive.
    for share, exponent in zip((0.1, 0.5), table["exponent"], strict=True):
        slope = (math.log(tilted(1.001 * share)[2]) - math.log(tilted(0.999 * share)[2])) / math.log(1.001 / 0.999)
        assert exponent == pytest.approx(slope, rel=1e-3)
    assert table["exponent"].iloc[0] > table["exponent"].iloc[1]
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_pulses_move_the_wall_of_a_synapse_by_their_charge():
    """Well below breakdown, without pinning: q moves by (v / I) I w, inertia and all, and G with it."""
    device = DomainWallSynapse(damping=0.1, nonadiabaticity=0.1)
    table = potentiation(device, pulses=12)
    up = table[table["direction"] == "potentiation"]["conductance"].to_numpy()
    amplitude, width = table.attrs["amplitudes"][0], table.attrs["widths"][0]
    charge = amplitude / device.strip_resistance * width
    bias = (0.1 / device.tmr_half_voltage) ** 2
    span = device.parallel_conductance * (1 - (1 + bias) / (1 + bias + device.tmr))
    np.testing.assert_allclose(np.diff(up), span * device.current_mobility * charge / device.length, rtol=1e-3)
    assert math.isinf(table.attrs["a_potentiation"]) and table.attrs["nonlinearity_depression"] == 0.0
    assert (up[-1] - up[0]) / span > 0.7 and table.attrs["asymmetry"] < 1e-3


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (DomainWallMagnet(), {}, "nothing pins"),
        (WALL.replace(width="relaxing"), {}, "fixed width"),
        (WALL.replace(spin_hall_angle=0.1), {}, "spin Hall"),
        (WALL.replace(readout="junction"), {}, "junction"),
        (WALL, {"width": [0.0]}, "positive"),
        (WALL, {"trajectories": 0}, "at least 1"),
        (WALL, {"temperature": 0.0}, "temperature"),
        (WALL.replace(nonadiabaticity=0.0), {}, "does not push"),
    ],
)
def test_what_has_no_barrier_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        depinning(device, **how)


def test_creep_needs_sites_one_behind_the_other():
    with pytest.raises(ParameterError, match="periodic"):
        creep(WALL.replace(pinning_energy=0.0, notch_energy=HEIGHT))
    with pytest.raises(ParameterError, match="duration"):
        creep(WALL, duration=-1.0)


def test_no_velocity_of_an_angle_that_stands_is_given_beyond_breakdown():
    fast = PinnedWall(DomainWallMagnet(pinning_energy=1e-24, initial_state=0.5), 1e4, "field")
    assert fast.device.walker_field < 1e4
    with pytest.raises(ParameterError, match="at which it turns"):
        fast.sliding_velocity(ROOM)
