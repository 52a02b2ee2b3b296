"""The numeric target: compiled expressions of a device, and its static curves over arrays."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ..declaration import Noise, Vectorial
from ..errors import ParameterError, UnknownNameError
from ..system import Expressions, System, build_system
from ..validity import warn_of_invalid
from ..waveforms import Drive, FloatArray, Waveform, as_waveform
from .codegen import ARRAY_NAMESPACE, SCALAR_NAMESPACE, define, function_source

if TYPE_CHECKING:
    import pandas as pd

    from ..model import CompactModel

Function = Callable[..., tuple[Any, ...]]

#: Newton steps for the voltage at a given current.
MOST_CORRECTIONS = 100


@dataclass(frozen=True)
class Compiled:
    """Functions of (voltages, states, parameters) generated from a system; see :func:`compiled`.

    ``scalar`` functions take plain numbers and are what integrators call; ``array`` functions
    broadcast. Parameters are all declared ones followed by the derived ones.
    """

    system: System

    @functools.cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the parameter vector."""
        return (*self.system.parameters, *self.system.derived)

    # Printing a symbol's name takes longer than looking at the states of a thousand trajectories: once is enough.
    @functools.cached_property
    def parameter_names(self) -> list[str]:
        """Names of the elements of the parameter vector."""
        return list(map(str, self.parameters))

    @functools.cached_property
    def voltage_names(self) -> list[str]:
        """Names of the branches' voltages."""
        return list(map(str, self.system.voltages))

    @functools.cached_property
    def state_names(self) -> list[str]:
        """Names of the states."""
        return list(map(str, self.system.states))

    @functools.cached_property
    def static_names(self) -> list[str]:
        """Names of what :attr:`static_array` gives."""
        currents, observables = list(map(str, self.system.currents)), list(map(str, self.system.observables))
        slopes = [f"d{i}/d{v}" for i, v in zip(currents, self.voltage_names, strict=True)]
        return [*currents, *slopes, *observables, *(f"d{x}/dt" for x in self.state_names)]

    @functools.cached_property
    def static_outputs(self) -> list[sp.Expr]:
        """What :attr:`static_array` gives: currents, dg/dv (diagonal), observables and rates."""
        flat, quiet = self.system.flat, self.quiet
        slopes = [sp.diff(g, v) for g, v in zip(flat.currents.values(), self.system.voltages, strict=True)]
        return [*flat.currents.values(), *slopes, *flat.observables.values(), *quiet.rates.values()]

    @functools.cached_property
    def quiet(self) -> System:
        """The flat system with its noise switched off."""
        flat = self.system.flat
        silence = dict.fromkeys(self.system.noises, sp.S.Zero)

        def quieten(group: Expressions) -> Expressions:
            return {symbol: expression.xreplace(silence) for symbol, expression in group.items()}

        return replace(flat, rates=quieten(flat.rates), auxiliaries=quieten(flat.auxiliaries))

    def _define(self, name: str, outputs: Sequence[sp.Expr], namespace: Mapping[str, Any]) -> Function:
        groups = {"v": self.system.voltages, "x": self.system.states, "p": self.parameters}
        return define(function_source(name, groups, outputs), name, namespace)

    def _gradient(self, group: Expressions, by: Sequence[sp.Symbol]) -> list[sp.Expr]:
        return [sp.diff(expression, symbol) for expression in group.values() for symbol in by]

    @functools.cached_property
    def rates(self) -> Function:
        """Scalar function for the rates of the states."""
        return self._define("rates", list(self.quiet.rates.values()), SCALAR_NAMESPACE)

    @functools.cached_property
    def jacobian(self) -> Function:
        """Scalar function for df/dx and df/dv, row by row."""
        rates, states = self.quiet.rates, self.system.states
        outputs = [*self._gradient(rates, states), *self._gradient(rates, self.system.voltages)]
        return self._define("jacobian", outputs, SCALAR_NAMESPACE)

    @functools.cached_property
    def currents(self) -> Function:
        """Scalar function for the currents, dg/dv and dg/dx."""
        group = self.system.flat.currents
        by = self.system.voltages, self.system.states
        outputs = [*group.values(), *self._gradient(group, by[0]), *self._gradient(group, by[1])]
        return self._define("currents", outputs, SCALAR_NAMESPACE)

    @functools.cached_property
    def conduction(self) -> Function:
        """Scalar function for the currents and dg/dv: what Newton's method for a voltage needs."""
        group = self.system.flat.currents
        outputs = [*group.values(), *self._gradient(group, self.system.voltages)]
        return self._define("conduction", outputs, SCALAR_NAMESPACE)

    @functools.cached_property
    def conduction_array(self) -> list[Function]:
        """Array functions for the current and dg/dv of each branch: Newton's method for many devices at once."""
        pairs = zip(self.system.flat.currents.values(), self.system.voltages, strict=True)
        return [self._define("conduction", [g, sp.diff(g, v)], ARRAY_NAMESPACE) for g, v in pairs]

    @functools.cached_property
    def static_array(self) -> Function:
        """Array function for currents, dg/dv (diagonal), observables and rates."""
        return self._define("static", self.static_outputs, ARRAY_NAMESPACE)

    @functools.cached_property
    def derived_source(self) -> str:
        """Source of the function of the declared parameters for the derived ones."""
        known: Expressions = {}
        for symbol, expression in self.system.derived.items():
            known[symbol] = expression.xreplace(known)
        return function_source("derived", {"p": self.system.parameters}, list(known.values()))

    @functools.cached_property
    def initial_source(self) -> str:
        """Source of the function of the parameters for the initial state."""
        return function_source("initial", {"p": self.parameters}, list(self.system.initial.values()))

    @functools.cached_property
    def derived(self) -> Function:
        """Scalar function of the declared parameters for the derived ones."""
        return define(self.derived_source, "derived", SCALAR_NAMESPACE)

    @functools.cached_property
    def derived_names(self) -> list[str]:
        """Names of the derived quantities."""
        return list(map(str, self.system.derived))

    @functools.cached_property
    def derived_array(self) -> Function:
        """Array function of the declared parameters for the derived ones."""
        return define(self.derived_source, "derived", ARRAY_NAMESPACE)

    @functools.cached_property
    def initial(self) -> Function:
        """Scalar function of the parameters for the initial state."""
        return define(self.initial_source, "initial", SCALAR_NAMESPACE)

    @functools.cached_property
    def initial_array(self) -> Function:
        """Array function of the parameters for the initial state."""
        return define(self.initial_source, "initial", ARRAY_NAMESPACE)


