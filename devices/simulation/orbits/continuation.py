r"""Periodic orbits followed over a constant drive, through folds, to where they end. ``follow_orbits``.

An orbit is the point y = (x, T, p) of its states, its period and its drive; orbits of one device lie on lines. From one
to the next it is gone by pseudo-arclength: with the tangent t of the line, the next point solves the equations of the
orbit and

.. math:: \langle t, y - y_0 \rangle = s

so that the drive may turn back, as it does at a fold, where a stable and an unstable orbit meet. The distance
:math:`\langle y, y \rangle` is that of the states over the first orbit's size, the period over the first one and the
drive over the range in which it is followed.

References
----------
H. B. Keller, "Numerical solution of bifurcation and nonlinear eigenvalue problems", in Applications of Bifurcation
Theory, ed. P. H. Rabinowitz, Academic Press 1977; Y. A. Kuznetsov, Elements of Applied Bifurcation Theory, Springer
2004, doi:10.1007/978-1-4757-3978-7, chapter 10.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq

from ...language.checks import instance, positive, real, whole
from ...language.errors import ParameterError, ValidityWarning, warn_user
from ...language.waveforms.shapes import DC, FloatArray
from ..numerics.small_matrices import one_thread
from .cycle import COUNTS, RESOLVED, Cycle, Motion, mismatch, spread
from .driven_orbit import DrivenOrbit
from .orbit import PeriodicOrbit, orbit_of
from .periodic_functions import differentiation, resampled, unresolved

#: Newton's corrections of a point, and the size of one that need not be made.
CORRECTIONS, SETTLED = 8, 1e-10
#: Least cosine of the angle between tangents of neighbours, and how much shorter or longer the next step is.
STRAIGHT, SHORTER, LONGER = 0.95, 0.5, 1.5
#: Corrections after which a step may be longer; smallest step, in units of the largest one.
FEW, SMALLEST = 4, 1e-5
#: Step of the difference by the drive, in units of its range.
DIFFERENCE = 1e-6
#: Size of an orbit, in units of the largest on the line, that is near its end at a rest.
SMALL = 0.03
#: A period goes to infinity that is so much longer than the first one, and changes so much more than the drive does,
#: both relatively. Where the orbit comes near a rest with a spiral, the drive turns back again and again on the way.
LONG, STUCK = 2.5, 1e-3

Ending = Literal["limit", "rest", "infinite period", "lost"]


class End(NamedTuple):
    """How a line of orbits ends, and at which drive [A or V].

    ``limit``: the drive is at the end of the range. ``rest``: the orbit shrinks to a rest, whose stability changes
    there (Hopf). ``infinite period``: the period grows without end, as where an orbit meets a rest. ``lost``: none was
    found beyond.
    """

    kind: Ending
    drive: float


@dataclass(frozen=True)
class OrbitBranch:
    """Orbits along a line, in the order in which they follow each other.

    Attributes
    ----------
    drives : ndarray
        Drive of each orbit. [A or V]
    orbits : tuple of PeriodicOrbit
        The orbits.
    ends : tuple of End
        How the line ends at its beginning and at its end.
    folds : ndarray
        Drives at which it turns back. [A or V]
    """

    drives: FloatArray
    orbits: tuple[PeriodicOrbit, ...]
    ends: tuple[End, End]
    folds: FloatArray


class _Point(NamedTuple):
    """An orbit on the line, the drive of it, and the tangent there: of the states, the period and the drive."""

    cycle: Cycle
    drive: float
    tangent: FloatArray
    corrections: int


def follow_orbits(
    orbit: PeriodicOrbit, lowest: float, highest: float, *, step: float = 0.1, most: int = 300
) -> OrbitBranch:
    """Follow a periodic orbit over its constant drive both ways, through folds, to where it ends.

    Parameters
    ----------
    orbit : PeriodicOrbit
        An orbit of the line, of :func:`periodic_orbit` at a constant drive.
    lowest, highest : float
        Range of drives [A or V], which holds that of the orbit.
    step : float
        Largest distance between neighbours: a change of the states by the orbit's size, of the period by itself, or of
        the drive by the range, is 1.
    most : int
        Largest number of orbits each way.

    Returns
    -------
    OrbitBranch
        Orbits, stable and unstable ones, how the line ends, and its folds.

    Warns
    -----
    ValidityWarning
        If some of the orbits leave the range in which the model holds.

    Raises
    ------
    ParameterError
        If the orbit is that of a periodic drive, its drive is not within the range, or an argument makes no sense.
    """
    instance("orbit", orbit, PeriodicOrbit)
    if isinstance(orbit, DrivenOrbit):
        raise ParameterError("only orbits under constant drives are followed, not one under a periodic drive")
    low, high = real("lowest", lowest), real("highest", highest)
    drive = float(orbit.motion.request.waveform(0.0))
    if not low < high or not low <= drive <= high:
        raise ParameterError(f"the range from {low:g} to {high:g} must hold the drive of the orbit, {drive:g}")
    line = _Line(orbit, low, high, positive("step", step), whole("most", most, 1))
    back, forth = line.follow(-1.0), line.follow(1.0)
    points = [*back.points[:0:-1], *forth.points]
    orbits = [orbit_of(line.motion(point.drive), point.cycle) for point in points]
    beyond = [point.drive for point, each in zip(points, orbits, strict=True) if not _holds(each)]
    if beyond:
        warn_user(
            f"{len(beyond)} of {len(orbits)} orbits leave the range in which the model of "
            f"{orbit.device.model_name()} holds, at drives from {min(beyond):.6g} to {max(beyond):.6g}",
            ValidityWarning,
        )
    return OrbitBranch(
        np.array([point.drive for point in points]),
        tuple(orbits),
        (back.end, forth.end),
        np.array([*back.folds[::-1], *forth.folds]),
    )


def _holds(orbit: PeriodicOrbit) -> bool:
    """Whether an orbit stays within the range of its model."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ValidityWarning)
        try:
            orbit.warn_of_invalid()
        except ValidityWarning:
            return False
    return True


