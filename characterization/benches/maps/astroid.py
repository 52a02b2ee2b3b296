"""Astroid: the field at which a magnet without current leaves its state, over the direction of the field."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.oscillator_protocols import Resonance
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.model import CompactModel
from ....devices.physics.macrospin import Macrospin
from ...arguments import Choice, Range
from ...bench import bench
from ...fields import AXES, field_of
from .equilibria import FieldBranch

#: Angles by default [degree]: all round, in steps of five.
ANGLES = tuple(np.linspace(-180.0, 180.0, 73).tolist())
#: Largest field that is tried, in units of the hard axis' one.
LARGEST = 2.0
#: A component of the anisotropy's axis below this is a rounding error.
ALONG = 1e-9


@bench(needs=(Resonance,), long=True)
def astroid(
    device: CompactModel,
    *,
    angle: Annotated[
        ArrayLike | None,
        Range("1", "angles of the field to the easy axis in degrees; default: all round in steps of five"),
    ] = None,
    axis: Annotated[
        str | None,
        Choice(AXES, "the other axis of the field's plane; default: the next easier one after the easy axis"),
    ] = None,
) -> pd.DataFrame:
    r"""Find the field at which a magnet leaves its state, without current and thermal agitation, over its direction.

    At each angle the magnet starts at rest near the easy axis, in the direction that the field is against. That rest
    is followed as the field grows, along the curve of equilibria by its length, until it is lost: where the curve
    turns back to smaller fields, or the real part of an eigenvalue of the motion about it reaches zero. Nothing is
    swept in time. A uniaxial magnet leaves its state on the astroid of Stoner and Wohlfarth,

    .. math:: |H_\parallel|^{2/3} + |H_\perp|^{2/3} = H_k^{2/3}, \qquad
        H(\psi) = \frac{H_k}{(|\cos\psi|^{2/3} + |\sin\psi|^{2/3})^{3/2}}

    A magnet with three different axes does so in the plane of its two easier ones; in that of the hardest one the
    magnetisation may leave the plane first. Across the easy axis both states end in the same one at :math:`H_k`; there
    and against the axis, where curves of equilibria cross, the field is found to 1e-3, elsewhere to 1e-7. The field
    along the third axis stays that of the device.

    Returns
    -------
    pandas.DataFrame
        Columns ``angle`` [degree], ``field`` at which the state is lost, its parts ``field_easy`` and ``field_hard``
        along the two axes, and ``stoner_wohlfarth``: that of the astroid [A/m] (NaN where an axis of the anisotropy is
        oblique, or there is a field along the third axis). ``attrs`` has ``easy``, ``axis`` and ``hold``, the field H_k
        in the plane [A/m].

    Raises
    ------
    ParameterError
        If the device has no magnetisation that turns as a whole, no field along an axis, no easy axis in the plane, or
        an angle is not finite.
    SimulationError
        If a state is not lost up to twice the field of the hardest axis.

    References
    ----------
    E. C. Stoner, E. P. Wohlfarth, Phil. Trans. R. Soc. A 240, 599 (1948), doi:10.1098/rsta.1948.0007; A. Thiaville,
    J. Magn. Magn. Mater. 182, 5 (1998), doi:10.1016/S0304-8853(97)01014-7.
    """
    if not isinstance(device, Macrospin):
        raise ParameterError(f"{device.model_name()} has no magnetisation that turns as a whole")
    angles = reals("angles", ANGLES if angle is None else angle, "degree")
    hardest, middle, easy = device.axes_by_pull()
    other = middle if axis is None else axis
    if other == easy:
        raise ParameterError(f"{easy} is the easy axis: the other axis of the plane is {middle} or {hardest}")
    names = [field_of(device, easy), field_of(device, other)]
    hold = float(device.derived[f"pull_{easy}"] - device.derived[f"pull_{other}"])
    largest = LARGEST * float(device.hard_axis_field)
    if not hold > 0 or not device.anisotropy_field > 0:
        raise ParameterError(
            f"{device!r} has no states to leave: {easy} is no easier axis than {middle if hold > 0 else other}"
        )
    rows = []
    for degrees in angles.tolist():
        along, across = _parts(degrees)
        side = 1.0 if along <= 0 else -1.0
        branch = FieldBranch.of(device, dict(zip(names, (along, across), strict=True)), _pole(easy, side), hold)
        lost = branch.loss(largest / hold)
        if lost is None:
            raise SimulationError(
                f"at {degrees:g} degrees the state of {device!r} is not lost in fields up to {largest:.3g} A/m"
            )
        rows.append([lost, lost * along, lost * across])
    field, parallel, perpendicular = np.array(rows).reshape(-1, 3).T
    third = next(name for name in AXES if name not in (easy, other))
    plain = _straight(device) and not device.values.get(f"field_{third}", 0.0)
    columns: dict[str, Any] = {
        "angle": (angles, "degree", f"angle of the field to {easy}, towards {other}"),
        "field": (field, "A/m", "field at which the state is lost"),
        "field_easy": (parallel, "A/m", f"part of it along {easy}"),
        "field_hard": (perpendicular, "A/m", f"part of it along {other}"),
        "stoner_wohlfarth": (
            hold * stoner_wohlfarth(angles) if plain else np.full(len(angles), np.nan),
            "A/m",
            "field of the astroid",
        ),
    }
    return device_table(device, columns, bench="astroid", engine="numeric", easy=easy, axis=other, hold=hold)


def stoner_wohlfarth(degrees: Any) -> Any:
    """Field of the astroid over the anisotropy field, at angles to the easy axis [degree]."""
    radians = np.radians(degrees)
    parts = np.abs(np.cos(radians)) ** (2 / 3) + np.abs(np.sin(radians)) ** (2 / 3)
    return parts**-1.5


def _parts(degrees: float) -> tuple[float, float]:
    """Cosine and sine of an angle [degree], which are zero where they should be."""
    turned = math.remainder(degrees, 360.0)
    cosine, sine = math.cos(math.radians(turned)), math.sin(math.radians(turned))
    return (0.0 if abs(turned) == 90.0 else cosine), (0.0 if turned == 0.0 or abs(turned) == 180.0 else sine)


def _pole(axis: str, side: float) -> dict[str, float]:
    """Values of the initial direction along an axis, on its positive or negative side."""
    if axis == "z":
        return {"initial_polar_angle": 0.0 if side > 0 else math.pi, "initial_azimuth": 0.0}
    azimuth = {"x": 0.0, "y": math.pi / 2}[axis]
    return {"initial_polar_angle": math.pi / 2, "initial_azimuth": azimuth if side > 0 else azimuth - math.pi}


def _straight(device: CompactModel) -> bool:
    """Whether the axis of the uniaxial anisotropy is x, y or z."""
    parts = [abs(device.derived[f"easy_axis_{axis}"]) for axis in AXES]
    return not device.values["uniaxial_anisotropy"] or sum(part > ALONG for part in parts) == 1
