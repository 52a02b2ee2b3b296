"""Reversals of junctions in ngspice: the cheapest run of each form within 0.3 % of the switching time.

``--peers FOLDER`` names a clone of the public repository CRTejaswi/mtj, whose junctions kim2015 (Cartesian) and
camsari2013 (polar) are compared; without it their rows are left out. One perpendicular junction, that of kim2015's
example, reverses from antiparallel behind a resistor of a tenth of its resistance: round ("on axis"), and with sides of
65 and 80 nm ("off axis", where the precession is in the polar angle too). Each instance has a resistor of its own.

All run in the same ngspice at its default options, with the trapezoidal rule, from initial conditions; the largest step
is doubled from 1/4 ps on for as long as the switching time stays within the tolerance of its reference, and the
cheapest of these runs counts. The references: of our equations, which are those of camsari2013 with its parameters,
SciPy's DOP853 at 1e-12; of kim2015, which heats itself and whose resistance depends on bias, its own netlist at
0.05 ps. Times are the processor's for one run, with those of start and reading taken off.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from harness import Record, main
from scipy.constants import k as k_B
from scipy.constants import mu_0
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from spice import cpu_seconds
from spice_peers import CARTESIAN, KIM_CURRENT, KIM_JUNCTION, PEERS, POLAR, kim_current, polar_junction

from synaspice.circuits.engine.native import native_device, why_not_native
from synaspice.circuits.engine.ngspice import Transient, run, run_series
from synaspice.circuits.engine.osdi_library import find_osdi_library
from synaspice.devices import MTJ
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector

TOLERANCE = 3e-3
STEPS = tuple(2.0**k * 1e-12 for k in range(-2, 10))
#: Magnetisation and polarisation of kim2015's junction at 358 K, by its laws.
MAGNETIZATION, POLARIZATION = 1210e3 * (1 - 358 / 1420) ** 0.4, 0.69 * (1 - 2e-5 * 358**1.5)
SUPPLY = 0.66
LENGTHS = {"on axis": 65e-9, "off axis": 80e-9}


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
    stability = barrier * made.volume / (k_B * 358)
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
    files : sequence of Path
        Native devices to load.
    instance : callable
        Lines of an instance of some number.
    trace : callable
        Node that tells of the reversal.
    crossing : float
        Voltage of it in the middle of the reversal.
    reference : callable
        Switching times for given series resistors. [s]
    """

    name: str
    version: str
    head: str
    files: Sequence[Path]
    instance: Callable[[int], str]
    trace: Callable[[int], str]
    crossing: float
    reference: Callable[[Sequence[float]], list[float]]


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


def crossing_time(time: np.ndarray, trace: np.ndarray, level: float) -> float:
    """First time at which a spline through a trace has a value; NaN if it never has [s]."""
    between = np.flatnonzero((trace[:-1] - level) * (trace[1:] - level) <= 0)
    if not len(between):
        return math.nan
    first = between[0]
    near = slice(max(first - 6, 0), first + 8)
    kept = np.concatenate([[True], np.diff(time[near]) > 1e-18])
    roots = CubicSpline(time[near][kept], trace[near][kept] - level).roots(extrapolate=False)
    inside = roots[(roots >= time[first]) & (roots <= time[first + 1])]
    return float(inside[0]) if len(inside) else math.nan


def deck(form: Form, device: MTJ, numbers: Sequence[int]) -> str:
    """Junctions in parallel, each behind a resistor of its own."""
    lines = [f"* {form.name}", form.head, f"V1 supply 0 {SUPPLY!r}"]
    for k in numbers:
        lines += [f"R{k} supply p{k} {series(device, k)!r}", form.instance(k)]
    return "\n".join(lines) + "\n"


def times_of(
    form: Form, device: MTJ, numbers: Sequence[int], step: float, duration: float, **options: float
) -> list[float]:
    """Switching times of instances in one run [s]."""
    analysis = Transient(step, duration, step, use_initial_conditions=True)
    loaded = {"osdi": form.files} if form.files else {}
    watched = sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})
    table = run(
        deck(form, device, numbers),
        analysis,
        save=[form.trace(k) for k in watched],
        options=options,
        time_limit=3600.0,
        **loaded,
    )
    time = table["time"].to_numpy()
    return [crossing_time(time, table[form.trace(k)].to_numpy(), form.crossing) for k in watched]


def cost(form: Form, device: MTJ, numbers: Sequence[int], step: float, duration: float, least: float) -> float:
    """Processor time of one run, from as many in one process as take some time [s]."""
    circuit, loaded = deck(form, device, numbers), {"osdi": form.files} if form.files else {}
    analysis = Transient(step, duration, step, use_initial_conditions=True)

    def seconds(repeats: int) -> float:
        return cpu_seconds(
            lambda: run_series(
                circuit, [([], analysis)] * repeats, save=[form.trace(numbers[0])], time_limit=3600.0, **loaded
            )
        )

    once, repeats = seconds(1), 1
    while True:
        repeats *= 4
        more = seconds(1 + repeats) - once
        if more > least:
            return more / repeats


