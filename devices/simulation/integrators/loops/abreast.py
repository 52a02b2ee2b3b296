"""The explicit method of :mod:`.explicit` for many trajectories: eight at a time, one in each lane of the registers.

Each lane has its own time and its own step, is accepted or rejected by itself, and takes the next trajectory when its
own has come to its end. So every trajectory takes the steps that it takes alone, and its numbers are the same to the
last bit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....language.waveforms.shapes import FloatArray
from ...machine.lanes import any_of, one_by_one, side_by_side, spread, wide_array
from ...machine.texts import routine
from ...numerics.newton import SETTLED
from .driven import CURRENT, NEARBY, call, rates_at, solve_voltage, value_at
from .explicit import (
    CORNER,
    DONE,
    EXTENDED,
    GAVE_UP,
    GROW,
    PAUSED,
    REPORTED,
    SHRINK,
    STAGES,
    STEP,
    TIME,
    C,
    advance,
    estimate,
    factor_of,
    first_step,
    sample,
    shortest,
)
from .many_driven import Batch, Lanes, alone, lanes_of

#: Places in the numbers of a trajectory: those of :mod:`.explicit`, and the number of its steps.
STEPS, CARRIED = 5, 6
#: A lane without a trajectory; the outcome of one that is in a lane.
FREE, UNDER_WAY = -1, 3
#: Whole numbers and numbers of a lane that it goes on from.
WHOLE, REAL = 6, 5


@routine
def lend(b: Batch, w: Lanes, lane: int) -> None:
    """Set the voltages of the single devices to those of a lane, from which the next are sought."""
    voltages = one_by_one(w.voltages)
    for i in range(len(b.voltages)):
        b.voltages[i] = voltages[i, lane]


@routine
def take_back(b: Batch, w: Lanes, lane: int) -> None:
    """Set the voltages, and what is driven, of a lane to those of its single device."""
    voltages, parameters = one_by_one(w.voltages), one_by_one(w.parameters)
    for i in range(len(b.voltages)):
        voltages[i, lane] = b.voltages[i]
    for i in range(len(b.inputs)):
        parameters[b.inputs[i], lane] = b.parameters[w.who[lane], b.inputs[i]]


@routine
def set_wide_drives(b: Batch, w: Lanes, lane: int) -> None:
    """Set inputs, voltages and the driven quantity of a lane for the time that is asked for."""
    voltages, parameters, target = one_by_one(w.voltages), one_by_one(w.parameters), one_by_one(w.target)
    later, k, origin = one_by_one(w.later), w.who[lane], w.origin[lane]
    for i in range(len(b.inputs)):
        value = value_at(b.waves, b.starts[k, 1 + i], origin, later[0, lane])
        parameters[b.inputs[i], lane], b.parameters[k, b.inputs[i]] = value, value
    for i in range(len(b.others)):
        start = b.starts[k, 1 + len(b.inputs) + i]
        voltages[b.others[i], lane] = value_at(b.waves, start, origin, later[0, lane])
    target[0, lane] = value_at(b.waves, b.starts[k, 0], origin, later[0, lane])
    if b.source != CURRENT:
        voltages[b.branch, lane] = target[0, lane]


@routine
def solve_wide_voltage(b: Batch, w: Lanes) -> None:
    """Set the driven branches' voltages to those at which they carry their currents, as ``solve_voltage`` does."""
    branch, count = b.branch, len(b.voltages)
    whole = w.states[0] == w.states[0]
    for k in range(len(w.states)):
        whole = whole & math.isfinite(w.states[k])
    pending = whole & math.isfinite(w.voltages[branch])
    solved = not whole
    for _ in range(NEARBY):
        call(b.wide_conduction, w.voltages, w.states, w.parameters, w.results)
        slope = w.results[count + branch * count + branch]
        change = (w.results[branch] - w.target[0]) / slope
        pending = pending & math.isfinite(change) & (slope > 0.0)
        w.voltages[branch] = w.voltages[branch] - change if pending else w.voltages[branch]
        settled = pending & (abs(change) <= SETTLED * abs(w.voltages[branch]))
        solved = solved | settled
        pending = pending & (not settled)
        if not any_of(pending):
            break
    # A state that a trial step made senseless has no voltage: the step is taken back.
    w.voltages[branch] = w.voltages[branch] if whole else math.nan
    if any_of(not solved):
        missing = wide_array(1)
        missing[0] = 0.0 if solved else 1.0
        single = one_by_one(missing)
        for lane in range(len(w.who)):
            if w.who[lane] != FREE and single[0, lane] > 0.0:
                solve_in_lane(b, w, lane)


@routine
def solve_in_lane(b: Batch, w: Lanes, lane: int) -> None:
    """Seek the voltage of a lane from zero volt."""
    voltages, states, target = one_by_one(w.voltages), one_by_one(w.states), one_by_one(w.target)
    parameters = one_by_one(w.parameters)
    lend(b, w, lane)
    for k in range(len(b.states)):
        b.states[k] = states[k, lane]
    for i in range(len(b.inputs)):
        b.parameters[w.who[lane], b.inputs[i]] = parameters[b.inputs[i], lane]
    b.voltages[b.branch] = math.nan
    solve_voltage(alone(b, w.who[lane]), target[0, lane])
    voltages[b.branch, lane] = b.voltages[b.branch]


