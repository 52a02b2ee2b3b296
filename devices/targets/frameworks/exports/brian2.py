"""Devices for Brian 2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ....language.optional import require
from ..framework import FRAMEWORKS

if TYPE_CHECKING:
    from ....core.base import DeviceModel
    from ..brian2_equations import BrianDevice


@FRAMEWORKS.registering("brian2")
def to_brian2(
    device: DeviceModel, *, source: str = "voltage", variables: Iterable[str] = (), temperature: float | None = None
) -> BrianDevice:
    """Return the device as equations with units that a ``NeuronGroup`` or ``Synapses`` of Brian 2 takes.

    Parameters
    ----------
    device : DeviceModel
        The device.
    source : str
        Driven quantity: ``"voltage"``, or ``"current"`` where the current is linear in the voltage; or the
        name of a branch's voltage or current. It is a parameter of each neuron, to be set, linked, or defined by
        the user's own equations.
    variables : iterable of str
        Parameters and inputs of the device that are to be parameters of each neuron too, not constants.
    temperature : float, optional
        Temperature of the noise [K]; default: no noise.

    Raises
    ------
    MissingDependencyError
        If Brian 2 is not installed, or does not work with the installed NumPy.
    ParameterError
        If a name or unit of the device cannot be one in Brian.
    """
    require("brian2", "to_brian2()")
    from ..brian2_equations import write_equations

    return write_equations(device, source=source, variables=variables, temperature=temperature)
