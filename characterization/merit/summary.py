"""Figures of merit of devices in one table, beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...devices.core.metadata import described_table, device_title
from ...devices.language.checks import instance, whole
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from .figures import figures_of

_COLUMNS = {
    "device": ("1", "device and publication of its preset"),
    "figure": ("1", "figure of merit"),
    "value": ("1", "value in the unit of its row; empty if it cannot be had"),
    "unit": ("1", "unit of the value"),
    "condition": ("1", "under which condition"),
    "source": ("1", "formula of the model, or bench; of what cannot be had, why"),
}


def summary(
    devices: CompactModel | Sequence[CompactModel], *, temperature: float | None = None, seed: int = 1
) -> pd.DataFrame:
    """Tell the figures of merit of devices: what a reviewer asks for, in one table.

    Which there are follows from what a device offers: resistances of its states near zero voltage, their product with
    the area and their ratio; barriers and dwell times at the temperature and at 85 degrees C; critical currents and
    thermal stability; the amplitude of a pulse that switches every other time; threshold, frequency, tuning,
    amplitude, relaxation time and linewidth of an oscillation at the strongest of the usual currents; the exponent of a
    drift; mobility and velocity of a domain wall.

    Parameters
    ----------
    devices : CompactModel or sequence of CompactModel
        The devices.
    temperature : float, optional
        Temperature of the devices and of their noise [K]; default: their own.
    seed : int
        Seed of what is random.

    Returns
    -------
    pandas.DataFrame
        A row for each device and figure: ``device``, ``figure``, ``value``, ``unit``, ``condition`` and ``source``: the
        formula or the bench that it is of, or why it cannot be had.

    Raises
    ------
    ParameterError
        If there is no device, a device has no figure of merit, or an argument makes no sense.
    """
    several: list[CompactModel] = [*devices] if isinstance(devices, list | tuple) else [devices]  # type: ignore[list-item]
    if not several:
        raise ParameterError("there is no device to sum up")
    number = whole("seed", seed, 0, 2**32 - 1)
    rows = []
    for device in several:
        instance("devices", device, CompactModel, "a device or a list of them")
        held, kelvin = in_surroundings(device, temperature)
        if not kelvin > 0:
            raise ParameterError("figures of merit are asked at a temperature above 0 K")
        found = figures_of(held, kelvin, number)
        if not found:
            raise ParameterError(f"{device.model_name()} offers nothing of which there are figures of merit")
        for figure in found:
            rows.append(
                {
                    "device": device_title(device),
                    "figure": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "condition": figure.condition,
                    "source": figure.source,
                }
            )
    table = pd.DataFrame(rows)
    columns = {name: (table[name].to_numpy(), *_COLUMNS[name]) for name in _COLUMNS}
    return described_table(columns, seed=number)
