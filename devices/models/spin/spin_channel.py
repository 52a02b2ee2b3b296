"""Building blocks of spin circuits: channels, ferromagnets, their interfaces, strips with spin Hall effect.

What their potentials, currents and directions mean is said in :mod:`synaspice.devices.models.spin.spin_block`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from importlib import resources

import numpy as np

from ...language.checks import known
from ...language.errors import ParameterError
from ...language.presets.preset import Preset, read_folder
from .spin_block import SpinBlock, make_block


def _unit(direction: Sequence[float]) -> dict[str, float]:
    """A direction as the quantities m_x, m_y, m_z, of norm one."""
    vector = np.asarray(direction, dtype=float)
    norm = float(np.linalg.norm(vector)) if vector.shape == (3,) else math.nan
    if not 0 < norm < math.inf:
        raise ParameterError(f"direction must be three finite numbers that are not all zero, not {direction!r}")
    return dict(zip(("m_x", "m_y", "m_z"), (vector / norm).tolist(), strict=True))


@functools.cache
def channel_materials() -> dict[str, Preset]:
    """Published resistivities and spin diffusion lengths of channels, by metal, first author and year."""
    return read_folder(resources.files(__package__.rpartition(".models")[0]) / "channel_materials")


def channel_material(name: str) -> Preset:
    """A published material for :func:`non_magnetic_channel`, with the source of its values.

    ``non_magnetic_channel(length=5e-7, width=1e-7, thickness=1e-7, **channel_material("silver-isasa2015").values)``

    Parameters
    ----------
    name : str
        One of :func:`channel_materials`.

    Returns
    -------
    Preset
        With ``values``: ``resistivity`` [ohm m] and ``spin_diffusion_length`` [m], and their ``sources``.

    Raises
    ------
    UnknownNameError
        If there is none of that name; the message lists those there are.
    """
    choices = channel_materials()
    known("channel material", name, choices)
    return choices[name]


def non_magnetic_channel(
    resistivity: float, length: float, width: float, thickness: float, spin_diffusion_length: float
) -> SpinBlock:
    r"""Non-magnetic wire, ports ``left`` and ``right``.

    .. math::

        G_c = \frac{A}{\rho L}, \qquad G_\mathrm{series} = \frac{A}{\rho\lambda} \operatorname{csch}\frac{L}{\lambda},
        \qquad G_\mathrm{shunt} = \frac{A}{\rho\lambda} \tanh\frac{L}{2\lambda}

    the exact solution of :math:`V_s'' = V_s / \lambda^2`; wires in a row are one wire.

    Parameters
    ----------
    resistivity : float
        :math:`\rho`. [ohm m]
    length : float
        :math:`L`, along the current. [m]
    width, thickness : float
        Of the cross-section :math:`A`. [m]
    spin_diffusion_length : float
        :math:`\lambda`. [m]

    Raises
    ------
    ParameterError
        If a value is not a number or out of range.

    References
    ----------
    S. Srinivasan, V. Diep, B. Behin-Aein, A. Sarkar, S. Datta, "Modeling multi-magnet networks interacting via spin
    currents", arXiv:1304.0742 (2013); Camsari, Ganguly and Datta (2015).
    """
    return make_block(
        "non_magnetic_channel",
        resistivity=resistivity,
        length=length,
        width=width,
        thickness=thickness,
        spin_diffusion_length=spin_diffusion_length,
    )


def ferromagnet_bulk(
    resistivity: float,
    length: float,
    width: float,
    thickness: float,
    spin_diffusion_length: float,
    polarization: float,
    direction: Sequence[float],
    transverse_decay_length: float = 1e-9,
) -> SpinBlock:
    r"""Ferromagnetic wire of uniform magnetisation, ports ``left`` and ``right``.

    Charge and longitudinal spin by the two-channel model of Valet and Fert,

    .. math::

        I_c = \frac{A}{\rho L} (\Delta V_c + P \Delta V_s), \qquad
        I_s = P I_c - \frac{A (1 - P^2)}{\rho} \frac{dV_s}{dx}, \qquad V_s'' = V_s / \lambda^2

    whose spin resistance is :math:`\rho\lambda / [A (1 - P^2)]`. Transverse spin decays within a nanometre or so.

    Parameters
    ----------
    resistivity : float
        :math:`\rho`, of both spins together. [ohm m]
    length : float
        :math:`L`, along the current. [m]
    width, thickness : float
        Of the cross-section :math:`A`. [m]
    spin_diffusion_length : float
        :math:`\lambda`, of the longitudinal spin. [m]
    polarization : float
        :math:`P`, of the conductivity. [-]
    direction : sequence of float
        The magnetisation's direction along x, y and z; of any length. [-]
    transverse_decay_length : float
        Decay length of the transverse spin. [m]

    Raises
    ------
    ParameterError
        If a value is not a number or out of range, or there is no direction.

    References
    ----------
    T. Valet, A. Fert, Phys. Rev. B 48, 7099 (1993), doi:10.1103/PhysRevB.48.7099.
    """
    return make_block(
        "ferromagnet_bulk",
        resistivity=resistivity,
        length=length,
        width=width,
        thickness=thickness,
        spin_diffusion_length=spin_diffusion_length,
        polarization=polarization,
        transverse_decay_length=transverse_decay_length,
        **_unit(direction),
    )


def ferromagnet_normal_interface(
    conductance: float,
    polarization: float,
    direction: Sequence[float],
    mixing_conductance_real: float = 0.0,
    mixing_conductance_imag: float = 0.0,
) -> SpinBlock:
    r"""Interface between a ferromagnet and a normal metal, ports ``ferromagnet`` and ``normal``.

    The equations are those of :func:`~synaspice.devices.models.spin.spin_block.interface_matrices`. A tunnel barrier
    is an interface of small conductance.

    Parameters
    ----------
    conductance : float
        :math:`G = G_\uparrow + G_\downarrow`. [S]
    polarization : float
        :math:`P = (G_\uparrow - G_\downarrow) / G`. [-]
    direction : sequence of float
        The magnetisation's direction along x, y and z; of any length. [-]
    mixing_conductance_real, mixing_conductance_imag : float
        :math:`G_r` and :math:`G_i`; physics asks for :math:`2 G_r \ge G`. [S]

    Raises
    ------
    ParameterError
        If a value is not a number or out of range, or there is no direction.
    """
    return make_block(
        "ferromagnet_normal_interface",
        conductance=conductance,
        polarization=polarization,
        mixing_conductance_real=mixing_conductance_real,
        mixing_conductance_imag=mixing_conductance_imag,
        **_unit(direction),
    )


def spin_hall_block(
    resistivity: float,
    length: float,
    width: float,
    thickness: float,
    spin_diffusion_length: float,
    spin_hall_angle: float,
) -> SpinBlock:
    r"""Strip of a metal with spin Hall effect: charge along x from ``left`` to ``right``, spin y up from ``bottom``.

    .. math::

        j_c = \sigma E_x + \theta \sigma\, \partial_z V_{s,y}, \qquad
        j_{s,y}^z = -\sigma\, \partial_z V_{s,y} + \theta \sigma E_x

    Spins leave and enter through the faces ``bottom`` and ``top`` (length times width); charge that does so meets the
    current along the strip in its middle. ``left`` and ``right`` conduct charge only.

    Parameters
    ----------
    resistivity : float
        :math:`1 / \sigma`. [ohm m]
    length, width, thickness : float
        Along x, y and z. [m]
    spin_diffusion_length : float
        Along z. [m]
    spin_hall_angle : float
        :math:`\theta`. [-]

    Raises
    ------
    ParameterError
        If a value is not a number or out of range.

    References
    ----------
    S. Hong, S. Sayed, S. Datta, "Spin circuit representation for the spin Hall effect", IEEE Trans. Nanotechnol. 15,
    225 (2016), doi:10.1109/TNANO.2016.2514410; see also M. I. Dyakonov, Phys. Rev. Lett. 99, 126601 (2007),
    doi:10.1103/PhysRevLett.99.126601.
    """
    return make_block(
        "spin_hall_block",
        resistivity=resistivity,
        length=length,
        width=width,
        thickness=thickness,
        spin_diffusion_length=spin_diffusion_length,
        spin_hall_angle=spin_hall_angle,
    )
