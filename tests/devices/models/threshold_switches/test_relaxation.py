"""Relaxation oscillators of Mott switches: the period of the static curve, and that of the equations."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from synaspice.devices import MottSwitch, ParameterError
from synaspice.devices.core.vectors import compiled, parameter_vector
from synaspice.devices.language.errors import ValidityWarning
from synaspice.devices.simulation.operating_points.static_curve import (
    loaded,
    relaxation_period,
    static_curve,
    turning_points,
)

#: The load is large enough that no jump leads beyond the temperature up to which the model holds.
CURRENT, LOAD = 3e-4, 120.0


def film():
    """Niobium dioxide with so little in series that its curve has one negative slope."""
    return MottSwitch.preset("kumar2017-like", resistance_metallic=100.0)


def period_of_the_equations(device, capacitance, current=CURRENT, load=LOAD, level=0.6):
    """The last of some periods of capacitor, temperature and phase, by SciPy from the generated functions."""
    functions, parameters = compiled(device), parameter_vector(device)

    def drawn(y):
        if y[0] <= 0:
            return 0.0, 0.0
        across = brentq(lambda v: v + load * functions.currents([v], y[1:], parameters)[0] - y[0], 0.0, y[0], rtol=1e-9)
        return across, functions.currents([across], y[1:], parameters)[0]

    def rhs(_, y):
        across, through = drawn(y)
        return [(current - through) / capacitance, *functions.rates([across], y[1:], parameters)]

    def falls(_, y):
        return y[0] - level

    falls.direction = -1
    slow = relaxation_period(device, current, capacitance, load)
    options = {"method": "LSODA", "rtol": 1e-6, "atol": 1e-6, "max_step": slow / 50, "events": falls}
    solution = solve_ivp(rhs, (0, 6 * slow), [0.25, 0.0, 0.0], **options)
    return np.diff(solution.t_events[0])[-1]


def test_the_period_tends_to_that_of_the_static_curve_as_the_capacitor_grows():
    """The excess is the delay at two folds, which grows as the rate of the ramp to the power -1/3: C^-2/3 of T."""
    device, excess = film(), []
    for capacitance in (1e-10, 1e-9, 1e-8):
        slow = relaxation_period(device, CURRENT, capacitance, LOAD)
        excess.append(period_of_the_equations(device, capacitance) / slow - 1)
        assert slow / capacitance == pytest.approx(919, rel=1e-3)  # as the guide to threshold switches tells
    assert excess[0] == pytest.approx(0.095, abs=5e-4)
    assert 0 < excess[2] < 0.005
    np.testing.assert_allclose(np.array(excess[:-1]) / excess[1:], 10 ** (2 / 3), rtol=0.25)


@pytest.mark.parametrize(
    ("current", "load", "level"),
    [
        (9e-4, 0.0, 0.5),  # across both at once: the first threshold is above the second
        (3e-4, 250.0, 0.73),  # the first alone, below the second threshold
        (9e-4, 250.0, 0.76),  # the second alone
    ],
)
def test_a_curve_with_two_thresholds_is_followed_from_one_to_the_other(current, load, level):
    """Niobium dioxide has a negative resistance of its conduction and one of its transition."""
    device, capacitance = MottSwitch.preset("kumar2017-like"), 3e-8
    hot = load == 0.0  # without a load the jump leads where the model no longer holds; so do the equations
    with pytest.warns(ValidityWarning, match="the end of the static curve") if hot else contextlib.nullcontext():
        slow = relaxation_period(device, current, capacitance, load)
        whole = period_of_the_equations(device, capacitance, current, load, level)
    assert 0 < whole / slow - 1 < 0.03


def test_a_current_between_two_negative_resistances_comes_to_rest():
    device = MottSwitch.preset("kumar2017-like")
    first, second = (turning_points(loaded(static_curve(device, "heating"), 250.0))[k].current for k in (1, 2))
    words = "between 8.71e-05 A and 0.000343 A or between 0.000812 A and 0.00123 A"
    for current in (1.05 * first, 0.95 * second):
        with pytest.raises(ParameterError, match=words):
            relaxation_period(device, current, 1e-9, 250.0)


def test_without_negative_resistance_there_is_no_oscillation():
    device = film()
    turns = turning_points(loaded(static_curve(device, "heating"), LOAD))
    for current in (0.99 * turns[0].current, 1.01 * turns[-1].current):
        with pytest.raises(ParameterError, match="no oscillation: the current must lie between"):
            relaxation_period(device, current, 1e-9, LOAD)
    with pytest.raises(ParameterError, match="no turning points"):
        relaxation_period(device, CURRENT, 1e-9, 1e5)
    for bad in ({"capacitance": 0.0}, {"capacitance": 1e-9, "load": -1.0}, {"capacitance": 1e-9, "load": math.nan}):
        with pytest.raises(ParameterError, match="capacitance|load"):
            relaxation_period(device, CURRENT, **bad)
    with pytest.raises(ParameterError, match="device must be a device, not None"):
        relaxation_period(None, CURRENT, 1e-9)
