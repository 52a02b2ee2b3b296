"""Standard figures of crossbars: the error that wires make, settling and energy over the size."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ..cells.wire_resistance import draw_wire_resistance
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis


@draws("wire-resistance")
def draw_wires(table: pd.DataFrame, axes: Axes) -> None:
    """Error of the read currents over the resistance of one piece of wire."""
    draw_wire_resistance(table, axes, name=f"{table.attrs['word_lines']} × {table.attrs['bit_lines']}")
    axes.legend()


@draws("crossbar-settling")
def draw_settling(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: settling time and Elmore delays over the size. Right: energy of a product."""
    size = table["size"]
    factor = scaled_axis(table, left, "y", "settling_time", "Settling time")
    percent = 100 * table.attrs["tolerance"]
    left.loglog(size, factor * table["settling_time"], "o-", markersize=3, label=f"settled to {percent:g} %")
    left.loglog(size, factor * table["elmore_delay"], "s-", markersize=3, label="Elmore delay of the currents")
    left.loglog(size, factor * table["wire_delay"], "--", color="0.5", label="of a word line by itself")
    scale, unit = axis_scale(table[["charging_energy", "conduction_energy"]].to_numpy().ravel(), "J")
    right.loglog(size, scale * table["charging_energy"], "o-", markersize=3, label="charging")
    right.loglog(size, scale * table["conduction_energy"], "s-", markersize=3, label="conduction while settling")
    right.set_ylabel(label("Energy per matrix-vector product", unit))
    for axes in (left, right):
        axes.set_xlabel("Array size (lines)")
        axes.set_xticks(size, [str(int(lines)) for lines in size])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.legend()
