"""Figure of endurance as it was measured: resistances over the cycles with their laws, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...drawing import draws
from ...style import scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("endurance")
def draw_endurance(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Medians of both resistances over the number of cycles with their laws; failing cycles and failed cells."""
    y = scaled_axis(table, left, "y", "resistance_high", "Resistance")
    laws = table.attrs["laws"]
    for k, (name, law) in enumerate((("resistance_low", "low_law"), ("resistance_high", "high_law"))):
        left.loglog(table["cycle"], y * table[name], "o", markersize=3, color=f"C{k}")
        fitted = laws[name]
        shown = f"{fitted['slope']:.2g}".replace("-", "−")
        text = rf"$n^{{{shown}}}$" if fitted["law"] == "power" else rf"$e^{{{shown}\,n}}$"
        inside = y * table[law] > y * table[["resistance_low", "resistance_high"]].to_numpy().min() / 3
        left.plot(
            table["cycle"][inside], y * table[law][inside], color=f"C{k}", linewidth=1.0,
            label=f"{name.rpartition('_')[2]}: {text}",
        )  # fmt: skip
    left.legend(loc="best")
    right.semilogx(table["cycle"], table["failing"], ".", color="0.45", markersize=4, label="cycles that fail")
    several = table.attrs["cells"] > 1
    if several:
        right.step(table["cycle"], table["failed"], where="post", color="C0", label="cells that have failed")
    weibull = table.attrs["weibull"]
    if weibull is not None:
        right.plot(table["cycle"], table["weibull"], color="C1", label=f"Weibull, k = {weibull['shape']:.2g}")
    right.set_ylabel("Failed fraction")
    right.set_ylim(-0.03, 1.03)
    right.legend(loc="best")
    for axes in (left, right):
        axes.set_xlabel("Cycle number")
    cells, failures = table.attrs["cells"], table.attrs["failures"]
    right.set_title(f"{failures} of {cells} {'cells have' if several else 'cell has'} failed", fontsize=7)
