"""Checks of write errors: Butler's closed form, the decay for long pulses, and the methods against each other."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd

from ...devices.models.junctions.mtj import MTJ
from ..benches.write_error import write_error
from .check import Values, check
from .forms import junction_with_barrier, rate_of

IKEDA = MTJ.preset("ikeda2010")
TRAJECTORIES = 2000


@functools.cache
def failures() -> pd.DataFrame:
    """All methods at twice the critical current."""
    given: dict[str, Any] = {"trajectories": TRAJECTORIES, "walkers": 256, "replicas": 8, "seed": 1}
    return write_error(IKEDA, overdrive=2.0, width=[3e-9, 4.5e-9], **given)


def by_method(name: str) -> pd.DataFrame:
    """The rows of a method."""
    table = failures()
    return table[table["method"] == name]


# The formula is one of the second order in 1 / Delta (i - 1)^2, at most 1/250; the rest is the grid's.
@check("write-error", "decay of the error rate over the width, Fokker-Planck, Δ = 1000, i = 1.5, 2, 3",
       "2 (i − 1) + (3 − i) / Δ (i − 1)", within=1e-3)  # fmt: skip
def decay() -> Values:
    barrier = 1000.0
    junction = junction_with_barrier(barrier).replace(resistance_area_product=1e-13)  # so much current is few volts
    overdrives, found = np.array([1.5, 2.0, 3.0]), []
    for i in overdrives:
        tau = np.array([14.0, 16.0]) / (i - 1)
        table = write_error(junction, overdrive=i, width=tau / rate_of(junction), methods="fokker-planck")
        found.append(-math.log(table["probability"][1] / table["probability"][0]) / (tau[1] - tau[0]))
    return 2 * (overdrives - 1) + (3 - overdrives) / (barrier * (overdrives - 1)), found


# The next term of the decay, 1 / Delta over some five decays.
@check("write-error", "error rate of the closed form, i = 2", "Butler 2012, as remembered", within=1e-9)
def closed_form() -> Values:
    table = by_method("closed-form")
    tau = table["width"] * rate_of(IKEDA)
    barrier = IKEDA.thermal_stability
    return -np.expm1(-(np.pi**2) * barrier / 4 / (2 * np.exp(2 * tau) - 1)), table["probability"]


@check("write-error", f"error rate of {TRAJECTORIES} trajectories, i = 2", "Fokker-Planck equation",
       within="4 standard errors")  # fmt: skip
def trajectories() -> Values:
    exact = by_method("fokker-planck")["probability"].to_numpy()
    return exact, by_method("ensemble")["probability"], 4 * np.sqrt(exact * (1 - exact) / TRAJECTORIES)


@check("write-error", "logarithm of the error rate by splitting, i = 2", "Fokker-Planck equation",
       within="twice its 95 % interval")  # fmt: skip
def split() -> Values:
    table = by_method("splitting")
    expected = np.log(by_method("fokker-planck")["probability"].to_numpy())
    return expected, np.log(table["probability"]), 2 * np.log(table["upper"] / table["probability"])
