r"""The linearly implicit method Rodas5P, of order 5(4) with dense output, as one compiled loop: for stiff equations.

Each stage solves

.. math::

    \left(\frac{1}{\gamma h} - J\right) k_i
    = f\Big(t + c_i h, y + \sum_j a_{ij} k_j\Big) + \sum_j \frac{C_{ij}}{h} k_j + d_i h f_t

with the generated Jacobian J: no iterations, and no history that a kink of the drive would spoil. The method is stiffly
accurate and L-stable (G. Steinebach, BIT Numer. Math. 63, 27 (2023), doi:10.1007/s10543-023-00967-x; coefficients as in
OrdinaryDiffEq.jl).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....language.waveforms.shapes import FloatArray
from ...machine.texts import routine
from .driven import Driven, begin, evaluate, rates_at, set_drives
from .explicit import CORNER, DONE, GAVE_UP, PAUSED, REPORTED, SAFETY, SHRINK, STEP, TIME, first_step, norm, shortest

STAGES = 8
GAMMA = 0.21193756319429014
# fmt: off
_A: list[list[float]] = [
    [],
    [3.0],
    [2.849394379747939, 0.45842242204463923],
    [-6.954028509809101, 2.489845061869568, -10.358996098473584],
    [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
    [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946],
]
_COUPLING: list[list[float]] = [
    [],
    [-14.155112264123755],
    [-17.97296035885952, -2.859693295451294],
    [147.12150275711716, -1.41221402718213, 71.68940251302358],
    [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
    [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
    [30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
     -28.087943162872662],
    [37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
     -54.66780262877968, -9.48861652309627],
]
A, COUPLING = np.zeros((STAGES + 1, STAGES)), np.zeros((STAGES, STAGES))
for _row, (_a, _c) in enumerate(zip([*_A, _A[-1], _A[-1], _A[-1]], [*_COUPLING, []], strict=True)):
    A[_row, : len(_a)] = _a
    A[_row, len(_a) : _row] = 1.0  # the last stages begin where the one before ended
    if _row < STAGES:
        COUPLING[_row, : len(_c)] = _c
C = np.array([0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0])
D = np.array([GAMMA, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0.0, 0.0, 0.0])
H = np.array([
    [25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204,
     0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493],
    [-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796,
     20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372],
    [11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643,
     -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722],
])
# fmt: on
TABLES = (A, COUPLING, C, D, H)
GROW = 6.0
#: Part of a step over which the change of the rates with time is measured.
MOMENT = 1e-4


@routine
def jacobian_at(d: Driven, time: float, later: float, scaled: FloatArray, into: FloatArray) -> None:
    """d(rates)/d(scaled states), with the voltage's dependence on the states where the source imposes the current."""
    n, b = len(scaled), len(d.voltages)
    for k in range(n):
        d.states[k] = scaled[k] * d.scales[k]
    by_current = set_drives(d, time, later)
    evaluate(d.jacobian, d)
    for i in range(n):
        for k in range(n):
            into[i, k] = d.results[i * n + k]
    if by_current:
        by_voltage = np.empty(n)
        for i in range(n):
            by_voltage[i] = d.results[n * n + i * b + d.branch]
        evaluate(d.currents, d)
        slope = d.results[b + d.branch * b + d.branch]
        for i in range(n):
            for k in range(n):
                into[i, k] -= by_voltage[i] * d.results[b + b * b + d.branch * n + k] / slope
    for i in range(n):
        for k in range(n):
            into[i, k] *= d.scales[k] / d.scales[i]


@routine
def factorize(matrix: FloatArray, pivots: Any) -> None:
    """Replace a small matrix by its triangular factors, with row exchanges."""
    n = len(matrix)
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        pivots[k] = best
        if best != k:
            for j in range(n):
                matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        for i in range(k + 1, n):
            matrix[i, k] /= matrix[k, k]
            for j in range(k + 1, n):
                matrix[i, j] -= matrix[i, k] * matrix[k, j]


@routine
def substitute(factors: FloatArray, pivots: Any, x: FloatArray) -> None:
    """Solve with the factors, in place."""
    n = len(x)
    for k in range(n):
        x[k], x[pivots[k]] = x[pivots[k]], x[k]
    for i in range(n):
        for j in range(i):
            x[i] -= factors[i, j] * x[j]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= factors[i, j] * x[j]
        x[i] /= factors[i, i]


