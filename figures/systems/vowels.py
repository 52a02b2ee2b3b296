"""Vowels told by which of four coupled oscillators lock to which of two tones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.vowels.study import FULL, METHODS, QUICK, study_vowels
from ...devices.language.checks import instance
from ...devices.models.oscillators.auto_oscillator import AutoOscillator
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Accuracy in the test of the publication.
PUBLISHED = 0.88
#: Methods in a line or two of a figure.
SHORT = {
    "oscillators": "four\noscillators",
    "untrained": "before\ntraining",
    "without-noise": "without\nnoise",
    "two-tones": "linear,\nboth tones",
    "formants": "linear, all\nformants",
}


@system("vowels", device=AutoOscillator)
def make_vowels(order: Order) -> Made:
    """Seven vowels told by four coupled oscillators, trained by tuning their frequencies."""
    tables = study_vowels(
        instance("the device of 'vowels'", order.device, AutoOscillator),
        data=order.data,
        size=QUICK if order.quick else FULL,
        seed=order.seed,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    found = tables["accuracies"]
    about = found.attrs
    told = [_of_data(about)]
    for name, words in METHODS.items():
        own = 100 * found[found["method"] == name]["accuracy"].to_numpy()
        told.append(f"{words}: {own.mean():.1f} +- {np.std(own, ddof=1):.1f} % of the test ({len(own)} splits)")
    told.append(f"cells (oscillator locked to A, to B): {', '.join(about['cells'])}")
    told.append("published: 88 % in test (Romera 2018, an experiment; second-hand)")
    named = {name if name != "accuracies" else "": table for name, table in tables.items()}
    return Made(named, {"": draw(tables)}, told)


def _of_data(about: Mapping[Any, Any]) -> str:
    words = f"{about['number']} vowels of {about['talkers']} talkers, {about['data']}"
    return words + ("; a stand-in, as --data has no table" if about["stand_in"] else "")


def draw(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_vowels`.
    """
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 5.2))
        axes = figure.subplots(2, 2, width_ratios=(1.25, 1.0))
        _draw_map(axes[0, 0], tables["map"])
        _draw_tones(axes[1, 0], tables["map"], tables["tones"])
        _draw_course(axes[0, 1], tables["training"])
        _draw_methods(axes[1, 1], tables["accuracies"])
        for place, name in zip(axes.T.flat, "abcd", strict=True):
            letter(place, name)
        about = tables["accuracies"].attrs
        figure.suptitle(f"{title_of(tables['accuracies'])}\n{_of_data(about)}", fontsize=7.5)
    return figure


def _grid(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frequencies along both axes [GHz], and at each point the locks as a number of two digits per oscillator."""
    a, b = (np.unique(table[name]) / 1e9 for name in ("tone_a", "tone_b"))
    locks = [table[f"oscillator_{k}"].to_numpy() for k in (1, 2, 3, 4)]
    code = sum(3**k * each for k, each in enumerate(locks))
    return a, b, np.asarray(code).reshape(len(b), len(a))


def _name_of(code: int) -> str:
    """Locks in words: the oscillators that are locked to A and to B."""
    digits = [code // 3**k % 3 for k in range(4)]
    parts = [
        f"{''.join(str(k + 1) for k in range(4) if digits[k] == tone)}{name}" for tone, name in ((1, "A"), (2, "B"))
    ]
    return " ".join(part for part in parts if len(part) > 1) or "none"


def _draw_regions(axes: Axes, table: pd.DataFrame, *, faint: bool) -> None:
    from matplotlib import colormaps
    from scipy import ndimage

    a, b, codes = _grid(table)
    values, places = np.unique(codes, return_inverse=True)
    colours = colormaps["tab20"](np.linspace(0, 1, 20))[np.arange(len(values)) % 20]
    colours[:, :3] = 1 - (0.35 if faint else 0.6) * (1 - colours[:, :3])
    half = 0.5 * (a[1] - a[0]), 0.5 * (b[1] - b[0])
    extent = (a[0] - half[0], a[-1] + half[0], b[0] - half[1], b[-1] + half[1])
    axes.imshow(colours[places.reshape(codes.shape)], origin="lower", aspect="auto", extent=extent)
    axes.set_xlabel("Tone A (GHz)")
    axes.set_ylabel("Tone B (GHz)")
    if faint:
        return
    for k, value in enumerate(values.tolist()):
        inside = places.reshape(codes.shape) == k
        if inside.sum() > 0.025 * codes.size:
            # In the middle of the widest part: regions may be in pieces.
            depth = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
            row, column = np.unravel_index(int(depth.argmax()), depth.shape)
            axes.text(a[column], b[row], _name_of(value), fontsize=6.5, ha="center", va="center")


def _draw_map(axes: Axes, table: pd.DataFrame) -> None:
    _draw_regions(axes, table, faint=False)
    axes.set_title("oscillators locked to A and to B", fontsize=7)


def _draw_tones(axes: Axes, table: pd.DataFrame, tones: pd.DataFrame) -> None:
    _draw_regions(axes, table, faint=True)
    for k, vowel in enumerate(tones["vowel"].unique().tolist()):
        own = tones[tones["vowel"] == vowel]
        style: dict[str, Any] = {"color": f"C{k}", "markeredgecolor": "white", "markeredgewidth": 0.3}
        axes.plot(own["tone_a"] / 1e9, own["tone_b"] / 1e9, "osD^vP*"[k % 7], markersize=4, label=vowel, **style)
    axes.set_title("test vowels", fontsize=7, loc="right")
    axes.legend(ncols=7, fontsize=6, loc="upper center", columnspacing=0.5, handletextpad=0.1, handlelength=1.0)


def _draw_course(axes: Axes, training: pd.DataFrame) -> None:
    groups = 100 * training.groupby("step")["accuracy"].agg(["mean", "std"])
    style: dict[str, Any] = {"marker": "o", "markersize": 3, "capsize": 2, "linewidth": 0.9}
    axes.errorbar(groups.index, groups["mean"], yerr=percent_bars(groups["mean"], groups["std"]), **style)
    axes.set_xlabel("Training step")
    axes.set_ylabel("Training accuracy (%)")
    axes.set_ylim(0, 100)


def _draw_methods(axes: Axes, found: pd.DataFrame) -> None:
    groups = 100 * found.groupby("method")["accuracy"].agg(["mean", "std"]).loc[list(METHODS)]
    colours = ["C0", "0.75", "C4", "0.6", "0.45"]
    how: dict[str, Any] = {"capsize": 2, "error_kw": {"linewidth": 0.8}}
    axes.bar(
        range(len(METHODS)), groups["mean"], 0.7, yerr=percent_bars(groups["mean"], groups["std"]), color=colours, **how
    )
    axes.axhline(100 * PUBLISHED, color="0.1", linestyle="--", linewidth=0.8, label="published experiment")
    axes.set_xticks(range(len(METHODS)), [SHORT[name] for name in METHODS], fontsize=6)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("Test accuracy (%)")
    axes.set_ylim(0, 115)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(loc="upper left", fontsize=6.5)
