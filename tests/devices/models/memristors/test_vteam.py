"""VTEAM against its closed forms: thresholds, velocities, switching times, and the pinched loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from synaspice.characterization import hysteresis
from synaspice.devices import VTEAM

LAYER = 1e-3  # width of the layers at the bounds, in which an outward rate falls to zero

# As fast in either direction at twice the threshold, the thresholds apart.
BALANCED = VTEAM(
    threshold_on=-0.3,
    threshold_off=0.2,
    rate_on=-0.5,
    rate_off=0.5,
    exponent_on=2.0,
    exponent_off=3.0,
    initial_state=0.5,
)
DIRECTIONS = ["off", "on"]


def rate_of(device, voltage, x=0.5):
    return device.static(voltage=voltage, x=x)["dx/dt"]


# --- thresholds and velocities ------------------------------------------------------------------------


@given(
    on=st.floats(-2.0, -0.01),
    off=st.floats(0.01, 2.0),
    share=st.floats(0.0, 1.0),
    x=st.floats(0.0, 1.0),
    exponent=st.floats(1.0, 20.0),
)
@pytest.mark.parametrize("window", ["none", "joglekar", "team"])
def test_between_the_thresholds_nothing_moves(window, on, off, share, x, exponent):
    """dw/dt = 0 for v_on <= v <= v_off: exactly, the thresholds included."""
    device = VTEAM(threshold_on=on, threshold_off=off, window=window, exponent_on=exponent, exponent_off=exponent)
    voltage = min(max(on + share * (off - on), on), off)
    for value in (on, voltage, 0.0, off):
        assert rate_of(device, value, x) == 0.0


def test_a_read_below_the_threshold_leaves_the_state_for_ever():
    trace = BALANCED.simulate(0.19, 1.0)
    assert np.all(trace["x"] == 0.5)
    assert np.all(trace["current"] == trace["current"][0])


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("preset", [None, *VTEAM.presets()])
def test_at_twice_the_threshold_the_velocity_is_k(preset, direction):
    """dw/dt = k (2 - 1)^alpha = k, hence dx/dt = k / (w_off - w_on), for any exponent."""
    device = VTEAM.preset(preset, window="none") if preset else VTEAM()
    threshold, k = device.values[f"threshold_{direction}"], device.values[f"rate_{direction}"]
    expected = k / (device.position_off - device.position_on)
    assert rate_of(device, 2 * threshold) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("exponent", [1.0, 2.5, 4.0])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_velocity_grows_as_a_power_of_the_overdrive(direction, exponent):
    """ln |dx/dt| = const + alpha ln(v / v_th - 1); alpha of one direction is not that of the other."""
    device = VTEAM(**{"exponent_on": 7.0, "exponent_off": 7.0, f"exponent_{direction}": exponent})
    overdrive = np.geomspace(1e-3, 1e3, 25)
    rates = rate_of(device, device.values[f"threshold_{direction}"] * (1 + overdrive))
    assert np.all(np.sign(rates) == (1 if direction == "off" else -1))
    slopes = np.diff(np.log(np.abs(rates))) / np.diff(np.log(overdrive))
    # v / v_th - 1 = 1e-3 keeps 13 digits of the overdrive.
    np.testing.assert_allclose(slopes, exponent, rtol=1e-10)


def test_without_a_window_the_velocity_does_not_depend_on_the_state():
    rates = rate_of(BALANCED, 0.5, np.linspace(0.01, 0.99, 9))
    np.testing.assert_allclose(rates, rates[0], rtol=1e-14)


# --- switching times ----------------------------------------------------------------------------------


def velocity(device, voltage):
    """dx/dt by hand, away from the bounds and without a window. [1/s]"""
    direction = "off" if voltage > 0 else "on"
    k, threshold, exponent = (device.values[f"{name}_{direction}"] for name in ("rate", "threshold", "exponent"))
    return k * (voltage / threshold - 1) ** exponent / (device.position_off - device.position_on)


@pytest.mark.parametrize("voltage", [0.25, 0.4, 1.0, -0.35, -0.6, -1.5])
def test_a_constant_voltage_switches_in_the_time_of_the_formula(voltage):
    """t = (w_off - w_on) (x1 - x0) / [k (v / v_th - 1)^alpha] for any part of the way, clear of the bounds."""
    start, end = (0.05, 0.95) if voltage > 0 else (0.95, 0.05)
    device = BALANCED.replace(initial_state=start)
    formula = (end - start) / velocity(device, voltage)
    trace = device.simulate(voltage, 1.02 * formula, points=2001)
    x = trace["x"].to_numpy()
    k = np.flatnonzero(np.diff(np.sign(x - end)))[0]
    crossing = trace["time"][k] + (end - x[k]) / (x[k + 1] - x[k]) * (trace["time"][k + 1] - trace["time"][k])
    assert crossing == pytest.approx(formula, rel=1e-6)
    np.testing.assert_allclose(x[: k + 1], start + velocity(device, voltage) * trace["time"][: k + 1], atol=1e-7)


@pytest.mark.parametrize("voltage", [0.4, -0.6])
def test_a_state_comes_to_rest_in_the_layer_at_its_bound(voltage):
    """Within d < 1 layers of the bound, dd/dt = -s [1 - (1 - d)^2], s the speed in layers per second.

    Separated, d / (2 - d) = exp(-2 s t): d(t) = 2 / [1 + exp(2 s t)] from the time at which the layer is reached.
    """
    device = BALANCED.replace(initial_state=0.99 if voltage > 0 else 0.01)
    bound = 1.0 if voltage > 0 else 0.0
    speed = abs(velocity(device, voltage))
    reached = (0.01 - LAYER) / speed
    trace = device.simulate(voltage, reached + 5 * LAYER / speed)
    time, distance = trace["time"].to_numpy(), np.abs(trace["x"].to_numpy() - bound)
    inside = time > reached
    assert np.count_nonzero(inside) > 100
    exact = 2 * LAYER / (1 + np.exp(2 * speed / LAYER * (time[inside] - reached)))
    np.testing.assert_allclose(distance[inside], exact, atol=1e-8)


def test_joglekars_window_slows_the_switching_as_its_integral_says():
    """For p = 1, dx / [4 x (1 - x)] = s dt: the logit of x grows by 4 s t."""
    device = BALANCED.replace(window="joglekar", initial_state=0.05)
    speed = velocity(device, 0.4)
    trace = device.simulate(0.4, 1.2 / speed)
    logit = math.log(0.05 / 0.95) + 4 * speed * trace["time"]
    exact = 1 / (1 + np.exp(-logit))
    assert 0.8 < exact.iloc[-1] < 1 - LAYER
    np.testing.assert_allclose(trace["x"], exact, atol=1e-7)


@pytest.mark.parametrize(
    ("voltage", "speed"), [(-1.0, 10.0 * (1.0 / 0.2 - 1) ** 3), (1.0, 5e-4 * (1.0 / 0.02 - 1))], ids=["set", "reset"]
)
def test_the_technion_manuals_device_switches_as_fast_as_its_numbers_say(voltage, speed):
    """3 nm at k_on = -10 m/s, alpha_on = 3, v_on = -0.2 V: 4.69 ps at -1 V.

    And at k_off = 0.5 mm/s, alpha_off = 1, v_off = 0.02 V: 122 ns at 1 V.
    """
    device = VTEAM.preset("kvatinsky2014", initial_state=1.0 if voltage < 0 else 0.0)
    x = device.simulate(voltage, 0.4 * 3e-9 / speed, points=11)["x"].iloc[-1]
    assert abs(x - device.initial_state) == pytest.approx(0.4, rel=1e-6)


# --- resistance ---------------------------------------------------------------------------------------


def test_linear_conduction_has_a_resistance_in_proportion():
    """R = R_on + (R_off - R_on) x: the arithmetic mean half way; on and off currents are as R_off to R_on."""
    device = VTEAM(resistance_on=200.0, resistance_off=5e4, conduction="linear")
    x = np.linspace(0, 1, 11)
    np.testing.assert_allclose(device.static(voltage=0.1, x=x)["resistance"], 200 + (5e4 - 200) * x, rtol=1e-13)


def test_exponential_conduction_has_a_resistance_in_geometric_proportion():
    """R = R_on (R_off / R_on)^x: the geometric mean half way."""
    device = VTEAM(resistance_on=200.0, resistance_off=5e4, conduction="exponential")
    x = np.linspace(0, 1, 11)
    np.testing.assert_allclose(device.static(voltage=0.1, x=x)["resistance"], 200 * (5e4 / 200) ** x, rtol=1e-12)


@pytest.mark.parametrize("conduction", ["linear", "exponential"])
def test_on_and_off_currents_are_in_the_ratio_of_the_resistances(conduction):
    """i_on / i_off = R_off / R_on at every voltage, of either sign: both states are ohmic."""
    device = VTEAM(resistance_on=200.0, resistance_off=5e4, conduction=conduction)
    voltage = np.array([-1.0, -0.1, 1e-3, 0.1, 1.0])
    on, off = (
        device.replace(**state).static(voltage=voltage)["current"] for state in device.reference_states().values()
    )
    np.testing.assert_allclose(on / off, 250.0, rtol=1e-12)
    np.testing.assert_allclose(on, voltage / 200.0, rtol=1e-12)


# --- the loop -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["none", "joglekar", "biolek", "prodromakis", "team"])
@pytest.mark.parametrize("conduction", ["linear", "exponential"])
def test_the_loop_is_pinched_at_the_origin(conduction, window):
    """i = v / R(x): no current without a voltage, and always of its sign."""
    device = BALANCED.replace(conduction=conduction, window=window)
    loop = hysteresis(device, amplitude=0.8, period=20 * device.settling_time, waveform="triangle", points=1001)
    at_zero = loop["voltage"].abs() < 1e-12
    assert np.count_nonzero(at_zero) == 3  # start, middle and end
    assert loop["current"][at_zero].abs().max() < 1e-12
    assert np.all(loop["voltage"] * loop["current"] >= 0)
    assert np.ptp(loop["x"]) > 0.1, "it must open in between"


@pytest.mark.parametrize("conduction", ["linear", "exponential"])
def test_the_loop_shrinks_to_a_line_as_the_frequency_rises(conduction):
    """The state moves as 1 / f: so does the area of the loop, and i = v / R(x0) remains."""
    device = BALANCED.replace(conduction=conduction)
    excursion = 0.1 / velocity(device, 0.8)
    loops = [hysteresis(device, amplitude=0.8, period=excursion / f, points=8001) for f in (1, 10, 100, 1000)]
    areas = []
    for loop in loops:
        half = loop.iloc[: (len(loop) - 1) // 2 + 1]
        areas.append(abs(np.trapezoid(half["current"], half["voltage"])))
    # Of the first order in the state's excursion, here some per cent at the lowest frequency.
    for slow, fast, tolerance in zip(areas[:-1], areas[1:], (0.2, 0.02, 0.002), strict=True):
        assert slow / fast == pytest.approx(10.0, rel=tolerance)
    resistance = float(device.static()["resistance"])
    deviation = [np.max(np.abs(loop["current"] * resistance - loop["voltage"])) for loop in loops]
    assert deviation[0] > 0.01
    assert deviation[-1] < 1e-3 * deviation[0] * 1.2


# --- TEAM's window ------------------------------------------------------------------------------------

TEAM = {"window_position_on": 0.4e-9, "window_position_off": 2.6e-9, "window_width": 0.1e-9}


def team_ratio(voltage, x):
    """The window's value, from the rates with and without it."""
    windowed, free = BALANCED.replace(window="team", **TEAM), BALANCED
    return rate_of(windowed, voltage, x) / rate_of(free, voltage, x)


