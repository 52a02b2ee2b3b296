"""Standard figure of the back-hopping bench."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import scaled_axis


@draws("back-hopping")
def draw_back_hopping(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probabilities of switching and of switching back over the voltage, and how often the device reverses."""
    x = scaled_axis(table, left, "x", "voltage", "Voltage of the pulse")
    for name, prefix, label, colour in (
        ("probability", "", "switched", "C0"),
        ("back_probability", "back_", "switched back", "C3"),
    ):
        left.fill_between(
            x * table["voltage"], table[f"{prefix}lower"], table[f"{prefix}upper"], color=colour, alpha=0.2
        )
        left.plot(x * table["voltage"], table[name], marker="o", markersize=3, color=colour, label=label)
    left.plot(x * table["voltage"], table["reference_reversed"], linestyle="--", color="C7", label="reference reversed")
    left.set_ylabel("Probability")
    left.set_ylim(-0.02, 1.02)
    left.legend()
    right.plot(x * table["voltage"], table["reversals"], marker="o", markersize=3, color="C2")
    right.set_xlabel(left.get_xlabel())
    right.set_ylabel("Reversals per pulse")
    right.set_ylim(bottom=0)
