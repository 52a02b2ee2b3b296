"""Measured data from a file, as a table with SI units that says where every number comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import described_table
from ...devices.language.checks import instance, known, names, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.waveforms.shapes import FloatArray
from ..tables import UNREADABLE, is_own_table, read_table
from .columns import Chosen, choose, guessed, number_in
from .text_files import RawColumns, read_text

#: What is done with rows in which a number is missing.
MISSING_ROWS = ("refuse", "drop")
#: Column that tells apart the curves of a file with pairs of columns.
CURVE = "curve"


def read_measured(
    path: str | Path,
    *,
    separator: str | None = None,
    decimal: str | None = None,
    skip: int = 0,
    pairs: Sequence[str] | None = None,
    curves: str | None = None,
    missing: str = "refuse",
    **columns: str | int,
) -> pd.DataFrame:
    """Read measured data: a CSV, TSV or Parquet file, or what an instrument exports.

    The rows of numbers, what separates them, the decimal sign and the head above them are found; all of them can be
    said. Names of columns are those of this package's tables (``voltage``, ``current``, ``time``, ``field``,
    ``resistance``, ``probability``, ...), so that a bench can be compared with the data; ``current_error`` is the
    standard error of ``current``.

    Parameters
    ----------
    path : str or Path
        The file: text, ``.parquet``, or a table that :func:`~synaspice.characterization.write_table` wrote.
    separator : str, optional
        What separates columns, ``" "`` for any white space.
    decimal : str, optional
        Decimal sign, ``"."`` or ``","``.
    skip : int
        Lines to leave out at the beginning.
    pairs : sequence of str, optional
        Of a file that is pairs of columns, one pair a curve: what the first and what the second column of each is, with
        units, as in ``("field [Oe]", "voltage [uV]")``. The table then has a column ``curve``, the head of the pair.
    curves : str, optional
        Of pairs: quantity whose value stands in the heads, such as ``frequency`` in ``2pf_5.0_GHz``; it becomes a
        column.
    missing : str
        ``"refuse"`` rows in which a number is missing, or ``"drop"`` them, which ``attrs`` then tells.
    **columns : str or int
        Which column is which quantity: by its head, with or without the unit, or by its number, counted from 1. A unit
        in brackets behind it is that of the numbers: ``voltage="V1 [mV]"``, ``current="3 [uA]"``. Units are those of
        the field, with the case that they are written in (``mT``, ``kOe``, ``emu/cc``, ``MA/cm2``). Default: the
        columns whose heads say what they are.

    Returns
    -------
    pandas.DataFrame
        The columns in SI units. ``attrs`` has ``units``, ``descriptions`` (the head of each), ``measured`` (True),
        ``source`` (name of the file), ``sha256``, ``conversions`` by column, ``assumed_units`` (columns of which
        nothing said the unit), ``dropped_rows``, and how the file was read (``read_as``).

    Raises
    ------
    UnknownNameError
        If there is no such column.
    ParameterError
        If the file cannot be read, a unit is not understood or belongs to another quantity, a number is missing, or
        it is not clear which column is what.
    """
    source = Path(instance("the path", path, (str, Path), "the name of a file"))
    known("way with missing numbers", missing, MISSING_ROWS)
    raw = _raw(source, separator, decimal, whole("skip", skip, 0))
    if pairs is not None and columns:
        raise ParameterError(f"a file of pairs has no further columns: {', '.join(columns)}")
    if curves is not None and pairs is None:
        raise ParameterError("curves are told apart in a file of pairs of columns: give pairs as well")
    if pairs is not None:
        found, chosen = _paired(raw, names("pairs", pairs), curves)
    else:
        given: dict[str, Any] = columns or guessed(raw.names)
        chosen = {name: choose(name, asked, raw.names) for name, asked in given.items()}
        found = {name: _converted(raw.values[one.index], one) for name, one in chosen.items()}
    bad = ~np.all([np.isfinite(values) for values in found.values() if values.dtype.kind == "f"], axis=0)
    if bad.any() and (missing == "refuse" or bad.all()):
        first = int(np.flatnonzero(bad)[0])
        where = f"row {first + 1}" if pairs is not None else f"row {first + 1} (line {raw.first_line + first})"
        what = [name for name, values in found.items() if values.dtype.kind == "f" and not np.isfinite(values[first])]
        raise ParameterError(
            f"{int(bad.sum())} of {len(bad)} rows of {shown(source.name)} lack a finite number, the first is {where}, "
            f"{', '.join(what)}: missing='drop' leaves such rows out"
        )
    units = {name: one.unit for name, one in chosen.items()}
    table = described_table(
        {
            name: (values[~bad], units.get(name, ""), f"measured: {chosen[name].head if name in chosen else 'head'}")
            for name, values in found.items()
        },
        measured=True,
        source=source.name,
        sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
        conversions={name: one.conversion.said for name, one in chosen.items() if one.conversion.said},
        assumed_units=[name for name, one in chosen.items() if one.assumed],
        dropped_rows=int(bad.sum()),
        read_as=raw.told,
    )
    return table.reset_index(drop=True)


def _raw(source: Path, separator: str | None, decimal: str | None, skip: int) -> RawColumns:
    """The columns of a file of any kind."""
    if not source.is_file():
        raise ParameterError(f"there is no file {shown(str(source))}")
    if source.suffix.lower() == ".parquet":
        try:
            frame = pd.read_parquet(source)
        except UNREADABLE as error:
            raise ParameterError(f"{shown(source.name)} cannot be read: {shown(str(error))}") from None
    elif is_own_table(source):
        frame = read_table(source)
    else:
        return read_text(source, separator, decimal, skip)
    units = frame.attrs.get("units", {})
    frame = frame.select_dtypes("number")
    heads = tuple(f"{name} [{units[name]}]" if name in units else str(name) for name in frame.columns)
    return RawColumns(heads, [frame[name].to_numpy(float) for name in frame.columns], "columns of a table", 1)


def _converted(values: FloatArray, one: Chosen) -> FloatArray:
    return values * one.conversion.factor + one.conversion.offset


def _paired(raw: RawColumns, pairs: list[str], curves: str | None) -> tuple[dict[str, Any], dict[str, Chosen]]:
    """The columns of a file of pairs, one curve below the other; a curve ends where its numbers do."""
    if len(pairs) != 2 or len(raw.values) % 2:
        raise ParameterError(
            f"pairs are two quantities, and an even number of columns, not {len(pairs)} and {len(raw.values)}"
        )
    quantities = [text.partition("[")[0].strip() for text in pairs]
    chosen = {name: choose(name, text, [name]) for name, text in zip(quantities, _numbered(pairs), strict=True)}
    if len(chosen) != 2:
        raise ParameterError(f"the two columns of a pair are both called {quantities[0]!r}")
    parts: dict[str, list[Any]] = {CURVE: [], **({curves: []} if curves else {}), **{name: [] for name in quantities}}
    for k in range(0, len(raw.values), 2):
        both = [_converted(raw.values[k + j], one) for j, one in enumerate(chosen.values())]
        there = ~np.all(np.isnan(both), axis=0)
        head = raw.names[k] or f"curve {k // 2 + 1}"
        parts[CURVE].append(np.full(int(there.sum()), head, dtype=object))
        if curves:
            parts[curves].append(np.full(int(there.sum()), number_in(head, curves)))
        for name, values in zip(quantities, both, strict=True):
            parts[name].append(values[there])
    found = {name: np.concatenate(values) for name, values in parts.items()}
    if curves:
        chosen[curves] = replace(choose(curves, curves, [curves]), assumed=False)
    return found, chosen


def _numbered(pairs: list[str]) -> list[str]:
    """The same as choices of the only column: ``1 [Oe]`` of ``field [Oe]``."""
    return [f"1 [{text.partition('[')[2]}" if "[" in text else "1" for text in pairs]
