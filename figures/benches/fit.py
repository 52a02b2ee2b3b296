"""Figure of a fit: measured points with the fitted curve, and what remains."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...characterization.fitting.result import FITTED, REMAINING
from ...characterization.measured.columns import ERROR
from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import scaled_axis

#: A range of times or frequencies above which only a logarithmic axis shows all of it.
DECADES = 100.0


def _panels(table: pd.DataFrame) -> int:
    return 2 * len(table.attrs["observed"])


def _abscissa(table: pd.DataFrame) -> str:
    """What is drawn along: the drive of a loop, or else what was set first."""
    given = [str(name) for name in table.attrs["given"] if name != "state"]
    loop = table.attrs["fitted_bench"] == "hysteresis"
    return next(name for name in given if name != "time" or not loop)


@draws("fit", panels=_panels)
def draw_fit(table: pd.DataFrame, *axes: Axes) -> None:
    """Left: measured data and the fitted model. Right: their difference."""
    along = _abscissa(table)
    later = "time" if "time" in table else along
    names = table.attrs["observed"]
    for k, name in enumerate(names):
        left, right = axes[2 * k], axes[2 * k + 1]
        wide = table.attrs["compare"] == "log"
        what = name.replace("_", " ")
        x = scaled_axis(table, left, "x", along, along.replace("_", " ").capitalize())
        y = scaled_axis(table, left, "y", name, f"|{what.capitalize()}|" if wide else what.capitalize())
        shown = np.abs if wide else np.asarray
        parts = [part for _, part in table.groupby("state", sort=False)] if "state" in table else [table]
        for part in parts:
            first = part is parts[0]
            errors = y * part[f"{name}{ERROR}"] if f"{name}{ERROR}" in table and not wide else None
            left.errorbar(
                x * part[along], shown(y * part[name]), errors, linestyle="none", marker="o", markersize=2,
                color="0.45", elinewidth=0.5, markeredgewidth=0, label="measured" if first else None,
            )  # fmt: skip
            left.plot(
                x * part[along], shown(y * part[f"{name}{FITTED}"]), color="C1", linewidth=1.0, zorder=3,
                label="fitted" if first else None,
            )  # fmt: skip
        if wide:
            left.set_yscale("log")
            floor = float(np.quantile(np.abs(y * table[name]), 0.02))
            left.set_ylim(bottom=max(floor, 1e-300) / 3)
        t = scaled_axis(table, right, "x", later, later.replace("_", " ").capitalize())
        rest = scaled_axis(table, right, "y", f"{name}{REMAINING}", f"{what.capitalize()} residual")
        right.plot(t * table[later], rest * table[f"{name}{REMAINING}"], ".", markersize=2.5, color="C0")
        right.axhline(0.0, color="0.6", linewidth=0.6)
        for one, column in ((left, along), (right, later)):
            if table[column].min() > 0 and table[column].max() > DECADES * table[column].min():
                one.set_xscale("log")
        share = 100 * table.attrs["statistics"]["relative_rms"][name]
        right.set_title(f"rms residual: {share:.3g} % of the {what}", fontsize=7)
        left.legend(loc="best")
    axes[0].set_title(_values(table), fontsize=6)


def _values(table: pd.DataFrame) -> str:
    """The first few parameters with their errors."""
    free = table.attrs["free"]
    units = table.attrs.get("parameter_units", {})
    texts = []
    for name, (value, error) in list(free.items())[:3]:
        if error is None:
            spread = "at a bound"
        else:
            spread = f"± {100 * error / abs(value):.2g} %" if value else f"± {error:.2g}"
        texts.append(f"{name.replace('_', ' ')} {format_si(value, units.get(name, '1'), 3)} {spread}")
    more = f" and {len(free) - 3} more" if len(free) > 3 else ""
    return "\n".join(texts) + more
