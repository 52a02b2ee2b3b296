"""Linear ion drift: the memristor of Strukov et al. 2008."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...core.protocols import Sweep
from ...language.declarations.declaration import Branch, Derived, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...model import CompactModel
from ...physics.windows import WINDOWS
from .fluctuations import Fluctuations


class LinearIonDrift(CompactModel):
    r"""Memristor whose doped region drifts with the current.

    .. math::

        v = \left[R_\mathrm{on} x + R_\mathrm{off} (1 - x)\right] i, \qquad
        \dot x = \frac{\mu_v R_\mathrm{on}}{D^2}\, i\, f(x), \qquad 0 \le x \le 1

    with the window :math:`f`. A positive voltage from ``p`` to ``n`` lowers the resistance.

    References
    ----------
    D. B. Strukov, G. S. Snider, D. R. Stewart, R. S. Williams, "The missing memristor found", Nature 453,
    80 (2008), doi:10.1038/nature06932.
    """

    symbol = "memristor"
    label = "Memristor with linear ion drift"
    reference = "D. B. Strukov, G. S. Snider, D. R. Stewart, R. S. Williams, Nature 453, 80 (2008)"
    doi = "10.1038/nature06932"
    time_scale = "drift_time"

    voltage = Branch("p", "n", "voltage across the memristor")

    window = Option("none", tuple(WINDOWS), "window function")
    resistance_on = Parameter(100.0, "ohm", "resistance, fully doped", (1e-2, 1e9))
    resistance_off = Parameter(16e3, "ohm", "resistance, undoped", (1e-2, 1e12))
    thickness = Parameter(10e-9, "m", "thickness of the film, D", (1e-10, 1e-6))
    mobility = Parameter(1e-14, "m^2/(V*s)", "mobility of the dopants", (1e-20, 1e-6))
    window_exponent = Parameter(1.0, "1", "exponent p of the window", (1.0, 100.0))
    window_scale = Parameter(1.0, "1", "factor j of the Prodromakis window", (0.1, 10.0))
    initial_state = Parameter(0.1, "1", "state at t = 0", (0.0, 1.0))
    fluctuations = Part(Fluctuations, "")

    drift_time = Derived("s", "time to cross the film at 1 V, D^2 / (mu_v * 1 V)")

    x = State("1", "width of the doped region over the thickness", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        resistance = (s.resistance_on * s.x + s.resistance_off * (1 - s.x)) / Fluctuations.share(s)
        current = s.voltage / resistance
        window = WINDOWS[s.window](s.x, current, s.window_exponent, s.window_scale)
        return {
            "drift_time": s.thickness**2 / s.mobility,
            "current": current,
            "dx/dt": s.mobility * s.resistance_on / s.thickness**2 * current * window,
            "resistance": resistance,
            **Fluctuations.fluctuation_equations(s, 1 / resistance, s.temperature),
        }

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The fully doped (on) and the undoped (off) film."""
        return {"on": {"initial_state": 1.0}, "off": {"initial_state": 0.0}}

    def default_sweep(self) -> Sweep:
        """A sine of 1 V, slow enough to move the boundary through the film."""
        return Sweep("voltage", 1.0, math.pi * self.drift_time * self.resistance_off / self.resistance_on)
