"""Heun's scheme with a fixed step and without noise, as the kernels of ensembles have it: to see what it resolves."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....language.waveforms.shapes import FloatArray
from ...machine.texts import routine
from .driven import Driven, begin, rates_at


@routine
def fixed_steps(d: Driven, y: FloatArray, bounds: Any, reported: FloatArray, step: float, samples: Any) -> None:
    """Sample the states at the ends of the steps that come next to the reported times; ``y`` is where it begins."""
    n = len(y)
    first, second, trial = np.empty(n), np.empty(n), np.empty(n)
    place, k = 0, 0
    begin(d, 0.0, 0.0, y)
    while place < len(reported):
        while place < len(reported) and reported[place] <= (k + 0.5) * step:
            for i in range(n):
                samples[place, i] = y[i]
            place += 1
        rates_at(d, 0.0, k * step, y, first)
        for i in range(n):
            trial[i] = min(max(y[i] + step * first[i], bounds[i, 0]), bounds[i, 1])
        k += 1
        rates_at(d, 0.0, k * step, trial, second)
        for i in range(n):
            y[i] = min(max(y[i] + 0.5 * step * (first[i] + second[i]), bounds[i, 0]), bounds[i, 1])
