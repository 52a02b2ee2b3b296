r"""The two-state thermal mode: a device with two states, whose rates are tabulated once and used for any length.

The logarithm of the dwell time of each state is interpolated over the drive :math:`x` by Chebyshev's polynomials, on
:math:`x_k = \cos(\pi k / n)` of the range in which there are two states. The points of twice as many intervals contain
these, so that the points between them tell the error: :math:`n` is doubled until it is below what was asked for. With
the rates :math:`\Gamma_1` out of the first state and :math:`\Gamma_2` out of the second, its probability follows

.. math:: \frac{dp}{dt} = -\Gamma_1(x(t))\, p + \Gamma_2(x(t))\, (1 - p)
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike

from ...devices.language.array_checks import reals
from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.dwelling import Dwell
from .wells import READ, Wells

#: Relative error of the tabulated rates that is asked for, and numbers of intervals that are tried.
TOLERANCE, LEAST_INTERVALS, MOST_INTERVALS = 1e-3, 4, 256
#: Relative accuracy of the ends of the range.
END = 5e-3
#: Part of the drive that takes a state away which is none at all.
NOTHING = 1e-3
#: Largest voltage [V] that a tunnel barrier stands, and largest drives otherwise in those that take a state away.
MOST_VOLTAGE, MOST_SCALES = 2.0, 8.0


@dataclass(frozen=True)
class TwoStateThermal:
    """A device as a chain of two states, with tabulated rates.

    :meth:`of` makes one; it is kept, so that to ask again for the same costs nothing.

    Attributes
    ----------
    wells : Wells
        The device, its drive and its temperature.
    range : tuple of float
        Smallest and largest drive under which there are two states, in the drive's unit.
    logarithms : tuple of Chebyshev
        Logarithm of the dwell time in s over the drive, of each state.
    error : float
        Largest relative error of the rates that was seen between the points of the table.
    points : int
        Number of points of the table.
    """

    wells: Wells
    range: tuple[float, float]
    logarithms: tuple[Chebyshev, Chebyshev]
    error: float
    points: int

    @classmethod
    def of(
        cls,
        device: CompactModel,
        *,
        quantity: str = "voltage",
        temperature: float | None = None,
        tolerance: float = TOLERANCE,
        read_voltage: float = READ,
    ) -> TwoStateThermal:
        """Tabulate the rates of a device.

        Parameters
        ----------
        device : CompactModel
            A device with two states, such as a junction.
        quantity : str
            What is driven: ``voltage``, ``current``, or an input such as ``field_z``.
        temperature : float, optional
            Temperature of the surroundings and of the noise [K]; default: that of the device.
        tolerance : float
            Largest relative error of the interpolation of the rates.
        read_voltage : float
            Voltage across the first branch while an input is driven. [V]

        Raises
        ------
        ParameterError
            If the device has not two states without drive, whose barriers are at least 4 k_B T (then its noisy
            trajectories are to be followed), a field is driven that is not along its easy axis, or a value makes no
            sense.
        UnknownNameError
            If there is no such quantity.
        SimulationError
            If the interpolation does not reach the tolerance.
        """
        wells = Wells(device, quantity, temperature, read_voltage)
        return _tabulated(wells, positive("the tolerance", tolerance))

    @property
    def states(self) -> tuple[str, str]:
        """Names of the two states."""
        return self.wells.states

    def dwell_times(self, drive: ArrayLike, *, clip: bool = False) -> FloatArray:
        """Mean time in each state [s], one row for each.

        Parameters
        ----------
        drive : array_like
            Drives, in their unit.
        clip : bool
            Whether drives beyond the range count as its ends, where the state that goes is left in nanoseconds.

        Raises
        ------
        ParameterError
            If a drive is beyond the range, and is not to be clipped.
        """
        x = reals(f"the {self.wells.quantity}", drive, self.wells.unit, dimensions=None, empty=True)
        low, high = self.range
        outside = (x < low) | (x > high)
        if np.any(outside) and not clip:
            value = float(x[outside].flat[0])
            raise ParameterError(
                f"{self.wells.quantity} = {value:.4g} {self.wells.unit} is beyond the range of {low:.4g} to {high:.4g} "
                f"{self.wells.unit} in which {self.wells.device!r} has two states at {self.wells.kelvin:g} K: follow "
                "noisy trajectories there instead (device.simulate or device.ensemble with a temperature)"
            )
        x = np.clip(x, low, high)
        return np.asarray(np.exp(np.array([logarithm(x) for logarithm in self.logarithms])))

    def dwell(self, drive: float) -> Dwell:
        """Dwell times, barriers, probabilities and spectrum at a constant drive; see :class:`Dwell`."""
        times = self.dwell_times(drive)
        barriers = {name: self.wells.barrier(float(drive), name) for name in self.states}
        return Dwell(dict(zip(self.states, times.tolist(), strict=True)), barriers)

    def share(self, drive: ArrayLike) -> FloatArray:
        r"""Stationary probability of the first state, :math:`\tau_1 / (\tau_1 + \tau_2)`."""
        first, second = self.dwell_times(drive)
        return np.asarray(first / (first + second))

    def steepness(self, drive: ArrayLike, state: str) -> FloatArray:
        r"""Growth of the rate out of a state with the drive, :math:`d \ln\Gamma / dx` [1 over the drive's unit]."""
        x = reals(f"the {self.wells.quantity}", drive, self.wells.unit, dimensions=None, empty=True)
        return np.asarray(-self.logarithms[self.states.index(state)].deriv()(np.clip(x, *self.range)))


@functools.lru_cache(maxsize=64)
def _tabulated(wells: Wells, tolerance: float) -> TwoStateThermal:
    """The table of a device; kept."""
    easy = f"field_{wells.device.axes_by_pull()[-1]}"  # type: ignore[attr-defined]
    if wells.method == "closed-form" and not wells.electrical and wells.quantity != easy:
        raise ParameterError(
            f"{wells.quantity} does not tilt the states of {wells.device!r} against each other: its rates are "
            f"tabulated over voltage, current and the field along its easy axis, {easy}"
        )
    for state in wells.states:
        wells.dwell_time(0.0, state)  # which says what is wrong
    low, high = (_end(wells, sign) for sign in (-1, 1))

    @functools.cache
    def logarithms(drive: float) -> tuple[float, ...]:
        return tuple(math.log(wells.dwell_time(drive, state)) for state in wells.states)

    def values(intervals: int) -> tuple[FloatArray, FloatArray]:
        places = np.cos(np.pi * np.arange(intervals + 1) / intervals)
        drives = [0.5 * (high + low) + 0.5 * (high - low) * float(f"{place:.15f}") for place in places]
        return np.array(drives), np.array([logarithms(drive) for drive in drives]).T

    intervals = LEAST_INTERVALS
    found = _interpolated(*values(intervals), (low, high))
    while intervals < MOST_INTERVALS:
        intervals *= 2
        drives, exact = values(intervals)
        error = max(float(np.max(np.abs(f(drives) - y))) for f, y in zip(found, exact, strict=True))
        found = _interpolated(drives, exact, (low, high))
        if error < math.log1p(tolerance):
            return TwoStateThermal(wells, (low, high), found, math.expm1(error), intervals + 1)
    raise SimulationError(
        f"the dwell times of {wells.device!r} over the {wells.quantity} are not smooth: {MOST_INTERVALS} intervals "
        f"leave an error of {math.expm1(error):.2g}, more than {tolerance:g}"
    )


def _interpolated(drives: FloatArray, values: FloatArray, domain: tuple[float, float]) -> tuple[Chebyshev, Chebyshev]:
    first, second = (Chebyshev.fit(drives, row, len(drives) - 1, domain=domain) for row in values)
    return first, second


def largest_drive(wells: Wells) -> float:
    """Drive beyond which nobody looks for two states, in its unit."""
    most = MOST_SCALES * wells.scale
    return min(most, MOST_VOLTAGE) if wells.quantity == "voltage" else most


def _end(wells: Wells, sign: int) -> float:
    """The end of the range in which there are two states, on one side of zero."""
    most = largest_drive(wells)
    inside, outside = 0.0, wells.scale / 16
    while wells.holds(sign * min(outside, most)):
        inside = min(outside, most)
        if inside == most:
            return sign * most
        outside *= 2
    outside = min(outside, most)
    for _ in range(60):
        middle = 0.5 * (inside + outside)
        if wells.holds(sign * middle):
            inside = middle
        else:
            outside = middle
        if outside - inside <= END * outside:
            break
    if inside < NOTHING * wells.scale:
        raise ParameterError(
            f"{wells.device!r} has two states at {wells.kelvin:g} K without drive only, and not under a "
            f"{wells.quantity} of {sign * outside:.2g} {wells.unit}: follow noisy trajectories instead"
        )
    return sign * inside
