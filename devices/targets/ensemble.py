r"""Ensembles of noisy trajectories: the stochastic Heun scheme (Stratonovich) over blocks of devices.

.. math::

    \tilde x = x_k + f(t_k, x_k, w_k)\,\Delta t, \qquad
    x_{k+1} = x_k + \tfrac12\left[f(t_k, x_k, w_k) + f(t_{k+1}, \tilde x, w_k)\right]\Delta t

with :math:`w_k = \sqrt{S/\Delta t}\,\mathcal N(0, 1)` held over the step, which converges to the Stratonovich
solution (Rümelin 1982, doi:10.1137/0719041).

A telegraph process keeps its value over the step and then jumps with the exact probability of a two-state Markov
process whose rates are those at the beginning of the step,

.. math::

    P_{0 \to 1} = \frac{r_\uparrow}{r_\uparrow + r_\downarrow}
    \left[1 - e^{-(r_\uparrow + r_\downarrow)\,\Delta t}\right],

and :math:`P_{1 \to 0}` with the rates exchanged (Machlup 1954, doi:10.1063/1.1721637).

The random numbers of a trajectory follow from the seed, the trajectory's number and the step alone, and every operation
is the same for a trajectory alone as in a block: results do not depend on blocks, threads and chunks.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from ..errors import SimulationError
from ..waveforms import FloatArray
from .kernel_cache import load_kernel
from .kernel_source import Structure
from .numeric import Request, compiled, initial_state, parameter_vector

#: Trajectories in a block, and how many must be asked for to make blocks worth while.
BLOCK, FEW = 64, 16
#: Trajectories that one task takes from beginning to end.
CHUNK = 1024
#: Steps between two looks at which trajectories have arrived; and for which a drive is tabulated at a time.
LOOK, SEGMENT = 512, 1 << 16

Result = TypeVar("Result")


@dataclass(frozen=True)
class Plan:
    """Trajectories that are to be computed.

    Attributes
    ----------
    request : Request
        What drives the device, and for how long.
    temperature : float
        Temperature of the noise. [K]
    seed : int
        Seed.
    steps : int
        Number of steps.
    samples : callable, optional
        From the numbers of the first trajectory and of trajectories to the devices that they are of; default: all alike.
    block : int
        Trajectories in a block.
    noise : bool
        Whether there is any.
    """

    request: Request
    temperature: float
    seed: int
    steps: int
    samples: Callable[[int, int], list[Any]] | None = None
    block: int = BLOCK
    noise: bool = True

    @property
    def time_step(self) -> float:
        """Length of a step [s]."""
        return self.request.duration / self.steps

    def structure(self, watched: str | None) -> Structure:
        """What the kernel is compiled for."""
        request = self.request
        chosen = (request.branch, request.by_current, tuple(request.inputs), tuple(request.voltages))
        return Structure(*request.device.structure, *chosen, watched, self.block, self.noise)

    @functools.cached_property
    def _segments(self) -> Callable[[int, int], tuple[FloatArray, FloatArray, FloatArray]]:
        @functools.lru_cache(maxsize=64)
        def at(first: int, last: int) -> tuple[FloatArray, FloatArray, FloatArray]:
            times = np.minimum(np.arange(first, last + 1) * self.time_step, self.request.duration)
            shape = (-1, len(times))
            others = np.array([w(times) for w in self.request.voltages.values()]).reshape(shape)
            inputs = np.array([w(times) for w in self.request.inputs.values()]).reshape(shape)
            return np.ascontiguousarray(self.request.waveform(times), dtype=float), others, inputs

        return at

    @functools.cached_property
    def nominal(self) -> tuple[FloatArray, FloatArray]:
        """Parameters and initial state of the request's device, each as one column."""
        device = self.request.device
        return np.array([parameter_vector(device)]).T, np.array([initial_state(device)]).T

    def columns(self, first: int, count: int) -> tuple[FloatArray, FloatArray]:
        """Parameters and initial states of some trajectories: one column each, or one for all if they are alike."""
        if self.samples is None:
            return self.nominal
        devices = self.samples(first, count)
        return np.array([parameter_vector(d) for d in devices]).T, np.array([initial_state(d) for d in devices]).T


