r"""Points of the unit cube at which parameters are sampled, and how they become standard normal numbers.

- ``random``: independent points; sample k is the same however many there are;
- ``latin-hypercube``: in each parameter one point in each of n intervals of equal probability; its mean scatters less
  than that of independent points as far as the figure of merit is a sum of functions of one parameter each, and never
  by more than :math:`\sqrt{n/(n-1)}` of it;
- ``sobol``: a scrambled Sobol sequence, of a power of two of points;
- ``corners``: the nominal point and all combinations of +-k standard deviations;
- ``one-at-a-time``: the nominal point and each parameter at +-k standard deviations by itself.

References
----------
M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21, 239 (1979), doi:10.1080/00401706.1979.10489755.
A. B. Owen, SIAM J. Numer. Anal. 34, 1884 (1997), doi:10.1137/S0036142994277468.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray

#: Samples if their number is not given.
USUAL = {"random": 100, "latin-hypercube": 100, "sobol": 128}
#: Most parameters of which all corners are taken, and that Sobol's sequence has.
MOST_CORNERS = 12
#: Nearest that a share comes to 0 and 1, where normal numbers are infinite.
NEAREST = 1e-16


def _random(count: int, parameters: int, seed: int) -> FloatArray:
    rows = [
        np.random.Generator(np.random.Philox(key=np.array([seed, k], dtype=np.uint64))).random(parameters)
        for k in range(count)
    ]
    return np.array(rows).reshape(count, parameters)


def _latin_hypercube(count: int, parameters: int, seed: int) -> FloatArray:
    return np.asarray(qmc.LatinHypercube(parameters, seed=np.random.default_rng(seed)).random(count))


def _sobol(count: int, parameters: int, seed: int) -> FloatArray:
    if count & (count - 1):
        lower = 2 ** (count.bit_length() - 1)
        raise ParameterError(f"Sobol's sequence is even in powers of two: take {lower} or {2 * lower} samples")
    if parameters > qmc.Sobol.MAXDIM:
        raise ParameterError(f"Sobol's sequence has at most {qmc.Sobol.MAXDIM} parameters")
    return np.asarray(qmc.Sobol(parameters, seed=np.random.default_rng(seed)).random(count))


#: The random samplers: functions of the number of samples, the number of parameters and the seed.
RANDOM: dict[str, Callable[[int, int, int], FloatArray]] = {
    "random": _random,
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
}
#: All samplers.
SAMPLERS = (*RANDOM, "corners", "one-at-a-time")


def normal_numbers(sampler: str, count: int, factor: FloatArray, seed: int) -> FloatArray:
    """Correlated standard normal numbers of random samples.

    Parameters
    ----------
    sampler : str
        One of :data:`RANDOM`.
    count : int
        Number of samples.
    factor : ndarray
        Cholesky factor of the correlation matrix.
    seed : int
        Seed.

    Returns
    -------
    ndarray
        A row for each sample, a column for each parameter.

    Raises
    ------
    ParameterError
        If the sampler does not have so many samples or parameters.
    """
    parameters = len(factor)
    if not parameters:
        return np.zeros((count, 0))
    shares = np.clip(RANDOM[sampler](count, parameters, seed), NEAREST, 1 - NEAREST)
    return np.asarray(ndtri(shares) @ factor.T)


def corner_numbers(sampler: str, parameters: int, sigmas: float) -> FloatArray:
    """Standard normal numbers of corners; the first row is the nominal point.

    Raises
    ------
    ParameterError
        If there are too many parameters for all combinations.
    """
    nominal = np.zeros((1, parameters))
    if sampler == "one-at-a-time":
        single = sigmas * np.eye(parameters)
        return np.vstack([nominal, *([row, -row] for row in single)])
    if parameters > MOST_CORNERS:
        raise ParameterError(
            f"{parameters} parameters have 2^{parameters} corners: take them one at a time, or at most {MOST_CORNERS}"
        )
    return np.vstack([nominal, sigmas * np.array(list(itertools.product((-1.0, 1.0), repeat=parameters)))])
