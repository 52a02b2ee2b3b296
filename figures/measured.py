"""Measured data over the figure of a model's table: points in every panel whose two quantities were measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..characterization.measured.columns import ERROR
from ..devices.language.checks import instance
from ..devices.language.errors import ParameterError
from .style import columns_shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Points beyond which markers get small.
MANY = 200
#: Quantities that follow from two measured ones: their ratio.
RATIOS = {"resistance": ("voltage", "current"), "conductance": ("current", "voltage")}


def draw_measured(axes: Sequence[Axes], data: pd.DataFrame) -> int:
    """Draw measured data over panels.

    Parameters
    ----------
    axes : sequence of Axes
        The panels of a standard figure.
    data : DataFrame
        Measured data in SI units.

    Returns
    -------
    int
        Number of panels that show them.

    Raises
    ------
    ParameterError
        If no panel shows two of the measured quantities, or the units differ.
    """
    instance("the measured data", data, pd.DataFrame, "a table")
    units = data.attrs.get("units", {})
    source = data.attrs.get("source")
    label = f"measured ({source})" if source else "measured"
    shown, seen = 0, []
    for one in axes:
        both = columns_shown(one)
        seen += [column for column, _, _ in both.values()]
        if set(both) != {"x", "y"}:
            continue
        values: dict[str, Any] = {}
        for which, (column, unit, factor) in both.items():
            found = _column(data, column)
            if found is None:
                break
            if units.get(column, unit) != unit:
                raise ParameterError(f"the measured {column} is in {units[column]!r}, and the figure's in {unit!r}")
            log = getattr(one, f"get_{which}scale")() == "log"
            values[which] = np.abs(factor * found) if log else factor * found
            error = _column(data, f"{column}{ERROR}")
            if error is not None:
                values[f"{which}err"] = factor * error
        if "x" not in values or "y" not in values:
            continue
        size = 3.0 if len(data) <= MANY else 1.5
        style: dict[str, Any] = {
            "linestyle": "none",
            "marker": "o",
            "markersize": size,
            "markerfacecolor": "none",
            "color": "0.25",
        }
        one.errorbar(**values, **style, markeredgewidth=0.5, elinewidth=0.5, label=label, zorder=1.5)
        legend = one.get_legend()
        one.legend(title=legend.get_title().get_text() or None if legend is not None else None, title_fontsize=7)
        shown += 1
    if not shown:
        raise ParameterError(
            f"no panel shows what was measured, {', '.join(map(str, data.columns))}: they show {', '.join(seen)}"
        )
    return shown


def _column(data: pd.DataFrame, column: str) -> np.ndarray | None:
    """A measured column, or the ratio of two of them."""
    if column in data:
        return data[column].to_numpy(float)
    # A source without a limit of its current is the voltage.
    if column == "source_voltage" and "voltage" in data:
        return data["voltage"].to_numpy(float)
    if column in RATIOS and set(RATIOS[column]) <= set(data.columns):
        above, below = (data[name].to_numpy(float) for name in RATIOS[column])
        return np.asarray(np.divide(above, below, out=np.full(len(data), np.nan), where=below != 0))
    return None
