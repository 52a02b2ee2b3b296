"""Disturbance in a whole array: the states of all cells over the number of writes of one, with the wires' drops."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....circuits.crossbars.crossbar import Crossbar
from ....circuits.crossbars.crosspoints.crossings import DeviceCells, chord_conductance
from ....circuits.crossbars.crosspoints.stepping import Pulses
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Sweep
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...arguments import Choice, Names, Quantity, Range, Switch, Whole
from ...bench import bench
from ..memristors.half_select import SCHEMES, require_rest
from ..memristors.reader import Reader, voltage_sweep
from ..memristors.write_pulses import default_width, require_way, write_voltages

#: Numbers of writes by default.
NUMBERS = tuple(np.geomspace(1, 1e6, 13).tolist())
#: Change of a cell's voltage, over that of the write, in a step between two solutions of the array; and the least step.
CHANGE, LEAST = 0.03, 1e-3
#: Corrections of the drivers' voltage, and how near the selected cell's then is.
CORRECTIONS, NEAR = 30, 1e-6
#: Largest voltage of the drivers over that of the write, beyond which an array is of no use.
MOST_DRIVEN = 10.0
#: Where the selected cell is: at the ends of both wires, or beside driver and sensing end; as parts of the way.
POSITIONS = {"far": (0, 1), "near": (1, 0)}
#: Groups of cells, by whether they share the word line and the bit line of the selected one.
GROUPS = {"word line": (True, False), "bit line": (False, True), "neither": (False, False)}


@bench(needs=(Sweep,), long=True, name="array-disturb")
def array_disturb(
    device: CompactModel,
    *,
    scheme: Annotated[Any, Names("how the lines are held; default: all", of=lambda device: SCHEMES)] = SCHEMES,
    word_lines: Annotated[int, Whole("word lines of the array", 2, 1024)] = 16,
    bit_lines: Annotated[int, Whole("bit lines of the array", 2, 1024)] = 16,
    segment: Annotated[float, Quantity("ohm", "resistance of a segment of wire between two cells")] = 2.0,
    position: Annotated[str, Choice(tuple(POSITIONS), "where the written cell is along the wires")] = "far",
    compensated: Annotated[
        bool, Switch("whether the drivers make up for the wires, so that the written cell gets the whole voltage")
    ] = False,
    amplitude: Annotated[
        float | None,
        Quantity("V", "voltage of a write that raises the conductance; default: that of the device's sweep"),
    ] = None,
    depression: Annotated[
        float | None, Quantity("V", "voltage of a write that lowers it; default: minus that which raises it")
    ] = None,
    width: Annotated[
        float | None,
        Quantity("s", "width of a write; default: for each direction that which covers 90 % of the way", positive=True),
    ] = None,
    writes: Annotated[ArrayLike | None, Range("1", "numbers of writes; default: 1 to 1e6", positive=True)] = None,
    share: Annotated[
        float, Quantity("1", "share of the way between the reference states that is a disturbance", positive=True)
    ] = 0.1,
    read_voltage: Annotated[float, Quantity("V", "voltage at which the conductance is read", positive=True)] = 0.1,
) -> pd.DataFrame:
    r"""Measure what writes of one cell do to all others of an array, over their number.

    All other cells are in the state of low conductance while the conductance of one is raised, and in that of high
    conductance while it is lowered. The operating point of the whole array, wires and the devices' own characteristics,
    is solved anew whenever a cell's voltage has changed by 3 % of the write; between, N writes are one of N
    times the width, so that a device that forgets by itself is refused. The written cell is in the state to which it
    is written. With the way :math:`\Delta G` between the reference states a cell has moved by

    .. math:: \frac{|G(N) - G(0)|}{\Delta G}

    Without wires the cells of both lines see what the bench ``half-select`` gives one.

    Returns
    -------
    pandas.DataFrame
        One row per scheme, state, group of cells and number: ``scheme``, ``state`` that is disturbed, ``group`` (cells
        of the written one's ``word line``, of its ``bit line``, of ``neither``), ``writes``, ``voltage`` of the cell
        that sees most at the first write [V], ``moved``, the change of the cell that moved most over the way, and
        ``mean`` of the group. ``attrs["written"]`` has, for each scheme and state, the ``voltage`` that the written
        cell gets [V], that of the ``drivers`` [V], the ``width`` [s], and ``disturbed``, the first of the numbers at
        which a cell has moved by the share, infinite if none has.

    Raises
    ------
    ParameterError
        If the device has not two terminals, forgets without a voltage, does not move by the pulses that write, has no
        two reference states to tell apart, or a number makes no sense.
    """
    sweep = voltage_sweep(device)
    if not 0 < share < 1:
        raise ParameterError(f"the share lies between 0 and 1, not at {share:g}")
    if segment < 0:
        raise ParameterError(f"the resistance of a segment must not be negative, not {segment:g} ohm")
    chosen = list(dict.fromkeys(scheme))
    if unknown := [name for name in chosen if name not in SCHEMES]:
        raise ParameterError(f"schemes are {', '.join(SCHEMES)}, not {', '.join(map(str, unknown))}")
    numbers = np.unique(reals("numbers of writes", NUMBERS if writes is None else writes))
    reader = Reader(device.replace(**sweep.overrides), read_voltage)
    low, top = reader.ends()
    high, bottom = reader.highest(), float(low.conductance())
    begun = sweep.period or device.settling_time
    up, down = write_voltages(low, sweep, begun, amplitude, depression)
    shape = (word_lines, bit_lines)
    rows, written = [], []
    for state, start, end, volts, goal in (("low", low, high, up, top), ("high", high, low, down, bottom)):
        length = default_width(start, (volts,), goal, begun, 1) if width is None else width
        require_way(start, volts, length, goal)
        require_rest(start, length * float(numbers[-1]))
        array = _Array.of(start, end, shape, segment, position)
        before = array.conductance()
        groups = array.groups()
        for name in chosen:
            driver = array.driver(name, volts) if compensated else volts
            seen = array.voltages(name, driver)
            moved = []
            for reached in array.after(name, driver, length, numbers):
                moved.append(np.abs(reached - before) / abs(goal - bottom if state == "low" else goal - top))
            for group, chosen_cells in groups.items():
                worst = seen[chosen_cells][np.argmax(np.abs(seen[chosen_cells]))]
                for number, change in zip(numbers, moved, strict=True):
                    part = change[chosen_cells]
                    rows.append([name, state, group, number, worst, part.max(), part.mean()])
            disturbed = [
                number for number, change in zip(numbers, moved, strict=True) if change[array.others].max() >= share
            ]
            written.append({
                "scheme": name, "state": state, "voltage": float(seen[array.selected]), "drivers": float(driver),
                "width": float(length), "disturbed": float(disturbed[0]) if disturbed else math.inf,
            })  # fmt: skip
    found = pd.DataFrame(rows, columns=["scheme", "state", "group", "writes", "voltage", "moved", "mean"])
    return device_table(
        device,
        {
            "scheme": (found["scheme"], "", "how the lines are held"),
            "state": (found["state"], "", "the state that is disturbed, by its conductance"),
            "group": (found["group"], "", "which line of the written cell these cells share"),
            "writes": (found["writes"], "1", "number of writes of one cell"),
            "voltage": (found["voltage"], "V", "voltage of the cell that sees most, at the first write"),
            "moved": (found["moved"], "1", "change of the cell that moved most over the way between the states"),
            "mean": (found["mean"], "1", "mean change of the group over the way between the states"),
        },
        bench="array-disturb", engine="numeric", written=written, share=share, word_lines=word_lines,
        bit_lines=bit_lines, segment=segment, position=position, compensated=compensated, amplitudes=[up, down],
        read_voltage=read_voltage,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Array:
    """An array of which one cell is written: all other cells alike."""

    crossbar: Crossbar
    cells: DeviceCells
    selected: tuple[int, int]
    read_voltage: float

    @classmethod
    def of(cls, start: Reader, end: Reader, shape: tuple[int, int], segment: float, position: str) -> _Array:
        row, column = (part * (count - 1) for part, count in zip(POSITIONS[position], shape, strict=True))
        cells = DeviceCells.of(start.device, shape)
        states = cells.states.copy()
        states[:, row, column] = DeviceCells.of(end.device, (1, 1)).states[:, 0, 0]
        cells = dataclasses.replace(cells, states=states)
        return cls(Crossbar(cells, segment, segment), cells, (row, column), start.voltage)

    @property
    def others(self) -> np.ndarray:
        """All cells but the written one."""
        found = np.ones(self.crossbar.shape, dtype=bool)
        found[self.selected] = False
        return found

    def groups(self) -> dict[str, np.ndarray]:
        """The cells of each group."""
        rows, columns = np.indices(self.crossbar.shape)
        same = rows == self.selected[0], columns == self.selected[1]
        return {name: (same[0] == word) & (same[1] == bit) for name, (word, bit) in GROUPS.items()}

    def conductance(self, cells: DeviceCells | None = None) -> FloatArray:
        """Conductance of every cell at the reading voltage [S]."""
        return chord_conductance(self.cells if cells is None else cells, self.read_voltage)

    def voltages(self, scheme: str, driver: float, cells: DeviceCells | None = None) -> FloatArray:
        """Voltage across every cell in a write [V]."""
        pulses = Pulses(driver, -driver, 1.0, selection=scheme)
        words, bits = pulses.line_voltages(*self.selected, self.crossbar.shape, driver)
        crossbar = self.crossbar.with_cells(self.cells if cells is None else cells)
        return crossbar.solve(words, bit_voltages=bits).cell_voltage

    def driver(self, scheme: str, wanted: float) -> float:
        """Voltage of the drivers with which the written cell gets the whole voltage [V]."""
        driver = wanted
        for _ in range(CORRECTIONS):
            there = float(self.voltages(scheme, driver)[self.selected])
            if abs(there / wanted - 1) <= NEAR:
                return driver
            driver *= wanted / there
            if not abs(driver) <= MOST_DRIVEN * abs(wanted):
                break
        raise SimulationError(
            f"no voltage of the drivers up to {MOST_DRIVEN:g} times the write gives the written cell {wanted:g} V"
        )

    def after(self, scheme: str, driver: float, width: float, numbers: FloatArray) -> Iterator[FloatArray]:
        """Conductances after numbers of writes [S]."""
        cells, done, step = self.cells, 0.0, 1.0
        across = self.voltages(scheme, driver)
        for number in numbers.tolist():
            while done < number:
                step = min(step, number - done)
                tried = self._pulsed(cells, across, step * width)
                then = self.voltages(scheme, driver, tried)
                if np.max(np.abs(then - across)) > CHANGE * abs(driver) and step > LEAST:
                    step /= 2
                    continue
                cells = self._pulsed(cells, (across + then) / 2, step * width)
                across = self.voltages(scheme, driver, cells)
                done = number if done + step >= number * (1 - 1e-12) else done + step
                step *= 4
            yield self.conductance(cells)

    def _pulsed(self, cells: DeviceCells, across: FloatArray, duration: float) -> DeviceCells:
        held = np.where(self.others, across, 0.0)  # the written cell is where it is written to
        return cells.pulse(held, np.where(self.others, duration, 0.0))
