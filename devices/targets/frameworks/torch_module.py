"""The PyTorch target: a device as a module whose static curves and trajectories can be differentiated.

The equations are the numeric target's, printed once and executed with PyTorch's functions.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint as recompute

from ...core.codegen import SCALAR_NAMESPACE
from ...language.checks import known, whole
from ...language.equations.functions import EXP_LIMIT
from ...language.errors import ParameterError, SimulationError
from ...language.waveforms.shapes import Waveform
from ...simulation.ensembles.noisy_trajectories import require_temperature
from ...simulation.numerics.newton import MOST_CORRECTIONS, SETTLED, make_correction
from .portable import Arrays, Course, Portable, course, heun, resampling, runge_kutta, sampled

if TYPE_CHECKING:
    from ...core.base import DeviceModel


def _either(name: str, own: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors that takes plain numbers too, which constants of the equations are."""
    plain = SCALAR_NAMESPACE[name]
    return lambda *values: own(*values) if any(isinstance(v, Tensor) for v in values) else plain(*values)


def _ramp(x: Tensor) -> Tensor:
    # Its derivative at zero is 1/2, as that of ramp is in every target.
    return 0.5 * (x + torch.abs(x))


def _tensors(values: Iterable[Any]) -> list[Tensor]:
    tensors = list(values)
    like = next(v for v in tensors if isinstance(v, Tensor))
    return [v if isinstance(v, Tensor) else torch.full_like(like, v) for v in tensors]


def _x_coth(x: Tensor) -> Tensor:
    small = torch.abs(x) < 1e-3
    inside, outside = torch.where(small, x, torch.zeros_like(x)), torch.where(small, torch.ones_like(x), x)
    return torch.where(small, 1 + inside * inside / 3, outside / torch.tanh(outside))


def _limexp(x: Tensor) -> Tensor:
    beyond = _ramp(x - EXP_LIMIT)
    return torch.exp(x - beyond) * (1.0 + beyond)


