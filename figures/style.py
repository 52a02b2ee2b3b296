"""The look of the package's figures, and how they reach a file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike

from ..devices.core.files import write_whole
from ..devices.language.checks import known
from ..devices.language.quantities.quantity import si_prefix

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".pdf")
#: Words of names that are written in capitals.
ACRONYMS = frozenset({"fmr", "mtj", "nmos", "pmos", "stdp", "tmr"})


@contextmanager
def package_style() -> Iterator[None]:
    """Draw with the package's style sheet, ``synaspice.mplstyle``."""
    import matplotlib.style

    sheet = resources.files(__package__) / "synaspice.mplstyle"
    with resources.as_file(sheet) as path, matplotlib.style.context(str(path)):
        yield


def save(figure: Figure, path: str | Path) -> Path:
    """Save a figure as PNG, SVG or PDF; the file appears whole or not at all.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    path : str or Path
        File name that ends in ``.png``, ``.svg`` or ``.pdf``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UnknownNameError
        If the ending is another.
    """
    target = Path(path)
    known("figure format", target.suffix.lower() or target.name, FORMATS)
    with package_style():
        write_whole(target, lambda temporary: figure.savefig(temporary, format=target.suffix.lower()[1:]))
    return target


def words(name: str) -> str:
    """A name of the command line as a heading: ``MTJ bit cell`` for ``mtj-bit-cell``; a p-bit stays one."""
    parts = [part.upper() if part in ACRONYMS else part for part in re.sub(r"(?<=\w\w)-", " ", name).split()]
    text = " ".join(parts)
    return text if text[1:2] == "-" else text[0].upper() + text[1:]


def symbol(state: str) -> str:
    """A state as it is typeset: a letter with its index, after the layer whose it is; another name as words."""
    found = re.fullmatch(r"(?:(.+?)_)??([a-zA-Z])(?:_([a-z0-9]+))?", state)
    if found is None:
        return state.replace("_", " ")
    layer, letter, index = found.groups()
    below = "" if index is None else f"_{index}" if len(index) == 1 else f"_{{{index}}}"
    typeset = f"${letter}{below}$"
    return typeset if layer is None else f"{layer.replace('_', ' ')} {typeset}"


def axis_scale(values: ArrayLike, unit: str) -> tuple[float, str]:
    """Factor and unit with SI prefix in which values read best on an axis."""
    finite = np.abs(np.asarray(values, dtype=float))
    finite = finite[np.isfinite(finite)]
    largest = float(np.max(finite)) if len(finite) else 0.0
    factor, prefix = si_prefix(largest, unit)
    return 1 / factor, prefix + _typeset(unit)


def _typeset(unit: str) -> str:
    return {"ohm": "Ω", "1": ""}.get(unit, unit)


def label(what: str, unit: str) -> str:
    """Axis label: the quantity and its unit in brackets."""
    return f"{what} ({unit})" if unit else what


#: Units and factors of axes that were labelled, for what is drawn into the same axes later.
_SCALES: WeakKeyDictionary[Axes, dict[str, tuple[str, float, str]]] = WeakKeyDictionary()
#: Columns that axes show, for measured data that are drawn over them.
_COLUMNS: WeakKeyDictionary[Axes, dict[str, str]] = WeakKeyDictionary()


def scaled_axis(table: pd.DataFrame, axes: Axes, which: str, column: str, what: str) -> float:
    """Label an axis for a column; return the factor that its values are to be multiplied with.

    An axis that shows values of the same unit already keeps its factor.
    """
    shows_column(axes, which, column)
    return scaled(axes, which, table[column], table.attrs["units"].get(column, "1"), what)


def shows_column(axes: Axes, which: str, column: str) -> None:
    """Note which column of a table an axis shows, of an axis that is labelled by hand."""
    _COLUMNS.setdefault(axes, {})[which] = column


def columns_shown(axes: Axes) -> dict[str, tuple[str, str, float]]:
    """Column, unit and factor of both axes, where they are known: what is drawn is the factor times the column."""
    known = _COLUMNS.get(axes, {})
    scales = _SCALES.get(axes, {})
    return {which: (column, *scales.get(which, ("1", 1.0, ""))[:2]) for which, column in known.items()}


def scaled(axes: Axes, which: str, values: ArrayLike, unit: str, what: str) -> float:
    """As :func:`scaled_axis`, for values of any origin."""
    factor, shown = axis_scale(values, unit)
    before = _SCALES.setdefault(axes, {}).get(which)
    if before is not None and before[0] == unit and getattr(axes, f"get_{which}label")():
        _, factor, shown = before
    _SCALES[axes][which] = unit, factor, shown
    getattr(axes, f"set_{which}label")(label(what, shown))
    return factor


def say(axes: Axes, text: str, height: float = 0.5) -> None:
    """Say in a panel what it would show nothing of, in its middle or at another share of its height."""
    lines = textwrap.fill(text, 40)
    axes.text(0.5, height, lines, transform=axes.transAxes, ha="center", va="center", fontsize=8)


def share_units(axes: Axes, other: Axes) -> None:
    """Let other axes show values in the units of axes."""
    _SCALES[other] = dict(_SCALES.get(axes, {}))


def label_logarithmic_axes(axes: Axes) -> None:
    """Let a logarithmic axis that shows less than two powers of ten label 1, 2 and 5 too, or every digit.

    One labelled tick tells no scale. Ticks that a figure placed itself stay.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() != "log" or isinstance(axis.get_major_locator(), FixedLocator):
            continue
        low, high = sorted(axis.get_view_interval())
        powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        for digits in ((1,), (1, 2, 5), tuple(range(1, 10))):
            shown = [digit * power for power in powers for digit in digits if low <= digit * power <= high]
            if len(shown) > 1:
                break
        if len(digits) > 1:
            axis.set_major_locator(LogLocator(subs=digits))
            axis.set_major_formatter(FuncFormatter(lambda value, _: _number(value)))
            axis.set_minor_locator(NullLocator())


def power_of_ten(value: float) -> str:
    """A number of one digit in TeX, with a power of ten: 5 times a thousand, or the power alone."""
    digits, power = f"{value:.0e}".split("e")
    return rf"$10^{{{int(power)}}}$" if digits == "1" else rf"${digits}\times10^{{{int(power)}}}$"


def _number(value: float) -> str:
    """A number of one digit as a label: 0.02 or 5000, and larger and smaller ones with a power of ten."""
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:g}"
    return power_of_ten(value)
