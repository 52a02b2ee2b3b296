"""Drift of a conductance or another quantity over time, in a sample of devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.engine import ngspice
from ...circuits.engine.decks import biased, observable_vector, statements_of
from ...devices.core.metadata import Column, column_information, device_table
from ...devices.core.protocols import Drift, Dwelling
from ...devices.core.vectors import initial_state
from ...devices.language.array_checks import reals
from ...devices.language.checks import known, positive
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory, table_size
from ...devices.language.waveforms.shapes import DC, FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.dwelling import Dwell, dwell_times
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.trajectories.batch import simulate_many
from ..arguments import Engine, Name, Native, Quantity, Range, Seed, Surroundings, Switch, Whole
from ..bench import bench
from ..drift_laws import fitted_law
from ..engines import engine_attributes, form_of, run_netlist, uses_native

#: Longest step of ngspice with a magnetisation at rest, sqrt(trtol) with the default trtol = 7: its truncation error is
#: compared with abstol, whatever the circuit's own pace [s].
LONGEST_STEP = 7**0.5
#: A relative change below which a quantity does not drift; integrators leave less than that.
NO_DRIFT = 1e-7
#: Times that are measured, zero aside: from shorter than anything in a device takes to tens of thousands of years, with
#: both of which integrators can step [s].
SHORTEST_TIME, LONGEST_TIME = 1e-15, 1e12
#: Memory of a device of a sample. [byte]
DEVICE = 10_000
#: Steps of ngspice that take about a minute.
MOST_STEPS = 20_000


@bench(needs=(Drift,), gallery=lambda device: {"drift": {"seed": 1}})
def drift(
    device: CompactModel,
    *,
    times: Annotated[
        ArrayLike | None, Range("s", "increasing times after programming; default: the device's suggestion")
    ] = None,
    bias: Annotated[
        float | None, Quantity("V", "voltage across the first branch meanwhile; default: the device's suggestion")
    ] = None,
    quantity: Annotated[
        str | None,
        Name(
            "observable, state or current to watch; default: the device's suggestion",
            of=lambda device: _watched(device),
        ),
    ] = None,
    devices: Annotated[int, Whole("number of devices in the sample", 1)] = 100,
    read_noise: Annotated[
        bool, Switch("whether reads are noisy; applies to the quantity that the device suggests")
    ] = True,
    temperature: Surroundings = None,
    seed: Seed = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    r"""Measure the drift of a quantity over time after programming: drift, retention, or disturbance by a read voltage.

    A sample of devices is prepared as the model says (programming noise, spread of the drift). A junction that thermal
    agitation switches by itself jumps between its states, drawn from its dwell times, and one without a barrier
    wanders, as its noisy trajectories do: the average over the sample relaxes (numeric engine only). Native
    devices in ngspice are verified, and run, up to about 5e4 s.

    The exponent :math:`\nu` of :math:`q(t) \propto (t + t_0)^{-\nu}` is the slope of a regression of :math:`\ln q` over
    :math:`\ln(t + t_0)`. Beside it the mean is compared with :math:`q_\infty + (q_0 - q_\infty)\, e^{-t/\tau}` and
    with :math:`q_0 + r t`.

    Returns
    -------
    pandas.DataFrame
        One row per time: ``time`` [s], and the ``mean``, ``standard_deviation`` (NaN of a single device),
        ``quantile_05``, ``median`` and ``quantile_95`` of the quantity over the sample, in its unit, and the law that
        fits the mean best, ``fit`` (NaN if none does). ``attrs`` has ``quantity``, ``devices``, ``origin`` (t_0 in
        seconds), ``exponent`` of the mean, and the mean ``exponent_mean`` and standard deviation
        ``exponent_standard_deviation`` of the exponents of the single devices (None where a value is not positive, the
        latter also of a single device); the ``law`` (``power law``, ``exponential``, ``linear`` or None), and the
        ``time_constant`` [s] or ``rate`` [1/s times the unit] of the latter two; and the mean ``dwell_times`` [s] of
        devices that jump.

    Raises
    ------
    ParameterError
        If the quantity does not drift, the times do not increase from zero or later, are beyond 1e-15 s to 1e12 s, or
        are not evenly spaced for a device that wanders, there is no device, or ngspice would take hours.
    UnknownNameError
        If there is no such quantity or engine.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    device, kelvin = in_surroundings(device, temperature)
    positive("the temperature", kelvin, "K")
    own = uses_native(engine, native)
    suggested = device.protocol(Drift)
    bias = suggested.bias if bias is None else float(bias)
    watched = np.asarray(suggested.times) if times is None else reals("times", times, "s")
    require_memory(devices, "devices", DEVICE + len(watched) * table_size(1))
    inside = watched.ndim == 1 and len(watched) >= 2 and watched[0] >= 0 and np.all(np.isfinite(watched))
    if not inside or not np.all(np.diff(watched) > 0):
        raise ParameterError("times must be two or more finite seconds that increase from zero or later")
    if watched[watched > 0][0] < SHORTEST_TIME or watched[-1] > LONGEST_TIME:
        raise ParameterError(
            f"times after zero must lie between {SHORTEST_TIME:g} s and {LONGEST_TIME:g} s, not between "
            f"{watched[watched > 0][0]:g} s and {watched[-1]:g} s"
        )
    name = suggested.quantity if quantity is None else quantity
    known(f"drifting quantity of {device.model_name()}", name, _watched(device))
    start = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else int(seed)
    streams = [np.random.Philox(key=np.array([start, k], dtype=np.uint64)) for k in (0, 1)]
    sampling, reading = map(np.random.Generator, streams)
    prepared = [{}] * devices if suggested.sample is None else suggested.sample(devices, sampling)
    started = device.replace(**suggested.overrides)
    sample = [started.replace(**values) for values in prepared]
    agitated = device.suits(Dwelling)
    dwell = dwell_times(device, bias, kelvin, start) if agitated else None
    if agitated and engine != "numeric":
        raise ParameterError(f"thermal agitation moves {device!r} by itself, which needs the numeric engine")
    if dwell is not None and not dwell.wanders:
        values = _jumping(started, dwell, watched, name, bias, devices, sampling)
    elif agitated:
        dwell = None
        values = _wandering(started, watched, name, bias, devices, kelvin, start)
    elif engine == "numeric":
        values = _numeric(sample, watched, name, bias)
    else:
        values = _in_netlist(sample, watched, name, bias, engine, own)
    _require_drift(device, name, values, bias)
    if read_noise and name == suggested.quantity:
        read = suggested.read
        values = values if read is None else np.array([read(row, watched, reading) for row in values])
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
    unit, description = column_information(device)[name]
    spread = values.std(axis=0)
    # A sample of one has no spread that could be known.
    statistics = {
        "mean": values.mean(axis=0),
        "standard_deviation": spread if devices > 1 else np.full_like(spread, np.nan),
    }
    statistics |= {"quantile_05": low, "median": median, "quantile_95": high}
    columns: dict[str, Column | FloatArray] = {"time": watched}
    for key, column in statistics.items():
        columns[key] = (column, unit, f"{key.replace('_', ' ')} over the devices: {description}")
    attributes: dict[str, Any] = engine_attributes(engine, own) | {"seed": start, "bench": "drift"}
    attributes |= {"quantity": name, "devices": int(devices), "origin": suggested.origin, "read_noise": read_noise}
    attributes |= {"temperature": kelvin, "bias": bias, "dwell_times": None if dwell is None else dwell.times}
    attributes |= _exponents(watched + suggested.origin, statistics["mean"], values)
    # Where all devices are alike yet, one of them may be another.
    errors = np.hypot(spread / np.sqrt(devices), np.ptp(values, axis=0).max() / devices)
    law, fit = fitted_law(watched, statistics["mean"], errors, suggested.origin)
    columns["fit"] = (fit, unit, f"the law that fits the mean: {law['law'] or 'none'}")
    attributes |= law
    return device_table(device, columns, **attributes)


