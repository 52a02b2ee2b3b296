"""Devices for reservoirpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....language.optional import require
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel
    from ..reservoir import OscillatorReservoir


@FRAMEWORKS.registering("reservoirpy")
def to_reservoirpy(
    device: DeviceModel,
    units: int,
    *,
    bias: float,
    amplitude: float,
    node_time: float,
    **settings: Any,
) -> OscillatorReservoir:
    """Return an oscillator as a node of reservoirpy: a reservoir of virtual nodes, multiplexed in time.

    Parameters
    ----------
    device : DeviceModel
        The device.
    units : int
        Number of virtual nodes.
    bias, amplitude : float
        DC current, and current per masked input. [A]
    node_time : float
        Time for which each virtual node's current is held [s]; shorter than the relaxation of the amplitude, so
        that it couples them.
    **settings
        Further arguments of :class:`~synaspice.devices.targets.frameworks.reservoir.OscillatorReservoir`: ``mask``,
        ``observable``, ``temperature``, ``time_step``, ``seed`` and ``name``.

    Raises
    ------
    MissingDependencyError
        If reservoirpy is not installed.
    """
    require("reservoirpy", "to_reservoirpy()")
    from ..reservoir import OscillatorReservoir

    return OscillatorReservoir(device, units=units, bias=bias, amplitude=amplitude, node_time=node_time, **settings)
