"""Transients of many devices in ngspice: native devices, our subcircuit, and the netlist one would write by hand.

The last has one behavioural voltage source per equation and one current source per state, on a capacitor with an
initial condition. All run in the same ngspice, from initial conditions, with the same steps; every device hangs on a
resistor of its own and starts from a state of its own. The processor time of a short run (start, reading the netlist)
is taken off, and the rest divided by devices and time steps.
"""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp
from harness import Record, main

from synaspice.circuits.engine.ngspice import Transient, run
from synaspice.devices import MTJ, VTEAM
from synaspice.devices.core.system import enforce_bounds
from synaspice.devices.language.declarations.declaration import TEMPERATURE, Auxiliary
from synaspice.devices.model import CompactModel
from synaspice.devices.targets.scaled import restoring_rates
from synaspice.devices.targets.spice.dialects import NGSPICE
from synaspice.devices.targets.spice.expressions import ExpressionPrinter

try:
    from synaspice.circuits.engine.native import native_device, why_not_native
    from synaspice.circuits.engine.osdi_library import find_osdi_library
except ImportError:
    native_device = find_osdi_library = None

    def why_not_native() -> str | None:
        return "this version has no native devices"


FORMS = ("native", "subcircuit", "plain")
#: Native devices take so many times the steps: the others' steps would be lost in the time of the start.
LONGER = 10


@dataclass(frozen=True)
class Case:
    """Devices of one kind in one circuit."""

    name: str
    device: CompactModel
    volts: float
    step: float
    start: Callable[[int], Mapping[str, float]]


CASES = (
    Case("MTJ", MTJ.preset("ikeda2010"), -1.6, 1e-12, lambda k: {"initial_polar_angle": 0.05 + 1e-4 * k}),
    Case("VTEAM", VTEAM(), 0.3, 1e-8, lambda k: {"initial_state": 0.2 + 5e-4 * k}),
)


def plain(device: CompactModel) -> str:
    """The equations as one writes them down: a voltage source for each, a current source into each state's capacitor.

    Units, scales and the head with its parameters are those of the generated subcircuit, of which it has the name.
    """
    system, states, time_unit = device.system, device.state_declarations(), sp.Symbol("time_unit", real=True)
    head = str(device.subcircuit()).partition("* current from")[0]
    scales = {sp.Symbol(name, real=True): state.scale for name, state in states.items()}
    for item in device.declarations().values():
        if isinstance(item, Auxiliary):
            scales |= dict.fromkeys(item.symbols, item.scale)
    scales |= {sp.Symbol(f"{name}_within", real=True): state.scale for name, state in states.items() if state.bounds}
    spelled = {symbol: f"V({symbol})" for symbol in scales} | {TEMPERATURE: NGSPICE.temperature}
    spelled |= {sp.Symbol(n, real=True): f"V({b.positive},{b.negative})" for n, b in device.branches().items()}
    printer = ExpressionPrinter(NGSPICE, spelled)
    quiet = dict.fromkeys(system.noises, sp.S.Zero)

    def text(expression: sp.Expr, scale: float = 1.0) -> str:
        in_volts = {symbol: size * symbol for symbol, size in scales.items() if size != 1}
        whole = expression.xreplace(quiet).xreplace(in_volts)
        return printer.doprint(whole if scale == 1 else sp.factor_terms(whole / scale))

    lines = []
    for branch, (symbol, expression) in zip(device.branches().values(), system.currents.items(), strict=True):
        lines.append(f"B_{symbol} {branch.positive} {branch.negative} I={text(expression)}")
    for symbol, expression in system.auxiliaries.items():
        lines.append(f"B_{symbol} {symbol} 0 V={text(expression, scales[symbol])}")
    restoring = restoring_rates(system)
    for symbol, rate in system.free_rates.items():
        state, scale = states[str(symbol)], scales[symbol]
        if state.bounds:
            drift, here = sp.Symbol(f"drift_{symbol}", real=True), sp.Symbol(f"{symbol}_", real=True)
            spelled |= {drift: f"V({drift})", here: f"V({symbol})"}
            lines.append(f"B_{drift} {drift} 0 V={text(time_unit * rate, scale)}")
            low, high = (bound / scale for bound in state.bounds)
            stopped = enforce_bounds(drift, here, (low, high), state.boundary_layer, closing=symbol in system.closing)
            lines.append(f"B_{symbol} 0 {symbol} I={text(stopped)}")
        else:
            back = text(sp.sympify(restoring.get(symbol, 0)))
            lines.append(f"B_{symbol} 0 {symbol} I={text(time_unit * rate, scale)} + {back}")
        lines.append(f"C_{symbol} {symbol} 0 {{time_unit}} ic={{{symbol}_start}}")
    lines.append(f".ends {device.subcircuit().name}")
    return head + "\n".join(lines)


