"""Standard figures of the synapses."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from ...circuits.cells.synapses.triplet_synapse import TripletSTDPSynapse
from ...devices.physics.triplet_rule import TRIPLETS, TripletRule
from ..drawing import draws
from ..style import label, scaled_axis


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
    left.set_ylabel("Change of $x$ towards the on state, $x = 0$")
    right.set_xlabel(
        left.get_xlabel().replace("$t_\\mathrm{post} - t_\\mathrm{pre}$", "$|t_\\mathrm{post} - t_\\mathrm{pre}|$")
    )
    right.set_ylabel("|Change of $x$|")
    left.legend()
    right.legend()


@draws(TripletSTDPSynapse)
def draw_triplet_synapse(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: change by pairs over their rate, in the time of the paper. Right: by triplets over that of the rule."""
    rule, scale = TripletRule(**table.attrs["rule"]), table.attrs["time_scale"]
    pairs = table[table["protocol"] == "pairs"]
    for delay, color in zip(pairs["delay"].unique().tolist(), ("C0", "C1"), strict=False):
        part = pairs[pairs["delay"] == delay]
        rates = np.linspace(part["frequency"].min(), part["frequency"].max(), 200)
        drawn = rates[1 / rates > abs(delay)]
        expected = [rule.of_pairs(delay, 1 / float(rate), table.attrs["pairs"]) for rate in drawn]
        name = f"{1e3 * delay / scale:+.0f} ms".replace("-", "\N{MINUS SIGN}")
        left.plot(scale * drawn, expected, color=color, label=f"rule, {name}")
        left.plot(scale * part["frequency"], part["change"], "o", color=color, markersize=3)
    left.plot([], [], "o", color="0.3", markersize=3, label="ngspice")
    left.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    left.set_xlabel(label("Rate in the paper's time", "Hz"))
    left.set_ylabel(f"Change towards the on state by {table.attrs['pairs']} pairs")
    left.legend(loc="upper left")
    for order, color in zip(TRIPLETS, ("C1", "C0"), strict=True):
        part = table[table["protocol"] == order]
        right.plot(100 * part["expected"], 100 * part["change"], "o", color=color, markersize=3, label=order)
    triplets = table[table["protocol"] != "pairs"]
    if len(triplets):
        ends = 100 * np.array([triplets["expected"].min(), triplets["expected"].max()])
        right.plot(ends, ends, color="0.6", zorder=0, label="the rule")
    right.set_xlabel("Change by a triplet in the rule (%)")
    right.set_ylabel("Change towards the on state in ngspice (%)")
    right.legend()
