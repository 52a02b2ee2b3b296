"""The explicit Runge-Kutta pair of order 8(5,3) of Dormand and Prince with dense output, as one compiled loop.

Coefficients, step control and interpolant are those of SciPy's ``DOP853`` (Hairer, Norsett, Wanner, Solving Ordinary
Differential Equations I, II.5 and II.6), with which tests compare it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.integrate import DOP853

from ....language.waveforms.shapes import FloatArray
from ...machine.lanes import fma
from ...machine.texts import routine
from .driven import Driven, begin, rates_at

STAGES, EXTENDED = 12, 16
A = np.zeros((EXTENDED, EXTENDED))
A[:STAGES, :STAGES] = DOP853.A
A[STAGES, :STAGES] = DOP853.B
A[STAGES + 1 :, :] = DOP853.A_EXTRA
C = np.concatenate([DOP853.C, [1.0], DOP853.C_EXTRA])
E3, E5, D = np.array(DOP853.E3), np.array(DOP853.E5), np.array(DOP853.D)
#: Terms of the interpolant.
TERMS = 3 + len(D)
SAFETY, SHRINK, GROW = 0.9, 0.2, 10.0

#: What a call of a loop ended with.
PAUSED, DONE, GAVE_UP = 0, 1, 2
#: Places in the numbers that a loop goes on from: time since the last corner, step, how many corners and reported times
#: it has passed, and whether the rates there are those of the last step.
TIME, STEP, CORNER, REPORTED, GOES_ON = 0, 1, 2, 3, 4


@routine
def norm(x: FloatArray, y: FloatArray, other: FloatArray, rtol: float, atol: float) -> float:
    """Root mean square of x in units of what is tolerated for states y and ``other``."""
    total = 0.0
    for k in range(len(x)):
        total += (x[k] / (atol + rtol * max(abs(y[k]), abs(other[k])))) ** 2
    return math.sqrt(total / len(x))


def shortest(time: float) -> float:
    """Shortest step from a time on that is more than its rounding."""
    return 10.0 * max(2.0**-52 * time, 5e-324)


def factor_of(size: float) -> float:
    """Factor by which a step changes whose error has a size, in units of what is tolerated."""
    return SAFETY / math.sqrt(math.sqrt(math.sqrt(size)))


@routine
def first_step(
    d: Driven, origin: float, end: float, y: FloatArray, f: FloatArray, rtol: float, atol: float, order: int
) -> float:
    """Step to begin with (Hairer, Norsett, Wanner, II.4), of a method whose error estimate has an order."""
    size, pace = norm(y, y, y, rtol, atol), norm(f, y, y, rtol, atol)
    h = 1e-6 if size < 1e-5 or pace < 1e-5 else 0.01 * size / pace
    h = min(h, end)
    trial, other = np.empty(len(y)), np.empty(len(y))
    for k in range(len(y)):
        trial[k] = y[k] + h * f[k]
    rates_at(d, origin, h, trial, other)
    for k in range(len(y)):
        other[k] -= f[k]
    bend = norm(other, y, y, rtol, atol) / h
    most = max(pace, bend)
    better = max(1e-6, h * 1e-3) if most <= 1e-15 else (0.01 / most) ** (1.0 / (order + 1))
    better = min(100 * h, better, end)
    return better if math.isfinite(better) else h


@routine
def onto_spheres(y: FloatArray, spheres: Any) -> None:
    """Return directions to their unit spheres."""
    for i in range(len(spheres)):
        square = 0.0
        for k in range(3):
            square += y[spheres[i, k]] ** 2
        for k in range(3):
            y[spheres[i, k]] /= math.sqrt(square)


def advance(s: int, h: Any, y: Any, slopes: Any, into: Any) -> None:
    """States at which stage s takes the rates.

    The last of the slopes, for which the others wait, comes last.
    """
    for k in range(len(y)):
        total = A[s, 0] * slopes[0, k]
        for i in range(1, s - 1):
            if A[s, i] != 0.0:
                total = fma(A[s, i], slopes[i, k], total)
        if s > 1:
            into[k] = fma(h * A[s, s - 1], slopes[s - 1, k], fma(h, total, y[k]))
        else:
            into[k] = fma(h, total, y[k])


def estimate(slopes: Any, third: Any, fifth: Any) -> None:
    """Errors of a step of one, of the embedded methods of the orders three and five."""
    for k in range(len(third)):
        total, other = E3[0] * slopes[0, k], E5[0] * slopes[0, k]
        for i in range(1, STAGES + 1):
            if E3[i] != 0.0:
                total = fma(E3[i], slopes[i, k], total)
            if E5[i] != 0.0:
                other = fma(E5[i], slopes[i, k], other)
        third[k], fifth[k] = total, other


@routine
def sample(
    d: Driven, origin: float, t: float, h: float, y: FloatArray, new: FloatArray, slopes: FloatArray,
    reported: FloatArray, first: int, last: int, samples: FloatArray, spheres: Any,
) -> None:  # fmt: skip
    """Interpolate the reported times within a step."""
    n = len(y)
    trial = np.empty(n)
    for s in range(STAGES + 1, EXTENDED):
        advance(s, h, y, slopes, trial)
        rates_at(d, origin, t + C[s] * h, trial, slopes[s])
    terms = np.empty((TERMS, n))
    for k in range(n):
        change = new[k] - y[k]
        terms[0, k], terms[1, k], terms[2, k] = (
            change,
            h * slopes[0, k] - change,
            2 * change - h * (slopes[STAGES, k] + slopes[0, k]),
        )
        for row in range(TERMS - 3):
            total = D[row, 0] * slopes[0, k]
            for i in range(1, EXTENDED):
                if D[row, i] != 0.0:
                    total = fma(D[row, i], slopes[i, k], total)
            terms[3 + row, k] = h * total
    for i in range(first, last):
        place = ((reported[i] - origin) - t) / h
        for k in range(n):
            value = 0.0
            for term in range(TERMS):
                value += terms[TERMS - 1 - term, k]
                value *= place if term % 2 == 0 else 1.0 - place
            samples[i, k] = y[k] + value
        onto_spheres(samples[i], spheres)


@routine
def march(
    d: Driven, y: FloatArray, carry: FloatArray, corners: FloatArray, reported: FloatArray, samples: FloatArray,
    spheres: Any, slopes: FloatArray, rtol: float, atol: float, max_step: float, most_steps: int,
) -> int:  # fmt: skip
    """Step from corner to corner of the drives and sample on the way; at most so many steps in one call.

    ``y``, ``carry`` and ``slopes`` are where it goes on. Each accepted step is returned to the spheres, from where a
    one-step method continues without loss of order (Hairer, Lubich, Wanner, Geometric Numerical Integration, IV.4); the
    rates there are those before: what they differ by is a step's part of its error.
    """
    n = len(y)
    trial = np.empty(n)
    errors, others = np.empty(n), np.empty(n)
    t, h = carry[TIME], carry[STEP]
    corner, done = int(carry[CORNER]), int(carry[REPORTED])
    fresh = carry[GOES_ON] == 0.0
    begin(d, corners[corner], t, y)
    for _ in range(most_steps):
        # Time counts from the last corner: there it has all its digits.
        origin = corners[corner]
        end = corners[corner + 1] - origin
        if fresh:
            rates_at(d, origin, t, y, slopes[0])
            fresh = False
            if h <= 0.0:
                h = first_step(d, origin, end - t, y, slopes[0], rtol, atol, 7)
        smallest = shortest(t)
        h = min(h, max_step)
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
            for s in range(1, STAGES + 1):
                advance(s, step, y, slopes, trial)
                rates_at(d, origin, t + C[s] * step, trial, slopes[s])
            estimate(slopes, errors, others)
            three = five = 0.0
            for k in range(n):
                scale = atol + rtol * max(abs(y[k]), abs(trial[k]))
                three, five = three + (errors[k] / scale) ** 2, five + (others[k] / scale) ** 2
                if not math.isfinite(trial[k]):
                    three = math.nan
            size = 0.0 if five == 0.0 and three == 0.0 else step * five / math.sqrt((five + 0.01 * three) * n)
            if size < 1.0:
                factor = GROW if size == 0.0 else min(GROW, factor_of(size))
                following = step * (min(1.0, factor) if rejected else factor)
                break
            # Not a number: the step left the realm of the equations.
            h = step * (max(SHRINK, factor_of(size)) if size == size else SHRINK)
            rejected = True
        reached = done
        while reached < len(reported) and reported[reached] - origin <= now:
            reached += 1
        if reached > done:
            sample(d, origin, t, step, y, trial, slopes, reported, done, reached, samples, spheres)
            done = reached
        t = now
        h = following
        for k in range(n):
            y[k], slopes[0, k] = trial[k], slopes[STAGES, k]
        if len(spheres):
            onto_spheres(y, spheres)
        if last_of_corner:
            # A corner changes the rates: the method begins anew there.
            corner, t, h, fresh = corner + 1, 0.0, 0.0, True
        carry[TIME], carry[STEP], carry[CORNER], carry[REPORTED] = t, h, corner, done
        carry[GOES_ON] = 0.0 if fresh else 1.0
        if corner + 1 == len(corners):
            return DONE
    return PAUSED
