"""Many runs of a network, each with random numbers of its own: on several processes or machines, resumable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import Column, device_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import flag, instance, mapping, positive, real, whole
from ...devices.language.memory import require_memory, table_size
from ..resumable import compute_pieces, describe
from .network import Network


def network_ensemble(
    network: Network,
    duration: float,
    *,
    runs: int,
    drive: Any = 0.0,
    inputs: Mapping[str, Any] | None = None,
    temperature: float = 0.0,
    settling: float = 0.0,
    points: int = 1001,
    time_step: float | None = None,
    seed: int = 0,
    random_phases: bool = False,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Order parameters of many runs of a network; run k depends on the seed and on k alone.

    The runs go to the processes of :func:`joblib.parallel_config`, a Dask cluster among them, and with a checkpoint
    those that are finished are kept.

    Parameters
    ----------
    network : Network
        The network, whose devices have phases.
    duration, drive, inputs, temperature, points, time_step
        As of :meth:`Network.run`.
    runs : int
        How many.
    settling : float
        Time from which on the order parameter is averaged. [s]
    seed : int
        Seed of the noise, and of the phases.
    random_phases : bool
        Whether each run begins with the oscillators at random phases, of the parameter ``initial_phase``.
    checkpoint : str or Path, optional
        Folder in which finished runs are kept; see :func:`~synaspice.characterization.resumable.compute_pieces`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        Columns ``run``, ``order_parameter``, the mean over the time, ``deviation``, its standard deviation over the
        time, and ``last``, that at the end.

    Raises
    ------
    ParameterError
        If an argument makes no sense, the devices have no phase, or the folder is that of other work.
    """
    instance("network", network, Network)
    count, number = whole("runs", runs, 1), whole("seed", seed, 0, 2**64 - 1)
    flag("progress", progress)
    flag("random_phases", random_phases)
    if checkpoint is not None:
        instance("checkpoint", checkpoint, (str, Path), "the name of a folder")
    how: dict[str, Any] = {
        "duration": positive("duration", duration, "s"),
        "drive": drive,
        "inputs": mapping("inputs", inputs),
        "temperature": temperature,
        "settling": real("settling", settling, "s"),
        "points": points,
        "time_step": time_step,
        "seed": number,
    }
    require_memory(count, "runs", table_size(4))
    pieces = [{"network": network, "how": how, "random_phases": random_phases, "number": k} for k in range(count)]
    work = describe(network.device, **network.description(), **how, random_phases=random_phases)
    results = compute_pieces(
        _run, pieces, description=work, checkpoint=checkpoint, progress="runs" if progress else None
    )
    found = np.array([[float(r[name]) for name in ("order", "deviation", "last")] for r in results])
    columns: dict[str, Column] = {
        "run": (np.arange(count), "1", "number of the run"),
        "order_parameter": (found[:, 0], "1", "order parameter, mean over the time"),
        "deviation": (found[:, 1], "1", "its standard deviation over the time"),
        "last": (found[:, 2], "1", "order parameter at the end"),
    }
    return device_table(network.device, columns, engine="numeric", seed=number, temperature=temperature)


def _run(network: Network, how: Mapping[str, Any], random_phases: bool, number: int) -> dict[str, float]:
    """One run."""
    states = None
    if random_phases:
        generator = np.random.Generator(np.random.Philox(key=np.array([how["seed"], number], dtype=np.uint64)))
        phases = generator.uniform(-np.pi, np.pi, network.size)
        states = network.with_parameters(initial_phase=phases).initial()
    run = network.run(**how, states=states, number=number)
    order, deviation = run.mean_order(reals("settling", how["settling"])[0])
    return {"order": order, "deviation": deviation, "last": float(run.order_parameter[-1])}
