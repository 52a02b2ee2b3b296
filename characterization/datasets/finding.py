"""Files of data sets in a folder of the user's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...devices.language.errors import ParameterError


class MissingDataError(ParameterError):
    """Data that a system needs are not where they were looked for; the message says what to get and where to put it."""


def find_data(folder: Path | None, patterns: Sequence[str]) -> list[Path]:
    """All files of the first pattern that has any.

    Parameters
    ----------
    folder : Path, optional
        Folder of the user's; None: nothing is found.
    patterns : sequence of str
        Patterns of names relative to the folder, as :meth:`pathlib.Path.glob` takes them, the preferred one first.

    Returns
    -------
    list of Path
        Files, sorted; empty where there are none.
    """
    if folder is None:
        return []
    for pattern in patterns:
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        if found:
            return found
    return []


def missing(name: str, folder: Path | None, get: str) -> MissingDataError:
    """The error of a data set that was not found.

    Parameters
    ----------
    name : str
        The data set.
    folder : Path, optional
        Where it was looked for.
    get : str
        A sentence: what to get, from where, and how its files are to be named.
    """
    where = "no folder of data was given (--data)" if folder is None else f"it is not in {str(folder)!r}"
    return MissingDataError(f"{name} is needed, and {where}. {get}")
