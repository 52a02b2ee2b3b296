"""Standard figures of the synapses."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from ..drawing import draws
from ..style import scaled_axis


@draws(DifferentialSynapse)
def draw_differential_synapse(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: difference of the two currents over the weight. Right: how far it is from the ideal product."""
    y = scaled_axis(table, left, "y", "difference", "Current difference")
    left.plot(table["weight"], y * table["difference"], "o", markersize=3, label="ngspice")
    left.plot(table["weight"], y * table["ideal"], color="0.6", label="ideal product")
    left.set_xlabel("Weight")
    left.legend()
    full = table["ideal"].abs().max()
    right.plot(table["weight"], 100 * (table["difference"] - table["ideal"]) / full, marker="o", markersize=3)
    right.set_xlabel("Weight")
    right.set_ylabel("Deviation (% of full scale)")


@draws(STDPSynapse)
def draw_stdp_synapse(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: change of the weight over the time between spikes. Right: its size, on a logarithmic scale."""
    x = scaled_axis(table, left, "x", "delay", "$t_\\mathrm{post} - t_\\mathrm{pre}$")
    for sign, color, name in ((1, "C0", "potentiation"), (-1, "C1", "depression")):
        part = table[np.sign(table["delay"]) == sign]
        tau = table.attrs["fitted_time_constants"][1 if sign > 0 else 0]
        left.plot(x * part["delay"], part["change"], "o", color=color, markersize=3, label=name)
        left.plot(x * part["delay"], part["fitted"], color=color)
        right.semilogy(x * part["delay"].abs(), part["change"].abs(), "o", color=color, markersize=3, label=name)
        right.semilogy(x * part["delay"].abs(), part["fitted"].abs(), color=color, label=f"exp, {1e9 * tau:.0f} ns")
    left.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    left.set_ylabel("Δx")
    right.set_xlabel(
        left.get_xlabel().replace("$t_\\mathrm{post} - t_\\mathrm{pre}$", "$|t_\\mathrm{post} - t_\\mathrm{pre}|$")
    )
    right.set_ylabel("|Δx|")
    left.legend()
    right.legend()
