"""What temperature does to the material of a magnetic tunnel junction."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp

from ..core.base import DeviceModel
from ..language.declaration import Symbols
from ..language.errors import ParameterError
from .magnetism import julliere_square, julliere_tmr, magnetization_ratio, polarization_ratio


@dataclasses.dataclass(frozen=True)
class Material:
    """What temperature changes: magnetisation [A/m], anisotropy and polarisation over their given values, TMR."""

    magnetization: Any
    anisotropy: Any
    polarization: Any
    tmr: Any


def material(s: Symbols, temperature: Any) -> Material:
    """The material of a junction at a temperature, as expressions, by the law of option ``temperature_law``.

    Parameters
    ----------
    s : Symbols
        The model's, among them the material at the reference temperature and the constants of its laws.
    temperature : Expr
        Temperature of the material. [K]
    """
    if s.temperature_law == "none":
        return Material(s.saturation_magnetization, sp.S.One, sp.S.One, s.tmr)

    def magnetization(temperature: Any) -> Any:
        return magnetization_ratio(temperature, s.curie_temperature, s.magnetization_exponent)

    def polarization(temperature: Any) -> Any:
        return polarization_ratio(temperature, s.polarization_decay)

    magnetic = magnetization(temperature) / magnetization(s.reference_temperature)
    polarized = polarization(temperature) / polarization(s.reference_temperature)
    tmr = julliere_tmr(julliere_square(s.tmr) * polarized**2)
    return Material(s.saturation_magnetization * magnetic, magnetic**s.anisotropy_exponent, polarized, tmr)


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
