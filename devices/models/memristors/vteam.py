"""VTEAM: the voltage-controlled threshold-adaptive memristor of Kvatinsky et al. 2015."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.protocols import Sweep
from ...language.declarations.declaration import Branch, Derived, Noise, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.functions import limexp, ramp_power
from ...model import CompactModel
from ...physics.ranges import check_range
from ...physics.windows import WINDOWS
from .fluctuations import Fluctuations

#: Distance between the on and the off position below which there is no device [m].
SHORTEST_TRAVEL = 1e-13


class VTEAM(CompactModel):
    r"""Memristor that moves only beyond voltage thresholds (VTEAM).

    .. math::

        \dot w = \begin{cases}
            k_\mathrm{off} \left(v / v_\mathrm{off} - 1\right)^{\alpha_\mathrm{off}} f_\mathrm{off}(w), & v >
            v_\mathrm{off} > 0 \\
            0, & v_\mathrm{on} \le v \le v_\mathrm{off} \\
            k_\mathrm{on} \left(v / v_\mathrm{on} - 1\right)^{\alpha_\mathrm{on}} f_\mathrm{on}(w), & v <
            v_\mathrm{on} < 0
        \end{cases}

    with the resistance between :math:`R_\mathrm{on}` at :math:`w_\mathrm{on}` and :math:`R_\mathrm{off}` at
    :math:`w_\mathrm{off}`
    linear or exponential in :math:`w`. The state here is :math:`x = (w - w_\mathrm{on}) / (w_\mathrm{off} -
    w_\mathrm{on})`, 0 when on
    and 1 when off. A positive voltage from ``p`` to ``n`` raises the resistance.

    Cycle-to-cycle variability is white noise in the rate, of spectral density :math:`c^2 |\dot x|`: it acts only while
    the state moves, and the state has the standard deviation :math:`c \sqrt{\Delta x}` after it has moved by
    :math:`\Delta x` at constant voltage. Noisy simulations alone (those with a temperature) have it.

    References
    ----------
    S. Kvatinsky, M. Ramadan, E. G. Friedman, A. Kolodny, "VTEAM: A general model for voltage-controlled memristors",
    IEEE Trans. Circuits Syst. II 62, 786 (2015), doi:10.1109/TCSII.2015.2433536.
    """

    symbol = "memristor"
    label = "VTEAM memristor"
    reference = "S. Kvatinsky, M. Ramadan, E. G. Friedman, A. Kolodny, IEEE Trans. Circuits Syst. II 62, 786 (2015)"
    doi = "10.1109/TCSII.2015.2433536"
    time_scale = "switching_time"

    voltage = Branch("p", "n", "voltage across the memristor")

    conduction = Option("linear", ("linear", "exponential"), "resistance as a function of the state")
    window = Option("none", (*WINDOWS, "team"), "window function")
    resistance_on = Parameter(50.0, "ohm", "resistance at w_on", (1e-2, 1e12))
    resistance_off = Parameter(1e3, "ohm", "resistance at w_off", (1e-2, 1e15))
    position_on = Parameter(0.0, "m", "state variable w_on of the on state", (-1e-6, 1e-6))
    position_off = Parameter(3e-9, "m", "state variable w_off of the off state, above w_on", (-1e-6, 1e-6))
    threshold_on = Parameter(-0.2, "V", "threshold v_on, below which the device turns on", (-100.0, -1e-6))
    threshold_off = Parameter(0.2, "V", "threshold v_off, above which the device turns off", (1e-6, 100.0))
    rate_on = Parameter(-10.0, "m/s", "velocity k_on at twice the threshold", (-1e9, -1e-20))
    rate_off = Parameter(5e-4, "m/s", "velocity k_off at twice the threshold", (1e-20, 1e9))
    exponent_on = Parameter(3.0, "1", "exponent alpha_on", (1.0, 20.0))
    exponent_off = Parameter(1.0, "1", "exponent alpha_off", (1.0, 20.0))
    window_exponent = Parameter(1.0, "1", "exponent p of the window", (1.0, 100.0))
    window_scale = Parameter(1.0, "1", "factor j of the Prodromakis window", (0.1, 10.0))
    window_position_on = Parameter(0.0, "m", "position a_on of the TEAM window", (-1e-6, 1e-6))
    window_position_off = Parameter(3e-9, "m", "position a_off of the TEAM window", (-1e-6, 1e-6))
    window_width = Parameter(107e-12, "m", "width w_c of the TEAM window", (1e-13, 1e-6))
    initial_state = Parameter(0.5, "1", "state at t = 0: 0 on, 1 off", (0.0, 1.0))
    cycle_to_cycle = Parameter(0.0, "1", "standard deviation c of the state after a full switching cycle", (0.0, 1.0))
    fluctuations = Part(Fluctuations, "")

    travel = Derived("m", "distance w_off - w_on")
    switching_time = Derived("s", "time to cross at twice the threshold, geometric mean of both directions")

    x = State("1", "normalised state, 0 on, 1 off", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    switching_noise = Noise("1/s", "cycle-to-cycle variability of the rate")
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        if s.window == "team":
            w = s.position_on + s.x * s.travel
            window_off = sp.exp(-limexp((w - s.window_position_off) / s.window_width))
            window_on = sp.exp(-limexp((s.window_position_on - w) / s.window_width))
        else:
            window = WINDOWS[s.window]
            window_off = window(s.x, sp.S.One, s.window_exponent, s.window_scale)
            window_on = window(s.x, -sp.S.One, s.window_exponent, s.window_scale)
        off = s.rate_off * ramp_power(s.voltage / s.threshold_off - 1, s.exponent_off) * window_off
        on = s.rate_on * ramp_power(s.voltage / s.threshold_on - 1, s.exponent_on) * window_on
        if s.conduction == "linear":
            resistance = s.resistance_on + (s.resistance_off - s.resistance_on) * s.x
        else:
            resistance = s.resistance_on * sp.exp(s.x * sp.log(s.resistance_off / s.resistance_on))
        resistance /= Fluctuations.share(s)
        return {
            "travel": s.position_off - s.position_on,
            "switching_time": s.travel / sp.sqrt(-s.rate_off * s.rate_on),
            "current": s.voltage / resistance,
            "dx/dt": (off + on) / s.travel + s.switching_noise,
            "switching_noise": s.cycle_to_cycle**2 * (off - on) / s.travel,
            "resistance": resistance,
            **Fluctuations.fluctuation_equations(s, 1 / resistance, s.temperature),
        }

    def check(self) -> None:
        check_range(self, "position_off", "position_on", SHORTEST_TRAVEL)

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The on and the off state."""
        return {"on": {"initial_state": 0.0}, "off": {"initial_state": 1.0}}

    def default_sweep(self) -> Sweep:
        """A sine to twice the thresholds, slow enough for both directions."""
        slower = self.travel / min(self.rate_off, -self.rate_on)
        return Sweep("voltage", 2 * max(self.threshold_off, -self.threshold_on), 10 * slower)
