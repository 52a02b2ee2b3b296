"""Standard figure of the bench mutual-locking."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...drawing import draws
from ...style import scaled_axis


@draws("mutual-locking")
def draw_mutual_locking(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Frequencies of two oscillators about their mean, and their beat, over their detuning; dashed: the closed form."""
    x = scaled_axis(table, left, "x", "detuning", "Detuning")
    y = scaled_axis(table, left, "y", "beat", "Frequency − mean")
    middle = (table["frequency_1"] + table["frequency_2"]) / 2
    for k, marker in ((1, "v"), (2, "^")):
        left.plot(
            x * table["detuning"], y * (table[f"frequency_{k}"] - middle), marker, markersize=3, label=f"Oscillator {k}"
        )
        half = 0.5 * (2 * k - 3) * table["detuning"]
        left.plot(
            x * table["detuning"], y * half, color="0.6", linewidth=0.8, zorder=0, label="Free" if k == 1 else None
        )
    left.legend(loc="upper left")
    scaled_axis(table, right, "x", "detuning", "Detuning")
    z = scaled_axis(table, right, "y", "beat", "Beat frequency")
    right.plot(x * table["detuning"], z * table["beat"], "o", markersize=3, label="Measured")
    width = table.attrs["range"]
    line = np.linspace(0.0, float(table["detuning"].max()), 400)
    right.plot(
        x * line, z * np.sqrt(np.maximum(line**2 - width**2, 0.0)), "--", color="C1", zorder=1, label="Closed form"
    )
    right.legend(loc="upper left")
