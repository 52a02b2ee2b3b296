"""Jumps of a network of p-bits, one after the other: the loop that is compiled.

Each free bit leaves its state at the rate of its input; the time to the next jump of all is exponential with the sum of
the rates, and which bit jumps is drawn by their shares (Gillespie). Nothing has a step in time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from ...devices.core.cache import PARSING
from ...devices.language.sources import digest_of
from ...devices.simulation.machine.kept import load_program
from ...devices.simulation.machine.kinds import F64, I64, Array, Kind
from ...devices.simulation.machine.program import Entry
from ...devices.simulation.machine.texts import text_of
from ...devices.simulation.machine.writer import Unit

VECTOR, WHOLES = Array(F64), Array(I64)
#: Places of the numbers that a run carries on: time, energy, its lowest and when it first was at the goal, the goal,
#: largest input, and the number of samples and of jumps.
TIME, ENERGY, LOWEST, REACHED, GOAL, LARGEST, SAMPLES, JUMPS = range(8)
FACTS = 8


def rate_of(logarithms: Any, row: Any, x: Any, low: Any, width: Any) -> Any:
    """Rate at an input, whose logarithm is linear between the columns of a table and constant beyond its ends."""
    last = len(logarithms[0]) - 2
    place = (x - low) / width
    place = 0.0 if place < 0.0 else place
    place = last + 1.0 if place > last + 1.0 else place
    k = int(place)
    k = last if k > last else k
    return math.exp(logarithms[row, k] + (place - k) * (logarithms[row, k + 1] - logarithms[row, k]))


def march(  # type: ignore[no-untyped-def]
    spins,
    inputs,
    products,
    rates,
    free,
    bit_begin,
    bit_terms,
    term_begin,
    term_bits,
    logarithms,
    low,
    width,
    strength,
    end,
    waits,
    picks,
    interval,
    samples,
    sums,
    since,
    facts,
):
    """Jump until the end, or until the random numbers are used up; returns how many were.

    The first row of the table is the state 1, the second the state -1. Bit k is in the products ``bit_terms`` from
    ``bit_begin[k]`` to ``bit_begin[k + 1]``; the bits of products are listed likewise.
    """
    bits = len(spins)
    time = facts[TIME]
    for i in range(bits):
        rates[i] = 0.0
        if free[i] > 0:
            x = strength * inputs[i]
            rates[i] = rate_of(logarithms, 0 if spins[i] > 0.0 else 1, x, low, width)
            facts[LARGEST] = max(facts[LARGEST], abs(x))
    used = 0
    while used < len(waits):
        total = 0.0
        for i in range(bits):
            total += rates[i]
        following = time + waits[used] / total
        while facts[SAMPLES] < len(samples) and facts[SAMPLES] * interval <= (following if following < end else end):
            row = int(facts[SAMPLES])
            for i in range(bits):
                samples[row, i] = spins[i]
            facts[SAMPLES] += 1.0
        used += 1
        if following >= end:  # what was drawn is forgotten: the waiting time has no memory
            facts[TIME] = end
            return used
        time = following
        goal = picks[used - 1] * total
        chosen, at, reached = 0, 0, 0.0
        found = 0
        while at < bits and found == 0:
            if rates[at] > 0.0:
                chosen = at
                reached += rates[at]
                if reached > goal:
                    found = 1
            at += 1
        facts[ENERGY] += 2.0 * spins[chosen] * inputs[chosen]
        sums[chosen] += spins[chosen] * (time - since[chosen])
        since[chosen] = time
        for t in range(bit_begin[chosen], bit_begin[chosen + 1]):
            term = bit_terms[t]
            products[term] = -products[term]
            for j in range(term_begin[term], term_begin[term + 1]):
                other = term_bits[j]
                if other != chosen:
                    inputs[other] -= 2.0 * spins[other] * products[term]
        spins[chosen] = -spins[chosen]
        for t in range(bit_begin[chosen], bit_begin[chosen + 1]):
            term = bit_terms[t]
            for j in range(term_begin[term], term_begin[term + 1]):
                other = term_bits[j]
                if free[other] > 0 and other != chosen:
                    x = strength * inputs[other]
                    rates[other] = rate_of(logarithms, 0 if spins[other] > 0.0 else 1, x, low, width)
                    facts[LARGEST] = max(facts[LARGEST], abs(x))
        rates[chosen] = rate_of(logarithms, 0 if spins[chosen] > 0.0 else 1, strength * inputs[chosen], low, width)
        facts[JUMPS] += 1.0
        if facts[ENERGY] < facts[LOWEST]:
            facts[LOWEST] = facts[ENERGY]
        if facts[ENERGY] <= facts[GOAL] and facts[REACHED] < 0.0:
            facts[REACHED] = time
    facts[TIME] = time
    return used


#: Kinds of the arguments of :func:`march`.
KINDS: tuple[Kind, ...] = (
    *[VECTOR] * 4,
    *[WHOLES] * 5,
    Array(F64, 2),
    *[F64] * 4,
    *[VECTOR] * 2,
    F64,
    Array(F64, 2),
    *[VECTOR] * 3,
)


def compiled_march() -> Callable[..., int]:
    """:func:`march` as machine code; the first time ever it takes a second."""
    with PARSING:
        return _compiled_march()


@functools.cache
def _compiled_march() -> Callable[..., int]:
    entry = Entry(KINDS, I64)

    def write(unit: Unit) -> None:
        unit.write(text_of(march, I64), KINDS, name="p_bits")

    return load_program("p_bits", digest_of(__name__), write, {"p_bits": entry})["p_bits"]
