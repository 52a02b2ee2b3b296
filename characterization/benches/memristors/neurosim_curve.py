"""NeuroSim's curve of a synapse over the number of equal pulses: its shape, its label of nonlinearity, and its fit.

The formula and its source are in :mod:`.potentiation`.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar

from ....devices.language.waveforms.shapes import FloatArray

#: Curvature P_1/A beyond which a curve is a step.
MOST_CURVED = 500.0
#: Distance from the straight line of a curve whose label is 1: from NeuroSim's table.
LABEL_UNIT = 0.099


def curve(share: FloatArray, curvature: float) -> FloatArray:
    """The share of the range that the formula covers at a share of the pulses, for a curvature P_1/A."""
    if abs(curvature) < 1e-9:
        return np.asarray(share, dtype=float)
    return np.asarray(np.expm1(-curvature * share) / math.expm1(-curvature))


def nonlinearity(curvature: float) -> float:
    """NeuroSim's label of a curve with a curvature P_1/A; positive if the first pulses do most."""
    if abs(curvature) < 1e-4:
        return curvature / 8 / LABEL_UNIT
    covered = -math.expm1(-abs(curvature))
    steepness = covered / abs(curvature)  # of the straight line, in that of the curve's first pulse
    at = -math.log(steepness) / abs(curvature)
    return math.copysign(((1 - steepness) / covered - at) / LABEL_UNIT, curvature)


def fitted_curvature(shares: FloatArray, covered: FloatArray) -> float:
    """The curvature P_1/A with which the formula comes nearest to shares of the range, by least squares.

    Parameters
    ----------
    shares : ndarray
        Pulse numbers over the last one. [1]
    covered : ndarray
        Shares of the range that are covered. [1]
    """

    def misfit(scaled: float) -> float:
        return float(np.sum((curve(shares, math.sinh(scaled)) - covered) ** 2))

    most = math.asinh(MOST_CURVED)
    grid = np.linspace(-most, most, 201)
    best = int(np.argmin([misfit(float(one)) for one in grid]))
    ends = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    found = minimize_scalar(misfit, bounds=ends, method="bounded", options={"xatol": 1e-12})
    return math.sinh(float(found.x))