@routine
def march(
    d: Driven, y: FloatArray, carry: FloatArray, corners: FloatArray, reported: FloatArray, samples: FloatArray,
    steady: bool, bounds: FloatArray, rtol: float, atol: float, max_step: float, most_steps: int, a: FloatArray,
    coupling: FloatArray, c: FloatArray, weights: FloatArray, h_rows: FloatArray,
) -> int:  # fmt: skip
    """Step from corner to corner of the drives and sample on the way; at most so many steps in one call.

    ``y`` and ``carry`` are where it goes on; ``steady`` says that nothing changes with time between corners. ``bounds``
    has the lowest and the highest value of each state: a step that ends beyond, by its error, is put back. The
    equations see a state beyond a bound as one at the bound: nothing there would lead it back, nor tell the Jacobian
    what comes inside.
    """
    n = len(y)
    slopes, jacobian, factors = np.empty((STAGES, n)), np.empty((n, n)), np.empty((n, n))
    pivots = np.empty(n, dtype=np.int64)
    f, by_time, trial, new, at = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        by_time[k] = 0.0
    dense = np.empty((3, n))
    t, h = carry[TIME], carry[STEP]
    corner, done = int(carry[CORNER]), int(carry[REPORTED])
    begin(d, corners[corner], t, y)
    for _ in range(most_steps):
        # Time counts from the last corner: there it has all its digits.
        origin = corners[corner]
        end = corners[corner + 1] - origin
        rates_at(d, origin, t, y, f)
        if h <= 0.0:
            h = first_step(d, origin, end - t, y, f, rtol, atol, 4)
        jacobian_at(d, origin, t, y, jacobian)
        smallest = shortest(t)
        h = min(h, max_step)
        if not steady:
            moment = max(MOMENT * min(h, end - t), smallest)
            soon, later = t + moment, t + 2.0 * moment
            rates_at(d, origin, soon, y, trial)
            rates_at(d, origin, later, y, new)
            for k in range(n):
                by_time[k] = (4.0 * trial[k] - new[k] - 3.0 * f[k]) / (later - t)
        rejected = False
        while True:
            if not h >= smallest:
                if rejected:
                    carry[TIME] = t
                    return GAVE_UP
                h = smallest
            now = t + h
            last_of_corner = now >= end
            if last_of_corner:
                now = end
            step = now - t
            for i in range(n):
                for k in range(n):
                    factors[i, k] = -jacobian[i, k]
                factors[i, i] += 1.0 / (GAMMA * step)
            factorize(factors, pivots)
            for s in range(STAGES):
                for k in range(n):
                    total = y[k]
                    for i in range(s):
                        total += a[s, i] * slopes[i, k]
                    trial[k] = total
                rates_at(d, origin, t + c[s] * step, trial, at)
                for k in range(n):
                    total = 0.0
                    for i in range(s):
                        total += coupling[s, i] * slopes[i, k]
                    slopes[s, k] = at[k] + total / step + weights[s] * step * by_time[k]
                substitute(factors, pivots, slopes[s])
            for k in range(n):
                new[k] = trial[k] + slopes[STAGES - 1, k]
            size = norm(slopes[STAGES - 1], y, new, rtol, atol)
            for k in range(n):
                if not math.isfinite(new[k]):
                    size = math.nan
            if size < 1.0:
                factor = GROW if size == 0.0 else min(GROW, SAFETY * size ** (-1.0 / 5.0))
                following = step * (min(1.0, factor) if rejected else factor)
                break
            # Not a number: the step left the realm of the equations.
            h = step * (max(SHRINK, SAFETY * size ** (-1.0 / 5.0)) if size == size else SHRINK)
            rejected = True
        reached = done
        while reached < len(reported) and reported[reached] - origin <= now:
            reached += 1
        if reached > done:
            for row in range(3):
                for k in range(n):
                    total = 0.0
                    for i in range(STAGES):
                        total += h_rows[row, i] * slopes[i, k]
                    dense[row, k] = total
            for i in range(done, reached):
                place = ((reported[i] - origin) - t) / step
                rest = 1.0 - place
                for k in range(n):
                    inner = dense[0, k] + place * (dense[1, k] + place * dense[2, k])
                    samples[i, k] = rest * y[k] + place * (new[k] + rest * inner)
            done = reached
        t, h = now, following
        for k in range(n):
            y[k] = min(max(new[k], bounds[k, 0]), bounds[k, 1])
        if last_of_corner:
            # A corner changes the rates: the method begins anew there.
            corner, t, h = corner + 1, 0.0, 0.0
        carry[TIME], carry[STEP], carry[CORNER], carry[REPORTED] = t, h, corner, done
        if corner + 1 == len(corners):
            return DONE
    return PAUSED
