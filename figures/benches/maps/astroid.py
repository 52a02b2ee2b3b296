"""Standard figure of the astroid bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...drawing import draws
from ...style import scaled_axis


@draws("astroid")
def draw_astroid(table: pd.DataFrame, axes: Axes) -> None:
    """Each point is a field at which the magnet leaves its state. The dashed line is the Stoner-Wohlfarth astroid."""
    easy, other = table.attrs["easy"], table.attrs["axis"]
    x = scaled_axis(table, axes, "x", "field_hard", f"Field along {other}")
    # One unit for both axes: the curve's shape is what is to be seen.
    y = scaled_axis(table, axes, "y", "field_easy", f"Field along {easy}, the easy axis")
    hold = table.attrs["hold"]
    if table["stoner_wohlfarth"].notna().any():
        turn = np.linspace(0.0, 2 * np.pi, 361)
        curve = hold * np.sin(turn) ** 3, hold * np.cos(turn) ** 3
        axes.plot(x * curve[0], y * curve[1], "--", linewidth=1.0, color="C1", label="Stoner-Wohlfarth", zorder=1)
    axes.plot(x * table["field_hard"], y * table["field_easy"], "o", markersize=3, label="state lost")
    if x == y:
        axes.set_aspect("equal", adjustable="box")
    axes.axhline(0.0, color="0.85", linewidth=0.6, zorder=0)
    axes.axvline(0.0, color="0.85", linewidth=0.6, zorder=0)
    if len(axes.get_legend_handles_labels()[0]) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
