"""How often noise takes a driven oscillator out of the range in which its model holds."""

from __future__ import annotations

import warnings

import numpy as np

from ...devices.core.base import VALID
from ...devices.language.errors import ValidityWarning
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.reservoirs import held_response

#: Share of the time in which noise may take the oscillator out of its model's range without a warning.
RARELY = 1e-3


def says_where_it_holds(device: CompactModel) -> bool:
    """Whether a model has an observable for it."""
    return VALID in map(str, device.system.observables)


def share_outside(
    device: CompactModel, currents: FloatArray, interval: float, *, temperature: float, seed: int
) -> float:
    """Share of the time in which the model does not hold; 0 of models that do not say.

    Parameters
    ----------
    device : CompactModel
        The oscillator.
    currents : ndarray
        Currents that are held one after another. [A]
    interval : float
        Time for which each is held. [s]
    temperature : float
        Temperature of the noise. [K]
    seed : int
        Seed of the noise.
    """
    if not says_where_it_holds(device):
        return 0.0
    held = held_response(device, currents[np.newaxis], interval, temperature=temperature, seed=seed, observable=VALID)
    return float(np.mean(held.amplitudes != 1))


def warn_of_time_outside(share: float, temperature: float) -> None:
    """Warn if it is more than rarely."""
    if share > RARELY:
        warnings.warn(
            f"with noise at {temperature:g} K the working point is outside the range of the model in {share:.2g} of "
            "the time",
            ValidityWarning,
            stacklevel=3,
        )
