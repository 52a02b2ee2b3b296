"""Drives over time, with the meaning they have in SPICE; every target accepts them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..array_checks import reals
from ..checks import real
from ..errors import ParameterError
from .arguments import checking, length, require_periods, times
from .corners import Lines, Repetition, interpolator, within

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Waveform:
    """A quantity given at every time: call it with times [s] to get its values.

    Subclasses are the independent sources of SPICE; :meth:`spice` writes the source specification.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.type != "float":
                continue
            value = real(
                f"{type(self).__name__}: {item.name}", getattr(self, item.name), infinite=item.default is math.inf
            )
            object.__setattr__(self, item.name, value)
        self._check()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, check in (("__call__", times), ("breakpoints", length), ("spice", length)):
            if name in vars(cls):
                setattr(cls, name, checking(vars(cls)[name], check))

    def _check(self) -> None:
        """Hook for conditions on the fields."""

    def _require(self, *conditions: tuple[bool, str]) -> None:
        for holds, message in conditions:
            if not holds:
                raise ParameterError(f"{type(self).__name__}: {message}")

    def __call__(self, time: ArrayLike) -> FloatArray:
        """Values at the given times [s], of the same shape."""
        raise NotImplementedError

    def breakpoints(self, duration: float) -> FloatArray:
        """Times of corners and jumps strictly between 0 and ``duration`` [s]: integrators stop there."""
        return np.empty(0)

    def max_step(self) -> float:
        """Longest step [s] that does not step over a feature of the waveform."""
        return math.inf

    def scalar(self) -> Callable[[float], float]:
        """A fast function of one time, for integrators."""
        return lambda time: float(self(time))

    def lines(self) -> Lines | None:
        """The straight lines that it consists of; None if it does not."""
        return None

    def repetition(self) -> Repetition | None:
        """How it repeats itself; None if it does not."""
        return None

    def spice(self, duration: float) -> str:
        """Specification of a SPICE independent source for a transient of that duration."""
        raise NotImplementedError


@dataclass(frozen=True)
class DC(Waveform):
    """A constant.

    Attributes
    ----------
    value : float
        The value at all times.
    """

    value: float

    def __call__(self, time: ArrayLike) -> FloatArray:
        return np.full(np.shape(time), float(self.value))

    def scalar(self) -> Callable[[float], float]:
        value = float(self.value)
        return lambda time: value

    def lines(self) -> Lines:
        return Lines((0.0,), (self.value,))

    def repetition(self) -> Repetition:
        return Repetition(math.inf)

    def spice(self, duration: float) -> str:
        return f"DC {self.value!r}"


@dataclass(frozen=True)
class Pulse(Waveform):
    """SPICE ``PULSE``: from one level to another and back, with straight edges, once or periodically.

    Attributes
    ----------
    initial, pulsed : float
        Level before and during the pulse.
    delay : float
        Time at which the first rise starts. [s]
    rise, fall : float
        Length of the edges. [s]
    width : float
        Length of the pulse between its edges; default: for ever. [s]
    period : float
        Repetition period; default: no repetition. [s]
    """

    initial: float
    pulsed: float
    delay: float = 0.0
    rise: float = 1e-12
    fall: float = 1e-12
    width: float = math.inf
    period: float = math.inf

    def _check(self) -> None:
        self._require(
            (self.delay >= 0, "the delay must not be negative"),
            (self.rise > 0 and self.fall > 0, "rise and fall must be positive"),
            (self.width > 0, "the width must be positive"),
            # with room for the rounding of the sum
            (self.period * (1 + 1e-12) >= self.rise + self.width + self.fall, "the period is shorter than its pulse"),
        )

    def _corners(self) -> FloatArray:
        corners = np.cumsum([0.0, self.rise, self.width, self.fall])
        return np.asarray(corners[np.isfinite(corners)])

    def _levels(self) -> list[float]:
        return [self.initial, self.pulsed, self.pulsed, self.initial][: len(self._corners())]

    def __call__(self, time: ArrayLike) -> FloatArray:
        t = np.asarray(time, dtype=float) - self.delay
        if math.isfinite(self.period):
            t = np.where(t > 0, np.mod(t, self.period), t)
        return np.asarray(np.interp(t, self._corners(), self._levels()))

    def scalar(self) -> Callable[[float], float]:
        shape, delay, period = interpolator(list(self._corners()), self._levels()), self.delay, self.period
        if math.isfinite(period):
            return lambda time: shape((time - delay) % period if time > delay else 0.0)
        return lambda time: shape(time - delay)

    def lines(self) -> Lines:
        return Lines(list(self._corners()), self._levels(), self.delay, self.period)

    def repetition(self) -> Repetition | None:
        if self.initial == self.pulsed:
            return Repetition(math.inf)
        return Repetition(self.period, self.delay) if math.isfinite(self.period) else None

    def breakpoints(self, duration: float) -> FloatArray:
        starts = [0.0]
        if math.isfinite(self.period) and duration > self.delay:
            require_periods(duration / self.period)
            starts = list(np.arange(0.0, duration - self.delay, self.period))
        return within(self.delay + np.add.outer(starts, self._corners()), duration)

    def spice(self, duration: float) -> str:
        # Without a period or width SPICE would take the stop time: beyond the end of the run is the same.
        width = self.width if math.isfinite(self.width) else 2 * (duration + self.delay)
        period = self.period
        if not math.isfinite(period):
            period = 2 * (duration + self.delay + self.rise + self.fall + width)
        values = (self.initial, self.pulsed, self.delay, self.rise, self.fall, width, period)
        return f"PULSE({' '.join(map(repr, map(float, values)))})"


