"""Columns of numbers in a text file: where they begin, what separates them, and what stands above them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...devices.language.errors import ParameterError, shown
from ...devices.language.quantities.units import size_of
from ...devices.language.waveforms.shapes import FloatArray

#: Separators that are tried; None is any white space.
SEPARATORS: tuple[str | None, ...] = ("\t", ";", ",", None)
DECIMALS = (".", ",")
#: Fields that stand for a number that is missing.
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "--", "---"})
#: Signs with which a line begins that is a comment, or the head of the columns.
COMMENTS = ("#", "%", "!", "//")
#: Lines by which separator and decimal sign are told; a file of more has more of the same.
SAMPLE = 2000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|[+-]?inf$")


@dataclass(frozen=True)
class RawColumns:
    """Columns of a file, as they stand in it.

    Attributes
    ----------
    names : tuple of str
        Their heads; empty where there is none.
    values : list of ndarray
        Their numbers, NaN where one is missing.
    told : str
        How the file was read, in a sentence.
    first_line : int
        Number of the line of the first row.
    """

    names: tuple[str, ...]
    values: list[FloatArray]
    told: str
    first_line: int


def read_text(path: Path, separator: str | None = None, decimal: str | None = None, skip: int = 0) -> RawColumns:
    """Read the rows of numbers of a text file, and the head above them.

    Parameters
    ----------
    path : Path
        The file: UTF-8, UTF-16 with its mark, or Windows' Latin letters.
    separator : str, optional
        What separates columns, ``" "`` for any white space; default: that with which most lines are rows of numbers.
    decimal : str, optional
        Decimal sign, ``"."`` or ``","``; default: likewise.
    skip : int
        Lines to leave out at the beginning.

    Raises
    ------
    ParameterError
        If it cannot be read, has no rows of numbers, or has something else between them.
    """
    lines = _decoded(path).splitlines()[skip:]
    chosen = _form(lines, separator, decimal)
    if chosen is None:
        raise ParameterError(f"{shown(path.name)} has no row of numbers: say which separator and decimal sign it has")
    mark, sign = chosen
    rows = [_numbers(line, mark, sign) for line in lines]
    first, end = _longest(rows, lines)
    later = next((k for k in range(end, len(rows)) if rows[k] is not None), None)
    if later is not None:
        raise ParameterError(
            f"line {end + 1 + skip} of {shown(path.name)}, {shown(lines[end])}, is no row of numbers, and more rows "
            f"follow it in line {later + 1 + skip}: take it out, or skip the lines before"
        )
    block = [row for row in rows[first:end] if row is not None]
    width = max(len(row) for row in block)
    names = _names(lines[:first], mark, width)
    table = np.full((len(block), width), np.nan)
    for k, row in enumerate(block):
        table[k, : len(row)] = row
    separated = {"\t": "tabulators", None: "white space"}.get(mark, f"{mark!r}")
    told = f"separated by {separated}, decimal sign {sign!r}, {first + skip} lines before the rows"
    return RawColumns(names, [table[:, k] for k in range(width)], told, first + skip + 1)


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"{shown(str(path))} cannot be read: {error.strerror or error}") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _form(lines: list[str], separator: str | None, decimal: str | None) -> tuple[str | None, str] | None:
    """Separator and decimal sign with which most lines are rows of numbers, and of those the most columns."""
    if decimal is not None and decimal not in DECIMALS:
        raise ParameterError(f"the decimal sign is '.' or ',', not {shown(decimal)}")
    marks = SEPARATORS if separator is None else (None if separator == " " else separator,)
    best: tuple[tuple[int, int], tuple[str | None, str]] | None = None
    for mark in marks:
        for sign in DECIMALS if decimal is None else (decimal,):
            if mark == sign:
                continue
            counts = [len(row) for row in (_numbers(line, mark, sign) for line in lines[:SAMPLE]) if row is not None]
            score = (len(counts), max(counts, default=0))
            if counts and (best is None or score > best[0]):
                best = score, (mark, sign)
    return None if best is None else best[1]


def _fields(line: str, mark: str | None) -> list[str]:
    fields = line.split() if mark is None else line.split(mark)
    return [field.strip().strip('"').strip() for field in fields]


def _numbers(line: str, mark: str | None, sign: str) -> list[float] | None:
    """The numbers of a row; None of a line that is none."""
    if not line.strip():
        return None
    fields = _fields(line, mark)
    found = []
    for field in fields:
        if field.lower() in MISSING:
            found.append(np.nan)
            continue
        text = field if sign == "." else field.replace(",", ".") if "." not in field else ""
        if not _NUMBER.match(text):
            return None
        found.append(float(text))
    return found if not np.all(np.isnan(found)) else None


def _longest(rows: list[list[float] | None], lines: list[str]) -> tuple[int, int]:
    """Bounds of the rows of numbers: from the first one of the longest run; empty lines do not end it."""
    best, start = (0, 0), None
    length = 0
    for k, row in enumerate([*rows, None]):
        if row is not None:
            start = k if start is None else start
            length += 1
        elif start is not None and (k >= len(lines) or lines[k].strip()):
            if length > best[1] - best[0] or best == (0, 0):
                best = (start, k)
            start, length = None, 0
    return best


def _names(head: list[str], mark: str | None, width: int) -> tuple[str, ...]:
    """Heads of the columns: of the last line before them that has as many fields, with the units of a line below it."""
    found: list[list[str]] = []
    for line in reversed([line for line in head if line.strip()][-2:]):
        text = line.strip()
        for comment in COMMENTS:
            text = text.removeprefix(comment)
        fields = _fields(text.strip() if mark is None else text, mark)
        while len(fields) > width and not fields[-1]:
            fields.pop()
        if len(fields) != width:
            break
        found.append(fields)
    if not found:
        return ("",) * width
    if len(found) == 2 and all(_is_unit(field) for field in found[0]):
        return tuple(f"{name} [{unit.strip('[]()')}]" for name, unit in zip(found[1], found[0], strict=True))
    return tuple(found[0])


def _is_unit(field: str) -> bool:
    """Whether a field of the line below the heads is the unit of a column."""
    bare = field.strip("[]()")
    if bare != field or not bare:
        return True
    try:
        size_of(bare)
    except ParameterError:
        return False
    return True
