"""Shared physics of magnetic devices: demagnetising factors, effective fields, torques.

All fields are in A/m, magnetisations in A/m, energies in J. Functions that build equations take and
return SymPy expressions; functions of geometry take and return numbers.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import sympy as sp
from scipy.special import hyp2f1

from ..language.equations.constants import hbar, k_B, mu_0, q_e
from ..language.equations.functions import ramp


def direction(polar: Any, azimuth: Any) -> sp.Matrix:
    """Unit vector with the given polar angle (from +z) and azimuth (from +x) [rad]."""
    return sp.Matrix([sp.sin(polar) * sp.cos(azimuth), sp.sin(polar) * sp.sin(azimuth), sp.cos(polar)])


def demagnetizing_factors_prism(length: float, width: float, thickness: float) -> tuple[float, float, float]:
    """Magnetometric demagnetising factors of a uniformly magnetised rectangular prism.

    Parameters
    ----------
    length, width, thickness : float
        Full edges along x, y and z. [m]

    Returns
    -------
    tuple of float
        Factors along x, y and z; their sum is one. [-]

    References
    ----------
    A. Aharoni, "Demagnetizing factors for rectangular ferromagnetic prisms", J. Appl. Phys. 83, 3432
    (1998), doi:10.1063/1.367113, Eq. (1).
    """

    def along_c(a: float, b: float, c: float) -> float:
        # Semi-axes a, b, c; the factor along c. Only their ratios matter, so scale to order one.
        scale = (a * b * c) ** (1 / 3)
        a, b, c = a / scale, b / scale, c / scale
        ab, bc, ac = math.hypot(a, b), math.hypot(b, c), math.hypot(a, c)
        r = math.sqrt(a * a + b * b + c * c)
        # Each bracket is ln((s - t) / (s + t)) = -2 artanh(t / s), free of cancellation.
        terms = (
            -(b * b - c * c) / (b * c) * math.atanh(a / r)
            - (a * a - c * c) / (a * c) * math.atanh(b / r)
            + b / c * math.atanh(a / ab)
            + a / c * math.atanh(b / ab)
            - c / a * math.atanh(b / bc)
            - c / b * math.atanh(a / ac)
            + 2 * math.atan2(a * b, c * r)
            + (a**3 + b**3 - 2 * c**3) / (3 * a * b * c)
            + (a * a + b * b - 2 * c * c) / (3 * a * b * c) * r
            + c / (a * b) * (ac + bc)
            - (ab**3 + bc**3 + ac**3) / (3 * a * b * c)
        )
        return terms / math.pi

    a, b, c = length / 2, width / 2, thickness / 2
    return along_c(b, c, a), along_c(c, a, b), along_c(a, b, c)


def demagnetizing_factor_cylinder(aspect: Any) -> Any:
    r"""Magnetometric demagnetising factor of a uniformly magnetised circular cylinder, along its axis.

    .. math:: N_z = 1 + \frac{4}{3\pi\tau} - {}_2F_1\!\left(-\tfrac12, \tfrac12; 2; -\frac{1}{\tau^2}\right)

    Parameters
    ----------
    aspect : array_like
        Thickness over diameter, :math:`\tau`. [-]

    Returns
    -------
    array_like
        The factor along the axis. [-]

    References
    ----------
    R. I. Joseph, J. Appl. Phys. 37, 4639 (1966), doi:10.1063/1.1708110; in this form in M. Beleggia et al., J. Phys. D
    38, 3333 (2005), doi:10.1088/0022-3727/38/18/001.
    """
    tau = np.asarray(aspect, dtype=float)
    # By Pfaff's transformation the argument lies between 0 and 1: SciPy loses digits at large negative ones.
    hypergeometric = np.sqrt(1 + 1 / tau**2) * hyp2f1(-0.5, 1.5, 2.0, 1 / (1 + tau**2))
    return 1 + 4 / (3 * np.pi * tau) - hypergeometric


@functools.lru_cache(maxsize=1024)  # asked for once per axis
def demagnetizing_factors_ellipse(length: float, width: float, thickness: float) -> tuple[float, float, float]:
    r"""Magnetometric demagnetising factors of a uniformly magnetised elliptic cylinder.

    In Fourier space the ellipse is a circle seen along every direction :math:`\varphi` with another radius
    :math:`1/c`, so that the factors are averages of those of circular cylinders:

    .. math::

        N_z = \big\langle N(c\,t/2) \big\rangle_\varphi, \quad
        N_x = \Big\langle \frac{\cos^2\varphi}{a^2 c^2} [1 - N(c\,t/2)] \Big\rangle_\varphi, \quad
        c^2 = \frac{\cos^2\varphi}{a^2} + \frac{\sin^2\varphi}{b^2}

    Parameters
    ----------
    length, width : float
        Full axes of the ellipse along x and y. [m]
    thickness : float
        Height along z. [m]

    Returns
    -------
    tuple of float
        Factors along x, y and z; their sum is one. [-]

    References
    ----------
    M. Beleggia, M. De Graef, Y. T. Millev, D. A. Goode, G. Rowlands, "Demagnetization factors for elliptic
    cylinders", J. Phys. D 38, 3333 (2005), doi:10.1088/0022-3727/38/18/001.
    """
    a, b = length / 2, width / 2
    # The integrand is smooth and periodic, so that equidistant points converge exponentially, the
    # slower the longer the ellipse; four quadrants are alike.
    count = int(64 * max(a / b, b / a, 1)) + 64
    phi = (np.arange(count) + 0.5) * (np.pi / 2) / count
    along_x, along_y = (np.cos(phi) / a) ** 2, (np.sin(phi) / b) ** 2
    c_squared = along_x + along_y
    n = demagnetizing_factor_cylinder(np.sqrt(c_squared) * thickness / 2)
    in_plane = (1 - n) / c_squared
    return float(np.mean(along_x * in_plane)), float(np.mean(along_y * in_plane)), float(np.mean(n))


def slonczewski_efficiency(
    cosine: Any, polarization_reference: Any, asymmetry_reference: Any, polarization_free: Any, asymmetry_free: Any
) -> Any:
    r"""Angular dependence of the Slonczewski torque for two different layers.

    .. math::

        \epsilon = \frac{P_r \Lambda_r^2 (\Lambda_f^2 + 1) - P_f \Lambda_f^2 (\Lambda_r^2 - 1)\, c}
                        {(\Lambda_r^2 + 1)(\Lambda_f^2 + 1) - (\Lambda_r^2 - 1)(\Lambda_f^2 - 1)\, c^2},
        \qquad c = \mathbf m \cdot \mathbf p

    which is OOMMF's :math:`q_+/(A + B c) + q_-/(A - B c)` over a common denominator, free of its 0/0 at
    :math:`\Lambda = 1`; for equal layers it is :math:`P\Lambda^2 / [(\Lambda^2+1) + (\Lambda^2-1) c]`, and with both
    :math:`\Lambda = 1` it is :math:`P_r / 2`.

    Parameters
    ----------
    cosine : Expr
        :math:`c`, cosine of the angle between free and reference layer. [-]
    polarization_reference, polarization_free : Expr
        Spin polarisations :math:`P`. [-]
    asymmetry_reference, asymmetry_free : Expr
        Slonczewski's :math:`\Lambda \ge 1`. [-]

    References
    ----------
    J. Xiao, A. Zangwill, M. D. Stiles, Phys. Rev. B 70, 172405 (2004), doi:10.1103/PhysRevB.70.172405;
    M. J. Donahue, D. G. Porter, OOMMF User's Guide, Oxs_SpinXferEvolve.
    """
    lr, lf = asymmetry_reference**2, asymmetry_free**2
    numerator = polarization_reference * lr * (lf + 1) - polarization_free * lf * (lr - 1) * cosine
    return numerator / ((lr + 1) * (lf + 1) - (lr - 1) * (lf - 1) * cosine**2)


def spin_torque_field(current: Any, saturation_magnetization: Any, volume: Any) -> Any:
    r"""Field scale of the spin-transfer torque, :math:`\beta = \hbar J / (\mu_0 e M_s t)` [A/m], from the current."""
    return hbar * current / (mu_0 * q_e * saturation_magnetization * volume)


def damped_rotation(m: sp.Matrix, precession: sp.Matrix, damping: Any) -> sp.Matrix:
    r"""Angular velocity of a unit magnetisation with damping.

    .. math::

        \dot{\mathbf m} = \boldsymbol\Omega \times \mathbf m, \qquad
        \boldsymbol\Omega = \frac{\boldsymbol\omega + \alpha\, \mathbf m \times \boldsymbol\omega}{1+\alpha^2}

    The arguments are those of :func:`landau_lifshitz_gilbert`.
    """
    return (precession + damping * m.cross(precession)) / (1 + damping**2)


def landau_lifshitz_gilbert(m: sp.Matrix, precession: sp.Matrix, damping: Any) -> sp.Matrix:
    r"""Rate of change of a unit magnetisation, the Gilbert equation solved for it.

    .. math::

        \dot{\mathbf m} = -\frac{1}{1+\alpha^2}
            \left[\mathbf m \times \boldsymbol\omega + \alpha\, \mathbf m \times (\mathbf m \times
            \boldsymbol\omega)\right],
        \qquad \boldsymbol\omega = \gamma\mu_0 \mathbf H

    Torques that are not of a field enter through the field: :math:`\mathbf m \times \mathbf p` in it is a
    damping-like torque towards :math:`\mathbf p`.

    Parameters
    ----------
    m : Matrix
        Unit magnetisation.
    precession : Matrix
        Effective field, torques included, times :math:`\gamma\mu_0`. [rad/s]
    damping : Expr
        Gilbert damping :math:`\alpha`. [-]
    """
    return damped_rotation(m, precession, damping).cross(m)


def thermal_field_density(
    damping: Any, temperature: Any, gyromagnetic_ratio: Any, saturation_magnetization: Any, volume: Any
) -> Any:
    r"""Spectral density of each component of Brown's thermal field [(A/m)^2 s].

    .. math::

        \langle h_i(t) h_j(t') \rangle = \frac{2 \alpha k_B T}{\gamma \mu_0^2 M_s V}\, \delta_{ij}\, \delta(t - t')

    References
    ----------
    W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677.
    """
    return 2 * damping * k_B * temperature / (gyromagnetic_ratio * mu_0**2 * saturation_magnetization * volume)


#: Share of its value at absolute zero below which a magnetisation is not let fall: a macrospin needs one.
LEAST_MAGNETIZATION = sp.Rational(1, 50)


def magnetization_ratio(temperature: Any, curie_temperature: Any, exponent: Any) -> Any:
    r"""Saturation magnetisation over its value at absolute zero, Bloch's law continued to the Curie point.

    .. math:: \frac{M_s(T)}{M_s(0)} = 1 - \left(\frac{T}{T_C}\right)^{n}

    with :math:`n = 3/2` for Bloch's spin waves; it stays above 0.02.

    Parameters
    ----------
    temperature, curie_temperature : Expr
        :math:`T` and :math:`T_C`. [K]
    exponent : Expr
        :math:`n`. [-]

    References
    ----------
    F. Bloch, Z. Phys. 61, 206 (1930), doi:10.1007/BF01339661.
    """
    return LEAST_MAGNETIZATION + ramp(1 - LEAST_MAGNETIZATION - (ramp(temperature) / curie_temperature) ** exponent)


def polarization_ratio(temperature: Any, decay: Any) -> Any:
    r"""Spin polarisation over its value at absolute zero, :math:`1 - a T^{3/2}`, not below 0.

    Parameters
    ----------
    temperature : Expr
        :math:`T`. [K]
    decay : Expr
        :math:`a`. [K^-1.5]

    References
    ----------
    C. H. Shang, J. Nowak, R. Jansen, J. S. Moodera, Phys. Rev. B 58, R2917 (1998), doi:10.1103/PhysRevB.58.R2917.
    """
    return ramp(1 - decay * ramp(temperature) ** sp.Rational(3, 2))


def julliere_square(tmr: Any) -> Any:
    r"""Product of two polarisations from Julliere's :math:`\mathrm{TMR} = 2 P_1 P_2 / (1 - P_1 P_2)`.

    References
    ----------
    M. Julliere, Phys. Lett. A 54, 225 (1975), doi:10.1016/0375-9601(75)90174-7.
    """
    return tmr / (2 + tmr)


def julliere_tmr(product: Any) -> Any:
    """Tunnel magnetoresistance ratio of two layers from the product of their polarisations; see above."""
    return 2 * product / (1 - product)
