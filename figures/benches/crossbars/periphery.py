"""Standard figures of products in crossbars: effective bits, errors by stuck cells, and energy by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...drawing import draws
from ...style import axis_scale, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@draws("effective-bits")
def draw_effective_bits(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Effective bits over those of the converters, for each resistance; right with gain and offset corrected."""
    for axes, column, title in (
        (left, "effective_bits", "as they are"),
        (right, "corrected_bits", "gain and offset of every line corrected"),
    ):
        ends = [float(table["bits"].min()), float(table["bits"].max())]
        axes.plot(ends, ends, color="0.6", linewidth=0.7, linestyle="--")
        for k, (segment, part) in enumerate(table.groupby("segment_resistance")):
            axes.plot(part["bits"], part[column], "o-", markersize=3, color=f"C{k}", label=f"{segment:g} Ω a segment")
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("Converter resolution (bit)")
        axes.set_ylabel("Effective number of bits")
        axes.set_title(title, fontsize=7)
    low = min(axes.get_ylim()[0] for axes in (left, right))
    high = max(axes.get_ylim()[1] for axes in (left, right))
    for axes in (left, right):
        axes.set_ylim(low, high)
    left.legend(loc="upper left")


@draws("fault-errors")
def draw_fault_errors(table: pd.DataFrame, axes: Axes) -> None:
    """Error of the currents over the share of stuck cells, with its deviation from map to map."""
    names = {"open": "stuck open", "on": "stuck on"}
    for k, (kind, part) in enumerate(table.groupby("kind", sort=False)):
        rate, error, apart = (100 * part[name].to_numpy() for name in ("rate", "error", "deviation"))
        axes.plot(rate, error, "o-", markersize=3, color=f"C{k}", label=names.get(str(kind), kind))
        axes.fill_between(
            rate, np.maximum(error - apart, error / 100), error + apart, color=f"C{k}", alpha=0.2, linewidth=0
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("Stuck cells (%)")
    axes.set_ylabel("Output current error (%)")
    axes.legend(loc="best")


@draws("product-cost")
def draw_product_cost(table: pd.DataFrame, axes: Axes) -> None:
    """Energy per matrix-vector product by part."""
    parts = table[table["part"] != "all"]
    factor, unit = axis_scale(parts["energy"].to_numpy(), "J")
    places = np.arange(len(parts))[::-1]
    axes.barh(places, factor * parts["energy"], height=0.6, color="C0")
    for place, row in zip(places, parts.to_dict("records"), strict=True):
        axes.annotate(
            f"{100 * row['share']:.2g} %, {row['provenance']}", (factor * row["energy"], place),
            xytext=(3, 0), textcoords="offset points", va="center", fontsize=7,
        )  # fmt: skip
    axes.set_yticks(places, parts["part"])
    axes.set_xlim(0, 1.45 * factor * parts["energy"].max())
    axes.set_xlabel(label("Energy per matrix-vector product", unit))
