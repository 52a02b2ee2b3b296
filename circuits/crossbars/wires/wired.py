"""Cells at the crossings of wires: what every way to solve a crossbar starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ....devices.language.array_checks import reals
from ....devices.language.checks import real
from ....devices.language.errors import ParameterError, shown
from ....devices.language.waveforms.shapes import FloatArray
from ..crosspoints.crossings import Cells, Conductances
from .solver import Lines

#: What a segment of wire, or a cell, has, and its unit.
WIRES = {
    "word_line_resistance": "ohm",
    "bit_line_resistance": "ohm",
    "word_line_capacitance": "F",
    "bit_line_capacitance": "F",
    "cell_capacitance": "F",
}


@dataclass(frozen=True, eq=False)
class WiredCells:
    """Cells, resistances and capacitances of wires; see :class:`~synaspice.circuits.crossbars.crossbar.Crossbar`."""

    cells: Cells
    word_line_resistance: float = 0.0
    bit_line_resistance: float = 0.0
    source_resistance: FloatArray | float = 0.0
    sense_resistance: FloatArray | float = 0.0
    word_line_capacitance: float = 0.0
    bit_line_capacitance: float = 0.0
    cell_capacitance: float = 0.0

    def __post_init__(self) -> None:
        if not hasattr(self.cells, "current"):
            object.__setattr__(self, "cells", Conductances(self.cells))  # type: ignore[arg-type]
        for name, unit in WIRES.items():
            value = real(name, getattr(self, name), unit)
            if value < 0:
                raise ParameterError(f"{name} must be finite and not negative, not {value!r} {unit}")
        for name, count in zip(("source_resistance", "sense_resistance"), self.shape, strict=True):
            given = reals(name, getattr(self, name), "ohm", infinite=True)
            values = line_values(name, np.broadcast_to(given, count) if len(given) == 1 else given, count)
            if not np.all(values >= 0):
                raise ParameterError(f"{name} must not be negative, and is {np.min(values):g} ohm")
            object.__setattr__(self, name, values)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return self.cells.shape

    @property
    def lines(self) -> tuple[Lines, Lines]:
        """The wires of the word lines and of the bit lines."""
        word, bit = self.word_line_resistance, self.bit_line_resistance
        return Lines(word, self.source_resistance + word), Lines(bit, self.sense_resistance + bit)  # type: ignore[arg-type]


def line_values(name: str, values: ArrayLike, count: int, *, finite: bool = False) -> FloatArray:
    """Return one number for each line, or say what is wrong with them.

    Raises
    ------
    ParameterError
        If they are not that many numbers, or one is NaN (or infinite, where all must be finite).
    """
    meant = f"{count} {'finite ' if finite else ''}numbers"
    found = np.array(reals(name, values, dimensions=None, infinite=not finite, empty=True, meant=meant))
    if found.shape != (count,):
        raise ParameterError(f"{name} must be {meant}, not {shown(values)}")
    found.setflags(write=False)
    return found
