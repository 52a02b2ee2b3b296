"""The states of a subcircuit: nodes that hold still in static analyses, and move in all others.

Every state is the voltage of a node, in units of its scale, on a capacitor that the state's rate charges: time is
measured in the model's time scale, so that all quantities are of order one and the simulator's default tolerances fit.
In a static analysis a hysteretic state must hold its initial value, while small-signal analyses must see its dynamics,
and a transient must move it. All three come from one node per state,

    hold = rate + (state - initial state),

behind a low-pass filter of an age-long time constant, and a source ``running`` that is 0 in static analyses and 1
once time runs: the state's capacitor gets ``rate - (1 - running) * hold``. At the operating point that is
``initial state - state``, which vanishes; at any finite frequency the filtered node stands still and ``rate``
acts alone; and in a transient the node is out of it. (The variable ``time`` would not do: in a ``.dc`` analysis ngspice
sets it to the swept value.) The conductance of ``hold``, which a multiplier that enforces ``state = initial state``
would not need, gives the matrix a pivot there: without it a simulator eliminates the circuit around the devices first,
and the matrix of a network of many devices fills up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.system import System, enforce_bounds
from ...language.declarations.declaration import State
from ...language.quantities.quantity import with_unit
from ..scaled import (
    SPHERE_STIFFNESS,
    STATE_CAPACITANCE,
    STATE_OFFSET,
    lasting,
    restoring_rates,
    returning_rate,
    sphere_deficit,
)
from .elements import Elements
from .formulation import exact
from .statements import Statements

#: The states are let go in this time from the start of a transient [s]. In less, the rounding of the
#: currents that charge a circuit's capacitors is above a simulator's tolerance of currents.
RISE = 2e-14
#: How: times over RISE, and ``running``, whose mean over the rise is 1. At the end every state is where it would be
#: had it been free from the start, but for the square of the way that it went meanwhile.
LETTING_GO = ((0.0, 0.0), (0.5, 1.5), (1.0, 1.0))
#: Conductance of the node that the capacitors end at: large against theirs over the shortest step. [S]
STIFF = 1e33


def write_states(
    write: Statements,
    elements: Elements,
    system: System,
    states: Mapping[str, State],
    free_rates: Mapping[sp.Symbol, sp.Expr],
    time_unit: Any,
    *,
    long_steps: bool,
) -> list[str]:
    """Write the nodes of the states, which start from the parameters ``<state>_start``.

    Parameters
    ----------
    write, elements : Statements, Elements
        The dialect's statements, and the nodes that there are.
    system : System
        The device's equations.
    states : mapping
        Declarations of the states, by component.
    free_rates : mapping
        Rates of the states without regard to bounds, in nodes of the subcircuit.
    time_unit : Expr
        The unit of time.
    long_steps : bool
        Whether the states that may rest have capacitors that allow long steps.
    """
    restoring = restoring_rates(system)
    deficits = {sphere_deficit(sphere): restoring_node(sphere) / SPHERE_STIFFNESS for sphere in system.spheres}
    running = elements.add(sp.Symbol("running", real=True))
    patient = lasting(system) if long_steps else []
    lines = []
    for symbol, rate in free_rates.items():
        state = states[str(symbol)]
        scale = state.scale
        scaled = over(time_unit * rate, scale) + sp.sympify(restoring.get(symbol, 0)).xreplace(deficits)
        size = "" if scale == 1 else f" in {with_unit(scale, state.unit)}"
        lines += write.comment(f"{symbol}: {state.description}{size}; its rate per time_unit, and its capacitor")
        if state.bounds:
            low, high = (bound / scale for bound in state.bounds)
            drift = elements.add(sp.Symbol(f"drift_{symbol}", real=True))
            here = elements.add(here_of(symbol), name=symbol)
            lines += elements.node(drift, scaled)
            scaled = enforce_bounds(drift, here, (low, high), state.boundary_layer, closing=symbol in system.closing)
            scaled += returning_rate(here, (low, high))
            lines += write.comment(f"no further than {low:g} .. {high:g}: see the boundary layer of the model's states")
        rate_node = elements.add(sp.Symbol(f"rate_{symbol}", real=True))
        hold = elements.add(sp.Symbol(f"hold_{symbol}", real=True))
        lines += elements.node(rate_node, scaled)
        start = write.formula(f"{symbol}_start")
        if symbol in patient:
            # The product is in a source of its own: simulators compare currents of such sources with picoamperes.
            held = elements.add(sp.Symbol(f"held_{symbol}", real=True))
            lines += elements.current(held, 0, held, sp.S.Zero, unsplit=(1 - running) * hold)
            lines += write.conductance(held, "1")
            weight = sp.Symbol("state_weight", real=True)
            lines += elements.current(symbol, 0, symbol, weight * rate_node - weight * held)
            shifted = write.formula(f"{symbol}_start + {STATE_OFFSET:g}")
            lines += write.capacitor(symbol, symbol, "offset", f"{STATE_CAPACITANCE:g}", shifted)
        else:
            lines += elements.current(symbol, 0, symbol, rate_node - hold, unsplit=running * hold)
            lines += write.capacitor(symbol, symbol, 0, write.formula("time_unit"), start)
        here = elements.add(here_of(symbol), name=symbol)
        lines += elements.current(hold, 0, hold, rate_node + here)
        lines += write.constant_current(hold, hold, 0, start)
        lines += write.conductance(hold, "1")
        if long_steps:
            lines += write.capacitor(hold, hold, "offset", "1e12", f"{STATE_OFFSET:g}")
        else:
            lines += write.capacitor(hold, hold, 0, "1e12")
    if not lines:
        return lines
    intro = write.comment("running: 0 in static analyses, 1 in transients")
    intro += write.comment("hold_*: keeps a state at its start while running is 0")
    if write.dialect.long_step_options and lasting(system) and not long_steps:
        intro += write.comment("steps of seconds at most: for a rest of minutes to years, write it with long_steps")
    intro += write.drawn_voltage("running", "running", 0, [(share * RISE, value) for share, value in LETTING_GO])
    if long_steps:
        intro += write.comment("offset: no capacitor is without charge, whose error the simulator limits by its size")
        # No voltage source: the current of one, which is nothing but rounding, would never settle.
        intro += write.constant_current("offset", "offset", 0, f"{STATE_OFFSET * STIFF:g}")
        intro += write.conductance("offset", f"{STIFF:g}")
        if patient:
            intro += write.parameter("state_weight", write.formula(f"{STATE_CAPACITANCE:g}/time_unit"))
    return intro + lines


def here_of(symbol: sp.Symbol) -> sp.Symbol:
    """The voltage of a state's node, whatever the state's scale."""
    return sp.Symbol(f"{symbol}_in_volts", real=True)


def restoring_node(sphere: tuple[sp.Symbol, ...]) -> sp.Symbol:
    """Node of the rate, over the magnetisation, that returns it to its sphere."""
    return sp.Symbol(f"{str(sphere[0]).removesuffix('_x')}_restoring", real=True)


def over(expression: Any, scale: float) -> Any:
    """A quantity in units of its scale."""
    return expression if scale == 1 else expression / exact(scale)
