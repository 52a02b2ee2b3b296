"""One point of a cell's bench that a deck of its own repeats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...circuits.engine.analyses import Analysis


@dataclass(frozen=True)
class Point:
    """The circuit around a cell at one point of its bench, and the figure that is measured there.

    Attributes
    ----------
    lines : sequence of str
        The bench's lines around the cell, its sources set for this point.
    analysis : Analysis
        The analysis.
    measure : Mapping
        What ``.meas`` does, by the name of the measured value; the last one is the figure.
    unit : str
        Unit of the figure.
    settings : Mapping
        Arguments with which the bench measures this point.
    figure : callable
        The figure in the bench's table.
    error : callable, optional
        Standard error of the figure in the bench's table, of one that chance moves from run to run.
    """

    lines: Sequence[str]
    analysis: Analysis
    measure: Mapping[str, str]
    unit: str
    settings: Mapping[str, Any]
    figure: Callable[[pd.DataFrame], float]
    error: Callable[[pd.DataFrame], float] | None = None

    @property
    def name(self) -> str:
        """Name of the figure."""
        return list(self.measure)[-1]
