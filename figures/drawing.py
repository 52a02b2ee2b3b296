"""Standard figures: one drawing function for each bench and each cell, registered by :func:`draws`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..characterization.cells.bench import names_of_cell
from ..characterization.tables import read_table
from ..circuits.cells.cell import CELLS, Cell
from ..circuits.cells.declared import ZERO_CELSIUS
from ..devices.language.errors import ParameterError
from ..devices.language.registry import Registry
from .style import package_style
from .waveforms import framed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Draws a table on the left and the right axes of a figure.
Drawing = Callable[[pd.DataFrame, "Axes", "Axes"], None]

#: The drawing functions, by the name of the bench or of the cell.
FIGURES: Registry[Drawing] = Registry(
    "standard figure", ("synaspice.figures.benches", "synaspice.figures.cells"), "synaspice.figures"
)


def draws(*what: str | type[Cell]) -> Callable[[Drawing], Drawing]:
    """Register a function as the one that draws the tables of a bench or of a cell, or of several.

    Parameters
    ----------
    *what : str or type
        Name of the bench, or the class of the cell; classes derived from it share its figure unless they have their
        own.

    Raises
    ------
    DuplicateNameError
        If there is another figure for it.
    """

    def register(drawing: Drawing) -> Drawing:
        for each in what:
            FIGURES.register(each if isinstance(each, str) else each.model_name(), drawing)
        return drawing

    return register


def plot(table: pd.DataFrame | str | Path) -> Figure:
    """Draw the standard figure of a bench's table.

    Parameters
    ----------
    table : pandas.DataFrame, str or Path
        A table of a bench of :mod:`synaspice.characterization`, or the file of one.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; see :func:`synaspice.figures.save`. That of a cell has the waveforms of one point on its left.

    Raises
    ------
    ParameterError
        If the table does not say which bench it comes from.
    UnknownNameError
        If there is no standard figure for its bench.
    """
    data = read_table(table) if isinstance(table, str | Path) else table
    bench = data.attrs.get("bench")
    if bench is None:
        raise ParameterError("the table does not say which bench it comes from: attrs['bench'] is missing")
    draw = _drawing_of_cell(data.attrs["cell"]) if bench == "cell" else FIGURES.find(bench)
    with package_style():
        figure, left, right = framed(data)
        draw(data, left, right)
        figure.suptitle("\n".join(_title(data)), fontsize=8)
    return figure


def _title(table: pd.DataFrame) -> list[str]:
    """The measured thing, and the share of its values that was read in publications."""
    attrs = table.attrs
    if "cell" in attrs:
        where = [str(attrs["node"]), f"{attrs['corner']} corner"]
        parts = [str(attrs["title"]), *where, f"{attrs['temperature'] - ZERO_CELSIUS:.4g} °C"]
        if attrs.get("thermal_noise") is False:
            parts.append("without noise")
    else:
        preset, device = attrs.get("preset"), str(attrs.get("device", ""))
        parts = [device, *([str(preset)] if preset else []), str(attrs.get("engine", ""))]
        if attrs.get("temperature") is not None:
            parts.append(f"{attrs['temperature']:g} K")
    provenance = attrs.get("provenance")
    return [", ".join(parts), *([f"values: {provenance}"] if provenance else [])]


def _drawing_of_cell(name: str) -> Drawing:
    """The function that draws the table of a cell: the cell's, or that of the nearest class that it derives from.

    Raises
    ------
    UnknownNameError
        If there is no such cell.
    ParameterError
        If it has no standard figure.
    """
    if name in FIGURES:
        return FIGURES[name]
    for base in names_of_cell(CELLS.find(name)):
        if base in FIGURES:
            return FIGURES[base]
    raise ParameterError(f"the cell {name} has no standard figure: a function with the decorator draws makes one")
