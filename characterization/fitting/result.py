"""What a fit found: the device, its parameters with their errors, and how far from the data it stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import Column, described_table, device_attributes
from ...devices.language.quantities.quantity import format_si
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..measured.columns import ERROR
from ..measured.reading import CURVE
from .preset_writing import write_preset
from .residuals import Residuals
from .solving import Solution

#: Endings of the columns with the fitted values and with what remains.
FITTED, REMAINING = "_fit", "_residual"
#: A correlation of neighbouring residuals above which they are no independent errors.
RELATED = 0.5
#: A correlation of two parameters above which the data hardly tell them apart.
TOGETHER = 0.99


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit of a model to measured data.

    Attributes
    ----------
    device : CompactModel
        The device with the fitted values.
    parameters : DataFrame
        One row per free parameter: ``name``, ``value``, ``standard_error`` (NaN at a bound), ``unit``, ``start``,
        ``lower`` and ``upper`` bound, ``at_bound``, and whether it was searched on a logarithmic scale, ``log``.
    correlation : DataFrame
        Correlations of the parameters as they were searched.
    table : DataFrame
        The data with the columns ``<name>_fit`` and ``<name>_residual``; :func:`~synaspice.figures.plot` draws it.
    statistics : dict
        ``points``, ``free``, ``rms`` by column (root mean square of what remains, in its unit), ``relative_rms`` (that
        over the root mean square of the column), ``chi_square_reduced`` (None where no errors are known),
        ``r_squared``, ``neighbours`` (correlation of neighbouring residuals), ``evaluations``, ``failures``,
        ``starts`` and ``starts_agreeing``, those that came to within a thousandth of the least sum.
    told : tuple of str
        What a reader should know about it, in sentences.
    """

    device: CompactModel
    parameters: pd.DataFrame
    correlation: pd.DataFrame
    table: pd.DataFrame
    statistics: dict[str, Any]
    told: tuple[str, ...]
    _residuals: Residuals
    _solution: Solution
    _described: str

    def write_preset(self, path: str | Path, *, title: str | None = None) -> Path:
        """Write the fitted device as a preset, which ``Model.preset(path)`` reads back.

        Fitted values have the provenance ``derived``, and as source the data, the fit and their standard error; all
        others keep theirs.

        Parameters
        ----------
        path : str or Path
            File that ends in ``.toml``.
        title : str, optional
            The device, in words; default: that of the device, fitted to the data.

        Raises
        ------
        ParameterError
            If the path cannot be such a file.
        """
        rows = self.parameters.set_index("name")
        errors = {
            str(name): "at a bound" if row["at_bound"] else f"standard error {row['standard_error']:.2g}"
            for name, row in rows.iterrows()
        }
        attrs = self.table.attrs
        chosen = f"{self.device.title}, fitted to {attrs['source']}" if title is None else title
        notes = " ".join([self._described, *self.told])
        return write_preset(self.device, path, chosen, self._described, errors, notes)

    def posterior(self, *, steps: int = 2000, walkers: int | None = None, seed: int = 0) -> pd.DataFrame:
        """Sample the posterior distribution of the parameters; see :mod:`.posterior`.

        Parameters
        ----------
        steps : int
            Steps of every walker; the first quarter is left out.
        walkers : int, optional
            Number of walkers; default: four for every parameter, and eight at least.
        seed : int
            Seed.

        Returns
        -------
        pandas.DataFrame
            One column per free parameter, one row per sample; ``attrs`` has ``autocorrelation`` (steps, the longest of
            the parameters), ``acceptance``, ``effective_samples`` and quantiles by name.

        Raises
        ------
        MissingDependencyError
            If emcee is not installed.
        """
        from .posterior import sample_posterior

        return sample_posterior(self._residuals, self._solution, steps=steps, walkers=walkers, seed=seed)

    def __str__(self) -> str:
        """The parameters with their errors, and how well they fit, as text."""
        lines = [self._described]
        for _, row in self.parameters.iterrows():
            error = "at its bound" if row["at_bound"] else f"± {row['standard_error']:.2g}"
            readable = format_si(row["value"], row["unit"], 4)
            lines.append(f"  {row['name']:24s} {row['value']:.6g} {error} {row['unit']} ({readable})")
        for name, size in self.statistics["rms"].items():
            share = 100 * self.statistics["relative_rms"][name]
            lines.append(f"  {name}: rms of what remains {size:.3g}, {share:.3g} % of its own")
        return "\n".join([*lines, *(f"  {line}" for line in self.told)])


