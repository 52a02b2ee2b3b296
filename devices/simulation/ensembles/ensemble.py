"""Ensembles: many noisy trajectories of a device; only the results that are asked for are kept."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.metadata import TRAJECTORY, Column, column_information, device_attributes, device_table
from ...core.variability import Distribution, sample
from ...language.array_checks import reals
from ...language.checks import flag, instance, known, mapping, positive, real, whole
from ...language.checks import names as check_names
from ...language.errors import ParameterError, shown
from ...language.memory import require_memory, table_size
from ...language.waveforms.shapes import Drive, FloatArray
from ...simulation.request import Request
from ..numerics.threads import in_chunks
from .noisy_trajectories import block_for, checked_seed, in_surroundings, table_of_traces, whole_steps
from .plan import CHUNK, Chunk, Plan
from .statistics import Moments, Statistics

if TYPE_CHECKING:
    import pandas as pd

    from ...core.base import DeviceModel


#: Chunks of trajectories whose sums are added up first.
GROUP = 16


@dataclass(frozen=True)
class Ensemble:
    """Noisy trajectories of a device that are computed when something is asked of them.

    Made by :meth:`CompactModel.ensemble`. Trajectory number k depends on the seed and on k alone: not on the number of
    threads, nor on how the ensemble is divided with :meth:`part`. Without :meth:`traces` or :meth:`final` the memory
    does not grow with the number of trajectories, except for the numbers that a table must hold.
    """

    _request: Request
    temperature: float
    seed: int
    trajectories: range
    time_step: float | None
    variability: Mapping[str, Distribution]
    threads: int | None
    block: int

    @property
    def device(self) -> DeviceModel:
        """The device, or the nominal one if the trajectories' devices differ."""
        return self._request.device

    def arguments(self) -> dict[str, Any]:
        """All that the trajectories depend on beside the device, by name."""
        request = self._request
        return {
            "drive": request.waveform,
            "source": [request.branch, request.by_current],
            "inputs": dict(request.inputs),
            "voltages": dict(request.voltages),
            "duration": request.duration,
            "temperature": self.temperature,
            "seed": self.seed,
            "first": self.trajectories.start,
            "trajectories": len(self.trajectories),
            "time_step": self.time_step,
            "variability": dict(self.variability),
        }

    def part(self, first: int, count: int) -> Ensemble:
        """Trajectories ``first`` to ``first + count - 1`` of this ensemble, as one of their own.

        Raises
        ------
        ParameterError
            If it has no such trajectories.
        """
        start, number = whole("first", first, 0), whole("count", count, 1)
        if start + number > len(self.trajectories):
            raise ParameterError(f"the ensemble has {len(self.trajectories)} trajectories, not {start + number}")
        return replace(self, trajectories=self.trajectories[start : start + number])

    def final(self) -> pd.DataFrame:
        """State of every trajectory at the end: as :meth:`traces` at one time."""
        return self.traces(1)

    def traces(self, points: int) -> pd.DataFrame:
        """Trajectories at evenly spaced times, as :meth:`CompactModel.simulate` returns them.

        Parameters
        ----------
        points : int
            Number of times, the first at 0 and the last at the end; 1 for the end alone.
        """
        number = whole("points", points, 1)
        plan = self._plan(max(number - 1, 1))
        return table_of_traces(plan, self.trajectories, number, chunk=self._chunk, threads=self.threads)

    def statistics(
        self,
        quantities: str | Sequence[str],
        *,
        points: int = 1,
        edges: Mapping[str, Sequence[float] | FloatArray] | None = None,
    ) -> Statistics:
        """Mean, variance, extremes and histograms over the trajectories, at evenly spaced times.

        Parameters
        ----------
        quantities : str or sequence of str
            States, observables, voltages and currents.
        points : int
            Number of times, the first at 0 and the last at the end; 1 for the end alone.
        edges : mapping, optional
            Increasing edges of the bins of the quantities that shall have a histogram, in their SI unit.

        Raises
        ------
        UnknownNameError
            If the device has no such quantity.
        ParameterError
            If edges do not increase.
        """
        names = check_names("quantities", quantities)
        number, given = whole("points", points, 1), mapping("edges", edges)
        require_memory(number, "points", len(names) * CHUNK * table_size(1))
        plan = self._plan(max(number - 1, 1))
        bins = {name: reals(f"the edges of {name}", given.get(name, ()), empty=True) for name in names}
        for name, values in bins.items():
            if len(values) and not (len(values) > 1 and np.all(np.diff(values) > 0)):
                raise ParameterError(f"the edges of {name} must be at least two increasing numbers")
        for name in given:
            known("quantity", name, names)
        stride = plan.steps // max(number - 1, 1)
        moments = [k * stride for k in range(number)] if number > 1 else [plan.steps]

        def collect(first: int, count: int) -> dict[str, Moments]:
            chunk = Chunk(plan, first, count)
            found: dict[str, list[FloatArray]] = {name: [] for name in names}
            for moment in moments:
                chunk.advance(moment - chunk.step)
                for name, values in chunk.values(names).items():
                    found[name].append(values)
            return {name: Moments.of(np.stack(values, axis=1), bins[name]) for name, values in found.items()}

        total: dict[str, Moments] = {}
        for group in _groups(self._in_chunks(collect)):
            total = {name: total[name] + group[name] for name in names} if total else group
        columns = column_information(self._request.device)
        units = {name: columns[name][0] for name in names}
        attrs = device_attributes(self._request.device, **self._attributes(plan))
        return Statistics(np.array(moments) * plan.time_step, total, bins, units, attrs)

    def first_passage(self, quantity: str, threshold: float, *, rising: bool = True) -> pd.DataFrame:
        """Times at which trajectories are first found beyond a threshold, looked at every step.

        A trajectory that has arrived is not followed any further.

        Parameters
        ----------
        quantity : str
            A state or an observable.
        threshold : float
            Its threshold, in its SI unit.
        rising : bool
            Whether to wait for it to be above, rather than below.

        Returns
        -------
        pandas.DataFrame
            Columns ``trajectory`` and ``time`` [s], which is NaN for those that did not arrive.

        Raises
        ------
        UnknownNameError
            If the device has no such state or observable.
        """
        quantity, threshold = instance("the quantity", quantity, str, "a name"), real("the threshold", threshold)
        rising = flag("rising", rising)
        require_memory(len(self.trajectories), "trajectories", table_size(2), "survival() takes none; take")
        plan = self._plan(1)
        times = np.concatenate(
            list(self._in_chunks(lambda first, count: self._passages(plan, first, count, quantity, threshold, rising)))
        )
        numbers = np.array(self.trajectories)
        columns = {"trajectory": (numbers, "1", TRAJECTORY), "time": (times, "s", "time of its first passage")}
        passage = {"quantity": quantity, "threshold": threshold, "rising": rising}
        return device_table(self._request.device, columns, **self._attributes(plan), **passage)

    def survival(
        self, quantity: str, threshold: float, times: Sequence[float] | FloatArray, *, rising: bool = True
    ) -> pd.DataFrame:
        """How many trajectories have not yet been beyond a threshold at some times; see :meth:`first_passage`.

        Parameters
        ----------
        quantity, threshold, rising
            As of :meth:`first_passage`.
        times : array_like
            Times. [s]

        Returns
        -------
        pandas.DataFrame
            Columns ``time`` [s], ``trajectories`` and ``survivors``.
        """
        quantity, threshold = instance("the quantity", quantity, str, "a name"), real("the threshold", threshold)
        rising = flag("rising", rising)
        moments = reals("times", times, "s")
        plan = self._plan(1)
        # Half a step of slack: a passage at a time that is asked for is one.
        limits = moments + 0.5 * plan.time_step

        def collect(first: int, count: int) -> np.ndarray:
            passed = np.sort(self._passages(plan, first, count, quantity, threshold, rising))
            return count - np.searchsorted(passed, limits)

        survivors = sum(self._in_chunks(collect), np.zeros(len(moments), dtype=int))
        columns: dict[str, Column | FloatArray] = {
            "time": moments,
            "trajectories": (len(self.trajectories), "1", "number of trajectories"),
            "survivors": (survivors, "1", "number of those that have not yet been beyond the threshold"),
        }
        passage = {"quantity": quantity, "threshold": threshold, "rising": rising}
        return device_table(self._request.device, columns, **self._attributes(plan), **passage)

    # --- how it is done ---------------------------------------------------------------------

    @property
    def _chunk(self) -> int:
        return CHUNK if self.block > 1 else 1

    def _plan(self, intervals: int) -> Plan:
        request = self._request

        def devices(first: int, count: int) -> list[DeviceModel]:
            return sample(request.device, self.variability, count, self.seed, first=first)

        return Plan(
            request,
            self.temperature,
            self.seed,
            whole_steps(request, intervals, self.time_step, len(self.trajectories)),
            devices if self.variability else None,
            self.block,
            trajectories=len(self.trajectories),
        )

    def _in_chunks(self, task: Any) -> Iterator[Any]:
        return in_chunks(self.trajectories, task, size=self._chunk, threads=self.threads)

    def _passages(
        self, plan: Plan, first: int, count: int, quantity: str, threshold: float, rising: bool
    ) -> FloatArray:
        chunk = Chunk(plan, first, count, quantity, threshold, rising)
        chunk.advance(plan.steps + 1)  # the look at the end is taken at the beginning of one more step
        return np.where(chunk.hits < 0, math.nan, chunk.hits * plan.time_step)

    def _attributes(self, plan: Plan) -> dict[str, Any]:
        noise = {"temperature": self.temperature, "seed": self.seed, "time_step": plan.time_step}
        return {"engine": "numeric", **noise}


