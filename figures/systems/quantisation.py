"""Synapses with one level: weights and levels, accuracy in all combinations of three methods, and with variation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.quantisation.study import COMBINATIONS, FULL, METHODS, QUICK, study_quantisation
from ...devices.models.memristors.sky130_reram import Sky130RERAM
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What the publication says, of MNIST and of CIFAR-10. [%]
PUBLISHED_GAINS = {"distribution_aware": 1.52, "regularised": 1.26, "bias_tuned": 0.40}
PUBLISHED_DROPS = {"perceptron": ("MNIST", 0.19), "convolutional": ("CIFAR-10", 5.53)}
#: Combinations that are drawn over the variation: number of methods and colour.
SHOWN = {(False, False, False): "0.4", (False, False, True): "C0", (True, True, False): "C1", (True, True, True): "C4"}


@system("quantisation", device=lambda: Sky130RERAM.preset("skywater2020"))
def make_quantisation(order: Order) -> Made:
    """Synapses with one level: distribution-aware quantisation, regularisation and bias tuning, on two networks."""
    tables = study_quantisation(
        order.device,
        size=QUICK if order.quick else FULL,
        data=order.data,
        seed=order.seed,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    named = {name if name != "accuracy" else "": table for name, table in tables.items()}
    return Made(named, {"": draw(tables)}, _told(tables))


def combined(methods: tuple[bool, ...]) -> str:
    """A combination of methods in letters."""
    return "+".join(short for (short, _), used in zip(METHODS.values(), methods, strict=True) if used) or "none"


def _told(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    accuracy, ideal = tables["accuracy"], tables["ideal"]
    attrs, lines = accuracy.attrs, []
    for name, images in attrs["data"].items():
        own, best = accuracy[accuracy["network"] == name], ideal[ideal["network"] == name]["accuracy"]
        lines.append(f"{name} on {images}, {attrs['used'][name]:,} used to train; ideal {_percent(best)}")
        still = own[own["variation"] == 0]
        base = _of(still, COMBINATIONS[0])
        for methods in COMBINATIONS:
            found = _of(still, methods)
            gain = f", {_percent(found - base, signed=True)} over none" if any(methods) else ""
            lines.append(f"    {combined(methods)}: {_percent(found)}{gain}")
        drop = best.to_numpy() - _of(still, COMBINATIONS[-1])
        published, least = PUBLISHED_DROPS[name]
        lines.append(f"    drop to the ideal with all: {_percent(drop)}; published on all of {published}: {least:g} %")
        last = own[own["variation"] == own["variation"].max()]
        for methods in SHOWN:
            text = _percent(_of(last, methods))
            lines.append(f"    variation {100 * last['variation'].iloc[0]:g} %, {combined(methods)}: {text}")
    gains = ", ".join(f"{METHODS[name][0]} +{gain:.2f} %" for name, gain in PUBLISHED_GAINS.items())
    lines.append(f"published gains of single methods, perceptron on all of MNIST: {gains} (second-hand)")
    if attrs["stand_ins"]:
        lines.append("digits stand in for MNIST: its numbers are not comparable")
    lines += [f"left out: {name}. {text}" for name, text in attrs["missing"].items()]
    return lines


def _of(table: pd.DataFrame, methods: tuple[bool, ...]) -> np.ndarray:
    """Accuracies of a combination, by trial."""
    chosen = np.logical_and.reduce([table[name] == used for name, used in zip(METHODS, methods, strict=True)])
    return np.asarray(table[chosen].sort_values("trial")["accuracy"], dtype=float)


def _percent(values: Any, *, signed: bool = False) -> str:
    numbers = 100 * np.asarray(values)
    spread = np.std(numbers, ddof=1) if len(numbers) > 1 else np.nan
    return f"{numbers.mean():{'+' if signed else ''}.2f} +- {spread:.2f} % (n = {len(numbers)})"


def draw(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_quantisation`.
    """
    accuracy, ideal = tables["accuracy"], tables["ideal"]
    networks = list(accuracy.attrs["data"])
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 2.1 + 1.9 * len(networks)))
        top, *rows = np.atleast_1d(
            np.asarray(figure.subfigures(1 + len(networks), 1, height_ratios=[0.9] + [1.0] * len(networks)))
        )
        layers = int(tables["weights"]["layer"].max())
        letters = iter("abcdefg")
        panels = np.atleast_1d(top.subplots(1, layers, sharey=True))
        for number, axes in enumerate(panels, 1):
            _draw_weights(axes, tables["weights"], number)
        panels[0].set_ylabel("Density")
        panels[-1].legend(loc="upper right", fontsize=6, handlelength=1.2)
        letter(panels[0], next(letters))
        for row, name in zip(rows, networks, strict=True):
            bars, lines = row.subplots(1, 2, width_ratios=(1.5, 1.0))
            own = accuracy[accuracy["network"] == name]
            best = ideal[ideal["network"] == name]["accuracy"]
            _draw_combinations(bars, own, best)
            _draw_variation(lines, own, best)
            words = accuracy.attrs["data"][name].split(",")[0]
            bars.set_title(f"{name} network, {words}", fontsize=7)
            letter(bars, next(letters))
            letter(lines, next(letters))
        figure.suptitle(title_of(accuracy), fontsize=8)
    return figure


