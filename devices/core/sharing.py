"""Work on SymPy expressions that share their parts, done once for each part and not once for each place it stands at.

Equations without auxiliaries repeat these wherever they were used, and so do their derivatives: as trees they are
hundreds of times larger than what they are made of. SymPy walks through the trees. What is here gives the
expressions that SymPy's own methods give, with maxima as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import sympy as sp
from sympy.core.function import ArgumentIndexError


def _of(e: sp.Basic, args: Sequence[sp.Basic]) -> sp.Basic:
    """The expression with other arguments.

    Those of a maximum are not compared again: whether one of two long expressions is always the larger takes SymPy
    longer than everything else together.
    """
    if all(new is old for new, old in zip(args, e.args, strict=True)):
        return e
    if isinstance(e, sp.Max | sp.Min) and not all(a.is_number for a in args):
        return e.func(*args, evaluate=False)
    return e.func(*args)


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
        return expression if self._nothing else self._visit(expression)

    def _visit(self, e: sp.Basic) -> sp.Basic:
        if e in self._known:
            return self._known[e]
        args = [self._visit(a) for a in e.args]
        made = self._known[e] = _of(e, args)
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
        return self._visit(expression)

    def _visit(self, e: sp.Basic) -> sp.Basic:
        if e not in self._known:
            args = [self._visit(a) for a in e.args]
            self._known[e] = self._rule(_of(e, args))
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
        slopes = [self(a) for a in e.args]
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
