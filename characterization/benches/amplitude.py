"""Output of an oscillator against its dc current: amplitude, frequency and linewidth."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import device_table
from ...devices.core.protocols import Oscillation
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ..arguments import Checkpoint, Engine, Native, NoiseTemperature, Quantity, Range, Seed, Whole
from ..bench import bench
from ..engines import engine_attributes, trajectory, uses_native
from ..resumable import check_seed, compute_pieces, describe

#: Samples per period of the output, and periods that a noiseless measurement lasts.
SAMPLES, PERIODS = 32, 40
#: Steps per period, of the noisy trajectories and of ngspice.
STEPS, NGSPICE_STEPS = 128, 400
#: Length of a noisy measurement in units of the inverse of the suggested linewidth.
RECORD = 200
#: An output below this part of the dc voltage is no oscillation.
NO_OSCILLATION = 1e-5


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

    The amplitude is :math:`\sqrt2` times the effective value of the voltage about its mean, after the oscillation has
    settled. Without noise the frequency is counted between upward crossings of the mean. With noise it is the mean
    slope of the phase of the analytic signal :math:`z`, and the linewidth (full width at half maximum) follows from the
    decay of :math:`|\langle z(t+\tau) z^*(t) \rangle| \propto e^{-\pi\,\Delta f\,\tau}`, or, where the record is too
    short for it to decay, from the variance :math:`2\pi\,\Delta f\,\tau` of the phase.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``dc_voltage`` [V], ``amplitude`` of the rf voltage [V], ``frequency`` [Hz] (NaN where
        nothing oscillates) and ``linewidth`` [Hz].

    Raises
    ------
    ParameterError
        If the device is no oscillator, or an argument makes no sense.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    chosen = uses_native(engine, native)
    suggested = device.protocol(Oscillation)
    currents = np.atleast_1d(np.asarray(suggested.currents if current is None else current, dtype=float))
    if not np.all(np.isfinite(currents)):
        raise ParameterError("currents must be finite")
    if temperature is not None and engine != "numeric":
        raise ParameterError("noisy trajectories need the numeric engine: the netlist has no noise in transients")
    if temperature is not None:
        check_seed(seed, checkpoint)
    started = device.replace(**suggested.overrides)
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
    found = np.array([result["row"] for result in results]).reshape(-1, 4).T
    columns = {
        "current": (currents, "A", "dc current"),
        "dc_voltage": (found[0], "V", "mean voltage"),
        "amplitude": (found[1], "V", "amplitude of the voltage about its mean"),
        "frequency": (found[2], "Hz", "frequency of the oscillation"),
        "linewidth": (found[3], "Hz", "full width at half maximum of the oscillation's line"),
    }
    attributes = engine_attributes(engine, chosen) | {"bench": "amplitude", "temperature": temperature, "seed": seed}
    return device_table(device, columns, **attributes)


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
) -> tuple[float, float, float, float]:
    length = PERIODS / suggested.frequency if duration is None else duration
    interval = 1 / (SAMPLES * suggested.frequency)
    total = suggested.settling + length
    first, *_ = device.branches().values()
    if engine == "numeric":
        times = np.concatenate([[0.0], suggested.settling + interval * np.arange(int(length / interval))])
        options: dict[str, Any] = {"method": "DOP853", "rtol": 1e-8, "atol": 1e-10}
        table = device.simulate(current, total, source="current", times=times, **options)
        trace = table[first.name].to_numpy()[1:]
    else:
        points = round(total / interval) + 1
        step = 1 / (NGSPICE_STEPS * suggested.frequency)
        settings: dict[str, Any] = {"engine": engine, "native": native, "max_step": step}
        table = trajectory(device, current, total, source="current", inputs={}, points=points, **settings)
        trace = table[first.name].to_numpy()[-round(length / interval) :]
    mean = trace.mean()
    size = float(np.sqrt(2) * np.std(trace))
    frequency = _crossing_frequency(trace - mean, interval) if size > NO_OSCILLATION * abs(mean) else np.nan
    return float(mean), size, frequency, np.nan


def _crossing_frequency(trace: FloatArray, interval: float) -> float:
    """Inverse of the mean time between upward crossings of zero; NaN with fewer than two."""
    before = np.flatnonzero((trace[:-1] < 0) & (trace[1:] >= 0))
    if len(before) < 2:
        return float("nan")
    instants = before - trace[before] / (trace[before + 1] - trace[before])
    return float((len(instants) - 1) / (instants[-1] - instants[0]) / interval)


def _noisy(
    device: CompactModel, current: float, suggested: Oscillation, duration: float | None, noise: dict[str, Any]
) -> tuple[float, float, float, float]:
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
    return mean, size, frequency, linewidth(signals, interval)


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