@dataclass(frozen=True)
class Sine(Waveform):
    r"""SPICE ``SIN``: a sine that starts after a delay and may decay.

    .. math:: v = v_0 + v_a \sin(2\pi f (t - t_d) + \varphi)\, e^{-\theta (t - t_d)}, \quad t > t_d

    and constant at its starting value before.

    Attributes
    ----------
    offset, amplitude : float
        Mean value and amplitude.
    frequency : float
        Frequency. [Hz]
    delay : float
        Start. [s]
    decay : float
        Decay rate. [1/s]
    phase : float
        Phase at the start, in degrees as in SPICE. [deg]
    """

    offset: float
    amplitude: float
    frequency: float
    delay: float = 0.0
    decay: float = 0.0
    phase: float = 0.0

    def _check(self) -> None:
        self._require(
            (self.frequency > 0, "the frequency must be positive"), (self.delay >= 0, "the delay must not be negative")
        )

    def __call__(self, time: ArrayLike) -> FloatArray:
        t = np.maximum(np.asarray(time, dtype=float) - self.delay, 0.0)
        swing = np.sin(2 * np.pi * self.frequency * t + math.radians(self.phase))
        return np.asarray(self.offset + self.amplitude * swing * np.exp(-self.decay * t))

    def scalar(self) -> Callable[[float], float]:
        omega, phase = 2 * math.pi * self.frequency, math.radians(self.phase)

        def value(time: float) -> float:
            t = max(time - self.delay, 0.0)
            return self.offset + self.amplitude * math.sin(omega * t + phase) * math.exp(-self.decay * t)

        return value

    def breakpoints(self, duration: float) -> FloatArray:
        return within([self.delay], duration)

    def repetition(self) -> Repetition | None:
        if self.amplitude == 0:
            return Repetition(math.inf)
        return Repetition(1 / self.frequency, self.delay) if self.decay == 0 else None

    def max_step(self) -> float:
        return 1 / (20 * self.frequency)

    def spice(self, duration: float) -> str:
        values = (self.offset, self.amplitude, self.frequency, self.delay, self.decay, self.phase)
        return f"SIN({' '.join(map(repr, map(float, values)))})"


