"""Elementary functions of the ensembles, against 120-bit arithmetic."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from synaspice.devices.core.codegen import SCALAR_NAMESPACE
from synaspice.devices.simulation.machine.kinds import F64
from synaspice.devices.simulation.machine.program import compiled_function, vectorised
from synaspice.devices.simulation.numerics import vectormath

RANGES = {
    "exp": [(-700, 700)],
    "expm1": [(-2, 2), (-40, 40)],
    "log": [(1e-300, 1e-290), (0.5, 2), (1, 1e300)],
    "sin": [(-10, 10), (-1e6, 1e6)],
    "cos": [(-10, 10), (-1e6, 1e6)],
    "sinh": [(-5, 5), (-600, 600)],
    "cosh": [(-5, 5), (-600, 600)],
    "tanh": [(-3, 3), (-1e-3, 1e-3)],
}


def own(name):
    return vectorised(getattr(vectormath, name))


@pytest.mark.parametrize("name", RANGES)
def test_the_error_is_within_four_units_in_the_last_place(name):
    generator = np.random.default_rng(1)
    function, exact = own(name), getattr(mpmath, name)
    with mpmath.workprec(120):
        for low, high in RANGES[name]:
            numbers = generator.uniform(low, high, 300)
            for x, found in zip(numbers.tolist(), function(numbers).tolist(), strict=True):
                expected = float(exact(mpmath.mpf(x)))
                assert abs(found - expected) <= 4 * np.spacing(abs(expected)), x


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", -1e9, 0.0),
        ("exp", 710.0, math.inf),
        ("exp", -math.inf, 0.0),
        ("exp", 0.0, 1.0),
        ("expm1", -1e9, -1.0),
        ("log", 0.0, -math.inf),
        ("log", -1.0, math.nan),
        ("log", 1.0, 0.0),
        ("log", math.inf, math.inf),
        ("tanh", -50.0, -1.0),
        ("exp", math.nan, math.nan),
        ("log", math.nan, math.nan),
        ("tanh", math.nan, math.nan),
    ],
)
def test_limits(name, x, expected):
    np.testing.assert_equal(own(name)(x), expected)


@pytest.mark.parametrize("name", ["ramp", "step", "sign", "limexp", "x_coth"])
def test_the_packages_own_functions_are_those_of_the_scalar_namespace(name):
    function = own(name)
    for x in (-90.0, -1.0, -1e-4, 0.0, 1e-4, 0.5, 79.0, 81.0, 100.0):
        # Continued exponentials reach e^100, whose argument rounds to 1e-14.
        assert function(x) == pytest.approx(SCALAR_NAMESPACE[name](x), rel=1e-13, abs=0)


def test_powers():
    power = compiled_function(vectormath.ramp_power, F64, F64, returned=F64)
    for x, a in [(2.0, 0.5), (0.3, 3.7), (1e-5, 1.5), (-1.0, 2.0), (0.0, 2.0), (0.0, 0.0), (-2.0, 0.0)]:
        assert power(x, a) == pytest.approx(SCALAR_NAMESPACE["ramp_power"](x, a), rel=1e-14, abs=0)


def test_a_fused_product_rounds_once():
    def product_and_sum(a, b, c):
        return vectormath.fma(a, b, c)

    fused = compiled_function(product_and_sum, F64, F64, F64, returned=F64)
    a = 1.0 + 2.0**-30
    assert fused(a, a, -(1.0 + 2.0**-29)) == 2.0**-60
    assert a * a - (1.0 + 2.0**-29) == 0.0
