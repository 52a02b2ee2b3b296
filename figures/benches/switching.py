"""Standard figure of the switching bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import axis_scale, scaled_axis


@draws("switching")
def draw_switching(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probability against amplitude for each width; and the probability of not switching, on a logarithmic scale."""
    swept = table.attrs["swept"]
    name = swept.replace("_", " ").capitalize()
    x = scaled_axis(table, left, "x", swept, f"{name} of the pulse")
    right.set_xlabel(left.get_xlabel())
    factor, unit = axis_scale(table["width"], "s")
    trajectories = table["trajectories"].iloc[0]
    if trajectories == 1:
        _draw_thresholds(table, left, right)
        return
    for width, part in table.groupby("width"):
        label = f"{factor * float(width):.3g} {unit}"  # type: ignore[arg-type]
        errors = np.abs([part["probability"] - part["lower"], part["upper"] - part["probability"]])
        left.errorbar(
            x * part[swept], part["probability"], errors, marker="o", markersize=2.5, capsize=1.5, label=label
        )
        failed = 1 - part["probability"]
        right.semilogy(x * part[swept], failed.where(failed > 0), marker="o", markersize=2.5, label=label)
    left.set_ylabel(f"Switching probability from {table.attrs['start']}")
    left.set_ylim(-0.03, 1.03)
    # Where every pulse switched, all that is known of the rate of errors is its upper bound.
    all_switched = table.loc[table["probability"] == 1, "lower"]
    if len(all_switched):
        right.axhline(1 - all_switched.min(), color="0.6", linestyle=":", label="95 % bound if all switched")
    right.set_ylabel("Probability of not switching")
    right.set_ylim(bottom=0.3 / trajectories)
    right.legend(title=f"width of {trajectories} pulses", title_fontsize=7, loc="lower left")


def _draw_thresholds(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Without noise a pulse switches or does not: which do, and the smallest that does, against the width."""
    swept = table.attrs["swept"]
    x = scaled_axis(table, left, "x", swept, left.get_xlabel().split(" (")[0])
    y = scaled_axis(table, left, "y", "width", "Width of the pulse")
    for switched, label, fill in ((1, f"switched from {table.attrs['start']}", "full"), (0, "did not", "none")):
        part = table[table["switched"] == switched]
        left.plot(x * part[swept], y * part["width"], "o", fillstyle=fill, color="C0", markersize=4, label=label)
    left.set_yscale("log")
    left.legend(loc="upper left", bbox_to_anchor=(0, 1.12), ncols=2)
    smallest = table[table["probability"] == 1].groupby("width")[swept].agg(lambda values: values.abs().min())
    x = scaled_axis(table, right, "x", "width", "Width of the pulse")
    y = scaled_axis(table, right, "y", swept, "Least amplitude that switched")
    right.semilogx(x * smallest.index.to_numpy(), y * smallest, marker="o", markersize=3)
    right.set_ylim(0, 1.1 * y * smallest.max() if len(smallest) else 1.0)
    left.margins(y=0.1)
    for axis in (left.yaxis, right.xaxis):
        axis.set_ticks((x * np.unique(table["width"])).tolist())
        axis.set_major_formatter("{x:.3g}")
        axis.set_minor_formatter("")
        axis.set_ticks([], minor=True)
