"""Search for periodic orbits: from a trajectory that comes near one, or from another orbit. ``periodic_orbit``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...core.base import DeviceModel
from ...core.protocols import Oscillation
from ...core.vectors import initial_state
from ...language.checks import instance, positive, real
from ...language.errors import ParameterError, SimulationError
from ..request import Request
from .approach import approached
from .cycle import Motion, closed
from .orbit import PeriodicOrbit, orbit_of


def periodic_orbit(
    device: DeviceModel,
    drive: float,
    *,
    source: str = "current",
    inputs: Mapping[str, float] | None = None,
    frequency: float | None = None,
    settling: float | None = None,
    near: PeriodicOrbit | None = None,
) -> PeriodicOrbit:
    r"""Find the limit cycle of a device under a constant drive.

    A trajectory from the initial state gives a guess; the orbit

    .. math::

        \dot x = f(x), \qquad x(t + T) = x(t)

    and its period T are then found by collocation with trigonometric functions and Newton's method, to nine digits.

    Parameters
    ----------
    device : DeviceModel
        The device.
    drive : float
        Constant current [A] or voltage [V] of the source.
    source : str
        Branch that is driven: ``voltage``, ``current``, or the name of another one.
    inputs : mapping, optional
        Constant values of inputs and voltages of other branches.
    frequency : float, optional
        About the frequency; default: the device's suggestion. [Hz]
    settling : float, optional
        Time in which a trajectory comes near the orbit; default: the device's suggestion. [s]
    near : PeriodicOrbit, optional
        An orbit at a drive nearby, taken for a guess instead of a trajectory; so unstable ones can be followed.

    Returns
    -------
    PeriodicOrbit
        The orbit.

    Warns
    -----
    ValidityWarning
        If the device leaves the range in which its model holds.

    Raises
    ------
    SimulationError
        If the trajectory comes near no orbit, as where it comes to rest, or there is none near the given one.
    ParameterError
        If a frequency or time of settling is needed and not given, or an argument makes no sense.

    References
    ----------
    A. Demir, A. Mehrotra, J. Roychowdhury, "Phase noise in oscillators", IEEE Trans. Circuits Syst. I 47, 655 (2000),
    doi:10.1109/81.847872.
    """
    instance("device", device, DeviceModel, "a device")
    value = real("drive", drive)
    if near is not None:
        instance("near", near, PeriodicOrbit)
        motion = Motion(Request.of(device, value, near.period, source, inputs))
        found = closed(motion, near.cycle)
        if found is None:
            raise SimulationError(f"{device.model_name()} has no periodic orbit near the given one")
        orbit = orbit_of(motion, found)
        orbit.warn_of_invalid()
        return orbit
    if frequency is None or settling is None:
        if not device.suits(Oscillation):
            raise ParameterError(f"{device.model_name()} suggests no oscillation: give frequency and settling")
        suggested = device.protocol(Oscillation)
        frequency = suggested.frequency if frequency is None else frequency
        settling = suggested.settling if settling is None else settling
    pace = positive("frequency", frequency, "Hz")
    motion = Motion(Request.of(device, value, 1 / pace, source, inputs))
    positive("settling", settling, "s")
    states = np.array(initial_state(device), dtype=float)
    if not len(states):
        raise ParameterError(f"{device.model_name()} has no states that could oscillate")
    end = approached(motion, states, pace, settling)
    if isinstance(end, PeriodicOrbit):
        end.warn_of_invalid()
        return end
    why = "it does not repeat itself" if end is None else "it comes to rest"
    raise SimulationError(f"{device.model_name()} comes near no periodic orbit: {why}")
