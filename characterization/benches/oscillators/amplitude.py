"""Output of an oscillator against its dc current: amplitude, frequency and linewidth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ....devices.core.metadata import device_table
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.request import Request, row_size
from ....devices.simulation.trajectories.stability import equilibrium, growth_beside
from ...arguments import Checkpoint, Engine, Native, NoiseTemperature, Quantity, Range, Seed, Whole
from ...bench import bench
from ...engines import engine_attributes, uses_native
from ...oscillations import SAMPLES, measure_quiet
from ...resumable import check_seed, compute_pieces, describe

#: Steps per period of the noisy trajectories.
STEPS = 128
#: Length of a noisy measurement in units of the inverse of the suggested linewidth.
RECORD = 200
#: Noisy halves agree whose amplitudes differ relatively by no more.
NOISY_AGREEMENT = 0.1
#: A current by so much above the threshold shows at once whether a device oscillates.
CLEAR = 1.08
#: Where to measure around the threshold, in steps of the suggested currents.
AROUND = (-0.3, -0.1, 0.1, 0.2, 0.4)


@bench(needs=(Oscillation,))
def amplitude(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "dc currents; default: the device's suggestion, around its threshold")
    ] = None,
    duration: Annotated[
        float | None, Quantity("s", "length of the measurement of a trajectory after settling", positive=True)
    ] = None,
    temperature: NoiseTemperature = None,
    trajectories: Annotated[int, Whole("noisy trajectories per current", 1)] = 8,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    r"""Measure the output amplitude, frequency and linewidth of an oscillator over its dc current.

    The amplitude is :math:`\sqrt2` times the effective value of the voltage about its mean. Without noise it is that
    of the periodic orbit that a trajectory comes near to (:func:`~synaspice.devices.periodic_orbit`). Where that is
    none, with ``duration`` given, and in ngspice, the trajectory itself is measured: for twice the time, and twice
    again, until the amplitudes and frequencies of two successive windows agree, or the oscillation dies away; after
    16000 periods it is marked as not settled. The frequency is
    that of the strongest line of the voltage: where the resistance moves twice in a turn of the magnet, as in a
    precession about the reference layer's direction, it is twice that of the state that moves most, which is given
    beside it. With noise it is the mean slope of the phase of the analytic signal :math:`z`, and the linewidth (full
    width at half maximum) follows from the decay of
    :math:`|\langle z(t+\tau) z^*(t) \rangle| \propto e^{-\pi\,\Delta f\,\tau}`, or, where the record is too
    short for it to decay, from the variance :math:`2\pi\,\Delta f\,\tau` of the phase.

    The threshold is the current at which the rest turns unstable. By default currents are added around it.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``dc_voltage`` [V], ``amplitude`` of the rf voltage [V], ``frequency`` [Hz] (NaN where
        nothing oscillates), ``state_frequency`` [Hz] (NaN with noise), ``linewidth`` [Hz], and ``settled``: 1 where two
        windows agree. ``attrs`` has the ``threshold`` [A], None if there is none among the suggested currents.

    Raises
    ------
    ParameterError
        If the device does not oscillate at any of the suggested currents, or an argument makes no sense.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    chosen = uses_native(engine, native)
    suggested = device.protocol(Oscillation)
    currents = reals("currents", suggested.currents if current is None else current, "A")
    if duration is not None:
        require_memory(duration * SAMPLES * suggested.frequency, "samples", row_size(device), "take a duration with")
    if temperature is not None and engine != "numeric":
        raise ParameterError("noisy trajectories need the numeric engine: the netlist has no noise in transients")
    if temperature is not None:
        check_seed(seed, checkpoint)
    started = device.replace(**suggested.overrides)
    threshold = _threshold(started, suggested.currents)
    on_orbits = engine == "numeric" and duration is None and temperature is None
    if current is None:
        if not on_orbits:  # which take longer than a look at where the states come to rest
            _require_oscillation(started, currents, threshold)
        currents = _with_threshold(currents, threshold)
    seeds = np.random.SeedSequence(seed).spawn(len(currents))
    common = {"device": started, "suggested": suggested, "duration": duration, "engine": engine}
    common["native"] = chosen
    pieces: list[dict[str, Any]] = [common | {"current": value, "noise": None} for value in currents.tolist()]
    if temperature is not None:
        for piece, child in zip(pieces, seeds, strict=True):
            own = int(child.generate_state(1)[0])
            piece["noise"] = {"temperature": temperature, "trajectories": trajectories, "seed": own}
    noises = [piece["noise"] for piece in pieces]
    description = describe(**common, currents=currents, noises=noises, bench="amplitude")  # type: ignore[arg-type]
    results = compute_pieces(_point, pieces, description=description, checkpoint=checkpoint)
    found = np.array([result["row"] for result in results]).reshape(-1, 6).T
    silent = on_orbits and not np.any(found[1])
    if current is None and (silent or np.isnan(found[2:4]).all()):  # it may leave its rest for another one
        raise _at_rest(device, currents)
    columns = {
        "current": (currents, "A", "dc current"),
        "dc_voltage": (found[0], "V", "mean voltage"),
        "amplitude": (found[1], "V", "amplitude of the voltage about its mean"),
        "frequency": (found[2], "Hz", "frequency of the voltage's strongest line"),
        "state_frequency": (found[3], "Hz", "frequency of the state that moves most"),
        "linewidth": (found[4], "Hz", "full width at half maximum of the oscillation's line"),
        "settled": (found[5].astype(int), "1", "1 where the oscillation had settled"),
    }
    attributes = engine_attributes(engine, chosen) | {"bench": "amplitude", "temperature": temperature, "seed": seed}
    return device_table(device, columns, **attributes, threshold=threshold)


