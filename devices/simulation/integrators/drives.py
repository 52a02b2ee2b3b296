"""Requests as the compiled loops take them."""

from __future__ import annotations

import math

import numpy as np

from ...core.base import DeviceModel
from ...core.vectors import compiled, parameter_vector, scales_of
from ...language.waveforms import FloatArray, Sine, Waveform
from ..request import Request
from .loops.driven import CURRENT, LIMITED, LINES, SINE, VOLTAGE, Driven
from .machine_code import call_machine_code, machine_code
from .prepared import prepared_rates


def numbers_of(waveform: Waveform) -> list[float] | None:
    """A waveform as numbers; None if it is neither a sine nor straight lines."""
    if isinstance(waveform, Sine):
        turns = 2 * math.pi * waveform.frequency
        phase = math.radians(waveform.phase)
        return [SINE, waveform.delay, waveform.offset, waveform.amplitude, turns, phase, waveform.decay]
    lines = waveform.lines()
    if lines is None:
        return None
    return [LINES, lines.delay, lines.period, float(len(lines.times)), *lines.times, *lines.levels]


def driven(request: Request, *, stiff: bool) -> Driven | None:
    """A request's device and drives for a compiled loop; None if a waveform is of a kind that it does not know."""
    device, structure = request.device, request.device.structure
    names, system = compiled(device).parameter_names, compiled(device).system
    waves = [numbers_of(waveform) for waveform in request.waveforms()]
    if any(wave is None for wave in waves):
        return None
    lengths = [len(wave) for wave in waves if wave is not None]
    n, b = len(system.states), len(system.voltages)
    source = CURRENT if request.by_current else LIMITED if request.limited else VOLTAGE

    def code(name: str, needed: bool) -> int:
        return machine_code(*structure, name).address if needed else 0

    return Driven(
        code("pace", True),
        code("conduction", source != VOLTAGE),
        code("jacobian", stiff),
        code("currents", stiff and source != VOLTAGE),
        np.zeros(b),
        np.zeros(n),
        prepared_parameters(device),
        np.zeros(max(n, b + b * b + b * n, n * n + n * b)),
        scales_of(device),
        np.concatenate([np.array(wave, dtype=float) for wave in waves]),
        np.cumsum([0, *lengths])[:-1].astype(np.int64),
        np.array([names.index(name) for name in request.inputs], dtype=np.int64),
        np.array(list(request.voltages), dtype=np.int64),
        request.branch,
        source,
        *map(float, request.limits),
        source == VOLTAGE and is_steady(request),
    )


def is_steady(request: Request) -> bool:
    """Whether nothing that drives the device changes with time."""
    return all((lines := waveform.lines()) is not None and len(lines.times) == 1 for waveform in request.waveforms())


def prepared_parameters(device: DeviceModel) -> FloatArray:
    """The parameter vector, and after it what :mod:`.prepared` makes of it."""
    given = parameter_vector(device)
    vector = np.empty(len(given) + prepared_rates(*device.structure).count)
    vector[: len(given)] = given
    call_machine_code(machine_code(*device.structure, "preparation"), vector, vector[len(given) :])
    return vector
