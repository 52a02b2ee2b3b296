"""Expressions of kernels: rewritten without a change of value, and with nothing left that does not move."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from synaspice.devices import MTJ, DomainWallMagnet
from synaspice.devices.catalog import models
from synaspice.devices.core.codegen import SCALAR_NAMESPACE
from synaspice.devices.core.compiled import compiled_for
from synaspice.devices.simulation.expressions.hoisting import Hoist

a, b, c, v, x, y, z = sp.symbols("a b c v x y z", real=True)


def values_of(expressions, numbers):
    symbols = list(numbers)
    function = sp.lambdify(symbols, expressions, modules=[SCALAR_NAMESPACE, "numpy"], cse=True)
    return np.array(function(*numbers.values()), dtype=float)


def written_out(hoist, expression):
    """An expression with what is hoisted in place of its symbols."""
    for found in (hoist.driven, hoist.found):
        expression = expression.xreplace({symbol: value for value, symbol in found.items()})
    return expression


@pytest.mark.parametrize(
    ("expression", "constant", "rest", "symbols"),
    [
        # A factor of all terms goes out, also with the other sign.
        (a * (x * y - x * z), a, x * y - x * z, 0),
        (-a * x * y + a * x * z, a, x * z - x * y, 0),
        (a * x * y / b - a * x * z / b, a / b, x * y - x * z, 0),
        # One of a sum with coefficients goes into them, and like terms meet.
        (a * (b * x + c * y) + z, 1, a * b * x + a * c * y + z, 2),
        (a * x + y + b * x, 1, (a + b) * x + y, 1),
        (a * (x + 1) + b, 1, a * x + a + b, 2),
        # Of a quotient it stays above the line.
        (a * x / (b * y + 1), a, x / (b * y + 1), 1),
    ],
)
def test_constant_factors(expression, constant, rest, symbols):
    hoist = Hoist([a, b, c])
    factor, moving = hoist.scaled(expression)
    assert (factor, written_out(hoist, moving)) == (constant, rest)
    assert len(moving.free_symbols - {x, y, z}) == symbols


def test_what_a_drive_decides():
    hoist = Hoist([a, b], [v])
    moving = hoist(x * (a * v**2 + b) / (1 + v**2))
    (driven,) = hoist.driven.values()
    assert moving == driven * x
    assert written_out(hoist, driven) == (a * v**2 + b) / (1 + v**2)
    # A factor of parameters alone may go into the step, one of the drive not.
    factor, rest = hoist.scaled(a * v * x)
    assert factor == a
    assert written_out(hoist, rest) == v * x


@pytest.mark.parametrize(
    "model", [MTJ, DomainWallMagnet, *sorted(models().values(), key=lambda model: model.model_name())[::12]]
)
def test_rates_keep_their_values(model):
    functions = compiled_for(model, model().structure[1])
    system, generator = functions.system, np.random.default_rng(1)
    parameters = [*functions.parameters]
    drives = [*system.voltages]
    rates = list(system.flat.rates.values())
    hoist = Hoist(parameters, drives)
    scaled = [hoist.scaled(rate) for rate in rates]
    symbols = set().union(*(rate.free_symbols for rate in rates), parameters, drives)
    numbers = {symbol: generator.uniform(0.5, 1.5) for symbol in sorted(symbols, key=str)}
    expected = values_of(rates, numbers)
    factors = values_of([factor for factor, _ in scaled], numbers)
    numbers |= dict(zip(hoist.found.values(), values_of(list(hoist.found), numbers), strict=True))
    numbers |= dict(zip(hoist.driven.values(), values_of(list(hoist.driven), numbers), strict=True))
    assert not {*parameters, *drives} & set().union(*(rest.free_symbols for _, rest in scaled))
    moving = values_of([rest for _, rest in scaled], numbers)
    np.testing.assert_allclose(factors * moving, expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max(initial=0))
