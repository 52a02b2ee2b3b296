r"""Jumps of a device between its two states over any length of time, and the probability of a state.

Under a constant drive the times in a state are drawn from the exponential distribution with its mean, one after the
other: there is no step, and no error of one. Under a drive that changes, the time of the next jump is that at which the
integrated hazard reaches a number of the exponential distribution of mean one,

.. math:: \int_{t_0}^{t} \Gamma(x(t'))\, dt' = E

with :math:`\ln\Gamma` linear between times that are so close that it changes little from one to the next, for which the
integral is elementary. The probability of the first state goes from one such time to the next by

.. math:: p(t + h) = \bar p + [p(t) - \bar p]\, e^{-(\bar\Gamma_1 + \bar\Gamma_2) h}, \qquad
    \bar p = \frac{\bar\Gamma_2}{\bar\Gamma_1 + \bar\Gamma_2}

with the means :math:`\bar\Gamma` over the interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, known, positive, real, whole
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import DC, Drive, FloatArray, as_waveform
from .two_states import TwoStateThermal

#: Largest change of a rate's logarithm between two times, the times that are begun with between two corners, and most
#: of all.
CHANGE, BEGIN, MOST_TIMES = 0.1, 32, 4_000_000
#: Most jumps under a drive that changes, which are drawn one by one.
MOST_JUMPS = 1_000_000
#: Memory of a jump while it is drawn. [byte]
JUMP = 48
#: Probability of a state that a sweep must have taken away where the range of two states ends.
LEFT = 0.01


@dataclass(frozen=True)
class Telegraph:
    """A device that jumps between two states.

    Attributes
    ----------
    states : tuple of str
        Names of the two states.
    start : str
        The state at time 0.
    jumps : ndarray
        Times of the jumps, rising. [s]
    duration : float
        Length of the trace. [s]
    """

    states: tuple[str, str]
    start: str
    jumps: FloatArray
    duration: float

    def in_first(self, times: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether the device is in the first state at times [s]."""
        number = np.searchsorted(self.jumps, reals("times", times, "s", dimensions=None, empty=True), side="right")
        return np.asarray((number % 2 == 0) == (self.start == self.states[0]))

    def dwells(self, state: str) -> FloatArray:
        """Times spent in a state, without the first and the last one, which are cut [s]."""
        known("state", state, self.states)
        lengths = np.diff(self.jumps)
        # After the first jump the device is in the other state than at the beginning.
        return np.asarray(lengths[1::2] if state == self.start else lengths[::2])

    def share(self) -> float:
        """Part of the time that was spent in the first state."""
        edges = np.concatenate([[0.0], self.jumps, [self.duration]])
        there = np.diff(edges)[0 if self.start == self.states[0] else 1 :: 2]
        return float(np.sum(there) / self.duration)


