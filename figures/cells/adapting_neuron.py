"""Standard figure of the neuron that adapts."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.neurons.adapting_neuron import AdaptingNeuron
from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import scaled_axis


@draws(AdaptingNeuron)
def draw_adapting_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: every interval beside the design's first and last one. Right: rate over current, first and adapted."""
    y = scaled_axis(table, left, "y", "interval", "Interspike interval")
    parts = list(table.groupby("current", sort=True))
    for k, (current, part) in enumerate(parts):
        name = format_si(float(str(current)), "A")
        left.plot(part["number"], y * part["interval"], "o-", color=f"C{k}", markersize=3, label=name)
        ends = part["number"].iloc[[0, -1]]
        for which in ("designed_first", "designed_last"):
            left.plot(ends, [y * part[which].iloc[0]] * 2, ":", color=f"C{k}", linewidth=0.8)
    left.set_ylim(top=1.3 * y * table["designed_last"].max())
    left.set_xlabel("Interval number")
    left.legend(title="input; dotted: design", fontsize=7, title_fontsize=7)
    rates = pd.DataFrame(
        {
            "current": [current for current, _ in parts],
            "first": [1 / part["interval"].iloc[0] for _, part in parts],
            "last": [1 / part["interval"].iloc[-1] for _, part in parts],
            "designed_first": [1 / part["designed_first"].iloc[0] for _, part in parts],
            "designed_last": [1 / part["designed_last"].iloc[0] for _, part in parts],
        }
    )
    x = scaled_axis(table, right, "x", "current", "Input current")
    for k, (name, words) in enumerate((("first", "first interval"), ("last", "adapted"))):
        right.plot(x * rates["current"], 1e-6 * rates[name], "o", color=f"C{k + 3}", markersize=4, label=words)
        right.plot(x * rates["current"], 1e-6 * rates[f"designed_{name}"], color=f"C{k + 3}", label=f"{words}, design")
    right.set_ylabel("Firing rate (MHz)")
    right.set_ylim(bottom=0)
    right.legend(fontsize=7)
