"""Statistics of quantities over many trajectories, which can be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.metadata import Column, described_table
from ...language.errors import UnknownNameError
from ...language.waveforms.shapes import FloatArray

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
    units : dict
        Units of the quantities.
    attrs : dict
        Provenance, as the tables have it.
    """

    times: FloatArray
    moments: Mapping[str, Moments]
    edges: Mapping[str, FloatArray]
    units: Mapping[str, str] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: Statistics) -> Statistics:
        return replace(self, moments={name: self.moments[name] + other.moments[name] for name in self.moments})

    def table(self) -> pd.DataFrame:
        """Columns ``time``, ``quantity``, ``count``, ``mean``, ``variance`` (unbiased), ``minimum``, ``maximum``.

        ``attrs["quantity_units"]`` has the units of the quantities; those of the columns are empty if they differ.
        """
        every = self.moments.values()
        units = set(self.units.values())
        unit, square = (units.pop(), "") if len(units) == 1 else ("", "")
        if unit:
            square = "1" if unit == "1" else f"({unit})^2"
        variances = [m.squares / (m.count - 1) if m.count > 1 else np.full_like(m.mean, np.nan) for m in every]
        names, counts = list(self.moments), [m.count for m in every]
        columns: dict[str, Column] = {
            "time": (np.tile(self.times, len(names)), "s", "time"),
            "quantity": (np.repeat(np.array(names, dtype=object), len(self.times)), "", "quantity"),
            "count": (np.repeat(counts, len(self.times)), "1", "number of trajectories"),
            "mean": (np.concatenate([m.mean for m in every]), unit, "mean over the trajectories"),
            "variance": (np.concatenate(variances), square, "unbiased variance over the trajectories"),
            "minimum": (np.concatenate([m.least for m in every]), unit, "least of the trajectories"),
            "maximum": (np.concatenate([m.most for m in every]), unit, "greatest of the trajectories"),
        }
        return described_table(columns, quantity_units=dict(self.units), **self.attrs)

    def histogram(self, quantity: str) -> pd.DataFrame:
        """Columns ``time``, ``lower`` and ``upper`` edge and ``count`` of every bin of a quantity.

        Raises
        ------
        UnknownNameError
            If no histogram of the quantity was asked for.
        """
        if not len(self.edges.get(quantity, ())):
            raise UnknownNameError("histogram", quantity, [name for name, edges in self.edges.items() if len(edges)])
        edges, counts = self.edges[quantity], self.moments[quantity].histogram
        bins = len(edges) - 1
        unit = self.units[quantity]
        columns: dict[str, Column] = {
            "time": (np.repeat(self.times, bins), "s", "time"),
            "lower": (np.tile(edges[:-1], len(self.times)), unit, f"lower edge of the bin of {quantity}"),
            "upper": (np.tile(edges[1:], len(self.times)), unit, f"upper edge of the bin of {quantity}"),
            "count": (counts.ravel(), "1", "number of trajectories in the bin"),
        }
        return described_table(columns, **self.attrs, quantity=quantity)