def _request(device: CompactModel, current: float, duration: float = 1.0) -> Request:
    return Request.of(device, current, duration, "current", {})


def _threshold(device: CompactModel, currents: Sequence[float]) -> float | None:
    """The current at which the rest turns unstable [A], between the suggested ones; None if it does not."""
    weakest = min(currents, key=abs)
    begun = equilibrium(_request(device, weakest))
    if not begun.stable:
        return None
    last, states = weakest, begun.states
    for value in sorted(currents, key=abs)[1:]:
        growth, moved = growth_beside(_request(device, value), states)
        if growth > 0:
            at = states

            def excess(current: float) -> float:
                return growth_beside(_request(device, current), at)[0]  # noqa: B023

            below, above = excess(last), excess(value)
            if np.isnan(below) or np.isnan(above):
                return None
            if below < 0 < above:
                return float(brentq(excess, last, value, xtol=1e-6 * abs(value)))
            return float(last if below >= 0 else value)  # one of them is the threshold but for rounding
        if np.isnan(growth):
            return None
        last, states = value, moved
    return None


def _require_oscillation(device: CompactModel, currents: FloatArray, threshold: float | None) -> None:
    """Refuse a device that comes to rest at all currents; the strongest ones are looked at first."""
    # Just above the threshold a device may leave its rest for another one later than is waited for.
    clear = [value for value in currents.tolist() if threshold is None or abs(value) > CLEAR * abs(threshold)]
    for value in sorted(clear or currents.tolist(), key=abs, reverse=True):
        if not equilibrium(_request(device, value)).settled:
            return
    raise _at_rest(device, currents)


def _at_rest(device: CompactModel, currents: FloatArray) -> ParameterError:
    return ParameterError(
        f"{device.model_name()} does not oscillate: it comes to rest at all currents from {currents[0]:g} A "
        f"to {currents[-1]:g} A"
    )


def _with_threshold(currents: FloatArray, threshold: float | None) -> FloatArray:
    """Currents with more of them around the threshold, in their order."""
    if threshold is None or len(currents) < 2:
        return currents
    steps = np.diff(currents)
    near = threshold + np.sign(threshold) * np.abs(steps[0]) * np.array(AROUND)
    inside = near[(near >= np.min(currents)) & (near <= np.max(currents))]
    joined = np.union1d(currents, inside)
    return joined if steps[0] > 0 else joined[::-1]


def _point(
    device: CompactModel,
    suggested: Oscillation,
    duration: float | None,
    engine: str,
    native: bool,
    current: float,
    noise: dict[str, Any] | None,
) -> dict[str, Any]:
    if noise is None:
        return {"row": measure_quiet(device, current, suggested, duration, engine, native)}
    return {"row": measure_noisy(device, current, suggested, duration, noise)}


def measure_noisy(
    device: CompactModel, current: float, suggested: Oscillation, duration: float | None, noise: dict[str, Any]
) -> tuple[float, ...]:
    """Mean voltage, amplitude, frequency, NaN, linewidth and whether it had settled, on noisy trajectories."""
    from scipy.signal import hilbert

    length = RECORD / suggested.linewidth if duration is None else duration
    interval = 1 / (SAMPLES / 2 * suggested.frequency)
    total = suggested.settling + length
    points = round(total / interval) + 1
    first, *_ = device.branches().values()
    table = device.simulate(
        current, total, source="current", points=points, time_step=1 / (STEPS * suggested.frequency), **noise
    )
    traces = table[first.name].to_numpy().reshape(noise["trajectories"], points)
    traces = traces[:, -round(length / interval) :]
    mean = float(traces.mean())
    signals = hilbert(traces - mean, axis=1)
    phase = np.unwrap(np.angle(signals), axis=1)
    frequency = float(np.mean((phase[:, -1] - phase[:, 0]) / (2 * np.pi * interval * (traces.shape[1] - 1))))
    size = float(np.sqrt(2) * np.std(traces))
    halves = [float(np.std(half)) for half in np.array_split(traces, 2, axis=1)]
    settled = abs(halves[1] - halves[0]) <= NOISY_AGREEMENT * max(halves)
    return mean, size, frequency, np.nan, linewidth(signals, interval), settled


def linewidth(signals: Any, interval: float) -> float:
    """Full width at half maximum of the line of noisy oscillations [Hz]; see :func:`amplitude`.

    Parameters
    ----------
    signals : ndarray of complex
        Analytic signals, one row per trajectory.
    interval : float
        Time between samples. [s]
    """
    count = signals.shape[1]
    lags = count // 5
    padded = np.fft.fft(signals, 2 * count, axis=1)
    sums = np.fft.ifft(np.abs(padded) ** 2, axis=1)[:, :lags].mean(axis=0)
    correlation = np.abs(sums / (count - np.arange(lags)))
    correlation /= correlation[0]
    times = interval * np.arange(lags)
    fallen = np.flatnonzero(correlation < 0.5)
    if len(fallen):
        window = slice(int(np.argmax(correlation < 0.9)), int(fallen[0]) + 1)
        slope = np.polyfit(times[window], np.log(correlation[window]), 1)[0]
        return float(-slope / np.pi)
    phase = np.unwrap(np.angle(signals), axis=1)
    some = np.unique(np.linspace(lags // 4, lags - 1, 16).astype(int))
    drift = (phase[:, -1] - phase[:, 0]).mean() / (count - 1)
    variance = [np.mean((phase[:, lag:] - phase[:, :-lag] - drift * lag) ** 2) for lag in some]
    return float(np.polyfit(interval * some, variance, 1)[0] / (2 * np.pi))
