"""Standard figure of the amplitude bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import scaled_axis


@draws("amplitude")
def draw_amplitude(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Amplitude of the rf voltage over the current; frequency, and the linewidth where there is one."""
    x = scaled_axis(table, left, "x", "current", "DC current")
    y = scaled_axis(table, left, "y", "amplitude", "RF voltage amplitude")
    right.set_xlabel(left.get_xlabel())
    left.plot(x * table["current"], y * table["amplitude"], marker="o", markersize=2.5)
    left.set_ylim(bottom=0)
    f = scaled_axis(table, right, "y", "frequency", "Frequency")
    right.plot(x * table["current"], f * table["frequency"], marker="o", markersize=2.5, color="C0")
    if np.any(np.isfinite(table["linewidth"])):
        width = right.twinx()
        width.spines["right"].set_visible(True)
        w = scaled_axis(table, width, "y", "linewidth", "Linewidth, dashed")
        width.semilogy(
            x * table["current"], w * table["linewidth"], marker="s", markersize=2.5, color="C1", linestyle="--"
        )
