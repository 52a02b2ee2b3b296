"""Devices for PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ....language.optional import require
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel
    from ..torch_module import DeviceModule


@FRAMEWORKS.registering("torch")
def to_torch(device: DeviceModel, *, trainable: Iterable[str] = (), dtype: Any = None) -> DeviceModule:
    """Return the device as a ``torch.nn.Module``: batched, and differentiable through static curves and time.

    ``module.static(voltage=...)`` evaluates currents, observables and rates; ``module(drive, duration)`` computes
    trajectories.

    Parameters
    ----------
    device : DeviceModel
        The device.
    trainable : iterable of str
        Parameters that an optimiser shall change: the module holds them as ``nn.Parameter``, relative to the
        device's values. Parameters that are computed from others unless given stay as they are.
    dtype : torch.dtype, optional
        Type of the numbers; default: ``torch.float64``. Single precision overflows or underflows in some models.

    Raises
    ------
    MissingDependencyError
        If PyTorch is not installed.
    UnknownNameError
        If a name is not a parameter of the device.
    """
    require("torch", "to_torch()")
    from ..torch_module import DeviceModule

    return DeviceModule(device, dtype, trainable)
