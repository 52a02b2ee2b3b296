"""Cells that no pulse moves any more: stuck open or stuck on, declared one by one, drawn at random, or whole lines."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ....devices.core.metadata import described_table
from ....devices.language.checks import instance, known, positive, real, whole
from ....devices.language.errors import ParameterError, shown
from ....devices.language.waveforms.shapes import FloatArray
from .access import InSeries
from .crossings import Cells, Conductances, DeviceCells, chord_conductance, matrix_of
from .stepping import REASONS

if TYPE_CHECKING:
    import pandas as pd

#: Kinds of faults: the reason that programming gives for each.
KINDS = {"open": REASONS["open"], "on": REASONS["on"]}
#: Directions of lines: the axis along which a line lies in an array of word lines by bit lines.
DIRECTIONS = {"word": 1, "bit": 0}


@dataclass(frozen=True, eq=False)
class FaultMap:
    """Which cells of an array are stuck.

    Attributes
    ----------
    open, on : ndarray of bool
        Cells that conduct next to nothing, and cells that always conduct, shape (N, M).

    Raises
    ------
    ParameterError
        If they are not matrices of booleans of one shape, or a cell is both.
    """

    open: np.ndarray
    on: np.ndarray

    def __post_init__(self) -> None:
        for name in ("open", "on"):
            found = np.asarray(getattr(self, name))
            if found.dtype != bool or found.ndim != 2 or not found.size:
                raise ParameterError(f"{name} must be a matrix of booleans, word lines by bit lines")
            object.__setattr__(self, name, found)
        if self.open.shape != self.on.shape:
            raise ParameterError(f"cells that are open, {self.open.shape}, do not fit those on, {self.on.shape}")
        if np.any(both := self.open & self.on):
            i, j = np.argwhere(both)[0]
            raise ParameterError(f"cell ({i}, {j}) cannot be stuck open and stuck on")

    @classmethod
    def of(cls, shape: tuple[int, int], *, open: ArrayLike = (), on: ArrayLike = ()) -> FaultMap:
        """Declare stuck cells one by one.

        Parameters
        ----------
        shape : tuple of int
            Numbers of word lines and of bit lines.
        open, on : array_like of int
            Numbers of word line and bit line of each such cell, shape (any, 2).
        """
        size = _shape(shape)
        return cls(_cells("open", open, size), _cells("on", on, size))

    @classmethod
    def random(cls, shape: tuple[int, int], *, open: float = 0.0, on: float = 0.0, seed: int = 0) -> FaultMap:
        """Draw stuck cells, each cell by itself.

        Parameters
        ----------
        shape : tuple of int
            Numbers of word lines and of bit lines.
        open, on : float
            Probabilities that a cell is stuck open, and stuck on. [1]
        seed : int
            Seed of the draw.
        """
        size = _shape(shape)
        return cls.drawn(size, open, on, np.random.default_rng(whole("seed", seed, 0)))

    @classmethod
    def drawn(cls, shape: tuple[int, int], open: float, on: float, generator: np.random.Generator) -> FaultMap:
        """As :meth:`random`, from a generator."""
        shares = checked_shares(open, on)
        drawn = generator.random(shape)
        return cls(drawn < shares[0], (drawn >= shares[0]) & (drawn < sum(shares)))

    @classmethod
    def lines(
        cls,
        shape: tuple[int, int],
        count: int,
        *,
        kind: str = "open",
        direction: str = "bit",
        length: int | None = None,
        seed: int = 0,
    ) -> FaultMap:
        """Draw lines with a run of stuck cells, as a broken or a shorted piece of wire leaves them.

        Parameters
        ----------
        shape : tuple of int
            Numbers of word lines and of bit lines.
        count : int
            How many different lines.
        kind : str
            ``"open"`` or ``"on"``.
        direction : str
            ``"word"`` or ``"bit"``: which lines.
        length : int, optional
            Cells of a run, which begins anywhere; default: the whole line.
        seed : int
            Seed of the draw.

        Raises
        ------
        ParameterError
            If there are not so many lines, or a line is not so long.
        """
        size = _shape(shape)
        known("kind of fault", kind, KINDS)
        axis = DIRECTIONS[known("direction of lines", direction, DIRECTIONS)]
        number, long = size[1 - axis], size[axis]
        if whole("count", count, 0) > number:
            raise ParameterError(f"count must be at most {number}, the number of {direction} lines, not {count}")
        run = long if length is None else whole("length", length, 1)
        if run > long:
            raise ParameterError(f"length must be at most {long}, the cells of a {direction} line, not {run}")
        generator = np.random.default_rng(whole("seed", seed, 0))
        stuck = np.zeros(size, dtype=bool)
        along = stuck if axis == 1 else stuck.T
        for line in generator.choice(number, count, replace=False).tolist():
            start = int(generator.integers(long - run + 1))
            along[line, start : start + run] = True
        nothing = np.zeros(size, dtype=bool)
        return cls(stuck, nothing) if kind == "open" else cls(nothing, stuck)

    def __or__(self, other: FaultMap) -> FaultMap:
        """The faults of both maps."""
        instance("the other map", other, FaultMap)
        if self.shape != other.shape:
            raise ParameterError(f"maps of {self.shape} and {other.shape} are not of one array")
        return FaultMap(self.open | other.open, self.on | other.on)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        n, m = self.open.shape
        return n, m

    @property
    def stuck(self) -> np.ndarray:
        """Cells that are stuck either way, shape (N, M)."""
        return np.asarray(self.open | self.on)

    @property
    def kinds(self) -> np.ndarray:
        """Kind of every cell's fault, empty for cells without, shape (N, M)."""
        return np.where(self.open, "open", np.where(self.on, "on", ""))

    def conductance(self, open_conductance: float, on_conductance: float) -> FloatArray:
        """Conductances of stuck cells, NaN for the others, shape (N, M) [S]."""
        return np.where(self.open, open_conductance, np.where(self.on, on_conductance, np.nan))

    def table(self) -> pd.DataFrame:
        """One row per stuck cell: its lines, and how it is stuck."""
        rows, columns = np.nonzero(self.stuck)
        return described_table(
            {
                "word_line": (rows, "1", "number of the word line"),
                "bit_line": (columns, "1", "number of the bit line"),
                "fault": (self.kinds[rows, columns], "", "how the cell is stuck"),
            }
        )


