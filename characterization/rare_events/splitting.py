r"""Rare events of any device with noise by weighted splitting of trajectories.

Trajectories carry weights whose sum is one. Every so often those in the same bin of a coordinate, such as :math:`m_z`,
are exchanged for copies of some of them: bin :math:`B` with weight :math:`W_B` gets :math:`n_B` copies of weight
:math:`W_B / n_B`, trajectory :math:`j` on average :math:`n_B w_j / W_B` of them, so that bins that are hardly ever
visited have as many trajectories as the others, of small weight. The estimate

.. math:: \hat P(t) = \sum_j w_j\, [\text{trajectory } j \text{ is beyond the threshold at } t]

has the expectation of plain sampling for any bins and any number of trajectories (Zhang, Jasnow, Zuckerman): the bins
decide its variance alone. Copies go on with random numbers of their own.

This weighted ensemble is chosen over splitting at levels that are reached one after the other, because a write error is
not reached: the trajectories that do not switch are those that stay at the pole, where they also start, and which the
drive depletes by a factor in each of its time constants. Bins within the equilibrium distribution keep trajectories
there at all times, in equal number, so that the relative error grows with :math:`\sqrt{-\ln P}` only, and one run gives
all widths of a pulse. Killing those that have crossed the threshold and copying survivors ("go with the winners") has
no bias either, but nearly all survivors are past recall already.

The error bar is that of independent replicas.

References
----------
G. A. Huber, S. Kim, Biophys. J. 70, 97 (1996), doi:10.1016/S0006-3495(96)79552-8; B. W. Zhang, D. Jasnow,
D. M. Zuckerman, J. Chem. Phys. 132, 054107 (2010), doi:10.1063/1.3306345; as an interacting particle system
P. Del Moral, J. Garnier, Ann. Appl. Probab. 15, 2496 (2005), doi:10.1214/105051605000000566.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ...devices.core.metadata import table_attributes
from ...devices.core.vectors import compiled, initial_state, parameter_vector
from ...devices.language.checks import whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import DC, Drive, FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.plan import Chunk, Plan, in_chunks
from ...devices.simulation.noisy_trajectories import checked_seed, checked_temperature, whole_steps
from ...devices.simulation.request import Request

#: Trajectories whose distribution after the relaxation decides on the bins, if none are given.
PILOT = 2048
#: Shares of them that are further from the threshold than the edges of the bins, for an event that is left. Of those
#: tried on pulses of 1.5 and 3 I_c0 the ones with the least variance.
DEPTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.99)
#: Steps from there to the threshold; and number of edges up to the threshold, for an event that is reached.
STEPS_OUT, STAIRS = 4, 25
#: Rounds of splitting while the device relaxes; and time constants of the slowest motion for which it does.
RELAXING, SETTLED = 20, 5.0
#: Confidence of the intervals; and what is left of a certain event by rounding of its weights.
CONFIDENCE, CERTAIN = 0.95, 1e-12


def decay_time(device: CompactModel) -> float:
    r"""Time constant of the slowest motion of a device about its initial state, without drive [s].

    That of the eigenvalues of :math:`\partial f / \partial x` whose real part is closest to zero; a direction has none
    along itself.

    Raises
    ------
    ParameterError
        If the device does not come back to that state.
    """
    functions, x = compiled(device), np.array(initial_state(device))
    n = len(x)
    values = functions.jacobian([0.0] * len(functions.system.voltages), list(x), parameter_vector(device))
    projector = np.eye(n)
    for sphere in functions.system.spheres:
        rows = [functions.system.states.index(symbol) for symbol in sphere]
        projector[np.ix_(rows, rows)] -= np.outer(x[rows], x[rows])
    moving = np.linalg.eigvals(projector @ np.array(values[: n * n]).reshape(n, n) @ projector).real
    # The directions that the projector takes away have an eigenvalue of zero.
    slowest = np.sort(np.abs(moving))[len(functions.system.spheres) :]
    if not len(slowest) or slowest[0] <= 1e-9 * slowest[-1] or moving.max() > 1e-9 * slowest[-1]:
        raise ParameterError(
            f"{device!r} does not settle in its initial state by itself: say for how long it shall relax"
        )
    return float(1 / slowest[0])


@dataclass(frozen=True)
class Task:
    """What is watched, from where, and how often there is splitting.

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

    def automatic_edges(self) -> FloatArray:
        """Edges for the height: within the distribution of the start, or from there up to the threshold."""
        seeded = dataclasses.replace(self, rest=self.rest and dataclasses.replace(self.rest, seed=self.rest.seed ^ 1))
        pilot = seeded.begin(0, PILOT)
        if self.rest is not None:
            pilot.advance(self.rest.steps)
        heights = self.height(pilot)
        if np.ptp(heights) == 0:
            raise ParameterError("all trajectories start alike: give a relaxation, or the edges of the bins")
        middle = float(np.median(heights))
        if middle > 0:
            depths = np.quantile(heights, 1 - np.array(DEPTHS))
            inside = depths[depths > 0]
            return np.unique([*np.linspace(0.0, inside.min(), STEPS_OUT + 1), *inside])
        return np.linspace(middle, 0.0, STAIRS)

    def bins(self, edges: Sequence[float] | FloatArray) -> FloatArray:
        """Edges for the height from edges for the coordinate.

        Raises
        ------
        ParameterError
            If they are no finite numbers.
        """
        values = np.unique(np.asarray(edges, dtype=float))
        if not np.all(np.isfinite(values)):
            raise ParameterError(f"the edges must be finite numbers, not {edges!r}")
        return np.sort(self.sense * (values - self.threshold))

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

    def run(self, first: int, walkers: int, edges: FloatArray) -> FloatArray:
        """Probabilities at the moments from one replica, whose first trajectory has that number."""
        generator = np.random.default_rng([self.driven.seed, first])
        weights = np.full(walkers, 1 / walkers)
        chunk = self.begin(first, walkers)

        def split() -> None:
            nonlocal weights
            chosen, weights = resample(self.height(chunk), weights, edges, generator)
            chunk.take(chunk, chosen)

        if self.rest is not None:
            stops = [self.rest.steps * k // RELAXING for k in range(1, RELAXING + 1)]
            for stop in stops:
                chunk.advance(stop - chunk.step)
                split()
            chunk = self.driven_from(chunk, first)
        found: dict[int, float] = {}
        for stop in sorted({*self.moments, *range(self.stride, self.moments[-1], self.stride)}):
            chunk.advance(stop - chunk.step)
            if stop in self.moments:
                found[stop] = float(weights[self.height(chunk) > 0].sum())
            split()
        return np.array([found[moment] for moment in self.moments])


def resample(
    heights: FloatArray, weights: FloatArray, edges: FloatArray, generator: np.random.Generator
) -> tuple[np.ndarray, FloatArray]:
    """Choose which trajectories to go on with, in equal number in every bin that has any.

    Within a bin by systematic sampling in the order of the coordinate, so that the copies keep its distribution.

    Parameters
    ----------
    heights, weights : ndarray
        Coordinate and weight of each trajectory.
    edges : ndarray
        Increasing edges of the bins; the outer ones are open.
    generator : Generator
        Source of one random number per bin.

    Returns
    -------
    tuple of ndarray
        Numbers of the chosen trajectories, as many as there were, and their new weights; each bin's weight is kept.
    """
    bins = np.digitize(heights, edges)
    order = np.lexsort((heights, bins))
    occupied, starts = np.unique(bins[order], return_index=True)
    share, extra = divmod(len(heights), len(occupied))
    chosen, renewed = [], []
    for k, members in enumerate(np.split(order, starts[1:])):
        number = share + (k < extra)
        cumulated = np.cumsum(weights[members])
        marks = (generator.random() + np.arange(number)) / number * cumulated[-1]
        chosen.append(members[np.minimum(np.searchsorted(cumulated, marks, side="right"), len(members) - 1)])
        renewed.append(np.full(number, cumulated[-1] / number))
    return np.concatenate(chosen), np.concatenate(renewed)


def interval(estimates: FloatArray, trajectories: int) -> tuple[float, float, float, float]:
    """Mean, standard error and confidence interval of the mean of independent estimates of a probability.

    The interval is Student's for the logarithm of the mean, whose standard error is the relative one of the mean. If no
    replica has seen the event nothing is known of its probability: the upper bound is then NaN. If none has seen
    anything else, the lower bound is that of as many plain trajectories: three in their number fail unseen.
    """
    count, mean = len(estimates), float(np.mean(estimates))
    if mean == 0:
        return 0.0, 0.0, 0.0, math.nan
    if np.all(estimates > 1 - CERTAIN):
        return 1.0, 0.0, 1 - min(1.0, 3 / trajectories), 1.0
    error = float(np.std(estimates, ddof=1) / math.sqrt(count))
    factor = math.exp(float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * error / mean)
    return mean, error, mean / factor, min(1.0, mean * factor)


def prepare(
    device: CompactModel,
    drive: Drive,
    times: Sequence[float] | FloatArray,
    coordinate: str,
    threshold: float,
    *,
    rising: bool = True,
    source: str = "voltage",
    inputs: Mapping[str, Drive] | None = None,
    relaxation: float | None = None,
    rounds: int = 200,
    temperature: float = 300.0,
    seed: int | None = None,
    time_step: float | None = None,
    trajectories: int = 1,
) -> Task:
    """Check the arguments of :func:`splitting`; ``trajectories`` says how many there will be, for the compiler."""
    if not (device.system.noises or device.telegraph_declarations()):
        raise ParameterError(f"{device.model_name()} declares no noise: none of its events is rare")
    moments = np.atleast_1d(np.asarray(times, dtype=float))
    if not len(moments) or not np.all(np.diff(moments, prepend=0.0) > 0) or not math.isfinite(moments[-1]):
        raise ParameterError("the times must be positive, finite and increase")
    request = Request.of(device, drive, float(moments[-1]), source, inputs or {})
    seeds = np.random.SeedSequence(checked_seed(seed)).generate_state(2, np.uint64)
    kelvin = checked_temperature(temperature)
    driven = Plan(request, kelvin, int(seeds[0]), whole_steps(request, 1, time_step), trajectories=trajectories)
    wait = SETTLED * decay_time(device) if relaxation is None else float(relaxation)
    rest = None
    if wait > 0:
        held = {name: DC(float(waveform(0.0))) for name, waveform in request.inputs.items()}
        others = {name: DC(float(waveform(0.0))) for name, waveform in request.voltages.items()}
        still = dataclasses.replace(request, waveform=DC(0.0), duration=wait, inputs=held, voltages=others)
        rest = dataclasses.replace(driven, request=still, seed=int(seeds[1]), steps=whole_steps(still, 1, time_step))
    steps = np.maximum(1, np.round(moments / driven.time_step)).astype(int)
    stride = max(1, driven.steps // whole("rounds", rounds, 1))
    return Task(
        rest,
        driven,
        tuple(moments.tolist()),
        coordinate,
        float(threshold),
        1.0 if rising else -1.0,
        tuple(steps.tolist()),
        stride,
    )


def splitting(
    device: CompactModel,
    drive: Drive,
    times: Sequence[float] | FloatArray,
    coordinate: str,
    threshold: float,
    *,
    rising: bool = True,
    source: str = "voltage",
    inputs: Mapping[str, Drive] | None = None,
    relaxation: float | None = None,
    edges: Sequence[float] | FloatArray | None = None,
    walkers: int = 1024,
    replicas: int = 16,
    rounds: int = 200,
    temperature: float = 300.0,
    seed: int | None = None,
    time_step: float | None = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Estimate the probability that a coordinate is beyond a threshold at some times, however small it is.

    The device relaxes without drive, and is then driven. Suits events that start likely and become rare, such as
    a junction that does not switch, and those that are rare from the start, such as one that switches by itself.

    Parameters
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
    edges : array_like, optional
        Edges of the bins, in the coordinate's unit. Default: if the event is left, edges within the distribution after
        the relaxation; if it is reached, even steps from its median to the threshold.
    walkers, replicas : int
        Trajectories in a replica, and number of independent replicas.
    rounds : int
        How often there is splitting while the device is driven.
    temperature : float
        Temperature of the noise. [K]
    seed : int, optional
        Seed; results do not depend on the number of threads.
    time_step : float, optional
        Step of the stochastic scheme [s]; default 1/1000 of the model's time scale.
    threads : int, optional
        Number of threads; default: one per core.

    Returns
    -------
    pandas.DataFrame
        Columns ``time`` [s], ``probability``, ``standard_error``, and ``lower`` and ``upper``, the bounds of the 95 %
        confidence interval.

    Raises
    ------
    ParameterError
        If the device has no noise, or an argument makes no sense.
    UnknownNameError
        If the device has no such coordinate.
    """
    number, copies = whole("walkers", walkers, 2), whole("replicas", replicas, 2)
    task = prepare(
        device,
        drive,
        times,
        coordinate,
        threshold,
        rising=rising,
        source=source,
        inputs=inputs,
        relaxation=relaxation,
        rounds=rounds,
        temperature=temperature,
        seed=seed,
        time_step=time_step,
        trajectories=number * copies,
    )
    bins = task.automatic_edges() if edges is None else task.bins(edges)
    found = np.array(
        list(
            in_chunks(
                range(number * copies), lambda first, _: task.run(first, number, bins), size=number, threads=threads
            )
        )
    )
    rows = [[t, *interval(column, number * copies)] for t, column in zip(task.times, found.T, strict=True)]
    table = pd.DataFrame(rows, columns=["time", "probability", "standard_error", "lower", "upper"])
    attributes: dict[str, Any] = {"temperature": task.driven.temperature, "seed": seed}
    attributes |= {"time_step": task.driven.time_step, "walkers": number, "replicas": copies}
    attributes |= {"quantity": coordinate, "threshold": task.threshold, "rising": rising}
    attributes |= {"edges": (task.sense * bins + task.threshold).tolist()}
    attributes["device_steps"] = number * copies * task.steps
    table.attrs |= table_attributes(device, [], "numeric", **attributes)
    table.attrs["units"] |= {"time": "s"} | dict.fromkeys(["probability", "standard_error", "lower", "upper"], "1")
    return table
