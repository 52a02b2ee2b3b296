"""The crossings of a crossbar: conductances, or devices in their states."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ....devices.core.compiled import Compiled
from ....devices.core.variability import Distribution, sample
from ....devices.core.vectors import compiled, parameter_columns
from ....devices.language.array_checks import numeric
from ....devices.language.checks import known, positive, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import checked_seed, require_temperature, whole_steps
from ....devices.simulation.ensembles.plan import Chunk, Plan
from ....devices.simulation.numerics.newton import roots
from ....devices.simulation.request import Request
from .pulses import integrate

#: Bisections for the state of a given conductance: to the last bit.
BISECTIONS = 60


class Cells(Protocol):
    """Two-terminal elements between the word lines and the bit lines."""

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        ...

    @property
    def ohmic(self) -> FloatArray | None:
        """Conductances of cells whose current is proportional to their voltage [S]; None for others."""
        ...

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current from word to bit line [A] at the voltage of each cell [V], and its slope [S]; shape (N, M)."""
        ...


#: Current [A] and its slope [S] at a voltage [V].
Conduction = Callable[[FloatArray], Sequence[Any]]


def split(first: Conduction, second: Conduction, voltage: FloatArray) -> FloatArray:
    """Voltage across the first of two elements in series, whose currents rise with their voltage from 0 A at 0 V.

    Parameters
    ----------
    first, second : callable
        Current [A] and its slope [S] of each element at a voltage. [V]
    voltage : ndarray
        Voltage across both. [V]

    Raises
    ------
    SimulationError
        If it is not found.
    """
    low, high = np.minimum(voltage, 0.0), np.maximum(voltage, 0.0)

    def excess(across: FloatArray) -> tuple[Any, Any]:
        current, slope = first(across)
        other, other_slope = second(voltage - across)
        return current - other, slope + other_slope

    found = roots(excess, voltage / 2, low, high, what="the voltage between a cell and its access device")
    return np.clip(found, low, high)


def chord_conductance(cells: Cells, voltage: float) -> FloatArray:
    """Current over voltage of every cell at one voltage, or the slope of its current at 0 V [S]."""
    current, slope = cells.current(np.full(cells.shape, float(voltage)))
    return slope if voltage == 0 else current / voltage


def matrix_of(name: str, values: ArrayLike, unit: str, shape: tuple[int, int] | None = None) -> FloatArray:
    """Return a matrix of finite numbers, or say what is wrong with it; with a shape, one number may stand for all.

    Raises
    ------
    ParameterError
        If it is none.
    """
    own = "" if unit == "1" else unit
    found = numeric(name, values, f"a matrix of numbers{own and ' in ' + own}")
    if shape is not None:
        if found.shape not in ((), shape):
            raise ParameterError(f"{name} must be one number or a matrix of shape {shape}, not {found.shape}")
        found = np.array(np.broadcast_to(found, shape))
    if found.ndim != 2 or not found.size:
        raise ParameterError(f"{name} must be a matrix, word lines by bit lines, not of shape {found.shape}")
    if not np.all(np.isfinite(found)):
        i, j = np.argwhere(~np.isfinite(found))[0]
        raise ParameterError(f"{name}[{i}, {j}] = {found[i, j]}{own and ' ' + own} is not finite")
    found.setflags(write=False)
    return found


