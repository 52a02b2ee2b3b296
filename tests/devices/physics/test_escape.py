"""Escape from a well: Brown's and Langer's limits, the torque in full, and noisy trajectories of the magnet."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from barriers import ROOM, in_plane_junction, junction_with_barrier
from scipy.integrate import quad

from synaspice.characterization.slow_time.wells import Wells
from synaspice.devices import MTJ, ParameterError
from synaspice.devices.physics.escape import Landscape, _orbits
from synaspice.devices.simulation.numerics.newton import voltage_at_current


@pytest.mark.parametrize("relative", [-0.1, 0.0, 0.3, 0.5])
@pytest.mark.parametrize("quantity", ["voltage", "current"])
def test_of_a_symmetric_magnet_it_is_browns_equation_with_the_torque_in_full(quantity, relative):
    """With a resistance that depends on the angle: a voltage and a current are different drives."""
    junction = junction_with_barrier(30.0)
    drive = relative * junction.critical_current_to_parallel
    if quantity == "voltage":
        drive = voltage_at_current(junction.replace(**junction.reference_states()["antiparallel"]), drive)
    wells = Wells(junction, quantity)
    rate, barrier = junction._escape(drive, ROOM, "antiparallel", quantity)
    assert barrier == pytest.approx(wells.barrier(drive, "antiparallel"), abs=0.01)
    assert 1 / rate == pytest.approx(wells.dwell_time(drive, "antiparallel"), rel=2e-3 if relative >= 0 else 0.03)


def landscape(device, stiffness=None, damping=None):
    """The energy of a junction at no voltage, with another stiffness or damping."""
    alpha = device.damping if damping is None else damping
    pull = np.array([device.derived[f"pull_{axis}"] for axis in "xyz"])
    gamma = device.gamma_0

    def rates(m):
        h = pull * m
        turn = np.cross(m, h)
        return -gamma / (1 + alpha**2) * (turn + alpha * np.cross(m, turn))

    own = codata.mu_0 * device.saturation_magnetization * device.volume / (codata.k * ROOM)
    return Landscape(pull, np.zeros(3), gamma, alpha, own if stiffness is None else stiffness, rates)


def melnikov(loss):
    """ln A = 1/pi int_0^inf ln(1 - exp(-loss (x^2 + 1/4))) / (x^2 + 1/4) dx."""

    def part(x):
        return math.log(-math.expm1(-loss * (x * x + 0.25))) / (x * x + 0.25)

    return math.exp(quad(part, 0, math.inf, limit=200)[0] / math.pi)


@pytest.mark.parametrize("damping", [3e-4, 3e-3, 0.03, 0.5])
def test_without_torque_and_for_a_high_barrier_it_is_langers_rate_with_melnikovs_factor(damping):
    r"""Two saddles, wells alike: :math:`\Gamma = 2 \frac{A^2(\delta)}{A(2\delta)} \frac{\lambda_+}{2\pi}
    \sqrt{\kappa_1\kappa_2/|\kappa_{1s}\kappa_{2s}|}\,e^{-\Delta}`, with the loss of the separatrix between two saddles,
    :math:`\delta = \alpha\,2\Delta \oint |\mathbf m \times \mathbf h|\,dl / 2 H_k`, by its own quadrature."""
    barrier, ratio = 100.0, 5.0
    device = in_plane_junction(barrier, damping=damping, ratio=ratio)
    hold, gamma = device.anisotropy_field, device.gamma_0 / (1 + damping**2)
    hard = ratio * hold
    # The separatrix is the great circle z = x sqrt(H_k / (H_hard - H_k)) through y.
    slope = math.sqrt(hold / (hard - hold))
    tilt = math.atan(slope)

    def torque(angle):
        m = np.array([math.sin(angle) * math.cos(tilt), math.cos(angle), math.sin(angle) * math.sin(tilt)])
        return float(np.linalg.norm(np.cross(m, np.array([hold, 0.0, hold - hard]) * m)))

    loss = damping * 2 * barrier / hold * quad(torque, 0, math.pi)[0]
    down, up = -hold, hard - hold
    trace = damping * (down + up)
    growth = gamma / 2 * (-trace + math.sqrt(trace**2 - 4 * (1 + damping**2) * down * up))
    shape = math.sqrt(hold * hard / abs(down * up))
    factor = melnikov(loss) ** 2 / melnikov(2 * loss)
    expected = 2 * factor * growth / (2 * math.pi) * shape * math.exp(-barrier)
    rate, found = landscape(device).escape(np.array([1.0, 0.0, 0.0]))
    assert found == pytest.approx(barrier, rel=1e-6)
    # What is left out there is of the order of k_B T over the barrier, and of its logarithm with little damping.
    assert rate == pytest.approx(expected, rel=0.06, abs=0)


def deep_in(device, drive, state, length, count, seed, field=0.0):
    """Mean time until trajectories are deep in the other well: one that swings there and back has not arrived."""
    start = device.replace(**device.reference_states()[state], field_x=field)
    ensemble = start.ensemble(drive, length, source="current", temperature=ROOM, trajectories=count, seed=seed)
    table = ensemble.traces(1001).sort_values(["trajectory", "time"], kind="stable")
    m = table[["m_x", "m_y", "m_z"]].to_numpy().reshape(count, -1, 3)
    times = table["time"].to_numpy()[: m.shape[1]]
    pull = np.array([device.derived[f"pull_{axis}"] for axis in "xyz"])
    stiffness = codata.mu_0 * device.saturation_magnetization * device.volume / (codata.k * ROOM)
    side = -1.0 if state == "parallel" else 1.0
    energy = -0.5 * (m**2 @ pull) - field * m[..., 0] + 0.5 * pull[0] + side * field
    arrived = (side * m[..., 0] > 0) & (stiffness * energy < 1.5)
    first = np.where(arrived.any(axis=1), times[np.argmax(arrived, axis=1)], np.nan)
    missing = np.isnan(first)
    return float(np.where(missing, length, first).sum() / np.count_nonzero(~missing)), np.count_nonzero(~missing)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relative", "field", "damping", "ratio"),
    [
        (0.0, 0.0, 0.1, 20.0),
        (0.3, 0.0, 0.1, 20.0),
        (0.3, 0.0, 0.02, 20.0),
        (0.3, 0.0, 0.1, 3.0),
        (0.0, 0.15, 0.1, 20.0),
    ],
)
def test_noisy_trajectories_escape_as_fast(relative, field, damping, ratio):
    """A barrier of 6 k_B T, of which the torque leaves 4.3: the torque in first order alone is off by 1.4 to 1.8."""
    device = in_plane_junction(6.0, damping=damping, ratio=ratio)
    current = relative * device.critical_current_to_parallel
    size = field * device.anisotropy_field
    rate, _ = device.replace(field_x=size)._escape(current, ROOM, "antiparallel", "current")
    measured, arrived = deep_in(device, current, "antiparallel", 3 / rate, 256, 3, size)
    assert arrived > 200
    assert measured * rate == pytest.approx(1.0, abs=3 / math.sqrt(arrived))


def test_a_field_like_torque_is_part_of_the_energy():
    """Of a current it is a field along the reference layer: eps' hbar I / (mu0 e M_s V)."""
    device = in_plane_junction(12.0, damping=0.02)
    current = 0.1 * device.critical_current_to_parallel
    field = 0.3 * codata.hbar * current / (
        codata.mu_0 * codata.e * device.saturation_magnetization * device.volume
    )  # fmt: skip
    bent = device.replace(field_like_efficiency=0.3)
    found = bent._escape(current, ROOM, "parallel", "current")
    assert found == pytest.approx(device.replace(field_x=field)._escape(current, ROOM, "parallel", "current"), rel=1e-4)
    voltage = current * device.parallel_resistance
    assert bent._escape(voltage, ROOM, "parallel") == pytest.approx(found, rel=1e-4)
    # Where the resistance depends on the angle, the field does: without a damping-like torque, by the two ends' energy.
    steep = bent.replace(tmr=1.0, polarization_reference=0.01, torque="tunnelling", field_like_efficiency=1.0)
    high, low = (steep._escape(0.05, ROOM, state)[1] for state in ("parallel", "antiparallel"))
    assert high > low


