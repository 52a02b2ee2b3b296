"""Standard figures of samples: bands of the curve and the distribution of the figure of merit; Sobol's indices."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator
from scipy.special import ndtri

from ...characterization.statistics.merit import SAMPLE, Merit, figures_of_merit, own_columns
from ...characterization.statistics.samplers import RANDOM
from ...characterization.statistics.summary import sample_statistics
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ..drawing import draws
from ..style import scaled, scaled_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Points of a sample's table from which on it is a curve.
CURVE = 5
#: Most curves that a panel shows apart.
MOST_CURVES = 6
#: Shares that a normal probability axis names.
TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
#: What bands and curves are.
BAND, CORNERS = "median, 5 % to 95 %", "nominal, corners"
#: Letters of a line of a label, of an axis and of a bar.
LINE, NAME = 34, 16
#: Most bars that are named.
MOST_LABELS = 16
#: A ratio of largest and least value above which an axis is logarithmic.
DECADES = 30.0


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the samples that were measured."""
    found = table[~table[SAMPLE].isin([int(number) for number in table.attrs["failed"]])]
    found.attrs = table.attrs
    return found


def _curve(table: pd.DataFrame) -> tuple[str, str, list[str]] | None:
    """What is drawn over what, and what tells the curves of a sample apart; None if its table is no curve."""
    own = own_columns(table, table.attrs)
    texts = [name for name in own if not pd.api.types.is_numeric_dtype(table[name])]
    numbers = [name for name in own if name not in texts]
    count = table[SAMPLE].nunique()
    rows = len(table) // count
    if rows < CURVE or len(table) % count:
        return None
    steady, moving = [], []
    for name in numbers:
        values = table[name].to_numpy(dtype=float).reshape(count, rows)
        same = np.allclose(values, values[0], rtol=1e-9, atol=0.0, equal_nan=True)
        if np.ptp(values[0]) > 0 and same:
            steady.append(name)
        elif not same:
            moving.append(name)
    merit = table.attrs["merit"]
    wanted = Merit.of(merit).column if merit is not None else None
    y = wanted if wanted in moving else next(iter(moving), None)
    # The steady column with most values is the axis; others, such as several widths, tell curves apart.
    steady.sort(key=lambda name: -table[name].nunique())
    if not steady or y is None:
        return None
    apart = [name for name in (*texts, *steady[1:]) if 1 < table[name].nunique() <= MOST_CURVES]
    doubled = table.duplicated([SAMPLE, *apart, steady[0]]).any()
    return None if doubled else (steady[0], y, apart)


def _panels(table: pd.DataFrame) -> int:
    curve, merit = _curve(_whole(table)) is not None, table.attrs["merit"] is not None
    if not curve and not merit:
        raise ParameterError("the samples' tables are no curves: say which number of each is meant, by its merit")
    return 2 if merit else 1


@draws("vary", panels=_panels)
def draw_samples(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """Left: the curve of all samples, or a histogram. Right: share of samples below each value (normal: straight)."""
    curve = _curve(_whole(table))
    if curve is not None:
        _draw_bands(_whole(table), left, *curve)
    else:
        _draw_histogram(table, left)
    if right is None:
        return
    if table.attrs["sampler"] in RANDOM:
        _draw_distribution(table, right)
    else:
        _draw_corners(table, right)


def _draw_bands(table: pd.DataFrame, axes: Axes, x: str, y: str, apart: list[str]) -> None:
    """Median and middle 90 % of samples, or each corner, over what the bench sweeps."""
    random = table.attrs["sampler"] in RANDOM
    across = scaled_axis(table, axes, "x", x, _words(x))
    up = scaled_axis(table, axes, "y", y, _words(y))
    parts: Any = table.groupby(apart, sort=False) if apart else [("", table)]
    for k, (names, part) in enumerate(parts):
        wide = part.set_index([x, SAMPLE])[y].unstack().sort_index()  # noqa: PD010 (pivot_table would take means)
        at, values, colour = across * wide.index.to_numpy(dtype=float), up * wide.to_numpy(dtype=float), f"C{k}"
        name = ", ".join(map(str, names)) if isinstance(names, tuple) else str(names)
        if random:
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=1)
            axes.fill_between(at, low, high, color=colour, alpha=0.25, linewidth=0, label="_band")
            axes.plot(at, middle, color=colour, label=name or BAND)
        else:
            axes.plot(at, values[:, 1:], color=colour, linewidth=0.5, alpha=0.6, label="_corners")
            axes.plot(at, values[:, 0], color=colour, label=name or CORNERS)
    axes.margins(x=0)
    title = (BAND if random else CORNERS) if apart else None
    axes.legend(title=title, title_fontsize=7)
    positive = table[y][table[y] > 0]
    if len(positive) == len(table) and positive.max() > DECADES * positive.min():
        axes.set_yscale("log")
    spaced = np.sort(table[x].unique())
    if len(spaced) > 2 and spaced[0] > 0 and spaced[-1] > DECADES * spaced[0]:
        axes.set_xscale("log")


def _values(table: pd.DataFrame) -> tuple[np.ndarray, str, str]:
    found = figures_of_merit(table)
    values = found["value"].to_numpy()
    return values[np.isfinite(values)], found.attrs["units"]["value"], _words(found.attrs["merit"])


