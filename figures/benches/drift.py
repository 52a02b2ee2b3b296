"""The standard figure of the drift bench: a band over time, and the spread that the devices have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..drawing import draws
from ..style import axis_scale, scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: A standard deviation over the mean below which the devices are alike.
ALIKE = 1e-9


def _spreads(table: pd.DataFrame) -> bool:
    return bool((table["standard_deviation"] > ALIKE * table["mean"].abs()).any())


def _panels(table: pd.DataFrame) -> int:
    """A second one for the spread, unless every device is at one end or the other: then the mean tells it."""
    return 2 if _spreads(table) and table.attrs["dwell_times"] is None else 1


def _straight(table: pd.DataFrame) -> str | None:
    """The rate, if the quantity of devices that are alike changes at a constant one."""
    if table.attrs["law"] != "linear" or _spreads(table):
        return None
    quantity, unit = table.attrs["quantity"].replace("_", " "), table.attrs["units"]["mean"]
    factor, shown = axis_scale(table["mean"], unit)
    pace, clock = axis_scale(table["time"], "s")
    first, last = factor * table["mean"].iloc[0], factor * table["mean"].iloc[-1]
    span = f"within {pace * table['time'].iloc[-1]:.3g} {clock}"
    return f"The {quantity} goes from {first:.4g} to {last:.4g} {shown} {span}, at {_constant(table)}."


@draws("drift", panels=_panels, in_words=_straight)
def draw_drift(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """Left: the quantity over time, and the law that fits it. Right: spread of the devices over time.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of :func:`~synaspice.characterization.benches.drift.drift`.
    left, right : Axes
        The axes to draw on; the right one if devices differ.
    """
    quantity, unit = table.attrs["quantity"], table.attrs["units"]["mean"]
    law = table.attrs["law"]
    steps = np.diff(table["time"])
    even = bool(np.ptp(steps) < 1e-6 * np.max(steps))
    # A logarithmic axis has no place for a first time of zero, and room for all powers of ten of a second.
    later = table if even else table[table["time"] > 0]
    shown = [left] if right is None else [left, right]
    for axes in shown:
        pace = scaled(axes, "x", later["time"] if even else [1.0], "s", "Time")
        axes.set_xscale("linear" if even else "log")
        axes.margins(x=0.02)
    at = pace * later["time"]
    factor = scaled(left, "y", later["quantile_95"], unit, quantity.replace("_", " ").capitalize())
    spreads = _spreads(later)
    if spreads:
        low, high, band = later["quantile_05"], later["quantile_95"], "5 % to 95 %"
        if table.attrs["dwell_times"] is not None:  # every device is at one end or the other
            error = later["standard_deviation"] / np.sqrt(table.attrs["devices"])
            low, high, band = later["mean"] - error, later["mean"] + error, "standard error of the mean"
        left.fill_between(at, factor * low, factor * high, color="C0", alpha=0.25, linewidth=0, label=band)
    name = "mean" if spreads else quantity.replace("_", " ")
    left.plot(at, factor * later["mean"], "o", color="C0", markersize=3, label=name)
    if law is not None:
        left.plot(at, factor * later["fit"], "k--", label=f"{law}, {_constant(table)}")
    # Above the panel: a dot of the legend beside those of the curve would be read as one of them.
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    if right is not None:
        spread = 100 * later["standard_deviation"] / later["mean"].abs()
        right.plot(at, spread, color="C1")
        right.set_ylabel("Standard deviation / mean (%)")
        right.set_ylim(bottom=0)


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
