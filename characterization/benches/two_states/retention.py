"""Retention: how long a state is held, over time and temperature."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...arguments import Quantity, Range
from ...bench import bench
from ...cells.errors.arrhenius import TEN_YEARS
from ...slow_time.wells import Wells

#: Temperatures by default, those aside at which there are no two states. [K]
TEMPERATURES = tuple(np.linspace(250.0, 450.0, 9).tolist())
#: Number of times by default.
TIMES = 61


@bench(needs=(Writing, Switching), long=True)
def retention(
    device: CompactModel,
    *,
    temperature: Annotated[
        ArrayLike | None,
        Range("K", "temperatures of the surroundings and of the noise; default: 250 to 450 K", positive=True),
    ] = None,
    time: Annotated[
        ArrayLike | None,
        Range("s", "times since the state was written; default: up to ten times ten years", positive=True),
    ] = None,
    voltage: Annotated[float, Quantity("V", "voltage across the first branch meanwhile")] = 0.0,
) -> pd.DataFrame:
    r"""Measure how long a device holds each of its two states, over time and temperature.

    A device that was in one state is in the other one after a time with the probability

    .. math:: \frac{\tau_2}{\tau_1 + \tau_2}\left[1 - e^{-t (1/\tau_1 + 1/\tau_2)}\right]

    with the dwell times :math:`\tau` of :class:`~synaspice.characterization.slow_time.wells.Wells` at each
    temperature: by the Fokker-Planck equation for a magnet that is symmetric about its axis. With
    ``temperature_law="bloch"`` magnetisation and anisotropy are those of the temperature. The magnet is a macrospin; a
    larger one, which reverses by a domain, is less stable (:class:`ValidityWarning`).

    Returns
    -------
    pandas.DataFrame
        One row per temperature, state and time: ``temperature`` [K], ``state``, ``barrier`` over k_B T, ``lifetime``:
        mean time in the state [s], ``time`` [s], ``flipped``: probability of the other state then. ``attrs`` has
        ``ten_year_temperature``: for each state the temperature at which its lifetime is ten years [K], None if that
        is beyond the temperatures.

    Raises
    ------
    ParameterError
        If the device has no two states at a temperature, or its ambient temperature was given.
    """
    warn_of_limits(device)
    asked = TEMPERATURES if temperature is None else np.unique(reals("temperatures", temperature, "K")).tolist()
    wells = []
    for kelvin in asked:
        there = Wells(device, temperature=kelvin)
        if temperature is not None or there.holds(voltage):
            wells.append(there)
    if not wells:
        Wells(device).dwell_time(voltage, Wells(device).states[0])
        raise ParameterError(f"{device!r} has no two states at any temperature from {asked[0]:g} to {asked[-1]:g} K")
    states = wells[0].states
    lifetimes = np.array([[there.dwell_time(voltage, state) for state in states] for there in wells])
    barriers = np.array([[there.barrier(voltage, state) for state in states] for there in wells])
    if time is None:
        times = np.geomspace(min(0.01 * float(lifetimes.min()), 1.0), 10 * TEN_YEARS, TIMES)
    else:
        times = np.unique(reals("times", time, "s"))
    require_memory(lifetimes.size * len(times), "times at all temperatures", table_size(6))
    kelvins = np.array([there.kelvin for there in wells])
    rate = np.sum(1 / lifetimes, axis=1)
    # Shape: temperatures, states, times.
    away = (1 / lifetimes / rate[:, None])[:, :, None]
    flipped = away * -np.expm1(-rate[:, None, None] * times)
    shape = flipped.shape

    def full(values: Any) -> FloatArray:
        return np.asarray(np.broadcast_to(values, shape).ravel())

    columns = {
        "temperature": (full(kelvins[:, None, None]), "K", "temperature"),
        "state": (full(np.array(states)[None, :, None]), "", "the state that was written"),
        "barrier": (full(barriers[:, :, None]), "1", "barrier in the way out of it, over k_B T"),
        "lifetime": (full(lifetimes[:, :, None]), "s", "mean time in the state"),
        "time": (full(times), "s", "time since it was written"),
        "flipped": (flipped.ravel(), "1", "probability of being in the other state"),
    }
    held = {state: _ten_years(kelvins, lifetimes[:, k]) for k, state in enumerate(states)}
    attributes: dict[str, Any] = {"bench": "retention", "engine": "two-state", "method": wells[0].method}
    attributes["temperatures"] = kelvins.tolist()
    return device_table(device, columns, **attributes, voltage=voltage, ten_year_temperature=held)


def _ten_years(kelvins: FloatArray, lifetimes: FloatArray) -> float | None:
    """Temperature at which a lifetime is ten years [K]; the logarithm is nearly straight over the inverse."""
    logarithms, goal = np.log(lifetimes), math.log(TEN_YEARS)
    if not logarithms.min() <= goal <= logarithms.max():
        return None
    order = np.argsort(logarithms)
    return float(1 / np.interp(goal, logarithms[order], 1 / kelvins[order]))
