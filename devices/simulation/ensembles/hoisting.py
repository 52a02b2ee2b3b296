"""Expressions for the inner loop of an ensemble: hoisting out of it, and printing of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import sympy as sp

from ...core.codegen import Printer
from ...core.sharing import Symbols


class KernelPrinter(Printer):
    """Prints powers as products, and the others through this package's own functions."""

    _PRODUCTS: ClassVar = {2: "square", 3: "cube", 4: "fourth"}

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, exponent = self._print(expr.base), expr.exp
        if exponent in (sp.Rational(1, 2), sp.Float(0.5)):
            return f"sqrt({base})"
        if exponent.is_number and exponent < 0:
            inverse = self._print(sp.Pow(expr.base, -exponent, evaluate=False)) if exponent != -1 else f"({base})"
            return f"(1.0/{inverse})"
        if exponent in self._PRODUCTS:
            return f"{self._PRODUCTS[int(exponent)]}({base})"
        return f"power({base}, {self._print(exponent)})"

    def _print_Mul(self, expr: sp.Mul) -> str:
        above, below = expr.as_numer_denom() if not expr.is_number else (expr, sp.S.One)
        if below != 1 and not expr.is_number and all(not a.is_Add for a in expr.args):
            return f"{self._factors(above)}/{self._factors(below)}"
        return str(super()._print_Mul(expr))

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        # Products are added by fused operations: fast, and the same on all machines, as they are asked for by name.
        products = [a for a in expr.args if a.is_Mul and a.as_numer_denom()[1] == 1]
        products = [a for a in products if not (len(a.args) == 2 and a.args[0] == -1)]
        others = [a for a in expr.args if a not in products]
        if not others:
            others, products = products[:1], products[1:]
        text = self._print(others[0]) if len(others) == 1 else str(super()._print_Add(sp.Add(*others), order))
        for product in products:
            negative = product.args[0] == -1
            first, *rest = product.args[1:] if negative else product.args
            factors = self._print(sp.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0])
            text = f"fma({'-' if negative else ''}{self.parenthesize(first, 60)}, {factors}, {text})"
        return text

    def _factors(self, expr: sp.Expr) -> str:
        text = "*".join(self.parenthesize(a, 50) for a in expr.args) if expr.is_Mul else self._print(expr)
        return f"({text})"


class Hoist:
    """Takes parts that depend on parameters alone out of expressions."""

    def __init__(self, static: Iterable[sp.Symbol]) -> None:
        self.static = set(static)
        self.found: dict[sp.Expr, sp.Symbol] = {}
        self._seen: dict[sp.Expr, sp.Expr] = {}
        self._symbols_of = Symbols()

    def __call__(self, expr: sp.Expr) -> sp.Expr:
        if expr not in self._seen:
            self._seen[expr] = self._visit(expr)
        return self._seen[expr]

    def is_static(self, expr: sp.Expr) -> bool:
        """Whether an expression is to be taken out as a whole."""
        return self.static.issuperset(self._symbols_of(expr))

    def _symbol(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_number:
            return sp.Float(sp.N(expr, 30), 17)
        return self.found.setdefault(expr, sp.Symbol(f"h_{len(self.found)}", real=True))

    def _visit(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_Integer or expr.is_Float:
            return expr
        if self.is_static(expr):
            return self._symbol(expr)
        if expr.is_Mul or expr.is_Add:
            fixed = [a for a in expr.args if self.is_static(a)]
            moving = [self(a) for a in expr.args if not self.is_static(a)]
            part = expr.func(*fixed)
            return expr.func(part if part.is_Integer else self._symbol(part), *moving) if fixed else expr.func(*moving)
        if expr.is_Pow and expr.exp.is_number:
            return sp.Pow(self(expr.base), expr.exp)
        return expr.func(*map(self, expr.args)) if expr.args else expr


def statements(
    outputs: Mapping[str, sp.Expr], printer: KernelPrinter, prefix: str = "t"
) -> tuple[list[str], dict[str, str]]:
    """Assignments of common sub-expressions, and the text of each output in terms of them."""
    shared, reduced = sp.cse(list(outputs.values()), symbols=sp.numbered_symbols(f"{prefix}_"), list=True)
    lines = [f"{symbol} = {printer.doprint(e)}" for symbol, e in shared]
    floats = [sp.Float(e) if e.is_Integer else e for e in reduced]
    return lines, {name: printer.doprint(e) for name, e in zip(outputs, floats, strict=True)}
