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


#: A coefficient that nothing moving is in, and what it multiplies.
Scaled = tuple[sp.Expr, sp.Expr]


class Hoist:
    """Takes parts that do not move with the states out of expressions.

    Products and sums are rewritten as sums of moving parts with one coefficient each: constant factors of a sum go into
    its coefficients or further out, where they meet others. Coefficients of parameters alone become symbols ``h_0``,
    ``h_1``, ..., computed once per trajectory; those in which a drive is as well become ``d_0``, ``d_1``, ..., computed
    once per stage.

    Parameters
    ----------
    static : iterable of Symbol
        Parameters.
    drives : iterable of Symbol
        Drives that are the same whatever the states are.
    """

    def __init__(self, static: Iterable[sp.Symbol], drives: Iterable[sp.Symbol] = ()) -> None:
        self.static = set(static)
        self.fixed = {*self.static, *drives}
        self.found: dict[sp.Expr, sp.Symbol] = {}
        self.driven: dict[sp.Expr, sp.Symbol] = {}
        self._inner = Hoist(self.static) if self.fixed != self.static else self
        self._inner.found = self.found
        self._seen: dict[sp.Expr, Scaled] = {}
        self._sums: dict[sp.Expr, list[Scaled]] = {}
        self._symbols_of = Symbols()

    def __call__(self, expr: sp.Expr) -> sp.Expr:
        return self._product(*self._split(expr))

    def scaled(self, expr: sp.Expr) -> Scaled:
        """A constant factor, of parameters alone, and the rest of an expression, with symbols for what is hoisted."""
        coefficient, rest = self._split(expr)
        factors = sp.Mul.make_args(coefficient)
        constant = [a for a in factors if self.static.issuperset(self._symbols_of(a))]
        return sp.Mul(*constant), self._product(sp.Mul(*(a for a in factors if a not in constant)), rest)

    def _symbol(self, coefficient: sp.Expr) -> sp.Expr:
        if coefficient.is_number:
            return coefficient if coefficient.is_Integer else sp.Float(sp.N(coefficient, 30), 17)
        if self.static.issuperset(self._symbols_of(coefficient)):
            return self.found.setdefault(coefficient, sp.Symbol(f"h_{len(self.found)}", real=True))
        return self.driven.setdefault(self._inner(coefficient), sp.Symbol(f"d_{len(self.driven)}", real=True))

    def _product(self, coefficient: sp.Expr, rest: sp.Expr) -> sp.Expr:
        if coefficient.could_extract_minus_sign():
            return -self._product(-coefficient, rest)
        if coefficient == 1:
            return rest
        factors = sp.Mul.make_args(rest)
        # A denominator takes it for nothing; a sum whose terms have coefficients anyway takes it as well.
        if not coefficient.is_number and not any(a.is_Pow and a.exp.is_negative for a in factors):
            sums = [a for a in factors if a in self._sums and not any(c.is_number for c, _ in self._sums[a])]
            if sums:
                chosen = min(sums, key=lambda a: (len(self._sums[a]), sp.default_sort_key(a)))
                others = [a for a in factors if a != chosen]
                return sp.Mul(self._sum([(coefficient * c, r) for c, r in self._sums[chosen]]), *others)
        return sp.Mul(self._symbol(coefficient), rest)

    def _sum(self, terms: list[Scaled]) -> sp.Expr:
        made = sp.Add(*(self._product(*term) for term in terms))
        self._sums[made] = terms
        return made

    def _split(self, expr: sp.Expr) -> Scaled:
        if expr not in self._seen:
            fixed = self.fixed.issuperset(self._symbols_of(expr))
            self._seen[expr] = (expr, sp.S.One) if fixed else self._visit(expr)
        return self._seen[expr]

    def _visit(self, expr: sp.Expr) -> Scaled:
        if expr.is_Mul:
            coefficients, rests = zip(*map(self._split, expr.args), strict=True)
            return sp.Mul(*coefficients), sp.Mul(*rests)
        if expr.is_Add:
            return self._visit_sum(expr)
        if expr.is_Pow and expr.exp.is_Integer:
            coefficient, rest = self._split(expr.base)
            return coefficient**expr.exp, rest**expr.exp
        if expr.is_Pow and expr.exp.is_number:
            return sp.S.One, sp.Pow(self(expr.base), expr.exp)
        return sp.S.One, expr.func(*map(self, expr.args)) if expr.args else expr

    def _visit_sum(self, expr: sp.Add) -> Scaled:
        collected: dict[sp.Expr, sp.Expr] = {}
        for argument in expr.args:
            coefficient, rest = self._split(argument)
            inner = self._sums.get(rest, [])
            # The terms of a sum in a sum, where they have coefficients already or a constant is among them.
            opened = inner and (all(not c.is_number for c, _ in inner) or any(r == 1 for _, r in inner))
            for c, r in inner if opened else [(sp.S.One, rest)]:
                collected[r] = collected.get(r, sp.S.Zero) + coefficient * c
        terms = [(c, r) for r, c in collected.items() if c != 0]
        moving = [c for c, r in terms if r != 1]
        if not moving:
            return sp.Add(*(c for c, _ in terms)), sp.S.One
        first = -moving[0] if moving[0].could_extract_minus_sign() else moving[0]
        if len(moving) > 1 and first != 1 and all(c in (first, -first) for c, _ in terms):
            return first, self._sum([(sp.S.One if c == first else sp.S.NegativeOne, r) for c, r in terms])
        if len(terms) == 1:
            return terms[0]
        return sp.S.One, self._sum(terms)


def statements(
    outputs: Mapping[str, sp.Expr], printer: KernelPrinter, prefix: str = "t"
) -> tuple[list[str], dict[str, str]]:
    """Assignments of common sub-expressions, and the text of each output in terms of them."""
    shared, reduced = sp.cse(list(outputs.values()), symbols=sp.numbered_symbols(f"{prefix}_"), list=True)
    lines = [f"{symbol} = {printer.doprint(e)}" for symbol, e in shared]
    floats = [sp.Float(e) if e.is_Integer else e for e in reduced]
    return lines, {name: printer.doprint(e) for name, e in zip(outputs, floats, strict=True)}
