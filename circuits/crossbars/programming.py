"""Programming a crossbar by write and verify: pulses, and a look after each, until every cell is close enough."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ...devices.core.metadata import described_table
from ...devices.language.checks import known, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.simulation.ensembles.noisy_trajectories import checked_seed
from .crossbar import Crossbar
from .crosspoints.access import InSeries, Transistors
from .crosspoints.crossings import Cells, Conductances, DeviceCells, chord_conductance, matrix_of
from .crosspoints.faults import stuck_reasons
from .crosspoints.stepping import Course, Pulses

if TYPE_CHECKING:
    import pandas as pd

#: Resistance of the wires to a cell below which it is this one, if others are not 0. [ohm]
SMALLEST_PATH = 1e-6


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
    reasons : ndarray of str
        Why not, empty for cells that are; see :data:`~synaspice.circuits.crossbars.crosspoints.stepping.REASONS`.
    """

    crossbar: Crossbar
    target: FloatArray
    conductance: FloatArray
    pulses: np.ndarray
    reached: np.ndarray
    reasons: np.ndarray

    @property
    def failed(self) -> list[tuple[int, int]]:
        """The cells that did not get there."""
        return [(i, j) for i, j in np.argwhere(~self.reached).tolist()]

    def table(self) -> pd.DataFrame:
        """One row per cell: lines, target and conductance [S], pulses, whether it got there and why not."""
        rows, columns = np.indices(self.target.shape)
        return described_table(
            {
                "word_line": (rows.ravel(), "1", "number of the word line"),
                "bit_line": (columns.ravel(), "1", "number of the bit line"),
                "target": (self.target.ravel(), "S", "conductance that was wanted"),
                "conductance": (self.conductance.ravel(), "S", "conductance that is read"),
                "pulses": (self.pulses.ravel(), "1", "number of pulses that the cell got"),
                "reached": (self.reached.ravel(), "1", "whether the cell is within the tolerance"),
                "reason": (self.reasons.ravel(), "1", "why it is not"),
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

    With a ``step`` the pulses of a cell grow until one moves it (incremental step pulse programming); with a ``gate``
    the access transistors limit the current of those that raise the conductance. See :class:`~.stepping.Pulses`.

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
    if pulses.gate is not None and not isinstance(_programmable(crossbar)[1], Transistors):
        raise ParameterError("a gate needs cells behind transistors: InSeries(cells, Transistors(...))")
    if temperature is not None and pulses.selection != "isolated":
        raise ParameterError("pulses with noise are for isolated cells")
    read = READINGS[verify]
    count = np.zeros(crossbar.shape, dtype=int)
    course = Course(pulses, crossbar.shape)
    noise: dict[str, Any] = {}
    first_seed = checked_seed(seed) if temperature is not None else 0
    while True:
        found = read(crossbar, read_voltage)
        reached = np.abs(wanted - found) <= allowed
        due = ~reached & (count < limit)
        if not np.any(due):
            break
        course.turn(np.sign(wanted - found), due)
        count += due
        if temperature is not None:
            noise = {"temperature": temperature, "seed": _seed(first_seed, int(count.max()))}
        before = _programmable(crossbar)[0].states
        write = _write_isolated if pulses.selection == "isolated" else _write_selected
        crossbar = write(crossbar, pulses, course, due, noise)
        course.see(np.any(before != _programmable(crossbar)[0].states, axis=0), due)
        if not np.any(due & (course.moved | course.can_grow)):
            found = read(crossbar, read_voltage)
            reached = np.abs(wanted - found) <= allowed
            break  # nothing moves any more
    reasons, stuck = course.reasons(wanted, reached, *_range(crossbar, read, read_voltage)), _stuck(crossbar)
    reasons = np.where(~reached & (stuck != ""), stuck, reasons)
    return Programmed(crossbar, wanted, found, count, reached, reasons)


def _stuck(crossbar: Crossbar) -> np.ndarray:
    """Why the cells that are stuck cannot be programmed, empty for the others."""
    return stuck_reasons(_programmable(crossbar)[0])


def _range(
    crossbar: Crossbar, read: Callable[[Crossbar, float], FloatArray], voltage: float
) -> tuple[FloatArray, FloatArray]:
    """Least and largest conductance that is read of each cell, its state at either bound; any for other states."""
    cells, _ = _programmable(crossbar)
    declared = list(cells.device.state_declarations().values())
    bounds = declared[0].bounds if len(declared) == 1 else None
    if bounds is None:
        return np.zeros(crossbar.shape), np.full(crossbar.shape, np.inf)
    ends = [
        read(_programmed(crossbar, dataclasses.replace(cells, states=np.full_like(cells.states, bound))), voltage)
        for bound in bounds
    ]
    return np.minimum(*ends), np.maximum(*ends)


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
    crossbar: Crossbar, pulses: Pulses, course: Course, due: np.ndarray, noise: dict[str, Any]
) -> Crossbar:
    """Pulse each cell by itself, behind its access device and its own path along the wires."""
    cells, access = _programmable(crossbar)
    rows, columns = np.indices(crossbar.shape)
    words, bits = crossbar.lines
    path = words.ends[:, np.newaxis] + columns * words.segment + bits.ends + rows[::-1] * bits.segment
    if not np.all(np.isfinite(path)):
        raise ParameterError("cells of a floating line cannot be programmed by themselves")
    if pulses.gate is not None:
        assert isinstance(access, Transistors)  # as write_verify demands
        access = pulses.gate.transistors(access, course.gates)
    elif isinstance(access, Transistors):
        path, access = path + access.on_resistance, None
    if np.any(path > 0):
        wires = Conductances(1 / np.maximum(path, SMALLEST_PATH))
        access = wires if access is None else InSeries(access, wires)
    volts, lengths = np.where(due, course.voltages, 0.0), np.where(due, course.lengths, 0.0)
    return _programmed(crossbar, cells.pulse(volts, lengths, access=access, **noise))


def _write_selected(
    crossbar: Crossbar, pulses: Pulses, course: Course, due: np.ndarray, noise: dict[str, Any]
) -> Crossbar:
    """Pulse one cell after the other, all others disturbed by the voltage that lines and wires leave across them."""
    for i, j in np.argwhere(due).tolist():
        words, bits = pulses.line_voltages(i, j, crossbar.shape, float(course.voltages[i, j]))
        across = crossbar.solve(words, bit_voltages=bits).cell_voltage
        cells, access = _programmable(crossbar)
        crossbar = _programmed(crossbar, cells.pulse(across, course.lengths[i, j], access=access))
    return crossbar


def _read_cells(crossbar: Crossbar, voltage: float) -> FloatArray:
    return chord_conductance(crossbar.cells, voltage)


def _read_array(crossbar: Crossbar, voltage: float) -> FloatArray:
    return crossbar.linear(voltage).network.transfer


#: The ways to verify.
READINGS: dict[str, Callable[[Crossbar, float], FloatArray]] = {"cell": _read_cells, "array": _read_array}
