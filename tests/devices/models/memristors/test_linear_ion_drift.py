"""The memristor of linear ion drift against its closed form, and what makes a device a memristor."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference_data import published
from scipy.integrate import solve_ivp

from synaspice.characterization import hysteresis
from synaspice.characterization.engines import trajectory
from synaspice.devices import LinearIonDrift, Sine
from synaspice.devices.physics.windows import WINDOWS

PUBLISHED = published("memristors")


def closed_form(device, flux):
    """State after a flux, without a window and away from the bounds.

    With R(x) = R_off - (R_off - R_on) x and dx/dt = k v / R(x), k = mu R_on / D^2, the variables separate:
    R_off x - (R_off - R_on) x^2 / 2 = R_off x0 - (R_off - R_on) x0^2 / 2 + k * integral of v dt,
    that is R(x)^2 = R(x0)^2 - 2 (R_off - R_on) k flux.
    """
    span = device.resistance_off - device.resistance_on
    start = device.resistance_off - span * device.initial_state
    k = device.mobility * device.resistance_on / device.thickness**2
    return (device.resistance_off - np.sqrt(start**2 - 2 * span * k * flux)) / span


def sine_flux(amplitude, frequency, time):
    """Integral of v_0 sin(2 pi f t)."""
    return amplitude / (2 * math.pi * frequency) * (1 - np.cos(2 * math.pi * frequency * time))


@pytest.mark.parametrize(
    ("parameters", "amplitude", "frequency"),
    [
        ({}, 1.0, 0.5),  # as Strukov 2008, Fig. 2b
        ({}, 1.0, 5.0),
        ({"initial_state": 0.85}, -1.0, 2.0),
        ({"resistance_on": 1e3, "resistance_off": 5e4, "initial_state": 0.5}, 2.0, 10.0),
        ({"resistance_off": 120.0, "initial_state": 0.4}, 0.1, 10.0),
    ],
)
def test_state_follows_the_flux_under_a_sine(parameters, amplitude, frequency):
    device = LinearIonDrift(**parameters)
    trace = device.simulate(Sine(0.0, amplitude, frequency), 2 / frequency)
    exact = closed_form(device, sine_flux(amplitude, frequency, trace["time"]))
    assert exact.min() > 0.01 and exact.max() < 0.99, "the bounds must be out of reach"
    assert np.ptp(exact) > 0.02
    np.testing.assert_allclose(trace["x"], exact, atol=1e-6)
    resistance = device.resistance_on * exact + device.resistance_off * (1 - exact)
    np.testing.assert_allclose(trace["resistance"], resistance, atol=1e-6 * device.resistance_off)


def test_state_follows_the_charge_under_a_current():
    """dx/dt = mu R_on i / D^2: without a window the state is the charge, x = x0 + mu R_on q / D^2."""
    device = LinearIonDrift()
    trace = device.simulate(Sine(0.0, 1e-4, 1.0), 1.0, source="current")
    k = device.mobility * device.resistance_on / device.thickness**2
    np.testing.assert_allclose(trace["x"], 0.1 + k * sine_flux(1e-4, 1.0, trace["time"]), atol=1e-8)


@pytest.mark.parametrize("window", WINDOWS)
def test_resistance_falls_from_off_to_on_in_a_straight_line(window):
    """R = R_on x + R_off (1 - x), whatever the window, and i = v / R."""
    device = LinearIonDrift(window=window)
    x = np.linspace(0, 1, 11)
    static = device.static(voltage=0.3, x=x)
    np.testing.assert_allclose(static["resistance"], 100.0 * x + 16e3 * (1 - x), rtol=1e-13)
    np.testing.assert_allclose(static["current"], 0.3 / static["resistance"], rtol=1e-13)


# --- the loop -----------------------------------------------------------------------------------------

# A window that lets the state go back where it came from: f of the state alone.
RETURNING = ["none", "joglekar", "prodromakis"]


@pytest.mark.parametrize("window", WINDOWS)
def test_the_loop_is_pinched_at_the_origin(window):
    """i = v / R(x): no current without a voltage, and always of its sign."""
    loop = hysteresis(LinearIonDrift(window=window, initial_state=0.3), amplitude=1.0, period=1.0, points=1001)
    at_zero = loop["voltage"].abs() < 1e-12
    assert np.count_nonzero(at_zero) == 3  # start, middle and end
    assert loop["current"][at_zero].abs().max() < 1e-12
    assert np.all(loop["voltage"] * loop["current"] >= 0)
    assert np.ptp(loop["resistance"]) > 100, "it must open in between"


@pytest.mark.parametrize("window", RETURNING)
def test_the_state_returns_after_a_full_period(window):
    """dx / [f(x) / R(x)] = k v dt: the state is a function of the flux, which a period of a sine brings back."""
    device = LinearIonDrift(window=window, initial_state=0.3, window_exponent=2.0)
    trace = device.simulate(Sine(0.0, 1.0, 1.0), 3.0, points=3001)
    x = trace["x"].to_numpy()
    assert np.ptp(x) > 0.1
    np.testing.assert_allclose(x[[1000, 2000, 3000]], x[0], atol=1e-7)
    # On the way down the state passes the same values as on the way up: the flux is even about half a period.
    np.testing.assert_allclose(x[:501], x[1000:499:-1], atol=1e-7)


def test_under_bioleks_window_the_state_does_not_return():
    """f depends on the direction: up and down differ, and the mean state creeps."""
    device = LinearIonDrift(window="biolek", initial_state=0.3)
    x = device.simulate(Sine(0.0, 1.0, 1.0), 1.0, points=101)["x"].to_numpy()
    assert abs(x[-1] - x[0]) > 1e-3


def lobe_area(loop):
    """Area of the lobe of the positive half of the first period: integral of i dv."""
    half = loop.iloc[: (len(loop) - 1) // 2 + 1]
    return abs(np.trapezoid(half["current"], half["voltage"]))


@pytest.mark.parametrize("window", WINDOWS)
def test_the_loop_shrinks_to_a_line_as_the_frequency_rises(window):
    """The state moves as 1 / f: so does the area of the loop, and i = v / R(x0) remains."""
    device = LinearIonDrift(window=window, initial_state=0.3)
    loops = [hysteresis(device, amplitude=1.0, period=1 / f, points=4001) for f in (1.0, 10.0, 100.0, 1000.0)]
    areas = np.array([lobe_area(loop) for loop in loops])
    assert np.all(areas[1:] < areas[:-1])
    # Once the state hardly moves, each decade of frequency is one of the area; corrections are of the order of its
    # excursion over the state, at 10 Hz up to a tenth, at 100 Hz of that again a tenth.
    assert areas[1] / areas[2] == pytest.approx(10.0, rel=0.1)
    assert areas[2] / areas[3] == pytest.approx(10.0, rel=0.01)
    resistance = device.static()["resistance"]
    deviation = [np.max(np.abs(loop["current"] - loop["voltage"] / resistance)) for loop in loops]
    assert deviation[0] > 0.05 / resistance
    assert deviation[-1] < 1e-3 / resistance


# --- what publications say ------------------------------------------------------------------------------


def test_strukovs_loop_collapses_at_ten_times_the_frequency():
    device = LinearIonDrift.preset("strukov2008")
    sweep = device.suggested_sweep()
    fast = hysteresis(device, period=sweep.period / PUBLISHED["strukov2008"]["collapse_frequency_ratio"])
    slow = hysteresis(device)

    def opening(loop):
        half = loop.iloc[: (len(loop) - 1) // 2 + 1]
        up, down = half["current"].to_numpy()[125], half["current"].to_numpy()[-126]  # the same voltage
        return down / up - 1

    assert opening(slow) > 1.0
    assert opening(fast) < 0.1


@pytest.mark.parametrize(("preset", "reaches_on"), [("joglekar2009-p1", False), ("joglekar2009-p10", True)])
def test_joglekars_loops_start_and_return_with_the_published_slopes(preset, reaches_on):
    device = LinearIonDrift.preset(preset)
    loop = hysteresis(device, points=2001)
    half = loop.iloc[1:1000]
    conductance = (half["current"] / half["voltage"] * device.resistance_on).to_numpy()
    initial = 1 / PUBLISHED["joglekar2009"]["initial_resistance_over_on"]
    assert conductance[0] == pytest.approx(initial, rel=1e-3)
    # "Slope 1 / R_on" on the way back to the origin: by eye, a per cent.
    assert (conductance[-200:].min() > 0.99) == reaches_on


def state_of_the_window_alone(device, amplitude, frequency, times):
    """State under a sine by Joglekar's window without anything at the bounds, in u = log(x / (1 - x)).

    du/dt = k i f / (x (1 - x)), with f = 1 - (1 - 4 x (1 - x))^p and x (1 - x) = 1 / (4 cosh(u / 2)^2).
    """
    k = device.mobility * device.resistance_on / device.thickness**2

    def rate(time, u):
        x, rest = 1 / (1 + np.exp(-u)), 1 / (1 + np.exp(u))
        current = amplitude * np.sin(2 * np.pi * frequency * time)
        current /= device.resistance_on * x + device.resistance_off * rest
        room = 1 / (4 * np.cosh(u / 2) ** 2)
        with np.errstate(divide="ignore"):  # f = 1 in the middle, where the logarithm is of zero
            window = -np.expm1(device.window_exponent * np.log1p(-4 * room))
        return k * current * window / room

    start = np.log(device.initial_state / (1 - device.initial_state))
    found = solve_ivp(rate, (0, times[-1]), [start], "DOP853", times, rtol=1e-11, atol=1e-11)
    return 1 / (1 + np.exp(-found.y[0])), found.y[0]


@pytest.mark.parametrize(("preset", "furthest"), [("joglekar2009-p1", 2.4), ("joglekar2009-p10", 57.0)])
def test_joglekars_loops_close(preset, furthest):
    """The state is a function of the flux, also where it was within e^-57 of its bound by the window alone."""
    device = LinearIonDrift.preset(preset)
    frequency = device.drive["frequency"]
    trace = device.simulate(Sine(0.0, device.drive["amplitude"], frequency), 1 / frequency, points=2001)
    exact, u = state_of_the_window_alone(device, device.drive["amplitude"], frequency, trace["time"].to_numpy())
    assert u.max() == pytest.approx(furthest, rel=0.01)
    assert exact[-1] == pytest.approx(0.5, abs=1e-7)
    x = trace["x"].to_numpy()
    assert x[-1] == pytest.approx(0.5, abs=1e-6)
    # The layer at the bounds is a thousandth wide; outside of it the window acts alone.
    np.testing.assert_allclose(x, exact, atol=5e-4)
    outside = exact < 0.998
    np.testing.assert_allclose(x[outside], exact[outside], atol=1e-4)


@pytest.mark.ngspice
@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.native)])
def test_joglekars_loops_close_in_ngspice(native):
    device = LinearIonDrift.preset("joglekar2009-p10")
    drive, period = Sine(0.0, device.drive["amplitude"], device.drive["frequency"]), 1 / device.drive["frequency"]
    settings = {"source": "voltage", "inputs": {}, "points": 2001, "max_step": period / 1e4}
    x = trajectory(device, drive, period, engine="ngspice", native=native, **settings)["x"]
    assert x.max() > 0.9999
    assert x.iloc[-1] == pytest.approx(0.5, abs=1e-5)


def test_joglekars_loops_close_in_ensembles():
    device = LinearIonDrift.preset("joglekar2009-p10")
    drive, period = Sine(0.0, device.drive["amplitude"], device.drive["frequency"]), 1 / device.drive["frequency"]
    assert device.ensemble(drive, period, trajectories=1).final()["x"].iloc[0] == pytest.approx(0.5, abs=1e-5)


def test_bioleks_device_carries_the_published_current():
    loop = hysteresis(LinearIonDrift.preset("biolek2009"))
    assert loop["current"].max() == pytest.approx(
        PUBLISHED["biolek2009"]["peak_current"], rel=1e-2
    )  # read off a figure


def test_a_film_leaves_its_bound_through_decades_of_resistance():
    """At the bound the rate is 1e5 times that of a millionth of the film away, where a step cannot see it."""
    device = LinearIonDrift(
        resistance_on=22.6, resistance_off=6.88e11, thickness=4.85e-9, mobility=2.39e-20, initial_state=1.0
    )
    period = 4.8e5
    trace = device.simulate(Sine(0.0, 0.01, 1 / period), period, points=9)
    half = trace["time"] >= period / 2
    assert np.all(trace["x"][~half] == 1)
    phase = 2 * np.pi * trace["time"][half] / period
    exact = closed_form(device, -0.01 * period / (2 * np.pi) * (1 + np.cos(phase)))
    np.testing.assert_allclose(1 - trace["x"][half], 1 - exact, rtol=0, atol=1e-9)  # of a step
    assert exact.iloc[-1] < 1 - 1e-5