def _groups(parts: Iterator[dict[str, Moments]]) -> Iterator[dict[str, Moments]]:
    """Sums of each :data:`GROUP` parts: sums of groups that are computed elsewhere are the same to the last bit."""
    while group := list(itertools.islice(parts, GROUP)):
        first, *others = group
        yield {name: sum((other[name] for other in others), moments) for name, moments in first.items()}


def make_ensemble(
    device: DeviceModel,
    drive: Drive,
    duration: float,
    *,
    source: str,
    inputs: Mapping[str, Drive] | None,
    temperature: float | None,
    trajectories: int,
    seed: int | None,
    time_step: float | None,
    variability: Mapping[str, Distribution] | None,
    threads: int | None,
) -> Ensemble:
    """Check the arguments of :meth:`CompactModel.ensemble`."""
    device, kelvin = in_surroundings(device, temperature)
    request = Request.of(device, drive, duration, source, inputs)
    number = whole("trajectories", trajectories, 1)
    scattered = mapping("variability", variability)
    for name, distribution in scattered.items():
        known(f"parameter of {device.model_name()}", name, device.values)
        if not hasattr(distribution, "at"):
            raise ParameterError(f"{name} must have a distribution such as Normal, not {shown(distribution)}")
    return Ensemble(
        request,
        kelvin,
        checked_seed(seed),
        range(number),
        None if time_step is None else positive("time_step", time_step, "s"),
        scattered,
        None if threads is None else whole("threads", threads, 1),
        block_for(number)[0],
    )
