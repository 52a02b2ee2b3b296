"""What a table says about itself: units, descriptions, and the device that it was made with."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .model import CompactModel


def package_version() -> str:
    """Version of the installed package, or ``unknown`` when it runs from an uninstalled checkout."""
    try:
        return importlib.metadata.version("synaspice")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def table_attributes(device: CompactModel, columns: Sequence[str], engine: str, **more: Any) -> dict[str, Any]:
    """Attributes for a table of a device's quantities: plain values that JSON can hold.

    Parameters
    ----------
    device : CompactModel
        The device whose quantities the columns are.
    columns : sequence of str
        The columns; those that the device knows get their unit and description.
    engine : str
        What computed them.
    **more
        Further attributes, such as ``seed``.
    """
    from .targets.numeric import column_information

    known = column_information(device)
    preset = device.provenance
    return {
        "units": {name: known[name][0] for name in columns if name in known},
        "descriptions": {name: known[name][1] for name in columns if name in known},
        "device": device.model_name(),
        "preset": preset.name if preset else None,
        "reference": preset.citation if preset else None,
        "provenance": device.provenance_summary,
        "parameters": {**device.options, **device.values},
        "engine": engine,
        "seed": None,
        "version": package_version(),
        **{name: value.item() if isinstance(value, np.generic) else value for name, value in more.items()},
    }
