"""Search for periodic orbits: from a trajectory that comes near one, or from another orbit. ``periodic_orbit``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...core.base import DeviceModel
from ...core.oscillator_protocols import Oscillation
from ...core.vectors import initial_state, scales_of
from ...language.checks import instance, positive, real, whole
from ...language.errors import ParameterError, SimulationError
from ...language.waveforms.shapes import Drive, FloatArray, Waveform
from ..request import Request
from .approach import approached
from .cycle import Motion, closed
from .driven import common_period
from .driven_orbit import driven_orbit
from .orbit import PeriodicOrbit, orbit_of


def periodic_orbit(
    device: DeviceModel,
    drive: Drive,
    *,
    source: str = "current",
    inputs: Mapping[str, Drive] | None = None,
    periods: int = 1,
    frequency: float | None = None,
    settling: float | None = None,
    near: PeriodicOrbit | None = None,
) -> PeriodicOrbit:
    r"""Find the limit cycle of a device under a constant drive, or its periodic steady state under a periodic one.

    Under constant drives a trajectory from the initial state gives a guess; the orbit

    .. math::

        \dot x = f(x), \qquad x(t + T) = x(t)

    and its period T are then found by collocation with trigonometric functions and Newton's method, to nine digits.
    Where the drive or an input is periodic, T is that of all drives together or so many of these ``periods``, and the
    orbit is found by shooting: by Newton's method for states that come back after T. An oscillator has such an orbit
    where it is locked to its drive.

    Parameters
    ----------
    device : DeviceModel
        The device.
    drive : float or Waveform
        Current [A] or voltage [V] of the source: a constant, or a waveform that repeats itself.
    source : str
        Branch that is driven: ``voltage``, ``current``, or the name of another one.
    inputs : mapping, optional
        Drives of inputs and voltages of other branches: constants, or waveforms that repeat themselves.
    periods : int
        Periods of the drives in one of the orbit: 2 for an orbit of half the drive's frequency. An orbit that comes
        back earlier has its own period.
    frequency : float, optional
        About the frequency, of an orbit under constant drives; default: the device's suggestion. [Hz]
    settling : float, optional
        Time in which a trajectory comes near an orbit under constant drives; default: the device's suggestion. [s]
    near : PeriodicOrbit, optional
        An orbit at a drive nearby, taken for a guess instead of a trajectory; so unstable ones can be followed.

    Returns
    -------
    PeriodicOrbit
        The orbit; a :class:`DrivenOrbit` where a drive is periodic.

    Warns
    -----
    ValidityWarning
        If the device leaves the range in which its model holds.

    Raises
    ------
    SimulationError
        If the trajectory comes near no orbit, as where it comes to rest or is not locked to its drive, or there is none
        near the given one.
    ParameterError
        If a frequency or time of settling is needed and not given, a drive does not repeat itself, drives have no
        common period, or an argument makes no sense.

    References
    ----------
    A. Demir, A. Mehrotra, J. Roychowdhury, "Phase noise in oscillators", IEEE Trans. Circuits Syst. I 47, 655 (2000),
    doi:10.1109/81.847872.
    """
    instance("device", device, DeviceModel, "a device")
    value: Drive = drive if isinstance(drive, Waveform) else real("drive", drive)
    count = whole("periods", periods, 1)
    if near is not None:
        instance("near", near, PeriodicOrbit)
    request = Request.of(device, value, 1.0, source, inputs)
    repetition = common_period(request.waveforms())
    states = np.array(initial_state(device), dtype=float)
    if not len(states):
        raise ParameterError(f"{device.model_name()} has no states that could oscillate")
    if repetition is not None:
        if frequency is not None or settling is not None:
            raise ParameterError("frequency and settling are those of an orbit under constant drives: leave them out")
        start = states / scales_of(device) if near is None else near.cycle.states[0]
        found: PeriodicOrbit = driven_orbit(request, repetition, count, start, near is not None)
    else:
        if count > 1:
            raise ParameterError("periods are those of a periodic drive, and all drives are constant")
        found = _free(Motion(request), states, frequency, settling, near)
    found.warn_of_invalid()
    return found


def _free(
    motion: Motion, states: FloatArray, frequency: float | None, settling: float | None, near: PeriodicOrbit | None
) -> PeriodicOrbit:
    """The orbit of a device under constant drives."""
    device = motion.device
    if near is not None:
        cycle = closed(motion, near.cycle)
        if cycle is None:
            raise SimulationError(f"{device.model_name()} has no periodic orbit near the given one")
        return orbit_of(motion, cycle)
    if frequency is None or settling is None:
        if not device.suits(Oscillation):
            raise ParameterError(f"{device.model_name()} suggests no oscillation: give frequency and settling")
        suggested = device.protocol(Oscillation)
        frequency = suggested.frequency if frequency is None else frequency
        settling = suggested.settling if settling is None else settling
    pace = positive("frequency", frequency, "Hz")
    end = approached(motion, states, pace, positive("settling", settling, "s"))
    if isinstance(end, PeriodicOrbit):
        return end
    why = "it does not repeat itself" if end is None else "it comes to rest"
    raise SimulationError(f"{device.model_name()} comes near no periodic orbit: {why}")
