"""Standard figure of the crossbar classifier."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.arrays.classifier import CrossbarClassifier, PatternClassifier
from ..drawing import draws
from ..style import axis_scale, label


@draws(PatternClassifier, CrossbarClassifier)
def draw_crossbar_classifier(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: margin of every decision, and what mismatch and noise make of it. Right: its energy and delay."""
    place, patterns = np.arange(len(table)), [str(pattern) for pattern in table["pattern"]]
    factor, unit = axis_scale(table["margin"], "A")
    spread = 3 * np.hypot(table["offset"], table["noise"])
    left.errorbar(place, factor * table["margin"], factor * spread, fmt="o", capsize=2, markersize=4)
    left.axhline(0.0, color="0.6", linestyle=":")
    left.set_ylabel(label("Margin ± 3 σ", unit))
    for at, row in zip(place, table.itertuples(), strict=True):
        words = "none" if row.winner == 0 else f"output {row.winner:.0f}"
        left.annotate(words, (at, 0.0), (0, 3), textcoords="offset points", ha="center", fontsize=7)
    energy, unit = axis_scale(table["energy_supply"], "J")
    right.bar(place, energy * (table["energy_supply"] + table["energy_inputs"]), width=0.6, color="C1")
    right.set_ylabel(label("Energy per decision", unit))
    right.tick_params(axis="x", length=0)  # ticks would lie on the bars
    for axes in (left, right):
        axes.set_xticks(place, patterns)
        axes.set_xlabel("Inputs")
        axes.set_xlim(-0.6, len(table) - 0.4)
