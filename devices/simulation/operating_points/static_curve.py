"""Static curves of several currents at one voltage, or several voltages at one current, in a parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ...core.base import DeviceModel
from ...core.protocols import NegativeResistance
from ...language.checks import instance, known, positive, real
from ...language.errors import ParameterError, ValidityWarning, warn_user
from .static import evaluate_static

#: Smallest and largest voltage of a point. [V]
SMALLEST, LARGEST = 1e-12, 1e6
#: Halvings of the logarithm of their ratio: to the last digit.
HALVINGS = 64
#: Voltages of the integrals of a period, dense at both ends.
SPAN = 4001


@dataclass(frozen=True)
class StaticCurve:
    """Points of one branch: the parameter, voltage [V] and current [A] at which it rests, and all states by name."""

    parameter: np.ndarray
    voltage: np.ndarray
    current: np.ndarray
    states: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class TurningPoint:
    """Where the voltage of a curve turns: parameter, voltage [V] and current [A] there, and whether it is a maximum."""

    parameter: float
    voltage: float
    current: float
    is_maximum: bool


def static_curve(device: DeviceModel, branch: str) -> StaticCurve:
    r"""Follow a branch of a device's static curve in its parameter.

    At every value of the parameter :math:`T` the voltage is looked for at which :math:`dT/dt` is zero. That rate must
    rise with the voltage, as that of a temperature does, so that there is one at most.

    Parameters
    ----------
    device : DeviceModel
        A device that offers :class:`~synaspice.devices.core.protocols.NegativeResistance`.
    branch : str
        The branch.

    Returns
    -------
    StaticCurve
        The points that have a voltage below 1 MV.

    Raises
    ------
    ParameterError
        If the device does not offer it.
    UnknownNameError
        If it has no such branch.
    """
    curve = instance("device", device, DeviceModel, "a device").protocol(NegativeResistance)
    known(f"branch of {device.model_name()}", branch, curve.branches)
    across = next(iter(device.branches().values()))
    values = np.array(curve.values)
    states = {curve.state: values, **curve.branches[branch](values)}
    rate = f"d{curve.state}/dt"

    def rises(voltage: np.ndarray) -> np.ndarray:
        found: np.ndarray = evaluate_static(device, {across.name: voltage, **states})[rate] > 0
        return found

    low, high = np.full_like(values, np.log(SMALLEST)), np.full_like(values, np.log(LARGEST))
    there = rises(np.exp(high))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        up = rises(np.exp(middle))
        low, high = np.where(up, low, middle), np.where(up, middle, high)
    voltage = np.exp((low + high) / 2)
    current = evaluate_static(device, {across.name: voltage, **states})[across.current]
    kept = {name: np.broadcast_to(value, values.shape)[there] for name, value in states.items()}
    return StaticCurve(values[there], voltage[there], current[there], kept)


def turning_points(curve: StaticCurve) -> list[TurningPoint]:
    """Where the voltage turns along a curve, between its points by parabolas through the three nearest.

    Parameters
    ----------
    curve : StaticCurve
        The curve.

    Returns
    -------
    list of TurningPoint
        In the order of the parameter: the first maximum is the threshold of a source of voltage, the minimum after it
        is where the device turns off.
    """
    found = []
    x, v = curve.parameter, curve.voltage
    for k in range(1, len(x) - 1):
        if (v[k] - v[k - 1]) * (v[k + 1] - v[k]) >= 0:
            continue
        near = slice(k - 1, k + 2)
        at = x[near] - x[k]
        parabola = np.polyfit(at, v[near], 2)
        top = float(np.clip(-parabola[1] / (2 * parabola[0]), at[0], at[2]))
        current = float(np.polyval(np.polyfit(at, curve.current[near], 2), top))
        found.append(TurningPoint(float(x[k]) + top, float(np.polyval(parabola, top)), current, bool(v[k] > v[k - 1])))
    return found


def relaxation_period(device: DeviceModel, current: float, capacitance: float, load: float = 0.0) -> float:
    r"""Period of the relaxation oscillator of a device with a capacitor beside it, charged by a current.

    .. math::

        T = C \int_{u_h}^{u_t} \frac{du}{I - i_1(u)} + C \int_{u_h}^{u_t} \frac{du}{i_2(u) - I}, \qquad
        u = v + R\,i

    over the charging up to the threshold :math:`u_t` on the branch of small currents, and the discharging down to the
    smallest voltage :math:`u_h` on that of large ones, with a resistor in series with the device: the limit of a
    capacitor so large that the device follows its static curve, and jumps at once. The way up is along the first branch
    of the curve, the way down along the last. Of a curve with several thresholds the capacitor, which begins without
    charge, is followed from one to the next, each jump to the nearest part of the curve that has that voltage, until it
    comes back to one. Beyond its end, where the model ceases to hold, the last part goes on as a straight line, as that
    of a metal does, with a warning.

    Parameters
    ----------
    device : DeviceModel
        The device.
    current : float
        The current. [A]
    capacitance : float
        The capacitor, beside device and resistor. [F]
    load : float
        The resistor in series with the device. [ohm]

    Returns
    -------
    float
        The period. [s]

    Raises
    ------
    ParameterError
        If it does not oscillate: the current must lie between those at two turning points, and there must be some.

    Warns
    -----
    ValidityWarning
        If a jump leads beyond the end of the curve.
    """
    given = positive("the current", current, "A")
    positive("the capacitance", capacitance, "F")
    names = list(instance("device", device, DeviceModel, "a device").protocol(NegativeResistance).branches)
    up, down = (loaded(static_curve(device, names[k]), load) for k in (0, -1))
    tops = [turn for turn in turning_points(up) if turn.is_maximum]
    bottoms = [turn for turn in turning_points(down) if not turn.is_maximum]
    if not tops or not bottoms:
        raise ParameterError(f"no oscillation: with {load:g} ohm in series the voltage has no turning points")
    found = _cycle(_stable_parts(up), _stable_parts(down), given)
    if found is None:
        windows = " or ".join(
            f"between {top.current:.3g} A and {bottom.current:.3g} A"
            for top, bottom in zip(tops, bottoms, strict=False)
        )
        raise ParameterError(
            f"no oscillation: the current must lie {windows}, at which the voltage turns, and is {given:.3g} A"
        )
    return capacitance * found


@dataclass(frozen=True)
class _Part:
    """A part of a curve along which the voltage rises: its voltages and currents, and where it turns at both ends."""

    voltage: np.ndarray
    current: np.ndarray
    bottom: TurningPoint | None
    top: TurningPoint | None

    def has(self, voltage: float) -> bool:
        return bool(self.voltage[0] <= voltage and (self.top is None or voltage <= self.voltage[-1]))

    def current_at(self, voltage: ArrayLike) -> np.ndarray:
        """Currents at voltages; beyond the end of the curve as on a straight line, as those of a metal are [A]."""
        slope = (self.current[-1] - self.current[-2]) / (self.voltage[-1] - self.voltage[-2])
        at = np.asarray(voltage, dtype=float)
        return np.asarray(np.interp(at, self.voltage, self.current) + slope * np.maximum(at - self.voltage[-1], 0.0))

    def time(self, start: float, end: float, current: float) -> float | None:
        """Time over capacitance in which a current takes the capacitor along it [s/F]; None if it rests on the way."""
        span = start + (end - start) * (1 - np.cos(np.linspace(0, np.pi, SPAN))) / 2
        excess = (current - self.current_at(span)) * np.sign(end - start)
        if np.any(excess <= 0):
            return None
        return float(abs(np.trapezoid(1 / excess, span)))


def _stable_parts(curve: StaticCurve) -> list[_Part]:
    """The parts of a curve along which the voltage rises, in the order of the parameter."""
    bottom: TurningPoint | None = None
    begun, parts = True, []
    for turn in [*turning_points(curve), None]:
        if turn is not None and not turn.is_maximum:
            bottom, begun = turn, True
        elif begun:
            inside = np.ones(len(curve.parameter), dtype=bool)
            inside &= curve.parameter > (-np.inf if bottom is None else bottom.parameter)
            inside &= curve.parameter < (np.inf if turn is None else turn.parameter)
            ends = [[] if end is None else [(end.voltage, end.current)] for end in (bottom, turn)]
            points = [*ends[0], *zip(curve.voltage[inside], curve.current[inside], strict=True), *ends[1]]
            if len(points) > 1:
                voltage, current = np.array(points).T
                parts.append(_Part(voltage, current, bottom, turn))
            begun = False
    return parts


def _cycle(up: Sequence[_Part], down: Sequence[_Part], current: float) -> float | None:
    """Time of a cycle over the capacitance, from a capacitor without charge on [s/F]; None if it comes to rest.

    It is charged along the parts of one curve and discharged along those of the other, which may be the same.
    """
    part, voltage, charges = up[0], float(up[0].voltage[0]), True
    elapsed, passed = 0.0, dict[tuple[bool, float], float]()
    while True:
        end = part.top if charges else part.bottom
        took = None if end is None else part.time(voltage, end.voltage, current)
        if end is None or took is None:
            return None
        elapsed += took
        if (charges, end.parameter) in passed:
            return elapsed - passed[charges, end.parameter]
        passed[charges, end.parameter] = elapsed
        landed = _landing(up, down, end, current)
        if landed is None:
            return None
        voltage = end.voltage
        part, charges = landed
        if voltage > part.voltage[-1]:
            warn_user(
                f"a jump at {voltage:.3g} V leads beyond {part.voltage[-1]:.3g} V, the end of the static curve, up to "
                "which the model holds: beyond it the current goes on as a straight line",
                ValidityWarning,
            )


def _landing(
    up: Sequence[_Part], down: Sequence[_Part], turn: TurningPoint, current: float
) -> tuple[_Part, bool] | None:
    """The nearest part to which a jump at a turning point leads, and whether the capacitor is charged there."""
    for charges, parts in ((True, up), (False, down)):
        if turn.is_maximum:
            there = (each for each in parts if each.bottom and each.bottom.parameter > turn.parameter)
        else:
            there = (each for each in reversed(parts) if each.top and each.top.parameter < turn.parameter)
        part = next((each for each in there if each.has(turn.voltage)), None)
        if part is not None and bool(current > part.current_at(turn.voltage)) == charges:
            return part, charges
    return None


def loaded(curve: StaticCurve, load: float) -> StaticCurve:
    """The same with a resistor in series: voltages are those across both.

    Parameters
    ----------
    curve : StaticCurve
        The curve of the device.
    load : float
        The resistor. [ohm]
    """
    real("the load", load, "ohm")
    if load < 0:
        raise ParameterError(f"the load must be zero or more, not {load:g} ohm")
    return replace(curve, voltage=curve.voltage + load * curve.current)
