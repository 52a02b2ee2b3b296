"""Machine code: the part of Python that it knows does what Python and NumPy do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspice.devices.simulation.machine.kinds import F64, I64, LANES, TRUTH, U32, Array
from synaspice.devices.simulation.machine.lanes import any_of, one_by_one, spread, wide_array
from synaspice.devices.simulation.machine.program import compiled_function, vectorised
from synaspice.devices.simulation.machine.texts import Intrinsic, MachineCodeError, routine

NUMBERS = st.floats(-1e6, 1e6)


def mixed(x, y, n):
    total, k = 0.0, 0
    while k < n:
        if k % 3 == 0 and x > y:
            k += 1
            continue
        total += min(x, y, 2.0) * k if k // 2 > 1 else -abs(x) + k**2
        for i in range(5, 0, -2):
            total -= i
            if total < -1e5:
                break
        k += 1
    low = x if x <= y <= 10.0 or not n else math.sqrt(y * y)
    return total / 3 + low


@given(x=NUMBERS, y=NUMBERS, n=st.integers(0, 40))
def test_arithmetic_and_loops_are_pythons(x, y, n):
    assert MIXED(x, y, n) == mixed(x, y, n)


MIXED = compiled_function(mixed, F64, F64, I64, returned=F64)


TABLE = np.array([[1.0, 0.0, 2.0], [0.0, 4.0, 0.5]])


def weighed(x, out):
    room = np.empty((2, len(x)))
    for row in range(2):
        for k in range(len(x)):
            total = 0.0
            if TABLE[row, k] != 0.0:
                total = TABLE[row, k] * x[k]
            room[row, k] = total
    for k in range(len(x)):
        out[k] = room[0, k] + room[1, k]


def test_lengths_and_tables_that_are_known_when_the_code_is_made():
    """Indices of a table must be known, and so must the lengths that they run over."""
    loop = compiled_function(weighed, Array(F64, 1, (3,)), Array(F64, 1, (3,)))
    x, out = np.array([1.0, 10.0, 100.0]), np.empty(3)
    loop(x, out)
    assert out.tolist() == (TABLE.sum(axis=0) * x).tolist()
    with pytest.raises(TypeError, match="a compiled function got"):
        loop(np.ones(2), out)


def divided(a, b, out):
    out[0], out[1] = a // b, a % b


@given(a=st.integers(-(2**62), 2**62), b=st.integers(-(2**31), 2**31).filter(bool))
def test_whole_numbers_are_divided_rounding_down(a, b):
    found = np.empty(2, dtype=np.int64)
    DIVIDED(a, b, found)
    assert found.tolist() == [a // b, a % b]


DIVIDED = compiled_function(divided, I64, I64, Array(I64))


@routine
def first_above(values: object, limit: float) -> int:
    for k in range(len(values)):
        if values[k] > limit:
            return k
    return -1


def rows(matrix, limit, found, truths):
    work = np.empty((2, len(matrix)))
    for i in range(len(matrix)):
        row = matrix[i]
        work[1, i] = row[0]
        found[i] = first_above(row[1:], limit)
        truths[i] = found[i] >= 0 and row[found[i] + 1] < 2.0
    found[0] += int(work[1, len(matrix) - 1])


def test_arrays_rows_slices_routines_and_stopping_early():
    matrix = np.array([[7.0, 0.5, 3.0], [8.0, 1.5, 0.0], [9.0, 0.0, 0.0]])
    found, truths = np.empty(3, dtype=np.int64), np.empty(3, dtype=bool)
    compiled_function(rows, Array(F64, 2), F64, Array(I64), Array(TRUTH))(matrix, 1.0, found, truths)
    assert found.tolist() == [1 + 9, 0, -1]
    assert truths.tolist() == [False, True, False]


def wrapping(a, b):
    return np.uint64(a * b + np.uint32(1)) >> np.uint64(3)


def test_words_wrap_round():
    product = compiled_function(wrapping, U32, U32, returned=I64)
    assert product(2**32 - 1, 2**32 - 2) == ((2**32 - 1) * (2**32 - 2) + 1) % 2**32 >> 3


def parts_of_words(a, b, out):
    out[0], out[1] = a // b, a % b


def test_words_are_divided_without_a_sign():
    found = np.empty(2, dtype=np.uint32)
    compiled_function(parts_of_words, U32, U32, Array(U32))(2**32 - 2, 7, found)
    assert found.tolist() == [(2**32 - 2) // 7, (2**32 - 2) % 7]


def test_what_is_not_a_number_is_unequal_to_itself():
    def seen(x):
        return 1.0 if x != x else 2.0 if math.isfinite(x) else 3.0

    assert vectorised(seen)(np.array([math.nan, 0.0, math.inf])).tolist() == [1.0, 2.0, 3.0]


def with_a_list(x):
    y = [x]
    return y


def unknown_name(x):
    return nothing_of_the_kind + x  # noqa: F821


def changing(x):
    k = 1
    k = x
    return k


def early(x):
    if x > 0.0:
        return x
    return -x


def calling_early(x):
    return early(x) + 1.0


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (with_a_list, "no machine code"),
        (unknown_name, "nothing is called nothing_of_the_kind"),
        (changing, "k is of int64, and becomes float64"),
        (calling_early, "must be a routine"),
    ],
)
def test_what_is_not_known_is_refused(function, words):
    with pytest.raises(MachineCodeError, match=words):
        compiled_function(function, F64, returned=F64)


def test_arrays_must_be_what_was_promised():
    def first(x):
        return x[0]

    compiled = compiled_function(first, Array(F64), returned=F64)
    assert compiled(np.array([2.0, 3.0])) == 2.0
    for wrong in (np.array([1, 2]), np.ones((2, 2)), np.ones(4)[::2]):
        with pytest.raises(TypeError, match="compiled function"):
            compiled(wrong)


def test_an_intrinsic_exists_in_machine_code_alone():
    with pytest.raises(TypeError, match="machine code alone"):
        Intrinsic(lambda writer: None)()


# --- numbers in lanes -------------------------------------------------------------------------------


def in_every_lane(x, y, out):
    a, b = x[0], y[0]
    low = a if (a < b) & (not b < 0.0) else -b
    out[0] = low + min(a, b, 2.0) * 3 - abs(b) / 7.0
    out[1] = math.sqrt(a * a + 1) ** 3 - (0.5 if a > b else 0.0)
    out[2] = math.exp(-abs(a)) + math.atan2(a, b) + math.copysign(2.0, a)
    out[3] = 1.0 if math.isfinite(1.0 / a) and a <= 1.0 else a**-2


def lanes_of_rows(x, y, out, some):
    wide_x, wide_y, found = wide_array(1), wide_array(1), wide_array(4)
    x_of, y_of, found_of = one_by_one(wide_x), one_by_one(wide_y), one_by_one(found)
    for lane in range(LANES):
        x_of[0, lane], y_of[0, lane] = x[lane], y[lane]
    in_every_lane(wide_x, wide_y, found)
    some[0] = 1.0 if any_of(wide_x[0] > wide_y[0]) else 0.0
    some[1] = 1.0 if any_of(wide_x[0] > 1e30) else 0.0
    for lane in range(LANES):
        for k in range(4):
            out[lane, k] = found_of[k, lane]


@given(x=st.lists(NUMBERS, min_size=LANES, max_size=LANES), y=st.lists(NUMBERS, min_size=LANES, max_size=LANES))
def test_numbers_in_lanes_are_computed_as_single_ones(x, y):
    found, some = np.empty((LANES, 4)), np.empty(2)
    SIDE_BY_SIDE(np.array(x), np.array(y), found, some)
    for lane in range(LANES):
        expected = np.empty(4)
        ALONE(np.array(x[lane : lane + 1]), np.array(y[lane : lane + 1]), expected)
        np.testing.assert_array_equal(found[lane], expected)
    assert some.tolist() == [float(any(a > b for a, b in zip(x, y, strict=True))), 0.0]


ALONE = compiled_function(in_every_lane, Array(F64), Array(F64), Array(F64))
SIDE_BY_SIDE = compiled_function(lanes_of_rows, Array(F64), Array(F64), Array(F64, 2), Array(F64))


def branches_by_lane(x):
    wide = wide_array(1)
    wide[0] = spread(x[0])
    if wide[0] > 0.0:
        x[0] = 1.0


def test_a_branch_that_differs_from_lane_to_lane_is_refused():
    with pytest.raises(MachineCodeError, match="differs from lane to lane"):
        compiled_function(branches_by_lane, Array(F64))
