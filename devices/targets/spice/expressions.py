"""SymPy expressions as text that a simulator evaluates: a printer that goes by the table of dialects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from .dialect import Dialect


class ExpressionPrinter(StrPrinter):
    """SymPy expressions in a SPICE dialect; symbols are spelled as given, or by their name."""

    def __init__(self, dialect: Dialect, spelled: Mapping[sp.Symbol, str], formula: bool = False) -> None:
        super().__init__({"full_prec": False})
        self._spelled = spelled
        self._functions = {**dialect.functions, **(dialect.formula_functions if formula else {})}

    def _print_UnevaluatedExpr(self, expr: sp.UnevaluatedExpr) -> str:
        return self._print(expr.args[0])  # type: ignore[no-any-return]

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return self._spelled.get(expr, expr.name)

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"({expr.p}/{expr.q})" if expr.q != 1 else str(expr.p)

    def _print_Float(self, expr: sp.Float) -> str:
        return f"{float(expr):.17g}" if float(expr).is_integer() else repr(float(expr))

    def _print_Pi(self, expr: Any) -> str:
        return "3.141592653589793"

    def _print_Exp1(self, expr: Any) -> str:
        return "2.718281828459045"

    def _print_Function(self, expr: sp.Function) -> str:
        arguments = [self._print(argument) for argument in expr.args]
        name = expr.func.__name__
        template = self._functions.get(name)
        return template.format(*arguments) if template else f"{name}({', '.join(arguments)})"

    _print_Min = _print_Max = _print_Abs = _print_Function

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        # SPICE powers take the magnitude of the base: whole powers are written out as products instead.
        base, exponent = expr.args
        if exponent == sp.Rational(1, 2):
            return f"sqrt({self._print(base)})"
        if exponent == -sp.Rational(1, 2):
            return f"1/sqrt({self._print(base)})"
        if exponent.is_Integer and 2 <= abs(exponent) <= 8:
            product = "*".join([self.parenthesize(base, PRECEDENCE["Mul"], strict=False)] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"1/({product})"
        if exponent == -1:
            return f"1/{self.parenthesize(base, PRECEDENCE['Pow'], strict=False)}"
        return self._functions["power"].format(self._print(base), self._print(exponent))
