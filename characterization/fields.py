"""A constant magnetic field applied to a device, along an axis, in benches that look at it over the field."""

from __future__ import annotations

from typing import Annotated

from numpy.typing import ArrayLike

from ..devices.language.errors import ParameterError
from ..devices.model import CompactModel
from .arguments import Range

AXES = ("x", "y", "z")

Fields = Annotated[ArrayLike | None, Range("A/m", "external fields along the axis; default: that of the device")]


def field_of(device: CompactModel, axis: str) -> str:
    """Name of the device's field along an axis: an input of its magnet, or a parameter of a layer in a normal field.

    Raises
    ------
    ParameterError
        If the device has none.
    """
    names = [f"field_{axis}", *(["perpendicular_field"] if axis == "z" else [])]
    for name in names:
        if name in device.values:
            return name
    raise ParameterError(f"{device.model_name()} has no magnetic field along {axis}")


def in_field(device: CompactModel, axis: str, field: float) -> CompactModel:
    """The device in a constant field along an axis [A/m]; what it has along the others stays.

    Raises
    ------
    ParameterError
        If it has no such field.
    """
    return device.replace(**{field_of(device, axis): field})
