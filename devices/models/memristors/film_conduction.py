"""Memristors whose current law is a choice: their parameters and the law that is chosen."""

from __future__ import annotations

from typing import Any

from ...language.declarations.declaration import Option, Parameter, Symbols
from ...model import CompactModel
from ...physics.conduction import hyperbolic_sine, ohmic, poole_frenkel, schottky


class _FilmConduction(CompactModel):
    """Base of the memristors whose current law is a choice; not a device by itself."""

    symbol = "memristor"

    conduction = Option(
        "hyperbolic_sine",
        ("hyperbolic_sine", "ohmic", "poole_frenkel", "schottky"),
        "law of the current through the film",
    )
    ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings", (50.0, 1000.0))
    thickness = Parameter(10e-9, "m", "thickness of the film", (5e-10, 1e-6))
    barrier_height = Parameter(0.3, "V", "barrier or trap depth of Poole-Frenkel and Schottky conduction", (0.0, 5.0))
    relative_permittivity = Parameter(10.0, "1", "dynamic permittivity in the same laws", (1.0, 1e3))

    @staticmethod
    def chord(s: Symbols, slope: Any) -> Any:
        """Current over voltage and amplitude [1/V] by the chosen law, at the ambient temperature."""
        film = (s.barrier_height, s.thickness, s.relative_permittivity, s.ambient_temperature)
        laws = {
            "hyperbolic_sine": lambda: hyperbolic_sine(s.voltage, slope),
            "ohmic": lambda: ohmic(slope),
            "poole_frenkel": lambda: poole_frenkel(s.voltage, slope, *film),
            "schottky": lambda: schottky(s.voltage, *film),
        }
        return laws[s.conduction]()
