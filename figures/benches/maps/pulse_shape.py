"""Standard figure of the pulse-shape bench."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ...drawing import draws
from ...style import scaled_axis, shows_column

MARKS = {"gaussian": "s", "double": "^", "precharge": "D"}


@draws("pulse-shape")
def draw_pulse_shape(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Write error over the length of the edges; and over the growth of a small tilt, with the closed form."""
    edges = table[table["shape"] == "trapezoid"]
    others = table[table["shape"] != "trapezoid"]
    x = scaled_axis(table, left, "x", "edge", "Rise and fall time")
    shows_column(right, "x", "growth")
    for axes, across in ((left, x * edges["edge"]), (right, edges["growth"])):
        if len(edges):
            bars = [edges["probability"] - edges["lower"], edges["upper"] - edges["probability"]]
            axes.errorbar(across, edges["probability"], bars, color="C0", marker="o", markersize=3, label="trapezoid")
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
        shows_column(axes, "y", "probability")
    for k, (_, row) in enumerate(others.iterrows(), start=1):
        style = {"color": f"C{k}", "label": row["shape"]}
        left.axhline(row["probability"], linestyle="--", linewidth=0.8, **style)
        right.plot(row["growth"], row["probability"], MARKS[str(row["shape"])], markersize=4, **style)
    left.axhline(table.attrs["rectangle"], color="0.5", linestyle=":", linewidth=0.9, label="rectangle")
    ordered = table.sort_values("growth")
    right.plot(
        ordered["growth"],
        ordered["closed_form"],
        color="0.3",
        linewidth=0.7,
        label="closed form (constant torque)",
        zorder=0,
    )
    right.set_xscale("log")
    right.set_xlabel("Growth of the mean square tilt")
    left.set_ylabel("Write error rate")
    kept = "the same charge" if table.attrs["keep"] == "charge" else "the same flat top"
    left.legend(title=kept, title_fontsize=7, loc="upper left", frameon=True, framealpha=0.9)
    right.legend()
