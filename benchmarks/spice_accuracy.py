"""Reversals of junctions in ngspice: the cheapest run of each form within 0.3 % of the switching time.

``--peers FOLDER`` names a clone of the public repository CRTejaswi/mtj, whose junctions kim2015 (Cartesian) and
camsari2013 (polar) are compared; without it their rows are left out. One perpendicular junction, that of kim2015's
example, reverses from antiparallel behind a resistor of a tenth of its resistance: round ("on axis"), and with sides of
65 and 80 nm ("off axis", where the precession is in the polar angle too). Each instance has a resistor of its own.

All run in the same ngspice at its default options, with the trapezoidal rule, from initial conditions; the largest step
is doubled from 1 ps on (or halved, where that is too long) for as long as all switching times stay within the tolerance
of their references. The references: of our equations, which are those of camsari2013 with its parameters, SciPy's
DOP853 at 1e-12; of kim2015, which heats itself and whose resistance depends on bias, its own netlist at 0.25 ps. Times
are the processor's for a run of one and a half reversals, with those of start and reading taken off.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from harness import Record, main
from scipy.constants import Boltzmann, mu_0
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from spice import cpu_seconds
from spice_peers import CARTESIAN, KIM_CURRENT, KIM_JUNCTION, PEERS, POLAR, kim_current, polar_junction

from synaspice.circuits.engine.native import native_device, why_not_native
from synaspice.circuits.engine.ngspice import NgspiceError, Transient, run, run_series
from synaspice.circuits.engine.osdi_library import find_osdi_library
from synaspice.devices import MTJ
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector

TOLERANCE = 3e-3
SHORTEST, LONGEST = 2**-6 * 1e-12, 2**9 * 1e-12
#: Magnetisation and polarisation of kim2015's junction at 358 K, by its laws.
MAGNETIZATION, POLARIZATION = 1210e3 * (1 - 358 / 1420) ** 0.4, 0.69 * (1 - 2e-5 * 358**1.5)
SUPPLY = 0.66
WIDTHS = {"on axis": 65e-9, "off axis": 80e-9}


def junction(width: float) -> MTJ:
    """The junction, with a torque and a magnetoresistance of no dependence on angle and bias, as camsari2013 has."""
    thickness, anisotropy = 1.48e-9, 2 * math.pi * (MAGNETIZATION / 1e3) ** 2 * 1.5e-7 * 1e-3  # 2 pi Ms^2 t_c
    made = MTJ(
        shape="prism",
        diameter=65e-9,
        width=width,
        free_layer_thickness=thickness,
        damping=0.006,
        saturation_magnetization=MAGNETIZATION,
        interfacial_anisotropy=anisotropy,
        torque="slonczewski",
        polarization_reference=POLARIZATION,
        resistance_area_product=5e-12,
        tmr=2 * POLARIZATION**2 / (1 - POLARIZATION**2),
        tmr_half_voltage=100.0,
        gyromagnetic_ratio=2 * math.pi * 2.8e10,
        initial_azimuth=math.pi / 2,
    )
    # kim2015's thermal angle, of a barrier without the demagnetisation across
    barrier = anisotropy / thickness - mu_0 * MAGNETIZATION**2 * made.demagnetizing_factors()[2] / 2
    stability = barrier * made.volume / (Boltzmann * 358)
    return made.replace(initial_polar_angle=math.pi - math.asin(math.sqrt(1 / (2 * stability))))


@dataclass(frozen=True)
class Form:
    """How a junction stands in a netlist.

    Attributes
    ----------
    name, version : str
        Of the form, and whose it is.
    head : str
        What a netlist needs once.
    instance, trace : str
        Lines of an instance of number ``#``, and its voltage that tells of the reversal.
    middle : float
        That voltage in the middle of the reversal.
    files : sequence of Path
        Native devices to load.
    own : bool
        Whether it is a model of its own, with a reference of its own.
    """

    name: str
    version: str
    head: str
    instance: str
    trace: str
    middle: float = 0.0
    files: Sequence[Path] = ()
    own: bool = False

    def watched(self, k: int) -> str:
        """The trace of an instance."""
        return self.trace.replace("#", str(k))

    def loaded(self) -> dict[str, Sequence[Path]]:
        """Native devices as an argument of ngspice's runs, where there are any."""
        return {"osdi": self.files} if self.files else {}


