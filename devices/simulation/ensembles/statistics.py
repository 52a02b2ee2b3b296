"""Statistics of quantities over many trajectories, which can be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...language.errors import UnknownNameError
from ...language.waveforms import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Moments:
    """Count, mean, variance and extremes of a quantity at some times, and its histogram; two of them can be added.

    Attributes
    ----------
    count : int
        Number of trajectories.
    mean, squares : ndarray
        Mean over the trajectories at each time, and sum of the squared deviations from it.
    least, most : ndarray
        Extremes.
    histogram : ndarray
        Number of trajectories between the edges at each time, shape (times, edges - 1).
    """

    count: int
    mean: FloatArray
    squares: FloatArray
    least: FloatArray
    most: FloatArray
    histogram: np.ndarray

    @classmethod
    def of(cls, values: FloatArray, edges: FloatArray) -> Moments:
        """Moments of values of shape (trajectories, times)."""
        mean = values.mean(axis=0)
        counts = [np.histogram(column, edges)[0] for column in values.T] if len(edges) else np.empty((len(mean), 0))
        squares = ((values - mean) ** 2).sum(axis=0)
        return cls(len(values), mean, squares, values.min(axis=0), values.max(axis=0), np.asarray(counts, dtype=int))

    def __add__(self, other: Moments) -> Moments:
        # Chan, Golub, LeVeque: no difference of large numbers.
        count = self.count + other.count
        step = other.mean - self.mean
        return Moments(
            count,
            self.mean + step * (other.count / count),
            self.squares + other.squares + step**2 * (self.count * other.count / count),
            np.minimum(self.least, other.least),
            np.maximum(self.most, other.most),
            self.histogram + other.histogram,
        )


@dataclass(frozen=True)
class Statistics:
    """Statistics of quantities over an ensemble, at some times.

    Two that were made of different trajectories of the same ensemble can be added.

    Attributes
    ----------
    times : ndarray
        Times. [s]
    moments : dict of Moments
        For each quantity.
    edges : dict of ndarray
        Edges of the histograms' bins, in the quantities' units; none where no histogram was asked for.
    attrs : dict
        Units and provenance, as the tables have them.
    """

    times: FloatArray
    moments: Mapping[str, Moments]
    edges: Mapping[str, FloatArray]
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: Statistics) -> Statistics:
        return replace(self, moments={name: self.moments[name] + other.moments[name] for name in self.moments})

    def table(self) -> pd.DataFrame:
        """Columns ``time``, ``quantity``, ``count``, ``mean``, ``variance`` (unbiased), ``minimum``, ``maximum``."""
        import pandas as pd

        tables = [
            pd.DataFrame(
                {
                    "time": self.times,
                    "quantity": name,
                    "count": m.count,
                    "mean": m.mean,
                    "variance": m.squares / (m.count - 1) if m.count > 1 else np.nan,
                    "minimum": m.least,
                    "maximum": m.most,
                }
            )
            for name, m in self.moments.items()
        ]
        table = pd.concat(tables, ignore_index=True)
        table.attrs.update(self.attrs)
        return table

    def histogram(self, quantity: str) -> pd.DataFrame:
        """Columns ``time``, ``lower`` and ``upper`` edge and ``count`` of every bin of a quantity.

        Raises
        ------
        UnknownNameError
            If no histogram of the quantity was asked for.
        """
        import pandas as pd

        if not len(self.edges.get(quantity, ())):
            raise UnknownNameError("histogram", quantity, [name for name, edges in self.edges.items() if len(edges)])
        edges, counts = self.edges[quantity], self.moments[quantity].histogram
        bins = len(edges) - 1
        table = pd.DataFrame(
            {
                "time": np.repeat(self.times, bins),
                "lower": np.tile(edges[:-1], len(self.times)),
                "upper": np.tile(edges[1:], len(self.times)),
                "count": counts.ravel(),
            }
        )
        table.attrs.update(self.attrs)
        return table
