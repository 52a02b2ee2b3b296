r"""A device's functions in the namespace of an array library, and fixed-step schemes that work in any of them.

The functions are those of the numeric target, printed once and executed with the library's own ``sqrt``, ``exp`` and
so on, so that they can be differentiated, batched or compiled by it. States, voltages and parameters are tuples of
arrays that broadcast against each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ...core.codegen import define, function_source
from ...core.compiled import Compiled, Function, compiled_for
from ...core.sharing import Replacement, Slope
from ...core.vectors import compiled
from ...language.checks import positive, whole
from ...language.declarations.declaration import TEMPERATURE
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray, Waveform
from ...simulation.request import driven_branch

if TYPE_CHECKING:
    from ...core.base import DeviceModel

Arrays = tuple[Any, ...]

#: Finds the root of a function that gives its value and its slope, from a start.
Iterate = Callable[[Callable[[Any], tuple[Any, Any]], Any], Any]


@functools.lru_cache(maxsize=64)
def _source(structure: tuple[Any, tuple[tuple[str, str], ...]], name: str) -> str:
    """Source of one of the functions of :class:`Portable`."""
    functions = compiled_for(*structure)
    system = functions.system
    groups: dict[str, Sequence[sp.Symbol]] = {"v": system.voltages, "x": system.states, "p": functions.parameters}
    if name == "static":
        return function_source(name, groups, functions.static_outputs)
    if name == "rates":
        return function_source(name, groups, list(functions.quiet.rates.values()))
    if name == "noisy_rates":
        # Unit white noise w in place of the noise n = sqrt(S) w.
        units = {n: sp.Symbol(f"unit_{n}", real=True) for n in system.noises}
        sources = {n: sp.sqrt(density) * units[n] for n, density in system.flat.noises.items()}
        groups |= {"p": (*functions.parameters, TEMPERATURE), "w": tuple(units.values())}
        return function_source(name, groups, list(map(Replacement(sources), system.flat.rates.values())))
    branch = int(name.removeprefix("conduction"))
    current, voltage = list(system.flat.currents.values())[branch], system.voltages[branch]
    return function_source(name, groups, [current, Slope(voltage)(current)])


class Portable:
    """The functions of a device in one namespace: ``static``, ``rates``, ``noisy_rates``, ``conduction``, ...

    Parameters
    ----------
    device : DeviceModel
        The device; only its model and options count.
    namespace : mapping
        Meaning of the names in the printed functions; see :mod:`synaspice.devices.core.codegen`. It has ``clip``
        too.
    """

    def __init__(self, device: DeviceModel, namespace: Mapping[str, Any]) -> None:
        self.model, self._structure, self._namespace = type(device), device.structure, namespace
        self.compiled: Compiled = compiled(device)
        states = [str(x) for x in self.compiled.system.states]
        self._spheres = [[states.index(str(x)) for x in sphere] for sphere in self.compiled.system.spheres]
        declared = device.state_declarations()
        self._bounds = {k: bounds for k, name in enumerate(states) if (bounds := declared[name].bounds)}

    def _function(self, name: str) -> Function:
        return define(_source(self._structure, name), name, self._namespace)

    @functools.cached_property
    def static(self) -> Function:
        """Function of (v, x, p) for currents, dg/dv, observables and rates."""
        return self._function("static")

    @functools.cached_property
    def rates(self) -> Function:
        """Function of (v, x, p) for the rates of the states."""
        return self._function("rates")

    @functools.cached_property
    def noisy_rates(self) -> Function:
        """Function of (v, x, p and temperature, w) for the rates with unit white noises w [1/sqrt(s)]."""
        return self._function("noisy_rates")

    @functools.cached_property
    def derived(self) -> Function:
        """Function of the declared parameters for the derived ones."""
        return define(self.compiled.derived_source, "derived", self._namespace)

    @functools.cached_property
    def initial(self) -> Function:
        """Function of the parameters for the initial state."""
        return define(self.compiled.initial_source, "initial", self._namespace)

    @functools.cache  # noqa: B019 - lives as long as the device's functions
    def conduction(self, branch: int) -> Function:
        """Function of (v, x, p) for a branch's current and its slope."""
        return self._function(f"conduction{branch}")

    def vector(self, values: Mapping[str, Any]) -> Arrays:
        """Parameter vector, derived quantities included, from the values of all declared parameters."""
        declared = [values[str(symbol)] for symbol in self.compiled.system.parameters]
        return (*declared, *self.derived(declared))

    def constrained(self, x: Arrays) -> Arrays:
        """States on their unit spheres and within their bounds."""
        states = list(x)
        for rows in self._spheres:
            norm = self._namespace["sqrt"](sum(states[k] * states[k] for k in rows))
            for k in rows:
                states[k] = states[k] / norm
        for k, (low, high) in self._bounds.items():
            states[k] = self._namespace["clip"](states[k], low, high)
        return tuple(states)

    def voltages_at(
        self, plan: Course, drive: Any, v: Arrays, x: Arrays, p: Arrays, hold: Callable[[Any], Any], iterate: Iterate
    ) -> Arrays:
        """Voltages of the branches with the drive applied to its branch: as a voltage, or as a current.

        The voltage at a current is found by Newton's method, see :mod:`synaspice.devices.simulation.numerics.newton`,
        from zero volt. ``hold`` makes of an array one that nothing is differentiated through: the last
        step alone is differentiated, which gives the first derivatives of the implicit function.
        """
        voltages, branch = list(v), plan.branch
        if not plan.by_current:
            voltages[branch] = drive
            return tuple(voltages)
        conduction = self.conduction(branch)
        held_x, held_p, target = tuple(map(hold, x)), tuple(map(hold, p)), hold(drive)
        held = [hold(value) for value in v]

        def excess(found: Any) -> tuple[Any, Any]:
            held[branch] = found
            carried, slope = conduction(held, held_x, held_p)
            return carried - target, slope

        voltages[branch] = found = hold(iterate(excess, (target + conduction(held, held_x, held_p)[0]) * 0.0))
        carried, slope = conduction(voltages, x, p)
        voltages[branch] = found + (drive - carried) / slope
        return tuple(voltages)


