"""Forms agree: the numeric target, the subcircuit and the native device in ngspice, and Verilog-A, behind drawn loads.

Devices of every model are drawn with parameters at the corners of their bounds and in between, in the same way in every
run; all of a model share one netlist.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from netlist_reference import expected_rates
from scipy.integrate import solve_ivp

from synaspice.circuits.engine.decks import held_branches, instance, nodes_of
from synaspice.circuits.engine.native import native_device, why_not_native
from synaspice.circuits.engine.ngspice import OperatingPoint, Transient, run
from synaspice.devices import VTEAM, ParameterError
from synaspice.devices.catalog import models
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.language.declarations.declaration import Telegraph
from synaspice.devices.language.errors import ValidityWarning
from synaspice.devices.simulation.numerics.newton import roots

pytestmark = pytest.mark.ngspice

MODELS = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}
#: Devices drawn of each model, and the share of the parameters that are drawn; of the others the defaults.
DRAWN, SHARE = 15, 0.3
#: Of three layers the default has a tunnel barrier and a metal, and so all that the other options have.
ONE_STRUCTURE = {"three-layer-stack"}
#: No tighter than the rounding of currents in a metal line at rest, and of rates of 1e12 that cancel in a held state:
#: two of dozens of devices that pass their tolerance in turns are an operating point that is never found.
TIGHT = {"reltol": 1e-6, "abstol": 1e-12, "vntol": 1e-12}


def drawn_value(parameter, generator):
    """A bound in half of the cases, otherwise a value between, by decades where there are several."""
    low, high = parameter.bounds
    if isinstance(parameter, Telegraph):
        return float(generator.choice([low, high]))
    kind = generator.random()
    if kind < 0.5:
        value = low if kind < 0.25 else high
        return value if math.isfinite(value) else math.copysign(1.0, value)
    if low > 0 and high > 10 * low:
        return float(np.clip(math.exp(generator.uniform(math.log(low), math.log(high))), low, high))
    if high < 0 and low < 10 * high:
        return float(np.clip(-math.exp(generator.uniform(math.log(-high), math.log(-low))), low, high))
    return float(generator.uniform(low, high))


def drawn_device(model, options, generator):
    declared = model.parameter_declarations()
    while True:
        values = {name: drawn_value(p, generator) for name, p in declared.items() if generator.random() < SHARE}
        try:
            return model(**values, **options)
        except ParameterError as error:
            assert "must" in str(error), error  # what check() refuses


def drawn_cases(name):
    """Devices with a voltage [V] and a load [ohm] each, by structure: the default options, and others."""
    generator, model = np.random.default_rng([5, *name.encode()]), MODELS[name]
    declared = {} if name in ONE_STRUCTURE else model.option_declarations()
    choices = {key: option.choices for key, option in declared.items()}
    variants = [{}] + ([{key: str(generator.choice(values)) for key, values in choices.items()}] if choices else [])
    found = []
    for k in range(DRAWN):
        device = drawn_device(model, variants[k % len(variants)], generator)
        volts = float(generator.choice([-1, 1]) * 10 ** generator.uniform(-2, 0.3))
        found.append((device, volts, float(10 ** generator.uniform(1, 7))))
    return found


def behind(device, load):
    """Function of the source's voltage, the states and the parameters for the voltage across the first branch."""
    conduction = compiled(device).conduction_array[0]
    rest = [0.0] * (len(device.branches()) - 1)

    def across(volts, x, p):
        def excess(v):
            current, slope = conduction([v, *rest], x, p)
            return current - (volts - v) / load, slope + 1 / load

        return float(roots(excess, np.array(0.0), min(volts, 0.0), max(volts, 0.0), what="the divided voltage"))

    return across


def netlist(cases, form_of, suffix):
    """Every device behind its load, in one form."""
    forms, lines = {}, []
    for k, (device, volts, load) in enumerate(cases):
        key, own = device.structure, f"_{suffix}{k}"
        if key not in forms:
            forms[key] = form_of(type(device)(**device.options), f"{suffix}{len(forms)}")
            lines.append(str(forms[key]))
        nodes, branch = nodes_of(device, own), next(iter(device.branches().values()))
        text = str(forms[key])
        values = {name: value for name, value in device.values.items() if f" {name}=" in text}
        lines += [
            f"V{own} s{own} {nodes[branch.negative]} {volts!r}",
            f"R{own} s{own} {nodes[branch.positive]} {load!r}",
        ]
        lines += [*held_branches(device, forms[key], own), instance(device, forms[key], values, own)]
    return lines, [form.file for form in forms.values() if hasattr(form, "file")]


