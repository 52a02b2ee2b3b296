"""Standard figure of incremental step pulse programming: pulses and final error over the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...drawing import draws
from ...style import scaled_axis, shows_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("step-programming")
def draw_step_programming(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Number of pulses, and error of the conductance, over the step of the pulses."""
    x = scaled_axis(table, left, "x", "step", "Pulse amplitude step")
    scaled_axis(table, right, "x", "step", "Pulse amplitude step")
    left.plot(x * table["step"], table["pulses"], marker="o", markersize=3, label="mean")
    if table["cells"].max() > 1:
        left.plot(x * table["step"], table["pulses_95"], "--", marker="s", markersize=3, label="95 % of the cells")
        left.legend(loc="best")
    left.set_ylim(bottom=0)
    left.set_ylabel("Pulses to target")
    right.plot(x * table["step"], 100 * table["error"], marker="o", markersize=3, label="root mean square")
    right.plot(x * table["step"], 100 * table["bias"], "--", marker="s", markersize=3, label="mean")
    tolerance = 100 * table.attrs["tolerance"]
    right.axhline(tolerance, color="0.6", linewidth=0.7, linestyle=":", label="tolerance")
    right.axhline(-tolerance, color="0.6", linewidth=0.7, linestyle=":")
    right.set_ylabel("Programming error (% of range)")
    right.legend(loc="best")
    reached = float(table["reached"].min())
    right.set_title(
        "all cells reach it" if reached == 1 else f"{100 * reached:.3g} % of the cells at least", fontsize=7
    )
    shows_column(left, "y", "pulses")
    for axes in (left, right):
        axes.set_xscale("log")
