"""Standard figure of disturbance in an array: how far its cells have moved, and what voltages they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...drawing import draws
from ...style import power_of_ten, say, shows_column
from ..memristors.half_select import PARTS, SMALLEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("array-disturb")
def draw_array_disturb(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """The cell that moved most and the mean of both lines over the number of writes; voltages by group."""
    share = table.attrs["share"]
    lines = table[table["group"] != "neither"]
    moved = lines["moved"][lines["moved"] > SMALLEST]
    left.set_xscale("log")
    left.set_yscale("log")
    if table["writes"].max() > table["writes"].min():
        left.set_xlim(table["writes"].min(), table["writes"].max())
    left.set_ylim(max(min(float(moved.min()) if len(moved) else 1.0, share) / 3, SMALLEST), 3.0)
    for k, ((scheme, state), part) in enumerate(lines.groupby(["scheme", "state"], sort=False)):
        worst, mean = part.groupby("writes")["moved"].max(), part.groupby("writes")["mean"].mean()
        name = _name({"scheme": scheme, "state": state})
        seen = worst > SMALLEST
        left.plot(worst.index[seen], worst[seen], color=f"C{k}", label=name if seen.any() else f"{name}: at rest")
        left.plot(mean.index[mean > SMALLEST], mean[mean > SMALLEST], color=f"C{k}", linestyle=":")
    left.axhline(share, color="0.6", linewidth=0.7, linestyle="--")
    left.set_xlabel("Writes to one cell")
    left.set_ylabel("Disturb (fraction of the state range)")
    if len(moved):
        left.set_title("worst cell of both lines; dotted: their mean", fontsize=7)
        left.legend(loc="best")
    else:
        say(left, f"no cell of either line moves by more than {power_of_ten(SMALLEST)} of its range")
    shows_column(left, "x", "writes")
    shows_column(left, "y", "moved")
    up, down = table.attrs["amplitudes"]
    writes = {"low": up, "high": down}
    told = pd.DataFrame(table.attrs["written"])
    groups = list(dict.fromkeys(table["group"]))
    names = ["written cell", *groups]
    width = 0.8 / len(told)
    for k, row in enumerate(told.to_dict("records")):
        part = table[(table["scheme"] == row["scheme"]) & (table["state"] == row["state"])]
        each = [row["voltage"], *(part[part["group"] == group]["voltage"].iloc[0] for group in groups)]
        heights = np.abs(each) / abs(writes[row["state"]])
        right.bar(
            np.arange(len(names)) + (k - (len(told) - 1) / 2) * width,
            heights,
            width=width,
            color=f"C{k}",
            label=_name(row),
        )
    right.set_xticks(np.arange(len(names)), names)
    right.set_ylabel("Peak voltage / write voltage")
    if not len(moved):  # otherwise the colours stand in the left panel
        right.set_ylim(top=1.6 * right.get_ylim()[1])
        right.legend(loc="upper right", ncols=2)
    right.set_title(f"segments of {table.attrs['segment']:g} Ω", fontsize=7)


def _name(row: Mapping[Any, Any]) -> str:
    """A scheme and the state of the other cells, in words."""
    return f"{PARTS.get(str(row['scheme']), row['scheme'])}, {row['state']} conductance"
