"""Hypothesis strategies for devices, shared by the tests."""

from __future__ import annotations

import math

from hypothesis import assume
from hypothesis import strategies as st

from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, StanfordRRAM, Yakopcic
from synaspice.devices.language.declaration import Telegraph

#: Devices of one branch whose states are all bounded, or a direction: any state can be drawn.
MEMORIES = [MTJ, VTEAM, LinearIonDrift, StanfordRRAM, Yakopcic]


def values_of(parameter):
    """Values over a parameter's bounds, by decades where they span several."""
    if isinstance(parameter, Telegraph):
        return st.sampled_from(parameter.bounds)
    low, high = parameter.bounds
    if low > 0 and high > 10 * low:
        return st.floats(math.log(low), math.log(high)).map(lambda x: min(max(math.exp(x), low), high))
    if high < 0 and low < 10 * high:
        return st.floats(math.log(-high), math.log(-low)).map(lambda x: max(min(-math.exp(x), high), low))
    return st.floats(low, high)


@st.composite
def devices(draw, model):
    """Devices with any of the parameters given, the others at their defaults, and any options."""
    declared = model.parameter_declarations()
    values = {name: draw(values_of(p)) for name, p in declared.items() if not callable(p.default)}
    for name, parameter in declared.items():
        if callable(parameter.default) and draw(st.booleans()):
            values[name] = draw(values_of(parameter))
    options = {name: draw(st.sampled_from(option.choices)) for name, option in model.option_declarations().items()}
    if options.get("torque", "slonczewski") != "slonczewski":
        values |= dict.fromkeys(("asymmetry_reference", "asymmetry_free"), 1.0)
    try:
        return model(**values, **options)
    except ParameterError as error:
        # What check() refuses says "must"; a computed default outside its own bounds would be a mistake.
        assume("must" not in str(error))
        raise