def test_what_has_no_two_states_is_refused():
    device = in_plane_junction(12.0, damping=0.02)
    with pytest.raises(ParameterError, match="takes the state away"):
        device._escape(1.2 * device.critical_current_to_parallel, ROOM, "antiparallel", "current")
    # Of this one, orbits at the saddle gain energy before the state is lost.
    round_ = in_plane_junction(12.0, damping=0.02, ratio=3.0)
    with pytest.raises(ParameterError, match="back over the saddle"):
        round_._escape(0.9 * round_.critical_current_to_parallel, ROOM, "parallel", "current")
    with pytest.raises(ParameterError, match="no two states"):
        device.replace(field_x=1.2 * device.anisotropy_field)._escape(0.0, ROOM, "parallel")
    with pytest.raises(ParameterError, match="impose a voltage"):
        device.replace(vcma_coefficient=1e-14)._escape(1e-6, ROOM, "parallel", "current")
    oblique = MTJ.preset("hayakawa2021-like").replace(field_like_efficiency=0.1, reference_azimuth=0.3)
    with pytest.raises(ParameterError, match="between the axes"):
        oblique._escape(0.01, ROOM, "parallel")


PULL, FIELD = np.array([3e4, -2e4, 5e4]), np.array([4e3, 7e3, -5e3])
TILTED = Landscape(PULL, FIELD, 2e5, 0.01, 1e-3, lambda m: m)