@dataclass(frozen=True, eq=False)
class FaultyCells:
    """Cells of which some are stuck; made by :func:`with_faults`.

    Attributes
    ----------
    cells : Cells
        The cells as they would be.
    faults : FaultMap
        Which are stuck.
    stuck : ndarray
        Conductances of those, NaN for the others, shape (N, M). [S]
    """

    cells: Cells
    faults: FaultMap
    stuck: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        return self.cells.shape

    @property
    def ohmic(self) -> FloatArray | None:
        """Conductances, if all are ohmic [S]."""
        values = self.cells.ohmic
        return None if values is None else np.where(np.isnan(self.stuck), values, self.stuck)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        return _stuck_current(self.stuck, voltage, *self.cells.current(voltage))


@dataclass(frozen=True, eq=False)
class FaultyDevices(DeviceCells):
    """Devices of which some are stuck: neither pulses nor states change what those conduct.

    Attributes
    ----------
    faults : FaultMap
        Which are stuck.
    stuck : ndarray
        Conductances of those, NaN for the others, shape (N, M). [S]
    """

    faults: FaultMap
    stuck: FloatArray

    def with_conductance(self, conductance: ArrayLike, voltage: float = 0.0) -> FaultyDevices:
        """As of :class:`DeviceCells`; stuck cells conduct the same whatever is programmed."""
        healthy = DeviceCells(self.device, self.parameters, self.states)
        wanted = Conductances(matrix_of("conductance", conductance, "S", self.shape)).values
        kept = np.where(np.isnan(self.stuck), wanted, chord_conductance(healthy, voltage))
        return dataclasses.replace(self, states=healthy.with_conductance(kept, voltage).states)

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S], the states held."""
        return _stuck_current(self.stuck, voltage, *super().current(voltage))

    def pulse(self, voltage: ArrayLike, duration: ArrayLike, **options: Any) -> DeviceCells:
        """The same cells after a pulse, as of :meth:`DeviceCells.pulse`; the states of stuck cells stay."""
        free = np.isnan(self.stuck)
        moved = super().pulse(np.where(free, voltage, 0.0), np.where(free, duration, 0.0), **options)
        return dataclasses.replace(moved, states=np.where(free, moved.states, self.states))


def with_faults(cells: Cells, faults: FaultMap, *, on_conductance: float, open_conductance: float = 0.0) -> Any:
    """Cells of which some are stuck, for every way to solve a crossbar and to program it.

    Behind access devices the programmed device is stuck, and its access device works.

    Parameters
    ----------
    cells : Cells
        The cells: conductances, devices, or either behind access devices.
    faults : FaultMap
        Which are stuck.
    on_conductance : float
        Conductance of a cell that is stuck on: of a filament that does not dissolve, or of a short. [S]
    open_conductance : float
        Conductance of one that is stuck open: 0 for a broken contact, more for a cell that was never formed. [S]

    Returns
    -------
    Cells
        Cells of the same kind.

    Raises
    ------
    ParameterError
        If the map is of another shape, or a conductance is negative, or on is not more than open.
    """
    if not hasattr(cells, "current"):
        raise ParameterError(f"cells must be cells of a crossbar, not {shown(cells)}")
    instance("faults", faults, FaultMap)
    if faults.shape != cells.shape:
        raise ParameterError(f"faults of {faults.shape} do not fit cells of {cells.shape}")
    most, least = positive("on_conductance", on_conductance, "S"), real("open_conductance", open_conductance, "S")
    if not 0 <= least < most:
        raise ParameterError(f"open_conductance must lie from 0 S to below on_conductance, not at {least:g} S")
    if isinstance(cells, InSeries):
        stuck = with_faults(cells.cells, faults, on_conductance=most, open_conductance=least)
        return InSeries(stuck, cells.access)
    values = faults.conductance(least, most)
    if isinstance(cells, FaultyDevices | FaultyCells):
        both = np.where(np.isnan(values), cells.stuck, values)
        return dataclasses.replace(cells, faults=cells.faults | faults, stuck=both)
    if isinstance(cells, DeviceCells):
        return FaultyDevices(cells.device, cells.parameters, cells.states, faults, values)
    return FaultyCells(cells, faults, values)


def stuck_reasons(cells: Cells) -> np.ndarray:
    """Why programming cannot move each cell, empty for those that it can, shape (N, M)."""
    if not isinstance(cells, FaultyDevices | FaultyCells):
        return np.full(cells.shape, "")
    return np.where(cells.faults.open, KINDS["open"], np.where(cells.faults.on, KINDS["on"], ""))


def checked_shares(open: float, on: float) -> tuple[float, float]:
    """Shares of cells that are stuck open, and stuck on [1].

    Raises
    ------
    ParameterError
        If one is negative, or they are more than all.
    """
    shares = real("open", open), real("on", on)
    if min(shares) < 0 or sum(shares) > 1:
        raise ParameterError(f"shares of stuck cells must not be negative, nor more than 1, not {open!r} and {on!r}")
    return shares


def _stuck_current(
    stuck: FloatArray, voltage: FloatArray, current: FloatArray, slope: FloatArray
) -> tuple[FloatArray, FloatArray]:
    free = np.isnan(stuck)
    # Where a cell is open, the state that it would have must not matter, nor that its current may be infinite.
    return np.where(free, current, stuck * voltage), np.where(free, slope, stuck)


def _shape(shape: Any) -> tuple[int, int]:
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise ParameterError(f"shape must be two numbers, of word lines and of bit lines, not {shown(shape)}")
    n, m = (whole("a crossbar's number of lines", number, 1) for number in shape)
    return n, m


def _cells(name: str, given: ArrayLike, shape: tuple[int, int]) -> np.ndarray:
    found, marked = np.asarray(given), np.zeros(shape, dtype=bool)
    if not found.size:
        return marked
    if found.dtype.kind not in "iu" or found.ndim != 2 or found.shape[1] != 2:
        raise ParameterError(f"{name} must be pairs of numbers, word line and bit line, not {shown(given)}")
    if np.any((found < 0) | (found >= shape)):
        i, j = found[np.any((found < 0) | (found >= shape), axis=1)][0]
        raise ParameterError(f"{name}: there is no cell ({i}, {j}) in an array of {shape[0]} by {shape[1]}")
    marked[tuple(found.T)] = True
    return marked
