"""Reading of files that may be damaged: whatever goes wrong in them is an error that names the file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...devices.language.errors import ParameterError, shown


@contextmanager
def reading(path: str | Path, what: str) -> Iterator[None]:
    """Turn every error in a block that reads a file into one that names it.

    Libraries raise all kinds of errors on damaged files: of structures, archives, types, names, even of memory.

    Parameters
    ----------
    path : str or Path
        The file.
    what : str
        What it should be, with its article.

    Raises
    ------
    ParameterError
        If the block raises an error or warns of a conversion.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            yield
    except ParameterError:
        raise
    except Exception as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise ParameterError(f"{str(path)!r} cannot be read as {what}, or is damaged: {told}") from None


def read_npz(path: Path, what: str) -> dict[str, NDArray[Any]]:
    """All arrays of an archive of NumPy's, which holds no objects.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should be, with its article.

    Raises
    ------
    ParameterError
        If it is none, or damaged.
    """
    # NumPy leaves files open that it opened and that are no archives.
    with reading(path, what), path.open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        if not isinstance(stored, np.lib.npyio.NpzFile):
            raise ValueError("it is a single array")
        with stored:
            return dict(stored)


def whole_numbers(name: str, values: Any) -> NDArray[np.int64]:
    """Values as whole numbers.

    Raises
    ------
    ParameterError
        If they are none.
    """
    found = np.asarray(values)
    if found.dtype.kind not in "iuf" or not np.all(np.isfinite(found)) or np.any(found != np.rint(found)):
        raise ParameterError(f"{name} must be whole numbers, not {shown(values)}")
    return found.astype(np.int64)
