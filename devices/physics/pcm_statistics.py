r"""Statistics of phase-change memory devices: programming noise, spread of the drift, read noise.

The model that was fitted to a million-device array by Joshi et al., with the constants as IBM's aihwkit publishes them
in its ``PCMLikeNoiseModel`` (MIT licence). With :math:`g = G / G_\mathrm{max}`, :math:`G_\mathrm{max} = 25` uS:

.. math::

    \sigma_\mathrm{prog} &= G_\mathrm{max}\,(c_0 + c_1 g + c_2 g^2) / 25\,\mathrm{uS} \\
    \nu &= |\mu_\nu(g) + \sigma_\nu(g)\,\mathcal N(0, 1)|, \qquad
    G(t) = G_\mathrm{prog} \left(\frac{t_0 + t}{t_0}\right)^{-\nu} \\
    \sigma_\mathrm{read} &= G(t)\,\min\left(\frac{0.0088}{g^{0.65}}, 0.2\right)
    \sqrt{\ln\frac{t_0 + t + t_\mathrm{read}}{2 t_\mathrm{read}}}

where :math:`g` is the target's everywhere, whatever the programming reached, :math:`\mu_\nu` and :math:`\sigma_\nu` are
linear in :math:`\ln g` within limits, and :math:`t` counts from the first read at :math:`t_0 = 20` s after programming.
The last factor is the growth of 1/f noise with the time since programming.

References
----------
V. Joshi et al., "Accurate deep neural network inference using computational phase-change memory", Nat. Commun. 11, 2473
(2020), doi:10.1038/s41467-020-16108-9.
S. R. Nandakumar et al., "Phase-change memory models for deep learning training and inference", ICECS 2019, 727,
doi:10.1109/ICECS46596.2019.8964852.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..language.errors import ParameterError
from ..language.waveforms.shapes import FloatArray

#: Conductance that the fits refer to [S].
REFERENCE_CONDUCTANCE = 25e-6
#: Coefficients of the programming noise at the powers 0, 1, 2 of the relative conductance [S].
PROGRAMMING_COEFFICIENTS = (0.26348e-6, 1.9650e-6, -1.1731e-6)
#: Time of the first read after programming [s].
FIRST_READ = 20.0
#: Duration of a read [s].
READ_TIME = 250e-9
#: Relative conductances below this count as this in logarithms.
SMALLEST = 1e-7


@dataclass(frozen=True)
class ClippedLogarithm:
    """A quantity that is linear in the logarithm of the relative conductance, within limits.

    The members may be numbers or SymPy symbols; ``logarithm`` and ``clip`` of a call have to match.
    """

    slope: Any
    offset: Any
    smallest: Any
    largest: Any

    def __call__(
        self, relative: Any, logarithm: Callable[..., Any] = np.log, clip: Callable[..., Any] = np.clip
    ) -> Any:
        """Value at a relative conductance, ``clip(slope * ln(g) + offset, smallest, largest)``."""
        return clip(self.slope * logarithm(relative) + self.offset, self.smallest, self.largest)


@dataclass(frozen=True)
class ReadNoise:
    r"""Relative amplitude of the 1/f noise, :math:`Q = \sqrt{S_I f} / I`, which rises as the conductance falls.

    The members may be numbers or SymPy symbols; ``smaller`` of a call, the smaller of two values, has to match.
    """

    amplitude: Any
    exponent: Any
    largest: Any

    def __call__(self, relative: Any, smaller: Callable[..., Any] = np.minimum) -> Any:
        """Value at a relative conductance, ``min(amplitude / g^exponent, largest)``."""
        return smaller(self.amplitude / relative**self.exponent, self.largest)


#: Amplitude, exponent and limit of the relative 1/f noise.
READ_NOISE = ReadNoise(0.0088, 0.65, 0.2)
#: Mean and standard deviation of the drift exponent.
DRIFT_MEAN = ClippedLogarithm(-0.0155, 0.0244, 0.049, 0.1)
DRIFT_SPREAD = ClippedLogarithm(-0.0125, -0.0059, 0.008, 0.045)


def relative_conductance(conductance: ArrayLike, maximum: float = REFERENCE_CONDUCTANCE) -> FloatArray:
    """Conductance over its maximum, not below 1e-7 so that it has a logarithm.

    Raises
    ------
    ParameterError
        If a conductance is negative or not a number.
    """
    values = np.asarray(conductance, dtype=float)
    if not np.all(values >= 0):
        raise ParameterError(f"conductances must not be negative, not {conductance!r} S")
    return np.maximum(values / maximum, SMALLEST)


def programming_noise(conductance: ArrayLike, maximum: float = REFERENCE_CONDUCTANCE) -> FloatArray:
    """Standard deviation of the conductance that programming to a target reaches.

    Parameters
    ----------
    conductance : array_like
        Target. [S]
    maximum : float
        Largest target of the device; the noise scales with it. [S]

    Returns
    -------
    ndarray
        Standard deviation. [S]
    """
    polynomial = np.polynomial.Polynomial(PROGRAMMING_COEFFICIENTS)
    relative = relative_conductance(conductance, maximum)
    return np.asarray(polynomial(relative) * maximum / REFERENCE_CONDUCTANCE)


def program(
    conductance: ArrayLike, generator: np.random.Generator, maximum: float = REFERENCE_CONDUCTANCE
) -> FloatArray:
    """Draw the conductances that programming to targets reaches; none is negative."""
    target = np.asarray(conductance, dtype=float)
    noise = programming_noise(target, maximum) * generator.standard_normal(target.shape)
    return np.maximum(target + noise, 0.0)


def draw_drift_exponents(
    conductance: ArrayLike,
    generator: np.random.Generator,
    maximum: float = REFERENCE_CONDUCTANCE,
    mean: ClippedLogarithm = DRIFT_MEAN,
    spread: ClippedLogarithm = DRIFT_SPREAD,
) -> FloatArray:
    """Draw drift exponents of devices programmed to target conductances [S]; a negative one counts as positive."""
    relative = relative_conductance(conductance, maximum)
    return np.asarray(np.abs(mean(relative) + spread(relative) * generator.standard_normal(relative.shape)))


def drifted(conductance: ArrayLike, exponent: ArrayLike, time: ArrayLike, first_read: float = FIRST_READ) -> FloatArray:
    """Conductance at a time [s] after the first read, from that at the first read, G ((t0 + t) / t0)^-nu."""
    elapsed = np.asarray(time, dtype=float) / first_read
    return np.asarray(np.asarray(conductance, dtype=float) * np.exp(-np.asarray(exponent) * np.log1p(elapsed)))


def read_noise(
    conductance: ArrayLike,
    time: ArrayLike,
    maximum: float = REFERENCE_CONDUCTANCE,
    first_read: float = FIRST_READ,
    read_time: float = READ_TIME,
    law: ReadNoise = READ_NOISE,
) -> FloatArray:
    r"""Relative standard deviation of a read: 1/f noise accumulated since programming.

    .. math:: \sigma^2 = \int_{1/t}^{1/2 t_\mathrm{read}} \frac{Q^2}{f}\,df = Q^2 \ln\frac{t}{2 t_\mathrm{read}}

    Parameters
    ----------
    conductance : array_like
        Target of the programming: the amplitude of the noise was fitted to that. [S]
    time : array_like
        Time since the first read. [s]
    maximum : float
        Largest target of the device. [S]
    first_read, read_time : float
        Time of the first read after programming, and duration of a read. [s]
    law : ReadNoise
        Relative amplitude :math:`Q` of the 1/f noise.

    Returns
    -------
    ndarray
        Standard deviation over the conductance at that time.
    """
    relative = relative_conductance(conductance, maximum)
    age = np.asarray(time, dtype=float) + first_read
    growth = np.sqrt(np.log((age + read_time) / (2 * read_time)))
    return np.asarray(law(relative) * growth)