@dataclass(frozen=True)
class PiecewiseLinear(Waveform):
    """SPICE ``PWL``: straight lines between given points, constant before the first and after the last.

    Attributes
    ----------
    times : sequence of float
        Increasing times. [s]
    levels : sequence of float
        The value at each of them.
    """

    times: tuple[float, ...]
    levels: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("times", "levels"):
            values = reals(f"PiecewiseLinear: {name}", getattr(self, name), dimensions=None, empty=True)
            self._require((values.ndim == 1, f"{name} must be a sequence of numbers"))
            object.__setattr__(self, name, tuple(values.tolist()))
        super().__post_init__()

    def _check(self) -> None:
        self._require(
            (len(self.times) == len(self.levels) > 0, "there must be as many levels as times, and at least one"),
            (bool(np.all(np.diff(self.times) > 0)), "the times must increase"),
        )

    def __call__(self, time: ArrayLike) -> FloatArray:
        return np.asarray(np.interp(np.asarray(time, dtype=float), self.times, self.levels))

    def scalar(self) -> Callable[[float], float]:
        return interpolator(self.times, self.levels)

    def lines(self) -> Lines:
        return Lines(self.times, self.levels)

    def breakpoints(self, duration: float) -> FloatArray:
        return within(self.times, duration)

    def spice(self, duration: float) -> str:
        # ngspice extrapolates a PWL that starts after 0 from its first level too, but says so.
        points = list(zip(self.times, self.levels, strict=True))
        if self.times[0] > 0:
            points.insert(0, (0.0, self.levels[0]))
        return f"PWL({' '.join(f'{t!r} {level!r}' for t, level in points)})"


@dataclass(frozen=True)
class Triangle(Waveform):
    """A triangular sweep: offset, + amplitude, - amplitude and back in every period.

    Attributes
    ----------
    amplitude : float
        Largest deviation from the offset; reached first (negative: the negative side first).
    period : float
        Length of one sweep. [s]
    offset : float
        Value at the start.
    """

    amplitude: float
    period: float
    offset: float = 0.0

    _PHASES: ClassVar[tuple[float, ...]] = (0.0, 0.25, 0.75, 1.0)

    def _check(self) -> None:
        self._require((self.period > 0, "the period must be positive"))

    def __call__(self, time: ArrayLike) -> FloatArray:
        phase = np.mod(np.maximum(np.asarray(time, dtype=float), 0.0) / self.period, 1.0)
        return np.asarray(np.interp(phase, self._PHASES, self._levels()))

    def scalar(self) -> Callable[[float], float]:
        shape, period = interpolator(self._PHASES, self._levels()), self.period
        return lambda time: shape(max(time, 0.0) / period % 1.0)

    def lines(self) -> Lines:
        return Lines([phase * self.period for phase in self._PHASES], self._levels(), period=self.period)

    def _levels(self) -> list[float]:
        return [self.offset, self.offset + self.amplitude, self.offset - self.amplitude, self.offset]

    def _corners(self, duration: float) -> FloatArray:
        require_periods(duration / self.period)
        turns = np.arange(0.25, duration / self.period + 0.5, 0.5) * self.period
        return within(turns, duration)

    def breakpoints(self, duration: float) -> FloatArray:
        return self._corners(duration)

    def repetition(self) -> Repetition:
        return Repetition(self.period if self.amplitude != 0 else math.inf)

    def max_step(self) -> float:
        return self.period / 40

    def spice(self, duration: float) -> str:
        times = np.concatenate([[0.0], self._corners(duration), [duration]])
        return PiecewiseLinear(tuple(times), tuple(self(times))).spice(duration)


Drive: TypeAlias = float | ArrayLike | Waveform


def as_waveform(drive: Drive, duration: float, what: str = "drive") -> Waveform:
    """Make a waveform of whatever a user may pass as a drive.

    A number is a constant; an array is samples that are evenly spaced over the duration, the first at 0
    and the last at its end, joined by straight lines.

    Raises
    ------
    ParameterError
        If it is neither, or not finite.
    """
    if isinstance(drive, Waveform):
        return drive
    if isinstance(drive, float) and math.isfinite(drive):
        return DC(float(drive))
    samples = reals(f"the {what}", drive, dimensions=None, empty=True, meant="a number, an array or a waveform")
    if samples.ndim == 0:
        return DC(float(samples))
    if samples.ndim != 1 or len(samples) < 2:
        raise ParameterError(
            f"the {what} as an array must have one dimension and two samples, not shape {samples.shape}"
        )
    return PiecewiseLinear(tuple(np.linspace(0, duration, len(samples))), tuple(samples))
