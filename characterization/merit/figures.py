"""Figures of merit, by what a device offers: resistances, stability, writing, oscillation, drift, motion of walls."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ...devices.core.base import DeviceModel
from ...devices.core.oscillator_protocols import Oscillation
from ...devices.core.protocols import Drift, Statics, Switching, WallMotion, Writing
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.language.quantities.quantity import format_si
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..benches.drift import drift
from ..benches.oscillators.orbit import orbit
from ..benches.switching import switching
from ..benches.velocity import velocity
from ..slow_time.wells import Wells

#: Voltage at which resistances are read, over the largest that is worth looking at.
READ = 1e-3
#: Resistances of states that differ relatively by less are one.
ALIKE = 1e-3
#: Kelvin at which memories are specified beside the device's own temperature: 85 degrees C.
HOT = 358.15
#: Amplitudes and trajectories of the search for the amplitude that switches.
AMPLITUDES, TRAJECTORIES = 13, 64
#: Cosine of the angle between reference layer and easy axis from which on they are parallel.
ALONG = 0.999
#: Distance of the current with which the tuning is measured, relative.
BESIDE = 1e-3
#: Devices whose drift is watched.
DEVICES = 20


@dataclass(frozen=True)
class Figure:
    """A figure of merit.

    Attributes
    ----------
    name, unit : str
        What it is, in which unit.
    value : float
        Its value; NaN if it cannot be had.
    condition : str
        Under which condition; empty if there is none.
    source : str
        Where it comes from: a formula of the model or a measurement on a bench. If it cannot be had, why.
    """

    name: str
    unit: str
    value: float
    condition: str
    source: str


Collector = Callable[[CompactModel, float, int], Iterator[Figure]]
#: What is asked of a device that offers a protocol, in the order of the table: device, temperature [K], seed.
COLLECTORS: dict[type, Collector] = {}


def _of(protocol: type) -> Callable[[Collector], Collector]:
    def register(collector: Collector) -> Collector:
        COLLECTORS[protocol] = collector
        return collector

    return register


def figures_of(device: CompactModel, kelvin: float, seed: int) -> list[Figure]:
    """All figures of merit of a device."""
    return [
        figure
        for protocol, collector in COLLECTORS.items()
        if device.suits(protocol)
        for figure in collector(device, kelvin, seed)
    ]


def _quantity(device: DeviceModel, name: str) -> float | None:
    """A parameter or derived quantity; None if the device has none of that name."""
    value = {**device.values, **device.derived}.get(name)
    return None if value is None else float(value)


@_of(Statics)
def resistances(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """Resistances of the reference states near zero voltage, their ratio, and the product with the area."""
    suggested = device.protocol(Statics)
    voltage = READ * suggested.largest
    branch = next(iter(device.branches().values()))
    at = f"{format_si(voltage, 'V')}"
    found: dict[str, float] = {}
    for name, overrides in suggested.states.items():
        current = float(np.ravel(device.replace(**overrides).static(**{branch.name: voltage})[branch.current])[0])
        found[name] = voltage / current
        yield Figure(f"resistance, {name}", "ohm", found[name], at, "static curve")
    area = _quantity(device, "area")
    if area is not None:
        for name, resistance in found.items():
            yield Figure(f"resistance-area product, {name}", "ohm*m^2", resistance * area, at, "static curve")
    low, high = min(found.values()), max(found.values())
    if high > (1 + ALIKE) * low:
        yield Figure("ratio of the resistances", "1", high / low, at, "static curve")


@_of(Writing)
def writing(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """Dwell times, thermal stability, and critical currents with their densities."""
    yield from _dwelling(device, kelvin)
    why = _no_formula(device)
    source = why or "formula of the model"
    stability = _quantity(device, "thermal_stability")
    if stability is not None:
        value = math.nan if why else stability
        yield Figure("thermal stability", "1", value, f"{_ambient(device, kelvin):g} K", source)
    area = _quantity(device, "area")
    for state, current in device.protocol(Writing).critical_currents.items():
        size = math.nan if why else abs(current)
        yield Figure(f"critical current to {state}", "A", size, "0 K", source)
        if area is not None:
            yield Figure(f"critical current density to {state}", "A/m^2", size / area, "0 K", source)


def _dwelling(device: CompactModel, kelvin: float) -> Iterator[Figure]:
    """Barriers, and mean times in which states are left by themselves, by the two-state mode of slow time."""
    for temperature in dict.fromkeys((kelvin, HOT)):
        at = f"0 V, {temperature:g} K"
        try:
            wells = Wells(device, temperature=temperature)
            found = [(state, wells.barrier(0.0, state), wells.dwell_time(0.0, state)) for state in wells.states]
        except (ParameterError, SimulationError) as error:
            yield Figure("dwell time", "s", math.nan, at, str(error))
            continue
        for state, barrier, time in found:
            yield Figure(f"barrier over k_B T, {state}", "1", barrier, at, wells.method)
            yield Figure(f"dwell time, {state}", "s", time, at, wells.method)


def _no_formula(device: DeviceModel) -> str:
    """Why the formulas of a junction's stability and critical currents do not hold for a device; empty if they do."""
    field = max((abs(_quantity(device, f"field_{axis}") or 0.0) for axis in "xyz"), default=0.0)
    if field > 0:
        return f"the formula is of no field, and there is one of {format_si(field, 'A/m')}"
    reference, easy = (
        [_quantity(device, f"{name}_{axis}") for axis in "xyz"] for name in ("reference_layer", "easy_axis")
    )
    if None not in (*reference, *easy):
        along = abs(sum(a * b for a, b in zip(reference, easy, strict=True) if a is not None and b is not None))
        if along < ALONG:
            return "the formula is of a reference layer along the easy axis"
    return ""


