"""An oscillator whose oscillation sets in with a jump, in closed form.

The damping falls with the power before it rises, as that of Tiberkevich and Slavin in second order
(Phys. Rev. B 75, 014440 (2007), doi:10.1103/PhysRevB.75.014440): with the power p = |c|^2 and

.. math:: \\dot c = -i (\\omega_0 + N p) c - \\Gamma (1 + q_1 p + q_2 p^2) c + \\Gamma \\zeta (1 - p) c

an orbit has :math:`\\zeta (1 - p) = 1 + q_1 p + q_2 p^2`. The rest loses its stability at :math:`\\zeta = 1`; where
:math:`d\\zeta / dp = 0` the unstable orbits that begin there turn into stable ones: a fold.
"""

from __future__ import annotations

import math

import numpy as np
import sympy as sp

from synaspice.devices.core.offers import offers
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.language.declarations.declaration import Branch, Noise, Parameter, State
from synaspice.devices.model import CompactModel


class _Subcritical(CompactModel):
    """Oscillator with a fold."""

    voltage = Branch("p", "n", "voltage")
    frequency = Parameter(1e9, "Hz", "frequency of small oscillations", (1e6, 1e12))
    shift = Parameter(-1e9, "rad/s", "change of the angular frequency with the power", (-1e12, 1e12))
    damping = Parameter(2e8, "rad/s", "linear damping", (1e3, 1e12))
    first = Parameter(-4.0, "1", "coefficient of the damping in first order of the power", (-100.0, 100.0))
    second = Parameter(8.0, "1", "coefficient in second order", (0.0, 100.0))
    threshold = Parameter(1e-3, "A", "current at which the rest turns unstable", (1e-9, 1.0))
    initial_power = Parameter(1e-4, "1", "power at t = 0", (0.0, 1.0))
    strength = Parameter(0.0, "1/s", "density of the noise of each part", (0.0, 1e9))
    c_re = State("1", "real part", initial=lambda s: sp.sqrt(s.initial_power))
    c_im = State("1", "imaginary part", initial=lambda s: 0)
    noise_re = Noise("1/s", "noise")
    noise_im = Noise("1/s", "noise")

    @classmethod
    def equations(cls, s):
        power = s.c_re**2 + s.c_im**2
        current = s.voltage / (100 + s.c_re)
        omega = 2 * sp.pi * s.frequency + s.shift * power
        growth = s.damping * (current / s.threshold * (1 - power) - 1 - s.first * power - s.second * power**2)
        return {
            "current": current,
            "dc_re/dt": growth * s.c_re + omega * s.c_im + s.noise_re,
            "dc_im/dt": growth * s.c_im - omega * s.c_re + s.noise_im,
            "noise_re": s.strength,
            "noise_im": s.strength,
        }

    @offers(Oscillation)
    def suggested_oscillation(self):
        currents = tuple((self.threshold * np.linspace(0.4, 1.5, 12)).tolist())
        return Oscillation(currents, self.frequency, settling=100 / self.damping, linewidth=self.damping / math.pi)

    def powers(self, zeta):
        """Powers of the orbits at a current in units of the threshold, the unstable one first."""
        roots = np.roots([self.second, self.first + zeta, 1 - zeta])
        return sorted(root.real for root in roots if abs(root.imag) < 1e-12 and 0 < root.real < 1)

    def growth(self, zeta, power):
        """Rate at which a deviation of the power grows."""
        return 2 * self.damping * power * (-zeta - self.first - 2 * self.second * power)

    def fold(self):
        """Current in units of the threshold and power at the fold."""
        # (q1 + 2 q2 p) (1 - p) + 1 + q1 p + q2 p^2 = 0
        roots = np.roots([-self.second, 2 * self.second, 1 + self.first])
        power = min(root.real for root in roots if 0 < root.real < 1)
        return (1 + self.first * power + self.second * power**2) / (1 - power), power


Subcritical = _Subcritical
