"""Every bench finds what is known, within the error that it states; a bench without a check fails here."""

from __future__ import annotations

import importlib.util
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synaspice.characterization.bench import BENCHES
from synaspice.characterization.checks.check import CHECKS, Check, check, check_table, checks_of
from synaspice.devices import DuplicateNameError, ParameterError, UnknownNameError

ROOT = Path(__file__).resolve().parents[2]


def marked():
    for name, there in CHECKS.own().items():
        marks = [getattr(pytest.mark, kind) for kind in ("slow", "ngspice") if getattr(there, kind)]
        yield pytest.param(there, id=name, marks=marks)


@pytest.mark.parametrize("there", list(marked()))
def test_a_bench_finds_what_is_known(there):
    outcome = there.run()
    assert outcome.passed, f"expected {outcome.expected:g}, found {outcome.found:g}; stated error: {there.stated}"


@pytest.mark.parametrize("name", BENCHES.own())
def test_every_bench_has_a_check(name):
    assert any(not there.ngspice for there in checks_of(name)), (
        f"the bench {name!r} has no check: add a function with @check({name!r}, quantity, by, within=...) to the "
        "module of characterization/checks that is named after its page of the documentation; it returns what is "
        "expected, by a formula or a publication, and what the bench finds"
    )
    assert len(BENCHES[name].engines) == 1 or any(there.ngspice for there in checks_of(name)), (
        f"the bench {name!r} runs on {' and '.join(BENCHES[name].engines)}, and no check compares them: add one to "
        "characterization/checks/agreement.py"
    )


def test_every_check_is_of_a_bench_and_stands_on_a_page():
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "guides").rglob("*.md")}
    for name, there in CHECKS.own().items():
        assert there.bench in BENCHES, name
        shown = [
            page for page, text in pages.items() if f"```{{include}} ../../accuracy/checks-{there.page}.md" in text
        ]
        assert len(shown) == 1, f"the page {there.page}.md includes checks-{there.page}.md"


# --- checks that fail ------------------------------------------------------------------------------------


def one(*values, within=0.1, absolute=False, unit="V"):
    return Check("iv:one", "iv", "a quantity", "a formula", lambda: values, unit, within, absolute, False, False)


@pytest.mark.parametrize(
    ("there", "passed", "found"),
    [
        (one(2.0, 2.1), True, 2.1),
        (one(2.0, 2.3), False, 2.3),
        (one(2.0, 2.1, absolute=True, within=0.05), False, 2.1),
        (one([1.0, 2.0, 3.0], [1.0, 2.5, 3.0]), False, 2.5),
        (one([1.0, 2.0], [1.01, math.nan]), False, math.nan),
        (one(math.nan, math.nan), False, math.nan),
        (one(0.0, 0.0, within=0.0), True, 0.0),
        (one(0.0, 1e-300, within=0.0), False, 1e-300),
        (one([1.0, 1.0], [1.1, 1.3], [0.05, 0.5], within="in words"), False, 1.1),
        (one(math.inf, 1.0), False, 1.0),
    ],
)
def test_what_is_beyond_the_stated_error_fails(there, passed, found):
    outcome = there.run()
    assert outcome.passed is passed
    np.testing.assert_equal(outcome.found, found)


def test_a_table_tells_what_was_not_found():
    table = check_table([one(2.0, 2.1), replace(one(2.0, 2.3), quantity="another")])
    assert table["passed"].tolist() == [1, 0] and table["stated"].tolist() == ["10 %"] * 2
    assert table["deviation"].tolist() == pytest.approx([0.05, 0.15]) and table["unit"].tolist() == ["V", "V"]


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (one([], []), "compares nothing"),
        (one(1.0, 1.0, 0.1), "states its error already"),
        (one(1.0, 1.0, within="4 standard errors"), "must return the differences"),
    ],
)
def test_checks_that_say_too_little_are_refused(there, says):
    with pytest.raises(ParameterError, match=says):
        there.run()


@pytest.mark.parametrize("within", [-0.1, math.nan, math.inf, None, [1.0]])
def test_a_stated_error_is_a_number_or_words(within):
    with pytest.raises(ParameterError, match="the stated error"):
        check("iv", "a quantity", "a formula", within=within)


def test_names_of_benches_and_checks_are_kept():
    with pytest.raises(UnknownNameError, match="bench"):
        checks_of("ivy")
    taken = next(iter(CHECKS.own().values()))

    def another():
        return 1.0, 1.0

    another.__name__ = taken.name.partition(":")[2].replace("-", "_")
    with pytest.raises(DuplicateNameError, match="a check 'amplitude:oscillation' already"):
        check(taken.bench, "a quantity", "a formula", within=0.1)(another)


def test_the_tool_writes_what_was_found(capsys, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    spec = importlib.util.spec_from_file_location("check_table_tool", ROOT / "tools" / "check_table.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.main(tmp_path, ["injection-locking", "orbit"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("`injection-locking`") == 1 and re.search(
        r"\| frequency of an auto-oscillator \|.*GHz", printed
    )
    assert not list(tmp_path.iterdir()), "parts of pages are those of all benches"
