"""Networks against other integrators: SciPy, ensembles, themselves at other steps and threads, and ngspice."""

from __future__ import annotations

import math

import joblib
import numpy as np
import pandas as pd
import pytest
import sympy as sp
from scipy import sparse
from scipy.integrate import solve_ivp

from synaspice.characterization import Coupling, Network, Shared, network_ensemble
from synaspice.characterization.networks.couplings import resistors
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import Transient
from synaspice.devices import (
    MTJ,
    AutoOscillator,
    ParameterError,
    SimulationError,
    TwoLayerStack,
    UnknownNameError,
    VolatileMemristor,
)
from synaspice.devices.core.variability import Normal
from synaspice.devices.core.vectors import compiled, parameter_vector
from synaspice.devices.language import memory
from synaspice.devices.language.waveforms.shapes import Sine
from synaspice.devices.simulation.networks import march

DEVICE = AutoOscillator(initial_power=0.05)
MATRIX = np.random.default_rng(3).normal(size=(5, 5)) * 1e-3
PHASES = np.linspace(-1.0, 1.0, 5)


def small(**how):
    return Network(DEVICE, 5, [Coupling("c_re", "injection", MATRIX, **how)], parameters={"initial_phase": PHASES})


def by_scipy(duration):
    """States of the five at the end, from the generated rates of one and SciPy's steps."""
    functions = compiled(DEVICE)
    places = functions.parameter_names.index("injection"), functions.parameter_names.index("initial_phase")
    p = np.array(parameter_vector(DEVICE), dtype=object)

    def rates(time, values):
        x = values.reshape(2, 5)
        own = p.copy()
        own[places[0]] = MATRIX @ x[0]
        v = 1.5e-3 * (DEVICE.static_resistance + DEVICE.resistance_swing * x[0])
        found = [functions.rates([v[k]], list(x[:, k]), [*own[: places[0]], own[places[0]][k], *own[places[0] + 1 :]])
                 for k in range(5)]  # fmt: skip
        return np.array(found).T.ravel()

    start = math.sqrt(0.05) * np.concatenate([np.cos(PHASES), -np.sin(PHASES)])
    found = solve_ivp(rates, (0, duration), start, method="DOP853", rtol=1e-11, atol=1e-13)
    return found.y[:, -1].reshape(2, 5)


def test_a_full_matrix_is_that_of_other_steps_and_of_fourth_order():
    exact = by_scipy(2e-9)
    errors = [
        np.abs(small().run(2e-9, drive=1.5e-3, points=2, time_step=step).final - exact).max()
        for step in (5e-12, 2.5e-12, 1.25e-12)
    ]
    assert errors[-1] < 1e-6
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 4.0, atol=0.3)


def test_a_product_once_a_step_is_of_the_order_of_its_polynomial():
    exact = small().run(2e-9, drive=1.5e-3, points=2, time_step=2e-13).final
    for points, order in ((2, 2.0), (4, 4.0)):
        errors = [
            np.abs(
                small(each_stage=False, points=points).run(2e-9, drive=1.5e-3, points=2, time_step=s).final - exact
            ).max()
            for s in (4e-12, 2e-12, 1e-12)
        ]
        assert np.log2(errors[1] / errors[2]) == pytest.approx(order, abs=0.4)


def test_what_is_delayed_is_of_the_order_of_its_polynomial():
    """A delay of no whole number of steps, against short steps; before the beginning outputs are what they are then."""
    exact = small(delay=0.033e-9, points=6).run(2e-9, drive=1.5e-3, points=2, time_step=2.5e-13).final
    errors = [
        np.abs(small(delay=0.033e-9, points=2).run(2e-9, drive=1.5e-3, points=2, time_step=s).final - exact).max()
        for s in (4e-12, 2e-12, 1e-12)
    ]
    assert errors[-1] < 1e-3 and errors[0] > 8 * errors[-1]
    undelayed = small().run(2e-9, drive=1.5e-3, points=2).final
    assert np.abs(undelayed - exact).max() > 1e-2


