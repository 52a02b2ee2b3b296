"""Verilog-A: every preset through a real compiler, its residuals and Jacobian against the numeric target."""

from __future__ import annotations

import functools
import re

import numpy as np
import pytest
import verilog_a
from module_reference import CASES, PRESETS, TOLERANCE, expected, made, point_of, scales_of
from verilog_a import compilers

from synaspice.devices import MTJ, VTEAM, ParameterError, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.language.declarations.declaration import ElectricalNoise
from synaspice.devices.simulation.operating_points.noise import _functions
from synaspice.devices.targets.scaled import unit_in_seconds


@pytest.fixture(params=compilers() or [pytest.param("none", marks=pytest.mark.skip(reason="there is no compiler"))])
def compiler(request):
    return request.param


@pytest.fixture
def compile_text(compiler):
    return functools.partial(verilog_a.compile_text, compiler=compiler)


@pytest.fixture(scope="module")
def generic(tmp_path_factory):
    """Compiled once for each structure, with its default parameters: the values go through the interface."""
    made = {}

    def find(device, compiler):
        key = (device.structure, compiler)
        if key not in made:
            # openvaf-py 0.1.5 computes what follows from an instance's parameters of their defaults.
            text = generic_text(device.structure).replace(', type="instance"', "")
            made[key] = verilog_a.compile_text(text, tmp_path_factory.mktemp("module"), compiler)
        return made[key]

    return find


@functools.cache
def generic_text(structure):
    """The module of a structure with its default parameters."""
    model, options = structure
    return model(**dict(options)).netlist("verilog-a")


def statements(text):
    """The lines of a module but for comments and the values of parameters."""
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    return [re.sub(r"(parameter real \w+ = )\S+", r"\1", line) for line in lines]


def evaluate(module, device, voltages, states, temperature=300.0):
    """Residuals by node, (static, charge), and static entries of the Jacobian by pair of nodes."""
    system, scales = compiled(device).system, scales_of(device)
    numbers = {name: float(value) for name, value in device.values.items()}
    for branch, voltage in zip(device.branches().values(), voltages, strict=True):
        numbers[f"V({branch.positive},{branch.negative})"] = float(voltage)
    numbers |= {f"V({x})": float(v / s) for x, v, s in zip(system.states, states, scales, strict=True)}
    residuals, jacobian = module.run_init_eval(numbers | {"$temperature": temperature, "mfactor": 1.0})
    equations = module.get_dae_system()
    nodes = [node["name"] for node in equations["nodes"]]
    by_node = dict(zip((entry["node_name"] for entry in equations["residuals"]), residuals, strict=True))
    return by_node, {(nodes[row], nodes[column]): static for row, column, static, _ in jacobian}


@pytest.mark.parametrize(("model", "preset", "values"), CASES)
def test_residuals_and_jacobian_are_those_of_the_numeric_target(model, preset, values, compiler, generic, capfd):
    device = made(model, preset, values)
    module = generic(device, compiler)
    assert capfd.readouterr() == ("", "")  # no warning
    generator = np.random.default_rng(7)
    declared, names = device.state_declarations(), [str(x) for x in compiled(device).system.states]
    for _ in range(3):
        voltages, states = point_of(device, generator)
        residuals, jacobian = expected(device, voltages, states)
        found, entries = evaluate(module, device, voltages, states)
        largest = max(abs(residuals[x]) for x in names) if names else 0.0
        for node, value in residuals.items():
            size = largest if node in names else max(abs(v) for k, v in residuals.items() if k not in names)
            assert found[node][0] == pytest.approx(value, rel=0, abs=TOLERANCE * size)
        for name, state in zip(names, states, strict=True):
            charge = unit_in_seconds(device) * state / declared[name].scale
            assert found[name][1] == pytest.approx(charge, rel=1e-14)
        rows = {row: max(abs(v) for (r, _), v in jacobian.items() if r == row) for row, _ in jacobian}
        for entry, value in jacobian.items():
            assert entries.get(entry, 0.0) == pytest.approx(value, rel=0, abs=TOLERANCE * rows[entry[0]])


@pytest.mark.parametrize(("model", "preset", "values"), PRESETS)
def test_the_values_of_a_preset_are_those_of_its_parameters_and_nothing_else(model, preset, values):
    device = made(model, preset, values)
    own = device.netlist("verilog-a")
    assert statements(own) == statements(generic_text(device.structure))
    for name, value in re.findall(r"parameter real (\w+) = (\S+)", own):
        assert float(value) == device.values[name]


