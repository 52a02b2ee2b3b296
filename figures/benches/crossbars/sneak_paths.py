"""Standard figure of reads past sneak paths: the margin over the size of the array, and the power of a read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...drawing import draws
from ...style import axis_scale, label, shows_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("sneak-paths")
def draw_sneak_paths(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Margin and its closed form, and the power, for each way to hold the other lines."""
    factor, unit = axis_scale(table["power"].to_numpy(), "W")
    for k, (way, part) in enumerate(table.groupby("held", sort=False)):
        left.plot(part["lines"], part["margin"], "o", color=f"C{k}", markersize=4, label=f"others {way}")
        left.plot(part["lines"], part["formula"], color=f"C{k}", linewidth=0.8)
        right.plot(part["lines"], factor * part["power"], "o-", color=f"C{k}", markersize=4)
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_xticks(sorted(set(table["lines"])), [f"{size}" for size in sorted(set(table["lines"]))])
        axes.set_xlabel("Array size (lines)")
        shows_column(axes, "x", "lines")
    left.set_ylim(0, 1.05)
    left.set_ylabel("Margin, (I₁ − I₀) / I₁")
    left.set_title("lines: ohmic cells without wires", fontsize=7)
    left.legend(loc="best")
    shows_column(left, "y", "margin")
    right.set_ylim(bottom=0)
    right.set_ylabel(label("Array power", unit))