def test_a_delay_of_half_a_period_is_a_coupling_of_the_other_sign():
    """Of two equal oscillators whose frequency does not move: one has to be exact to see it."""
    device = AutoOscillator(nonlinear_frequency_shift=0.0, initial_power=0.2)
    matrix = np.array([[0, 1e-4], [1e-4, 0]])
    started = {"initial_phase": [0.0, 1.0]}
    late = Network(device, 2, [Coupling("c_re", "injection", matrix, delay=0.5 / device.frequency)], parameters=started)
    opposite = Network(device, 2, [Coupling("c_re", "injection", -matrix)], parameters=started)
    ends = [np.angle(np.exp(1j * np.diff(n.run(0.6e-6, drive=1.5e-3, points=2).phases))) for n in (late, opposite)]
    assert abs(abs(ends[0][0]) - math.pi) < 2e-2 and abs(abs(ends[1][0]) - math.pi) < 2e-2


def test_forms_of_a_matrix_agree():
    """Full, sparse, of rank one, and as copies beside each other."""
    gains, weights = np.linspace(1, 2, 5) * 1e-3, np.linspace(-1, 1, 5)
    full = np.outer(gains, weights)
    ends = []
    for matrix in (full, sparse.csr_array(full), Shared(gains, weights)):
        network = Network(DEVICE, 5, [Coupling("c_re", "injection", matrix)], parameters={"initial_phase": PHASES})
        ends.append(network.run(1e-9, drive=1.5e-3, points=2).final)
    np.testing.assert_allclose(ends[1], ends[0], atol=1e-13)
    np.testing.assert_allclose(ends[2], ends[0], atol=1e-13)
    many = network.copies(3).run(1e-9, drive=1.5e-3, points=2).final
    np.testing.assert_allclose(many, np.tile(ends[0], 3), atol=1e-13)


def test_drives_that_are_constants_weights_and_waveforms():
    """A wave with weights is the wave of each device alone."""
    wave = Sine(0.0, 1e-3, 4.9e9)
    weights = np.array([0.0, 1.0, -2.0])
    run = Network(DEVICE, 3).run(
        2e-9, drive=np.array([1.5e-3, 1.4e-3, 1.6e-3]), inputs={"injection": (weights, wave)}, points=21, record="c_re"
    )
    for k, weight in enumerate(weights):
        alone = DEVICE.simulate(
            (1.5e-3, 1.4e-3, 1.6e-3)[k], 2e-9, source="current", points=21,
            inputs={"injection": Sine(0.0, 1e-3 * weight, 4.9e9)},
        )  # fmt: skip
        np.testing.assert_allclose(run.values["c_re"][:, k], alone["c_re"], atol=2e-4)


def test_uncoupled_devices_are_the_trajectories_of_an_ensemble():
    """The same random numbers, steps and scheme; and as few or many as there may be."""
    step = 2e-12
    whole = DEVICE.ensemble(1.5e-3, 0.5e-9, source="current", temperature=300, trajectories=70, seed=5, time_step=step)
    expected = whole.final()[["c_re", "c_im"]].to_numpy().T
    network = Network(DEVICE, 70).run(0.5e-9, drive=1.5e-3, points=2, temperature=300, seed=5, time_step=step)
    np.testing.assert_allclose(network.final, expected, rtol=1e-9, atol=1e-12)
    second = Network(DEVICE, 35).run(0.5e-9, drive=1.5e-3, points=2, temperature=300, seed=5, time_step=step, number=1)
    np.testing.assert_allclose(second.final, expected[:, 35:], rtol=1e-9, atol=1e-12)
    other = Network(DEVICE, 35).run(0.5e-9, drive=1.5e-3, points=2, temperature=300, seed=6, time_step=step)
    assert np.all(other.final != second.final)


def test_threads_and_pauses_leave_every_bit(monkeypatch):
    matrix = np.random.default_rng(1).normal(size=(200, 200)) * 1e-5
    network = Network(
        DEVICE, 200, [Coupling("c_re", "injection", matrix), Coupling("c_im", "injection", Shared(1e-6), delay=2e-11)]
    )
    how = {"drive": 1.5e-3, "points": 11, "temperature": 300, "seed": 2, "time_step": 2.5e-12}
    alone = network.run(0.2e-9, threads=1, **how)
    monkeypatch.setattr(march, "SHARED_OUT", 0)
    monkeypatch.setattr(march, "PAUSE", 1)
    shared = network.run(0.2e-9, threads=3, **how)
    assert np.array_equal(alone.final, shared.final) and np.array_equal(alone.order, shared.order)


