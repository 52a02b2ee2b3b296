"""Retention of cells as it was measured: how resistances drift with time at a temperature, and how many are lost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.distributions import wilson_interval
from ...devices.core.metadata import Column, described_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, positive, real
from ...devices.language.equations.constants import CONSTANTS, q_e
from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.waveforms.shapes import FloatArray
from ..cells.errors.arrhenius import BOLTZMANN, TEN_YEARS
from .failures import Weibull, weibull_or_none

#: Charge of an electron [C]: barriers are told in electron volts.
ELECTRON = CONSTANTS[q_e][0]
#: Fewest cells of a distribution.
FEWEST = 3
#: Share of lost cells that changes a spread by less than a tenth.
FEW = 0.05
#: Standard error of a median over that of a mean, of a normal distribution; and its share below minus one deviation.
MEDIAN, ONE_SIDE = math.sqrt(math.pi / 2), 0.15865525393145707


def fit_retention(
    measured: pd.DataFrame,
    limits: tuple[float, float],
    *,
    temperature: float | None = None,
    share: float = 0.01,
    origin: float = 1.0,
) -> pd.DataFrame:
    r"""Fit the drift of resistances with time and temperature, and the share of cells that is lost.

    At every temperature and time the logarithms of the resistances have a median and a spread, of which a few lost
    cells change little; times at which 5 % are lost or more do not count. The median follows a power of the time, and
    so does every cell, with exponents that differ from cell to cell,

    .. math:: R_m = R_0\, (t / t_0)^{\nu}, \qquad \sigma^2 = \sigma_0^2 + \sigma_\nu^2 \ln^2(t / t_0)

    A cell is lost when its resistance is read outside the limits. Times of losses have Weibull's distribution, whose
    scale follows the law of Arrhenius where there are several temperatures:

    .. math:: F(t, T) = 1 - e^{-(t/\tau)^k}, \qquad \tau = \tau_0\, e^{E / k_B T}

    by greatest likelihood; with a column ``cell`` a loss lies between two reads of the same cell, without one every
    time has cells of its own.

    Parameters
    ----------
    measured : DataFrame
        Column ``resistance`` [ohm]; ``time`` since the writing [s], ``temperature`` [K] and ``cell``, where known.
    limits : tuple of float
        Resistances between which a cell is not lost. [ohm]
    temperature : float, optional
        To which is extrapolated [K]; default: 358 K.
    share : float
        Share of lost cells whose time is told.
    origin : float
        Time at which exponents count from, t_0. [s]

    Returns
    -------
    pandas.DataFrame
        A row for each temperature and time: ``temperature`` [K], ``time`` [s] (both NaN where unknown), ``cells``,
        ``median`` [ohm], ``sigma`` (half of the range of ln R of the middle 68 %), ``median_fit`` [ohm], ``lost``,
        ``lower`` and ``upper`` bound of its 95 % confidence interval, ``lost_fit``. ``attrs`` has ``drift``, a list by
        temperature (``temperature``, ``exponent``, ``exponent_error`` as if every time had cells of its own,
        ``exponent_spread``; None of one time), ``weibull`` (``shape``, ``scales`` by temperature in s; None of fewer
        than two losses), ``barrier`` and ``barrier_error`` [eV], ``attempt_time`` [s] (None of one temperature), and at
        the temperature asked for ``ten_year_loss``, ``time_of_share`` [s] with its bounds, and ``ten_year_temperature``
        [K], at which the share is lost in ten years.

    Raises
    ------
    ParameterError
        If a column lacks, a value is not positive, a time or temperature has fewer than three cells, or the limits are
        no lower and upper resistance.
    """
    data, timed = _checked(measured)
    ends = reals("limits", limits, "ohm")
    if len(ends) != 2 or not 0 < ends[0] < ends[1]:
        raise ParameterError("limits are a lower and an upper resistance, both positive")
    kelvin = 358.0 if temperature is None else positive("the temperature", temperature, "K")
    if not 0 < real("the share", share) < 1:
        raise ParameterError(f"a share lies between 0 and 1, not at {share:g}")
    begin = positive("the origin", origin, "s")
    data["lost"] = (data["resistance"] < ends[0]) | (data["resistance"] > ends[1])
    data["logarithm"] = np.log(data["resistance"])
    groups = data.groupby(["temperature", "time"], sort=True, dropna=False)
    looks = groups.agg(
        cells=("lost", "size"), lost=("lost", "sum"), median=("resistance", "median"), sigma=("logarithm", _half_width),
    ).reset_index()  # fmt: skip
    if (looks["cells"] < FEWEST).any():
        raise ParameterError(f"at every time and temperature {FEWEST} cells at least have a distribution")
    drift = [_drift(part, begin) for _, part in looks.groupby("temperature", dropna=False)] if timed else []
    loss = _losses(data) if timed else None
    looks["median_fit"] = np.nan
    looks["lost_fit"] = np.nan
    for law in drift:
        here = (looks["temperature"] == law["temperature"]) | bool(np.isnan(law["temperature"]))
        if law["exponent"] is not None:
            looks.loc[here, "median_fit"] = law["resistance"] * (looks["time"][here] / begin) ** law["exponent"]
        if loss is not None:
            weibull, covariates = loss
            looks.loc[here, "lost_fit"] = weibull.failed(looks["time"][here], covariates(law["temperature"]))
    bounds = np.array([wilson_interval(int(k), int(n)) for k, n in zip(looks["lost"], looks["cells"], strict=True)]).T
    attributes = _extrapolated(loss, looks, kelvin, share)
    columns: dict[str, Column] = {
        "temperature": (looks["temperature"], "K", "temperature of the wait"),
        "time": (looks["time"], "s", "time since the writing"),
        "cells": (looks["cells"], "1", "number of cells"),
        "median": (looks["median"], "ohm", "median of the resistances"),
        "sigma": (looks["sigma"], "1", "half of the range of their logarithms, of the middle 68 %"),
        "median_fit": (looks["median_fit"], "ohm", "median by its law"),
        "lost": (looks["lost"] / looks["cells"], "1", "share of the cells outside the limits"),
        "lower": (bounds[0], "1", "lower bound of that share, 95 % confidence (Wilson)"),
        "upper": (bounds[1], "1", "upper bound of that share, 95 % confidence (Wilson)"),
        "lost_fit": (looks["lost_fit"], "1", "share by Weibull's distribution"),
    }
    return described_table(
        columns,
        bench="cell-retention",
        title="Retention, measured",
        source=measured.attrs.get("source"),
        limits=ends.tolist(),
        drift=[{name: value for name, value in law.items() if name != "resistance"} for law in drift],
        extrapolated_to=kelvin,
        share=share,
        origin=begin,
        **attributes,
    )


def _checked(measured: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    instance("the measured data", measured, pd.DataFrame, "a table")
    if "resistance" not in measured:
        raise ParameterError("retention needs a column resistance")
    data = pd.DataFrame({"resistance": measured["resistance"].to_numpy()})
    for name in ("temperature", "time"):
        data[name] = measured[name].to_numpy() if name in measured else np.nan
        if name not in measured:
            continue
        if data[name].dtype.kind not in "fiu" or not np.all(np.isfinite(data[name])) or not np.all(data[name] > 0):
            raise ParameterError(f"the {name} of every row must be a positive number")
    values = data["resistance"]
    if values.dtype.kind not in "fiu" or not np.all(np.isfinite(values)) or not np.all(values > 0):
        raise ParameterError("resistances are positive")
    if "cell" in measured:
        data["cell"] = measured["cell"].to_numpy()
        if data["cell"].isna().any():
            raise ParameterError("every row needs the cell that it is of")
    return data, "time" in measured


def _half_width(logarithms: pd.Series) -> float:
    """Standard deviation of a normal distribution with the same middle 68 %: a few lost cells do not widen it."""
    low, high = np.quantile(logarithms, [ONE_SIDE, 1 - ONE_SIDE])
    return float(high - low) / 2


def _drift(looks: pd.DataFrame, origin: float) -> dict[str, Any]:
    """The law of the median at a temperature, and of its spread."""
    found: dict[str, Any] = {"temperature": float(looks["temperature"].iloc[0]), "resistance": math.nan}
    found |= dict.fromkeys(["exponent", "exponent_error", "exponent_spread"])
    looks = looks[looks["lost"] < FEW * looks["cells"]]  # of more lost cells the quantiles tell, and not of the drift
    if len(looks) < 2:
        return found
    ages = np.log(looks["time"].to_numpy() / origin)
    spreads = looks["sigma"].to_numpy()
    # Cells that are all at one resistance, an end of the range perhaps, have no spread, and would outweigh all others.
    errors = MEDIAN * np.maximum(spreads, np.median(spreads)) / np.sqrt(looks["cells"].to_numpy())
    weights = 1 / np.maximum(errors, 1e-12)
    (slope, offset), covariance = np.polyfit(ages, np.log(looks["median"].to_numpy()), 1, w=weights, cov="unscaled")
    found |= {"resistance": math.exp(offset), "exponent": float(slope), "exponent_error": math.sqrt(covariance[0, 0])}
    if len(looks) > 2:
        rise, _ = np.polyfit(ages**2, looks["sigma"].to_numpy() ** 2, 1)
        found["exponent_spread"] = math.sqrt(max(float(rise), 0.0))
    return found


def _losses(data: pd.DataFrame) -> tuple[Weibull, Any] | None:
    """Weibull's distribution of the losses, and its covariates at a temperature; None without one."""
    lower, upper, kelvins, weights = _intervals(data)
    several = len(np.unique(kelvins[np.isfinite(kelvins)])) > 1
    middle = float(np.mean(1 / (BOLTZMANN * kelvins))) if several else 0.0

    def covariates(kelvin: float) -> FloatArray:
        # In electron volts, and about the middle, where the two coefficients are nearly independent.
        return np.array([1.0, (1 / (BOLTZMANN * kelvin) - middle) * ELECTRON]) if several else np.ones(1)

    if weights[np.isfinite(upper)].sum() < 2:
        return None
    found = weibull_or_none(lower, upper, np.array([covariates(kelvin) for kelvin in kelvins]), weights)
    return None if found is None else (found, covariates)


