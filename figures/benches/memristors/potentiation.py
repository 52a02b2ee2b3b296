"""Standard figure of potentiation and depression: conductance over pulses, and its steps over the conductance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...drawing import draws
from ...style import scaled, scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("potentiation")
def draw_potentiation(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: conductance over the pulse number, and NeuroSim's formula. Right: change by one pulse."""
    factor = scaled_axis(table, left, "y", "conductance", "Conductance")
    steps = table.groupby(["cycle", "direction"])["conductance"].diff()
    across = scaled(right, "x", table["conductance"], table.attrs["units"]["conductance"], "Conductance")
    up = scaled(right, "y", steps, table.attrs["units"]["conductance"], "ΔG per pulse")
    pulses = table.attrs["pulses"]
    for k, (direction, part) in enumerate(table.groupby("direction", sort=False)):
        at = part["pulse"] + (0 if direction == "potentiation" else pulses)
        style: dict[str, Any] = {"marker": ".", "linestyle": "", "color": f"C{k}", "markersize": 3}
        left.plot(at, factor * part["conductance"], **style)
        first = part[part["cycle"] == part["cycle"].iloc[0]]
        left.plot(at[first.index], factor * first["fit"], color="0.25", linewidth=0.8, label="_fit")
        moved = steps[part.index].to_numpy()
        before = part["conductance"].to_numpy() - np.nan_to_num(moved)
        shown = np.isfinite(moved)
        right.plot(across * before[shown], up * moved[shown], label=str(direction), **style)
    left.set_xlabel("Pulse number")
    left.axvline(pulses, color="0.7", linewidth=0.6)
    told = [_told(table, direction) for direction in ("potentiation", "depression")]
    left.set_title("\n".join(told), fontsize=7)
    right.set_title(f"asymmetry {table.attrs['asymmetry']:.2f}, levels {table.attrs['levels']}", fontsize=7)
    right.axhline(0.0, color="0.7", linewidth=0.6)
    right.legend(loc="best")


def _told(table: pd.DataFrame, direction: str) -> str:
    constant, label = table.attrs[f"a_{direction}"], table.attrs[f"nonlinearity_{direction}"]
    shown = "∞" if math.isinf(constant) else f"{constant:.3g}"
    return f"{direction} (line: A = {shown} pulses, label {label:.2f})".replace("-", "−")
