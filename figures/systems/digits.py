"""Spoken digits told by one oscillator: accuracies beside the front ends alone, and what noise, training, drift do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.spoken_digits.study import FULL, KINDS, QUICK, study_digits
from ...devices.models.oscillators.vortex import VortexOscillator
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style, scaled_axis
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Nodes that are drawn.
NODES = 60
#: What the readout sees, in words, with colour and marker.
FEATURES = {"front end": ("alone", "0.55", "s"), "oscillator": ("oscillator", "C0", "o")}
#: Published accuracies, beside which ours are told.
PUBLISHED = (
    "published, TI-46, same speakers: oscillator up to 99.6 % with a cochleagram and up to 80 % with a spectrogram "
    "(Torrejon 2017); front ends alone up to 95.8 % (cochleagram), 77.2 % (MFCC), chance (spectrogram) (Abreu Araujo "
    "2020); other data and other devices: not comparable"
)


@system("digits", device=lambda: VortexOscillator.preset("torrejon2017-like"))
def make_digits(order: Order) -> Made:
    """Spoken digits by one oscillator of 400 virtual neurons, beside the front ends alone."""
    tables = study_digits(
        order.device,
        data=order.data,
        size=QUICK if order.quick else FULL,
        seed=order.seed,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    found = tables["accuracies"]
    about = found.attrs
    named = {name if name != "accuracies" else "": table for name, table in tables.items()}
    return Made(named, {"": draw(tables)}, [_of_data(about), *told_accuracies(found), PUBLISHED])


def _of_data(about: Mapping[Any, Any]) -> str:
    words = f"{about['recordings']} recordings by {len(about['speakers'])} speakers: {about['data']}"
    return words + (" that ships with the package (--data has none)" if about["stand_in"] else "")


def told_accuracies(found: pd.DataFrame) -> list[str]:
    """Accuracies of each front end, alone and with the oscillator, and the gain, as mean and standard deviation."""
    told = []
    for kind, words in KINDS.items():
        for name in found["front_end"].unique().tolist():
            own = found[(found["split"] == kind) & (found["front_end"] == name)]
            alone = own[own["features"] == "front end"]["accuracy"].to_numpy()
            parts = [f"{_percent(alone)} alone"]
            with_it = own[own["features"] == "oscillator"]
            for kelvin in with_it["oscillator_temperature"].unique().tolist():
                right = with_it[with_it["oscillator_temperature"] == kelvin]["accuracy"].to_numpy()
                parts.append(f"{_percent(right)} with the oscillator at {kelvin:g} K (gain {_percent(right - alone)})")
            told.append(f"{words}, {name}: {', '.join(parts)} % ({len(alone)} folds)")
    return told


def _percent(values: np.ndarray) -> str:
    return f"{100 * values.mean():.1f} +- {100 * np.std(values, ddof=1):.1f}"


def draw(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_digits`.
    """
    about = tables["accuracies"].attrs
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 7.6))
        axes = figure.subplots(4, 2)
        _draw_frames(axes[0, 0], tables["frames"])
        _draw_nodes(axes[0, 1], tables["nodes"])
        for place, kind in zip(axes[1], KINDS, strict=True):
            _draw_bars(place, tables["accuracies"], kind)
        _draw_noise(axes[2, 0], tables["noise"])
        _draw_training(axes[2, 1], tables["training"])
        _draw_temperatures(axes[3, 0], tables["temperatures"])
        _draw_drift(axes[3, 1], tables["drift"], tables["accuracies"])
        for place, name in zip(axes.flat, "abcdefgh", strict=True):
            letter(place, name)
        figure.suptitle(f"{title_of(tables['accuracies'])}\n{_of_data(about)}", fontsize=7.5)
    return figure


def _draw_frames(axes: Axes, frames: pd.DataFrame) -> None:
    grid = frames.pivot_table(index="channel", columns="time", values="feature")
    x = scaled_axis(frames, axes, "x", "time", "Time")
    times = np.unique(frames["time"])
    end = x * float(times[-1] + times[1])
    axes.imshow(grid, origin="lower", aspect="auto", extent=(0, end, 0, len(grid)), interpolation="nearest")
    axes.set_ylabel("Channel")
    about = frames.attrs
    axes.set_title(f"{about['front_end']}, \u201c{about['digit']}\u201d by {about['speaker']}", fontsize=7)


def _draw_nodes(axes: Axes, nodes: pd.DataFrame) -> None:
    shown = nodes[: min(NODES, nodes.attrs["nodes"])]
    x = scaled_axis(shown, axes, "x", "time", "Time")
    y = scaled_axis(shown, axes, "y", "drive", "Current")
    axes.step(x * shown["time"], y * shown["drive"], color="0.6", linewidth=0.8)
    axes.spines["right"].set_visible(True)
    other = axes.twinx()
    other.plot(x * shown["time"], shown["amplitude"], color="C0", linewidth=0.9)
    other.set_ylabel("Amplitude", color="C0")
    axes.set_title(f"{len(shown)} of the {nodes.attrs['nodes']} nodes of a frame", fontsize=7)
    axes.margins(x=0)


