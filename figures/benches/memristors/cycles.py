"""Standard figure of the spread from cycle to cycle: shares on Weibull paper, with the better distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from ....characterization.benches.memristors.cycles import QUANTITIES
from ...drawing import draws
from ...style import scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Shares that a Weibull axis names.
TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 0.99, 0.999)
#: A ratio of resistances above which their axis is logarithmic.
DECADE = 8.0


@draws("cycles")
def draw_cycles(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: share of cycles below each switching voltage. Right: share of cycles below each resistance."""
    for axes, names, what in ((left, QUANTITIES[:2], "Switching voltage"), (right, QUANTITIES[2:], "Resistance")):
        sizes = table[list(names)].abs()
        factor = scaled(axes, "x", sizes, table.attrs["units"][names[0]], what)
        for k, name in enumerate(names):
            _draw(axes, factor, np.sort(sizes[name].dropna()), table.attrs["fits"][name], name, f"C{k}")
        count = len(table)
        inside = [tick for tick in TICKS if 0.4 / count <= tick <= 1 - 0.4 / count]
        axes.set_yticks(_weibull(np.array(inside)), [f"{100 * tick:g}" for tick in inside])
        axes.set_ylabel("Cumulative probability (%)")
        axes.legend(loc="best")
    spread = table[list(QUANTITIES[2:])]
    if float(spread.max().max()) > DECADE * float(spread.min().min()):
        right.set_xscale("log")


def _weibull(share: np.ndarray) -> np.ndarray:
    """The axis on which a Weibull distribution is a straight line over the logarithm."""
    return np.asarray(np.log(-np.log1p(-share)))


def _draw(axes: Axes, factor: float, sizes: np.ndarray, fit: dict[str, Any] | None, name: str, colour: str) -> None:
    share = (np.arange(len(sizes)) + 0.5) / len(sizes)
    label = name.partition("_")[2]
    axes.plot(
        factor * sizes, _weibull(share), ".", markersize=3, color=colour, label=label if fit is None else "_points"
    )
    if fit is None:
        return
    better = fit["better"]
    law: Any
    if better == "weibull":
        law = stats.weibull_min(fit[better]["shape"], scale=fit[better]["scale"])
        told = f"Weibull, k = {fit[better]['shape']:.3g}"
    else:
        law = stats.lognorm(fit[better]["sigma"], scale=fit[better]["median"])
        told = f"lognormal, σ = {fit[better]['sigma']:.2g}"
    at = np.linspace(share[0], share[-1], 201)
    axes.plot(factor * law.ppf(at), _weibull(at), color=colour, linewidth=0.8, label=f"{label}: {told}")
