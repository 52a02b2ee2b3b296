r"""Transimpedance amplifiers: a bit line's current into a voltage, at a nearly virtual ground.

With the open-loop gain A the input is a resistance, and the output

.. math:: R_\mathrm{in} = \frac{R_f}{1 + A}, \qquad V = -I R_f \frac{A}{1 + A}

(the sign is left out here). One pole of the bandwidth B passes the noise in :math:`B_n = \pi B / 2`: that of the
feedback resistor, that of the bit line's conductance G, and the amplifier's own :math:`e_n`, times the noise gain,

.. math:: \overline{V^2} = B_n \left[4 k T R_f + 4 k T G R_f^2 + e_n^2 (1 + R_f G)^2\right]

By Nyquist's theorem G is what the line, its cells and its wires have between its end and grounded sources.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.constants as codata
from numpy.typing import ArrayLike

from ...devices.language.array_checks import reals
from ...devices.language.checks import positive
from ...devices.language.waveforms.shapes import FloatArray
from .converters import not_negative
from .costs import FIGURES


@dataclass(frozen=True)
class TIA:
    """Transimpedance amplifier of one pole.

    Attributes
    ----------
    feedback : float
        Feedback resistance R_f. [ohm]
    bandwidth : float
        Bandwidth B, to -3 dB, of the closed loop. [Hz]
    gain : float
        Open-loop gain A; infinite for an ideal virtual ground. [1]
    largest : float
        Size of the largest output voltage, beyond which it saturates. [V]
    noise : float
        Spectral density e_n of its own noise at its input. [V/sqrt(Hz)]
    power, area : float
        Power [W] and area [m^2].

    Raises
    ------
    ParameterError
        If a value makes no sense.
    """

    feedback: float
    bandwidth: float
    gain: float = math.inf
    largest: float = math.inf
    noise: float = 0.0
    power: float = FIGURES["tia power"].value
    area: float = FIGURES["tia area"].value

    def __post_init__(self) -> None:
        positive("feedback", self.feedback, "ohm")
        positive("bandwidth", self.bandwidth, "Hz")
        positive("gain", self.gain, infinite=True)
        positive("largest", self.largest, "V", infinite=True)
        not_negative("noise", self.noise, "V/sqrt(Hz)")
        not_negative("power", self.power, "W")
        not_negative("area", self.area, "m^2")

    @property
    def input_resistance(self) -> float:
        """Resistance at the end of the bit line [ohm]."""
        return self.feedback / (1 + self.gain)

    @property
    def transimpedance(self) -> float:
        """Output voltage over the current, without sign [ohm]."""
        return self.feedback / (1 + 1 / self.gain)

    @property
    def time_constant(self) -> float:
        """Time constant of its pole [s]."""
        return 1 / (2 * math.pi * self.bandwidth)

    @property
    def noise_bandwidth(self) -> float:
        """Bandwidth of a rectangular filter that passes as much white noise [Hz]."""
        return math.pi / 2 * self.bandwidth

    def output(self, current: ArrayLike) -> FloatArray:
        """Settled output voltages of currents [A], without noise [V]."""
        found = self.transimpedance * reals("current", current, "A", dimensions=None)
        return np.clip(found, -self.largest, self.largest)

    def output_noise(self, conductance: ArrayLike, temperature: float) -> FloatArray:
        """Standard deviation of the output.

        Parameters
        ----------
        conductance : array_like
            Conductance at the ends of bit lines. [S]
        temperature : float
            Temperature. [K]

        Returns
        -------
        ndarray
            Of the shape of the conductances. [V]
        """
        g = reals("conductance", conductance, "S", dimensions=None)
        thermal = 4 * codata.k * not_negative("temperature", temperature, "K")
        own = (self.noise * (1 + self.feedback * g)) ** 2
        density = thermal * self.feedback * (1 + self.feedback * g) + own
        return np.asarray(np.sqrt(self.noise_bandwidth * density))
