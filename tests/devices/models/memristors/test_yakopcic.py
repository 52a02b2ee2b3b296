"""The memristor of Yakopcic et al. against its closed forms, and its published fits against their numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_data import published

from synaspice.characterization import hysteresis
from synaspice.characterization.engines import trajectory
from synaspice.circuits.engine import ngspice
from synaspice.devices import ParameterError, UnknownNameError, Yakopcic

PUBLISHED = published("rram")
every_preset = pytest.mark.parametrize("preset", Yakopcic.presets())


def g(device, voltage):
    """The threshold function, by hand. [1/s]"""
    if voltage > device.threshold_positive:
        return device.rate_positive * (math.exp(voltage) - math.exp(device.threshold_positive))
    if voltage < -device.threshold_negative:
        return -device.rate_negative * (math.exp(-voltage) - math.exp(device.threshold_negative))
    return 0.0


def f(device, up, x):
    """The slowing of the motion, by hand, in the paper's form with w_p and w_n."""
    if up:
        point, alpha = device.slowing_point_on, device.slowing_on
        return math.exp(-alpha * (x - point)) * ((point - x) / (1 - point) + 1) if x >= point else 1.0
    point, alpha = device.slowing_point_off, device.slowing_off
    return math.exp(alpha * (x + point - 1)) * x / (1 - point) if x <= 1 - point else 1.0


@every_preset
@pytest.mark.parametrize("polarity", ["positive", "negative"])
def test_the_rate_is_that_of_the_paper(polarity, preset):
    """dx/dt = eta g(v) f(x), f by the direction of motion."""
    device = Yakopcic.preset(preset, polarity=polarity)
    eta = 1 if polarity == "positive" else -1
    for voltage in np.linspace(-5, 5, 21):
        for x in (0.05, 0.3, 0.6, 0.99):
            expected = eta * g(device, voltage) * f(device, eta * voltage > 0, x)
            assert device.static(voltage=voltage, x=x)["dx/dt"] == pytest.approx(expected, rel=1e-10)


@given(positive=st.floats(0.0, 5.0), negative=st.floats(0.0, 5.0), share=st.floats(0, 1), x=st.floats(0, 1))
def test_between_the_thresholds_nothing_moves_at_all(positive, negative, share, x):
    device = Yakopcic(threshold_positive=positive, threshold_negative=negative)
    inside = min(max(-negative + share * (positive + negative), -negative), positive)
    for voltage in (-negative, inside, 0.0, positive):
        assert device.static(voltage=voltage, x=x)["dx/dt"] == 0.0


@pytest.mark.parametrize("voltage", [0.3, -0.4])
def test_a_constant_voltage_moves_the_state_as_the_closed_form_says(voltage):
    """With alpha = 0: linear to x_p, then 1 - x = (1 - x_p) exp(-g (t - t_p) / (1 - x_p)); mirrored on the way down."""
    device = Yakopcic(slowing_on=0.0, slowing_off=0.0, initial_state=0.1 if voltage > 0 else 0.9)
    rate = abs(g(device, voltage))
    width = 1 - (device.slowing_point_on if voltage > 0 else device.slowing_point_off)
    reached = (1 - 0.1 - width) / rate
    trace = device.simulate(voltage, reached + 5 * width / rate)
    time = trace["time"].to_numpy()
    left = np.where(time < reached, 0.9 - rate * time, width * np.exp(-rate * np.maximum(time - reached, 0) / width))
    np.testing.assert_allclose(trace["x"], 1 - left if voltage > 0 else left, atol=1e-8)


@every_preset
def test_a_fits_levels_are_those_of_its_numbers(preset):
    """1 / (a b) when on, and x_0 times less at the start, at a voltage that bends nothing."""
    device = Yakopcic.preset(preset)
    for name, amplitude in (("positive", device.amplitude_positive), ("negative", device.amplitude_negative)):
        voltage = math.copysign(1e-4, 1 if name == "positive" else -1)
        on = device.static(voltage=voltage, x=1.0)["conductance"]
        assert on == pytest.approx(amplitude * device.current_slope, rel=1e-8)
        assert device.static(voltage=voltage)["conductance"] / on == pytest.approx(device.initial_state, rel=1e-12)


