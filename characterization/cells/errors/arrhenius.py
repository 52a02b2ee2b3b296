"""The law of Arrhenius through lifetimes at raised temperatures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....devices.core.distributions import normal_quantile
from ....devices.language.equations.constants import CONSTANTS, k_B
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray

#: Boltzmann's constant. [J/K]
BOLTZMANN = CONSTANTS[k_B][0]
#: Ten years. [s]
TEN_YEARS = 10 * 365.25 * 86400
#: Confidence of the bounds.
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Arrhenius:
    r"""The law of Arrhenius through the lifetimes of a state at several temperatures.

    .. math:: \tau = \tau_0\, e^{E / k_B T}

    Attributes
    ----------
    attempt_time : float
        :math:`\tau_0`. [s]
    barrier : float
        E. [J]
    covariance : ndarray
        Of E [J] and :math:`\ln \tau_0`, by the errors of the lifetimes.
    """

    attempt_time: float
    barrier: float
    covariance: FloatArray

    @classmethod
    def through(
        cls,
        temperatures: Sequence[float] | FloatArray,
        lifetimes: Sequence[float] | FloatArray,
        relative_errors: Sequence[float] | FloatArray,
    ) -> Arrhenius:
        r"""The straight line through :math:`\ln\tau` over :math:`1 / k_B T`, weighted by the errors.

        Parameters
        ----------
        temperatures : sequence of float
            Two or more. [K]
        lifetimes : sequence of float
            Mean times to an escape there. [s]
        relative_errors : sequence of float
            Standard error of each over itself. [1]

        Raises
        ------
        ParameterError
            If there are less than two temperatures.
        """
        kelvins = np.asarray(temperatures, dtype=float)
        if len(np.unique(kelvins)) < 2:
            raise ParameterError("a barrier shows in the lifetimes at two or more temperatures")
        inverse, logarithms = 1 / (BOLTZMANN * kelvins), np.log(np.asarray(lifetimes, dtype=float))
        weights = 1 / np.asarray(relative_errors, dtype=float)
        (slope, offset), covariance = np.polyfit(inverse, logarithms, 1, w=weights, cov="unscaled")
        return cls(math.exp(offset), float(slope), covariance)

    @property
    def barrier_error(self) -> float:
        """Standard error of the barrier [J]."""
        return float(np.sqrt(self.covariance[0, 0]))

    def lifetime(self, temperature: float) -> float:
        """Mean time to an escape at a temperature [s]."""
        return self.attempt_time * math.exp(self.barrier / (BOLTZMANN * temperature))

    def temperature_of(self, lifetime: float) -> float | None:
        """Temperature at which the mean time to an escape is some time [s]; None if it is at none [K]."""
        logarithm = math.log(lifetime / self.attempt_time)
        return self.barrier / (BOLTZMANN * logarithm) if self.barrier * logarithm > 0 else None

    def least_lifetime(self, temperature: float) -> float:
        """Lower bound of the mean time to an escape at a temperature, of 95 % confidence, by the line's errors [s]."""
        at = np.array([1 / (BOLTZMANN * temperature), 1.0])
        spread = math.sqrt(at @ self.covariance @ at)
        return self.lifetime(temperature) * math.exp(-float(normal_quantile(CONFIDENCE)) * spread)

    def escape(self, duration: float, temperature: float) -> float:
        """Probability of an escape within a time [s] at a temperature [1]."""
        return -math.expm1(-duration / self.lifetime(temperature))
