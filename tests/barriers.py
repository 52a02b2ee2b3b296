"""Junctions with a given barrier, for the tests of rare events: as the checks of the benches have them."""

import math

import scipy.constants as codata

from synaspice.characterization.checks.forms import ROOM, brown_rate, junction_with_barrier, rate_of
from synaspice.devices import MTJ

__all__ = ["ROOM", "brown_rate", "in_plane_junction", "junction_with_barrier", "rate_of"]


def in_plane_junction(barrier, *, damping, ratio=20.0, hold=2e4, **parameters):
    """A junction in the plane, easy along x, with so many k_B T at 300 K, and that ratio of its fields across.

    Delta k_B T = mu0 M_s V H_k / 2 with H_k = M_s (N_y - N_x). Torque and resistance do not depend on the angle.
    """
    m_s, thickness, length = 1e6, 2e-9, 40e-9
    volume = 2 * barrier * codata.k * ROOM / (codata.mu_0 * m_s * hold)
    factors = {"x": 0.05, "y": 0.05 + hold / m_s, "z": 0.05 + ratio * hold / m_s}
    return MTJ(
        diameter=length,
        width=volume / (math.pi / 4 * length * thickness),
        free_layer_thickness=thickness,
        saturation_magnetization=m_s,
        damping=damping,
        torque="slonczewski",
        tmr=1e-6,
        interfacial_anisotropy=0.0,
        reference_polar_angle=math.pi / 2,
        **{f"demagnetizing_factor_{axis}": factor for axis, factor in factors.items()},
        **parameters,
    )
