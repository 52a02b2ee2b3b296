"""Hypothesis strategies for devices, shared by the tests."""

from __future__ import annotations

import functools
import math
from random import Random

from hypothesis import assume
from hypothesis import strategies as st

from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, StanfordRRAM, Yakopcic
from synaspice.devices.language.declarations.declaration import Telegraph

#: Devices of one branch whose states are all bounded, or a direction: any state can be drawn.
MEMORIES = [MTJ, VTEAM, LinearIonDrift, StanfordRRAM, Yakopcic]


def value_of(parameter, random):
    """A value within a parameter's bounds, by decades where they span several; every tenth one is a bound itself."""
    if isinstance(parameter, Telegraph) or random.random() < 0.1:
        return random.choice(parameter.bounds)
    low, high = parameter.bounds
    if low > 0 and high > 10 * low:
        return min(max(math.exp(random.uniform(math.log(low), math.log(high))), low), high)
    if high < 0 and low < 10 * high:
        return max(min(-math.exp(random.uniform(math.log(-high), math.log(-low))), high), low)
    return random.uniform(low, high)


#: Choices of options that are tried: each takes SymPy half a second or more, and an MTJ has a hundred.
MOST_CHOICES = 8


@functools.cache
def choices_of(model):
    """Some choices of a model's options in which every choice of each occurs."""
    random, declared = Random(1), model.option_declarations()
    columns = {}
    for name, option in declared.items():
        column = [*option.choices, *random.choices(option.choices, k=max(0, MOST_CHOICES - len(option.choices)))]
        columns[name] = random.sample(column, len(column))
    rows = max([MOST_CHOICES, *map(len, columns.values())]) if columns else 1
    return [{name: column[k % len(column)] for name, column in columns.items()} for k in range(rows)]


@st.composite
def devices(draw, model):
    """Devices with any of the parameters given, the others at their defaults, and any options.

    A device is drawn as one number, the seed of its fifty parameters: to draw each of them takes Hypothesis longer than
    the tests take.
    """
    random = Random(draw(st.integers(0, 2**32 - 1)))
    declared = model.parameter_declarations()
    values = {name: value_of(p, random) for name, p in declared.items() if not callable(p.default)}
    for name, parameter in declared.items():
        if callable(parameter.default) and random.random() < 0.5:
            values[name] = value_of(parameter, random)
    options = dict(random.choice(choices_of(model)))
    if options.get("torque", "slonczewski") != "slonczewski":
        values |= dict.fromkeys(("asymmetry_reference", "asymmetry_free"), 1.0)
    try:
        return model(**values, **options)
    except ParameterError as error:
        # What check() refuses says "must"; a computed default outside its own bounds would be a mistake.
        assume("must" not in str(error))
        raise
