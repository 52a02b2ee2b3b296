"""Standard figure of the bench of write errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from .characteristics import scaled_axis
from .style import axis_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How each method is drawn: line, marker, and name.
STYLES: dict[str, tuple[Any, str, str]] = {
    "fokker-planck": ("-", "", "Fokker-Planck"),
    "butler": (":", "", "closed form (Butler 2012)"),
    "splitting": ("", "s", "splitting"),
    "ensemble": ("", "o", "ensemble"),
}
#: Lowest probability that is drawn.
FLOOR = 1e-16


def draw_write_error(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Error rate over the width of the pulse for each amplitude; and over what the first method found."""
    swept, critical = table.attrs["swept"], table.attrs.get("critical")
    x = scaled_axis(table, left, "x", "width", "Width of the pulse")
    right.set_xlabel(left.get_xlabel())
    factor, unit = axis_scale(table[swept], table.attrs["units"][swept])
    methods = list(dict.fromkeys(table["method"]))
    handles = []
    for k, (amplitude, part) in enumerate(table.groupby(swept)):
        value = float(amplitude)
        name = f"{factor * value:.3g} {unit}" + (f" = {value / critical:.3g} $I_c$" if critical else "")
        handles.append(Line2D([], [], color=f"C{k}", label=name))
        reference = part[part["method"] == methods[0]].set_index("width")["probability"]
        for method in methods:
            data = part[(part["method"] == method) & (part["probability"] > FLOOR)]
            base = reference.reindex(data["width"]).to_numpy()
            _draw(left, data, x, np.ones(len(data)), method, f"C{k}")
            if method != methods[0]:
                _draw(right, data, x, base, method, f"C{k}")
    for method in methods:
        line, marker, name = STYLES[method]
        handles.append(Line2D([], [], color="0.3", linestyle=line, marker=marker, markersize=3, label=name))
    left.set_yscale("log")
    left.set_ylim(max(FLOOR, 0.3 * table.loc[table["probability"] > FLOOR, "probability"].min()), 2)
    left.set_ylabel("Write error rate")
    left.legend(handles=handles, loc="lower left", fontsize=5.5)
    right.axhline(1, color="0.3", linewidth=0.8)
    right.set_yscale("log")
    right.set_ylim(0.3, 5)
    right.yaxis.set_major_formatter("{x:g}")
    right.yaxis.set_minor_formatter("")
    right.set_yticks([0.5, 1, 2, 5])
    right.set_ylabel(f"Rate over that of {STYLES[methods[0]][2]}")


def _draw(axes: Axes, data: pd.DataFrame, x: float, base: np.ndarray, method: str, color: str) -> None:
    line, marker, _ = STYLES[method]
    place, value = x * data["width"].to_numpy(), data["probability"].to_numpy() / base
    if not marker:
        axes.plot(place, value, line, color=color, linewidth=0.9)
        return
    bars = np.abs([value - data["lower"].to_numpy() / base, data["upper"].to_numpy() / base - value])
    options = {"color": color, "markersize": 2.5, "capsize": 1.5, "elinewidth": 0.7, "markerfacecolor": "none"}
    axes.errorbar(place, value, bars, linestyle="none", marker=marker, **options)  # type: ignore[arg-type]