def series(device: MTJ, k: int) -> float:
    """Resistor of an instance [ohm]."""
    return 0.1 * device.antiparallel_resistance * (1 + 2e-3 * k)


def exact_time(device: MTJ, resistor: float) -> float:
    """Switching time behind a resistor, by SciPy [s]."""
    functions, parameters, voltage = compiled(device), parameter_vector(device), [0.0]

    def rates(_: float, states: np.ndarray) -> list[float]:
        for _ in range(20):
            current, slope = functions.currents(voltage, list(states), parameters)[:2]
            change = ((SUPPLY - voltage[0]) / resistor - current) / (1 / resistor + slope)
            voltage[0] += change
            if abs(change) < 1e-14:
                break
        return list(functions.rates(voltage, list(states), parameters))

    def middle(_: float, states: np.ndarray) -> float:
        return float(states[2])

    middle.terminal = True  # type: ignore[attr-defined]
    found = solve_ivp(rates, (0.0, 1e-7), initial_state(device), method="DOP853", rtol=1e-12, atol=1e-12, events=middle)
    return float(found.t_events[0][0])


def crossing_time(times: np.ndarray, trace: np.ndarray, level: float) -> float:
    """First time at which a spline through a trace has a value; NaN if it never has [s]."""
    between = np.flatnonzero((trace[:-1] - level) * (trace[1:] - level) <= 0)
    if not len(between):
        return math.nan
    first = between[0]
    near = slice(max(first - 6, 0), first + 8)
    kept = np.concatenate([[True], np.diff(times[near]) > 1e-18])
    roots = CubicSpline(times[near][kept], trace[near][kept] - level).roots(extrapolate=False)
    inside = roots[(roots >= times[first]) & (roots <= times[first + 1])]
    return float(inside[0]) if len(inside) else math.nan


def deck(form: Form, device: MTJ, numbers: Sequence[int]) -> str:
    """Junctions in parallel, each behind a resistor of its own."""
    lines = [f"* {form.name}", form.head, f"V1 supply 0 {SUPPLY!r}"]
    for k in numbers:
        lines += [f"R{k} supply p{k} {series(device, k)!r}", form.instance.replace("#", str(k))]
    return "\n".join(lines) + "\n"


def transient(step: float, duration: float) -> Transient:
    """A run with steps of at most that."""
    return Transient(step, duration, step, use_initial_conditions=True)


def times_of(
    form: Form, device: MTJ, numbers: Sequence[int], watched: Sequence[int], step: float, duration: float, limit: float
) -> list[float]:
    """Switching times of some of the instances in one run [s]; NaN if ngspice does not get through it in time."""
    saved = [form.watched(k) for k in watched]
    circuit = deck(form, device, numbers)
    try:
        table = run(circuit, transient(step, duration), save=saved, time_limit=limit, **form.loaded())
    except NgspiceError:
        return [math.nan] * len(watched)
    times = table["time"].to_numpy()
    return [crossing_time(times, table[name].to_numpy(), form.middle) for name in saved]


def cost(form: Form, device: MTJ, numbers: Sequence[int], step: float, duration: float, least: float) -> float:
    """Processor time of one run, from as many in one process as take some time [s]."""
    circuit, saved = deck(form, device, numbers), [form.watched(numbers[0])]

    def seconds(repeats: int, length: float) -> float:
        runs = [([], transient(step, length))] * repeats
        # in one process, whose start is taken off
        how = {"save": saved, "time_limit": 3600.0, "processes": 1, **form.loaded()}
        return cpu_seconds(lambda: run_series(circuit, runs, **how))

    start, repeats = seconds(1, step), 1
    while (spent := seconds(repeats, duration) - start) < least:
        repeats *= 4
    return spent / repeats


