"""Sines and squares told apart by one oscillator: its course, its output, its error map, and controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.waveforms.study import FULL, NETWORKS, QUICK, study_waveforms
from ...characterization.systems.waveforms.task import MEMORYLESS, NODES, POINTS
from ...devices.models.oscillators.vortex import VortexOscillator
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style, scaled_axis
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Periods of the input that are drawn; and points of it whose nodes are.
PERIODS, ZOOMED = 8, 3
#: Networks in a line or two of a figure.
SHORT = {
    "oscillator": "one\noscillator",
    "spatial": "24 side\nby side",
    "no-memory": "without\nmemory",
    "no-oscillator": "without\noscillator",
}


@system("waveforms", device=lambda: VortexOscillator.preset("torrejon2017-like"))
def make_waveforms(order: Order) -> Made:
    """Sine and square waveforms told apart by one oscillator with 24 virtual neurons, beside controls."""
    size = QUICK if order.quick else FULL
    tables = study_waveforms(
        order.device, size=size, seed=order.seed, checkpoint=order.checkpoint, progress=order.progress
    )
    errors = tables["errors"]
    point = errors.attrs["working_point"]
    told = [
        f"working point {1e3 * point['bias']:.3g} mA, input {1e3 * point['swing']:.3g} mA, "
        f"node time {1e9 * point['node_time']:.3g} ns, a half of the relaxation time of the middle of the map"
    ]
    told.append(
        f"with noise the model is outside its range in {100 * errors.attrs['outside']:.2g} % of the time at that point"
    )
    for temperature in errors["temperature"].unique().tolist():
        for name, words in NETWORKS.items():
            own = errors[(errors["network"] == name) & (errors["temperature"] == temperature)]
            parts = [
                f"{100 * (1 - own[column].mean()):.1f} +- {100 * np.std(own[column]):.1f} % of {what}"
                for column, what in (("point_error", "points"), ("period_error", "periods"))
            ]
            told.append(f"{temperature:g} K, {words}: right {', '.join(parts)} ({len(own)} trials)")
    told.append("published: above 99 % (Markovic 2019, an oscillator locked to its input; abstract)")
    return Made({name if name != "errors" else "": table for name, table in tables.items()}, {"": draw(tables)}, told)


def draw(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_waveforms`.
    """
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 5.6))
        left, right = np.asarray(figure.subfigures(1, 2, width_ratios=(1.25, 1.0)))
        course = left.subplots(4, 1, height_ratios=(0.8, 1.2, 0.9, 1.2))
        sides = right.subplots(3, 1, height_ratios=(1.3, 1.1, 0.9))
        _draw_input(course[0], tables["outputs"])
        _draw_outputs(course[1], tables["outputs"])
        course[0].sharex(course[1])
        _draw_nodes(course[2], course[3], tables["amplitude"])
        _draw_map(sides[0], tables["map"])
        _draw_errors(sides[1], tables["errors"])
        _draw_temperatures(sides[2], tables["temperatures"])
        for axes, name in zip((*course, *sides), "abcdefg", strict=True):
            letter(axes, name)
        figure.suptitle(title_of(tables["errors"]), fontsize=8)
    return figure


def _draw_input(axes: Axes, outputs: pd.DataFrame) -> None:
    shown = outputs[: PERIODS * POINTS]
    number = np.arange(len(shown))
    axes.plot(number, shown["input"], color="0.6", linewidth=0.7)
    axes.plot(number, shown["input"], "o", color="C1", markersize=2)
    axes.set_ylabel("Input")
    axes.set_ylim(-1.3, 1.3)
    axes.tick_params(labelbottom=False)


def _draw_outputs(axes: Axes, outputs: pd.DataFrame) -> None:
    shown = outputs[: PERIODS * POINTS]
    number = np.arange(len(shown))
    axes.step(number, shown["target"], where="mid", color="0.6", linewidth=1.0, label="target")
    mean = shown["output"].to_numpy().reshape(-1, POINTS).mean(axis=1)
    axes.plot(number, shown["output"], "o", color="C0", markersize=2, label="output")
    axes.step(number, np.repeat(mean, POINTS), where="mid", color="C0", linewidth=0.9, label="mean of a period")
    axes.axhline(0.5, color="0.7", linestyle=":", linewidth=0.8)
    axes.set_xlabel("Point")
    axes.set_ylabel("Output")
    low, high = shown["output"].min(), shown["output"].max()
    axes.set_ylim(min(-0.3, low - 0.1), max(1.3, high) + 0.55)
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.legend(ncols=3, loc="upper center", columnspacing=1.0, handlelength=1.4)


