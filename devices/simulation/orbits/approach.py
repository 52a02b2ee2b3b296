r"""Where a trajectory goes: to a stable periodic orbit, or to rest.

It is looked at in windows of some periods, at times that double. Near a rest whose small deviations grow at a rate
:math:`\lambda`, the size a of an oscillation follows

.. math::

    \dot a = \lambda a - \beta a^3, \qquad
    a^{-2}(t + \Delta) = e^{-2 \lambda \Delta} a^{-2}(t) + \beta\,\frac{1 - e^{-2 \lambda \Delta}}{\lambda}

as long as it is small (the normal form of a Hopf bifurcation: Y. A. Kuznetsov, Elements of Applied Bifurcation Theory,
Springer 2004, doi:10.1007/978-1-4757-3978-7, section 3.4). So a trajectory is seen to fall to the rest, or to go to the
orbit of size :math:`\sqrt{\lambda / \beta}`, long before it is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from ...language.errors import OutOfReachError, SimulationError
from ...language.waveforms.shapes import FloatArray
from ..trajectories.trajectory import solve
from .cycle import Cycle, Motion, closed
from .orbit import PeriodicOrbit, orbit_of
from .periodic_functions import resampled

#: Times of the first guess, periods of a window, and samples of it per period.
COUNT, PERIODS, SAMPLES = 33, 8, 64
#: First time of settling, in units of the suggested one, how often it is doubled, and how often at most where an
#: oscillation is seen to grow.
SOON, DOUBLINGS, MOST_DOUBLINGS = 1 / 32, 10, 14
#: How near, in units of its size, the trajectory must have come to an orbit, and to the same point after a period.
NEAR, RETURNED = 0.15, 0.3
#: First correction of a guess, in units of its size, that leads elsewhere.
ELSEWHERE = 0.75
#: Growth of a deviation, while it is watched, that is none, and one that can be measured.
HELD, SEEN = 1e-5, 0.02
#: Relative difference of a growth or decay from the expected one up to which it is that.
LINEAR = 0.1
#: Factor by which sizes may differ from that of the orbit to which the normal form says that they come.
FARTHEST = 4.0
#: Decay in units of that of small deviations up to which these are most of it.
MOSTLY = 3.0
#: Points of an orbit from which distances are measured.
FINE = 512
#: Oscillations smaller than this, in units of the states' scales, are none.
STILL = 1e-7
#: Steps in a period beyond which what moves is no orbit of about that period.
STEPS_PER_PERIOD = 1000
#: Parts of a window whose sizes are compared.
PARTS = 3


class Window(NamedTuple):
    """Some periods of a trajectory: scaled states (M, n), when they end [s], and the size of the oscillation."""

    states: FloatArray
    time: float
    size: float


def approached(motion: Motion, states: FloatArray, pace: float, settling: float) -> PeriodicOrbit | FloatArray | None:
    """Where a trajectory goes: to a stable orbit, or to rest in some scaled states; None if it is not seen.

    Parameters
    ----------
    motion : Motion
        The device, driven.
    states : ndarray
        Where the trajectory begins.
    pace : float
        About the frequency of the orbit. [Hz]
    settling : float
        About the time in which the trajectory settles; it is looked at much earlier, and much later. [s]
    """
    windows, at = list[Window](), 0.0
    orbit: PeriodicOrbit | None = None
    doubling, grows = 0, False
    while doubling < (MOST_DOUBLINGS if grows else DOUBLINGS):
        wait = SOON * settling * 2.0 ** max(0, doubling - 1)
        at += wait + PERIODS / pace
        windows.append(_window(motion, states, wait, at, pace))
        last = windows[-1]
        if last.size < STILL:
            return np.asarray(last.states[-1])
        states = last.states[-1] * motion.scales
        rest, growth = motion.rest_beside(np.mean(last.states, axis=0))
        if _falls_to(growth, windows, pace):
            return rest
        doubling += 1
        grows = _still_grows(growth, windows, pace)
        if grows:
            continue
        if orbit is None or not _goes_to(orbit, windows):
            found = _beside(motion, last.states, pace, _growth_left(growth, windows))
            orbit = None if found is None else orbit_of(motion, found)
        if orbit is not None and orbit.stable and _goes_to(orbit, windows):
            return orbit
    return None


def _window(motion: Motion, states: FloatArray, wait: float, end: float, pace: float) -> Window:
    """The last periods of a trajectory that goes on for some time."""
    times = wait + np.arange(PERIODS * SAMPLES + 1) / (SAMPLES * pace)
    request = replace(motion.request, duration=float(times[-1]))
    patience = STEPS_PER_PERIOD * pace * float(times[-1])
    try:
        found = solve(request, times, rtol=1e-6, atol=1e-8, states=states, longest=0.25 / pace, patience=patience)[0]
    except OutOfReachError:
        raise SimulationError(
            f"{motion.device.model_name()} moves much faster than at {pace:g} Hz, about which an orbit is sought: "
            "ask for another drive, or give its frequency and a time of settling"
        ) from None
    found /= motion.scales
    return Window(found, end, _size(found))


def _size(states: FloatArray) -> float:
    """Root mean square of the deviation from the mean, weighted so that the ends of a window are not felt."""
    weight = np.hanning(len(states) + 2)[1:-1, None]
    weight /= weight.sum()
    return float(np.sqrt(np.sum(weight * (states - np.sum(weight * states, axis=0)) ** 2)))


def _falls_to(growth: float, windows: list[Window], pace: float) -> bool:
    """Whether a trajectory falls to a rest: as small deviations do, by the normal form, or as at a threshold."""
    last, sizes = windows[-1], np.array([window.size for window in windows])
    parts = np.array([_size(part) for part in np.array_split(last.states, PARTS)])
    if not (np.all(np.diff(parts) < 0) and np.all(np.diff(sizes[-3:]) < 0)):
        return False
    expected = growth * PERIODS / (PARTS * pace)
    if expected < -SEEN and np.all(np.abs(np.diff(np.log(parts)) / expected - 1) < LINEAR):
        return True
    if len(windows) > 1:
        passed = growth * (last.time - windows[-2].time)
        if passed < -SEEN and abs(np.log(sizes[-1] / sizes[-2]) / passed - 1) < LINEAR:
            return True
    if len(windows) > 2 and growth < 0:
        first, second, third = windows[-3:]
        passed, fallen = third.time - second.time, np.log(third.size / second.size)
        if MOSTLY * growth * passed < fallen < -SEEN:
            goal = _goal(growth, first, second)
            expected = _later(goal, growth, second, passed)
            if expected > 0 and abs(-0.5 * np.log(expected * second.size**2) / fallen - 1) < LINEAR:
                return True
    # At a threshold the oscillation falls with the root of the time: faster with each doubling. On the way to an orbit
    # it falls slower and slower.
    ratios = np.diff(np.log(sizes[-4:]))
    return abs(growth) * last.time < HELD and len(ratios) == 3 and bool(np.all(np.diff(ratios) < 0))


def _still_grows(growth: float, windows: list[Window], pace: float) -> bool:
    """Whether an oscillation still grows as small deviations from the rest do: then it is near no orbit."""
    parts = [_size(part) for part in np.array_split(windows[-1].states, PARTS)]
    expected = growth * PERIODS / (PARTS * pace)
    if expected > SEEN:
        return bool(np.all(np.abs(np.diff(np.log(parts)) / expected - 1) < LINEAR))
    if len(windows) < 2:
        return False
    passed = growth * (windows[-1].time - windows[-2].time)
    return passed > SEEN and abs(np.log(windows[-1].size / windows[-2].size) / passed - 1) < LINEAR


def _goal(growth: float, before: Window, after: Window) -> float:
    r""":math:`\beta / \lambda`, the inverse square of the size at which an oscillation neither grows nor falls."""
    kept = np.exp(-2 * growth * (after.time - before.time))
    return float((after.size**-2 - kept * before.size**-2) / (1 - kept))


def _later(goal: float, growth: float, window: Window, passed: float) -> float:
    """Inverse square of the size some time after a window."""
    return float(goal + (window.size**-2 - goal) * np.exp(-2 * growth * passed))


def _growth_left(growth: float, windows: list[Window]) -> float:
    """By which factor an oscillation will still grow or fall, by the normal form; 1 if that cannot be told."""
    if len(windows) < 2 or not growth > 0:
        return 1.0
    goal = _goal(growth, *windows[-2:])
    factor = 1 / (np.sqrt(goal) * windows[-1].size) if goal > 0 else 1.0
    return float(factor) if 1 / FARTHEST < factor < FARTHEST else 1.0


def _goes_to(orbit: PeriodicOrbit, windows: list[Window]) -> bool:
    """Whether a trajectory is near an orbit, or its size comes to that of the orbit as the normal form says."""
    cycle, last = orbit.cycle, windows[-1]
    fine = resampled(cycle.states, FINE)
    extent = np.max(np.ptp(fine, axis=0))
    if extent <= STILL:
        return False
    if np.min(np.linalg.norm(fine - last.states[-1], axis=1)) <= NEAR * extent:
        return True
    if len(windows) < 2:
        return False
    size = np.sqrt(np.sum(np.var(cycle.states, axis=0)))
    before, after = ((size / window.size) ** 2 - 1 for window in windows[-2:])
    passed = orbit.relaxation_rate * (last.time - windows[-2].time)
    comes = 0 < after / before < 1 and FARTHEST**-2 - 1 < before < FARTHEST**2 - 1 and passed > SEEN
    return bool(comes and abs(np.log(before / after) / passed - 1) < LINEAR)


def _beside(motion: Motion, trajectory: FloatArray, pace: float, factor: float) -> Cycle | None:
    """The periodic orbit next to the last turn of a trajectory, made larger by a factor, if there is one."""
    lag = _return(trajectory)
    if lag is None:
        return None
    turn = trajectory[-min(len(trajectory), int(lag) + SAMPLES // 4) :]
    places = len(turn) - 1 - lag + lag * np.arange(COUNT) / COUNT
    guess = np.asarray(CubicSpline(np.arange(len(turn)), turn)(places))
    mean = guess.mean(axis=0)
    return closed(motion, Cycle(mean + factor * (guess - mean), lag / (SAMPLES * pace)), ELSEWHERE)


def _return(trajectory: FloatArray) -> float | None:
    """After how many samples a trajectory has come back to where it is at its end; None if it has not."""
    distance = np.linalg.norm(trajectory - trajectory[-1], axis=1)[::-1]
    size = np.max(distance)
    if size < STILL:
        return None
    inner = distance[1:-1]
    lowest = np.flatnonzero((inner < distance[:-2]) & (inner <= distance[2:])) + 1
    away = np.maximum.accumulate(distance)
    # It must have been away meanwhile.
    lowest = lowest[distance[lowest] < RETURNED * np.minimum(away[lowest], size)]
    if not len(lowest):
        return None
    best = distance[lowest].min()
    first = int(lowest[distance[lowest] <= max(3 * best, 0.05 * size)][0])
    before, at, after = distance[first - 1 : first + 2] ** 2
    bend = before - 2 * at + after
    return float(first + (0.5 * (before - after) / bend if bend > 0 else 0.0))
