"""Drift as the bench ``drift`` measured it, as the drift of cells that hold weights."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd

from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError
from ...devices.simulation.conductance_errors import ConductanceErrors

#: The laws that cells can follow.
LAWS = ("power law", "exponential")


def with_measured_drift(errors: ConductanceErrors, table: pd.DataFrame) -> ConductanceErrors:
    r"""The same statistics with the drift that the bench ``drift`` measured.

    .. math:: G \propto (1 + t/t_0)^{-\nu} \qquad\text{or}\qquad G = G_\infty + (G_0 - G_\infty)\, e^{-t/\tau}

    by the law that fits the mean best (:mod:`~synaspice.characterization.drift_laws`), the same for all conductances.
    A power law has the mean exponent of the devices and their spread.

    Parameters
    ----------
    errors : ConductanceErrors
        Statistics of programming and reads.
    table : pandas.DataFrame
        A table of the bench ``drift``, of a conductance.

    Raises
    ------
    ParameterError
        If it is no such table, or the law is neither a power law nor an exponential.
    """
    instance("errors", errors, ConductanceErrors)
    attrs = table.attrs
    if attrs.get("bench") != "drift" or attrs["units"].get("mean") != "S":
        raise ParameterError("the table must be one of the bench drift, of a conductance")
    law = attrs["law"]
    if law == "power law":
        mean, spread = attrs["exponent_mean"], attrs["exponent_standard_deviation"] or 0.0
        return dataclasses.replace(
            errors,
            exponent_mean=lambda g: np.full(np.shape(g), mean),
            exponent_spread=lambda g: np.full(np.shape(g), spread),
            first_read=attrs["origin"],
            relaxation_time=math.inf,
        )
    if law == "exponential":
        time, fit, constant = table["time"].to_numpy(), table["fit"].to_numpy(), attrs["time_constant"]
        left = math.exp(-(time[-1] - time[0]) / constant)
        final = max(float(fit[-1] - fit[0] * left) / (1 - left), 0.0)
        still = ConductanceErrors(errors.smallest, errors.largest)
        return dataclasses.replace(
            errors,
            exponent_mean=still.exponent_mean,
            exponent_spread=still.exponent_spread,
            relaxed=final,
            relaxation_time=constant,
        )
    raise ParameterError(f"cells drift by a {' or an '.join(LAWS)}: the table's law is {law or 'none'}")
