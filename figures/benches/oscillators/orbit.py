"""Standard figure of the orbit bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...drawing import draws
from ...style import scaled, scaled_axis, shows_column
from .linewidth import NOT_WEAK

#: Harmonics below this part of the largest are forbidden by a symmetry.
SMALL = 1e-6


@draws("orbit", panels=lambda table: 3)
def draw_orbit(table: pd.DataFrame, left: Axes, right: Axes, width: Axes) -> None:
    """Over the current: frequency, amplitudes of the voltage's harmonics, relaxation rate and linewidth.

    Points of unstable orbits are hollow; dotted lines are folds, at which they meet stable ones.
    """
    x = scaled_axis(table, left, "x", "current", "DC current")
    f = scaled_axis(table, left, "y", "frequency", "Frequency")
    current, stable = x * table["current"], table["stable"] == 1
    for axes in (right, width):
        axes.set_xlabel(left.get_xlabel())
        axes.sharex(left)
    left.plot(current, f * table["frequency"], marker="o", markersize=2.5, markevery=stable.to_numpy())
    if not stable.all():
        left.plot(
            current[~stable], f * table["frequency"][~stable], "o", markersize=4, markerfacecolor="none", color="C3",
            label="unstable",
        )  # fmt: skip
        left.legend()
    for fold in table.attrs.get("folds", []):
        left.axvline(x * fold, color="0.5", linestyle=":", linewidth=0.9, zorder=0)
    v = scaled_axis(table, right, "y", "harmonic_1", "Voltage amplitude")
    names = [name for name in table.columns if name.startswith("harmonic_")]
    largest = table[names].max().max()
    for k, name in enumerate(names):
        if table[name].max() > SMALL * largest:
            label = f"harmonic {name.rpartition('_')[2]}"
            shown = v * table[name].where(table[name] > SMALL * largest)
            right.plot(current, shown, marker="o", markersize=2.5, color=f"C{k}", label=label)
    right.set_yscale("log")
    right.legend()
    rates = {"relaxation_rate": r"relaxation rate / $2\pi$", "linewidth": "linewidth"}
    sizes = {
        name: (table[name] / (2 * np.pi if name == "relaxation_rate" else 1)).where(table[name] > 0) for name in rates
    }
    seen = table["linewidth"].notna().any()
    what = "Linewidth, relaxation rate" if seen else "Relaxation rate"
    unit = scaled(width, "y", pd.DataFrame(sizes), "Hz", what)
    shows_column(width, "y", "linewidth")
    if not seen:
        width.set_title(NOT_WEAK, fontsize=7)
    for (name, label), marker in zip(rates.items(), "^s", strict=True):
        values = sizes[name]
        if values.notna().any():
            width.plot(current, unit * values, marker=marker, markersize=2.5, label=label)
    width.set_yscale("log")
    width.legend()
