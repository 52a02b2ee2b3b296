"""Finished parts of a system's study, kept in a folder each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ..resumable import compute_pieces, describe


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
