"""Cells behind access devices: a transistor or a selector in series with each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..devices.errors import ParameterError
from ..devices.targets.numeric import positive
from ..devices.waveforms import FloatArray
from .crossbar_cells import Cells, split


@dataclass(frozen=True, eq=False)
class Transistors:
    """Access transistors as switches, their gates along the word lines.

    Attributes
    ----------
    on_resistance : float
        Resistance of a transistor that is on. [ohm]
    gates : array_like of bool
        Whether the transistors of each word line are on, shape (N,).
    bits : int
        Number of bit lines.
    off_conductance : float
        Conductance of one that is off. [S]
    """

    on_resistance: float
    gates: np.ndarray
    bits: int
    off_conductance: float = 0.0

    def __post_init__(self) -> None:
        positive("on_resistance", self.on_resistance, "ohm")
        if not 0 <= self.off_conductance < np.inf:
            raise ParameterError(f"off_conductance must be finite and not negative, not {self.off_conductance!r} S")
        gates = np.asarray(self.gates)
        if gates.dtype != bool or gates.ndim != 1:
            raise ParameterError("gates must be a vector of booleans, one per word line")

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return len(self.gates), self.bits

    @property
    def ohmic(self) -> FloatArray:
        """Conductance of every transistor [S]."""
        each = np.where(self.gates, 1 / self.on_resistance, self.off_conductance)
        return np.repeat(each[:, np.newaxis], self.bits, axis=1)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        return self.ohmic * voltage, self.ohmic


@dataclass(frozen=True, eq=False)
class InSeries:
    """Cells behind an access device each: 1T1R with :class:`Transistors`, 1S1R with :class:`DeviceCells` of a selector.

    Attributes
    ----------
    cells : Conductances or DeviceCells
        What is programmed, at the word line.
    access : Transistors, DeviceCells or Conductances
        The access devices, at the bit line.
    """

    cells: Cells
    access: Cells

    def __post_init__(self) -> None:
        if self.cells.shape != self.access.shape:
            raise ParameterError(f"cells of {self.cells.shape} do not fit access devices of {self.access.shape}")

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return self.cells.shape

    @property
    def ohmic(self) -> FloatArray | None:
        """Conductances of both, if both are ohmic [S]."""
        first, second = self.cells.ohmic, self.access.ohmic
        return None if first is None or second is None else first * second / (first + second)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        across = split(self.cells.current, self.access.current, np.broadcast_to(voltage, self.shape))
        current, first = self.cells.current(across)
        _, second = self.access.current(voltage - across)
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = first * second / (first + second)
        return np.where(second > 0, current, 0.0), np.where(second > 0, slope, 0.0)
