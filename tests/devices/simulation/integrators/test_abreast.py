"""Trajectories in the lanes of registers are those of single calls, to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.devices import (
    MTJ,
    AutoOscillator,
    DomainWallSynapse,
    Pulse,
    SimulationError,
    Sine,
    SpinOrbitTorqueMTJ,
    Triangle,
    VortexOscillator,
    simulate_many,
)
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.simulation.integrators import compiled_batch, compiled_trajectory
from synaspice.devices.simulation.integrators.machine_code import machine_code
from synaspice.devices.simulation.machine.kinds import LANES
from synaspice.devices.simulation.trajectories import batch, trajectory

JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.3)


def _explicit():
    return [
        name
        for name in sorted(MODELS.own())
        if MODELS[name]().state_declarations() and not compiled_trajectory.is_implicit(MODELS[name]())
    ]


@pytest.fixture
def abreast(monkeypatch):
    """Numbers of the trajectories that a call integrated in lanes."""
    counts = []

    def counted(requests, *arguments, **settings):
        counts.append(len(requests))
        return compiled_batch.integrate_abreast(requests, *arguments, **settings)

    monkeypatch.setattr(trajectory, "integrate_abreast", counted)
    return counts


def assert_as_alone(devices, drives, duration, **how):
    """All trajectories of one call against single calls."""
    count = len(drives) if isinstance(drives, list | np.ndarray) else len(devices)

    def of(given, k):
        return given[k] if isinstance(given, list | np.ndarray) else given

    inputs = how.pop("inputs", {})
    table = simulate_many(devices, drives, duration, inputs=inputs, threads=1, **how)
    alone = [
        of(devices, k).simulate(
            of(drives, k), duration, inputs={name: of(value, k) for name, value in inputs.items()}, **how
        )
        for k in range(count)
    ]
    pd.testing.assert_frame_equal(
        table.drop(columns="trajectory"), pd.concat(alone, ignore_index=True), check_exact=True
    )


@pytest.mark.parametrize("name", _explicit())
@pytest.mark.parametrize("what", ["rates", "conduction"])
def test_machine_code_in_lanes_gives_what_single_code_gives(name, what):
    device = MODELS[name]()
    p, x = parameter_vector(device), np.array(initial_state(device))
    branches = len(compiled(device).system.voltages)
    groups = [
        [[0.13 * (lane - 3.0)] * branches, (x * (1 + 0.05 * lane)).tolist(), [value * (1 + 1e-3 * lane) for value in p]]
        for lane in range(LANES)
    ]
    count = len(getattr(compiled(device), what)(*groups[0]))
    single = machine_code(*device.structure, what)
    together = machine_code(*device.structure, what, in_lanes=True)
    wide = [np.array([group[part] for group in groups]).T.ravel() for part in range(3)]
    found = np.array(together(wide, count * LANES)).reshape(count, LANES)
    np.testing.assert_array_equal(found, np.array([single(group, count) for group in groups]).T)


@pytest.mark.parametrize("name", _explicit())
def test_every_model_runs_in_lanes(name, abreast):
    device = MODELS[name]()
    time = 1e-8 if name in ("vortex-oscillator", "auto-oscillator") else 2e-10
    assert_as_alone(device, np.linspace(-0.02, 0.03, 11), time, points=4)
    assert abreast == [11]


@pytest.mark.parametrize(
    ("device", "currents"),
    [(JUNCTION, 6e-5), (VortexOscillator(), 3e-3), (SpinOrbitTorqueMTJ(), 1e-5)],
    ids=["mtj", "vortex", "spin-orbit torque"],
)
def test_a_source_of_current_seeks_its_voltage_in_every_lane(device, currents, abreast):
    assert_as_alone(device, np.linspace(-currents, currents, 19), 2e-9, source="current", points=7)
    assert abreast == [19]


def test_lanes_that_are_free_take_what_waits(abreast):
    """Corners at other times and of other numbers: trajectories of other lengths."""
    pulses = [Pulse(0.0, -0.8, delay=k * 1e-10, width=2e-10, period=(1 + k % 4) * 5e-10) for k in range(27)]
    assert_as_alone(JUNCTION, pulses, 2e-9, points=31)
    assert_as_alone(JUNCTION, [0.1 * k for k in range(9)], 2e-9, times=[1.5e-9])
    assert abreast == [27, 9]


def test_devices_inputs_and_branches_differ_from_lane_to_lane(abreast):
    devices = [JUNCTION.replace(damping=0.005 * (1 + k), initial_polar_angle=0.1 + 0.1 * k) for k in range(10)]
    fields = [Sine(0.0, 1e4 * k, 2e9) for k in range(10)]
    assert_as_alone(devices, [Triangle(0.5, 1e-9)] * 10, 1e-9, inputs={"field_x": fields, "field_z": 1e3}, points=9)
    currents = [Triangle(6e-5 / (1 + k), 1e-9) for k in range(10)]
    assert_as_alone(devices, currents, 1e-9, inputs={"field_x": fields}, source="current", points=9)
    cell = SpinOrbitTorqueMTJ()
    _, other = cell.branches()
    assert_as_alone(cell, [0.01 * k for k in range(8)], 5e-10, inputs={other: [0.02 * k for k in range(8)]}, points=5)
    assert abreast == [10, 10, 8]


def test_few_or_bounded_or_limited_trajectories_run_alone(abreast):
    simulate_many(JUNCTION, [0.1] * (LANES - 1), 1e-10, points=2)
    simulate_many(DomainWallSynapse(), [0.1] * LANES, 1e-10, points=2)
    simulate_many(JUNCTION, [0.1] * LANES, 1e-10, points=2, compliance=1e-5)
    assert not abreast


def test_threads_share_the_work_and_change_nothing(abreast):
    voltages = np.linspace(-0.8, 0.8, 40)
    one = simulate_many(JUNCTION, voltages, 1e-9, points=5, threads=1)
    pd.testing.assert_frame_equal(simulate_many(JUNCTION, voltages, 1e-9, points=5, threads=3), one, check_exact=True)
    assert sorted(abreast) == [12, 14, 14, 40]


def test_a_loop_that_pauses_goes_on_where_it_was(monkeypatch):
    drives = [Pulse(0.0, -0.8, delay=k * 1e-10, width=5e-10) for k in range(20)]
    whole = simulate_many(JUNCTION, drives, 2e-9, points=11)
    monkeypatch.setattr(compiled_batch, "TURNS_PER_CALL", 3)
    pd.testing.assert_frame_equal(simulate_many(JUNCTION, drives, 2e-9, points=11), whole, check_exact=True)


def test_pauses_of_long_trajectories_change_nothing(monkeypatch):
    """Under a source of a current, whose voltage is sought from that of the last step."""
    device, currents = MTJ.preset("kiselev2003-like"), np.linspace(1e-3, 8e-3, 12)
    monkeypatch.setattr(compiled_batch, "TURNS_PER_CALL", 250)
    monkeypatch.setattr(compiled_trajectory, "STEPS_PER_CALL", 70)
    assert_as_alone(device, currents, 2e-8, source="current", points=9)


def test_what_would_take_days_is_refused_on_the_way(monkeypatch):
    monkeypatch.setattr(compiled_batch, "STEPS_TO_JUDGE", 20 * compiled_batch.TURNS_PER_CALL)
    with pytest.raises(SimulationError, match=r"after 20000 steps .* of 10 s: ask for a weaker drive, a shorter"):
        simulate_many(JUNCTION, [0.2] * LANES, 10.0, points=2)


def test_a_trajectory_that_comes_to_no_end_is_computed_alone_and_named(monkeypatch):
    devices = [AutoOscillator()] * 9
    starts = batch.solve_abreast

    def spoiled(requests, reported, **how):
        found = starts(requests, reported, **how)
        found[4] = None
        return found

    expected = simulate_many(devices, 0.01, 1e-9, points=3)
    monkeypatch.setattr(batch, "solve_abreast", spoiled)
    pd.testing.assert_frame_equal(simulate_many(devices, 0.01, 1e-9, points=3), expected, check_exact=True)

    def fails(*arguments, **settings):
        raise SimulationError("no end")

    monkeypatch.setattr(batch, "solve", fails)
    with pytest.raises(SimulationError, match="^trajectory 4: no end"):
        simulate_many(devices, 0.01, 1e-9, points=3)


def test_steps_that_leave_the_realm_of_numbers_give_up_in_their_lane():
    """An infinite field in one lane: its steps become too small, the others come to their end."""
    requests = [
        trajectory.Request.of(JUNCTION, 0.1, 1e-10, "voltage", {"field_x": 1e3 if k != 3 else 1e300}) for k in range(9)
    ]
    found = trajectory.solve_abreast(requests, np.array([1e-10]), rtol=1e-9, atol=1e-12)
    assert [k for k, each in enumerate(found) if each is None] == [3]