class Chunk:
    """Some trajectories on their way.

    Attributes
    ----------
    states, telegraphs : ndarray
        States and telegraph processes of the trajectories, shape (number of them, trajectories).
    parameters : ndarray
        Parameters, with one column for each trajectory or one for all.
    hits : ndarray
        Step at which each trajectory was first seen beyond the threshold; -1 before.
    step : int
        Steps done.
    """

    def __init__(
        self,
        plan: Plan,
        first: int,
        count: int,
        watched: str | None = None,
        threshold: float = 0.0,
        rising: bool = True,
    ) -> None:
        self.plan = plan
        self._kernel = load_kernel(plan.structure(watched))
        self.parameters, start = plan.columns(first, count)
        constants = [np.full((1, self.parameters.shape[1]), c) for c in (plan.temperature, plan.time_step)]
        hoisted = np.empty((self._kernel.HOISTED, self.parameters.shape[1]))
        self._kernel.prepare(np.concatenate([self.parameters, *constants]), hoisted)
        self._hoisted = _spread(hoisted, count)
        self.states = _spread(start, count)
        device = plan.request.device
        names = list(map(str, compiled(device).parameters))
        self._telegraph_rows = [names.index(name) for name in device.telegraph_declarations()]
        self.telegraphs = _spread(self.parameters[self._telegraph_rows], count)
        self._voltages = np.zeros(count)
        self.hits = np.full(count, -1.0)
        self.step = 0
        self._active = np.arange(count)
        index = np.arange(first, first + count, dtype=np.uint64)
        self._streams = index.astype(np.uint32), (index >> np.uint64(32)).astype(np.uint32)
        self._crossing = (1.0 if rising else -1.0, float(threshold)) if watched is not None else None

    def advance(self, steps: int) -> None:
        """Take some steps; trajectories seen beyond the threshold are left where they are.

        Raises
        ------
        SimulationError
            If a state is not finite any more.
        """
        e = self.plan
        key = np.uint32(e.seed & 0xFFFFFFFF), np.uint32(e.seed >> 32)
        end = self.step + steps
        while self.step < end and len(self._active):
            last = min(end, self.step + (SEGMENT if self._crossing is None else LOOK))
            arrays = self.states, self.telegraphs, self._voltages, self._hoisted, self.hits, self._active
            drives = e._segments(self.step, last)
            crossing = self._crossing or (1.0, 0.0)
            self._kernel.advance(*arrays, *self._streams, *key, self.step, last - self.step, *drives, *crossing)
            self.step = last
            if self._crossing is not None:
                self._active = self._active[self.hits[self._active] < 0]
        self.step = end
        if not np.all(np.isfinite(self.states)):
            raise SimulationError(f"a state left the finite numbers; try a time_step shorter than {e.time_step:g} s")

    def quantities(self) -> dict[str, FloatArray]:
        """States, telegraph processes, and voltage of the driven branch, by name, at the end of the last step."""
        device = self.plan.request.device
        values = {str(x): self.states[k] for k, x in enumerate(compiled(device).system.states)}
        values |= dict(zip(device.telegraph_declarations(), self.telegraphs, strict=True))
        return values | {list(device.branches())[self.plan.request.branch]: self._voltage()}

    def _voltage(self) -> FloatArray:
        """Voltage of the driven branch: given, or found by Newton's method for all trajectories at once."""
        request = self.plan.request
        drive, others, inputs = (a[..., 0] for a in self.plan._segments(self.step, self.step))
        voltage = np.full(self.states.shape[1], float(drive))
        if not request.by_current:
            return voltage
        functions = compiled(request.device)
        names = list(map(str, functions.parameters))
        p = list(self.parameters)
        for row, values in zip(self._telegraph_rows, self.telegraphs, strict=True):
            p[row] = values
        for name, value in zip(request.inputs, inputs, strict=True):
            p[names.index(name)] = value
        v: list[Any] = [0.0] * len(request.device.branches())
        for branch, value in zip(request.voltages, others, strict=True):
            v[branch] = value
        voltage = self._voltages.copy()
        for _ in range(100):
            v[request.branch] = voltage
            current, slope = functions.conduction_array[request.branch](v, list(self.states), p)
            correction = (float(drive) - current) / slope
            voltage = voltage + correction
            if np.all(np.abs(correction) <= 1e-10 * np.abs(voltage) + 1e-30):
                break
        return voltage


def _spread(columns: FloatArray, count: int) -> FloatArray:
    return np.array(np.broadcast_to(columns, (columns.shape[0], count)), order="C")


def in_chunks(
    trajectories: range, task: Callable[[int, int], Result], *, size: int, threads: int | None = None
) -> Iterator[Result]:
    """Do a task for each chunk of trajectories, given the first and how many, in threads; results come in order."""
    starts = trajectories[::size]
    counts = [min(size, trajectories.stop - start) for start in starts]
    workers = threads or os.cpu_count() or 1
    if workers == 1 or len(starts) == 1:
        yield from map(task, starts, counts)
        return
    with ThreadPoolExecutor(workers) as pool:
        # As many at a time as keep the workers busy: results that wait take memory.
        for k in range(0, len(starts), 16 * workers):
            part = slice(k, k + 16 * workers)
            yield from pool.map(task, starts[part], counts[part])
