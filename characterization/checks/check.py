"""Checks: what a bench must find, by a formula or a publication that does not come from it, and within which error.

The decorator :func:`check` registers a function that measures one quantity and returns it beside what is expected. The
tests run every check, and the documentation's tables of expected and found values are written from them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import described_table
from ...devices.language.checks import known, real
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ...devices.language.registry import Registry
from ..bench import BENCHES

#: What a check returns: expected and found values, and the largest allowed difference where the check says no number.
Values = tuple[ArrayLike, ArrayLike] | tuple[ArrayLike, ArrayLike, ArrayLike]


@dataclass(frozen=True)
class Outcome:
    """What a check found, at that of its points which uses up most of the allowed difference.

    Attributes
    ----------
    expected, found, allowed : float
        What is expected, what was found, and how far apart they may be, in the check's unit.
    points : int
        How many values were compared.
    """

    expected: float
    found: float
    allowed: float
    points: int

    @property
    def passed(self) -> bool:
        """Whether all values are as near as stated; what is no number is not."""
        apart = abs(self.found - self.expected)
        return math.isfinite(apart) and apart <= self.allowed

    @property
    def deviation(self) -> float:
        """Difference from the expected value, relative to it unless it is zero."""
        return abs(self.found - self.expected) / (abs(self.expected) or 1.0)


@dataclass(eq=False)
class Check:
    """A known answer that a bench must find.

    Attributes
    ----------
    name : str
        Name of the check: the bench, and the name of its function.
    bench : str
        Name of the bench.
    quantity : str
        What is measured, of which device.
    by : str
        By what the expected value is known: a formula, a law's name, a publication.
    function : callable
        Returns expected and found values, one or several each, and the allowed differences if ``within`` is words.
    unit : str
        Unit of the values.
    within : float or str
        The stated error: a relative one, or in words, such as ``"4 standard errors"``.
    absolute : bool
        Whether a number ``within`` is a difference in the check's unit.
    slow, ngspice : bool
        Whether it takes more than some seconds; whether it runs ngspice.
    """

    name: str
    bench: str
    quantity: str
    by: str
    function: Callable[[], Values]
    unit: str
    within: float | str
    absolute: bool
    slow: bool
    ngspice: bool

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.function)  # it comes from where its function does

    def __call__(self) -> Values:
        """What is expected, what is found, and the allowed differences if the stated error is words."""
        return self.function()

    @property
    def page(self) -> str:
        """The page of the documentation in whose table it stands: the name of its module."""
        return self.function.__module__.rpartition(".")[2].replace("_", "-")

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands among those of its bench: its page, and its line in the module, for one refers to another."""
        code = getattr(self.function, "__code__", None)
        return self.page, code.co_firstlineno if code else 0

    @property
    def stated(self) -> str:
        """The stated error in words."""
        if isinstance(self.within, str):
            return self.within
        if self.absolute:
            return f"± {shown(self.within, self.unit, 3)}" if self.within else "exactly"
        return f"{100 * self.within:.3g} %" if self.within >= 1e-3 else f"{self.within:.0e}"

    def run(self) -> Outcome:
        """Measure, and compare.

        Raises
        ------
        ParameterError
            If nothing is compared, or no allowed difference is told.
        """
        expected, found, *told = (np.asarray(value, dtype=float) for value in self())
        if told and not isinstance(self.within, str):
            raise ParameterError(f"the check {self.name} states its error already: {self.stated}")
        if isinstance(self.within, str):
            if not told:
                raise ParameterError(f"the check {self.name} must return the differences that {self.within!r} are")
            allowed = told[0]
        else:
            allowed = np.full_like(expected, self.within) if self.absolute else self.within * np.abs(expected)
        expected, found, allowed = (values.ravel() for values in np.broadcast_arrays(expected, found, allowed))
        if not expected.size:
            raise ParameterError(f"the check {self.name} compares nothing")
        with np.errstate(invalid="ignore", over="ignore"):
            apart = np.abs(found - expected)
            used = np.where(apart == 0, 0.0, apart / np.where(allowed == 0, np.finfo(float).tiny, allowed))
        worst = int(np.argmax(np.where(np.isfinite(used), used, np.inf)))
        return Outcome(float(expected[worst]), float(found[worst]), float(allowed[worst]), expected.size)


