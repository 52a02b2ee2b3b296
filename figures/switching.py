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
        label = f"{factor * float(width):g} {unit}"  # type: ignore[arg-type]
        errors = np.abs([part["probability"] - part["lower"], part["upper"] - part["probability"]])
        left.errorbar(
            x * part[swept], part["probability"], errors, marker="o", markersize=2.5, capsize=1.5, label=label
        )
        failed = 1 - part["probability"]
        right.semilogy(x * part[swept], failed.where(failed > 0), marker="o", markersize=2.5, label=label)
    # Where every pulse switched, all that is known of the rate of errors is its upper bound.
    all_switched = table.loc[table["probability"] == 1, "lower"]
    if len(all_switched):
        right.axhline(1 - all_switched.min(), color="0.6", linestyle=":", label="95 % bound if all switched")
    left.set_ylabel(f"Switching probability from {table.attrs['start']}")
    right.set_ylabel("Probability of not switching")
    left.set_ylim(-0.03, 1.03)
    right.set_ylim(bottom=0.3 / trajectories)
    right.legend(title=f"width of {trajectories} pulses", title_fontsize=7, loc="lower left")
