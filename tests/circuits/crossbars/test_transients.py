"""Crossbars over time: against matrix exponentials, ladders in closed form, energies, and simulators."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.access import InSeries, Transistors
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.crossbars.netlists.netlist import write_netlist
from synaspice.circuits.crossbars.transients.contour import SPAN, Contour
from synaspice.circuits.crossbars.transients.waveforms import Waveforms
from synaspice.circuits.engine.native import why_not_native
from synaspice.devices import VTEAM, ParameterError, SimulationError, UnknownNameError, ValidityWarning

CONDUCTANCE = np.random.default_rng(1).uniform(1e-6, 1e-3, (3, 4))
VOLTAGES = np.array([0.2, -0.1, 0.3])
WIRES = {
    "word_line_resistance": 20.0,
    "bit_line_resistance": 30.0,
    "source_resistance": 100.0,
    "sense_resistance": 200.0,
    "word_line_capacitance": 1e-15,
    "bit_line_capacitance": 2e-15,
    "cell_capacitance": 3e-16,
}
OTHERS = {
    "all of them": {},
    "word lines without resistance": {"word_line_resistance": 0.0, "source_resistance": 0.0},
    "bit lines without resistance": {"bit_line_resistance": 0.0, "sense_resistance": 0.0},
    "nodes without resistance": {"word_line_resistance": 0.0, "bit_line_resistance": 0.0},
    "a floating line": {"source_resistance": [0.0, np.inf, 50.0]},
}


def test_a_contour_inverts_every_pole_on_the_axis():
    """1 / (s + k) is exp(-k t): to 1e-11, whatever the rate k."""
    contour, rates = Contour(3e-9), np.concatenate([[0.0], np.geomspace(1e3, 1e16, 200)])
    times = np.geomspace(3e-9 / SPAN, 3e-9, 30)
    found = np.imag(contour.weights(times) @ (1 / np.add.outer(contour.points, rates)))
    assert np.max(np.abs(found - np.exp(-np.multiply.outer(times, rates)))) < 1e-11


def written_out(crossbar, voltages, times):
    """Currents out of the bit lines by dense nodal equations, stamped element by element, and a matrix exponential."""
    (n, m), (words, bits) = crossbar.shape, crossbar.lines
    names = {f"V{k}": k for k in range(n + m)}
    elements = []

    def line(kind, number, lines, path, source, capacitance):
        nodes = [f"{kind}{i}.{j}" if lines.segment else f"{kind}{number}" for i, j in path]
        if lines.ends[number] == 0:
            nodes = [source] * len(path)
        elif np.isfinite(lines.ends[number]):
            elements.append((source, nodes[0], 1 / lines.ends[number], 0.0))
        if lines.segment:
            elements.extend((a, b, 1 / lines.segment, 0.0) for a, b in itertools.pairwise(nodes))
        elements.extend((node, None, 0.0, capacitance) for node in nodes)
        return dict(zip(path, nodes, strict=True))

    at = [{}, {}]
    for i in range(n):
        path = [(i, j) for j in range(m)]
        at[0] |= line("w", i, words, path, f"V{i}", crossbar.word_line_capacitance)
    for j in range(m):
        path = [(i, j) for i in reversed(range(n))]
        at[1] |= line("b", j, bits, path, f"V{n + j}", crossbar.bit_line_capacitance)
    for cell, g in np.ndenumerate(crossbar.cells.ohmic):
        elements.append((at[0][cell], at[1][cell], g, crossbar.cell_capacitance))
    for element in elements:
        for node in element[:2]:
            if node is not None:
                names.setdefault(node, len(names))
    g, c = np.zeros((2, len(names), len(names)))
    for a, b, conductance, capacitance in elements:
        for matrix, value in ((g, conductance), (c, capacitance)):
            ends = [names[node] for node in (a, b) if node is not None]
            for x, y in itertools.product(ends, repeat=2):
                matrix[x, y] += value if x == y else -value
    k, driven = n + m, np.concatenate([voltages, np.zeros(m)])
    matrix = -np.linalg.solve(c[k:, k:], g[k:, k:])
    end = -np.linalg.solve(g[k:, k:], g[k:, :k] @ driven)
    begin = -np.linalg.solve(c[k:, k:], c[k:, :k] @ driven)
    found = []
    for time in times:
        away = expm(matrix * time) @ (begin - end)
        current = g[:k, k:] @ (end + away) + c[:k, k:] @ matrix @ away + g[:k, :k] @ driven
        found.append(-current[n:])
    return np.array(found)


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_a_step_is_answered_as_by_the_matrix_exponential(others):
    crossbar = Crossbar(CONDUCTANCE, **WIRES | others)
    response = crossbar.step(VOLTAGES)
    np.testing.assert_allclose(response.final, crossbar.solve(VOLTAGES).current, rtol=1e-9)
    times = np.geomspace(1e-15, 3e-11, 25)
    expected = written_out(crossbar, VOLTAGES, times)
    assert np.max(np.abs(response.current(times) - expected)) < 1e-11 * np.max(np.abs(expected))
    settled = response.settling_time(1e-3)
    outside = np.max(np.abs(response.current([0.999 * settled, 1.001 * settled]) - response.final), axis=1)
    assert outside[1] < 1e-3 * np.max(np.abs(response.final)) < outside[0]


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_what_charges_the_capacitances_is_paid_beside_the_power(others):
    """Tellegen: the energy beside the final power is v C v; and a ramp is a mean of steps."""
    response = Crossbar(CONDUCTANCE, **WIRES | others).step(VOLTAGES, bit_voltages=[0.0, 0.1, 0.0, -0.1])
    long = 60 * response.slowest
    beside = response.energy(long) - response.final_power * long
    assert beside == pytest.approx(response.charging_energy, rel=1e-6)
    shifts = (np.arange(400) + 0.5) * 2e-12 / 400
    mean = np.mean([response.word_current(3e-12 - shift) for shift in shifts], axis=0)
    np.testing.assert_allclose(response.word_current(3e-12, rise_time=2e-12), mean, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("rise", [2e-17, 2e-13, 2e-12, 3e-11])
@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_energy_is_the_integral_of_the_power_while_sources_rise_and_after(others, rise):
    volts, ends = VOLTAGES, np.array([0.0, 0.1, 0.0, -0.1])
    crossbar, long = Crossbar(CONDUCTANCE, **WIRES | others), 4e-11
    response = crossbar.step(volts, bit_voltages=ends)
    times = np.unique([*np.linspace(0, rise, 2001), *(rise + np.geomspace(1e-4 * rise, long - rise, 4000))])
    words, bits = (part(times, rise_time=rise) for part in (response.word_current, response.current))
    expected = np.trapezoid((words @ volts - bits @ ends) * np.minimum(times / rise, 1), times)
    assert response.energy(long, rise_time=rise) == pytest.approx(expected, rel=1e-4)
    run = crossbar.transient(volts, long, bit_voltages=ends, rise_time=rise, points=3)
    assert run.energy == response.energy(long, rise_time=rise)


@pytest.mark.ngspice
def test_energy_does_not_hang_on_the_times_that_are_asked_for():
    """All is charged within a thousandth of the duration, between two points."""
    crossbar = Crossbar(
        np.full((4, 4), 1e-8), 2.0, 2.0, word_line_capacitance=1e-16, bit_line_capacitance=1e-16, cell_capacitance=5e-17
    )
    exact = crossbar.transient(np.full(4, 0.2), 1e-9).energy
    charging = crossbar.step(np.full(4, 0.2)).charging_energy
    assert exact == pytest.approx(charging / 2 + 16 * 0.04 * 1e-8 * 1e-9, rel=0.05)  # half is lost only in a step
    assert crossbar.transient(np.full(4, 0.2), 1e-9, method="netlist").energy == pytest.approx(exact, rel=0.02)


def test_an_energy_that_hangs_on_one_step_is_told():
    """A spike of a simulator's that does not step anew where the sources have risen."""
    time, current = np.array([0.0, 1.0, 2.0, 1000.0]), np.array([[0.0], [1.0], [1e-3], [1e-3]])
    nothing = np.zeros((4, 1))
    run = Waveforms(time, nothing, current, np.ones(1), np.zeros(1), 1.0)
    with pytest.warns(ValidityWarning, match="the energy may be wrong by 2"):
        assert run.energy == pytest.approx(0.5 + 0.5005 + 0.998, rel=1e-9)