def deck(case: Case, form: str, count: int) -> tuple[str, list[str]]:
    """Circuit of so many devices in one of the forms, and the files of native devices that it needs."""
    native = native_device(case.device) if form == "native" else None
    subcircuit = case.device.subcircuit()
    inside = str(native) if native else str(subcircuit) if form == "subcircuit" else plain(case.device)
    lines = [f"* {count} of {case.name}, {form}", inside, f"V1 supply 0 {case.volts!r}"]
    series = 0.1 * abs(case.volts / case.device.static(**{"voltage": case.volts})["current"].item())
    for k in range(count):
        nodes = [f"p{k}", "0", *(f"{name}_{k}" for name in case.device.state_declarations())]
        lines.append(f"R{k} supply p{k} {series!r}")
        if native:
            lines.append(native.instance(str(k), nodes, **case.start(k)))
        else:
            values = " ".join(f"{name}={value!r}" for name, value in case.start(k).items())
            lines.append(f"X{k} {' '.join(nodes)} {subcircuit.name} {values}")
    return "\n".join(lines) + "\n", [str(native.file)] if native else []


def cpu_seconds(function: Callable[[], None]) -> float:
    """Processor time of a function's child processes [s]: others on the machine disturb it least."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    function()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def cost(case: Case, forms: tuple[str, ...], count: int, repeats: int) -> tuple[dict[str, float], str]:
    """Time per device and time step [s] of every form, and the version of ngspice; checks that the states agree."""
    steps = int(min(4000, max(200, 20000 / count)))
    short, lengths = 20, {form: steps * (LONGER if form == "native" else 1) for form in forms}
    state = f"v({next(iter(case.device.state_declarations()))}_{count - 1})"
    ends: dict[str, float] = {}
    version = ""

    def job(form: str, number: int) -> Callable[[], None]:
        circuit, files = deck(case, form, count)

        def once() -> None:
            nonlocal version
            analysis = Transient(case.step, number * case.step, case.step, use_initial_conditions=True)
            extra = {"osdi": files} if files else {}
            table = run(circuit, analysis, save=[state], time_limit=600.0, **extra)
            version = table.attrs["engine_version"]
            ends[form] = float(np.interp(steps * case.step, table["time"], table[state]))

        return once

    jobs = [job(form, number) for form in forms for number in (short, lengths[form])]
    seconds = [
        min(times) for times in zip(*([cpu_seconds(once) for once in jobs] for _ in range(repeats)), strict=True)
    ]
    # Native devices integrate a precession themselves; the simulator's steps of 1 ps err by 2e-3 after some turns.
    np.testing.assert_allclose([ends[form] for form in forms], ends["plain"], atol=3e-3)
    spent = {form: seconds[2 * k + 1] - seconds[2 * k] for k, form in enumerate(forms)}
    return {form: time / count / (lengths[form] - short) for form, time in spent.items()}, version


def measure(quick: bool) -> list[Record]:
    """Every form for growing numbers of devices; the growth is the exponent of the number in the whole time."""
    missing = why_not_native()
    forms = FORMS[1:] if missing else FORMS
    if missing:
        print(f"without native devices: {missing}")
    else:
        os.environ["NGSPICE_LIBRARY_PATH"] = find_osdi_library()  # all forms in the same ngspice
    counts = (1, 10, 100) if quick else (1, 10, 100, 1000)
    records = []
    for case in CASES:
        found = {}
        for count in counts:
            found[count], version = cost(case, forms, count, 1 if quick else 2)
            for ours, peer in [(a, b) for k, a in enumerate(forms) for b in forms[k + 1 :]]:
                times = found[count][ours] * 1e6, found[count][peer] * 1e6
                name = f"{count} {case.name}, {ours} against {peer}"
                records.append(
                    Record(name, *times, f"{peer}, ngspice {version}", times[1] / times[0], "us/device/step")
                )
        ends = counts[1], counts[-1]
        for form in forms:
            growth = 1 + math.log(found[ends[1]][form] / found[ends[0]][form]) / math.log(ends[1] / ends[0])
            print(f"{case.name}, {form}: time grows as the {growth:.2f}th power of the number, {ends[0]} to {ends[1]}")
    return records


if __name__ == "__main__":
    main(__doc__, measure)
