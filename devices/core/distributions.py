"""The few distributions that results are judged by: SciPy's statistics would take half a second to import."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaln, ndtr, ndtri, stdtrit, xlogy


def normal_cdf(z: ArrayLike) -> Any:
    """Probability that a standard normal variable is below z [1]."""
    return ndtr(np.asarray(z, dtype=float))


def normal_sf(z: ArrayLike) -> Any:
    """Probability that a standard normal variable is above z [1], to its relative precision."""
    return ndtr(-np.asarray(z, dtype=float))


def normal_quantile(probability: ArrayLike) -> Any:
    """The z below which a standard normal variable lies with a probability [1]."""
    return ndtri(np.asarray(probability, dtype=float))


def student_quantile(probability: float, freedom: float) -> float:
    """The value below which Student's t of some degrees of freedom lies with a probability [1]."""
    return float(stdtrit(freedom, probability))


def poisson_pmf(counts: ArrayLike, mean: float) -> Any:
    """Probabilities of counts that are distributed as Poisson's, of a mean [1]."""
    number = np.asarray(counts, dtype=float)
    return np.exp(xlogy(number, mean) - gammaln(number + 1) - mean)


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    r"""Wilson's interval of the probability of a success [1].

    .. math:: \frac{\hat p + z^2/2n \pm z \sqrt{\hat p (1 - \hat p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    successes, trials : int
        How many of how many.
    confidence : float
        Probability that the interval covers it. [1]

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927), doi:10.1080/01621459.1927.10502953.
    """
    share, z = successes / trials, float(ndtri((1 + confidence) / 2))
    middle = share + z**2 / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    whole = 1 + z**2 / trials
    low = 0.0 if successes == 0 else (middle - half) / whole
    return low, 1.0 if successes == trials else (middle + half) / whole


def upper_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """Bound that the probability of a success is below, one-sided and exact [1].

    Parameters
    ----------
    successes, trials : int
        How many of how many.
    confidence : float
        Probability that it is below. [1]

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26, 404 (1934), doi:10.1093/biomet/26.4.404.
    """
    return 1.0 if successes == trials else float(betaincinv(successes + 1, trials - successes, confidence))


def clopper_pearson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval of the probability of a success [1].

    Parameters
    ----------
    successes, trials : int
        How many of how many.
    confidence : float
        Probability, at least, that the interval covers it. [1]

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26, 404 (1934), doi:10.1093/biomet/26.4.404.
    """
    one_sided = (1 + confidence) / 2
    low = 1 - upper_bound(trials - successes, trials, one_sided)
    return low, upper_bound(successes, trials, one_sided)
