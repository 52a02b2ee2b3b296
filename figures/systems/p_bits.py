"""Networks of p-bits: states of a full adder by their probability, and products visited on the way to factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...characterization.networks.study import FULL, NUMBERS, QUICK, study_p_bits
from ...devices.language.quantities.quantity import format_si
from ...devices.models.junctions.mtj import MTJ
from ..displayed import DisplayedFigure
from ..style import package_style
from .layout import letter
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@system("p-bits", device=lambda: MTJ.preset("borders2019-like"))
def make_p_bits(order: Order) -> Made:
    """P-bits of a junction's own rates: Boltzmann's distribution, and factors of 35, 161 and 945."""
    tables = study_p_bits(order.device, size=QUICK if order.quick else FULL, seed=order.seed)
    states, times = tables["states"], tables["times"]
    pulls = (states["share"] - states["stationary"]) / states["error"]
    off = np.abs(states["stationary"] / states["boltzmann"] - 1).max()
    told = [
        f"full adder: mean square of the shares' differences over their errors {np.mean(pulls**2):.2f}; the "
        f"junction's own distribution is at most {off:.2%} off Boltzmann's"
    ]
    for row in times.to_dict("records"):
        error = row["error"] / row["time"] * row["dwell_times"]
        told.append(
            f"{row['number']:.0f}, {row['p_bits']:.0f} p-bits: a solution after {format_si(row['time'], 's', 3)}, "
            f"{row['dwell_times']:.3g} +- {error:.1g} dwell times, with at most {format_si(row['energy'], 'J', 3)} in "
            f"the junctions; {row['unsolved']:.0f} runs found none; {row['clipped']:.1%} of the inputs at the end of "
            "the range"
        )
    return Made({"": times, "states": states, "products": tables["products"]}, {"": draw_p_bits(tables)}, told)


def draw_p_bits(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw probabilities of states, expected and sampled, and shares of products.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_p_bits`.
    """
    products = tables["products"]
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 4.6))
        panels = figure.subplots(2, 2).ravel()
        _draw_states(panels[0], tables["states"])
        for axes, number in zip(panels[1:], NUMBERS, strict=True):
            _draw_products(axes, products[products["number"] == number], number)
        panels[1].legend(loc="upper left", fontsize=6.5)
        for axes, name in zip(panels, "abcd", strict=True):
            letter(axes, name)
    return figure


def _draw_states(axes: Axes, table: pd.DataFrame) -> None:
    ends = np.array([0.7 * table["boltzmann"].min(), 1.4 * table["boltzmann"].max()])
    axes.plot(ends, ends, color="0.5", linewidth=0.8, label="equal")
    axes.errorbar(
        table["boltzmann"],
        table["share"],
        table["error"],
        fmt="o",
        markersize=3,
        capsize=1.5,
        elinewidth=0.6,
        label="p-bits",
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("Boltzmann probability")
    axes.set_ylabel("Measured probability")
    axes.set_title("states of a full adder", fontsize=7)
    axes.legend(loc="upper left", fontsize=6.5)


def _draw_products(axes: Axes, table: pd.DataFrame, number: int) -> None:
    right = (table["product"] == number).to_numpy()
    x = table["product"]
    axes.vlines(x[~right], 0, table["share"][~right], color="0.55", linewidth=1.2)
    axes.vlines(x[right], 0, table["share"][right], color="C1", linewidth=2.5)
    axes.errorbar(x, table["share"], table["error"], fmt="none", ecolor="0.2", elinewidth=0.6, label="standard error")
    axes.plot(x, table["boltzmann"], "o", color="C0", markersize=2, label="Boltzmann's law")
    axes.set_ylim(0, 1.3 * float((table["share"] + table["error"]).max()))
    axes.set_xlabel("Product")
    axes.set_ylabel("Measured probability")
    axes.set_title(f"factors of {number}", fontsize=7)
