"""Energy: the watts that the article names, and joules of operations, synaptic events and inferences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ...characterization.systems.energy.study import BENCHES, HOW, study_energy
from ...devices.language.quantities.quantity import format_si
from ...devices.models.spin.neuron_magnet import NeuronMagnet
from ..displayed import DisplayedFigure
from ..style import package_style
from .layout import letter
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Panels: quantity, and what is on its axis.
PANELS = {
    "power": "Power (W)",
    "event": "Energy of a synaptic event (J)",
    "operation": "Energy of a spike or decision (J)",
    "inference": "Energy of an inference (J)",
}
#: Colours by how a number was got.
COLOURS = {"measured": "C2", "derived": "C0", "second-hand": "C1", "assumed": "0.6"}


@system("energy", device=lambda: NeuronMagnet.preset("sharad2012-like"))
def make_energy(order: Order) -> Made:
    """Energy of systems and cells, periphery included, beside the watts of the article, each with its provenance."""
    table = study_energy(
        order.device,
        benches=() if order.quick else BENCHES,
        seed=order.seed,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    return Made({"": table}, {"": draw_energy(table)}, _told(table))


def _told(table: pd.DataFrame) -> list[str]:
    told = []
    for row in table.to_dict("records"):
        own = str(row["unit"])
        total, around = (format_si(float(row[name]), own, 3) for name in ("total", "periphery"))
        of_it = f", of it periphery {around} ({row['periphery_how']})" if row["periphery"] else ""
        told.append(f"{row['system']}, {row['quantity']}: {total}{of_it} ({row['how']}: {row['source']})")
    return told


def draw_energy(table: pd.DataFrame) -> Figure:
    """Draw bars of all numbers, one panel for each quantity.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of :func:`study_energy`.
    """
    counts = [int((table["quantity"] == quantity).sum()) for quantity in PANELS]
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 0.8 + 0.21 * sum(counts) + 0.45 * len(counts)))
        panels = figure.subplots(len(PANELS), 1, height_ratios=[count + 1.2 for count in counts])
        for axes, (quantity, words), name in zip(panels, PANELS.items(), "abcd", strict=True):
            _draw_bars(axes, table[table["quantity"] == quantity].sort_values("total"), words)
            letter(axes, name)
        _draw_legend(panels[0])
    return figure


def _draw_bars(axes: Axes, rows: pd.DataFrame, words: str) -> None:
    low = 10 ** (-1.0) * float(rows["devices"][rows["devices"] > 0].min())
    for place, row in enumerate(rows.to_dict("records")):
        colour = COLOURS[row["how"]]
        total, around = float(row["total"]), float(row["periphery"])
        bars: dict[str, Any] = {"height": 0.62, "left": low, "linewidth": 0.8}
        if around:
            how = COLOURS[row["periphery_how"]]
            axes.barh(place, total - low, facecolor="white", hatch="////", edgecolor=how, **bars)
        axes.barh(place, float(row["devices"]) - low, facecolor=colour, edgecolor=colour, **bars)
        axes.text(total * 1.25, place, format_si(total, str(row["unit"]), 3), fontsize=6, va="center")
    axes.set_xscale("log")
    axes.set_xlim(low, 60 * float(rows["total"].max()))
    names = [f"{row['system']}" for row in rows.to_dict("records")]
    axes.set_yticks(range(len(names)), names, fontsize=6.5)
    for tick, ours in zip(axes.get_yticklabels(), rows["ours"], strict=True):
        tick.set_color("0.1" if ours else "0.45")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(words)


def _draw_legend(axes: Axes) -> None:
    from matplotlib.patches import Patch

    parts = [Patch(facecolor=COLOURS[how], edgecolor=COLOURS[how], label=how) for how in HOW]
    parts.append(Patch(facecolor="white", edgecolor="0.3", hatch="////", label="periphery"))
    axes.legend(handles=parts, ncols=5, loc="lower center", bbox_to_anchor=(0.52, 1.0), fontsize=6.5, columnspacing=1.0)
