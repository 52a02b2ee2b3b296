"""Standard figure of the linewidth bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled, scaled_axis, shows_column

#: Spectra that are drawn, spread over the drives.
SPECTRA = 4
#: Why an orbit has no width of its line.
NOT_WEAK = "no linewidth: noise is not weak beside the orbit"
#: Ratio of linewidths above which their axis is logarithmic.
DECADE = 10.0


def _panels(table: pd.DataFrame) -> int:
    return 2 + bool(table["phase_noise"].notna().any())


@draws("linewidth", panels=_panels)
def draw_linewidth(table: pd.DataFrame, left: Axes, middle: Axes, right: Axes | None = None) -> None:
    """Frequency of the line, its width and relaxation, and the noise of its phase and amplitude over the offset."""
    rows = table.drop_duplicates([name for name in ("field", "current") if name in table])
    over, what = ("field", "Field") if "field" in rows and np.ptp(rows["field"]) > 0 else ("current", "DC current")
    other = "current" if over == "field" else "field"
    groups = list(rows.groupby(other, sort=False)) if other in rows else [("", rows)]
    x = scaled_axis(table, left, "x", over, what)
    f = scaled_axis(table, left, "y", "frequency", "Frequency")
    both = rows[["linewidth"] if len(groups) > 1 else ["linewidth", "relaxation_frequency"]]
    seen = bool(rows[[name for name in ("linewidth", "measured_linewidth") if name in rows]].notna().any(axis=None))
    width = scaled(middle, "y", both, "Hz", "Linewidth" if seen else "Relaxation frequency")
    if not rows["linewidth"].notna().any():
        middle.set_title(NOT_WEAK, fontsize=7)
    shows_column(middle, "y", "linewidth")
    middle.set_xlabel(left.get_xlabel())
    middle.sharex(left)
    for k, (_, part) in enumerate(groups):
        unit = table.attrs["units"].get(other, "1")
        named = format_si(float(part[other].iloc[0]), unit, 3) if len(groups) > 1 else None
        line = "line" if part["linewidth"].notna().any() else None
        left.plot(x * part[over], f * part["frequency"], "o-", markersize=2.5, color=f"C{k}", label=named)
        middle.plot(x * part[over], width * part["linewidth"], "o-", markersize=2.5, color=f"C{k}", label=line)
        if len(groups) == 1:
            relaxation = width * part["relaxation_frequency"]
            middle.plot(x * part[over], relaxation, "^-", markersize=2.5, color="C1", label="relaxation")
            if "measured_linewidth" in part:
                measured = width * part["measured_linewidth"]
                middle.plot(x * part[over], measured, "s", markersize=4, color="C2", label="line, trajectories")
            if seen:
                middle.legend()
    if len(groups) > 1:
        left.legend()
    shown = [line.get_ydata() for line in middle.lines]
    values = np.concatenate(shown).astype(float)
    if len(values := values[values > 0]) and values.max() > DECADE * values.min():
        middle.set_yscale("log")
    else:
        middle.set_ylim(bottom=0)
    if right is None:
        return
    last = groups[-1][1]
    drawn = last[last["linewidth"] > 0]
    chosen = drawn.iloc[np.unique(np.linspace(0, len(drawn) - 1, SPECTRA).round().astype(int))] if len(drawn) else drawn
    shows_column(right, "x", "offset")
    colours = colormaps["viridis"](np.linspace(0.05, 0.8, max(1, len(chosen))))
    for colour, (_, row) in zip(colours, chosen.iterrows(), strict=False):
        own = (table["current"] == row["current"]) & (table.get("field", 0.0) == row.get("field", 0.0))
        part = table[own]
        name = format_si(float(row[over]), table.attrs["units"][over], 3)
        right.plot(part["offset"], part["phase_noise"], color=colour, label=name)
        right.plot(part["offset"], part["amplitude_noise"], color=colour, linestyle=":")
    right.set_xscale("log")
    right.set_xlabel("Offset (Hz)")
    right.set_ylabel("Noise (dBc/Hz); dotted: amplitude")
    right.margins(x=0)
    if len(chosen):
        right.legend(title=named, title_fontsize=7)
