"""How surely domain-wall cells do what they should at their temperature: ensembles of their walls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ....circuits.cells.spin.domain_wall_cells import DomainWallNeuron
from ....circuits.cells.spin.wall_writing import WallWriter
from ....devices.core.distributions import upper_bound
from ....devices.core.metadata import Column
from ....devices.language.checks import positive, whole
from ....devices.language.errors import ParameterError
from ....devices.language.memory import NUMBER, require_memory
from ....devices.language.waveforms.shapes import FloatArray, Pulse
from ....devices.models.domain_walls.motion import _DomainWall

#: Largest step of the transients of walls without noise. [s]
LARGEST_STEP = 1e-11
#: Edges of pulses into the neuron. [s]
EDGE = 5e-11
#: Confidence of the bounds of error rates.
CONFIDENCE = 0.95
#: Steps of the stochastic scheme: the walls turn in some 100 ps. [s]
TIME_STEP = 5e-12
FINE_TIME_STEP = 2e-12


@dataclass(frozen=True)
class ErrorRate:
    """Errors among trials.

    Attributes
    ----------
    errors, trials : int
        Their numbers.
    """

    errors: int
    trials: int

    @property
    def rate(self) -> float:
        """Share of the trials that went wrong."""
        return self.errors / self.trials

    @property
    def bound(self) -> float:
        """Bound that the rate is below with 95 % confidence (Clopper and Pearson, one-sided)."""
        return upper_bound(self.errors, self.trials, CONFIDENCE)


def check_pulses(interval: float, width: float) -> None:
    """Refuse pulses that last no longer than their edge, or overlap.

    Parameters
    ----------
    interval : float
        Time from one to the next. [s]
    width : float
        Their width. [s]

    Raises
    ------
    ParameterError
        If they do.
    """
    if positive("width", width, "s") <= EDGE:
        raise ParameterError(f"a pulse of {width:g} s is no longer than its edge, {EDGE:g} s")
    if positive("interval", interval, "s") < width + EDGE:
        raise ParameterError(f"pulses of {width:g} s do not fit into an interval of {interval:g} s")


def firing_counts(
    cell: DomainWallNeuron,
    interval: float,
    *,
    current: float = 2e-4,
    width: float = 3.5e-9,
    pulses: int = 20,
    trials: int = 4000,
    seed: int = 0,
    threshold: float | None = None,
) -> np.ndarray:
    """Number of the pulse on which a neuron's wall first arrives at the threshold, in many trials with thermal noise.

    The junction reads all the while, at the voltage that the divider leaves it with the wall at its start, which is the
    largest.

    Parameters
    ----------
    cell : DomainWallNeuron
        The neuron; the noise is that of its temperature.
    interval : float
        Time from one pulse to the next. [s]
    current, width : float
        Of a pulse. [A], [s]
    pulses : int
        Number of pulses after which a trial ends.
    trials : int
        Number of trials.
    seed : int
        Seed of the noise.
    threshold : float, optional
        Threshold of the circuit, over the length; default: the cell's. [1]

    Returns
    -------
    ndarray
        Counts; 0 where the neuron did not fire.

    Raises
    ------
    ParameterError
        If pulses overlap, or an argument is not positive.
    """
    check_pulses(interval, width)
    device = cell.junction
    train = Pulse(0.0, current, interval, EDGE, EDGE, width - EDGE, interval)
    ensemble = device.ensemble(
        train,
        (whole("pulses", pulses, 1) + 1) * interval,
        source="current",
        inputs={"read_voltage": cell.read_voltage(device.values["initial_state"])},
        temperature=cell.temperature,
        trajectories=trials,
        seed=seed,
        time_step=TIME_STEP,
    )
    times = ensemble.first_passage("x", cell.values["threshold"] if threshold is None else threshold)["time"]
    # A noisy wall may arrive before the first pulse as well: that is a spike too, on "pulse 1" at the latest.
    return np.where(times.isna(), 0, np.maximum(1, times.fillna(0.0) // interval)).astype(int)


def firing_errors(cell: DomainWallNeuron, interval: float, expected: int, **arguments: Any) -> ErrorRate:
    """How often a neuron's count differs from the expected one by more than one, or it fires though it never should.

    Parameters
    ----------
    cell : DomainWallNeuron
        The neuron.
    interval : float
        Time from one pulse to the next. [s]
    expected : int
        The count, 0 for a neuron that shall stay silent.
    **arguments
        As of :func:`firing_counts`.
    """
    counts = firing_counts(cell, interval, **arguments)
    wrong = (counts == 0) | (abs(counts - expected) > 1) if expected else counts > 0
    return ErrorRate(int(wrong.sum()), len(counts))


def write_errors(
    strip: _DomainWall,
    writer: WallWriter,
    *,
    pulses: int = 1,
    relative_current: float = 1.0,
    temperature: float = 300.0,
    trials: int = 4000,
    seed: int = 0,
) -> ErrorRate:
    """How often write pulses leave one of a pair's walls at another site than they should.

    In every trial the walls of two strips start at the site of the initial state, settle, and are moved in opposite
    directions.

    Parameters
    ----------
    strip : domain wall device
        The strip.
    writer : WallWriter
        Its pulses.
    pulses : int
        Their number.
    relative_current : float
        Current of the pulses over that of the writer. [1]
    temperature : float
        Temperature of the noise. [K]
    trials : int
        Number of trials.
    seed : int
        Seed of the noise.
    """
    weaker = replace(writer, current=writer.current * positive("relative_current", relative_current))
    number = whole("trials", trials, 1)
    require_memory(number, "trials", NUMBER)
    wrong = np.zeros(number, dtype=bool)
    for k, sign in enumerate((1, -1)):
        moved = sites_moved(strip, weaker, sign * whole("pulses", pulses, 1), temperature, trials, 2 * seed + k)
        wrong |= np.round(moved) != sign * pulses
    return ErrorRate(int(wrong.sum()), trials)


def sites_moved(
    strip: _DomainWall, writer: WallWriter, pulses: int, temperature: float, trials: int, seed: int
) -> FloatArray:
    """Way of the wall in every trial, in periods of the pinning [1].

    Parameters
    ----------
    strip : domain wall device
        The strip; its wall starts at the site of the initial state.
    writer : WallWriter
        Its pulses.
    pulses : int
        Their number; negative ones are negative currents.
    temperature : float
        Temperature of the noise. [K]
    trials : int
        Number of trials.
    seed : int
        Seed of the noise.
    """
    ensemble = strip.ensemble(
        writer.waveform(pulses, start=writer.rest),
        writer.rest + writer.duration(pulses),
        source="current",
        temperature=temperature,
        trajectories=trials,
        seed=seed,
        time_step=FINE_TIME_STEP,
    )
    x = ensemble.final()["x"].to_numpy()
    return np.asarray((x - strip.values["initial_state"]) * strip.values["length"] / strip.values["pinning_period"])


def described(table: pd.DataFrame, columns: dict[str, tuple[str, str]]) -> dict[str, Column]:
    """The columns of a table with their units and descriptions."""
    return {name: (table[name].to_numpy(), *columns[name]) for name in columns}
