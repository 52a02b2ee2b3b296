"""Standard figure of the error that a crossbar's wires make."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ..cells.wire_resistance import draw_wire_resistance
from ..drawing import draws


@draws("wire-resistance")
def draw_wires(table: pd.DataFrame, axes: Axes) -> None:
    """Error of the read currents over the resistance of one piece of wire."""
    draw_wire_resistance(table, axes, name=f"{table.attrs['word_lines']} × {table.attrs['bit_lines']}")
    axes.legend()
