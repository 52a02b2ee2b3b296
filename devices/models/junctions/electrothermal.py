"""Magnetic tunnel junction that heats itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...language.declarations.declaration import Derived, Parameter, State, Symbols
from ...language.equations.functions import step
from .mtj import MTJ


class ElectrothermalMTJ(MTJ):
    r"""Magnetic tunnel junction whose temperature follows the power that it dissipates.

    .. math:: C_\mathrm{th} \frac{d\Delta T}{dt} = V I - \frac{\Delta T}{R_\mathrm{th}}

    The rise :math:`\Delta T` above the ambient temperature acts on magnetisation, anisotropy, polarisation and TMR
    through the temperature laws (``temperature_law="bloch"``, the default here), and on the thermal and electrical
    noise. It is a state: in a netlist a node of 100 K per volt.

    References
    ----------
    R. C. Sousa et al., J. Appl. Phys. 99, 08N904 (2006), doi:10.1063/1.2165169 (heating of the barrier by its current).
    """

    label = "tunnel junction that heats"
    temperature_law = MTJ.temperature_law.but(default="bloch")
    thermal_resistance = Parameter(1e6, "K/W", "thermal resistance to the surroundings", (1e2, 1e9))
    thermal_capacitance = Parameter(3e-15, "J/K", "heat capacity of the heated volume", (1e-18, 1e-9))
    initial_temperature_rise = Parameter(
        0.0, "K", "temperature above the ambient at t = 0", (0.0, 1000.0), difference=True
    )

    largest_temperature = Parameter(
        lambda s: s.curie_temperature,
        "K",
        "temperature up to which the model holds; the Curie temperature",
        (100.0, 1e4),
    )

    valid = MTJ.valid.but(description="1 while the law of conduction holds and the junction is not too hot")
    thermal_time = Derived("s", "thermal time constant")
    temperature_rise = State(
        "K", "temperature above the ambient", scale=100.0, initial=lambda s: s.initial_temperature_rise
    )

    @classmethod
    def temperature_rise_of(cls, s: Symbols) -> Any:
        return s.temperature_rise

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        given = dict(super().equations(s))
        hottest = s.ambient_temperature + s.temperature_rise
        power = s.voltage * given["current"]
        return given | {
            "valid": given["valid"] * step(s.largest_temperature - hottest),
            "thermal_time": s.thermal_resistance * s.thermal_capacitance,
            "dtemperature_rise/dt": power / s.thermal_capacitance - s.temperature_rise / s.thermal_time,
        }
