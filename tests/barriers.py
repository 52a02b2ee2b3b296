"""Junctions with a given barrier, for the tests of rare events."""

from __future__ import annotations

import math

import scipy.constants as codata

from synaspice.devices import MTJ

ROOM = 300.0


def junction_with_barrier(barrier, **parameters):
    """A round perpendicular junction whose barrier is so many k_B T at 300 K, made by its interface.

    Its torque does not depend on the angle.

    Delta k_B T = mu0 M_s V H_k / 2 with H_k = 2 K_i / (mu0 M_s t) - M_s (N_z - N_x).
    """
    junction = MTJ(diameter=40e-9, damping=0.03, torque="slonczewski", **parameters)
    m_s, t = junction.saturation_magnetization, junction.free_layer_thickness
    volume = math.pi / 4 * junction.diameter**2 * t
    hold = 2 * barrier * codata.k * ROOM / (codata.mu_0 * m_s * volume)
    shape = m_s * (junction.demagnetizing_factor_z - junction.demagnetizing_factor_x)
    return junction.replace(interfacial_anisotropy=(hold + shape) * codata.mu_0 * m_s * t / 2)


def rate_of(junction):
    """Rate of a small tilt's decay, A = gamma0 alpha H_k / (1 + alpha^2) [1/s]."""
    alpha = junction.damping
    return codata.mu_0 * junction.gyromagnetic_ratio * alpha * junction.anisotropy_field / (1 + alpha**2)


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