@routine
def wide_rates_at(b: Batch, w: Lanes, scaled: Any, into: Any) -> None:
    """Rates of the scaled states in all lanes, at the time that is asked for."""
    if not b.steady:
        for lane in range(len(w.who)):
            if w.who[lane] != FREE:
                set_wide_drives(b, w, lane)
    if b.source == CURRENT:
        for k in range(len(scaled)):
            w.states[k] = scaled[k] * b.scales[k]
        solve_wide_voltage(b, w)
    call(b.wide_pace, w.voltages, scaled, w.parameters, into)


@routine
def begin_stretch(
    b: Batch, w: Lanes, lane: int, y: Any, rates: Any, end: float, h: float, rtol: float, atol: float
) -> float:
    """Set the rates in a lane that begins anew, at a corner or at all; the step to begin with."""
    n = len(b.scales)
    states, slopes = one_by_one(y), one_by_one(rates)
    own, pace = np.empty(n), np.empty(n)
    d = alone(b, w.who[lane])
    lend(b, w, lane)
    for j in range(n):
        own[j] = states[j, lane]
    rates_at(d, w.origin[lane], w.time[lane], own, pace)
    if h <= 0.0:
        h = first_step(d, w.origin[lane], end - w.time[lane], own, pace, rtol, atol, 7)
    for j in range(n):
        slopes[j, lane] = pace[j]
    take_back(b, w, lane)
    return h


@routine
def sample_lane(
    b: Batch, w: Lanes, lane: int, h: float, y: Any, new: Any, slopes: Any, reported: FloatArray, first: int,
    last: int, samples: FloatArray, spheres: Any,
) -> None:  # fmt: skip
    """Interpolate the reported times within a step of one lane."""
    n = len(b.scales)
    old_one, new_one, slopes_one = one_by_one(y), one_by_one(new), one_by_one(slopes)
    old, later, rates = np.empty(n), np.empty(n), np.empty((EXTENDED, n))
    for j in range(n):
        old[j], later[j] = old_one[j, lane], new_one[j, lane]
        for s in range(STAGES + 1):
            rates[s, j] = slopes_one[s, j, lane]
    lend(b, w, lane)
    d = alone(b, w.who[lane])
    sample(d, w.origin[lane], w.time[lane], h, old, later, rates, reported, first, last, samples, spheres)
    take_back(b, w, lane)