@pytest.mark.parametrize(("model", "preset"), [("mtj", "ikeda2010"), ("vteam", "kvatinsky2014")])
def test_in_a_static_analysis_states_hold_their_initial_values(model, preset, compile_text, tmp_path):
    device = models()[model].preset(preset)
    text = device.netlist("verilog-a")
    assert text.count('analysis("static") ? 0.0 : 1.0') == 1
    module = compile_text(text.replace('analysis("static") ? 0.0 : 1.0', "0.0"), tmp_path)
    voltages, states = point_of(device, np.random.default_rng(3))
    found, entries = evaluate(module, device, voltages, states)
    names = [str(x) for x in compiled(device).system.states]
    for name, state, start in zip(names, states, initial_state(device), strict=True):
        assert found[name][0] == pytest.approx(state - start, abs=1e-14)
        assert entries[name, name] == 1.0
        assert not any(entries.get((name, other), 0.0) for other in (*names, "p", "n") if other != name)


@pytest.mark.parametrize("model", [MTJ, VTEAM])
def test_noises_of_the_states_enter_with_their_strength(model, compile_text, tmp_path):
    device = model(cycle_to_cycle=0.1) if model is VTEAM else model()
    module = compile_text(device.netlist("verilog-a"), tmp_path)
    voltages, states = point_of(device, np.random.default_rng(5))
    _, entries = evaluate(module, device, voltages, states, temperature=350.0)
    values = np.array(_functions(*device.structure)[0](voltages, states, [*parameter_vector(device), 350.0]))
    noises, names = compiled(device).system.noises, compiled(device).system.states
    densities, coupling = values[: len(noises)], values[len(noises) :].reshape(len(names), len(noises))
    shares = device.settling_time * coupling / scales_of(device)[:, None] * np.sqrt(2 * densities)
    assert np.abs(shares).max() > 0
    for k, name in enumerate(names):
        for j, noise in enumerate(noises):
            found = entries.get((str(name), f"{noise}_source"), 0.0)
            assert found == pytest.approx(-shares[k, j], rel=0, abs=TOLERANCE * np.abs(shares).max())
    sources = [source["name"] for source in module.get_osdi_descriptor()["noise_sources"]]
    electrical = [name for name, item in device.declarations().items() if isinstance(item, ElectricalNoise)]
    assert {f"{noise}_source" for noise in noises} | set(electrical) <= set(sources)


def test_parameters_carry_unit_description_and_range(compile_text, tmp_path):
    text = MTJ.preset("ikeda2010").netlist("verilog-a")
    assert (
        '(* desc="Gilbert damping", units="1", type="instance" *)\n'
        "    parameter real damping = 0.027 from [0.0001:1.0];" in text
    )
    described = {p["name"]: p for p in compile_text(text, tmp_path).get_osdi_descriptor()["params"]}
    assert described["diameter"]["units"] == "m"
    assert described["damping"]["description"] == "Gilbert damping"
    # so that they may stand on the line of an instance
    assert all(entry["is_instance"] for name, entry in described.items() if name in MTJ.parameter_declarations())
    assert text == MTJ.preset("ikeda2010").netlist("verilog-a")


def test_inputs_become_ports(compile_text, tmp_path):
    device = MTJ()
    module = compile_text(device.netlist("verilog-a", inputs=["field_z"], name="junction"), tmp_path)
    assert module.name == "junction"
    assert "field_z" not in {p["name"] for p in module.get_osdi_descriptor()["params"]}
    states = np.array([0.6, 0.0, 0.8])
    numbers = {name: float(value) for name, value in device.values.items()} | {
        "$temperature": 300.0,
        "V(p,n)": 0.1,
        "mfactor": 1.0,
    }
    numbers |= {"V(m_x)": 0.6, "V(m_y)": 0.0, "V(m_z)": 0.8, "V(field_z)": 20.0}  # 1 V is 1000 A/m
    residuals, _ = module.run_init_eval(numbers)
    by_node = dict(zip((r["node_name"] for r in module.get_dae_system()["residuals"]), residuals, strict=True))
    expected_residuals, _ = expected(device.replace(field_z=2e4), [0.1], states)
    for name in ("m_x", "m_y", "m_z", "p"):
        assert by_node[name][0] == pytest.approx(expected_residuals[name], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "error", "complaint"),
    [
        ({"name": "cell"}, ParameterError, "cannot be the name"),
        ({"name": 'x"; $finish'}, ParameterError, "cannot be the name"),
        ({"name": "a\nb"}, ParameterError, "cannot be the name"),
        ({"inputs": ["field"]}, UnknownNameError, "field_x"),
        ({"dialect": "verilog"}, UnknownNameError, "verilog-a"),
    ],
)
def test_bad_requests_are_refused(arguments, error, complaint):
    with pytest.raises(error, match=complaint):
        MTJ().netlist(**({"dialect": "verilog-a"} | arguments))
