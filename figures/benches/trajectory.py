"""Standard figure of a trajectory: what drives the device, and its states, over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ...devices.catalog import find_model
from ...devices.language.errors import ParameterError
from ..drawing import draws
from ..style import scaled, scaled_axis, symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Names of states in a column of the legend.
ROWS = 3


def _states(table: pd.DataFrame) -> Mapping[str, list[str]]:
    """Names of the states, by their unit."""
    found: dict[str, list[str]] = {}
    for name, state in find_model(table.attrs["device"]).state_declarations().items():
        found.setdefault(state.unit, []).append(name)
    return found


def _heading(name: str) -> str:
    """A state as an axis is labelled."""
    text = symbol(name)
    return text[0].upper() + text[1:]


@draws("trajectory", panels=lambda table: 1 + len(_states(table)))
def draw_trajectory(table: pd.DataFrame, drive: Axes, *panels: Axes) -> None:
    """Voltage and current of a device over time, and its states, those of one unit in a panel.

    Raises
    ------
    ParameterError
        If the table is of several trajectories, which are no one curve.
    """
    if "trajectory" in table:
        raise ParameterError("the table is of several trajectories, and the figure is of one: simulate one")
    x, *_ = [scaled_axis(table, axes, "x", "time", "Time") for axes in (drive, *panels)]
    branch = next(iter(find_model(table.attrs["device"])().branches().values()))
    for k, (name, what) in enumerate([(branch.name, "Voltage"), (branch.current, "Current")]):
        axes = drive.twinx() if k else drive
        factor = scaled_axis(table, axes, "y", name, what)
        axes.plot(x * table["time"], factor * table[name], color=f"C{k}", linestyle="--" if k else "-")
        axes.yaxis.label.set_color(f"C{k}")
        axes.spines["right"].set_visible(bool(k))
    for axes, (unit, names) in zip(panels, _states(table).items(), strict=True):
        factor = scaled(axes, "y", table[names], unit, "State" if len(names) > 1 else _heading(names[0]))
        for name in names:
            axes.plot(x * table["time"], factor * table[name], linewidth=0.9, label=symbol(name))
        if len(names) > 1:
            axes.legend(loc="best", ncols=-(-len(names) // ROWS))
