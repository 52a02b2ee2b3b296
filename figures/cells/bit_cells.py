"""Standard figures of the bit cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.memories.junction_cell import MTJBitCell
from ...circuits.cells.memories.memristor_cells import MemristorBitCell, TransmissionGateBitCell
from ...circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis
from .log_axis import plain_numbers

#: A ratio of resistances above which their axis is logarithmic.
FAR = 5.0


@draws(MemristorBitCell, MTJBitCell, SpinOrbitBitCell)
def draw_memristor_bit_cell(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: resistance read after each write. Right: energies of write and read."""
    y = scaled_axis(table, left, "y", "resistance", "Read resistance")
    _draw_resistances(table, left, y)
    factor, unit = axis_scale(table[["write_energy", "read_energy"]].to_numpy().ravel(), "J")
    where = np.arange(len(table))
    right.plot(where, factor * table["write_energy"], "o", markersize=4, label="write")
    right.plot(where, factor * table["read_energy"], "s", markersize=4, label="read")
    right.set_xticks(where, table["step"])
    right.set_xlim(-0.5, len(table) - 0.5)
    right.set_yscale("log")
    right.margins(y=0.2)
    right.set_ylabel(label("Energy", unit))
    right.legend()


@draws(TransmissionGateBitCell)
def draw_transmission_gate_bit_cell(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: resistance read after each write. Right: voltage that the gate takes, and one transistor alone would."""
    y = scaled_axis(table, left, "y", "resistance", "Read resistance")
    _draw_resistances(table, left, y)
    writes = table.iloc[1:]
    factor = scaled_axis(table, right, "y", "lost_to_one", "Voltage drop of the access device")
    where = np.arange(len(writes))
    right.bar(where - 0.2, factor * writes["lost_voltage"], 0.4, label="transmission gate")
    right.bar(where + 0.2, factor * writes["lost_to_one"], 0.4, label="n-channel transistor alone")
    right.set_xticks(where, writes["step"])
    right.tick_params(axis="x", length=0)
    right.set_ylim(0, 1.35 * factor * float(writes[["lost_voltage", "lost_to_one"]].to_numpy().max()))
    right.legend()


def _draw_resistances(table: pd.DataFrame, axes: Axes, factor: float) -> None:
    """The resistance after each write as bars; where they are far apart, as points: a logarithmic axis has no zero."""
    where = np.arange(len(table))
    if table["resistance"].max() > FAR * table["resistance"].min():
        axes.plot(where, factor * table["resistance"], "o", markersize=4)
        axes.set_yscale("log")
        axes.margins(y=0.15)
        plain_numbers(axes.yaxis)
    else:
        axes.bar(where, factor * table["resistance"])
        axes.tick_params(axis="x", length=0)  # ticks would lie on the bars
    axes.set_xticks(where, table["step"])
    axes.set_xlim(-0.6, len(table) - 0.4)
