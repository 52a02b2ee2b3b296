"""Standard figures of sweeps: lines over one axis, maps over two and more (shmoo plots), histograms of samples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from ...characterization.sweeps.point import FAILED, FAILS, MISSING, REFUSED
from ...characterization.sweeps.yields import yields
from ...circuits.cells.building.declared import ZERO_CELSIUS
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ..cells.log_axis import plain_numbers
from ..drawing import draws
from ..style import axis_scale, label, scaled, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Most panels, lines in one, rows and columns of a map with a name each, and fields with their numbers written in them.
MOST_PANELS, MOST_LINES, MOST_NAMED, MOST_WRITTEN = 2, 8, 40, 60
#: Ratio of the largest to the least value above which an axis or a scale of colours is logarithmic.
DECADES = 30.0
#: Columns of a map with numbers in its fields. Ratios of the values of a scale of colours that is labelled with plain
#: numbers, and of those that are written with a power of ten.
MOST_ABREAST, PLAIN, WIDE = 8, 1e3, 1e4
#: Letters of a line of a label.
LINE = 34
#: Words of a figure's name that come first where no measure is asked for.
FIRST = ("error_rate", "energy", "delay")


def _shown(table: pd.DataFrame) -> list[str]:
    """The figures that are drawn: the measures, or what varies, with costs and errors first."""
    attrs = table.attrs
    if attrs["measures"]:
        return list(attrs["measures"])[:MOST_PANELS]
    there = [name for name in attrs["figures"] if np.isfinite(table[name]).any()]
    varying = [name for name in there if np.ptp(table[name][np.isfinite(table[name])]) > 0]
    first = [name for word in FIRST for name in varying if name.endswith(word)]
    return list(dict.fromkeys([*first, *varying, *there]))[:MOST_PANELS]


def _panels(table: pd.DataFrame) -> int:
    if table.attrs["samples"] is not None and not table.attrs["axes"]:
        return 1
    return max(len(_shown(table)), 1) if table.attrs["samples"] is None else 1


@draws("sweep", panels=_panels)
def draw_sweep(table: pd.DataFrame, left: Axes, right: Axes | None = None) -> None:
    """The first two figures of the points: lines over one axis, maps over several. With samples: their yield."""
    if table.attrs["samples"] is not None:
        _draw_samples(table, left)
        return
    axes = list(table.attrs["axes"])
    panels = [each for each in (left, right) if each is not None]
    shown = _shown(table)
    if not shown:
        raise ParameterError("no figure of the points is a number: there is nothing to draw")
    for panel, name in zip(panels, shown, strict=False):
        if len(axes) == 1:
            _draw_lines(table, panel, axes[0], None, name)
        elif len(axes) == 2 and _numeric(table, axes[0]) != _numeric(table, axes[1]) and _few(table, axes):
            across, apart = (axes[0], axes[1]) if _numeric(table, axes[0]) else (axes[1], axes[0])
            _draw_lines(table, panel, across, apart, name)
        else:
            _draw_map(table, panel, axes, name)


@draws("sweep-yields")
def draw_yields(table: pd.DataFrame, axes: Axes) -> None:
    """Yield at the points of a sweep, with its interval of 95 %."""
    names = list(table.attrs["axes"])
    if len(names) > 1:
        _draw_map(table, axes, names, "yield")
        return
    values = 100 * table[["yield", "yield_low", "yield_high"]].to_numpy(dtype=float)
    errors = np.abs(values[:, 1:] - values[:, :1]).T
    if names and _numeric(table, names[0]):
        at = _numbers(table, axes, "x", names[0])
    else:
        at = np.arange(len(table), dtype=float)
        texts = [_text(table, names[0], value) for value in table[names[0]]] if names else [str(table.attrs["title"])]
        axes.set_xticks(at, texts)
        axes.margins(x=0.3)
    axes.errorbar(at, values[:, 0], yerr=errors, fmt="o-" if names and _numeric(table, names[0]) else "o", capsize=3)
    axes.set_ylabel("Yield (%)")
    axes.set_ylim(-3, 103)


def _draw_samples(table: pd.DataFrame, axes: Axes) -> None:
    if table.attrs["axes"]:
        draw_yields(yields(table), axes)
        return
    shown = _shown(table)
    if not shown:
        raise ParameterError("no figure of the samples is a number: there is nothing to draw")
    name, passes = shown[0], table["passes"].to_numpy(dtype=bool)
    values = table[name].to_numpy(dtype=float)
    finite = np.isfinite(values)
    logarithmic = _is_wide(values[finite])
    factor = _labelled(table, axes, "x", name, values)
    edges: Any = np.histogram_bin_edges(np.log10(values[finite]) if logarithmic else factor * values[finite], "auto")
    edges = factor * 10**edges if logarithmic else edges
    both = [factor * values[finite & passes], factor * values[finite & ~passes]]
    labels = ["pass", "do not pass"] if len(both[1]) else ["pass"]
    axes.hist(both[: len(labels)], bins=edges, stacked=True, color=["C0", "C1"][: len(labels)], label=labels)
    if logarithmic:
        axes.set_xscale("log")
    for limit in table.attrs["limits"]:
        if limit is not None:
            axes.axvline(factor * limit, color="C3", linestyle=":", linewidth=1.0)
    row = yields(table).iloc[0]
    told = f"yield {100 * row['yield']:.3g} % ({100 * row['yield_low']:.3g} to {100 * row['yield_high']:.3g})"
    axes.legend(title=told, title_fontsize=7)
    axes.set_ylabel("Samples")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_lines(table: pd.DataFrame, axes: Axes, across: str, apart: str | None, name: str) -> None:
    """A figure over an axis; open circles where the cell does not work."""
    numeric = _numeric(table, across)
    values = table[name].to_numpy(dtype=float)
    y = _labelled(table, axes, "y", name, values)
    finite = values[np.isfinite(values)]
    if _is_wide(finite):
        axes.set_yscale("log")
    groups: Any = table.groupby(apart, sort=False) if apart is not None else [("", table)]
    names = list(dict.fromkeys(table[across]))
    for k, (value, part) in enumerate(groups):
        at = _numbers(table, axes, "x", across, part) if numeric else np.array([names.index(v) for v in part[across]])
        height, bad = y * part[name].to_numpy(dtype=float), part["status"].to_numpy() == FAILS
        told = "" if apart is None else _text(table, apart, value)
        axes.plot(at, height, "-" if numeric else "", color=f"C{k}", label=told or None)
        axes.plot(at[~bad], height[~bad], "o", color=f"C{k}", label="_works")
        axes.plot(at[bad], height[bad], "o", color=f"C{k}", markerfacecolor="white", label="_does not work")
    if not numeric:
        axes.set_xticks(range(len(names)), [_text(table, across, value) for value in names])
        axes.margins(x=0.2)
    elif _is_wide(table[across].to_numpy(dtype=float)):
        axes.set_xscale("log")
    open_ones = bool((table["status"] == FAILS).any())
    if open_ones:
        axes.plot([], [], "o", color="0.4", markerfacecolor="white", label=FAILS)
    if apart is not None or open_ones:
        axes.legend()


def _draw_map(table: pd.DataFrame, axes: Axes, names: Sequence[str], name: str) -> None:
    """A figure over the last axis, with a row for every combination of the others: a shmoo plot."""
    across, others = names[-1], list(names[:-1])
    columns = list(dict.fromkeys(table[across]))
    rows = list(dict.fromkeys(table[others].itertuples(index=False, name=None)))
    values = 100 * table[name] if name == "yield" else table[name]
    field = values.to_numpy(dtype=float).reshape(len(rows), len(columns))
    status = table["status"].to_numpy().reshape(field.shape) if "status" in table else np.full(field.shape, "")
    unit = "%" if name == "yield" else table.attrs["units"].get(name, "1")
    factor, shown = (1.0, "%") if unit == "%" else axis_scale(field, unit)
    norm = "log" if _is_wide(field[np.isfinite(field)]) else "linear"
    axes.set_facecolor("0.8")
    image = axes.imshow(
        factor * field, aspect="auto",
        origin="lower" if len(others) == 1 and _numeric(table, others[0]) else "upper", cmap="viridis", norm=norm,
        interpolation="nearest",
    )  # fmt: skip
    bar = axes.figure.colorbar(image, ax=axes, label=label(_words(name), shown))
    finite = factor * field[np.isfinite(field)]
    if norm == "log" and finite.max() < PLAIN * finite.min():
        plain_numbers(bar.ax.yaxis)
    for at in range(1, len(rows)):  # a line where the outermost of the other axes changes
        if len(others) > 1 and rows[at][:-1] != rows[at - 1][:-1]:
            axes.axhline(at - 0.5, color="white", linewidth=1.5)
    _name_fields(table, axes, across, columns, others, rows)
    crosses = np.argwhere(status == FAILS)
    nothing = np.argwhere(np.isin(status, (REFUSED, FAILED, MISSING)))
    write = field.size <= MOST_WRITTEN and len(columns) <= MOST_ABREAST
    digits = ".0e" if norm == "log" and finite.max() > WIDE * finite.min() else ".3g"
    if write:
        for (row, column), value in np.ndenumerate(factor * field):
            if np.isfinite(value):
                light = _luminance(image, value) < 0.5
                told = format(value, digits) + ("\n×" if status[row, column] == FAILS else "")
                axes.text(column, row, told, ha="center", va="center", fontsize=6, color="w" if light else "k")
            elif status[row, column] == FAILS:
                axes.text(column, row, "×", ha="center", va="center", fontsize=7, color="0.2")
    elif len(crosses):
        axes.plot(crosses[:, 1], crosses[:, 0], "x", color="C3", markersize=4)
    if len(nothing):
        axes.plot(nothing[:, 1], nothing[:, 0], "_", color="0.2", markersize=6)
    said = [f"× {FAILS}"] * bool(len(crosses)) + ["− no result"] * bool(len(nothing))
    if said:
        axes.set_title(", ".join(said), loc="left", fontsize=7)
    axes.grid(visible=False)


def _name_fields(
    table: pd.DataFrame, axes: Axes, across: str, columns: list[Any], others: list[str], rows: list[tuple[Any, ...]]
) -> None:
    """Ticks of a map: values of the axes, every so many where there are more than fit."""
    steps = [max(1, -(-len(found) // most)) for found, most in ((columns, 8), (rows, MOST_NAMED))]
    axes.set_xticks(range(0, len(columns), steps[0]), [_bare(table, across, each) for each in columns[:: steps[0]]])
    axes.set_xlabel(_axis_label(table, across))
    told = [", ".join(_bare(table, name, value) for name, value in zip(others, row, strict=True)) for row in rows]
    size = 7 if len(rows) <= MOST_NAMED / 3 else 5
    axes.set_yticks(range(0, len(rows), steps[1]), told[:: steps[1]], fontsize=size)
    axes.set_ylabel(textwrap.fill(", ".join(_axis_label(table, name) for name in others), LINE))
    axes.tick_params(length=0)


def _luminance(image: Any, value: float) -> float:
    red, green, blue, _ = image.cmap(image.norm(value))
    return float(0.299 * red + 0.587 * green + 0.114 * blue)


def _is_wide(values: np.ndarray) -> bool:
    """Whether positive values span decades."""
    return bool(len(values) and values.min() > 0 and values.max() > DECADES * values.min())


def _few(table: pd.DataFrame, axes: Sequence[str]) -> bool:
    return min(table[name].nunique() for name in axes) <= MOST_LINES


def _numeric(table: pd.DataFrame, name: str) -> bool:
    return bool(pd.api.types.is_numeric_dtype(table[name]))


def _words(name: str) -> str:
    text = name.replace("_", " ").replace("=", " = ").replace(",", ", ")
    return textwrap.fill(words(text) if "-" not in text else text[0].upper() + text[1:], LINE)


def _labelled(table: pd.DataFrame, axes: Axes, which: str, name: str, values: np.ndarray) -> float:
    return scaled(axes, which, values, table.attrs["units"].get(name, "1") or "1", _words(name))


def _numbers(table: pd.DataFrame, axes: Axes, which: str, name: str, part: pd.DataFrame | None = None) -> np.ndarray:
    """Values of an axis as they are drawn: temperatures in degrees Celsius, relative ones in per cent."""
    values = (table if part is None else part)[name].to_numpy(dtype=float)
    if _is_celsius(table, name) or name.endswith("_over_nominal"):
        getattr(axes, f"set_{which}label")(_axis_label(table, name))
        return 100 * (values - 1) if name.endswith("_over_nominal") else values - ZERO_CELSIUS
    factor = scaled(axes, which, table[name], table.attrs["units"][name], _words(name))
    getattr(axes, f"set_{which}label")(_axis_label(table, name))
    return factor * values


def _is_celsius(table: pd.DataFrame, name: str) -> bool:
    return name.endswith("temperature") and table.attrs["units"][name] == "K"


def _axis_label(table: pd.DataFrame, name: str) -> str:
    if name.endswith("_over_nominal"):
        return f"{_words(name.removesuffix('_over_nominal'))} deviation (%)"
    if _is_celsius(table, name):
        return label(_words(name), "°C")
    if not _numeric(table, name):
        return _words(name)
    unit = axis_scale(table[name], table.attrs["units"][name])[1]
    # Sizes of transistors are multiples of the least ones of their technology.
    counted = re.search(r" in (minimum (?:widths|lengths))", table.attrs.get("descriptions", {}).get(name, ""))
    return label(_words(name), unit or (counted[1] if counted else ""))


def _bare(table: pd.DataFrame, name: str, value: Any) -> str:
    """A value at a tick of an axis whose label has the unit."""
    if name.endswith("_over_nominal"):
        return f"{100 * (float(value) - 1):+.3g}".replace("+0", "0") if abs(value - 1) > 1e-9 else "0"
    if _is_celsius(table, name):
        return f"{float(value) - ZERO_CELSIUS:.4g}".replace("-", "−")
    if not _numeric(table, name):
        return str(value)
    return f"{axis_scale(table[name], table.attrs['units'][name])[0] * float(value):.4g}"


def _text(table: pd.DataFrame, name: str, value: Any) -> str:
    """A value that stands by itself, with its unit."""
    if _is_celsius(table, name):
        return f"{float(value) - ZERO_CELSIUS:.4g} °C".replace("-", "−")
    if name.endswith("_over_nominal"):
        return f"{_bare(table, name, value)} %"
    if not _numeric(table, name):
        return str(value)
    return format_si(float(value), table.attrs["units"][name], 3)
