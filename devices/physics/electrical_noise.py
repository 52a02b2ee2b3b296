"""Noise of a current through a device that conducts: its one-sided spectral densities."""

from __future__ import annotations

from typing import Any

from ..language.equations.constants import k_B, q_e
from ..language.equations.functions import x_coth


def thermal_noise(conductance: Any, temperature: Any) -> Any:
    r"""Thermal noise of a conductance, :math:`S_I = 4 k_B T G` [A^2/Hz].

    Parameters
    ----------
    conductance : Expr
        Current over voltage. [S]
    temperature : Expr
        Temperature of the electrons. [K]

    References
    ----------
    H. Nyquist, Phys. Rev. 32, 110 (1928), doi:10.1103/PhysRev.32.110.
    """
    return 4 * k_B * temperature * conductance


def white_noise(voltage: Any, conductance: Any, temperature: Any, fano_factor: Any = 1) -> Any:
    r"""Thermal noise, shot noise and their crossover [A^2/Hz].

    .. math:: S_I = 4 k_B T G \left[1 - F + F\, u \coth u\right], \qquad u = \frac{e V}{2 k_B T}

    At no voltage it is :math:`4 k_B T G`; well above :math:`k_B T / e` the shot noise :math:`2 e F I`. The Fano factor
    :math:`F` is 1 for single electrons that tunnel through one barrier, 1/3 for a short diffusive wire, and 0 for a
    conductor that is long against the length in which its electrons lose their energy.

    Parameters
    ----------
    voltage : Expr
        Voltage across the device. [V]
    conductance : Expr
        Current over voltage. [S]
    temperature : Expr
        Temperature of the electrons. [K]
    fano_factor : Expr
        Shot noise over that of independent electrons. [-]

    References
    ----------
    Y. M. Blanter, M. Büttiker, Phys. Rep. 336, 1 (2000), doi:10.1016/S0370-1573(99)00123-4.
    """
    crossover = x_coth(q_e * voltage / (2 * k_B * temperature))
    return thermal_noise(conductance, temperature) * (1 - fano_factor + fano_factor * crossover)


def flicker_noise(relative: Any, current: Any) -> Any:
    """Flicker noise of a resistance that fluctuates, times the frequency [A^2]: ``S_I f = relative I^2``.

    Parameters
    ----------
    relative : Expr
        Density at 1 Hz times 1 Hz, over the square of the current. [-]
    current : Expr
        The current. [A]
    """
    return relative * current**2
