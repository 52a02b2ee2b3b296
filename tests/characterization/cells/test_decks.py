"""Exported cells in the stand-alone program, with all its options at their defaults: the answers of the benches."""

from __future__ import annotations

import math
import re

import pytest

from synaspice.characterization.cells.bench import CELL_BENCHES, CellBench
from synaspice.characterization.cells.decks import cell_deck, expected_figure, expected_with_error, point_of
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.tolerances import NOISY, SMALL
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.neurons.neurons import AxonHillock, PBit
from synaspice.circuits.engine.batch import run_deck
from synaspice.devices import ParameterError

pytestmark = pytest.mark.ngspice

#: Cells whose deck and bench take ten seconds.
SLOW = {"mtj-bit-cell", "spin-orbit-bit-cell", "domain-wall-neuron", "domain-wall-pair", "spin-orbit-wall-cell"}
CASES = [
    pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name
    for name in CELLS.own()
    if name in CELL_BENCHES and CELL_BENCHES[name].point
]
#: A deck of a user of the exported neuron: no options of his own but a tolerance that is looser than the cell's.
PLAIN = """axon hillock in a netlist
.include axon-hillock.sub
Vdl vdl 0 0.55
Vb bias 0 0.55
Iah 0 m pwl(0 0 16n 10n)
X3 m bias s3 vdl 0 axon_hillock
.options chgtol=1e-18
.tran 10n 13u 0 10n
.meas tran n2 WHEN v(s3)=0.275 RISE=2
.meas tran n3 WHEN v(s3)=0.275 RISE=3
.meas tran n4 WHEN v(s3)=0.275 RISE=4
.end
"""


@pytest.mark.parametrize("name", CASES)
def test_an_exported_cell_gives_the_figure_of_its_bench(name, tmp_path):
    cell = CELLS.find(name)()
    (tmp_path / "cell.sub").write_text(cell.netlist(), encoding="utf-8")
    deck = cell_deck(cell, "cell.sub")
    assert re.findall(r"^\.options (.*)$", deck, re.M) == ["num_threads=1"]
    (tmp_path / "deck.cir").write_text(deck, encoding="utf-8")
    found = run_deck(tmp_path / "deck.cir")[point_of(cell).name]
    expected, error = expected_with_error(cell)
    # Two runs with thermal noise of their own: a standard deviation of half a percent, with a tail to one side. Where
    # the bench tells the standard error of a run, four of the difference of two.
    chance = 4 * math.sqrt(2) * (error or 0.0)
    assert found == pytest.approx(expected, rel=0.05 if name in SLOW else 0.02, abs=chance)
    assert (error is not None) == (name == "p-bit") and chance < 0.3 * abs(expected)


def test_the_deck_of_a_p_bit_lies_in_the_middle_of_its_sigmoid():
    """The output is one about as often as zero, so that the figure tells of the junction and not of the supply."""
    cell = PBit()
    point = point_of(cell)
    assert point.lines == ["Vinput input 0 0.52"] and point.analysis.duration == 100e-9
    deck = cell_deck(cell, "p", expected=0.51, error=0.0213)
    assert "* Expected: mean_output = 0.51, by chance ± 0.02 in each run" in deck
    assert 0.3 < expected_figure(cell) < 0.7


def test_most_cells_have_a_deck():
    without = {name for name in CELLS.own() if not CELL_BENCHES[name].point}
    assert without <= {"spin-neuron", "four-input-spin-neuron"}


def test_an_axon_hillock_in_the_netlist_of_a_user_has_its_period(tmp_path):
    (tmp_path / "axon-hillock.sub").write_text(AxonHillock().netlist(), encoding="utf-8")
    (tmp_path / "deck.cir").write_text(PLAIN, encoding="utf-8")
    found = run_deck(tmp_path / "deck.cir")
    assert found["n3"] - found["n2"] == pytest.approx(2.755e-6, rel=0.01)
    assert found["n4"] - found["n3"] == pytest.approx(2.755e-6, rel=0.01)


def test_a_deck_tells_what_to_expect():
    deck = cell_deck(Inverter(), "inverter.sub", name="inv", expected=1.989e-11)
    assert "* Expected: delay = 1.989e-11 s (19.89 ps)" in deck and '.include "inverter.sub"' in deck
    assert "X1 input output supply 0 inv" in deck
    assert "(" not in cell_deck(PBit(), "p", expected=0.99).splitlines()[2]
    with pytest.raises(ParameterError, match="cannot be included"):
        cell_deck(Inverter(), 'in"verter.sub')


def test_a_bench_without_a_point_has_no_deck(monkeypatch):
    monkeypatch.setitem(CELL_BENCHES._items, "inverter", CellBench("inverter", lambda cell: None, "", {}))
    with pytest.raises(ParameterError, match="the bench of the cell inverter has no point for a deck"):
        cell_deck(Inverter(), "inverter.sub")


def test_options_stand_before_everything_and_follow_the_cell():
    (line,) = (line for line in AxonHillock(temperature=358.15).netlist().splitlines() if line.startswith(".options"))
    assert line == ".options temp=85 " + " ".join(
        f"{name}={value if isinstance(value, str) else format(value, 'g')}" for name, value in SMALL.items()
    )
    noisy = PBit().subcircuit()
    assert dict(noisy.options) == {"temp": 27.0, **NOISY}
    # A cell within a cell has no say: with noise, small tolerances would cost time for nothing.
    assert noisy.text.count("\n.options") == 1
