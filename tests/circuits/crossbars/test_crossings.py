"""Crossbars of devices: against the netlist in ngspice, the single device, and arithmetic by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.access import InSeries, Mosfets, Transistors
from synaspice.circuits.crossbars.crosspoints.crossings import Conductances, DeviceCells, chord_conductance
from synaspice.circuits.crossbars.netlists import elements as crossbar_elements
from synaspice.circuits.crossbars.netlists.netlist import write_netlist
from synaspice.circuits.engine.native import NativeDevice, why_not_native
from synaspice.circuits.engine.vacask.devices import VacaskDevice
from synaspice.devices import (
    MTJ,
    VTEAM,
    DomainWallSynapse,
    MissingDependencyError,
    ParameterError,
    SimulationError,
    Sky130RERAM,
    StanfordRRAM,
    UnknownNameError,
)
from synaspice.devices.core.variability import Normal

N, M = 5, 4
VOLTAGES = np.linspace(0.05, 0.3, N)
STATES = np.random.default_rng(1).uniform(0.1, 0.9, (N, M))
#: A memristor with a threshold of 0.6 V either way.
MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)


def gates():
    return np.array([True, False, True, True, False])


CELLS = {
    "ohmic": lambda: Conductances(np.random.default_rng(2).uniform(1e-5, 1e-3, (N, M))),
    "sinh": lambda: DeviceCells.of(StanfordRRAM(), (N, M), initial_state=STATES),
    "junction": lambda: DeviceCells.of(MTJ.preset("ikeda2010"), (N, M)),
    "scattered": lambda: DeviceCells.of(
        MEMRISTOR, (N, M), variability={"resistance_on": Normal(0.1, relative=True)}, seed=3, initial_state=STATES
    ),
    "set state": lambda: DeviceCells.of(StanfordRRAM(), (N, M)).with_states(x=STATES),
    "1T1R": lambda: InSeries(DeviceCells.of(StanfordRRAM(), (N, M)), Transistors(2e3, gates(), M, 1e-9)),
    "1T1R, off": lambda: InSeries(CELLS["ohmic"](), Transistors(2e3, gates(), M)),
    "1S1R": lambda: InSeries(CELLS["ohmic"](), DeviceCells.of(StanfordRRAM(), (N, M))),
}
WIRES = {"wires": (5.0, 10.0, 20.0, 30.0), "none": (0.0, 0.0, 0.0, 0.0), "drivers": (0.0, 0.0, 100.0, 0.0)}


@pytest.mark.ngspice
@pytest.mark.parametrize(
    ("cells", "wires"), [*((cells, "wires") for cells in CELLS), ("ohmic", "none"), ("sinh", "drivers")]
)
def test_newtons_method_agrees_with_the_netlist(cells, wires):
    crossbar = Crossbar(CELLS[cells](), *WIRES[wires])
    check_against_ngspice(crossbar, "subcircuits")


@pytest.mark.ngspice
@pytest.mark.skipif(why_not_native() is not None, reason=str(why_not_native()))
@pytest.mark.parametrize("cells", ["sinh", "junction", "scattered", "1S1R"])
def test_newtons_method_agrees_with_native_devices(cells):
    check_against_ngspice(Crossbar(CELLS[cells](), *WIRES["wires"]), "native")


@pytest.mark.vacask
@pytest.mark.parametrize("cells", ["ohmic", "sinh", "scattered", "1S1R"])
def test_newtons_method_agrees_with_vacask(cells):
    check_against_ngspice(Crossbar(CELLS[cells](), *WIRES["wires"]), "vacask")


def test_vacask_takes_verilog_a_where_there_is_no_compiler_and_says_so_where_it_is_not_installed(monkeypatch):
    crossbar, asked = Crossbar(CELLS["sinh"](), *WIRES["wires"]), []

    def run(netlist, _analysis, **_settings):
        asked.append(netlist)
        raise SimulationError("enough")

    def form(device, *, name, native, noise):
        return VacaskDevice(name, "native" if native else "module", ("p", "n", "x"), Path("n.osdi"), {})

    def no_compiler():
        raise MissingDependencyError("no compiler")

    monkeypatch.setattr(crossbar_elements.vacask, "run", run)
    monkeypatch.setattr(crossbar_elements, "vacask_device", form)
    monkeypatch.setattr(crossbar_elements, "why_no_vacask", lambda: None)
    for find in (lambda: None, no_compiler):
        monkeypatch.setattr(crossbar_elements, "find_compiler", find)
        with pytest.raises(SimulationError, match="enough"):
            crossbar.solve(VOLTAGES, method="vacask")
    assert "model stanford_rram native" in asked[0] and "model stanford_rram module" in asked[1]
    assert "n_0_0 (w_0_0 b_0_0 x_0_0) stanford_rram initial_state=" in asked[0]
    monkeypatch.setattr(crossbar_elements, "why_no_vacask", lambda: "no VACASK")
    with pytest.raises(MissingDependencyError, match="no VACASK"):
        crossbar.solve(VOLTAGES, method="vacask")


@pytest.mark.vacask
def test_transistors_of_a_technology_are_for_ngspice():
    behind = InSeries(CELLS["ohmic"](), Mosfets(np.ones(N, dtype=bool), M))
    with pytest.raises(ParameterError, match="for ngspice, not for VACASK"):
        Crossbar(behind, 1.0, 1.0).solve(VOLTAGES, method="vacask")


def test_the_netlist_takes_native_devices_where_there_are_any(monkeypatch):
    crossbar, asked = Crossbar(CELLS["sinh"](), *WIRES["wires"]), []

    def run(netlist, _analysis, *, osdi, **_settings):
        asked.append((netlist, list(osdi)))
        raise SimulationError("enough")

    monkeypatch.setattr(crossbar_elements.ngspice, "run", run)
    monkeypatch.setattr(crossbar_elements, "native_device", lambda device, name="n": native(name))
    for reason in (None, "no compiler"):
        monkeypatch.setattr(crossbar_elements, "why_not_native", lambda reason=reason: reason)
        with pytest.raises(SimulationError, match="enough"):
            crossbar.solve(VOLTAGES, method="netlist")
    assert "N_0_0 w_0_0 b_0_0 x_0_0 stanford_rram initial_state=" in asked[0][0] and asked[0][1] == [Path("n.osdi")]
    assert "X_0_0 w_0_0 b_0_0 x_0_0 stanford_rram initial_state=" in asked[1][0] and asked[1][1] == []
    with pytest.raises(MissingDependencyError, match="no compiler"):
        crossbar.solve(VOLTAGES, method="native")


def native(name):
    """What a compiled device has that a netlist needs."""
    return NativeDevice(name, "kind", ("p", "n", "x"), Path("n.osdi"), {})


def check_against_ngspice(crossbar, method):
    numeric = crossbar.solve(VOLTAGES)
    spice = crossbar.solve(VOLTAGES, method=method)
    for name in ("word", "bit", "current", "word_current", "cell_current"):
        expected = getattr(numeric, name)
        np.testing.assert_allclose(getattr(spice, name), expected, rtol=1e-6, atol=1e-9 * np.max(np.abs(expected)))
    assert np.all(numeric.current > 0)


def test_small_voltages_make_the_linear_crossbar():
    crossbar = Crossbar(CELLS["sinh"](), *WIRES["wires"])
    small, large = 1e-5 * VOLTAGES, 3 * VOLTAGES
    ratio = crossbar.solve(small).current / crossbar.solve(small, method="linear").current
    np.testing.assert_allclose(ratio, 1, rtol=1e-8)
    assert np.all(crossbar.solve(large).current > 1.05 * crossbar.solve(large, method="linear").current)
    np.testing.assert_allclose(crossbar.linear().solve(large).current, crossbar.solve(large, method="linear").current)


def test_equal_voltages_at_all_cells_are_the_conductance_there():
    """Without wires every cell is at the reading voltage, at which :meth:`Crossbar.linear` has its conductance."""
    crossbar = Crossbar(CELLS["sinh"]())
    uniform = np.full(N, 0.25)
    np.testing.assert_allclose(
        crossbar.linear(0.25).solve(uniform).current, crossbar.solve(uniform).current, rtol=1e-12
    )


def test_cells_are_the_device():
    cells = CELLS["scattered"]()
    voltage = np.full((N, M), 0.2)
    current, slope = cells.current(voltage)
    names = list(MEMRISTOR.values)
    for i, j in ((0, 0), (2, 3)):
        on = float(cells.parameters[names.index("resistance_on"), i, j])
        assert on != MEMRISTOR.resistance_on
        device = MEMRISTOR.replace(resistance_on=on, initial_state=float(STATES[i, j]))
        alone = device.static(voltage=0.2)
        assert current[i, j] == pytest.approx(float(alone["current"]), rel=1e-12)
        assert slope[i, j] == pytest.approx(float(alone["dcurrent/dvoltage"]), rel=1e-12)


@pytest.mark.parametrize("voltage", [0.0, 0.2, -0.2])
def test_ideal_programming_gives_the_conductance(voltage):
    wanted = np.random.default_rng(4).uniform(2e-6, 9e-5, (N, M))
    cells = DeviceCells.of(MEMRISTOR, (N, M)).with_conductance(wanted, voltage)
    np.testing.assert_allclose(chord_conductance(cells, voltage), wanted, rtol=1e-10)
    assert cells.state("x").shape == (N, M)


@pytest.mark.parametrize("voltage", [-1.2, 0.3, 0.9, 3.0])
def test_a_pulse_moves_every_cell_as_the_device_alone(voltage):
    cells = DeviceCells.of(MEMRISTOR, (N, M), initial_state=STATES)
    moved = cells.pulse(voltage, 1e-9).state("x")
    for i, j in ((0, 0), (4, 3), (2, 1)):
        device = MEMRISTOR.replace(initial_state=float(STATES[i, j]))
        alone = device.simulate(voltage, 1e-9, points=2)["x"].iloc[-1]
        assert moved[i, j] == pytest.approx(alone, abs=3e-6)
    if abs(voltage) > 0.6:
        assert np.max(np.abs(moved - STATES)) > 1e-2
    else:
        np.testing.assert_array_equal(moved, STATES)


def test_a_pulse_turns_a_magnetisation():
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    moved = DeviceCells.of(device, (1, 2)).pulse(-0.8, 1e-9)
    alone = device.simulate(-0.8, 1e-9, points=2).iloc[-1]
    for name in ("m_x", "m_y", "m_z"):
        np.testing.assert_allclose(moved.state(name), alone[name], atol=1e-3)
    np.testing.assert_allclose(np.sum(moved.states**2, axis=0), 1, rtol=1e-12)


def test_a_pulse_behind_a_resistor_is_that_of_the_divider():
    """The access device takes its share, which changes with the state: SciPy follows it for one cell."""
    from scipy.integrate import solve_ivp

    start, series = 0.8, 5e4
    cells = DeviceCells.of(MEMRISTOR, (1, 1), initial_state=start)
    moved = cells.pulse(-1.5, 2e-9, access=Conductances([[1 / series]])).state("x")[0, 0]

    def rate(_t, x):
        resistance = 1 / float(MEMRISTOR.static(voltage=0.1, x=x[0])["current"]) * 0.1
        return [float(MEMRISTOR.static(voltage=-1.5 * resistance / (resistance + series), x=x[0])["dx/dt"])]

    expected = solve_ivp(rate, (0, 2e-9), [start], rtol=1e-8, atol=1e-10, method="LSODA").y[0, -1]
    assert moved == pytest.approx(expected, abs=1e-5)
    assert moved > cells.pulse(-1.5, 2e-9).state("x")[0, 0] + 1e-2


def test_pulses_with_noise_scatter_about_those_without():
    device = MEMRISTOR.replace(cycle_to_cycle=0.05, initial_state=0.8)
    cells = DeviceCells.of(device, (20, 20))
    quiet = cells.pulse(-1.2, 3e-10).state("x")[0, 0]
    noisy = cells.pulse(-1.2, 3e-10, temperature=300.0, seed=1).state("x")
    moved = 0.8 - quiet
    assert moved > 0.05
    # standard deviation c sqrt(dx) of the model, here with the spread of an estimate from 400 cells
    assert noisy.std() == pytest.approx(0.05 * np.sqrt(moved), rel=0.15)
    assert noisy.mean() == pytest.approx(quiet, abs=4 * 0.05 * np.sqrt(moved) / 20)
    again = cells.pulse(-1.2, 3e-10, temperature=300.0, seed=1).state("x")
    np.testing.assert_array_equal(noisy, again)


def test_what_cannot_be_a_cell_is_refused():
    with pytest.raises(ParameterError, match="two terminals"):
        DeviceCells.of(DomainWallSynapse(), (2, 2))
    with pytest.raises(ParameterError, match="at least 1"):
        DeviceCells.of(MEMRISTOR, (0, 2))
    with pytest.raises(UnknownNameError, match="initial_state"):
        DeviceCells.of(MEMRISTOR, (1, 2), inital_state=0.5)
    with pytest.raises(ParameterError, match="initial_state = 2"):
        DeviceCells.of(MEMRISTOR, (1, 2), initial_state=[[0.5, 2.0]])
    cells = DeviceCells.of(MEMRISTOR, (1, 2))
    with pytest.raises(ParameterError, match="outside the range of the cell"):
        cells.with_conductance([[1e-5, 1.0]])
    with pytest.raises(ParameterError, match="must be positive"):
        cells.with_conductance([[1e-5, 0.0]])
    with pytest.raises(ParameterError, match="one bounded state"):
        DeviceCells.of(Sky130RERAM(), (1, 2)).with_conductance([[1e-5, 1e-5]])
    with pytest.raises(UnknownNameError, match="known: x"):
        cells.with_states(w=0.1)
    with pytest.raises(ParameterError, match="finite"):
        cells.pulse(np.nan, 1e-9)
    with pytest.raises(ParameterError, match="temperature"):
        cells.pulse(1.0, 1e-9, seed=1)
    with pytest.raises(ParameterError, match="do not fit"):
        InSeries(cells, Transistors(1e3, np.array([True, True]), 2))
    with pytest.raises(ParameterError, match="on_resistance"):
        Transistors(0.0, np.array([True]), 2)
    with pytest.raises(ParameterError, match="gates"):
        Transistors(1e3, np.array([1.0]), 2)
    moved = DeviceCells.of(MTJ.preset("ikeda2010"), (1, 1)).with_states(m_x=0.6, m_y=0.0, m_z=0.8)
    with pytest.raises(ParameterError, match="no parameter of mtj sets its state"):
        write_netlist(Crossbar(moved), np.zeros(1), np.zeros(1))


def test_a_falling_characteristic_has_no_unique_operating_point():
    class Falling:
        shape, ohmic = (1, 1), None

        def current(self, voltage):
            return voltage - voltage**3, 1 - 3 * voltage**2

    with pytest.raises(SimulationError, match="falls with its voltage"):
        Crossbar(Falling(), 1.0, 1.0).solve([0.9])


def test_two_elements_in_series_carry_the_same_current():
    ohmic, selector = CELLS["ohmic"](), DeviceCells.of(StanfordRRAM(), (N, M), initial_state=0.0)
    voltage = np.linspace(-1.5, 1.5, N * M).reshape(N, M)
    held, slope = InSeries(ohmic, selector).current(voltage)
    across = held / ohmic.values
    np.testing.assert_allclose(selector.current(voltage - across)[0], held, rtol=1e-10)
    around = [InSeries(ohmic, selector).current(voltage + step)[0] for step in (-1e-6, 1e-6)]
    np.testing.assert_allclose(slope, (around[1] - around[0]) / 2e-6, rtol=1e-6)


@pytest.mark.ngspice
def test_transistors_of_a_technology_are_switches_at_small_voltages():
    real = Mosfets(gates(), M, width=1e-6)
    switches = real.switches()
    assert 100 < switches.on_resistance < 5e3 and 0 <= switches.off_conductance < 1e-6
    memristors = CELLS["sinh"]()
    voltages = 0.1 * VOLTAGES
    spice = Crossbar(InSeries(memristors, real), *WIRES["wires"]).solve(voltages, method="netlist")
    numeric = Crossbar(InSeries(memristors, switches), *WIRES["wires"]).solve(voltages)
    # Drain and source are up to 30 mV away from where the switch was measured, of an overdrive of half a volt or more;
    # and the transistor is a small part of the resistance.
    np.testing.assert_allclose(spice.current, numeric.current, rtol=0.01)
    # what is more at the end of a bit line came through the gates: about a nanoampere each in this class of process
    np.testing.assert_allclose(spice.cell_current.sum(axis=0), spice.current, atol=N * 2e-9)
    assert np.all(spice.cell_current[~gates()] < 1e-9) and np.all(spice.cell_current[gates()] > 1e-8)
    larger = Crossbar(InSeries(memristors, Mosfets(gates(), M, width=2e-6)), *WIRES["wires"])
    assert np.all(larger.solve(voltages, method="netlist").current > spice.current)


def test_transistors_of_a_technology_are_for_the_netlist():
    crossbar = Crossbar(InSeries(CELLS["sinh"](), Mosfets(gates(), M)))
    with pytest.raises(ParameterError, match="switches"):
        crossbar.solve(VOLTAGES)
    with pytest.raises(ParameterError, match="width"):
        Mosfets(gates(), M, width=1e-9)
    with pytest.raises(UnknownNameError, match="generic"):
        Mosfets(gates(), M, "tsmc")