@pytest.mark.parametrize("towards", [(0.3, -0.8, 0.52), (-0.6, 0.1, -0.79), (0.05, 0.02, 1.0), (1.0, 1.0, 1.0)])
def test_curvatures_are_second_derivatives_along_great_circles(towards):
    m = np.array(towards) / np.linalg.norm(towards)
    found, ways = TILTED.curvatures(m)
    assert found[0] < found[1]
    step = 1e-3
    for curvature, way in zip(found, ways.T, strict=True):
        assert np.linalg.norm(way) == pytest.approx(1, rel=1e-12) and way @ m == pytest.approx(0, abs=1e-12)
        ahead, back = (TILTED.energy(math.cos(step) * m + sign * math.sin(step) * way) for sign in (1, -1))
        # Rounding of energies of 1e4 over the square of the step, and the fourth derivative times it.
        assert (ahead + back - 2 * TILTED.energy(m)) / step**2 == pytest.approx(curvature, rel=1e-4, abs=1.0)
    first, second = ways.T
    mixed = [TILTED.energy(_along(m, a * first + b * second, step)) * a * b for a in (1, -1) for b in (1, -1)]
    assert sum(mixed) / (4 * step**2) == pytest.approx(0, abs=1.0)


def _along(m, way, step):
    size = step * np.linalg.norm(way)
    return math.cos(size) * m + math.sin(size) * way / np.linalg.norm(way)


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 3.0, 30.0])
def test_rests_are_the_roots_of_their_polynomial(strength):
    """m_i = h_i / (L - p_i) of unit length: as many directions as the polynomial in L has real roots."""
    field = strength * FIELD
    rests = Landscape(PULL, field, 2e5, 0.01, 1e-3, lambda m: m).rests()
    for m in rests:
        assert np.linalg.norm(np.cross(m, PULL * m + field)) < 1e-6 * np.max(np.abs(PULL))
    if strength == 0:
        assert len(rests) == 6
        return
    pull, h = PULL / 1e4, field / 1e4
    factors = [np.polynomial.Polynomial([-p, 1]) ** 2 for p in pull]
    every = factors[0] * factors[1] * factors[2]
    others = [factors[1] * factors[2], factors[0] * factors[2], factors[0] * factors[1]]
    roots = (every - sum(h[k] ** 2 * others[k] for k in range(3))).roots()
    assert len(rests) == np.count_nonzero(np.abs(roots.imag) < 1e-7 * np.abs(roots))


def test_orbits_have_the_energy_that_they_are_asked_for_and_go_round_the_state():
    """In a field across, which tilts the states; a small orbit is an ellipse of the energy's curvatures."""
    states = [m for m in TILTED.rests() if TILTED.curvatures(m)[0][0] > 0]
    assert len(states) == 2
    for state in states:
        curvatures, _ = TILTED.curvatures(state)
        rises = curvatures[0] * np.array([1e-4, 1e-2, 5e-2])
        orbits, steps = _orbits(TILTED, state, rises)
        for orbit, rise in zip(orbits, rises, strict=True):
            found = np.array([TILTED.energy(m) for m in orbit]) - TILTED.energy(state)
            np.testing.assert_allclose(found, rise, rtol=1e-6)
        half = np.sqrt(2 * rises[0] / curvatures)
        angles = np.linspace(0, 2 * math.pi, 1001)
        around = np.trapezoid(np.hypot(half[0] * np.sin(angles), half[1] * np.cos(angles)), angles)
        assert steps[0].sum() == pytest.approx(around, rel=5e-3, abs=0)
