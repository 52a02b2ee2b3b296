"""Rates that are prepared before a trajectory are the rates; their operations wait for as little as can be."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from synaspice.devices import MTJ
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector, scales_of
from synaspice.devices.simulation.expressions.ordering import in_order
from synaspice.devices.simulation.integrators.drives import prepared_parameters
from synaspice.devices.simulation.integrators.machine_code import machine_code
from synaspice.devices.simulation.integrators.prepared import prepared_rates

WITH_STATES = [name for name in sorted(MODELS.own()) if MODELS[name]().state_declarations()]


@pytest.mark.parametrize("name", WITH_STATES)
def test_prepared_rates_are_the_rates_of_scaled_states(name):
    device = MODELS[name]()
    functions, scales, p = compiled(device), scales_of(device), parameter_vector(device)
    names = functions.parameter_names
    for k, voltage in enumerate((0.13, -0.4)):
        voltages = [voltage * (1 + branch) for branch in range(len(functions.system.voltages))]
        states = [x * (1 - 0.03 * k) for x in initial_state(device)]
        vector = prepared_parameters(device)
        # inputs come with the drives, after what is prepared
        given = list(p)
        for name_of_input in device.input_declarations():
            place = names.index(name_of_input)
            vector[place] = given[place] = p[place] + 0.01 * k
        expected = np.array(functions.rates(voltages, states, given)) / scales
        found = machine_code(*device.structure, "pace")([voltages, list(states / scales), vector.tolist()], len(states))
        # terms that nearly cancel are rounded elsewhere
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max())


def test_what_parameters_alone_decide_is_not_in_the_loop():
    made = prepared_rates(*MTJ().structure)
    damping = compiled(MTJ()).parameter_names.index("damping")
    assert re.search(rf"\bp_{damping}\b", made.preparation) and not re.search(rf"\bp_{damping}\b", made.pace)
    assert made.count == len(prepared_parameters(MTJ())) - len(parameter_vector(MTJ()))
    # the only quotients that wait for the states are those by an angle
    assert made.pace.count("/") == 2


def _value(lines, expression, known):
    names = {**known, "fma": lambda a, b, c: a * b + c, "sqrt": math.sqrt}
    for line in lines:
        name, _, text = line.partition(" = ")
        names[name] = eval(text, names)
    return eval(expression, names)


KNOWN = {"h_0": 1.7, "h_1": -0.6, "v_0": 0.3, "x_0": 0.9, "x_1": -0.4}


@pytest.mark.parametrize(
    ("lines", "expression", "expected"),
    [
        ([], "h_0*x_0*v_0", "h_0 * v_0 * x_0"),
        ([], "h_0*v_0*x_0/(v_0 + h_1)", "h_0 * v_0 / (v_0 + h_1) * x_0"),
        ([], "h_0*x_1/(x_0 + 2)", "h_0 * x_1 / (x_0 + 2)"),
        (["t_0 = h_0/x_0"], "fma(h_1, t_0, fma(h_0, x_1, v_0))", "fma(h_1, t_0, fma(h_0, x_1, v_0))"),
        (["t_0 = h_0/x_0"], "fma(h_0, x_1, fma(h_1, t_0, v_0))", "fma(h_1, t_0, fma(h_0, x_1, v_0))"),
        (["t_0 = sqrt(x_0)"], "fma(-x_1, v_0, h_0*t_0*x_0)", "fma(h_0 * x_0, t_0, v_0 * -x_1)"),
        (["t_0 = x_0 - h_0"], "-t_0 + x_0*t_0*h_1", "-t_0 + h_1 * x_0 * t_0"),
    ],
)
def test_what_is_known_last_comes_last(lines, expression, expected):
    ordered, values = in_order(lines, {"f": expression}, "x")
    assert values == {"f": expected}
    assert _value(ordered, values["f"], KNOWN) == pytest.approx(_value(lines, expression, KNOWN), rel=1e-14)
