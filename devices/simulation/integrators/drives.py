"""Requests as the compiled loops take them."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from ...core.base import DeviceModel
from ...core.compiled import compiled_for
from ...core.vectors import parameter_vector, scales_of
from ...language.waveforms.shapes import FloatArray, Sine, Waveform
from ..request import Request
from .loops.driven import CURRENT, LIMITED, LINES, SINE, VOLTAGE, Driven
from .machine_code import MachineCode, machine_code
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


#: A model and its options.
Structure = tuple[Any, tuple[tuple[str, str], ...]]


class Layout(NamedTuple):
    """What requests of one structure have in common for a compiled loop; arrays are not written to."""

    pace: int
    conduction: int
    jacobian: int
    currents: int
    states: int
    branches: int
    results: int
    scales: FloatArray
    inputs: Any
    others: Any


def driven(request: Request, *, stiff: bool) -> Driven | None:
    """A request's device and drives for a compiled loop; None if a waveform is of a kind that it does not know."""
    waves, starts = list[float](), list[int]()
    for waveform in request.waveforms():
        numbers = numbers_of(waveform)
        if numbers is None:
            return None
        starts.append(len(waves))
        waves += numbers
    source = CURRENT if request.by_current else LIMITED if request.limited else VOLTAGE
    layout = _layout(request.device.structure, tuple(request.inputs), tuple(request.voltages), source, stiff)
    return Driven(
        layout.pace,
        layout.conduction,
        layout.jacobian,
        layout.currents,
        np.zeros(layout.branches),
        np.zeros(layout.states),
        prepared_parameters(request.device),
        np.zeros(layout.results),
        layout.scales,
        np.array(waves, dtype=float),
        np.array(starts, dtype=np.int64),
        layout.inputs,
        layout.others,
        request.branch,
        source,
        float(request.limits[0]),
        float(request.limits[1]),
        source == VOLTAGE and is_steady(request),
    )


@functools.lru_cache(maxsize=256)
def _layout(structure: Structure, inputs: tuple[str, ...], others: tuple[int, ...], source: int, stiff: bool) -> Layout:
    functions = compiled_for(*structure)
    names, n, b = functions.parameter_names, len(functions.system.states), len(functions.system.voltages)

    def code(name: str, needed: bool) -> int:
        return machine_code(*structure, name).address if needed else 0

    return Layout(
        code("pace", True),
        code("conduction", source != VOLTAGE),
        code("jacobian", stiff),
        code("currents", stiff and source != VOLTAGE),
        n,
        b,
        max(n, b + b * b + b * n, n * n + n * b),
        scales_of(structure[0]),
        np.array([names.index(name) for name in inputs], dtype=np.int64),
        np.array(others, dtype=np.int64),
    )


def is_steady(request: Request) -> bool:
    """Whether nothing that drives the device changes with time."""
    return all((lines := waveform.lines()) is not None and len(lines.times) == 1 for waveform in request.waveforms())


def prepared_parameters(device: DeviceModel) -> FloatArray:
    """The parameter vector, and after it what :mod:`.prepared` makes of it."""
    given, (code, count) = parameter_vector(device), _preparation(device.structure)
    vector = np.array(given + [0.0] * count, dtype=float)
    code.append(vector, len(given))
    return vector


@functools.lru_cache(maxsize=256)
def _preparation(structure: Structure) -> tuple[MachineCode, int]:
    """How the numbers after the parameters are made, and how many they are."""
    return machine_code(*structure, "preparation"), prepared_rates(*structure).count
