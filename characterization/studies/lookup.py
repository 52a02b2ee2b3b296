"""Lookup tables of a device's static currents, conductances, observables and rates over a grid."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import Column, device_table
from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.targets.lookup import checked_grid, on_grid

#: Points of a grid above which a request is refused rather than the machine's memory filled.
LARGEST_GRID = 50_000_000


def lookup(device: CompactModel, grid: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """Tabulate a device over a grid of voltages, states and inputs, for a simulator that interpolates.

    Written by :func:`~synaspice.characterization.write_table` it is a Parquet or CSV file with units and provenance.

    Parameters
    ----------
    device : CompactModel
        The device.
    grid : mapping
        Increasing points for each axis, by name: ``{"voltage": np.linspace(-1, 1, 201), "x": np.linspace(0, 1, 51)}``.
        Voltages that are not axes are 0 V, inputs and states have the device's own values.

    Returns
    -------
    pandas.DataFrame
        One row per point, the last axis fastest: the axes, then currents [A], conductances ``d<current>/d<voltage>``
        [S], observables, and the rate ``d<state>/dt`` of every state. ``attrs`` has their units, and the number of
        points of each axis as ``shape``, in the order of ``axes``.

    Raises
    ------
    UnknownNameError
        If the device has no such voltage, state or input.
    ParameterError
        If an axis does not increase, or the grid is too large.
    """
    instance("the device", device, CompactModel)
    axes = checked_grid(device, grid)
    size = math.prod(len(axis) for axis in axes.values())
    if size > LARGEST_GRID:
        raise ParameterError(f"a grid of {size:g} points is too large; take fewer than {LARGEST_GRID:g}")
    branches, states = device.branches().values(), device.state_declarations()
    slopes = {f"d{b.current}/d{b.name}": ("S", f"conductance, derivative of {b.current}") for b in branches}
    rates = {
        f"d{x}/dt": (_per_second(state.unit), f"rate of change: {state.description}") for x, state in states.items()
    }
    described = slopes | rates
    columns: dict[str, Column | ArrayLike] = {
        name: (values.ravel(), *described[name]) if name in described else values.ravel()
        for name, values in on_grid(device, axes).items()
    }
    shape = [len(axis) for axis in axes.values()]
    return device_table(device, columns, engine="numeric", bench="lookup", axes=list(axes), shape=shape)


def _per_second(unit: str) -> str:
    return "1/s" if unit == "1" else f"{unit}/s"
