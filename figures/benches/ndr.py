"""The standard figure of static curves with negative differential resistance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..drawing import draws
from ..style import axis_scale, scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("ndr", panels=lambda table: 2)
def draw_ndr(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: current over voltage, dashed where a source of voltage jumps. Right: the parameter over the current."""
    parameter = table.columns[1]
    x = scaled_axis(table, left, "x", "voltage", "Voltage")
    y = scaled_axis(table, left, "y", "current", "Current")
    across = scaled_axis(table, right, "x", "current", "Current")
    up = scaled_axis(table, right, "y", parameter, str(parameter).replace("_", " ").capitalize())
    branches = table.groupby("branch", sort=False)
    for k, (branch, part) in enumerate(branches):
        stable = part["stable"] > 0
        # A point of the next piece ends each, so that the curve has no gaps.
        for chosen, line in ((stable, "-"), (~stable | ~stable.shift(fill_value=True), "--")):
            drawn = y * part["current"].where(chosen)
            label = branch if line == "-" else None
            left.plot(x * part["voltage"], drawn, line, color=f"C{k}", label=label)
        right.plot(across * part["current"], up * part[parameter], color=f"C{k}", label=branch)
    for name, marker in (("threshold", "^"), ("hold", "v")):
        voltage, current = (table.attrs[f"{name}_{what}"] for what in ("voltage", "current"))
        if voltage is not None:
            factor, unit = axis_scale([voltage], "V")
            left.plot(
                x * voltage, y * current, f"k{marker}", markersize=4, label=f"{name} {factor * voltage:.3g} {unit}"
            )
    left.set_yscale("log")
    left.set_ylim(bottom=y * 1e-3 * float(table["current"].max()))
    left.set_xlim(left=0)
    left.legend(title="dashed: no rest under a voltage", title_fontsize=7)
    if branches.ngroups > 1:
        right.legend()
    right.set_xlim(left=0)
    right.set_ylim(bottom=0)