def _draw_histogram(table: pd.DataFrame, axes: Axes) -> None:
    values, unit, what = _values(table)
    factor = scaled(axes, "x", values, unit, what)
    axes.hist(factor * values, bins="auto" if np.ptp(values) > 0 else 1, color="C0", alpha=0.7)
    axes.set_ylabel("Samples")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _draw_limits(table, axes, factor)


def _draw_limits(table: pd.DataFrame, axes: Axes, factor: float) -> None:
    for limit in table.attrs["limits"]:
        if limit is not None:
            axes.axvline(factor * limit, color="C3", linestyle=":", linewidth=1.0, label="_limit")


def _draw_distribution(table: pd.DataFrame, axes: Axes) -> None:
    """Cumulative shares on normal probability paper, where a normal distribution is a straight line."""
    values, unit, what = _values(table)
    values = np.sort(values)
    factor = scaled(axes, "x", values, unit, what)
    share = (np.arange(len(values)) + 0.5) / len(values)
    axes.plot(factor * values, ndtri(share), ".", markersize=3, color="C0", label="samples")
    summary = sample_statistics(table).iloc[0]
    if summary["standard_deviation"] > 0:
        ends = ndtri(share[[0, -1]])
        mean, deviation = summary["mean"], summary["standard_deviation"]
        told = f"normal: {format_si(mean, _shown(unit), 3)} ± {format_si(deviation, _shown(unit), 2)}"
        axes.plot(factor * (mean + deviation * ends), ends, "k--", linewidth=0.8, label=told)
    _draw_limits(table, axes, factor)
    inside = [tick for tick in TICKS if share[0] / 2 <= tick <= 1 - share[0] / 2]
    axes.set_yticks(ndtri(inside), [f"{100 * tick:g}" for tick in inside])
    axes.set_ylabel("Cumulative probability (%)")
    title = None
    if "yield" in summary:
        share_passed, low, high = (100 * float(summary[name]) for name in ("yield", "yield_low", "yield_high"))
        title = f"yield {share_passed:.3g} % ({low:.3g} to {high:.3g})"
    axes.legend(loc="best", title=title, title_fontsize=7)


def _draw_corners(table: pd.DataFrame, axes: Axes) -> None:
    """Bars from the nominal value to those of the corners, by parameter or by signs."""
    found = figures_of_merit(table)
    names, values = table.attrs["parameter_columns"], found["value"].to_numpy()
    factor = scaled(axes, "x", values, found.attrs["units"]["value"], _words(found.attrs["merit"]))
    corners = found[names].to_numpy()[1:]
    signs = np.sign(corners - found[names].to_numpy()[0])
    if table.attrs["sampler"] == "one-at-a-time":
        labels = [_name(name) for name in names]
        above, below = values[1::2], values[2::2]
        order = np.argsort(np.nan_to_num(np.abs(above - below)))
        ends = [(above[order], "C1", "+"), (below[order], "C0", "−")]
        labels = [labels[k] for k in order]
    else:
        order = np.argsort(values[1:])
        ends = [(values[1:][order], "C0", "")]
        labels = ["".join("−0+"[int(sign) + 1] for sign in signs[k]) for k in order]
    at = np.arange(len(labels))
    for end, colour, sign in ends:
        label = f"{sign}{table.attrs['sigmas']:g}σ" if sign else None
        axes.barh(at, factor * (end - values[0]), left=factor * values[0], height=0.6, color=colour, label=label)
    axes.axvline(factor * values[0], color="0.2", linewidth=0.8)
    _draw_limits(table, axes, factor)
    shown = len(labels) <= MOST_LABELS
    axes.set_yticks(at if shown else [], labels if shown else [])
    if table.attrs["sampler"] == "one-at-a-time":
        axes.legend(loc="best")
    else:
        axes.set_ylabel(f"Corners at ±{table.attrs['sigmas']:g}σ")
        told = textwrap.fill(", ".join(name.replace("_", " ") for name in names), 2 * LINE)
        axes.set_title(f"signs of {told}", fontsize=7)


def _shown(unit: str) -> str:
    return {"ohm": "Ω"}.get(unit, unit)


def _words(text: str) -> str:
    found = text.replace("_", " ").replace("=", " = ").replace(",", ", ")
    return textwrap.fill(found[0].upper() + found[1:], LINE)


def _name(parameter: str) -> str:
    return textwrap.fill(parameter.replace("_", " "), NAME)


@draws("sobol-indices")
def draw_sobol_indices(table: pd.DataFrame, axes: Axes) -> None:
    """Share of the variance that comes from each parameter: alone (first order) and with others (total)."""
    ordered = table.sort_values("total")
    at = np.arange(len(ordered))
    style: dict[str, Any] = {"height": 0.36, "capsize": 2, "error_kw": {"elinewidth": 0.7, "capthick": 0.7}}
    names = [_name(str(name)) for name in ordered["parameter"]]
    first, error = ordered["first_order"], ordered["first_order_error"]
    axes.barh(at + 0.19, first, xerr=error, color="C0", label="first order", **style)
    axes.barh(at - 0.19, ordered["total"], xerr=ordered["total_error"], color="C1", label="total", **style)
    axes.set_yticks(at, names)
    axes.axvline(0.0, color="0.4", linewidth=0.6)
    axes.set_xlabel("Sobol index")
    axes.set_title(_words(table.attrs["merit"]), fontsize=8)
    axes.legend(loc="lower right")
