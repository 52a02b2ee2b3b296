"""Published results of the presets' devices, and what the devices give: the measurements of ``[reproduces]``.

A preset names results of its publication with how each is measured, a name of :data:`MEASURES`, and the conditions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..devices.catalog import models
from ..devices.language.errors import ParameterError, SimulationError, UnknownNameError
from ..devices.language.presets.preset_file import Result
from ..devices.language.waveforms.shapes import Pulse, Sine, Triangle
from ..devices.model import CompactModel
from .benches.resonance.fmr import fmr

#: Points over a transient in which an instant or an extremum is looked for.
POINTS = 4001


@dataclass(frozen=True)
class Measure:
    """A way to measure a device.

    Attributes
    ----------
    unit : str
        SI unit of its result.
    description : str
        Its result, in words.
    function : callable
        Of the device and, by name, the conditions.
    """

    unit: str
    description: str
    function: Callable[..., float]


def reproduce(device: CompactModel, result: Result) -> float:
    """Measure a publication's result on a device.

    Parameters
    ----------
    device : CompactModel
        The device.
    result : Result
        What to measure, and under which conditions.

    Returns
    -------
    float
        The device's value, in the result's unit.

    Raises
    ------
    UnknownNameError
        If there is no such measurement.
    ParameterError
        If the measurement has another unit than the result, or does not take its conditions.
    """
    if result.measure not in MEASURES:
        raise UnknownNameError("measurement of a published result", result.measure, MEASURES)
    measure = MEASURES[result.measure]
    if measure.unit != result.unit:
        raise ParameterError(f"{result.measure} is measured in {measure.unit!r}, not in {result.unit!r}")
    changed = device.replace(**result.overrides) if result.overrides else device
    try:
        return float(measure.function(changed, **result.at))
    except (TypeError, AttributeError) as error:
        raise ParameterError(
            f"{result.measure} cannot be measured on {device!r} at {dict(result.at)}: {error}"
        ) from None


def deviation(result: Result, found: float) -> float:
    """Relative difference of the found value from the published one; of a published 0 the absolute one."""
    return abs(found - result.value) / (abs(result.value) or 1.0)


def published_results() -> pd.DataFrame:
    """Measure every published result of every preset.

    Returns
    -------
    pandas.DataFrame
        Columns ``device, preset, result, measure, published, unit, provenance, found, deviation, tolerance, agrees,
        source, differs``.
    """
    rows: list[dict[str, Any]] = []
    for name, model in models().items():
        for preset in model.presets().values():
            for key, result in preset.reproduces.items():
                found = reproduce(model.preset(preset.name), result)
                off = deviation(result, found)
                row: dict[str, Any] = {"device": name, "preset": preset.name, "result": key, "measure": result.measure}
                row |= {"published": result.value, "unit": result.unit, "provenance": result.grade, "found": found}
                row |= {"deviation": off, "tolerance": result.tolerance, "agrees": off <= result.tolerance}
                rows.append(row | {"source": result.source, "differs": result.differs})
    return pd.DataFrame(rows)


# --- what a device is, without a simulation --------------------------------------------------------------------------


def _figure(name: str) -> Callable[..., float]:
    """A parameter, derived quantity or property of the device, without its sign."""
    return lambda device: abs(float(getattr(device, name)))


def _critical_current(device: Any, to: str) -> float:
    return abs(float(getattr(device, f"critical_current_to_{to}")))


def _mean_critical_current(device: Any) -> float:
    return (_critical_current(device, "parallel") + _critical_current(device, "antiparallel")) / 2


def _write_asymmetry(device: Any) -> float:
    return _critical_current(device, "antiparallel") / _critical_current(device, "parallel")


def _tmr(device: Any) -> float:
    return float(device.antiparallel_resistance / device.parallel_resistance - 1)


def _mean_conductance(device: Any) -> float:
    return float(1 / device.parallel_resistance + 1 / device.antiparallel_resistance) / 2


def _gyrotropic_frequency(device: Any) -> float:
    return float(device.gyrotropic_frequency) / (2 * math.pi)


def _orbit(method: str) -> Callable[..., float]:
    """A closed form of an oscillator at a dc current."""
    return lambda device, *, current: float(getattr(device, method)(current))


def _resonance(device: CompactModel, field: float, mode: float) -> float:
    """Frequency of a mode of the resonance in a field along the axis that the device suggests, the slowest first."""
    table = fmr(device, field=[field])
    return float(table["frequency"].to_numpy()[round(mode) - 1])


def _observable(quantity: str) -> Callable[..., float]:
    """An observable at given voltages and states; states not given are the initial ones."""
    return lambda device, **conditions: float(device.static(**conditions)[quantity])


def _resistance(device: CompactModel, voltage: float, **states: float) -> float:
    branch = next(iter(device.branches().values()))
    return voltage / float(device.static(**{branch.name: voltage}, **states)[branch.current])


def _initial_resistance(device: CompactModel, voltage: float = 1e-3) -> float:
    return _resistance(device, voltage)


def _drift_velocity(device: Any, current_density: float) -> float:
    return abs(float(device.drift_per_ampere * current_density * device.current_area))


def _window(device: Any, state: float) -> float:
    voltage = 1.0
    static = device.static(voltage=voltage, x=state)
    return float(static["dx/dt"] * device.thickness**2 / (device.mobility * device.resistance_on * static["current"]))


# --- what it does in time --------------------------------------------------------------------------------------------


def _state_name(device: CompactModel) -> str:
    return next(name for name, state in device.state_declarations().items() if state.bounds)


def _switching_time(device: CompactModel, voltage: float, duration: float, start: float, end: float) -> float:
    """Time in which a constant voltage takes the state from one value to another."""
    name = _state_name(device)
    table = device.replace(initial_state=start).simulate(voltage, duration, points=POINTS)
    states, times = table[name].to_numpy(), table["time"].to_numpy()
    passed = states >= end if end > start else states <= end
    if not passed.any():
        raise SimulationError(f"{name} of {device!r} does not reach {end:g} within {duration:g} s at {voltage:g} V")
    after = int(np.argmax(passed))
    return float(np.interp(end, *_rising(states[after - 1 : after + 1], times[after - 1 : after + 1])))


def _rising(values: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (values, at) if values[-1] >= values[0] else (values[::-1], at[::-1])


def _final_state(device: CompactModel, voltage: float, duration: float, start: float) -> float:
    """The state after a constant voltage."""
    table = device.replace(initial_state=start).simulate(voltage, duration, points=2)
    return float(table[_state_name(device)].iloc[-1])


def _cycle(device: CompactModel, amplitude: float | None, frequency: float | None) -> pd.DataFrame:
    sweep = device.suggested_sweep("voltage")
    if sweep.amplitude is None or sweep.period is None:
        raise ParameterError(f"{device!r} has no drive to cycle it with")
    height, period = amplitude or sweep.amplitude, 1 / frequency if frequency else sweep.period
    drive = Triangle(height, period) if sweep.waveform == "triangle" else Sine(0.0, height, 1 / period)
    return device.simulate(drive, period, points=POINTS)


def _largest_current(device: CompactModel, amplitude: float | None = None, frequency: float | None = None) -> float:
    """Largest current of the first cycle of the preset's drive."""
    branch = next(iter(device.branches().values()))
    return float(_cycle(device, amplitude, frequency)[branch.current].abs().max())


