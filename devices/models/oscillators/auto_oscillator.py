"""Spin-torque oscillator as the universal nonlinear auto-oscillator of Slavin and Tiberkevich."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ...core.offers import offers
from ...core.oscillator_protocols import Coupling, Locking, Oscillation
from ...core.protocols import Spectrum, Statics, Stimulus, Sweep
from ...language.declarations.declaration import (
    Branch,
    Derived,
    ElectricalNoise,
    Input,
    Noise,
    Observable,
    Parameter,
    State,
    Symbols,
)
from ...language.equations.constants import k_B
from ...language.equations.functions import ramp
from ...language.errors import ParameterError
from ...language.waveforms.shapes import Pulse
from ...model import CompactModel
from ...physics.electrical_noise import white_noise

#: Share of the linear frequency below which the frequency in the noise does not fall.
LOWEST_FREQUENCY = 0.05


class AutoOscillator(CompactModel):
    r"""Nonlinear auto-oscillator in its complex amplitude: frequency and damping depend on the power.

    .. math::

        \dot c &= -i\,\omega(p)\,c - \Gamma_+(p)\,c + \Gamma_-(p)\,c + \eta\, I_\mathrm{rf}(t) + f_n(t),
            \qquad p = |c|^2 \\
        \omega &= \omega_0 + N p, \qquad \Gamma_+ = \Gamma_G (1 + Q p), \qquad \Gamma_- = \sigma I (1 - p), \qquad
            \sigma = \Gamma_G / I_\mathrm{th} \\
        \langle f_n(t) f_n^*(t') \rangle &= 2 \Gamma_+(p)\, \frac{k_B T}{\lambda\, \omega(p)}\, \delta(t - t')

    The states are the real and the imaginary part of :math:`c`. A dc current :math:`I` from ``p`` to ``n`` gives a
    dc and an rf voltage,

    .. math:: v = [R_0 + \Delta R\, \mathrm{Re}\, c]\, i

    and the input ``injection`` is an rf current that couples to the amplitude. Above the threshold the oscillator has
    the power :math:`p_0 = (\zeta - 1) / (\zeta + Q)`, :math:`\zeta = I / I_\mathrm{th}`, returns to it at the rate
    :math:`2 \Gamma_p`, :math:`\Gamma_p = \Gamma_G (\zeta - 1)`, and its noise is that of the phase, with a linewidth
    :math:`1 + \nu^2` times that of a linear oscillator, :math:`\nu = N p_0 / \Gamma_p`. Valid while :math:`p` is small
    against one and :math:`\omega(p)` above a twentieth of :math:`\omega_0`, below which the noise grows no further.

    References
    ----------
    A. Slavin, V. Tiberkevich, "Nonlinear auto-oscillator theory of microwave generation by spin-polarized current",
    IEEE Trans. Magn. 45, 1875 (2009), doi:10.1109/TMAG.2008.2009935.
    """

    symbol = "oscillator"
    label = "Nonlinear auto-oscillator"
    reference = "A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009)"
    doi = "10.1109/TMAG.2008.2009935"
    time_scale = "period"
    unsuited = (Statics, Sweep)

    voltage = Branch("p", "n", "voltage across the oscillator")

    frequency = Parameter(5e9, "Hz", "frequency of small oscillations", (1e6, 1e12))
    damping_rate = Parameter(1e9, "rad/s", "linear damping rate Gamma_G of the amplitude", (1e3, 1e12))
    nonlinear_frequency_shift = Parameter(-1e10, "rad/s", "nonlinear frequency shift N", (-1e12, 1e12))
    nonlinear_damping = Parameter(1.0, "1", "coefficient Q of the nonlinear damping", (0.0, 100.0))
    threshold_current = Parameter(1e-3, "A", "current at which the oscillation begins", (1e-9, 1.0))
    action = Parameter(1e-28, "J*s", "lambda: energy over frequency at unit power", (1e-36, 1e-18))
    static_resistance = Parameter(50.0, "ohm", "resistance at rest", (1e-2, 1e9))
    resistance_swing = Parameter(5.0, "ohm", "amplitude of the resistance at unit power", (0.0, 1e9))
    injection_efficiency = Parameter(
        1e11, "1/(A*s)", "rate of change of the amplitude per injected rf current", (0.0, 1e18)
    )
    injection = Input(0.0, "A", "injected rf current", (-1.0, 1.0), netlist_scale=1e-3)
    fano_factor = Parameter(0.0, "1", "shot noise over that of a tunnel barrier", (0.0, 1.0))
    initial_power = Parameter(1e-4, "1", "power at t = 0", (0.0, 1.0))
    initial_phase = Parameter(0.0, "rad", "phase at t = 0", (-math.pi, math.pi))

    angular_frequency = Derived("rad/s", "angular frequency of small oscillations")
    period = Derived("s", "period of small oscillations")

    c_re = State(
        "1", "real part of the amplitude", initial=lambda s: sp.sqrt(s.initial_power) * sp.cos(s.initial_phase)
    )
    c_im = State(
        "1", "imaginary part of the amplitude", initial=lambda s: -sp.sqrt(s.initial_power) * sp.sin(s.initial_phase)
    )
    noise_re = Noise("1/s", "thermal noise of the real part")
    noise_im = Noise("1/s", "thermal noise of the imaginary part")
    power = Observable("1", "power of the oscillation")
    current_noise = ElectricalNoise("voltage", "thermal and shot noise of the current")
    envelope = Observable("1", "amplitude of the oscillation")
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        power = s.c_re**2 + s.c_im**2
        resistance = s.static_resistance + s.resistance_swing * s.c_re
        current = s.voltage / resistance
        omega = s.angular_frequency + s.nonlinear_frequency_shift * power
        positive = s.damping_rate * (1 + s.nonlinear_damping * power)
        growth = s.damping_rate * current / s.threshold_current * (1 - power) - positive
        # <f f*> = 2 D: each of the two parts has D, which stays positive where the frequency does not.
        lowest = LOWEST_FREQUENCY * s.angular_frequency
        density = positive * k_B * s.temperature / (s.action * (lowest + ramp(omega - lowest)))
        return {
            "angular_frequency": 2 * sp.pi * s.frequency,
            "period": 1 / s.frequency,
            "current": current,
            "dc_re/dt": growth * s.c_re + omega * s.c_im + s.injection_efficiency * s.injection + s.noise_re,
            "dc_im/dt": growth * s.c_im - omega * s.c_re + s.noise_im,
            "noise_re": density,
            "noise_im": density,
            "power": power,
            "envelope": sp.sqrt(power),
            "resistance": resistance,
            "current_noise": (white_noise(s.voltage, 1 / resistance, s.temperature, s.fano_factor), sp.S.Zero),
        }

    def check(self) -> None:
        if self.resistance_swing > 0.5 * self.static_resistance:
            raise ParameterError("resistance_swing must not exceed half the static resistance")

    def stationary_power(self, current: float) -> float:
        """Power of the free-running oscillator, (zeta - 1) / (zeta + Q) above the threshold and 0 below."""
        supercriticality = current / self.threshold_current
        return max(0.0, (supercriticality - 1) / (supercriticality + self.nonlinear_damping))

    def nonlinearity(self, current: float) -> float:
        """Dimensionless nonlinearity nu, frequency shift over damping: N / [Gamma_G (zeta + Q)]."""
        supercriticality = current / self.threshold_current
        return self.nonlinear_frequency_shift / (self.damping_rate * (supercriticality + self.nonlinear_damping))

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The oscillator at rest."""
        return {"rest": {"initial_power": 0.0}}

    def suggested_spectrum(self) -> Spectrum:
        """Where to look at the noise: at 0.1 V, or half the threshold, below which the oscillator is at rest.

        Over two decades around its line.
        """
        threshold = self.threshold_current * self.static_resistance
        return super().suggested_spectrum().below(threshold, self.angular_frequency / (2 * math.pi))

    @offers(Oscillation)
    def suggested_oscillation(self) -> Oscillation:
        """Currents up to twice the threshold, each until the amplitude has settled."""
        currents = tuple(self.threshold_current * factor for factor in np.linspace(0.5, 2.0, 16).tolist())
        settling = 1 / self.damping_rate
        return Oscillation(currents, self.frequency, settling=100 * settling, linewidth=self.damping_rate / math.pi)

    @offers(Locking)
    def suggested_locking(self) -> Locking:
        """To an injected current, at one and a half times the threshold."""
        return Locking("injection", 1.5 * self.threshold_current)

    @offers(Coupling)
    def suggested_coupling(self) -> Coupling:
        """At one and a half times the threshold, frequencies that differ by far less than the rate of relaxation."""
        return Coupling(1.5 * self.threshold_current, 1e-2 * self.damping_rate / (2 * math.pi))

    def suggested_stimulus(self) -> Stimulus:
        """A current of 1.5 times the threshold for as long as the amplitude grows, but no more than 30 periods."""
        duration = min(10 / self.damping_rate, 30 * self.period)
        edge = 0.1 * self.period
        drive = Pulse(0.0, 1.5 * self.threshold_current, edge, edge, edge, duration)
        return Stimulus(drive, duration, "current", max_step=self.period / 400, overrides={"initial_power": 0.01})
