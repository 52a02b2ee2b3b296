"""Static curves of several currents at one voltage, or several voltages at one current, in a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.base import DeviceModel
from ..core.protocols import NegativeResistance
from ..language.checks import known
from .static import evaluate_static

#: Smallest and largest voltage of a point. [V]
SMALLEST, LARGEST = 1e-12, 1e6
#: Halvings of the logarithm of their ratio: to the last digit.
HALVINGS = 64


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
