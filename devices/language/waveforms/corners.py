"""Corners of waveforms: the straight lines between them, and with which period they come again."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Repetition(NamedTuple):
    """With which period a waveform repeats itself, from when on [s]; that of a constant is infinite."""

    period: float
    start: float = 0.0


class Lines(NamedTuple):
    """Straight lines between points, constant before and after them, from a delay on and perhaps again and again."""

    times: Sequence[float]
    levels: Sequence[float]
    delay: float = 0.0
    period: float = math.inf


def interpolator(times: Sequence[float], levels: Sequence[float]) -> Callable[[float], float]:
    """Piecewise linear function of one time: NumPy's costs ten times as much for a single number."""
    t, v = list(map(float, times)), list(map(float, levels))

    def value(time: float) -> float:
        k = bisect_right(t, time)
        if k == 0:
            return v[0]
        if k == len(t):
            return v[-1]
        return v[k - 1] + (v[k] - v[k - 1]) * (time - t[k - 1]) / (t[k] - t[k - 1])

    return value


def within(times: ArrayLike, duration: float) -> NDArray[np.float64]:
    """Corners strictly between 0 and a duration [s], each once and in their order."""
    unique = np.unique(np.asarray(times, dtype=float))
    # Corners that differ by rounding are one, and one that is the end but for rounding is the end.
    rounding = 1e-13 * duration
    unique = unique[(unique > rounding) & (unique < duration - rounding)]
    return unique[np.diff(unique, prepend=0.0) > rounding]
