"""Expressions in C's grammar, for C itself and for Verilog-A, which shares it."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from sympy.printing.c import C99CodePrinter

from ...language.equations.functions import EXP_LIMIT

#: The functions of expressions: arguments, and value.
FUNCTIONS: dict[str, tuple[str, str]] = {
    "ramp": ("x", "(x > 0.0) ? x : 0.0"),
    "step": ("x", "(x > 0.0) ? 1.0 : ((x < 0.0) ? 0.0 : 0.5)"),
    "sgn": ("x", "(x > 0.0) ? 1.0 : ((x < 0.0) ? -1.0 : 0.0)"),
    "ramp_power": ("x, a", "(x > 0.0) ? pow(x, a) : ((a > 0.0) ? 0.0 : 1.0)"),
    "limited_exp": ("x", f"(x < {EXP_LIMIT!r}) ? exp(x) : exp({EXP_LIMIT!r}) * (1.0 + x - {EXP_LIMIT!r})"),
    "x_coth": ("x", "(x * x < 1.0e-6) ? 1.0 + x * x / 3.0 : x / tanh(x)"),
}
_BOTH = {"limexp": "limited_exp", "sign": "sgn"}
#: SymPy's names of functions, as the languages spell them.
C_NAMES = _BOTH | {"Abs": "fabs", "log": "log", "Min": "fmin", "Max": "fmax"}
VERILOG_A_NAMES = _BOTH | {"Abs": "abs", "log": "ln", "Min": "min", "Max": "max"}


class ExpressionPrinter(C99CodePrinter):
    """Prints expressions with a language's names of functions, and small whole powers as products."""

    def __init__(self, names: Mapping[str, str]) -> None:
        own = {name: name for name in ("ramp", "step", "ramp_power", "x_coth")}
        super().__init__({"user_functions": own, "math_macros": {}})
        self.names = names

    def _print_Function(self, expr: sp.Function) -> str:
        name = expr.func.__name__
        if name in ("Min", "Max") and len(expr.args) > 2:  # the languages have them of two arguments
            rest = expr.func(*expr.args[1:], evaluate=False)
            return f"{self.names[name]}({self._print(expr.args[0])}, {self._print(rest)})"
        if name in self.names:
            return f"{self.names[name]}({', '.join(self._print(a) for a in expr.args)})"
        return str(super()._print_Function(expr))

    _print_Abs = _print_sign = _print_log = _print_Min = _print_Max = _print_Function

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent.is_Integer and 2 <= abs(exponent) <= 4:
            product = "*".join([self.parenthesize(base, 50)] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        return str(super()._print_Pow(expr))

    def _print_NumberSymbol(self, expr: sp.NumberSymbol) -> str:
        return repr(float(expr))

    def _print_Float(self, expr: sp.Float) -> str:
        return repr(float(expr))

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"({expr.p}.0/{expr.q}.0)"
