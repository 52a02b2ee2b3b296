"""Standard figure of the precessional-switching bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis, shows_column


@draws("precessional-switching")
def draw_precessional_switching(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probability of a reversal and of an error over the width; lines at odd numbers of half periods."""
    half = table.attrs["half_period"]
    probability, lower, upper = (table[name].to_numpy() for name in ("probability", "lower", "upper"))
    style: dict[str, Any] = {"marker": "o", "markersize": 2.5, "capsize": 1.5, "elinewidth": 0.6, "capthick": 0.6}
    x = 1.0
    for axes in (left, right):
        x = scaled_axis(table, axes, "x", "width", "Pulse width")
        for number in range(1, int(table["half_periods"].max()) + 1, 2):
            axes.axvline(x * number * half, color="0.7", linestyle="--", linewidth=0.7, zorder=0)
        axes.set_xlim(left=0.0)
    left.errorbar(x * table["width"], probability, np.maximum([probability - lower, upper - probability], 0.0), **style)
    left.plot([], [], "--", color="0.7", linewidth=0.7, label=f"odd multiples of {format_si(half, 's', 3)}")
    shows_column(left, "y", "probability")
    left.set_ylabel(f"Switching probability from {table.attrs['start']}")
    left.set_ylim(-0.03, 1.18)
    left.legend(loc="upper center")
    missed = 1 - probability
    some = missed > 0
    bars = np.maximum([missed - (1 - upper), (1 - lower) - missed], 0.0)
    right.errorbar(x * table["width"][some], missed[some], bars[:, some], **style)
    if not some.all():
        right.plot(x * table["width"][~some], (1 - lower)[~some], "v", color="C0", fillstyle="none", label="95 % bound")
        right.legend(loc="best")
    right.set_yscale("log")
    shows_column(right, "y", "error")
    right.set_ylabel("Write error rate")
    right.set_ylim(0.1 / float(table["trajectories"].iloc[0]), 1.6)