@dataclass(frozen=True, eq=False)
class Conductances:
    """Ohmic cells.

    Attributes
    ----------
    values : array_like
        Conductance of every cell, positive, shape (N, M). [S]

    Raises
    ------
    ParameterError
        If it is not a matrix of positive, finite numbers.
    """

    values: FloatArray

    def __post_init__(self) -> None:
        values = matrix_of("conductance", self.values, "S")
        if np.any(values <= 0):
            i, j = np.argwhere(values <= 0)[0]
            raise ParameterError(f"conductance[{i}, {j}] = {values[i, j]:g} S must be positive")
        object.__setattr__(self, "values", values)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        n, m = self.values.shape
        return n, m

    @property
    def ohmic(self) -> FloatArray:
        """The conductances [S]."""
        return self.values

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S]."""
        return self.values * voltage, self.values


@dataclass(frozen=True, eq=False)
class DeviceCells:
    """A compact model in every cell, each with parameters and a state of its own; made by :meth:`of`.

    The device's positive terminal is at the word line.

    Attributes
    ----------
    device : CompactModel
        The nominal device.
    parameters : ndarray
        Parameter vectors, shape (number of parameters, N, M).
    states : ndarray
        States, shape (number of states, N, M).
    """

    device: CompactModel
    parameters: FloatArray
    states: FloatArray

    @classmethod
    def of(
        cls,
        device: CompactModel,
        shape: tuple[int, int],
        *,
        variability: Mapping[str, Distribution] | None = None,
        seed: int = 0,
        **values: ArrayLike,
    ) -> DeviceCells:
        """Put a device into every cell.

        Parameters
        ----------
        device : CompactModel
            The device, of one branch.
        shape : tuple of int
            Numbers of word lines and of bit lines.
        variability : mapping, optional
            Distributions of parameters, by name; see :mod:`synaspice.devices.core.variability`.
        seed : int
            Seed of the variability; cell (i, j) has the device number i M + j of :func:`~.variability.sample`.
        **values : array_like
            Values of parameters, one per cell, such as ``initial_state``.

        Raises
        ------
        ParameterError
            If the device has not two terminals, or a value is out of its bounds.
        UnknownNameError
            If a name is not a parameter of the device.
        """
        if len(device.branches()) != 1:
            raise ParameterError(
                f"a crossbar takes devices of two terminals, and {device.model_name()} has {len(device.terminals())}"
            )
        n, m = (whole("a crossbar's number of lines", number, 1) for number in shape)
        for name in values:
            known(f"parameter of {device.model_name()}", name, device.values)
        units = {name: item.unit for name, item in device.parameter_declarations().items()}
        given = {name: matrix_of(name, value, units[name], (n, m)).ravel().tolist() for name, value in values.items()}
        if not variability and not given:
            parameters, states = parameter_columns([device])
            return cls(device, *(np.broadcast_to(a[:, :, np.newaxis], (len(a), n, m)) for a in (parameters, states)))
        devices = sample(device, variability, n * m, seed) if variability else [device] * (n * m)
        if given:
            rows = zip(*given.values(), strict=True)
            devices = [d.replace(**dict(zip(given, row, strict=True))) for d, row in zip(devices, rows, strict=True)]
        parameters, states = parameter_columns(devices)
        return cls(device, parameters.reshape(-1, n, m), states.reshape(-1, n, m))

    @functools.cached_property
    def _functions(self) -> Compiled:
        return compiled(self.device)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of word lines and of bit lines."""
        _, n, m = self.parameters.shape
        return n, m

    @property
    def ohmic(self) -> None:
        """A compact model makes no promise."""

    def current(self, voltage: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Current [A] and its slope [S], the states held."""
        results = self._functions.conduction_array[0]([voltage], list(self.states), list(self.parameters))
        current, slope = (np.broadcast_to(np.asarray(value, dtype=float), self.shape) for value in results)
        return current, slope

    def with_states(self, **states: ArrayLike) -> DeviceCells:
        """The same cells in other states, by name, shape (N, M)."""
        names, found = self._functions.state_names, self.states.copy()
        for name, value in states.items():
            known(f"state of {self.device.model_name()}", name, names)
            found[names.index(name)] = matrix_of(name, value, self.device.state_declarations()[name].unit, self.shape)
        return dataclasses.replace(self, states=found)

    def state(self, name: str) -> FloatArray:
        """A state of every cell, by name, shape (N, M)."""
        names = self._functions.state_names
        known(f"state of {self.device.model_name()}", name, names)
        found: FloatArray = self.states[names.index(name)]
        return found

    def with_conductance(self, conductance: ArrayLike, voltage: float = 0.0) -> DeviceCells:
        """The same cells in the states in which they have given conductances: ideal programming.

        Parameters
        ----------
        conductance : array_like
            Current over voltage of every cell, shape (N, M). [S]
        voltage : float
            Voltage at which it is meant [V]; at 0 V it is the slope.

        Raises
        ------
        ParameterError
            If the device has not one bounded state, or a cell has no state of that conductance.
        """
        wanted = Conductances(matrix_of("conductance", conductance, "S", self.shape)).values
        declared = list(self.device.state_declarations().values())
        bounds = declared[0].bounds if len(declared) == 1 else None
        if bounds is None:
            raise ParameterError(f"{self.device.model_name()} has not one bounded state to set to a conductance")
        low, high = (np.full(self.shape, bound) for bound in bounds)

        def conductance_at(state: FloatArray) -> FloatArray:
            return chord_conductance(dataclasses.replace(self, states=state[np.newaxis]), voltage)

        ends = conductance_at(low), conductance_at(high)
        rising = ends[1] > ends[0]
        least, most = np.minimum(*ends), np.maximum(*ends)
        slack = 1e-12 * most
        if np.any(out := (wanted < least - slack) | (wanted > most + slack)):
            i, j = np.argwhere(out)[0]
            raise ParameterError(
                f"conductance[{i}, {j}] = {wanted[i, j]:g} S is outside the range of the cell, "
                f"{least[i, j]:g} to {most[i, j]:g} S"
            )
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            up = (conductance_at(middle) < wanted) == rising
            low, high = np.where(up, middle, low), np.where(up, high, middle)
        return dataclasses.replace(self, states=((low + high) / 2)[np.newaxis])

    def pulse(
        self,
        voltage: ArrayLike,
        duration: ArrayLike,
        *,
        access: Cells | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        time_step: float | None = None,
    ) -> DeviceCells:
        """The same cells after a rectangular pulse.

        Parameters
        ----------
        voltage : array_like
            Voltage of the pulse at every cell, shape (N, M). [V]
        duration : array_like
            Its length, one or one per cell. [s]
        access : Cells, optional
            Access device in series with each device, which takes its share of the voltage.
        temperature : float, optional
            With noise at this temperature [K], by the kernels of :meth:`CompactModel.ensemble`, in which a model's
            cycle-to-cycle variability is; without, the states follow their equations to 1e-7 of their scale per step.
        seed, time_step
            Of the noise, as of :meth:`CompactModel.simulate`.
        """
        volts = matrix_of("voltage", voltage, "V", self.shape)
        lengths = matrix_of("duration", duration, "s", self.shape)
        if np.any(lengths < 0):
            raise ParameterError(f"duration must not be negative, and is {np.min(lengths):g} s")
        if temperature is not None:
            if access is not None:
                raise ParameterError("pulses with noise are for cells without an access device")
            kelvin = require_temperature(self.device, temperature)
            return self._noisy_pulse(volts, lengths, kelvin, checked_seed(seed), time_step)
        if seed is not None or time_step is not None:
            raise ParameterError("seed and time_step need a temperature: without it there is no noise")
        count, flat = len(self.states), self.parameters.reshape(len(self.parameters), -1)
        dynamics, conduction = self._functions.static_array, self._functions.conduction_array[0]

        def rates(states: FloatArray, chosen: FloatArray) -> FloatArray:
            across, p = volts.ravel()[chosen], list(flat[:, chosen])
            if access is not None:
                across = split(lambda v: conduction([v], list(states), p), lambda v: _at(access, v, chosen), across)
            found = dynamics([across], list(states), p)[-count:] if count else ()
            return np.array([np.broadcast_to(value, across.shape) for value in found], dtype=float)

        declared = list(self.device.state_declarations().values())
        start = self.states.reshape(count, -1)
        end = integrate(rates, start, lengths.ravel(), np.array([state.scale for state in declared]))
        return dataclasses.replace(self, states=_confined(end, self.device).reshape(self.states.shape))

    def _noisy_pulse(
        self, volts: FloatArray, lengths: FloatArray, temperature: float, seed: int, time_step: float | None
    ) -> DeviceCells:
        states = self.states.copy()
        for volt, length in np.unique(np.stack([volts.ravel(), lengths.ravel()]), axis=1).T.tolist():
            chosen = (volts == volt) & (lengths == length)
            if length == 0:
                continue
            request = Request.of(self.device, volt, positive("duration", length, "s"), "voltage", {})
            plan = _CellPlan(
                request,
                temperature,
                seed,
                whole_steps(request, 1, time_step),
                trajectories=int(chosen.sum()),
                cells=(np.ascontiguousarray(self.parameters[:, chosen]), np.ascontiguousarray(states[:, chosen])),
            )
            chunk = Chunk(plan, 0, int(chosen.sum()))
            chunk.advance(plan.steps)
            states[:, chosen] = chunk.states
        return dataclasses.replace(self, states=states)


@dataclass(frozen=True)
class _CellPlan(Plan):
    """Trajectories of the cells, from where they are."""

    cells: tuple[FloatArray, FloatArray] = (np.empty((0, 0)), np.empty((0, 0)))

    def columns(self, first: int, count: int) -> tuple[FloatArray, FloatArray]:
        return self.cells[0][:, first : first + count], self.cells[1][:, first : first + count]


def _at(cells: Cells, voltage: FloatArray, chosen: FloatArray) -> tuple[FloatArray, FloatArray]:
    everywhere = np.zeros(cells.shape)
    everywhere.ravel()[chosen] = voltage
    current, slope = cells.current(everywhere)
    return current.ravel()[chosen], slope.ravel()[chosen]


def _confined(states: FloatArray, device: CompactModel) -> FloatArray:
    """States within their bounds, and directions of norm one: equations keep them so but for the error of a step."""
    found, declared = states.copy(), list(device.state_declarations().values())
    for k, state in enumerate(declared):
        if state.bounds is not None:
            found[k] = np.clip(found[k], *state.bounds)
    for first, state in enumerate(declared):
        if state.unit_sphere and (first == 0 or declared[first - 1] is not state):
            part = slice(first, first + 3)
            found[part] /= np.sqrt(np.sum(found[part] ** 2, axis=0))
    return found
