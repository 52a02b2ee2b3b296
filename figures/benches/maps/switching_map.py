"""Standard figure of the switching-map bench."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ....characterization.benches.maps.spin_orbit import spin_orbit_threshold
from ...drawing import draws
from ...style import scaled_axis

NAMES = {"current": "Current", "voltage": "Voltage", "width": "Width", "line_current": "Line current"}


def _panels(table: pd.DataFrame) -> int:
    return int(table["start"].nunique())


@draws("switching-map", panels=_panels)
def draw_switching_map(table: pd.DataFrame, first: Axes, second: Axes | None = None) -> None:
    """Where the magnet has switched. One panel for each start; the dashed line is the threshold of an endless pulse."""
    drive, other = table.attrs["map"]
    # The field, or the width, is what lies to the right.
    panels = [axes for axes in (first, second) if axes is not None]
    for axes, (start, part) in zip(panels, table.groupby("start", sort=False), strict=False):
        _draw_one(table, axes, str(start), part, drive, other)
    if len(panels) == 1 or second is None:
        return
    second.set_ylabel("")
    second.tick_params(labelleft=False)


def _draw_one(table: pd.DataFrame, axes: Axes, start: str, part: pd.DataFrame, drive: str, other: str) -> None:
    field = f"Field along {table.attrs['axis']}"
    x = scaled_axis(table, axes, "x", other, NAMES.get(other, field))
    y = scaled_axis(table, axes, "y", drive, NAMES.get(drive, field))
    grid = part.pivot_table(index=drive, columns=other, values="probability", dropna=False)
    axes.set_facecolor("0.55")  # where none is decided
    image = axes.pcolormesh(
        x * grid.columns.to_numpy(dtype=float), y * grid.index.to_numpy(dtype=float), grid.to_numpy(), cmap="Blues",
        vmin=0.0, vmax=1.5, shading="nearest", rasterized=True,
    )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(True)
    noisy = table.attrs["temperature"] is not None
    axes.set_title(f"from {start}" if noisy else f"from {start}; blue: switched", loc="left")
    if noisy:
        image.set_clim(0.0, 1.0)
        axes.figure.colorbar(image, ax=axes, label="Probability of switching")
    if "spin_orbit_line" in table.attrs and {drive, other} == {"line_current", "field"}:
        line = table.attrs["spin_orbit_line"]
        limits = axes.get_xlim(), axes.get_ylim()
        fields = np.linspace(*limits[0], 201)
        upper = start == line["upper"]
        for sign in (1.0, -1.0):
            currents = sign * y * line["current"] * spin_orbit_threshold(sign * fields / x / line["hold"])
            # Without a field along the torque the state is lost and found again.
            helped = sign * fields >= 0
            axes.plot((1 if upper else -1) * fields[helped], currents[helped], "--", color="C1", linewidth=1.2)
        axes.set_xlim(limits[0])
        axes.set_ylim(limits[1])
    if "critical_currents" in table.attrs and {drive, other} == {"current", "field"}:
        mean, hold = (table.attrs[name][start] for name in ("mean_hold", "hold"))
        critical = table.attrs["critical_currents"][start]
        # The state of a magnet with three different axes is lost at -H_k, whatever the current.
        uniaxial = math.isclose(mean, hold, rel_tol=1e-6)
        fields = np.array([-10 * hold if uniaxial else -hold, 10 * hold])
        currents = critical * (1 + fields / mean)
        if not uniaxial:
            far = -10 * np.sign(critical) * abs(currents).max()
            fields, currents = np.append(-hold, fields), np.append(far, currents)
        limits = axes.get_xlim(), axes.get_ylim()
        axes.plot(x * fields, y * currents, "--", color="C1", linewidth=1.2)
        axes.set_xlim(limits[0])
        axes.set_ylim(limits[1])
