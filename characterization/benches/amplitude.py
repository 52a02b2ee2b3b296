"""Output of an oscillator against its dc current: amplitude, frequency and linewidth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ...devices.core.metadata import device_table
from ...devices.core.protocols import Oscillation
from ...devices.core.vectors import initial_state
from ...devices.language.array_checks import reals
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.request import Request, row_size
from ...devices.simulation.stability import equilibrium, growth_beside
from ...devices.simulation.trajectory import integrate
from ..arguments import Checkpoint, Engine, Native, NoiseTemperature, Quantity, Range, Seed, Whole
from ..bench import bench
from ..engines import engine_attributes, trajectory, uses_native
from ..resumable import check_seed, compute_pieces, describe

#: Samples per period of the output, and periods of a window.
SAMPLES, PERIODS = 32, 40
#: Steps per period, of the noisy trajectories and of ngspice.
STEPS, NGSPICE_STEPS = 128, 400
#: Length of a noisy measurement in units of the inverse of the suggested linewidth.
RECORD = 200
#: An output below this part of the dc voltage is not an oscillation.
NO_OSCILLATION = 1e-5
#: Windows agree that differ relatively by no more: in the amplitude, in the frequency; in that of noisy halves.
AGREEMENT, SAME_FREQUENCY, NOISY_AGREEMENT = 0.003, 0.002, 0.1
#: End of the first window, in units of the suggested time of settling: far from the threshold it settles sooner.
SOON = 0.25
#: Part of an amplitude that is left of it where it dies away.
MOSTLY_GONE = 0.1
#: Periods and, for ngspice, doublings of the time, after which a measurement goes on no longer.
MOST_PERIODS, NGSPICE_DOUBLINGS = 16_000, 2
#: A current by so much above the threshold shows at once whether a device oscillates.
CLEAR = 1.08
#: Where to measure around the threshold, in steps of the suggested currents.
AROUND = (-0.3, -0.1, 0.1, 0.2, 0.4)


@bench(
    needs=(Oscillation,),
    gallery=lambda device: {"amplitude": {"current": device.protocol(Oscillation).currents[::2]}},
)
def amplitude(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "dc currents; default: the device's suggestion, around its threshold")
    ] = None,
    duration: Annotated[float | None, Quantity("s", "length of the measurement after settling", positive=True)] = None,
    temperature: NoiseTemperature = None,
    trajectories: Annotated[int, Whole("noisy trajectories per current", 1)] = 8,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    r"""Measure the output amplitude, frequency and linewidth of an oscillator over its dc current.

    The amplitude is :math:`\sqrt2` times the effective value of the voltage about its mean. Without noise the
    measurement goes on for twice the time, and twice again, until the amplitudes and frequencies of two successive
    windows agree, or the oscillation dies away. After 16000 periods it is marked as not settled. The frequency is
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
    if current is None:
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
    raise ParameterError(
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
        return {"row": _quiet(device, current, suggested, duration, engine, native)}
    return {"row": _noisy(device, current, suggested, duration, noise)}


def _quiet(
    device: CompactModel,
    current: float,
    suggested: Oscillation,
    duration: float | None,
    engine: str,
    native: bool,
) -> tuple[float, ...]:
    window = PERIODS / suggested.frequency if duration is None else duration
    interval = 1 / (SAMPLES * suggested.frequency)
    run = _numeric_windows if engine == "numeric" else _ngspice_windows
    settings = {} if engine == "numeric" else {"engine": engine, "native": native}
    first, *_ = device.branches().values()
    states = list(device.state_declarations())
    sizes: list[float] = []
    frequencies: list[float] = []
    settled, quiet = False, False
    for table in run(device, current, suggested, window, interval, **settings):
        trace = table[first.name].to_numpy()
        # A window that rises and falls smoothly does not feel where in a period it begins and ends.
        weight = np.hanning(len(trace))
        mean = float(np.average(trace, weights=weight))
        sizes.append(float(np.sqrt(2 * np.average((trace - mean) ** 2, weights=weight))))
        frequencies.append(_line(trace - mean, interval))
        # A small oscillation may still grow.
        falls = len(sizes) > 1 and sizes[-1] <= (1 + AGREEMENT) * sizes[-2]
        quiet = (falls and sizes[-1] <= NO_OSCILLATION * abs(mean)) or _dies_away(sizes)
        settled = quiet or _agree(sizes, frequencies)
        if settled:
            break
    if quiet:
        return mean, 0.0, np.nan, np.nan, np.nan, True
    moving = max(states, key=lambda name: float(np.std(table[name])) / device.state_declarations()[name].scale)
    state = table[moving].to_numpy()
    return mean, sizes[-1], frequencies[-1], _line(state - state.mean(), interval), np.nan, settled


def _agree(sizes: list[float], frequencies: list[float]) -> bool:
    """Whether the last two windows show the same."""
    if len(sizes) < 2:
        return False
    alike = abs(sizes[-1] - sizes[-2]) <= AGREEMENT * sizes[-1]
    return alike and abs(frequencies[-1] - frequencies[-2]) <= SAME_FREQUENCY * frequencies[-1]


def _dies_away(sizes: list[float]) -> bool:
    """Whether amplitudes after times that double fall to nothing: with an exponential, or as at a threshold.

    There the amplitude falls with the root of the time, by the same factor with each doubling; on its way to an orbit
    by less and less.
    """
    if len(sizes) < 3 or min(sizes) == 0:
        return False
    before, last = np.diff(np.log(sizes[-3:]))
    # A device that falls to an orbit begins to fall like this as well.
    exponential = bool(last <= 1.5 * before < -AGREEMENT and sizes[-1] < MOSTLY_GONE * sizes[-3])
    root = -0.5 * np.log(2)
    return exponential or bool(abs(before - root) < 0.03 and abs(last - root) < 0.02)


def _numeric_windows(
    device: CompactModel, current: float, suggested: Oscillation, window: float, interval: float
) -> Iterator[pd.DataFrame]:
    """Windows of a trajectory, which end at times that double."""
    states = np.array(initial_state(device))
    names = list(device.state_declarations())
    at, end = 0.0, SOON * suggested.settling + window
    while end * suggested.frequency <= MOST_PERIODS or at == 0.0:
        times: FloatArray = end - window - at + interval * np.arange(int(window / interval) + 1, dtype=float)
        table = integrate(
            _request(device, current, float(times[-1])),
            points=None, times=times, method=None, rtol=1e-8, atol=1e-10, states=states,
            longest=0.25 / suggested.frequency,
        )  # fmt: skip
        yield table
        states = table[names].to_numpy()[-1]
        at, end = at + float(times[-1]), 2 * end


def _ngspice_windows(
    device: CompactModel, current: float, suggested: Oscillation, window: float, interval: float, **settings: Any
) -> Iterator[pd.DataFrame]:
    """The same by ngspice, which begins anew each time; the first run has two windows."""
    step = 1 / (NGSPICE_STEPS * suggested.frequency)
    for doubling in range(1, NGSPICE_DOUBLINGS + 1):
        total = (suggested.settling + window) * 2**doubling
        points = round(total / interval) + 1
        options: dict[str, Any] = {"points": points, "max_step": step, **settings}
        table = trajectory(device, current, total, source="current", inputs={}, **options)
        if doubling == 1:
            yield table.iloc[: points // 2 + 1].iloc[-round(window / interval) :]
        yield table.iloc[-round(window / interval) :]


def _line(trace: FloatArray, interval: float) -> float:
    """Frequency of the strongest line: from crossings of zero if there are two in a period, else from the spectrum."""
    spectrum = np.abs(np.fft.rfft(trace * np.hanning(len(trace))))
    peak = int(np.argmax(spectrum))
    rough = peak / (len(trace) * interval)
    counted = _crossing_frequency(trace, interval)
    if abs(counted - rough) <= 1 / (len(trace) * interval):
        return counted
    if not 0 < peak < len(spectrum) - 1:
        return float("nan")
    low, top, high = np.log(spectrum[peak - 1 : peak + 2] + 1e-300)
    return float((peak + 0.5 * (low - high) / (low - 2 * top + high)) / (len(trace) * interval))


def _crossing_frequency(trace: FloatArray, interval: float) -> float:
    """Inverse of the mean time between upward crossings of zero; NaN with fewer than two."""
    before = np.flatnonzero((trace[:-1] < 0) & (trace[1:] >= 0))
    if len(before) < 2:
        return float("nan")
    instants = before - trace[before] / (trace[before + 1] - trace[before])
    return float((len(instants) - 1) / (instants[-1] - instants[0]) / interval)


def _noisy(
    device: CompactModel, current: float, suggested: Oscillation, duration: float | None, noise: dict[str, Any]
) -> tuple[float, ...]:
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
