"""How long a state holds: escapes in ensembles at raised temperatures, and the law of Arrhenius through them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....devices.core.metadata import described_table
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import Drive
from ....devices.model import CompactModel
from .arrhenius import Arrhenius

#: Share of the trajectories that must have escaped before their rate is believed, and how often the time is doubled
#: to see that.
ESCAPED, DOUBLINGS = 0.15, 16


@dataclass(frozen=True)
class Retention(Arrhenius):
    """The law of Arrhenius, with the lifetimes that it goes through.

    Attributes
    ----------
    lifetimes : pandas.DataFrame
        ``temperature`` [K], ``escapes``, ``lifetime`` [s] and its ``error`` [s].
    """

    lifetimes: pd.DataFrame


def retention(
    device: CompactModel,
    temperatures: Sequence[float],
    *,
    quantity: str,
    above: float | None = None,
    below: float | None = None,
    drive: Drive = 0.0,
    source: str = "current",
    inputs: Mapping[str, Drive] | None = None,
    duration: float = 1e-8,
    trajectories: int = 1000,
    seed: int = 0,
    time_step: float | None = None,
) -> Retention:
    r"""Measure how long the device's initial state holds, undriven or while it is read.

    At every temperature an ensemble starts in the initial state and runs until a good part of it has been beyond one of
    the bounds. Of n escapes within the time :math:`t_k` that each trajectory was followed, the lifetime is

    .. math:: \tau = \frac 1n \sum_k t_k \left(1 \pm \frac{1}{\sqrt n}\right)

    and the line of :meth:`Arrhenius.through` gives barrier and attempt time. The material is that of the device at all
    temperatures: only the noise changes.

    Parameters
    ----------
    device : CompactModel
        The device, in the state that shall hold.
    temperatures : sequence of float
        Raised temperatures of the noise, at which escapes are seen within the time of a simulation: the barrier should
        be some four to ten times k_B T. [K]
    quantity : str
        State or observable that tells of an escape.
    above, below : float, optional
        Bounds of it, one or both, in its SI unit.
    drive, source, inputs
        As of :meth:`CompactModel.ensemble`; what acts during a read.
    duration : float
        Time to begin with; it is doubled until 15 % have escaped. [s]
    trajectories : int
        Number of trajectories at every temperature.
    seed : int
        Seed of the noise; every temperature has its own, derived from it.
    time_step : float, optional
        Step of the stochastic scheme. [s]

    Raises
    ------
    ParameterError
        If there are less than two temperatures, or no bound.
    SimulationError
        If the state holds too long for its lifetime to be seen.
    """
    kelvins = sorted({float(kelvin) for kelvin in temperatures})
    if len(kelvins) < 2:
        raise ParameterError("a barrier shows in the lifetimes at two or more temperatures")
    bounds = [(bound, rising) for bound, rising in ((above, True), (below, False)) if bound is not None]
    if not bounds:
        raise ParameterError("a state is left beyond a bound: give above, below, or both")
    whole("trajectories", trajectories, 1)
    rows = []
    for k, kelvin in enumerate(kelvins):
        length = duration
        for _ in range(DOUBLINGS):
            ensemble = device.ensemble(
                drive,
                length,
                source=source,
                inputs=inputs,
                temperature=kelvin,
                trajectories=trajectories,
                seed=seed + k,
                time_step=time_step,
            )
            # The same seed brings the same trajectories: the first passage of either bound is the escape.
            passages = [ensemble.first_passage(quantity, bound, rising=rising)["time"] for bound, rising in bounds]
            times = np.fmin.reduce([passage.to_numpy() for passage in passages])
            escapes = int(np.isfinite(times).sum())
            if escapes >= ESCAPED * trajectories:
                break
            length *= 2
        else:
            raise SimulationError(
                f"at {kelvin:g} K {escapes} of {trajectories} trajectories have escaped within {length / 2:.3g} s: "
                "a higher temperature shows the barrier sooner"
            )
        lifetime = float(np.where(np.isnan(times), length, times).sum()) / escapes
        rows.append((kelvin, escapes, lifetime, lifetime / math.sqrt(escapes)))
    kelvin_of, escapes_of, lifetime_of, error_of = (np.array(column) for column in zip(*rows, strict=True))
    line = Arrhenius.through(kelvin_of, lifetime_of, 1 / np.sqrt(escapes_of))
    table = described_table(
        {
            "temperature": (kelvin_of, "K", "temperature of the noise"),
            "escapes": (escapes_of, "1", "trajectories that left the state"),
            "lifetime": (lifetime_of, "s", "mean time to an escape"),
            "error": (error_of, "s", "standard error of it"),
        },
        bench="retention",
        engine="numeric",
        seed=seed,
        quantity=quantity,
    )
    return Retention(line.attempt_time, line.barrier, line.covariance, table)
