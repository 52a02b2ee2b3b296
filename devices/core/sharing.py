"""Work on SymPy expressions that share their parts, done once for each part and not once for each place it stands at.

Equations without auxiliaries repeat these wherever they were used, and so do their derivatives: as trees they are
hundreds of times larger than what they are made of. SymPy walks through the trees. What is here gives the very
expressions that SymPy's own methods give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import sympy as sp
from sympy.core.function import ArgumentIndexError


class Replacement:
    """``expression.xreplace(rule)`` for any number of expressions.

    Parameters
    ----------
    rule : mapping
        What takes the place of expressions.
    """

    def __init__(self, rule: Mapping[sp.Expr, sp.Expr]) -> None:
        self._known: dict[sp.Basic, sp.Basic] = dict(rule)
        self._nothing = not rule

    def __call__(self, expression: sp.Expr) -> sp.Expr:
        return expression if self._nothing else self._visit(expression)  # type: ignore[return-value]

    def _visit(self, e: sp.Basic) -> sp.Basic:
        if e in self._known:
            return self._known[e]
        args = [self._visit(a) for a in e.args]
        changed = any(new is not old for new, old in zip(args, e.args, strict=True))
        made = self._known[e] = e.func(*args) if changed else e
        return made


class Rewriting:
    """``expression.replace(...)`` for any number of expressions: from the symbols and numbers up.

    Parameters
    ----------
    rule : callable
        An expression for each of those that an expression is made of; its own if there is nothing to do.
    """

    def __init__(self, rule: Callable[[sp.Basic], sp.Basic]) -> None:
        self._rule = rule
        self._known: dict[sp.Basic, sp.Basic] = {}

    def __call__(self, expression: sp.Expr) -> sp.Expr:
        return self._visit(expression)  # type: ignore[return-value]

    def _visit(self, e: sp.Basic) -> sp.Basic:
        if e not in self._known:
            args = [self._visit(a) for a in e.args]
            changed = any(new is not old for new, old in zip(args, e.args, strict=True))
            self._known[e] = self._rule(e.func(*args) if changed else e)
        return self._known[e]


class Slope:
    """``sympy.diff(expression, symbol)`` for any number of expressions.

    Parameters
    ----------
    symbol : Symbol
        What to differentiate by.
    """

    def __init__(self, symbol: sp.Symbol) -> None:
        self.symbol = symbol
        self._known: dict[sp.Expr, sp.Expr] = {symbol: sp.S.One}

    def __call__(self, expression: sp.Expr) -> sp.Expr:
        if expression not in self._known:
            self._known[expression] = self._visit(expression)
        return self._known[expression]

    def _visit(self, e: sp.Expr) -> sp.Expr:
        if not e.args:
            return sp.S.Zero
        slopes = [self(a) for a in e.args]  # type: ignore[arg-type]
        if not any(slopes):
            return sp.S.Zero
        if e.is_Add:
            return sp.Add(*slopes)
        if e.is_Mul:
            return sp.Add(
                *(sp.Mul(*e.args[:k], slope, *e.args[k + 1 :]) for k, slope in enumerate(slopes) if slope),
            )
        if e.is_Pow:
            by_base, by_exponent = slopes
            return e * (by_exponent * sp.log(e.base) + by_base * e.exp / e.base)
        if isinstance(e, sp.Function) and type(e)._eval_derivative is sp.Function._eval_derivative:
            return sp.Add(*(_partial(e, k) * slope for k, slope in enumerate(slopes, start=1) if slope))
        return sp.diff(e, self.symbol)


def _partial(function: sp.Function, argument: int) -> sp.Expr:
    """Derivative of a function by one of its arguments."""
    try:
        return function.fdiff(argument)
    except ArgumentIndexError:
        return sp.Function.fdiff(function, argument)


def gradient(expressions: Iterable[sp.Expr], symbols: Iterable[sp.Symbol]) -> list[sp.Expr]:
    """Derivatives of expressions by symbols: those of the first expression, then those of the second, and so on."""
    slopes = [Slope(symbol) for symbol in symbols]
    return [slope(expression) for expression in expressions for slope in slopes]


class Symbols:
    """``expression.free_symbols`` of any number of expressions."""

    def __init__(self) -> None:
        self._known: dict[sp.Basic, frozenset[sp.Basic]] = {}

    def __call__(self, expression: sp.Basic) -> frozenset[sp.Basic]:
        if expression not in self._known:
            inside = frozenset().union(*map(self, expression.args))
            self._known[expression] = inside if expression.args else frozenset(expression.free_symbols)
        return self._known[expression]
