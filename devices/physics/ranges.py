"""Conditions on the range of a geometric state."""

from __future__ import annotations

from ..core.base import DeviceModel
from ..language.errors import ParameterError


def check_range(device: DeviceModel, upper: str, lower: str, least: float) -> None:
    """Check that one length lies above another.

    Parameters
    ----------
    device : DeviceModel
        The device whose parameters they are.
    upper, lower : str
        Names of the parameters.
    least : float
        Least difference of the two. [m]

    Raises
    ------
    ParameterError
        If they are closer, or the other way round.
    """
    high, low = device.values[upper], device.values[lower]
    if high - low < least:
        raise ParameterError(f"{upper} = {high:g} m must lie at least {least:g} m above {lower} = {low:g} m")
