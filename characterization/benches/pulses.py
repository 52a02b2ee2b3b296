"""Requests for switching a device by pulses: from which state to which, by which drive, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...devices.core.protocols import Switching
from ...devices.language.array_checks import reals
from ...devices.language.checks import known
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.simulation.request import driven_branch


@dataclass(frozen=True)
class PulseRequest:
    """Pulses of some widths that take a device from one reference state to another.

    Attributes
    ----------
    device : CompactModel
        The device.
    start, end : str
        Names of the reference states before the pulse, and of a switched device.
    quantity : str
        Imposed quantity: ``"voltage"``, ``"current"``, or a branch's voltage or current by name.
    widths : tuple of float
        Widths of the pulses. [s]
    inputs : Mapping
        Drives of inputs during the pulse.
    """

    device: CompactModel
    start: str
    end: str
    quantity: str
    widths: tuple[float, ...]
    inputs: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        device: CompactModel,
        start: str | None,
        end: str | None,
        quantity: str | None,
        width: ArrayLike | None,
        usual_widths: Sequence[float] | None = None,
    ) -> PulseRequest:
        """Complete the given values by the device's suggestions, and check them.

        Parameters
        ----------
        device, start, end, quantity
            See the class; default: the device's suggestion.
        width : array_like, optional
            Widths of the pulses. [s]
        usual_widths : sequence of float, optional
            Widths if none are given; default: those that the device suggests. [s]

        Raises
        ------
        ParameterError
            If a width is not positive and finite.
        UnknownNameError
            If a reference state or the quantity does not exist.
        """
        suggested, states = device.protocol(Switching), device.reference_states()
        for name in (start, end):
            if name is not None:
                known(f"state of {device.model_name()}", name, states)
        chosen = quantity or suggested.quantity
        driven_branch(device, chosen)
        usual = suggested.widths if usual_widths is None else usual_widths
        widths = reals("widths", usual if width is None else width, "s")
        if not np.all(widths > 0):
            raise ParameterError("widths must be positive and finite")
        first, last = start or suggested.start, end or suggested.end
        return cls(device, first, last, chosen, tuple(widths.tolist()), dict(suggested.inputs))

    def at(self, state: str) -> CompactModel:
        """The device in one of its reference states."""
        return self.device.replace(**self.device.reference_states()[state])

    @property
    def unit(self) -> str:
        """Unit of the quantity: A or V."""
        return "A" if driven_branch(self.device, self.quantity)[1] else "V"
