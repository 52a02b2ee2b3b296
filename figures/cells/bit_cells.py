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


@draws(MemristorBitCell, MTJBitCell, SpinOrbitBitCell)
def draw_memristor_bit_cell(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: resistance read after each write. Right: energies of write and read."""
    y = scaled_axis(table, left, "y", "resistance", "Read resistance")
    left.bar(table["step"], y * table["resistance"])
    factor, unit = axis_scale(table[["write_energy", "read_energy"]].to_numpy().ravel(), "J")
    where = np.arange(len(table))
    right.bar(where - 0.2, factor * table["write_energy"], 0.4, label="write")
    right.bar(where + 0.2, factor * table["read_energy"], 0.4, label="read")
    right.set_xticks(where, table["step"])
    right.set_yscale("log")
    right.set_ylabel(label("Energy", unit))
    right.legend()
    if table["resistance"].max() > 5 * table["resistance"].min():
        left.set_yscale("log")
        plain_numbers(left.yaxis)


@draws(TransmissionGateBitCell)
def draw_transmission_gate_bit_cell(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: resistance read after each write. Right: voltage that the gate takes, and one transistor alone would."""
    y = scaled_axis(table, left, "y", "resistance", "Read resistance")
    left.bar(table["step"], y * table["resistance"])
    left.set_yscale("log")
    plain_numbers(left.yaxis)
    writes = table.iloc[1:]
    factor = scaled_axis(table, right, "y", "lost_to_one", "Voltage drop of the access device")
    where = np.arange(len(writes))
    right.bar(where - 0.2, factor * writes["lost_voltage"], 0.4, label="transmission gate")
    right.bar(where + 0.2, factor * writes["lost_to_one"], 0.4, label="n-channel transistor alone")
    right.set_xticks(where, writes["step"])
    right.set_ylim(0, 1.35 * factor * float(writes[["lost_voltage", "lost_to_one"]].to_numpy().max()))
    right.legend()
