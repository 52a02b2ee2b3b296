"""Derivatives, replacements and symbols of shared expressions: those of SymPy's own methods, for every model."""

from __future__ import annotations

import pytest
import sympy as sp

from synaspice.devices.catalog import models
from synaspice.devices.core.sharing import Replacement, Rewriting, Slope, Symbols, gradient
from synaspice.devices.core.vectors import compiled
from synaspice.devices.language.equations.functions import ramp, ramp_power

x, y, a = sp.symbols("x y a", real=True)
MODELS = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}


@pytest.mark.parametrize("name", ["domain-wall-synapse", "mtj", "stanford-rram", "volatile-memristor", "vteam"])
def test_equations_have_the_derivatives_of_sympy(name):
    functions = compiled(MODELS[name]())
    expressions = [*functions.quiet.rates.values(), *functions.system.flat.currents.values()]
    symbols = [*functions.system.states, *functions.system.voltages]
    assert gradient(expressions, symbols) == [sp.diff(e, s) for e in expressions for s in symbols]
    assert any(gradient(expressions, symbols))
    symbols_of = Symbols()
    assert [symbols_of(e) for e in expressions] == [e.free_symbols for e in expressions]
    rule = {symbol: 2 * symbol + 1 for symbol in symbols}
    replaced = Replacement(rule)
    assert [replaced(e) for e in expressions] == [e.xreplace(rule) for e in expressions]


@pytest.mark.parametrize(
    "expression",
    [
        x**y,
        sp.Abs(x) * x,
        sp.atan2(x, y) / x,
        ramp_power(x, a) - ramp(x) ** 2,
        sp.exp(-(x**2)) * sp.log(x * y),
        sp.UnevaluatedExpr(1 - x**2) * x,
        sp.Max(x, y) * y,
        a**2,
        sp.Integer(3),
    ],
)
def test_every_kind_of_expression_has_the_derivative_of_sympy(expression):
    for symbol in (x, y):
        assert Slope(symbol)(expression) == sp.diff(expression, symbol)


def test_maxima_stay_but_those_of_numbers():
    assert Replacement({x: y + a})(sp.Max(x, a)) == sp.Max(y + a, a, evaluate=False)
    assert Replacement({x: sp.Integer(2), a: sp.Integer(1)})(sp.Max(x, a)) == 2
    assert Replacement({})(x * y) == x * y


def test_rewriting_goes_from_the_parts_up():
    ones = Rewriting(lambda e: sp.S.One if e.is_Float and float(e) == 1 else e)
    assert ones(1.0 * x + sp.sin(1.0 * y)) == x + sp.sin(y)
    assert ones(sp.Float(2.0) * x) == 2.0 * x
