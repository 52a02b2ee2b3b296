r"""Oscillators as reservoirs: what devices answer to levels that are each held for a time.

A device whose amplitude relaxes slower than the levels change answers to each with a state that depends on those before
it. Levels that come from one input through a mask make so many virtual nodes of one device, multiplexed in time
(J. Torrejon et al., Nature 547, 428 (2017), doi:10.1038/nature23011).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..core.base import DeviceModel
from ..core.oscillator_protocols import Oscillation
from ..core.vectors import compiled
from ..language.array_checks import reals
from ..language.checks import known, positive, real, whole
from ..language.errors import ParameterError, shown
from ..language.memory import require_memory
from ..language.waveforms.shapes import FloatArray
from .ensembles.noisy_trajectories import block_for, checked_seed, require_steps, require_temperature
from .ensembles.plan import Chunk, Plan
from .numerics.threads import in_chunks
from .operating_points.static import evaluate_static
from .request import Request

#: Steps in a period of the oscillation, and samples of an interval from which an amplitude of the voltage is computed.
STEPS, SAMPLES = 40, 16
#: Numbers that the traces of the trajectories of a task may take at a time: a small part of any memory.
TRACES = 1 << 22


@dataclass(frozen=True)
class HeldResponse:
    """What devices answered to levels that were held.

    Attributes
    ----------
    amplitudes : ndarray
        Observable at the end of each interval, shape (trajectories, levels).
    states : ndarray
        States of the devices at the end, shape (states, trajectories).
    time_step : float
        Step that was taken. [s]
    """

    amplitudes: FloatArray
    states: FloatArray
    time_step: float


def observable_of(device: DeviceModel, observable: str | None) -> str:
    """The observable that is read out: ``envelope`` where the device has one, otherwise the voltage's amplitude.

    Raises
    ------
    UnknownNameError
        If the device has no such observable.
    """
    choices = ["voltage", *map(str, device.system.observables), *compiled(device).state_names]
    chosen = observable or ("envelope" if "envelope" in choices else "voltage")
    return known(f"observable of {device.model_name()}", chosen, choices)


def usual_step(device: DeviceModel) -> float:
    """A part of the period of a device's oscillation, or of its time scale if it suggests none [s]."""
    scale = device.settling_time
    if device.suits(Oscillation):
        scale = min(scale, 1 / device.protocol(Oscillation).frequency)
    return scale / STEPS


