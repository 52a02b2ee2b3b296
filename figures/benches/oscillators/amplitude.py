"""Standard figure of the amplitude bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis

#: Ratio of linewidths above which their axis is logarithmic.
DECADE = 10.0


def _has_lines(table: pd.DataFrame) -> bool:
    return bool(np.any(np.isfinite(table["linewidth"])))


def _at_rest(table: pd.DataFrame) -> str | None:
    """At which currents the device rests, if it oscillates at none of them."""
    if np.isfinite(table[["frequency", "state_frequency"]]).any(axis=None):
        return None
    ends = [format_si(float(table["current"].iloc[at]), "A", 3) for at in (0, -1)]
    return f"At rest from {ends[0]} to {ends[1]}: nothing oscillates."


def _panels(table: pd.DataFrame) -> int:
    return 1 if _at_rest(table) else 2 + _has_lines(table)


@draws("amplitude", panels=_panels, in_words=_at_rest)
def draw_amplitude(table: pd.DataFrame, left: Axes, right: Axes | None = None, width: Axes | None = None) -> None:
    """Left: amplitude of the voltage over the current. Right: frequency, and the linewidth where it was measured.

    Points that had not settled are hollow.
    """
    x = scaled_axis(table, left, "x", "current", "DC current")
    y = scaled_axis(table, left, "y", "amplitude", "RF voltage amplitude")
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
    threshold = table.attrs["threshold"]
    for axes in (left, right):
        if threshold is not None and axes is not None:
            axes.axvline(x * threshold, color="0.5", linestyle=":", linewidth=1, label="threshold", zorder=0)
    if threshold is not None or not settled.all():
        left.legend()
    if right is None:
        return
    right.set_xlabel(left.get_xlabel())
    right.sharex(left)
    f = scaled_axis(table, right, "y", "frequency", "Frequency")
    right.plot(current, f * table["frequency"], marker="o", markersize=2.5, color="C0", label="of the voltage")
    turning = table["state_frequency"]
    if (abs(turning / table["frequency"] - 1) > 0.1).any():
        right.plot(current, f * turning, marker="^", markersize=2.5, color="C2", label="of the magnet or state")
        right.set_ylim(bottom=0)
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
