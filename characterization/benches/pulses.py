"""Requests for switching a device by pulses: from which state to which, by which drive, and for how long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...devices.core.protocols import Switching
from ...devices.language.array_checks import reals
from ...devices.language.checks import known
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ...devices.model import CompactModel
from ...devices.simulation.numerics.newton import voltage_at_current
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


def require_bearable(device: CompactModel, quantity: str, amplitudes: ArrayLike) -> None:
    """Refuse amplitudes that mean a voltage at which there would be no device any more.

    Parameters
    ----------
    device : CompactModel
        The device in the state before the pulse.
    quantity : str
        Imposed quantity.
    amplitudes : array_like
        Amplitudes of the pulses. [A or V]

    Raises
    ------
    ParameterError
        If one is beyond :attr:`~synaspice.devices.core.base.DeviceModel.highest_voltage`.
    """
    branch, by_current = driven_branch(device, quantity)
    most = device.highest_voltage
    if branch or math.isinf(most):
        return
    for amplitude in (float(np.min(amplitudes)), float(np.max(amplitudes))):
        voltage = voltage_at_current(device, amplitude) if by_current else amplitude
        if abs(voltage) > most:
            means = f" means {format_si(float(f'{voltage:.2g}'), 'V')} across the device, which" if by_current else ""
            raise ParameterError(
                f"a pulse of {format_si(amplitude, 'A' if by_current else 'V')}{means} is beyond the "
                f"{format_si(most, 'V')} that {device.model_name()} can bear at all: give smaller amplitudes"
            )