# --- schemes ----------------------------------------------------------------------------------


def _moved(x: Arrays, step: float, *slopes: tuple[float, Arrays]) -> Arrays:
    return tuple(value + step * sum(weight * k[row] for weight, k in slopes) for row, value in enumerate(x))


def runge_kutta(rate: Callable[[int, Arrays], Arrays], x: Arrays, step: float) -> Arrays:
    """One step of the classical Runge-Kutta scheme, of order 4; ``rate(half, x)`` counts time in half steps."""
    first = rate(0, x)
    second = rate(1, _moved(x, step, (0.5, first)))
    third = rate(1, _moved(x, step, (0.5, second)))
    fourth = rate(2, _moved(x, step, (1.0, third)))
    return _moved(x, step, (1 / 6, first), (1 / 3, second), (1 / 3, third), (1 / 6, fourth))


def heun(rate: Callable[[int, Arrays], Arrays], x: Arrays, step: float) -> Arrays:
    """One step of Heun's scheme, which with noise held over the step converges to the Stratonovich solution."""
    first = rate(0, x)
    second = rate(2, _moved(x, step, (1.0, first)))
    return _moved(x, step, (0.5, first), (0.5, second))


# --- requests ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """A checked request for a trajectory of fixed steps: which branch is driven, and how finely.

    Attributes
    ----------
    branch : int
        Number of the driven branch.
    by_current : bool
        Whether its current is imposed.
    steps : int
        Number of steps.
    stride : int
        Steps between reported points.
    step : float
        Length of a step. [s]
    """

    branch: int
    by_current: bool
    steps: int
    stride: int
    step: float

    @property
    def times(self) -> FloatArray:
        """The reported times [s]."""
        return np.asarray(np.arange(0, self.steps + 1, self.stride) * self.step, dtype=np.float64)


def course(
    device: DeviceModel, drive: Any, duration: float, source: str, steps: int | None, points: int | None
) -> Course:
    """Check a request for a trajectory.

    Without ``steps`` there is one per interval between the samples of the drive, or, for a drive without samples,
    as many as make each 1/1000 of the model's time scale.
    """
    length = positive("the duration", duration, "s")
    branch, by_current = driven_branch(device, source)
    if steps is None:
        samples = 1 if isinstance(drive, Waveform) or np.ndim(drive) == 0 else int(drive.shape[-1])
        steps = samples - 1 if samples > 1 else max(1, round(length / device.settling_time * 1000))
    number = whole("steps", steps, 1)
    intervals = whole("points", number + 1 if points is None else points, 2) - 1
    if number % intervals:
        raise ParameterError(f"{number} steps cannot be divided evenly between {intervals + 1} points")
    return Course(branch, by_current, number, number // intervals, length / number)


def sampled(waveform: Waveform, plan: Course) -> FloatArray:
    """Values of a waveform at the beginning, middle and end of every step."""
    return waveform(np.arange(2 * plan.steps + 1) * (plan.step / 2))


def resampling(samples: int, steps: int) -> tuple[np.ndarray, FloatArray]:
    """Where the half steps lie among evenly spaced samples: index of the sample before, and fraction to the next."""
    if samples < 2:
        raise ParameterError("a drive over time needs two samples at least along its last dimension")
    position = np.arange(2 * steps + 1) * (samples - 1) / (2 * steps)
    before = np.minimum(position.astype(int), samples - 2)
    return before, position - before