def test_teams_window_is_the_double_exponential():
    """f_off = exp[-exp((w - a_off) / w_c)] towards off, f_on = exp[-exp(-(w - a_on) / w_c)] towards on."""
    x = np.linspace(0.01, 0.99, 99)
    w = 3e-9 * x
    np.testing.assert_allclose(team_ratio(0.4, x), np.exp(-np.exp((w - 2.6e-9) / 0.1e-9)), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(team_ratio(-0.6, x), np.exp(-np.exp((0.4e-9 - w) / 0.1e-9)), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("voltage", "edge"), [(0.4, 2.6 / 3), (-0.6, 0.4 / 3)])
def test_teams_window_is_open_far_from_its_edge_and_1_over_e_at_it(voltage, edge):
    """f(a) = exp(-1); five widths before it is 1 - exp(-5), five behind it closed."""
    behind = math.copysign(5 * 0.1 / 3, voltage)
    assert team_ratio(voltage, edge) == pytest.approx(math.exp(-1), rel=1e-9)
    assert team_ratio(voltage, edge - behind) == pytest.approx(1 - math.exp(-5), rel=1e-4)
    assert team_ratio(voltage, edge - 2 * behind) == pytest.approx(1.0, abs=1e-4)
    if 0 < edge + behind < 1:
        assert team_ratio(voltage, edge + behind) < 1e-60
    half = brentq(lambda x: float(team_ratio(voltage, x)) - 0.5, 0.05, 0.95)
    assert half == pytest.approx(edge + np.sign(voltage) * math.log(math.log(2)) * 0.1 / 3, rel=1e-6)


def test_teams_windows_mirror_each_other():
    """a_on and a_off at equal distances from the bounds: f_on(x) = f_off(1 - x)."""
    x = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(team_ratio(-0.6, x), team_ratio(0.4, 1 - x), rtol=1e-9, atol=1e-15)


def test_teams_window_does_not_overflow():
    """The inner exponent reaches 1e3 for a width of 3 pm: the window is zero there, and says so without a warning."""
    device = BALANCED.replace(window="team", window_position_off=0.0, window_position_on=3e-9, window_width=3e-12)
    for voltage in (0.4, -0.6):
        assert rate_of(device, voltage, 0.5) == 0.0
