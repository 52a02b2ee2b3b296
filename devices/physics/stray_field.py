"""Stray fields between the layers of a pillar: demagnetising factors of one layer in the field of another."""

from __future__ import annotations

import functools
import math

from ..language.checks import known, positive
from .macrospin import SHAPES


@functools.lru_cache(maxsize=4096)  # asked for once per axis
def mutual_factors(
    shape: str, length: float, width: float, own: float, gap: float, other: float
) -> tuple[float, float, float]:
    r"""Demagnetising factors of a layer in the stray field of another one of the same cross-section above it.

    .. math::

        \langle \mathbf H \rangle = -M' \mathsf N' \mathbf m', \qquad
        N' = \frac{F(t + g + t') - F(t + g) - F(g + t') + F(g)}{2 t}, \qquad F(z) = z\, N(z)

    with the demagnetising factor :math:`N(z)` of a body of the same cross-section and the thickness :math:`z`: its
    energy is a double integral over its thickness, of which that between two layers is what is left. For prisms this
    is the mutual tensor of Newell et al., whose elements off the diagonal vanish for layers above each other; for
    elliptic cylinders it is as exact. The trace is zero: the field of one layer has no sources in another.

    Parameters
    ----------
    shape : str
        Cross-section: ``"ellipse"`` or ``"prism"``.
    length, width : float
        Full axes or edges along x and y. [m]
    own : float
        Thickness of the layer that feels the field. [m]
    gap : float
        Distance between the two layers; 0 if they touch. [m]
    other : float
        Thickness of the layer whose field it is. [m]

    Returns
    -------
    tuple of float
        Factors along x, y and z: positive for a field against the other magnetisation. [-]

    Raises
    ------
    ParameterError
        If a size makes no sense.
    UnknownNameError
        If there is no such cross-section.

    References
    ----------
    A. J. Newell, W. Williams, D. J. Dunlop, J. Geophys. Res. 98, 9551 (1993), doi:10.1029/93JB00694; M. Beleggia,
    M. De Graef, J. Magn. Magn. Mater. 278, 270 (2004), doi:10.1016/j.jmmm.2003.12.1314.
    """
    factors = SHAPES[known("cross-section", shape, SHAPES)]
    sizes = {"length": length, "width": width, "own thickness": own, "other thickness": other}
    for name, value in sizes.items():
        positive(f"the {name}", value, "m")
    if gap:
        positive("the gap", gap, "m")

    def moments(thickness: float) -> tuple[float, ...]:
        return tuple(thickness * factor for factor in factors(length, width, thickness)) if thickness else (0.0,) * 3

    whole, with_own, with_other, between = map(moments, (own + gap + other, own + gap, gap + other, gap))
    x, y, z = ((a - b - c + d) / (2 * own) for a, b, c, d in zip(whole, with_own, with_other, between, strict=True))
    return x, y, z


def dipole_factors(volume: float, distance: float) -> tuple[float, float, float]:
    r"""What :func:`mutual_factors` come to at a large distance: those of a point dipole of a volume.

    .. math:: N'_{x,y} = \frac{V'}{4 \pi r^3}, \qquad N'_z = -\frac{V'}{2 \pi r^3}

    Parameters
    ----------
    volume : float
        Volume of the layer whose field it is. [m^3]
    distance : float
        Distance of the centres along z. [m]

    Returns
    -------
    tuple of float
        Factors along x, y and z. [-]
    """
    across = positive("the volume", volume, "m^3") / (4 * math.pi * positive("the distance", distance, "m") ** 3)
    return across, across, -2 * across
