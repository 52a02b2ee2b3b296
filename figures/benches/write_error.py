"""Standard figure of the bench of write errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws
from ..style import scaled_axis

#: How each method is drawn, and its name in the legend.
STYLES: dict[str, tuple[dict[str, Any], str]] = {
    "fokker-planck": ({"linestyle": "-", "linewidth": 1.0}, "Fokker-Planck"),
    "closed-form": ({"linestyle": "--", "linewidth": 0.6}, "closed form (Butler et al. 2012)"),
    "splitting": ({"linestyle": "none", "marker": "s", "markersize": 2.2, "capsize": 1.5}, "splitting"),
    "ensemble": (
        {"linestyle": "none", "marker": "o", "markersize": 3.6, "fillstyle": "none", "capsize": 1.5},
        "ensemble",
    ),
}
#: Methods that others are compared with, the best first.
REFERENCES = ("fokker-planck", "splitting", "ensemble")
#: Smallest rate worth an axis, and how far the ratios are shown.
SMALLEST, RATIOS = 1e-16, (0.3, 4.0)


@draws("write-error", panels=lambda table: min(2, table["method"].nunique()))
def draw_write_error(table: pd.DataFrame, left: Axes, *compared: Axes) -> None:
    """Left: write error rate over the pulse width, one colour for each overdrive. Right: methods compared."""
    x = scaled_axis(table, left, "x", "width", "Pulse width")
    shown = table[table["probability"] > 0]
    overdrives = sorted(table["overdrive"].unique())
    reference = next(name for name in REFERENCES if name in set(table["method"]))
    spacing = x * float(np.min(np.diff(np.unique(table["width"])), initial=table["width"].max()))
    for (method, overdrive), part in shown.groupby(["method", "overdrive"], sort=False):
        style, _ = STYLES[str(method)]
        k = overdrives.index(overdrive)
        own = {**style, "color": f"C{k}", "elinewidth": 0.5, "capthick": 0.5}
        width, errors = x * part["width"].to_numpy(), _errors(part)
        left.errorbar(width, part["probability"], errors, **own)
        best = table[(table["method"] == reference) & (table["overdrive"] == overdrive)].set_index("width")
        scale = best["probability"].reindex(part["width"]).to_numpy()
        # Where everything fails there is nothing to compare.
        rare = (scale < 0.999) & (scale > SMALLEST)
        ratio = (part["probability"].to_numpy() / np.where(scale > 0, scale, np.nan))[rare]
        for right in compared if method != reference else ():
            # Beside each other, so that error bars can be told apart.
            aside = 0.0 if style["linestyle"] != "none" else (k + 0.5) / len(overdrives) - 0.5
            moved = width[rare] + 0.6 * spacing * aside
            right.errorbar(moved, ratio, errors[:, rare] / scale[rare], **own)
    left.set_yscale("log")
    left.set_ylim(max(SMALLEST, 0.3 * float(shown["probability"].min())), 2.0)
    left.set_ylabel("Write error rate")
    title = "overdrive" if compared else f"{STYLES[reference][1]}, overdrive"
    for right in compared:
        right.set_xlabel(left.get_xlabel())
        right.set_yscale("log")
        right.set_ylim(*RATIOS)
        ticks = [0.5, 1.0, 2.0, 4.0]
        right.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        right.minorticks_off()
        right.axhline(1.0, color="0.5", linewidth=0.6, zorder=0)
        right.set_ylabel(f"Ratio to {STYLES[reference][1]}")
        present = [name for name in STYLES if name in set(table["method"])]
        for name in present:
            right.plot([], [], color="0.3", label=STYLES[name][1], **_plain(STYLES[name][0]))
        right.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    for k, value in enumerate(overdrives):
        left.plot([], [], color=f"C{k}", label=f"{value:.3g}")
    left.legend(title=title, title_fontsize=7, loc="lower left")


def _errors(part: pd.DataFrame) -> np.ndarray:
    """Lengths of the error bars; an unknown bound has none."""
    lengths = np.array([part["probability"] - part["lower"], part["upper"] - part["probability"]])
    return np.asarray(np.nan_to_num(np.maximum(lengths, 0.0)))


def _plain(style: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in style.items() if name != "capsize"}
