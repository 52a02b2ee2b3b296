"""Standard figure of the pulse-shape bench."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ...drawing import draws
from ...style import scaled, scaled_axis, shows_column

MARKS = {"gaussian": "s", "double": "^", "precharge": "D"}


@draws("pulse-shape")
def draw_pulse_shape(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Write error over the length of the edges; and over the time integral of what is above the critical amplitude."""
    edges = table[table["shape"] == "trapezoid"]
    others = table[table["shape"] != "trapezoid"]
    lengths = [left, right]
    for axes, column, what in zip(
        lengths, ("edge", "excess"), ("Rise and fall time", r"$\int (i - 1)\,dt$ above the threshold"), strict=True
    ):
        x = (
            scaled_axis(table, axes, "x", column, what)
            if column == "edge"
            else scaled(axes, "x", table[column], "s", what)
        )
        shows_column(axes, "x", column)
        if len(edges):
            bars = [edges["probability"] - edges["lower"], edges["upper"] - edges["probability"]]
            axes.errorbar(x * edges[column], edges["probability"], bars, marker="o", markersize=3, label="trapezoid")
        for k, (_, row) in enumerate(others.iterrows()):
            if column == "excess":
                axes.plot(
                    x * row[column], row["probability"], MARKS[row["shape"]], color=f"C{k + 1}", label=row["shape"]
                )
            else:
                axes.axhline(row["probability"], color=f"C{k + 1}", linestyle="--", linewidth=0.8, label=row["shape"])
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
        shows_column(axes, "y", "probability")
    left.axhline(table.attrs["rectangle"], color="0.5", linestyle=":", linewidth=0.9, label="rectangle")
    left.set_ylabel("Write error rate")
    left.legend(title="the same charge" if table.attrs["keep"] == "charge" else "the same flat top", title_fontsize=7)
    right.legend()