def shown(value: float, unit: str, digits: int = 5) -> str:
    """A value for people to read; decibels and plain numbers take no prefix."""
    if unit in ("", "dB"):
        return f"{value:.{digits}g} {unit}".rstrip()
    return format_si(float(f"{value:.{digits}g}"), unit, digits)


#: The checks, by name.
CHECKS: Registry[Check] = Registry(
    "check",
    (__name__.rpartition(".")[0],),
    "synaspice.checks",
    lambda item: isinstance(item, Check),
    lambda item: item.name,
)


def check(
    bench: str,
    quantity: str,
    by: str,
    *,
    within: float | str,
    unit: str = "",
    absolute: bool = False,
    slow: bool = False,
    ngspice: bool = False,
) -> Callable[[Callable[[], Values]], Callable[[], Values]]:
    """Register a function that measures a known answer on a bench; arguments as in :class:`Check`.

    Raises
    ------
    ParameterError
        If the stated error is not a finite number of zero or more, nor words.
    DuplicateNameError
        If another check of the bench has the function's name.
    """
    if not isinstance(within, str):
        real("the stated error", within)
        if not 0 <= within < math.inf:
            raise ParameterError(f"the stated error must be a finite number of zero or more, not {within!r}")

    def register(function: Callable[[], Values]) -> Callable[[], Values]:
        name = f"{bench}:{getattr(function, '__name__', 'check').strip('_').replace('_', '-')}"
        CHECKS.register(name, Check(name, bench, quantity, by, function, unit, within, absolute, slow, ngspice))
        return function

    return register


def checks_of(bench: str) -> list[Check]:
    """The checks of a bench, page by page in the order in which they are written.

    Raises
    ------
    UnknownNameError
        If there is no such bench.
    """
    known("bench", bench, BENCHES)
    return sorted((there for there in CHECKS.values() if there.bench == bench), key=lambda there: there.place)


def check_table(checks: Sequence[Check] | None = None) -> pd.DataFrame:
    """Run checks: what every bench must find, and what it finds.

    Parameters
    ----------
    checks : sequence of Check, optional
        Which; default: all.

    Returns
    -------
    pandas.DataFrame
        A row for every check: ``bench``, ``quantity``, ``by`` (what the expected value is known by), ``expected`` and
        ``found`` value, where they differ most, their ``unit``, the ``deviation`` (relative, unless 0 is expected), the
        ``stated`` error in words, the ``points`` that were compared, and whether all of them ``passed``.
    """
    asked = list(CHECKS.values()) if checks is None else list(checks)
    rows = [row_of(there, there.run()) for there in asked]
    return described_table({name: ([row[name] for row in rows], *about) for name, about in _COLUMNS.items()})


_COLUMNS = {
    "bench": ("1", "bench"),
    "quantity": ("1", "what is measured"),
    "by": ("1", "what the expected value is known by"),
    "expected": ("1", "expected value, in its unit"),
    "found": ("1", "found value, in its unit"),
    "unit": ("1", "unit of both"),
    "deviation": ("1", "their difference, relative unless 0 is expected"),
    "stated": ("1", "the stated error"),
    "points": ("1", "values that were compared"),
    "passed": ("1", "1 where all are within the stated error"),
}


def row_of(there: Check, outcome: Outcome) -> dict[str, Any]:
    """A row of the table of checks."""
    row = {name: getattr(there, name) for name in ("bench", "quantity", "by", "unit", "stated")}
    row |= {name: getattr(outcome, name) for name in ("expected", "found", "deviation", "points")}
    return row | {"passed": int(outcome.passed)}
