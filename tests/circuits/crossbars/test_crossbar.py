"""Crossbars of ohmic cells: against nodal equations written out, badcrossbar, limits, and themselves after changes."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pytest
from peers import peer

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.wires import solver as crossbar_solver
from synaspice.circuits.crossbars.wires.solver import ChangingTransfer, Lines, Network
from synaspice.devices import ParameterError, SimulationError, UnknownNameError


def draw(low, high, size, seed=7):
    return np.random.default_rng(seed).uniform(low, high, size)


def conductances(n, m, low=1e-5, high=1e-3, seed=1):
    return np.random.default_rng(seed).uniform(low, high, (n, m))


def written_out(conductance, crossbar, word, bit):
    """Currents of the bit lines from dense nodal equations, stamped element by element."""
    n, m = conductance.shape
    matrix, injected = np.zeros((2 * n * m, 2 * n * m)), np.zeros(2 * n * m)

    def stamp(a, b, value):
        matrix[a, a] += value
        matrix[b, b] += value
        matrix[a, b] -= value
        matrix[b, a] -= value

    def drive(a, value, voltage):
        matrix[a, a] += value
        injected[a] += value * voltage

    words, bits = crossbar.lines
    for i in range(n):
        drive(i * m, 1 / words.ends[i], word[i])
        for j in range(m):
            stamp(i * m + j, n * m + i * m + j, conductance[i, j])
            if j:
                stamp(i * m + j, i * m + j - 1, 1 / words.segment)
            if i:
                stamp(n * m + i * m + j, n * m + (i - 1) * m + j, 1 / bits.segment)
    for j in range(m):
        drive(n * m + (n - 1) * m + j, 1 / bits.ends[j], bit[j])
    potential = np.linalg.solve(matrix, injected)
    w, b = potential[: n * m].reshape(n, m), potential[n * m :].reshape(n, m)
    return w, b, (b[-1] - bit) / bits.ends


@pytest.mark.parametrize("resistance", [1.0, 300.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (6, 1), (7, 5), (5, 9)])
def test_it_solves_kirchhoffs_equations(shape, resistance):
    n, m = shape
    g, word, bit = conductances(n, m), draw(-0.3, 0.3, n), draw(-0.1, 0.1, m)
    crossbar = Crossbar(g, resistance, 2 * resistance, 50.0, draw(1, 1e4, m))
    found = crossbar.solve(word, bit_voltages=bit)
    w, b, current = written_out(g, crossbar, word, bit)
    # The dense matrix of 1e-5 to 1 S loses about 1e-5 times the precision of a double.
    np.testing.assert_allclose(found.word, w, atol=1e-11)
    np.testing.assert_allclose(found.bit, b, atol=1e-11)
    np.testing.assert_allclose(found.current, current, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(crossbar.network.transfer.T @ word, crossbar.solve(word).current, rtol=1e-11, atol=1e-18)


@pytest.mark.parametrize(("shape", "resistance"), [((8, 8), 1.0), ((32, 24), 5.0), ((24, 32), 0.1), ((16, 16), 1e3)])
def test_it_agrees_with_badcrossbar(shape, resistance):
    with warnings.catch_warnings(record=True):  # it warns that it cannot plot without cairo
        peer("badcrossbar")
        from badcrossbar.compute import compute
    logging.disable(logging.INFO)
    n, m = shape
    g, voltages = conductances(n, m, 1e-6, 1e-4), draw(0, 0.2, (n, 3))
    theirs = compute(voltages, 1 / g, r_i_word_line=resistance, r_i_bit_line=2 * resistance, node_voltages=True)
    logging.disable(logging.NOTSET)
    crossbar = Crossbar(g, resistance, 2 * resistance)
    np.testing.assert_allclose(crossbar.output(voltages.T), theirs.currents.output, rtol=1e-9)
    found = crossbar.solve(voltages[:, 0])
    np.testing.assert_allclose(found.word, theirs.voltages.word_line[:, :, 0], rtol=1e-9)
    np.testing.assert_allclose(found.bit, theirs.voltages.bit_line[:, :, 0], rtol=1e-9)
    np.testing.assert_allclose(found.cell_current, theirs.currents.device[:, :, 0], rtol=1e-9)


def test_without_resistance_it_is_the_matrix_product():
    g, word = conductances(6, 4), draw(0, 1, 6)
    for method in ("ideal", "linear", "nonlinear"):
        np.testing.assert_allclose(Crossbar(g).solve(word, method=method).current, word @ g, rtol=1e-13)
    np.testing.assert_allclose(Crossbar(g).network.transfer, g, rtol=1e-13)


def test_a_vanishing_resistance_is_none():
    """Lines of one node take another branch of the arithmetic: it is the limit of the usual one."""
    g, word = conductances(6, 4), draw(0, 1, 6)
    for none in ({"word_line_resistance": 0.0}, {"bit_line_resistance": 0.0}):
        some = {"word_line_resistance": 3.0, "bit_line_resistance": 2.0, "source_resistance": 40.0}
        tiny = dict.fromkeys(none, 1e-9)
        limit, exact = (Crossbar(g, **(some | case)).solve(word).current for case in (tiny, none))
        np.testing.assert_allclose(limit, exact, rtol=1e-9)
        transfer = Crossbar(g, **(some | none)).network.transfer
        np.testing.assert_allclose(word @ transfer, exact, rtol=1e-11)


def test_one_cell_is_a_series_circuit():
    crossbar = Crossbar([[1e-3]], 3.0, 4.0, 10.0, 20.0)
    expected = 0.5 / (1e3 + 3 + 4 + 10 + 20)
    found = crossbar.solve([0.5])
    assert found.current[0] == pytest.approx(expected, rel=1e-12)
    assert found.word_current[0] == pytest.approx(expected, rel=1e-12)
    assert found.cell_power[0, 0] == pytest.approx(expected**2 * 1e3, rel=1e-12)


def test_a_floating_line_carries_no_current():
    g, word = conductances(5, 5), np.array([0.2, 0.0, 0.1, 0.3, 0.2])
    floating = np.array([0.0, np.inf, 0.0, 0.0, 0.0])
    found = Crossbar(g, 2.0, 3.0, floating).solve(word)
    assert found.word_current[1] == 0
    assert found.cell_current[1].sum() == pytest.approx(0, abs=1e-15)
    assert np.max(np.abs(found.cell_current[1])) > 1e-9, "currents take the detour through the floating line"
    # a line that floats is one behind a resistance that is very large
    large = Crossbar(g, 2.0, 3.0, np.where(floating > 0, 1e15, 0.0)).solve(word)
    np.testing.assert_allclose(found.current, large.current, rtol=1e-9)
    transfer = Crossbar(g, 2.0, 3.0, floating).network.transfer
    np.testing.assert_allclose(word @ transfer, found.current, rtol=1e-11)


@pytest.mark.parametrize("resistance", [1e-3, 1.0, 1e3])
def test_currents_balance_and_power_is_conserved(resistance):
    g, word = conductances(40, 30), draw(0, 0.3, 40)
    found = Crossbar(g, resistance, resistance, 10.0, 5.0).solve(word)
    total = found.current.sum()
    assert found.word_current.sum() == pytest.approx(total, rel=1e-12)
    np.testing.assert_allclose(found.cell_current.sum(axis=0), found.current, atol=1e-12 * total)
    np.testing.assert_allclose(found.cell_current.sum(axis=1), found.word_current, atol=1e-12 * total)
    # the cells, and the wires: what each source drives beyond the first cell, and what flows past each cell
    past_word = found.cell_current[:, ::-1].cumsum(axis=1)[:, ::-1]
    past_bit = found.cell_current.cumsum(axis=0)
    wires = resistance * ((past_word**2).sum() + (past_bit**2).sum())
    ends = 10.0 * (found.word_current**2).sum() + 5.0 * (found.current**2).sum()
    assert found.cell_power.sum() + wires + ends == pytest.approx(word @ found.word_current, rel=1e-11)


def test_many_vectors_are_one_matrix_product_of_the_same_accuracy():
    g, voltages = conductances(20, 30), draw(-0.2, 0.2, (25, 20))
    crossbar = Crossbar(g, 5.0, 5.0)
    one_by_one = np.array([crossbar.solve(v).current for v in voltages])
    np.testing.assert_allclose(crossbar.output(voltages[:3]), one_by_one[:3], rtol=1e-13)
    assert "transfer" not in vars(crossbar.network)
    np.testing.assert_allclose(crossbar.output(voltages), one_by_one, rtol=1e-10, atol=1e-18)
    assert "transfer" in vars(crossbar.network), "now it is worth having"
    np.testing.assert_allclose(crossbar.output(voltages[0]), one_by_one[0], rtol=1e-10, atol=1e-18)


@pytest.mark.parametrize("count", [1, 3, 200])
def test_changed_cells_are_as_a_fresh_solution(count, monkeypatch):
    monkeypatch.setattr(crossbar_solver, "MOST_CHANGES", 20)  # so that changes are folded in on the way
    generator = np.random.default_rng(3)
    g, word = conductances(18, 12), draw(0.1, 0.3, 18)
    network = Network(g, Lines(10.0, np.full(18, 12.0)), Lines(20.0, np.full(12, 5.0)))
    changing = ChangingTransfer(network)
    for _ in range(40):
        i, j = generator.integers(18, size=count), generator.integers(12, size=count)
        cells = np.unique(np.stack([i, j]), axis=1)
        changing.update(*cells, generator.uniform(1e-5, 1e-3, cells.shape[1]))
    fresh = Network(changing.network.conductance, network.words, network.bits)
    assert np.any(fresh.conductance != g)
    np.testing.assert_allclose(changing.matrix, fresh.transfer, rtol=1e-10)
    np.testing.assert_allclose(changing.output(word), fresh.solve(word, np.zeros(12)).bit_current, rtol=1e-10)
    replaced = network.replace(*cells, 2e-4).solve(word, np.zeros(12))
    g[tuple(cells)] = 2e-4
    again = Network(g, network.words, network.bits).solve(word, np.zeros(12))
    np.testing.assert_allclose(replaced.bit_current, again.bit_current, rtol=1e-12)


def test_too_many_steps_are_a_factorisation(monkeypatch):
    crossbar, word, bit = Crossbar(conductances(30, 20), 1e3, 2e3, 50.0, 70.0), draw(0, 1, 30), draw(0, 1, 20, 8)
    expected = crossbar.solve(word, bit_voltages=bit)
    assert crossbar.network.solve(word, bit).steps > 20
    monkeypatch.setattr(crossbar_solver, "MOST_STEPS", 3)
    found = crossbar.solve(word, bit_voltages=bit)
    np.testing.assert_allclose(found.current, expected.current, rtol=1e-10)
    np.testing.assert_allclose(found.word, expected.word, rtol=1e-10)
    carried = draw(-1e-6, 1e-6, (30, 20))  # cells that are current sources too
    by_factor = crossbar.network.solve(word, bit, carried).bit_current
    monkeypatch.undo()
    np.testing.assert_allclose(by_factor, crossbar.network.solve(word, bit, carried).bit_current, rtol=1e-10)


def test_a_solution_that_is_not_reached_is_an_error(monkeypatch):
    monkeypatch.setattr(crossbar_solver, "MOST_STEPS", 1)
    with pytest.raises(SimulationError, match="after 1 steps"):
        Crossbar(conductances(30, 30), 1e3, 0.0, 0.0, 1e3).solve(np.ones(30))


def test_a_solution_has_a_table_with_units():
    table = Crossbar(conductances(2, 3), 1.0, 1.0).solve([0.1, 0.2]).table()
    assert len(table) == 6 and table.attrs["units"]["power"] == "W"
    np.testing.assert_allclose(table["power"], table["voltage"] * table["current"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cells": [[1e-3, -1e-3]]}, r"conductance\[0, 1\] = -0.001 S must be positive"),
        ({"cells": [[0.0]]}, r"must be positive"),
        ({"cells": [[1e-3], [np.nan]]}, r"conductance\[1, 0\] = nan S is not finite"),
        ({"cells": [[np.inf]]}, "not finite"),
        ({"cells": [1e-3, 1e-3]}, "must be a matrix"),
        ({"cells": [["a"]]}, "must be a matrix of numbers"),
        ({"cells": np.empty((0, 3))}, "must be a matrix"),
        ({"word_line_resistance": -1.0}, "word_line_resistance must be finite and not negative"),
        ({"bit_line_resistance": np.nan}, "bit_line_resistance = nan is not finite"),
        ({"bit_line_resistance": "1k"}, "bit_line_resistance must be a number"),
        ({"source_resistance": -1.0}, "source_resistance must not be negative"),
        ({"source_resistance": [1.0, 2.0, 3.0]}, "source_resistance must be 2 numbers"),
        ({"sense_resistance": np.nan}, "sense_resistance must be numbers, and one is nan"),
    ],
)
def test_impossible_crossbars_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        Crossbar(**({"cells": [[1e-3, 1e-4], [1e-3, 1e-4]]} | arguments))


def test_impossible_inputs_are_refused():
    crossbar = Crossbar(conductances(3, 2))
    for wrong in ([1.0, 2.0], [1.0, np.nan, 0.0], "no", [[1.0, 2.0, 3.0]]):
        with pytest.raises(ParameterError, match="voltages"):
            crossbar.solve(wrong)
    with pytest.raises(ParameterError, match="bit_voltages"):
        crossbar.solve([1.0, 2.0, 3.0], bit_voltages=[1.0])
    for wrong in (np.zeros((4, 2)), np.full((4, 3), np.inf), np.zeros((1, 1, 3))):
        with pytest.raises(ParameterError, match="voltages"):
            crossbar.output(wrong)
    for ask in (crossbar.solve, crossbar.output):
        with pytest.raises(UnknownNameError, match="nonlinear"):
            ask([1.0, 2.0, 3.0], method="exact")
