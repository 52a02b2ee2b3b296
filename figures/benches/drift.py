"""The standard figure of the drift bench: a band over time, and the spread that the devices have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..drawing import draws
from ..style import axis_scale, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("drift")
def draw_drift(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Draw the quantity over time with its fitted power law, and its relative spread over time.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of :func:`~synaspice.characterization.benches.drift.drift`.
    left, right : Axes
        The axes to draw on.
    """
    quantity, unit = table.attrs["quantity"], table.attrs["units"]["mean"]
    factor, shown = axis_scale(table["quantile_95"], unit)
    # A logarithmic axis has no place for a first time of zero.
    later = table[table["time"] > 0]
    count = table.attrs["devices"]
    if count > 1:
        band = factor * later["quantile_05"], factor * later["quantile_95"]
        left.fill_between(later["time"], *band, color="C0", alpha=0.25, linewidth=0, label="5 % to 95 % of devices")
    name = "mean" if count > 1 else quantity.replace("_", " ")
    left.plot(later["time"], factor * later["mean"], "o", color="C0", markersize=3, label=name)
    exponent = table.attrs["exponent"]
    if exponent is not None:
        age = later["time"] + table.attrs["origin"]
        level = (later["mean"] * age**exponent).iloc[len(later) // 2]
        left.plot(later["time"], factor * level * age**-exponent, "k--", label=rf"fit, $\nu$ = {exponent:.3f}")
    left.set_ylabel(label(quantity.replace("_", " ").capitalize(), shown))
    left.legend(loc="best")

    if count > 1:
        spread = 100 * later["standard_deviation"] / later["mean"].abs()
        right.plot(later["time"], spread, color="C1")
        right.set_ylabel("Standard deviation over mean (%)")
        right.set_ylim(bottom=0)
    else:
        change = 100 * (later["mean"] / later["mean"].iloc[0] - 1)
        right.plot(later["time"], change, color="C1")
        right.set_ylabel("Change since the first time (%)")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xlabel("Time (s)")
        axes.margins(x=0)
