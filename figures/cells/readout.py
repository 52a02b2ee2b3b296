"""Standard figures of sense amplifier, comparator and inverter."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.logic.readout import LatchComparator, SenseAmplifier
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis
from .log_axis import plain_numbers


@draws(SenseAmplifier)
def draw_sense_amplifier(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: decision and delay over the ratio of the resistances. Right: energy of one cycle."""
    _draw(table, left, right, table["ratio"], "Left resistance over right one")
    for axes in (left, right):
        axes.set_xscale("log")
        plain_numbers(axes.xaxis)


@draws(LatchComparator)
def draw_latch_comparator(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: delay over the input difference. Right: energy of one cycle."""
    factor, unit = axis_scale(table["difference"], "V")
    _draw(table, left, right, factor * table["difference"].abs(), label("|Input difference|", unit))
    for axes in (left, right):
        axes.set_xscale("log")
        plain_numbers(axes.xaxis)


def _draw(table: pd.DataFrame, left: Axes, right: Axes, x: pd.Series[float], xlabel: str) -> None:
    delay = scaled_axis(table, left, "y", "delay", "Decision delay")
    factor, unit = axis_scale(table[["energy_supply", "energy_inputs"]].to_numpy().ravel(), "J")
    for value, name, style in ((1.0, "output high", "o-C0"), (0.0, "output low", "x--C1")):
        part = table["decision"] == value
        left.plot(x[part], delay * table["delay"][part], style, markersize=4, label=name)
    right.plot(x, factor * table["energy_supply"], "o", markersize=3, label="from the supply")
    right.plot(x, factor * table["energy_inputs"], "o", markersize=3, label="from clock and inputs")
    right.set_ylabel(label("Energy per cycle", unit))
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.set_xlabel(xlabel)
        axes.legend()
