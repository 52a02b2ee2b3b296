"""Current pulses that program domain-wall synapses: each moves the wall from one pinning site to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import PiecewiseLinear
from ....devices.models.domain_walls.domain_wall import DomainWallSynapse
from ....devices.models.domain_walls.domain_wall_injector import WRITE_DENSITY, WRITE_STRETCH, DomainWallInjector


@dataclass(frozen=True)
class WallWriter:
    """Pulses of one strip; an erased wall, next to the end at ``common``, needs one per site.

    Attributes
    ----------
    current : float
        Of every pulse. [A]
    width : float
        Of every pulse, at half its height. [s]
    edge : float
        Of its rise and of its fall. [s]
    rest : float
        Between two pulses, in which the wall settles. [s]
    sites : int
        Number of steps from one end of the strip to the other.
    """

    current: float
    width: float
    edge: float
    rest: float
    sites: int

    @classmethod
    def suited(cls, strip: DomainWallInjector, rest: float = 1.5e-9) -> WallWriter:
        """Pulses of 2e12 A/m^2, each as long as a free wall takes for 1.2 periods of the strip's pinning.

        Raises
        ------
        ParameterError
            If no current moves the wall, or the strip pins it nowhere.
        """
        current = WRITE_DENSITY * strip.current_area
        speed = abs(strip.current_mobility) * current
        if not speed or not strip.pinning_energy:
            raise ParameterError(
                "a wall is written by pulses if a current moves it and pinning_energy holds it in between"
            )
        width = WRITE_STRETCH * strip.pinning_period / speed
        return cls(current, width, min(5e-11, width / 4), rest, round(strip.length / strip.pinning_period))

    @property
    def slot(self) -> float:
        """Time from one pulse to the next [s]."""
        return self.width + self.edge + self.rest

    def duration(self, pulses: int) -> float:
        """Time that a number of pulses takes [s]."""
        return abs(pulses) * self.slot

    def waveform(self, pulses: int, start: float = 0.0) -> PiecewiseLinear:
        """The current over time; a negative number of pulses moves the wall back.

        Raises
        ------
        ParameterError
            If it is not a whole number, or of more pulses than there are sites.
        """
        if isinstance(pulses, bool) or not isinstance(pulses, int) or abs(pulses) > self.sites:
            raise ParameterError(f"pulses must be a whole number from {-self.sites} to {self.sites}, not {pulses!r}")
        times, values = [0.0], [0.0]
        height = self.current if pulses > 0 else -self.current
        for k in range(abs(pulses)):
            begin = start + k * self.slot + 1e-12  # a corner must lie after the one before
            times += [begin, begin + self.edge, begin + self.width, begin + self.width + self.edge]
            values += [0.0, height, height, 0.0]
        return PiecewiseLinear(tuple(times), tuple(values))


def steady_velocity(strip: DomainWallSynapse, current: float) -> float:
    r"""Velocity of a free wall under a current, when its angle has settled [m/s].

    The root of :math:`\dot\phi = 0` that the angle comes to first from where it rests, with the torques of the model.
    Where the spin Hall torque alone drives the wall, and the Dzyaloshinskii-Moriya interaction alone holds its angle,

    .. math:: v = \frac{v_D}{\sqrt{1 + (\alpha H_D / H_\mathrm{SH})^2}}, \qquad
        v_D = \frac{\pi}{2}\, \gamma_0 \Delta |H_D|

    Parameters
    ----------
    strip : DomainWallSynapse
        The strip; its pinning does not count.
    current : float
        Along the strip, positive from ``write`` to ``common``. [A]

    Raises
    ------
    ParameterError
        If there is no such angle: the wall precesses, beyond its breakdown.

    References
    ----------
    A. Thiaville, S. Rohart, E. Jue, V. Cros, A. Fert, Europhys. Lett. 100, 57002 (2012),
    doi:10.1209/0295-5075/100/57002.
    """
    free = strip.replace(pinning_energy=0.0, notch_energy=0.0)
    held = {"voltage": current * float(free.strip_resistance), "x": 0.5}
    rest = free.values["initial_angle"]

    def turning(angle: float) -> float:
        return float(free.static(**held, angle=angle)["dangle/dt"])

    angles = rest + math.copysign(1.0, turning(rest)) * np.linspace(0.0, math.pi, 361)
    rates = np.asarray(free.static(**held, angle=angles)["dangle/dt"])
    settled = np.flatnonzero(rates[1:] * rates[0] <= 0)
    if not rates[0]:
        angle = rest
    elif len(settled):
        angle = brentq(turning, *angles[settled[0] : settled[0] + 2])
    else:
        raise ParameterError(f"a current of {current:g} A turns the wall over and over: it has no steady velocity")
    return float(free.static(**held, angle=angle)["dx/dt"]) * free.values["length"]
