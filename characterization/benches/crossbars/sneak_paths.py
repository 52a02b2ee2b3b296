r"""Reading through an array: currents past the cell that is read, and what is left of the difference of its states.

With all lines but the two of the read cell floating, and all other cells of the conductance G, the way past it is three
groups of cells in series: those of its word line, those of neither line, those of its bit line,

.. math:: \frac{1}{G_s} = \frac{1}{G (m - 1)} + \frac{1}{G (n - 1)(m - 1)} + \frac{1}{G (n - 1)}

for n word lines and m bit lines without resistance.

References
----------
E. Linn, R. Rosezin, C. Kügeler, R. Waser, Nat. Mater. 9, 403 (2010), doi:10.1038/nmat2748, describe the problem; the
formula is elementary.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ....circuits.crossbars.crossbar import Crossbar
from ....circuits.crossbars.crosspoints.crossings import DeviceCells
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Statics
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ...arguments import Choice, Names, Quantity, Wholes
from ...bench import bench
from ..memristors.reader import Reader
from .array_disturb import POSITIONS

#: How the lines are held that are not read.
HELD = ("floating", "grounded")
#: Numbers of lines by default.
LINES = (2, 4, 8, 16, 32, 64)


def sneak_conductance(conductance: float, word_lines: int, bit_lines: int) -> float:
    """Conductance past the cell that is read, all other cells alike, their lines floating, wires ideal [S].

    Parameters
    ----------
    conductance : float
        Conductance of every other cell. [S]
    word_lines, bit_lines : int
        Numbers of lines of the array.
    """
    n, m = word_lines - 1, bit_lines - 1
    return conductance / (1 / m + 1 / (n * m) + 1 / n) if n and m else 0.0


@bench(needs=(Statics,), long=True, name="sneak-paths")
def sneak_paths(
    device: CompactModel,
    *,
    lines: Annotated[Sequence[int], Wholes("word lines and bit lines of square arrays")] = LINES,
    held: Annotated[Any, Names("how the other lines are held; default: both", of=lambda device: HELD)] = HELD,
    segment: Annotated[float, Quantity("ohm", "resistance of a segment of wire between two cells")] = 0.0,
    position: Annotated[str, Choice(tuple(POSITIONS), "where the read cell is along the wires")] = "far",
    read_voltage: Annotated[float, Quantity("V", "voltage of the word line that is read", positive=True)] = 0.1,
) -> pd.DataFrame:
    r"""Measure how well the two states of a cell are told apart in arrays of its like, over their size.

    All other cells are in the state of high conductance, the worst for a read. The margin is

    .. math:: \frac{I_\mathrm{high} - I_\mathrm{low}}{I_\mathrm{high}}

    with the currents of the sensed bit line, which ends at a virtual ground; the other lines float, or are grounded.
    The devices' own characteristics and the wires are in the operating point; the formula of
    :func:`sneak_conductance` knows neither, and takes the conductances at the reading voltage.

    Returns
    -------
    pandas.DataFrame
        One row per way to hold the lines and size: ``held``, ``lines``, ``current_high`` and ``current_low`` of the bit
        line [A], ``margin``, ``formula``, the margin by the closed form, and ``power`` of the array while a cell of
        high conductance is read [W].

    Raises
    ------
    ParameterError
        If the device has not two terminals or no two reference states to tell apart, or an array has one line.
    """
    ways = list(dict.fromkeys(held))
    if unknown := [name for name in ways if name not in HELD]:
        raise ParameterError(f"lines are held {' or '.join(HELD)}, not {', '.join(map(str, unknown))}")
    if segment < 0:
        raise ParameterError(f"the resistance of a segment must not be negative, not {segment:g} ohm")
    sizes = [int(size) for size in lines]
    if not sizes or min(sizes) < 2:
        raise ParameterError(f"arrays have two lines or more, not {min(sizes, default=0)}")
    reader = Reader(device, read_voltage)
    low, most = reader.ends()
    high, least = reader.highest(), float(low.conductance())
    rows = []
    for way in ways:
        for size in sizes:
            read = [_read(end, high, size, way, segment, position) for end in (high, low)]
            (one, power), (other, _) = read
            past = sneak_conductance(most, size, size) if way == "floating" else 0.0
            formula = (most - least) / (most + past)
            rows.append([way, size, one, other, (one - other) / one, formula, power])
    found = pd.DataFrame(rows, columns=["held", "lines", "current_high", "current_low", "margin", "formula", "power"])
    return device_table(
        device,
        {
            "held": (found["held"], "", "how the other lines are held"),
            "lines": (found["lines"], "1", "word lines, and bit lines, of the array"),
            "current_high": (found["current_high"], "A", "current of the bit line, the cell of high conductance"),
            "current_low": (found["current_low"], "A", "current of the bit line, the cell of low conductance"),
            "margin": (found["margin"], "1", "difference of the currents over the higher one"),
            "formula": (found["formula"], "1", "the same of ohmic cells without wires, in closed form"),
            "power": (found["power"], "W", "power of the array while a cell of high conductance is read"),
        },
        bench="sneak-paths", engine="numeric", segment=segment, position=position, read_voltage=read_voltage,
    )  # fmt: skip


def _read(cell: Reader, others: Reader, size: int, way: str, segment: float, position: str) -> tuple[float, float]:
    """Current of the bit line that is read [A], and the power of the array [W]."""
    row, column = (part * (size - 1) for part in POSITIONS[position])
    cells = DeviceCells.of(others.device, (size, size))
    states, parameters = cells.states.copy(), cells.parameters.copy()
    own = DeviceCells.of(cell.device, (1, 1))
    states[:, row, column], parameters[:, row, column] = own.states[:, 0, 0], own.parameters[:, 0, 0]
    cells = dataclasses.replace(cells, states=states, parameters=parameters)
    source, sense = np.zeros(size), np.zeros(size)
    if way == "floating":
        source[:], sense[:] = np.inf, np.inf
        source[row], sense[column] = 0.0, 0.0
    voltages = np.zeros(size)
    voltages[row] = cell.voltage
    found = Crossbar(cells, segment, segment, source, sense).solve(voltages)
    return float(found.current[column]), float(found.word_current @ voltages)
