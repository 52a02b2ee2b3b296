"""Least squares from several starts, and the covariance of what they find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import qmc

from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from .residuals import Residuals

#: Losses: of squares, and one that grows in proportion to a residual that is large.
LOSSES = ("linear", "soft_l1")
#: Points that are looked at for every start that is taken.
LOOKS = 8
#: Shares of the largest: a derivative below the first is none, and a direction below the second is not determined.
NO_EFFECT, UNDETERMINED = 1e-9, 1e-7
#: From the median of absolute deviations to the standard deviation of a normal distribution.
MAD = 1.4826
#: How often the scale of a robust loss is told anew, the change at which it is the same, and the least of it.
MOST_SCALES, SAME_SCALE, LEAST_SCALE = 12, 0.05, 1e-6


@dataclass(frozen=True)
class Solution:
    """Where the sum of squares is least.

    Attributes
    ----------
    x : ndarray
        The searched numbers.
    covariance : ndarray
        Their covariance; NaN of those at a bound.
    at_bound : ndarray
        Which of them lie at a bound.
    residuals : ndarray
        The residuals there.
    costs : ndarray
        Half the sum of losses that each start came to.
    starts : ndarray
        The starts, one in a row.
    loss_scale : float
        Residual beyond which ``soft_l1`` grows in proportion.
    message : str
        Why the search ended.
    """

    x: FloatArray
    covariance: FloatArray
    at_bound: np.ndarray
    residuals: FloatArray
    costs: FloatArray
    starts: FloatArray
    loss_scale: float
    message: str


def solve(residuals: Residuals, first: FloatArray, *, loss: str, starts: int, seed: int, evaluations: int) -> Solution:
    """Find the least sum of losses within the bounds.

    SciPy's ``least_squares`` (trust-region reflective) keeps bounds at every step and has robust losses; lmfit, which
    wraps it, keeps bounds by a transform of its own, under which a parameter at a bound has no derivative.

    Parameters
    ----------
    residuals : Residuals
        What is minimised.
    first : ndarray
        Searched numbers of the first start.
    loss : str
        One of :data:`LOSSES`.
    starts : int
        Number of starts: beside the first the best points of a Latin hypercube around it.
    seed : int
        Its seed.
    evaluations : int
        Most steps of a start.

    Raises
    ------
    ParameterError
        If a parameter has no effect on what is compared, or some only together.
    """
    limits = np.array([scale.limits for scale in residuals.scales]).T
    begins = _starts(residuals, first, limits, starts, seed)
    _require_effect(residuals, begins)
    found = [_descended(residuals, x, limits, "linear", 1.0, evaluations) for x in begins]
    best = found[int(np.argmin([one.cost for one in found]))]
    scale = 1.0
    if loss != "linear":
        scale = largest = _spread(best.fun) or 1.0
        # Outliers have moved the fit of squares, and its residuals are too large: the scale follows the better ones.
        for _ in range(MOST_SCALES):
            best = _descended(residuals, best.x, limits, loss, scale, evaluations)
            before, scale = scale, max(_spread(best.fun), LEAST_SCALE * largest)
            if abs(scale - before) <= SAME_SCALE * before:
                break
        found = [_descended(residuals, one.x, limits, loss, scale, evaluations) for one in (best, *found)]
        best = found[int(np.argmin([one.cost for one in found]))]
        found = found[1:]
    x = np.asarray(best.x, dtype=float)
    width = np.where(np.isfinite(limits[1] - limits[0]), limits[1] - limits[0], 1.0)
    at_bound = np.any(np.abs(x - limits) <= 1e-6 * np.minimum(width, 1.0), axis=0)
    (final,) = residuals.at([x])
    covariance = _covariance(residuals, x, final, at_bound, loss, scale)
    costs = np.array([one.cost for one in found])
    return Solution(x, covariance, at_bound, final, costs, np.array(begins), scale, str(best.message))


def _spread(residuals: FloatArray) -> float:
    """Standard deviation of most of the residuals, from the median of their absolute deviations."""
    return MAD * float(np.median(np.abs(residuals - np.median(residuals))))


def _starts(residuals: Residuals, first: FloatArray, limits: FloatArray, count: int, seed: int) -> list[FloatArray]:
    if count == 1:
        return [first]
    reach = np.array([scale.reach for scale in residuals.scales])
    points = qmc.LatinHypercube(len(first), rng=np.random.default_rng(seed)).random(LOOKS * (count - 1))
    around = np.clip(first + reach * (2 * points - 1), *limits)
    costs = [float(np.sum(one**2)) for one in residuals.at(list(around))]
    return [first, *(around[k] for k in np.argsort(costs)[: count - 1])]


def _descended(
    residuals: Residuals, x: FloatArray, limits: FloatArray, loss: str, scale: float, evaluations: int
) -> Any:
    inside = np.clip(x, limits[0] + 1e-9, limits[1] - 1e-9)
    descend: Any = least_squares

    def at(point: FloatArray) -> FloatArray:
        return residuals.at([point])[0]

    return descend(
        at,
        inside,
        jac=residuals.jacobian,
        bounds=(limits[0], limits[1]),
        loss=loss,
        f_scale=scale,
        x_scale="jac",
        xtol=1e-8,
        ftol=1e-10,
        gtol=1e-10,
        max_nfev=evaluations,
    )


def _require_effect(residuals: Residuals, starts: list[FloatArray]) -> None:
    """Refuse a parameter that changes nothing at any start."""
    largest = np.max([np.linalg.norm(residuals.jacobian(x, 1e-2), axis=0) for x in starts], axis=0)
    idle = [scale.name for scale, one in zip(residuals.scales, largest, strict=True) if one <= NO_EFFECT]
    if idle:
        raise ParameterError(
            f"{', '.join(idle)} does not matter for the measured {', '.join(residuals.experiment.observed)}, the "
            "Jacobian is singular: do not leave it free, or start where it matters"
        )


def _covariance(
    residuals: Residuals, x: FloatArray, final: FloatArray, at_bound: np.ndarray, loss: str, scale: float
) -> FloatArray:
    r"""Covariance of the parameters that lie at no bound.

    .. math:: C = \frac{n}{n - p}\,\frac{\langle \psi^2 \rangle}{\langle \psi' \rangle^2}\, (J^T J)^{-1}

    with the derivative :math:`\psi` of the loss, which is r for squares: Huber's for a robust loss. With known errors
    and squares it is :math:`(J^T J)^{-1}`.
    """
    inside = ~at_bound
    covariance = np.full((len(x), len(x)), np.nan)
    if not inside.any():
        return covariance
    slopes = residuals.jacobian(x)[:, inside]
    sizes = np.linalg.norm(slopes, axis=0)
    names = [scale_.name for scale_, kept in zip(residuals.scales, inside, strict=True) if kept]
    idle = [name for name, size in zip(names, sizes, strict=True) if size <= NO_EFFECT]
    if idle:
        raise ParameterError(
            f"where the fit ends {', '.join(idle)} no longer matters, the Jacobian is singular: hold it, or start "
            "elsewhere"
        )
    _, strengths, directions = np.linalg.svd(slopes / sizes, full_matrices=False)
    if strengths[-1] <= UNDETERMINED * strengths[0]:
        mixed = [name for name, share in zip(names, directions[-1], strict=True) if abs(share) > 0.1]
        raise ParameterError(
            f"the data determine {', '.join(mixed)} only together, the Jacobian is singular: hold one of them"
        )
    inverse = (directions.T / strengths**2) @ directions / np.outer(sizes, sizes)
    count, free = len(final), int(inside.sum())
    if loss == "linear":
        factor = 1.0 if residuals.known_errors else float(np.sum(final**2)) / max(count - free, 1)
    else:
        z = (final / scale) ** 2
        factor = count / max(count - free, 1) * float(np.mean(final**2 / (1 + z)) / np.mean((1 + z) ** -1.5) ** 2)
    covariance[np.ix_(inside, inside)] = factor * inverse
    return covariance
