r"""Weibull's distribution of failures of which some have not come yet, or were only seen between two looks.

.. math:: F(t) = 1 - e^{-(t/\lambda)^k}, \qquad \ln\lambda = c \cdot a

with covariates a, such as 1 and :math:`1/k_B T`. A unit whose failure is known to lie between :math:`t_1` and
:math:`t_2` counts :math:`F(t_2) - F(t_1)`; one that failed at t the density there; one that had not failed at t,
:math:`1 - F(t)`. The greatest likelihood gives the parameters, and its curvature their covariance.

References
----------
W. Weibull, J. Appl. Mech. 18, 293 (1951), doi:10.1115/1.4010337.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ...devices.core.distributions import normal_quantile
from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.waveforms.shapes import FloatArray

#: Confidence of the bounds.
CONFIDENCE = 0.95
#: Step of the differences that tell the curvature of the likelihood, over the parameters' own sizes.
STEP = 1e-4
#: A shape above which failures came at one time.
STEEPEST = 1e3
#: Largest exponent of the likelihood: beyond it a unit is as good as failed.
MOST = 700.0


class NoDistributionError(ParameterError):
    """Failures from which no distribution follows."""


@dataclass(frozen=True)
class Weibull:
    """Weibull's distribution that fits failures best.

    Attributes
    ----------
    shape, shape_error : float
        k and its standard error.
    coefficients : ndarray
        c, of which the logarithm of the scale is made.
    covariance : ndarray
        Of ln k, and of the coefficients.
    log_likelihood : float
        Its logarithm.
    """

    shape: float
    shape_error: float
    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float

    def scale(self, covariates: FloatArray) -> float:
        r"""The scale :math:`\lambda` at covariates."""
        return math.exp(float(self.coefficients @ covariates))

    def scale_error(self, covariates: FloatArray) -> float:
        """Standard error of the scale at covariates, over the scale [1]."""
        return math.sqrt(float(covariates @ self.covariance[1:, 1:] @ covariates))

    def failed(self, times: FloatArray, covariates: FloatArray) -> FloatArray:
        """Share that has failed by some times [1]."""
        return np.asarray(-np.expm1(-((np.asarray(times) / self.scale(covariates)) ** self.shape)))

    def time_of(self, share: float, covariates: FloatArray) -> tuple[float, float, float]:
        r"""Time by which a share has failed, and its bounds of 95 % confidence.

        .. math:: \ln t_f = \ln\lambda + \frac{\ln(-\ln(1 - f))}{k}
        """
        level = math.log(-math.log1p(-share))
        gradient = np.concatenate([[-level / self.shape], covariates])  # by ln k, and by the coefficients
        spread = math.sqrt(float(gradient @ self.covariance @ gradient))
        middle = math.log(self.scale(covariates)) + level / self.shape
        wide = float(normal_quantile((1 + CONFIDENCE) / 2)) * spread
        low, high = (math.exp(min(end, MOST)) for end in (middle - wide, middle + wide))
        return math.exp(min(middle, MOST)), low, high


def weibull_or_none(
    lower: FloatArray, upper: FloatArray, covariates: FloatArray, weights: FloatArray
) -> Weibull | None:
    """The same as :func:`fitted_weibull`; None where no distribution follows, with a warning that says why.

    What else a measurement tells, its laws and drifts, is no less true for that.
    """
    try:
        return fitted_weibull(lower, upper, covariates, weights)
    except NoDistributionError as reason:
        warn_user(f"no distribution of failures: {reason}", ValidityWarning)
        return None


def fitted_weibull(lower: FloatArray, upper: FloatArray, covariates: FloatArray, weights: FloatArray) -> Weibull:
    """Weibull's distribution of greatest likelihood.

    Parameters
    ----------
    lower, upper : ndarray
        Between which times each unit has failed: the same twice where the time is known, an infinite upper one of a
        unit that had not failed.
    covariates : ndarray
        One row for each unit.
    weights : ndarray
        How many units each row stands for.

    Returns
    -------
    Weibull
        The distribution.

    Raises
    ------
    ParameterError
        If there are fewer than two failures.
    NoDistributionError
        If the likelihood has no maximum.
    """
    failures = np.isfinite(upper) & (weights > 0)
    if np.sum(weights[failures]) < 2:
        raise ParameterError(
            f"{np.sum(weights[failures]):g} of {np.sum(weights):g} have failed: two at least tell a distribution"
        )
    if not np.any(lower[weights > 0] > 0):
        raise NoDistributionError(
            "all have failed before the first look: no time after which any of them worked is known"
        )
    middle = np.where(failures, np.sqrt(np.maximum(lower, upper / 10) * np.where(failures, upper, 1.0)), lower)
    begin, *_ = np.linalg.lstsq(covariates, np.log(middle), rcond=None)

    def loss(point: FloatArray) -> float:
        shape = math.exp(float(np.clip(point[0], -10.0, 10.0)))
        logarithm = covariates @ point[1:]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            first = np.exp(np.minimum(shape * (np.log(lower) - logarithm), math.log(MOST)))
            last = np.exp(np.minimum(shape * (np.log(upper) - logarithm), math.log(MOST)))
            exact = upper == lower
            density = math.log(shape) - np.log(lower) + np.log(first) - first
            between = -first + np.log(-np.expm1(-np.maximum(last - first, 1e-300)))
        each = np.where(exact, density, np.where(np.isinf(upper), -first, between))
        return -float(weights @ each)

    best = minimize(loss, np.concatenate([[0.0], begin]), method="Nelder-Mead", options={"maxiter": 20_000})
    best = minimize(loss, best.x, method="Nelder-Mead", options={"maxiter": 20_000, "xatol": 1e-9, "fatol": 1e-10})
    curvature = _curvature(loss, np.asarray(best.x), best.fun)
    flat = not np.all(np.isfinite(curvature)) or np.min(np.linalg.eigvalsh(curvature)) <= 0
    if flat or best.x[0] > math.log(STEEPEST):
        raise NoDistributionError(
            "the failures determine no distribution: they all came at the same time, or at one look"
        )
    covariance = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
    shape = math.exp(float(best.x[0]))
    error = shape * math.sqrt(covariance[0, 0])
    return Weibull(shape, error, np.asarray(best.x[1:], dtype=np.float64), covariance, -float(best.fun))


def _curvature(loss: object, point: FloatArray, least: float) -> FloatArray:
    """Second derivatives of the negative logarithm of the likelihood, by central differences."""
    assert callable(loss)
    count = len(point)
    # Steps by which the likelihood changes a little: covariates differ in size.
    steps = np.full(count, STEP)
    for k in range(count):
        moved = np.eye(count)[k]
        for _ in range(60):
            rise = loss(point + steps[k] * moved) + loss(point - steps[k] * moved) - 2 * least
            if not np.isfinite(rise) or rise > 1e-2:
                steps[k] *= 0.5
            elif rise < 1e-3:
                steps[k] *= 1.7
            else:
                break
    found = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            one, other = steps[i] * np.eye(count)[i], steps[j] * np.eye(count)[j]
            corners = loss(point + one + other) - loss(point + one - other)
            corners -= loss(point - one + other) - loss(point - one - other)
            found[i, j] = corners / (4 * steps[i] * steps[j])
    return 0.5 * (found + found.T)


def kaplan_meier(times: FloatArray, failed: np.ndarray, at: FloatArray) -> FloatArray:
    r"""Share that has failed by some times, whatever the distribution, where some units were taken away before.

    .. math:: 1 - F(t) = \prod_{t_i \le t} \left(1 - \frac{1}{n_i}\right)

    with the number :math:`n_i` of units still under test at the failure i.

    Parameters
    ----------
    times : ndarray
        When each unit failed or was taken away.
    failed : ndarray of bool
        Whether it failed.
    at : ndarray
        Times.

    Returns
    -------
    ndarray
        The shares.
    """
    order = np.lexsort((~failed, times))
    left = len(times) - np.arange(len(times))
    kept = np.cumprod(np.where(failed[order], 1 - 1 / left, 1.0))
    place = np.searchsorted(times[order], at, side="right")
    return np.asarray(1 - np.concatenate([[1.0], kept])[place])
