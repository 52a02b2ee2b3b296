"""Programming a crossbar by write and verify: pulses, and a look after each, until every cell is close enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ...devices.core.metadata import described_table
from ...devices.language.checks import known, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import FloatArray
from ...devices.simulation.noisy_trajectories import checked_seed
from .access import InSeries, Transistors
from .crossbar import Crossbar
from .crossings import Cells, Conductances, DeviceCells, chord_conductance, matrix_of

if TYPE_CHECKING:
    import pandas as pd

#: Resistance of the wires to a cell below which it is this one, if others are not 0. [ohm]
SMALLEST_PATH = 1e-6
#: Voltages of the lines in a pulse of 1 V: selected word line, selected bit line, other word lines, other bit lines.
SELECTIONS = {
    "isolated": (1.0, 0.0, 0.0, 0.0),
    "half": (1 / 2, -1 / 2, 0.0, 0.0),
    "third": (1.0, 0.0, 1 / 3, 2 / 3),
}


@dataclass(frozen=True)
class Pulses:
    """How cells are written.

    Attributes
    ----------
    increase, decrease : float
        Voltages from word to bit line that raise and lower a cell's conductance, of opposite signs. [V]
    duration : float
        Length of a cell's first pulses. [s]
    selection : str
        ``"isolated"``: the access devices cut off all other cells; ``"half"``: the other lines at 0 V, half of the
        voltage across the other cells of both lines; ``"third"``: a third of it across all others.
    shortening : float
        Factor on the length of a cell's pulses whenever one went beyond the target.
    """

    increase: float
    decrease: float
    duration: float
    selection: str = "isolated"
    shortening: float = 0.5

    def __post_init__(self) -> None:
        positive("duration", self.duration, "s")
        if not (np.isfinite(self.increase) and np.isfinite(self.decrease) and self.increase * self.decrease < 0):
            raise ParameterError(
                "increase and decrease must be voltages of opposite signs, "
                f"not {self.increase!r} and {self.decrease!r} V"
            )
        if not 0 < self.shortening <= 1:
            raise ParameterError(f"shortening must be above 0 and at most 1, not {self.shortening!r}")
        known("selection", self.selection, SELECTIONS)

    def line_voltages(self, i: int, j: int, shape: tuple[int, int], voltage: float) -> tuple[FloatArray, FloatArray]:
        """Voltages of all word lines and bit lines in a pulse at cell (i, j) [V]."""
        own_word, own_bit, word, bit = (voltage * part for part in SELECTIONS[self.selection])
        words, bits = np.full(shape[0], word), np.full(shape[1], bit)
        words[i], bits[j] = own_word, own_bit
        return words, bits


@dataclass(frozen=True)
class Programmed:
    """A crossbar after programming.

    Attributes
    ----------
    crossbar : Crossbar
        The crossbar, its cells in their new states.
    target, conductance : ndarray
        Conductances that were wanted and that are read, shape (N, M). [S]
    pulses : ndarray
        Number of pulses that each cell got.
    reached : ndarray of bool
        Whether the cell is within the tolerance.
    """

    crossbar: Crossbar
    target: FloatArray
    conductance: FloatArray
    pulses: np.ndarray
    reached: np.ndarray

    @property
    def failed(self) -> list[tuple[int, int]]:
        """The cells that did not get there."""
        return [(i, j) for i, j in np.argwhere(~self.reached).tolist()]

    def table(self) -> pd.DataFrame:
        """One row per cell: lines, target and conductance [S], pulses, whether it got there."""
        rows, columns = np.indices(self.target.shape)
        return described_table(
            {
                "word_line": (rows.ravel(), "1", "number of the word line"),
                "bit_line": (columns.ravel(), "1", "number of the bit line"),
                "target": (self.target.ravel(), "S", "conductance that was wanted"),
                "conductance": (self.conductance.ravel(), "S", "conductance that is read"),
                "pulses": (self.pulses.ravel(), "1", "number of pulses that the cell got"),
                "reached": (self.reached.ravel(), "1", "whether the cell is within the tolerance"),
            }
        )


def write_verify(
    crossbar: Crossbar,
    target: ArrayLike,
    pulses: Pulses,
    *,
    tolerance: ArrayLike,
    read_voltage: float = 0.1,
    verify: str = "cell",
    most: int = 100,
    temperature: float | None = None,
    seed: int | None = None,
) -> Programmed:
    """Write and verify until all cells are within the tolerance, or have had as many pulses as they may.

    Parameters
    ----------
    crossbar : Crossbar
        The crossbar, with devices for cells (behind access devices or not).
    target : array_like
        Conductance that each cell shall have, with its access device, shape (N, M). [S]
    pulses : Pulses
        The pulses.
    tolerance : array_like
        How far from its target a cell may be, one or one per cell. [S]
    read_voltage : float
        Voltage at which cells are read. [V]
    verify : str
        ``"cell"``: each cell by itself; ``"array"``: from the current of its bit line with its word line alone at the
        reading voltage, which the wires and all other cells have a part in, and which programming so makes up for.
    most : int
        Most pulses per cell.
    temperature, seed
        For pulses with noise, as of :meth:`DeviceCells.pulse`.

    Raises
    ------
    ParameterError
        If the crossbar's cells are not devices, or an argument is out of its range.
    UnknownNameError
        If there is no such way to verify.
    """
    _programmable(crossbar)
    wanted = matrix_of("target", target, "S", crossbar.shape)
    if np.any(wanted <= 0):
        raise ParameterError(f"target must be positive, and is {np.min(wanted):g} S")
    allowed = matrix_of("tolerance", tolerance, "S", crossbar.shape)
    if np.any(allowed <= 0):
        raise ParameterError(f"tolerance must be positive, and is {np.min(allowed):g} S")
    positive("read_voltage", abs(read_voltage), "V")
    limit = whole("most", most, 1)
    known("way to verify", verify, READINGS)
    if temperature is not None and pulses.selection != "isolated":
        raise ParameterError("pulses with noise are for isolated cells")
    read = READINGS[verify]
    count = np.zeros(crossbar.shape, dtype=int)
    lengths, last = np.full(crossbar.shape, pulses.duration), np.zeros(crossbar.shape)
    noise: dict[str, Any] = {}
    first_seed = checked_seed(seed) if temperature is not None else 0
    while True:
        found = read(crossbar, read_voltage)
        reached = np.abs(wanted - found) <= allowed
        due = ~reached & (count < limit)
        if not np.any(due):
            break
        direction = np.sign(wanted - found)
        lengths = np.where(due & (direction * last < 0), pulses.shortening * lengths, lengths)
        last = np.where(due, direction, last)
        count += due
        if temperature is not None:
            noise = {"temperature": temperature, "seed": _seed(first_seed, int(count.max()))}
        voltages = np.where(direction > 0, pulses.increase, pulses.decrease)
        before = _programmable(crossbar)[0].states
        write = _write_isolated if pulses.selection == "isolated" else _write_selected
        crossbar = write(crossbar, pulses, np.where(due, voltages, 0.0), np.where(due, lengths, 0.0), noise)
        if np.array_equal(before, _programmable(crossbar)[0].states):
            break  # nothing moves any more
    return Programmed(crossbar, wanted, found, count, reached)


def _seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0])


def _programmable(crossbar: Crossbar) -> tuple[DeviceCells, Cells | None]:
    """The devices of a crossbar, and the access devices in series with them."""
    whole_cells = crossbar.cells
    cells, access = (
        (whole_cells.cells, whole_cells.access) if isinstance(whole_cells, InSeries) else (whole_cells, None)
    )
    if not isinstance(cells, DeviceCells):
        raise ParameterError("programming needs cells that are devices, such as DeviceCells.of(VTEAM(), (N, M))")
    return cells, access


def _programmed(crossbar: Crossbar, cells: DeviceCells) -> Crossbar:
    old = crossbar.cells
    return crossbar.with_cells(InSeries(cells, old.access) if isinstance(old, InSeries) else cells)


def _write_isolated(
    crossbar: Crossbar, pulses: Pulses, voltages: FloatArray, lengths: FloatArray, noise: dict[str, Any]
) -> Crossbar:
    """Pulse each cell by itself, behind its access device and its own path along the wires."""
    cells, access = _programmable(crossbar)
    rows, columns = np.indices(crossbar.shape)
    words, bits = crossbar.lines
    path = words.ends[:, np.newaxis] + columns * words.segment + bits.ends + rows[::-1] * bits.segment
    if not np.all(np.isfinite(path)):
        raise ParameterError("cells of a floating line cannot be programmed by themselves")
    if isinstance(access, Transistors):
        path, access = path + access.on_resistance, None
    if np.any(path > 0):
        wires = Conductances(1 / np.maximum(path, SMALLEST_PATH))
        access = wires if access is None else InSeries(access, wires)
    return _programmed(crossbar, cells.pulse(voltages, lengths, access=access, **noise))


def _write_selected(
    crossbar: Crossbar, pulses: Pulses, voltages: FloatArray, lengths: FloatArray, noise: dict[str, Any]
) -> Crossbar:
    """Pulse one cell after the other, all others disturbed by the voltage that lines and wires leave across them."""
    for i, j in np.argwhere(lengths > 0).tolist():
        words, bits = pulses.line_voltages(i, j, crossbar.shape, float(voltages[i, j]))
        across = crossbar.solve(words, bit_voltages=bits).cell_voltage
        cells, access = _programmable(crossbar)
        crossbar = _programmed(crossbar, cells.pulse(across, lengths[i, j], access=access))
    return crossbar


def _read_cells(crossbar: Crossbar, voltage: float) -> FloatArray:
    return chord_conductance(crossbar.cells, voltage)


def _read_array(crossbar: Crossbar, voltage: float) -> FloatArray:
    return crossbar.linear(voltage).network.transfer


#: The ways to verify.
READINGS: dict[str, Callable[[Crossbar, float], FloatArray]] = {"cell": _read_cells, "array": _read_array}
