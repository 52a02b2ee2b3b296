"""Folding of quantities that are 0 or 1 into a kernel's statements, without changing a bit of what they compute."""

from __future__ import annotations

import ast
from collections.abc import Mapping

#: Values that make an operation superfluous.
FOLDED = (0.0, 1.0, -1.0)
#: Beginnings of the names whose values are followed: common parts of expressions, and what drives decide.
FOLLOWED = ("t_", "q_", "d_", "c_")


def fold(source: str, known: Mapping[str, float]) -> str:
    """Straight-line statements in which some names have known values, without the operations that these decide.

    Every rewriting is exact for finite numbers, but for the sign of a zero: ``fma(0, x, y)`` is ``y``, ``fma(1, x, y)``
    is ``x + y``, ``1*x`` is ``x``. Nothing is associated anew.

    Parameters
    ----------
    source : str
        Statements; loops may be among them, as long as each assigns what it uses in every turn.
    known : mapping
        Names and values, each one of :data:`FOLDED`; assignments to these names are dropped.
    """
    tree = _Folding(known).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


def _value(node: ast.expr) -> float | None:
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else None


def _minus(node: ast.expr) -> ast.expr:
    value = _value(node)
    return ast.UnaryOp(ast.USub(), node) if value is None else ast.Constant(-value if value else 0.0)


class _Folding(ast.NodeTransformer):
    def __init__(self, known: Mapping[str, float]) -> None:
        self.given, self.known = set(known), dict(known)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self.known:
            return ast.Constant(self.known[node.id])
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in self.given:  # it need not even be loaded
            return None
        node.value = self.visit(node.value)
        if isinstance(target, ast.Name):
            value = _value(node.value)
            if target.id[:2] in FOLLOWED and value in FOLDED:
                self.known[target.id] = float(value or 0.0)
                return None
            self.known.pop(target.id, None)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return _minus(node.operand) if isinstance(node.op, ast.USub) and _value(node.operand) is not None else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = _value(node.left), _value(node.right)
        if left in FOLDED and right in FOLDED and not isinstance(node.op, ast.Div):
            return _folded(node)
        if isinstance(node.op, ast.Mult):
            return _product(node.left, node.right) or node
        if isinstance(node.op, ast.Add):
            return node.right if left == 0 else node.left if right == 0 else node
        if isinstance(node.op, ast.Sub):
            return _minus(node.right) if left == 0 else node.left if right == 0 else node
        if isinstance(node.op, ast.Div):
            return ast.Constant(0.0) if left == 0 else node.left if right == 1 else node
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name):
            return node
        if node.func.id in ("square", "sqrt") and _value(node.args[0]) in (0.0, 1.0):
            return node.args[0]
        if node.func.id != "fma":
            return node
        a, b, c = node.args
        product = _product(a, b)
        if product is None:
            return ast.BinOp(a, ast.Mult(), b) if _value(c) == 0 else node
        return self.visit_BinOp(ast.BinOp(product, ast.Add(), c))


def _folded(node: ast.BinOp) -> ast.expr:
    left, right = _value(node.left), _value(node.right)
    assert left is not None and right is not None
    results = {ast.Mult: left * right, ast.Add: left + right, ast.Sub: left - right}
    result = results.get(type(node.op))
    return node if result is None else ast.Constant(result or 0.0)


def _product(a: ast.expr, b: ast.expr) -> ast.expr | None:
    """The product of two expressions, where one of them decides it."""
    for one, other in ((a, b), (b, a)):
        value = _value(one)
        if value == 0:
            return ast.Constant(0.0)
        if value == 1:
            return other
        if value == -1:
            return _minus(other)
    return None
