"""Fit a model to measured data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...devices.language.checks import instance, known, mapping, whole
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ..measured.columns import ERROR
from .experiments import check_measured_units, experiment_for
from .residuals import Residuals
from .result import Fit, result_of
from .scales import device_at, scales_of, searched
from .solving import LOSSES, solve


def fit(
    model: CompactModel | type[CompactModel],
    measured: pd.DataFrame,
    free: Sequence[str],
    *,
    bench: str | None = None,
    observed: Sequence[str] | None = None,
    compare: str = "linear",
    floor: float | None = None,
    loss: str = "linear",
    bounds: Mapping[str, tuple[float, float]] | None = None,
    starts: int = 1,
    seed: int = 0,
    evaluations: int = 200,
    arguments: Mapping[str, Any] | None = None,
) -> Fit:
    r"""Find the parameters with which a device gives what was measured.

    The device is measured as the data were: at the measured voltages (``iv``), under the measured waveform from its
    initial state (``hysteresis``, with columns ``time`` and ``voltage``; a column ``curve`` tells several apart), at
    the measured times after programming (``drift``), or on any other bench whose ranges the data have as columns, such
    as ``amplitude`` at the measured currents. Probabilities of switching and loops in a field come from the equations
    of thermal agitation (:mod:`~synaspice.characterization.fitting.thermal`), without random numbers. The sum

    .. math:: \sum_k \rho\!\left(r_k^2\right), \qquad r = \frac{f(y_\mathrm{model}) - f(y_\mathrm{measured})}{\sigma}

    is minimised within the declared bounds of the parameters. Parameters whose bounds have one sign and lie more than
    a factor of 100 apart are searched on a logarithmic scale.

    Parameters
    ----------
    model : CompactModel
        The device at which the search starts, which also has the values of all parameters that are not free; or a
        model, with its default values.
    measured : DataFrame
        Measured data in SI units, as :func:`~synaspice.characterization.read_measured` returns them; a column
        ``current_error`` is the standard error of ``current``.
    free : sequence of str
        Names of the parameters to find.
    bench : str, optional
        What the data were measured on; default: what their columns say.
    observed : sequence of str, optional
        Columns to compare; default: all that were not set.
    compare : str
        ``"linear"`` values, or their logarithm, ``"log"``: f(y) = asinh(y / floor), for currents over decades.
    floor : float, optional
        Of ``"log"``: the value below which it is linear; default: a hundredth of the median size.
    loss : str
        ``"linear"``, least squares; or ``"soft_l1"``, :math:`\rho(z) = 2 (\sqrt{1 + z} - 1)`, beyond 1.48 times the
        median absolute deviation of a first fit, for data with outliers.
    bounds : Mapping, optional
        Bounds narrower than the declared ones: lower and upper, by name.
    starts : int
        Number of starts; beside the device itself the best points of a Latin hypercube around it.
    seed : int
        Seed of the hypercube, and of a bench with random numbers.
    evaluations : int
        Most steps of the search from one start.
    arguments : Mapping, optional
        Further arguments of the bench.

    Returns
    -------
    Fit
        The fitted device, its parameters with standard errors and correlations, and a table of data and fit.

    Raises
    ------
    ParameterError
        If numbers are missing, units are those of another quantity, there are fewer points than parameters, a
        parameter does not matter for what was measured or cannot be told from others, or an argument makes no sense.
    UnknownNameError
        If there is no such parameter, bench or column.
    SimulationError
        If the device at the start cannot be computed.
    """
    device = model() if isinstance(model, type) and issubclass(model, CompactModel) else model
    instance("the model", device, CompactModel, "a device or a model")
    instance("the measured data", measured, pd.DataFrame, "a table")
    known("loss", loss, LOSSES)
    whole("starts", starts, 1, 1000), whole("the seed", seed, 0), whole("evaluations", evaluations, 1)
    scales = scales_of(device, free, bounds)
    experiment = experiment_for(device, measured, bench, observed, mapping("arguments", arguments))
    used = [*experiment.given, *experiment.observed]
    used += [f"{name}{ERROR}" for name in experiment.observed if f"{name}{ERROR}" in measured]
    for name in used:
        values = measured[name]
        if values.dtype.kind in "fiu" and not np.all(np.isfinite(values.to_numpy(float))):
            row = int(np.flatnonzero(~np.isfinite(values.to_numpy(float)))[0])
            raise ParameterError(f"the measured {name} is no finite number in row {row}: leave such rows out")
    check_measured_units(device, measured, used)
    count = len(measured) * len(experiment.observed)
    if count <= len(scales):
        raise ParameterError(f"{count} measured values do not determine {len(scales)} parameters: more are needed")
    residuals = Residuals(device, scales, experiment, measured, compare, floor)
    if not np.all(np.isfinite(residuals.of(device))):
        raise ParameterError("at the start the device gives no finite numbers where something was measured")
    first = searched(device, scales)
    solution = solve(residuals, first, loss=loss, starts=starts, seed=seed, evaluations=evaluations)
    found = device_at(device, scales, solution.x)
    return result_of(residuals, solution, device, found, {"loss": loss, "starts": starts, "seed": seed})
