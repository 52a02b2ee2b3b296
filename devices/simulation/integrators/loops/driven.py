"""A driven device, as compiled loops take it: waveforms as numbers, machine code by its address."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ....language.waveforms.shapes import FloatArray
from ...machine.kinds import F64, I64, TRUTH, Array, Group, Kind
from ...machine.texts import Intrinsic, routine
from ...numerics.newton import MOST_CORRECTIONS, SETTLED, choose, make_correction

#: How the source of the driven branch works.
VOLTAGE, CURRENT, LIMITED = 0, 1, 2
#: Kinds of waveforms.
LINES, SINE = 0.0, 1.0
#: Newton's corrections from the voltage of the last step, before it is sought from zero volt.
NEARBY = 6


class Driven(NamedTuple):
    """A driven device, as compiled loops take it: addresses of machine code, numbers, and room to work in.

    The rates are the prepared ones of :mod:`..prepared`, whose numbers follow the parameters.
    """

    pace: int
    conduction: int
    jacobian: int
    currents: int
    voltages: FloatArray
    states: FloatArray
    parameters: FloatArray
    results: FloatArray
    scales: FloatArray
    #: Waveforms one after another; of the drive, the inputs and the other branches.
    waves: FloatArray
    starts: Any
    #: Places of the inputs among the parameters, and numbers of the other branches.
    inputs: Any
    others: Any
    branch: int
    source: int
    low: float
    high: float
    #: Whether voltages and inputs stay as they are set, whatever the time and the states.
    steady: bool


_VECTOR, _PLACES = Array(F64), Array(I64)
_KINDS: list[Kind] = [*[I64] * 4, *[_VECTOR] * 6, *[_PLACES] * 3, I64, I64, F64, F64, TRUTH]
#: Kind of the argument that a driven device is.
DRIVEN = Group(tuple(zip(Driven._fields, _KINDS, strict=True)))
#: Calls machine code at an address with the addresses of its four arrays.
call = Intrinsic(lambda writer, address, *arrays: writer.call_at(address, [array.pointer for array in arrays]))


@routine
def evaluate(address: int, d: Driven) -> None:
    """Results of a function at the voltages, states and parameters that are set."""
    call(address, d.voltages, d.states, d.parameters, d.results)


@routine
def value_at(waves: FloatArray, start: int, time: float, later: float) -> float:
    """Value of a waveform some time later than a time: short edges may begin late, where sums have too few digits."""
    t = time - waves[start + 1]
    if waves[start] == SINE:
        t = max(t + later, 0.0)
        turns, phase, decay = waves[start + 4], waves[start + 5], waves[start + 6]
        return float(waves[start + 2] + waves[start + 3] * math.sin(turns * t + phase) * math.exp(-decay * t))
    period, count = waves[start + 2], int(waves[start + 3])
    if period < math.inf and t + later > 0.0:
        if t > 0.0:
            t %= period
        if t + later >= period:
            t, later = (t + later) % period, 0.0
    first, levels = start + 4, start + 4 + count
    # Number of the corners up to here.
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if waves[first + middle] <= t + later:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return float(waves[levels])
    if low == count:
        return float(waves[levels + count - 1])
    before, after = waves[first + low - 1], waves[first + low]
    one, other = waves[levels + low - 1], waves[levels + low]
    return float(one + (other - one) * ((t - before) + later) / (after - before))


correct = make_correction(choose)


@routine
def solve_voltage(d: Driven, current: float) -> bool:
    """Set the driven branch's voltage to that at which it carries a current; whether there is one.

    The current rises with the voltage, so there is one voltage for it, and it may be sought from that of the last step.
    """
    branch, count = d.branch, len(d.voltages)
    for _ in range(NEARBY if math.isfinite(d.voltages[branch]) else 0):
        evaluate(d.conduction, d)
        change = (d.results[branch] - current) / d.results[count + branch * count + branch]
        if not math.isfinite(change) or not d.results[count + branch * count + branch] > 0.0:
            break
        d.voltages[branch] -= change
        if abs(change) <= SETTLED * abs(d.voltages[branch]):
            return True
    found, low, high, last = 0.0, -math.inf, math.inf, math.inf
    for _ in range(MOST_CORRECTIONS):
        d.voltages[branch] = found
        evaluate(d.conduction, d)
        excess, slope = d.results[branch] - current, d.results[count + branch * count + branch]
        if not (math.isfinite(excess) and math.isfinite(slope)):  # too far out
            excess, slope = math.copysign(math.inf, found), 0.0
        found, low, high, last, done = correct(found, low, high, last, excess, slope)
        if done:
            d.voltages[branch] = found
            return True
    d.voltages[branch] = math.nan
    return False


@routine
def set_drives(d: Driven, time: float, later: float) -> bool:
    """Set inputs and voltages for some time later than a time, at the states that are set.

    Returns whether the source imposes the current.
    """
    for k in range(len(d.inputs)):
        d.parameters[d.inputs[k]] = value_at(d.waves, d.starts[1 + k], time, later)
    for k in range(len(d.others)):
        d.voltages[d.others[k]] = value_at(d.waves, d.starts[1 + len(d.inputs) + k], time, later)
    target = value_at(d.waves, d.starts[0], time, later)
    if d.source == VOLTAGE:
        d.voltages[d.branch] = target
        return False
    if d.source == LIMITED:
        d.voltages[d.branch] = target
        evaluate(d.conduction, d)
        current = d.results[d.branch]
        if not math.isfinite(current):  # more than there are numbers for
            current = math.copysign(math.inf, target)
        if d.low <= current <= d.high:
            return False
        target = d.low if current < d.low else d.high
    # A state that a trial step made senseless has no voltage: the step is taken back.
    for k in range(len(d.states)):
        if not math.isfinite(d.states[k]):
            d.voltages[d.branch] = math.nan
            return True
    solve_voltage(d, target)
    return True


@routine
def move(d: Driven, time: float, later: float, scaled: FloatArray) -> None:
    """Set states, inputs and voltages to those of a time."""
    for k in range(len(scaled)):
        d.states[k] = scaled[k] * d.scales[k]
    set_drives(d, time, later)


def begin(d: Driven, time: float, later: float, scaled: FloatArray) -> None:
    """Set what drives a steady device."""
    if d.steady:
        move(d, time, later, scaled)


def rates_at(d: Driven, time: float, later: float, scaled: FloatArray, into: FloatArray) -> None:
    """Rates of the scaled states; NaN where there is no voltage for the current.

    What drives a steady device must have been set.
    """
    if not d.steady:
        move(d, time, later, scaled)
    call(d.pace, d.voltages, scaled, d.parameters, into)


@routine
def voltages_at(d: Driven, times: FloatArray, scaled: FloatArray, into: FloatArray, imposed: Any) -> None:
    """Voltage of the driven branch at several times with the scaled states there, and whether the source imposes it."""
    for i in range(len(times)):
        for k in range(scaled.shape[1]):
            d.states[k] = scaled[i, k] * d.scales[k]
        imposed[i] = not set_drives(d, times[i], 0.0)
        into[i] = d.voltages[d.branch]


@routine
def rates_over(d: Driven, times: FloatArray, scaled: FloatArray, into: FloatArray) -> None:
    """Rates of the scaled states at several times with the scaled states there."""
    for i in range(len(times)):
        if i == 0:
            begin(d, times[i], 0.0, scaled[i])
        rates_at(d, times[i], 0.0, scaled[i], into[i])
