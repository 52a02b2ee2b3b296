"""Standard figure of the write-error-map bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....characterization.benches.maps.write_error_map import LEVELS, iso_error_widths
from ....characterization.benches.write_error import butler_pulse_width
from ...drawing import draws
from ...style import scaled_axis

NAMES = {"current": "Current", "voltage": "Voltage", "width": "Pulse width", "temperature": "Temperature"}
#: Smallest error that has a colour.
SMALLEST = 1e-12


def _panels(table: pd.DataFrame) -> int:
    return 2 if "width" in table.attrs["map"] else 1


@draws("write-error-map", panels=_panels)
def draw_write_error_map(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """The error rate with lines of 1e-3, 1e-6 and 1e-9; and the width of these errors, dashed in closed form."""
    across, up = table.attrs["map"]
    field = f"Field along {table.attrs['axis']}"
    x = scaled_axis(table, left, "x", across, NAMES.get(across, field))
    y = scaled_axis(table, left, "y", up, NAMES.get(up, field))
    grid = table.pivot_table(index=up, columns=across, values="probability")
    shown = np.log10(np.maximum(grid.to_numpy(), SMALLEST))
    at = x * grid.columns.to_numpy(dtype=float), y * grid.index.to_numpy(dtype=float)
    limits = {"vmin": np.log10(SMALLEST), "vmax": 0.0}
    image = left.pcolormesh(*at, shown, cmap="Blues_r", shading="nearest", rasterized=True, **limits)
    left.figure.colorbar(image, ax=left, label=r"$\log_{10}$ of the error rate")
    exact = np.log10(np.maximum(grid.to_numpy(), 1e-300))
    for k, level in enumerate(LEVELS):
        goal = np.log10(level)
        if min(shown.shape) > 1 and exact.min() < goal < exact.max():
            left.contour(*at, exact, levels=[goal], colors=f"C{k + 1}", linewidths=1.2, linestyles="-")
        left.plot([], [], color=f"C{k + 1}", linewidth=1.2, label=rf"$10^{{{round(goal)}}}$")
    left.spines[["top", "right"]].set_visible(True)
    left.legend(loc="upper right", title="error", title_fontsize=7, frameon=True, framealpha=0.9)
    if right is None:
        return
    (other,) = (quantity for quantity in table.attrs["map"] if quantity != "width")
    x = scaled_axis(table, right, "x", other, NAMES.get(other, field))
    y = scaled_axis(table, right, "y", "width", NAMES["width"])
    lines = iso_error_widths(table)
    for k, level in enumerate(LEVELS):
        part = lines[lines["level"] == level]
        right.plot(x * part[other], y * part["width"], color=f"C{k + 1}", label=rf"$10^{{{round(np.log10(level))}}}$")
        if "critical" in table.attrs:
            overdrive = part[other].to_numpy() / table.attrs["critical"]
            above = overdrive > 1.05
            closed = butler_pulse_width(overdrive[above], level, table.attrs["stability"])
            closed *= y * table.attrs["decay"]
            right.plot(x * part[other][above], closed, "--", color=f"C{k + 1}", linewidth=0.7)
    if "critical" in table.attrs:
        right.plot([], [], "--", color="0.3", linewidth=0.7, label="closed form (Butler et al.)")
    right.set_ylim(0.0, 1.05 * y * float(table["width"].max()))
    right.legend(title="error rate", title_fontsize=7)
