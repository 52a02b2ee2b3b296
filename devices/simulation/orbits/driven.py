r"""Periodic orbits of driven devices: states that come back after some periods of the drive.

The states after n periods are a map of those before, and an orbit is a fixed point of it,

.. math:: P(x) = x,

up to whole turns of states that are angles. Newton's method finds it by shooting: each value of the map is a
trajectory to tolerance, its derivatives are differences of trajectories from beside, and their eigenvalues are the
Floquet multipliers. So drives with corners, and states that rest at a bound for a while, are as good as smooth ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ...core.vectors import compiled, scales_of, tangent_of
from ...language.errors import ParameterError
from ...language.waveforms.corners import Repetition
from ...language.waveforms.shapes import FloatArray, Waveform
from ..request import Request
from ..trajectories.trajectory import solve
from .floquet import ComplexArray
from .winding import whole_turns

#: Tolerances of the trajectories, in units of the states and of their scales.
RTOL, ATOL = 1e-10, 1e-12
#: Step of the differences, in units of the states' scales.
DIFFERENCE = 1e-5
#: Newton's corrections, the size of one that is the last, and how well the states must come back.
CORRECTIONS, SETTLED, CLOSED = 40, 1e-8, 1e-8
#: Singular values below this belong to states that nothing brings back.
NEUTRAL = 1e-6
#: Largest correction, in units of the states' scales.
REACH = 0.1
#: Largest multiple of a period that is one of another drive.
MOST_PERIODS = 64
#: Relative difference of periods that are the same.
SAME = 1e-9


def common_period(waveforms: Iterable[Waveform]) -> Repetition | None:
    """The period of several drives together, and from when on [s]; None if all of them are constant.

    Raises
    ------
    ParameterError
        If one of them does not repeat itself, or they have no common period.
    """
    found = []
    for waveform in waveforms:
        repetition = waveform.repetition()
        if repetition is None:
            raise ParameterError(f"a {type(waveform).__name__} drive that does not repeat itself has no periodic orbit")
        if math.isfinite(repetition.period):
            found.append(repetition)
    if not found:
        return None
    start, longest = max(r.start for r in found), max(r.period for r in found)
    for count in range(1, MOST_PERIODS + 1):
        ratios = [count * longest / r.period for r in found]
        if all(abs(ratio - round(ratio)) <= SAME * ratio for ratio in ratios):
            return Repetition(count * longest, start)
    periods = ", ".join(f"{r.period:g} s" for r in found)
    raise ParameterError(f"the drives have no common period below {MOST_PERIODS} of the longest one: {periods}")


@dataclass(frozen=True)
class Closed:
    """A fixed point: scaled states at the beginning of a period, whole turns in it, and what deviations become."""

    states: FloatArray
    turns: FloatArray
    monodromy: FloatArray

    def multipliers(self, spheres: list[list[int]]) -> ComplexArray:
        """Floquet multipliers, on the tangents of spheres, in falling order of their moduli."""
        basis = tangent_of(self.states, spheres)
        found = np.asarray(np.linalg.eigvals(basis.T @ self.monodromy @ basis), dtype=complex)
        return np.asarray(found[np.argsort(-np.abs(found))])


class Strobe:
    """A driven device looked at once in some periods of its drive.

    Parameters
    ----------
    request : Request
        The device and its drives.
    begin, length : float
        When a period begins, and how long it is. [s]
    """

    def __init__(self, request: Request, begin: float, length: float) -> None:
        self.request = replace(request, duration=begin + length)
        self.begin, self.length = begin, length
        device, system = request.device, compiled(request.device).system
        self.scales = scales_of(device)
        declared = list(device.state_declarations().values())
        bounds = [state.bounds or (-math.inf, math.inf) for state in declared]
        self.low, self.high = np.array(bounds).reshape(-1, 2).T / self.scales
        self.spheres = [[system.states.index(symbol) for symbol in sphere] for sphere in system.spheres]
        #: A whole turn of each scaled state; infinite for those that are no angles.
        self.turn = whole_turns(request)

    def states(self, scaled: FloatArray, times: FloatArray) -> FloatArray:
        """Scaled states at times within the period, from states at its beginning."""
        found, _ = solve(self.request, times, rtol=RTOL, atol=ATOL, states=scaled * self.scales, begin=self.begin)
        return found / self.scales

    def after(self, scaled: FloatArray) -> FloatArray:
        """Scaled states after a period."""
        return np.asarray(self.states(scaled, np.array([self.begin + self.length]))[0])

    def later(self, scaled: FloatArray, count: int) -> FloatArray:
        """Scaled states after so many periods, to a looser tolerance."""
        end = self.begin + count * self.length
        request = replace(self.request, duration=end)
        found, _ = solve(request, np.array([end]), rtol=1e-6, atol=1e-8, states=scaled * self.scales, begin=self.begin)
        return np.asarray(found[0] / self.scales)

    def normal(self, scaled: FloatArray) -> FloatArray:
        """States within their bounds, with their directions on the spheres."""
        found = np.clip(scaled, self.low, self.high)
        for rows in self.spheres:
            found[rows] /= np.linalg.norm(found[rows])
        return np.asarray(found)

    def gap(self, before: FloatArray, after: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the states lack to have come back, but for whole turns, and how many those are."""
        turns = np.round((after - before) / self.turn)
        wound = np.zeros(len(turns))
        np.multiply(turns, self.turn, out=wound, where=turns != 0)
        return after - before - wound, turns

    def monodromy(self, scaled: FloatArray, basis: FloatArray) -> FloatArray:
        """Derivatives of the states after a period by those before, in directions given as columns of a basis."""
        columns = []
        for direction in basis.T:
            ends, moved = [], []
            for side in (1, -1):
                there = self.normal(scaled + side * DIFFERENCE * direction)
                moved.append(there)
                ends.append(self.after(there))
            way = float((moved[0] - moved[1]) @ direction)
            columns.append((ends[0] - ends[1]) / way)
        return np.array(columns).T

    def closed(self, guess: FloatArray) -> Closed | None:
        """The fixed point near a guess; None if Newton's method does not find it.

        Corrections are kept short: states that come back slowly lie on a curve, along which it is found.
        """
        x = self.normal(guess)
        gap, _ = self.gap(x, self.after(x))
        for _ in range(CORRECTIONS):
            basis = tangent_of(x, self.spheres)
            across = self.monodromy(x, basis)
            slopes = basis.T @ across - np.eye(basis.shape[1])
            if not np.all(np.isfinite(slopes)):
                return None
            change = np.linalg.pinv(slopes, rcond=NEUTRAL) @ -(basis.T @ gap)
            size = float(np.linalg.norm(change))
            x = self.normal(x + basis @ change * min(1.0, REACH / size if size > 0 else 1.0))
            gap, turns = self.gap(x, self.after(x))
            if size <= SETTLED:
                return Closed(x, turns, across @ basis.T) if np.max(np.abs(gap)) <= CLOSED else None
        return None
