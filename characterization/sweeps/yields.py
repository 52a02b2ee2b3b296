"""Yield at every point of a sweep with samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.distributions import clopper_pearson_interval
from ...devices.core.metadata import Column, described_table
from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError
from ..statistics.merit import SAMPLE
from .point import FAILED, MISSING, REFUSED


def yields(table: pd.DataFrame) -> pd.DataFrame:
    r"""Tell which share of the samples of a sweep passes at every point, with its interval of 95 % confidence.

    A sample passes if its cell works by the criterion of its bench, or was measured, and its measure lies within the
    limits of the sweep. One without a result does not pass. The interval is the exact one of Clopper and Pearson: of k
    of n samples it reaches from the quantile of the beta distribution of k and n - k + 1 at 2.5 % to that of k + 1 and
    n - k at 97.5 %.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`~synaspice.characterization.sweeps.sweep.sweep`, with samples.

    Returns
    -------
    pandas.DataFrame
        A row for every point: the axes, ``samples``, ``passed``, ``without_result``, ``yield``, ``yield_low``,
        ``yield_high``; and of every figure ``mean_NAME`` and ``standard_deviation_NAME``, over samples that have it.

    Raises
    ------
    ParameterError
        If the table is none of a sweep with samples.

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26, 404 (1934), doi:10.1093/biomet/26.4.404.
    """
    instance("the table", table, pd.DataFrame, "a table of a sweep")
    attrs = table.attrs
    if attrs.get("bench") != "sweep" or SAMPLE not in table:
        raise ParameterError("the table is none of a sweep with samples")
    units, descriptions, figures = attrs["units"], attrs["descriptions"], attrs["figures"]
    where = list(table.columns[: list(table.columns).index(SAMPLE)])
    bare = table.copy(deep=False)
    bare.attrs = {}
    count = int(attrs["samples"])
    number = np.arange(len(bare)) // count
    firsts = bare.iloc[::count]
    passed = bare["passes"].astype(bool).groupby(number).sum().to_numpy()
    without = bare["status"].isin([REFUSED, FAILED, MISSING]).groupby(number).sum().to_numpy()
    ends = np.array([clopper_pearson_interval(int(each), count) for each in passed])
    columns: dict[str, Column] = {name: (firsts[name].to_numpy(), units[name], descriptions[name]) for name in where}
    columns |= {
        "samples": (np.full(len(firsts), count), "1", "samples"),
        "passed": (passed, "1", "samples that pass"),
        "without_result": (without, "1", "samples without a result, which do not pass"),
        "yield": (passed / count, "1", "share of samples that pass"),
        "yield_low": (ends[:, 0], "1", "lower end of its 95 % interval"),
        "yield_high": (ends[:, 1], "1", "upper end of its 95 % interval"),
    }
    grouped = bare[figures].groupby(number)
    means, deviations = grouped.mean(), grouped.std()
    for name in figures:
        columns[f"mean_{name}"] = (means[name].to_numpy(), units[name], f"mean of {name}")
        told = f"standard deviation of {name}"
        columns[f"standard_deviation_{name}"] = (deviations[name].to_numpy(), units[name], told)
    kept: dict[str, Any] = {
        str(name): value for name, value in attrs.items() if name not in ("units", "descriptions", "version")
    }
    return described_table(columns, **kept | {"bench": "sweep-yields"})
