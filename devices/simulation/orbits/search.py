"""Search for periodic orbits: from a trajectory that comes near one, or from another orbit. ``periodic_orbit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline

from ...core.base import DeviceModel
from ...core.protocols import Oscillation
from ...core.validity import warn_of_invalid
from ...core.vectors import initial_state
from ...language.checks import instance, positive, real
from ...language.errors import ParameterError, SimulationError
from ...language.waveforms import FloatArray
from ..request import Request
from ..stability import growth_beside
from ..trajectory import integrate
from .cycle import Cycle, Motion, closed
from .floquet import multipliers
from .orbit import PeriodicOrbit
from .periodic_functions import resampled

#: Times of the first guess, periods of a trajectory in which it is sought, and samples of it per period.
COUNT, PERIODS, SAMPLES = 33, 8, 64
#: First time of settling, in units of the suggested one, and how often it is doubled.
SOON, DOUBLINGS = 1 / 32, 10
#: How near, in units of its size, the trajectory must have come to an orbit, and to the same point after a period.
NEAR, RETURNED = 0.15, 0.3
#: Growth of a deviation, while it is watched, that is none.
HELD = 1e-5
#: Points of an orbit from which distances are measured.
FINE = 512
#: Relative difference of a decay from that of small deviations that shows that they are small.
LINEAR = 0.1
#: Oscillations smaller than this, in units of the states' scales, are none.
STILL = 1e-7


def periodic_orbit(
    device: DeviceModel,
    drive: float,
    *,
    source: str = "current",
    inputs: Mapping[str, float] | None = None,
    frequency: float | None = None,
    settling: float | None = None,
    near: PeriodicOrbit | None = None,
) -> PeriodicOrbit:
    r"""Find the limit cycle of a device under a constant drive.

    A trajectory from the initial state gives a guess; the orbit

    .. math::

        \dot x = f(x), \qquad x(t + T) = x(t)

    and its period T are then found by collocation with trigonometric functions and Newton's method, to nine digits.

    Parameters
    ----------
    device : DeviceModel
        The device.
    drive : float
        Constant current [A] or voltage [V] of the source.
    source : str
        Branch that is driven: ``voltage``, ``current``, or the name of another one.
    inputs : mapping, optional
        Constant values of inputs and voltages of other branches.
    frequency : float, optional
        About the frequency; default: the device's suggestion. [Hz]
    settling : float, optional
        Time in which a trajectory comes near the orbit; default: the device's suggestion. [s]
    near : PeriodicOrbit, optional
        An orbit at a drive nearby, taken for a guess instead of a trajectory; so unstable ones can be followed.

    Returns
    -------
    PeriodicOrbit
        The orbit.

    Warns
    -----
    ValidityWarning
        If the device leaves the range in which its model holds.

    Raises
    ------
    SimulationError
        If the trajectory comes near no orbit, as where it comes to rest, or there is none near the given one.
    ParameterError
        If a frequency or time of settling is needed and not given, or an argument makes no sense.

    References
    ----------
    A. Demir, A. Mehrotra, J. Roychowdhury, "Phase noise in oscillators", IEEE Trans. Circuits Syst. I 47, 655 (2000),
    doi:10.1109/81.847872.
    """
    instance("device", device, DeviceModel, "a device")
    value = real("drive", drive)
    if near is not None:
        instance("near", near, PeriodicOrbit)
        motion = Motion(Request.of(device, value, near.period, source, inputs))
        found = closed(motion, near._cycle)
        if found is None:
            raise SimulationError(f"{device.model_name()} has no periodic orbit near the given one")
        orbit = _orbit(motion, found)
        warn_of_invalid(device, orbit.table())  # a trajectory says so by itself
        return orbit
    if frequency is None or settling is None:
        if not device.suits(Oscillation):
            raise ParameterError(f"{device.model_name()} suggests no oscillation: give frequency and settling")
        suggested = device.protocol(Oscillation)
        frequency = suggested.frequency if frequency is None else frequency
        settling = suggested.settling if settling is None else settling
    pace = positive("frequency", frequency, "Hz")
    motion = Motion(Request.of(device, value, 1 / pace, source, inputs))
    positive("settling", settling, "s")
    states = np.array(initial_state(device), dtype=float)
    if not len(states):
        raise ParameterError(f"{device.model_name()} has no states that could oscillate")
    end = approached(motion, states, pace, settling)
    if isinstance(end, PeriodicOrbit):
        return end
    why = "it does not repeat itself" if end is None else "it comes to rest"
    raise SimulationError(f"{device.model_name()} comes near no periodic orbit: {why}")


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
    sizes, candidate = list[float](), None
    for doubling in range(DOUBLINGS):
        time = SOON * settling * 2.0 ** max(0, doubling - 1)
        trajectory = _end_of_trajectory(motion, states, time, pace)
        states = trajectory[-1] * motion.scales
        sizes.append(float(np.max(np.ptp(trajectory, axis=0))))
        rest = _rest(motion, trajectory, sizes, time + PERIODS / pace)
        if rest is not None:
            return rest
        if candidate is None or _away(candidate, trajectory[-1]) > NEAR:
            candidate = _beside(motion, trajectory, pace)
        if candidate is not None and _away(candidate, trajectory[-1]) <= NEAR:
            orbit = _orbit(motion, candidate)
            if orbit.stable:
                return orbit
    return None


def _orbit(motion: Motion, cycle: Cycle) -> PeriodicOrbit:
    found = multipliers(motion, cycle)
    trivial = int(np.argmin(np.abs(found - 1)))
    return PeriodicOrbit(motion.device, cycle.period, np.delete(found, trivial), motion, cycle)


def _rest(motion: Motion, trajectory: FloatArray, sizes: list[float], time: float) -> FloatArray | None:
    """The rest that a trajectory falls to: it stands still, decays as small deviations do there, or as at a threshold.

    ``sizes`` are those of the oscillation up to now, the last two of them a time apart.
    """
    if sizes[-1] < STILL:
        return np.asarray(trajectory[-1])
    if len(sizes) < 2 or sizes[-1] >= sizes[-2]:
        return None
    growth, found = growth_beside(motion.request, np.mean(trajectory, axis=0) * motion.scales)
    decays = growth < 0 and abs(np.log(sizes[-1] / sizes[-2]) / (time * growth) - 1) < LINEAR
    # At a threshold the oscillation falls with the root of the time: faster with each doubling. On the way to an orbit
    # it falls slower and slower.
    ratios = np.diff(np.log(sizes[-4:]))
    held = abs(growth) * time < HELD and len(ratios) == 3 and bool(np.all(np.diff(ratios) < 0))
    return found / motion.scales if decays or held else None


def _end_of_trajectory(motion: Motion, states: FloatArray, wait: float, pace: float) -> FloatArray:
    """Scaled states in the last periods of a trajectory that goes on for some time."""
    times = wait + np.arange(PERIODS * SAMPLES + 1) / (SAMPLES * pace)
    request = replace(motion.request, duration=float(times[-1]))
    table = integrate(
        request, points=None, times=times, method=None, rtol=1e-6, atol=1e-8, states=states, longest=0.25 / pace
    )
    return np.asarray(table[motion.names].to_numpy() / motion.scales)


def _beside(motion: Motion, trajectory: FloatArray, pace: float) -> Cycle | None:
    """The periodic orbit next to the last turn of a trajectory, if there is one."""
    lag = _return(trajectory)
    if lag is None:
        return None
    places = len(trajectory) - 1 - lag + lag * np.arange(COUNT) / COUNT
    guess = CubicSpline(np.arange(len(trajectory)), trajectory)(places)
    return closed(motion, Cycle(np.asarray(guess), lag / (SAMPLES * pace)))


def _away(cycle: Cycle, state: FloatArray) -> float:
    """Distance of a state from an orbit, in units of the orbit's size."""
    fine = resampled(cycle.states, FINE)
    size = np.max(np.ptp(fine, axis=0))
    return float(np.min(np.linalg.norm(fine - state, axis=1)) / size) if size > STILL else np.inf


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
