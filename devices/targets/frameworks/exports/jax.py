"""Devices for JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....language.optional import require
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel
    from ..jax_functions import DeviceFunctions


@FRAMEWORKS.registering("jax")
def to_jax(device: DeviceModel, *, dtype: str = "float64") -> DeviceFunctions:
    """Return the device as pure JAX functions of a tree of parameters, for ``jit``, ``vmap`` and ``grad``.

    ``f.static(f.parameters, voltage=...)`` evaluates currents, observables and rates,
    ``f.simulate(f.parameters, drive, duration)`` computes trajectories.

    Parameters
    ----------
    device : DeviceModel
        The device.
    dtype : str
        ``"float64"``, which JAX must be set to compute in (``jax.config.update("jax_enable_x64", True)``), or
        ``"float32"``, which overflows or underflows in some models.

    Raises
    ------
    MissingDependencyError
        If JAX is not installed.
    ParameterError
        If JAX is not set to double precision.
    """
    require("jax", "to_jax()")
    from ..jax_functions import make_functions

    return make_functions(device, dtype)