def _intervals(data: pd.DataFrame) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Between which times cells were lost, at which temperature, and how many."""
    rows: list[tuple[float, float, float]] = []
    if "cell" in data:
        for _, part in data.sort_values("time").groupby(["temperature", "cell"], dropna=False):
            times, lost = part["time"].to_numpy(float), part["lost"].to_numpy(bool)
            first = int(np.argmax(lost)) if lost.any() else len(times)
            before = float(times[first - 1]) if first else 0.0
            after = float(times[first]) if first < len(times) else math.inf
            rows.append((before, after, float(part["temperature"].iloc[0])))
    else:
        for time, kelvin, gone in data[["time", "temperature", "lost"]].to_numpy(float):
            rows.append((0.0, time, kelvin) if gone else (time, math.inf, kelvin))
    names = ["lower", "upper", "kelvin", "count"]
    counted = pd.DataFrame(rows, columns=names[:3]).value_counts(dropna=False).reset_index()
    lower, upper, kelvins, weights = counted[names].to_numpy(float).T
    return lower, upper, kelvins, weights


def _extrapolated(loss: Any, looks: pd.DataFrame, kelvin: float, share: float) -> dict[str, Any]:
    """What the losses say of other times and temperatures."""
    names = ("weibull", "barrier", "barrier_error", "attempt_time", "ten_year_loss", "time_of_share")
    found: dict[str, Any] = dict.fromkeys((*names, "ten_year_temperature"))
    if loss is None:
        return found
    weibull, covariates = loss
    kelvins = [float(one) for one in looks["temperature"].unique()]
    scales = {f"{one:g}": weibull.scale(covariates(one)) for one in kelvins}
    found["weibull"] = {"shape": weibull.shape, "shape_error": weibull.shape_error, "scales": scales}
    at = covariates(kelvin)
    if len(at) < 2:
        return found
    barrier = float(weibull.coefficients[1])
    if barrier <= 0:
        warn_user(
            f"cells last longer when they are hotter (a barrier of {barrier:.2g} eV): is it kelvin?",
            ValidityWarning,
        )
    found |= {"barrier": barrier, "barrier_error": math.sqrt(weibull.covariance[2, 2])}
    inverse = ELECTRON * (1 / (BOLTZMANN * kelvin))
    found["attempt_time"] = weibull.scale(at) * math.exp(-barrier * inverse)
    found["ten_year_loss"] = float(weibull.failed(np.array([TEN_YEARS]), at)[0])
    found["time_of_share"] = list(weibull.time_of(share, at))
    # ln t_share rises with 1/T by the barrier.
    needed = (math.log(TEN_YEARS) - math.log(weibull.time_of(share, at)[0])) / barrier + inverse
    found["ten_year_temperature"] = ELECTRON / (BOLTZMANN * needed) if barrier > 0 and needed > 0 else None
    return found