class _Followed(NamedTuple):
    points: list[_Point]
    end: End
    folds: list[float]


class _Line:
    """A line of orbits."""

    def __init__(self, orbit: PeriodicOrbit, low: float, high: float, step: float, most: int) -> None:
        self.low, self.high, self.step, self.most = low, high, step, most
        self.request = orbit.motion.request
        self.first = orbit
        self.size, self.period, self.range = spread(orbit.cycle.states), orbit.period, high - low

    def motion(self, drive: float) -> Motion:
        """The device under a drive."""
        return Motion(replace(self.request, waveform=DC(drive)))

    @one_thread()
    def follow(self, sense: float) -> _Followed:
        """Points one way, how they end, and the drives of the folds between them."""
        points, folds = [self._begin(sense)], list[float]()
        largest, step = self.size, self.step
        for point in self._next(points, step):
            before = points[-1]
            if before.tangent[-1] * point.tangent[-1] < 0:
                folds.append(self._fold(before, point))
            if not self.low <= point.drive <= self.high:
                limit = self.low if point.drive < self.low else self.high
                points += self._at(before, point, limit)
                return _Followed(points, End("limit", limit), folds)
            size = spread(point.cycle.states)
            largest = max(largest, size)
            points.append(point)
            if size < SMALL * largest:
                return _Followed(points, End("rest", self._rest(before, point)), folds)
            slow = abs(point.tangent[-1]) / self.range < STUCK * abs(point.tangent[-2]) / self.period
            if point.cycle.period > LONG * self.period and (slow or unresolved(point.cycle.states) > RESOLVED):
                return _Followed(points, End("infinite period", point.drive), folds)
            if len(points) > self.most:
                break
        return _Followed(points, End("lost", points[-1].drive), folds)

    def _next(self, points: list[_Point], step: float) -> Iterator[_Point]:
        """Points after the last of some that the caller appends, with steps as long as the line allows."""
        while True:
            found = self._stepped(points[-1], step)
            straight = found is not None and self._dot(found.tangent, self._like(points[-1], found)) > STRAIGHT
            # an orbit that goes through a rest comes out on its other side
            if found is None or not straight or self._turned(points[-1].cycle, found.cycle):
                step *= SHORTER
                if step < SMALLEST * self.step:
                    return
                continue
            yield found
            if found.corrections <= FEW:
                step = min(step * LONGER, self.step)

    def _begin(self, sense: float) -> _Point:
        cycle, drive = self.first.cycle, float(self.request.waveform(0.0))
        n = cycle.states.size
        guess = np.zeros(n + 2)
        guess[-1] = sense * self.range
        return _Point(cycle, drive, self._tangent(cycle, drive, guess), 0)

    def _weights(self, count: int) -> FloatArray:
        """Weights of the squares of a point's numbers."""
        states = np.full(count, 1 / (count * self.size**2)) * self.first.cycle.states.shape[1]
        return np.concatenate([states, [1 / self.period**2, 1 / self.range**2]])

    def _dot(self, one: FloatArray, other: FloatArray) -> float:
        return float(np.sum(self._weights(len(one) - 2) * one * other))

    def _like(self, point: _Point, other: _Point) -> FloatArray:
        """A point's tangent at as many times as another has."""
        return self._resampled(point.tangent, len(other.cycle.states))

    def _resampled(self, tangent: FloatArray, count: int) -> FloatArray:
        n = self.first.cycle.states.shape[1]
        states = resampled(tangent[:-2].reshape(-1, n), count)
        return np.concatenate([states.ravel(), tangent[-2:]])

    def _turned(self, before: Cycle, after: Cycle) -> bool:
        """Whether the deviations from the mean have changed their sense."""
        one = resampled(before.states, len(after.states))
        return float(np.sum((one - one.mean(axis=0)) * (after.states - after.states.mean(axis=0)))) < 0

    def _bordered(self, cycle: Cycle, drive: float, along: FloatArray, tangent: FloatArray) -> FloatArray | None:
        """Matrix of the equations of the next point, with the residual of the orbit's in its last column."""
        motion, n = self.motion(drive), cycle.states.size
        residual, by_states, by_period = mismatch(motion, cycle.states, cycle.period)
        h = DIFFERENCE * self.range
        change = (self.motion(drive + h).rates(cycle.states) - self.motion(drive - h).rates(cycle.states)) / (2 * h)
        matrix = np.zeros((n + 2, n + 3))
        matrix[:n, :n], matrix[:n, n], matrix[:n, n + 1] = by_states, by_period, -cycle.period * change.ravel()
        matrix[n, :n] = along.ravel()
        matrix[n + 1, : n + 2] = self._weights(n) * tangent
        matrix[:n, n + 2] = residual
        return matrix if np.all(np.isfinite(matrix)) else None

    def _tangent(self, cycle: Cycle, drive: float, guess: FloatArray) -> FloatArray:
        """The tangent at a point, in the sense of a guess."""
        along = differentiation(len(cycle.states)) @ cycle.states
        matrix = self._bordered(cycle, drive, along, guess)
        if matrix is None:
            return guess
        aim = np.zeros(len(guess))
        aim[-1] = 1.0
        found: FloatArray = np.linalg.solve(matrix[:, :-1], aim).astype(float)
        return found / float(np.sqrt(self._dot(found, found)))

    def _stepped(self, point: _Point, step: float) -> _Point | None:
        """The point at a distance along the tangent of another one; None if it is not found."""
        cycle, tangent = point.cycle, point.tangent
        while (found := self._corrected(cycle, point.drive, tangent, step)) is not None:
            count = len(found.cycle.states)
            finer = next((each for each in COUNTS if each > count), None)
            if finer is None or unresolved(found.cycle.states) <= RESOLVED:
                return found
            cycle = Cycle(resampled(cycle.states, finer), cycle.period)
            tangent = self._resampled(tangent, finer)
        return None

    def _corrected(self, start: Cycle, drive: float, tangent: FloatArray, step: float) -> _Point | None:
        shape, n = start.states.shape, start.states.size
        y = np.concatenate([start.states.ravel(), [start.period, drive]]) + step * tangent
        first = y.copy()
        along = differentiation(shape[0]) @ start.states
        scales = 1 / np.sqrt(self._weights(n))
        for number in range(CORRECTIONS):
            cycle = Cycle(y[:n].reshape(shape), float(y[n]))
            matrix = self._bordered(cycle, float(y[-1]), along, tangent)
            if matrix is None:
                return None
            residual = matrix[:, -1].copy()
            residual[n] = float(np.sum((cycle.states - start.states) * along))
            residual[n + 1] = self._dot(tangent, y - first)
            try:
                change = np.linalg.solve(matrix[:, :-1], -residual)
            except np.linalg.LinAlgError:
                return None
            y = y + change
            largest = float(np.max(np.abs(change) / scales) * np.sqrt(1 / n))
            largest = max(largest, abs(change[n]) / self.period, abs(change[-1]) / self.range)
            if not y[n] > 0 or not largest < 1:
                return None
            if largest < SETTLED:
                states = self.motion(float(y[-1])).normal(y[:n].reshape(shape))
                done = Cycle(states, float(y[n]))
                return _Point(done, float(y[-1]), self._tangent(done, float(y[-1]), tangent), number + 1)
        return None

    def _between(self, before: _Point, after: _Point, value: Callable[[_Point], float]) -> _Point | None:
        """The point between two where something changes its sign; None if it is not found."""
        longest = self._reach(before, after)

        def at(step: float) -> _Point:
            point = before if step == 0 else self._stepped(before, step)
            if point is None:
                raise ArithmeticError("no orbit between two")
            return point

        try:
            step = brentq(lambda step: value(at(step)), 0.0, longest, xtol=1e-9 * longest, rtol=1e-10)
            return at(float(step))
        except (ArithmeticError, ValueError):
            return None

    def _reach(self, before: _Point, after: _Point) -> float:
        """Distance of two points along the tangent of the first."""
        ends = [
            np.concatenate([point.cycle.states.ravel(), [point.cycle.period, point.drive]]) for point in (before, after)
        ]
        way: FloatArray = ends[1] - self._resampled(ends[0], len(after.cycle.states))
        return self._dot(self._like(before, after), way)

    def _fold(self, before: _Point, after: _Point) -> float:
        """Drive at which the line turns back between two points."""
        found = self._between(before, after, lambda point: float(point.tangent[-1]))
        return (before if found is None else found).drive

    def _at(self, before: _Point, after: _Point, limit: float) -> list[_Point]:
        """The point of a drive between two."""
        found = self._between(before, after, lambda point: point.drive - limit)
        return [] if found is None else [found]

    def _rest(self, before: _Point, last: _Point) -> float:
        """Drive at which the orbit has shrunk to a rest: where deviations from that neither grow nor fall."""
        squares = [spread(point.cycle.states) ** 2 for point in (before, last)]
        slope = (last.drive - before.drive) / (squares[1] - squares[0])
        ended = last.drive - slope * squares[1]  # drives differ by the square of the size

        def growth(drive: float) -> float:
            return self.motion(drive).rest_beside(last.cycle.states.mean(axis=0))[1] * self.period

        away = abs(slope * squares[1])
        try:
            return float(brentq(growth, ended - 2 * away, ended + 2 * away, xtol=1e-12 * abs(ended), rtol=1e-12))
        except ValueError:  # there is no rest, or it does not change its stability there
            return float(ended)
