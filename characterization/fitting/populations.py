"""Many cells, or many cycles of one, whose resistances differ: the spread of a parameter that tells them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq

from ...devices.core.metadata import device_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, known, positive
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel

#: Values of the parameter at which the resistance is computed before it is looked up.
GRID = 2001
#: Distributions of the parameter.
SPREADS = ("normal", "lognormal")


def fit_population(
    device: CompactModel,
    resistances: ArrayLike,
    parameter: str,
    *,
    read_voltage: float = 0.1,
    spread: str = "normal",
    bounds: tuple[float, float] | None = None,
) -> pd.DataFrame:
    r"""Find the distribution of a parameter with which devices have the measured resistances.

    Every resistance is that of one value p of the parameter, :math:`R(p) = v / i(v; p)`, which rises or falls with it;
    mean and standard deviation of p, or of ln p, are those of greatest likelihood. Standard errors,
    :math:`\sigma / \sqrt n` and :math:`\sigma / \sqrt{2 n}`, are for resistances that do not depend on each other: the
    correlation of successive ones says whether they do, and the number that counts is then
    :math:`n (1 - c) / (1 + c)`.

    Parameters
    ----------
    device : CompactModel
        The device, with all other parameters.
    resistances : array_like
        Measured resistances, in the order in which they were measured. [ohm]
    parameter : str
        The parameter that differs, such as ``initial_state``.
    read_voltage : float
        Voltage of the measurement. [V]
    spread : str
        ``"normal"`` or ``"lognormal"`` distribution of the parameter.
    bounds : tuple of float, optional
        Where its values are looked for; default: its declared bounds.

    Returns
    -------
    pandas.DataFrame
        The measured resistances in rising order: ``share`` of those that are smaller, ``resistance`` [ohm],
        ``resistance_fit`` [ohm], the same share's of the fitted distribution, and the ``value`` of the parameter.
        ``attrs`` has ``location``, ``location_error``, ``scale`` and ``scale_error`` (of ln p for a lognormal
        spread), ``outside`` (resistances that no value within the bounds has: they are left out), ``independent``,
        ``correlation`` of successive ones, ``distance`` (Kolmogorov and Smirnov's, of the values from the fitted
        distribution), and ``median_ratio`` and ``quantile_ratios`` (fitted over measured resistances at 5, 50, 95 %).

    Raises
    ------
    UnknownNameError
        If there is no such parameter.
    ParameterError
        If resistances are not positive, the resistance does not rise or fall with the parameter, or fewer than ten
        resistances lie within what the device can have.
    """
    instance("device", device, CompactModel)
    known("spread", spread, SPREADS)
    declared = device.parameter_declarations()
    known(f"parameter of {device.model_name()}", parameter, declared)
    measured = reals("resistances", resistances, "ohm")
    if not np.all(measured > 0):
        raise ParameterError("resistances of a population are positive")
    voltage = positive("the read voltage", read_voltage, "V")
    if bounds is None:
        ends = list(declared[parameter].bounds)
    else:
        ends = reals("bounds", bounds).tolist()
    low, high = ends if len(ends) == 2 else (np.nan, np.nan)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ParameterError(f"give finite bounds of {parameter}, a lower and an upper one")
    if spread == "lognormal" and low <= 0:
        low = 1e-9 * high
    grid = np.geomspace(low, high, GRID) if spread == "lognormal" else np.linspace(low, high, GRID)
    curve = np.log([_resistance(device, parameter, one, voltage) for one in grid])
    steps = np.diff(curve)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise ParameterError(
            f"the resistance does not rise or fall with {parameter} all the way from {low:g} to {high:g}"
        )
    falling = bool(steps[0] < 0)
    rising_curve, rising_grid = (curve[::-1], grid[::-1]) if falling else (curve, grid)
    inside = (np.log(measured) >= rising_curve[0]) & (np.log(measured) <= rising_curve[-1])
    kept = measured[inside]
    if len(kept) < 10:
        raise ParameterError(
            f"{len(kept)} of {len(measured)} resistances are some that the device can have: ten at least"
        )
    values = np.array([_looked_up(device, parameter, one, voltage, rising_curve, rising_grid) for one in kept])
    scaled = np.log(values) if spread == "lognormal" else values
    centred = scaled - np.mean(scaled)
    square = float(np.sum(centred**2))
    correlation = float(np.sum(centred[1:] * centred[:-1]) / square) if square else 0.0
    count = len(kept) * (1 - max(correlation, 0.0)) / (1 + max(correlation, 0.0))
    location, scale = float(np.mean(scaled)), float(np.std(scaled))
    order = np.argsort(kept)
    share = (np.arange(len(kept)) + 0.5) / len(kept)
    at = location + scale * stats.norm.ppf(1 - share if falling else share)
    fitted_values = np.clip(np.exp(at) if spread == "lognormal" else at, low, high)
    fitted = np.exp(np.interp(fitted_values, grid, curve))
    quantiles = np.interp([0.05, 0.5, 0.95], share, fitted) / np.quantile(kept, [0.05, 0.5, 0.95])
    unit = declared[parameter].unit
    columns: dict[str, Any] = {
        "share": (share, "1", "share of the resistances that are smaller"),
        "resistance": (kept[order], "ohm", "measured resistance"),
        "resistance_fit": (fitted, "ohm", "resistance of the fitted distribution at that share"),
        "value": (values[order], unit, f"{parameter} with that resistance"),
    }
    return device_table(
        device,
        columns,
        bench="population",
        engine="numeric",
        parameter=parameter,
        spread=spread,
        location=location,
        location_error=scale / float(np.sqrt(count)),
        scale=scale,
        scale_error=scale / float(np.sqrt(2 * count)),
        outside=int(np.sum(~inside)),
        independent=float(count),
        correlation=correlation,
        distance=float(stats.kstest(scaled, "norm", args=(location, scale)).statistic),
        median_ratio=float(quantiles[1]),
        quantile_ratios=quantiles.tolist(),
        read_voltage=voltage,
    )


def _resistance(device: CompactModel, parameter: str, value: float, voltage: float) -> float:
    branch = next(iter(device.branches().values()))
    held = device.replace(**{parameter: float(value)})
    return voltage / float(held.static(**{branch.name: voltage})[branch.current])


def _looked_up(
    device: CompactModel, parameter: str, resistance: float, voltage: float, curve: FloatArray, grid: FloatArray
) -> float:
    """The value of the parameter with a resistance: between two points of the grid, refined."""
    k = int(np.clip(np.searchsorted(curve, np.log(resistance)), 1, len(curve) - 1))
    ends = float(grid[k - 1]), float(grid[k])

    def off(value: float) -> float:
        return float(np.log(_resistance(device, parameter, value, voltage) / resistance))

    if off(ends[0]) * off(ends[1]) >= 0:
        return float(np.interp(np.log(resistance), curve, grid))
    return float(brentq(off, *ends, xtol=1e-9 * (abs(ends[0]) + abs(ends[1]))))
