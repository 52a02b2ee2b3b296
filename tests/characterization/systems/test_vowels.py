"""Vowels on coupled oscillators: locking ranges in closed form, the table, the tuning of frequencies, and the study."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import study_vowels
from synaspice.characterization.datasets import vowels as data
from synaspice.characterization.datasets.finding import MissingDataError
from synaspice.characterization.systems.vowels import task
from synaspice.characterization.systems.vowels.coupled_oscillators import (
    Circuit,
    coupled_frequencies,
    free_frequency,
    injection_range,
    mutual_range,
    slow_equations,
)
from synaspice.characterization.systems.vowels.study import QUICK, splits
from synaspice.devices import AutoOscillator, ParameterError, VortexOscillator, periodic_orbit

DEVICE = AutoOscillator()
CURRENT = 2e-3
ALONE = Circuit(load=np.inf, tone=0.0)


def frequencies(currents, tones, circuit, **how):
    return coupled_frequencies(DEVICE, [currents], [tones], circuit, **how)[0]


# Coupled oscillators


def test_the_slow_equations_are_those_of_the_model():
    """Gamma_G (1 + Q p), sigma (1 - p), omega_0 + N p, and the noise Gamma_+ k_B T / (lambda omega)."""
    slow, p, d = slow_equations(DEVICE, 300.0), np.array([0.1, 0.5]), DEVICE
    omega = 2 * np.pi * d.frequency + d.nonlinear_frequency_shift * p
    damping = d.damping_rate * (1 + d.nonlinear_damping * p)
    np.testing.assert_allclose(np.polyval(slow.growth, p), -damping, rtol=1e-9)
    np.testing.assert_allclose(np.polyval(slow.frequency, p), omega, rtol=1e-9)
    sigma = d.damping_rate / d.threshold_current
    np.testing.assert_allclose(np.polyval(slow.growth_per_current, p), sigma * (1 - p), rtol=1e-9)
    noise = damping * 1.380649e-23 * 300 / (d.action * omega)
    np.testing.assert_allclose(np.interp(p, slow.powers, slow.diffusion), noise, rtol=1e-3)


def test_alone_an_oscillator_has_the_frequency_of_the_orbit_of_the_model():
    found = frequencies([CURRENT], [5e9], ALONE)
    assert found[0] == pytest.approx(periodic_orbit(DEVICE, CURRENT).frequency, rel=1e-5)


@pytest.mark.parametrize(("part", "locks"), [(-1.15, False), (-0.85, True), (0.85, True), (1.15, False)])
def test_a_tone_locks_up_to_adlers_detuning(part, locks):
    circuit, free = Circuit(load=np.inf, tone=2e-4), float(free_frequency(DEVICE, CURRENT))
    reach = injection_range(DEVICE, CURRENT, circuit.tone)
    found = frequencies([CURRENT], [free + part * reach], circuit, settling=300e-9, duration=500e-9)
    apart = abs(found[0] - free - part * reach)
    # Beyond, the mean beat is sqrt of part^2 - 1.
    assert apart < 0.02 * reach if locks else apart == pytest.approx(reach * np.sqrt(part**2 - 1), rel=0.25)


@pytest.mark.parametrize("phase", [0.0, np.pi / 2])
def test_two_oscillators_lock_to_each_other_up_to_adlers_difference(phase):
    circuit = Circuit(load=100.0, phase=phase, tone=0.0)
    reach = mutual_range(DEVICE, CURRENT, circuit)
    off = 1e-3 * CURRENT
    slope = np.subtract(*free_frequency(DEVICE, [CURRENT + off, CURRENT - off])) / (2 * off)
    inside, beyond = 0.8, 1.25  # of the range: both in one call
    pairs = [[CURRENT + each, CURRENT - each] for each in (0.5 * np.array([inside, beyond]) * reach / slope)]
    found = coupled_frequencies(DEVICE, pairs, [[5e9]] * 2, circuit, settling=1e-6, duration=2e-6)
    locked, apart = np.abs(np.diff(found)).ravel()
    assert locked < 0.05 * reach
    assert apart == pytest.approx(reach * np.sqrt(beyond**2 - 1), rel=0.3)


def test_circuits_that_make_no_sense_are_refused():
    with pytest.raises(ParameterError, match="threshold"):
        frequencies([0.5e-3], [5e9], ALONE)
    with pytest.raises(ParameterError, match="each of 2 circuits"):
        coupled_frequencies(DEVICE, [[CURRENT]] * 2, [[5e9]], ALONE)
    with pytest.raises(ParameterError, match="load"):
        Circuit(load=0.0)
    with pytest.raises(ParameterError, match="tone"):
        Circuit(tone=-1.0)


# Data

LINES = """(c) 1995
m01ae 323 174  663 2012 2659 3691  669 2008 2671  671 1992 2659  685 1773 2680
w02iy 250 102  437 2761 3372    0  437 2760 3370  438 2761 3373  440 2755 3360
w03iy 250 102    0 2761 3372    0  437 2760 3370  438 2761 3373  440 2755 3360
"""


def test_the_table_is_read_and_what_was_not_measured_left_out(tmp_path):
    (tmp_path / "vowdata.dat").write_text(LINES)
    found = data.load_vowels(tmp_path)
    assert not found.stand_in and found.vowels.tolist() == ["ae", "iy"] and found.talkers.tolist() == ["m01", "w02"]
    assert found.formants[0].tolist() == [663, 2012, 2659, 669, 2008, 2671, 671, 1992, 2659, 685, 1773, 2680]
    with pytest.raises(ParameterError, match="aw"):
        found.chosen(("aw", "iy"), "w")
    (tmp_path / "vowdata.dat").write_text("nothing")
    with pytest.raises(ParameterError, match="m01ae"):
        data.load_vowels(tmp_path)


def test_synthetic_formants_say_so_and_have_the_published_means(tmp_path):
    with pytest.raises(MissingDataError, match=r"vowdata\.dat"):
        data.load_vowels(tmp_path, stand_in=False)
    found = data.load_vowels(tmp_path, seed=1)
    assert found.stand_in and "synthetic" in found.name
    mean = found.formants[found.vowels == "iy", :3].mean(axis=0)
    np.testing.assert_allclose(mean, data.WOMEN["iy"], rtol=4 * data.SPREAD / data.TALKERS**0.5)


# The task


def test_the_combination_puts_vowels_that_are_apart_into_cells_of_their_own():
    """Formants that are a linear map of distinct places: the regression is exact up to the noise."""
    generator = np.random.default_rng(1)
    labels = np.repeat(np.arange(7), 20)
    places = np.array([[-1, 2], [0, 2], [1, 2], [-1, 3], [0, 3], [1, 3], [0, 4]], float)[labels]
    formants = places @ generator.standard_normal((2, 3)) * 100 + 1000 + generator.standard_normal((140, 3))
    found = task.combine(formants, labels)
    assert len(set(found.cells)) == 7
    tones = found.tones(formants, 0.0, 1.0)
    wanted = np.array([[task.PLACES[a][0], task.PLACES[b][1]] for a, b in found.cells])[labels]
    assert np.abs(tones - wanted).max() < 0.4
    with pytest.raises(ParameterError, match="suffice"):
        task.combine(formants[:4], labels[:4])


def test_an_oscillator_that_should_be_locked_goes_to_the_tone_and_one_that_should_not_goes_away():
    currents = task.start_currents(DEVICE, 70e6)
    free = free_frequency(DEVICE, currents)
    np.testing.assert_allclose(np.diff(free), 70e6, rtol=1e-3)
    tones = np.array([[free[0] + 20e6, free[3] + 1e6]])
    locked = free[np.newaxis].copy()
    locked[0, 3] = tones[0, 1]
    changed = free_frequency(DEVICE, task.tuning(DEVICE, currents, locked, tones, np.array([[1, 0, 0, 0]]), 0.5))
    assert changed[0] == pytest.approx(free[0] + 10e6, abs=1e6)
    assert changed[3] < free[3]
    np.testing.assert_allclose(changed[1:3], free[1:3], rtol=1e-6)


def test_talkers_of_the_test_are_not_in_the_training():
    talkers = np.arange(60) // 3
    for test in splits(talkers, 5, 1):
        assert test.sum() == 12 and not set(talkers[test]) & set(talkers[~test])


def test_the_study_says_what_it_is_of_learns_and_goes_on_from_its_checkpoint(tmp_path):
    first = study_vowels(DEVICE, size=QUICK, temperature=10.0, seed=1, checkpoint=tmp_path / "parts")
    found = first["accuracies"]
    assert found.attrs["stand_in"] and found.attrs["number"] == 7 * data.TALKERS
    mean = found.groupby("method")["accuracy"].mean()
    assert mean["formants"] > 0.7 and mean["without-noise"] > mean["untrained"] > 1 / 7
    assert len(first["map"]) == QUICK.points**2 and first["map"]["oscillator_1"].max() >= 1
    again = study_vowels(DEVICE, size=QUICK, temperature=10.0, seed=1, checkpoint=tmp_path / "parts")
    for name, table in first.items():
        assert table.equals(again[name])


def test_what_is_no_auto_oscillator_is_refused():
    with pytest.raises(ParameterError, match="device"):
        study_vowels(VortexOscillator.preset("torrejon2017-like"), size=QUICK)
