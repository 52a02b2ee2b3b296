"""Figures of crossbars: the error that wires make, and the voltages that are left for the cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..style import axis_scale, label


def draw_wire_resistance(table: pd.DataFrame, axes: Axes, *, name: str | None = None) -> None:
    """Error of the currents against the resistance of a segment: the median of the bit lines, and their range."""
    grouped = table.assign(size=100 * table["relative_error"].abs()).groupby("segment_resistance")["size"]
    resistance = grouped.median().index.to_numpy()
    (line,) = axes.loglog(resistance, grouped.median(), "o-", markersize=3, label=name)
    axes.fill_between(resistance, grouped.min(), grouped.max(), color=line.get_color(), alpha=0.2, linewidth=0)
    axes.set_xlabel("Segment resistance (Ω)")
    axes.set_ylabel("Output current error (%)")


def draw_cell_voltages(table: pd.DataFrame, axes: Axes) -> None:
    """Map of the voltages across the cells, from :meth:`synaspice.circuits.crossbars.crossbar.Solution.table`."""
    voltages = table.pivot_table(index="word_line", columns="bit_line", values="voltage").to_numpy()
    factor, unit = axis_scale(voltages, "V")
    image = axes.imshow(factor * voltages, aspect="auto", interpolation="nearest")
    assert axes.figure is not None
    bar = axes.figure.colorbar(image, ax=axes)
    bar.set_label(label("Voltage across the cell", unit))
    rows, columns = np.array(voltages.shape) - 0.5
    axes.set_xlim(-0.5, columns)
    axes.set_ylim(rows, -0.5)
    axes.set_xlabel("Bit line (sensed at the bottom)")
    axes.set_ylabel("Word line (driven from the left)")
