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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...core.vectors import compiled, initial_state, parameter_columns, parameter_vector
from ...language.checks import known
from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray
from ...simulation.request import Request
from ..expressions.folding import FOLDED
from ..numerics.newton import voltages_at_current
from ..numerics.threads import heed_stop
from ..operating_points.static import evaluate_static
from .kernel_cache import load_kernel
from .kernel_structure import Structure

#: Trajectories in a block, and how many must be asked for to make blocks worth while.
BLOCK, FEW = 64, 16
#: Trajectories that one task takes from beginning to end.
CHUNK = 1024
#: Steps of all trajectories together from which a kernel of their own pays, in blocks and alone: about a second.
LARGE, LARGE_ALONE = 10**8, 10**7
#: Steps of all trajectories together that a compiled kernel takes at a time, a small part of a second: while it runs,
#: nothing is heard of Ctrl-C.
PAUSE = 1 << 19
#: Steps between two looks at which trajectories have arrived; and for which a drive is tabulated at a time.
LOOK, SEGMENT = 504, 130 * 504


@dataclass(frozen=True)
class Plan:
    """Trajectories that are to be computed.

    Attributes
    ----------
    request : Request
        The device's drives, and for how long.
    temperature : float
        Temperature of the noise. [K]
    seed : int
        Seed.
    steps : int
        Number of steps.
    samples : callable, optional
        From the number of the first trajectory and how many there are to their devices; default: all alike.
    block : int
        Trajectories in a block.
    noise : bool
        Whether there is any.
    trajectories : int
        About how many will be computed, to judge which compilation is worth while.
    hold : int
        Steps for which each level of a trajectory's own drive is held, which then takes the place of the request's;
        0 if they have none.
    """

    request: Request
    temperature: float
    seed: int
    steps: int
    samples: Callable[[int, int], list[Any]] | None = None
    block: int = BLOCK
    noise: bool = True
    trajectories: int = 1
    hold: int = 0

    @property
    def time_step(self) -> float:
        """Length of a step [s]."""
        return self.request.duration / self.steps

    def structure(self, watched: str | None) -> Structure:
        """The kernel's key."""
        request = self.request
        return Structure(
            *request.device.structure,
            branch=request.branch,
            by_current=request.by_current,
            inputs=tuple(request.inputs),
            others=tuple(request.voltages),
            watched=watched,
            block=self.block,
            noise=self.noise,
            held=self.hold > 0,
        )

    def kernel(self, watched: str | None, parameters: FloatArray) -> tuple[Any, FloatArray]:
        """The compiled kernel, and what it hoists out of its loop for each column of parameters.

        For much work with devices that are alike it is a kernel that leaves out operations with 0 or 1: it
        computes the same bits.
        """
        structure = self.structure(watched)
        kernel = load_kernel(structure)
        constants = [np.full((1, parameters.shape[1]), c) for c in (self.temperature, self.time_step)]
        hoisted = kernel.prepare(np.concatenate([parameters, *constants]))
        enough = LARGE_ALONE if self.block == 1 else LARGE
        if self.samples is None and self.trajectories * self.steps >= enough:
            fixed = tuple((f"h_{k}", float(h) + 0.0) for k, h in enumerate(hoisted[:, 0]) if h in FOLDED)
            kernel = load_kernel(replace(structure, known=fixed, alike=True))
        return kernel, hoisted

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
        return parameter_columns(self.samples(first, count))

    @functools.cached_property
    def telegraph_rows(self) -> list[int]:
        """Where the telegraph processes stand among the parameters."""
        names = list(map(str, compiled(self.request.device).parameters))
        return [names.index(name) for name in self.request.device.telegraph_declarations()]

    def quantities(
        self, times: FloatArray, values: FloatArray, parameters: FloatArray, own: FloatArray | None = None
    ) -> dict[str, FloatArray]:
        """States, telegraph processes, and voltage of the driven branch, by name.

        Parameters
        ----------
        times : ndarray
            Times. [s]
        values : ndarray
            States and telegraph processes, shape (number of them, trajectories, times).
        parameters : ndarray
            Parameters, with one column for each trajectory or one for all.
        own : ndarray, optional
            Drive of each trajectory, shape (trajectories, times); default: the request's.
        """
        request = self.request
        device, functions = request.device, compiled(request.device)
        states = functions.state_names
        found = dict(zip([*states, *device.telegraph_declarations()], values, strict=True))
        branch = list(device.branches())[request.branch]
        given = np.asarray(request.waveform(times), dtype=float) if own is None else own
        drive = np.broadcast_to(given, values.shape[1:])
        if not request.by_current:
            return found | {branch: drive}
        names = functions.parameter_names
        p = list(parameters[:, :, np.newaxis])
        for row, value in zip(self.telegraph_rows, values[len(states) :], strict=True):
            p[row] = value
        for name, value in request.drives_at(times).items():
            p[names.index(name)] = value
        v: list[Any] = [0.0] * len(device.branches())
        for other, waveform in request.voltages.items():
            v[other] = waveform(times)
        voltage = voltages_at_current(functions, request.branch, drive, v, list(values[: len(states)]), p)
        return found | {branch: voltage}


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
        self.parameters, start = plan.columns(first, count)
        self._kernel, hoisted = plan.kernel(watched, self.parameters)
        self._hoisted = _spread(hoisted, count)
        self.states = _spread(start, count)
        self.telegraphs = _spread(self.parameters[plan.telegraph_rows], count)
        self._voltages = np.zeros(count)
        self.hits = np.full(count, -1.0)
        self.step = 0
        self._active = np.arange(count)
        index = np.arange(first, first + count, dtype=np.uint64)
        self._streams = index.astype(np.uint32), (index >> np.uint64(32)).astype(np.uint32)
        self._crossing = (1.0 if rising else -1.0, float(threshold)) if watched is not None else None

    def advance(
        self,
        steps: int,
        stride: int = 0,
        traces: FloatArray | None = None,
        levels: FloatArray | None = None,
        origin: int = 0,
    ) -> None:
        """Take some steps; trajectories seen beyond the threshold are left where they are.

        Every ``stride`` steps from ``origin`` on, states and telegraph processes are written into ``traces``, shape
        (number of them, trajectories, times). ``levels`` are the trajectories' own drives from there on, shape
        (trajectories, levels), of a plan that holds them.

        Raises
        ------
        SimulationError
            If a state is not finite any more, or a device cannot carry the current.
        """
        e = self.plan
        key = np.uint32(e.seed & 0xFFFFFFFF), np.uint32(e.seed >> 32)
        crossing = self._crossing or (1.0, 0.0)
        if traces is None:
            traces = np.empty((0, 0, 0))
        held = np.empty((0, 0)) if levels is None else np.ascontiguousarray(levels, dtype=float)
        end = self.step + steps
        while self.step < end and len(self._active):
            last = min(end, self.step + (SEGMENT if self._crossing is None else LOOK))
            arrays = self.states, self.telegraphs, self._voltages, self._hoisted, self.hits, self._active
            drive, others, inputs = e._segments(self.step, last)
            # Whole looks: they are multiples of the steps whose random numbers are drawn together.
            begun, at_a_time = self.step, max(1, PAUSE // len(self._active) // LOOK) * LOOK
            while self.step < last:
                heed_stop()
                taken = slice(self.step - begun, min(last, (self.step // at_a_time + 1) * at_a_time) - begun + 1)
                # Of the same layout as the whole: a kernel is compiled for one.
                drives = drive[taken], *(np.ascontiguousarray(rows[:, taken]) for rows in (others, inputs))
                span = self.step, taken.stop - 1 - taken.start
                recorded = stride, traces, held, e.hold, origin
                self._kernel.advance(*arrays, *self._streams, *key, *span, *drives, *crossing, *recorded)
                self.step += span[1]
            if self._crossing is not None:
                self._active = self._active[self.hits[self._active] < 0]
        self.step = end
        if not np.all(np.isfinite(self.states)) or not np.all(np.isfinite(self._voltages)):
            if e.request.by_current and not np.all(np.isfinite(self._voltages)):
                raise SimulationError(
                    f"the {list(e.request.device.branches())[e.request.branch]} at which a device carries the current "
                    f"that it is driven by was not found"
                )
            raise SimulationError(f"a state left the finite numbers; try a time_step shorter than {e.time_step:g} s")

    def take(self, source: Chunk, chosen: Sequence[int] | np.ndarray) -> None:
        """Go on from where some trajectories of a chunk, of this one or of an equally large one, have got to.

        Trajectory j takes over the state of trajectory ``chosen[j]``, and keeps its own random numbers: since those
        belong to its number and the step, copies part at once, and none is used twice. For devices that are all alike.
        """
        self.states = np.ascontiguousarray(source.states[:, chosen])
        self.telegraphs = np.ascontiguousarray(source.telegraphs[:, chosen])
        self._voltages = source._voltages[chosen]

    def values(self, names: Sequence[str]) -> dict[str, FloatArray]:
        """States, observables, voltages and currents by name, at the end of the last step.

        Raises
        ------
        UnknownNameError
            If the device has no such quantity.
        """
        request, found = self.plan.request, self.quantities()
        if not set(names) <= set(found):
            times = np.array([self.step * self.plan.time_step])
            drives = {**request.drives_at(times), **request.voltages_at(times)}
            given = found | {name: value[0] for name, value in drives.items()}
            found |= evaluate_static(request.device, given, list(self.parameters))
        for name in names:
            known(f"quantity of {request.device.model_name()}", name, found)
        return {name: np.broadcast_to(found[name], len(self.hits)) for name in names}

    def quantities(self) -> dict[str, FloatArray]:
        """States, telegraph processes, and voltage of the driven branch, by name, at the end of the last step."""
        times = np.array([self.step * self.plan.time_step])
        values = np.concatenate([self.states, self.telegraphs])[:, :, np.newaxis]
        return {name: value[:, 0] for name, value in self.plan.quantities(times, values, self.parameters).items()}


def _spread(columns: FloatArray, count: int) -> FloatArray:
    return np.array(np.broadcast_to(columns, (columns.shape[0], count)), order="C")
