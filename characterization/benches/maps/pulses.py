r"""Pulses that may switch a magnet: the tilt that it starts from, and how far a finite width moves the thresholds.

A small precession about the easy axis grows under a damping-like torque of :math:`i` critical ones, in a field along
the axis of :math:`h` (the mean of the fields that hold it there as unit, positive if it holds), as

.. math:: \dot\theta = (i - 1 - h)\, \theta / \tau

with the time :math:`\tau` in which it decays without both. For a torque that does not depend on the angle, a uniaxial
magnet's whole way is :math:`\dot c = (1 - c^2)(c - k) / \tau` with :math:`c = \cos\theta`, :math:`k = i - h`. From
:math:`c_0` it is half way round after

.. math:: \frac{t}{\tau} = \frac{\ln(1 + c_0)}{2 (k + 1)} - \frac{\ln(1 - c_0)}{2 (k - 1)}
    + \frac{\ln(1 - c_0 / k)}{k^2 - 1}

so that a pulse of the width :math:`w` switches above a :math:`k` of less than :math:`1 + (\tau / w) \ln(\sqrt2 /
\theta_0)`. Without end it does so above :math:`c_0`: less holds a magnet that is tilted already.

References
----------
J. Z. Sun, Phys. Rev. B 62, 570 (2000), doi:10.1103/PhysRevB.62.570.
"""

from __future__ import annotations

import math

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import Pulse
from ....devices.physics.macrospin import Macrospin

#: By how much of the critical current a pulse of the default width moves the threshold.
SHIFT = 0.02
#: Share of a pulse's width that each of its edges takes.
EDGE = 1e-3
#: Decays of a precession after the pulse, before the state is told.
REST = 8.0


def thermal_tilt(magnet: Macrospin) -> float:
    r"""Root of the mean square of a magnet's angle to its easy axis at its ambient temperature [rad].

    .. math:: \theta_0^2 = \frac{1}{2 \Delta} \left(1 + \frac{H_k}{H_\mathrm{hard}}\right)

    Raises
    ------
    ParameterError
        If it is more than half a radian: then the magnet has no states to start from.
    """
    stability = float(magnet.thermal_stability)
    if not stability > 0:
        raise ParameterError(f"{magnet!r} has no barrier between two states")
    tilt = math.sqrt((1 + magnet.anisotropy_field / magnet.hard_axis_field) / (2 * stability))
    if tilt > 0.5:
        raise ParameterError(
            f"thermal agitation tilts {magnet!r} by {tilt:.2g} rad: its barrier of {stability:.2g} k_B T makes no "
            "states to start from; give a tilt, or a temperature for noisy trajectories"
        )
    return tilt


def long_width(magnet: Macrospin, tilt: float) -> float:
    """Width at which thresholds are less than :data:`SHIFT` of the critical ones above those [s]."""
    return magnet.precession_decay / SHIFT * math.log(math.sqrt(2) / tilt)


def tilted(magnet: Macrospin, state: dict[str, float], tilt: float) -> dict[str, float]:
    """Values of the initial direction at an angle [rad] from that of a state, towards the next easier axis."""
    polar, azimuth = state["initial_polar_angle"], state["initial_azimuth"]
    from_pole = math.sin(polar)
    start = {
        "x": from_pole * math.cos(azimuth),
        "y": from_pole * math.sin(azimuth),
        "z": math.cos(polar),
    }
    middle = magnet.axes_by_pull()[1]
    # The part of that axis across the state's direction.
    across = {axis: (1.0 if axis == middle else 0.0) - start[middle] * start[axis] for axis in "xyz"}
    length = math.sqrt(sum(part**2 for part in across.values()))
    to = {axis: math.cos(tilt) * start[axis] + math.sin(tilt) * across[axis] / length for axis in "xyz"}
    return {
        "initial_polar_angle": math.acos(max(-1.0, min(1.0, to["z"]))),
        "initial_azimuth": math.atan2(to["y"], to["x"]),
    }


def pulse(base: float, level: float, width: float) -> Pulse:
    """A pulse from a base to a level and back, at once, whose area is that of its width [s]."""
    edge = EDGE * width
    return Pulse(base, level, 0.0, edge, edge, width - edge)
