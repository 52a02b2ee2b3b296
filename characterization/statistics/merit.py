"""Figures of merit: one number of each sample's table, as a text says which."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import Column, described_table
from ...devices.language.checks import instance, known
from ...devices.language.errors import ParameterError, shown
from ...devices.language.quantities.quantity import parse_quantity

#: Column of a table of samples that tells them apart, and how those begin with what each sample's table says of itself.
SAMPLE, ATTRIBUTE = "sample", "attribute_"
#: Spread of a figure, over its size, that rounding errors make: of sums of some thousand numbers.
ROUNDING = 1e-12
#: How near a row's value must be to the one that is asked for. [1]
NEAR = 1e-9


def _only(values: np.ndarray) -> float:
    if len(values) != 1:
        raise ParameterError(
            f"there are {len(values)} values: say which by 'at ...', or one of {', '.join(map(repr, REDUCTIONS))}"
        )
    return float(values[0])


#: Words that make one number of a column.
REDUCTIONS: dict[str, Callable[[np.ndarray], float]] = {
    "mean": lambda values: float(np.mean(values)),
    "median": lambda values: float(np.median(values)),
    "min": lambda values: float(np.min(values)),
    "max": lambda values: float(np.max(values)),
    "range": lambda values: float(np.ptp(values)),
    "first": lambda values: float(values[0]),
    "last": lambda values: float(values[-1]),
}


@dataclass(frozen=True)
class Merit:
    """One number of a table.

    Attributes
    ----------
    text : str
        How it is written.
    column : str
        The column, or the attribute.
    reduction : str
        One of :data:`REDUCTIONS`; empty for the only value there is.
    conditions : tuple of pairs of str
        Columns and values of the rows that count.
    attribute : bool
        Whether it is an attribute of the table.
    """

    text: str
    column: str
    reduction: str = ""
    conditions: tuple[tuple[str, str], ...] = ()
    attribute: bool = False

    @classmethod
    def of(cls, text: Any) -> Merit:
        """Read how a figure of merit is written.

        Parameters
        ----------
        text : str
            ``"[REDUCTION] COLUMN [at NAME=VALUE,...]"``, as in ``"max current"`` or ``"resistance at
            state=parallel,voltage=0.1"``; or ``"attribute NAME"``.

        Raises
        ------
        ParameterError
            If it is not written so.
        """
        what, at, where = str(instance("the figure of merit", text, str, "a text")).partition(" at ")
        words = what.split()
        if len(words) == 2 and words[0] == "attribute" and not at:
            return cls(text, words[1], attribute=True)
        if len(words) == 2:
            known("word for one number of a column", words[0], [*REDUCTIONS, "attribute"])
        if len(words) not in (1, 2):
            raise ParameterError(
                f"a figure of merit is written as 'max current' or 'resistance at voltage=0.1', not as {shown(text)}"
            )
        conditions = []
        for part in where.split(",") if at else []:
            name, equals, value = part.partition("=")
            if not equals or not name.strip() or not value.strip():
                raise ParameterError(
                    f"{shown(text)}: after 'at' stand NAME=VALUE with commas, not {shown(part.strip())}"
                )
            conditions.append((name.strip(), value.strip()))
        return cls(text, words[-1], words[0] if len(words) == 2 else "", tuple(conditions))

    def column_of(self, table: pd.DataFrame) -> str:
        """The column; refused if the table has none of the name with numbers."""
        numeric = [name for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
        return known("column of numbers", self.column, numeric)

    def rows(self, table: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
        """The rows of a table, of columns in units, that count; one between two rows if a value lies between theirs.

        Raises
        ------
        ParameterError
            If there are no such rows.
        UnknownNameError
            If there is no such column.
        """
        found = table
        for name, text in self.conditions:
            known("column", name, list(table.columns))
            if not pd.api.types.is_numeric_dtype(table[name]):
                found = found[found[name] == known(f"value of {name}", text, sorted(map(str, set(found[name]))))]
                continue
            value = parse_quantity(text, units.get(name, "1"))
            there = found[name].to_numpy(dtype=float)
            near = np.abs(there - value) <= NEAR * max(float(np.max(np.abs(there), initial=0.0)), abs(value))
            found = found[near] if near.any() else _between(found, name, value)
        return found

    def value(self, table: pd.DataFrame, units: Mapping[str, str]) -> float:
        """The number of a table of one sample, of columns in units; NaN if the table's own is."""
        values = self.rows(table, units)[self.column].to_numpy(dtype=float)
        if not len(values):
            raise ParameterError(f"no rows are left for {self.text!r}")
        return REDUCTIONS[self.reduction](values) if self.reduction else _only(values)


