"""What a table says about itself: units, descriptions, and the device that it was made with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..language.declaration import Declarations, Noise, Vectorial
from ..language.version import __version__
from .base import DeviceModel


def column_information(device: Declarations | type[Declarations]) -> dict[str, tuple[str, str]]:
    """Unit and description of every quantity that a table of the device may have as a column."""
    found: dict[str, tuple[str, str]] = {"time": ("s", "time")}
    for branch in device.branches().values():
        found[branch.name] = ("V", branch.description)
        found[branch.current] = ("A", f"current from {branch.positive} to {branch.negative}")
    for item in device.declarations().values():
        if isinstance(item, Vectorial) and not isinstance(item, Noise):
            for component in item.components:
                axis = f", component along {component[-1]}" if item.vector else ""
                found[component] = (item.unit, item.description + axis)
    for name, parameter in device.parameter_declarations().items():
        found[name] = (parameter.unit, parameter.description)
    return found


def table_attributes(device: DeviceModel, columns: Sequence[str], engine: str, **more: Any) -> dict[str, Any]:
    """Attributes for a table of a device's quantities: plain values that JSON can hold.

    Parameters
    ----------
    device : DeviceModel
        The device whose quantities the columns are.
    columns : sequence of str
        The columns; those that the device knows get their unit and description.
    engine : str
        What computed them.
    **more
        Further attributes, such as ``seed``.
    """
    known = column_information(device)
    preset = device.provenance
    return {
        "units": {name: known[name][0] for name in columns if name in known},
        "descriptions": {name: known[name][1] for name in columns if name in known},
        "device": device.model_name(),
        "preset": preset.name if preset else None,
        "reference": preset.citation if preset else None,
        "parameters": {**device.options, **device.values},
        "engine": engine,
        "seed": None,
        "version": __version__,
        **{name: value.item() if isinstance(value, np.generic) else value for name, value in more.items()},
    }
