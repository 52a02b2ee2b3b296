"""What stands on the lines of a bit cell while it rests, is read and is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class BitLines:
    """Voltages on the lines of a bit cell.

    Attributes
    ----------
    rest : Mapping
        Of every line, by its port, while nothing happens. [V]
    read : Mapping
        Of the lines that select the cell to be read. [V]
    read_line : str
        Port of the line on which the read voltage stands.
    writes : tuple of Mapping
        Of the lines that write the first, and the second, of the two states that a bench writes. [V]
    sensed : str
        Node of the terminal of the device into which the read current flows.
    """

    rest: Mapping[str, float]
    read: Mapping[str, float]
    read_line: str
    writes: tuple[Mapping[str, float], Mapping[str, float]]
    sensed: str

    @classmethod
    def of_one_path(
        cls, selecting: Mapping[str, tuple[float, float]], supply: float, written: tuple[str, str]
    ) -> BitLines:
        """Those of a cell that is written and read between its bit and its source line.

        Parameters
        ----------
        selecting : Mapping
            Voltage at rest, and while the cell is selected, of every line that selects it. [V]
        supply : float
            Voltage of a write. [V]
        written : tuple of str
            The lines that are high in the first and in the second write.
        """
        rest = {"bit": 0.0, "source": 0.0} | {line: levels[0] for line, levels in selecting.items()}
        selected = {line: levels[1] for line, levels in selecting.items()}
        first, second = ({**selected, line: supply} for line in written)
        return cls(rest, selected, "bit", (first, second), "bit")
