"""Standard figure of the switching bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .characteristics import scaled_axis
from .style import axis_scale


def draw_switching(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probability against amplitude for each width; and the probability of not switching, on a logarithmic scale."""
    swept = table.attrs["swept"]
    name = swept.replace("_", " ").capitalize()
    x = scaled_axis(table, left, "x", swept, f"{name} of the pulse")
    right.set_xlabel(left.get_xlabel())
    factor, unit = axis_scale(table["width"], "s")
    trajectories = table["trajectories"].iloc[0]
    for width, part in table.groupby("width"):
        label = f"{factor * float(width):.3g} {unit}"  # type: ignore[arg-type]
        errors = np.abs([part["probability"] - part["lower"], part["upper"] - part["probability"]])
        left.errorbar(
            x * part[swept], part["probability"], errors, marker="o", markersize=2.5, capsize=1.5, label=label
        )
        if trajectories == 1:
            continue
        failed = 1 - part["probability"]
        right.semilogy(x * part[swept], failed.where(failed > 0), marker="o", markersize=2.5, label=label)
    left.set_ylabel(f"Switching probability from {table.attrs['start']}")
    left.set_ylim(-0.03, 1.03)
    if trajectories == 1:
        left.legend(title="width of the pulse", title_fontsize=7)
        _draw_threshold(table, right)
        return
    # Where every pulse switched, all that is known of the rate of errors is its upper bound.
    all_switched = table.loc[table["probability"] == 1, "lower"]
    if len(all_switched):
        right.axhline(1 - all_switched.min(), color="0.6", linestyle=":", label="95 % bound if all switched")
    right.set_ylabel("Probability of not switching")
    right.set_ylim(bottom=0.3 / trajectories)
    right.legend(title=f"width of {trajectories} pulses", title_fontsize=7, loc="lower left")


def _draw_threshold(table: pd.DataFrame, axes: Axes) -> None:
    """Without noise a pulse switches or does not: the smallest amplitude that does, against the width."""
    swept = table.attrs["swept"]
    smallest = table[table["probability"] == 1].groupby("width")[swept].agg(lambda values: values.abs().min())
    x = scaled_axis(table, axes, "x", "width", "Width of the pulse")
    y = scaled_axis(table, axes, "y", swept, "Smallest amplitude tried that switches")
    axes.semilogx(x * smallest.index.to_numpy(), y * smallest, marker="o", markersize=3)
    axes.set_ylim(0, 1.1 * y * smallest.max() if len(smallest) else 1.0)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
