"""How an equation becomes elements of a netlist that circuit simulators evaluate fast.

In each of Newton's iterations a simulator walks through the expression of a behavioural source and through its
derivative by every voltage in it; a controlled source costs it an addition. So a quantity is a node into which flow

- a controlled source for every term that is linear in another node,
- a constant source for terms of parameters alone,
- one behavioural source for the rest, in which parameters are numbers: terms of them are computed before.

A factor of a product that is a sum of nodes, or a function of one node, becomes a node itself: the derivatives of a
product repeat its factors. Nothing is taken out of the inside of a function: while Newton's method has not converged,
a node may have a value that the expression it stands for never has, and a root or a logarithm of it would not exist.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

#: Factors of products in which so many operations have to do with voltages become nodes.
LARGE_FACTOR = 3
#: Voltages at which the size of a new node is estimated.
_TRIALS = (0.1, 0.5, 1.0)
#: A factor that is larger by this at one of them than at another stays where it is.
_SPAN = 1e4
#: A common factor is left to the node's conductance if its size is between these. A smaller one would make currents of
#: a million amperes, whose rounding is beyond a simulator's absolute tolerance: ngspice 47 takes steps without end.
_CONDUCTANCES = (1e-2, 1e6)


@dataclass(frozen=True)
class Parts:
    """An expression as the current into a node, split into elements.

    Attributes
    ----------
    constant : Expr
        The part that depends on parameters alone.
    linear : Mapping
        Coefficients, which depend on parameters alone, by the voltage that they multiply.
    rest : Expr
        Everything else.
    conductance : Expr
        Divisor of the current that gives the node's voltage.
    """

    constant: sp.Expr
    linear: Mapping[sp.Symbol, sp.Expr]
    rest: sp.Expr
    conductance: sp.Expr = sp.S.One


class ParameterHoist:
    """Takes terms of parameters alone out of expressions, under names that tell where they are used first.

    Expressions keep their form, so that a netlist reads as the equations do.
    """

    def __init__(self, is_fixed: Callable[[sp.Expr], bool]) -> None:
        self._is_fixed, self._owner = is_fixed, ""
        self.found: dict[sp.Expr, sp.Symbol] = {}
        self._seen: dict[sp.Expr, sp.Expr] = {}

    def out_of(self, expr: sp.Expr, owner: object) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
        """An expression in terms of parameters that are computed before, and those of them that are new."""
        self._owner, before = str(owner), len(self.found)
        reduced = self._reduced(expr)
        return reduced, {symbol: found for found, symbol in list(self.found.items())[before:]}

    def _reduced(self, expr: sp.Expr) -> sp.Expr:
        if expr not in self._seen:
            self._seen[expr] = self._visit(expr)
        return self._seen[expr]

    def _visit(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_Integer or expr.is_Float:
            return expr
        if self._is_fixed(expr):
            return self._symbol(expr)
        if expr.is_Mul or expr.is_Add:
            fixed = [a for a in expr.args if self._is_fixed(a)]
            moving = [self._reduced(a) for a in expr.args if not self._is_fixed(a)]
            part = expr.func(*fixed)
            return expr.func(part if part.is_Integer else self._symbol(part), *moving) if fixed else expr.func(*moving)
        if expr.is_Pow and expr.exp.is_number:
            return sp.Pow(self._reduced(expr.base), expr.exp)
        return expr.func(*map(self._reduced, expr.args)) if expr.args else expr

    def _symbol(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_number:
            return plain_number(expr)
        if expr.is_Symbol:
            return expr
        if expr.could_extract_minus_sign():
            return -self._symbol(-expr)
        count = 1 + sum(str(name).startswith(f"{self._owner}_factor") for name in self.found.values())
        return self.found.setdefault(expr, sp.Symbol(f"{self._owner}_factor{count}", real=True))


@dataclass
class Formulation:
    """Takes expressions apart, and collects the nodes that this needs beside those that there are.

    Attributes
    ----------
    voltages : set of Symbol
        Voltages that a controlled source can be controlled by.
    moving : set of Symbol
        Those, and all else that is not a parameter.
    value : callable
        Number of an expression of parameters, for the device at hand, and of voltages that are given by name.
    positive : callable
        Whether an expression of parameters is positive for all their values.
    """

    voltages: set[sp.Symbol]
    moving: set[sp.Symbol]
    value: Callable[[sp.Expr, Mapping[str, float]], float]
    positive: Callable[[sp.Expr], bool]
    nodes: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)
    _told: int = 0
    _known: dict[sp.Expr, sp.Expr] = field(default_factory=dict)

    def parts(self, expression: sp.Expr, owner: object, free: bool = False) -> Parts:
        """Take an expression apart.

        Parameters
        ----------
        expression : Expr
            The expression, in volts.
        owner : object
            Name of the node that it is for; new nodes are named after it.
        free : bool
            Whether the conductance of the node may be other than one.
        """
        constant: list[sp.Expr] = []
        linear: dict[sp.Symbol, sp.Expr] = {}
        rest: list[sp.Expr] = []

        def visit(e: sp.Expr, factor: sp.Expr) -> None:
            e = _plain(e)
            if not self._moves(e):
                constant.append(factor * e)
            elif e in self.voltages:
                linear[e] = linear.get(e, sp.S.Zero) + factor
            elif e.is_Add:
                for term in e.args:
                    visit(term, factor)
            elif e.is_Mul:
                moving = [_plain(a) for a in e.args if self._moves(a)]
                factor = factor * sp.Mul(*(a for a in e.args if not self._moves(a)))
                if len(moving) == 1:
                    visit(moving[0], factor)
                else:
                    product(moving, factor)
            else:
                rest.append(factor * e)

        def product(factors: list[sp.Expr], factor: sp.Expr) -> None:
            for k, a in enumerate(factors):
                others = sp.Mul(*factors[:k], *factors[k + 1 :])
                fixed = [term for term in a.args if not self._moves(term)] if a.is_Add else []
                if fixed and others in self.voltages:  # node * (c + f) is c * node, a linear term, and node * f
                    visit(others, factor * sp.Add(*fixed))
                    visit(others * sp.Add(*(term for term in a.args if self._moves(term))), factor)
                    return
            for k in sorted(range(len(factors)), key=lambda k: -self._size(factors[k])):
                factors[k] = self._as_node(factors[k], factors[:k] + factors[k + 1 :], owner)
            rest.append(factor * sp.Mul(*factors))

        visit(expression, sp.S.One)
        behaviour = factored(sp.Add(*rest)) if rest else sp.S.Zero
        parts = Parts(sp.Add(*constant), {s: c for s, c in linear.items() if c != 0}, behaviour)
        return self._eased(parts) if free else parts

    def add(self, *symbols: sp.Symbol) -> None:
        """Tell of nodes that came later."""
        self.voltages.update(symbols)
        self.moving.update(symbols)

    def taken(self) -> list[tuple[sp.Symbol, sp.Expr]]:
        """The nodes that are new since the last call, with the expressions that they stand for."""
        new = list(self.nodes.items())[self._told :]
        self._told = len(self.nodes)
        return new

    def _moves(self, e: sp.Expr) -> bool:
        return not self.moving.isdisjoint(e.free_symbols)

    def _as_node(self, e: sp.Expr, others: list[sp.Expr], owner: object) -> sp.Expr:
        """A factor of a product, or the node that stands for it."""
        own = e.free_symbols & self.moving
        is_sum = e.is_Add and len(own) > 1 and all(self._is_linear(term) for term in e.args)
        repeated = any(a.free_symbols & self.moving - own for a in others)
        if not own <= self.voltages or not (is_sum or (repeated and self._size(e) >= LARGE_FACTOR)):
            return e
        for sign in (1, -1):
            if sign * e in self._known:
                return sign * self._known[sign * e]
        scale = 1 if is_sum else self._magnitude(e, own)
        if scale is None:
            return e
        node = sp.Symbol(f"{owner}_part{len(self.nodes) + 1}", real=True)
        self.add(node)
        self.nodes[node] = e / scale
        self._known[e] = scale * node
        return self._known[e]

    def _magnitude(self, e: sp.Expr, own: set[sp.Symbol]) -> sp.Expr | None:
        """The power of ten that a quantity is of, or None if it is of many."""
        names = sorted(own, key=str)
        trials = [{str(symbol): v / (1 + 0.1 * k) for k, symbol in enumerate(names)} for v in _TRIALS]
        sizes = [abs(self.value(e, trial)) for trial in trials]
        sizes = [size for size in sizes if size != 0]
        if not sizes or not all(size < math.inf for size in sizes) or max(sizes) > _SPAN * min(sizes):
            return None
        return sp.Integer(10) ** round(math.log10(max(sizes)))

    def _size(self, e: sp.Expr) -> int:
        """Number of operations that have to do with voltages."""
        operations = max(len(e.args) - 1, 1) if e.args and self._moves(e) else 0
        return operations + sum(map(self._size, e.args))

    def _is_linear(self, term: sp.Expr) -> bool:
        moving = [a for a in sp.Mul.make_args(term) if self._moves(a)]
        return len(moving) <= 1 and all(a in self.voltages for a in moving)

    def _eased(self, parts: Parts) -> Parts:
        """A factor that the rest has in common becomes the conductance, if it is sure to be positive."""
        common = sp.Mul(*(a for a in sp.Mul.make_args(parts.rest) if not self._moves(a)))
        if common == 1 or common == -1 or parts.rest == 0:
            return parts
        if common.could_extract_minus_sign():
            common = -common
        low, high = _CONDUCTANCES
        if not self.positive(common) or not low < self.value(common, {}) < high:
            return parts
        linear = {symbol: c / common for symbol, c in parts.linear.items()}
        return Parts(parts.constant / common, linear, parts.rest / common, 1 / common)


@functools.lru_cache(maxsize=4096)
def factored(expr: sp.Expr) -> sp.Expr:
    """A sum with what its terms have in common in front; the same ones come back with every device of a structure."""
    return sp.factor_terms(expr)


def plain_number(expr: sp.Expr) -> sp.Expr:
    """A number without fractions, roots and the like; whole ones as they are."""
    value = sp.Float(sp.N(expr, 30), 17)
    return sp.Integer(int(value)) if value == int(value) and abs(value) < 1e15 else value


def exact(scale: float) -> sp.Expr:
    """A scale without rounding: products of powers of ten give powers of ten."""
    return sp.Rational(repr(scale))


def _plain(e: sp.Expr) -> Any:
    return e.args[0] if isinstance(e, sp.UnevaluatedExpr) else e
