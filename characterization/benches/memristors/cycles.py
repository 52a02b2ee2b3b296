"""Cycle-to-cycle variability: resistances and switching voltages of many cycles, and the distributions that fit."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from scipy import stats

from ....devices.core.metadata import Column, device_table
from ....devices.core.protocols import Sweep
from ....devices.language.checks import positive
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import FloatArray, Sine, Triangle
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import Choice, Quantity, Seed, Surroundings, Whole
from ...bench import bench
from ..hysteresis import WAVEFORMS
from .reader import Reader

#: The quantities of a cycle.
QUANTITIES = ("voltage_set", "voltage_reset", "resistance_low", "resistance_high")
#: Fewest cycles whose distribution is told.
FEWEST = 10
#: A spread over the mean below which cycles are the same but for rounding.
SAME = 1e-9


def fitted_distributions(values: FloatArray) -> dict[str, dict[str, float]]:
    r"""The Weibull and the lognormal distribution of greatest likelihood of positive values.

    .. math:: F(y) = 1 - e^{-(y/\\lambda)^k}, \\qquad F(y) = \\Phi[\\ln(y / y_m) / \\sigma]

    Parameters
    ----------
    values : ndarray
        Positive values, not all the same.

    Returns
    -------
    dict
        ``weibull`` with ``shape`` k and ``scale``, ``lognormal`` with ``median`` and ``sigma``; each with
        ``log_likelihood`` and ``distance``, that of Kolmogorov and Smirnov.
    """
    shape, _, scale = stats.weibull_min.fit(values, floc=0)
    logarithms = np.log(values)
    median, sigma = math.exp(float(np.mean(logarithms))), float(np.std(logarithms))
    found = {
        "weibull": ({"shape": float(shape), "scale": float(scale)}, stats.weibull_min(shape, scale=scale)),
        "lognormal": ({"median": median, "sigma": sigma}, stats.lognorm(sigma, scale=median)),
    }
    return {
        name: parameters
        | {
            "log_likelihood": float(np.sum(law.logpdf(values))),
            "distance": float(stats.kstest(values, law.cdf).statistic),
        }
        for name, (parameters, law) in found.items()
    }


@bench(needs=(Sweep,), long=True)
def cycles(
    device: CompactModel,
    *,
    number: Annotated[int, Whole("cycles, after a first one that is left out", FEWEST)] = 100,
    amplitude: Annotated[
        float | None, Quantity("V", "amplitude of the voltage; default: that of the device's sweep", positive=True)
    ] = None,
    period: Annotated[float | None, Quantity("s", "length of a cycle; default: likewise", positive=True)] = None,
    waveform: Annotated[str | None, Choice(WAVEFORMS, "form of the voltage")] = None,
    points: Annotated[int, Whole("points of a half cycle", 8)] = 400,
    read_voltage: Annotated[float, Quantity("V", "voltage at which resistances are read", positive=True)] = 0.1,
    time_step: Annotated[
        float | None,
        Quantity("s", "step of the noisy trajectory; default: so that no state crosses 5 %", positive=True),
    ] = None,
    temperature: Surroundings = None,
    seed: Seed = None,
) -> pd.DataFrame:
    """Measure how resistances and switching voltages differ from cycle to cycle.

    The voltage sweeps through cycles one after the other, with the noise of the device's states. A cycle has the
    resistances after its two halves, of which the smaller on the whole is the low one, and the voltages at which the
    resistance passes the geometric middle of the medians of both. Weibull and lognormal distributions are fitted to
    each; of equally many parameters the better one is that of the greater likelihood.

    Returns
    -------
    pandas.DataFrame
        Columns ``cycle``, ``voltage_set`` and ``voltage_reset`` [V] (NaN in a cycle that does not switch),
        ``resistance_low`` and ``resistance_high`` [ohm]. ``attrs["fits"]`` has, by column, ``weibull`` and
        ``lognormal`` as of :func:`fitted_distributions` for the sizes, and ``better``; None of one that does not
        differ. ``attrs["failed"]`` counts the cycles that did not switch.

    Raises
    ------
    ParameterError
        If the device suggests no sweep of the voltage and none is given, has no noise of its states, does not switch in
        at least ten cycles, or a number makes no sense.
    """
    device, kelvin = in_surroundings(device, temperature)
    sweep = device.protocol(Sweep)
    if sweep.quantity != "voltage" and (amplitude is None or period is None):
        raise ParameterError(f"give amplitude and period: {device.model_name()} suggests none of the voltage")
    size = positive("the amplitude", sweep.amplitude if amplitude is None else amplitude, "V")
    length = positive("the period", sweep.period if period is None else period, "s")
    shape = waveform or sweep.waveform
    drive = Triangle(size, length) if shape == "triangle" else Sine(0.0, size, 1 / length)
    reported = 2 * points * (number + 1) + 1
    require_memory(reported, "points of all cycles", table_size(8))
    reader = Reader(device.replace(**sweep.overrides), read_voltage)
    longest = reader.step((size, -size))
    if time_step is not None and time_step > longest * (1 + 1e-9):
        raise ParameterError(
            f"in a time_step of {time_step:.3g} s the states move too far: give at most {longest:.3g} s"
        )
    noise: dict[str, Any] = {"temperature": kelvin, "seed": seed, "time_step": time_step or longest}
    run = reader.device.simulate(drive, (number + 1) * length, points=reported, **noise)
    voltage = run[next(iter(reader.device.branches()))].to_numpy()
    found = _cycles(1 / reader.of(run), voltage, points)
    switched = np.all(np.isfinite(list(found.values())), axis=0)
    if switched.sum() < FEWEST:
        raise ParameterError(f"{switched.sum()} of {number} cycles switch the device: {FEWEST} at least")
    if not switched.all():
        told = f"{np.sum(~switched)} of {number} cycles do not switch the device"
        warn_user(f"{told}: distributions are those of the others", ValidityWarning)
    fits = {name: _fit(values[switched]) for name, values in found.items()}
    if not any(fits.values()):
        raise ParameterError(
            f"all cycles are the same: the states of {device!r} have no noise, or none that matters here"
        )
    columns: dict[str, Column] = {
        "cycle": (np.arange(number), "1", "number of the cycle"),
        "voltage_set": (found["voltage_set"], "V", "voltage at which the resistance falls through the middle"),
        "voltage_reset": (found["voltage_reset"], "V", "voltage at which it rises through the middle"),
        "resistance_low": (found["resistance_low"], "ohm", "resistance after the half cycle that lowers it"),
        "resistance_high": (found["resistance_high"], "ohm", "resistance after the half cycle that raises it"),
    }
    attributes: dict[str, Any] = {"amplitude": size, "period": length, "waveform": shape, "read_voltage": read_voltage}
    attributes |= {"fits": fits, "failed": int(np.sum(~switched)), "temperature": kelvin, "seed": seed}
    return device_table(device, columns, bench="cycles", engine="numeric", **attributes)


def _cycles(resistance: FloatArray, voltage: FloatArray, points: int) -> dict[str, FloatArray]:
    """Resistances and switching voltages of each cycle but the first."""
    ends = resistance[points::points][1:]  # after the second half of the first cycle, and after each later half
    after_second, after_first = ends[2::2], ends[1::2]
    lowers_first = bool(np.median(after_first) < np.median(after_second))
    low, high = (after_first, after_second) if lowers_first else (after_second, after_first)
    middle = math.sqrt(float(np.median(low)) * float(np.median(high)))
    voltages: tuple[list[float], list[float]] = ([], [])
    for half in range(2, 2 * (len(low) + 1)):
        part = slice(half * points, (half + 1) * points + 1)
        voltages[half % 2].append(_crossing(np.log(resistance[part] / middle), voltage[part], half % 2 == lowers_first))
    first, second = map(np.array, voltages)
    sets, resets = (first, second) if lowers_first else (second, first)
    return {"voltage_set": sets, "voltage_reset": resets, "resistance_low": low, "resistance_high": high}


def _crossing(distance: FloatArray, voltage: FloatArray, rises: bool) -> float:
    """Voltage at which a logarithmic distance first becomes positive or, falling, negative; NaN if it does not."""
    signed = distance if rises else -distance
    there = np.flatnonzero((signed[:-1] < 0) & (signed[1:] >= 0))
    if not len(there):
        return math.nan
    k = int(there[0])
    share = signed[k] / (signed[k] - signed[k + 1])
    return float(voltage[k] + share * (voltage[k + 1] - voltage[k]))


def _fit(values: FloatArray) -> dict[str, Any] | None:
    sizes = np.abs(values)
    if np.ptp(sizes) <= SAME * float(np.mean(sizes)):
        return None
    found: dict[str, Any] = dict(fitted_distributions(sizes))
    return found | {"better": max(found, key=lambda name: float(found[name]["log_likelihood"]))}
