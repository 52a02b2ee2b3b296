"""Volatile threshold switch: a memristor that turns on above a threshold and relaxes below a hold voltage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from ...core.protocols import Sweep, Switching
from ...core.system import within
from ...language.declarations.declaration import Branch, Derived, Noise, Observable, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.errors import ParameterError
from ...model import CompactModel
from .fluctuations import Fluctuations

#: Faster time constant of the device over that of its latch: behind a load it then fires as with an ideal comparator.
LATCH_SPEED = 300
#: Rest between a pulse and the reading, in time constants of the way off: nine tenths of the pulse are there yet.
MEMORY = 0.1


class VolatileMemristor(CompactModel):
    r"""Memristor that switches on above a threshold voltage and off by itself below a hold voltage.

    .. math::

        i &= \frac{v}{R_\mathrm{off}} \left(\frac{R_\mathrm{off}}{R_\mathrm{on}}\right)^x, \qquad
        \dot x = \frac{S\,(1 - x)}{\tau_\mathrm{on}} - \frac{(1 - S)\,x}{\tau_\mathrm{off}}, \qquad
        S = m^2 (3 - 2 m) \\
        \tau_m\,\dot m &= \frac{1}{1 + \exp\left\{-\left[|v| - u(m)\right]/w\right\}} - m

    where the voltage :math:`u` that the latch :math:`m` compares with falls from above the threshold at :math:`m = 0`
    to below the hold voltage at :math:`m = 1`, which makes the hysteresis:

    .. math::

        u(m) = \frac{V_\mathrm{th} + V_\mathrm{hold}}{2} + D \left(\tfrac12 - m\right), \qquad w = r D .

    This is the comparator with hysteresis and first-order delay of the reference: the latch remembers which of the two
    voltages was passed last, also while the voltage over the device falls because it turns on behind a load. In place
    of the steps of an ideal comparator it is a fast state of a relative width :math:`r`, so that a circuit simulator's
    Newton method converges through the transition. Its steady state obeys
    :math:`\ln[m/(1-m)] = (|v| - V_m)/w - (1/2 - m)/r` with the middle voltage :math:`V_m`, with the folds at
    :math:`m(1 - m) = r`; the span :math:`D` puts them exactly at the threshold and the hold voltage:

    .. math::

        D = \frac{V_\mathrm{th} - V_\mathrm{hold}}{1 - 2 \left[m_f + r \ln(1/m_f - 1)\right]}, \qquad
        m_f = \frac{1 - \sqrt{1 - 4 r}}{2}

    White noise of density :math:`2 D_m` in the latch's rate makes firing stochastic. Without a voltage
    :math:`x(t) = x(0)\,e^{-t/\tau_\mathrm{off}}`. Both polarities behave alike.

    References
    ----------
    P. Maffezzoni, L. Daniel, N. Shukla, S. Datta, A. Raychowdhury, "Modeling and simulation of vanadium dioxide
    relaxation oscillators", IEEE Trans. Circuits Syst. I 62, 2207 (2015), doi:10.1109/TCSI.2015.2452332.
    """

    symbol = "threshold-switch"
    label = "Volatile memristor"
    reference = "P. Maffezzoni, L. Daniel, N. Shukla, S. Datta, A. Raychowdhury, IEEE Trans. Circuits Syst. I 62 (2015)"
    doi = "10.1109/TCSI.2015.2452332"
    time_scale = "switching_time"

    voltage = Branch("p", "n", "voltage across the memristor")

    resistance_on = Parameter(1e3, "ohm", "resistance when on", (1e-2, 1e12))
    resistance_off = Parameter(1e5, "ohm", "resistance when off", (1e-1, 1e15))
    threshold_voltage = Parameter(2.0, "V", "voltage above which the device turns on", (1e-3, 100.0))
    hold_voltage = Parameter(1.0, "V", "voltage below which the device relaxes", (1e-4, 100.0))
    time_constant_on = Parameter(30e-9, "s", "time constant of turning on", (1e-13, 1e3))
    time_constant_off = Parameter(30e-9, "s", "time constant of relaxation", (1e-13, 1e3))
    latch_time = Parameter(
        lambda s: min(s.time_constant_on, s.time_constant_off) / LATCH_SPEED,
        "s",
        "time constant of the latch",
        (1e-17, 1e3),
    )
    transition_width = Parameter(0.02, "1", "relative width r of the comparator", (1e-3, 0.15))
    latch_diffusion = Parameter(0.0, "1/s", "diffusion constant of the latch, for noisy simulations", (0.0, 1e15))
    initial_state = Parameter(0.0, "1", "state at t = 0: 0 off, 1 on", (0.0, 1.0))
    initial_latch = Parameter(
        lambda s: float(s.initial_state > 0.5), "1", "latch at t = 0: 0 below the threshold, 1 above", (0.0, 1.0)
    )
    fluctuations = Part(Fluctuations, "")

    switching_time = Derived("s", "geometric mean of both time constants")
    middle_voltage = Derived("V", "mean of threshold and hold voltage")
    voltage_span = Derived("V", "span D of the comparison voltage")
    comparator_width = Derived("V", "width w of the comparator")

    x = State("1", "normalised state, 0 off, 1 on", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    latch = State(
        "1", "which voltage was passed last: 0 the hold voltage, 1 the threshold", initial=lambda s: s.initial_latch
    )
    resistance = Observable("ohm", "resistance")
    agitation = Noise("1/s", "noise of the latch")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        fold = (1 - sp.sqrt(1 - 4 * s.transition_width)) / 2
        lost = fold + s.transition_width * sp.log(1 / fold - 1)
        compared = s.middle_voltage + s.voltage_span * (sp.Rational(1, 2) - s.latch)
        # The logistic function, in a form that does not overflow.
        passed = (1 + sp.tanh((sp.Abs(s.voltage) - compared) / (2 * s.comparator_width))) / 2
        latch = within(s.latch, (0, 1))
        on = latch**2 * (3 - 2 * latch)
        resistance = (
            s.resistance_off * sp.exp(-s.x * sp.log(s.resistance_off / s.resistance_on)) / Fluctuations.share(s)
        )
        return {
            "switching_time": sp.sqrt(s.time_constant_on * s.time_constant_off),
            "middle_voltage": (s.threshold_voltage + s.hold_voltage) / 2,
            "voltage_span": (s.threshold_voltage - s.hold_voltage) / (1 - 2 * lost),
            "comparator_width": s.transition_width * s.voltage_span,
            "current": s.voltage / resistance,
            "dx/dt": on * (1 - s.x) / s.time_constant_on - (1 - on) * s.x / s.time_constant_off,
            "dlatch/dt": (passed - s.latch) / s.latch_time + s.agitation,
            "agitation": 2 * s.latch_diffusion,
            "resistance": resistance,
            **Fluctuations.fluctuation_equations(s, 1 / resistance, s.temperature),
        }

    def check(self) -> None:
        if self.hold_voltage > 0.99 * self.threshold_voltage:
            raise ParameterError(
                f"hold_voltage = {self.hold_voltage:g} V must lie at least 1 % below "
                f"threshold_voltage = {self.threshold_voltage:g} V"
            )
        if self.resistance_on >= self.resistance_off:
            raise ParameterError(
                f"resistance_on = {self.resistance_on:g} ohm must lie below "
                f"resistance_off = {self.resistance_off:g} ohm"
            )

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The device on and off."""
        return {"on": {"initial_state": 1.0, "initial_latch": 1.0}, "off": {"initial_state": 0.0, "initial_latch": 0.0}}

    def default_sweep(self) -> Sweep:
        """A triangle to 1.5 times the threshold, slow for both time constants."""
        period = 1000 * max(self.time_constant_on, self.time_constant_off)
        return Sweep("voltage", 1.5 * self.threshold_voltage, period, "triangle")

    def suggested_switching(self) -> Switching:
        """Voltage pulses around the amplitude of the suggested sweep, read before the device has forgotten them."""
        return replace(super().suggested_switching(), relaxation=MEMORY * self.time_constant_off)

    def oscillation_period(self, supply: float, resistance: float, capacitance: float) -> float:
        r"""Period of the relaxation oscillator of this device and a capacitor in parallel, fed through a resistor.

        .. math::

            T = \sum_k \tau_k \ln\frac{V_k - a_k}{V_k - b_k}, \qquad
            V_k = V_\mathrm{supply} \frac{R_k}{R_k + R}, \qquad \tau_k = C \frac{R R_k}{R + R_k}

        over the charging with the device off, from :math:`a = V_\mathrm{hold}` to :math:`b = V_\mathrm{th}`, and the
        discharging with the device on, from :math:`a = V_\mathrm{th}` to :math:`b = V_\mathrm{hold}`: the limit in
        which the device switches at once.

        Parameters
        ----------
        supply : float
            Voltage of the supply. [V]
        resistance : float
            Resistance between the supply and the device. [ohm]
        capacitance : float
            Capacitance in parallel with the device. [F]

        Returns
        -------
        float
            The period. [s]

        Raises
        ------
        ParameterError
            If the circuit does not oscillate: it must reach the threshold when off, and the hold voltage when on.

        References
        ----------
        A. Parihar, N. Shukla, S. Datta, A. Raychowdhury, "Synchronization of pairwise-coupled, identical, relaxation
        oscillators based on metal-insulator phase transition devices", J. Appl. Phys. 117, 054902 (2015),
        doi:10.1063/1.4906783.
        """
        low, high = self.hold_voltage, self.threshold_voltage
        period = 0.0
        for own, start, end in ((self.resistance_off, low, high), (self.resistance_on, high, low)):
            final = supply * own / (own + resistance)
            ratio = (final - start) / (final - end) if final != end else math.inf
            if not 1 < ratio < math.inf:
                raise ParameterError(
                    f"no oscillation: the voltage of the device would settle at {final:g} V, on its way from "
                    f"{start:g} V to {end:g} V"
                )
            period += capacitance * own * resistance / (own + resistance) * math.log(ratio)
        return period
