r"""Newton's method for a root of a rising function, kept within a bracket; for numbers, arrays, kernels and tensors.

.. math:: v \leftarrow v - \frac{f(v)}{f'(v)}

Every try narrows the bracket. Where the correction leaves it, is not at most half of the last one, or does not exist
because the slope is zero, the bracket is halved instead; as long as it is open at one side, the search goes outwards in
steps that double. So it converges where Newton's method alone goes round in circles (a device that turns on at a
threshold) or away (one whose current saturates), and equations without a root are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...core.base import DeviceModel
from ...core.compiled import Compiled
from ...core.vectors import compiled, initial_state, parameter_vector
from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray

#: Tries after which a root is given up.
MOST_CORRECTIONS = 200
#: A correction of this size, relative to the root, is the last one: the next would be the size of its square.
SETTLED = 1e-10
#: Voltages below this count as zero. [V]
SMALLEST = 1e-30

#: One correction: the next try, the bracket, the size of the step, and whether the root is found.
Corrected = tuple[Any, Any, Any, Any, Any]
#: ``where(condition, a, b)`` of numbers or arrays.
Where = Callable[[Any, Any, Any], Any]


def make_correction(where: Where, settled: float = SETTLED) -> Callable[[Any, Any, Any, Any, Any, Any], Corrected]:
    """Make the function of one correction.

    Parameters
    ----------
    where : callable
        Choice between two values by a condition.
    settled : float
        Relative size of the last correction.

    Returns
    -------
    callable
        Function of the try, the lower and the upper end of the bracket, the size of the last step (all of them
        infinite where nothing is known), the function's value at the try and its slope.
    """

    def correct(found: Any, low: Any, high: Any, last: Any, excess: Any, slope: Any) -> Corrected:
        low, high = where(excess < 0.0, found, low), where(excess > 0.0, found, high)
        rising = slope > 0.0
        newton = found - excess / where(rising, slope, 1.0)
        change = abs(newton - found)
        done = (excess == 0.0) | (rising & (change <= settled * abs(newton) + SMALLEST))
        # An open bracket is closed by steps that double.
        reach = 2.0 * abs(found) + 1.0
        left, right = where(low < -reach, -reach, low), where(high > reach, reach, high)
        is_open = high - low == math.inf
        other = where(is_open, where(excess > 0.0, left, right), 0.5 * low + 0.5 * high)
        trusted = rising & (newton > left) & (newton < right) & (is_open | (change <= 0.5 * last))
        better = where(done | trusted, newton, other)
        return better, low, high, abs(better - found), done

    return correct


def choose(condition: Any, one: Any, other: Any) -> Any:
    """``where`` of plain numbers."""
    return one if condition else other


_correct_number = make_correction(choose)
_correct_array = make_correction(np.where)


def roots(
    function: Callable[[FloatArray], Sequence[Any]],
    start: FloatArray,
    low: FloatArray | float = -math.inf,
    high: FloatArray | float = math.inf,
    *,
    what: str,
) -> FloatArray:
    """Roots of a rising function, at many points at once.

    Parameters
    ----------
    function : callable
        Its value and slope at an array.
    start : ndarray
        First tries.
    low, high : ndarray or float
        Ends of the brackets, as far as they are known.
    what : str
        Name of the sought quantity, for the message of the error.

    Raises
    ------
    SimulationError
        If one is not found.
    """
    found = np.asarray(start, dtype=float)
    last: Any = math.inf
    settled: Any = np.zeros(found.shape, dtype=bool)
    # A try too far may overflow, and is taken back.
    with np.errstate(all="ignore"):
        for _ in range(MOST_CORRECTIONS):
            excess, slope = function(found)
            better, low, high, last, done = _correct_array(found, low, high, last, excess, slope)
            # Each is left alone when it has settled, whatever its neighbours do.
            found = np.where(settled, found, better)
            settled = settled | done
            if np.all(settled):
                return found
    raise SimulationError(f"{what} was not found in {MOST_CORRECTIONS} corrections")


def voltage_solver(
    functions: Compiled, branch: int
) -> Callable[[float, list[float], Sequence[float], Sequence[float]], float]:
    """Make a function that finds the voltage at which a branch carries a given current, from zero volt.

    It does not start from the last solution: an integrator must get the same answer whenever it asks. The branch's
    entry in the list of voltages that it is given is set to the result. It raises :class:`SimulationError` if there is
    none.
    """
    conduction, count = functions.conduction, len(functions.system.voltages)
    own_slope = count + branch * count + branch

    def solve(current: float, voltage: list[float], x: Sequence[float], p: Sequence[float]) -> float:
        found: float
        found, low, high, last = 0.0, -math.inf, math.inf, math.inf
        for _ in range(MOST_CORRECTIONS):
            voltage[branch] = found
            try:
                result = conduction(voltage, x, p)
                excess, slope = result[branch] - current, result[own_slope]
            except ArithmeticError:  # too far out
                excess, slope = math.copysign(math.inf, found), 0.0
            found, low, high, last, done = _correct_number(found, low, high, last, excess, slope)
            if done:
                voltage[branch] = found
                return found
        raise SimulationError(_not_found(functions, branch, current))

    return solve


def voltages_at_current(
    functions: Compiled, branch: int, current: Any, voltages: Sequence[Any], x: Sequence[Any], p: Sequence[Any]
) -> FloatArray:
    """Voltages at which a branch carries given currents, at many points at once, from zero volt.

    Voltages of the branches, states and parameters are broadcast against the currents; the branch's own entry among the
    voltages is not read.

    Raises
    ------
    SimulationError
        If there is none.
    """
    v = list(voltages)

    def excess(found: FloatArray) -> tuple[Any, Any]:
        v[branch] = found
        carried, slope = functions.conduction_array[branch](v, x, p)
        return carried - current, slope

    return roots(excess, np.zeros(np.shape(current)), what=_wanted(functions, branch))


def voltage_at_current(device: DeviceModel, current: float) -> float:
    """Voltage at which the first branch of a device in its initial state carries a current [V].

    Raises
    ------
    SimulationError
        If there is none.
    """
    rest = [0.0] * len(device.branches())
    return voltage_solver(compiled(device), 0)(current, rest, initial_state(device), parameter_vector(device))


def _wanted(functions: Compiled, branch: int) -> str:
    return f"the {functions.voltage_names[branch]} at which the device carries the current that it is driven by"


def _not_found(functions: Compiled, branch: int, current: float) -> str:
    return f"{_wanted(functions, branch)}, {current:g} A, was not found in {MOST_CORRECTIONS} corrections"