def _draw_nodes(drive: Axes, answer: Axes, amplitude: pd.DataFrame) -> None:
    point = amplitude["time"].iloc[0] * NODES * _samples(amplitude)
    after = amplitude["time"] > point * (1 + 1e-9)  # the first point is zero: nothing of the mask is seen
    shown = amplitude[after & (amplitude["time"] <= (1 + ZOOMED) * point * (1 + 1e-9))]
    t = scaled_axis(shown, answer, "x", "time", "Time")
    i = scaled_axis(shown, drive, "y", "drive", "Current")
    drive.step(t * shown["time"], i * shown["drive"], where="pre", linewidth=0.7, color="0.3")
    answer.plot(t * shown["time"], shown["amplitude"], linewidth=0.9)
    nodes = shown.iloc[_samples(amplitude) - 1 :: _samples(amplitude)]
    answer.plot(t * nodes["time"], nodes["amplitude"], "o", markersize=1.6, color="C1", label="virtual neurons")
    for axes in (drive, answer):
        for k in range(2, ZOOMED + 1):
            axes.axvline(t * k * point, color="0.7", linestyle=":", linewidth=0.8)
        axes.margins(x=0)
    drive.sharex(answer)
    drive.tick_params(labelbottom=False)
    answer.set_ylabel("Amplitude")
    low, high = nodes["amplitude"].min(), nodes["amplitude"].max()
    answer.set_ylim(low - 0.1 * (high - low), high + 0.45 * (high - low))
    answer.legend(loc="upper right")


def _samples(amplitude: pd.DataFrame) -> int:
    """Samples in a node time."""
    return round(float(amplitude.attrs["working_point"]["node_time"]) / float(amplitude["time"].iloc[0]))


def _draw_map(axes: Axes, table: pd.DataFrame) -> None:
    other = table.columns[1]
    x = scaled_axis(table, axes, "x", "bias", "DC current")
    y = scaled_axis(table, axes, "y", other, "Perpendicular field" if other != "swing" else "Input current")
    grid = table.pivot_table(index=other, columns="bias", values="point_error", dropna=False)
    axes.set_facecolor("0.85")  # where a cell is NaN
    image = axes.pcolormesh(
        x * grid.columns.to_numpy(dtype=float),
        y * grid.index.to_numpy(dtype=float),
        100 * grid.to_numpy(),
        cmap="viridis_r",
        vmin=0,
        vmax=50,
        shading="nearest",
    )
    axes.figure.colorbar(image, ax=axes, label="Error at points (%)")
    point = table.attrs["working_point"]
    at = point["swing"] if other == "swing" else point[other]
    axes.plot(x * point["bias"], y * at, "*", color="C1", markersize=8, markeredgecolor="white", markeredgewidth=0.5)
    axes.spines[["top", "right"]].set_visible(True)
    if grid.isna().any().any():
        axes.set_title("grey: beyond the model's range", fontsize=6.5, color="0.35", loc="right")


def _draw_errors(axes: Axes, errors: pd.DataFrame) -> None:
    noisy = errors["temperature"] > 0
    groups, quiet = errors[noisy].groupby("network"), errors[~noisy].groupby("network")
    names = list(NETWORKS)
    for k, (column, words) in enumerate((("point_error", "points"), ("period_error", "periods"))):
        mean, spread = 100 * groups[column].mean()[names], 100 * groups[column].std()[names]
        place = np.arange(len(names)) + 0.38 * (k - 0.5)
        bars: dict[str, Any] = {"yerr": percent_bars(mean, spread), "capsize": 2, "error_kw": {"linewidth": 0.8}}
        axes.bar(place, mean, 0.36, color=("C0", "C4")[k], label=words, **bars)
        still = 100 * quiet[column].mean()[names]
        style: dict[str, Any] = {
            "linestyle": "none",
            "marker": "D",
            "markersize": 3.5,
            "color": "white",
            "markeredgecolor": "0.1",
        }
        axes.plot(place, still, label="without noise" if k else None, clip_on=False, markeredgewidth=0.7, **style)
    axes.axhline(100 * MEMORYLESS, color="0.1", linestyle="--", linewidth=0.8, label="bound without memory")
    axes.set_xticks(range(len(names)), [SHORT[name] for name in names])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("Error (%)")
    axes.set_ylim(0, 96)
    axes.set_yticks(range(0, 61, 20))
    axes.legend(ncols=2, loc="upper center", columnspacing=1.0, handlelength=1.4, fontsize=6.5)


def _draw_temperatures(axes: Axes, table: pd.DataFrame) -> None:
    groups = table.groupby("temperature")
    for column, words, colour, marker in (("point_error", "points", "C0", "o"), ("period_error", "periods", "C4", "s")):
        mean, spread = 100 * groups[column].mean(), 100 * groups[column].std()
        style: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 3, "capsize": 2, "elinewidth": 0.8}
        axes.errorbar(mean.index, mean, yerr=percent_bars(mean, spread), label=words, **style)
    axes.set_xlabel("Noise temperature (K)")
    axes.set_ylabel("Error (%)")
    axes.set_ylim(bottom=-1)
    axes.legend(loc="best")
