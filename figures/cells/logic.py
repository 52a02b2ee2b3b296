"""Standard figure of the inverter."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.logic.logic import Inverter
from ..drawing import draws
from ..style import scaled_axis


@draws(Inverter)
def draw_inverter(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: output over input voltage. Right: gain."""
    x = scaled_axis(table, left, "x", "input", "Input voltage")
    y = scaled_axis(table, left, "y", "output", "Output voltage")
    left.plot(x * table["input"], y * table["output"])
    left.axvline(x * table.attrs["threshold"], color="0.6", linestyle=":", label="threshold")
    left.legend()
    right.plot(x * table["input"], table["gain"])
    right.set_xlabel(left.get_xlabel())
    right.set_ylabel("Gain")
