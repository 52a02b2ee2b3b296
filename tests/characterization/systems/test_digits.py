"""Spoken digits: front ends by closed forms, the readout by another, data formats, splits, and the study."""

from __future__ import annotations

import dataclasses
import struct
import wave

import numpy as np
import pytest

from synaspice.characterization import study_digits
from synaspice.characterization.datasets.finding import MissingDataError
from synaspice.characterization.datasets.spoken_digits import load_spoken_digits
from synaspice.characterization.systems import linear_readout
from synaspice.characterization.systems.linear_readout import train_readout
from synaspice.characterization.systems.spoken_digits import front_ends, summed_readout, task
from synaspice.characterization.systems.spoken_digits.study import QUICK
from synaspice.characterization.systems.spoken_digits.summed_readout import Fold, Sums
from synaspice.characterization.systems.spoken_digits.tables import example_tables
from synaspice.characterization.systems.validity import RARELY, share_outside
from synaspice.characterization.systems.waveforms.task import working_point
from synaspice.devices import (
    MTJ,
    AutoOscillator,
    MissingDependencyError,
    ParameterError,
    UnknownNameError,
    ValidityWarning,
    VortexOscillator,
)

RATE = 8000.0


@pytest.fixture(scope="module")
def recordings():
    return task.load_recordings(None, 5, 5)


def tone(frequency, seconds=0.4, rate=RATE):
    return np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


# Data


def test_the_subset_that_ships_has_all_digits_and_speakers_and_says_what_it_is():
    data = load_spoken_digits()
    assert data.stand_in and len(data) == 600 and data.rate == 8000
    for speaker in np.unique(data.speakers):
        own = data.speakers == speaker
        assert (np.bincount(data.digits[own]) == 10).all() and set(data.repetitions[own]) == set(range(10))
    assert all(0.01 < np.abs(each).max() <= 1 for each in data.waveforms)


def write_wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())


def write_sphere(path, samples, order="01", coding="pcm"):
    values = f"channel_count -i 1\nsample_count -i {len(samples)}\nsample_rate -i 12500\nsample_n_bytes -i 2\n"
    head = f"NIST_1A\n   1024\n{values}sample_byte_format -s2 {order}\nsample_coding -s3 {coding}\nend_head\n"
    kind = "<" if order == "01" else ">"
    path.write_bytes(head.encode().ljust(1024) + struct.pack(f"{kind}{len(samples)}h", *samples))


def test_the_original_files_are_read_by_their_names(tmp_path):
    (tmp_path / "recordings").mkdir()
    samples = np.array([1, -2, 16384, -32768])
    write_wav(tmp_path / "recordings" / "7_jackson_32.wav", samples)
    write_wav(tmp_path / "recordings" / "other.wav", samples)
    data = load_spoken_digits(tmp_path)
    assert not data.stand_in and (len(data), data.rate) == (1, 8000)
    assert (data.digits[0], data.speakers[0], data.repetitions[0]) == (7, "jackson", 32)
    np.testing.assert_allclose(data.waveforms[0], samples / 32768)


@pytest.mark.parametrize("order", ["01", "10"])
def test_ti46_is_read_from_sphere_files_of_both_byte_orders(tmp_path, order):
    for folder in ("TRAIN/F1", "TEST/M2"):
        (tmp_path / "TI46/TI20" / folder).mkdir(parents=True)
    samples = [100, -200, 300, 32767]
    write_sphere(tmp_path / "TI46/TI20/TRAIN/F1/07F1SET3.WAV", samples, order)
    write_sphere(tmp_path / "TI46/TI20/TEST/M2/00M2S4T1.WAV", samples, order)
    write_sphere(tmp_path / "TI46/TI20/TRAIN/F1/17F1SET3.WAV", samples, order)  # a word that is no digit
    data = load_spoken_digits(tmp_path)
    assert data.name == "TI-46" and data.rate == 12500
    found = sorted(zip(data.digits.tolist(), data.speakers.tolist(), data.repetitions.tolist(), strict=True))
    assert found == [(0, "M2", 17), (7, "F1", 3)]
    np.testing.assert_allclose(data.waveforms[0], np.array(samples) / 32768)


def test_compressed_and_broken_files_are_refused(tmp_path):
    path = tmp_path / "07F1SET3.WAV"
    write_sphere(path, [1, 2, 3], coding="pcm,embedded-shorten-v2.00")
    with pytest.raises(ParameterError, match="sph2pipe"):
        load_spoken_digits(tmp_path)
    write_sphere(path, [1, 2, 3])
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ParameterError, match="ends before"):
        load_spoken_digits(tmp_path)
    path.unlink()
    (tmp_path / "1_a_0.wav").write_bytes(b"RIFFxxxx")
    with pytest.raises(ParameterError, match="cannot be read"):
        load_spoken_digits(tmp_path)
    (tmp_path / "fsdd.npz").write_bytes(b"PK")
    with pytest.raises(ParameterError, match="archive"):
        load_spoken_digits(tmp_path)


