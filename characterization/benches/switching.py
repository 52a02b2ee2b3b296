"""Switching probability of a device against amplitude and width of a pulse."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from ...devices.core.metadata import table_attributes
from ...devices.language.checks import whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import Pulse
from ...devices.model import CompactModel
from ..resumable import check_seed, compute_pieces, describe
from .ensembles import PART
from .pulses import PulseRequest

#: Share of a pulse's width that each of its edges takes.
EDGE = 0.01
#: Voltage at which the device is read after the pulse. [V]
READ = 1e-3


def switching(
    device: CompactModel,
    *,
    quantity: str | None = None,
    amplitude: ArrayLike | None = None,
    width: ArrayLike | None = None,
    start: str | None = None,
    end: str | None = None,
    relaxation: float | None = None,
    trajectories: int = 500,
    temperature: float = 300.0,
    seed: int | None = None,
    time_step: float | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Measure with what probability pulses switch a device.

    Each trajectory starts in one reference state, comes to thermal equilibrium in it, takes a pulse, rests, and is read
    at 1 mV: it has switched if its
    conductance is on the other side of the middle between the two reference states. What is not given follows the
    device's suggestion. The numeric engine alone has noise in transients. A device that declares no noise does the
    same at every pulse: it takes one.

    Parameters
    ----------
    device : CompactModel
        The device.
    quantity : str, optional
        What the pulse imposes: ``"voltage"``, ``"current"``, or a branch's voltage or current by name.
    amplitude : array_like, optional
        Amplitudes of the pulses, in the quantity's SI unit.
    width : array_like, optional
        Widths of the pulses. [s]
    start, end : str, optional
        Names of the reference states before the pulse and of a switched device.
    relaxation : float, optional
        Time before the pulse, and between its end and the reading [s]; default: twice the device's time scale.
    trajectories : int
        Pulses per point.
    temperature : float
        Temperature of the noise. [K]
    seed : int, optional
        Seed; each point has its own, derived from it, so that points do not depend on each other.
    time_step : float, optional
        Step of the noisy trajectories. [s]
    checkpoint : str or Path, optional
        Folder in which finished points are kept, to resume from; see
        :func:`~synaspice.characterization.resumable.compute_pieces`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        Columns ``width`` [s], the quantity, ``trajectories``, ``switched``, ``probability``, and ``lower`` and
        ``upper``, the bounds of its 95 % confidence interval (Wilson).

    Raises
    ------
    ParameterError
        If a number makes no sense, or the reference states cannot be told apart.
    UnknownNameError
        If a reference state or the quantity does not exist.
    """
    request, suggested = PulseRequest.of(device, start, end, quantity, width), device.suggested_switching()
    chosen = request.quantity
    if amplitude is None and chosen != suggested.quantity:
        raise ParameterError(f"give the amplitudes: the device suggests some for {suggested.quantity} only")
    amplitudes = np.atleast_1d(np.asarray(suggested.amplitudes if amplitude is None else amplitude, dtype=float))
    if not np.all(np.isfinite(amplitudes)):
        raise ParameterError("amplitudes must be finite")
    begin = request.at(request.start)
    levels = [float(_conductance(request.at(name))) for name in (request.start, request.end)]
    if abs(levels[1] - levels[0]) <= 1e-9 * abs(levels[0]):
        raise ParameterError(f"the states {request.start!r} and {request.end!r} have the same conductance")
    rest = 2 * device.settling_time if relaxation is None else relaxation
    noisy = bool(device.system.noises or device.telegraph_declarations())
    count = whole("trajectories", trajectories, 1) if noisy else 1
    if noisy:
        check_seed(seed, checkpoint)
    points = [(w, a) for w in request.widths for a in amplitudes.tolist()]
    root = np.random.SeedSequence(seed)
    seeds = [int(child.generate_state(1)[0]) for child in root.spawn(len(points))]
    common: dict[str, Any] = {"device": begin, "source": chosen, "inputs": dict(request.inputs), "rest": rest}
    common |= {"levels": levels, "temperature": temperature if noisy else None, "time_step": time_step}
    pieces = [
        common | {"width": w, "amplitude": a, "seed": own, "trajectories": count, "first": first_of_part}
        for (w, a), own in zip(points, seeds, strict=True)
        for first_of_part in range(0, count, PART)
    ]
    description = describe(**common, points=points, seeds=seeds, trajectories=count, bench="switching")
    results = compute_pieces(
        _switched, pieces, description=description, checkpoint=checkpoint, progress="pulses" if progress else None
    )
    rows = []
    for (w, a), group in zip(points, _groups(results, len(pieces) // len(points)), strict=True):
        switched = sum(int(result["switched"]) for result in group)
        interval = binomtest(switched, count).proportion_ci(0.95, "wilson")
        lower, upper = (interval.low, interval.high) if noisy else (switched, switched)
        rows.append([w, a, count, switched, switched / count, lower, upper])
    columns = ["width", chosen, "trajectories", "switched", "probability", "lower", "upper"]
    table = pd.DataFrame(rows, columns=columns)
    attributes: dict[str, Any] = {"engine": "numeric", "bench": "switching"}
    attributes |= {"temperature": temperature, "seed": seed} if noisy else {"temperature": None, "seed": None}
    table.attrs |= table_attributes(device, columns, **attributes)
    table.attrs |= {"swept": chosen, "start": request.start, "end": request.end}
    table.attrs["units"] |= dict.fromkeys(["trajectories", "switched", "probability", "lower", "upper"], "1")
    table.attrs["units"] |= {"width": "s", chosen: request.unit}
    table.attrs["descriptions"] |= {
        "width": "width of the pulse",
        chosen: "amplitude of the pulse",
        "trajectories": "number of pulses",
        "switched": "number of pulses after which the device had switched",
        "probability": "share of them",
        "lower": "lower bound of the probability, 95 % confidence (Wilson)",
        "upper": "upper bound of the probability, 95 % confidence (Wilson)",
    }
    return table


def _switched(
    device: CompactModel,
    source: str,
    inputs: dict[str, Any],
    rest: float,
    levels: Sequence[float],
    temperature: float | None,
    time_step: float | None,
    width: float,
    amplitude: float,
    seed: int,
    trajectories: int,
    first: int,
) -> dict[str, int]:
    """How many of a part of the trajectories of a point have switched."""
    edge = EDGE * width
    pulse, total = Pulse(0.0, amplitude, rest, edge, edge, width - edge), width + edge + 2 * rest
    if temperature is None:
        final = device.simulate(pulse, total, times=[0.0, total], source=source, inputs=inputs).iloc[[-1]]
    else:
        noise: dict[str, Any] = {"temperature": temperature, "seed": seed, "time_step": time_step}
        run = device.ensemble(pulse, total, source=source, inputs=inputs, trajectories=trajectories, **noise)
        final = run.part(first, min(PART, trajectories - first)).final()
    read = _conductance(device, **{name: final[name].to_numpy() for name in device.state_declarations()})
    return {"switched": int(np.count_nonzero(np.abs(read - levels[1]) < np.abs(read - levels[0])))}


def _groups(results: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while group := list(itertools.islice(results, size)):
        yield group


def _conductance(device: CompactModel, **states: Any) -> Any:
    """Chord conductance of the first branch at the reading voltage [S]."""
    branch = next(iter(device.branches().values()))
    return device.static(**{branch.name: READ}, **states)[branch.current] / READ
