"""Standard figure of the neuron whose switch heats itself."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.neurons.mott_neuron import MottNeuron
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis

_PARTS = {"energy_inputs": "from the input", "energy_devices": "into the switch"}


@draws(MottNeuron)
def draw_mott_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: firing rate over the current, and that by the static curve. Right: energy of one spike."""
    x = scaled_axis(table, left, "x", "current", "Input current")
    y = scaled_axis(table, left, "y", "rate", "Firing rate")
    left.plot(x * table["current"], y * table["rate"], "o", markersize=3, label="ngspice")
    inside = table[table["slow_rate"] > 0]
    left.plot(x * inside["current"], y * inside["slow_rate"], color="0.6", label="slow membrane")
    for k, current in enumerate(table.attrs["firing_currents"]):
        left.axvline(x * current, color="0.6", linestyle=":", label=None if k else "turning points")
    left.set_ylim(bottom=0)
    left.legend()
    right.set_xlabel(left.get_xlabel())
    firing = table[table["rate"] > 0]
    factor, unit = axis_scale(firing[list(_PARTS)].to_numpy().ravel() if len(firing) else [1.0], "J")
    for column, name in _PARTS.items():
        right.plot(x * firing["current"], factor * firing[column], marker="o", markersize=3, label=name)
    right.set_ylabel(label("Energy per spike", unit))
    right.set_ylim(bottom=0)
    right.legend()
    for axes in (left, right):
        axes.set_xscale("log")
    right.set_xlim(left.get_xlim())
