"""Additions to the equations for circuit simulators: states as node voltages of order one, kept on their sphere.

And within their bounds: a simulator's step may end beyond them, where a rate that has ceased would leave a state for
good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from ..core.system import System
from ..language.equations.functions import ramp

if TYPE_CHECKING:
    from ..core.base import DeviceModel

#: Rate at which a magnetisation returns to the unit sphere, in units of 1 / time scale.
SPHERE_STIFFNESS = 10
#: Rate at which a state beyond its bounds returns to them, likewise.
BOUND_STIFFNESS = 10
#: Angle by which a direction may turn in a step of a simulator that integrates it by trapezoids [rad]: with these the
#: time in which a cone opens is longer by a quarter of its square. Narrower cones than the second may take longer ones.
STEP_ANGLE, REST_ANGLE = 0.1, 1e-4
#: ngspice limits its steps by the error of a charge, which it compares with the charge or an absolute current. The
#: capacitor of a state that need not turn in every nanosecond [F], and the voltage that it has more than the state [V]:
#: with a picoampere and 1e-3, steps up to 4e5 s are free, ten years in a thousand.
STATE_CAPACITANCE, STATE_OFFSET = 1e12, 1e-5
#: The unit of time is the device's time scale between these: of a memory that would take years by itself a fast motion
#: would have too large a rate, and a time scale may be rounded to nothing at the corners of the parameters' bounds. [s]
SHORTEST_UNIT, LONGEST_UNIT = 1e-18, 1.0


def unit_of(scale: sp.Expr) -> sp.Expr:
    """The unit of time as an expression of the device's time scale."""
    return sp.Min(LONGEST_UNIT, sp.Max(SHORTEST_UNIT, scale, evaluate=False), evaluate=False)


def unit_in_seconds(device: DeviceModel) -> float:
    """The unit of time of a device's netlist and modules [s]."""
    return min(max(device.settling_time, SHORTEST_UNIT), LONGEST_UNIT)


def lasting(system: System) -> list[sp.Symbol]:
    """The states that may rest for years: all but the components of a magnetisation."""
    turning = {symbol for sphere in system.spheres for symbol in sphere}
    return [symbol for symbol in system.states if symbol not in turning]


def sphere_deficit(sphere: tuple[sp.Symbol, ...]) -> sp.Expr:
    """One minus the square of a magnetisation."""
    return sp.UnevaluatedExpr(1 - sum(x**2 for x in sphere))


def restoring_rates(system: System) -> dict[sp.Symbol, sp.Expr]:
    r"""Rates that return the states on a unit sphere to it, :math:`\kappa (1 - |m|^2)\,m`, per time scale."""
    return {
        symbol: SPHERE_STIFFNESS * sphere_deficit(sphere) * symbol for sphere in system.spheres for symbol in sphere
    }


def returning_rate(state: Any, bounds: tuple[float, float]) -> Any:
    """Rate that returns a state to its bounds, per time scale: zero within them."""
    low, high = bounds
    return BOUND_STIFFNESS * (ramp(low - state) - ramp(state - high))
