r"""Converters by their resolution, range and noise.

An ideal converter of N bits errs by the quantisation alone, uniformly within half a step,

.. math:: \sigma_q = \frac{\Delta}{\sqrt{12}}, \qquad \mathrm{SNDR} = 6.02\,N + 1.76\ \mathrm{dB}

for a sine that fills its range. Energy is counted by R. H. Walden's figure of merit, IEEE J. Sel. Areas Commun. 17, 539
(1999), doi:10.1109/49.761034: so much for every step that the converter resolves,

.. math:: E = F_W\, 2^N
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...devices.language.array_checks import reals
from ...devices.language.checks import flag, positive, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.waveforms.shapes import FloatArray
from .costs import FIGURES

#: Most bits of a converter: codes are exact in floating point, and no converter has more.
MOST_BITS = 24


def sndr_of_bits(bits: float) -> float:
    """Signal over noise and distortion of an ideal converter of so many bits, for a sine of its whole range [dB]."""
    return 20 * real("bits", bits) * math.log10(2) + 10 * math.log10(1.5)


def bits_of_sndr(sndr: float) -> float:
    """Effective number of bits of a converter with a ratio of signal to noise and distortion [dB]."""
    return (real("sndr", sndr, "dB") - 10 * math.log10(1.5)) / (20 * math.log10(2))


@dataclass(frozen=True)
class DAC:
    r"""Converter of codes into the voltages of word lines.

    .. math:: V = V_\mathrm{FS}\, \frac{k}{k_\mathrm{max}}, \qquad k_\mathrm{max} = 2^N - 1

    or :math:`2^{N - 1} - 1` with a sign.

    Attributes
    ----------
    bits : int
        Resolution N.
    full_scale : float
        Voltage of the largest code. [V]
    signed : bool
        Whether there are negative codes.
    noise : float
        Standard deviation of its output. [V]
    time_constant : float
        With which its output comes to a new level. [s]
    energy, area : float, optional
        Of one conversion [J] and one converter [m^2]; default: :data:`~.costs.FIGURES` for each bit.

    Raises
    ------
    ParameterError
        If a value makes no sense.
    """

    bits: int
    full_scale: float
    signed: bool = False
    noise: float = 0.0
    time_constant: float = 0.0
    energy: float | None = None
    area: float | None = None

    def __post_init__(self) -> None:
        whole("bits", self.bits, 2 if flag("signed", self.signed) else 1, MOST_BITS)
        positive("full_scale", self.full_scale, "V")
        not_negative("noise", self.noise, "V")
        not_negative("time_constant", self.time_constant, "s")
        for name, unit in (("energy", "J"), ("area", "m^2")):
            if getattr(self, name) is None:
                object.__setattr__(self, name, FIGURES[f"dac {name}"].value * self.bits)
            not_negative(name, getattr(self, name), unit)

    @property
    def largest(self) -> int:
        """The largest code."""
        return int(2 ** (self.bits - 1 if self.signed else self.bits) - 1)

    @property
    def step(self) -> float:
        """Voltage between neighbouring levels [V]."""
        return self.full_scale / self.largest

    def codes(self, values: ArrayLike) -> NDArray[np.int64]:
        """Codes of numbers from 0, or from -1, to 1; those beyond are clipped."""
        found = reals("values", values, dimensions=None)
        return np.clip(np.rint(found * self.largest), -self.largest if self.signed else 0, self.largest).astype(
            np.int64
        )

    def voltages(self, codes: ArrayLike, generator: np.random.Generator | None = None) -> FloatArray:
        """Voltages of codes, with noise if there is a generator [V].

        Raises
        ------
        ParameterError
            If a code is not one of the converter's.
        """
        given = np.asarray(codes)
        least = -self.largest if self.signed else 0
        if given.dtype.kind not in "iu" or np.any((given < least) | (given > self.largest)):
            raise ParameterError(f"codes must be whole numbers from {least} to {self.largest}, not {shown(codes)}")
        found = self.step * given
        return found if generator is None else found + self.noise * generator.standard_normal(given.shape)


@dataclass(frozen=True)
class ADC:
    r"""Converter of voltages into codes.

    .. math:: k = \left\lfloor \frac{V - V_\mathrm{low}}{\Delta} + \frac{1}{2} \right\rfloor, \qquad
        \Delta = \frac{V_\mathrm{high} - V_\mathrm{low}}{2^N}

    from 0 to :math:`2^N - 1`; voltages beyond are clipped.

    Attributes
    ----------
    bits : int
        Resolution N.
    low, high : float
        Voltage of code 0, and that a step above the last code's. [V]
    noise : float
        Standard deviation at its input, of comparator and sampling. [V]
    conversion_time : float
        Time of one conversion. [s]
    figure_of_merit : float
        Walden's: energy over the number of steps. [J]
    area_per_step : float
        Area over the number of steps. [m^2]

    Raises
    ------
    ParameterError
        If a value makes no sense.
    """

    bits: int
    low: float
    high: float
    noise: float = 0.0
    conversion_time: float = 1e-9
    figure_of_merit: float = FIGURES["adc energy"].value
    area_per_step: float = FIGURES["adc area"].value

    def __post_init__(self) -> None:
        whole("bits", self.bits, 1, MOST_BITS)
        if not real("low", self.low, "V") < real("high", self.high, "V"):
            raise ParameterError(f"low = {self.low:g} V must lie below high = {self.high:g} V")
        not_negative("noise", self.noise, "V")
        positive("conversion_time", self.conversion_time, "s")
        not_negative("figure_of_merit", self.figure_of_merit, "J")
        not_negative("area_per_step", self.area_per_step, "m^2")

    @property
    def largest(self) -> int:
        """The largest code."""
        return int(2**self.bits - 1)

    @property
    def step(self) -> float:
        """Voltage of a step [V]."""
        return float((self.high - self.low) / 2**self.bits)

    @property
    def quantisation_noise(self) -> float:
        """Standard deviation of the quantisation error [V]."""
        return self.step / math.sqrt(12)

    @property
    def energy(self) -> float:
        """Energy of one conversion [J]."""
        return float(self.figure_of_merit * 2**self.bits)

    @property
    def area(self) -> float:
        """Area of one converter [m^2]."""
        return float(self.area_per_step * 2**self.bits)

    @property
    def effective_bits(self) -> float:
        r"""Effective number of bits, :math:`N - \log_4(1 + \sigma^2 / \sigma_q^2)` with the noise."""
        return float(self.bits - 0.5 * math.log2(1 + (self.noise / self.quantisation_noise) ** 2))

    def codes(self, voltages: ArrayLike, generator: np.random.Generator | None = None) -> NDArray[np.int64]:
        """Codes of voltages [V], with noise if there is a generator."""
        found = reals("voltages", voltages, "V", dimensions=None)
        if generator is not None:
            found = found + self.noise * generator.standard_normal(found.shape)
        return np.clip(np.floor((found - self.low) / self.step + 0.5), 0, self.largest).astype(np.int64)

    def voltages(self, codes: ArrayLike) -> FloatArray:
        """The voltages that codes stand for [V]."""
        return np.asarray(self.low + self.step * np.asarray(codes), dtype=np.float64)


def not_negative(name: str, value: float, unit: str) -> float:
    """Return a finite number that is not negative, or say what is wrong with it.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if real(name, value, unit) < 0:
        raise ParameterError(f"{name} must not be negative, not {value!r} {unit}")
    return float(value)
