"""Values that a slider offers for a parameter: about its present value, within its bounds."""

from __future__ import annotations

import math

import numpy as np

from ...devices.language.quantities.quantity import format_si
from ...devices.model import CompactModel

#: Values of a slider, how far it reaches in each direction as a factor, and digits that are shown.
STEPS, REACH, DIGITS = 41, 4.0, 4
#: A range from zero that is wider is one of orders of magnitude, of which so many are shown.
WIDE, DECADES = 1e3, 1e6


def values_of(device: CompactModel, name: str) -> dict[str, float]:
    """Values to choose from, by what is written beside the slider; the present one is among them.

    Parameters
    ----------
    device : CompactModel
        The device.
    name : str
        One of its parameters. What is not zero is multiplied, unless its bounds of both signs are near; what is zero
        moves between its bounds.
    """
    declared = device.parameter_declarations()[name]
    present, (low, high) = float(getattr(device, name)), declared.bounds
    if present != 0 and not (low <= 0 <= high and high - low <= 2 * REACH * abs(present)):
        ends = sorted((present / REACH, present * REACH))
        grid = np.geomspace(max(ends[0], low), min(ends[1], high), STEPS)
    elif math.isfinite(low) and math.isfinite(high) and (low < 0 or high <= WIDE):
        grid = np.linspace(low, high, STEPS)
    else:
        most = high if math.isfinite(high) else 1.0
        grid = np.append(np.geomspace(most / DECADES, most, STEPS), 0.0)
    rounded = {float(f"{value:.{DIGITS}g}") for value in grid}
    inside = sorted({value for value in rounded if low <= value <= high} | {present})
    found: dict[str, float] = {}
    for value in inside:
        text = format_si(value, declared.unit, DIGITS)
        if text not in found or value == present:
            found[text] = value
    return found
