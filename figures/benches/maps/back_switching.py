"""Standard figure of the back-switching bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis, shows_column


def _none(table: pd.DataFrame) -> str | None:
    """That nothing has come back, with the bound."""
    if table["returned"].sum() > 0:
        return None
    total = int(table["switched"].sum())
    span = " to ".join(format_si(value, "V", 3) for value in (table["voltage"].min(), table["voltage"].max()))
    if not total:
        return f"No pulse of {span} has switched the device, so that none could come back."
    return (
        f"None of {total} trajectories that pulses of {span} had switched came back: a fixed reference layer holds the "
        f"state that it has switched to. At each voltage that is below {table['upper'].max():.2g} with 95 % confidence."
    )


@draws("back-switching", in_words=_none)
def draw_back_switching(table: pd.DataFrame, axes: Axes) -> None:
    """Probability of a return over the voltage, for both polarities; dashed the two-state picture."""
    x = scaled_axis(table, axes, "x", "voltage", "Pulse voltage")
    dashed = False
    for k, (start, part) in enumerate(table.groupby("start", sort=False)):
        ordered = part.sort_values("voltage")
        share = ordered["probability"].to_numpy()
        bars = np.nan_to_num(np.maximum([share - ordered["lower"], ordered["upper"] - share], 0.0))
        axes.errorbar(
            x * ordered["voltage"], share, bars, color=f"C{k}", marker="o", markersize=3, capsize=1.5,
            elinewidth=0.6, capthick=0.6, label=f"back to {start}",
        )  # fmt: skip
        if ordered["two_state"].notna().any():
            axes.plot(x * ordered["voltage"], ordered["two_state"], "--", color=f"C{k}", linewidth=0.9)
            dashed = True
    if dashed:
        axes.plot([], [], "--", color="0.4", linewidth=0.9, label="two states")
    axes.axvline(0.0, color="0.85", linewidth=0.6, zorder=0)
    shows_column(axes, "y", "probability")
    axes.set_ylabel("Back-switching probability")
    axes.set_ylim(-0.03, 1.03)
    if not table["returned"].any():
        axes.text(0.5, 0.5, "none came back", transform=axes.transAxes, ha="center", color="0.4")
    axes.legend(loc="best")
