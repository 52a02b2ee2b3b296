"""Current pulses that program domain-wall synapses: each moves the wall from one pinning site to the next."""

from __future__ import annotations

from dataclasses import dataclass

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms import PiecewiseLinear
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
