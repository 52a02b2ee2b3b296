r"""The posterior distribution of fitted parameters, by an ensemble of walkers.

The likelihood is that of independent normal errors: of their known size, or, where it is not known, with it integrated
out under Jeffreys' prior, which leaves :math:`(\sum r^2)^{-n/2}`. The prior is uniform on the scales of the search
within the bounds.

References
----------
D. Foreman-Mackey, D. W. Hogg, D. Lang, J. Goodman, Publ. Astron. Soc. Pac. 125, 306 (2013), doi:10.1086/670067.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...devices.language.checks import whole
from ...devices.language.optional import require
from ...devices.language.waveforms.shapes import FloatArray
from .residuals import Residuals
from .solving import Solution


def sample_posterior(
    residuals: Residuals, solution: Solution, *, steps: int, walkers: int | None, seed: int
) -> pd.DataFrame:
    """Sample the posterior; see :meth:`~synaspice.characterization.fitting.result.Fit.posterior`.

    Raises
    ------
    MissingDependencyError
        If emcee is not installed.
    ParameterError
        If there are too few steps or walkers.
    """
    emcee = require("emcee", "the posterior of a fit", "fit")
    free = len(solution.x)
    count = max(8, 4 * free) if walkers is None else whole("walkers", walkers, 2 * free)
    whole("steps", steps, 10), whole("the seed", seed, 0)
    limits = np.array([scale.limits for scale in residuals.scales]).T
    points = len(solution.residuals)

    def likelihood(at: FloatArray) -> FloatArray:
        found = np.full(len(at), -np.inf)
        inside = np.flatnonzero(np.all((at >= limits[0]) & (at <= limits[1]), axis=1))
        if len(inside):
            squares = np.array([np.sum(one**2) for one in residuals.at(list(at[inside]))])
            found[inside] = -squares / 2 if residuals.known_errors else -points / 2 * np.log(squares)
        return found

    random = np.random.default_rng(seed)
    spread = np.sqrt(np.diag(solution.covariance))
    spread = np.where(np.isfinite(spread), spread, 1e-3)
    begins = np.clip(solution.x + spread * random.standard_normal((count, free)), *limits)
    sampler = emcee.EnsembleSampler(count, free, likelihood, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(begins, steps, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=steps // 4, flat=True)
    columns = {scale.name: [scale.to_value(float(x)) for x in chain[:, k]] for k, scale in enumerate(residuals.scales)}
    table = pd.DataFrame(columns)
    longest = float(np.max(sampler.get_autocorr_time(discard=steps // 4, quiet=True, tol=0)))
    table.attrs |= {
        "autocorrelation": longest,
        "effective_samples": len(table) / longest,
        "acceptance": float(np.mean(sampler.acceptance_fraction)),
        "quantiles": {name: table[name].quantile([0.025, 0.5, 0.975]).tolist() for name in table},
        "units": {scale.name: scale.unit for scale in residuals.scales},
        "seed": seed,
    }
    return table
