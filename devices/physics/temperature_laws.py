"""Effects of temperature on the material of a magnetic tunnel junction."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp

from ..core.base import DeviceModel
from ..language.declarations.declaration import Symbols
from ..language.errors import ParameterError
from .magnetism import julliere_square, julliere_tmr, magnetization_ratio, polarization_ratio


@dataclasses.dataclass(frozen=True)
class Material:
    """Effects of temperature: magnetisation [A/m], anisotropies and polarisation over their given values, TMR.

    The interfacial anisotropy falls with another power of the magnetisation than that of the volume.
    """

    magnetization: Any
    interfacial: Any
    uniaxial: Any
    polarization: Any
    tmr: Any


def material(s: Symbols, temperature: Any) -> Material:
    r"""The material of a junction at a temperature, as expressions, by the law of option ``temperature_law``.

    The anisotropies are powers of the magnetisation, :math:`K \propto M_s^k`. For a uniaxial anisotropy of the volume
    :math:`k = 3` (Callen, Callen); for CoFeB on MgO powers about 2.2 are measured for the interfacial one, for which
    dead layers and inhomogeneous interfaces are an explanation (Ibrahim et al.). The shape's is quadratic: with
    :math:`k > 2` a perpendicular layer softens faster than its shape anisotropy.

    Parameters
    ----------
    s : Symbols
        The model's, among them the material at the reference temperature and the constants of its laws.
    temperature : Expr
        Temperature of the material. [K]

    References
    ----------
    H. B. Callen, E. Callen, J. Phys. Chem. Solids 27, 1271 (1966), doi:10.1016/0022-3697(66)90012-6; F. Ibrahim et al.,
    arXiv:2011.02220.
    """
    if s.temperature_law == "none":
        return Material(s.saturation_magnetization, sp.S.One, sp.S.One, sp.S.One, s.tmr)

    def magnetization(temperature: Any) -> Any:
        return magnetization_ratio(temperature, s.curie_temperature, s.magnetization_exponent)

    def polarization(temperature: Any) -> Any:
        return polarization_ratio(temperature, s.polarization_decay)

    magnetic = magnetization(temperature) / magnetization(s.reference_temperature)
    polarized = polarization(temperature) / polarization(s.reference_temperature)
    tmr = julliere_tmr(julliere_square(s.tmr) * polarized**2)
    interfacial, uniaxial = magnetic**s.interfacial_exponent, magnetic**s.uniaxial_exponent
    return Material(s.saturation_magnetization * magnetic, interfacial, uniaxial, polarized, tmr)


def check_material(junction: DeviceModel) -> None:
    """Check that the law of a junction's temperature holds at its temperatures.

    Raises
    ------
    ParameterError
        If a temperature comes near the Curie temperature, or a polarisation would leave 0 to 1.
    """
    if junction.options["temperature_law"] == "none":
        return
    values = junction.values
    reference, curie, decay = (
        values[name] for name in ("reference_temperature", "curie_temperature", "polarization_decay")
    )
    hottest = max(reference, values["ambient_temperature"])
    if hottest > 0.95 * curie:
        raise ParameterError(
            f"ambient and reference temperature must stay below 95 % of curie_temperature = {curie:g} K"
        )
    left, given = 1 - decay * hottest**1.5, 1 - decay * reference**1.5
    if left < 0.05 or julliere_square(values["tmr"]) >= given**2:
        raise ParameterError(
            f"polarization_decay = {decay:g} K^-1.5 must be smaller with a TMR of "
            f"{values['tmr']:g} at {reference:g} K: the polarisation has to stay between 0 and 1"
        )
