"""Noise and damping together: a junction left to itself at 300 K visits its states as Boltzmann's law says."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy import stats

from synaspice.devices import MTJ

pytestmark = pytest.mark.slow

ROOM = 300.0


def junction_with_barrier(barrier, damping, field_z):
    """A round perpendicular junction with the given barrier at 300 K, made by its interface against its shape.

    Delta k_B T = mu0 M_s V H_k / 2 with H_k = 2 K_i / (mu0 M_s t) - M_s (N_z - N_x). The field is in units of H_k.
    """
    junction = MTJ(diameter=20e-9, initial_polar_angle=math.pi / 2, damping=damping)
    m_s, t = junction.saturation_magnetization, junction.free_layer_thickness
    volume = math.pi / 4 * junction.diameter**2 * t
    hold = 2 * barrier * codata.k * ROOM / (codata.mu_0 * m_s * volume)
    shape = m_s * (junction.demagnetizing_factor_z - junction.demagnetizing_factor_x)
    junction = junction.replace(interfacial_anisotropy=(hold + shape) * codata.mu_0 * m_s * t / 2)
    assert junction.thermal_stability == pytest.approx(barrier, rel=1e-9)
    assert junction.anisotropy_field == pytest.approx(hold, rel=1e-9)
    return junction.replace(field_z=field_z * hold)


def distribution(barrier, field=0.0, folded=False):
    """Cumulative distribution of m_z, or of |m_z|: density ~ exp[Delta (m_z^2 + 2 h m_z)], h = H / H_k.

    The energy is -Delta (m_z^2 + 2 h m_z) k_B T, and equal steps of m_z are equal areas of the sphere.
    """
    grid = np.linspace(0.0 if folded else -1.0, 1.0, 20001)
    density = np.exp(barrier * (grid**2 + 2 * field * grid - 1))
    cumulated = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    return lambda m: np.interp(m, grid, cumulated / cumulated[-1])


# Barrier / k_B T at 300 K, field / H_k, damping; number of trajectories, their length [s], and their step [s].
# Within a well the magnetisation forgets its start at the rate g alpha H_k / (1 + alpha^2): by the shortest run here 14
# times over. Between wells it has to be balanced only in a field, for which the barrier of 2 is low enough; without one
# the start on the equator falls to either side alike. Steps are below 1/50 of a precession in radians.
CASES = {
    "low barrier": (2.0, 0.0, 0.5, 20_000, 4e-9, 2e-12),
    "middle barrier": (5.0, 0.0, 0.5, 10_000, 2e-9, 1e-12),
    "middle barrier, little damping": (5.0, 0.0, 0.1, 5_000, 8e-9, 1e-12),
    "high barrier": (10.0, 0.0, 0.5, 10_000, 2e-9, 0.5e-12),
    "in a field": (2.0, 0.2, 0.5, 10_000, 8e-9, 2e-12),
}
every_case = pytest.mark.parametrize("case", CASES)


@functools.cache
def final_m_z(case, temperature):
    """m_z at the end of independent trajectories, all of which start on the equator."""
    barrier, field, damping, trajectories, duration, step = CASES[case]
    junction = junction_with_barrier(barrier, damping=damping, field_z=field)
    options = {"trajectories": trajectories, "time_step": step, "seed": 1}
    return junction.simulate(0.0, duration, temperature=temperature, **options)["m_z"].to_numpy()


def p_values(case, temperature):
    """Of m_z and, where it is symmetric, of |m_z|, which shows the width of a well more clearly."""
    barrier, field, *_ = CASES[case]
    m_z = final_m_z(case, temperature)
    both_sides = stats.kstest(m_z, distribution(barrier, field)).pvalue
    if field:
        return both_sides
    return min(both_sides, stats.kstest(np.abs(m_z), distribution(barrier, folded=True)).pvalue)


@every_case
def test_m_z_is_boltzmann_distributed(case):
    """Kolmogorov and Smirnov cannot tell m_z from exp[Delta (m_z^2 + 2 h m_z)]."""
    assert p_values(case, ROOM) > 0.01


@every_case
def test_noise_of_ten_per_cent_more_power_is_noticed(case):
    """The same test sees through a temperature of 330 K: it has the power to find such an error of the noise."""
    assert p_values(case, 1.1 * ROOM) < 1e-4