@functools.lru_cache(maxsize=256)
def compiled_for(model: Any, options: tuple[tuple[str, str], ...]) -> Compiled:
    """The generated functions for a model and a choice of its options."""
    return Compiled(build_system(model, options))


def compiled(device: CompactModel) -> Compiled:
    """The generated functions for a device's model and options; generated once per process."""
    return compiled_for(*device.structure)


def evaluate_derived(device: CompactModel) -> dict[str, float]:
    """Values of the derived quantities of a device, by name."""
    functions = compiled(device)
    # NumPy's numbers divide by zero to infinity: a torque that vanishes has an infinite critical current.
    with np.errstate(all="ignore"):
        values = functions.derived([np.float64(value) for value in device.values.values()])
    return {name: float(value) for name, value in zip(functions.derived_names, values, strict=True)}


def parameter_vector(device: CompactModel) -> list[float]:
    """Declared and derived parameter values, in the order that generated functions expect."""
    return [*device.values.values(), *device.derived.values()]


def parameter_columns(devices: Sequence[CompactModel]) -> tuple[FloatArray, FloatArray]:
    """Parameter vectors and initial states of devices of one structure, as columns: for many, computed at once."""
    functions = compiled(devices[0])
    declared = np.array([list(device.values.values()) for device in devices]).T
    with np.errstate(all="ignore"):
        derived = functions.derived_array(declared)
        parameters = np.concatenate([declared, _rows(derived, len(devices))])
        return parameters, _rows(functions.initial_array(parameters), len(devices))


def _rows(values: Sequence[Any], count: int) -> FloatArray:
    return np.array([np.broadcast_to(value, count) for value in values], dtype=float).reshape(len(values), count)


def initial_state(device: CompactModel) -> list[float]:
    """The state at t = 0, which static analyses read."""
    return [float(value) for value in compiled(device).initial(parameter_vector(device))]


