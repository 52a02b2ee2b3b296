"""Native devices: every preset through the system's compiler and osdi-py, against the numeric target.

Where there is no release of osdi-py, a reader of our own takes its place; elsewhere it is compared with it.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import numpy as np
import osdi_interface
import pytest
from module_reference import CASES, TOLERANCE, expected, made, native_weights, point_of, scales_of
from native_instance import HELD, MOVING, SMALL_SIGNAL, Native, moving_flags, node_voltages, osdi, turning

from synaspice.devices import (
    MTJ,
    VTEAM,
    CompilationError,
    LinearIonDrift,
    MissingDependencyError,
    ParameterError,
    UnknownNameError,
)
from synaspice.devices.catalog import models
from synaspice.devices.core.codegen import SCALAR_NAMESPACE
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.simulation.operating_points.noise import _functions
from synaspice.devices.targets.modules.c_compiler import compile_library
from synaspice.devices.targets.modules.c_expressions import FUNCTIONS
from synaspice.devices.targets.scaled import unit_in_seconds


@pytest.mark.parametrize(("model", "preset", "values"), CASES)
def test_residuals_and_jacobian_are_those_of_the_numeric_target(model, preset, values, built):
    device = made(model, preset, values)
    native, generator = Native(built(device), device), np.random.default_rng(7)
    weights = native_weights(device)
    names = [str(x) for x in compiled(device).system.states]
    for _ in range(3):
        voltages, states = point_of(device, generator)
        potentials, drops = node_voltages(device, voltages, states)
        residuals, jacobian = expected(device, drops, states)
        found, charges, entries = native.evaluate(potentials, moving_flags(device))
        largest = max(abs(residuals[x]) for x in names)
        for node, value in residuals.items():
            size = largest if node in names else max(abs(v) for k, v in residuals.items() if k not in names)
            weight = weights[node][0] / unit_in_seconds(device) if node in names else 1.0
            assert found[node] / weight == pytest.approx(value, rel=0, abs=TOLERANCE * size)
        for name, state, scale in zip(names, states, scales_of(device), strict=True):
            capacitance, offset = weights[name]
            if turning(device):  # no charge that a simulator would integrate
                capacitance = 0.0
            assert charges[name] == pytest.approx(capacitance * (state / scale + offset), rel=1e-14)
        rows = {row: max(abs(v) for (r, _), v in jacobian.items() if r == row) for row, _ in jacobian}
        for entry, value in jacobian.items():
            weight = weights[entry[0]][0] / unit_in_seconds(device) if entry[0] in names else 1.0
            assert entries.get(entry, 0.0) / weight == pytest.approx(value, rel=0, abs=TOLERANCE * rows[entry[0]])


@pytest.mark.skipif(osdi is osdi_interface, reason="osdi-py has no release for this Python")
@pytest.mark.parametrize("flags", [MOVING, HELD, SMALL_SIGNAL])
def test_osdi_py_and_our_reader_read_the_same(flags, built):
    device = MTJ()
    potentials = {"p": 0.1, "m_x": 0.6, "m_z": 0.8}
    one, other = (Native(built(device), device, reader=reader) for reader in (osdi, osdi_interface))
    assert one.evaluate(potentials, flags) == other.evaluate(potentials, flags)
    assert any(one.evaluate(potentials, flags)[2].values())


@pytest.mark.parametrize("make", [MTJ, VTEAM])
def test_static_analyses_hold_the_states_at_their_initial_values(make, built):
    device = make()
    native = Native(built(device), device)
    voltages, states = point_of(device, np.random.default_rng(3))
    potentials, _ = node_voltages(device, voltages, states)
    residuals, _, entries = native.evaluate(potentials, HELD)
    names, scales = [str(x) for x in compiled(device).system.states], scales_of(device)
    for name, state, start, scale in zip(names, states, initial_state(device), scales, strict=True):
        assert residuals[name] == pytest.approx((state - start) / scale, abs=1e-14)
        assert entries[name, name] == 1.0
        assert not any(entries.get((name, other), 0.0) for other in (*names, "p", "n") if other != name)
    moving = native.evaluate(potentials, moving_flags(device))[2]
    # an analysis that asks for reactive parts has the slopes of the moving states
    assert native.evaluate(potentials, SMALL_SIGNAL)[2] == moving != entries


@pytest.mark.parametrize("make", [MTJ, VTEAM])
def test_noises_of_the_states_enter_with_their_strength(make, tmp_path):
    device = make(cycle_to_cycle=0.1) if make is VTEAM else make()
    native = Native(device.compile_osdi(tmp_path / "noisy.osdi", noise=True), device, temperature=350.0)
    voltages, states = point_of(device, np.random.default_rng(5))
    potentials, drops = node_voltages(device, voltages, states)
    _, _, entries = native.evaluate(potentials, SMALL_SIGNAL)
    values = np.array(_functions(*device.structure)[0](drops, states, [*parameter_vector(device), 350.0]))
    noises, names = compiled(device).system.noises, compiled(device).system.states
    densities, coupling = values[: len(noises)], values[len(noises) :].reshape(len(names), len(noises))
    shares = device.settling_time * coupling / scales_of(device)[:, None] * np.sqrt(2 * densities)
    assert np.abs(shares).max() > 0
    for k, name in enumerate(names):
        for j, noise in enumerate(noises):
            weight = native_weights(device)[str(name)][0] / unit_in_seconds(device)
            found = entries.get((str(name), f"{noise}_source"), 0.0) / weight
            assert found == pytest.approx(-shares[k, j], rel=0, abs=TOLERANCE * np.abs(shares).max())
    silent = native.evaluate(potentials)[2]
    assert not any(value for (_, column), value in silent.items() if column.endswith("_source") and _ != column)


def test_inputs_become_terminals(tmp_path):
    device = MTJ()
    native = Native(device.compile_osdi(tmp_path / "pin.osdi", inputs=["field_z"], name="junction"), device)
    assert native.library.name == "junction" and native.nodes[-1] == "field_z"
    assert "field_z" not in native.numbers
    # 1 V is 1000 A/m
    potentials = {"p": 0.1, "m_x": 0.6, "m_z": 0.8, "field_z": 20.0}
    found, _, entries = native.evaluate(potentials, moving_flags(device))
    residuals, _ = expected(device.replace(field_z=2e4), [0.1], np.array([0.6, 0.0, 0.8]))
    for name in ("m_x", "m_y", "m_z", "p"):
        assert found[name] == pytest.approx(residuals[name], rel=1e-10, abs=1e-12)
    step = 1e-3
    more = native.evaluate(potentials | {"field_z": 20.0 + step}, moving_flags(device))[0]
    slope = (more["m_y"] - found["m_y"]) / step
    assert entries["m_y", "field_z"] == pytest.approx(slope, rel=1e-6) and slope != 0


def test_devices_in_parallel_carry_the_current_of_all_and_move_as_one(built):
    device = MTJ()
    potentials = {"p": 0.1, "m_x": 0.6, "m_z": 0.8}
    instances = [Native(built(device), device, **{"$mfactor": m}) for m in (1.0, 5.0)]
    one, five = (native.evaluate(potentials, moving_flags(device)) for native in instances)
    assert five[0]["p"] == pytest.approx(5 * one[0]["p"], rel=1e-15)
    assert five[2]["p", "m_z"] == pytest.approx(5 * one[2]["p", "m_z"], rel=1e-15)
    assert five[0]["m_y"] == one[0]["m_y"] and five[2]["m_y", "p"] == one[2]["m_y", "p"]


def test_parameters_of_the_model_hold_for_instances_that_give_none(built):
    device = VTEAM()
    native = Native(built(device), device)
    assert {"name": "resistance_on", "units": "ohm", "is_instance": True}.items() <= native.library.get_params()[
        native.numbers["resistance_on"]
    ].items()
    model = native.library.create_model()
    model.set_real_param(native.numbers["resistance_on"], 123.0)
    model.process_params()
    instances = [model.create_instance() for _ in range(2)]
    instances[1].set_real_param(native.numbers["resistance_on"], 456.0)
    for one in instances:
        one.process_params(300.0, native.library.num_terminals)
    assert [one.get_real_param(native.numbers["resistance_on"]) for one in instances] == [123.0, 456.0]


@pytest.mark.parametrize(
    ("model", "name", "value", "complaint"),
    [
        ("mtj", "diameter", 5.0, "error: diameter = 5 m is outside its bounds [2 nm, 10 um] (diameter"),
        ("mtj", "damping", float("nan"), "error: damping = nan 1 is outside its bounds"),
        ("phase-change-memory", "telegraph", 0.5, "error: telegraph = 0.5 1 is outside"),
    ],
)
def test_values_out_of_range_are_refused(model, name, value, complaint, built):
    device = models()[model]()
    if name == "telegraph":
        pytest.skip(
            "no model of the package declares a telegraph process"
        ) if not device.telegraph_declarations() else None
        name = next(iter(device.telegraph_declarations()))
        complaint = complaint.replace("telegraph", name)
    native = Native(built(device), device)
    for of in (native.library.create_model(), native.model.create_instance()):
        osdi.clear_logs()
        of.set_real_param(native.numbers[name], value)
        with pytest.raises(RuntimeError, match=f"'{name}' is out of bounds"):
            of.process_params(*([300.0, native.library.num_terminals] if isinstance(of, osdi.OsdiInstance) else []))
        assert any(complaint in entry["message"] for entry in osdi.get_logs())


def test_a_power_of_nothing_is_that_of_the_numeric_target(tmp_path):
    arguments, value = FUNCTIONS["ramp_power"]
    heads = ", ".join(f"double {argument}" for argument in arguments.split(", "))
    source = (
        f'#include <math.h>\n__attribute__((visibility("default"))) double ramp_power({heads}) {{ return {value}; }}\n'
    )
    function = ctypes.CDLL(str(compile_library(source, tmp_path / "power.so"))).ramp_power
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * 2
    for x in (-1.0, 0.0, 2.0):
        for exponent in (0.0, 0.5, 1.0, 3.0):
            assert function(x, exponent) == SCALAR_NAMESPACE["ramp_power"](x, exponent), (x, exponent)


def test_the_text_is_the_same_in_every_process():
    code = "import sys; from synaspice.devices import VTEAM, MTJ; "
    code += "sys.stdout.write(VTEAM().osdi_source() + MTJ().osdi_source(noise=True))"
    # this process has its own seed already
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert other.stdout == VTEAM().osdi_source() + MTJ().osdi_source(noise=True)


def test_a_file_is_not_overwritten_and_never_half_written(tmp_path, monkeypatch):
    file = tmp_path / "mem.osdi"
    device = LinearIonDrift()
    file.write_text("mine")
    with pytest.raises(ParameterError, match="exists: --force replaces"):
        device.compile_osdi(file)
    assert file.read_text() == "mine"
    assert device.compile_osdi(file, force=True) == file and file.read_bytes().startswith(b"\x7fELF")
    compiler = tmp_path / "broken"
    compiler.write_text("#!/bin/sh\necho 'device.c:1: error: no such thing' >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    before = file.read_bytes()
    with pytest.raises(CompilationError, match="no such thing"):
        device.compile_osdi(file, force=True)
    assert file.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == ["broken", "mem.osdi"]
    monkeypatch.setenv("CC", "no-such-compiler -O1")
    with pytest.raises(MissingDependencyError, match="no-such-compiler"):
        device.compile_osdi(file, force=True)
    with pytest.raises(ParameterError, match="there is no folder"):
        device.compile_osdi(tmp_path / "nowhere" / "mem.osdi")


@pytest.mark.parametrize(
    ("arguments", "error", "complaint"),
    [
        ({"name": 'x"; abort()'}, ParameterError, "cannot be the name"),
        ({"name": "a\nb"}, ParameterError, "cannot be the name"),
        ({"inputs": ["field"]}, UnknownNameError, "field_x"),
    ],
)
def test_bad_requests_are_refused(arguments, error, complaint):
    with pytest.raises(error, match=complaint):
        MTJ().osdi_source(**arguments)