def test_a_million_oscillators_need_little_more_than_their_states():
    size = 1_000_000
    frequencies = DEVICE.frequency * (1 + 1e-3 * np.linspace(-1, 1, size))
    network = Network(
        DEVICE, size, [Coupling("c_re", "injection", Shared(1e-10))], parameters={"frequency": frequencies}
    )
    run = network.run(2e-11, drive=1.5e-3, points=3, record="power", devices=[0, 999_999], time_step=1e-11)
    assert run.values["power"].shape == (3, 2) and run.phases.shape == (size,) and 0.99 < run.order_parameter[-1] <= 1
    with pytest.raises(ParameterError, match="recorded numbers"):
        network.run(1e-6, points=100_000, record="power", time_step=1e-11)


def test_devices_differ_as_declared():
    drawn = Network(DEVICE, 6, variability={"damping_rate": Normal(0.1, relative=True)}, variability_seed=4)
    again = Network(DEVICE, 6, variability={"damping_rate": Normal(0.1, relative=True)}, variability_seed=4)
    assert np.ptp(drawn.values["damping_rate"]) > 0 and np.array_equal(
        *(n.values["damping_rate"] for n in (drawn, again))
    )
    listed = Network([DEVICE.replace(damping_rate=float(rate)) for rate in drawn.values["damping_rate"]])
    ends = [n.run(1e-9, drive=1.5e-3, points=2).final for n in (drawn, listed)]
    assert np.array_equal(*ends)


def test_the_current_of_a_junction_is_found_in_every_stage():
    """A voltage that follows from the current by a search, and the torque with it."""
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    run = Network(junction, 1, source="current").run(0.3e-9, drive=-5e-5, points=31, record="m_z", time_step=2e-13)
    alone = junction.simulate(-5e-5, 0.3e-9, source="current", points=31)
    np.testing.assert_allclose(run.values["m_z"][:, 0], alone["m_z"], atol=1e-6)


OUT = math.prod(sp.Symbol(name, real=True) for name in ("resistance_swing", "c_re", "current"))


def test_a_netlist_of_oscillators_is_the_network():
    """Frequencies of its own for each, a full matrix, a common current."""
    matrix = 1e-4 * np.array([[0, 1, 2], [1, 0, -1], [0.5, 0, 0]])
    spread = {"frequency": [5e9, 5.02e9, 4.9e9], "initial_phase": [0.0, 1.0, 2.0]}
    couplings = [Coupling("c_re", "injection", matrix), Coupling(OUT, "injection", Shared(1 / 50.0))]
    network = Network(DEVICE, 3, couplings, parameters=spread)
    run = network.run(3e-9, drive=1.5e-3, points=301, record="c_re", time_step=2e-12)
    deck = network.netlist(drive=1.5e-3)
    table = ngspice.run(deck, Transient(1e-12, 3e-9, 1e-12, True), options={"reltol": 1e-7})
    for k in range(3):
        found = np.interp(run.time, table["time"], table[f"v(c_re_{k})"])
        np.testing.assert_allclose(found, run.values["c_re"][:, k], atol=2e-3)
    assert np.abs(run.values["c_re"] - Network(DEVICE, 3, parameters=spread).run(
        3e-9, drive=1.5e-3, points=301, record="c_re", time_step=2e-12).values["c_re"]).max() > 0.05  # fmt: skip


