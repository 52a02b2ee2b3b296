r"""Coupling between magnetic layers through a spacer, and what follows from it in closed form.

Of two layers of one material and thickness that a field :math:`H_E = |J_1| / \mu_0 M_s t` holds antiparallel, a
synthetic antiferromagnet, everything in the plane follows from :math:`H_E`, the anisotropy field :math:`H_K` of each
layer, and :math:`H_B = |J_2| / \mu_0 M_s t`. Many papers call twice of it the exchange field.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from ..language.checks import positive, real
from ..language.errors import ParameterError


def coupling_energy(m: sp.Matrix, other: sp.Matrix, bilinear: Any, biquadratic: Any, dmi: sp.Matrix) -> Any:
    r"""Energy per area of two layers that are coupled through a spacer.

    .. math:: w = -J_1\, \mathbf m \cdot \mathbf m' - J_2\, (\mathbf m \cdot \mathbf m')^2
        - \mathbf D \cdot (\mathbf m \times \mathbf m')

    Parameters
    ----------
    m, other : Matrix
        Unit magnetisations.
    bilinear, biquadratic : Expr
        :math:`J_1`, positive for parallel layers, and :math:`J_2`, negative for layers at a right angle. [J/m^2]
    dmi : Matrix
        :math:`\mathbf D` of the interlayer Dzyaloshinskii-Moriya interaction. [J/m^2]

    References
    ----------
    M. D. Stiles, J. Magn. Magn. Mater. 200, 322 (1999), doi:10.1016/S0304-8853(99)00334-0; E. Y. Vedmedenko et al.,
    Phys. Rev. Lett. 122, 257202 (2019), doi:10.1103/PhysRevLett.122.257202.
    """
    cosine = m.dot(other)
    return -bilinear * cosine - biquadratic * cosine**2 - dmi.dot(m.cross(other))


def gradient(energy: Any, m: sp.Matrix) -> sp.Matrix:
    """Derivative of an energy by a magnetisation."""
    return sp.Matrix([sp.diff(energy, component) for component in m])


def spin_flop_field(exchange: float, anisotropy: float) -> float:
    r"""Field along the easy axis at which antiparallel and canted layers have the same energy.

    .. math:: H_\mathrm{sf} = \sqrt{H_K (2 H_E - H_K)}

    Parameters
    ----------
    exchange, anisotropy : float
        :math:`H_E` and :math:`H_K`, of each layer. [A/m]

    Returns
    -------
    float
        The field [A/m]; swept upwards the layers stay antiparallel beyond it, to :func:`antiparallel_limit`.

    Raises
    ------
    ParameterError
        If the anisotropy is stronger than the exchange: then the layers switch without canting.

    References
    ----------
    F. B. Anderson, H. B. Callen, Phys. Rev. 136, A1068 (1964), doi:10.1103/PhysRev.136.A1068.
    """
    e, k = positive("the exchange field", exchange, "A/m"), positive("the anisotropy field", anisotropy, "A/m")
    if k > e:
        raise ParameterError(
            f"layers with an anisotropy field of {k:g} A/m, beyond the exchange of {e:g} A/m, do not cant"
        )
    return math.sqrt(k * (2 * e - k))


def antiparallel_limit(exchange: float, anisotropy: float, biquadratic: float = 0.0) -> float:
    r"""Field along the easy axis at which antiparallel layers turn unstable.

    .. math:: H = \sqrt{H_K (2 H_E - 4 H_B + H_K)}

    Parameters
    ----------
    exchange, anisotropy, biquadratic : float
        :math:`H_E`, :math:`H_K` and :math:`H_B`, of each layer. [A/m]

    Raises
    ------
    ParameterError
        If a field is none, or the biquadratic coupling leaves no antiparallel state.
    """
    e, k = positive("the exchange field", exchange, "A/m"), positive("the anisotropy field", anisotropy, "A/m")
    stiffness = 2 * e - 4 * real("the biquadratic field", biquadratic) + k
    if stiffness < 0:
        raise ParameterError("the biquadratic coupling is so strong that there is no antiparallel state")
    return math.sqrt(k * stiffness)


def saturation_field(exchange: float, anisotropy: float = 0.0, biquadratic: float = 0.0) -> float:
    r"""Field along the easy axis beyond which the layers are parallel; along the hard one in the plane :math:`H_K < 0`.

    .. math:: H_\mathrm{sat} = 2 H_E + 4 H_B - H_K

    Parameters
    ----------
    exchange, anisotropy, biquadratic : float
        :math:`H_E`, :math:`H_K` and :math:`H_B`, of each layer. [A/m]
    """
    e, k = positive("the exchange field", exchange, "A/m"), real("the anisotropy field", anisotropy)
    return 2 * e + 4 * real("the biquadratic field", biquadratic) - k


def antiferromagnet_modes(field: float, exchange: float, magnetization: float) -> tuple[float, float]:
    r"""Acoustic and optical resonance of two thin films without anisotropy in the plane, in a field there.

    .. math::

        H < 2 H_E: \quad \frac{\omega_a}{\gamma_0} = H \sqrt{1 + \frac{M_s}{2 H_E}}, \qquad
        \frac{\omega_o}{\gamma_0} = \sqrt{2 H_E M_s \left(1 - \frac{H^2}{4 H_E^2}\right)} \\
        H \ge 2 H_E: \quad \frac{\omega_a}{\gamma_0} = \sqrt{H (H + M_s)}, \qquad
        \frac{\omega_o}{\gamma_0} = \sqrt{(H - 2 H_E)(H - 2 H_E + M_s)}

    Parameters
    ----------
    field : float
        :math:`H`. [A/m]
    exchange : float
        :math:`H_E`. [A/m]
    magnetization : float
        Field that holds the magnetisations in the plane, that of the demagnetisation. [A/m]

    Returns
    -------
    tuple of float
        The angular frequencies of the acoustic and the optical mode, over :math:`\gamma_0`. [A/m]

    References
    ----------
    D. MacNeill, J. T. Hou, D. R. Klein, P. Zhang, P. Jarillo-Herrero, L. Liu, Phys. Rev. Lett. 123, 047204 (2019),
    doi:10.1103/PhysRevLett.123.047204.
    """
    h, e = abs(real("the field", field)), positive("the exchange field", exchange, "A/m")
    m = positive("the magnetisation", magnetization, "A/m")
    if h < 2 * e:
        return h * math.sqrt(1 + m / (2 * e)), math.sqrt(2 * e * m * (1 - (h / (2 * e)) ** 2))
    return math.sqrt(h * (h + m)), math.sqrt((h - 2 * e) * (h - 2 * e + m))
