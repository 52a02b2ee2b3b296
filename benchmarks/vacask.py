"""Reversals of 1, 10 and 50 junctions in VACASK and in ngspice: the cheapest run of each form within 0.3 %.

Forms are the native device and the Verilog-A module (compiled by OpenVAF-Reloaded) in VACASK, the native device and the
subcircuit in ngspice. Circuit, references and search for the largest step are those of ``spice_accuracy.py``: one
perpendicular junction reverses, each instance behind a resistor of its own, round ("on axis") or not ("off axis"); the
largest step is doubled for as long as all switching times stay within 0.3 % of SciPy's. Both simulators integrate by
the trapezoidal rule at their default tolerances, on one thread. Times are the processor's, less those of start
and reading.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from harness import Record, main
from spice import cpu_seconds
from spice_accuracy import (
    SUPPLY,
    WIDTHS,
    cost,
    crossing_time,
    exact_time,
    junction,
    largest_step,
    our_forms,
    series,
    times_of,
)

from synaspice.circuits.engine.analyses import Transient
from synaspice.circuits.engine.native import why_not_native
from synaspice.circuits.engine.osdi_library import find_osdi_library
from synaspice.circuits.engine.vacask.analyses import commands
from synaspice.circuits.engine.vacask.devices import VacaskDevice, vacask_device
from synaspice.circuits.engine.vacask.programs import find_vacask, version_of, why_no_vacask
from synaspice.circuits.engine.vacask.simulator import VacaskError, run
from synaspice.devices import MTJ

OPTIONS = {"nr_residualcheck": 0}


@dataclass(frozen=True)
class Runs:
    """A form in a simulator: its switching times [s] at a step, and what a run costs [s]."""

    name: str
    times: Callable[[float, float], list[float]]
    cost: Callable[[float], float]


def netlist(form: VacaskDevice, device: MTJ, count: int) -> str:
    """Junctions in parallel in VACASK, each behind a resistor of its own."""
    lines = ["reversals", 'load "resistor.osdi"', "model resistor resistor", str(form)]
    lines.append(f"v1 (supply 0) vsource dc={SUPPLY!r}")
    for k in range(count):
        lines.append(f"r{k} (supply p{k}) resistor r={series(device, k)!r}")
        lines.append(form.instance(str(k), f"p{k} 0 x{k} y{k} z{k}"))
    return "\n".join(lines)


def in_vacask(name: str, native: bool, device: MTJ, count: int, watched: Sequence[int], duration: float) -> Runs:
    """A form in VACASK."""
    form = vacask_device(device, native=native, noise=False)
    circuit, saved = netlist(form, device, count), [f"v(z{k})" for k in watched]

    def times(step: float, limit: float) -> list[float]:
        try:
            analysis = Transient(step, duration, step)
            table = run(circuit, analysis, save=saved, osdi=[form.file], options=OPTIONS, time_limit=limit)
        except VacaskError:
            return [np.nan] * len(watched)
        return [crossing_time(table["time"].to_numpy(), table[vector].to_numpy(), 0.0) for vector in saved]

    def spent(step: float, least: float = 0.3) -> float:
        analysis = Transient(step, duration, step)

        def seconds(repeats: int) -> float:
            """Of one process that carries out the analysis so many times."""
            title, *rest = circuit.splitlines()
            head = [title, "ground 0", 'include "builtins.inc"', f'load "{form.file}"', *rest]
            orders = [line for k in range(repeats) for line in commands(analysis, f"run{k}")]
            lines = [*head, "control", "  abort always", "  options nr_residualcheck=0", f"  save v(z{watched[0]})"]
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "runs.sim").write_text("\n".join([*lines, *orders, "endc", ""]), encoding="utf-8")
                command = [find_vacask(), "-qp", "-n", "1", "-b", "1", "runs.sim"]
                return cpu_seconds(lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True))

        repeats = 4
        while (several := seconds(1 + repeats) - seconds(1)) < least and repeats < 4096:
            repeats *= 4
        return several / repeats

    return Runs(name, times, spent)


def in_ngspice(name: str, device: MTJ, count: int, watched: Sequence[int], duration: float) -> Runs:
    """A form in ngspice."""
    form = next(form for form in our_forms(device) if form.name == name)
    return Runs(
        f"ngspice, {name}",
        lambda step, limit: times_of(form, device, range(count), watched, step, duration, limit),
        lambda step: cost(form, device, range(count), step, duration, 0.3),
    )


def cheapest(runs: Runs, exact: Sequence[float], where: str) -> float:
    """Processor time of the cheapest run within the tolerance [s]."""
    spent = [60.0]

    def error(step: float) -> float:
        begin = time.perf_counter()
        found = runs.times(step, 20 * spent[-1])
        spent.append(time.perf_counter() - begin)
        return float(np.max(np.abs(np.array(found) / exact - 1)))

    step, reached = largest_step(error)
    seconds = runs.cost(step)
    told = f"steps of {step * 1e12:g} ps, error {100 * reached:.3f} %, {seconds * 1e3:.3g} ms"
    print(f"{where}, {runs.name}: {told}", flush=True)
    return seconds


def measure(quick: bool) -> list[Record]:
    """Both forms in VACASK against both in ngspice."""
    for missing in (why_no_vacask(), why_not_native()):
        if missing:
            print(f"nothing to compare: {missing}")
            return []
    os.environ["NGSPICE_LIBRARY_PATH"] = find_osdi_library()  # both forms in the same ngspice
    records = []
    for where, width in WIDTHS.items():
        device = junction(width)
        for count in (1, 10) if quick else (1, 10, 50):
            watched = sorted({0, count // 2, count - 1})
            exact = [exact_time(device, series(device, k)) for k in watched]
            case = device, count, watched, 1.5 * max(exact)
            ours = [in_vacask("VACASK, native", True, *case), in_vacask("VACASK, Verilog-A", False, *case)]
            peers = [in_ngspice("native", *case), in_ngspice("subcircuit", *case)]
            label = f"{count} {where}"
            seconds = {runs.name: cheapest(runs, exact, label) for runs in (*ours, *peers)}
            for one, other in zip(ours, peers, strict=True):
                mine, theirs = seconds[one.name] * 1e3, seconds[other.name] * 1e3
                name = f"{label}, {one.name} against {other.name}"
                version = f"VACASK {version_of(find_vacask())}"
                records.append(Record(name, mine, theirs, version, theirs / mine, "ms of CPU/run"))
    return records


if __name__ == "__main__":
    main(__doc__, measure)
