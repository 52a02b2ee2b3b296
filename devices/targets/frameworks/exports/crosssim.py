"""Errors of devices for CrossSim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....simulation.conductance_errors import errors_of
from ..crossbar_adapters import crosssim_device
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel


@FRAMEWORKS.registering("crosssim")
def to_crosssim(device: DeviceModel, **options: Any) -> Any:
    """Return a device class for CrossSim with the conductance errors that the device's model declares.

    Parameters
    ----------
    device : DeviceModel
        The device.
    **options
        As of :func:`~synaspice.devices.targets.frameworks.crossbar_adapters.crosssim_device`.

    Raises
    ------
    MissingDependencyError
        If CrossSim is not installed.
    ParameterError
        If the model declares no errors.
    """
    return crosssim_device(errors_of(device), **options)
