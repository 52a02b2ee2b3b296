"""Laws of the current through a thin insulating film, as current over voltage and amplitude.

Each function returns the chord conductance over the amplitude of the current [1/V]: the current is that times voltage
and amplitude. In this form no law divides by the voltage, so that all of them are finite and exact at zero volt.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..language.equations.constants import epsilon_0, k_B, q_e
from ..language.equations.functions import limexp, limited_sinh

#: Below this voltage the root of the field levels off: its slope at zero would be infinite. [V]
SMALL_VOLTAGE = 1e-10
#: Below this argument sinh(x)/x and (1 - exp(-x))/x are their limits, to 1e-10 or better.
SMALL_ARGUMENT = 1e-6
#: Temperature at which the amplitude of Schottky emission is given. [K]
AMPLITUDE_TEMPERATURE = 300


def thermal_voltage(temperature: Any) -> Any:
    """Thermal voltage k_B T / e [V] at a temperature [K]."""
    return k_B * temperature / q_e


def schottky_lowering(voltage: Any, thickness: Any, relative_permittivity: Any) -> Any:
    r"""How far the image force lowers a barrier, :math:`\beta_S \sqrt{E} = \sqrt{e E / (4 \pi \epsilon)}` [V].

    Parameters
    ----------
    voltage : Expr
        Voltage across the film, of either sign. [V]
    thickness : Expr
        Thickness of the film. [m]
    relative_permittivity : Expr
        Dynamic (optical) permittivity over the vacuum's. [-]
    """
    root = (voltage**2 + SMALL_VOLTAGE**2) ** sp.Rational(1, 4)
    return sp.sqrt(q_e / (4 * sp.pi * epsilon_0 * relative_permittivity * thickness)) * root


def ohmic(slope: Any) -> Any:
    """Ohm's law: I = A b V."""
    return slope


def hyperbolic_sine(voltage: Any, slope: Any) -> Any:
    """Hyperbolic sine, as of hopping or of a tunnel junction at a moderate bias: I = A sinh(b V)."""
    x = slope * voltage
    return slope * (x * limited_sinh(x) + SMALL_ARGUMENT**2) / (x**2 + SMALL_ARGUMENT**2)


def poole_frenkel(
    voltage: Any, slope: Any, barrier_height: Any, thickness: Any, relative_permittivity: Any, temperature: Any
) -> Any:
    r"""Poole-Frenkel emission from traps in the film.

    .. math:: I = A\, b V \exp\left(-\frac{\phi - \beta_{PF} \sqrt{|V|/d}}{k_B T/e}\right),
        \qquad \beta_{PF} = \sqrt{\frac{e}{\pi \epsilon}} = 2 \beta_S

    Valid while the field leaves a barrier, :math:`\beta_{PF} \sqrt{E} < \phi`.

    Parameters
    ----------
    voltage : Expr
        Voltage across the film. [V]
    slope : Expr
        b; with the amplitude A the conductance without the barrier. [1/V]
    barrier_height : Expr
        Depth of the traps over the electron charge. [V]
    thickness : Expr
        Thickness of the film. [m]
    relative_permittivity : Expr
        Dynamic permittivity over the vacuum's. [-]
    temperature : Expr
        Temperature of the film. [K]

    References
    ----------
    J. Frenkel, Phys. Rev. 54, 647 (1938), doi:10.1103/PhysRev.54.647; S. M. Sze, K. K. Ng, "Physics of Semiconductor
    Devices", 3rd ed., Wiley (2007), ch. 4 (basic conduction processes in insulators), doi:10.1002/0470068329.
    """
    lowering = 2 * schottky_lowering(voltage, thickness, relative_permittivity)
    return slope * limexp((lowering - barrier_height) / thermal_voltage(temperature))


def poole_frenkel_3d(
    voltage: Any, barrier_height: Any, thickness: Any, relative_permittivity: Any, temperature: Any
) -> Any:
    r"""Poole-Frenkel emission into all directions: the barrier is lowered along the field, and not against it.

    .. math:: \frac{G}{G_\infty} = e^{-\phi/V_T}
        \left\{\frac{1 + (a - 1)\, e^a}{a^2} + \frac12\right\}, \qquad
        a = \frac{\beta_{PF} \sqrt{|V|/d}}{V_T}, \quad V_T = \frac{k_B T}{e}

    the mean of :math:`e^{a \sqrt{\cos\theta}}` over the half sphere ahead, and of 1 over that behind. The braces are 1
    at no voltage.

    Parameters
    ----------
    voltage : Expr
        Voltage across the film. [V]
    barrier_height : Expr
        Depth of the traps over the electron charge. [V]
    thickness : Expr
        Thickness of the film. [m]
    relative_permittivity : Expr
        Dynamic permittivity over the vacuum's. [-]
    temperature : Expr
        Temperature of the film. [K]

    References
    ----------
    J. L. Hartke, J. Appl. Phys. 39, 4871 (1968), doi:10.1063/1.1655871.
    """
    thermal = thermal_voltage(temperature)
    # With b = a/2 the braces' first term is e^b [sinh b / b + d/db (sinh b / b)] / 2, which does not cancel near b = 0.
    b = schottky_lowering(voltage, thickness, relative_permittivity) / thermal
    sine = limited_sinh(b)
    mean = sine / b
    slope = (sp.sqrt(1 + sine**2) - mean) / b
    return sp.exp(-barrier_height / thermal) / 2 + limexp(b - barrier_height / thermal) * (mean + slope) / 2


def schottky(voltage: Any, barrier_height: Any, thickness: Any, relative_permittivity: Any, temperature: Any) -> Any:
    r"""Thermionic emission over the barrier at an electrode, lowered by the image force.

    .. math:: I = \pm A \left(\frac{T}{300\,\mathrm{K}}\right)^2
        \exp\left(-\frac{\phi - \beta_S \sqrt{|V|/d}}{k_B T/e}\right) \left(1 - e^{-e|V|/k_B T}\right)

    with A the Richardson constant times area and (300 K)^2. The last factor is the emission from the other electrode,
    of an equal barrier; it matters only below some thermal voltages and takes the current through the origin.

    Parameters
    ----------
    voltage : Expr
        Voltage across the film. [V]
    barrier_height : Expr
        Height of the barrier over the electron charge. [V]
    thickness : Expr
        Thickness of the film. [m]
    relative_permittivity : Expr
        Dynamic permittivity over the vacuum's. [-]
    temperature : Expr
        Temperature of the film. [K]

    References
    ----------
    S. M. Sze, K. K. Ng, "Physics of Semiconductor Devices", 3rd ed., Wiley (2007), ch. 3 and 4,
    doi:10.1002/0470068329.
    """
    thermal = thermal_voltage(temperature)
    lowering = schottky_lowering(voltage, thickness, relative_permittivity)
    u = sp.sqrt((voltage / thermal) ** 2 + SMALL_ARGUMENT**2)
    emission = (temperature / AMPLITUDE_TEMPERATURE) ** 2 * limexp((lowering - barrier_height) / thermal)
    return emission * (1 - sp.exp(-u)) / (u * thermal)