def evaluate_static(
    device: CompactModel, quantities: Mapping[str, Any], parameters: Sequence[Any] | None = None
) -> dict[str, FloatArray]:
    """Currents, slopes, observables and rates over arrays; see :meth:`CompactModel.static`.

    ``parameters`` are arrays of the parameter vector's values instead of the device's, for devices that differ.
    """
    functions = compiled(device)
    voltages, states = functions.voltage_names, functions.state_names
    inputs = [*device.input_declarations(), *device.telegraph_declarations()]
    values: dict[str, Any] = dict.fromkeys(voltages, 0.0)
    values |= dict(zip(states, initial_state(device), strict=True))
    given = parameter_vector(device) if parameters is None else parameters
    values |= dict(zip(functions.parameter_names, given, strict=True))
    for name, value in quantities.items():
        if name not in (*voltages, *states, *inputs):
            raise UnknownNameError(
                f"voltage, state or input of {device.model_name()}", name, [*voltages, *states, *inputs]
            )
        values[name] = np.asarray(value, dtype=float)
    shape = np.broadcast_shapes(*(np.shape(value) for value in quantities.values()))
    results = functions.static_array(
        [values[name] for name in voltages],
        [values[name] for name in states],
        [values[name] for name in functions.parameter_names],
    )
    return {
        name: np.broadcast_to(np.asarray(value, dtype=float), shape)
        for name, value in zip(functions.static_names, results, strict=True)
    }


def whole(name: str, value: Any, least: int, most: int = 2**63 - 1) -> int:
    """Return a whole number, or say what is wrong with it.

    Raises
    ------
    ParameterError
        Not a whole number (nor a float or text that looks like one), or out of range.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be a whole number, not {value!r}") from None
    if isinstance(value, bool):
        raise ParameterError(f"{name} must be a whole number, not {value!r}")
    if number < least:
        raise ParameterError(f"{name} must be at least {least}, not {value!r}")
    if number > most:
        raise ParameterError(f"{name} must be at most {most}, not {value!r}")
    return number


def positive(name: str, value: Any, unit: str = "") -> float:
    """Return a positive, finite number, or say that it is none.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
        raise ParameterError(f"{name} must be positive and finite, not {value!r}{unit and ' ' + unit}")
    return float(value)


def driven_branch(device: CompactModel, source: str) -> tuple[int, bool]:
    """Number of the branch that a source drives, and whether it imposes the current.

    Raises
    ------
    UnknownNameError
        If there is no such source.
    """
    branches = enumerate(device.branches().values())
    sources = {name: (k, by) for k, b in branches for name, by in ((b.name, False), (b.current, True))}
    sources |= {"voltage": (0, False), "current": (0, True)}
    if source not in sources:
        raise UnknownNameError("source", source, sources)
    return sources[source]


