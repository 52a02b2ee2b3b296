r"""Errors of conductances in a crossbar: programming error, read noise and drift as functions of the conductance.

Simulators of analog matrix products, such as CrossSim and aihwkit, need them of a device; see
:mod:`~synaspice.devices.targets.frameworks.crossbar_adapters`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..language.checks import known, positive, real, whole
from ..language.errors import ParameterError
from ..language.waveforms.shapes import FloatArray
from .operating_points.static import evaluate_static

if TYPE_CHECKING:
    from ..core.base import DeviceModel
    from ..core.variability import Distribution

#: Rounding by which a conductance may lie outside the range.
ROUNDING = 1e-9


def _nothing(conductance: FloatArray) -> FloatArray:
    return np.zeros_like(conductance)


def _quiet(conductance: FloatArray, time: FloatArray) -> FloatArray:
    return np.zeros(np.broadcast_shapes(np.shape(conductance), np.shape(time)))


@dataclass(frozen=True)
class ConductanceErrors:
    r"""Statistics of the conductances of one kind of device.

    .. math::

        G_\mathrm{prog} &= G + \sigma_\mathrm{prog}(G)\,\zeta_1, \quad
        G(t) = \left[G_\infty + (G_\mathrm{prog} - G_\infty)\, e^{-t/\tau}\right]
        \left(1 + \frac{t}{t_0}\right)^{-|\mu_\nu(G) + \sigma_\nu(G)\,\zeta_2|} \\
        G_\mathrm{read} &= G(t)\,[1 + \sigma_\mathrm{read}(G, t)\,\zeta_3], \quad
        \zeta \sim \mathcal N(0, 1)

    Attributes
    ----------
    smallest, largest : float
        Range of target conductances for which the statistics hold. [S]
    programming : callable
        Standard deviation of what programming reaches [S], of the target [S].
    exponent_mean, exponent_spread : callable
        Mean and standard deviation of the drift exponent, of the target [S].
    read : callable
        Relative standard deviation of a read, of the target [S] and the time [s].
    first_read : float
        Time t_0 of the first read after programming, from which times count. [s]
    source : str
        Where the statistics come from.
    relaxed : float
        Conductance to which all relax. [S]
    relaxation_time : float
        Time constant of that; infinite: they do not. [s]
    """

    smallest: float
    largest: float
    programming: Callable[[FloatArray], FloatArray] = _nothing
    exponent_mean: Callable[[FloatArray], FloatArray] = _nothing
    exponent_spread: Callable[[FloatArray], FloatArray] = _nothing
    read: Callable[[FloatArray, FloatArray], FloatArray] = _quiet
    first_read: float = 1.0
    source: str = ""
    relaxed: float = 0.0
    relaxation_time: float = math.inf

    def __post_init__(self) -> None:
        if not 0 <= self.smallest < self.largest < math.inf:
            raise ParameterError(
                f"the range of conductances must be positive, not {self.smallest:g} S to {self.largest:g} S"
            )
        positive("first_read", self.first_read, "s")
        positive("relaxation_time", self.relaxation_time, "s", infinite=True)
        if real("relaxed", self.relaxed, "S") < 0:
            raise ParameterError(f"relaxed must not be negative, not {self.relaxed:g} S")

    def checked(self, conductance: ArrayLike) -> FloatArray:
        """Target conductances [S], if they are in the range.

        Raises
        ------
        ParameterError
            If one is not.
        """
        values = np.asarray(conductance, dtype=float)
        margin = ROUNDING * self.largest
        if not np.all((values >= self.smallest - margin) & (values <= self.largest + margin)):
            raise ParameterError(
                f"conductances from {np.min(values):g} S to {np.max(values):g} S go beyond the range in which these "
                f"statistics hold, {self.smallest:g} S to {self.largest:g} S"
            )
        return np.asarray(np.clip(values, self.smallest, self.largest))

    def programming_error(self, conductance: ArrayLike) -> FloatArray:
        """Standard deviation of the conductance that programming to targets [S] reaches. [S]."""
        return self.programming(self.checked(conductance))

    def drift_exponent(self, conductance: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the drift exponent of devices programmed to targets [S]."""
        targets = self.checked(conductance)
        return self.exponent_mean(targets), self.exponent_spread(targets)

    def drift(self, conductance: ArrayLike, time: ArrayLike, exponent: ArrayLike | None = None) -> FloatArray:
        """Conductance [S] at times [s] after the first read, of programmed ones; by default with mean exponents."""
        values = np.asarray(conductance, dtype=float)
        nu = self.drift_exponent(values)[0] if exponent is None else np.asarray(exponent, dtype=float)
        elapsed = _elapsed(time)
        left = values + (self.relaxed - values) * -np.expm1(-elapsed / self.relaxation_time)
        return np.asarray(left * np.exp(-nu * np.log1p(elapsed / self.first_read)))

    def read_noise(self, conductance: ArrayLike, time: ArrayLike = 0.0) -> FloatArray:
        """Standard deviation over the conductance of reads at times [s] after the first, of devices of targets [S]."""
        return self.read(self.checked(conductance), _elapsed(time))

    # --- samples ----------------------------------------------------------------------------

    def draw_programmed(self, conductance: ArrayLike, generator: np.random.Generator) -> FloatArray:
        """Draw the conductances that programming to targets [S] reaches; none is negative. [S]."""
        targets = self.checked(conductance)
        return np.maximum(targets + self.programming(targets) * generator.standard_normal(targets.shape), 0.0)

    def draw_exponents(self, conductance: ArrayLike, generator: np.random.Generator) -> FloatArray:
        """Draw drift exponents of devices programmed to targets [S]; a negative one counts as positive."""
        mean, spread = self.drift_exponent(conductance)
        return np.asarray(np.abs(mean + spread * generator.standard_normal(np.shape(mean))))

    def draw_read(
        self,
        drifted: ArrayLike,
        target: ArrayLike,
        time: float,
        generator: np.random.Generator,
        *,
        noise: FloatArray | None = None,
    ) -> FloatArray:
        """Draw reads at a time [s] of conductances as drifted [S], of devices programmed to targets [S]. [S].

        ``noise`` is what :meth:`read_noise` says of these targets and this time, for those who read often.
        """
        values = np.asarray(drifted, dtype=float)
        deviation = self.read_noise(target, time) if noise is None else noise
        relative = deviation * generator.standard_normal(values.shape)
        return np.maximum(values * (1 + relative), 0.0)

    def sample(
        self, conductance: ArrayLike, time: float, generator: np.random.Generator, *, read: bool = True
    ) -> FloatArray:
        """Draw conductances [S] of devices programmed to targets [S], at a time [s] after the first read.

        ``read`` says whether the noise of a read is in.
        """
        programmed = self.draw_programmed(conductance, generator)
        drifted = self.drift(programmed, time, self.draw_exponents(conductance, generator))
        return self.draw_read(drifted, conductance, time, generator) if read else drifted


