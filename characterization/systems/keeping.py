"""Finished parts of a system's study, kept in a folder each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...devices.language.checks import flag, instance
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..resumable import compute_pieces, describe


def check_study(
    device: Any,
    kind: type[CompactModel] | None = None,
    *,
    size: Any = None,
    sizes: type | None = None,
    data: Any = None,
    checkpoint: Any = None,
    progress: Any = False,
) -> None:
    """Refuse arguments of a study that are not what they should be, before any work is done.

    Parameters
    ----------
    device : object
        Must be a device, of a kind if one is given.
    kind : type, optional
        The kind.
    size : object
        Must be one of ``sizes``, if that is given.
    sizes : type, optional
        How much is computed.
    data, checkpoint : object
        Must be folders, or None.
    progress : object
        Must be a truth value.

    Raises
    ------
    ParameterError
        If one of them is not.
    """
    instance("device", device, CompactModel if kind is None else kind)
    if sizes is not None:
        instance("size", size, sizes, f"a {sizes.__module__.rpartition('.')[2]}.{sizes.__name__}")
    for name, folder in (("data", data), ("checkpoint", checkpoint)):
        if folder is not None:
            instance(name, folder, Path, "a folder (pathlib.Path)")
    flag("progress", progress)


@dataclass(frozen=True)
class Keeping:
    """Computes pieces of a study, and keeps them in a folder for each part.

    Attributes
    ----------
    device : CompactModel
        What the parts are computed of; parts of another one are not taken for these.
    folder : Path, optional
        Folder of the parts; default: nothing is kept.
    progress : bool
        Whether to show progress.
    """

    device: CompactModel
    folder: Path | None
    progress: bool

    def compute(self, function: Any, pieces: list[dict[str, Any]], name: str) -> list[dict[str, np.ndarray]]:
        """What a function gives for the arguments of each piece; those of an earlier run are read.

        Parameters
        ----------
        function : callable
            Takes the arguments of a piece, returns named numbers or arrays of numbers.
        pieces : list of dict
            Arguments of each piece.
        name : str
            Name of the part.
        """
        results = compute_pieces(
            function,
            pieces,
            description=describe(self.device, part=name, pieces=pieces),
            checkpoint=None if self.folder is None else self.folder / name,
            progress=name if self.progress else None,
        )
        return list(results)

    def rows(self, function: Any, pieces: list[dict[str, Any]], name: str) -> FloatArray:
        """The same for functions that return ``{"row": numbers}``: an array with a row for each piece."""
        return np.array([result["row"] for result in self.compute(function, pieces, name)])
