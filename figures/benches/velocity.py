"""Plot of a domain wall's mean velocity and turning rate against the drive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..drawing import draws
from ..style import axis_scale, label, scaled, scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


#: Turns of the angle in a second below which a wall does not turn: integrators leave less than that.
STILL = 1.0


#: A relative difference from the law of low drive within which the wall follows it.
FOLLOWS = 0.01


def _proportional(table: pd.DataFrame) -> str | None:
    """The mobility, if the wall follows it up to the largest drive."""
    velocity, law = table["velocity"], table["low_drive_velocity"]
    if _turns(table) or ((velocity - law).abs() > FOLLOWS * law.abs()).any():
        return None
    driven = table.attrs["driven"]
    last = table.loc[table[driven].abs().idxmax()]
    factor, unit = axis_scale([last[driven]], table.attrs["units"][driven])
    at = f"{last['velocity']:.3g} m/s at {factor * last[driven]:.3g} {unit}"
    return f"The wall's velocity is proportional to the drive within {100 * FOLLOWS:g} %, {at}, and it does not turn."


def _turns(table: pd.DataFrame) -> bool:
    return bool((table["turns"].abs() > STILL).any())


@draws("velocity", panels=lambda table: 2 if _turns(table) else 1, in_words=_proportional)
def draw_velocity(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """Left: velocity of the wall, and its straight line for a weak drive. Right: turns of the wall's angle.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of :func:`~synaspice.characterization.benches.velocity.velocity`.
    left, right : matplotlib.axes.Axes
        Where to draw; the right one if the wall turns.
    """
    data = table.sort_values(table.attrs["driven"])
    driven = table.attrs["driven"]
    names = {"current": "Current", "field_z": "Field along the domains"}
    for axes in (left,) if right is None else (left, right):
        drive = data[driven] * scaled_axis(data, axes, "x", driven, names.get(driven, driven))
        axes.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    noisy = bool(np.any(np.isfinite(data["standard_error"])))
    bars = data["standard_error"] if noisy else None
    left.errorbar(drive, data["velocity"], yerr=bars, color="C0", marker="o", markersize=2.5, label="mean velocity")
    # Over the points and longer than they reach, so that it is seen where they follow it; it leaves the frame where it
    # no longer holds.
    ends = drive.agg(["min", "max"]).to_numpy() + 0.05 * np.array([-1, 1]) * (np.ptp(drive) or abs(drive.iloc[0]))
    largest = int(np.argmax(drive.abs()))
    slope = float(data["low_drive_velocity"].iloc[largest] / (drive.iloc[largest] or np.nan))
    left.plot(ends, slope * ends, color="0.2", linestyle="--", linewidth=0.8, zorder=3, label="low-drive mobility")
    low, high = min(float(data["velocity"].min()), 0.0), max(float(data["velocity"].max()), 0.0)
    margin = 0.1 * ((high - low) or 1.0)
    left.set_ylim(low - margin, high + margin)
    left.margins(x=0)
    left.set_ylabel(label("Wall velocity", "m/s"))
    left.legend()
    if right is not None:
        scale = scaled(right, "y", data["turns"], "Hz", "Wall precession frequency")
        right.plot(drive, scale * data["turns"], color="C1", marker="o", markersize=2.5)
        right.sharex(left)
