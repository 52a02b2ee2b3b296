"""Products from codes to codes: exact without errors, and each error as its formula says."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.periphery.amplifiers import TIA
from synaspice.circuits.periphery.chain import Periphery, bit_line_conductance
from synaspice.circuits.periphery.converters import ADC, DAC
from synaspice.devices import VTEAM, ParameterError

MATRIX = np.random.default_rng(1).uniform(1e-6, 1e-4, (24, 10))
CROSSBAR = Crossbar(MATRIX)
CODES = np.random.default_rng(2).integers(0, 256, (200, 24))


def exact(codes, dac):
    return (codes * dac.step) @ MATRIX


def test_without_noise_the_error_is_that_of_the_converter_alone():
    periphery = Periphery.fitted(CROSSBAR, output_bits=10)
    settled = dataclasses.replace(periphery, settling_time=1.0)
    found = settled.product(CROSSBAR, CODES, seed=None)
    step = periphery.adc.step / periphery.tia.transimpedance
    error = found.currents - exact(CODES, periphery.dac)
    assert np.max(np.abs(error)) <= step / 2 * (1 + 1e-9) and error.std() == pytest.approx(step / 12**0.5, rel=0.05)
    assert found.codes.shape == (200, 10) and not found.clipped.any()
    assert periphery.product(CROSSBAR, CODES[0]).codes.shape == (10,)


def test_the_whole_range_fits():
    periphery = Periphery.fitted(CROSSBAR, output_bits=8)
    most = periphery.product(CROSSBAR, np.full(24, 255), seed=None)
    assert not most.clipped.any() and most.codes.max() == 255
    narrow = dataclasses.replace(periphery, tia=dataclasses.replace(periphery.tia, feedback=3 * periphery.tia.feedback))
    assert narrow.product(CROSSBAR, np.full(24, 255), seed=None).clipped.all()


def test_signed_codes_are_odd():
    periphery = Periphery.fitted(CROSSBAR, signed=True, output_bits=12)
    codes = np.random.default_rng(3).integers(-127, 128, (20, 24))
    plus, minus = (periphery.product(CROSSBAR, sign * codes, seed=None).currents for sign in (1, -1))
    np.testing.assert_allclose(plus, -minus, atol=1.01 * periphery.adc.step / periphery.tia.feedback)


def test_by_default_a_quarter_of_a_step_is_left_to_settle():
    periphery = Periphery.fitted(CROSSBAR, output_bits=8)
    left = 1 - periphery.settled(periphery.settling_time)
    assert left == pytest.approx(2.0**-10, rel=1e-9)
    # One pole: t = tau (N + 2) ln 2.
    assert periphery.settling_time == pytest.approx(10 * math.log(2) * periphery.tia.time_constant, rel=1e-12)
    assert periphery.product_time == pytest.approx(periphery.settling_time + 1e-9)


@pytest.mark.parametrize("ratio", [1e-20, 1e-3, 0.3, 0.999, 1.0, 1.0000001, 7.0])
def test_by_default_two_poles_have_settled_to_the_same_part(ratio):
    """Of equal ones (1 + x) e^-x is left: 2^-10 after 9.26 time constants."""
    tia = TIA(1e3, 1 / (2 * math.pi * 1e-9))
    periphery = Periphery(DAC(8, 0.1, time_constant=ratio * 1e-9), tia, ADC(8, 0.0, 1.0))
    assert 1 - periphery.settled(periphery.settling_time) == pytest.approx(2.0**-10, rel=1e-9)
    if ratio == 1:
        x = periphery.settling_time / 1e-9
        assert (1 + x) * math.exp(-x) == pytest.approx(2.0**-10, rel=1e-6) and x == pytest.approx(9.26, abs=5e-3)


def test_two_poles_settle_as_the_integrated_equations():
    one, two = 3e-9, 5e-9
    periphery = Periphery(DAC(4, 1.0, time_constant=one), TIA(1e4, 1 / (2 * math.pi * two)), ADC(4, 0.0, 1.0))
    step, driver, output = 1e-13, 0.0, 0.0
    for _ in range(60_000):
        driver, output = driver + step / one * (1 - driver), output + step / two * (driver - output)
    assert periphery.settled(6e-9) == pytest.approx(output, rel=1e-4)
    same = dataclasses.replace(periphery, dac=DAC(4, 1.0, time_constant=two))
    near = dataclasses.replace(periphery, dac=DAC(4, 1.0, time_constant=two * 1.0001))
    assert same.settled(6e-9) == pytest.approx(near.settled(6e-9), rel=1e-4)


def test_noise_is_that_of_nyquist_on_the_bit_line():
    periphery = dataclasses.replace(Periphery.fitted(CROSSBAR, output_bits=20, bandwidth=1e9), settling_time=1.0)
    np.testing.assert_allclose(bit_line_conductance(CROSSBAR), MATRIX.sum(axis=0), rtol=1e-12)
    quiet = periphery.product(CROSSBAR, CODES[0], seed=None).voltages
    noisy = periphery.product(CROSSBAR, np.tile(CODES[0], (4000, 1)), seed=5).voltages
    expected = periphery.tia.output_noise(MATRIX.sum(axis=0), 300.0)
    np.testing.assert_allclose(noisy.std(axis=0), expected, rtol=4 / math.sqrt(2 * 4000))
    assert np.all(np.abs(noisy.mean(axis=0) - quiet) < 5 * expected / math.sqrt(4000))
    again = periphery.product(CROSSBAR, CODES, seed=5)
    assert np.array_equal(again.voltages, periphery.product(CROSSBAR, CODES, seed=5).voltages)


def test_wires_are_in_series_with_the_line_s_conductance():
    """One cell: cell, and a segment on either side; two in a line of bits: nodal equations by hand."""
    assert bit_line_conductance(Crossbar([[1e-4]], 100.0, 200.0)) == pytest.approx([1 / (1e4 + 300)], rel=1e-10)
    pair = Crossbar([[1e-4], [2e-4]], 0.0, 50.0)
    upper = 1 / (1e4 + 50.0)
    assert bit_line_conductance(pair) == pytest.approx([1 / (50 + 1 / (upper + 2e-4))], rel=1e-10)


def test_the_input_resistance_is_in_the_crossbar():
    periphery = Periphery.fitted(CROSSBAR)
    loaded = dataclasses.replace(periphery, tia=dataclasses.replace(periphery.tia, gain=20.0), settling_time=1.0)
    found = loaded.product(CROSSBAR, CODES[:5], seed=None).voltages
    sense = periphery.tia.feedback / 21
    currents = (CODES[:5] * periphery.dac.step) @ MATRIX / (1 + sense * MATRIX.sum(axis=0))
    np.testing.assert_allclose(found, currents * periphery.tia.feedback * 20 / 21, rtol=1e-9)


def test_devices_with_their_own_characteristics_go_through():
    crossbar = Crossbar(DeviceCells.of(VTEAM(), (4, 3)), 1.0, 1.0)
    periphery = Periphery.fitted(crossbar, read_voltage=0.05)
    found = periphery.product(crossbar, [255, 0, 100, 20], method="nonlinear", seed=None)
    assert found.codes.shape == (3,) and not found.clipped.any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Periphery(DAC(4, 1.0), TIA(1.0, 1.0), 3), "adc"),
        (lambda: Periphery.fitted(CROSSBAR, output_range=-1.0), "output_range"),
        (lambda: Periphery.fitted(MATRIX), "crossbar"),
        (lambda: Periphery.fitted(CROSSBAR).product(CROSSBAR, np.zeros(3, dtype=int)), "one per word line"),
        (lambda: Periphery.fitted(CROSSBAR).product(CROSSBAR, np.zeros(24)), "whole numbers"),
        (lambda: Periphery.fitted(CROSSBAR, temperature=-1.0), "temperature"),
        (lambda: Periphery.fitted(CROSSBAR, shared=0), "shared"),
        (lambda: Periphery.fitted(CROSSBAR).settled(-1.0), "time"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ParameterError, match=says):
        call()