NAMESPACE: dict[str, Any] = {
    **{
        name: _either(name, getattr(torch, name))
        for name in ["sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "sign"]
    },
    "atan2": _either("atan2", lambda y, x: torch.atan2(*_tensors((y, x)))),
    "pi": math.pi,
    "abs": abs,
    "min": lambda *values: functools.reduce(torch.minimum, _tensors(values)),
    "max": lambda *values: functools.reduce(torch.maximum, _tensors(values)),
    "clip": torch.clamp,
    "ramp": _either("ramp", _ramp),
    "step": _either("step", lambda x: 0.5 * (1.0 + torch.sign(x))),
    "ramp_power": _either("ramp_power", lambda x, a: (_ramp(x) if isinstance(x, Tensor) else max(x, 0.0)) ** a),
    "limexp": _either("limexp", _limexp),
    "x_coth": _either("x_coth", _x_coth),
}


class DeviceModule(torch.nn.Module):
    """A device as a PyTorch module; see :meth:`CompactModel.to_torch`.

    Attributes
    ----------
    device : DeviceModel
        The device that it was made of.
    factors : torch.nn.ParameterDict
        Trained values: the parameters named ``trainable`` over the device's values (where that is zero, the
        parameters themselves), so that all are of order one.
    """

    def __init__(self, device: DeviceModel, dtype: torch.dtype | None, trainable: Iterable[str]) -> None:
        super().__init__()
        self.device = device
        self._portable = Portable(device, NAMESPACE)
        self._dtype = torch.float64 if dtype is None else dtype
        self._names = list(trainable)
        for name in self._names:
            known(f"parameter of {device.model_name()}", name, device.values)
        starts = {name: 1.0 if device.values[name] else 0.0 for name in self._names}
        self.factors = torch.nn.ParameterDict(
            {name: torch.nn.Parameter(torch.tensor(start, dtype=self._dtype)) for name, start in starts.items()}
        )
        self.register_buffer("_anchor", torch.zeros((), dtype=self._dtype))

    # --- parameters -------------------------------------------------------------------------

    def values(self) -> dict[str, Tensor]:
        """The device's parameters in SI units, the trainable ones as they are now."""
        fixed = {name: self._tensor(value) for name, value in self.device.values.items()}
        return fixed | {name: factor * (fixed[name] if fixed[name] else 1.0) for name, factor in self.factors.items()}

    def to_device(self) -> DeviceModel:
        """The device with the trained parameters.

        Raises
        ------
        ParameterError
            If training took a parameter out of its bounds.
        """
        declared = self.device.parameter_declarations()
        # Parameters that are computed from others unless given were held while training.
        kept = {n: self.device.values[n] for n, item in declared.items() if self._names and callable(item.default)}
        trained = {name: value for name, value in self.values().items() if name in self.factors}
        return self.device.replace(**kept, **{name: float(value.detach()) for name, value in trained.items()})

    def _tensor(self, value: Any) -> Tensor:
        anchor = self._anchor
        if isinstance(value, Tensor):
            return value.to(anchor)
        return torch.as_tensor(np.asarray(value, dtype=float)).to(anchor)

    def _vector(self, given: Mapping[str, Any] | None, inputs: Mapping[str, Any]) -> Arrays:
        """Parameter vector, from trained parameters, those of the call, and inputs."""
        values = self.values()
        for name, value in (given or {}).items():
            known(f"parameter of {self.device.model_name()}", name, values)
            values[name] = self._tensor(value)
            numbers, declared = values[name].detach(), self.device.parameter_declarations()[name]
            for extreme in (numbers.min(), numbers.max()) if numbers.numel() else ():
                declared.check(float(extreme))
        vector = map(self._tensor, self._portable.vector(values))
        names = self._portable.compiled.parameter_names
        return tuple(inputs.get(name, value) for name, value in zip(names, vector, strict=True))

    # --- static curves ----------------------------------------------------------------------

    def static(self, *, parameters: Mapping[str, Any] | None = None, **quantities: Any) -> dict[str, Tensor]:
        """Currents, slopes, observables and rates at given voltages, states and inputs.

        Parameters
        ----------
        parameters : mapping, optional
            Parameters [SI units] in place of the device's: tensors through which gradients flow, of any shape that
            broadcasts.
        **quantities : Tensor or array_like
            Branch voltages [V], states and inputs, by name; missing ones are 0 V, or the initial value.

        Returns
        -------
        dict of Tensor
            As of :meth:`CompactModel.static`, all of one shape.
        """
        compiled = self._portable.compiled
        changeable = [*self.device.input_declarations(), *self.device.telegraph_declarations()]
        choices = [*compiled.voltage_names, *compiled.state_names, *changeable]
        for name in quantities:
            known(f"voltage, state or input of {self.device.model_name()}", name, choices)
        given = {name: self._tensor(value) for name, value in quantities.items()}
        p = self._vector(parameters, {name: value for name, value in given.items() if name in changeable})
        initial = zip(compiled.state_names, self._portable.initial(p), strict=True)
        x = [given[name] if name in given else self._tensor(value) for name, value in initial]
        v = [given.get(name, self._anchor) for name in compiled.voltage_names]
        results = map(self._tensor, self._portable.static(v, x, p))
        shape = torch.broadcast_shapes(*(value.shape for value in (*v, *x, *p)))
        return {name: r.expand(shape) for name, r in zip(compiled.static_names, results, strict=True)}

    # --- trajectories -----------------------------------------------------------------------

    def forward(
        self,
        drive: Any,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Any] | None = None,
        parameters: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        steps: int | None = None,
        points: int | None = None,
        temperature: float | None = None,
        trajectories: int | None = None,
        seed: int | None = None,
        checkpoint: bool = False,
    ) -> dict[str, Tensor]:
        """Trajectories in fixed steps: the classical Runge-Kutta scheme, or with a temperature stochastic Heun.

        Parameters
        ----------
        drive : float, Waveform or Tensor
            Voltage [V] or current [A] of the driven branch: a tensor is of shape (..., samples), evenly spaced over
            the duration and joined by straight lines; the dimensions before are a batch.
        duration : float
            Length of the simulation. [s]
        source : str
            Imposed quantity; see :meth:`CompactModel.simulate`.
        inputs : mapping, optional
            Drives of inputs and of other branches, of the same forms.
        parameters : mapping, optional
            Parameters in place of the device's: numbers, or tensors of the batch's shape.
        initial : mapping, optional
            Initial states in place of the device's, likewise.
        steps : int, optional
            Number of steps; default: one per interval of a sampled drive, otherwise steps of 1/1000 of the model's
            time scale.
        points : int, optional
            Number of evenly spaced times to report; default: every step.
        temperature : float, optional
            Temperature of the noise [K], which gradients pass as if it were given (reparameterised).
        trajectories : int, optional
            Number of independent noisy trajectories: a further dimension of the batch, in front.
        seed : int, optional
            Seed of the noise.
        checkpoint : bool
            Whether to keep the states at some points only and compute the steps between them again for the gradient:
            memory then grows with the square root of the number of steps, at one more evaluation.

        Returns
        -------
        dict of Tensor
            ``time`` [s] of shape (points,); voltages, currents, inputs, states and observables of shape
            (..., points).

        Raises
        ------
        ParameterError
            If the duration is not positive, or an argument does not fit the model.
        UnknownNameError
            If a name is not the model's.
        SimulationError
            If the device cannot carry the current.
        """
        compiled = self._portable.compiled
        if not isinstance(drive, Waveform):
            drive = self._tensor(drive)
        plan = course(self.device, drive, duration, source, steps, points)
        if temperature is None and (trajectories is not None or seed is not None):
            raise ParameterError("trajectories and seed need a temperature: without it there is no noise")
        driven = self._grids(plan, {compiled.voltage_names[plan.branch]: drive}, inputs)
        own = driven.pop(compiled.voltage_names[plan.branch])
        p = self._vector(parameters, {})
        start = dict(zip(compiled.state_names, map(self._tensor, self._portable.initial(p)), strict=True))
        for name, value in (initial or {}).items():
            known(f"state of {self.device.model_name()}", name, start)
            start[name] = self._tensor(value)
        shapes = [grid.shape[:-1] for grid in (own, *driven.values())]
        batch = torch.broadcast_shapes(*shapes, *(value.shape for value in (*p, *start.values())))
        generator = None
        if temperature is not None:
            require_temperature(self.device, temperature)
            batch = (*(() if trajectories is None else (whole("trajectories", trajectories, 1),)), *batch)
            generator = torch.Generator(self._anchor.device)
            generator.manual_seed(whole("seed", seed, 0)) if seed is not None else generator.seed()
        run = _Run(self._portable, plan, own, driven, p, temperature)
        x: Arrays = tuple(value.expand(batch) for value in start.values())
        reported = [x]
        # Segments as long as there are of them.
        length = max(plan.stride, round(math.sqrt(plan.steps * plan.stride)) // plan.stride * plan.stride)
        for first in range(0, plan.steps, length):
            last = min(first + length, plan.steps)
            noise = None
            if generator is not None:
                shape = (last - first, len(compiled.system.noises), *batch)
                noise = torch.randn(shape, generator=generator, dtype=self._dtype, device=generator.device)
            if checkpoint:
                found = recompute(run.segment, first, last, noise, *x, use_reentrant=False)
            else:
                found = run.segment(first, last, noise, *x)
            reported += found
            x = found[-1]
        return self._report(run, reported, batch)

    def _grids(self, plan: Course, drives: Mapping[str, Any], inputs: Mapping[str, Any] | None) -> dict[str, Tensor]:
        """Values at every half step of the drives, along the last dimension."""
        others = [name for name in self._portable.compiled.voltage_names if name not in drives]
        allowed = [*self.device.input_declarations(), *others]
        for name in inputs or {}:
            known(f"input of {self.device.model_name()}", name, allowed)
        grids = {}
        for name, value in (*drives.items(), *(inputs or {}).items()):
            if isinstance(value, Waveform):
                grids[name] = self._tensor(sampled(value, plan))
                continue
            samples = self._tensor(value)
            if samples.ndim == 0:
                grids[name] = samples.expand(2 * plan.steps + 1)
                continue
            before, fraction = resampling(samples.shape[-1], plan.steps)
            weight, index = self._tensor(fraction), torch.as_tensor(before, device=samples.device)
            grids[name] = samples[..., index] * (1 - weight) + samples[..., index + 1] * weight
        return grids

    def _report(self, run: _Run, reported: list[Arrays], batch: tuple[int, ...]) -> dict[str, Tensor]:
        compiled, plan = self._portable.compiled, run.plan
        x = tuple(torch.stack([states[k] for states in reported], dim=-1) for k in range(len(reported[0])))
        at = slice(None, None, 2 * plan.stride)
        # Parameters, which have the batch's shape, get the dimension of time.
        p = tuple(value.unsqueeze(-1) if value.ndim else value for value in run.p)
        v, p = run.circumstances(lambda grid: grid[..., at], x, p)
        static = dict(zip(compiled.static_names, map(self._tensor, self._portable.static(v, x, p)), strict=True))
        shape = (*batch, len(reported))
        result = {"time": self._tensor(plan.times)}
        for name, voltage, branch in zip(compiled.voltage_names, v, self.device.branches().values(), strict=True):
            result[name] = self._tensor(voltage).expand(shape)
            result[branch.current] = static[branch.current].expand(shape)
        result |= {n: grid[..., at].expand(shape) for n, grid in run.grids.items() if n not in compiled.voltage_names}
        result |= dict(zip(compiled.state_names, x, strict=True))
        return result | {str(y): static[str(y)].expand(shape) for y in compiled.system.observables}


class _Run:
    """The right-hand side of a driven device, over the half steps of its course."""

    def __init__(
        self,
        portable: Portable,
        plan: Course,
        drive: Tensor,
        grids: Mapping[str, Tensor],
        p: Arrays,
        temperature: float | None,
    ) -> None:
        self.portable, self.plan, self.drive, self.grids = portable, plan, drive, grids
        self.p, self.temperature = p, temperature
        self._rows = {name: k for k, name in enumerate(portable.compiled.parameter_names) if name in grids}

    def circumstances(self, at: Callable[[Tensor], Tensor], x: Arrays, p: Arrays) -> tuple[Arrays, Arrays]:
        """Voltages and parameters where ``at`` takes the drives."""
        if self._rows:
            present = list(p)
            for name, row in self._rows.items():
                present[row] = at(self.grids[name])
            p = tuple(present)
        zero = torch.zeros_like(at(self.drive))
        v = tuple(at(self.grids[n]) if n in self.grids else zero for n in self.portable.compiled.voltage_names)
        return self.portable.voltages_at(self.plan, at(self.drive), v, x, p, torch.Tensor.detach, _newton), p

    def segment(self, first: int, last: int, noise: Tensor | None, *x: Tensor) -> list[Arrays]:
        """States at the reported points of some steps."""
        step, reported = self.plan.step, []
        for k in range(first, last):

            def rate(half: int, states: Arrays, k: int = k) -> Arrays:
                v, p = self.circumstances(lambda grid: grid[..., 2 * k + half], states, self.p)
                if noise is None:
                    return self.portable.rates(v, states, p)
                unit = noise[k - first] / math.sqrt(step)
                return self.portable.noisy_rates(v, states, (*p, self.temperature), unit)

            x = self.portable.constrained((runge_kutta if noise is None else heun)(rate, x, step))
            if (k + 1) % self.plan.stride == 0:
                reported.append(x)
        return reported


def _newton(excess: Callable[[Tensor], tuple[Any, Any]], start: Tensor) -> Tensor:
    found, precision = start, max(SETTLED, 8 * torch.finfo(start.dtype).eps)
    correct = make_correction(
        lambda condition, one, other: torch.where(condition, *_tensors((one, other, found))[:2]), precision
    )
    low, high, last = (torch.full_like(start, end) for end in (-math.inf, math.inf, math.inf))
    settled = torch.zeros_like(start, dtype=torch.bool)
    with torch.no_grad():
        for _ in range(MOST_CORRECTIONS):
            value, slope = _tensors((*excess(found), found))[:2]
            better, low, high, last, done = correct(found, low, high, last, value, slope)
            found, settled = torch.where(settled, found, better), settled | done
            if bool(settled.all()):
                return found
    raise SimulationError(
        f"no voltage was found at which the device carries its current, in {MOST_CORRECTIONS} corrections"
    )
