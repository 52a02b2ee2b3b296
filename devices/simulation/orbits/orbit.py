"""Periodic orbits of devices under constant drives, and what noise makes of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ...core.base import DeviceModel
from ...core.metadata import Column, column_information, device_table
from ...core.validity import warn_of_invalid_states
from ...language.array_checks import reals
from ...language.checks import known, positive, whole
from ...language.errors import ParameterError, ValidityWarning, warn_user
from ...language.waveforms.shapes import FloatArray
from ..operating_points.noise import telegraph_strengths
from .cycle import Cycle, Motion
from .floquet import ComplexArray, diffusion, multipliers, projection
from .periodic_functions import resampled
from .sidebands import broadening, sideband_noise
from .spectrum import NoisyOrbit, electrical_density, slopes_along

if TYPE_CHECKING:
    import pandas as pd


#: Rate at which the phase is lost, in units of that at which deviations decay, below which noise is weak.
WEAK = 0.2
#: Orbits whose periods and harmonics differ relatively by less are the same.
SAME = 1e-6
#: A multiplier so near to 1 is that of the shift in time, or of a bifurcation.
NEUTRAL = 1e-6
#: A harmonic below this part of the values is none.
NO_LINE = 1e-7


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
    motion : Motion
        The device under its drive.
    cycle : Cycle
        Its scaled states at evenly spaced times.
    """

    device: DeviceModel
    period: float
    multipliers: ComplexArray
    motion: Motion = field(repr=False)
    cycle: Cycle = field(repr=False)

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

    def _require_free(self) -> None:
        """Refuse what only an orbit has whose phase nothing holds."""

    @functools.cached_property
    def _quantities(self) -> dict[str, FloatArray]:
        return self.motion.known(self.cycle.states)

    def table(self, points: int = 129) -> pd.DataFrame:
        """Voltages, currents, inputs, states and observables over one period.

        Parameters
        ----------
        points : int
            Number of times, the first and the last of the period included.

        Returns
        -------
        pandas.DataFrame
            A row for each time.
        """
        return self._tabulated(whole("points", points, 2))

    def _tabulated(self, points: int) -> pd.DataFrame:
        count = points - 1
        device, functions = self.device, self.motion.functions
        shown = [*functions.voltage_names, *map(str, functions.system.currents), *functions.state_names]
        values = {name: self._quantities[name] for name in (*shown, *functions.observable_names)}
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
        name = next(iter(self.motion.functions.voltage_names)) if quantity is None else quantity
        return np.asarray(self._quantities[known("quantity of the orbit", name, self._quantities)])

    def same(self, other: PeriodicOrbit) -> bool:
        """Whether another one is the same, perhaps with another beginning: by the period and the states' harmonics."""
        if abs(self.period / other.period - 1) > SAME:
            return False
        mine, theirs = (orbit.harmonic_sizes() for orbit in (self, other))
        count = min(len(mine), len(theirs))
        return bool(np.max(np.abs(mine[:count] - theirs[:count])) <= SAME * np.max(mine))

    def harmonic_sizes(self) -> FloatArray:
        """Mean and amplitudes of the harmonics of the scaled states, in rows."""
        found = np.fft.rfft(self.cycle.states, axis=0) / len(self.cycle.states)
        return np.concatenate([found[:1].real, np.abs(found[1:])])

    def warn_of_invalid(self) -> None:
        """Warn if the orbit leaves the range in which the device's model holds."""
        count = len(self.cycle.states)
        warn_of_invalid_states(self.device, self._quantities, self.period * np.arange(count) / count)

    def spectrum(self, frequency: ArrayLike, temperature: float, quantity: str | None = None) -> pd.DataFrame:
        r"""Spectral density of a quantity with the noise of a temperature.

        The harmonics are lines of the width :math:`2\pi k^2 f_0^2 c`, which hold their power; beside them is the noise
        of the modes in which deviations decay, with its correlation to the phase, and the noise of the branch's current
        itself; see :mod:`synaspice.devices.simulation.orbits.spectrum`.

        Parameters
        ----------
        frequency : array_like
            Frequencies. [Hz]
        temperature : float
            Temperature of the noises. [K]
        quantity : str, optional
            A voltage, a current, a state or an observable; default: the current of the driven branch, or its voltage if
            the source imposes the current.

        Returns
        -------
        pandas.DataFrame
            Columns ``frequency`` [Hz], ``phase_noise``, ``amplitude_noise``, ``electrical_noise`` and their sum,
            ``noise``: one-sided densities, in the square of the quantity's unit per hertz. ``attrs`` has the
            ``carrier``: the frequency of the first line with the shift that noise gives it. [Hz]

        Warns
        -----
        ValidityWarning
            If the noise is not weak.

        Raises
        ------
        ParameterError
            If the orbit is not stable, the device jumps between levels (telegraph noise), or an argument makes no
            sense.
        UnknownNameError
            If there is no such quantity.
        """
        self._require_free()
        kelvin = positive("temperature", temperature, "K")
        grid = reals("frequencies", frequency, "Hz")
        if not np.all(grid > 0):
            raise ParameterError("frequencies must be positive and finite")
        if not self.stable:
            raise ParameterError("deviations from this orbit grow: it has no spectrum")
        if self.jumps(kelvin):
            raise ParameterError(f"the current of {self.device.model_name()} jumps (telegraph noise): use trajectories")
        branch = list(self.device.branches().values())[self.motion.request.branch]
        own = branch.name if self.motion.request.by_current else branch.current
        name = known("quantity of the orbit", own if quantity is None else quantity, self._quantities)
        self._warn_of_strong(kelvin)
        noisy = self.noisy(kelvin)
        phase, amplitude = noisy.correlation(self.values(name), slopes_along(self.motion, self.cycle, name))
        parts = {
            "phase_noise": (phase.density(grid), "the lines, widened by the diffusion of the phase"),
            "amplitude_noise": (amplitude.density(grid), "deviations that decay, and their correlation to the phase"),
            "electrical_noise": (electrical_density(noisy, grid, name), "the branch's own noise"),
        }
        unit = f"({column_information(self.device).get(name, ('1', ''))[0]})^2/Hz"
        columns: dict[str, Column] = {"frequency": (grid, "Hz", "frequency")}
        columns |= {
            part: (values, unit, f"one-sided density of {name}: {what}") for part, (values, what) in parts.items()
        }
        total = sum((values for values, _ in parts.values()), np.zeros(len(grid)))
        columns["noise"] = (total, unit, f"one-sided density of {name}")
        return device_table(self.device, columns, temperature=kelvin, carrier=noisy.frequency)

    def phase_noise(
        self, offset: ArrayLike, temperature: float, quantity: str | None = None, harmonic: int = 1
    ) -> pd.DataFrame:
        r"""Noise of the phase and of the amplitude of a line of a quantity, at offsets from it.

        In first order of weak noise of the states; close to the line :math:`S_\phi = \Delta f / (\pi f^2)` with its
        width :math:`\Delta f`, and :math:`\mathcal L(f) = S_\phi / 2`. See
        :mod:`synaspice.devices.simulation.orbits.sidebands`.

        Parameters
        ----------
        offset : array_like
            Offsets from the line, below half its frequency. [Hz]
        temperature : float
            Temperature of the noises. [K]
        quantity : str, optional
            A voltage, a current, a state or an observable; default: the voltage of the first branch.
        harmonic : int
            Which of its lines: a harmonic of the orbit's frequency.

        Returns
        -------
        pandas.DataFrame
            Columns ``offset`` [Hz], ``phase_noise`` [rad^2/Hz] and ``amplitude_noise``, of the relative amplitude
            [1/Hz]: one-sided densities.

        Warns
        -----
        ValidityWarning
            If the noise is not weak.

        Raises
        ------
        ParameterError
            If the orbit is not stable, the quantity has no such line, or an argument makes no sense.
        UnknownNameError
            If there is no such quantity.
        """
        self._require_free()
        kelvin = positive("temperature", temperature, "K")
        grid = reals("offsets", offset, "Hz")
        if not np.all((grid > 0) & (grid < 0.5 * self.frequency)):
            raise ParameterError(f"offsets must be positive and below half the frequency, {0.5 * self.frequency:g} Hz")
        if not self.stable:
            raise ParameterError("deviations from this orbit grow: it has no line")
        values = self.values(quantity)
        order = whole("harmonic", harmonic, 1)
        if self.harmonics(quantity, order)[order] <= NO_LINE * np.max(np.abs(values), initial=0.0):
            raise ParameterError(
                f"{quantity or 'the voltage'} does not oscillate with {order} times the orbit's frequency"
            )
        self._warn_of_strong(kelvin)
        name = next(iter(self.motion.functions.voltage_names)) if quantity is None else quantity
        slopes = slopes_along(self.motion, self.cycle, name)
        phase, amplitude = sideband_noise(self.motion, self.cycle, values, slopes, order, grid, kelvin)
        columns: dict[str, Column] = {
            "offset": (grid, "Hz", "offset from the line"),
            "phase_noise": (2 * phase, "rad^2/Hz", f"one-sided density of the phase of {name}"),
            "amplitude_noise": (2 * amplitude, "1/Hz", f"one-sided density of the relative amplitude of {name}"),
        }
        return device_table(self.device, columns, temperature=kelvin)

    def broadening(self, temperature: float) -> float:
        r"""How much wider the line is than by the noise along the orbit alone: :math:`1 + \nu^2` of a circular orbit.

        Parameters
        ----------
        temperature : float
            Temperature of the noises of the states. [K]
        """
        self._require_free()
        return broadening(self.motion, self.cycle, positive("temperature", temperature, "K"))

    def jumps(self, temperature: float) -> bool:
        """Whether telegraph processes act on the current of the first branch, which no spectrum here has."""
        strengths = telegraph_strengths(
            self.device,
            [self._quantities[name][0] for name in self.motion.functions.voltage_names],
            [self._quantities[name][0] for name in self.motion.names],
            self.motion.parameters,
            temperature,
        )
        return bool(np.any(strengths > 0))

    def noisy(self, temperature: float) -> NoisyOrbit:
        """What the noises of the states make of the orbit at a temperature [K]."""
        self._require_free()
        return NoisyOrbit(self.motion, self.cycle, temperature)

    def sensitivity(self) -> FloatArray:
        """What a deviation of a state adds to the time: perturbation projection vector, (N, states) [s / unit]."""
        self._require_free()
        return np.asarray(projection(self.motion, self.cycle) / self.motion.scales)

    def phase_diffusion(self, temperature: float) -> float:
        """Constant c of the diffusion of the time shift, whose variance is c t [s].

        Parameters
        ----------
        temperature : float
            Temperature of the noises of the states. [K]
        """
        self._require_free()
        return diffusion(self.motion, self.cycle, positive("temperature", temperature, "K"))

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
        self._warn_of_strong(temperature)
        return self.weak_linewidth(temperature)[0]

    def _warn_of_strong(self, temperature: float) -> None:
        if not self.weak_linewidth(temperature)[1]:
            warn_user(
                f"the noise at {temperature:g} K is not weak: the phase is lost nearly as fast as deviations decay",
                ValidityWarning,
            )

    def weak_linewidth(self, temperature: float) -> tuple[float, bool]:
        """The same, and whether noise is weak: against trajectories it is then right to a tenth."""
        width = 2 * np.pi * self.frequency**2 * self.phase_diffusion(temperature)
        return width, bool(np.pi * width < WEAK * self.relaxation_rate)


def orbit_of(motion: Motion, cycle: Cycle) -> PeriodicOrbit:
    """The orbit of a cycle that was found, with its multipliers."""
    found = multipliers(motion, cycle)
    trivial = int(np.argmin(np.abs(found - 1)))
    return PeriodicOrbit(motion.device, cycle.period, np.delete(found, trivial), motion, cycle)
