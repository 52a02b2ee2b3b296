"""Figure of retention as it was measured: drift of the median, and lost cells over time at every temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...drawing import draws
from ...style import scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Share of lost cells above which their spread is not shown.
MOST_LOST = 0.16


@draws("cell-retention")
def draw_cell_retention(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Median and spread over time, and the share of lost cells, by temperature."""
    y = scaled_axis(table, left, "y", "median", "Median resistance")
    timed = table["time"].notna().all()
    known = table["temperature"].notna().all()
    for k, (kelvin, part) in enumerate(table.groupby("temperature", dropna=False, sort=True)):
        label = f"{kelvin:g} K" if known else "measured"
        at = part["time"] if timed else np.arange(len(part))
        # Where cells are lost, the spread is that of two kinds of cells.
        middle, factor = y * part["median"], np.exp(part["sigma"].where(part["lost"] < MOST_LOST, 0.0))
        bars = [middle - middle / factor, middle * factor - middle]
        left.errorbar(at, middle, bars, linestyle="none", marker="o", markersize=3, color=f"C{k}", elinewidth=0.6)
        left.plot(at, y * part["median_fit"], color=f"C{k}", linewidth=1.0, label=label)
        shares = [part["lost"] - part["lower"], part["upper"] - part["lost"]]
        right.errorbar(
            at, part["lost"], shares, linestyle="none", marker="o", markersize=3, color=f"C{k}", elinewidth=0.6
        )
        right.plot(at, part["lost_fit"], color=f"C{k}", linewidth=1.0, label=label)
    left.set_yscale("log")
    for limit in table.attrs["limits"]:
        left.axhline(y * limit, color="0.6", linewidth=0.7, linestyle="--")
    for axes in (left, right):
        if timed:
            axes.set_xscale("log")
            axes.set_xlabel("Time after write (s)")
        else:
            axes.set_xticks([])
            axes.set_xlabel("Time not known")
    right.set_ylabel("Failed fraction of cells")
    right.set_ylim(-0.03, 1.03)
    right.legend(loc="best")
    barrier = table.attrs["barrier"]
    if barrier is not None:
        error = table.attrs["barrier_error"]
        years = table.attrs["ten_year_temperature"]
        told = f", {100 * table.attrs['share']:g} % in 10 years at {years:.0f} K" if years is not None else ""
        right.set_title(f"E = {barrier:.2f} ± {error:.2f} eV{told}", fontsize=7)
