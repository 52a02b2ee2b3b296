"""Arrays of memristors as native devices: operating point and transient, in Python, ngspice and VACASK.

Square arrays of VTEAM memristors (10 kohm to 1 Mohm, scattered), each with a state of its own, 2 ohm and 0.1 fF in
every segment of wire, drivers and sensing ends of 1 kohm. Before anything is timed the currents of the operating point
are compared to 1e-9, those of the transient to 1 % of the largest at every time. One run each, from the call to the
table: start, reading of the netlist and of the results are in it. In the transient all inputs rise within a twentieth
of its length, four fifths of the time in which the currents settle to 0.1 %; simulators choose their steps by a
relative tolerance of 1e-5, up to a twentieth of the length.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import Record, main

from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.engine.native import why_not_native
from synaspice.circuits.engine.vacask.programs import find_vacask, version_of, why_no_vacask
from synaspice.devices import VTEAM
from synaspice.devices.core.variability import Normal

MEMRISTOR = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.6, threshold_off=0.6, rate_on=-1.0, rate_off=1.0
)
READ = 0.2  # V
AGREEMENT, OVER_TIME = 1e-9, 1e-2
#: Wall-clock seconds after which a simulator is given up.
LIMIT = 3000.0


def array(size: int) -> tuple[Crossbar, np.ndarray]:
    """A square array, and a vector of voltages."""
    random = np.random.default_rng(size)
    cells = DeviceCells.of(
        MEMRISTOR,
        (size, size),
        variability={"resistance_on": Normal(0.05, relative=True)},
        seed=1,
        initial_state=random.uniform(0.0, 1.0, (size, size)),
    )
    wires: dict[str, float] = {"source_resistance": 1e3, "sense_resistance": 1e3}
    for line in ("word", "bit"):
        wires |= {f"{line}_line_resistance": 2.0, f"{line}_line_capacitance": 1e-16}
    return Crossbar(cells, **wires), random.uniform(0.0, READ, size)


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Wall-clock time of a call [s], and what it returns."""
    start = time.perf_counter()
    found = function()
    return time.perf_counter() - start, found


def operating_point(size: int, methods: tuple[str, ...]) -> dict[str, float]:
    """Time of an operating point by each method [s]."""
    crossbar, volts = array(size)
    crossbar.solve(volts)  # compiles
    spent, exact = timed(lambda: crossbar.solve(volts).current)
    seconds = {"python": spent}
    for method in methods:
        seconds[method], found = timed(lambda method=method: crossbar.solve(volts, method=method).current)
        difference = float(np.max(np.abs(found / exact - 1)))
        print(f"operating point {size} x {size}, {method}: currents differ by {difference:.0e}", flush=True)
        if not difference < AGREEMENT:
            raise SystemExit("the currents differ: there is nothing to compare")
    return seconds


def transient(size: int, methods: tuple[str, ...]) -> dict[str, float]:
    """Time of a transient by each method [s]."""
    crossbar, volts = array(size)
    response = crossbar.step(volts)
    duration = 0.8 * response.settling_time(1e-3)
    settings: dict[str, Any] = {"rise_time": duration / 20, "points": 21, "time_limit": LIMIT}
    spent, _ = timed(lambda: crossbar.transient(volts, duration, **settings))
    seconds, largest = {"python": spent}, float(np.max(np.abs(response.final)))
    for method in methods:
        seconds[method], found = timed(
            lambda method=method: crossbar.transient(volts, duration, method=method, **settings)
        )
        exact = response.current(found.time, rise_time=duration / 20)
        errors = np.max(np.abs(found.current - exact), axis=1) / largest
        told = f"differ by {np.max(errors):.0e} at most, {np.median(errors):.0e} in the median of {len(errors)} times"
        print(f"transient {size} x {size}, {method}, {duration * 1e12:.3g} ps: currents {told}", flush=True)
        if not np.max(errors) < OVER_TIME:
            raise SystemExit("the currents differ: there is nothing to compare")
    return seconds


def measure(quick: bool) -> list[Record]:
    """Measure all of it."""
    for missing in (why_no_vacask(), why_not_native()):
        if missing:
            print(f"nothing to compare: {missing}")
            return []
    names = {"native": "ngspice, native", "subcircuits": "ngspice, subcircuits"}
    names["vacask"] = f"VACASK {version_of(find_vacask())}, native"
    records = []

    def compare(what: str, seconds: dict[str, float], ours: str, peer: str) -> None:
        mine, theirs, who = seconds[ours], seconds[peer], names.get(ours, "Python")
        records.append(Record(f"{what}, {who}", mine, theirs, names[peer], theirs / mine, "s"))

    large, small = (32, 8) if quick else (64, 16)
    point = operating_point(small, ("native", "subcircuits"))
    compare(f"operating point, {small} x {small}", point, "native", "subcircuits")
    point = operating_point(large, ("native", "vacask"))
    for peer in ("native", "vacask"):
        compare(f"operating point, {large} x {large}", point, "python", peer)
    compare(f"operating point, {large} x {large}", point, "vacask", "native")
    run = transient(small, ("native", "subcircuits"))
    compare(f"transient, {small} x {small}", run, "native", "subcircuits")
    run = transient(large, ("vacask", "native"))
    for peer in ("native", "vacask"):
        compare(f"transient, {large} x {large}", run, "python", peer)
    compare(f"transient, {large} x {large}", run, "vacask", "native")
    return records


if __name__ == "__main__":
    main(__doc__, measure)