def test_missing_data_are_told_or_stood_in_for(tmp_path):
    with pytest.raises(MissingDataError, match="7_jackson_32"):
        load_spoken_digits(tmp_path, stand_in=False)
    assert load_spoken_digits(tmp_path).stand_in


# Front ends


def test_the_spectrogram_is_linear_and_its_window_sees_a_tone_in_its_bin():
    generator = np.random.default_rng(1)
    a, b = generator.standard_normal((2, 2000))
    one, other, both = (front_ends.spectrogram(x, RATE) for x in (a, b, 2 * a - 3 * b))
    np.testing.assert_allclose(both, 2 * one - 3 * other, atol=1e-9)
    found = front_ends.spectrogram(tone(1000.0), RATE)
    assert found.shape == (20, 128)
    power = (found[5:15, :65] ** 2).sum(axis=0) + np.pad((found[5:15, 65:] ** 2).sum(axis=0), 1)
    assert power.argmax() == 16  # 1 kHz over 62.5 Hz


def test_mel_bands_cover_every_frequency_once_and_cepstra_do_not_hear_loudness():
    bands = front_ends.mel_bands(256, RATE)
    inside = slice(*np.searchsorted(np.arange(129) * RATE / 256, [300, 3000]))
    np.testing.assert_allclose(bands.sum(axis=0)[inside], 1.0, atol=1e-12)
    x = np.random.default_rng(2).standard_normal(4000)
    np.testing.assert_allclose(front_ends.mfcc(x, RATE), front_ends.mfcc(10 * x, RATE), atol=1e-9)


@pytest.mark.parametrize("rate", [8000.0, 12500.0])
def test_a_gammatone_channel_hears_its_own_frequency_most(rate):
    """The mean of a rectified sine of the channel's frequency, at unit gain: 1 / pi."""
    frequencies = front_ends.erb_frequencies(rate)
    for channel in (3, 30, 60):
        heard = front_ends.gammatone(tone(frequencies[channel], rate=rate), rate)[5:-1].mean(axis=0)
        assert heard.argmax() == channel
        assert heard[channel] ** 3 == pytest.approx(1 / np.pi, rel=0.02)


def test_lyon_is_there_or_says_what_to_install():
    if "lyon" in front_ends.available_front_ends():
        assert front_ends.front_end("lyon", tone(500.0), RATE).shape[0] == 20
    else:
        with pytest.raises(MissingDependencyError, match=r"pip install lyon|does not load"):
            front_ends.front_end("lyon", tone(500.0), RATE)


def test_noise_has_the_power_that_is_asked_for():
    x = tone(300.0, 20.0)
    for ratio in (20.0, 0.0):
        noise = front_ends.with_noise(x, ratio, np.random.default_rng(1)) - x
        assert 10 * np.log10(np.mean(x**2) / np.mean(noise**2)) == pytest.approx(ratio, abs=0.1)


def test_what_is_no_sound_is_refused():
    with pytest.raises(UnknownNameError, match="mfcc"):
        front_ends.front_end("mfc", tone(1.0), RATE)
    for bad in (np.zeros(100), [1.0], [[1.0, 2.0]], [np.nan, 1.0]):
        with pytest.raises(ParameterError, match="waveform must"):
            front_ends.front_end("mfcc", bad, RATE)
    with pytest.raises(ParameterError, match="rate"):
        front_ends.front_end("mfcc", tone(1.0), 0.0)


# Readout


def test_the_readout_from_sums_is_the_readout_of_the_frames(monkeypatch):
    generator = np.random.default_rng(3)
    x = generator.standard_normal((60, 7)) * np.geomspace(0.01, 10, 7) + 5
    y = np.eye(10)[generator.integers(0, 10, 60)]
    monkeypatch.setattr(linear_readout, "PENALTIES", (1e-3,))
    one = train_readout(x, y)
    parts = Sums.of(x[:20], y[:20]) + Sums.unpacked(Sums.of(x[20:], y[20:]).packed())
    other = summed_readout.solve(parts, [1e-3])[0]
    np.testing.assert_allclose(other.weights, one.weights, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other.offset, one.offset, rtol=1e-6)


def test_a_fold_that_tests_what_it_trains_is_refused():
    with pytest.raises(ParameterError, match="must not train"):
        Fold("f", (("a", 0), ("b", 0)), (("a", 0),), (("b", 0),))
    with pytest.raises(ParameterError, match="choose"):
        Fold("f", (("a", 0),), (("a", 0),), (("b", 0),))


# Splits


def test_no_split_tests_what_trains_or_chooses(recordings):
    design = set(recordings.part(task.PARTS - 1))
    for fold in task.same_speakers(recordings):
        assert not design & {block for _, block in fold.testing}
        assert {speaker for speaker, _ in fold.testing} == set(recordings.speakers)
    tested = [fold.testing[0][0] for fold in task.held_out_speakers(recordings)]
    assert tested == list(recordings.speakers)
    for fold in task.held_out_speakers(recordings):
        assert fold.name not in {speaker for speaker, _ in fold.training}
    first, second = task.halves(recordings)
    assert not set(first) & set(second) and set(first) | set(second) == set(recordings.speakers)
    numbers = np.concatenate([recordings.members(group) for group in recordings.groups(range(recordings.blocks))])
    assert len(set(numbers.tolist())) == len(numbers) == recordings.number == 300


