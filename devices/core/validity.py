"""Warnings of results beyond the range in which a model holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..language.errors import ValidityWarning, warn_user
from ..language.quantities.quantity import format_si
from .base import VALID, DeviceModel
from .metadata import column_information

if TYPE_CHECKING:
    import pandas as pd


def warn_of_invalid(device: DeviceModel, columns: Mapping[str, Any] | pd.DataFrame) -> None:
    """Warn if a device's model did not hold all along a trajectory.

    Parameters
    ----------
    device : DeviceModel
        The device.
    columns : Mapping or DataFrame
        Columns of the trajectory; those without a column ``valid`` are of models that hold everywhere.
    """
    if VALID not in columns:
        return
    outside = np.asarray(columns["time"])[np.asarray(columns[VALID]) < 0.5]
    if len(outside):
        _, meaning = column_information(device)[VALID]
        _warn(device.model_name(), f"at {outside[0]:.4g} s", meaning)


def warn_of_invalid_states(device: DeviceModel, quantities: Mapping[str, Any], times: Any) -> None:
    """Warn if a device's model does not hold in some of the states that it passes.

    Parameters
    ----------
    device : DeviceModel
        The device.
    quantities : Mapping
        What :meth:`CompactModel.static` returned in the states.
    times : array_like
        When it is in them. [s]
    """
    outside = np.flatnonzero(np.asarray(quantities.get(VALID, 1.0)) < 0.5)
    if len(outside):
        _warn(device.model_name(), f"at {np.asarray(times)[outside[0]]:.4g} s", column_information(device)[VALID][1])


def warn_of_invalid_bias(device: DeviceModel, static: Mapping[str, Any], voltage: Any) -> None:
    """Warn if a device's model does not hold at some of the voltages of a static curve.

    Parameters
    ----------
    device : DeviceModel
        The device.
    static : Mapping
        What :meth:`CompactModel.static` returned at the voltages.
    voltage : array_like
        The voltages. [V]
    """
    if VALID not in static:
        return
    outside = np.asarray(voltage)[np.broadcast_to(static[VALID], np.shape(voltage)) < 0.5]
    if len(outside):
        nearest = outside[np.argmin(np.abs(outside))]
        _, meaning = column_information(device)[VALID]
        _warn(device.model_name(), f"at {format_si(nearest, 'V')}", meaning)


def warn_of_limits(device: DeviceModel) -> None:
    """Warn of what about a device itself lies beyond the range in which its model holds."""
    for limit in device.limits():
        warn_user(f"{device.model_name()}: {limit}", ValidityWarning)


def _warn(device: str, where: str, meaning: str) -> None:
    warn_user(f"{device} left the range in which its model holds {where} ({VALID}: {meaning})", ValidityWarning)
