r"""Mean, spread, quantiles and yield of a figure of merit, with how sure they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.distributions import wilson_interval
from ...devices.core.metadata import Column, described_table
from ...devices.language.checks import real
from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.quantities.quantity import format_si
from .merit import figures_of_merit
from .samplers import RANDOM

#: Quantiles of a summary, by the names of their columns.
QUANTILES = {"quantile_05": 0.05, "median": 0.5, "quantile_95": 0.95}


def sample_statistics(
    table: pd.DataFrame, merit: str | None = None, *, least: float | None = None, most: float | None = None
) -> pd.DataFrame:
    r"""Summarise a figure of merit over the samples of a table of ``vary``.

    Standard errors are those of n independent samples,

    .. math:: \frac{s}{\sqrt n}, \qquad \frac{1}{2 s} \sqrt{\frac{1}{n} \left(m_4 - \frac{n-3}{n-1} s^4\right)}

    with the fourth central moment :math:`m_4`. A Latin hypercube or Sobol's sequence has smaller errors as a rule. The
    yield is the share of all samples with a figure within the limits; one that could not be measured is not. Its
    interval is Wilson's, of 95 % confidence.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of :func:`~synaspice.characterization.statistics.vary.vary`.
    merit : str, optional
        The figure of merit; see :func:`~synaspice.characterization.statistics.merit.figures_of_merit`. Default: the one
        that the table names.
    least, most : float, optional
        Limits of a sample that passes, in the figure's unit, inclusive; default: those that the table names.

    Returns
    -------
    pandas.DataFrame
        One row: ``samples``, ``undefined`` (without a finite figure), ``minimum`` and ``maximum``; of random samples
        ``mean``, ``mean_error``, ``standard_deviation``, ``standard_deviation_error``, ``quantile_05``, ``median`` and
        ``quantile_95``; of corners ``nominal``; with limits ``passed``, and of random samples ``yield``, ``yield_low``
        and ``yield_high``.

    Raises
    ------
    ParameterError
        If the table is none of ``vary``, has no such figure of merit, fewer than two samples have a finite one, or the
        limits are none.
    UnknownNameError
        If there is no such column, value or attribute.

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927), doi:10.1080/01621459.1927.10502953.
    """
    found = figures_of_merit(table, merit)
    own = merit is None or merit == table.attrs["merit"]
    limits = _limits(least, most, table.attrs["limits"] if own else [None, None])
    values = found["value"].to_numpy()
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        raise ParameterError(
            f"{len(finite)} of {len(values)} samples have a finite {found.attrs['merit']!r}: two at least"
        )
    if len(finite) < len(values) and not found.attrs["failed"]:
        warn_user(
            f"{len(values) - len(finite)} of {len(values)} samples have no finite {found.attrs['merit']!r}: mean and "
            "spread are those of the others",
            ValidityWarning,
        )
    unit = found.attrs["units"]["value"]
    random = found.attrs["sampler"] in RANDOM
    columns: dict[str, Column] = {
        "samples": ([len(values)], "1", "number of samples"),
        "undefined": ([len(values) - len(finite)], "1", "samples without a finite figure of merit"),
        "minimum": ([float(np.min(finite))], unit, "least value"),
        "maximum": ([float(np.max(finite))], unit, "largest value"),
    }
    columns |= (
        _moments(finite, unit) if random else {"nominal": ([float(values[0])], unit, "value of the nominal device")}
    )
    if limits != [None, None]:
        columns |= _yield(values, limits, random)
    attributes: dict[str, Any] = {
        str(key): value for key, value in found.attrs.items() if key not in ("units", "descriptions", "version")
    }
    return described_table(columns, **attributes | {"bench": "sample-statistics", "limits": limits})


def _limits(least: float | None, most: float | None, named: list[float | None]) -> list[float | None]:
    if least is None and most is None:
        return list(named)
    return check_limits(least, most)


def check_limits(least: float | None, most: float | None) -> list[float | None]:
    """Limits of a figure of merit, or a refusal of what are none.

    Raises
    ------
    ParameterError
        If one is no number, or the lower one is not below the upper one.
    """
    low = None if least is None else real("the least figure of merit that passes", least)
    high = None if most is None else real("the largest figure of merit that passes", most)
    if low is not None and high is not None and not low <= high:
        raise ParameterError(f"nothing is at least {low:g} and at most {high:g}")
    return [low, high]


def passing(values: np.ndarray, limits: list[float | None]) -> np.ndarray:
    """Which values lie within limits; none that is NaN does."""
    low, high = limits
    return (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))


def _moments(values: np.ndarray, unit: str) -> dict[str, Column]:
    count, mean, deviation = len(values), float(np.mean(values)), float(np.std(values, ddof=1))
    if not np.ptp(values):  # of which a sum may be off by rounding
        mean, deviation = float(values[0]), 0.0
    fourth = float(np.mean((values - mean) ** 4))
    variance = max(fourth - (count - 3) / (count - 1) * deviation**4, 0.0) / count
    error = float(np.sqrt(variance)) / (2 * deviation) if deviation > 0 else 0.0
    columns: dict[str, Column] = {
        "mean": ([mean], unit, "mean"),
        "mean_error": ([deviation / float(np.sqrt(count))], unit, "standard error of the mean"),
        "standard_deviation": ([deviation], unit, "standard deviation"),
        "standard_deviation_error": ([error], unit, "standard error of the standard deviation"),
    }
    for name, share in QUANTILES.items():
        columns[name] = ([float(np.quantile(values, share))], unit, f"quantile at {100 * share:g} %")
    return columns


def _yield(values: np.ndarray, limits: list[float | None], random: bool) -> dict[str, Column]:
    passed = int(np.sum(passing(values, limits)))
    columns: dict[str, Column] = {"passed": ([passed], "1", "samples within the limits")}
    if random:
        low, high = wilson_interval(passed, len(values))
        columns["yield"] = ([passed / len(values)], "1", "share of samples within the limits")
        columns["yield_low"] = ([low], "1", "lower end of its 95 % interval")
        columns["yield_high"] = ([high], "1", "upper end of its 95 % interval")
    return columns


def in_words(summary: pd.DataFrame) -> list[str]:
    """A summary as lines for people to read.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of :func:`sample_statistics`.
    """
    row, unit = summary.iloc[0], summary.attrs["units"]["minimum"]

    def shown(name: str) -> str:
        return format_si(float(row[name]), unit, 4)

    lines = [f"{summary.attrs['merit']}: {int(row['samples'])} samples, {shown('minimum')} to {shown('maximum')}"]
    if row["minimum"] == row["maximum"]:
        lines = [f"{summary.attrs['merit']}: {int(row['samples'])} samples, all {shown('minimum')}: there is no spread"]
    elif "mean" in summary:
        lines.append(f"mean {shown('mean')} ± {shown('mean_error')}")
        lines.append(f"standard deviation {shown('standard_deviation')} ± {shown('standard_deviation_error')}")
        lines.append(f"median {shown('median')}, 90 % within {shown('quantile_05')} and {shown('quantile_95')}")
    else:
        lines.append(f"nominal {shown('nominal')}")
    if "yield" in summary:
        between = f"{row['yield_low']:.4g} to {row['yield_high']:.4g}"
        lines.append(f"yield {row['yield']:.4g}, 95 % within {between}")
    elif "passed" in summary:
        lines.append(f"{int(row['passed'])} of {int(row['samples'])} pass")
    if row["undefined"]:
        lines.append(f"{int(row['undefined'])} samples without a number")
    return lines
