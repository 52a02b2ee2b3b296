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
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.distributions import student_quantile
from ...devices.core.metadata import Column, device_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, whole
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory, table_size
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.simulation.numerics.threads import in_chunks
from .event import RareEvent, Task

#: Trajectories whose distribution after the relaxation decides on the bins, if none are given.
PILOT = 2048
#: Shares of them that are further from the threshold than the edges of the bins, for an event that is left. Of those
#: tried on pulses of 1.5 and 3 I_c0 the ones with the least variance.
DEPTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.99)
#: Steps from there to the threshold; and number of edges up to the threshold, for an event that is reached.
STEPS_OUT, STAIRS = 4, 25
#: Memory of a trajectory of a replica: its states, parameters and weight, and their copies. [byte]
WALKER = 2_000
#: Rounds of splitting while the device relaxes.
RELAXING = 20
#: Confidence of the intervals; and the rounding error of a certain event's weights.
CONFIDENCE, CERTAIN = 0.95, 1e-12


def automatic_edges(task: Task) -> FloatArray:
    """Edges for the height: within the distribution of the start, or from there up to the threshold."""
    seeded = dataclasses.replace(task, rest=task.rest and dataclasses.replace(task.rest, seed=task.rest.seed ^ 1))
    pilot = seeded.begin(0, PILOT)
    if task.rest is not None:
        pilot.advance(task.rest.steps)
    heights = task.height(pilot)
    if np.ptp(heights) == 0:
        raise ParameterError("all trajectories start alike: give a relaxation, or the edges of the bins")
    middle = float(np.median(heights))
    if middle > 0:
        depths = np.quantile(heights, 1 - np.array(DEPTHS))
        inside = depths[depths > 0]
        return np.unique([*np.linspace(0.0, inside.min(), STEPS_OUT + 1), *inside])
    return np.linspace(middle, 0.0, STAIRS)


def bins_of(task: Task, edges: Sequence[float] | FloatArray) -> FloatArray:
    """Edges for the height from edges for the coordinate.

    Raises
    ------
    ParameterError
        If they are not finite numbers.
    """
    values = np.unique(reals("the edges", edges))
    return np.sort(task.sense * (values - task.threshold))


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


def run_replica(task: Task, first: int, walkers: int, edges: FloatArray) -> FloatArray:
    """Probabilities at the moments from one replica, whose first trajectory has that number."""
    generator = np.random.default_rng([task.driven.seed, first])
    weights = np.full(walkers, 1 / walkers)
    chunk = task.begin(first, walkers)

    def split() -> None:
        nonlocal weights
        chosen, weights = resample(task.height(chunk), weights, edges, generator)
        chunk.take(chunk, chosen)

    if task.rest is not None:
        stops = [task.rest.steps * k // RELAXING for k in range(1, RELAXING + 1)]
        for stop in stops:
            chunk.advance(stop - chunk.step)
            split()
        chunk = task.driven_from(chunk, first)
    found: dict[int, float] = {}
    for stop in sorted({*task.moments, *range(task.stride, task.moments[-1], task.stride)}):
        chunk.advance(stop - chunk.step)
        if stop in task.moments:
            found[stop] = float(weights[task.height(chunk) > 0].sum())
        split()
    return np.array([found[moment] for moment in task.moments])


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
    factor = math.exp(student_quantile((1 + CONFIDENCE) / 2, count - 1) * error / mean)
    return mean, error, mean / factor, min(1.0, mean * factor)


def splitting(
    event: RareEvent,
    *,
    edges: Sequence[float] | FloatArray | None = None,
    walkers: int = 1024,
    replicas: int = 16,
    threads: int | None = None,
) -> pd.DataFrame:
    """Estimate the probability that a coordinate is beyond a threshold at some times, however small it is.

    The device relaxes without drive, and is then driven. Suits events that start likely and become rare, such as
    a junction that does not switch, and those that are rare from the start, such as one that switches by itself.

    Parameters
    ----------
    event : RareEvent
        The device, its drive and the threshold.
    edges : array_like, optional
        Edges of the bins, in the coordinate's unit. Default: if the event is left, edges within the distribution after
        the relaxation; if it is reached, even steps from its median to the threshold.
    walkers, replicas : int
        Trajectories in a replica, and number of independent replicas.
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
    instance("the event", event, RareEvent)
    workers = None if threads is None else whole("threads", threads, 1)
    require_memory(number, "walkers", WALKER)
    require_memory(copies, "replicas", table_size(len(np.atleast_1d(event.times))))
    task = event.task(number * copies)
    bins = automatic_edges(task) if edges is None else bins_of(task, edges)
    found = np.array(
        list(
            in_chunks(
                range(number * copies),
                lambda first, _: run_replica(task, first, number, bins),
                size=number,
                threads=workers,
            )
        )
    )
    value, error, lower, upper = np.array([interval(column, number * copies) for column in found.T]).T
    columns: dict[str, Column | FloatArray] = {
        "time": np.asarray(task.times),
        "probability": (value, "1", "probability of having been beyond the threshold by then"),
        "standard_error": (error, "1", "its standard error"),
        "lower": (lower, "1", "lower bound of the probability, 95 % confidence"),
        "upper": (upper, "1", "upper bound of the probability, 95 % confidence"),
    }
    attributes: dict[str, Any] = {"engine": "numeric", "temperature": task.driven.temperature, "seed": event.seed}
    attributes |= {"time_step": task.driven.time_step, "walkers": number, "replicas": copies}
    attributes |= {"quantity": task.coordinate, "threshold": task.threshold, "rising": event.rising}
    attributes |= {"edges": (task.sense * bins + task.threshold).tolist()}
    attributes["device_steps"] = number * copies * task.steps
    return device_table(event.device, columns, **attributes)
