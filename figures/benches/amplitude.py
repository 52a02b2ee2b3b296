"""Standard figure of the amplitude bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import scaled_axis

#: Ratio of linewidths above which their axis is logarithmic.
DECADE = 10.0


def _has_lines(table: pd.DataFrame) -> bool:
    return bool(np.any(np.isfinite(table["linewidth"])))


@draws("amplitude", panels=lambda table: 3 if _has_lines(table) else 2)
def draw_amplitude(table: pd.DataFrame, left: Axes, right: Axes, width: Axes | None = None) -> None:
    """Amplitude of the rf voltage over the current, with the threshold; frequency, and the linewidth if there is one.

    Points that had not settled are hollow.
    """
    x = scaled_axis(table, left, "x", "current", "DC current")
    y = scaled_axis(table, left, "y", "amplitude", "RF voltage amplitude")
    right.set_xlabel(left.get_xlabel())
    right.sharex(left)
    current, settled = x * table["current"], table["settled"] == 1
    left.plot(current, y * table["amplitude"], marker="o", markersize=2.5, markevery=settled.to_numpy())
    if not settled.all():
        waits: dict[str, Any] = {
            "linestyle": "none",
            "marker": "o",
            "markersize": 4,
            "markerfacecolor": "none",
            "color": "C3",
        }
        left.plot(current[~settled], y * table["amplitude"][~settled], label="not settled", **waits)
    left.set_ylim(bottom=0)
    f = scaled_axis(table, right, "y", "frequency", "Frequency")
    right.plot(current, f * table["frequency"], marker="o", markersize=2.5, color="C0", label="of the voltage")
    turning = table["state_frequency"]
    if (abs(turning / table["frequency"] - 1) > 0.1).any():
        right.plot(current, f * turning, marker="^", markersize=2.5, color="C2", label="of the magnet or state")
        right.set_ylim(bottom=0)
    threshold = table.attrs["threshold"]
    if threshold is not None:
        for axes in (left, right):
            axes.axvline(x * threshold, color="0.5", linestyle=":", linewidth=1, label="threshold", zorder=0)
    if threshold is not None or not settled.all():
        left.legend()
    if len(right.get_legend_handles_labels()[0]) > 2:
        right.legend()
    if width is not None:
        width.set_xlabel(left.get_xlabel())
        w = scaled_axis(table, width, "y", "linewidth", "Linewidth")
        width.plot(current, w * table["linewidth"], marker="s", markersize=2.5, color="C0")
        found = table["linewidth"][table["linewidth"] > 0]
        if found.max() > DECADE * found.min():
            width.set_yscale("log")
        else:
            width.set_ylim(bottom=0)