def _elapsed(time: ArrayLike) -> FloatArray:
    values = np.asarray(time, dtype=float)
    if not np.all((values >= 0) & np.isfinite(values)):
        raise ParameterError(f"times must be finite and not before the first read, not {time!r} s")
    return values


def chord_conductance(device: DeviceModel, branch: str, voltage: float) -> float:
    """Current over voltage of a branch in the initial state, at a voltage of it. [S].

    Parameters
    ----------
    device : DeviceModel
        The device.
    branch : str
        Name of the branch.
    voltage : float
        Voltage across it [V]; not 0.
    """
    current = device.branches()[branch].current
    return float(evaluate_static(device, {branch: voltage})[current]) / voltage


def measured_errors(
    device: DeviceModel,
    state: str,
    levels: Sequence[float] | FloatArray,
    distributions: Mapping[str, Distribution],
    *,
    read_voltage: float = 0.1,
    branch: str | None = None,
    bandwidth: tuple[float, float] = (1.0, 1e6),
    temperature: float | None = None,
    devices: int = 500,
    seed: int = 0,
) -> ConductanceErrors:
    """Measure the errors of devices that vary, and whose current is noisy.

    The programming error is the spread, from device to device, of the chord conductance in states that would give the
    nominal device its conductance; the read noise is that of the current, in the bandwidth of the read. Between the
    levels both are interpolated in the conductance. There is no drift.

    Parameters
    ----------
    device : DeviceModel
        The nominal device.
    state : str
        Parameter of the initial state, which sets the conductance.
    levels : array_like
        Its values, two or more.
    distributions : mapping
        Distributions, by the name of the parameter; see :mod:`synaspice.devices.core.variability`.
    read_voltage : float
        Voltage of a read. [V]
    branch : str, optional
        Branch that is read; default: the first.
    bandwidth : tuple of float
        Lowest and highest frequency of the noise in a read. [Hz]
    temperature : float, optional
        Temperature of the surroundings and of the noise [K]; default: that of the device.
    devices : int
        Number of devices in the sample.
    seed : int
        Seed of the sample.
    """
    from ..core.variability import sample
    from .ensembles.noisy_trajectories import in_surroundings
    from .operating_points.noise import electrical_noise

    device, kelvin = in_surroundings(device, temperature)
    known(f"parameter of {device.model_name()}", state, device.values)
    low, high = bandwidth
    positive("the lowest frequency of the bandwidth", low, "Hz")
    if not low < high < math.inf:
        raise ParameterError(f"the bandwidth must be from a lower to a higher frequency, not {low:g} Hz to {high:g} Hz")
    branches = device.branches()
    read = branches[known(f"branch of {device.model_name()}", branch or next(iter(branches)), branches)]

    def chord(one: DeviceModel) -> float:
        return chord_conductance(one, read.name, read_voltage)

    sampled = sample(device, distributions, whole("devices", devices, 2), seed)
    rows: list[tuple[float, float, float]] = []
    for level in np.asarray(levels, dtype=float).tolist():
        nominal = device.replace(**{state: level})
        spread = float(np.std([chord(one.replace(**{state: level})) for one in sampled], ddof=1))
        white, flicker = electrical_noise(nominal, read.name, {read.name: read_voltage}, kelvin)
        noise = math.sqrt(float(white) * (high - low) + float(flicker) * math.log(high / low))
        conductance = chord(nominal)
        rows.append((conductance, spread, noise / (conductance * read_voltage)))
    rows.sort()
    g, spreads, noises = np.array(rows).T
    if len(g) < 2 or not np.all(np.diff(g) > 0):
        raise ParameterError("the levels must be two or more, of different conductances")

    whose = f"{devices} devices {device!r}, {', '.join(distributions)} varied" if distributions else repr(device)

    def interpolated(values: FloatArray) -> Callable[..., FloatArray]:
        return lambda conductance, *_: np.asarray(np.interp(conductance, g, values))

    return ConductanceErrors(
        float(g[0]),
        float(g[-1]),
        programming=interpolated(spreads),
        read=interpolated(noises),
        source=f"{whose}, noise of the current from {low:g} to {high:g} Hz",
    )


def errors_of(device: DeviceModel) -> ConductanceErrors:
    """The statistics that a device declares; see :meth:`CompactModel.conductance_errors`."""
    made: Any = getattr(device, "declared_errors", None)
    if made is None:
        raise ParameterError(
            f"{device.model_name()} declares no statistics of its conductance: measure them with "
            "synaspice.devices.simulation.conductance_errors.measured_errors"
        )
    result: ConductanceErrors = made()
    return result
