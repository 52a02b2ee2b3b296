"""Damaged files of every data set: an error that names the file, whatever byte is wrong; never anything else."""

from __future__ import annotations

import gzip
import pickle
import struct

import numpy as np
import pytest
from scipy.io import wavfile

from synaspice.characterization.datasets.digits import load_digits
from synaspice.characterization.datasets.images import cifar10, handwritten_digits
from synaspice.characterization.datasets.reading import reading, whole_numbers
from synaspice.characterization.datasets.spoken_digits import load_spoken_digits
from synaspice.characterization.datasets.vowels import load_vowels
from synaspice.devices import ParameterError

RANDOM = np.random.default_rng(5)


def wav(folder):
    sound = (1e4 * RANDOM.standard_normal(300)).astype(np.int16)
    wavfile.write(folder / "3_ann_1.wav", 8000, sound)
    return folder / "3_ann_1.wav", lambda: load_spoken_digits(folder, stand_in=False)


def spoken_archive(folder):
    parts = {"samples": RANDOM.standard_normal(40), "lengths": [20, 20], "digit": [1, 2], "speaker": ["a", "b"]}
    np.savez_compressed(folder / "fsdd.npz", **parts, repetition=[0, 1], rate=8000)
    return folder / "fsdd.npz", lambda: load_spoken_digits(folder, stand_in=False)


def idx(folder):
    for part, count in (("train", 5), ("t10k", 3)):
        images = RANDOM.integers(0, 256, (count, 4, 4), dtype=np.uint8)
        head = bytes([0, 0, 8, 3]) + struct.pack(">3I", count, 4, 4)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.tobytes()))
        labels = bytes([0, 0, 8, 1]) + struct.pack(">I", count) + bytes(range(count))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    return folder / "train-images-idx3-ubyte.gz", lambda: handwritten_digits(folder)


def image_archive(folder):
    images = RANDOM.integers(0, 256, (9, 4, 4), dtype=np.uint8)
    np.savez_compressed(folder / "mnist.npz", images=images, labels=np.arange(9))
    return folder / "mnist.npz", lambda: handwritten_digits(folder)


def batches(folder):
    home = folder / "cifar-10-batches-py"
    home.mkdir()
    for name in ("data_batch_1", "test_batch"):
        data = RANDOM.integers(0, 256, (2, 3072), dtype=np.uint8)
        (home / name).write_bytes(pickle.dumps({b"data": data, b"labels": [3, 4]}, protocol=2))
    return home / "data_batch_1", lambda: cifar10(folder)


def optdigits(folder):
    rows = np.hstack([RANDOM.integers(0, 17, (6, 64)), np.arange(6)[:, np.newaxis]])
    np.savetxt(folder / "optdigits.tes", rows, fmt="%d", delimiter=",")
    return folder / "optdigits.tes", lambda: load_digits(folder)


def vowels(folder):
    lines = [f"w01{name} {' '.join(str(300 + k) for k in range(15))}" for name in ("ae", "ah", "iy")]
    (folder / "vowdata.dat").write_text("\n".join(["a head", *lines, ""]), encoding="utf-8")
    return folder / "vowdata.dat", lambda: load_vowels(folder, stand_in=False)


@pytest.mark.parametrize("made", [wav, spoken_archive, idx, image_archive, batches, optdigits, vowels])
def test_a_damaged_file_is_refused_or_read_and_nothing_else(made, tmp_path):
    path, load = made(tmp_path)
    load()
    whole = path.read_bytes()
    refused = 0
    for number in range(120):
        content = bytearray(whole)
        if number % 2:
            content = content[: RANDOM.integers(0, len(whole))]
        else:
            for place in RANDOM.integers(0, len(whole), 3):
                content[place] = RANDOM.integers(0, 256)
        path.write_bytes(bytes(content))
        try:
            load()
        except ParameterError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 30


@pytest.mark.parametrize("length", [4, 43, 60, 201])
def test_a_sound_file_that_ends_early_is_refused(length, tmp_path):
    path, load = wav(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ParameterError, match="3_ann_1.wav"):
        load()


def test_cifars_arrays_are_read_without_numpys_own_unpickling(tmp_path):
    home = tmp_path / "cifar-10-batches-py"
    home.mkdir()
    data = RANDOM.integers(0, 256, (2, 3072), dtype=np.uint8)
    for protocol, name in ((0, "data_batch_1"), (2, "data_batch_2"), (4, "test_batch")):
        (home / name).write_bytes(pickle.dumps({b"data": data, b"labels": [3, 4]}, protocol=protocol))
    found = cifar10(tmp_path)
    np.testing.assert_array_equal(found.images.reshape(4, -1), np.vstack([data, data]))
    np.testing.assert_array_equal(found.test_images.reshape(2, -1), data)


def test_labels_and_sizes_must_make_sense(tmp_path):
    images = np.zeros((9, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "mnist.npz", images=images, labels=np.arange(9) + 0.5)
    with pytest.raises(ParameterError, match="whole numbers"):
        handwritten_digits(tmp_path)
    other = np.zeros((3, 2, 4), dtype=np.uint8)
    parts = {"train_images": images, "train_labels": np.arange(9), "test_images": other, "test_labels": [1, 2, 3]}
    np.savez(tmp_path / "mnist.npz", **parts)
    with pytest.raises(ParameterError, match="one size"):
        handwritten_digits(tmp_path)


def test_a_damaged_line_of_the_table_of_vowels_is_not_left_out(tmp_path):
    path, load = vowels(tmp_path)
    path.write_text(path.read_text() + "w02ae 300 200 nonsense\n")
    with pytest.raises(ParameterError, match="w02ae 300 200 nonsense"):
        load()


def test_any_error_of_a_library_names_the_file():
    told = "'x.npz' cannot be read as an archive, or is damaged: two lines"
    with pytest.raises(ParameterError, match=told), reading("x.npz", "an archive"):
        raise MemoryError("two\nlines")
    with pytest.raises(ParameterError, match="whole numbers"):
        whole_numbers("labels", [1.0, np.nan])
    assert whole_numbers("labels", [1.0, 2.0]).tolist() == [1, 2]
