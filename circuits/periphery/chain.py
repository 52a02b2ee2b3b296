"""From codes to codes: converters and amplifiers around any crossbar."""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from ...devices.language.checks import instance, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ..crossbars.crossbar import Crossbar
from .amplifiers import TIA
from .converters import ADC, DAC, not_negative

#: Bits by which outputs settle closer than half of a step of the range, by default.
MARGIN_BITS = 1


@dataclass(frozen=True)
class Product:
    """A product of a vector, or of many, with the matrix of a crossbar, as the periphery sees it.

    Attributes
    ----------
    codes : ndarray
        Codes of the converters, shape (M,) or (K, M).
    voltages : ndarray
        Voltages at their inputs, settled so far, with the amplifiers' noise. [V]
    currents : ndarray
        Currents that the codes stand for. [A]
    clipped : ndarray of bool
        Where the amplifier or the converter was driven beyond its range.
    """

    codes: NDArray[np.int64]
    voltages: FloatArray
    currents: FloatArray
    clipped: np.ndarray


@dataclass(frozen=True)
class Periphery:
    r"""A converter for every word line, an amplifier for every bit line, and converters behind those.

    Every product begins with all lines at 0 V. After the settling time t the output has come to the share

    .. math:: 1 - \frac{\tau_1 e^{-t / \tau_1} - \tau_2 e^{-t / \tau_2}}{\tau_1 - \tau_2}

    of its final value, with the time constants of driver and amplifier; wires settle at once.

    Attributes
    ----------
    dac : DAC
        The converters of the word lines.
    tia : TIA
        The amplifiers of the bit lines.
    adc : ADC
        The converters behind them.
    settling_time : float, optional
        When they sample; default: when a quarter of a step of the range is left. [s]
    temperature : float
        Temperature of the thermal noise. [K]
    shared : int
        Bit lines that share a converter, one after the other.

    Raises
    ------
    ParameterError
        If a part is none, or a value makes no sense.
    """

    dac: DAC
    tia: TIA
    adc: ADC
    settling_time: float | None = None
    temperature: float = 300.0
    shared: int = 1

    def __post_init__(self) -> None:
        instance("dac", self.dac, DAC)
        instance("tia", self.tia, TIA)
        instance("adc", self.adc, ADC)
        not_negative("temperature", self.temperature, "K")
        whole("shared", self.shared, 1)
        if self.settling_time is None:
            object.__setattr__(self, "settling_time", self._settled_within(self.adc.bits + 1 + MARGIN_BITS))
        positive("settling_time", self.settling_time, "s")

    @classmethod
    def fitted(
        cls,
        crossbar: Crossbar,
        *,
        input_bits: int = 8,
        output_bits: int = 8,
        read_voltage: float = 0.1,
        signed: bool = False,
        output_range: float = 1.0,
        bandwidth: float = 1e8,
        temperature: float = 300.0,
        shared: int = 1,
    ) -> Self:
        """Periphery whose range is the largest current that a bit line of a crossbar can carry, its wires aside.

        Parameters
        ----------
        crossbar : Crossbar
            The crossbar.
        input_bits, output_bits : int
            Bits of the converters of word lines and of bit lines.
        read_voltage : float
            Voltage of the largest input. [V]
        signed : bool
            Whether inputs, and so outputs, are of either sign.
        output_range : float
            Largest voltage of the amplifiers' outputs and of the converters. [V]
        bandwidth, temperature, shared
            Of the amplifiers [Hz], of the noise [K], and as of the class.
        """
        instance("the crossbar", crossbar, Crossbar)
        dac = DAC(input_bits, read_voltage, signed)
        top = positive("output_range", output_range, "V")
        adc = ADC(output_bits, -top if signed else 0.0, top)
        most = float(np.max(crossbar.network.conductance.sum(axis=0))) * dac.full_scale
        # The last code stands a step below the range.
        tia = TIA((top - adc.step) / most, bandwidth, largest=top)
        return cls(dac, tia, adc, temperature=temperature, shared=shared)

    @property
    def product_time(self) -> float:
        """Time of a product: settling, then one conversion after the other [s]."""
        assert self.settling_time is not None
        return self.settling_time + self.shared * self.adc.conversion_time

    def settled(self, time: float) -> float:
        """Share of its final value to which an output has come after a time [s]."""
        t = not_negative("time", time, "s")
        x = t / self._slower
        return -math.expm1(-x) if self._ratio == 0 else 1 - self._left(x)

    @property
    def _slower(self) -> float:
        """The longer one of the two time constants [s]."""
        return max(self.dac.time_constant, self.tia.time_constant)

    @property
    def _ratio(self) -> float:
        """The shorter time constant over the longer one."""
        return min(self.dac.time_constant, self.tia.time_constant) / self._slower

    def _left(self, x: float) -> float:
        """What is left to settle, of the final value, after a time over the longer time constant."""
        ratio = self._ratio
        if ratio == 0:
            return math.exp(-x)
        if 1 - ratio < 1e-6:
            return (1 + x) * math.exp(-x)
        return (math.exp(-x) - ratio * math.exp(-x / ratio)) / (1 - ratio)

    def _settled_within(self, bits: int) -> float:
        """Time after which 2^-bits of the final value is left [s]."""
        part = bits * math.log(2)
        if self._ratio == 0:
            return part * self._slower
        # Two equal time constants settle last: (1 + x) e^-x < 2 e^(-x / 2).
        return self._slower * float(brentq(lambda x: math.log(self._left(x)) + part, 0.0, 2 * (part + math.log(2))))

    def loaded(self, crossbar: Crossbar) -> Crossbar:
        """The crossbar with the amplifiers' input resistance at the ends of its bit lines."""
        instance("the crossbar", crossbar, Crossbar)
        if self.tia.input_resistance == 0:
            return crossbar
        return dataclasses.replace(crossbar, sense_resistance=crossbar.sense_resistance + self.tia.input_resistance)

    def output_noise(self, crossbar: Crossbar) -> FloatArray:
        """Standard deviation of the amplifiers' outputs of a crossbar, shape (M,) [V]."""
        return self.tia.output_noise(bit_line_conductance(crossbar), self.temperature)

    def product(self, crossbar: Crossbar, codes: ArrayLike, *, method: str = "linear", seed: int | None = 0) -> Product:
        """Multiply codes by the conductances of a crossbar, with all that the periphery does to them.

        Parameters
        ----------
        crossbar : Crossbar
            The crossbar, of any cells and wires.
        codes : array_like of int
            Codes of the inputs, shape (N,) or (K, N).
        method : str
            As of :meth:`Crossbar.output`.
        seed : int, optional
            Seed of the noise of converters and amplifiers; None: without.

        Raises
        ------
        ParameterError
            If codes are not those of the converter, or not one per word line.
        """
        generator = None if seed is None else np.random.default_rng(whole("seed", seed, 0))
        volts = self.dac.voltages(codes, generator)
        if volts.ndim not in (1, 2) or volts.shape[-1] != instance("the crossbar", crossbar, Crossbar).shape[0]:
            n = crossbar.shape[0]
            raise ParameterError(f"codes must be of shape ({n},) or (any, {n}), one per word line, not {volts.shape}")
        assert self.settling_time is not None
        final = self.tia.transimpedance * self.loaded(crossbar).output(volts, method=method)
        beyond = np.abs(final) > self.tia.largest
        seen = self.settled(self.settling_time) * np.clip(final, -self.tia.largest, self.tia.largest)
        if generator is not None:
            seen = seen + self.output_noise(crossbar) * generator.standard_normal(seen.shape)
        found = self.adc.codes(seen, generator)
        half = self.adc.step / 2
        beyond |= (seen < self.adc.low - half) | (seen >= self.adc.high - half)
        return Product(found, seen, self.adc.voltages(found) / self.tia.transimpedance, beyond)


@functools.lru_cache(maxsize=8)
def bit_line_conductance(crossbar: Crossbar) -> FloatArray:
    """Conductance between the end of each bit line and grounded sources, cells as at 0 V, shape (M,) [S].

    Sensing resistors are in series with it, floating lines have none.
    """
    n, m = instance("the crossbar", crossbar, Crossbar).shape
    found = np.zeros(m)
    if not any(line.segment > 0 or np.any(line.ends > 0) for line in crossbar.lines):
        found += crossbar.network.conductance.sum(axis=0)
    else:
        for j in range(m):
            ends = np.zeros(m)
            ends[j] = 1.0
            found[j] = -crossbar.network.solve(np.zeros(n), ends).bit_current[j]
    found.setflags(write=False)
    return found
