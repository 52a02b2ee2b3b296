"""Standard figure of depinning: probability over the drive, and the barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ....devices.language.quantities.quantity import format_si
from ...drawing import draws
from ...style import scaled_axis, shows_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Largest ratio of the drive that leaves no site to those that are shown at which it is shown too.
NEAR = 1.3
#: Words of the drives.
DRIVES = {"current": "Current", "field_z": "Field along z"}


@draws("depinning")
def draw_depinning(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Probability over the drive with the rate of Kramers and Langer, and the barrier over the drive."""
    driven = table.attrs["driven"]
    x = scaled_axis(table, left, "x", driven, DRIVES[driven])
    along = scaled_axis(table, right, "x", driven, DRIVES[driven])
    for k, (width, part) in enumerate(table.groupby("width", sort=True)):
        errors = [part["probability"] - part["lower"], part["upper"] - part["probability"]]
        left.errorbar(
            x * part[driven], part["probability"], errors, linestyle="none", marker="o", markersize=3, color=f"C{k}",
            capsize=1.5, elinewidth=0.7, label=format_si(float(str(width)), "s", 3),
        )  # fmt: skip
        left.plot(x * part[driven], part["kramers"], color=f"C{k}", linewidth=1.0)
    left.plot([], [], color="0.4", linewidth=1.0, label="Kramers, Langer")
    shows_column(left, "y", "probability")
    left.set_ylabel("Depinning probability")
    left.set_ylim(-0.03, 1.03)
    once = table.drop_duplicates(driven)
    right.plot(along * once[driven], once["barrier"], marker="o", markersize=3, color="C0")
    shows_column(right, "y", "barrier")
    right.set_ylabel("Energy barrier ($k_\\mathrm{B} T$)")
    right.set_ylim(bottom=0)
    if mark_limit(table, (left, x), (right, along)):
        right.set_title("dashed: depinning without noise", fontsize=7)
    left.legend(loc="best", title="pulses of", title_fontsize=7)


def mark_limit(table: pd.DataFrame, *panels: tuple[Axes, float]) -> bool:
    """Mark the drive that leaves no site in panels, by the factors of their axes, if it is beside those shown."""
    limit = table.attrs["depinning"]
    beside = bool(limit <= NEAR * table[table.attrs["driven"]].abs().max())
    for axes, factor in panels if beside else ():
        axes.axvline(factor * limit, color="0.6", linewidth=0.7, linestyle="--")
    return beside
