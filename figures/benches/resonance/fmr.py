"""Standard figure of the fmr bench."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ....devices.language.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis


@draws("fmr")
def draw_fmr(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: frequency of the resonance. Right: its width. Both over the field, or over the current at one field."""
    over, other, what = ("field", "current", f"Field along {table.attrs['axis']}")
    if table["field"].nunique() == 1 < table["current"].nunique():
        over, other, what = "current", "field", "DC current"
    x = scaled_axis(table, left, "x", over, what)
    f = scaled_axis(table, left, "y", "frequency", "Resonance frequency")
    width = scaled_axis(table, right, "y", "linewidth", "Linewidth")
    scaled_axis(table, right, "x", over, what)
    groups = list(table.groupby(other, sort=False))
    for k, (_, part) in enumerate(groups):
        label = format_si(float(part[other].iloc[0]) + 0.0, table.attrs["units"][other], 3) if len(groups) > 1 else None
        style: dict[str, Any] = {"marker": "o", "markersize": 2.5, "color": f"C{k}"}
        left.plot(x * part[over], f * part["frequency"], label=label, **style)
        right.plot(x * part[over], width * part["linewidth"], **style)
    for axes in (left, right):
        axes.set_ylim(bottom=0)
    if len(groups) > 1:
        left.legend()
