r"""How parameters of a device or cell are scattered, within the bounds that they declare.

A distribution gives the value at a standard normal number z (:mod:`synaspice.devices.core.variability`). What lies
outside the parameter's bounds is cut off, and what remains is scaled up: a share u of the truncated distribution is

.. math:: p(u) = p\{\Phi^{-1}[\Phi(z_0) + u\,(\Phi(z_1) - \Phi(z_0))]\}

with the numbers z0 and z1 at which the distribution meets the bounds. With correlations the shares are those of
correlated normal numbers, so that each parameter keeps its truncated distribution (a Gaussian copula).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scipy.special import ndtr, ndtri

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.declared import DeclaredCell
from ...devices.core.variability import Distribution, LogNormal, Mismatch, Normal, Uniform
from ...devices.language.checks import known, mapping, real
from ...devices.language.declarations.declaration import Parameter
from ...devices.language.errors import ParameterError, ValidityWarning, shown, warn_user
from ...devices.language.quantities.quantity import parse_quantity
from ...devices.model import CompactModel

#: What is measured: a device or a cell.
Thing = CompactModel | Cell
#: Standard normal number beyond which a double has no more probability.
FARTHEST = 8.2
#: Halvings by which the number at a bound is found: to the last bit.
HALVINGS = 64
#: Share that may lie outside the bounds without a warning, and the least that must lie within.
USUAL_CUT, LEAST_WITHIN = 0.01, 1e-6
#: How distributions are written.
FORMS = "'normal 5%', 'normal 2n', 'lognormal 0.1', 'uniform 10%' (half of its width) or 'mismatch 1%*nm 40n*40n'"
#: What becomes of values outside the bounds.
OUTSIDE = ("truncate", "refuse")


@dataclass(frozen=True)
class Spread:
    """How a parameter is scattered.

    Attributes
    ----------
    name : str
        The parameter.
    distribution : Distribution
        Its distribution.
    nominal : float
        Its nominal value, in its unit.
    bounds : tuple of float
        Between which values it may lie.
    shares : tuple of float
        Shares of the distribution below its bounds.
    falls : bool
        Whether the value falls with the standard normal number, as a log-normal one of a negative parameter does.
    """

    name: str
    distribution: Distribution
    nominal: float
    bounds: tuple[float, float]
    shares: tuple[float, float]
    falls: bool = False

    def at(self, share: float) -> float:
        """Value at a share of the standard normal numbers, of the truncated distribution."""
        low, high = self.shares
        z = float(ndtri(low + (1 - share if self.falls else share) * (high - low)))
        value = self._rising(min(max(z, -FARTHEST), FARTHEST))
        return min(max(value, self.bounds[0]), self.bounds[1])

    def _rising(self, z: float) -> float:
        return _value(self.distribution, self.nominal, -z if self.falls else z)

    def corner(self, z: float) -> float:
        """Value at a standard normal number, or the bound that lies before it."""
        value = _value(self.distribution, self.nominal, z)
        if not self.bounds[0] <= value <= self.bounds[1]:
            value = min(max(value, self.bounds[0]), self.bounds[1])
            warn_user(f"a corner of {self.name} lies outside its bounds: {value:g} is taken", ValidityWarning)
        return value

    @property
    def cut_off(self) -> float:
        """Share of the distribution that lies outside the bounds."""
        return 1 - (self.shares[1] - self.shares[0])


def spreads_of(thing: Thing, distributions: Mapping[str, Distribution | str], outside: str) -> list[Spread]:
    """How the parameters of a device or cell are scattered.

    Parameters
    ----------
    thing : CompactModel or Cell
        The device or cell with its nominal values.
    distributions : mapping
        A distribution for each parameter, or how it is written; see :func:`distribution_from`.
    outside : str
        ``"truncate"`` cuts a distribution off at the parameter's bounds, ``"refuse"`` refuses one that reaches beyond.

    Raises
    ------
    ParameterError
        If a distribution is none, or lies outside the bounds: by more than one sample in a million if it is to be
        refused, or almost wholly.
    UnknownNameError
        If there is no such parameter, or no such way.
    """
    known("treatment of values outside the bounds", outside, OUTSIDE)
    return [_spread(thing, name, given, outside) for name, given in mapping("distributions", distributions).items()]


def variables_of(thing: Thing) -> dict[str, tuple[Parameter, float]]:
    """What can be scattered of a device or cell, with its value; of the devices in a cell as ``SLOT.NAME``."""
    if isinstance(thing, DeclaredCell):
        return thing.variables()
    return {name: (item, thing.values[name]) for name, item in thing.parameter_declarations().items()}


def _spread(thing: Thing, name: str, given: Distribution | str, outside: str) -> Spread:
    there = variables_of(thing)
    parameter, nominal = there[known(f"parameter of {thing.model_name()}", name, there)]
    distribution = distribution_from(given, parameter.unit, thing) if isinstance(given, str) else given
    if not callable(getattr(distribution, "at", None)) or isinstance(distribution, type):
        raise ParameterError(f"the distribution of {name} must be one, or a text such as {FORMS}; not {shown(given)}")
    low, high = parameter.bounds
    ends = _value(distribution, nominal, -FARTHEST), _value(distribution, nominal, FARTHEST)
    if math.isnan(ends[0]) or math.isnan(ends[1]):
        raise ParameterError(f"the distribution of {name} has values that are no numbers")
    if nominal == 0 and ends[0] == ends[1] == 0:
        own = "an absolute one" if parameter.unit == "1" else f"one in {parameter.unit}"
        raise ParameterError(f"{name} is 0, and a relative spread of it is none: give {own}")
    falls = ends[0] > ends[1]
    sign = -1.0 if falls else 1.0

    def rising(z: float) -> float:
        return _value(distribution, nominal, sign * z)

    shares = _share_below(rising, low), _share_below(rising, high)
    spread = Spread(name, distribution, nominal, (low, high), shares, falls)
    if spread.cut_off > (1 - LEAST_WITHIN):
        raise ParameterError(f"the distribution of {name} lies outside its bounds, {low:g} to {high:g}")
    if outside == "refuse" and spread.cut_off > LEAST_WITHIN:
        raise ParameterError(
            f"{spread.cut_off:.2g} of the distribution of {name} lie outside its bounds, {low:g} to {high:g}: give a "
            "narrower one, or let it be truncated"
        )
    if spread.cut_off > USUAL_CUT:
        warn_user(
            f"{100 * spread.cut_off:.2g} % of the distribution of {name} lie outside its bounds, {low:g} to {high:g}, "
            "and are cut off: its mean and spread are not those that were given",
            ValidityWarning,
        )
    return spread


def _value(distribution: Distribution, nominal: float, z: float) -> float:
    try:
        return float(distribution.at(nominal, z))
    except OverflowError:
        return math.copysign(math.inf, z * nominal)  # log-normal


def _share_below(rising: Callable[[float], float], bound: float) -> float:
    """Share of a distribution below a bound; of one without width, 0 or 1 so that a value at a bound is inside."""
    if rising(-FARTHEST) >= bound:
        return 0.0
    if rising(FARTHEST) <= bound:
        return 1.0
    low, high = -FARTHEST, FARTHEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < bound else (low, middle)
    return float(ndtr(high))


def distribution_from(text: str, unit: str, thing: Thing | None = None) -> Distribution:
    """The distribution that a text describes.

    Parameters
    ----------
    text : str
        ``"normal SIGMA"``, ``"lognormal SIGMA"`` (of the logarithm), ``"uniform HALF-WIDTH"``, or ``"mismatch A
        AREA"``. Sigma and half-width are quantities in the parameter's unit, or relative ones with a per cent sign;
        A is such a one times a length. The area is a number in m^2, a product of two lengths (``40n*40n``), or the
        name of a parameter or derived quantity.
    unit : str
        Unit of the parameter.
    thing : CompactModel or Cell, optional
        Whose areas may be named.

    Raises
    ------
    ParameterError
        If the text is none of these.
    """
    kind, _, said = " ".join(text.split()).partition(" ")
    try:
        if kind == "normal" and said:
            return Normal(*_width(said, unit))
        if kind == "lognormal" and said:
            return LogNormal(parse_quantity(said))
        if kind == "uniform" and said:
            return Uniform(*_width(said, unit))
        if kind == "mismatch" and len(said.rsplit(None, 1)) == 2:
            coefficient, area = said.rsplit(None, 1)
            size, relative = _coefficient(coefficient, unit)
            return Mismatch(size, _area(area, thing), relative)
    except ParameterError as error:
        raise ParameterError(f"{shown(text)}: {error}") from None
    raise ParameterError(f"a distribution is written as {FORMS}, not as {shown(text)}")


def _width(text: str, unit: str) -> tuple[float, bool]:
    """A width, and whether it is relative; a per cent of a parameter that is a pure number is relative too."""
    return (parse_quantity(text), True) if text.endswith("%") else (parse_quantity(text, unit), False)


def _coefficient(text: str, unit: str) -> tuple[float, bool]:
    """Pelgrom's coefficient, and whether it is relative."""
    if "%" in text:
        return parse_quantity(text, "m"), True
    return parse_quantity(text, "m" if unit == "1" else f"{unit}*m"), False


def _area(text: str, thing: Thing | None) -> float:
    there: dict[str, Any] = {} if thing is None else {**getattr(thing, "derived", {}), **thing.values}
    if text in there:
        return float(there[text])
    if text[:1].isalpha():
        known("area", text, there)
    sides = text.split("*")
    if len(sides) == 2:
        return parse_quantity(sides[0], "m") * parse_quantity(sides[1], "m")
    return real("the area", parse_quantity(text))  # "nm^2" would be read as nano times m^2
