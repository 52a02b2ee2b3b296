"""Standard figure of the back-hopping bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from ..drawing import draws
from ..style import scaled_axis


@draws("back-hopping")
def draw_back_hopping(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probabilities of switching and of switching back over the voltage, and how often the device reverses."""
    x = scaled_axis(table, left, "x", "voltage", "Pulse voltage")
    for name, prefix, label, colour in (
        ("probability", "", "switched", "C0"),
        ("back_probability", "back_", "switched back", "C3"),
    ):
        style: dict[str, Any] = {"color": to_hex(colour)}
        left.fill_between(x * table["voltage"], table[f"{prefix}lower"], table[f"{prefix}upper"], alpha=0.2, **style)
        left.plot(x * table["voltage"], table[name], marker="o", markersize=3, label=label, **style)
    lost: dict[str, Any] = {"linestyle": "--", "color": to_hex("C7"), "label": "reference reversed"}
    left.plot(x * table["voltage"], table["reference_reversed"], **lost)
    left.set_ylabel("Probability")
    left.set_ylim(-0.02, 1.45)  # room for the legend
    left.set_yticks(np.linspace(0.0, 1.0, 6))
    left.legend(loc="upper right")
    right.plot(x * table["voltage"], table["reversals"], marker="o", markersize=3, color="C2")
    right.set_xlabel(left.get_xlabel())
    right.set_ylabel("Reversals per pulse")
    right.set_ylim(bottom=0)
