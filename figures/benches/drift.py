"""The standard figure of the drift bench: a band over time, and the spread that the devices have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..drawing import draws
from ..style import axis_scale, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: A standard deviation over the mean below which the devices are alike.
ALIKE = 1e-9


@draws("drift")
def draw_drift(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Draw the quantity over time with the law that fits it, and its relative spread, or its change, over time.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of :func:`~synaspice.characterization.benches.drift.drift`.
    left, right : Axes
        The axes to draw on.
    """
    quantity, unit = table.attrs["quantity"], table.attrs["units"]["mean"]
    factor, shown = axis_scale(table["quantile_95"], unit)
    law = table.attrs["law"]
    steps = np.diff(table["time"])
    even = bool(np.ptp(steps) < 1e-6 * np.max(steps))
    # A logarithmic axis has no place for a first time of zero, and room for all powers of ten of a second.
    later = table if even else table[table["time"] > 0]
    pace, clock = axis_scale(later["time"], "s") if even else (1.0, "s")
    at = pace * later["time"]
    spreads = bool((later["standard_deviation"] > ALIKE * later["mean"].abs()).any())
    if spreads:
        low, high, band = later["quantile_05"], later["quantile_95"], "5 % to 95 % of devices"
        if table.attrs["dwell_times"] is not None:  # every device is at one end or the other
            error = later["standard_deviation"] / np.sqrt(table.attrs["devices"])
            low, high, band = later["mean"] - error, later["mean"] + error, "standard error of the mean"
        left.fill_between(at, factor * low, factor * high, color="C0", alpha=0.25, linewidth=0, label=band)
    name = "mean" if spreads else quantity.replace("_", " ")
    left.plot(at, factor * later["mean"], "o", color="C0", markersize=3, label=name)
    if law is not None:
        left.plot(at, factor * later["fit"], "k--", label=f"{law}, {_constant(table)}")
    left.set_ylabel(label(quantity.replace("_", " ").capitalize(), shown))
    left.legend(loc="best")

    if spreads:
        spread = 100 * later["standard_deviation"] / later["mean"].abs()
        right.plot(at, spread, color="C1")
        right.set_ylabel("Standard deviation over mean (%)")
        right.set_ylim(bottom=0)
    else:
        change = 100 * (later["mean"] / later["mean"].iloc[0] - 1)
        right.plot(at, change, color="C1")
        right.set_ylabel("Change since the first time (%)")
    for axes in (left, right):
        axes.set_xscale("linear" if even else "log")
        axes.set_xlabel(label("Time", clock))
        axes.margins(x=0.02)


def _constant(table: pd.DataFrame) -> str:
    """The constant of the fitted law, as text."""
    law, attributes = table.attrs["law"], table.attrs
    if law == "power law":
        return rf"$\nu$ = {attributes['exponent']:.3f}"
    if law == "exponential":
        factor, unit = axis_scale([attributes["time_constant"]], "s")
        return rf"$\tau$ = {factor * attributes['time_constant']:.3g} {unit}"
    unit = attributes["units"]["mean"]
    factor, shown = axis_scale([attributes["rate"]], "m/s" if unit == "m" else f"{unit}/s")
    return f"{factor * attributes['rate']:.3g} {shown}"
