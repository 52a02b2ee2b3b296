"""Standard figure of the retention of states: conductance over time, and the time of the loss over the temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ....characterization.benches.memristors.state_retention import ELECTRON
from ....characterization.cells.errors.arrhenius import TEN_YEARS, Arrhenius
from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import say, scaled_axis, shows_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Most lines in a panel.
MOST_LINES = 5


@draws("state-retention")
def draw_state_retention(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Conductance over time at some temperatures; when it is lost over one over the temperature."""
    y = scaled_axis(table, left, "y", "conductance", "Conductance")
    kelvins = np.sort(table["temperature"].unique())
    for kelvin in kelvins[np.unique(np.linspace(0, len(kelvins) - 1, MOST_LINES).round().astype(int))]:
        part = table[table["temperature"] == kelvin]
        left.loglog(part["time"], y * part["conductance"], label=f"{kelvin:.0f} K")
    left.axvline(TEN_YEARS, color="0.5", linewidth=0.7, zorder=0)
    shows_column(left, "x", "time")
    left.set_xlabel("Time after write (s)")
    left.legend(loc="best")
    lost = pd.DataFrame(table.attrs["lost"])
    finite = np.isfinite(lost["time"])
    right.semilogy(1000 / lost["temperature"][finite], lost["time"][finite], marker="o", markersize=3.5, linestyle="")
    if not finite.any():
        longest = format_si(float(table["time"].max()), "s", 2)
        say(right, f"not lost within {longest} at any temperature", height=0.75)
        right.set_xlim(990 / kelvins[-1], 1010 / kelvins[0])
    barrier, years = table.attrs["barrier"], table.attrs["ten_year_temperature"]
    if barrier is not None:
        law = Arrhenius(table.attrs["attempt_time"], barrier * ELECTRON, np.zeros((2, 2)))
        right.plot(1000 / kelvins, [law.lifetime(kelvin) for kelvin in kelvins], color="C1", linewidth=1.0)
    right.axhline(TEN_YEARS, color="0.5", linewidth=0.7, zorder=0)
    right.text(0.98, TEN_YEARS, "10 years", transform=right.get_yaxis_transform(), fontsize=7, ha="right", va="bottom")
    right.set_xlabel("1000 / T (1/K)")
    right.set_ylabel(f"Time to a change by {table.attrs['factor']:g}× (s)")
    if barrier is not None:
        at = f", 10 years at {years:.0f} K" if years is not None else ""
        right.set_title(f"E = {barrier:.3g} eV{at}", fontsize=7)
    elif finite.any():
        right.set_title("lost at fewer than two temperatures", fontsize=7)
