"""Figure of a population: cumulative shares of measured resistances, and the fitted distribution."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import scaled_axis


@draws("population")
def draw_population(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: share of devices below each resistance. Right: ratio of fitted to measured quantiles."""
    attrs = table.attrs
    x = scaled_axis(table, left, "x", "resistance", "Resistance")
    left.plot(x * table["resistance"], table["share"], ".", markersize=2, color="0.45", label="measured")
    spread = f"{attrs['spread']} {attrs['parameter'].replace('_', ' ')}"
    left.plot(x * table["resistance_fit"], table["share"], color="C1", linewidth=1.0, label=f"fitted: {spread}")
    left.set_ylabel("Cumulative probability")
    left.legend(loc="lower right")
    low, high = (float(table[name].quantile(q)) for name, q in (("resistance", 0.005), ("resistance", 0.995)))
    if high > 8 * low:
        left.set_xscale("log")
    left.set_xlim(0.7 * x * low, 1.4 * x * high)
    right.plot(table["share"], table["resistance_fit"] / table["resistance"], color="C0")
    right.axhline(1.0, color="0.6", linewidth=0.6)
    right.set_xlabel("Cumulative probability")
    right.set_ylabel("Fitted / measured quantile")
    right.set_yscale("log" if (table["resistance_fit"] / table["resistance"]).max() > 3 else "linear")
    right.set_title(f"Kolmogorov-Smirnov distance {attrs['distance']:.3f}, n = {len(table)}", fontsize=7)