@dataclass(frozen=True)
class Hazards:
    """Rates out of the two states along a drive.

    Attributes
    ----------
    times : ndarray
        Times, rising from 0 to the end. [s]
    drive : ndarray
        The drive at these times.
    logarithms : ndarray, shape (2, times)
        Logarithm of the rates in 1/s.
    integrals : ndarray, shape (2, intervals)
        Integrals of the rates over each interval.
    """

    times: FloatArray
    drive: FloatArray
    logarithms: FloatArray
    integrals: FloatArray

    @classmethod
    def of(cls, model: TwoStateThermal, drive: Drive, duration: float) -> Hazards:
        """Rates along a drive, at times that are close enough.

        Parameters
        ----------
        model : TwoStateThermal
            The device.
        drive : float, array_like or Waveform
            The drive over time, in its unit.
        duration : float
            Its length. [s]

        Raises
        ------
        ParameterError
            If the drive goes beyond the range in which there are two states, or begins there, before the state that
            ends has been left: it is too fast, and the trajectories of the magnet are to be followed instead.
        """
        length = positive("the duration", duration, "s")
        waveform = as_waveform(drive, length, model.wells.quantity)
        corners = np.unique(np.concatenate([[0.0], waveform.breakpoints(length), [length]]))
        longest = waveform.max_step()
        parts = max(BEGIN, math.ceil(length / longest / (len(corners) - 1)) if math.isfinite(longest) else BEGIN)
        while True:
            if parts * (len(corners) - 1) > MOST_TIMES:
                raise ParameterError(
                    f"the drive changes the rates so much that it takes more than {MOST_TIMES:g} times: ask for less"
                )
            fine = np.linspace(corners[:-1], corners[1:], parts, endpoint=False).T.ravel()
            times = np.append(fine, length)
            values = np.asarray(waveform(times), dtype=float)
            logarithms = -np.log(model.dwell_times(values, clip=True))
            if np.max(np.abs(np.diff(logarithms, axis=1)), initial=0.0) <= CHANGE:
                break
            parts *= 2
        found = cls(times, values, logarithms, log_linear_integrals(times, logarithms))
        found.check(model)
        return found

    def check(self, model: TwoStateThermal) -> None:
        """Refuse a drive that leaves the range of two states before the state that goes has been left."""
        for side, outside in enumerate((self.drive < model.range[0], self.drive > model.range[1])):
            if not np.any(outside):
                continue
            end = model.range[side]
            state = int(np.argmin(model.dwell_times(end)))
            begins = np.flatnonzero(outside & ~np.concatenate([[False], outside[:-1]]))
            for index in begins:
                # From where the drive was last such that the state was as stable as the other one.
                level = self.logarithms[state] - self.logarithms[1 - state]
                balanced = np.flatnonzero(level[:index] <= 0)
                since = balanced[-1] if len(balanced) else 0
                hazard = float(self.integrals[state, since:index].sum())
                if index and math.exp(-hazard) <= LEFT:
                    continue
                unit, device, name = model.wells.unit, model.wells.device, model.states[state]
                left = math.exp(-hazard) if index else 1.0
                if model.wells.method == "closed-form":
                    raise ParameterError(
                        f"the drive goes beyond {end:.4g} {unit}, up to which the closed form of the rates of "
                        f"{device!r} holds, and the state {name!r} is still there with probability {left:.2g}: drive "
                        "it less, or follow its trajectories instead (device.simulate or device.ensemble)"
                    )
                raise ParameterError(
                    f"the drive is too fast for the two-state mode: where the two states of {device!r} end, at "
                    f"{end:.4g} {unit}, the state {name!r} is still there with probability {left:.2g}, and how it is "
                    "left is a matter of the magnet's motion; follow its trajectories instead (device.simulate or "
                    "device.ensemble), or sweep more slowly"
                )

    def probabilities(self, first: float) -> FloatArray:
        """Probability of the first state at the times, from its value at the beginning."""
        out, back = self.integrals
        total = out + back
        rest = back / total
        kept = np.exp(-total)
        found = np.empty(len(self.times))
        found[0] = now = first
        for k, (level, share) in enumerate(zip(rest.tolist(), kept.tolist(), strict=True), start=1):
            found[k] = now = level + (now - level) * share
        return found


def log_linear_integrals(times: FloatArray, logarithms: FloatArray) -> FloatArray:
    """Integrals of functions whose logarithms are linear between times: h (b - a) / ln(b / a)."""
    rise = np.diff(logarithms, axis=1)
    small = np.abs(rise) < 1e-6
    growth = np.where(small, 1 + 0.5 * rise, np.expm1(rise) / np.where(small, 1.0, rise))
    return np.asarray(np.exp(logarithms[:, :-1]) * np.diff(times) * growth)


def telegraph_trace(
    model: TwoStateThermal,
    drive: Drive,
    duration: float,
    *,
    start: str | None = None,
    seed: int | None = None,
) -> Telegraph:
    """Draw the jumps of a device between its two states.

    Parameters
    ----------
    model : TwoStateThermal
        The device.
    drive : float, array_like or Waveform
        The drive over time, in its unit: constant, or slow.
    duration : float
        Length of the trace. [s]
    start : str, optional
        The state at time 0; default: drawn from the stationary probabilities of the drive then.
    seed : int, optional
        Seed of the random numbers; default: a random one.

    Returns
    -------
    Telegraph
        The state at time 0, and the times of the jumps. [s]

    Raises
    ------
    ParameterError
        If there are no two states under the drive, it is too fast (:meth:`Hazards.of`), there would be more jumps than
        memory, or a value makes no sense.
    UnknownNameError
        If there is no such state.
    """
    instance("the model", model, TwoStateThermal, "a TwoStateThermal")
    length = positive("the duration", duration, "s")
    generator = np.random.default_rng(None if seed is None else whole("seed", seed, 0, 2**64 - 1))
    waveform = as_waveform(drive, length, model.wells.quantity)
    times = model.dwell_times(float(waveform(0.0)), clip=not isinstance(waveform, DC))
    if start is None:
        first = bool(generator.random() < times[0] / times.sum())
    else:
        first = known("state", start, model.states) == model.states[0]
    begins = model.states[0 if first else 1]
    if isinstance(waveform, DC):
        return Telegraph(model.states, begins, _constant(times if first else times[::-1], length, generator), length)
    hazards = Hazards.of(model, waveform, length)
    return Telegraph(model.states, begins, _driven(hazards, first, generator), length)


def _constant(times: FloatArray, length: float, generator: np.random.Generator) -> FloatArray:
    """Times of the jumps under a constant drive, the first out of the first of two mean times [s]."""
    expected = 2 * length / float(times.sum())
    require_memory(expected + 10 * math.sqrt(expected) + 2, "jumps", JUMP)
    parts, now = [], 0.0
    while now <= length:
        pairs = 16 + int(0.5 * 1.1 * expected * (1 - now / length))
        jumps = now + np.cumsum((generator.standard_exponential((pairs, 2)) * times).ravel())
        parts.append(jumps)
        now = float(jumps[-1])
    jumps = np.concatenate(parts)
    return np.asarray(jumps[jumps <= length])


