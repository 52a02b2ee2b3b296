"""Converters and amplifiers against the textbook: quantisation, SNDR, thermal noise, settling."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.circuits.periphery.amplifiers import TIA
from synaspice.circuits.periphery.converters import ADC, DAC, bits_of_sndr, sndr_of_bits
from synaspice.devices import ParameterError


@pytest.mark.parametrize("bits", [4, 8, 12])
def test_the_quantisation_error_is_uniform(bits):
    """LSB / sqrt(12), and never more than half of a step within the range."""
    adc = ADC(bits, -1.0, 1.0)
    volts = np.random.default_rng(1).uniform(-1, 1 - adc.step, 200_000)
    error = adc.voltages(adc.codes(volts)) - volts
    assert np.max(np.abs(error)) <= adc.step / 2 * (1 + 1e-9)
    assert (
        error.std()
        == pytest.approx(2 / 2**bits / math.sqrt(12), rel=0.01)
        == pytest.approx(adc.quantisation_noise, rel=0.01)
    )


@pytest.mark.parametrize("bits", [6, 8, 10])
def test_a_sine_of_the_whole_range_has_the_sndr_of_the_formula(bits):
    """6.02 N + 1.76 dB, of 65536 samples of an irrational frequency."""
    adc = ADC(bits, -1.0, 1.0)
    size = 1 - adc.step / 2
    sine = size * np.sin(np.arange(65536) * math.sqrt(2)) - adc.step / 2
    error = adc.voltages(adc.codes(sine)) - sine
    found = 10 * math.log10(np.var(sine) / np.mean(error**2))
    assert found == pytest.approx(sndr_of_bits(bits), abs=0.2) == pytest.approx(6.02 * bits + 1.76, abs=0.2)
    assert bits_of_sndr(sndr_of_bits(bits)) == pytest.approx(bits, rel=1e-12)


def test_noise_costs_effective_bits():
    """As much noise as quantisation: half a bit."""
    quiet = ADC(8, 0.0, 1.0)
    noisy = ADC(8, 0.0, 1.0, noise=quiet.quantisation_noise)
    assert quiet.effective_bits == 8 and noisy.effective_bits == pytest.approx(7.5)
    volts = np.random.default_rng(1).uniform(0.1, 0.9, 100_000)
    error = noisy.voltages(noisy.codes(volts, np.random.default_rng(2))) - volts
    assert error.std() == pytest.approx(math.sqrt(2) * quiet.quantisation_noise, rel=0.02)


def test_codes_are_clipped_and_told_apart():
    adc = ADC(2, 0.0, 1.0)
    assert adc.codes([-1.0, 0.0, 0.12, 0.13, 0.6, 0.9, 5.0]).tolist() == [0, 0, 0, 1, 2, 3, 3]
    dac = DAC(3, 0.7)
    assert dac.voltages([0, 1, 7]).tolist() == pytest.approx([0.0, 0.1, 0.7]) and dac.step == pytest.approx(0.1)
    both = DAC(3, 0.3, signed=True)
    assert both.codes([-2.0, -0.4, 0.0, 1.0]).tolist() == [-3, -1, 0, 3]
    assert both.voltages([-3, 3]).tolist() == pytest.approx([-0.3, 0.3])
    noisy = DAC(8, 1.0, noise=1e-3).voltages(np.full(20_000, 100), np.random.default_rng(1))
    assert noisy.std() == pytest.approx(1e-3, rel=0.02)


def test_costs_are_by_walden_s_figure_of_merit():
    assert ADC(8, 0, 1).energy / ADC(6, 0, 1).energy == 4 and ADC(8, 0, 1).energy == pytest.approx(21e-15 * 256)
    assert ADC(8, 0, 1, figure_of_merit=1e-15).energy == pytest.approx(256e-15)
    assert DAC(4, 1.0).energy == pytest.approx(4 * DAC(1, 1.0).energy)
    assert DAC(4, 1.0, energy=0.0).energy == 0


def test_the_feedback_resistor_s_noise_is_nyquist_s():
    """4 k T R B_n of the resistor alone, pi / 2 times the bandwidth; a conductance as large doubles the density."""
    tia = TIA(1e5, 1e6)
    alone = math.sqrt(4 * codata.k * 300 * 1e5 * math.pi / 2 * 1e6)
    assert tia.output_noise([0.0], 300.0) == pytest.approx(alone, rel=1e-12)
    assert tia.output_noise([1e-5], 300.0) == pytest.approx(math.sqrt(2) * alone, rel=1e-12)
    # Of the amplifier itself: the noise gain is 1 + R_f G.
    own = TIA(1e5, 1e6, noise=1e-8).output_noise([1e-5], 0.0)
    assert own == pytest.approx(2e-8 * math.sqrt(math.pi / 2 * 1e6), rel=1e-12)


def test_a_pole_passes_so_much_noise():
    """White noise through the recursion of one pole, sampled far above the bandwidth."""
    tia, step = TIA(1e5, 1e6), 1e-9
    keep = math.exp(-step / tia.time_constant)
    white = np.random.default_rng(1).standard_normal(2_000_000) / math.sqrt(2 * step)  # density 1 / Hz, one-sided
    from scipy.signal import lfilter

    passed = lfilter([1 - keep], [1, -keep], white)[10_000:]
    assert passed.var() == pytest.approx(tia.noise_bandwidth, rel=0.03)


def test_a_finite_gain_loads_the_line():
    tia = TIA(1e5, 1e6, gain=99.0, largest=0.5)
    assert tia.input_resistance == pytest.approx(1e3) and tia.transimpedance == pytest.approx(99e3)
    assert tia.output([1e-6, -1.0]).tolist() == pytest.approx([0.099, -0.5])
    assert TIA(1e5, 1e6).input_resistance == 0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: DAC(0, 1.0), "bits"),
        (lambda: DAC(1, 1.0, signed=True), "bits"),
        (lambda: DAC(4, -1.0), "full_scale"),
        (lambda: DAC(4, 1.0, noise=-1.0), "noise"),
        (lambda: DAC(4, 1.0).voltages([16]), "from 0 to 15"),
        (lambda: DAC(4, 1.0).voltages([0.5]), "whole numbers"),
        (lambda: ADC(4, 1.0, 1.0), "below high"),
        (lambda: ADC(4, 0.0, 1.0, conversion_time=0.0), "conversion_time"),
        (lambda: ADC(40, 0.0, 1.0), "bits"),
        (lambda: TIA(0.0, 1.0), "feedback"),
        (lambda: TIA(1.0, math.nan), "bandwidth"),
        (lambda: TIA(1.0, 1.0, noise=-1.0), "noise"),
        (lambda: TIA(1.0, 1.0).output_noise([1.0], -1.0), "temperature"),
    ],
)
def test_values_that_make_no_sense_are_refused(make, says):
    with pytest.raises(ParameterError, match=says):
        make()
