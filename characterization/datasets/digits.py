"""Handwritten digits of 8 x 8 pixels: the test images of the UCI set, as scikit-learn ships them, or the user's files.

References
----------
E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998),
doi:10.24432/C50P49.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.optional import require
from ...devices.language.waveforms.shapes import FloatArray
from .finding import find_data, missing
from .reading import reading

#: Pixels along a side, levels of a pixel above 0, and classes.
SIDE, LEVELS, CLASSES = 8, 16, 10
#: Names of the original files: of a folder all of them count.
PATTERNS = ("optdigits.t*", "**/optdigits.t*")


@dataclass(frozen=True, eq=False)
class Digits:
    """Images and what they are of.

    Attributes
    ----------
    images : ndarray
        Pixels from 0 to 1, row by row, shape (images, 64).
    labels : ndarray
        The digits, shape (images,).
    source : str
        Where they come from.
    """

    images: FloatArray
    labels: NDArray[np.int64]
    source: str


def load_digits(folder: Path | None = None) -> Digits:
    """Digits of the user's folder, or those that come with scikit-learn.

    Parameters
    ----------
    folder : Path, optional
        Folder in which files ``optdigits.tra`` and ``optdigits.tes`` of the UCI repository may lie: 64 pixels from 0 to
        16 and the digit in each line, with commas between them. Where there are none, scikit-learn's are taken.

    Raises
    ------
    MissingDataError
        If there are no files, and scikit-learn is not installed.
    ParameterError
        If a file is not of that form.
    """
    found = find_data(folder, PATTERNS)
    if found:
        table = np.concatenate([_read(path) for path in found])
        return _digits(table[:, :-1], table[:, -1], ", ".join(path.name for path in found))
    try:
        datasets = require("sklearn.datasets", "the data set of digits", "systems")
    except MissingDependencyError as error:
        raise missing(
            "the set of handwritten digits",
            folder,
            f"{error}; or put optdigits.tra and optdigits.tes (UCI, doi:10.24432/C50P49) into a folder for --data.",
        ) from error
    bunch = datasets.load_digits()
    version = require("sklearn", "the data set of digits", "systems").__version__
    return _digits(bunch.data, bunch.target, f"scikit-learn {version}, the UCI set's test images")


def _read(path: Path) -> FloatArray:
    with reading(path, "a file of digits"):
        warnings.simplefilter("error")  # of a file without lines
        table = np.loadtxt(path, delimiter=",", ndmin=2)
    if table.shape[1] != SIDE**2 + 1:
        raise ParameterError(f"{str(path)!r} has {table.shape[1]} numbers in a line, and digits have {SIDE**2 + 1}")
    return table


def _digits(pixels: FloatArray, labels: FloatArray, source: str) -> Digits:
    good = np.all((pixels >= 0) & (pixels <= LEVELS)) and set(np.unique(labels)) <= set(range(CLASSES))
    if not good:
        raise ParameterError(
            f"pixels of digits are 0 to {LEVELS}, and digits 0 to {CLASSES - 1}: not those of {source}"
        )
    return Digits(np.asarray(pixels, dtype=float) / LEVELS, np.asarray(labels, dtype=np.int64), source)