def _watched(device: CompactModel) -> list[str]:
    """What can be watched of a device: observables, states and currents."""
    currents = [branch.current for branch in device.branches().values()]
    return [*map(str, device.system.observables), *device.state_declarations(), *currents]


def _require_drift(device: CompactModel, quantity: str, values: FloatArray, bias: float) -> None:
    """Refuse a device that stays as it is: a flat line would look like a measurement."""
    finite = values[np.all(np.isfinite(values), axis=1)]
    change = np.ptp(finite, axis=1)
    if np.any(change > NO_DRIFT * np.max(np.abs(finite), axis=1, initial=0.0)):
        return
    raise ParameterError(
        f"the {quantity.replace('_', ' ')} of {device!r} does not drift at {bias:g} V: it is the same at all times"
    )


def _exponents(age: FloatArray, mean: FloatArray, values: FloatArray) -> dict[str, float | None]:
    """Exponent of the mean, and mean and standard deviation of those of the devices."""
    later = age > 0
    if np.any(values[:, later] <= 0) or np.count_nonzero(later) < 2:
        return dict.fromkeys(["exponent", "exponent_mean", "exponent_standard_deviation"])
    logarithm = np.log(age[later])
    single = -np.polyfit(logarithm, np.log(values[:, later]).T, 1)[0]
    whole_sample = -np.polyfit(logarithm, np.log(mean[later]), 1)[0]
    return {
        "exponent": float(whole_sample),
        "exponent_mean": float(np.mean(single)),
        "exponent_standard_deviation": float(np.std(single)) if len(single) > 1 else None,
    }


