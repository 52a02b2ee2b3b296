"""Requests to the methods for rare events: a device with noise, its drive, and when something has happened.

An event is a coordinate, a state or an observable, that is beyond a threshold at given times.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...devices.core.vectors import compiled, initial_state, parameter_vector
from ...devices.language.array_checks import reals
from ...devices.language.checks import flag, instance, real, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import DC, Drive, FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import checked_seed, in_surroundings, whole_steps
from ...devices.simulation.ensembles.plan import Chunk, Plan
from ...devices.simulation.request import Request
from ...devices.simulation.trajectories.stability import eigenvalues

#: Time constants of the slowest motion for which a device relaxes.
SETTLED = 5.0


def decay_time(device: CompactModel) -> float:
    r"""Time constant of the slowest motion of a device about its initial state, without drive [s].

    That of the eigenvalues of :math:`\partial f / \partial x` whose real part is closest to zero; a direction has none
    along itself.

    Raises
    ------
    ParameterError
        If the device does not come back to that state.
    """
    functions, x = compiled(device), initial_state(device)
    n, spheres = len(x), len(functions.system.spheres)
    values = functions.jacobian([0.0] * len(functions.system.voltages), x, parameter_vector(device))
    moving = eigenvalues(functions.system, x, np.array(values[: n * n]).reshape(n, n)).real
    if not len(moving) or len(moving) < n - spheres or moving.max() > 0:
        raise ParameterError(
            f"{device!r} does not settle in its initial state by itself: say for how long it shall relax"
        )
    return float(1 / np.min(np.abs(moving)))


@dataclass(frozen=True)
class Task:
    """A checked event: the watched quantity, its start, and how often there is splitting.

    Attributes
    ----------
    rest, driven : Plan
        The relaxation before the drive, if there is one, and the drive.
    times : tuple of float
        When the event is looked for. [s]
    coordinate : str
        State or observable.
    threshold : float
        Its threshold.
    sense : float
        1 if the event is to be above it, -1 below.
    moments : tuple of int
        The same in steps of the drive.
    stride : int
        Steps between two rounds of splitting.
    """

    rest: Plan | None
    driven: Plan
    times: tuple[float, ...]
    coordinate: str
    threshold: float
    sense: float
    moments: tuple[int, ...]
    stride: int

    def height(self, chunk: Chunk) -> FloatArray:
        """The coordinate's distance beyond the threshold: positive where the event is."""
        return self.sense * (chunk.values([self.coordinate])[self.coordinate] - self.threshold)

    def begin(self, first: int, count: int) -> Chunk:
        """Trajectories before the relaxation."""
        return Chunk(self.rest or self.driven, first, count)

    @property
    def steps(self) -> int:
        """Steps of one trajectory."""
        return self.driven.steps + (self.rest.steps if self.rest else 0)

    def driven_from(self, settled: Chunk, first: int) -> Chunk:
        """The trajectories of a chunk, at the beginning of the drive."""
        if self.rest is None:
            return settled
        chunk = Chunk(self.driven, first, len(settled.hits))
        chunk.take(settled, np.arange(len(settled.hits)))
        return chunk

    def count(self, first: int, count: int) -> np.ndarray:
        """How many of some trajectories show the event at each moment, without splitting."""
        settled = self.begin(first, count)
        if self.rest is not None:
            settled.advance(self.rest.steps)
        chunk, found = self.driven_from(settled, first), []
        for moment in self.moments:
            chunk.advance(moment - chunk.step)
            found.append(np.count_nonzero(self.height(chunk) > 0))
        return np.array(found)


@dataclass(frozen=True)
class RareEvent:
    """A coordinate of a driven device beyond a threshold.

    Attributes
    ----------
    device : CompactModel
        The device, in its initial state.
    drive : float, array_like or Waveform
        Voltage [V] or current [A] over time, from the end of the relaxation.
    times : array_like
        Increasing times at which to look; the drive lasts to the last. [s]
    coordinate : str
        A state or an observable.
    threshold : float
        Its threshold, in its SI unit.
    rising : bool
        Whether the event is to be above it, rather than below.
    source, inputs
        As of :meth:`CompactModel.simulate`; during the relaxation inputs have the value of their beginning.
    relaxation : float, optional
        Time without drive before [s]; default: five time constants of the slowest motion, :func:`decay_time`.
    rounds : int
        How often there is splitting while the device is driven, if the event is found by splitting.
    temperature : float, optional
        Temperature of the surroundings and of the noise [K]; default: that of the device.
    seed : int, optional
        Seed; results do not depend on the number of threads.
    time_step : float, optional
        Step of the stochastic scheme [s]; default 1/1000 of the model's time scale.
    """

    device: CompactModel
    drive: Drive
    times: Sequence[float] | FloatArray
    coordinate: str
    threshold: float
    rising: bool = True
    source: str = "voltage"
    inputs: Mapping[str, Drive] = field(default_factory=dict)
    relaxation: float | None = None
    rounds: int = 200
    temperature: float | None = None
    seed: int | None = None
    time_step: float | None = None

    def __post_init__(self) -> None:
        instance("the device", self.device, CompactModel)
        instance("the coordinate", self.coordinate, str, "a name")
        flag("rising", self.rising)

    def task(self, trajectories: int = 1) -> Task:
        """Check the event.

        Parameters
        ----------
        trajectories : int
            How many there will be; the compiler of the trajectories likes to know.

        Raises
        ------
        ParameterError
            If the device has no noise, or a number makes no sense.
        UnknownNameError
            If there is no such source or input.
        """
        if not (self.device.system.noises or self.device.telegraph_declarations()):
            raise ParameterError(f"{self.device.model_name()} declares no noise: none of its events is rare")
        moments = reals("the times", self.times, "s")
        threshold = real("the threshold", self.threshold)
        if not np.all(np.diff(moments, prepend=0.0) > 0):
            raise ParameterError("the times must be positive, finite and increase")
        device, kelvin = in_surroundings(self.device, self.temperature)
        request = Request.of(device, self.drive, float(moments[-1]), self.source, self.inputs)
        seeds = np.random.SeedSequence(checked_seed(self.seed)).generate_state(2, np.uint64)
        driven = Plan(
            request,
            kelvin,
            int(seeds[0]),
            whole_steps(request, 1, self.time_step, trajectories),
            trajectories=trajectories,
        )
        wait = SETTLED * decay_time(device) if self.relaxation is None else real("the relaxation", self.relaxation, "s")
        rest = None
        if wait > 0:
            held = {name: DC(float(waveform(0.0))) for name, waveform in request.inputs.items()}
            others = {name: DC(float(waveform(0.0))) for name, waveform in request.voltages.items()}
            still = dataclasses.replace(request, waveform=DC(0.0), duration=wait, inputs=held, voltages=others)
            rest = dataclasses.replace(
                driven, request=still, seed=int(seeds[1]), steps=whole_steps(still, 1, self.time_step, trajectories)
            )
        steps = np.maximum(1, np.round(moments / driven.time_step)).astype(int)
        stride = max(1, driven.steps // whole("rounds", self.rounds, 1))
        return Task(
            rest,
            driven,
            tuple(moments.tolist()),
            self.coordinate,
            threshold,
            1.0 if self.rising else -1.0,
            tuple(steps.tolist()),
            stride,
        )
