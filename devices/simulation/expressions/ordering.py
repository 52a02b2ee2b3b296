"""Order of operations in a text of assignments, so that what is known last is waited for by the fewest of them.

A rate's operations form chains, and a processor waits for each link: three or four cycles for a product or a sum, and
thirteen for a quotient. Products and sums of products are written so that factors and terms that are there early are
taken together first. What comes out is the same but for rounding.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import reduce

#: Cycles of a sum or product, of a fused operation, of a quotient and of a function.
SIMPLE, FUSED, QUOTIENT, FUNCTION = 3, 4, 13, 40
#: When numbers are there that do not change along a trajectory.
EARLY = -1000

Timed = tuple[ast.expr, int]


def in_order(lines: Sequence[str], values: Mapping[str, str], changing: str) -> tuple[list[str], dict[str, str]]:
    """Assignments, and expressions that use them, in a better order.

    Parameters
    ----------
    lines : sequence of str
        Assignments to names.
    values : mapping
        Expressions, by name.
    changing : str
        Letter that names of quantities begin with for which all wait; others that are not assigned are there early.
    """
    order = _Ordering(changing)
    assignments = []
    for line in lines:
        name, _, expression = line.partition(" = ")
        node, order.times[name] = order.timed(ast.parse(expression, mode="eval").body)
        assignments.append(f"{name} = {ast.unparse(node)}")
    return assignments, {n: ast.unparse(order.timed(ast.parse(e, mode="eval").body)[0]) for n, e in values.items()}


class _Ordering:
    def __init__(self, changing: str) -> None:
        self.changing, self.times = changing, dict[str, int]()

    def timed(self, node: ast.expr) -> Timed:
        """An expression in a better order, and when its value is there."""
        match node:
            case ast.Constant():
                return node, EARLY
            case ast.Name(id=name):
                return node, self.times.get(name, 0 if name[0] == self.changing else EARLY)
            case ast.UnaryOp(op=operation, operand=operand):
                inner, time = self.timed(operand)
                return ast.UnaryOp(operation, inner), time
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.product(node)
            case ast.Call(func=ast.Name(id="fma")):
                return self.sum(node)
            case ast.BinOp(left=left, op=operation, right=right):
                (one, first), (other, second) = self.timed(left), self.timed(right)
                return ast.BinOp(one, operation, other), _after(max(first, second), SIMPLE)
            case ast.Call(func=function, args=arguments):
                found = [self.timed(argument) for argument in arguments]
                return ast.Call(function, [one for one, _ in found], []), _after(max(t for _, t in found), FUNCTION)
        return node, FUNCTION

    def factors(self, node: ast.expr) -> tuple[list[Timed], list[Timed]]:
        """Factors of a product, and what it is divided by."""
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                (one, under), (other, below) = self.factors(left), self.factors(right)
                return one + other, under + below
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                above, below = self.factors(left)
                return above, [*below, self.timed(right)]
        return [self.timed(node)], []

    def product(self, node: ast.expr) -> Timed:
        above, below = self.factors(node)
        above, below = sorted(above, key=_time), sorted(below, key=_time)
        if below and _time(below[-1]) < _time(above[-1]) and len(above) > 1:
            # The quotient of what is there early waits for nothing.
            first = reduce(_divided, below, _multiplied(above[:-1]))
            return _times(first, above[-1])
        return reduce(_divided, below, _multiplied(above))

    def sum(self, node: ast.expr) -> Timed:
        """A sum of products: what is there last is added last."""
        terms = list[tuple[Timed, Timed]]()
        rest: ast.expr = node
        while isinstance(rest, ast.Call) and isinstance(rest.func, ast.Name) and rest.func.id == "fma":
            one, other, rest = rest.args
            (above, below), (more, under) = self.factors(one), self.factors(other)
            if below or under:
                terms.append((self.timed(one), self.timed(other)))
            else:
                *others, last = sorted(above + more, key=_time)
                terms.append((_multiplied(others), last))
        total = self.timed(rest)
        if isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mult) and not self.factors(rest)[1]:
            *others, last = sorted(self.factors(rest)[0], key=_time)
            terms.append((_multiplied(others), last))
            terms.sort(key=lambda term: max(map(_time, term)))
            total = _times(*terms.pop(0))
        terms.sort(key=lambda term: max(map(_time, term)))
        for (one, first), (other, second) in terms:
            call = ast.Call(ast.Name("fma", ast.Load()), [one, other, total[0]], [])
            total = call, _after(max(first, second, total[1]), FUSED)
        return total


def _time(one: Timed) -> int:
    return one[1]


def _after(time: int, cycles: int) -> int:
    return EARLY if time == EARLY else time + cycles


def _times(one: Timed, other: Timed) -> Timed:
    return ast.BinOp(one[0], ast.Mult(), other[0]), _after(max(one[1], other[1]), SIMPLE)


def _divided(one: Timed, other: Timed) -> Timed:
    return ast.BinOp(one[0], ast.Div(), other[0]), _after(max(one[1], other[1]), QUOTIENT)


def _multiplied(factors: Sequence[Timed]) -> Timed:
    return reduce(_times, factors)