def held_response(
    devices: DeviceModel | Sequence[DeviceModel],
    levels: ArrayLike,
    node_time: float,
    *,
    observable: str | None = None,
    temperature: float = 0.0,
    time_step: float | None = None,
    seed: int | None = None,
    states: FloatArray | None = None,
    threads: int | None = None,
) -> HeldResponse:
    r"""Drive devices by currents that are each held for a time, and read an observable at the end of each.

    .. math:: I(t) = I_k, \quad (k - 1)\,\theta < t \le k\,\theta; \qquad a_k = y(k\,\theta)

    Parameters
    ----------
    devices : CompactModel, or sequence of them
        One device for all trajectories, or one for each, of one model with the same options.
    levels : array_like
        Currents, shape (trajectories, levels). [A]
    node_time : float
        Time for which each is held, theta. [s]
    observable : str, optional
        Observable or state that is read; default: ``envelope`` where the device has one. ``"voltage"``: the amplitude
        of the voltage over the interval, sqrt(2) times its standard deviation.
    temperature : float
        Temperature of the noise. [K]
    time_step : float, optional
        Longest step of the stochastic Heun scheme [s]; default: 1/40 of the device's period, at which the scheme
        takes :math:`\omega^4 h^3 / 8`, some 5e-4 of the angular frequency, from the damping.
    seed : int, optional
        Seed of the noise.
    states : ndarray, optional
        States to begin with, shape (states, trajectories); default: the devices' initial ones.
    threads : int, optional
        Number of threads; default: one per core.

    Returns
    -------
    HeldResponse
        What is read at the end of each interval, and the states at the end.

    Raises
    ------
    ParameterError
        If shapes do not fit, or an argument makes no sense.
    UnknownNameError
        If the device has no such observable or state.
    SimulationError
        If a state leaves the finite numbers.
    """
    currents = reals("levels", levels, "A", dimensions=2)
    count, number = currents.shape
    each, first = _devices(devices, count)
    kelvin = require_temperature(first, temperature)
    name, theta = observable_of(first, observable), positive("node_time", node_time, "s")
    step = positive("time_step", usual_step(first) if time_step is None else time_step, "s")
    samples = SAMPLES if name == "voltage" else 1
    require_steps(theta / step * number, step, count)
    hold = samples * math.ceil(theta / step / samples * (1 - 1e-12))
    require_memory(number, f"levels of {count} trajectories", 8.0 * count, "drive them by")
    # Its own current is each trajectory's; that of the request would be of none.
    request = Request.of(first, 0.0, theta * number, "current", {})
    block, chunk = block_for(count)
    plan = Plan(
        request,
        kelvin,
        checked_seed(seed),
        hold * number,
        None if each is None else lambda start, some: each[start : start + some],
        block=block,
        noise=kelvin > 0,
        trajectories=count,
        hold=hold,
    )
    found = np.empty((count, number))
    last = np.empty((len(compiled(first).state_names), count))

    def run(start: int, some: int) -> None:
        task = Chunk(plan, start, some)
        mine = slice(start, start + some)
        if states is not None:
            task.states = np.array(states[:, mine], order="C")
        reader = _Reader(plan, task, name, samples)
        at_a_time = max(1, TRACES // (samples * some * reader.rows))
        for begin in range(0, number, at_a_time):
            found[mine, begin : begin + at_a_time] = reader.read(currents[mine], begin, at_a_time)
        last[:, mine] = task.states

    for _ in in_chunks(range(count), run, size=chunk, threads=threads):
        pass
    return HeldResponse(found, last, plan.time_step)


def reservoir_states(
    devices: DeviceModel | Sequence[DeviceModel],
    inputs: ArrayLike,
    mask: ArrayLike,
    *,
    bias: ArrayLike,
    amplitude: ArrayLike,
    node_time: float,
    settling: float = 0.0,
    observable: str | None = None,
    temperature: float = 0.0,
    time_step: float | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> FloatArray:
    r"""Run devices as reservoirs of virtual nodes, multiplexed in time, many of them in one call.

    Each step :math:`\mathbf u` of the input is spread over the nodes by the mask, and each node's current held for a
    node time that is shorter than the relaxation of the amplitude, so that nodes feel those before them:

    .. math:: I_k = I_0 + \Delta I\,(\mathbf M\,\mathbf u)_k

    The observable at the end of each interval is the state of that node, for a linear readout.

    Parameters
    ----------
    devices : CompactModel, or sequence of them
        One device for all sequences, or one for each, of one model with the same options.
    inputs : array_like
        Sequences, shape (sequences, steps, inputs), or one of them, shape (steps, inputs).
    mask : array_like
        Mask, shape (nodes, inputs), or one for each sequence, shape (sequences, nodes, inputs).
    bias : float or array_like
        DC current, or one for each sequence. [A]
    amplitude : float or array_like
        Current per masked input, or one for each sequence. [A]
    node_time : float
        Time for which each node's current is held. [s]
    settling : float
        Time at the bias before the first input, at least. [s]
    observable, temperature, time_step, seed, threads
        As of :func:`held_response`.

    Returns
    -------
    ndarray
        States of the nodes, shape (sequences, steps, nodes); of one sequence (steps, nodes).

    Raises
    ------
    ParameterError, UnknownNameError, SimulationError
        As of :func:`held_response`.

    References
    ----------
    L. Appeltant et al., Nat. Commun. 2, 468 (2011), doi:10.1038/ncomms1476 (one node, multiplexed in time);
    J. Torrejon et al., Nature 547, 428 (2017), doi:10.1038/nature23011 (by a spin-torque oscillator).
    """
    given = reals("inputs", inputs, dimensions=None)
    if given.ndim not in (2, 3):
        raise ParameterError(f"the inputs must have the shape (sequences, steps, inputs), not {given.shape}")
    sequences = given.reshape(-1, *given.shape[-2:])
    masks = reals("the mask", mask, dimensions=None)
    count, steps, width = sequences.shape
    if masks.ndim not in (2, 3) or masks.shape[-1] != width or (masks.ndim == 3 and len(masks) != count):
        raise ParameterError(
            f"the mask must have the shape (nodes, {width}) or ({count}, nodes, {width}), not {masks.shape}"
        )
    wait = real("settling", settling, "s")
    if wait < 0:
        raise ParameterError(f"settling must not be negative, not {wait:g} s")
    rest = _per_sequence("bias", bias, count)
    swing = _per_sequence("amplitude", amplitude, count)
    masked = np.einsum("sti,sni->stn", sequences, np.broadcast_to(masks, (count, *masks.shape[-2:])))
    levels = (rest[:, np.newaxis, np.newaxis] + swing[:, np.newaxis, np.newaxis] * masked).reshape(count, -1)
    before = math.ceil(wait / positive("node_time", node_time, "s"))
    held = held_response(
        devices,
        np.concatenate([np.repeat(rest[:, np.newaxis], before, axis=1), levels], axis=1),
        node_time,
        observable=observable,
        temperature=temperature,
        time_step=time_step,
        seed=seed,
        threads=threads,
    )
    nodes = held.amplitudes[:, before:].reshape(count, steps, masks.shape[-2])
    return nodes if given.ndim == 3 else nodes[0]


def random_mask(nodes: int, inputs: int = 1, *, seed: int | np.random.Generator = 0) -> FloatArray:
    """Draw a mask of ones and minus ones, both as probable.

    Parameters
    ----------
    nodes : int
        Number of virtual nodes.
    inputs : int
        Number of inputs of a step.
    seed : int or numpy.random.Generator
        Seed of the random numbers, or what draws them.

    Returns
    -------
    ndarray
        The mask, shape (nodes, inputs). [1]

    Raises
    ------
    ParameterError
        If a number is none, or too small.
    """
    shape = whole("nodes", nodes, 1), whole("inputs", inputs, 1)
    drawn = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(whole("seed", seed, 0))
    return drawn.choice([-1.0, 1.0], size=shape)


class _Reader:
    """Advances a chunk under levels, and reads an observable at the end of each."""

    def __init__(self, plan: Plan, chunk: Chunk, observable: str, samples: int) -> None:
        self.plan, self.chunk, self.observable, self.samples = plan, chunk, observable, samples
        self.rows = len(chunk.states) + len(chunk.telegraphs)
        functions = compiled(plan.request.device)
        self.of_states = None if observable == "voltage" else functions.observable_of_states(observable)

    def read(self, levels: FloatArray, begin: int, number: int) -> FloatArray:
        """Observable at the end of some intervals, shape (trajectories, intervals)."""
        plan, chunk, count = self.plan, self.chunk, len(levels)
        mine = np.ascontiguousarray(levels[:, begin : begin + number])
        points, stride = self.samples * mine.shape[1], plan.hold // self.samples
        traces = np.empty((self.rows, count, points + 1))
        chunk.advance(plan.hold * mine.shape[1], stride, traces, mine, begin * plan.hold)
        values = traces[:, :, 1:]
        if self.of_states is not None:
            parameters = list(chunk.parameters[:, :, np.newaxis])
            found = self.of_states([], list(values[: len(chunk.states)]), parameters)[0]
            return np.asarray(np.broadcast_to(found, values.shape[1:]))
        return self._by_voltage(values, np.repeat(mine, self.samples, axis=1), begin * plan.hold * plan.time_step)

    def _by_voltage(self, values: FloatArray, drive: FloatArray, start: float) -> FloatArray:
        """Of what depends on the voltage."""
        plan, chunk, shape = self.plan, self.chunk, values.shape[1:]
        device = plan.request.device
        times = start + plan.time_step * plan.hold / self.samples * np.arange(1, shape[1] + 1)
        quantities = plan.quantities(times, values, chunk.parameters, drive)
        first = next(iter(device.branches()))
        if self.observable == "voltage":
            sampled = np.broadcast_to(quantities[first], shape).reshape(shape[0], -1, self.samples)
            return np.asarray(np.sqrt(2) * sampled.std(axis=2))
        names = [first, *compiled(device).state_names, *device.telegraph_declarations()]
        given = {name: np.broadcast_to(quantities[name], shape).ravel() for name in names}
        parameters = [np.broadcast_to(row[:, np.newaxis], shape).ravel() for row in chunk.parameters]
        return np.asarray(evaluate_static(device, given, parameters)[self.observable]).reshape(shape)


def _devices(devices: Any, count: int) -> tuple[list[DeviceModel] | None, DeviceModel]:
    """The devices, None if they are all alike, and the first."""
    if isinstance(devices, DeviceModel):
        return None, devices
    if not isinstance(devices, Sequence) or not all(isinstance(each, DeviceModel) for each in devices):
        raise ParameterError(f"devices must be a device or a sequence of them, not {shown(devices)}")
    if len(devices) != count:
        raise ParameterError(f"there must be as many devices as sequences, {count}, or one for all, not {len(devices)}")
    if any(each.structure != devices[0].structure for each in devices):
        raise ParameterError("the devices of one call must be of one model with the same options")
    return list(devices), devices[0]


def _per_sequence(name: str, value: Any, count: int) -> FloatArray:
    """A number for every sequence."""
    values = reals(name, value, "A", dimensions=None)
    if values.ndim > 1 or values.size not in (1, count):
        raise ParameterError(f"{name} must be a number or one for each of {count} sequences, not {values.shape}")
    return np.array(np.broadcast_to(values.reshape(-1), count))
