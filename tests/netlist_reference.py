"""What a netlist of a device must compute, from the numeric target."""

from __future__ import annotations

from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.targets.scaled import returning_rate, unit_in_seconds


def expected_rates(device, v):
    """Rates per unit of time of the scaled states; those that start beyond their bounds return."""
    functions, states = compiled(device), device.state_declarations()
    x, unit = initial_state(device), unit_in_seconds(device)
    rates = functions.rates([v, *[0.0] * (len(device.branches()) - 1)], x, parameter_vector(device))
    found = {}
    for rate, start, (name, state) in zip(rates, x, states.items(), strict=True):
        back = returning_rate(start / state.scale, tuple(b / state.scale for b in state.bounds)) if state.bounds else 0
        found[name] = rate * unit / state.scale + float(back)
    return found
