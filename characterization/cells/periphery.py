"""Circuits around a cell that the bench's ideal sources and meters stand for, with the energy of one operation each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import pandas as pd

from ...devices.language.checks import known

#: Provenance of the figures of converters: where the article is quoted that was not at hand.
_QUOTED = "second-hand: quoted in isaac.py of the hwcomponents-library of the Accelergy project; article not at hand"


@dataclass(frozen=True)
class Peripheral:
    """A circuit around a cell.

    Attributes
    ----------
    name, what : str
        Its short name, and what it does.
    energy : float
        Energy of one operation. [J]
    source : str
        Where the figure comes from.
    read_in : str
        Where it was read; ``assumed`` if nowhere.
    """

    name: str
    what: str
    energy: float
    source: str
    read_in: str


_ISAAC = "A. Shafiee et al., Proc. ISCA 2016, 14, doi:10.1109/ISCA.2016.12"
#: The circuits, by name.
PERIPHERY = {
    part.name: part
    for part in (
        Peripheral(
            "driver",
            "pulse on a line, by its capacitance",
            50e-15,
            "C V^2 of a line of 50 fF, 128 cells of 0.4 fF, at 1 V",
            "assumed: round numbers, no source",
        ),
        Peripheral(
            "DAC",
            "an analog level for one input",
            0.41667e-12,
            f"converter of 1 bit, 32 nm, of {_ISAAC}",
            _QUOTED,
        ),
        Peripheral(
            "TIA",
            "a column's current into a voltage",
            1e-12,
            "transimpedance amplifier of 100 uW for 10 ns",
            "assumed: round numbers, no source",
        ),
        Peripheral(
            "ADC",
            "a level into 8 bits",
            1.6667e-12,
            f"3.1 mW SAR converter of L. Kull et al., ISSCC 2013, 468, as used at 2 mW and 1.2 GS/s in {_ISAAC}",
            _QUOTED,
        ),
    )
}


def energy_of_periphery(parts: Mapping[str, int]) -> float:
    """Energy of the circuits that one operation takes [J].

    Raises
    ------
    UnknownNameError
        If there is no such circuit.
    """
    return sum(
        number * PERIPHERY[known("peripheral circuit", name, PERIPHERY)].energy for name, number in parts.items()
    )


def periphery_table() -> pd.DataFrame:
    """The circuits around cells, each with its energy per operation, its source and where that was read."""
    names = [field.name for field in fields(Peripheral)]
    return pd.DataFrame([asdict(part) for part in PERIPHERY.values()], columns=names)
