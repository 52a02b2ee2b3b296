"""Laws of the current through a tunnel barrier: the chord conductance I/V over its value at zero bias."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..core.base import DeviceModel
from ..language.declarations.declaration import Symbols
from ..language.equations.constants import hbar, m_e, q_e
from ..language.equations.functions import ramp, step
from ..language.errors import ParameterError
from .electrical_noise import flicker_noise, white_noise

#: Least decay of the tunnelling probability for the law of Simmons, whose conductance at zero bias vanishes at 2.
THINNEST_DECAY = 3.0
#: By which a voltage may be rounded beyond the height of the barrier.
ROUNDING = 1e-9
#: Below this voltage the chord conductance of Simmons' law is that of zero bias, to better than 1e-9. [V]
SMALL_VOLTAGE = 1e-6


def tunnelling_decay(height: Any, thickness: Any, mass: Any) -> Any:
    r"""Decay of the tunnelling probability, :math:`2 d \sqrt{2 m e \phi} / \hbar`, across a barrier [-].

    Parameters
    ----------
    height : Expr
        Height :math:`\phi` of the barrier over the electron charge. [V]
    thickness : Expr
        Thickness :math:`d`. [m]
    mass : Expr
        Effective mass in electron masses. [-]
    """
    return 2 * thickness * sp.sqrt(2 * mass * m_e * q_e * height) / hbar


def relative_conductance(cosine: Any, bias: Any, tmr: Any) -> Any:
    r"""Conductance of a magnetic junction over that of its parallel state.

    .. math:: \frac{G}{G_P} = \frac{2 + T + T \cos\theta}{2 (1 + T)}, \qquad T = \frac{\mathrm{TMR}}{1 + b}

    Parameters
    ----------
    cosine : Expr
        Cosine of the angle between the magnetisations of the two layers. [-]
    bias : Expr
        :math:`b`, the square of the voltage over that which halves the tunnel magnetoresistance. [-]
    tmr : Expr
        Tunnel magnetoresistance ratio at zero bias. [-]
    """
    return (2 * (1 + bias) + tmr * (1 + cosine)) / (2 * (1 + bias + tmr))  # cleared of the inner fraction


def brinkman(voltage: Any, decay: Any, height: Any, asymmetry: Any) -> Any:
    r"""Trapezoidal barrier at small bias: a conductance that is a parabola of the voltage.

    .. math::

        \frac{G(V)}{G(0)} = 1 - \frac{A_0 \Delta\phi}{16\,\phi^{3/2}}\, eV
            + \frac{9 A_0^2}{128\,\phi}\,(eV)^2, \qquad A_0 = \frac{4 \sqrt{2 m}\, d}{3 \hbar}

    with energies :math:`\phi` and :math:`\Delta\phi`; the current is its integral. Valid for :math:`V` below about
    :math:`\phi / e` and barriers thicker than 1 nm.

    Parameters
    ----------
    voltage : Expr
        Voltage across the barrier. [V]
    decay : Expr
        Decay of the tunnelling probability; see :func:`tunnelling_decay`. [-]
    height, asymmetry : Expr
        Mean height of the barrier and difference between its sides, over the electron charge. [V]

    References
    ----------
    W. F. Brinkman, R. C. Dynes, J. M. Rowell, J. Appl. Phys. 41, 1915 (1970), doi:10.1063/1.1659141.
    """
    scale = 2 * decay / 3  # A_0 sqrt(phi)
    slope, curvature = scale * asymmetry / (16 * height**2), 9 * scale**2 / (128 * height**2)
    return 1 - slope * voltage / 2 + curvature * voltage**2 / 3


def simmons(voltage: Any, decay: Any, height: Any) -> Any:
    r"""Rectangular barrier in the intermediate range of Simmons.

    .. math::

        J \propto u\!\left(\phi - \tfrac{eV}{2}\right) - u\!\left(\phi + \tfrac{eV}{2}\right), \qquad
        u(\phi) = \phi\, e^{-A \sqrt{\phi}}, \qquad A = \frac{2 d \sqrt{2 m}}{\hbar}

    over its slope at zero bias. Valid for :math:`V < \phi / e`, beyond which the chord conductance stays as it is
    there, and for :math:`A\sqrt\phi` well above 2.

    Parameters
    ----------
    voltage : Expr
        Voltage across the barrier. [V]
    decay : Expr
        Decay of the tunnelling probability; see :func:`tunnelling_decay`. [-]
    height : Expr
        Height of the barrier over the electron charge. [V]

    References
    ----------
    J. G. Simmons, J. Appl. Phys. 34, 1793 (1963), doi:10.1063/1.1702682.
    """
    bias = voltage - ramp(voltage - height) + ramp(-voltage - height)

    def share(lowered: Any) -> Any:
        """u(phi - lowered) over u(phi)."""
        x = 1 - lowered / height
        return x * sp.exp(decay * (1 - sp.sqrt(x)))

    shape = height * (share(bias / 2) - share(-bias / 2)) / (decay / 2 - 1)
    # The current over the voltage, without a division by zero.
    small = sp.Float(SMALL_VOLTAGE) ** 2
    return (bias * shape + small) / (bias**2 + small)


def chord_conductance(s: Symbols, voltage: Any) -> Any:
    """Chord conductance over its value at zero bias [-], by the law of a model's option ``conduction``.

    Parameters
    ----------
    s : Symbols
        The model's, among them the barrier's.
    voltage : Expr
        Voltage across the barrier. [V]
    """
    return {
        "roll-off": sp.S.One,
        "brinkman": brinkman(voltage, s.tunnelling_decay, s.barrier_height, s.barrier_asymmetry),
        "simmons": simmons(voltage, s.tunnelling_decay, s.barrier_height),
    }[s.conduction]


def conduction_holds(s: Symbols, voltage: Any) -> Any:
    """1 where the law of a model's option ``conduction`` holds, 0 where it does not.

    Those of Brinkman and Simmons do up to the height of the barrier; that without a barrier everywhere.

    Parameters
    ----------
    s : Symbols
        The model's, among them ``barrier_height``.
    voltage : Expr
        Voltage across the barrier. [V]
    """
    return sp.S.One if s.conduction == "roll-off" else step(s.barrier_height**2 * (1 + ROUNDING) - voltage**2)


def barrier_noise(s: Symbols, conductance: Any, temperature: Any) -> tuple[Any, Any]:
    r"""White [A^2/Hz] and flicker part [A^2] of a junction's noise, one-sided.

    .. math:: S_I = 2 e I \coth\frac{eV}{2 k_B T} + \frac{\alpha_H(\theta)\, I^2}{A f}

    Parameters
    ----------
    s : Symbols
        The model's, among them the Hooge parameters, ``area``, ``voltage`` and ``cosine``.
    conductance : Expr
        Current over voltage. [S]
    temperature : Expr
        Temperature of the electrons. [K]
    """
    white = white_noise(s.voltage, conductance, temperature)
    hooge = (s.hooge_parallel * (1 + s.cosine) + s.hooge_antiparallel * (1 - s.cosine)) / 2
    return white, flicker_noise(hooge / s.area, conductance * s.voltage)


def check_barrier(junction: DeviceModel) -> None:
    """Check that a junction's law of conduction holds for its barrier.

    Raises
    ------
    ParameterError
        If the barrier is too thin or low for the law of Simmons, or too asymmetric for that of Brinkman.
    """
    conduction, height = junction.options["conduction"], junction.values["barrier_height"]
    if conduction == "simmons" and (decay := junction.derived["tunnelling_decay"]) < THINNEST_DECAY:
        raise ParameterError(
            f"the barrier of {junction.values['barrier_thickness']:g} m and {height:g} V must be thicker or higher "
            f"for the law of Simmons: 2 d sqrt(2 m e phi) / hbar = {decay:.3g} < {THINNEST_DECAY:g}"
        )
    if conduction == "brinkman" and abs(junction.values["barrier_asymmetry"]) > height:
        raise ParameterError("barrier_asymmetry must not exceed barrier_height: one side would be no barrier")
