"""What is known of a device in closed form, written out here and not taken from the model."""

from __future__ import annotations

import math

import numpy as np
import scipy.constants as codata
from scipy import integrate

from ...devices.language.waveforms.shapes import FloatArray
from ...devices.models.domain_walls.domain_wall import DomainWallMagnet
from ...devices.models.junctions.mtj import MTJ

#: Temperature of the checks. [K]
ROOM = 300.0


def anisotropy_field_by_hand(junction: MTJ) -> float:
    """H_k = 2 K_i / (mu0 M_s t) - M_s (N_z - N_x) of a round perpendicular junction [A/m]."""
    m_s = junction.saturation_magnetization
    interface = 2 * junction.interfacial_anisotropy / (codata.mu_0 * m_s * junction.free_layer_thickness)
    return interface - m_s * (junction.demagnetizing_factor_z - junction.demagnetizing_factor_x)


def efficiency_by_hand(junction: MTJ, cosine: float) -> float:
    """Efficiency of the torque of equal layers: P / 2 (1 + P_r P_f c), or P L^2 / [(L^2 + 1) + (L^2 - 1) c]."""
    if junction.torque == "tunnelling":
        product = junction.tmr / (2 + junction.tmr)  # Julliere
        return junction.polarization_reference / (2 * (1 + product * cosine))
    square = junction.asymmetry_reference**2
    return junction.polarization_reference * square / ((square + 1) + (square - 1) * cosine)


def junction_with_barrier(barrier: float, **parameters: float) -> MTJ:
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


def rate_of(junction: MTJ) -> float:
    """Rate of a small tilt's decay, A = gamma0 alpha H_k / (1 + alpha^2) [1/s]."""
    alpha = junction.damping
    return float(codata.mu_0 * junction.gyromagnetic_ratio * alpha * junction.anisotropy_field / (1 + alpha**2))


def brown_rate(i: FloatArray | float, barrier: float, rate: float) -> FloatArray:
    """Rate out of the state that the torque i drives out of (Brown 1963, as remembered, the torque for the field)."""
    relative = np.asarray(i, dtype=float)
    around = rate * (1 - relative**2) * (1 - relative) * math.sqrt(barrier / math.pi)
    return np.asarray(around * np.exp(-barrier * (1 - relative) ** 2))


def brown_passage(barrier: float) -> float:
    r"""Dwell time of a uniaxial magnet in units of the decay of a small tilt: twice the mean time to its saddle.

    From Brown's equation for the angle alone, by quadrature; :math:`\sqrt{\pi/\Delta}\, e^\Delta` for large barriers.
    """

    def below(angle: float) -> float:
        return float(integrate.quad(lambda psi: math.sin(psi) * math.exp(-barrier * math.sin(psi) ** 2), 0, angle)[0])

    def outer(angle: float) -> float:
        return math.exp(barrier * math.sin(angle) ** 2) / math.sin(angle) * below(angle)

    return 4 * barrier * float(integrate.quad(outer, 0, math.pi / 2)[0])


def resonance(first: FloatArray, second: FloatArray, damping: float, gamma: float) -> tuple[FloatArray, FloatArray]:
    """Frequency and width of a precession with two stiffnesses, as fields [A/m], with all orders of the damping."""
    one, two = gamma * first, gamma * second
    square = 1 + damping**2
    turning = np.sqrt(one * two * square - (damping * (one + two) / 2) ** 2) / square
    return turning / (2 * np.pi), damping * (one + two) / square / (2 * np.pi)


def energy_per_field(wall: DomainWallMagnet) -> float:
    """Energy per field and way of a wall, 2 mu0 M_s times its cross-section [J / (A/m) / m]."""
    return 2 * codata.mu_0 * wall.saturation_magnetization * wall.strip_width * wall.thickness


def wall_way(wall: DomainWallMagnet, share: float) -> tuple[float, float]:
    """Way from site to saddle [m], and barrier [J], of V_0 sin^2(pi q / p) - F q with F = share pi V_0 / p."""
    period = wall.pinning_period
    site = period / (2 * math.pi) * math.asin(share)
    saddle = period / 2 - site
    height = math.sin(math.pi * saddle / period) ** 2 - math.sin(math.pi * site / period) ** 2
    return saddle - site, wall.pinning_energy * (height - share * math.pi / period * (saddle - site))


def wall_escapes(wall: DomainWallMagnet, share: float) -> tuple[float, float]:
    """Rates of a wall in that potential with its drive and against it [1/s]: Langer's, for position and angle."""
    gamma, alpha = wall.gyromagnetic_ratio * codata.mu_0, wall.damping
    curvature = 2 * math.pi**2 * wall.pinning_energy / wall.pinning_period**2 * math.sqrt(1 - share**2)
    bend = curvature * wall.wall_width / energy_per_field(wall) * gamma
    a, b = np.array([0.0, gamma * wall.transverse_anisotropy_field]), np.array([bend, 0.0])  # at a saddle: a hill
    growing = float(np.max(np.linalg.eigvals(np.array([a + alpha * b, b - alpha * a]) / (1 + alpha**2)).real))
    ahead = wall_way(wall, share)[1]
    behind = ahead + share * math.pi * wall.pinning_energy
    one, other = (growing / (2 * math.pi) * math.exp(-height / (codata.k * ROOM)) for height in (ahead, behind))
    return one, other
