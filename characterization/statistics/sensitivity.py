r"""Which parameters the spread of a figure of merit comes from: Sobol's indices.

With the variance V of the figure y of independent parameters, the first-order index of a parameter is the share of it
that goes with the parameter alone, the total index the share that is left when all others are known:

.. math:: S_i = \frac{\operatorname{Var}[\operatorname{E}(y|x_i)]}{V}, \qquad
          S_{Ti} = \frac{\operatorname{E}[\operatorname{Var}(y|x_{\sim i})]}{V}

The points (Saltelli's extension of a scrambled Sobol sequence) and the estimates are those of SALib.

References
----------
I. M. Sobol, Math. Comput. Simul. 55, 271 (2001), doi:10.1016/S0378-4754(00)00270-6.
A. Saltelli et al., Comput. Phys. Commun. 181, 259 (2010), doi:10.1016/j.cpc.2009.09.018.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...devices.core.metadata import described_table
from ...devices.core.variability import Distribution
from ...devices.language.checks import flag, instance, whole
from ...devices.language.errors import ParameterError, ResolutionWarning, SimulationError, warn_user
from ...devices.language.memory import NUMBER, require_memory
from ...devices.language.optional import require
from ...devices.model import CompactModel
from ..resumable import check_seed
from .measuring import measurement_of
from .merit import Merit, figures_of_merit
from .samplers import NEAREST
from .spreads import spreads_of
from .vary import PIECE, measure_samples, table_of_samples, values_of_shares

#: Probability of the intervals.
CONFIDENCE = 0.95
#: Resamplings from which they are told.
RESAMPLINGS = 200
#: Half-width of an interval of a total index above which more points are advised.
WIDE = 0.2


def sobol_indices(
    device: CompactModel | Cell,
    bench: str | Callable[..., pd.DataFrame] | None,
    distributions: Mapping[str, Distribution | str],
    merit: str,
    *,
    points: int = 128,
    seed: int | None = None,
    outside: str = "truncate",
    settings: Mapping[str, Any] | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Find which parameters the spread of a figure of merit comes from.

    Parameters
    ----------
    device, bench, distributions, outside, settings, checkpoint, progress
        As of :func:`~synaspice.characterization.statistics.vary.vary`; the parameters do not depend on each other.
    merit : str
        The figure of merit; see :func:`~synaspice.characterization.statistics.merit.figures_of_merit`.
    points : int
        Points of the sequence, a power of two; points times two more than there are parameters are measured.
    seed : int, optional
        Seed; default: a random one, which ``attrs`` names. A bench that takes a seed gets the same for all samples, for
        its noise is no part of the spread that is divided among the parameters.

    Returns
    -------
    pandas.DataFrame
        A row for each parameter: ``parameter``, ``first_order`` and ``total``, with ``first_order_error`` and
        ``total_error``, half-widths of 95 % intervals from resampling. ``attrs`` has ``mean`` and ``variance`` of the
        figure of merit.

    Raises
    ------
    ParameterError
        If an argument makes no sense, there are fewer than two parameters, or the figure of merit does not vary.
    SimulationError
        If the simulation of a sample fails, or the figure of merit of one is not finite.
    MissingDependencyError
        If SALib is not installed.
    """
    sampling = require("SALib.sample.sobol", "Sobol's indices", "statistics")
    analysis = require("SALib.analyze.sobol", "Sobol's indices", "statistics")
    instance("the device", device, (CompactModel, Cell), "a device or a cell")
    flag("progress", progress), Merit.of(merit)
    check_seed(seed, checkpoint)
    number = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else whole("seed", seed, 0, 2**64 - 1)
    count = whole("points", points, 8)
    if count & (count - 1):
        raise ParameterError(f"points of Sobol's sequence are a power of two, and {count} is none")
    spreads = spreads_of(device, distributions, outside)
    if len(spreads) < 2:
        raise ParameterError("give two parameters at least: of one alone everything comes")
    require_memory(count * (len(spreads) + 2), "samples", PIECE + NUMBER * len(spreads))
    problem = {
        "num_vars": len(spreads),
        "names": [spread.name for spread in spreads],
        "bounds": [[0.0, 1.0]] * len(spreads),
    }
    shares = sampling.sample(problem, count, calc_second_order=False, seed=np.random.default_rng(number))
    values = values_of_shares(spreads, np.clip(shares, NEAREST, 1 - NEAREST))
    measurement = measurement_of(device, bench, settings, mismatch=False).with_one_seed(number)
    measured = measure_samples(device, spreads, values, measurement, number, False, checkpoint, progress)
    about = {"merit": merit, "limits": [None, None], "sampler": "saltelli", "samples": len(values), "seed": number}
    table = table_of_samples(device, spreads, values, measured, measurement, about)
    found = figures_of_merit(table)
    figure = found["value"].to_numpy()
    if not np.all(np.isfinite(figure)):
        raise SimulationError(f"{np.sum(~np.isfinite(figure))} of {len(figure)} samples have no finite {merit!r}")
    if not np.ptp(figure) > 0:
        raise ParameterError(f"{merit!r} is the same for all samples: nothing comes from any of the parameters")
    indices = analysis.analyze(
        problem, figure, calc_second_order=False, num_resamples=RESAMPLINGS, conf_level=CONFIDENCE, seed=number % 2**32
    )
    if max(indices["ST_conf"]) > WIDE:
        warn_user(f"an index is uncertain by {max(indices['ST_conf']):.2g}: take more points", ResolutionWarning)
    error = "half-width of its 95 % interval"
    columns = {
        "parameter": (problem["names"], "", "scattered parameter"),
        "first_order": (np.asarray(indices["S1"]), "1", "share of the variance that goes with it alone"),
        "first_order_error": (np.asarray(indices["S1_conf"]), "1", error),
        "total": (np.asarray(indices["ST"]), "1", "share of the variance that is left when all others are known"),
        "total_error": (np.asarray(indices["ST_conf"]), "1", error),
    }
    kept = {str(key): value for key, value in found.attrs.items() if key not in ("units", "descriptions", "version")}
    moments = {
        "mean": float(np.mean(figure)),
        "variance": float(np.var(figure)),
        "merit_unit": found.attrs["units"]["value"],
    }
    return described_table(columns, **kept | moments | {"bench": "sobol-indices", "points": count})
