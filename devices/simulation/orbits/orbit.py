"""Periodic orbits of devices under constant drives, and what noise makes of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...core.base import DeviceModel
from ...core.metadata import device_table
from ...language.checks import positive, whole
from ...language.errors import ParameterError, ValidityWarning, warn_user
from ...language.waveforms import FloatArray
from .cycle import Cycle, Motion
from .floquet import ComplexArray, diffusion, projection
from .periodic_functions import resampled

if TYPE_CHECKING:
    import pandas as pd


#: Rate at which the phase is lost, in units of that at which deviations decay, below which noise is weak.
WEAK = 0.2
#: A multiplier so near to 1 is that of the shift in time, or of a bifurcation.
NEUTRAL = 1e-6


@dataclass(frozen=True)
class PeriodicOrbit:
    r"""A limit cycle of a device under a constant drive.

    Attributes
    ----------
    device : DeviceModel
        The device.
    period : float
        The period. [s]
    multipliers : ndarray of complex
        Floquet multipliers, without that of a shift in time, in falling order of their moduli.
    """

    device: DeviceModel
    period: float
    multipliers: ComplexArray
    _motion: Motion = field(repr=False)
    _cycle: Cycle = field(repr=False)

    @property
    def frequency(self) -> float:
        """Frequency [Hz]."""
        return 1 / self.period

    @property
    def stable(self) -> bool:
        """Whether small deviations decay."""
        return bool(np.all(np.abs(self.multipliers) < 1 - NEUTRAL))

    @property
    def relaxation_rate(self) -> float:
        """Rate at which the slowest deviation decays [1/s]; negative if it grows, infinite if there is none."""
        slowest = np.max(np.abs(self.multipliers), initial=0.0)
        return float(-np.log(slowest) / self.period) if slowest > 0 else np.inf

    @functools.cached_property
    def _quantities(self) -> dict[str, FloatArray]:
        return self._motion.quantities(self._cycle.states)

    def table(self, points: int = 129) -> pd.DataFrame:
        """Voltages, currents, states and observables over one period.

        Parameters
        ----------
        points : int
            Number of times, the first and the last of the period included.

        Returns
        -------
        pandas.DataFrame
            A row for each time.
        """
        count = whole("points", points, 2) - 1
        device, motion = self.device, self._motion
        states = dict(zip(motion.names, (self._cycle.states * motion.scales).T, strict=True))
        shown = [*motion.functions.voltage_names, *map(str, motion.functions.system.currents)]
        values = {name: self._quantities[name] for name in shown} | states
        values |= {name: self._quantities[name] for name in motion.functions.observable_names}
        sampled = {name: resampled(np.asarray(value), count) for name, value in values.items()}
        columns: dict[str, FloatArray] = {"time": self.period * np.arange(count + 1) / count}
        columns |= {name: np.append(value, value[0]) for name, value in sampled.items()}
        return device_table(device, columns)

    def harmonics(self, quantity: str | None = None, count: int = 5) -> FloatArray:
        """Amplitudes of a quantity's mean and harmonics.

        Parameters
        ----------
        quantity : str, optional
            A voltage, a current, a state or an observable; default: the voltage of the first branch.
        count : int
            How many harmonics.

        Returns
        -------
        ndarray
            The mean and the amplitude of each harmonic: ``count + 1`` numbers.
        """
        values = self.values(quantity)
        spectrum = np.abs(np.fft.rfft(values)) / len(values)
        found = np.zeros(whole("count", count, 1) + 1)
        kept = spectrum[: len(found)]
        found[: len(kept)] = 2 * kept
        found[0] = float(np.mean(values))
        return found

    def values(self, quantity: str | None = None) -> FloatArray:
        """Values of a quantity at the evenly spaced times at which the orbit was found."""
        states = dict(zip(self._motion.names, (self._cycle.states * self._motion.scales).T, strict=True))
        known = self._quantities | states
        name = next(iter(self._motion.functions.voltage_names)) if quantity is None else quantity
        if name not in known:
            raise ParameterError(f"{self.device.model_name()} has no quantity {name!r}; it has {', '.join(known)}")
        return np.asarray(known[name])

    def sensitivity(self) -> FloatArray:
        """What a deviation of a state adds to the time: perturbation projection vector, (N, states) [s / unit]."""
        return np.asarray(projection(self._motion, self._cycle) / self._motion.scales)

    def phase_diffusion(self, temperature: float) -> float:
        """Constant c of the diffusion of the time shift, whose variance is c t [s].

        Parameters
        ----------
        temperature : float
            Temperature of the noises of the states. [K]
        """
        return diffusion(self._motion, self._cycle, positive("temperature", temperature, "K"))

    def linewidth(self, temperature: float) -> float:
        r"""Full width at half maximum of the oscillation's line, :math:`2\pi f_0^2 c` [Hz].

        That of the phase's diffusion by weak white noise, with the coupling of amplitude and phase; see
        :mod:`synaspice.devices.simulation.orbits.floquet`. Where the phase is lost before deviations decay, noise is
        not weak, and the line narrower than this.

        Parameters
        ----------
        temperature : float
            Temperature of the noises of the states. [K]

        Warns
        -----
        ValidityWarning
            If the noise is not weak.
        """
        width, weak = self.weak_linewidth(temperature)
        if not weak:
            warn_user(
                f"the noise at {temperature:g} K is not weak: the phase is lost nearly as fast as deviations decay",
                ValidityWarning,
            )
        return width

    def weak_linewidth(self, temperature: float) -> tuple[float, bool]:
        """The same, and whether noise is weak: against trajectories it is then right to a tenth."""
        width = 2 * np.pi * self.frequency**2 * self.phase_diffusion(temperature)
        return width, bool(np.pi * width < WEAK * self.relaxation_rate)
