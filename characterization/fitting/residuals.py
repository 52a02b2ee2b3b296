"""Differences between measured data and what devices give, over their errors."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...devices.language.checks import known, positive
from ...devices.language.errors import ParameterError, SimulationError, ValidityWarning
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..measured.columns import ERROR
from .experiments import Experiment
from .scales import Scale, device_at

#: How values are compared.
COMPARED = ("linear", "log")
#: What a residual counts where a device cannot be computed, in units of the largest at the start.
FAILED = 10.0


class Residuals:
    r"""Residuals of devices, :math:`r = (f(y_\mathrm{model}) - f(y_\mathrm{measured})) / \sigma`.

    With ``compare="linear"`` f(y) = y; with ``"log"`` f(y) = asinh(y / floor), which is the logarithm of values beyond
    the floor, of either sign. Errors sigma are those of the data, or the same for all values of a column: then their
    size is not known, one is assumed, and the scatter about the fit tells.

    Parameters
    ----------
    device : CompactModel
        The device whose free parameters are replaced.
    scales : sequence of Scale
        The free parameters.
    experiment : Experiment
        What is compared.
    data : DataFrame
        The measured data.
    compare : str
        ``"linear"`` or ``"log"``.
    floor : float, optional
        Of ``"log"``: value below which it is linear, in the unit of the column; default: the hundredth part of the
        median size of a column.

    Raises
    ------
    ParameterError
        If errors are not positive, or the start cannot be computed.
    """

    def __init__(
        self,
        device: CompactModel,
        scales: Sequence[Scale],
        experiment: Experiment,
        data: pd.DataFrame,
        compare: str = "linear",
        floor: float | None = None,
    ) -> None:
        self.device, self.scales, self.experiment, self.data = device, list(scales), experiment, data
        self.compare = known("comparison", compare, COMPARED)
        self.measured = {name: data[name].to_numpy(float) for name in experiment.observed}
        self.floors: dict[str, float] = {}
        self.sizes: dict[str, FloatArray] = {}
        self.known_errors = all(f"{name}{ERROR}" in data for name in experiment.observed)
        for name, values in self.measured.items():
            usual = float(np.median(np.abs(values))) or float(np.max(np.abs(values))) or 1.0
            self.floors[name] = usual / 100 if floor is None else positive("the floor", floor)
            if self.known_errors:
                errors = data[f"{name}{ERROR}"].to_numpy(float)
                if not np.all(errors > 0):
                    raise ParameterError(f"standard errors are positive, and not all of {name}{ERROR} are")
                slope = 1.0 if compare == "linear" else 1 / np.hypot(values, self.floors[name])
                self.sizes[name] = errors * slope
            else:
                spread = float(np.std(self._scaled(name, values)))
                self.sizes[name] = np.full(len(values), spread or usual)
        self.failures = self.evaluations = 0
        self._worst = 1.0

    def _scaled(self, name: str, values: FloatArray) -> FloatArray:
        return values if self.compare == "linear" else np.arcsinh(values / self.floors[name])

    def predicted(self, devices: Sequence[CompactModel]) -> list[dict[str, FloatArray]]:
        """What devices give in the observed columns.

        Raises
        ------
        UnknownNameError
            If the experiment gives no such column.
        """
        self.evaluations += len(devices)
        found = self.experiment.predict(devices, self.data)
        return [
            {name: one[known("column of the bench", name, one)] for name in self.experiment.observed} for one in found
        ]

    def of(self, device: CompactModel) -> FloatArray:
        """Residuals of a device, those of all columns one after the other."""
        return self._residuals(self.predicted([device])[0])

    def _residuals(self, predicted: Mapping[str, FloatArray]) -> FloatArray:
        parts = [
            (self._scaled(name, predicted[name]) - self._scaled(name, values)) / self.sizes[name]
            for name, values in self.measured.items()
        ]
        return np.concatenate(parts)

    def at(self, points: Sequence[FloatArray]) -> list[FloatArray]:
        """Residuals at searched points; large ones where a device cannot be computed."""
        result = []
        for one in self._tried(points):
            if one is not None:
                self._worst = max(self._worst, min(float(np.max(np.abs(one))), 1e6))
                result.append(one)
            else:
                result.append(np.full(sum(map(len, self.measured.values())), FAILED * self._worst))
        return result

    def _tried(self, points: Sequence[FloatArray]) -> list[FloatArray | None]:
        """Residuals at searched points; None where a device cannot be computed."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", ValidityWarning)  # of what is only tried; the result warns
                devices = [device_at(self.device, self.scales, x) for x in points]
                found = [self._residuals(one) for one in self.predicted(devices)]
        except (SimulationError, ParameterError, ArithmeticError):
            if len(points) > 1:  # find out which
                return [self._tried([x])[0] for x in points]
            self.failures += 1
            return [None]
        finite = [one if np.all(np.isfinite(one)) else None for one in found]
        self.failures += sum(one is None for one in finite)
        return finite

    def jacobian(self, x: FloatArray, step: float = 1e-4) -> FloatArray:
        """Derivatives of the residuals by the searched numbers: central differences, one-sided at a bound.

        One-sided too where the device on the other side cannot be computed, as beyond a condition on several
        parameters.
        """
        points: list[FloatArray] = [x]
        for k, scale in enumerate(self.scales):
            low, high = scale.limits
            for sign in (-1.0, 1.0):
                moved = x.copy()
                moved[k] = min(max(x[k] + sign * step, low), high)
                points.append(moved)
        middle, *found = self._tried(points)
        columns = []
        for k in range(len(self.scales)):
            sides = [(points[2 * k + side][k], found[2 * k + side - 1]) for side in (1, 2)]
            ends = [side for side in sides if side[1] is not None]
            if len(ends) == 1:
                ends.append((x[k], middle))
            (first, below), (second, above) = ends if len(ends) == 2 else ((0.0, None), (1.0, None))
            if below is None or above is None or first == second:
                columns.append(np.zeros(sum(map(len, self.measured.values()))))
            else:
                columns.append((above - below) / (second - first))
        return np.column_stack(columns)