def test_a_line_charges_as_a_ladder_does():
    """One word line of N segments with cells of next to nothing: known eigenvalues, Elmore's sum, and C V^2."""
    segments, r, c, volts = 20, 50.0, 2e-15, 0.4
    crossbar = Crossbar(
        np.full((1, segments), 1e-15), r, 0.0, word_line_capacitance=c
    )  # bit lines at virtual grounds see its far end
    response = crossbar.step([volts])
    slowest = r * c / (4 * np.sin(np.pi / (2 * (2 * segments + 1))) ** 2)
    assert response.slowest == pytest.approx(slowest, rel=1e-9)
    k = np.arange(1, segments + 1)
    elmore = r * c * np.cumsum(segments - k + 1)
    np.testing.assert_allclose(response.elmore_delay, elmore, rtol=1e-9)
    assert response.charging_energy == pytest.approx(segments * c * volts**2, rel=1e-9)
    # A distributed line: 1 - 4 / pi sum (-1)^k / (2 k + 1) exp(-((2 k + 1) pi / 2)^2 t / R C), half after 0.38 R C.
    whole = segments * r * segments * c
    odd = 2 * np.arange(40) + 1
    for time in (0.2, 0.379, 1.0):
        modes = (-1.0) ** np.arange(40) / odd * np.exp(-((odd * np.pi / 2) ** 2) * time)
        risen = response.current(time * whole)[0, -1] / response.final[-1]
        assert risen == pytest.approx(1 - 4 / np.pi * modes.sum(), abs=0.6 / segments)


