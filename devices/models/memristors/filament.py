"""Limits of a filament in an oxide: the current that sets it, and the temperature up to which it lasts."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...core.protocols import Compliance
from ...language.declarations.declaration import Observable, Parameter, Symbols
from ...language.declarations.part import Component
from ...language.equations.functions import step
from ...model import CompactModel

#: Current with which filaments are usually set. [A]
USUAL_COMPLIANCE = 1e-4
#: Current limit over that of a device that is not yet set, at least.
EXCESS = 10.0


class HotFilament(Component):
    """The range of temperatures in which a model of a filament holds."""

    largest_temperature = Parameter(
        1500.0, "K", "temperature of the filament up to which the model holds", (300.0, 1e4)
    )
    valid = Observable(
        "1", "1 while the filament is not hotter than the largest temperature: its melting is not described"
    )

    @staticmethod
    def validity(s: Symbols, temperature: Any) -> dict[str, Any]:
        """Expressions of the range, for a filament of a temperature [K]."""
        return {"valid": step(s.largest_temperature - temperature)}


def setting_compliance(device: CompactModel, suggested: Compliance) -> Compliance:
    """How a source limits its current while it sets a filament, which a positive voltage does; resets need no limit.

    Without a suggestion to :data:`USUAL_COMPLIANCE`, or, where an unset device carries much of that by itself, to
    :data:`EXCESS` times what it does at the end of its sweep.

    Parameters
    ----------
    device : CompactModel
        The device, with a reference state ``off``, in which it is unset.
    suggested : Compliance
        Its preset's value.
    """
    if suggested.is_limit:
        return dataclasses.replace(suggested, polarity="positive")
    amplitude = device.drive.get("amplitude", device.default_sweep().amplitude)
    unset = float(device.replace(**device.reference_states()["off"]).static(voltage=amplitude)["current"])
    # To one digit, as one sets an instrument.
    return Compliance(float(f"{max(USUAL_COMPLIANCE, EXCESS * unset):.0e}"), "positive")
