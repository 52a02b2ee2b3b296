"""Standard figure of the injection-locking bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...drawing import draws
from ...style import scaled_axis


@draws("injection-locking")
def draw_injection_locking(table: pd.DataFrame, axes: Axes) -> None:
    """Drive frequencies that lock the device, over the drive's amplitude. The dashed lines are Adler's formula."""
    x = scaled_axis(table, axes, "x", "adler_lower", "Drive frequency")
    y = scaled_axis(table, axes, "y", "amplitude", "Drive amplitude")
    ordered = table.sort_values("amplitude")
    tip = table.attrs["harmonic"] * table.attrs["frequency"]
    amplitude = np.append(0.0, y * ordered["amplitude"])
    lower, upper = (np.append(tip, ordered[name]) for name in ("lower", "upper"))
    if np.isfinite(lower[1:]).any():
        axes.fill_betweenx(amplitude, x * lower, x * upper, alpha=0.25, color="C0", linewidth=0)
        axes.plot(x * lower, amplitude, "o-", markersize=2.5, color="C0", label="driven orbits")
        axes.plot(x * upper, amplitude, "o-", markersize=2.5, color="C0")
    for name in ("adler_lower", "adler_upper"):
        edge = np.append(tip, ordered[name])
        label = "Adler" if name == "adler_lower" else None
        axes.plot(x * edge, amplitude, linestyle="--", linewidth=1.0, color="C1", label=label)
    axes.set_ylim(bottom=0)
    axes.legend()
