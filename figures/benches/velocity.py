"""Plot of a domain wall's mean velocity and turning rate against the drive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..drawing import draws
from ..style import axis_scale, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("velocity")
def draw_velocity(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Draw the velocity with the law of low drive on the left, the turns of the wall's angle on the right.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of :func:`~synaspice.characterization.benches.velocity.velocity`.
    left, right : matplotlib.axes.Axes
        Where to draw.
    """
    data = table.sort_values(table.attrs["driven"])
    driven = table.attrs["driven"]
    factor, unit = axis_scale(data[driven], table.attrs["units"][driven])
    names = {"current": "Current", "field_z": "Field along the domains"}
    drive = factor * data[driven]
    for axes in (left, right):
        axes.set_xlabel(label(names.get(driven, driven), unit))
        axes.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    noisy = bool(np.any(np.isfinite(data["standard_error"])))
    left.plot(drive, data["low_drive_velocity"], color="0.5", linestyle="--", linewidth=0.8, label="low-drive mobility")
    bars = data["standard_error"] if noisy else None
    left.errorbar(drive, data["velocity"], yerr=bars, color="C0", marker="o", markersize=2.5, label="mean velocity")
    # The law of low drive leaves the frame where it no longer holds.
    low, high = data["velocity"].min(), data["velocity"].max()
    margin = 0.1 * ((high - low) or 1.0)
    left.set_ylim(min(low, 0.0) - margin, max(high, 0.0) + margin)
    left.set_ylabel(label("Wall velocity", "m/s"))
    left.legend()
    scale, frequency = axis_scale(data["turns"], "Hz")
    right.plot(drive, scale * data["turns"], color="C1", marker="o", markersize=2.5)
    right.set_ylabel(label("Turns of the wall's angle", frequency))
