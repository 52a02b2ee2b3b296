"""Matrices of couplings as a network's kernel reads them, and how it interpolates in time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...language.waveforms.shapes import FloatArray
from ..machine.kinds import LANES


def blocks_of(count: int, block: int) -> int:
    """How many blocks so many devices take."""
    return -(-count // block)


def padded(values: Any, count: int, block: int) -> FloatArray:
    """One value for each device, or one for all, followed by zeros for the places of the last block that are empty."""
    found = np.zeros(blocks_of(count, block) * block)
    found[:count] = values
    return found


def tiles(matrix: FloatArray, block: int, *, single: bool) -> Any:
    """A dense matrix in the order in which it is read: rows of a block side by side, column after column."""
    count = len(matrix)
    number = blocks_of(count, block)
    kind = np.float32 if single else np.float64
    found = np.zeros((number, count, block), dtype=kind)
    for b in range(number):
        rows = matrix[b * block : (b + 1) * block]
        found[b, :, : len(rows)] = rows.T
    return found.reshape(number, count, block // LANES, LANES)


def arrays_of(form: str, matrix: Any, count: int, block: int) -> list[Any]:
    """The arguments of a kernel that hold a matrix of a form."""
    if form in ("dense", "single"):
        return [tiles(matrix, block, single=form == "single")]
    if form == "shared":
        gains, weights = matrix
        return [padded(gains, count, block), padded(weights, count, block)]
    rows = matrix.indptr.astype(np.int64)
    return [np.asarray(matrix.data, dtype=float), matrix.indices.astype(np.int32), rows]


def lagrange(places: FloatArray, at: float) -> FloatArray:
    """Weights of values at places, of the polynomial through them at another place."""
    weights = np.ones(len(places))
    for k, own in enumerate(places):
        for l, other in enumerate(places):  # noqa: E741
            if l != k:
                weights[k] *= (at - other) / (own - other)
    return weights


def interpolation(delay: float, points: int, times: tuple[float, ...]) -> tuple[FloatArray, Any]:
    """Weights and lags of the steps between which what a coupling gave is interpolated.

    The steps are counted back from the lag of the stage; shape of the weights (stages, points).

    Parameters
    ----------
    delay : float
        Delay, in steps.
    points : int
        Values that a polynomial goes through.
    times : tuple of float
        Times of the stages, in steps.
    """
    weights, lags = np.zeros((len(times), points)), np.zeros(len(times), dtype=np.int64)
    for stage, time in enumerate(times):
        place = time - delay
        # As many on either side, as far as they are there.
        newest = min(0, math.floor(place + 1e-9) + points // 2)
        lags[stage] = -newest
        weights[stage] = lagrange(newest - np.arange(points, dtype=float), place)
    return weights, lags
