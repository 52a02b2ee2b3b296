"""Whether a fit finds the parameters from which data were made: how often, and within which of its standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import described_table, device_attributes
from ...devices.language.checks import positive, whole
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..measured.columns import ERROR
from .experiments import Experiment, experiment_for
from .fit import fit
from .residuals import Residuals
from .scales import scales_of, searched


def recovery(
    device: CompactModel,
    start: CompactModel,
    rows: pd.DataFrame,
    free: Sequence[str],
    observed: Sequence[str],
    *,
    bench: str,
    noise: float = 0.01,
    trials: int | None = None,
    repetitions: int = 50,
    seed: int = 0,
    **fitting: Any,
) -> pd.DataFrame:
    r"""Make noisy data of a device, fit them from another start, and count how often the device is found.

    Of a few data sets that many are within two standard errors depends on the noise that was drawn. The same noise goes
    through the linear theory too,

    .. math:: \delta p = (J^T J)^{-1} J^T z

    with the derivatives J at the true values and the noise z over its standard deviation: where its share is as low, it
    is the noise, and not the fit or its errors.

    Parameters
    ----------
    device : CompactModel
        The device of which data are made.
    start : CompactModel
        Device of the same model whose free parameters are where the fit starts; all others are those of the device.
    rows : DataFrame
        The columns that are set.
    free, observed : sequence of str
        Free parameters; columns that are made and compared.
    bench : str
        The bench.
    noise : float
        Standard deviation of the normal noise, over the largest size of each column.
    trials : int, optional
        The columns are probabilities: shares of so many trials, drawn from the binomial distribution in place of the
        normal noise, with the standard deviation of the probability given the count for an error.
    repetitions : int
        Number of data sets.
    seed : int
        Seed of the noise.
    **fitting
        Further arguments of :func:`~synaspice.characterization.fit`.

    Returns
    -------
    pandas.DataFrame
        One row per free parameter: ``parameter``, ``true``, ``start``, ``mean`` and ``standard_deviation`` of the
        fitted values, ``standard_error`` (mean of those that fits state), ``within_two`` (share of fits whose value is
        within two of its standard errors of the true one), ``within_two_linear`` (the same of the linear theory, for
        the same noise), and ``repetitions``.

    Raises
    ------
    ParameterError
        If an argument makes no sense, or a fit is refused.
    """
    whole("repetitions", repetitions, 1), positive("the noise", noise)
    if trials is not None:
        whole("trials", trials, 1)
    data = rows.reset_index(drop=True)
    for name in observed:
        data[name] = 0.0
    experiment = experiment_for(device, data, bench, observed, fitting.get("arguments") or {})
    exact = experiment.predict([device], data)[0]
    begin = device.replace(**{name: start.values[name] for name in free})
    slopes = _slopes(device, free, experiment, data.assign(**exact), fitting)
    values, errors, linear = [], [], []
    for child in np.random.SeedSequence(seed).spawn(repetitions):
        random = np.random.default_rng(child)
        for name in observed:
            if trials is None:
                size = noise * float(np.max(np.abs(exact[name])))
                data[name] = exact[name] + size * random.standard_normal(len(data))
                data[f"{name}{ERROR}"] = size
            else:
                count = random.binomial(trials, np.clip(exact[name], 0.0, 1.0))
                data[name] = count / trials
                data[f"{name}{ERROR}"] = np.sqrt((count + 1) * (trials - count + 1) / (trials + 3)) / (trials + 2)
        linear.append(_linear_deviation(slopes, data, exact, observed))
        found = fit(begin, data, free, bench=bench, observed=observed, **fitting)
        values.append(found.parameters["value"].to_numpy())
        errors.append(found.parameters["standard_error"].to_numpy())
    true = np.array([device.values[name] for name in free])
    inside = np.abs(np.array(values) - true) <= 2 * np.array(errors)  # never of one at a bound, whose error is NaN
    columns = {
        "parameter": (list(free), "", "free parameter"),
        "true": (true, "", "value from which the data were made"),
        "start": ([start.values[name] for name in free], "", "where the fit starts"),
        "mean": (np.mean(values, axis=0), "", "mean of the fitted values"),
        "standard_deviation": (np.std(values, axis=0), "", "their standard deviation"),
        "standard_error": (np.mean(errors, axis=0), "", "mean of the stated standard errors"),
        "within_two": (np.mean(inside, axis=0), "1", "share of fits within two standard errors of the true value"),
        "within_two_linear": (
            np.mean(np.abs(linear) <= 2, axis=0),
            "1",
            "the same of the linear theory for the same noise",
        ),
        "repetitions": (np.full(len(true), repetitions), "1", "number of data sets"),
    }
    attributes = device_attributes(device, bench="recovery", measured_as=bench, noise=noise, trials=trials)
    return described_table(columns, **(attributes | {"seed": seed}))


def _slopes(
    device: CompactModel, free: Sequence[str], experiment: Experiment, data: pd.DataFrame, fitting: dict[str, Any]
) -> FloatArray:
    """Derivatives of the observed values by the searched parameters, at their true values."""
    bare = data.assign(**{f"{name}{ERROR}": 1.0 for name in experiment.observed})
    scales = scales_of(device, free, fitting.get("bounds"))
    return Residuals(device, scales, experiment, bare).jacobian(searched(device, scales))


def _linear_deviation(
    slopes: FloatArray, data: pd.DataFrame, exact: dict[str, FloatArray], observed: Sequence[str]
) -> FloatArray:
    """Deviation of the parameters from their true values by the linear theory, over its standard error."""
    sizes = np.concatenate([data[f"{name}{ERROR}"] for name in observed])
    drawn = np.concatenate([data[name] - exact[name] for name in observed]) / sizes
    weighed = slopes / sizes[:, np.newaxis]
    covariance = np.linalg.inv(weighed.T @ weighed)
    return np.asarray(covariance @ weighed.T @ drawn / np.sqrt(np.diag(covariance)))