def test_data_that_do_not_suffice_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="repetitions"):
        task.load_recordings(None, 4, 5)
    for digit in range(10):
        for speaker in "abc":
            for repetition in range(5):
                if (digit, speaker) != (3, "b"):
                    write_wav(tmp_path / f"{digit}_{speaker}_{repetition}.wav", np.array([1, 2, 3]))
    with pytest.raises(ParameterError, match="all ten digits of b"):
        task.load_recordings(tmp_path, 5, 5)


# The oscillator


def test_each_recording_gets_its_own_nodes_wherever_it_runs():
    """Alone and among others, as far as the memory of the one before has gone."""
    point = dataclasses.replace(working_point(AutoOscillator(initial_power=0.2), 1.4e-3, 0.1e-3), node_time=1e-8)
    generator = np.random.default_rng(1)
    frames = [generator.standard_normal((n, 3)) for n in generator.integers(1, 5, 150)]
    mask = task.mask_of([0], 0, 6, 3)
    together = task.driven(point, frames, mask, temperature=0.0, seed=1)
    assert [each.shape for each in together] == [(len(each), 6) for each in frames]
    for k in (0, 77, 149):
        alone = task.driven(point, [frames[k]], mask, temperature=0.0, seed=1)[0]
        np.testing.assert_allclose(together[k], alone, rtol=2e-2)
        # Held for long, the amplitude is that of the current: sqrt of (zeta - 1) / (zeta + Q).
        stationary = np.vectorize(point.device.stationary_power)(task.currents(point, frames[k], mask))
        np.testing.assert_allclose(together[k] ** 2, stationary, rtol=0.05)


SMALL = dataclasses.replace(QUICK, nodes=8, searched_nodes=4, front_ends=("mfcc",), ratios=(0.0,))


def test_the_study_says_what_it_is_of_and_goes_on_from_its_checkpoint(tmp_path):
    device = AutoOscillator(initial_power=0.2)
    first = study_digits(device, size=SMALL, temperature=10.0, seed=3, checkpoint=tmp_path / "parts")
    found = first["accuracies"]
    assert found.attrs["stand_in"] and found.attrs["recordings"] == 300 and found.attrs["front_end"] == "mfcc"
    counts = found.groupby(["split", "features"])["accuracy"].count()
    assert counts["same", "front end"] == 4 and counts["held-out", "front end"] == 6
    alone = found[(found["split"] == "same") & (found["features"] == "front end")]["accuracy"]
    assert alone.mean() > 0.4  # chance is 0.1
    noisy = first["noise"]
    worst = noisy[(noisy["features"] == "front end") & (noisy["training"] == "without noise")]
    assert worst["accuracy"].mean() < alone.mean()
    drift = first["drift"].groupby("drift")["accuracy"].mean()
    assert drift[0.0] >= drift[0.05] - 0.05
    again = study_digits(device, size=SMALL, temperature=10.0, seed=3, checkpoint=tmp_path / "parts")
    for name, table in first.items():
        assert table.equals(again[name])


def test_what_does_not_oscillate_is_refused():
    with pytest.raises(ParameterError, match="oscillat"):
        study_digits(MTJ.preset("ikeda2010"), size=SMALL)


@pytest.mark.parametrize("drift", [0.0, 0.05])
def test_the_working_point_of_the_page_is_within_the_models_range_with_noise(drift):
    """The currents of docs/article/speech.md for gammatone, with all that a mask may make of them, and their drift."""
    vortex = VortexOscillator.preset("torrejon2017-like")
    point = working_point(vortex, 6.06e-3, 0.64e-3)
    masked = np.clip(np.random.default_rng(1).standard_normal((16, 1000)), -task.CLIP, task.CLIP)
    currents = ((1 + drift) * (point.bias + point.swing * masked)).ravel()
    assert share_outside(point.device, currents, 9.2e-9, temperature=300.0, seed=1) < RARELY


def test_an_example_beyond_the_models_range_is_warned_of():
    vortex = VortexOscillator.preset("torrejon2017-like")
    recordings = task.load_recordings(None, 5, 5)
    how = {"name": "gammatone", "mask": 0, "nodes": 8, "temperature": 300.0, "seed": 1, "about": {}}
    inside = example_tables(vortex, recordings, point=working_point(vortex, 5e-3, 0.5e-3), **how)
    assert inside["nodes"].attrs["outside"] == 0
    with pytest.warns(ValidityWarning, match=r"with noise at 300 K .* outside the range of the model in 0\.\d"):
        example_tables(vortex, recordings, point=working_point(vortex, 7e-3, 3e-3), **how)
