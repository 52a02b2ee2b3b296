"""Standard figure of creep: velocity over the drive, and the exponent of the barrier beside that of creep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ...drawing import draws
from ...style import scaled_axis, shows_column
from .depinning import DRIVES, mark_limit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Exponent of the barrier of an elastic line in weak disorder.
LINE = -0.25


@draws("creep")
def draw_creep(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Velocity over the drive with two closed forms, and how the barrier falls with the drive."""
    driven = table.attrs["driven"]
    x = scaled_axis(table, left, "x", driven, DRIVES[driven])
    along = scaled_axis(table, right, "x", driven, DRIVES[driven])
    left.errorbar(
        x * table[driven], table["velocity"].abs(), table["standard_error"], linestyle="none", marker="o", markersize=3,
        color="C0", capsize=1.5, elinewidth=0.7, label="noisy walls",
    )  # fmt: skip
    left.plot(x * table[driven], table["hopping"].abs(), color="C1", label="hopping (Langer)")
    left.plot(x * table[driven], table["sliding"].abs(), "--", color="C2", label="angle follows (Stratonovich)")
    left.set_yscale("log")
    shows_column(left, "y", "velocity")
    left.set_ylabel("Mean velocity (m/s)")
    left.legend(loc="best")
    right.plot(along * table[driven], table["exponent"], marker="o", markersize=3, color="C0", label="this wall")
    right.axhline(LINE, color="0.4", linestyle=":", linewidth=1.0, label="elastic line in disorder, −1/4")
    shows_column(right, "y", "exponent")
    right.set_ylabel("Creep exponent, d ln ΔE / d ln drive")
    right.legend(loc="best")
    mark_limit(table, (left, x), (right, along))
