"""Training with the hardware in the loop: accuracy of every batch, in software and on substrates, and in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.training.in_the_loop import UPDATES
from ...characterization.systems.training.study import FULL, QUICK, STAGES, SUBSTRATES, study_in_the_loop
from ...devices.models.memristors.pcm import PhaseChangeMemory
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours of the updates.
COLOURS = {"exact": "C0", "three values": "C1", "sign": "C4"}
#: Distance of accuracies that counts as near [1], and steps at the end of training in software with which they compare.
NEAR, LAST = 0.05, 20
#: Labels of the neurons' drives.
DRIVES = {"memristive": "Drive", "spin": "Drive (thermal widths)"}


@system("in-the-loop", device=lambda: PhaseChangeMemory.preset("joshi2020"))
def make_in_the_loop(order: Order) -> Made:
    """Training with the hardware in the loop: a network on analog substrates whose devices all differ."""
    tables = study_in_the_loop(
        order.device,
        size=QUICK if order.quick else FULL,
        data=order.data,
        seed=order.seed,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    named = {name if name != "accuracy" else "": table for name, table in tables.items()}
    return Made(named, {"": draw(tables)}, _told(tables))


def _told(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    accuracy, attrs = tables["accuracy"], tables["accuracy"].attrs
    lines = [f"five classes of {attrs['data']}; tested on {attrs['test_images']} images of these classes"]
    for name, words in SUBSTRATES.items():
        for update, (_, kind) in UPDATES.items():
            own = accuracy[(accuracy["substrate"] == name) & (accuracy["update"] == update) & (accuracy["scale"] == 1)]
            parts = []
            for stage in STAGES:
                found = 100 * own[own["stage"] == stage]["accuracy"]
                parts.append(f"{stage} {found.mean():.1f} +- {found.std():.1f} %")
            lines.append(f"{words}, updates {kind}: {', '.join(parts)} (n = {own['run'].nunique()})")
            lines.append(f"    within 5 % of software, median of batches, {_back(tables['batches'], name, update)}")
    lines.append("published: 72 % after transfer, 95 % after training in the loop (Schmitt 2017, second-hand)")
    if attrs["stand_in"]:
        lines.append("digits stand in for MNIST: numbers are not comparable")
    return lines


def _back(table: pd.DataFrame, substrate: str, update: str) -> str:
    """After how many steps in the loop the median is near that of the end of training in software, and stays there."""
    own = table[(table["substrate"] == substrate) & (table["update"] == update)]
    phases = {phase: part.sort_values("step")["quantile_50"].to_numpy() for phase, part in own.groupby("phase")}
    far = np.flatnonzero(phases["in the loop"] < np.mean(phases["software"][-LAST:]) - NEAR)
    steps = int(far[-1]) + 1 if len(far) else 0
    return f"after {steps} step{'s' * (steps != 1)}" if steps < len(phases["in the loop"]) else "not in these steps"


def draw(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_in_the_loop`.
    """
    letters = iter("abcdefghij")
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 6.2))
        *rows, last = np.asarray(figure.subfigures(len(SUBSTRATES) + 1, 1, height_ratios=[1.1] * 2 + [0.85]))
        sweeps = last.subplots(1, len(SUBSTRATES), sharey=True)
        for row, sweep, (name, words) in zip(rows, sweeps, SUBSTRATES.items(), strict=True):
            tables_of = {key: table[table["substrate"] == name] for key, table in tables.items()}
            neuron, software, looped, ends = row.subplots(1, 4, width_ratios=(1.0, 0.9, 1.2, 1.1))
            _draw_neurons(neuron, tables_of["neurons"])
            neuron.set_xlabel(DRIVES[name])
            batches = tables_of["batches"]
            _draw_band(software, batches, "software", "exact")
            software.set_ylabel("Batch accuracy (%)")
            software.set_title("software", fontsize=7)
            for update in UPDATES:
                _draw_band(looped, batches, "in the loop", update)
            looped.sharey(software)
            looped.tick_params(labelleft=False)
            looped.set_title("in the loop", fontsize=7)
            looped.legend(loc="lower right", fontsize=6, handlelength=1.2)
            usual = tables_of["accuracy"]["scale"] == 1
            _draw_ends(ends, tables_of["accuracy"][usual])
            _draw_spreads(sweep, tables_of["accuracy"])
            sweep.set_title(words, fontsize=7)
            for axes in (software, looped):
                axes.set_xlabel("Training step")
                axes.set_ylim(0, 103)
            row.suptitle(words, fontsize=7.5)
            for axes in (neuron, software, looped, ends):
                letter(axes, next(letters))
        for sweep in sweeps:
            letter(sweep, next(letters))
        sweeps[0].set_ylabel("Validation accuracy (%)")
        sweeps[0].legend(loc="lower left", fontsize=6)
        figure.suptitle(title_of(tables["accuracy"]), fontsize=8)
    return figure


