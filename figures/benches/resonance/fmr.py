"""Standard figure of the fmr bench."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis

#: Kinds of modes by how far neighbouring layers turn together: the least and the largest of it, and the colour.
KINDS = {"acoustic": (0.5, 1.0, "C0"), "mixed": (-0.5, 0.5, "C7"), "optical": (-1.0, -0.5, "C3")}

#: Markers and fillings of modes of one kind, the lowest first.
MARKERS = (("o", "full"), ("s", "none"), ("^", "none"))


@draws("fmr")
def draw_fmr(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: frequency of the resonance. Right: its width. Both over the field, or over the current at one field.

    Of several magnetisations every mode, in the colour of its kind: neighbours turn together (acoustic), or against
    each other (optical).
    """
    over, other, what = ("field", "current", f"Field along {table.attrs['axis']}")
    if table["field"].nunique() == 1 < table["current"].nunique():
        over, other, what = "current", "field", "DC current"
    x = scaled_axis(table, left, "x", over, what)
    f = scaled_axis(table, left, "y", "frequency", "Resonance frequency")
    width = scaled_axis(table, right, "y", "linewidth", "Linewidth")
    scaled_axis(table, right, "x", over, what)
    if "in_phase" in table:
        _draw_modes(table, over, (x, f, width), left, right)
        return
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


def _draw_modes(table: pd.DataFrame, over: str, scales: tuple[float, float, float], left: Axes, right: Axes) -> None:
    """The modes in the colours of their kinds; where two of a kind are beside each other, by number, lowest first."""
    x, f, width = scales
    parts = {
        kind: table[table["in_phase"].between(low, high, inclusive="right" if low > -1 else "both")]
        for kind, (low, high, _) in KINDS.items()
    }
    for kind, part in parts.items():
        several = bool(part.duplicated(["field", "current"]).any())
        modes = (
            [(f"{kind}, mode {number:g}", own) for number, own in part.groupby("mode")] if several else [(kind, part)]
        )
        for (label, own), (marker, fill) in zip(modes, itertools.cycle(MARKERS), strict=False):
            style: dict[str, Any] = {"linestyle": "none", "marker": marker, "markersize": 3, "fillstyle": fill}
            style["color"] = to_hex(KINDS[kind][2])
            if len(own):
                left.plot(x * own[over], f * own["frequency"], label=label, **style)
                right.plot(x * own[over], width * own["linewidth"], **style)
    for axes in (left, right):
        axes.set_ylim(bottom=0)
    left.legend()