def test_a_delay_is_a_line_in_a_netlist():
    """From where a wave has passed the line, the pair goes on as in the network: at one frequency and phase."""
    couplings = [Coupling("c_re", "injection", [[0, 1e-3], [1e-3, 0]], delay=0.13e-9)]
    network = Network(DEVICE, 2, couplings, parameters={"initial_phase": [0.0, 0.4]})
    run = network.run(20e-9, drive=1.5e-3, points=2001, settling=10e-9)
    table = ngspice.run(network.netlist(drive=1.5e-3), Transient(2e-12, 20e-9, 2e-12, True), options={"reltol": 1e-6})
    late = table[table["time"] > 10e-9]
    frequency = []
    for k in range(2):
        v, t = late[f"v(c_re_{k})"].to_numpy(), late["time"].to_numpy()
        rising = np.flatnonzero((v[1:] >= 0) & (v[:-1] < 0))
        crossings = t[rising] - v[rising] * (t[rising + 1] - t[rising]) / (v[rising + 1] - v[rising])
        frequency.append((len(crossings) - 1) / (crossings[-1] - crossings[0]))
    np.testing.assert_allclose(frequency, run.frequencies, rtol=3e-4)


def test_memristors_that_resistors_join_are_a_netlist_of_resistors():
    network = Network(
        VolatileMemristor(), 2, [resistors([[0, 2e-5], [2e-5, 0]], loads=5e-5)], capacitance=[10e-12, 12e-12]
    )
    drive = np.array([1.65e-4, 1.73e-4])
    deck = network.netlist(drive=drive)
    assert deck.count("\nR_") == 3 and deck.count("\nC_node") == 2 and "B_output" not in deck
    run = network.run(1e-6, drive=drive, points=1001, record=["node", "x"], time_step=5e-11)
    table = ngspice.run(deck, Transient(1e-10, 1e-6, 1e-9, True), options={"reltol": 1e-6})
    for k in range(2):
        found = np.interp(run.time, table["time"], table[f"v(p_{k})"])
        np.testing.assert_allclose(found, run.values["node"][:, k], atol=0.02)
    assert np.ptp(run.values["node"], axis=0).min() > 1.5  # both switch


def test_what_makes_no_network_is_refused():
    one = Coupling("c_re", "injection", [[0.0]])
    for bad in (0, -1, 2.5, "many", True):
        with pytest.raises(ParameterError, match="size must be"):
            Network(DEVICE, bad)
    for how in (
        {"couplings": [one, "more"]},
        {"couplings": [one], "size": 2},
        {"parameters": {"frequency": [1e9, 2e9, 3e9]}},
        {"parameters": {"frequency": [1e9, 1e15]}},
        {"capacitance": -1e-12},
        {"capacitance": 1e-12, "source": "voltage"},
        {"couplings": [Coupling("voltage", "drive", np.zeros((2, 2)))]},
        {"couplings": [Coupling(sp.Integer(1), "injection", np.zeros((2, 2)))]},
    ):
        with pytest.raises(ParameterError):
            Network(DEVICE, **{"size": 2, **how})
    for output, to in (("c_xx", "injection"), ("c_re", "field")):
        with pytest.raises(UnknownNameError):
            Network(DEVICE, 1, [Coupling(output, to, [[0.0]])])
    with pytest.raises(ParameterError, match="one model"):
        Network([DEVICE, VolatileMemristor()])
    with pytest.raises(ParameterError, match="latch_time of volatile-memristor follows"):
        Network(VolatileMemristor(), 2, parameters={"time_constant_on": [1e-8, 2e-8]})
    for values in ({"delay": -1.0}, {"points": 0}, {"points": 9}, {"output": 3}, {"matrix": [[1.0, 2.0]]}):
        with pytest.raises(ParameterError):
            Coupling(**{"output": "c_re", "to": "injection", "matrix": [[0.0]], **values})
    with pytest.raises(ParameterError, match="symmetric matrix"):
        resistors([[0.0, 1.0], [2.0, 0.0]])
    network = Network(DEVICE, 2)
    for how in (
        {"duration": -1.0}, {"points": 1}, {"drive": [1.0, 2.0, 3.0]}, {"drive": "much"},
        {"devices": [2], "record": "c_re"},
        {"phase": ["c_re"]}, {"settling": 2e-9}, {"temperature": -1.0}, {"time_step": 1e-6}, {"states": [[1.0]]},
    ):  # fmt: skip
        with pytest.raises(ParameterError):
            network.run(**{"duration": 1e-9, **how})
    with pytest.raises(UnknownNameError, match="unknown state or observable of auto-oscillator 'speed'"):
        network.run(1e-9, record="speed")
    with pytest.raises(ParameterError, match="more points"):
        network.run(1e-9, drive=1.5e-3, points=5).frequencies  # noqa: B018
    with pytest.raises(SimulationError, match="finite"):
        network.run(1e-9, drive=1.5e-3, states=[[1e200, 1.0], [0.0, 0.0]])
    with pytest.raises(ParameterError, match="time_step"):
        Network(VolatileMemristor(), 1, capacitance=1e-12).run(1e-9)
    with pytest.raises(ParameterError, match="duration"):
        network.netlist(drive=Sine(0.0, 1e-3, 1e9))


