"""Which column of a file is which quantity, and in which unit it stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...devices.language.errors import ParameterError, UnknownNameError, shown
from ...devices.language.quantities.units import Conversion, conversion, si_unit

#: Quantities of this package's tables whose unit is known by their name.
QUANTITIES = {
    **{"time": "s", "voltage": "V", "source_voltage": "V", "current": "A", "conductance": "S", "resistance": "ohm"},
    **{"field": "A/m", "field_x": "A/m", "field_y": "A/m", "field_z": "A/m", "magnetization": "A/m"},
    **{"frequency": "Hz", "linewidth": "Hz", "width": "s", "temperature": "K", "probability": "1", "power": "W"},
    **{"cycle": "1", "dc_voltage": "V", "velocity": "m/s"},
}
#: Heads that say by themselves which quantity they are.
USUAL = {
    **{"t": "time", "v": "voltage", "i": "current", "r": "resistance", "h": "field", "f": "frequency"},
    **{name: name for name in QUANTITIES},
}
#: Ending of a column with the standard error of another.
ERROR = "_error"
_BRACKETS = re.compile(r"(.*?)\s*[\[(]\s*([^\[\]]*?)\s*[\])]\s*$")
_SLASH = re.compile(r"(.*?)\s+(?:/|in)\s*(\S+)\s*$")


@dataclass(frozen=True)
class Chosen:
    """A column that was chosen.

    Attributes
    ----------
    index : int
        Its place in the file, from 0.
    head : str
        What stands above it, or its number.
    unit : str
        SI unit of the quantity.
    conversion : Conversion
        How its numbers come into that unit.
    assumed : bool
        Whether nothing said its unit, so that SI units were taken.
    """

    index: int
    head: str
    unit: str
    conversion: Conversion
    assumed: bool


def split_unit(head: str) -> tuple[str, str | None]:
    """Name and unit of a head such as ``V1 [mV]``, ``H (Oe)`` or ``I / uA``; no unit where none is understood."""
    for form in (_BRACKETS, _SLASH):
        match = form.match(head)
        if match is not None:
            try:
                si_unit(match.group(2))
            except ParameterError:
                continue
            return match.group(1).strip(), match.group(2)
    return head.strip(), None


def choose(quantity: str, asked: Any, heads: Sequence[str]) -> Chosen:
    """The column that a user means.

    Parameters
    ----------
    quantity : str
        What the column is: a name of the model's tables, such as ``voltage``; with ``_error`` behind it, its standard
        error.
    asked : str or int
        Head of the column with or without its unit, or its number, counted from 1; a unit in brackets behind either,
        as in ``"2 [mV]"``, is that of the numbers, whatever the head says.
    heads : sequence of str
        Heads of the file.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    ParameterError
        If the unit is not understood, or is one of another quantity.
    """
    if isinstance(asked, bool) or not isinstance(asked, int | str):
        raise ParameterError(f"the column of {quantity} is a head or a number, not {shown(asked)}")
    text = str(asked).strip()
    named = [split_unit(head) for head in heads]
    index, unit = _find(text, heads, named), None
    if index is None:
        match = _BRACKETS.match(text)
        if match is not None:
            unit = match.group(2)
            index = _find(match.group(1).strip(), heads, named)
    if index is None:
        raise UnknownNameError("column", text, [head for head in heads if head] or [str(len(heads))], hint=_hint(heads))
    unit = named[index][1] if unit is None else unit
    base = quantity.removesuffix(ERROR)
    wanted = QUANTITIES.get(base)
    try:
        found = si_unit(unit) if unit is not None and wanted is None else wanted or "1"
        change = conversion(found if unit is None else unit, found)
        if change.offset and quantity != base:  # an error is a difference
            change = Conversion(change.factor)
    except ParameterError as error:
        raise ParameterError(f"the column of {quantity}, {shown(heads[index] or text)}: {error}") from None
    return Chosen(index, heads[index] or f"column {index + 1}", found, change, unit is None)


def guessed(heads: Sequence[str]) -> dict[str, str]:
    """The columns whose heads say by themselves what they are, by quantity.

    Raises
    ------
    ParameterError
        If none does, or two say the same.
    """
    found: dict[str, str] = {}
    for head in heads:
        quantity = USUAL.get(split_unit(head)[0].lower())
        if quantity is not None and quantity in found:
            raise ParameterError(
                f"two columns are called {quantity}, {shown(found[quantity])} and {shown(head)}: {SAY}"
            )
        if quantity is not None:
            found[quantity] = head
    if not found:
        raise ParameterError(f"no column says what it is ({_hint(heads)}): {SAY}")
    return found


#: What to do where the heads do not tell.
SAY = 'say which is which, as in voltage="V1 [mV]" or current=3'


def number_in(text: str, quantity: str) -> float:
    """The number with a unit in the name of a curve, such as 5e9 of ``2pf_5.0_GHz`` for a frequency, in SI units.

    Raises
    ------
    ParameterError
        If there is none, or several.
    """
    wanted, found = QUANTITIES.get(quantity, "1"), []
    for match in re.finditer(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[\s_]*([A-Za-z%/0-9^*°]*)", text):
        try:
            change = conversion(match.group(2) or "1", wanted)
        except ParameterError:
            continue
        found.append(float(match.group(1)) * change.factor + change.offset)
    if len(found) != 1:
        raise ParameterError(
            f"the name of a curve, {shown(text)}, has {len(found)} numbers that are a {quantity}, not one"
        )
    return found[0]


def _find(text: str, heads: Sequence[str], named: Sequence[tuple[str, str | None]]) -> int | None:
    """Place of a column by its head, by the name in that, or by its number."""
    for names in (heads, [name for name, _ in named]):
        places = [k for k, name in enumerate(names) if name and name == text]
        if len(places) > 1:
            raise ParameterError(f"{len(places)} columns are called {shown(text)}: give the number of one, from 1")
        if places:
            return places[0]
    if text.isdecimal() and 1 <= int(text) <= len(heads):
        return int(text) - 1
    return None


def _hint(heads: Sequence[str]) -> str:
    named = [head for head in heads if head]
    return f"the file has {len(heads)} columns" + (f": {', '.join(named[:12])}" if named else " without heads")
