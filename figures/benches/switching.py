"""Standard figure of the switching bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import axis_scale, scaled, scaled_axis, shows_column


def _is_random(table: pd.DataFrame) -> bool:
    return int(table["trajectories"].iloc[0]) > 1


def _certain(table: pd.DataFrame) -> str | None:
    """That every pulse switches, or none; or the threshold, if it does not depend on the width."""
    share, swept, start = table["probability"], table.attrs["swept"], table.attrs["start"]
    unit = table.attrs["units"][swept]
    if (share == 0).all() or (share == 1).all():
        which = "Every pulse" if share.iloc[0] else "No pulse"
        spans = f"of {_span(table[swept], unit)}, {_span(table['width'], 's')} long,"
        return f"{which} {spans} switches the device from {start}."
    if _is_random(table):
        return None
    found = _thresholds(table)
    # One threshold that lies between the steps of the amplitude at every width.
    low, high = found["below"].max(), found["least"].min()
    if len(found) < table["width"].nunique() or low >= high:
        return None
    edges = _span(pd.Series([low, high]), unit).replace(" to ", " and ")
    return f"The threshold from {start} is between {edges}, for widths of {_span(table['width'], 's')}."


def _span(values: pd.Series[float], unit: str) -> str:
    return " to ".join(format_si(edge, unit, 3) for edge in (values.min(), values.max()))


@draws("switching", panels=lambda table: 2 if _is_random(table) else 1, in_words=_certain)
def draw_switching(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """Left: probability of switching over the amplitude, one line for each width. Right: probability of failing."""
    if right is None:
        _draw_thresholds(table, left)
        return
    swept = table.attrs["swept"]
    x = scaled_axis(table, left, "x", swept, f"Pulse {swept.replace('_', ' ')}")
    right.set_xlabel(left.get_xlabel())
    factor, unit = axis_scale(table["width"], "s")
    trajectories = int(table["trajectories"].iloc[0])
    style: dict[str, Any] = {"marker": "o", "markersize": 2.5, "capsize": 1.5, "elinewidth": 0.6, "capthick": 0.6}
    for width, part in table.groupby("width"):
        label = f"{factor * float(width):.3g} {unit}"  # type: ignore[arg-type]
        amplitude, share = x * part[swept], part["probability"]
        bars = _lengths(part["lower"], share, part["upper"])
        left.errorbar(amplitude, share, bars, label=label, **style)
        missed = 1 - share
        held = missed > 0
        bars = _lengths(1 - part["upper"], missed, 1 - part["lower"])
        # A gap where every pulse switched: all that is known of the rate of errors there is its upper bound.
        (line, *_) = right.errorbar(amplitude, missed.where(held), bars, label=label, **style)
        if not held.all():
            _draw_bounds(right, amplitude[~held], 1 - part["lower"][~held], line.get_color())
    shows_column(left, "y", "probability")
    left.set_ylabel(f"Switching probability from {table.attrs['start']}")
    left.set_ylim(-0.03, 1.03)
    left.legend(title=f"pulse width, {trajectories} trials", title_fontsize=7)
    right.set_yscale("log")
    right.set_ylabel("Write error rate")
    right.set_ylim(0.1 / trajectories, 1.5)
    if (table["probability"] == 1).any():
        right.plot([], [], marker=r"$\downarrow$", linestyle="none", color="0.4", label="all switched: below, at 95 %")
    right.legend(loc="lower left")


def _draw_bounds(axes: Axes, amplitude: pd.Series[float], bound: pd.Series[float], color: str) -> None:
    """Arrows downwards from the largest rates of errors that are likely where none was seen."""
    axes.errorbar(
        amplitude, bound, 0.35 * bound, uplims=True, linestyle="none", marker="_", markersize=4, color=color,
        elinewidth=0.6, capsize=1.5,
    )  # fmt: skip


def _lengths(low: pd.Series[float], middle: pd.Series[float], high: pd.Series[float]) -> np.ndarray:
    return np.asarray(np.maximum([middle - low, high - middle], 0.0))


def _thresholds(table: pd.DataFrame) -> pd.DataFrame:
    """Of each width the largest amplitude that did not switch (``below``), and the least that did (``least``)."""
    sized = table.assign(size=table[table.attrs["swept"]].abs())
    most = sized[sized["switched"] == 0].groupby("width")["size"].max()
    # Where a larger pulse does not switch, a smaller one that did is no threshold.
    above = sized[sized["size"] > sized["width"].map(most).fillna(0.0)]
    least = above[above["switched"] == 1].groupby("width")["size"].min()
    return pd.DataFrame({"below": most.reindex(least.index).fillna(0.0), "least": least})


def _draw_thresholds(table: pd.DataFrame, axes: Axes) -> None:
    """Without noise a pulse switches or does not: the threshold over the width, within the steps of the amplitude."""
    swept, found = table.attrs["swept"], _thresholds(table)
    what = f"Switching {swept.replace('_', ' ')}"
    x = scaled_axis(table, axes, "x", "width", "Pulse width")
    y = scaled(axes, "y", table[swept], table.attrs["units"][swept], what)
    axes.errorbar(
        x * found.index.to_numpy(),
        y * (found["least"] + found["below"]) / 2,
        y * (found["least"] - found["below"]) / 2,
        marker="o",
        markersize=3,
        capsize=2,
        label=f"threshold from {table.attrs['start']}",
    )
    axes.set_xscale("log")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(0, 1.15 * y * float(found["least"].max()))
    axes.legend()