@dataclass(frozen=True)
class Request:
    """A checked simulation request: what is driven by which waveform, and for how long."""

    device: CompactModel
    waveform: Waveform
    duration: float
    branch: int
    by_current: bool
    inputs: Mapping[str, Waveform]
    #: Voltages of branches other than the driven one, by the branch's number; those not named are at 0 V.
    voltages: Mapping[int, Waveform]

    @classmethod
    def of(
        cls, device: CompactModel, drive: Drive, duration: float, source: str, inputs: Mapping[str, Drive]
    ) -> Request:
        """Check the arguments of :meth:`CompactModel.simulate` and put them into one form."""
        try:
            length = float(duration)
        except (TypeError, ValueError):
            raise ParameterError(f"the duration must be a number of seconds, not {duration!r}") from None
        if not (0 < length < np.inf):
            raise ParameterError(f"the duration must be positive and finite, not {duration!r} s")
        branch, by_current = driven_branch(device, source)
        others = {name: k for k, name in enumerate(device.branches()) if k != branch}
        allowed = [*device.input_declarations(), *others]
        for name in inputs:
            if name not in allowed:
                raise UnknownNameError(f"input of {device.model_name()}", name, allowed)
        waveforms = {name: as_waveform(value, length, name) for name, value in inputs.items()}
        fields = {name: waveform for name, waveform in waveforms.items() if name not in others}
        voltages = {others[name]: waveform for name, waveform in waveforms.items() if name in others}
        return cls(device, as_waveform(drive, length), length, branch, by_current, fields, voltages)

    def waveforms(self) -> list[Waveform]:
        """The drive, the driven inputs and the voltages of the other branches."""
        return [self.waveform, *self.inputs.values(), *self.voltages.values()]

    def drives_at(self, times: FloatArray) -> dict[str, FloatArray]:
        """Values of the driven inputs at the given times."""
        return {name: waveform(times) for name, waveform in self.inputs.items()}

    def voltages_at(self, times: FloatArray) -> dict[str, FloatArray]:
        """Voltages of the other branches at the given times."""
        names = list(self.device.branches())
        return {names[branch]: waveform(times) for branch, waveform in self.voltages.items()}

    def reporting_times(self, points: int | None, times: Sequence[float] | FloatArray | None) -> FloatArray:
        """The times to report: those given, or evenly spaced ones."""
        if times is None:
            return np.linspace(0.0, self.duration, whole("points", 1001 if points is None else points, 2))
        if points is not None:
            raise ParameterError("give either points or times, not both")
        try:
            chosen = np.asarray(times, dtype=float)
        except (TypeError, ValueError):
            raise ParameterError(f"times must be numbers of seconds, not {times!r}") from None
        inside = chosen.ndim == 1 and len(chosen) and chosen[0] >= 0 and chosen[-1] <= self.duration
        if not inside or not np.all(np.diff(chosen) > 0):
            raise ParameterError(f"times must increase and lie between 0 and the duration of {self.duration:g} s")
        return chosen


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


def voltage_at_current(device: CompactModel, current: float) -> float:
    """Voltage at which the first branch of a device in its initial state carries a current [V]."""
    rest = [0.0] * len(device.branches())
    return voltage_solver(compiled(device), 0)(current, rest, initial_state(device), parameter_vector(device))


def column_information(device: CompactModel) -> dict[str, tuple[str, str]]:
    """Unit and description of every quantity that a table of the device may have as a column."""
    found: dict[str, tuple[str, str]] = {"time": ("s", "time")}
    for branch in device.branches().values():
        found[branch.name] = ("V", branch.description)
        found[branch.current] = ("A", f"current from {branch.positive} to {branch.negative}")
    for item in device.declarations().values():
        if isinstance(item, Vectorial) and not isinstance(item, Noise):
            for component in item.components:
                axis = f", component along {component[-1]}" if item.vector else ""
                found[component] = (item.unit, item.description + axis)
    for name, parameter in device.parameter_declarations().items():
        found[name] = (parameter.unit, parameter.description)
    return found


def tabulate(
    request: Request,
    times: FloatArray,
    voltage: FloatArray,
    states: FloatArray,
    telegraphs: Mapping[str, FloatArray] | None = None,
    parameters: Sequence[Any] | None = None,
    **attrs: Any,
) -> pd.DataFrame:
    """Make the table of a trajectory: time, terminal quantities, driven inputs, states, observables.

    ``states`` has one row per time. ``voltage`` is that of the driven branch. ``telegraphs`` are the values of the
    telegraph processes, ``parameters`` those of devices that differ.
    """
    import pandas as pd

    from ..metadata import table_attributes

    device = request.device
    system = compiled(device).system
    names = list(map(str, system.voltages))
    drives = request.drives_at(times) | dict(telegraphs or {})
    quantities: dict[str, Any] = {names[request.branch]: voltage} | request.voltages_at(times) | drives
    quantities |= {str(symbol): states[:, k] for k, symbol in enumerate(system.states)}
    static = evaluate_static(device, quantities, parameters)
    columns: dict[str, FloatArray] = {"time": times}
    for branch in device.branches().values():
        columns[branch.name] = np.broadcast_to(quantities.get(branch.name, 0.0), times.shape)
        columns[branch.current] = static[branch.current]
    columns |= drives
    columns |= {str(symbol): states[:, k] for k, symbol in enumerate(system.states)}
    columns |= {str(symbol): static[str(symbol)] for symbol in system.observables}
    table = pd.DataFrame({name: np.ascontiguousarray(column) for name, column in columns.items()})
    table.attrs |= table_attributes(device, list(columns), engine="numeric", **attrs)
    warn_of_invalid(table, device.model_name())
    return table
