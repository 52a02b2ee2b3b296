"""Standard plots of the characterisation benches."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..characterization.benches import BENCHES
from ..characterization.table import read_table
from ..circuits.catalog import find_cell
from ..circuits.cell import ZERO_CELSIUS
from ..devices.errors import ParameterError, UnknownNameError
from .style import axis_scale, label, package_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot(table: pd.DataFrame | str | Path) -> Figure:
    """Draw the standard figure of a bench's table.

    Parameters
    ----------
    table : pandas.DataFrame, str or Path
        A table of a bench of :mod:`synaspice.characterization`, or the file of one.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; see :func:`synaspice.figures.save`.

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
    draw = _drawing_of_cell(data.attrs["cell"]) if bench == "cell" else _drawing(bench)
    from matplotlib.figure import Figure as NewFigure

    with package_style():
        figure = NewFigure()
        left, right = figure.subplots(1, 2)
        draw(data, left, right)
        figure.suptitle("\n".join(_title(data)), fontsize=8)
    return figure


def _title(table: pd.DataFrame) -> list[str]:
    """What was measured, and how much of its values was read in publications."""
    attrs = table.attrs
    if "cell" in attrs:
        where = f"{attrs['technology']} {attrs['corner']}"
        parts = [str(attrs["cell"]), where, f"{attrs['temperature'] - ZERO_CELSIUS:.4g} °C"]
    else:
        preset, device = attrs.get("preset"), str(attrs.get("device", ""))
        parts = [device, *([str(preset)] if preset else []), str(attrs.get("engine", ""))]
        if attrs.get("temperature") is not None:
            parts.append(f"{attrs['temperature']:g} K")
    provenance = attrs.get("provenance")
    return [", ".join(parts), *([f"values: {provenance}"] if provenance else [])]


def scaled_axis(table: pd.DataFrame, axes: Axes, which: str, column: str, what: str) -> float:
    """Label an axis for a column; return the factor that its values are to be multiplied with."""
    factor, unit = axis_scale(table[column], table.attrs["units"].get(column, "1"))
    getattr(axes, f"set_{which}label")(label(what, unit))
    return factor


def _plot_iv(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    x = scaled_axis(table, left, "x", "voltage", "Voltage")
    right.set_xlabel(left.get_xlabel())
    y = scaled_axis(table, left, "y", "current", "Current")
    changes = table["resistance_change"]
    bias_dependent = any(np.ptp(part) > 1e-6 for _, part in changes.groupby(table["state"]))
    if bias_dependent:
        first = table["state"].iloc[0]
        factor, shown = 100.0, "resistance_change"
        right.set_ylabel(f"Resistance change from {first} (%)")
    else:
        factor, shown = scaled_axis(table, right, "y", "resistance", "Resistance"), "resistance"
    for state, part in table.groupby("state", sort=False):
        left.plot(x * part["voltage"], y * part["current"], label=state)
        right.plot(x * part["voltage"], factor * part[shown], label=state)
    for axes in (left, right):
        axes.margins(x=0)
    if not bias_dependent and table["resistance"].max() > 10 * table["resistance"].min():
        right.set_yscale("log")
        right.margins(y=0.15)
    left.axhline(0, color="0.7", linewidth=0.5, zorder=0)
    left.axvline(0, color="0.7", linewidth=0.5, zorder=0)
    left.legend()


def _plot_hysteresis(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    swept = table.attrs["swept"]
    names = {"voltage": "Voltage", "current": "Current"}
    swept_name = names.get(swept) or (
        f"Field along {swept[-1]}" if swept.startswith("field_") else swept.replace("_", " ").capitalize()
    )
    # A junction shows its two levels best as resistance, a memristor its pinched loop as current.
    shown = "resistance" if "cosine" in table or swept != "voltage" else "current"
    columns = _state_columns(table)
    if shown not in table or np.ptp(table[shown]) < 1e-6 * np.max(np.abs(table[shown])):
        # A magnet that nothing reads shows its state, along the field.
        shown = next((name for name in columns if name[-2:] == swept[-2:]), columns[0])
    x = scaled_axis(table, left, "x", swept, swept_name)
    y = scaled_axis(table, left, "y", shown, f"State ${shown}$" if shown in columns else shown.capitalize())
    rising = np.gradient(table[swept].to_numpy()) >= 0
    for up, color, name in ((True, "C0", "rising"), (False, "C1", "falling")):
        part = table[shown].where(rising == up)
        left.plot(x * table[swept], y * part, color=color, label=f"{swept_name.lower()} {name}")
    left.margins(x=0.02, y=0.08)
    left.legend(loc="best")

    time = scaled_axis(table, right, "x", "time", "Time")
    states = ["cosine"] if "cosine" in table else columns
    for k, name in enumerate(states):
        right.plot(time * table["time"], table[name], color=f"C{k}", linewidth=0.8, label=f"${name}$")
    right.set_ylabel("Cosine to the reference layer" if states == ["cosine"] else f"State ${', '.join(states)}$")
    right.margins(x=0, y=0.05)
    drive = right.twinx()
    drive.spines["right"].set_visible(True)
    factor = scaled_axis(table, drive, "y", swept, f"{swept_name}, dashed")
    drive.plot(time * table["time"], factor * table[swept], color="0.6", linewidth=0.8, linestyle="--")
    if len(states) > 1:
        right.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=len(states))


def _state_columns(table: pd.DataFrame) -> list[str]:
    """Columns of the device's first state, which is what its memory is in: several if it is a direction."""
    from ..devices.catalog import find_model

    return list(next(iter(find_model(table.attrs["device"]).state_declarations().values())).components)


def _drawing(bench: str) -> Callable[[pd.DataFrame, Any, Any], None]:
    """The function that draws a bench's table on two axes: here, or ``draw_<bench>`` in a module of the bench's name.

    Raises
    ------
    UnknownNameError
        If the bench has no standard figure.
    """
    if bench in _FIGURES:
        return _FIGURES[bench]
    if bench not in BENCHES:
        raise UnknownNameError("figure for the bench", bench, BENCHES)
    name = bench.replace("-", "_")
    module = importlib.import_module(f".{name}", __package__)
    drawing: Callable[[pd.DataFrame, Any, Any], None] = getattr(module, f"draw_{name}")
    return drawing


def _drawing_of_cell(cell: str) -> Callable[[pd.DataFrame, Any, Any], None]:
    """The function ``draw_<cell>`` that draws the table of a cell, in a module named as the one with the cell.

    Raises
    ------
    UnknownNameError
        If there is no such cell.
    ParameterError
        If it has no standard figure.
    """
    home = f"{__package__}.{find_cell(cell).__module__.rpartition('.')[2]}"
    module = importlib.import_module(home) if importlib.util.find_spec(home) else None
    drawing: Callable[[pd.DataFrame, Any, Any], None] | None = getattr(module, f"draw_{cell.replace('-', '_')}", None)
    if drawing is None:
        raise ParameterError(f"the cell {cell} has no standard figure")
    return drawing


_FIGURES: dict[str, Callable[[pd.DataFrame, Any, Any], None]] = {"iv": _plot_iv, "hysteresis": _plot_hysteresis}
