"""Newton's method for the voltage at which a branch carries a current."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.base import DeviceModel
from ..core.compiled import Compiled
from ..core.vectors import compiled, initial_state, parameter_vector
from ..language.waveforms import FloatArray

#: Newton steps for the voltage at a given current.
MOST_CORRECTIONS = 100


def voltage_solver(
    functions: Compiled, branch: int
) -> Callable[[float, list[float], Sequence[float], Sequence[float]], float]:
    """Make a function that finds the voltage at which a branch carries a given current (Newton, from zero volt).

    It does not start from the last solution: an integrator must get the same answer whenever it asks. The branch's
    entry in the list of voltages that it is given is set to the result.
    """
    conduction, count = functions.conduction, len(functions.system.voltages)

    def solve(current: float, voltage: list[float], x: Sequence[float], p: Sequence[float]) -> float:
        voltage[branch] = 0.0
        for _ in range(MOST_CORRECTIONS):
            result = conduction(voltage, x, p)
            correction = (current - result[branch]) / result[count + branch * count + branch]
            voltage[branch] += correction
            if abs(correction) <= 1e-14 * abs(voltage[branch]) + 1e-30:
                break
        return voltage[branch]

    return solve


def voltages_at_current(
    functions: Compiled, branch: int, current: Any, voltages: Sequence[Any], x: Sequence[Any], p: Sequence[Any]
) -> FloatArray:
    """Voltages at which a branch carries given currents, at many points at once (Newton, from zero volt).

    Voltages of the branches, states and parameters are broadcast against the currents; the branch's own entry among the
    voltages is not read.
    """
    v = list(voltages)
    found = np.zeros(np.shape(current))
    for _ in range(MOST_CORRECTIONS):
        v[branch] = found
        carried, slope = functions.conduction_array[branch](v, x, p)
        correction = (current - carried) / slope
        found = found + correction
        if np.all(np.abs(correction) <= 1e-10 * np.abs(found) + 1e-30):
            break
    return found


def voltage_at_current(device: DeviceModel, current: float) -> float:
    """Voltage at which the first branch of a device in its initial state carries a current [V]."""
    rest = [0.0] * len(device.branches())
    return voltage_solver(compiled(device), 0)(current, rest, initial_state(device), parameter_vector(device))
