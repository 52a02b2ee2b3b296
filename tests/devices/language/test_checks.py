"""What is no number, no name and no size is refused in one line, by the same functions everywhere."""

from __future__ import annotations

import decimal
import fractions
import math

import numpy as np
import pytest

from synaspice.devices import MTJ, VTEAM, ParameterError, Triangle, UnknownNameError
from synaspice.devices.language import memory
from synaspice.devices.language.array_checks import reals
from synaspice.devices.language.checks import flag, instance, mapping, names, positive, real, whole
from synaspice.devices.language.errors import MOST_SHOWN, shown
from synaspice.devices.language.memory import free_memory, require_memory

HUGE = 10**5000  # more digits than Python writes


@pytest.mark.parametrize("value", [None, True, "1", b"1", 1j, [1.0], np.array([1.0]), np.bool_(True), {}, object])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ParameterError, match="width must be a number in m, not "):
        real("width", value, "m")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.array(math.inf)])
def test_what_is_not_finite_is_refused_unless_it_may_be(value):
    with pytest.raises(ParameterError, match="width = .* is not finite"):
        real("width", value)
    if not math.isnan(value):
        assert real("width", value, infinite=True) == value


@pytest.mark.parametrize(
    "value", [1, 1.0, np.float32(1), np.int8(1), np.array(1), decimal.Decimal(1), fractions.Fraction(1)]
)
def test_numbers_of_all_types_are_numbers(value):
    assert real("width", value) == 1.0 and type(real("width", value)) is float


@pytest.mark.parametrize("check", [real, positive, reals, lambda name, value: whole(name, value, 0)])
@pytest.mark.parametrize("value", [HUGE, -HUGE], ids=["positive", "negative"])
def test_integers_beyond_the_largest_number_are_refused(check, value):
    with pytest.raises(ParameterError, match="width must"):
        check("width", value)


@pytest.mark.parametrize(
    "values", [None, "1", ["1"], [1, "a"], [[1], [1, 2]], [None], [1j], {}, {1}, [True], [HUGE], object, [], [[1.0]]]
)
def test_what_are_no_numbers_is_refused(values):
    with pytest.raises(ParameterError, match="^widths must be "):
        reals("widths", values)


def test_an_array_of_numbers_is_one_and_of_one_dimension():
    assert reals("widths", 2).tolist() == [2.0] and reals("widths", (1, 2)).dtype == np.float64
    assert reals("widths", [], empty=True).shape == (0,) and reals("widths", np.ones((2, 3)), dimensions=2).shape == (
        2,
        3,
    )
    with pytest.raises(ParameterError, match="must be finite numbers, and one is nan"):
        reals("widths", [0.0, math.nan])


@pytest.mark.parametrize("given", [None, 1, b"a", ["a", 1], {"a": 1}, [["a"]], np.array("a")])
def test_what_are_no_names_is_refused(given):
    with pytest.raises(ParameterError, match="a name or a list of names"):
        names("quantities", given)


def test_names_mappings_flags_and_instances():
    assert names("quantities", "a") == ["a"] and names("quantities", ("a", "b")) == ["a", "b"]
    assert mapping("inputs", None) == {} and mapping("inputs", {"a": 1}) == {"a": 1}
    assert flag("rising", np.bool_(True)) is True and instance("path", "x", str) == "x"
    for check in (lambda: mapping("inputs", [1]), lambda: mapping("inputs", {1: 2}), lambda: flag("rising", 1)):
        with pytest.raises(ParameterError, match="must be"):
            check()
    with pytest.raises(ParameterError, match="the path must be a str, not 5"):
        instance("the path", 5, str)


def test_values_are_shown_in_one_line_that_ends():
    assert "\n" not in shown(np.zeros((9, 9))) and len(shown("x" * 10**6)) < MOST_SHOWN + 10
    assert shown(HUGE) == "an int that cannot be written"
    with pytest.raises(UnknownNameError, match="unknown preset of vteam") as refused:
        VTEAM.preset("x" * 10**6)
    assert len(str(refused.value)) < 1000


def test_a_request_without_room_says_what_it_takes_and_what_to_ask_for(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * 10**9)
    require_memory(10**7, "points", 100)
    with pytest.raises(ParameterError, match=r"1e\+09 points take 100 GB .* may take 1 GB .*: ask for at most 1e\+07$"):
        require_memory(10**9, "points", 100)


def test_nothing_of_which_not_one_has_room_is_asked_for(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * 10**9)
    with pytest.raises(ParameterError, match=r"2 devices take 20 GB .*: not even one of them has room$"):
        require_memory(2, "devices", 10**10, "take")


@pytest.mark.parametrize("empty", [[], (), np.array([], dtype=str)])
def test_no_names_are_told_from_wrong_ones(empty):
    with pytest.raises(ParameterError, match="inputs must be at least one name, and there is none"):
        names("inputs", empty)
    assert names("inputs", empty, empty=True) == []


def test_what_has_no_unit_is_told_without_one():
    with pytest.raises(ParameterError, match=r"share must be positive and finite, not -1$"):
        positive("share", -1, "1")
    with pytest.raises(ParameterError, match=r"width must be positive and finite, not '1n'$"):
        positive("width", "1n", "m")


def test_free_memory_is_that_of_the_machine():
    assert 2**26 < free_memory() < 2**46


@pytest.mark.parametrize(
    "ask",
    [
        lambda: VTEAM().simulate(1.0, 1e-9, points=10**10),
        lambda: MTJ().simulate(1e-6, 1e-9, temperature=300.0, trajectories=10**10),
        lambda: MTJ().simulate(1e-6, 1e-9, temperature=300.0, trajectories=10**4, points=10**6),
        lambda: MTJ().ensemble(1e-6, 1e-9, trajectories=10**9).final(),
        lambda: MTJ().ensemble(1e-6, 1e-9, trajectories=10**9).traces(100),
        lambda: MTJ().ensemble(1e-6, 1e-9, trajectories=10**9).first_passage("m_z", 0.0),
        lambda: MTJ().ensemble(1e-6, 1e-9).statistics("m_z", points=10**9),
        lambda: Triangle(1.0, 1e-30).breakpoints(1.0),
    ],
)
def test_sizes_are_refused_before_memory_is_taken(ask, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * 10**9)
    with pytest.raises(ParameterError, match="of memory, and a request may take 1 GB"):
        ask()


def test_months_of_steps_are_refused():
    ensemble = MTJ().ensemble(1e-6, 1e-6, trajectories=10**12)
    with pytest.raises(ParameterError, match=r"in each of 1e\+12 trajectories are too many.*take fewer trajectories"):
        ensemble.statistics("m_z")
