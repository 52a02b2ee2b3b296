"""Static curves of several currents at one voltage, or several voltages at one current, in a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...core.base import DeviceModel
from ...core.protocols import NegativeResistance
from ...language.checks import known, positive, real
from ...language.errors import ParameterError
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
    curve = device.protocol(NegativeResistance)
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
    of the curve, the way down along the last.

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
        If it does not oscillate: the current must lie between those at the two turning points, and there must be some.
    """
    positive("the current", current, "A")
    positive("the capacitance", capacitance, "F")
    names = list(device.protocol(NegativeResistance).branches)
    up, down = (loaded(static_curve(device, names[k]), load) for k in (0, -1))
    threshold = next((turn for turn in turning_points(up) if turn.is_maximum), None)
    minima = [turn for turn in turning_points(down) if not turn.is_maximum]
    if threshold is None or not minima:
        raise ParameterError(f"no oscillation: with {load:g} ohm in series the voltage has no turning points")
    hold = min(minima, key=lambda turn: turn.voltage)
    if not threshold.current < current < hold.current:
        raise ParameterError(
            f"no oscillation: the current must lie between {threshold.current:.3g} A and {hold.current:.3g} A, "
            f"at which the voltage turns, and is {current:.3g} A"
        )
    span = hold.voltage + (threshold.voltage - hold.voltage) * (1 - np.cos(np.linspace(0, np.pi, SPAN))) / 2
    total = 0.0
    for curve, part in ((up, up.parameter <= threshold.parameter), (down, down.parameter >= hold.parameter)):
        # Each branch runs to the turning point of the other's end: its own voltage rises along it.
        there = np.interp(span, curve.voltage[part], curve.current[part])
        total += float(np.trapezoid(1 / np.abs(there - current), span))
    return capacitance * total


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
