"""The loops of the integrators as machine code: one program for all models."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ...core.cache import PARSING
from ...language.sources import digest_of
from ..machine.kept import load_program
from ..machine.kinds import F64, I64, TRUTH, Array, Kind
from ..machine.program import Entry, Program
from ..machine.texts import text_of
from ..machine.writer import Unit
from .loops import driven, explicit, heun, rosenbrock

VECTOR, MATRIX = Array(F64), Array(F64, 2)
#: States up to which the explicit loop is written for their number.
MOST_UNROLLED = 8


def _marching(own: tuple[Kind, ...], *tables: Kind) -> Entry:
    given: list[Kind] = [driven.DRIVEN, *[VECTOR] * 4, MATRIX]
    return Entry((*given, *own, F64, F64, F64, I64, *tables), I64)


ENTRIES = {
    "rosenbrock": _marching((TRUTH, MATRIX), MATRIX, MATRIX, VECTOR, VECTOR, MATRIX),
    "voltages_at": Entry((driven.DRIVEN, VECTOR, MATRIX, VECTOR, Array(TRUTH))),
    "fixed_steps": Entry((driven.DRIVEN, VECTOR, MATRIX, VECTOR, F64, MATRIX)),
    "rates_over": Entry((driven.DRIVEN, VECTOR, MATRIX, MATRIX)),
}


def load_explicit(states: int) -> Callable[..., Any]:
    """The explicit loop for a number of states; the first time ever it takes a second."""
    with PARSING:
        return _load_explicit(states if states <= MOST_UNROLLED else None)


@functools.cache
def _load_explicit(n: int | None) -> Callable[..., Any]:
    vector, rows = Array(F64, 1, (n,)), Array(F64, 2, (None, n))
    given = (driven.DRIVEN, vector, VECTOR, VECTOR, VECTOR, rows, Array(I64, 2), rows)
    entry = Entry((*given, F64, F64, F64, I64), I64)

    def write(unit: Unit) -> None:
        unit.write(text_of(explicit.march), entry.kinds, name="explicit")

    return load_program(f"explicit_{n}", f"{digest_of(__name__)} {n}", write, {"explicit": entry})["explicit"]


def load_loops() -> Program:
    """The compiled loops; the first time ever it takes a second."""
    with PARSING:
        return _load_loops()


@functools.cache
def _load_loops() -> Program:
    def write(unit: Unit) -> None:
        functions: dict[str, Callable[..., object]] = {"rosenbrock": rosenbrock.march}
        functions |= {name: getattr(driven, name) for name in ("voltages_at", "rates_over")}
        functions["fixed_steps"] = heun.fixed_steps
        for name, function in functions.items():
            unit.write(text_of(function), ENTRIES[name].kinds, name=name)

    return load_program("integrators", digest_of(__name__), write, ENTRIES)
