"""One point of a sweep: the bench's figures as plain numbers, or the reason why there are none."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...devices.language.checks import instance
from ...devices.language.errors import (
    MissingDependencyError,
    ParameterError,
    SynaspiceError,
    SynaspiceWarning,
    UnknownNameError,
)
from ..cells.costs import cost_rows
from ..statistics.merit import Merit
from ..statistics.spreads import Thing, spreads_of, variables_of
from ..statistics.vary import values_of_shares

#: What became of a point. A device has no criterion: its point is measured.
WORKS, FAILS, MEASURED, REFUSED, FAILED, MISSING = (
    "works",
    "does not work",
    "measured",
    "refused",
    "failed",
    "not installed",
)
STATUS = (WORKS, FAILS, MEASURED, REFUSED, FAILED, MISSING)
#: Attributes of a bench's table that are numbers, but no figures of what was measured.
SETTINGS = frozenset({"temperature", "seed", "mismatch", "waveforms"})
#: Units of attributes by the last word of their names, where a bench does not tell it (``attribute_units``).
UNITS = {
    **dict.fromkeys(("delay", "period", "interval", "duration", "retention", "time", "constant"), "s"),
    **dict.fromkeys(("energy",), "J"),
    **dict.fromkeys(("current",), "A"),
    **dict.fromkeys(("voltage",), "V"),
    **dict.fromkeys(("frequency",), "Hz"),
    **dict.fromkeys(("rate", "error", "deviation", "ratio", "disturb", "exponent"), "1"),
}

#: A figure: its value, unit and description.
Figure = tuple[float, str, str]


def made(thing: Thing, changes: Mapping[str, Any], relative: Mapping[str, float]) -> Thing:
    """A device or cell with other values, then with parameters that are relative to what these give.

    Raises
    ------
    ParameterError
        If there is none such.
    """
    changed = thing.replace(**changes) if changes else thing
    nominal = variables_of(changed)
    scaled = {name: nominal[name][1] * factor for name, factor in relative.items()}
    return changed.replace(**scaled) if scaled else changed


def scattered(thing: Thing, distributions: Mapping[str, Any], outside: str, shares: Sequence[float]) -> Thing:
    """A device or cell with scattered parameters, around their values here, at shares of their distributions."""
    if not distributions:
        return thing
    spreads = spreads_of(thing, distributions, outside)
    (row,) = values_of_shares(spreads, np.asarray([shares]))
    return thing.replace(**{spread.name: float(value) for spread, value in zip(spreads, row, strict=True)})


def measure_point(
    function: Callable[..., pd.DataFrame],
    thing: Thing,
    changes: Mapping[str, Any],
    relative: Mapping[str, float],
    settings: Mapping[str, Any],
    measures: Sequence[str] = (),
    scatter: tuple[Mapping[str, Any], str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Measure a point: its row as JSON, in an array that a file can hold.

    Parameters
    ----------
    function : callable
        The bench.
    thing : CompactModel or Cell
        What is swept.
    changes, relative : Mapping
        Values at this point, and factors of what parameters have otherwise, by name.
    settings : Mapping
        Arguments of the bench at this point.
    measures : sequence of str
        Figures of merit of the bench's table.
    scatter : tuple, optional
        Distributions, what becomes of values outside the bounds, and the shares of this sample.
    """
    row: dict[str, Any] = {"status": FAILED, "reason": "", "remarks": [], "figures": {}, "about": {}}
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", SynaspiceWarning)
        try:
            here = made(thing, changes, relative)
            row["about"] = about(here)
            here = here if scatter is None else scattered(here, *scatter)
            row |= row_of(function(here, **settings), measures)
        except UnknownNameError:  # of a measure: wrong at every point
            raise
        except MissingDependencyError as error:
            row |= {"status": MISSING, "reason": str(error)}
        except ParameterError as error:
            row |= {"status": REFUSED, "reason": str(error)}
        except SynaspiceError as error:
            row |= {"status": FAILED, "reason": str(error)}
    ours = [str(each.message) for each in found if issubclass(each.category, SynaspiceWarning)]
    row["remarks"] = list(dict.fromkeys(ours))
    row["reason"] = " ".join(str(row["reason"]).split())
    return {"row": np.array(json.dumps(row))}


def about(thing: Thing) -> dict[str, Any]:
    """Where a point lies: technology, corner, temperature and supply of a cell."""
    if not isinstance(thing, Cell):
        return {}
    return {
        "technology": thing.technology,
        "corner": thing.corner,
        "temperature": thing.temperature,
        "supply_voltage": thing.supply_voltage,
    }


def row_of(table: pd.DataFrame, measures: Sequence[str]) -> dict[str, Any]:
    """What the table of a bench says: whether it works, and its figures.

    Raises
    ------
    ParameterError
        If a measure is none of this table.
    """
    instance("what a bench returns", table, pd.DataFrame, "a table")
    attrs, figures = table.attrs, figures_of(table)
    for text in measures:
        if text not in figures:
            figures[text] = (_merit(table, text), _unit_of(text, attrs), text)
    row: dict[str, Any] = {"figures": figures, "reason": str(attrs.get("reason") or ""), "status": MEASURED}
    row["cite"] = list(attrs.get("cite") or ())
    if "works" in attrs:
        row |= {"status": WORKS if attrs["works"] else FAILS, "criterion": str(attrs.get("criterion", ""))}
    return row


def _merit(table: pd.DataFrame, text: str) -> float:
    chosen = Merit.of(text)
    if chosen.attribute:
        value = table.attrs.get(chosen.column)
        if value is None and chosen.column in table.attrs:
            raise ParameterError(f"the bench found no {chosen.column} here")
        if not isinstance(value, bool | int | float):
            raise ParameterError(f"the bench says no number {chosen.column!r}")
        return float(value)
    chosen.column_of(table)
    return chosen.value(table, table.attrs.get("units", {}))


def _unit_of(text: str, attrs: Mapping[Any, Any]) -> str:
    chosen = Merit.of(text)
    if chosen.attribute:
        return _unit_of_attribute(chosen.column, attrs)
    units: Mapping[str, str] = attrs.get("units", {})
    return units.get(chosen.column, "1")


def _unit_of_attribute(name: str, attrs: Mapping[Any, Any]) -> str:
    told: Mapping[str, str] = attrs.get("attribute_units") or {}
    return told.get(name, UNITS.get(name.rpartition("_")[2], ""))


def figures_of(table: pd.DataFrame) -> dict[str, Figure]:
    """The numbers that a bench's table says of what was measured: its attributes, and what operations cost."""
    found: dict[str, Figure] = {}
    for name, value in table.attrs.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and name not in SETTINGS:
            unit = _unit_of_attribute(str(name), table.attrs)
            found[str(name)] = (float(value), unit, f"what the bench says: {name}")
    if table.attrs.get("costs"):
        for row in cost_rows(table):
            word = "_".join(str(row["operation"]).split())
            kind = "" if row["range"] == "typical" else f"_{row['range']}"
            found[f"{word}_energy{kind}"] = (
                float(row["total"]),
                "J",
                f"energy of an operation ({row['operation']}), {row['range']} of the bench's points",
            )
            if row["range"] == "typical" and not math.isnan(row["delay"]):
                found[f"{word}_delay"] = (float(row["delay"]), "s", f"delay of an operation ({row['operation']})")
    return found
