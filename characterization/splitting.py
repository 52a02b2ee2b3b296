r"""Importance splitting: probabilities of staying on one side, too small to be met by independent trajectories.

A population of trajectories goes through the pulse. At given times those that have gone for good, past a limit on the
other side, are taken out, and each is replaced by a copy of one drawn from those that stay; the copies part at once,
since each place in the population has its own stream of noise. With :math:`s_k` the share that stays at time
:math:`t_k`,

.. math:: P(\text{still on its side at } t_K) \approx \frac{n_K}{N} \prod_{k < K} s_k

where :math:`n_K` of :math:`N` are still on their side at :math:`t_K`. This has no bias, whatever the size of the
population, and its relative error grows with the logarithm of :math:`1/P` instead of with :math:`1/\sqrt{P}`. One run
gives the probabilities at all times; independent populations give the error.

References
----------
P. Del Moral, J. Garnier, "Genealogical particle analysis of rare events", Ann. Appl. Probab. 15, 2496 (2005),
doi:10.1214/105051605000000566; P. Grassberger, "Go with the winners", Comput. Phys. Commun. 147, 64 (2002),
doi:10.1016/S0010-4655(02)00205-9.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from tqdm import tqdm

from ..devices.errors import ParameterError, SimulationError
from ..devices.model import CompactModel
from ..devices.targets.ensemble import BLOCK, CHUNK, Chunk, Plan
from ..devices.targets.noisy_trajectories import checked_seed, checked_temperature, whole_steps
from ..devices.targets.numeric import Request, whole
from ..devices.waveforms import Drive, FloatArray


@dataclass(frozen=True)
class Side:
    """Where a trajectory is said to stay.

    Attributes
    ----------
    quantity : str
        A state or an observable.
    border : float
        Value that parts the sides, in its SI unit.
    limit : float
        Value beyond which it is gone for good: on the other side of the border.
    """

    quantity: str
    border: float
    limit: float

    def __post_init__(self) -> None:
        if not self.limit != self.border:
            raise ParameterError("the limit must differ from the border: it says on which side of it to stay")

    def holds(self, values: FloatArray) -> np.ndarray:
        """Which values are on the side."""
        return np.asarray((values - self.border) * (self.border - self.limit) > 0)

    def gone(self, values: FloatArray) -> np.ndarray:
        """Which values are beyond the limit."""
        return np.asarray((values - self.limit) * (self.border - self.limit) <= 0)


def staying_probabilities(
    device: CompactModel,
    drive: Drive,
    times: ArrayLike,
    side: Side,
    *,
    source: str = "voltage",
    inputs: Mapping[str, Drive] | None = None,
    temperature: float = 300.0,
    population: int = 2048,
    populations: int = 8,
    replace: bool = True,
    seed: int | None = None,
    time_step: float | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> FloatArray:
    """Probabilities that a device is still on one side, from each of several independent populations.

    Parameters
    ----------
    device : CompactModel
        The device; it starts in its initial state.
    drive : number, array_like or Waveform
        What drives it, from t = 0 on; as of :meth:`CompactModel.simulate`.
    times : array_like
        Increasing times at which to look and to replace those that are gone [s], each taken to the nearest step. Close
        enough together that many stay from one to the next.
    side : Side
        The side that it starts on.
    source, inputs, temperature, time_step
        As of :meth:`CompactModel.simulate`.
    population : int
        Trajectories of a population.
    populations : int
        Number of populations.
    replace : bool
        Whether to replace those that are gone; without, trajectories are independent and shares are counted.
    seed : int, optional
        Seed; the result does not depend on the number of threads.
    threads : int, optional
        Number of threads; default: one per core.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    ndarray
        Probabilities, shape (populations, times).

    Raises
    ------
    ParameterError
        If an argument makes no sense, or the device does not start on the side.
    UnknownNameError
        If the device has no such quantity.
    SimulationError
        If a population dies out: from one time to the next all are gone.
    """
    moments = np.atleast_1d(np.asarray(times, dtype=float))
    if moments.ndim != 1 or not len(moments) or not (moments[0] > 0 and np.all(np.diff(moments) > 0)):
        raise ParameterError("times must be positive and increase")
    request = Request.of(device, drive, float(moments[-1]), source, inputs or {})
    steps = whole_steps(request, 1, time_step)
    number = whole("population", population, 2)
    total = number * whole("populations", populations, 1)
    plan = Plan(request, checked_temperature(temperature), checked_seed(seed), steps, block=BLOCK, trajectories=total)
    stops = np.maximum(1, np.rint(moments / plan.time_step).astype(int)).tolist()
    start = Chunk(plan, 0, 1).quantities([side.quantity])[side.quantity]
    if not side.holds(start).all():
        raise ParameterError(f"{side.quantity} starts at {start[0]:g}, not on the side of {side.border:g} to stay on")
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        runs = tqdm(range(populations), desc="populations", disable=not progress)
        return np.array([_population(plan, k * number, number, stops, side, replace, pool) for k in runs])


def _population(
    plan: Plan, first: int, number: int, stops: Sequence[int], side: Side, replace: bool, pool: ThreadPoolExecutor
) -> FloatArray:
    """Probabilities at all stops, from one population."""
    chunks = [Chunk(plan, first + k, min(CHUNK, number - k)) for k in range(0, number, CHUNK)]
    # Its own stream of choices, which the trajectories' counters cannot meet.
    generator = np.random.default_rng([plan.seed, first])
    found, weight, now = [], 1.0, 0
    for stop in stops:
        list(pool.map(lambda chunk, steps=stop - now: chunk.advance(steps), chunks))
        now = stop
        values = np.concatenate([chunk.quantities([side.quantity])[side.quantity] for chunk in chunks])
        found.append(weight * np.count_nonzero(side.holds(values)) / number)
        if not replace:
            continue
        gone = side.gone(values)
        staying = np.flatnonzero(~gone)
        if not len(staying):
            raise SimulationError(
                f"all {number} trajectories were gone at {stop * plan.time_step:g} s: "
                "take a larger population, or times closer together"
            )
        weight *= len(staying) / number
        _replace(chunks, np.flatnonzero(gone), generator.choice(staying, number - len(staying)))
    return np.array(found)


def _replace(chunks: Sequence[Chunk], places: np.ndarray, parents: np.ndarray) -> None:
    """Put copies of some trajectories into the places of others."""
    if not len(places):
        return
    states = np.concatenate([chunk.states for chunk in chunks], axis=1)
    telegraphs = np.concatenate([chunk.telegraphs for chunk in chunks], axis=1)
    states[:, places], telegraphs[:, places] = states[:, parents], telegraphs[:, parents]
    begin = 0
    for chunk in chunks:
        end = begin + chunk.states.shape[1]
        chunk.states[:], chunk.telegraphs[:] = states[:, begin:end], telegraphs[:, begin:end]
        begin = end


def mean_and_interval(probabilities: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean over the populations, and the bounds of its 95 % confidence interval.

    Student's, of the relative error: the bounds are symmetric on a logarithmic scale and stay positive. Without a
    second population there are none (NaN).
    """
    count = len(probabilities)
    mean = probabilities.mean(axis=0)
    if count < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = probabilities.std(axis=0, ddof=1) / np.sqrt(count) / mean
    factor = np.exp(stats.t.ppf(0.975, count - 1) * relative)
    return mean, mean / factor, mean * factor