def our_forms(device: MTJ) -> list[Form]:
    """The native device, and the subcircuit."""
    reference = lambda resistors: [exact_time(device, r) for r in resistors]  # noqa: E731
    nodes = lambda k: f"p{k} 0 x{k} y{k} z{k}"  # noqa: E731
    subcircuit = device.subcircuit()
    forms = []
    if why_not_native() is None:
        native = native_device(device)
        forms.append(
            Form(
                "native",
                "ours",
                str(native),
                [native.file],
                lambda k: native.instance(str(k), nodes(k)),
                lambda k: f"v(z{k})",
                0.0,
                reference,
            )
        )
    forms.append(
        Form(
            "subcircuit",
            "ours",
            str(subcircuit),
            [],
            lambda k: f"X{k} {nodes(k)} {subcircuit.name}",
            lambda k: f"v(z{k})",
            0.0,
            reference,
        )
    )
    return forms


def peers_forms(device: MTJ, width: float, folder: Path) -> list[Form]:
    """The published junctions, as far as they are there."""
    text, polar, azimuth = CARTESIAN.netlist(folder), device.initial_polar_angle, -device.initial_azimuth
    cartesian = Form(
        CARTESIAN.name, CARTESIAN.what, text, [],
        lambda k: f"X{k} p{k} 0 MTJ lx=65n ly={width!r} {KIM_JUNCTION}",
        lambda k: f"v(x{k}.mz)", 0.0,
        lambda resistors: [],
    )  # fmt: skip
    angles = Form(
        POLAR.name, POLAR.what, polar_junction(folder, device), [],
        lambda k: f"X{k} p{k} 0 theta{k} phi{k} polar\n.ic v(theta{k})={polar!r} v(phi{k})={azimuth!r}",
        lambda k: f"v(theta{k})", math.pi / 2,
        lambda resistors: [exact_time(device, r) for r in resistors],
    )  # fmt: skip
    return [cartesian, angles]


def cheapest(
    form: Form, device: MTJ, count: int, references: Sequence[float], quick: bool
) -> tuple[float, float, float]:
    """Largest step that stays within the tolerance [s], its error, and the processor time of a run [s]."""
    numbers, best = range(count), None
    duration = 1.5 * max(references)
    for step in STEPS:
        found = times_of(form, device, numbers, step, duration)
        error = max(abs(a / b - 1) for a, b in zip(found, references, strict=True))
        if not error <= TOLERANCE:
            if best:
                break
            continue
        seconds = cost(form, device, numbers, step, duration, 0.3 if quick else 1.0)
        if best is None or seconds < best[2]:
            best = step, error, seconds
    return best or (math.nan, math.nan, math.nan)


def measure(quick: bool, folder: Path | None) -> list[Record]:
    """Every form for 10 and 50 junctions, on and off axis, against the native device."""
    missing = why_not_native()
    if missing:
        print(f"without native devices: {missing}")
        return []
    os.environ["NGSPICE_LIBRARY_PATH"] = find_osdi_library()  # all forms in the same ngspice
    if folder is None:
        print("without --peers: no rows of kim2015 and camsari2013 (public repository CRTejaswi/mtj)")
    else:
        for peer in PEERS:
            print(f"{peer.name}, {peer.what}; ngspice needs:", *(f"  {c.why}" for c in peer.changes), sep="\n")
        print(f"kim2015's own check: {kim_current(folder) * 1e6:.4f} uA at 1 ns, HSPICE's {KIM_CURRENT * 1e6:.4f}")
    records = []
    for name, width in LENGTHS.items():
        device = junction(width)
        forms = [*our_forms(device), *(peers_forms(device, width, folder) if folder else [])]
        for count in (10,) if quick else (10, 50):
            watched = sorted({0, count // 2, count - 1})
            found = {}
            for form in forms:
                references = form.reference([series(device, k) for k in watched])
                if not references:
                    references = times_of(form, device, watched, 5e-14, 4e-9)
                step, error, seconds = found[form.name] = cheapest(form, device, count, references, quick)
                print(
                    f"{count} {name}, {form.name}: {step * 1e12:g} ps, error {100 * error:.3f} %, {seconds * 1e3:.3g} ms a run",
                    flush=True,
                )
            ours = found["native"]
            for form in forms[1:]:
                cheap = found[form.name]
                records.append(
                    Record(
                        f"{count} {name}, native against {form.name}",
                        ours[2] * 1e3,
                        cheap[2] * 1e3,
                        form.version,
                        cheap[2] / ours[2],
                        "ms of CPU/run",
                    )
                )
    return records


if __name__ == "__main__":
    main(__doc__, measure, "clone of the public repository CRTejaswi/mtj")