def test_it_settles_at_once_without_capacitances_and_not_at_all_without_a_current():
    crossbar = Crossbar(CONDUCTANCE, 1.0, 1.0)
    assert crossbar.step(VOLTAGES).settling_time() == 0.0
    np.testing.assert_allclose(
        crossbar.step(VOLTAGES).current([0.0, 1e-15]), [np.zeros(4), crossbar.solve(VOLTAGES).current], rtol=1e-9
    )
    with pytest.raises(ParameterError, match="nothing to settle to"):
        crossbar.step(np.zeros(3)).settling_time()
    with pytest.raises(ParameterError, match="tolerance must be between"):
        crossbar.step(VOLTAGES).settling_time(1.0)
    floating = Crossbar(CONDUCTANCE, source_resistance=np.inf, sense_resistance=np.inf, word_line_capacitance=1e-15)
    with pytest.raises(SimulationError, match="no source"):
        floating.step(VOLTAGES).settling_time()


MEMRISTOR = VTEAM(resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1, rate_off=1)


def array(shape=(3, 4), memristor=MEMRISTOR):
    states = np.random.default_rng(2).uniform(0.0, 1.0, shape)
    return Crossbar(DeviceCells.of(memristor, shape, initial_state=states), **WIRES)


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("subcircuits", marks=pytest.mark.ngspice),
        pytest.param(
            "native", marks=[pytest.mark.ngspice, pytest.mark.skipif(why_not_native() is not None, reason="no native")]
        ),
        pytest.param("vacask", marks=pytest.mark.vacask),
    ],
)
def test_simulators_agree_over_time(method):
    """The trapezoidal rule rings below 3e-3 where the ramp ends, and is right to 1e-5 half of the time."""
    crossbar = array()
    run = crossbar.transient(VOLTAGES, 1e-11, rise_time=1e-12, points=401, method=method)
    exact = crossbar.step(VOLTAGES).current(run.time, rise_time=1e-12)
    errors = np.max(np.abs(run.current - exact), axis=1) / np.max(np.abs(exact))
    assert np.max(errors) < 3e-3 and np.median(errors) < 1e-5
    fine = crossbar.transient(VOLTAGES, 1e-11, rise_time=1e-12, points=4001)
    assert run.energy == pytest.approx(fine.energy, rel=1e-3)  # exact, and the rule over the ringing


@pytest.mark.ngspice
def test_a_simulator_moves_the_states():
    """A write: the selected cell's conductance moves, as by the device alone."""
    crossbar = Crossbar(
        DeviceCells.of(MEMRISTOR, (2, 2), initial_state=0.1), word_line_capacitance=1e-15, source_resistance=10.0
    )
    run = crossbar.transient([1.2, 0.0], 2e-9, bit_voltages=[0.0, 1.2], points=201, method="netlist")
    own = MEMRISTOR.replace(initial_state=0.1).simulate(1.2, 2e-9, points=3)["current"].iloc[-1]
    assert run.current[-1, 0] == pytest.approx(own, rel=0.02)
    assert abs(np.log(run.current[-1, 0] / run.current[20, 0])) > np.log(1.5)
    table = run.table()
    assert len(table) == 2 * len(run.time) and table.attrs["units"]["current"] == "A"


def test_the_netlist_has_the_capacitances_and_the_ramps():
    crossbar = Crossbar(CONDUCTANCE, **WIRES | {"word_line_resistance": 0.0})
    text = write_netlist(crossbar, VOLTAGES, np.zeros(4), rise_time=1e-12)
    assert "C_w_0 w_0 0 4e-15" in text and "C_b_2_3 b_2_3 0 2e-15" in text and "C_cell_0_0 w_0 b_0_0 3e-16" in text
    assert "V_word_1 word_1_source 0 PWL(0 0 1e-12 -0.1)" in text


def test_cells_behind_switches_are_ohmic():
    behind = InSeries(array().cells, Transistors(1e3, np.array([True, True, True]), 4))
    assert np.all(np.isfinite(Crossbar(behind, **WIRES).step(VOLTAGES).final))


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"duration": 0.0}, ParameterError, "duration"),
        ({"rise_time": 2e-9}, ParameterError, "must be longer"),
        ({"points": 1}, ParameterError, "points"),
        ({"method": "slow"}, UnknownNameError, "method"),
        ({"voltages": [0.1]}, ParameterError, "voltages"),
    ],
)
def test_what_makes_no_sense_is_refused(change, error, told):
    good = {"voltages": VOLTAGES, "duration": 1e-9}
    with pytest.raises(error, match=told):
        Crossbar(CONDUCTANCE, **WIRES).transient(**good | change)


@pytest.mark.parametrize("name", [name for name in WIRES if name.endswith("capacitance")])
def test_capacitances_are_not_negative(name):
    with pytest.raises(ParameterError, match=name):
        Crossbar(CONDUCTANCE, **{name: -1e-15})
    with pytest.raises(ParameterError, match="rise_time"):
        Crossbar(CONDUCTANCE).step(VOLTAGES).current(1e-9, rise_time=-1.0)
    for wrong in (-1.0, 2e-9, np.nan):
        with pytest.raises(ParameterError, match="rise_time"):
            Crossbar(CONDUCTANCE).step(VOLTAGES).energy(1e-9, rise_time=wrong)
