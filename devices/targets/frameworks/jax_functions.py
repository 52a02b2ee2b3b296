"""The JAX target: a device as pure functions of a tree of parameters, to be transformed by ``jit``, ``vmap``, ``grad``.

The equations are the numeric target's, printed once and executed with JAX's functions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ...language.checks import known
from ...language.equations.functions import EXP_LIMIT
from ...language.errors import ParameterError, SimulationError
from ...language.waveforms.shapes import Waveform
from ...simulation.ensembles.noisy_trajectories import require_temperature
from ...simulation.numerics.newton import MOST_CORRECTIONS, SETTLED, make_correction
from .portable import Arrays, Course, Portable, course, heun, resampling, runge_kutta, sampled

if TYPE_CHECKING:
    from ...core.base import DeviceModel


def _ramp(x: Any) -> Any:
    # Its derivative at zero is 1/2, as that of ramp is in every target.
    return 0.5 * (x + jnp.abs(x))


def _limexp(x: Any) -> Any:
    beyond = _ramp(x - EXP_LIMIT)
    return jnp.exp(x - beyond) * (1.0 + beyond)


def _x_coth(x: Any) -> Any:
    small = jnp.abs(x) < 1e-3
    inside, outside = jnp.where(small, x, 0.0), jnp.where(small, 1.0, x)
    return jnp.where(small, 1 + inside * inside / 3, outside / jnp.tanh(outside))


NAMESPACE: dict[str, Any] = {
    **{
        name: getattr(jnp, name)
        for name in ["sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "pi", "sign", "abs", "clip"]
    },
    **{name: getattr(jnp, "arc" + name[1:]) for name in ("asin", "acos", "atan", "atan2")},
    "min": lambda *values: functools.reduce(jnp.minimum, values),
    "max": lambda *values: functools.reduce(jnp.maximum, values),
    "ramp": _ramp,
    "step": lambda x: 0.5 * (1.0 + jnp.sign(x)),
    "ramp_power": lambda x, a: _ramp(x) ** a,
    "limexp": _limexp,
    "x_coth": _x_coth,
}


@dataclass(frozen=True)
class DeviceFunctions:
    """Pure functions of a device; see :meth:`CompactModel.to_jax`.

    Attributes
    ----------
    device : DeviceModel
        The device that they were made of.
    """

    device: DeviceModel
    _dtype: Any

    @functools.cached_property
    def _portable(self) -> Portable:
        return Portable(self.device, NAMESPACE)

    @property
    def parameters(self) -> dict[str, jax.Array]:
        """The device's parameters in SI units, by name: the tree that the functions take."""
        return {name: jnp.asarray(value, self._dtype) for name, value in self.device.values.items()}

    def derived(self, parameters: Mapping[str, Any]) -> dict[str, jax.Array]:
        """The derived quantities, by name."""
        values = self._portable.derived(
            [self._full(parameters)[str(s)] for s in self._portable.compiled.system.parameters]
        )
        return {n: self._array(value) for n, value in zip(self._portable.compiled.derived_names, values, strict=True)}

    def initial(self, parameters: Mapping[str, Any]) -> dict[str, jax.Array]:
        """The states at t = 0, by name."""
        values = self._portable.initial(self._vector(parameters, {}))
        return {name: self._array(x) for name, x in zip(self._portable.compiled.state_names, values, strict=True)}

    def static(
        self, parameters: Mapping[str, Any], quantities: Mapping[str, Any] | None = None, **named: Any
    ) -> dict[str, jax.Array]:
        """Currents, slopes, observables and rates at given voltages, states and inputs.

        Parameters
        ----------
        parameters : mapping
            Parameters [SI units]; those that are missing are the device's.
        quantities : mapping, optional
            Branch voltages [V], states and inputs; missing ones are 0 V, or the initial value. They can be given
            by name too.

        Returns
        -------
        dict of Array
            As of :meth:`CompactModel.static`, all of one shape.
        """
        given = {**(quantities or {}), **named}
        compiled = self._portable.compiled
        changeable = [*self.device.input_declarations(), *self.device.telegraph_declarations()]
        self._check(given, [*compiled.voltage_names, *compiled.state_names, *changeable], "voltage, state or input")
        p = self._vector(parameters, {name: value for name, value in given.items() if name in changeable})
        start = zip(compiled.state_names, self._portable.initial(p), strict=True)
        x = tuple(self._array(given.get(name, value)) for name, value in start)
        v = tuple(self._array(given.get(name, 0.0)) for name in compiled.voltage_names)
        shape = jnp.broadcast_shapes(*(jnp.shape(value) for value in (*v, *x, *p)))
        results = zip(compiled.static_names, self._portable.static(v, x, p), strict=True)
        return {name: jnp.broadcast_to(self._array(value), shape) for name, value in results}

    def rates(self, parameters: Mapping[str, Any], v: Arrays, x: Arrays) -> jax.Array:
        """The rates of the states, stacked along the first dimension, at voltages v and states x in their order."""
        found = self._portable.rates(v, x, self._vector(parameters, {}))
        return jnp.stack(jnp.broadcast_arrays(*map(self._array, found)))

    def simulate(
        self,
        parameters: Mapping[str, Any],
        drive: Any,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        steps: int | None = None,
        points: int | None = None,
        temperature: float | None = None,
        key: Any = None,
    ) -> dict[str, jax.Array]:
        """Trajectory in fixed steps, by ``lax.scan``: the classical Runge-Kutta scheme, or stochastic Heun.

        Parameters
        ----------
        parameters : mapping
            Parameters [SI units]; those that are missing are the device's.
        drive : float, Waveform or Array
            Voltage [V] or current [A] of the driven branch: an array is of shape (..., samples), evenly spaced over
            the duration and joined by straight lines; the dimensions before are a batch.
        duration : float
            Length of the simulation [s]; not to be traced.
        source : str
            Imposed quantity; see :meth:`CompactModel.simulate`.
        inputs : mapping, optional
            Drives of inputs and of other branches, of the same forms.
        initial : mapping, optional
            Initial states in place of the device's.
        steps : int, optional
            Number of steps; default: one per interval of a sampled drive, otherwise steps of 1/1000 of the model's
            time scale.
        points : int, optional
            Number of evenly spaced times to report; default: every step. The steps between them are computed again for
            a gradient in reverse, which saves memory.
        temperature : float, optional
            Temperature of the noise [K].
        key : jax.Array, optional
            Key of the noise, of ``jax.random.key``; ``vmap`` over keys makes an ensemble.

        Returns
        -------
        dict of Array
            ``time`` [s] of shape (points,); voltages, currents, inputs, states and observables of shape
            (..., points). In a function that JAX compiles or differentiates they are NaN where the device cannot
            carry its current.

        Raises
        ------
        SimulationError
            If the device cannot carry its current.
        """
        compiled = self._portable.compiled
        if not isinstance(drive, Waveform):
            drive = self._array(drive)
        plan = course(self.device, drive, duration, source, steps, points)
        if (temperature is None) != (key is None):
            raise ParameterError("noise needs a temperature and a key, jax.random.key(seed)")
        if isinstance(temperature, float | int):  # a traced one has no value yet
            require_temperature(self.device, temperature)
        driven = compiled.voltage_names[plan.branch]
        others = [name for name in compiled.voltage_names if name != driven]
        self._check(inputs or {}, [*self.device.input_declarations(), *others], "input")
        grids = {name: self._grid(plan, value) for name, value in {driven: drive, **(inputs or {})}.items()}
        p = self._vector(parameters, {})
        start = self.initial(parameters)
        self._check(initial or {}, list(start), "state")
        start |= {name: self._array(value) for name, value in (initial or {}).items()}
        shapes = [grid.shape[1:] for grid in grids.values()]
        batch = jnp.broadcast_shapes(*shapes, *(value.shape for value in (*p, *start.values())))
        first: Arrays = tuple(jnp.broadcast_to(value, batch) for value in start.values())

        def circumstances(present: Mapping[str, Any], x: Arrays) -> tuple[Arrays, Arrays]:
            values = tuple(present.get(name, q) for name, q in zip(compiled.parameter_names, p, strict=True))
            v = tuple(present.get(name, jnp.zeros((), self._dtype)) for name in compiled.voltage_names)
            return self._portable.voltages_at(plan, present[driven], v, x, values, lax.stop_gradient, _newton), values

        def one_step(x: Arrays, given: tuple[dict[str, Any], Any]) -> tuple[Arrays, None]:
            halves, noise_key = given

            def rate(half: int, states: Arrays) -> Arrays:
                v, values = circumstances({name: grid[half] for name, grid in halves.items()}, states)
                if noise_key is None:
                    return self._portable.rates(v, states, values)
                return self._portable.noisy_rates(v, states, (*values, temperature), unit)

            if noise_key is None:
                return self._settled(runge_kutta(rate, x, plan.step), x), None
            unit = jax.random.normal(noise_key, (len(compiled.system.noises), *batch), self._dtype) / plan.step**0.5
            return self._settled(heun(rate, x, plan.step), x), None

        def stride(x: Arrays, given: Any) -> tuple[Arrays, Arrays]:
            x, _ = lax.scan(one_step, x, given)
            return x, x

        groups = plan.steps // plan.stride
        index = 2 * np.arange(plan.steps)[:, None] + np.arange(3)
        index = index.reshape(groups, plan.stride, 3)
        keys = None if key is None else jax.random.split(key, (groups, plan.stride))
        body = jax.checkpoint(stride) if plan.stride > 1 else stride
        _, later = lax.scan(body, first, ({name: grid[index] for name, grid in grids.items()}, keys))
        x = tuple(jnp.concatenate([a[None], rest]) for a, rest in zip(first, later, strict=True))
        present = {name: grid[:: 2 * plan.stride] for name, grid in grids.items()}
        present = {
            name: grid.reshape(-1, *(1,) * (len(batch) + 1 - grid.ndim), *grid.shape[1:])
            for name, grid in present.items()
        }
        v, values = circumstances(present, x)
        static = dict(zip(compiled.static_names, self._portable.static(v, x, values), strict=True))

        if (
            plan.by_current
            and not isinstance(v[plan.branch], jax.core.Tracer)
            and bool(jnp.isnan(v[plan.branch]).any())
        ):
            raise SimulationError("no voltage was found at which the device carries its current")

        def shaped(value: Any) -> jax.Array:
            return jnp.moveaxis(jnp.broadcast_to(value, (groups + 1, *batch)), 0, -1)

        result = {"time": jnp.asarray(plan.times, self._dtype)}
        for name, voltage, branch in zip(compiled.voltage_names, v, self.device.branches().values(), strict=True):
            result |= {name: shaped(voltage), branch.current: shaped(static[branch.current])}
        result |= {name: shaped(present[name]) for name in self.device.input_declarations() if name in present}
        result |= {name: shaped(value) for name, value in zip(compiled.state_names, x, strict=True)}
        return result | {str(y): shaped(static[str(y)]) for y in compiled.system.observables}

    # --- details ----------------------------------------------------------------------------

    def _array(self, value: Any) -> jax.Array:
        return jnp.asarray(value, self._dtype)

    def _check(self, given: Mapping[str, Any], choices: list[str], kind: str) -> None:
        for name in given:
            known(f"{kind} of {self.device.model_name()}", name, choices)

    def _full(self, parameters: Mapping[str, Any]) -> dict[str, jax.Array]:
        self._check(parameters, list(self.device.values), "parameter")
        return {name: self._array(parameters.get(name, value)) for name, value in self.device.values.items()}

    def _vector(self, parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> Arrays:
        vector = self._portable.vector(self._full(parameters))
        pairs = zip(self._portable.compiled.parameter_names, vector, strict=True)
        return tuple(self._array(inputs.get(name, value)) for name, value in pairs)

    def _settled(self, x: Arrays, before: Arrays) -> Arrays:
        states = zip(self._portable.constrained(x), before, strict=True)
        return tuple(self._array(jnp.broadcast_to(value, old.shape)) for value, old in states)

    def _grid(self, plan: Course, value: Any) -> jax.Array:
        """Values at every half step, along the first dimension."""
        if isinstance(value, Waveform):
            return self._array(sampled(value, plan))
        samples = self._array(value)
        if samples.ndim == 0:
            return jnp.broadcast_to(samples, (2 * plan.steps + 1,))
        before, fraction = resampling(samples.shape[-1], plan.steps)
        grid = samples[..., before] * (1 - fraction) + samples[..., before + 1] * fraction
        return jnp.moveaxis(grid, -1, 0)


def _newton(excess: Callable[[Any], tuple[Any, Any]], start: Any) -> Any:
    """The root, or NaN where there is none: compiled functions cannot raise."""
    correct = make_correction(jnp.where, max(SETTLED, 8 * float(jnp.finfo(start.dtype).eps)))

    def unsettled(carry: tuple[Any, ...]) -> Any:
        *_, settled, count = carry
        return (count < MOST_CORRECTIONS) & ~jnp.all(settled)

    def improve(carry: tuple[Any, ...]) -> tuple[Any, ...]:
        found, low, high, last, settled, count = carry
        value, slope = (jnp.broadcast_to(part, start.shape) for part in excess(found))
        better, low, high, last, done = correct(found, low, high, last, value, slope)
        return jnp.where(settled, found, better), low, high, last, settled | done, count + 1

    ends = (jnp.full_like(start, end) for end in (-jnp.inf, jnp.inf, jnp.inf))
    found, *_, settled, _ = lax.while_loop(unsettled, improve, (start, *ends, jnp.zeros_like(start, dtype=bool), 0))
    return jnp.where(settled, found, jnp.nan)


def make_functions(device: DeviceModel, dtype: str) -> DeviceFunctions:
    """Make the functions of a device; see :meth:`CompactModel.to_jax`."""
    whole_names = ("float32", "float64")
    known("dtype", dtype, whole_names)
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ParameterError(
            "JAX is set to single precision: jax.config.update('jax_enable_x64', True) first, or ask for "
            "to_jax(dtype='float32')"
        )
    return DeviceFunctions(device, jnp.dtype(dtype))
