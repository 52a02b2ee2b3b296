"""A magnetic layer of a stack, and the spacer between two of them: the parts of which stacks are made."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ...core.base import ROOM_TEMPERATURE
from ...language.declarations.declaration import Option, Parameter, Symbols
from ...language.declarations.part import Component
from ...language.declarations.placement import before
from ...language.equations.constants import mu_0
from ...physics.interlayer import coupling_energy, gradient
from ...physics.macrospin import MagnetLayer
from ...physics.magnetism import julliere_square
from ...physics.tunnelling import relative_conductance


class StackLayer(MagnetLayer):
    r"""A layer with all energies of its own: shape, anisotropies of volume and interfaces, an easy cone, a pinning.

    .. math::

        \frac{E}{V} = K_u \sin^2\vartheta + K_2 \sin^4\vartheta - \frac{K_i}{t} m_z^2 - \frac{J_b}{t} \mathbf m \cdot
            \mathbf u + \frac{\mu_0}{2} M_s^2\, \mathbf m \cdot \mathsf N \mathbf m
            - \mu_0 M_s\, \mathbf m \cdot \mathbf H, \qquad \cos\vartheta = \mathbf m \cdot \mathbf u

    With :math:`K_u < 0` (that of the shape included) and :math:`K_2 > -K_u / 2` the layer rests on a cone,
    :math:`\sin^2\vartheta = -K_u / 2 K_2` about an axis that is hard.
    """

    with before("anisotropy_polar_angle"):
        second_order_anisotropy = Parameter(
            0.0, "J/m^3", "uniaxial anisotropy of second order, about the same axis", (-5e6, 5e6)
        )
        interfacial_anisotropy = Parameter(
            0.0, "J/m^2", "interfacial anisotropy, both interfaces together", (-5e-3, 5e-3)
        )
        exchange_bias = Parameter(
            0.0, "J/m^2", "pinning by an antiferromagnet, along the uniaxial anisotropy's axis", (-1e-2, 1e-2)
        )
    with before("initial_polar_angle"):
        polarization = Parameter(0.5, "1", "spin polarisation of the current that the layer lets through", (0.0, 1.0))
        ambient_temperature = Parameter(ROOM_TEMPERATURE, "K", "temperature of the surroundings", (1.0, 1000.0))

    @classmethod
    def further_energy(cls, s: Symbols) -> Any:
        """Energy per area beside those of which every macrospin has the field [J/m^2]."""
        cosine = s.m.dot(s.easy_axis)
        return (
            s.second_order_anisotropy * s.thickness * (1 - cosine**2) ** 2
            - s.interfacial_anisotropy * s.m[2] ** 2
            - s.exchange_bias * cosine
        )

    @classmethod
    def energy(cls, s: Symbols) -> Any:
        """Energy per area of the layer by itself, in the external field [J/m^2]."""
        m_s = s.saturation_magnetization
        shape = sp.diag(*s.demagnetizing_factor) * s.m
        per_volume = (
            s.uniaxial_anisotropy * (1 - s.m.dot(s.easy_axis) ** 2)
            + mu_0 * m_s**2 * s.m.dot(shape) / 2
            - mu_0 * m_s * s.m.dot(s.field)
        )
        return per_volume * s.thickness + cls.further_energy(s)

    @classmethod
    def layer_equations(cls, s: Symbols, shared_energy: Any, torque: sp.Matrix) -> dict[str, Any]:
        """Expressions of all that the layer declares.

        Parameters
        ----------
        s : Symbols
            The layer's.
        shared_energy : Expr
            Energy per area that the layer has with all others: its field is the negative derivative. [J/m^2]
        torque : Matrix
            Torque of the current, as of :meth:`~synaspice.devices.physics.macrospin.Macrospin.magnet_equations`.
        """
        moment = mu_0 * s.saturation_magnetization * s.thickness
        return cls.magnet_equations(
            s,
            field=-gradient(shared_energy + cls.further_energy(s), s.m) / moment,
            torque=torque,
            perpendicular_field=2 * s.interfacial_anisotropy / moment,
            ambient=s.ambient_temperature,
        )


def _torque_asymmetry(spacer: Spacer) -> float:
    return julliere_square(spacer.magnetoresistance) if spacer.kind == "tunnel" else 0.0


class Spacer(Component):
    r"""What is between two layers: their coupling, and the resistance that depends on their angle :math:`\theta`.

    .. math::

        r_\mathrm{tunnel} = \frac{2 (1 + T)}{2 + T + T \cos\theta}, \qquad
        r_\mathrm{metal} = 1 + \frac{T}{2} (1 - \cos\theta)

    in units of the parallel state's: the conductance of a barrier and the resistance of a metal depend on the cosine.
    """

    kind = Option("tunnel", ("tunnel", "metal"), "whether the conductance or the resistance follows the cosine")

    thickness = Parameter(1e-9, "m", "thickness", (1e-10, 1e-7))
    bilinear_exchange = Parameter(0.0, "J/m^2", "exchange J1, positive for parallel layers", (-1e-2, 1e-2))
    biquadratic_exchange = Parameter(
        0.0, "J/m^2", "biquadratic exchange J2, negative for layers at a right angle", (-1e-2, 1e-2)
    )
    dmi_x = Parameter(0.0, "J/m^2", "interlayer Dzyaloshinskii-Moriya vector along x", (-1e-2, 1e-2))
    dmi_y = Parameter(0.0, "J/m^2", "interlayer Dzyaloshinskii-Moriya vector along y", (-1e-2, 1e-2))
    dmi_z = Parameter(0.0, "J/m^2", "interlayer Dzyaloshinskii-Moriya vector along z", (-1e-2, 1e-2))
    exchange_per_square_volt = Parameter(
        0.0, "J/(V^2*m^2)", "field-like torque: change of J1 per square of the voltage", (-1e-2, 1e-2)
    )
    resistance_area_product = Parameter(10e-12, "ohm*m^2", "resistance times area, parallel, low bias", (1e-17, 1e-6))
    magnetoresistance = Parameter(1.0, "1", "magnetoresistance ratio at zero bias, (R_AP - R_P) / R_P", (-0.5, 20.0))
    torque_asymmetry = Parameter(_torque_asymmetry, "1", "kappa of the efficiency P / 2 (1 + kappa cos)", (-0.95, 0.95))

    @classmethod
    def coupling(cls, s: Symbols, m: sp.Matrix, other: sp.Matrix, voltage: Any) -> Any:
        """Energy per area that two layers have through the spacer [J/m^2]."""
        bilinear = s.bilinear_exchange + s.exchange_per_square_volt * voltage**2
        return coupling_energy(m, other, bilinear, s.biquadratic_exchange, s.dmi)

    @classmethod
    def relative_resistance(cls, s: Symbols, cosine: Any, bias: Any) -> Any:
        """Resistance over that of parallel layers [-].

        Parameters
        ----------
        s : Symbols
            The spacer's.
        cosine : Expr
            Cosine of the angle between the two layers. [-]
        bias : Expr
            The square of the voltage over that which halves the magnetoresistance. [-]
        """
        if s.kind == "metal":
            return 1 + s.magnetoresistance / (1 + bias) * (1 - cosine) / 2
        return 1 / relative_conductance(cosine, bias, s.magnetoresistance)

    @classmethod
    def efficiency(cls, s: Symbols, cosine: Any, polarization: Any) -> Any:
        r"""Efficiency of the torque by a layer of a polarisation, :math:`P / 2 (1 + \kappa \cos\theta)` [-].

        For a barrier :math:`\kappa = P P'` of the magnetoresistance, for a metal
        :math:`(\Lambda^2 - 1) / (\Lambda^2 + 1)` if it is given.
        """
        return polarization / (2 * (1 + s.torque_asymmetry * cosine))


class MetalSpacer(Spacer):
    """A spacer of metal, such as ruthenium."""

    kind = Spacer.kind.but(default="metal")
    thickness = Spacer.thickness.but(default=0.85e-9)
    resistance_area_product = Spacer.resistance_area_product.but(default=1e-15)
    magnetoresistance = Spacer.magnetoresistance.but(default=0.0)