def our_forms(device: MTJ) -> list[Form]:
    """The native device, and the subcircuit."""
    native, subcircuit, nodes = native_device(device), device.subcircuit(), ["p#", "0", "x#", "y#", "z#"]
    # "#" is no name of a node yet: the line of an instance is made with another, and the number put in
    line = native.instance("k", [node.replace("#", "_k") for node in nodes]).replace("_k", "#").replace("Nk", "N#")
    return [
        Form("native", "ours", str(native), line, "v(z#)", files=[native.file]),
        Form("subcircuit", "ours", str(subcircuit), f"X# {' '.join(nodes)} {subcircuit.name}", "v(z#)"),
    ]


def peers_forms(device: MTJ, width: float, folder: Path) -> list[Form]:
    """The published junctions."""
    line = f"X# p# 0 MTJ lx=65n ly={width!r} {KIM_JUNCTION}"
    # camsari2013's azimuth goes the other way round
    angles = f".ic v(theta#)={device.initial_polar_angle!r} v(phi#)={-device.initial_azimuth!r}"
    polar = f"X# p# 0 theta# phi# polar\n{angles}"
    return [
        Form(CARTESIAN.name, CARTESIAN.what, CARTESIAN.netlist(folder), line, "v(x#.mz)", own=True),
        Form(POLAR.name, POLAR.what, polar_junction(folder, device), polar, "v(theta#)", math.pi / 2),
    ]


def largest_step(errors: Callable[[float], float]) -> tuple[float, float]:
    """The largest step up to which all stay within the tolerance [s], and its error."""
    step, error = 1e-12, errors(1e-12)
    while not error <= TOLERANCE and step > SHORTEST:
        step /= 2
        error = errors(step)
    while step < LONGEST and (more := errors(2 * step)) <= TOLERANCE:
        step, error = 2 * step, more
    return step, error


def cheapest(form: Form, device: MTJ, count: int, where: str, least: float) -> float:
    """Processor time of the cheapest run of so many junctions that stays within the tolerance [s]."""
    watched = [0, count // 2, count - 1]
    if form.own:
        exact = times_of(form, device, watched, watched, 2.5e-13, 3e-9, 3600.0)
    else:
        exact = [exact_time(device, series(device, k)) for k in watched]
    duration = 1.5 * max(exact)

    spent = [60.0]

    def error(step: float) -> float:
        begin = time.perf_counter()
        # a longer step that takes many times as long has left ngspice in steps of no length
        found = times_of(form, device, range(count), watched, step, duration, 20 * spent[-1])
        spent.append(time.perf_counter() - begin)
        return float(np.max(np.abs(np.array(found) / exact - 1)))

    step, reached = largest_step(error)
    seconds = cost(form, device, range(count), step, duration, least)
    told = f"steps of {step * 1e12:g} ps, error {100 * reached:.3f} %, {seconds * 1e3:.3g} ms"
    print(f"{count} {where}, {form.name}: {told}", flush=True)
    return seconds


def measure(quick: bool, folder: Path | None) -> list[Record]:
    """Every form for 10 and 50 junctions, on and off axis, against the native device."""
    missing = why_not_native()
    if missing:
        print(f"nothing to compare without native devices: {missing}")
        return []
    os.environ["NGSPICE_LIBRARY_PATH"] = find_osdi_library()  # all forms in the same ngspice
    if folder is None:
        print("no rows of kim2015 and camsari2013 without --peers FOLDER, a clone of CRTejaswi/mtj")
    else:
        for peer in PEERS:
            print(f"{peer.name}, {peer.what}; ngspice needs:", *(f"  {c.why}" for c in peer.changes), sep="\n")
        print(f"kim2015's own check: {kim_current(folder) * 1e6:.4f} uA at 1 ns; its authors' HSPICE has {KIM_CURRENT}")
    records = []
    for name, width in WIDTHS.items():
        device = junction(width)
        forms = [*our_forms(device), *(peers_forms(device, width, folder) if folder else [])]
        for count in (10,) if quick else (10, 50):
            seconds = {form.name: cheapest(form, device, count, name, 0.3 if quick else 1.0) for form in forms}
            for form in forms[1:]:
                times = seconds["native"] * 1e3, seconds[form.name] * 1e3
                label = f"{count} {name}, native against {form.name}"
                records.append(Record(label, *times, form.version, times[1] / times[0], "ms of CPU/run"))
    return records


if __name__ == "__main__":
    main(__doc__, measure, "clone of the public repository CRTejaswi/mtj")
