"""Exported cells in every engine and dialect that is here, through their own decks: a few, or all on demand.

``SYNASPICE_EVERY_DECK=1`` runs every cell, which takes half an hour; ``tools/cells_table.py`` keeps what ran.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.cmos import CORNERS, TECHNOLOGIES

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tools"))

import cell_runs  # noqa: E402
import cells_table  # noqa: E402

#: One cell of transistors alone, one with a memristor, and one whose deck is quick; or all.
CELLS_HERE = list(CELLS.own()) if os.environ.get("SYNASPICE_EVERY_DECK") else ["inverter", "axon-hillock"]
EXPECTED: dict[str, dict[str, object]] = {}


@pytest.mark.ngspice
@pytest.mark.parametrize("form", cells_table.FORMS)
@pytest.mark.parametrize("name", CELLS_HERE)
def test_an_exported_cell_gives_the_figure_of_its_bench_everywhere(name, form):
    expected = EXPECTED.setdefault(name, cell_runs.expected_row(name))
    if expected["outcome"] == cell_runs.NO_DECK:
        pytest.skip("its bench has no point for a deck")
    row = cell_runs.deck_row(name, form, expected["value"], expected["error"])
    if row["outcome"] == "not installed":
        pytest.skip(row["reason"])
    else:
        allowed = {cell_runs.SAME}
        if form in cell_runs.MODES and "noise_step" in CELLS.find(name)().values:
            allowed |= {cell_runs.NO_NOISE}
        assert row["outcome"] in allowed, row


@pytest.mark.ngspice
def test_a_deck_that_gives_another_figure_is_told():
    assert cell_runs.deck_row("inverter", "ngspice", 1e-11)["outcome"] == cell_runs.OTHER
    assert cell_runs.deck_row("inverter", "ngspice", 1e-11, 2e-12)["outcome"] == cell_runs.SAME


def test_the_committed_table_is_that_of_the_kept_results():
    page = ROOT / "docs" / "accuracy" / "cells-table.md"
    found = cells_table.kept(page.with_suffix(".csv"))
    text = page.read_text(encoding="utf-8")
    assert len(found) > 100 and text.startswith(cells_table.MARK)
    names = [name for name in CELLS.own() if f"| `{name}` |" in text]  # a cell that is new is not in it yet
    assert cells_table.page(found, names, list(TECHNOLOGIES.own())) == text


def test_what_was_not_run_says_so_and_comes_next():
    works = cell_runs._row("inverter", "", "", "", "works", "", 0.0) | {"seconds": 1.0}
    found = {
        ("inverter", "generic", "typical", "bench"): works,
        ("inverter", "generic", "slow", "bench"): cell_runs._row("inverter", "", "", "", "failed", "a reason", 0.0),
    }
    text = cells_table.page(found, ["inverter"], ["generic"])
    assert "works, **failed**, not run" in text and "`inverter` (generic slow): failed: a reason" in text
    assert "2 of 3 benches were run." in text and CORNERS[:2] == ("typical", "slow")
    todo = [arguments for _, arguments in cells_table.work(["inverter", "p-bit"], found, ["generic", "sky130"])]
    assert ("inverter", "generic", "fast") in todo and ("inverter", "generic", "slow") not in todo
    assert todo.index(("inverter", "generic", "fast")) < todo.index(("p-bit", "generic", "typical"))


def test_what_takes_long_comes_after_what_does_not():
    """Known by the bench in the first technology; a cell of which nothing is known comes between."""
    seconds = {"inverter": 500.0, "axon-hillock": 2.0}
    found = {
        (name, "generic", "typical", "bench"): cell_runs._row(name, "", "", "", "works", "", 0.0) | {"seconds": took}
        for name, took in seconds.items()
    }
    todo = cells_table.work(["inverter", "p-bit", "axon-hillock"], found, ["generic"])
    benches = [arguments for function, arguments in todo if function is cell_runs.bench_row]
    assert [name for name, *_ in benches] == [*["axon-hillock"] * 2, *["p-bit"] * 3, *["inverter"] * 2]


def test_results_are_forgotten_by_cell_by_form_or_by_both():
    rows = {(name, "generic", "typical", form): {} for name in ("inverter", "p-bit") for form in ("bench", "vacask")}
    assert {key[0] for key in cells_table.without(rows, ["p-bit"], [])} == {"inverter"}
    assert {key[3] for key in cells_table.without(rows, [], ["vacask"])} == {"bench"}
    assert len(cells_table.without(rows, ["p-bit"], ["vacask"])) == 3


def test_a_reason_that_all_decks_of_a_form_have_is_that_of_every_cell():
    refused = {(name, "generic", "typical", "vacask"): {"outcome": "refused"} for name in ("inverter", "p-bit")}
    assert cells_table._whose({"VACASK": ["inverter", "p-bit"]}, refused) == "every cell (VACASK)"
    assert cells_table._whose({"VACASK": ["p-bit"], "generic slow": ["p-bit"]}, refused) == (
        "`p-bit` (VACASK), `p-bit` (generic slow)"
    )