def _between(table: pd.DataFrame, name: str, value: float) -> pd.DataFrame:
    """The row of a table where a column has a value between those of its rows, by straight lines."""
    at = table[name].to_numpy(dtype=float)
    steps = np.diff(at)
    if not len(at) or not (np.all(steps > 0) or np.all(steps < 0)):
        raise ParameterError(f"there is no {name} = {value:g}, and its values do not rise or fall throughout")
    if not min(at[0], at[-1]) <= value <= max(at[0], at[-1]):
        raise ParameterError(f"{name} = {value:g} is outside {min(at[0], at[-1]):g} to {max(at[0], at[-1]):g}")
    rising = table if steps[0] > 0 else table[::-1]
    row: dict[str, Any] = {
        each: [float(np.interp(value, rising[name], rising[each]))]
        for each in table.columns
        if pd.api.types.is_numeric_dtype(table[each])
    }
    return pd.DataFrame(row)


def without_rounding(values: np.ndarray) -> np.ndarray:
    """Values without a spread that is one of rounding errors alone: all the same then, but for those that are NaN.

    Parameters
    ----------
    values : ndarray
        A figure of merit of each sample.
    """
    finite = values[np.isfinite(values)]
    if finite.size and np.ptp(finite) <= ROUNDING * np.max(np.abs(finite)):
        return np.where(np.isfinite(values), finite[0], values)
    return values


def figures_of_merit(table: pd.DataFrame, merit: str | None = None) -> pd.DataFrame:
    """One number of each sample of a table of :func:`~synaspice.characterization.statistics.vary.vary`.

    Parameters
    ----------
    table : pandas.DataFrame
        The table of samples.
    merit : str, optional
        Which number: ``"[REDUCTION] COLUMN [at NAME=VALUE,...]"``, with ``mean``, ``median``, ``min``, ``max``,
        ``range``, ``first`` or ``last`` of a column, as in ``"max current"`` or ``"resistance at
        state=parallel,voltage=0.1"``, or ``"attribute NAME"`` of what the bench says of its table, such as the
        ``time_constant`` of a drift. Between two rows it is interpolated. Default: the one that the table names.

    Returns
    -------
    pandas.DataFrame
        Columns ``sample``, the parameters, and ``value``; NaN where a sample could not be measured. Values that differ
        by rounding errors alone, less than 1e-12 of them, are all the first one: nothing that varies moves them.
        ``attrs["merit"]`` is its text.

    Raises
    ------
    ParameterError
        If the table is none of samples, or has no such number.
    UnknownNameError
        If there is no such column, value or attribute.
    """
    instance("the table", table, pd.DataFrame, "a table of samples")
    if table.attrs.get("bench") != "vary":
        raise ParameterError("the table is none of vary: it has no samples")
    wanted = merit if merit is not None else table.attrs["merit"]
    if wanted is None:
        raise ParameterError("say which number of each sample is meant: merit='max current', for example")
    chosen = Merit.of(wanted)
    attrs = table.attrs
    bare = table.copy(deep=False)
    bare.attrs = {}  # pandas copies them whenever it takes a part of a table
    parameters = attrs["parameter_columns"]
    firsts = bare.drop_duplicates(SAMPLE)
    if chosen.attribute:
        values, unit, what = _attributes(firsts, attrs, chosen.column), "1", f"attribute {chosen.column}"
    else:
        own = bare[own_columns(bare, attrs)]
        chosen.column_of(own)
        unit, what = attrs["units"].get(chosen.column, "1"), chosen.text
        parts = own.groupby(bare[SAMPLE].to_numpy(), sort=False)
        failed = set(attrs["failed"])
        values = [math.nan if str(k) in failed else chosen.value(part, attrs["units"]) for k, part in parts]
    columns: dict[str, Column] = {
        name: (firsts[name].to_numpy(), attrs["units"][name], attrs["descriptions"][name])
        for name in (SAMPLE, *parameters)
    }
    columns["value"] = (without_rounding(np.array(values, dtype=float)), unit, what)
    left_out = {"units", "descriptions", "version"}
    kept = {str(key): value for key, value in attrs.items() if key not in left_out}
    return described_table(columns, **kept | {"bench": "figures-of-merit", "merit": wanted})


def own_columns(table: pd.DataFrame, attrs: Mapping[Any, Any]) -> list[str]:
    """Columns of a table of samples that are the bench's."""
    left_out = {SAMPLE, *attrs["parameter_columns"], *attrs["attribute_columns"]}
    return [str(name) for name in table.columns if name not in left_out]


def _attributes(firsts: pd.DataFrame, attrs: Mapping[Any, Any], name: str) -> list[float]:
    """An attribute of each sample's table, as numbers."""
    if f"{ATTRIBUTE}{name}" in attrs["attribute_columns"]:
        found: list[float] = firsts[f"{ATTRIBUTE}{name}"].to_numpy(dtype=float).tolist()
        return found
    numbers = {str(key): value for key, value in attrs.items() if isinstance(value, int | float)}
    differing = [column.removeprefix(ATTRIBUTE) for column in attrs["attribute_columns"]]
    return [float(numbers[known("attribute that is a number", name, [*differing, *numbers])])] * len(firsts)
