"""Stuck cells: in every way to solve a crossbar, in programming, and their number against the binomial law."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.access import InSeries, Transistors
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells, chord_conductance
from synaspice.circuits.crossbars.crosspoints.faults import FaultMap, with_faults
from synaspice.circuits.crossbars.crosspoints.stepping import REASONS, Pulses
from synaspice.circuits.crossbars.netlists.netlist import write_netlist
from synaspice.circuits.crossbars.programming import write_verify
from synaspice.devices import VTEAM, ParameterError, UnknownNameError

SHAPE = (4, 3)
MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)
TARGET = np.random.default_rng(1).uniform(2e-6, 5e-5, SHAPE)
FAULTS = FaultMap.of(SHAPE, open=[[1, 0], [2, 2]], on=[[3, 1]])
VOLTAGES = np.array([0.1, -0.05, 0.2, 0.15])
SHORT = 1e-3


def test_currents_of_an_ideal_crossbar_are_the_sum_over_cells():
    """The definition: open cells are left out, and those stuck on are resistors."""
    expected = np.where(FAULTS.open, 0.0, np.where(FAULTS.on, SHORT, TARGET)).T @ VOLTAGES
    crossbar = Crossbar(with_faults(Crossbar(TARGET).cells, FAULTS, on_conductance=SHORT))
    for method in ("ideal", "linear", "nonlinear"):
        np.testing.assert_allclose(crossbar.solve(VOLTAGES, method=method).current, expected, rtol=1e-12)


@pytest.mark.parametrize("access", [False, True])
def test_ngspice_finds_the_same_currents(access):
    cells = DeviceCells.of(MEMRISTOR, SHAPE).with_conductance(TARGET)
    whole = InSeries(cells, Transistors(1e3, np.array([True, True, False, True]), 3)) if access else cells
    crossbar = Crossbar(with_faults(whole, FAULTS, on_conductance=SHORT), 5.0, 3.0)
    here, there = (crossbar.solve(VOLTAGES, method=method) for method in ("nonlinear", "netlist"))
    np.testing.assert_allclose(there.current, here.current, rtol=1e-6)
    np.testing.assert_allclose(there.cell_current, here.cell_current, rtol=1e-5, atol=1e-15)
    assert here.cell_current[1, 0] == here.cell_current[2, 2] == 0


def test_a_netlist_has_no_device_where_a_cell_is_stuck():
    cells = with_faults(DeviceCells.of(MEMRISTOR, SHAPE), FAULTS, on_conductance=SHORT)
    text = write_netlist(Crossbar(cells), VOLTAGES, np.zeros(3))
    assert text.count("\nX_") == 4 * 3 - 3 and "R_stuck_3_1 w_3 b_1 1000.0" in text


@pytest.mark.parametrize("selection", ["isolated", "half"])
def test_programming_says_which_cells_are_stuck(selection):
    cells = with_faults(
        DeviceCells.of(MEMRISTOR, SHAPE, initial_state=np.full(SHAPE, 0.5)), FAULTS, on_conductance=SHORT
    )
    done = write_verify(Crossbar(cells), TARGET, Pulses(-1.0, 1.0, 2e-9, selection), tolerance=0.01 * TARGET, most=60)
    assert done.failed == [(1, 0), (2, 2), (3, 1)]
    assert [done.reasons[cell] for cell in done.failed] == [REASONS["open"], REASONS["open"], REASONS["on"]]
    found = chord_conductance(done.crossbar.cells, 0.1)
    np.testing.assert_allclose(found[~FAULTS.stuck], TARGET[~FAULTS.stuck], rtol=0.01)
    assert found[1, 0] == 0 and found[3, 1] == pytest.approx(SHORT)


def test_a_stuck_cell_that_is_where_it_should_be_is_no_failure():
    target = np.where(FAULTS.on, SHORT, TARGET)
    cells = with_faults(DeviceCells.of(MEMRISTOR, SHAPE), FaultMap.of(SHAPE, on=[[3, 1]]), on_conductance=SHORT)
    done = write_verify(Crossbar(cells), target, Pulses(-1.0, 1.0, 2e-9), tolerance=0.01 * target, most=60)
    assert done.failed == [] and done.reasons[3, 1] == ""


def test_random_faults_have_the_rates_that_were_asked_for():
    drawn = FaultMap.random((300, 200), open=0.03, on=0.01, seed=1)
    for found, rate in ((drawn.open, 0.03), (drawn.on, 0.01)):
        deviation = np.sqrt(rate * (1 - rate) / found.size)
        assert abs(found.mean() - rate) < 4 * deviation
    again = FaultMap.random((300, 200), open=0.03, on=0.01, seed=1)
    assert np.array_equal(drawn.open, again.open) and np.array_equal(drawn.on, again.on)
    other = FaultMap.random((300, 200), open=0.03, on=0.01, seed=2)
    assert not np.array_equal(drawn.open, other.open)


def test_faults_of_lines_are_runs_in_so_many_lines():
    drawn = FaultMap.lines((20, 30), 4, direction="bit", length=5, seed=3)
    counts = drawn.open.sum(axis=0)
    assert sorted(counts.tolist()) == [0] * 26 + [5] * 4 and not drawn.on.any()
    for column in np.flatnonzero(counts):
        rows = np.flatnonzero(drawn.open[:, column])
        assert rows[-1] - rows[0] == 4
    whole = FaultMap.lines((20, 30), 2, kind="on", direction="word")
    assert sorted(whole.on.sum(axis=1).tolist()) == [0] * 18 + [30] * 2


def test_maps_join_and_tell_their_cells():
    both = FaultMap.of(SHAPE, open=[[0, 0]]) | FaultMap.of(SHAPE, on=[[1, 2]])
    table = both.table()
    assert table.to_dict("list") == {"word_line": [0, 1], "bit_line": [0, 2], "fault": ["open", "on"]}
    cells = with_faults(Crossbar(TARGET).cells, FaultMap.of(SHAPE, open=[[0, 0]]), on_conductance=SHORT)
    twice = with_faults(cells, FaultMap.of(SHAPE, on=[[1, 2]]), on_conductance=SHORT)
    assert np.array_equal(twice.faults.on, both.on) and twice.ohmic[0, 0] == 0 and twice.ohmic[1, 2] == SHORT


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: FaultMap.of(SHAPE, open=[[4, 0]]), "no cell"),
        (lambda: FaultMap.of(SHAPE, open=[[0, 0]], on=[[0, 0]]), "stuck open and stuck on"),
        (lambda: FaultMap.of(SHAPE, open=[[0.5, 0]]), "pairs"),
        (lambda: FaultMap.random(SHAPE, open=0.7, on=0.4), "shares"),
        (lambda: FaultMap.random(SHAPE, open=-0.1), "shares"),
        (lambda: FaultMap.lines(SHAPE, 4), "at most 3"),
        (lambda: FaultMap.lines(SHAPE, 1, length=5), "at most 4"),
        (lambda: FaultMap.lines(SHAPE, 1, kind="closed"), "kind of fault"),
        (lambda: FAULTS | FaultMap.of((2, 2)), "one array"),
        (lambda: with_faults(Crossbar(TARGET).cells, FaultMap.of((2, 2)), on_conductance=1.0), "do not fit"),
        (lambda: with_faults(Crossbar(TARGET).cells, FAULTS, on_conductance=1e-6, open_conductance=1e-5), "below"),
        (lambda: with_faults(TARGET, FAULTS, on_conductance=1e-6), "cells of a crossbar"),
    ],
)
def test_maps_that_make_no_sense_are_refused(make, says):
    with pytest.raises((ParameterError, UnknownNameError), match=says):
        make()