@routine
def march(
    b: Batch, y: FloatArray, carry: FloatArray, outcomes: Any, corners: FloatArray, first_corners: Any,
    max_steps: FloatArray, reported: FloatArray, samples: Any, spheres: Any, whole: Any, real: FloatArray,
    held: FloatArray, kept_slopes: Any, kept_voltages: FloatArray, kept_parameters: FloatArray, rtol: float,
    atol: float, most_turns: int,
) -> int:  # fmt: skip
    """Take steps of all trajectories, as :func:`.explicit.march` does of one; at most so many turns in one call.

    ``y`` has the states at the beginning and at the end. ``carry``, ``outcomes``, and what the lanes hold from
    ``whole`` to ``kept_parameters``, are where it goes on. Corners of the drives are one trajectory's after another's.
    Lanes without a trajectory compute as well, whatever they hold.
    """
    n, count = y.shape[1], len(outcomes)
    lanes, slopes = side_by_side(held), side_by_side(kept_slopes)
    voltages, parameters = side_by_side(kept_voltages), side_by_side(kept_parameters)
    trial = wide_array(n)
    step, size, accepted = wide_array(1), wide_array(1), wide_array(1)
    errors, others = wide_array(n), wide_array(n)
    states, results, later, target = wide_array(n), wide_array(len(b.results)), wide_array(1), wide_array(1)
    lane_of, step_of = one_by_one(lanes), one_by_one(step)
    size_of, accepted_of, later_of = one_by_one(size), one_by_one(accepted), one_by_one(later)
    voltage_of, parameter_of = one_by_one(voltages), one_by_one(parameters)
    who, corner, done, rejected, fresh, ends_stretch = whole[0], whole[1], whole[2], whole[3], whole[4], whole[5]
    origin, time, h, now, end = real[0], real[1], real[2], real[3], real[4]
    w = lanes_of(voltages, states, parameters, results, target, who, origin, time, later)
    step[0] = spread(0.0)
    later[0] = spread(0.0)
    target[0] = spread(0.0)
    if b.steady:  # what the drives say is the same at all times
        for lane in range(len(who)):
            if who[lane] != FREE:
                set_wide_drives(b, w, lane)
    waiting = 0
    for _ in range(most_turns):
        busy = 0
        for lane in range(len(who)):
            if who[lane] == FREE:
                while waiting < count and outcomes[waiting] != PAUSED:
                    waiting += 1
                if waiting < count:
                    who[lane], outcomes[waiting] = waiting, UNDER_WAY
                    time[lane], h[lane] = carry[waiting, TIME], carry[waiting, STEP]
                    corner[lane], done[lane] = int(carry[waiting, CORNER]), int(carry[waiting, REPORTED])
                    rejected[lane], fresh[lane] = 0, 1
                    for j in range(n):
                        lane_of[j, lane] = y[waiting, j]
                    for j in range(len(b.voltages)):
                        voltage_of[j, lane] = 0.0
                    for j in range(len(parameters)):
                        parameter_of[j, lane] = b.parameters[waiting, j]
                    origin[lane] = 0.0
                    later_of[0, lane] = 0.0
                    set_wide_drives(b, w, lane)
                    waiting += 1
            if who[lane] == FREE:
                step_of[0, lane] = 0.0
                continue
            k = who[lane]
            # Time counts from the last corner: there it has all its digits.
            origin[lane] = corners[first_corners[k] + corner[lane]]
            end[lane] = corners[first_corners[k] + corner[lane] + 1] - origin[lane]
            if fresh[lane] == 1:
                h[lane] = begin_stretch(b, w, lane, lanes, slopes[0], end[lane], h[lane], rtol, atol)
                fresh[lane] = 0
            smallest = shortest(time[lane])
            if rejected[lane] == 0:
                h[lane] = min(h[lane], max_steps[k])
            if not h[lane] >= smallest:
                if rejected[lane] == 1:
                    outcomes[k] = GAVE_UP
                    carry[k, TIME], carry[k, CORNER] = time[lane], float(corner[lane])
                    who[lane] = FREE
                    step_of[0, lane] = 0.0
                    continue
                h[lane] = smallest
            now[lane] = time[lane] + h[lane]
            ends_stretch[lane] = 0
            if now[lane] >= end[lane]:
                now[lane], ends_stretch[lane] = end[lane], 1
            step_of[0, lane] = now[lane] - time[lane]
            carry[k, STEPS] += 1.0
            busy += 1
        if busy == 0 and waiting == count:
            return DONE
        for s in range(1, STAGES + 1):
            advance(s, step[0], lanes, slopes, trial)
            for lane in range(len(who)):
                later_of[0, lane] = time[lane] + C[s] * step_of[0, lane]
            wide_rates_at(b, w, trial, slopes[s])
        estimate(slopes, errors, others)
        three, five = spread(0.0), spread(0.0)
        for k in range(n):
            scale = atol + rtol * max(abs(lanes[k]), abs(trial[k]))
            three, five = three + (errors[k] / scale) ** 2, five + (others[k] / scale) ** 2
            three = three if math.isfinite(trial[k]) else math.nan
        size[0] = step[0] * five / math.sqrt((five + 0.01 * three) * n)
        size[0] = 0.0 if (five == 0.0) & (three == 0.0) else size[0]
        for lane in range(len(who)):
            accepted_of[0, lane] = 0.0
            if who[lane] == FREE:
                continue
            moved = size_of[0, lane]
            if moved < 1.0:
                accepted_of[0, lane] = 1.0
                factor = GROW if moved == 0.0 else min(GROW, factor_of(moved))
                h[lane] = step_of[0, lane] * (min(1.0, factor) if rejected[lane] == 1 else factor)
                rejected[lane] = 0
                reached = done[lane]
                while reached < len(reported) and reported[reached] - origin[lane] <= now[lane]:
                    reached += 1
                if reached > done[lane]:
                    sample_lane(
                        b, w, lane, step_of[0, lane], lanes, trial, slopes, reported, done[lane],
                        reached, samples[who[lane]], spheres,
                    )  # fmt: skip
                    done[lane] = reached
                time[lane] = now[lane]
            else:
                # Not a number: the step left the realm of the equations.
                shorter = max(SHRINK, factor_of(moved)) if moved == moved else SHRINK
                h[lane] = step_of[0, lane] * shorter
                rejected[lane] = 1
        taken = accepted[0] > 0.0
        for k in range(n):
            lanes[k] = trial[k] if taken else lanes[k]
            slopes[0, k] = slopes[STAGES, k] if taken else slopes[0, k]
        if len(spheres):
            for i in range(len(spheres)):
                square = spread(0.0)
                for k in range(3):
                    square += lanes[spheres[i, k]] ** 2
                for k in range(3):
                    place = spheres[i, k]
                    lanes[place] = lanes[place] / math.sqrt(square) if taken else lanes[place]
        for lane in range(len(who)):
            if who[lane] == FREE or accepted_of[0, lane] == 0.0:
                continue
            k = who[lane]
            if ends_stretch[lane] == 1:
                # A corner changes the rates: the method begins anew there.
                corner[lane] += 1
                time[lane], h[lane], fresh[lane] = 0.0, 0.0, 1
            carry[k, TIME], carry[k, CORNER] = time[lane], float(corner[lane])
            if first_corners[k] + corner[lane] + 1 == first_corners[k + 1]:
                outcomes[k] = DONE
                who[lane] = FREE
                for j in range(n):
                    y[k, j] = lane_of[j, lane]
    return PAUSED