def _draw_weights(axes: Axes, table: pd.DataFrame, number: int) -> None:
    own = table[table["layer"] == number]
    axes.fill_between(own["weight"], own["density"], step="mid", color="0.75", label="not pulled")
    axes.step(own["weight"], own["pulled_density"], where="mid", color="C1", linewidth=0.9, label="pulled (QR)")
    for level in (-1, 0, 1):
        axes.axvline(level, color="0.2", linestyle=":", linewidth=0.7, zorder=0)
    axes.set_yscale("symlog", linthresh=0.1)
    axes.set_ylim(0, 200)
    axes.set_yticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    axes.set_xlim(-2, 2)
    axes.set_xlabel("Weight / level")
    axes.set_title(f"layer {number}, level {own['level'].iloc[0]:.3f}", fontsize=7)


def _draw_combinations(axes: Axes, table: pd.DataFrame, ideal: pd.Series) -> None:
    still = table[table["variation"] == 0]
    values = [100 * _of(still, methods) for methods in COMBINATIONS]
    order = sorted(range(len(COMBINATIONS)), key=lambda k: (sum(COMBINATIONS[k]), k))
    means = [values[k].mean() for k in order]
    spreads = [values[k].std(ddof=1) if len(values[k]) > 1 else 0.0 for k in order]
    style: dict[str, Any] = {"marker": "o", "markersize": 4.5, "capsize": 3, "elinewidth": 1.0}
    for place, k in enumerate(order):  # of as many methods in a colour
        colour = ("0.4", "C0", "C1", "C4")[sum(COMBINATIONS[k])]
        axes.errorbar(place, means[place], yerr=percent_bars(means[place], spreads[place]), color=colour, **style)
    mean, spread = 100 * ideal.mean(), 100 * ideal.std(ddof=1) if len(ideal) > 1 else 0.0
    axes.axhline(mean, color="0.1", linestyle="--", linewidth=0.8, label="not quantised")
    axes.axhspan(mean - spread, mean + spread, color="0.1", alpha=0.12, linewidth=0)
    low = min(m - s for m, s in zip(means, spreads, strict=True))
    span = max(mean - low, 1.0)
    axes.set_ylim(low - 0.25 * span, mean + 0.35 * span)
    axes.set_xticks(range(len(order)), [combined(COMBINATIONS[k]).replace("+", "+\n") for k in order], fontsize=6)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.set_ylabel("Accuracy (%)")
    axes.legend(loc="upper left")


def _draw_variation(axes: Axes, table: pd.DataFrame, ideal: pd.Series) -> None:
    variations = sorted(table["variation"].unique().tolist())
    for (methods, colour), marker in zip(SHOWN.items(), "osD^", strict=True):
        groups = [100 * _of(table[table["variation"] == v], methods) for v in variations]
        spread = [g.std(ddof=1) if len(g) > 1 else 0.0 for g in groups]
        style: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 3, "capsize": 2, "elinewidth": 0.8}
        mean = [g.mean() for g in groups]
        at = [100 * v for v in variations]
        axes.errorbar(at, mean, yerr=percent_bars(mean, spread), label=combined(methods), **style)
    axes.axhline(100 * ideal.mean(), color="0.1", linestyle="--", linewidth=0.8)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.4 * (high - low), high)  # room for the legend
    axes.set_xlabel("Device variation (%)")
    axes.set_ylabel("Accuracy (%)")
    axes.legend(loc="lower left", fontsize=6, ncols=2, columnspacing=1.0)