def drop(table, device, suffix):
    nodes, branch = nodes_of(device, suffix), next(iter(device.branches().values()))
    ends = [
        0.0 if nodes[end] == "0" else table[f"v({nodes[end]})"].item() for end in (branch.positive, branch.negative)
    ]
    return ends[0] - ends[1]


@pytest.fixture(scope="module")
def compiler():
    return pytest.importorskip("openvaf_py", reason="openvaf-py compiles Verilog-A")


@pytest.mark.parametrize("name", MODELS)
def test_drawn_devices_are_the_same_in_every_form(name, compiler, tmp_path):
    """Voltages behind the load to 1e-6 of the source's, rates to 1e-6 of the fastest; Verilog-A's to 1e-9."""
    cases = drawn_cases(name)
    lines, _ = netlist(cases, lambda device, tag: device.subcircuit(name=f"dut_{tag}"), "sub")
    files = []
    if why_not_native() is None:
        more, files = netlist(cases, lambda device, tag: native_device(device, name=f"card_{tag}"), "nat")
        lines += more
    table = run("\n".join([f"* {name}", *lines]), OperatingPoint(), options=TIGHT, osdi=dict.fromkeys(files))
    modules = {}
    for k, (device, volts, load) in enumerate(cases):
        about = f"{device!r} at {volts!r} V behind {load!r} ohm"
        x, p = initial_state(device), parameter_vector(device)
        with np.errstate(all="ignore"):
            v = behind(device, load)(volts, x, p)
            rates = expected_rates(device, v)
        for suffix in ("sub", "nat") if files else ("sub",):
            assert drop(table, device, f"_{suffix}{k}") == pytest.approx(v, rel=0, abs=1e-6 * abs(volts)), about
        fastest = max([*map(abs, rates.values()), 1e-3])
        for state, rate in rates.items():
            found = table[f"v(xsub{k}.rate_{state})"].item()
            assert found == pytest.approx(rate, rel=0, abs=1e-6 * fastest), f"{state} of {about}"
        if device.structure not in modules:
            file = tmp_path / f"{len(modules)}.va"
            text = type(device)(**device.options).netlist("verilog-a")
            # openvaf-py 0.1.5 computes what follows from an instance's parameters of their defaults.
            file.write_text(text.replace(', type="instance"', ""), encoding="utf-8")
            (modules[device.structure],) = compiler.compile_va(str(file))
        residuals = evaluated(modules[device.structure], device, v)
        for state, rate in rates.items():
            assert -residuals[state] == pytest.approx(rate, rel=0, abs=1e-9 * fastest), f"{state} of {about}"
        current = compiled(device).conduction([v, *[0.0] * (len(device.branches()) - 1)], x, p)[0]
        branch = next(iter(device.branches().values()))
        if [b for b in device.branches().values() if branch.positive in (b.positive, b.negative)] == [branch]:
            assert residuals[branch.positive] == pytest.approx(current, rel=1e-9, abs=1e-300), about


def evaluated(module, device, v):
    """Residuals of a compiled Verilog-A module by node, at a voltage of the first branch and the initial states."""
    numbers = {name: float(value) for name, value in device.values.items()}
    for k, branch in enumerate(device.branches().values()):
        numbers[f"V({branch.positive},{branch.negative})"] = 0.0 if k else v
    for (name, state), start in zip(device.state_declarations().items(), initial_state(device), strict=True):
        numbers[f"V({name})"] = start / state.scale
    residuals, _ = module.run_init_eval(numbers | {"$temperature": 300.15, "mfactor": 1.0})
    nodes = [entry["node_name"] for entry in module.get_dae_system()["residuals"]]
    return {node: value[0] for node, value in zip(nodes, residuals, strict=True)}


def test_enough_are_drawn():
    assert DRAWN * len(MODELS) >= 300


# --- transients behind a load -------------------------------------------------------------------

