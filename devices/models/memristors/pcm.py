"""Phase-change memory: crystallisation and melting by Joule heat, drift, telegraph noise, published statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ...core.offers import offers
from ...core.protocols import Drift, PulseVoltages, Sweep
from ...core.system import within
from ...language.declarations.declaration import Auxiliary, Branch, Derived, Observable, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.functions import limexp, ramp
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray
from ...model import CompactModel
from ...physics import pcm_statistics as statistics
from ...physics.pcm_statistics import ClippedLogarithm, ReadNoise
from ...simulation.conductance_errors import ConductanceErrors
from .fluctuations import TrapNoise


class PhaseChangeMemory(CompactModel):
    r"""Phase-change memory cell that crystallises, melts and drifts.

    With the crystalline fraction :math:`x` and the logarithmic age :math:`\lambda = \ln(1 + t / t_0)` since the first
    read,

    .. math::

        i &= v \left[(1 - s)\,G + s / R_p\right], \qquad
        G = \left[G_\mathrm{min} + (G_\mathrm{max} - G_\mathrm{min})\,x\right] e^{-\nu \lambda} (1 - a n) \\
        \dot x &= s \left[\frac{1 - x}{\tau_c} \exp\left\{-\left(\frac{T - T_c}{W}\right)^2\right\} -
        \frac{x}{\tau_m}\,\mathrm{s}\left(\frac{T - T_m}{W_m}\right)\right], \qquad T = T_a + R_\mathrm{th}\, v i \\
        \dot \lambda &= (1 - s)\,\frac{e^{-\lambda}}{t_0} - s\,\frac{\lambda}{\tau_d}, \qquad
        s = \mathrm{s}\left(\frac{|v| - V_\mathrm{th}}{W_v}\right)

    where :math:`\mathrm{s}(y)` is a smooth step, 0 up to :math:`y = -1/2` and 1 from :math:`y = 1/2`, so that a read
    leaves the device as it is. Beyond the threshold voltage the amorphous region conducts and the cell is the
    programming resistance :math:`R_p`, heated through the thermal resistance :math:`R_\mathrm{th}`. Pulses near the
    temperature :math:`T_c` of fastest crystallisation each crystallise a part of the amorphous rest (SET,
    accumulative); pulses beyond the melting temperature :math:`T_m` amorphise (RESET). Every programming pulse starts
    the drift :math:`G \propto (1 + t/t_0)^{-\nu}` anew. The mean drift exponent falls with :math:`\ln G` within limits;
    a device lies ``drift_deviation`` standard deviations off it. A trap of occupation :math:`n` makes telegraph noise
    of the relative amplitude :math:`a`; the amorphous region has the read noise of the published statistics, a 1/f
    noise :math:`S_I f = Q^2 I^2` with :math:`Q = \min(0.0088\, g^{-0.65}, 0.2)`, beside that of every conductor.

    Programming here is the simplest behaviour that has these traits, not a model of the cell's geometry: one
    temperature without heat capacity, first-order kinetics. The statistics of programming, drift and reading are
    those of :mod:`~synaspice.devices.physics.pcm_statistics`.

    References
    ----------
    V. Joshi et al., "Accurate deep neural network inference using computational phase-change memory", Nat. Commun. 11,
    2473 (2020), doi:10.1038/s41467-020-16108-9.
    """

    symbol = "phase-change"
    label = "Phase-change memory cell"
    reference = "V. Joshi et al., Nat. Commun. 11, 2473 (2020)"
    doi = "10.1038/s41467-020-16108-9"
    time_scale = "pulse_time"

    voltage = Branch("p", "n", "voltage across the cell")

    conductance_max = Parameter(30e-6, "S", "conductance when fully crystalline, at the first read", (1e-9, 1.0))
    conductance_min = Parameter(0.1e-6, "S", "conductance when fully amorphous, at the first read", (1e-12, 1.0))
    programming_resistance = Parameter(5e3, "ohm", "resistance above the threshold voltage", (1.0, 1e9))
    threshold_voltage = Parameter(0.8, "V", "voltage above which the amorphous region conducts", (1e-3, 100.0))
    threshold_width = Parameter(0.1, "V", "width of the transition at the threshold", (1e-4, 10.0))
    ambient_temperature = Parameter(300.0, "K", "temperature without heating", (1.0, 1000.0))
    thermal_resistance = Parameter(2e6, "K/W", "heating per electrical power", (1.0, 1e9))
    crystallization_temperature = Parameter(720.0, "K", "temperature of fastest crystallisation", (100.0, 5000.0))
    crystallization_width = Parameter(100.0, "K", "width W of the temperature window", (1.0, 1000.0), difference=True)
    crystallization_time = Parameter(100e-9, "s", "time constant of crystallisation at its fastest", (1e-12, 1.0))
    melting_temperature = Parameter(873.0, "K", "temperature of melting", (100.0, 5000.0))
    melting_width = Parameter(50.0, "K", "width of the transition at melting", (0.1, 1000.0), difference=True)
    melting_time = Parameter(5e-9, "s", "time constant of melting", (1e-13, 1.0))
    drift_reset_time = Parameter(2e-9, "s", "time constant with which programming ends the drift", (1e-13, 1.0))
    drift_time = Parameter(statistics.FIRST_READ, "s", "time t_0 of the first read after programming", (1e-9, 1e9))
    drift_slope = Parameter(statistics.DRIFT_MEAN.slope, "1", "slope of the mean exponent over ln g", (-1.0, 1.0))
    drift_offset = Parameter(statistics.DRIFT_MEAN.offset, "1", "mean drift exponent at g = 1", (-1.0, 1.0))
    drift_smallest = Parameter(statistics.DRIFT_MEAN.smallest, "1", "smallest mean drift exponent", (0.0, 1.0))
    drift_largest = Parameter(statistics.DRIFT_MEAN.largest, "1", "largest mean drift exponent", (0.0, 1.0))
    spread_slope = Parameter(statistics.DRIFT_SPREAD.slope, "1", "slope of its spread over ln g", (-1.0, 1.0))
    spread_offset = Parameter(statistics.DRIFT_SPREAD.offset, "1", "its spread at g = 1", (-1.0, 1.0))
    spread_smallest = Parameter(statistics.DRIFT_SPREAD.smallest, "1", "its smallest spread", (0.0, 1.0))
    spread_largest = Parameter(statistics.DRIFT_SPREAD.largest, "1", "its largest spread", (0.0, 1.0))
    drift_deviation = Parameter(0.0, "1", "standard deviations by which the exponent is off", (-100.0, 100.0))
    conductance_reference = Parameter(
        statistics.REFERENCE_CONDUCTANCE, "S", "largest target conductance, g = G / this", (1e-9, 1.0)
    )
    read_noise_amplitude = Parameter(
        statistics.READ_NOISE.amplitude, "1", "relative 1/f noise of reads at g = 1, root of S_I f / I^2", (0.0, 1.0)
    )
    read_noise_exponent = Parameter(statistics.READ_NOISE.exponent, "1", "how fast it rises as g falls", (0.0, 5.0))
    read_noise_largest = Parameter(statistics.READ_NOISE.largest, "1", "largest relative 1/f noise", (0.0, 1.0))
    fluctuations = Part(TrapNoise, "")
    initial_state = Parameter(0.5, "1", "crystalline fraction at t = 0", (0.0, 1.0))
    initial_age = Parameter(0.0, "s", "time since the first read at t = 0", (0.0, 1e12))

    pulse_time = Derived("s", "geometric mean of the times of crystallisation and melting")

    x = State("1", "crystalline fraction", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    log_age = State(
        "1", "ln(1 + t / t_0), t since the first read", initial=lambda s: sp.log(1 + s.initial_age / s.drift_time)
    )
    programming = Auxiliary("1", "smooth step s: 0 while reading, 1 while programming")
    drift_factor = Auxiliary("1", "conductance over that at the first read")
    heated = Auxiliary("K", "temperature of the cell", scale=1e3)
    conductance = Observable("S", "conductance at small voltages")
    drift_exponent = Observable("1", "drift exponent")
    cell_temperature = Observable("K", "temperature of the cell")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        def clip(value: Any, low: Any, high: Any) -> Any:
            return within(value, (low, high))

        programmed = s.conductance_min + (s.conductance_max - s.conductance_min) * s.x
        relative = programmed / s.conductance_reference
        mean = ClippedLogarithm(s.drift_slope, s.drift_offset, s.drift_smallest, s.drift_largest)
        spread = ClippedLogarithm(s.spread_slope, s.spread_offset, s.spread_smallest, s.spread_largest)
        exponent = ramp(mean(relative, sp.log, clip) + s.drift_deviation * spread(relative, sp.log, clip))
        conductance = programmed * s.drift_factor * TrapNoise.share(s)
        size = ramp(s.voltage) + ramp(-s.voltage)
        on = s.programming
        total = (1 - on) * conductance + on / s.programming_resistance
        current = s.voltage * total
        read_noise = ReadNoise(s.read_noise_amplitude, s.read_noise_exponent, s.read_noise_largest)
        distance = (s.heated - s.crystallization_temperature) / s.crystallization_width
        growth = (1 - s.x) / s.crystallization_time * sp.exp(-(distance**2))
        melting = s.x / s.melting_time * _smooth_step((s.heated - s.melting_temperature) / s.melting_width)
        return {
            "pulse_time": sp.sqrt(s.crystallization_time * s.melting_time),
            "current": current,
            "dx/dt": on * (growth - melting),
            "dlog_age/dt": (1 - on) * limexp(-s.log_age) / s.drift_time - on * s.log_age / s.drift_reset_time,
            "conductance": conductance,
            "drift_exponent": exponent,
            "cell_temperature": s.heated,
            "programming": _smooth_step((size - s.threshold_voltage) / s.threshold_width),
            "drift_factor": sp.exp(-exponent * s.log_age),
            "heated": s.ambient_temperature + s.thermal_resistance * s.voltage * current,
            # The read noise is that of the amorphous region, which programming takes out of the way.
            **TrapNoise.noise_equations(
                s,
                total,
                s.temperature + s.heated - s.ambient_temperature,
                (1 - on) ** 2 * read_noise(relative, lambda value, most: most - ramp(most - value)) ** 2,
            ),
        }

    def check(self) -> None:
        if self.conductance_min >= self.conductance_max:
            raise ParameterError(
                f"conductance_min = {self.conductance_min:g} S must lie below "
                f"conductance_max = {self.conductance_max:g} S"
            )
        for kind in ("drift", "spread"):
            if self.values[f"{kind}_smallest"] > self.values[f"{kind}_largest"]:
                raise ParameterError(f"{kind}_smallest must not lie above {kind}_largest")

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The crystalline and the amorphous cell, at the first read."""
        return {name: {"initial_state": x, "initial_age": 0.0} for name, x in (("set", 1.0), ("reset", 0.0))}

    def voltage_for(self, temperature: float) -> float:
        """Voltage [V] of a programming pulse that heats the cell to a temperature [K], sqrt((T - T_a) R_p / R_th)."""
        power = (temperature - self.ambient_temperature) / self.thermal_resistance
        return float(np.sqrt(power * self.programming_resistance))

    def default_sweep(self) -> Sweep:
        """A triangle to beyond melting, slow enough to crystallise on the way."""
        amplitude = max(1.2 * self.voltage_for(self.melting_temperature), 2 * self.threshold_voltage)
        return Sweep("voltage", amplitude, 100 * self.crystallization_time, "triangle")

    @offers(PulseVoltages)
    def pulse_voltages(self) -> PulseVoltages:
        """Heat to the temperature of fastest crystallisation, and to that of melting by the sweep's amplitude."""
        return PulseVoltages(
            self.voltage_for(self.crystallization_temperature), float(self.default_sweep().amplitude or 0.0)
        )

    # --- statistics -------------------------------------------------------------------------

    def at_conductance(self, conductance: float) -> Self:
        """Return the same cell programmed to a conductance [S], at the first read.

        Raises
        ------
        ParameterError
            If the cell cannot have that conductance.
        """
        return self.replace(**self._programmed(conductance))

    def _programmed(self, conductance: float) -> dict[str, float]:
        """Parameter values of a cell that has just been programmed to a conductance."""
        fraction = (conductance - self.conductance_min) / (self.conductance_max - self.conductance_min)
        if not -1e-9 <= fraction <= 1 + 1e-9:
            raise ParameterError(
                f"conductance = {conductance:g} S is not between conductance_min = {self.conductance_min:g} S "
                f"and conductance_max = {self.conductance_max:g} S"
            )
        return {"initial_state": min(max(fraction, 0.0), 1.0), "initial_age": 0.0}

    @offers(Drift)
    def suggested_drift(self) -> Drift:
        """The conductance, from the first read on to a year."""
        return Drift(
            "conductance",
            tuple(np.geomspace(1.0, 3.15e7, 31)),
            origin=self.drift_time,
            sample=self.drift_sample,
            read=self.with_read_noise,
        )

    def declared_errors(self) -> ConductanceErrors:
        """The published statistics of programming, drift and reading, with this cell's law of the drift exponent."""
        reference = self.conductance_reference
        mean, spread = self._exponent_laws()
        return ConductanceErrors(
            0.0,
            reference,
            programming=lambda g: statistics.programming_noise(g, reference),
            exponent_mean=lambda g: np.asarray(mean(statistics.relative_conductance(g, reference))),
            exponent_spread=lambda g: np.asarray(spread(statistics.relative_conductance(g, reference))),
            read=self._read_noise,
            first_read=self.drift_time,
            source=self.provenance.citation if self.provenance else self.reference,
        )

    def _exponent_laws(self) -> tuple[ClippedLogarithm, ClippedLogarithm]:
        """Mean and standard deviation of the drift exponent, of the relative conductance."""
        return (
            ClippedLogarithm(self.drift_slope, self.drift_offset, self.drift_smallest, self.drift_largest),
            ClippedLogarithm(self.spread_slope, self.spread_offset, self.spread_smallest, self.spread_largest),
        )

    def drift_sample(self, count: int, generator: np.random.Generator) -> list[dict[str, float]]:
        """Parameter values of cells programmed to this one's conductance, as the programming makes them.

        With programming noise and spread of the drift exponent. Conductances that the noise takes beyond those of the
        cell count as the nearest one it has.
        """
        low, high, reference = self.conductance_min, self.conductance_max, self.conductance_reference
        target = np.full(count, low + (high - low) * self.initial_state)
        mean, spread = self._exponent_laws()
        programmed = np.clip(statistics.program(target, generator, reference), low, high)
        exponent = statistics.draw_drift_exponents(target, generator, reference, mean, spread)
        # The exponent belongs to the target; the cell's own law is that of the conductance it has.
        relative = statistics.relative_conductance(programmed, reference)
        width = spread(relative)
        deviation = np.divide(exponent - mean(relative), width, out=np.zeros(count), where=width > 0)
        return [
            {**self._programmed(g), "drift_deviation": float(d)}
            for g, d in zip(programmed.tolist(), deviation, strict=True)
        ]

    def _read_noise(self, conductance: ArrayLike, time: ArrayLike) -> FloatArray:
        """Relative deviation of reads at a target [S] and a time [s] since the first read, by this cell's law."""
        law = ReadNoise(self.read_noise_amplitude, self.read_noise_exponent, self.read_noise_largest)
        reference, first = self.conductance_reference, self.drift_time
        return statistics.read_noise(conductance, time, reference, first, law=law)

    def with_read_noise(self, values: FloatArray, times: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Conductances as read, from those at the given times: 1/f noise added, none negative.

        The noise is that of cells whose target is this one's conductance, as those of :meth:`drift_samples`.
        """
        target = self.conductance_min + (self.conductance_max - self.conductance_min) * self.initial_state
        deviation = self._read_noise(target, times)
        return np.maximum(values * (1 + deviation * generator.standard_normal(values.shape)), 0.0)


def _smooth_step(y: Any) -> Any:
    """0 up to y = -1/2, 1 from y = 1/2, between them 3 u^2 - 2 u^3 with u = y + 1/2: exactly flat outside."""
    u = within(y + sp.Rational(1, 2), (0, 1))
    return u**2 * (3 - 2 * u)
