"""The scales on which parameters are searched for: their logarithm where that is natural, within their bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...devices.language.array_checks import reals
from ...devices.language.checks import known, names
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel

#: Bounds of one sign that lie further apart than this are searched on a logarithmic scale.
WIDE = 100.0


@dataclass(frozen=True)
class Scale:
    """How a parameter is searched: x = ln(s v) on a logarithmic scale, x = v / s on a linear one.

    Attributes
    ----------
    name, unit : str
        The parameter.
    lower, upper : float
        Its bounds.
    logarithmic : bool
        Whether on a logarithmic scale.
    size : float
        The s: sign of a logarithmic one, size of a step of a linear one.
    """

    name: str
    unit: str
    lower: float
    upper: float
    logarithmic: bool
    size: float

    def to_search(self, value: float) -> float:
        """The searched number for a value."""
        return math.log(self.size * value) if self.logarithmic else value / self.size

    def to_value(self, x: float) -> float:
        """The value of a searched number, within the bounds."""
        value = self.size * (math.exp(min(x, 700.0)) if self.logarithmic else x)
        return min(max(value, self.lower), self.upper)

    def slope(self, value: float) -> float:
        """Derivative of the value by the searched number."""
        return abs(value) if self.logarithmic else self.size

    @property
    def limits(self) -> tuple[float, float]:
        """Bounds of the searched number."""
        ends = sorted(self.to_search(end) if math.isfinite(end) else end for end in (self.lower, self.upper))
        return ends[0], ends[1]

    @property
    def reach(self) -> float:
        """How far other starts lie from the first one at most: a decade, or half of its size."""
        return math.log(10.0) if self.logarithmic else 0.5


def scales_of(device: CompactModel, free: Sequence[str], bounds: Mapping[str, Any] | None) -> list[Scale]:
    """The scales of the free parameters of a device.

    Parameters
    ----------
    device : CompactModel
        The device at which the search starts.
    free : sequence of str
        Names of the parameters.
    bounds : Mapping, optional
        Narrower bounds than those declared, by name: lower and upper.

    Raises
    ------
    UnknownNameError
        If a name is none of a parameter.
    ParameterError
        If there is none or one twice, or bounds are no two numbers that lie around the start within those declared.
    """
    declared = device.parameter_declarations()
    chosen = names("free parameters", list(free) if not isinstance(free, str) else free)
    for name in (*chosen, *(bounds or {})):
        known(f"parameter of {device.model_name()}", name, declared)
    if len(set(chosen)) < len(chosen):
        raise ParameterError(f"a parameter is free once: {', '.join(chosen)}")
    if unused := set(bounds or {}) - set(chosen):
        raise ParameterError(f"bounds are of free parameters, and {', '.join(sorted(unused))} is not free")
    found = []
    for name in chosen:
        low, high = declared[name].bounds
        if bounds is not None and name in bounds:
            given = reals(f"bounds of {name}", bounds[name], declared[name].unit, infinite=True)
            if len(given) != 2 or not given[0] < given[1]:
                raise ParameterError(f"bounds of {name} are a lower and an upper one, not {bounds[name]!r}")
            low, high = max(low, float(given[0])), min(high, float(given[1]))
        value = device.values[name]
        if not low < high or not low <= value <= high:
            raise ParameterError(f"the fit starts at {name} = {value:g}, outside the bounds [{low:g}, {high:g}]")
        one_sign = low > 0 or high < 0
        wide = one_sign and max(abs(low), abs(high)) > WIDE * min(abs(low), abs(high))
        width = high - low
        size = abs(value) or (width / 10 if math.isfinite(width) else 1.0)
        found.append(
            Scale(name, declared[name].unit, low, high, wide, math.copysign(1.0, value) if wide else min(size, width))
        )
    return found


def device_at(device: CompactModel, scales: Sequence[Scale], x: FloatArray) -> CompactModel:
    """The device whose free parameters have the searched values."""
    return device.replace(**{scale.name: scale.to_value(float(one)) for scale, one in zip(scales, x, strict=True)})


def searched(device: CompactModel, scales: Sequence[Scale]) -> FloatArray:
    """The searched numbers of a device."""
    return np.array([scale.to_search(device.values[scale.name]) for scale in scales])