def _state_range(device: CompactModel, amplitude: float | None = None, frequency: float | None = None) -> float:
    """Largest less smallest state of the first cycle of the preset's drive."""
    state = _cycle(device, amplitude, frequency)[_state_name(device)]
    return float(state.max() - state.min())


def _largest_state(device: CompactModel, amplitude: float | None = None, frequency: float | None = None) -> float:
    """Largest state of the first cycle of the preset's drive."""
    return float(_cycle(device, amplitude, frequency)[_state_name(device)].max())


def _final_mz(device: CompactModel, voltage: float, width: float, start: str) -> float:
    """Perpendicular magnetisation 5 ns after a voltage pulse on a junction in one of its two states.

    The magnetisation starts 0.1 rad off its axis, of the order of thermal agitation.
    """
    axis = device.reference_states()[start]["initial_polar_angle"]
    tilted = device.replace(initial_polar_angle=abs(axis - 0.1), initial_azimuth=0.0)
    edge = 2e-11
    pulse = Pulse(0.0, voltage, 0.0, edge, edge, width)
    return float(tilted.simulate(pulse, width + 5e-9, points=2)["m_z"].iloc[-1])


def _correlation_time(device: CompactModel, temperature: float, duration: float, seed: int = 1) -> float:
    """Time in which the autocorrelation of the cosine of a fluctuating junction falls to 1/e."""
    trajectories, points = 200, 2001
    step = duration / (points - 1)
    table = device.simulate(
        0.0,
        duration,
        temperature=temperature,
        trajectories=trajectories,
        points=points,
        time_step=step / 5,
        seed=seed,
    )
    table = table.sort_values(["trajectory", "time"])
    cosine = table["cosine"].to_numpy().reshape(trajectories, points)[:, points // 4 :]
    lags = np.arange(points // 4)
    products = np.array([np.mean(cosine[:, : cosine.shape[1] - lag] * cosine[:, lag:]) for lag in lags])
    correlation = (products - cosine.mean() ** 2) / (products[0] - cosine.mean() ** 2)
    below = int(np.argmax(correlation < math.exp(-1)))
    if not below:
        raise SimulationError(f"the correlation of {device!r} does not fall to 1/e within {duration / 4:g} s")
    return float(
        np.interp(math.exp(-1), *_rising(correlation[below - 1 : below + 1], step * lags[below - 1 : below + 1]))
    )


MEASURES: dict[str, Measure] = {
    "thermal_stability": Measure("1", "barrier over k_B T at 300 K", _figure("thermal_stability")),
    "anisotropy_field": Measure("A/m", "effective anisotropy field", _figure("anisotropy_field")),
    "resistance_parallel": Measure("ohm", "resistance in the parallel state", _figure("parallel_resistance")),
    "resistance_antiparallel": Measure("ohm", "resistance, antiparallel state", _figure("antiparallel_resistance")),
    "tmr": Measure("1", "tunnel magnetoresistance without bias", _tmr),
    "mean_conductance": Measure("S", "mean of the conductances of both states", _mean_conductance),
    "critical_current": Measure("A", "critical current of the macrospin, to a state", _critical_current),
    "mean_critical_current": Measure("A", "mean of the critical currents to both states", _mean_critical_current),
    "write_asymmetry": Measure("1", "critical current to antiparallel over that to parallel", _write_asymmetry),
    "critical_spin_current": Measure("A", "critical spin current", _figure("critical_spin_current")),
    "critical_line_current": Measure("A", "critical current of the line", _figure("critical_line_current")),
    "threshold_current": Measure("A", "threshold of the oscillation", _figure("threshold_current")),
    "orbit_radius": Measure("1", "radius of the orbit at a current", _orbit("stationary_radius")),
    "orbit_frequency": Measure("Hz", "frequency of the orbit at a current", _orbit("stationary_frequency")),
    "relaxation_rate": Measure("1/s", "rate at which the orbit's radius relaxes", _orbit("relaxation_rate")),
    "linewidth": Measure("Hz", "linewidth at a current and 300 K", _orbit("generation_linewidth")),
    "resonance_frequency": Measure("Hz", "frequency of a mode of the resonance in a field", _resonance),
    "gyrotropic_frequency": Measure("Hz", "frequency of small gyrations", _gyrotropic_frequency),
    "wall_width": Measure("m", "width of the domain wall at rest", _figure("wall_width")),
    "drift_velocity": Measure("m/s", "spin-drift velocity u at a current density", _drift_velocity),
    "threshold_set": Measure("V", "voltage of the set without heating", _figure("threshold_set")),
    "threshold_reset": Measure("V", "voltage of the reset without heating", _figure("threshold_reset")),
    "drift_time": Measure("s", "time scale of the drift of dopants", _figure("drift_time")),
    "drift_exponent": Measure("1", "drift exponent of the conductance", _observable("drift_exponent")),
    "window": Measure("1", "value of the window function at a state", _window),
    "resistance": Measure("ohm", "resistance at a voltage in a state", _resistance),
    "initial_resistance": Measure("ohm", "resistance in the initial state", _initial_resistance),
    "switching_time": Measure("s", "time to a state at constant voltage", _switching_time),
    "final_state": Measure("1", "state after a constant voltage", _final_state),
    "largest_current": Measure("A", "largest current of a cycle of the preset's drive", _largest_current),
    "largest_state": Measure("1", "largest state of a cycle of the preset's drive", _largest_state),
    "state_range": Measure("1", "range of the state in a cycle of the preset's drive", _state_range),
    "final_mz": Measure("1", "perpendicular magnetisation after a voltage pulse", _final_mz),
    "correlation_time": Measure("s", "correlation time of thermal fluctuations", _correlation_time),
}
