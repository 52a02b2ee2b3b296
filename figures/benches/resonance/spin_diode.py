"""Standard figure of the spin-diode bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis

#: Parts of the voltage: what the legend says, and how they are drawn.
PARTS = {"symmetric": "--", "antisymmetric": "-.", "background": ":"}


def _panels(table: pd.DataFrame) -> int:
    return 2 if "field" in table and np.ptp(table["field"]) > 0 else 1


@draws("spin-diode", panels=_panels)
def draw_spin_diode(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """Rectified voltage over the frequency, and its parts. For several fields: the resonance over the field."""
    x = scaled_axis(table, left, "x", "frequency", "Frequency")
    y = scaled_axis(table, left, "y", "rectified_voltage", "Rectified voltage")
    if right is None:
        left.plot(x * table["frequency"], y * table["rectified_voltage"], label="whole")
        for k, (name, dashes) in enumerate(PARTS.items()):
            if table[name].notna().all():
                left.plot(
                    x * table["frequency"], y * table[name], linestyle=dashes, linewidth=0.9, color=f"C{k + 1}",
                    label=name,
                )  # fmt: skip
        left.legend()
        return
    fields = table["field"].unique()
    for field in fields:
        part = table[table["field"] == field]
        label = format_si(float(field), table.attrs["units"]["field"], 3)
        left.plot(x * part["frequency"], y * part["rectified_voltage"], label=label)
    left.legend()
    h = scaled_axis(table, right, "x", "field", f"Field along {table.attrs['axis']}")
    f = scaled_axis(table, right, "y", "frequency", "Resonance frequency")
    right.plot(h * fields, f * np.array(table.attrs["resonance"]), "o-", markersize=2.5)
    right.set_ylim(bottom=0)