def result_of(
    residuals: Residuals, solution: Solution, start: CompactModel, device: CompactModel, how: dict[str, Any]
) -> Fit:
    """The fit that a solution is."""
    scales = residuals.scales
    values = np.array([device.values[scale.name] for scale in scales])
    deviations = np.sqrt(np.diag(solution.covariance))
    errors = deviations * [scale.slope(value) for scale, value in zip(scales, values, strict=True)]
    names = [scale.name for scale in scales]
    parameters = pd.DataFrame(
        {
            "name": names,
            "value": values,
            "standard_error": errors,
            "unit": [scale.unit for scale in scales],
            "start": [start.values[name] for name in names],
            "lower": [scale.lower for scale in scales],
            "upper": [scale.upper for scale in scales],
            "at_bound": solution.at_bound,
            "log": [scale.logarithmic for scale in scales],
        }
    )
    # Of a fit without any rest the errors are zero, and there is no correlation to tell.
    sizes = np.where(deviations > 0, deviations, np.nan)
    correlation = pd.DataFrame(solution.covariance / np.outer(sizes, sizes), names, names)
    data, observed = residuals.data, residuals.experiment.observed
    fitted = residuals.predicted([device])[0]
    remaining = {name: residuals.measured[name] - fitted[name] for name in observed}
    statistics = _statistics(residuals, solution, remaining)
    told = _told(statistics, parameters, correlation, residuals)
    source = str(data.attrs.get("source", "given data"))
    described = (
        f"Fit of {', '.join(names)} of {start!r} to {', '.join(observed)} of {source}"
        f"{_digest(data)} on the bench {residuals.experiment.name}: compare={residuals.compare!r}, "
        f"loss={how['loss']!r}, {how['starts']} starts, seed {how['seed']}."
    )
    table = _table(device, residuals, fitted, remaining, source)
    table.attrs |= {"fitted": described, "statistics": statistics, "compare": residuals.compare}
    table.attrs["provenance"] = f"{len(names)} fitted; at the start {start.provenance_summary}"
    table.attrs["parameter_units"] = {scale.name: scale.unit for scale in scales}
    table.attrs["free"] = {
        row["name"]: [row["value"], None if row["at_bound"] else row["standard_error"]]
        for _, row in parameters.iterrows()
    }
    return Fit(device, parameters, correlation, table, statistics, told, residuals, solution, described)


def _digest(data: pd.DataFrame) -> str:
    digest = data.attrs.get("sha256")
    return f" (SHA-256 {digest[:12]})" if digest else ""


def _statistics(residuals: Residuals, solution: Solution, remaining: dict[str, FloatArray]) -> dict[str, Any]:
    count, free = len(solution.residuals), len(solution.x)
    squares = float(np.sum(solution.residuals**2))
    scaled = [residuals._scaled(name, values) / residuals.sizes[name] for name, values in residuals.measured.items()]
    total = sum(float(np.sum((one - np.mean(one)) ** 2)) for one in scaled)
    neighbours = [_neighbours(residuals.data, values) for values in remaining.values()]
    rms = {name: float(np.sqrt(np.mean(values**2))) for name, values in remaining.items()}
    own = {name: float(np.sqrt(np.mean(residuals.measured[name] ** 2))) for name in remaining}
    return {
        "points": count,
        "free": free,
        "rms": rms,
        "relative_rms": {name: size / own[name] if own[name] else float("nan") for name, size in rms.items()},
        "chi_square_reduced": squares / (count - free) if residuals.known_errors else None,
        "r_squared": 1 - squares / total if total else float("nan"),
        "neighbours": float(np.max(neighbours)),
        "evaluations": residuals.evaluations,
        "failures": residuals.failures,
        "starts": len(solution.costs),
        "starts_agreeing": int(np.sum(solution.costs <= np.min(solution.costs) * 1.001 + 1e-12)),
    }


def _neighbours(data: pd.DataFrame, values: FloatArray) -> float:
    """Correlation of the residuals of neighbouring rows."""
    own = values - np.mean(values)
    square = float(np.sum(own**2))
    return float(np.sum(own[1:] * own[:-1]) / square) if len(values) > 3 and square else 0.0


def _told(
    statistics: dict[str, Any], parameters: pd.DataFrame, correlation: pd.DataFrame, residuals: Residuals
) -> tuple[str, ...]:
    """What a reader of the errors should know."""
    told = []
    if statistics["neighbours"] > RELATED:
        told.append(
            f"Neighbouring residuals have a correlation of {statistics['neighbours']:.2f}: what remains is the model's "
            "error and not noise, and the standard errors, which are for independent noise, are too small."
        )
    chi = statistics["chi_square_reduced"]
    if chi is not None and not 0.5 < chi < 2:
        told.append(f"Chi square over degrees of freedom is {chi:.3g}: the model or the errors of the data are wrong.")
    bound = parameters.loc[parameters["at_bound"], "name"].tolist()
    if bound:
        told.append(f"{', '.join(bound)} ended at a bound, without a standard error.")
    names = list(correlation.columns)
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            value = float(correlation.to_numpy()[k, names.index(second)])
            if abs(value) > TOGETHER:
                told.append(f"The data hardly tell {first} and {second} apart (correlation {value:.4f}).")
    if statistics["starts_agreeing"] == 1 and statistics["starts"] > 1:
        told.append("Only one of the starts came to the best sum: more starts may find a better one.")
    if residuals.failures:
        told.append(f"At {residuals.failures} tried points the device could not be computed.")
    return tuple(told)


def _table(
    device: CompactModel,
    residuals: Residuals,
    fitted: dict[str, FloatArray],
    remaining: dict[str, FloatArray],
    source: str,
) -> pd.DataFrame:
    data, experiment = residuals.data, residuals.experiment
    units, descriptions = data.attrs.get("units", {}), data.attrs.get("descriptions", {})
    columns: dict[str, Column] = {}
    kept = (CURVE, *experiment.given, *experiment.observed, *(f"{name}{ERROR}" for name in experiment.observed))
    for name in dict.fromkeys(name for name in kept if name in data):
        columns[name] = data[name].to_numpy(), units.get(name, "1"), descriptions.get(name, f"measured: {name}")
    for name in experiment.observed:
        unit = units.get(name, "1")
        columns[f"{name}{FITTED}"] = fitted[name], unit, f"the fitted device's {name}"
        columns[f"{name}{REMAINING}"] = remaining[name], unit, "measured less fitted"
    attributes = device_attributes(device, bench="fit", engine="numeric", fitted_bench=experiment.name)
    return described_table(
        columns, **attributes, given=list(experiment.given), observed=list(experiment.observed), source=source
    )
