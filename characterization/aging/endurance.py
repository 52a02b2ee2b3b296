"""Endurance as it was measured: how the window closes over the cycles, and when cells fail."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ...devices.core.metadata import Column, described_table
from ...devices.language.checks import flag, instance, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from .failures import kaplan_meier, weibull_or_none

#: Blocks of cycles in the table, and cycles that a cell must have had for a law.
BLOCKS, FEWEST = 40, 10
#: The states, by their columns.
STATES = ("resistance_low", "resistance_high")
#: The laws: what the logarithm of a resistance is linear in.
LAWS: dict[str, Callable[[Any], Any]] = {
    "power": np.log,
    "exponential": lambda cycle: np.asarray(cycle, dtype=float),
}
#: Share of failed cells whose cycle is told.
TOLD = 0.01


def fit_endurance(
    measured: pd.DataFrame, *, ratio: float = 2.0, consecutive: int = 1, working: bool = True
) -> pd.DataFrame:
    r"""Fit how the two resistances of cycled cells change, and the distribution of the cycles at which they fail.

    The empirical laws of a closing window are

    .. math:: R(n) = R_1\, n^b, \qquad R(n) = R_0\, e^{b n},

    a power or an exponential of the number of cycles, with one b for all cells and a factor for each, which is
    lognormal over the cells. The law with the smaller sum of squares of :math:`\ln R` is told, for each state. A cell
    fails at the first of ``consecutive`` cycles in which :math:`R_\mathrm{high} < r\,R_\mathrm{low}`; one that has not
    failed when the measurement ends is censored. The cycles of failures have Weibull's distribution of greatest
    likelihood (:mod:`~synaspice.characterization.aging.failures`).

    Parameters
    ----------
    measured : DataFrame
        Columns ``resistance_low`` and ``resistance_high`` [ohm], a row for each cycle; ``cycle``, counted from 1
        (default: the row), and ``device``, where they are of several cells.
    ratio : float
        The ratio of the resistances, r, below which a cycle has failed.
    consecutive : int
        Number of failed cycles, one after the other, that make a failed cell.
    working : bool
        Whether the laws are those of the cycles before the failure, rather than of all.

    Returns
    -------
    pandas.DataFrame
        A row for each block of cycles: ``cycle`` (its geometric middle), ``resistance_low``, ``resistance_high`` [ohm]
        (medians), ``low_law``, ``high_law`` [ohm], ``failing`` (share of its cycles that fail), ``failed`` (share of
        the cells that have failed by its end, Kaplan and Meier's) and ``weibull`` (NaN without a distribution).
        ``attrs`` has ``laws``, by state: ``law``, ``slope``, ``slope_error``, ``median`` (the factor
        :math:`R_1` or :math:`R_0` of the median cell, ohm), ``spread`` (standard deviation of its logarithm over the
        cells, None of one), ``scatter`` (that of the cycles about the law), ``correlation`` of successive deviations,
        ``better_by`` (difference of the logarithms of the likelihood, by the number of independent values);
        ``cells``, ``failures``, ``first_failure``, and ``weibull``: ``shape``, ``scale`` with their errors,
        ``one_percent`` with its bounds (None of fewer than two failures, and where they determine
        none, which a warning tells).

    Raises
    ------
    ParameterError
        If columns lack, resistances are not positive, cycles are no rising whole numbers from 1, or fewer than ten
        cycles work.
    """
    data = _checked(measured)
    limit = positive("the ratio", ratio)
    if limit <= 1:
        raise ParameterError(f"a window is a ratio of resistances above 1, not {limit:g}")
    number = whole("consecutive", consecutive, 1)
    flag("working", working)
    closed = (data["resistance_high"] < limit * data["resistance_low"]).to_numpy()
    ends, failed = _failures(data, closed, number)
    last = pd.Series(ends, index=list(dict.fromkeys(data["device"])))
    before = (data["cycle"] < data["device"].map(last)) | ~data["device"].map(
        pd.Series(failed, index=last.index)
    ).astype(bool)
    used = data[before] if working else data
    if len(used) < FEWEST:
        raise ParameterError(f"{len(used)} cycles work: {FEWEST} at least tell how the window closes")
    laws = {name: _law(used, name) for name in STATES}
    weibull: dict[str, Any] | None = None
    if np.count_nonzero(failed) >= 2:
        one = np.ones((len(ends), 1))
        found = weibull_or_none(ends, np.where(failed, ends, np.inf), one, np.ones(len(ends)))
        if found is not None:
            scale, share = found.scale(one[0]), found.time_of(TOLD, one[0])
            weibull = {"shape": found.shape, "shape_error": found.shape_error, "scale": scale}
            weibull |= {"scale_error": scale * found.scale_error(one[0]), "one_percent": list(share)}
    edges = np.unique(np.geomspace(1, int(data["cycle"].max()) + 1, BLOCKS + 1).astype(int))
    rows = []
    for first, after in itertools.pairwise(edges.tolist()):
        part = ((data["cycle"] >= first) & (data["cycle"] < after)).to_numpy()
        if part.any():
            middle = math.sqrt(first * (after - 1))
            medians = [float(np.median(data[name][part])) for name in STATES]
            curves = [_at(laws[name], middle) for name in STATES]
            gone = float(kaplan_meier(ends, failed, np.array([after - 1.0]))[0])
            fitted = math.nan if weibull is None else -math.expm1(-((middle / weibull["scale"]) ** weibull["shape"]))
            rows.append([middle, *medians, *curves, float(np.mean(closed[part])), gone, fitted])
    names = ("cycle", *STATES, "low_law", "high_law", "failing", "failed", "weibull")
    units = ("1", "ohm", "ohm", "ohm", "ohm", "1", "1", "1")
    about = (
        "number of the cycle, in the middle of a block", "median of the low resistance",
        "median of the high resistance",
        "low resistance by its law", "high resistance by its law", "share of the cycles that fail",
        "share of the cells that have failed by the end of the block", "share by Weibull's distribution",
    )  # fmt: skip
    columns: dict[str, Column] = {
        name: (np.array(values), unit, text)
        for name, values, unit, text in zip(names, np.array(rows).T, units, about, strict=True)
    }
    first_failures = ends[failed]
    return described_table(
        columns,
        bench="endurance",
        source=measured.attrs.get("source"),
        title="Endurance, measured",
        laws=laws,
        weibull=weibull,
        cells=len(ends),
        failures=int(np.count_nonzero(failed)),
        first_failure=float(np.min(first_failures)) if len(first_failures) else None,
        ratio=limit,
        consecutive=number,
        working=working,
    )


def _checked(measured: pd.DataFrame) -> pd.DataFrame:
    instance("the measured data", measured, pd.DataFrame, "a table")
    lacking = [name for name in STATES if name not in measured]
    if lacking:
        raise ParameterError(f"endurance needs the columns {', '.join(STATES)}, and {', '.join(lacking)} is missing")
    data = measured[list(STATES)].reset_index(drop=True)
    for name in STATES:
        if data[name].dtype.kind not in "fiu" or not np.all(np.isfinite(data[name])) or not np.all(data[name] > 0):
            raise ParameterError(f"{name} must be positive resistances")
    data["device"] = measured["device"].to_numpy() if "device" in measured else 0
    if data["device"].isna().any():
        raise ParameterError("every row needs the device that it is of")
    own = data.groupby("device", sort=False).cumcount() + 1
    data["cycle"] = measured["cycle"].to_numpy() if "cycle" in measured else own
    cycles = data["cycle"]
    steps = (
        data.groupby("device", sort=False)["cycle"].diff().dropna() if cycles.dtype.kind in "fiu" else pd.Series([0])
    )
    if not np.all(steps > 0) or not np.all(cycles >= 1) or not np.all(np.isfinite(cycles)):
        raise ParameterError("the cycles of a cell are rising numbers from 1 on")
    return data


def _failures(data: pd.DataFrame, closed: np.ndarray, number: int) -> tuple[FloatArray, np.ndarray]:
    """Of each cell the cycle at which it failed, or its last one; and whether it failed."""
    ends, failed = [], []
    for rows in data.groupby("device", sort=False).indices.values():
        runs = np.convolve(closed[rows], np.ones(number), "valid") >= number if len(rows) >= number else np.array([])
        there = np.flatnonzero(runs)
        failed.append(bool(len(there)))
        ends.append(float(data["cycle"].to_numpy()[rows[there[0]] if len(there) else rows[-1]]))
    return np.array(ends), np.array(failed)


def _law(data: pd.DataFrame, name: str) -> dict[str, Any]:
    """The better of the laws of a state."""
    logarithm = np.log(data[name])
    groups = data["device"].to_numpy()
    fits = {law: _regressed(np.asarray(of(data["cycle"])), logarithm, groups) for law, of in LAWS.items()}
    best, other = sorted(fits, key=lambda law: fits[law]["squares"])
    independent = fits[best].pop("independent")
    ratio = fits[other]["squares"] / fits[best].pop("squares") if fits[other]["squares"] else 1.0
    return {"law": best, **fits[best], "better_by": 0.5 * independent * math.log(max(ratio, 1.0))}


def _regressed(x: FloatArray, y: pd.Series, groups: np.ndarray) -> dict[str, Any]:
    """A common slope, and an intercept for each group."""
    by_group = pd.DataFrame({"x": x, "y": y.to_numpy(), "group": groups}).groupby("group", sort=False)
    means = by_group.transform("mean")
    dx, dy = x - means["x"].to_numpy(), y.to_numpy() - means["y"].to_numpy()
    size = float(dx @ dx)
    slope = float(dx @ dy) / size if size else 0.0
    rest = dy - slope * dx
    counts = by_group["x"].size().to_numpy()
    cells, values = len(counts), len(y)
    freedom = max(values - cells - 1, 1)
    scatter = math.sqrt(float(rest @ rest) / freedom)
    same = groups[1:] == groups[:-1]
    square = float(rest @ rest)
    correlation = float((rest[1:] * rest[:-1])[same].sum()) / square if square else 0.0
    kept = (1 - max(correlation, 0.0)) / (1 + max(correlation, 0.0))
    centres = by_group.mean()
    intercepts = (centres["y"] - slope * centres["x"]).to_numpy()
    spread = None
    if cells > 1:  # what the scatter of the cycles, and the slope, add to the variance of the means
        within = scatter**2 * float(np.mean(1 / (counts * kept)))
        spread = math.sqrt(max(float(np.var(intercepts, ddof=1)) - within, 0.0))
    error = scatter / math.sqrt(size * kept) if size else math.nan
    return {
        "slope": slope, "slope_error": error, "median": math.exp(float(np.mean(intercepts))), "spread": spread,
        "scatter": scatter, "correlation": correlation, "squares": square, "independent": values * kept,
        "normal_distance": float(stats.kstest(rest / scatter, "norm").statistic) if scatter else 0.0,
    }  # fmt: skip


def _at(law: dict[str, Any], cycle: float) -> float:
    return float(law["median"] * math.exp(law["slope"] * float(LAWS[law["law"]](cycle))))
