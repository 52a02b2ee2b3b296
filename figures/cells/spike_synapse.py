"""Standard figures of the synapse between spiking neurons, and of a chain of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ...circuits.cells.neurons.neuron_chain import NeuronChain
from ...circuits.cells.synapses.spike_synapse import SpikeSynapse
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis


@draws(SpikeSynapse)
def draw_spike_synapse(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: charge of one spike over the weight. Right: largest current."""
    y = scaled_axis(table, left, "y", "charge", "Charge per spike")
    left.plot(table["weight"], y * table["charge"], "o", markersize=3, label="ngspice")
    left.plot(table["weight"], y * table["fitted"], color="0.6", label="proportional")
    left.set_xlabel("Weight")
    left.legend()
    peak = scaled_axis(table, right, "y", "peak", "Peak current")
    right.plot(table["weight"], peak * table["peak"], marker="o", markersize=3)
    right.set_xlabel("Weight")


@draws(NeuronChain)
def draw_neuron_chain(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: output of each neuron over time. Right: arrival time of the spike at each neuron."""
    times = table.attrs["spike_times"]
    factor, unit = axis_scale([0.0, *(time for row in times for time in row)], "s")
    left.eventplot(
        [factor * np.asarray(row, float) for row in times], lineoffsets=table["neuron"].tolist(), linelengths=0.7
    )
    left.set_xlabel(label("Spike time", unit))
    left.set_ylabel("Neuron")
    passed = np.cumsum(table["delay"].to_numpy())
    scale, unit = axis_scale(np.append(passed[np.isfinite(passed)], 0.0), "s")
    right.plot(table["neuron"], scale * passed, marker="o", markersize=3)
    right.set_xlabel("Neuron")
    right.set_ylabel(label("Delay from the first neuron", unit))
    for axis in (left.yaxis, right.xaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
