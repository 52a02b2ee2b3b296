"""Drives over time: values as SPICE defines them, corners, and what users may pass as a drive."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspice.circuits.engine.ngspice import Transient, run
from synaspice.devices import DC, ParameterError, PiecewiseLinear, Pulse, Sine, Triangle, Waveform
from synaspice.devices.language.waveforms.shapes import as_waveform

NANO = 1e-9

# Delay 1 ns, edges of 1 and 2 ns, 3 ns wide, every 10 ns.
PULSE = Pulse(-1.0, 2.0, delay=1 * NANO, rise=1 * NANO, fall=2 * NANO, width=3 * NANO, period=10 * NANO)

EXAMPLES = {
    "dc": DC(0.7),
    "pulse": PULSE,
    "single pulse": Pulse(0.0, 1.0, delay=2 * NANO, rise=1 * NANO, fall=1 * NANO, width=4 * NANO),
    "step": Pulse(1.0, -1.0, delay=3 * NANO, rise=2 * NANO),
    "gapless pulses": Pulse(0.0, 1.0, rise=1 * NANO, fall=1 * NANO, width=3 * NANO, period=5 * NANO),
    "sine": Sine(0.1, 1.0, 1e8),
    "delayed sine": Sine(0.1, 1.0, 2e8, delay=3 * NANO, decay=1e8, phase=30.0),
    "pwl": PiecewiseLinear((1 * NANO, 2 * NANO, 7 * NANO), (0.5, -1.0, 2.0)),
    "pwl from 0": PiecewiseLinear((0.0, 5 * NANO), (0.0, 1.0)),
    "pwl from before 0": PiecewiseLinear((-5 * NANO, 5 * NANO), (0.0, 1.0)),
    "one point": PiecewiseLinear((3 * NANO,), (0.25,)),
    "triangle": Triangle(1.0, 20 * NANO, offset=0.5),
    "negative triangle": Triangle(-0.4, 8 * NANO),
}
DURATION = 20 * NANO

waveform_examples = pytest.mark.parametrize("waveform", EXAMPLES.values(), ids=EXAMPLES.keys())


@pytest.mark.parametrize(
    ("waveform", "points"),
    [
        (DC(0.7), {0: 0.7, 5: 0.7}),
        # rise 1..2, flat to 5, fall 5..7, low until 11
        (PULSE, {0: -1, 1: -1, 1.5: 0.5, 2: 2, 4: 2, 5: 2, 6: 0.5, 7: -1, 10: -1, 11: -1, 11.5: 0.5, 13: 2, 16: 0.5}),
        (EXAMPLES["step"], {0: 1, 3: 1, 4: 0, 5: -1, 1000: -1}),
        (EXAMPLES["single pulse"], {2: 0, 2.5: 0.5, 3: 1, 7: 1, 7.5: 0.5, 8: 0, 100: 0}),
        # a quarter, a half and three quarters of the 10 ns period
        (Sine(0.1, 1.0, 1e8), {0: 0.1, 2.5: 1.1, 5: 0.1, 7.5: -0.9}),
        # until the delay v0 + va sin(30 deg) = 0.6; 90 deg are reached 1/6 of the 5 ns period later
        (
            Sine(0.1, 1.0, 2e8, delay=3e-9, decay=1e8, phase=30.0),
            {0: 0.6, 3: 0.6, 3 + 5 / 6: 0.1 + math.exp(-0.5 / 6), 8: 0.1 + 0.5 * math.exp(-0.5)},
        ),
        (EXAMPLES["pwl"], {0: 0.5, 1: 0.5, 1.5: -0.25, 2: -1, 4.5: 0.5, 7: 2, 30: 2}),
        (EXAMPLES["triangle"], {0: 0.5, 2.5: 1.0, 5: 1.5, 10: 0.5, 15: -0.5, 20: 0.5, 25: 1.5}),
        (EXAMPLES["negative triangle"], {0: 0, 2: -0.4, 4: 0, 6: 0.4}),
    ],
)
def test_values_follow_the_spice_definition(waveform, points):
    times = np.array(list(points)) * NANO
    # Rounding of times of 1e-8 s to 1e-24 s meets slopes of 1 V/ns at most.
    np.testing.assert_allclose(waveform(times), list(points.values()), rtol=0, atol=1e-12)


@waveform_examples
def test_the_result_has_the_shape_of_the_times(waveform):
    assert np.shape(waveform(0.0)) == ()
    assert waveform(np.zeros((2, 3))).shape == (2, 3)
    assert waveform(np.zeros(4)).dtype == float


@waveform_examples
@given(time=st.floats(-1e-8, 1e-7))
def test_the_scalar_function_equals_the_waveform(waveform, time):
    # math.sin and numpy.sin may differ in the last place.
    assert waveform.scalar()(time) == pytest.approx(float(waveform(time)), rel=1e-14, abs=1e-15)


def slopes_around(waveform, time, reach):
    before, at, after = waveform(np.array([time - reach, time, time + reach]))
    return (at - before) / reach, (after - at) / reach


@waveform_examples
@pytest.mark.parametrize("duration", [0.5 * NANO, 5 * NANO, 7.3 * NANO, 20 * NANO, 61 * NANO])
def test_breakpoints_increase_strictly_inside_the_duration(waveform, duration):
    corners = waveform.breakpoints(duration)
    assert np.all(np.diff(corners) > 0)
    assert np.all((corners > 0) & (corners < duration))


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "one point"])  # a constant may have a point
def test_the_slope_changes_at_breakpoints_and_nowhere_else(name):
    waveform = EXAMPLES[name]
    duration = 60 * NANO
    corners = waveform.breakpoints(duration)
    reach = 1e-6 * NANO
    for corner in corners:
        before, after = slopes_around(waveform, corner, reach)
        assert abs(after - before) > 0.01 / NANO  # all the examples' kinks are ten times that and more
    # Halfway between neighbouring corners, and at every other time of a grid, the waveform is smooth: the two slopes
    # differ by the curvature only, below (2 pi f)^2 times the reach, and by rounding.
    for time in np.linspace(0, duration, 997)[1:-1]:
        if len(corners) and np.min(np.abs(corners - time)) < 2 * reach:
            continue
        before, after = slopes_around(waveform, time, reach)
        assert abs(after - before) < 0.01 / NANO


@waveform_examples
def test_breakpoints_are_no_closer_than_the_shortest_piece(waveform):
    # Two corners that differ by rounding only are one corner: integrators cannot step between them.
    corners = waveform.breakpoints(60 * NANO)
    assert np.all(np.diff(corners) > 0.1 * NANO)


@pytest.mark.parametrize("count", [1, 6, 11, 15, 20])
def test_a_run_of_whole_periods_has_no_corner_within_rounding_of_its_end(count):
    # 6 * 5e-9 is 3.0000000000000004e-08: the last pulse ends "before" it, by 7e-24 s.
    duration = count * 5 * NANO
    for waveform in (EXAMPLES["gapless pulses"], Triangle(1.0, 2.5 * NANO / 3), Triangle(1.0, 2 * NANO)):
        corners = waveform.breakpoints(duration)
        assert duration - corners[-1] > 0.1 * NANO
        assert corners[0] > 0.1 * NANO


@pytest.mark.parametrize("waveform", [EXAMPLES["sine"], EXAMPLES["delayed sine"], EXAMPLES["triangle"]])
def test_the_longest_step_resolves_a_period(waveform):
    period = 1 / waveform.frequency if isinstance(waveform, Sine) else waveform.period
    assert 0 < waveform.max_step() <= period / 10


@pytest.mark.ngspice
@waveform_examples
def test_ngspice_reads_the_specification_as_the_same_waveform(waveform):
    deck = f"* a source\nV1 a 0 {waveform.spice(DURATION)}\nR1 a 0 1k\n"
    table = run(deck, Transient(0.05 * NANO, DURATION, max_step=0.05 * NANO))
    assert table["time"].iloc[-1] == pytest.approx(DURATION, rel=1e-9)
    # ngspice's breakpoints sit within its rounding of times, a relative 1e-9 or less of the duration: 2e-17 s
    # on edges of 3 V/ns at most.
    np.testing.assert_allclose(table["v(a)"], waveform(table["time"].to_numpy()), rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize(
    ("kind", "arguments", "complaint"),
    [
        (Pulse, {"initial": 0, "pulsed": 1, "delay": -1e-9}, "delay must not be negative"),
        (Pulse, {"initial": 0, "pulsed": 1, "rise": 0}, "rise and fall must be positive"),
        (Pulse, {"initial": 0, "pulsed": 1, "fall": -1e-9}, "rise and fall must be positive"),
        (Pulse, {"initial": 0, "pulsed": 1, "width": 0.0}, "width must be positive"),
        (Pulse, {"initial": 0, "pulsed": 1, "width": 1e-9, "period": 1e-9}, "period is shorter"),
        (Pulse, {"initial": 0, "pulsed": 1, "period": 1e-9}, "period is shorter"),
        (Pulse, {"initial": math.nan, "pulsed": 1}, "initial = nan is not finite"),
        (Pulse, {"initial": 0, "pulsed": 1, "width": math.nan}, "width"),
        (Pulse, {"initial": 10**400, "pulsed": 1}, "initial must be a number"),
        (Pulse, {"initial": 0, "pulsed": 1, "rise": math.inf}, "rise = inf is not finite"),
        (Sine, {"offset": 0, "amplitude": 1, "frequency": 0}, "frequency must be positive"),
        (Sine, {"offset": 0, "amplitude": 1, "frequency": 1, "delay": -1}, "delay must not be negative"),
        (Sine, {"offset": 0, "amplitude": math.inf, "frequency": 1}, "amplitude = inf is not finite"),
        (PiecewiseLinear, {"times": (0, 1, 1), "levels": (0, 1, 2)}, "times must increase"),
        (PiecewiseLinear, {"times": (1, 0), "levels": (0, 1)}, "times must increase"),
        (PiecewiseLinear, {"times": (0, 1), "levels": (0,)}, "as many levels as times"),
        (PiecewiseLinear, {"times": (), "levels": ()}, "at least one"),
        (PiecewiseLinear, {"times": (0, 1), "levels": (0, math.nan)}, "finite"),
        (Triangle, {"amplitude": 1, "period": 0}, "period must be positive"),
        (Triangle, {"amplitude": math.nan, "period": 1}, "amplitude = nan is not finite"),
        (DC, {"value": math.inf}, "value = inf is not finite"),
        (DC, {"value": np.float32("nan")}, "value = nan is not finite"),
    ],
)
def test_a_waveform_that_makes_no_sense_is_refused_by_name(kind, arguments, complaint):
    with pytest.raises(ParameterError, match=f"{kind.__name__}: .*{complaint}"):
        kind(**arguments)


@given(
    rise=st.integers(1, 999).map(lambda n: n * 1e-12),
    width=st.integers(1, 99).map(lambda n: n * 1e-9),
    fall=st.integers(1, 999).map(lambda n: n * 1e-12),
)
def test_a_period_of_just_rise_width_and_fall_is_accepted_in_whatever_order_it_was_added(rise, width, fall):
    # Sums of floating-point numbers depend on their order.
    for period in (rise + width + fall, fall + rise + width, width + fall + rise):
        assert Pulse(0.0, 1.0, rise=rise, fall=fall, width=width, period=period)(rise) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (DC, ("1m",)),
        (Sine, (0.0, "one", 1e9)),
        (Sine, (0.0, 1.0, "1g")),
        (Pulse, (0.0, None)),
        (Triangle, ([1, 2], 1.0)),
        (PiecewiseLinear, ((0, 1), ("a", "b"))),
        (PiecewiseLinear, (0.0, 1.0)),
    ],
)
def test_a_waveform_of_anything_but_numbers_is_refused_when_it_is_made(kind, arguments):
    with pytest.raises(ParameterError, match=kind.__name__):
        kind(*arguments)


def test_waveforms_are_values():
    assert Sine(0, 1, 1e9) == Sine(0, 1, 1e9) != Sine(0, 1, 2e9)
    assert len({Triangle(1, 1), Triangle(1, 1)}) == 1
    assert PiecewiseLinear([0, 1], np.array([1, 2])) == PiecewiseLinear((0.0, 1.0), (1.0, 2.0))
    with pytest.raises(AttributeError, match="cannot assign to field"):
        DC(1.0).value = 2.0


@given(value=st.floats(-1e3, 1e3))
def test_a_number_is_a_constant_drive(value):
    assert as_waveform(value, 1e-9) == DC(value)
    assert as_waveform(np.float64(value), 1e-9) == DC(value)


def test_a_waveform_is_its_own_drive():
    assert as_waveform(PULSE, 1e-9) is PULSE


@given(samples=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), duration=st.floats(1e-12, 1e3))
def test_an_array_is_evenly_spaced_samples_joined_by_straight_lines(samples, duration):
    drive = as_waveform(samples, duration)
    times = np.linspace(0, duration, len(samples))
    np.testing.assert_array_equal(drive(times), samples)
    between = (times[1:] + times[:-1]) / 2
    mean = (np.array(samples[1:]) + samples[:-1]) / 2
    # Levels of up to 1e3 and a handful of roundings.
    np.testing.assert_allclose(drive(between), mean, rtol=1e-12, atol=1e-11)
    assert np.array_equal(drive.breakpoints(duration), times[1:-1])


@pytest.mark.parametrize(
    ("drive", "complaint"),
    [
        (math.nan, "finite"),
        (math.inf, "finite"),
        ([0.0, math.nan], "finite"),
        ([[0.0, 1.0], [2.0, 3.0]], r"one dimension.*\(2, 2\)"),
        ([1.0], r"two samples.*\(1,\)"),
        ([], r"two samples.*\(0,\)"),
        ([[1, 2], [3]], "a number, an array or a waveform"),
        ("high", "a number, an array or a waveform, not 'high'"),
        ("0.5", "a number, an array or a waveform, not '0.5'"),
        (["1", "2"], "a number, an array or a waveform"),
        (None, "a number, an array or a waveform, not None"),
        (1j, "a number, an array or a waveform"),
        ({"a": 1}, "a number, an array or a waveform"),
        (Sine, "a number, an array or a waveform"),
    ],
)
def test_what_is_no_drive_is_refused(drive, complaint):
    with pytest.raises(ParameterError, match=f"the gate .*{complaint}"):
        as_waveform(drive, 1e-9, "gate")


def test_the_base_class_asks_for_its_methods():
    with pytest.raises(NotImplementedError):
        Waveform()(0.0)
