"""Errors of devices for aihwkit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....simulation.conductance_errors import errors_of
from ..crossbar_adapters import aihwkit_noise_model
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel


@FRAMEWORKS.registering("aihwkit")
def to_aihwkit(device: DeviceModel, **options: Any) -> Any:
    """Return a noise model for aihwkit with the conductance errors that the device's model declares.

    Parameters
    ----------
    device : DeviceModel
        The device.
    **options
        As of :func:`~synaspice.devices.targets.frameworks.crossbar_adapters.aihwkit_noise_model`.

    Raises
    ------
    MissingDependencyError
        If aihwkit is not installed.
    ParameterError
        If the model declares no errors.
    """
    return aihwkit_noise_model(errors_of(device), **options)
