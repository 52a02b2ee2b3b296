"""Window functions: their values, their symmetry, and what a state at a bound does under them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from synaspice.devices import VTEAM, LinearIonDrift
from synaspice.devices.core.codegen import ARRAY_NAMESPACE, define, function_source
from synaspice.devices.physics.windows import WINDOWS

X = np.linspace(0.0, 1.0, 101)
exponents = pytest.mark.parametrize("exponent", [1.0, 2.0, 2.5, 10.0])


def window(name, x, direction, exponent, scale=1.0):
    """Values of a window, by the code that is generated from it."""
    symbols = sp.symbols("x direction exponent scale", real=True)
    source = function_source("window", {"arguments": symbols}, [WINDOWS[name](*symbols)])
    (value,) = define(source, "window", ARRAY_NAMESPACE)([np.asarray(x, dtype=float), direction, exponent, scale])
    return np.broadcast_to(value, np.shape(x))


@exponents
@pytest.mark.parametrize("direction", [-1.0, 1.0])
def test_joglekars_window_is_a_symmetric_hump(exponent, direction):
    """f = 1 - (2x - 1)^(2p): zero at both bounds, one in the middle, f(x) = f(1 - x), whatever the direction."""
    f = window("joglekar", X, direction, exponent)
    np.testing.assert_allclose(f, 1 - np.abs(2 * X - 1) ** (2 * exponent), atol=1e-15)
    assert f[0] == f[-1] == 0.0
    assert np.max(f) == f[50] == 1.0
    np.testing.assert_allclose(f, f[::-1], atol=1e-14)


@exponents
def test_bioleks_window_closes_at_the_bound_ahead_only(exponent):
    """f = 1 - (x - stp(-i))^(2p): 1 at x = 0 and 0 at x = 1 on the way up, and the mirror image on the way down."""
    up, down = (window("biolek", X, direction, exponent) for direction in (1.0, -1.0))
    np.testing.assert_allclose(up, 1 - X ** (2 * exponent), atol=1e-15)
    assert up[0] == down[-1] == 1.0
    assert up[-1] == down[0] == 0.0
    assert np.all(np.diff(up) <= 0)
    np.testing.assert_allclose(down, up[::-1], atol=1e-14)


@exponents
@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_prodromakis_window_has_the_peak_that_its_scale_says(exponent, scale):
    """f = j [1 - ((x - 1/2)^2 + 3/4)^p]: zero at both bounds, j (1 - (3/4)^p) in the middle, symmetric."""
    f = window("prodromakis", X, 1.0, exponent, scale)
    np.testing.assert_allclose([f[0], f[-1]], 0.0, atol=1e-14)
    assert np.max(f) == f[50] == pytest.approx(scale * (1 - 0.75**exponent), rel=1e-12)
    np.testing.assert_allclose(f, f[::-1], atol=1e-13 * scale)
    np.testing.assert_array_equal(f, window("prodromakis", X, -1.0, exponent, scale))


@given(x=st.floats(0, 1))
def test_prodromakis_window_with_p_1_and_j_4_is_joglekars_with_p_1(x):
    """4 [1 - (x - 1/2)^2 - 3/4] = 1 - (2x - 1)^2."""
    assert window("prodromakis", x, 1.0, 1.0, 4.0) == pytest.approx(window("joglekar", x, 1.0, 1.0), abs=1e-14)


@given(x=st.floats(0, 1), exponent=st.floats(1, 100), direction=st.sampled_from([-1.0, 1.0]))
@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_is_never_negative_within_the_bounds(name, x, exponent, direction):
    # (1/2)^2 + 3/4 rounds to 1, and its power amplifies the rounding by p.
    assert -1e-13 <= window(name, x, direction, exponent) <= 1.0


@exponents
def test_without_a_window_nothing_is_held_back(exponent):
    np.testing.assert_array_equal(window("none", X, 1.0, exponent), 1.0)


# --- what becomes of a state at its bound -------------------------------------------------------------


@pytest.mark.parametrize("bound", [0.0, 1.0])
def test_a_state_at_its_bound_stays_under_joglekars_window(bound):
    """f = 0 at either bound, for either direction: the terminal-state problem."""
    device = LinearIonDrift(window="joglekar", window_exponent=2.0, initial_state=bound)
    inward = 1.0 if bound == 0 else -1.0
    assert device.static(voltage=inward)["dx/dt"] == 0.0
    assert np.all(device.simulate(inward, 1.0)["x"] == bound)


@pytest.mark.parametrize("name", ["none", "biolek"])
@pytest.mark.parametrize("bound", [0.0, 1.0])
def test_a_state_at_its_bound_leaves_it_under_bioleks_window_and_without_one(name, bound):
    """f = 1 at the bound behind: the state leaves as fast as the linear drift, mu R_on i / D^2."""
    device = LinearIonDrift(window=name, window_exponent=2.0, initial_state=bound)
    inward, outward = (1.0, -1.0) if bound == 0 else (-1.0, 1.0)
    resistance = device.resistance_off if bound == 0 else device.resistance_on
    speed = device.mobility * device.resistance_on / device.thickness**2 / resistance
    assert device.static(voltage=inward)["dx/dt"] == pytest.approx(inward * speed, rel=1e-12)
    assert device.static(voltage=outward)["dx/dt"] == 0.0
    x = device.simulate(inward, 0.05 / speed)["x"].to_numpy()
    assert abs(x[-1] - bound) > 0.01
    assert np.all(np.diff(x) * inward > 0)


@pytest.mark.parametrize("name", WINDOWS)
def test_memristors_multiply_their_rate_by_the_window(name):
    """dx/dt = f(x) times the rate without a window, up (VTEAM: towards off) and down."""
    x = np.linspace(0.05, 0.95, 19)  # clear of the layers at the bounds
    for model in (LinearIonDrift, VTEAM):
        free, windowed = model(), model(window=name, window_exponent=3.0, window_scale=0.7)
        for direction in (1.0, -1.0):
            ratio = windowed.static(voltage=direction, x=x)["dx/dt"] / free.static(voltage=direction, x=x)["dx/dt"]
            np.testing.assert_allclose(ratio, window(name, x, direction, 3.0, 0.7), rtol=1e-12)


@pytest.mark.parametrize("model", [LinearIonDrift, VTEAM])
def test_windows_that_close_at_both_bounds_are_known(model):
    """f = 0 at x = 0 and at x = 1 in both directions: Joglekar's and Prodromakis'."""
    closing = {name for name in model.option_declarations()["window"].choices if model(window=name).system.closing}
    assert closing == {"joglekar", "prodromakis"}


@pytest.mark.parametrize("name", ["joglekar", "prodromakis"])
def test_the_way_back_from_a_bound_is_the_way_there(name):
    """dx/dt is odd in the voltage at every state, at the bounds too; without such a window it is not."""
    x = np.array([0.0, 1e-7, 1e-4, 5e-4, 0.3, 0.9995, 1 - 1e-7, 1.0])
    there, back = (
        LinearIonDrift(window=name, window_exponent=3.0).static(voltage=v, x=x)["dx/dt"] for v in (1.0, -1.0)
    )
    np.testing.assert_array_equal(there, -back)
    assert np.all(there[1:-1] > 0)
    there, back = (LinearIonDrift().static(voltage=v, x=x)["dx/dt"] for v in (1.0, -1.0))
    assert np.abs(there + back).max() > 0.1 * np.abs(there).max()