@every_preset
def test_a_published_loop_opens_and_is_pinched_at_the_origin(preset):
    loop = hysteresis(Yakopcic.preset(preset))
    at_zero = loop["voltage"].abs() < 1e-9
    assert loop["current"][at_zero].abs().max() < 1e-9 * loop["current"].abs().max()
    assert np.all(loop["voltage"] * loop["current"] >= 0)
    half = loop.iloc[: (len(loop) - 1) // 2 + 1]
    rising, falling = half.iloc[: len(half) // 2], half.iloc[len(half) // 2 :]
    assert np.trapezoid(falling["current"], falling["voltage"]) < 0, "the way back"
    # The first half turns the device on: the way back carries more than the way up, by far more than a line would.
    assert -np.trapezoid(falling["current"], falling["voltage"]) > 1.15 * np.trapezoid(
        rising["current"], rising["voltage"]
    )


def test_the_crossbar_set_has_the_levels_and_the_speed_that_it_is_known_for():
    published = PUBLISHED["yakopcic2013-nanosecond-like"]
    device = Yakopcic.preset("yakopcic2013-nanosecond-like")
    on, off = (device.static(voltage=0.1, x=x)["conductance"] for x in (1.0, device.initial_state))
    assert 1 / on == pytest.approx(published["resistance_on"], rel=1e-3)
    assert on / off == pytest.approx(published["on_off_ratio"], rel=1e-3)
    assert device.simulate(7.0, published["switching_time"])["x"].iloc[-1] > 0.99
    assert device.simulate(3.9, 1.0, points=2)["x"].iloc[-1] == device.initial_state


@pytest.mark.ngspice
def test_programmed_and_read_in_a_circuit_the_state_stays_what_it_was_programmed_to():
    """Thresholds 1.2 V and -0.6 V: a pulse of 2 V programs through 100 ohm, reads at +-0.3 V leave the state alone."""
    device = Yakopcic.preset("yakopcic2011-hp")
    subcircuit = device.subcircuit()
    deck = f"""* program, then read
{subcircuit}
V1 in 0 PWL(0 0 1m 2 20m 2 21m 0.3 50m 0.3 51m -0.3 99m -0.3 100m 0.3)
R1 in p 100
X1 {" ".join({"n": "0"}.get(pin, pin) for pin in subcircuit.pins)} {subcircuit.name}
"""
    table = ngspice.run(deck, ngspice.Transient(1e-4, 0.1, max_step=1e-4))
    reading = table[table["time"] > 21e-3]
    start = device.initial_state
    assert table["v(x)"].iloc[-1] > start + 0.2
    assert np.ptp(reading["v(x)"]) < 1e-6
    # And it is programmed to what the numeric engine says, at ngspice's default tolerances.
    drive = np.interp(np.linspace(0, 21e-3, 2101), [0, 1e-3, 20e-3, 21e-3], [0, 2, 2, 0.3])
    alone = device.simulate(drive, 21e-3)["x"].iloc[-1]
    assert reading["v(x)"].iloc[-1] == pytest.approx(alone, rel=0.05)  # 100 ohm take up to 2 % of the voltage


@pytest.mark.ngspice
@pytest.mark.parametrize("polarity", ["positive", "negative"])
def test_both_engines_move_the_state_alike(polarity):
    device = Yakopcic(polarity=polarity, initial_state=0.5)
    sweep = device.suggested_stimulus()
    case = {"source": "voltage", "inputs": {}, "points": 501}
    numeric, spice = (
        trajectory(device, sweep.drive, sweep.duration, engine=engine, **case, **settings)
        for engine, settings in (("numeric", {}), ("ngspice", {"max_step": sweep.duration / 1e4}))
    )
    assert np.ptp(numeric["x"]) > 0.5
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=1e-2)


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match="threshold_positive"):
        Yakopcic(threshold_positive=-0.1)
    with pytest.raises(ParameterError, match="slowing_point_on"):
        Yakopcic(slowing_point_on=1.0)
    with pytest.raises(ParameterError, match="initial_state"):
        Yakopcic(initial_state=1.5)
    with pytest.raises(UnknownNameError, match="polarity"):
        Yakopcic(polarity="both")
