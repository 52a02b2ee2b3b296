"""Numbers that remember how they follow from a cell's parameters, so that its netlist can have the formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self


class Traced(float):
    """A number with the formula over parameters by which it was computed.

    Sums, differences, products and quotients keep it; whatever else is done with the number (a root, a comparison, the
    solution of an equation) gives a plain one, and the parameter is then fixed in a netlist:
    :func:`synaspice.circuits.cells.building.exposed.exposed_parameters` finds out.
    """

    formula: str

    def __new__(cls, value: float, formula: str) -> Self:
        """The number, and how it is written."""
        made = super().__new__(cls, value)
        made.formula = formula
        return made

    def at(self, values: Mapping[str, float]) -> float:
        """The number for other values of the parameters."""
        return float(eval(self.formula, {"__builtins__": {}}, dict(values)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (float(self), self.formula)

    def __add__(self, other: Any) -> Any:
        return _joined(self, "+", other, float(self) + float(other))

    def __radd__(self, other: Any) -> Any:
        return _joined(other, "+", self, float(other) + float(self))

    def __sub__(self, other: Any) -> Any:
        return _joined(self, "-", other, float(self) - float(other))

    def __rsub__(self, other: Any) -> Any:
        return _joined(other, "-", self, float(other) - float(self))

    def __mul__(self, other: Any) -> Any:
        return _joined(self, "*", other, float(self) * float(other))

    def __rmul__(self, other: Any) -> Any:
        return _joined(other, "*", self, float(other) * float(self))

    def __truediv__(self, other: Any) -> Any:
        return _joined(self, "/", other, float(self) / float(other))

    def __rtruediv__(self, other: Any) -> Any:
        return _joined(other, "/", self, float(other) / float(self))

    def __neg__(self) -> Any:
        return Traced(-float(self), f"(-{self.formula})")


def _joined(left: Any, sign: str, right: Any, value: float) -> Traced:
    return Traced(value, f"({formula_of(left)} {sign} {formula_of(right)})")


def formula_of(value: float) -> str:
    """The formula of a number, or the number itself."""
    return value.formula if isinstance(value, Traced) else repr(float(value))
