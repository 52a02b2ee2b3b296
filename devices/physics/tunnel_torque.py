"""Spin-transfer torque in a tunnel junction, by the law of a model's option ``torque``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.base import DeviceModel
from ..language.declarations.declaration import Symbols
from ..language.errors import ParameterError
from .magnetism import julliere_square, slonczewski_efficiency
from .tunnelling import chord_conductance, relative_conductance

#: The laws: the torque per current with given asymmetries, per current as tunnelling has it, or per voltage.
LAWS = ("slonczewski", "tunnelling", "constant-torkance")


def tunnelling_efficiency(cosine: Any, polarization: Any, product: Any) -> Any:
    r"""Angular dependence of the torque of a tunnel current.

    .. math:: \epsilon = \frac{P_r}{2\,(1 + P_r P_f\, c)}, \qquad c = \mathbf m \cdot \mathbf p

    The torque per voltage does not depend on the angle, but for its sine, and the conductance is proportional to the
    denominator. It is :func:`~synaspice.devices.physics.magnetism.slonczewski_efficiency` of equal layers with
    :math:`\Lambda^2 = (1 + P^2) / (1 - P^2)` over :math:`1 + P^2`.

    Parameters
    ----------
    cosine : Expr
        :math:`c`, cosine of the angle between free and reference layer. [-]
    polarization : Expr
        Spin polarisation :math:`P_r` of the reference layer. [-]
    product : Expr
        Product :math:`P_r P_f` of the polarisations, of Julliere's TMR. [-]

    References
    ----------
    J. C. Slonczewski, Phys. Rev. B 71, 024411 (2005), doi:10.1103/PhysRevB.71.024411.
    """
    return polarization / (2 * (1 + product * cosine))


@dataclass(frozen=True)
class TunnelTorque:
    r"""Torque of a junction's current or voltage, :math:`\epsilon I`, and the currents at which it is critical.

    Attributes
    ----------
    efficiency : Expr
        Efficiency :math:`\epsilon` of the damping-like torque. [-]
    current : Expr
        Current that the efficiency refers to: the present one, or that of the parallel state at low bias. [A]
    """

    efficiency: Any
    current: Any

    @classmethod
    def of(cls, s: Symbols, current: Any, polarized: Any, tmr: Any) -> TunnelTorque:
        """The torque by the law of option ``torque``.

        Parameters
        ----------
        s : Symbols
            The model's, among them ``cosine``, ``voltage`` and ``parallel_conductance``.
        current : Expr
            Current through the junction. [A]
        polarized : Expr
            Polarisation over that at the ambient temperature. [-]
        tmr : Expr
            Tunnel magnetoresistance ratio at zero bias. [-]
        """
        if s.torque == "constant-torkance":
            # The torque per voltage is that of the parallel state at low bias, at every angle and voltage.
            return cls(_efficiency(s, 1, tmr), s.parallel_conductance * s.voltage * polarized)
        return cls(_efficiency(s, s.cosine, tmr), current * polarized)


def critical_current(s: Symbols, cosine: int, torque_current: Any) -> Any:
    r"""Current at which a collinear state turns unstable, from that times the efficiency [A].

    With a constant torkance it is the voltage that is the same for both states, and the currents are as the
    conductances there: :math:`I_c^{P} / I_c^{AP} = 1 + \mathrm{TMR}(V_c)`.

    Parameters
    ----------
    s : Symbols
        The model's.
    cosine : int
        1 for the parallel state, -1 for the antiparallel one.
    torque_current : Expr
        :math:`\epsilon I` at which the state turns unstable. [A]
    """
    if s.torque != "constant-torkance":
        return torque_current / _efficiency(s, cosine, s.ambient_tmr)
    voltage = torque_current / (_efficiency(s, 1, s.ambient_tmr) * s.parallel_conductance)
    relative = relative_conductance(cosine, (voltage / s.tmr_half_voltage) ** 2, s.ambient_tmr)
    return s.parallel_conductance * relative * chord_conductance(s, voltage) * voltage


def check_torque(junction: DeviceModel) -> None:
    """Check that a junction's law of the torque takes the asymmetries that it is given.

    Raises
    ------
    ParameterError
        If an asymmetry is other than 1 with a law for which it has no effect.
    """
    law = junction.options["torque"]
    if law == "slonczewski":
        return
    for name in ("asymmetry_reference", "asymmetry_free"):
        if (value := junction.values[name]) != 1:
            raise ParameterError(
                f'{name} = {value:g} must be 1 with torque="{law}", whose asymmetry is that of the TMR; a Lambda of '
                'your own needs torque="slonczewski"'
            )


def _efficiency(s: Symbols, cosine: Any, tmr: Any) -> Any:
    if s.torque == "slonczewski":
        return slonczewski_efficiency(
            cosine, s.polarization_reference, s.asymmetry_reference, s.polarization_free, s.asymmetry_free
        )
    return tunnelling_efficiency(cosine, s.polarization_reference, julliere_square(tmr))