def _jumping(
    started: CompactModel,
    dwell: Dwell,
    times: FloatArray,
    quantity: str,
    bias: float,
    devices: int,
    generator: np.random.Generator,
) -> FloatArray:
    """The quantity of devices that jump between two states, at every time."""
    offered, references = started.protocol(Dwelling), started.reference_states()
    branch = next(iter(started.branches()))
    levels = []
    for held in (started.replace(**references[name]) for name in offered.states):
        states = dict(zip(held.state_declarations(), initial_state(held), strict=True))
        levels.append(float((states | held.static(**{branch: bias}))[quantity]))
    begins = offered.states[0] if float(started.static()[offered.coordinate]) > 0 else offered.states[1]
    first, second = levels
    return np.asarray(np.where(dwell.states_at(times, begins, devices, generator), first, second), dtype=float)


def _wandering(
    started: CompactModel, times: FloatArray, quantity: str, bias: float, devices: int, kelvin: float, seed: int
) -> FloatArray:
    """The quantity of devices that thermal agitation moves about, at every time, by noisy trajectories."""
    steps = np.diff(times, prepend=0.0)[0 if times[0] else 1 :]
    if np.ptp(steps) > 1e-6 * np.max(steps):
        raise ParameterError(f"thermal agitation moves {started!r} about: its times must be evenly spaced from zero")
    points = len(steps) + 1
    table = started.simulate(bias, times[-1], temperature=kelvin, trajectories=devices, seed=seed, points=points)
    return np.asarray(table[quantity].to_numpy().reshape(devices, points)[:, -len(times) :])


def _numeric(sample: Sequence[CompactModel], times: FloatArray, quantity: str, bias: float) -> FloatArray:
    """The quantity of every device at every time; equal devices are computed once."""
    different = list(dict.fromkeys(sample))
    table = simulate_many(different, bias, times[-1], times=times)
    results = dict(zip(different, table[quantity].to_numpy().reshape(len(different), -1), strict=True))
    return np.array([results[one] for one in sample])


def _in_netlist(
    sample: Sequence[CompactModel], times: FloatArray, quantity: str, bias: float, engine: str, native: bool
) -> FloatArray:
    """The same from one transient of all devices in a simulator."""
    duration = float(times[-1])
    device = sample[0]
    # A magnetisation's step is limited. Other native states have the capacitors of long steps (STATE_CAPACITANCE), as
    # subcircuits do, but ngspice adds up the errors of native charges: over years that was not compared with anything.
    # VACASK's were, over ten years, native and of modules.
    if native and engine == "ngspice" and duration > MOST_STEPS * LONGEST_STEP:
        raise ParameterError(
            f"times must end by {MOST_STEPS * LONGEST_STEP:.3g} s for native devices in ngspice, with which no longer "
            "drift was verified; the numeric engine and native=False (--no-native) go on for years"
        )
    branch = next(iter(device.branches().values()))
    form = form_of(device, engine, native, duration=duration)
    states = device.state_declarations()
    lines = [f"* drift of {device!r}", str(form)]
    lines += statements_of(form).voltage_source("bias", "bias", "0", DC(bias), duration)
    for k, one in enumerate(sample):
        changed = {name: value for name, value in one.values.items() if value != device.values[name]}
        lines += biased(device, form, "bias", str(k), changed)
    if quantity in states:
        vectors, scale = [f"v({quantity}_{k})" for k in range(len(sample))], states[quantity].scale
    elif quantity == branch.current:
        vectors, scale = [f"i(v_meter{k})" for k in range(len(sample))], 1.0
    else:
        vectors, scale = [observable_vector(form, quantity, f"_{k}") for k in range(len(sample))], 1.0
    # Steps that are short against the first time, and grow by themselves.
    first = float(times[times > 0][0])
    analysis = ngspice.Transient(min(first, duration / 50), duration, max_step=duration / 50)
    result = run_netlist(engine, lines, form, analysis, {}, save=vectors)
    return scale * np.array([np.interp(times, result["time"], result[vector]) for vector in vectors])
