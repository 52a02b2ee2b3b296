"""Statistics of ensembles that are too large for one go: in parts, on several processes or machines, resumable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from ...devices.language.checks import flag, instance
from ...devices.language.checks import names as check_names
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.simulation.ensembles.ensemble import GROUP, Ensemble
from ...devices.simulation.ensembles.plan import CHUNK
from ...devices.simulation.ensembles.statistics import Moments, Statistics
from ..resumable import compute_pieces, describe

#: Trajectories of a part: those that :meth:`Ensemble.statistics` too adds up before it adds the sums.
PART = CHUNK * GROUP
#: Memory of the arguments of a part. [byte]
PIECE = 2_000


def ensemble_statistics(
    ensemble: Ensemble,
    quantities: str | Sequence[str],
    *,
    points: int = 1,
    edges: Mapping[str, Sequence[float] | FloatArray] | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> Statistics:
    """Statistics of an ensemble, part by part.

    To the last bit those of :meth:`Ensemble.statistics`, however many processes compute the parts, and whether or not
    they are interrupted and resumed. The memory does not grow with the number of trajectories.

    Parameters
    ----------
    ensemble : Ensemble
        The ensemble; see :meth:`CompactModel.ensemble`.
    quantities, points, edges
        As of :meth:`Ensemble.statistics`.
    checkpoint : str or Path, optional
        Folder in which finished parts are kept; see :func:`~synaspice.characterization.resumable.compute_pieces`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Statistics
        Moments and histograms at the times.

    Raises
    ------
    ParameterError
        If the folder is that of other work, or an argument does not fit.
    UnknownNameError
        If the device has no such quantity.
    """
    instance("the ensemble", ensemble, Ensemble)
    flag("progress", progress)
    if checkpoint is not None:
        instance("checkpoint", checkpoint, (str, Path), "the name of a folder")
    names = check_names("quantities", quantities)
    empty = ensemble.part(0, 1).statistics(names, points=points, edges=edges)
    bins = {name: np.asarray(values, dtype=float) for name, values in (edges or {}).items()}
    total = len(ensemble.trajectories)
    require_memory(-(-total // PART), f"parts of {PART} trajectories", PIECE)
    pieces = [
        {"ensemble": ensemble.part(first, min(PART, total - first)), "names": names, "points": points, "edges": bins}
        for first in range(0, total, PART)
    ]
    description = describe(
        ensemble.device,
        **ensemble.arguments(),
        quantities=names,
        points=points,
        edges={name: values.tolist() for name, values in bins.items()},
    )
    found: Statistics | None = None
    results = compute_pieces(
        _moments, pieces, description=description, checkpoint=checkpoint, progress="parts" if progress else None
    )
    for result in results:
        part = _statistics(empty, result)
        found = part if found is None else found + part
    assert found is not None
    return found


def _moments(ensemble: Ensemble, names: list[str], points: int, edges: dict[str, Any]) -> dict[str, Any]:
    statistics = ensemble.statistics(names, points=points, edges=edges)
    return {
        f"{name}.{field.name}": getattr(moments, field.name)
        for name, moments in statistics.moments.items()
        for field in fields(Moments)
    }


def _statistics(like: Statistics, arrays: Mapping[str, np.ndarray]) -> Statistics:
    moments = {}
    for name in like.moments:
        values: dict[str, Any] = {field.name: arrays[f"{name}.{field.name}"] for field in fields(Moments)}
        moments[name] = Moments(**(values | {"count": int(values["count"])}))
    return Statistics(like.times, moments, like.edges, like.units, like.attrs)