def test_runs_are_their_numbers_and_are_kept(tmp_path):
    """An ensemble of networks: each run its own noise and phases, the same on one process as on two, and resumed."""
    network = Network(DEVICE, 20, [Coupling("c_re", "injection", Shared(2e-5))])
    how = {"drive": 1.5e-3, "temperature": 300, "points": 51, "seed": 3, "settling": 5e-9, "random_phases": True}
    table = network_ensemble(network, 1e-8, runs=4, checkpoint=tmp_path / "kept", **how)
    with joblib.parallel_config(n_jobs=2):
        again = network_ensemble(network, 1e-8, runs=4, **how)
    pd.testing.assert_frame_equal(table, again)
    pd.testing.assert_frame_equal(table, network_ensemble(network, 1e-8, runs=4, checkpoint=tmp_path / "kept", **how))
    assert table["order_parameter"].nunique() == 4
    other = Network(DEVICE, 20, [Coupling("c_re", "injection", Shared(3e-5))])
    with pytest.raises(ParameterError, match="other"):
        network_ensemble(other, 1e-8, runs=4, checkpoint=tmp_path / "kept", **how)


def test_what_moves_with_a_drive_is_not_recorded_as_if_it_did_not():
    """An energy in a field that others make is refused; in one that is held it is that of the device."""
    stack = TwoLayerStack(first_initial_azimuth=0.5)
    coupled = Network(stack, 2, [Coupling("first_m_x", "field_x", [[0, 1e3], [1e3, 0]])], source="voltage")
    with pytest.raises(ParameterError, match="energy depends on more than the states"):
        coupled.run(1e-12, points=2, record="energy", time_step=1e-13)
    run = Network(stack, 1, source="voltage").run(
        5e-11, points=6, inputs={"field_x": 5e4}, record="cosine_12", time_step=1e-13
    )
    alone = stack.simulate(0.0, 5e-11, points=6, inputs={"field_x": 5e4})
    np.testing.assert_allclose(run.values["cosine_12"][:, 0], alone["cosine_12"], atol=1e-7)
    assert np.ptp(alone["cosine_12"]) > 1e-4


def test_a_kernel_without_operations_with_zeros_computes_the_same(monkeypatch):
    """What is left out for long runs: parameters that are 0 or 1."""
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    coupling = Coupling("m_x", "field_x", 1e3 * (np.ones((3, 3)) - np.eye(3)))
    network = Network(junction, 3, [coupling], source="voltage", parameters={"initial_azimuth": [0.0, 1.0, 2.0]})
    how = {"drive": -0.2, "points": 2, "time_step": 1e-12, "temperature": 300, "seed": 1}
    ends = []
    for large in (np.inf, 0):
        monkeypatch.setattr(march, "LARGE", large)
        ends.append(network.run(1e-10, **how).final)
    np.testing.assert_allclose(ends[1], ends[0], rtol=0, atol=1e-13)
    assert np.abs(ends[0] - network.initial()).max() > 0.01


def test_a_delay_of_more_steps_than_there_is_memory_is_refused_by_its_name(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2 * 10**9)
    with pytest.raises(ParameterError, match=r"steps of the longest delay, 1 s, of 5 devices .* delay by at most 2.*e"):
        small(delay=1.0).run(2e-9, drive=1.5e-3, points=2, time_step=1e-12)