def _ambient(device: DeviceModel, kelvin: float) -> float:
    value = _quantity(device, "ambient_temperature")
    return kelvin if value is None else value


@_of(Switching)
def switched(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """The amplitude of a pulse that switches every other time."""
    suggested = device.protocol(Switching)
    width = float(np.median(suggested.widths))
    name = f"amplitude that switches {suggested.start} to {suggested.end}"
    ends = min(suggested.amplitudes, key=abs), max(suggested.amplitudes, key=abs)
    amplitudes = np.linspace(*ends, AMPLITUDES)
    found = switching(device, amplitude=amplitudes, width=[width], trajectories=TRAJECTORIES, seed=seed)
    driven = next(name for name in found.columns if name in device.imposed_quantities())
    sizes, probability = np.abs(found[driven].to_numpy()), found["probability"].to_numpy()
    unit = str(found.attrs["units"][driven])
    at = f"{format_si(width, 's')} pulse, {_ambient(device, kelvin):g} K"
    value = half_way(sizes, probability)
    source = f"{TRAJECTORIES} trajectories each"
    if math.isnan(value):
        source = (
            "none of the suggested pulses does" if probability[0] < 0.5 else "the weakest suggested pulse does already"
        )
    yield Figure(name, unit, value, at, source)


def half_way(sizes: FloatArray, probability: FloatArray) -> float:
    """The smallest size at which a probability reaches one half, by a line; NaN if that is not between two points."""
    reached = np.flatnonzero(probability >= 0.5)
    if not len(reached) or reached[0] == 0:
        return math.nan
    k = int(reached[0])
    return float(np.interp(0.5, probability[k - 1 : k + 1], sizes[k - 1 : k + 1]))


@_of(Oscillation)
def oscillation(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """Threshold, and the periodic orbit at the strongest of the suggested currents."""
    try:
        branch = orbit(device, branch=True, temperature=kelvin)
        ends = [current for kind, current in branch.attrs["ends"] if kind == "rest"]
    except (ParameterError, SimulationError) as error:
        yield Figure("threshold current", "A", math.nan, "", str(error))
        return
    if ends:
        yield Figure("threshold current", "A", ends[0], "", "end of the periodic orbit")
    else:
        yield Figure(
            "threshold current", "A", math.nan, "", "the orbit does not end at a rest within the usual currents"
        )
    strongest = float(branch["current"].to_numpy()[np.argmax(np.abs(branch["current"]))])
    found = orbit(device, current=[(1 - BESIDE) * strongest, strongest], temperature=kelvin)
    row = found.iloc[1]
    at, source = f"{format_si(strongest, 'A')}, {kelvin:g} K", "periodic orbit"
    if not np.all(found["stable"] == 1):
        yield Figure("frequency", "Hz", math.nan, at, "the orbit is not stable there")
        return
    yield Figure("frequency", "Hz", row["frequency"], at, source)
    slope = (row["frequency"] - found["frequency"].iloc[0]) / (BESIDE * strongest)
    yield Figure("frequency over current", "Hz/A", slope, at, source)
    yield Figure("amplitude of the voltage", "V", row["harmonic_1"], at, source)
    yield Figure("relaxation time", "s", 1 / row["relaxation_rate"], at, source)
    width = source if math.isfinite(row["linewidth"]) else "noise is not weak there: bench amplitude"
    yield Figure("linewidth", "Hz", row["linewidth"], at, width)
    yield Figure("quality factor", "1", row["frequency"] / row["linewidth"], at, width)


@_of(Drift)
def drifting(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """The exponent of the drift."""
    suggested = device.protocol(Drift)
    name, at = f"drift exponent of {suggested.quantity}", f"{kelvin:g} K"
    try:
        found = drift(device, devices=DEVICES, temperature=kelvin, seed=seed)
    except (ParameterError, SimulationError) as error:
        yield Figure(name, "1", math.nan, at, str(error))
        return
    exponent, law = found.attrs.get("exponent"), found.attrs["law"]
    if exponent is not None and law == "power law":
        yield Figure(name, "1", float(exponent), at, f"{DEVICES} devices")
    else:
        yield Figure(name, "1", math.nan, at, "no law of drift fits it" if law is None else f"no power law, but: {law}")


@_of(WallMotion)
def walls(device: CompactModel, kelvin: float, seed: int) -> Iterator[Figure]:
    """Mobility and velocity of a domain wall."""
    suggested = device.protocol(WallMotion)
    unit = "A" if suggested.quantity == "current" else str(device.input_declarations()[suggested.quantity].unit)
    yield Figure(
        "wall mobility",
        f"m/(s*{unit})" if unit.isalpha() else f"(m/s)/({unit})",
        suggested.mobility,
        "low drive",
        "formula of the model",
    )
    found = velocity(device, values=np.array([suggested.largest]))
    at = format_si(suggested.largest, unit)
    yield Figure("wall velocity", "m/s", float(found["velocity"].iloc[-1]), at, "trajectory without noise")
