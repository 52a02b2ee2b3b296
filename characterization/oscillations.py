"""Oscillations without noise: on the periodic orbit, or in windows of a trajectory until two of them agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..devices.core.oscillator_protocols import Oscillation
from ..devices.core.validity import warn_of_invalid_states
from ..devices.core.vectors import initial_state
from ..devices.language.waveforms.shapes import FloatArray
from ..devices.model import CompactModel
from ..devices.simulation.orbits.approach import approached
from ..devices.simulation.orbits.cycle import Motion
from ..devices.simulation.orbits.orbit import PeriodicOrbit
from ..devices.simulation.request import Request
from ..devices.simulation.trajectories.trajectory import integrate
from .engines import trajectory

#: Samples per period of the output, and periods of a window.
SAMPLES, PERIODS = 32, 40
#: Harmonics among which the strongest line is sought.
HARMONICS = 16
#: Steps per period of ngspice.
NGSPICE_STEPS = 400
#: An output below this part of the dc voltage is not an oscillation.
NO_OSCILLATION = 1e-5
#: Windows agree that differ relatively by no more: in the amplitude, in the frequency.
AGREEMENT, SAME_FREQUENCY = 0.003, 0.002
#: End of the first window, in units of the suggested time of settling: far from the threshold it settles sooner.
SOON = 0.25
#: Part of an amplitude that is left of it where it dies away.
MOSTLY_GONE = 0.1
#: Periods and, for ngspice, doublings of the time, after which a measurement goes on no longer.
MOST_PERIODS, NGSPICE_DOUBLINGS = 16_000, 2


def measure_quiet(
    device: CompactModel,
    current: float,
    suggested: Oscillation,
    duration: float | None,
    engine: str,
    native: bool,
) -> tuple[float, ...]:
    """Measure an oscillation without noise.

    Returns
    -------
    tuple of float
        Mean voltage, amplitude, frequencies of the voltage and of the state that moves most, NaN, and whether it had
        settled.
    """
    if engine == "numeric" and duration is None and (found := _on_orbit(device, current, suggested)) is not None:
        return found
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


def _on_orbit(device: CompactModel, current: float, suggested: Oscillation) -> tuple[float, ...] | None:
    """The same on the periodic orbit that the device comes near to, or at rest; None if it comes to neither."""
    motion = Motion(Request.of(device, current, 1.0, "current", {}))
    end = approached(motion, np.array(initial_state(device)), suggested.frequency, suggested.settling)
    if end is None:
        return None
    if not isinstance(end, PeriodicOrbit):
        warn_of_invalid_states(device, motion.quantities(end[None, :]), [0.0])
        rest = float(next(iter(motion.voltages(end[None, :]).values()))[0])
        return rest, 0.0, np.nan, np.nan, np.nan, True
    end.warn_of_invalid()
    trace = end.values()
    mean, size = float(np.mean(trace)), float(np.sqrt(2) * np.std(trace))
    if size <= NO_OSCILLATION * abs(mean):
        return None
    states = {name: end.values(name) for name in device.state_declarations()}
    moving = max(states, key=lambda name: float(np.std(states[name])) / device.state_declarations()[name].scale)
    strongest = [1 + int(np.argmax(end.harmonics(name, HARMONICS)[1:])) for name in (None, moving)]
    return mean, size, strongest[0] * end.frequency, strongest[1] * end.frequency, np.nan, True


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
            Request.of(device, current, float(times[-1]), "current", {}),
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
