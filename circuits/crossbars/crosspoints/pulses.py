r"""Integration of many small autonomous systems at once, each with steps of its own.

The Rosenbrock pair of orders 2 and 3 of L. F. Shampine and M. W. Reichelt, "The MATLAB ODE Suite", SIAM J. Sci. Comput.
18, 1 (1997), doi:10.1137/S1064827594276424 (``ode23s``). It is L-stable: a state that has come to its bound, where its
rate falls to zero within a thin layer, costs no more than one on its way.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ....devices.language.errors import SimulationError
from ....devices.language.waveforms.shapes import FloatArray

#: Error per step in units of a state's scale, attempts, and the step of the differences that make the Jacobian.
STEP_TOLERANCE, MOST_ATTEMPTS, DIFFERENCE = 1e-7, 20_000, 1e-7

_D, _E32 = 1 / (2 + math.sqrt(2)), 6 + math.sqrt(2)

#: Rates of the states of some systems [unit/s], shape (states, chosen), given their states and which they are.
Rates = Callable[[FloatArray, np.ndarray], FloatArray]


def integrate(rates: Rates, start: FloatArray, durations: FloatArray, scales: FloatArray) -> FloatArray:
    """States of all systems after their durations.

    Parameters
    ----------
    rates : callable
        Rates of the states.
    start : ndarray
        States at the beginning, shape (states, systems).
    durations : ndarray
        Durations, shape (systems,). [s]
    scales : ndarray
        Scale of each state.

    Raises
    ------
    SimulationError
        If a step cannot be taken.
    """
    x, left = start.copy(), durations.astype(float)
    if not len(x):
        return x
    unit = scales[:, np.newaxis]
    step = left.copy()
    active = np.flatnonzero(left > 0)
    for _ in range(MOST_ATTEMPTS):
        if not len(active):
            return x
        h = np.minimum(step[active], left[active])
        new, error = _step(rates, x[:, active], active, h, unit)
        size = np.max(np.abs(error) / unit, axis=0) / STEP_TOLERANCE
        size = np.where(np.isfinite(size) & np.all(np.isfinite(new), axis=0), size, 1e6)
        good = size <= 1
        x[:, active[good]] = new[:, good]
        left[active[good]] -= h[good]
        left[active[good & (left[active] <= 1e-14 * durations[active])]] = 0.0
        step[active] = h * np.clip(0.8 * np.maximum(size, 1e-9) ** (-1 / 3), 0.1, 5.0)
        active = active[left[active] > 0]
    raise SimulationError(f"a pulse took more than {MOST_ATTEMPTS} steps")


def _step(
    rates: Rates, x: FloatArray, chosen: np.ndarray, h: FloatArray, unit: FloatArray
) -> tuple[FloatArray, FloatArray]:
    count = len(x)
    f0 = rates(x, chosen)
    jacobian = np.empty((x.shape[1], count, count))
    for k in range(count):
        # Towards the middle: at a bound the difference must not leave it.
        delta = np.where(x[k] > 0, -1.0, 1.0) * DIFFERENCE * unit[k]
        moved = x.copy()
        moved[k] += delta
        jacobian[:, :, k] = ((rates(moved, chosen) - f0) / delta).T
    matrix = np.eye(count) - (h * _D)[:, np.newaxis, np.newaxis] * jacobian

    def solve(b: FloatArray) -> FloatArray:
        if count == 1:
            return b / matrix[:, 0, 0]
        return np.asarray(np.linalg.solve(matrix, b.T[:, :, np.newaxis])[:, :, 0].T, dtype=np.float64)

    k1 = solve(f0)
    f1 = rates(x + 0.5 * h * k1, chosen)
    k2 = solve(f1 - k1) + k1
    new = x + h * k2
    k3 = solve(rates(new, chosen) - _E32 * (k2 - f1) - 2 * (k1 - f0))
    return new, h / 6 * (k1 - 2 * k2 + k3)
