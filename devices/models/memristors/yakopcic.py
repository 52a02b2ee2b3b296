"""The generalised memristor of Yakopcic et al. 2011."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.offers import offers
from ...core.protocols import Sweep, Switching
from ...language.declarations.declaration import Branch, Derived, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.functions import limexp, ramp, step
from .film_conduction import _FilmConduction
from .fluctuations import TunnellingFluctuations


class Yakopcic(_FilmConduction):
    r"""Memristor with voltage thresholds, a current in hyperbolic sine, and a motion that slows near its ends.

    .. math::

        i = a_{1,2}\, x \sinh(b v), \qquad \dot x = \eta\, g(v) f(x), \qquad
        g(v) = \begin{cases}
            A_p (e^v - e^{V_p}), & v > V_p \\
            -A_n (e^{-v} - e^{V_n}), & v < -V_n \\
            0, & \text{otherwise}
        \end{cases}

    with v in volts, :math:`a_1` for positive and :math:`a_2` for negative voltages. Upwards :math:`f = 1` below
    :math:`x_p` and :math:`e^{-\alpha_p (x - x_p)} (1 - x) / (1 - x_p)` above; downwards 1 above :math:`1 - x_n` and
    :math:`e^{\alpha_n (x + x_n - 1)} x / (1 - x_n)` below. Between the thresholds the state does not move at all. A
    positive voltage from ``p`` to ``n`` raises x, the share of the conducting film, with ``polarity="positive"``
    (:math:`\eta = 1`) and lowers it otherwise.

    References
    ----------
    C. Yakopcic, T. M. Taha, G. Subramanyam, R. E. Pino, S. Rogers, "A memristor device model", IEEE Electron Device
    Lett. 32, 1436 (2011), doi:10.1109/LED.2011.2163292; C. Yakopcic, T. M. Taha, G. Subramanyam, R. E. Pino,
    "Generalized memristive device SPICE model and its application in circuit design", IEEE Trans. Comput.-Aided Des.
    Integr. Circuits Syst. 32, 1201 (2013), doi:10.1109/TCAD.2013.2252057.
    """

    label = "Yakopcic memristor"
    reference = (
        "C. Yakopcic, T. M. Taha, G. Subramanyam, R. E. Pino, S. Rogers, IEEE Electron Device Lett. 32, 1436 (2011)"
    )
    doi = "10.1109/LED.2011.2163292"
    time_scale = "switching_time"

    voltage = Branch("p", "n", "voltage across the memristor")

    polarity = Option("positive", ("positive", "negative"), "sign of the voltage that turns the device on")
    amplitude_positive = Parameter(0.17, "A", "amplitude a_1 of the current at positive voltages", (1e-15, 1e3))
    amplitude_negative = Parameter(0.17, "A", "amplitude a_2 of the current at negative voltages", (1e-15, 1e3))
    current_slope = Parameter(0.05, "1/V", "b of the hyperbolic sine", (1e-4, 50.0))
    threshold_positive = Parameter(0.16, "V", "threshold V_p", (0.0, 20.0))
    threshold_negative = Parameter(0.15, "V", "threshold V_n of negative voltages, a magnitude", (0.0, 20.0))
    rate_positive = Parameter(4000.0, "1/s", "A_p", (1e-12, 1e12))
    rate_negative = Parameter(4000.0, "1/s", "A_n", (1e-12, 1e12))
    slowing_point_on = Parameter(0.3, "1", "x_p: above it the way up slows down", (0.0, 0.999))
    slowing_point_off = Parameter(0.5, "1", "x_n: below 1 - x_n the way down slows down", (0.0, 0.999))
    slowing_on = Parameter(1.0, "1", "alpha_p, how fast the way up slows down", (0.0, 100.0))
    slowing_off = Parameter(5.0, "1", "alpha_n, how fast the way down slows down", (0.0, 100.0))
    initial_state = Parameter(0.11, "1", "state at t = 0: 1 on, towards 0 off", (1e-9, 1.0))
    fluctuations = Part(TunnellingFluctuations, "")

    switching_time = Derived("s", "time to cross at ln 2 volts over the thresholds, geometric mean of both directions")

    # The motion slows down by itself; the enforced layer only keeps the state from where no trajectory leads.
    x = State("1", "state, 1 on", bounds=(0.0, 1.0), boundary_layer=1e-6, initial=lambda s: s.initial_state)
    conductance = Observable("S", "current over voltage")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        positive = s.rate_positive * sp.exp(s.threshold_positive) * (limexp(ramp(s.voltage - s.threshold_positive)) - 1)
        negative = (
            s.rate_negative * sp.exp(s.threshold_negative) * (limexp(ramp(-s.voltage - s.threshold_negative)) - 1)
        )
        up, down = (positive, negative) if s.polarity == "positive" else (negative, positive)
        above, below = ramp(s.x - s.slowing_point_on), ramp(1 - s.slowing_point_off - s.x)
        slowed_up = sp.exp(-s.slowing_on * above) * (1 - above / (1 - s.slowing_point_on))
        slowed_down = sp.exp(-s.slowing_off * below) * (1 - below / (1 - s.slowing_point_off))
        amplitude = s.amplitude_negative + (s.amplitude_positive - s.amplitude_negative) * step(s.voltage)
        conductance = amplitude * s.x * cls.chord(s, s.current_slope) * TunnellingFluctuations.share(s)
        return {
            "switching_time": 1
            / sp.sqrt(s.rate_positive * s.rate_negative * sp.exp(s.threshold_positive + s.threshold_negative)),
            "current": conductance * s.voltage,
            "dx/dt": up * slowed_up - down * slowed_down,
            "conductance": conductance,
            **TunnellingFluctuations.fluctuation_equations(s, conductance, s.temperature),
        }

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The whole film conducting, and the initial state, from which the published fits start."""
        return {"on": {"initial_state": 1.0}, "off": {"initial_state": self.initial_state}}

    def default_sweep(self) -> Sweep:
        """A sine to ln 2 volts over the thresholds, slow for both directions."""
        amplitude = max(self.threshold_positive, self.threshold_negative) + math.log(2)
        thresholds = {self.threshold_positive: self.rate_positive, self.threshold_negative: self.rate_negative}
        slowest = min(rate * (math.exp(amplitude) - math.exp(v)) for v, rate in thresholds.items())
        return Sweep("voltage", amplitude, 20 / slowest)

    @offers(Switching)
    def suggested_switching(self) -> Switching:
        """Voltage pulses around the amplitude of the suggested sweep."""
        return super().suggested_switching()
