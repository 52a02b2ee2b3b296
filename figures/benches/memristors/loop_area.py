"""Standard figure of the area of loops: over the frequency, with the law of an ideal memristor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...drawing import draws
from ...style import scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("loop-area")
def draw_loop_area(table: pd.DataFrame, axes: Axes) -> None:
    """Area of each lobe of the loop over the frequency. The line falls as 1/f, through the last point."""
    x = scaled_axis(table, axes, "x", "frequency", "Frequency")
    y = scaled_axis(table, axes, "y", "area", "Lobe area")
    for name, label, marker in (
        ("area_positive", "positive voltages", "o"),
        ("area_negative", "negative voltages", "s"),
    ):
        axes.loglog(x * table["frequency"], y * table[name], marker=marker, markersize=3, label=label, fillstyle="none")
    last = table.iloc[-1]
    law = y * last["area_positive"] * last["frequency"] / table["frequency"]
    axes.loglog(x * table["frequency"], law, "k--", linewidth=0.8, label="1/f")
    exponent = table.attrs["exponent"]
    axes.legend(title=None if exponent is None else f"exponent {exponent:.3f}".replace("-", "−"), title_fontsize=7)