#: Pulses that move the states behind loads of the size of the device.
MOVING = {
    "vteam": ({}, 1.0, 1e-6),
    "yakopcic": ({}, 2.0, 1e-3),
    "stanford-rram": ({}, 2.0, 1e-6),
    "phase-change-memory": ({"initial_state": 0.3}, 1.5, 1e-6),
    "linear-ion-drift": ({}, 1.0, 1.0),
    "sky130-reram": ({"initial_state": 0.3}, 2.0, 1e-6),
}


def integrated(device, pulse, load, duration):
    """Final scaled states behind a load, by SciPy."""
    functions, p = compiled(device), parameter_vector(device)
    scales = np.array([state.scale for state in device.state_declarations().values()])
    across = behind(device, load)

    def rates(time, scaled):
        x = (scaled * scales).tolist()
        return np.array(functions.rates([across(float(np.interp(time, *pulse)), x, p)], x, p)) / scales

    scaled = np.array(initial_state(device)) / scales
    corners = [*pulse[0], duration]
    with np.errstate(all="ignore"):
        for begin, end in pairwise(corners):
            if end > begin:
                scaled = solve_ivp(rates, (begin, end), scaled, method="LSODA", rtol=1e-6, atol=1e-9).y[:, -1]
    return scaled


@pytest.mark.parametrize("name", MOVING)
def test_drawn_loads_take_their_share_in_transients(name):
    """Final states to 5e-3 at ngspice's default tolerances, subcircuit and native alike."""
    values, amplitude, duration = MOVING[name]
    generator = np.random.default_rng([6, *name.encode()])
    device = MODELS[name](**values)
    branch = next(iter(device.branches().values()))
    resistance = amplitude / abs(float(device.static(**{branch.name: amplitude})[branch.current]))
    times = np.array([0.0, 0.05, 0.06, 0.7, 0.71]) * duration
    volts = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    wave = " ".join(f"{t!r} {v!r}" for t, v in zip(times.tolist(), (amplitude * volts).tolist(), strict=True))
    loads = [float(resistance * 10**x) for x in generator.uniform(-1.5, 1.0, 3)]
    subcircuit, states = device.subcircuit(name="dut"), list(device.state_declarations())
    lines, files = [f"* {name}", str(subcircuit), f"V1 a 0 PWL({wave})"], []
    if why_not_native() is None:
        native = native_device(device, name="card")
        lines.append(str(native))
        files = [native.file]
    for k, load in enumerate(loads):
        lines += [f"Rs{k} a s{k} {load!r}", f"Xs{k} s{k} 0 {' '.join(f'{x}_s{k}' for x in states)} dut"]
        if files:
            lines += [
                f"Rn{k} a n{k} {load!r}",
                native.instance(f"n{k}", f"n{k} 0 {' '.join(f'{x}_n{k}' for x in states)}"),
            ]
    step = duration / 1000
    table = run("\n".join(lines), Transient(step, duration, max_step=step), osdi=files, time_limit=300.0)
    moved = 0.0
    for k, load in enumerate(loads):
        exact = integrated(device, (times, amplitude * volts), load, duration)
        moved = max(moved, abs(exact[0] - initial_state(device)[0]))
        for form in ("s", "n") if files else ("s",):
            found = [table[f"v({x}_{form}{k})".lower()].iloc[-1] for x in states]
            assert found == pytest.approx(exact, abs=5e-3), f"{form} behind {load:g} ohm"
    assert moved > 0.05


def test_an_operating_point_in_which_states_may_have_moved_is_told():
    """Where Newton's method does not converge, ngspice simulates the circuit until it rests, and memories with it."""
    device = VTEAM(initial_state=0.3)
    deck = f"* t\n{device.subcircuit(name='dut')}\nV1 s 0 1\nR1 s a 1k\nX1 a 0 x dut initial_state=0.3\n"
    assert run(deck, OperatingPoint())["v(x)"].item() == pytest.approx(0.3, rel=1e-9)
    comparator = "B1 0 c I=(V(c) > 0.5) ? 0 : 1e-3\nR2 c 0 1k\nC2 c 0 1u\n"  # without a rest
    with pytest.warns(ValidityWarning, match="a transient of its own"):
        moved = run(deck + comparator, OperatingPoint())
    assert moved["v(x)"].item() != pytest.approx(0.3, rel=1e-3)
