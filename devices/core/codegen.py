"""Python source for a set of SymPy expressions, and functions made of it for scalars and arrays.

The text is printed once with bare function names (``sqrt``, ``ramp``); their meaning is decided by the
namespace in which it is executed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from ..language.equations.constants import CONSTANTS
from ..language.equations.functions import EXP_LIMIT

#: Functions that expressions may contain, with the name they are printed under.
FUNCTION_NAMES = {
    "ramp": "ramp",
    "step": "step",
    "ramp_power": "ramp_power",
    "limexp": "limexp",
    "x_coth": "x_coth",
    "Abs": "abs",
    "sign": "sign",
}


class Printer(PythonCodePrinter):
    """Prints expressions with the bare names of their functions."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": False, "user_functions": FUNCTION_NAMES, "precision": 17})

    def _print_sign(self, expr: sp.sign) -> str:
        # SymPy's copysign() is not a function of the namespaces, and is not zero at zero.
        return f"sign({self._print(expr.args[0])})"

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        # Small integer powers as products: faster than pow() and exact in every namespace.
        if expr.exp.is_Integer and 2 <= expr.exp <= 4 and expr.base.is_Symbol:
            return "(" + "*".join([self._print(expr.base)] * int(expr.exp)) + ")"
        return str(super()._print_Pow(expr, rational=rational))


def function_source(name: str, groups: Mapping[str, Sequence[sp.Symbol]], outputs: Sequence[sp.Expr]) -> str:
    """Write a function of indexable arguments that returns the values of expressions as a tuple.

    Parameters
    ----------
    name : str
        Name of the function.
    groups : mapping
        For each argument of the function, the symbols that its elements are.
    outputs : sequence of Expr
        Expressions in those symbols and in physical constants, which are inserted as numbers.

    Returns
    -------
    str
        Python source, with common sub-expressions computed once.
    """
    numbers = {symbol: sp.Float(value, 17) for symbol, (value, _, _) in CONSTANTS.items()}
    shared, reduced = sp.cse(list(outputs), symbols=sp.numbered_symbols("_t"), list=True)
    used = set().union(*(e.free_symbols for _, e in shared), *(e.free_symbols for e in reduced))
    printer = Printer()
    # An element may have the name of its group, such as a state x, and must not overwrite it.
    lines = [f"def {name}({', '.join(f'_{argument}' for argument in groups)}):"]
    lines += [f"    {symbol} = {printer.doprint(number)}" for symbol, number in numbers.items() if symbol in used]
    for argument, symbols in groups.items():
        lines += [f"    {symbol} = _{argument}[{k}]" for k, symbol in enumerate(symbols) if symbol in used]
    lines += [f"    {symbol} = {printer.doprint(expression)}" for symbol, expression in shared]
    # Integers as floats, so that the tuple has one type.
    floats = [sp.Float(expression) if expression.is_Integer else expression for expression in reduced]
    values = "".join(f"{printer.doprint(expression)}, " for expression in floats)
    lines.append(f"    return ({values})")
    return "\n".join(lines) + "\n"


def _scalar_limexp(x: float) -> float:
    return math.exp(x) if x < EXP_LIMIT else math.exp(EXP_LIMIT) * (1.0 + x - EXP_LIMIT)


SCALAR_NAMESPACE: dict[str, Any] = {
    **{
        name: getattr(math, name)
        for name in [
            "sqrt",
            "exp",
            "log",
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "atan2",
            "sinh",
            "cosh",
            "tanh",
            "pi",
        ]
    },
    "abs": abs,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
    "ramp": lambda x: x if x > 0 else 0.0,
    "step": lambda x: 0.5 if x == 0 else 1.0 if x > 0 else 0.0,
    "ramp_power": lambda x, a: x**a if x > 0 else 0.0**a,
    "limexp": _scalar_limexp,
    "x_coth": lambda x: 1.0 + x * x / 3.0 if abs(x) < 1e-3 else x / math.tanh(x),
}

ARRAY_NAMESPACE: dict[str, Any] = {
    **{
        name: getattr(np, name)
        for name in ["sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "pi", "sign", "abs"]
    },
    **{name: getattr(np, "arc" + name[1:]) for name in ("asin", "acos", "atan", "atan2")},
    "min": lambda *values: functools.reduce(np.minimum, values),
    "max": lambda *values: functools.reduce(np.maximum, values),
    "ramp": lambda x: np.maximum(x, 0.0),
    "step": lambda x: np.heaviside(x, 0.5),
    "ramp_power": lambda x, a: np.maximum(x, 0.0) ** a,
    "x_coth": lambda x: np.where(np.abs(x) < 1e-3, 1 + x * x / 3, x / np.tanh(np.where(x == 0, 1.0, x))),
    "limexp": lambda x: np.exp(np.minimum(x, EXP_LIMIT)) * (1.0 + np.maximum(x - EXP_LIMIT, 0.0)),
}


def define(source: str, name: str, namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """Execute generated source in a namespace and return the function of that name from it.

    The source is printed from a model's SymPy expressions; nothing that a user passes as a value reaches it.
    """
    scope = dict(namespace)
    exec(compile(source, f"<generated {name}>", "exec"), scope)
    function: Callable[..., Any] = scope[name]
    return function