def _draw_neurons(axes: Axes, table: pd.DataFrame) -> None:
    low, high = table["quantile_05"], table["quantile_95"]
    axes.fill_between(table["drive"], low, high, color="C2", alpha=0.3, linewidth=0, label="5 to 95 %")
    axes.plot(table["drive"], table["median"], color="C2", linewidth=0.9, label="substrate")
    axes.plot(table["drive"], table["software"], color="0.2", linestyle="--", linewidth=0.9, label="software")
    axes.set_ylabel("Neuron activity")
    axes.set_ylim(top=1.35 * max(high.max(), table["software"].max()))
    axes.legend(loc="upper left", fontsize=6, handlelength=1.4)


def _draw_band(axes: Axes, table: pd.DataFrame, phase: str, update: str) -> None:
    own, colour = table[(table["phase"] == phase) & (table["update"] == update)], COLOURS[update]
    if update == "exact":
        for (low, high), alpha in (((5, 95), 0.18), ((25, 75), 0.35)):
            bottom, top = (100 * own[f"quantile_{edge:02d}"] for edge in (low, high))
            axes.fill_between(own["step"], bottom, top, color=colour, alpha=alpha, linewidth=0)
    axes.plot(own["step"], 100 * own["quantile_50"], color=colour, linewidth=0.9, label=UPDATES[update][1])
    axes.set_xlim(0, own["step"].max())


def _draw_ends(axes: Axes, table: pd.DataFrame) -> None:
    places, names = [], []
    for number, (stage, update) in enumerate(
        [("software", "exact"), ("transferred", "exact"), *(("in the loop", update) for update in UPDATES)]
    ):
        own = 100 * table[(table["stage"] == stage) & (table["update"] == update)]["accuracy"]
        colour = COLOURS[update] if stage == "in the loop" else "0.5"
        bars = percent_bars(own.mean(), own.std())
        axes.errorbar(number, own.mean(), yerr=bars, color=colour, marker="o", markersize=3.5, capsize=2.5)
        places.append(number)
        names.append(stage if stage != "in the loop" else f"loop, {update}")
    axes.set_xticks(places, names, rotation=35, ha="right", rotation_mode="anchor", fontsize=6)
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_ylim(0, 103)
    axes.set_ylabel("Validation accuracy (%)")


def _draw_spreads(axes: Axes, table: pd.DataFrame) -> None:
    exact = table[table["update"] == "exact"]
    for (stage, colour), marker in zip({"transferred": "0.5", "in the loop": "C0"}.items(), "so", strict=True):
        groups = 100 * exact[exact["stage"] == stage].set_index("scale")["accuracy"]
        mean, spread = groups.groupby(level=0).mean(), groups.groupby(level=0).std()
        style: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 3, "capsize": 2}
        axes.errorbar(mean.index, mean, yerr=percent_bars(mean, spread), label=stage, **style)
    ideal = 100 * exact[exact["stage"] == "software"]["accuracy"].mean()
    axes.axhline(ideal, color="0.1", linestyle="--", linewidth=0.8, label="software")
    axes.set_xlabel("Device variation / nominal variation")
    axes.set_ylim(0, 103)
