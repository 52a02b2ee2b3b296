"""What is swept: parameters, options and devices of a device or cell, and settings of its bench."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...circuits.cells.building.cell import Cell
from ...devices.language.checks import known, mapping
from ...devices.language.declarations.declaration import Parameter
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.quantities.quantity import parse_quantity
from ..arguments import Choice, Name, Quantity, Range, Whole
from ..signature import Setting
from ..statistics.spreads import Thing, variables_of

#: How the values of an axis are written.
FORMS = "START:STOP:POINTS, START:STOP:POINTS:log, or values with commas"
#: Parts of an axis' texts: what a range may have after its points; what makes numbers relative.
LOGARITHMIC, RELATIVE = "log", "%"
#: Points that an axis keeps at most where a sweep is quick, and the memory of a point. [-, byte]
QUICK_POINTS, PIECE = 3, 4_000


@dataclass(frozen=True)
class Axis:
    """A swept quantity.

    Attributes
    ----------
    name : str
        The parameter, option, slot or setting.
    values : tuple
        Its values in order: numbers in SI units, or names.
    unit : str
        Unit of the numbers.
    description : str
        Its meaning.
    setting : bool
        Whether it is a setting of the bench.
    relative : bool
        Whether the numbers are relative to the value that the parameter has otherwise: 0.9 is 10 % less.
    """

    name: str
    values: tuple[Any, ...]
    unit: str
    description: str
    setting: bool = False
    relative: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return not isinstance(self.values[0], str)

    @property
    def column(self) -> str:
        """Name of its column."""
        return f"{self.name}_over_nominal" if self.relative else self.name

    def thinned(self) -> Axis:
        """The same with few values: of numbers the first, the middle and the last; of names all."""
        if not self.numeric or len(self.values) <= QUICK_POINTS:
            return self
        kept = (self.values[0], self.values[len(self.values) // 2], self.values[-1])
        return Axis(self.name, kept, self.unit, self.description, self.setting, self.relative)


def axes_of(thing: Thing, settings: Mapping[str, Setting], given: Any) -> list[Axis]:
    """The axes of a sweep.

    Parameters
    ----------
    thing : CompactModel or Cell
        What is swept.
    settings : Mapping
        The arguments of its bench.
    given : mapping
        Values by the name of the axis: a text, or a sequence of numbers or names.

    Raises
    ------
    ParameterError
        If there are no such values, or one twice.
    UnknownNameError
        If there is no such quantity, or option.
    """
    found = [_axis(thing, settings, name, values) for name, values in mapping("the axes", given).items()]
    require_memory(math.prod(len(axis.values) for axis in found), "points of the sweep", PIECE)
    return found


def _axis(thing: Thing, settings: Mapping[str, Setting], name: str, values: Any) -> Axis:
    parameters, options = variables_of(thing), thing.option_declarations()
    slots = type(thing).slots() if isinstance(thing, Cell) else {}
    everything = [*parameters, *options, *slots, *settings]
    known(f"parameter, option, device or setting of {thing.model_name()}", name, everything)
    try:
        if name in parameters:
            return _of_parameter(name, parameters[name][0], values)
        if name in options:
            chosen = tuple(options[name].check(value) for value in _names(values))
            return Axis(name, _different(chosen), "1", options[name].description)
        if name in slots:
            for value in _names(values):
                thing.replace(**{name: value})
            return Axis(name, _different(_names(values)), "1", slots[name].description)
        return _of_setting(settings[name], values)
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


def _of_parameter(name: str, parameter: Parameter, values: Any) -> Axis:
    """An axis of a parameter, whose numbers may be relative."""
    relative = isinstance(values, str) and parameter.unit != "1" and RELATIVE in values
    numbers = _numbers(values, "1" if relative else parameter.unit)
    if relative:
        if missing := [part for part in _parts(str(values)) if RELATIVE not in part]:
            raise ParameterError(f"either all values are relative or none is, and {missing[0]!r} has no per cent sign")
        about = f"{parameter.description}, over its value otherwise"
        return Axis(name, _different(tuple(1 + number for number in numbers)), "1", about, relative=True)
    return Axis(name, _different(numbers), parameter.unit, parameter.description)


def _of_setting(setting: Setting, values: Any) -> Axis:
    argument = setting.argument
    if isinstance(argument, Quantity):
        found: tuple[Any, ...] = _numbers(values, argument.unit)
    elif isinstance(argument, Whole):
        found = (
            tuple(argument.parse(text, "1") for text in values.split(",")) if isinstance(values, str) else _list(values)
        )
    elif isinstance(argument, Choice | Name):
        found = _names(values)
    else:
        raise ParameterError("only settings that are one number or one name can be swept")
    return Axis(
        setting.name, _different(tuple(setting.check(value) for value in found)), argument.unit, argument.what, True
    )


def _parts(text: str) -> list[str]:
    """The numbers in a text of values."""
    return text.split(":")[:2] if ":" in text else text.split(",")


def _numbers(values: Any, unit: str) -> tuple[float, ...]:
    """Numbers of a text or sequence."""
    if not isinstance(values, str):
        found: list[float] = Range(unit, "").check("the values", _list(values))
    elif values.endswith(f":{LOGARITHMIC}"):
        start, stop, points = _range(values.removesuffix(f":{LOGARITHMIC}"), unit)
        if not start * stop > 0 or points < 2:
            raise ParameterError(
                f"a logarithmic range has ends of one sign and two points at least, not {shown(values)}"
            )
        found = np.geomspace(start, stop, points).tolist()
    elif ":" in values:
        start, stop, points = _range(values, unit)
        found = np.linspace(start, stop, points).tolist()
    else:
        found = [parse_quantity(part.strip(), unit) for part in values.split(",")]
    return tuple(found)


def _range(text: str, unit: str) -> tuple[float, float, int]:
    parts = text.split(":")
    if len(parts) != 3 or not parts[2].strip().isdecimal() or len(parts[2]) > 9 or int(parts[2]) < 1:
        raise ParameterError(f"values are written as {FORMS}, not as {shown(text)}")
    start, stop = (parse_quantity(part.strip(), unit) for part in parts[:2])
    require_memory(int(parts[2]), "points of the sweep", PIECE)
    return start, stop, int(parts[2])


def _names(values: Any) -> tuple[str, ...]:
    found = [part.strip() for part in values.split(",")] if isinstance(values, str) else list(_list(values))
    if not all(isinstance(value, str) and value for value in found):
        raise ParameterError(f"expected names, not {shown(values)}")
    return tuple(found)


def _list(values: Any) -> tuple[Any, ...]:
    if isinstance(values, bytes | Mapping | type) or not isinstance(values, Sequence | np.ndarray):
        raise ParameterError(f"expected a sequence of values, or a text ({FORMS}), not {shown(values)}")
    return tuple(values.tolist() if isinstance(values, np.ndarray) else values)


def _different(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ParameterError("there are no values")
    if len(set(values)) < len(values):
        raise ParameterError(f"{shown(next(each for each in values if values.count(each) > 1))} stands there twice")
    return values