def _draw_bars(axes: Axes, found: pd.DataFrame, kind: str) -> None:
    own = found[found["split"] == kind]
    names = own["front_end"].unique().tolist()
    kelvins = own["oscillator_temperature"].dropna().unique().tolist()
    groups = [("front end alone", own[own["features"] == "front end"], "0.6")]
    for kelvin, colour in zip(kelvins, ("C0", "C4"), strict=False):
        groups.append((f"with oscillator, {kelvin:g} K", own[own["oscillator_temperature"] == kelvin], colour))
    for k, (label, part, colour) in enumerate(groups):
        by_name = 100 * part.pivot_table(index="fold", columns="front_end", values="accuracy")[names]
        place = np.arange(len(names)) + 0.26 * (k - (len(groups) - 1) / 2)
        bars = percent_bars(by_name.mean(), by_name.std())
        how: dict[str, Any] = {"yerr": bars, "capsize": 2, "error_kw": {"linewidth": 0.8}}
        axes.bar(place, by_name.mean(), 0.24, color=colour, label=label, **how)
    axes.axhline(10, color="0.1", linestyle=":", linewidth=0.8)
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("Accuracy (%)")
    axes.set_ylim(0, 140)
    axes.set_yticks(range(0, 101, 20))
    axes.set_title(KINDS[kind], fontsize=7)
    axes.legend(ncols=2, loc="upper center", fontsize=6.5, columnspacing=1.0, handlelength=1.2)


def _draw_lines(axes: Axes, table: pd.DataFrame, over: str, *, label: str, **style: Any) -> None:
    """Mean and standard deviation over folds against a column."""
    groups = 100 * table.groupby(over)["accuracy"].agg(["mean", "std"])
    how: dict[str, Any] = {"markersize": 3, "capsize": 2, "elinewidth": 0.7, "linewidth": 0.9} | style
    axes.errorbar(groups.index, groups["mean"], yerr=percent_bars(groups["mean"], groups["std"]), label=label, **how)
    axes.set_ylabel("Accuracy (%)")


def _draw_noise(axes: Axes, noise: pd.DataFrame) -> None:
    own = noise[noise["split"] == "same"]
    for features, (words, colour, marker) in FEATURES.items():
        for training, line in (("without noise", ":"), ("same noise", "-")):
            part = own[(own["features"] == features) & (own["training"] == training)]
            label = f"{words}, trained {'clean' if line == ':' else 'noisy'}"
            _draw_lines(axes, part, "ratio", label=label, color=colour, marker=marker, linestyle=line)
    axes.set_xlabel("Signal-to-noise ratio (dB)")
    axes.set_ylim(0, 128)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(fontsize=6, ncols=2, loc="upper center", columnspacing=0.8, handlelength=1.6)


def _draw_training(axes: Axes, training: pd.DataFrame) -> None:
    for features, (words, colour, marker) in FEATURES.items():
        for kind, line in (("same", "-"), ("held-out", "--")):
            part = training[(training["features"] == features) & (training["split"] == kind)]
            label = f"{words}, {'same' if kind == 'same' else 'held-out'} sp."
            _draw_lines(axes, part, "utterances", label=label, color=colour, marker=marker, linestyle=line)
    axes.set_xlabel("Training utterances")
    axes.set_ylim(0, 128)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(fontsize=6, ncols=2, loc="upper center", columnspacing=0.8, handlelength=1.6)


def _draw_temperatures(axes: Axes, table: pd.DataFrame) -> None:
    for kind, line in (("same", "-"), ("held-out", "--")):
        label = KINDS[kind].split(" in ")[0]
        _draw_lines(axes, table[table["split"] == kind], "oscillator_temperature", label=label, marker="o", color="C0",
                    linestyle=line)  # fmt: skip
    axes.set_xlabel("Noise temperature (K)")
    axes.set_ylim(0, 100)
    axes.legend(loc="lower left", fontsize=6.5)


def _draw_drift(axes: Axes, table: pd.DataFrame, accuracies: pd.DataFrame) -> None:
    percent = table.assign(drift=100 * table["drift"])
    _draw_lines(axes, percent, "drift", label="with oscillator", marker="o", color="C0")
    alone = accuracies[
        (accuracies["split"] == "same")
        & (accuracies["features"] == "front end")
        & (accuracies["front_end"] == accuracies.attrs["front_end"])
    ]
    axes.axhline(100 * alone["accuracy"].mean(), color="0.55", linewidth=0.9, label="front end alone")
    axes.set_xlabel("Current drift since training (%)")
    axes.set_ylim(0, 100)
    axes.legend(loc="lower left", fontsize=6.5)
