"""Known answers of networks: two oscillators that lock to each other."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from ...devices.models.oscillators.auto_oscillator import AutoOscillator
from ..benches.oscillators.mutual_locking import mutual_locking
from .check import Values, check

SLAVIN = "Slavin and Tiberkevich, closed form"
#: Fast, so that the terms that turn against the coupling are not felt.
OSCILLATOR = AutoOscillator(frequency=1e10, nonlinear_frequency_shift=-2e9)
CURRENT = 1.5e-3
#: Detunings over the range.
INSIDE, OUTSIDE = np.array([0.3, 0.7, 0.95]), np.array([1.05, 1.3, 2.0])


@functools.cache
def pairs(turn: float) -> pd.DataFrame:
    """Pairs inside and outside of the range, with a common current that is late by an angle [rad]."""
    power = OSCILLATOR.stationary_power(CURRENT)
    delay = turn / (OSCILLATOR.angular_frequency + OSCILLATOR.nonlinear_frequency_shift * power)
    range_ = mutual_locking(OSCILLATOR, detuning=[1e6], delay=delay).attrs["range"]
    return mutual_locking(OSCILLATOR, detuning=np.concatenate([INSIDE, OUTSIDE]) * range_, delay=delay)


@check("mutual-locking", "two oscillators inside of their range are locked, with and without delay", SLAVIN, within=0.0,
       absolute=True)  # fmt: skip
def locked() -> Values:
    expected = np.repeat([1.0, 0.0], [len(INSIDE), len(OUTSIDE)])
    return np.tile(expected, 2), np.concatenate([pairs(turn)["locked"] for turn in (0.0, 0.5)])


@check("mutual-locking", "beat of two oscillators outside of their range, with and without delay", SLAVIN, unit="Hz",
       within=0.03)  # fmt: skip
def beat() -> Values:
    tables = [pairs(turn) for turn in (0.0, 0.5)]
    expected = np.concatenate([table["expected"].to_numpy()[len(INSIDE) :] for table in tables])
    found = np.concatenate([table["beat"].to_numpy()[len(INSIDE) :] for table in tables])
    return expected, found