def _driven(hazards: Hazards, first: bool, generator: np.random.Generator) -> FloatArray:
    """Times of the jumps along a drive.

    Hazards are added up from the last jump on, not from the beginning: where a state is left at once they grow so large
    that the small ones of later times would be lost in their rounding.
    """
    require_memory(len(hazards.times), "times of the drive", 8 * JUMP)
    widths = np.diff(hazards.times)
    rise = np.diff(hazards.logarithms, axis=1) / widths
    jumps: list[float] = []
    state, k, now = 0 if first else 1, 0, 0.0
    while True:
        goal = float(generator.standard_exponential())
        # What is left of the interval of the last jump.
        here = now - float(hazards.times[k])
        rate = float(hazards.logarithms[state, k] + rise[state, k] * here)
        left = max(0.0, float(hazards.integrals[state, k]) - _spent(here, hazards.logarithms[state, k], rise[state, k]))
        if goal < left:
            now = min(now + _within(goal, rate, rise[state, k]), float(hazards.times[k + 1]))
        else:
            k, goal = _interval(hazards.integrals[state], k + 1, goal - left)
            if k == len(widths):
                return np.array(jumps)
            now = float(hazards.times[k]) + _within(goal, hazards.logarithms[state, k], rise[state, k])
            now = min(now, float(hazards.times[k + 1]))
        jumps.append(now)
        if len(jumps) > MOST_JUMPS:
            raise ParameterError(
                f"the device jumps more than {MOST_JUMPS:g} times under the drive: ask for less time, or for the "
                "probability of its states (state_probability)"
            )
        state = 1 - state


def _interval(integrals: FloatArray, begin: int, goal: float) -> tuple[int, float]:
    """The interval in which the hazard from one on reaches a goal, and what is left of the goal there."""
    size = 64
    while begin < len(integrals):
        sums = np.cumsum(integrals[begin : begin + size])
        if goal < sums[-1]:
            k = int(np.searchsorted(sums, goal, side="right"))
            return begin + k, goal - (float(sums[k - 1]) if k else 0.0)
        goal -= float(sums[-1])
        begin += size
        size *= 2
    return len(integrals), goal


def _spent(time: float, logarithm: float, slope: float) -> float:
    """Integrated hazard of a rate that grows by a slope [1/s] of its logarithm, over a time [s]."""
    rate = math.exp(logarithm)
    return rate * (math.expm1(slope * time) / slope if slope else time)


def _within(hazard: float, logarithm: float, slope: float) -> float:
    """Time in which a rate that grows by a slope [1/s] of its logarithm reaches an integrated hazard [s]."""
    rate = math.exp(logarithm)
    share = slope * hazard / rate
    return hazard / rate if abs(share) < 1e-9 else math.log1p(share) / slope


def state_probability(
    model: TwoStateThermal, drive: Drive, duration: float, times: FloatArray, *, start: str | float
) -> FloatArray:
    """Probability of the first state over time, by the master equation: without random numbers.

    Parameters
    ----------
    model : TwoStateThermal
        The device.
    drive : float, array_like or Waveform
        The drive over time, in its unit.
    duration : float
        Its length. [s]
    times : array_like
        When to tell the probability. [s]
    start : str or float
        The state at time 0, or the probability of the first one then.

    Returns
    -------
    ndarray
        Probabilities of the first state, shape (times,). [1]

    Raises
    ------
    ParameterError
        As of :func:`telegraph_trace`.
    UnknownNameError
        If there is no such state.
    """
    instance("the model", model, TwoStateThermal, "a TwoStateThermal")
    asked = reals("times", times, "s", dimensions=None, empty=True)
    length = positive("the duration", duration, "s")
    if np.any(asked < 0) or np.any(asked > length):
        raise ParameterError(f"times must lie between 0 and the duration of {length:g} s")
    if isinstance(start, str):
        first = float(known("state", start, model.states) == model.states[0])
    else:
        first = real("the probability at the beginning", start)
        if not 0 <= first <= 1:
            raise ParameterError(f"a probability lies between 0 and 1, not at {first:g}")
    waveform = as_waveform(drive, length, model.wells.quantity)
    if isinstance(waveform, DC):
        dwell = model.dwell_times(float(waveform(0.0)))
        rest, rate = dwell[0] / dwell.sum(), np.sum(1 / dwell)
        return np.asarray(rest + (first - rest) * np.exp(-rate * asked))
    hazards = Hazards.of(model, waveform, length)
    return np.asarray(np.interp(asked, hazards.times, hazards.probabilities(first)))
