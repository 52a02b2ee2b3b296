"""Many trajectories of one structure by the compiled explicit method, eight at a time; see :mod:`.loops.abreast`."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np

from ...core.cache import PARSING
from ...core.vectors import compiled, scales_of
from ...language.sources import digest_of
from ...language.waveforms.shapes import FloatArray
from ..machine.kept import load_program
from ..machine.kinds import F64, I64, LANES, TRUTH, Array
from ..machine.program import Bound, Entry, Program
from ..machine.texts import text_of
from ..machine.writer import Unit
from ..numerics.threads import heed_stop
from ..request import Request
from .compiled_loops import MATRIX, VECTOR
from .compiled_trajectory import STEPS_TO_JUDGE, is_implicit, judge, on_spheres
from .drives import is_steady, numbers_of, prepared_parameters
from .loops import abreast, explicit, many_driven
from .loops.driven import CURRENT, VOLTAGE
from .machine_code import machine_code

#: Turns of all lanes between two looks at the keyboard.
TURNS_PER_CALL = 1000
_PLACES, _CUBE, _TABLE = Array(I64), Array(F64, 3), Array(I64, 2)
_GIVEN = (many_driven.BATCH, MATRIX, MATRIX, _PLACES, VECTOR, _PLACES, VECTOR, VECTOR, _CUBE, _TABLE)
_HELD = (_TABLE, MATRIX, MATRIX, _CUBE, MATRIX, MATRIX)
ENTRIES = {
    "abreast": Entry((*_GIVEN, *_HELD, F64, F64, I64), I64),
    "voltages_over": Entry((many_driven.BATCH, VECTOR, _CUBE, MATRIX, Array(TRUTH))),
}


@functools.cache
def _load() -> Program:
    def write(unit: Unit) -> None:
        unit.write(text_of(abreast.march), ENTRIES["abreast"].kinds, name="abreast")
        unit.write(text_of(many_driven.voltages_over), ENTRIES["voltages_over"].kinds, name="voltages_over")

    with PARSING:
        return load_program("abreast", digest_of(__name__), write, ENTRIES)


def can_run_abreast(requests: Sequence[Request]) -> bool:
    """Whether requests fill the lanes, and the loop knows what they ask for: free states, drives that are numbers."""
    first = requests[0]
    if len(requests) < LANES or is_implicit(first.device) or not first.device.state_declarations():
        return False
    if any(request.limited for request in requests):
        return False
    scales = scales_of(first.device)
    devices = {id(request.device): request.device for request in requests}
    return all(np.array_equal(scales_of(device), scales) for device in devices.values()) and all(
        numbers_of(waveform) is not None for request in requests for waveform in request.waveforms()
    )


def integrate_abreast(
    requests: Sequence[Request],
    starts: FloatArray,
    reported: FloatArray,
    corners: Sequence[FloatArray],
    max_steps: FloatArray,
    *,
    rtol: float,
    atol: float,
) -> tuple[FloatArray, FloatArray, list[int]]:
    """Scaled states and voltages of the driven branch at given times of all requests, and which came to no end.

    Parameters
    ----------
    requests : sequence of Request
        Devices of one structure, their drives of one form.
    starts : ndarray, shape (trajectories, states)
        Scaled states at the beginning.
    reported : ndarray
        Increasing times. [s]
    corners : sequence of ndarray
        For each the times from the beginning to the end at which the integration begins anew. [s]
    max_steps : ndarray
        Longest step of each. [s]
    rtol, atol : float
        Relative and absolute error per step.

    Raises
    ------
    SimulationError
        If the steps become too many.
    """
    count, n = starts.shape
    made = _batch(requests)
    batch = Bound(made, many_driven.BATCH)
    whole = np.zeros((abreast.WHOLE, LANES), dtype=np.int64)
    whole[0] = abreast.FREE
    held = (
        whole,
        np.zeros((abreast.REAL, LANES)),
        np.repeat(np.array(starts[:1].T, dtype=float), LANES, axis=1),
        np.zeros((explicit.EXTENDED, n, LANES)),
        np.zeros((len(made.voltages), LANES)),
        np.repeat(made.parameters[:1].T, LANES, axis=1),
    )
    state, outcomes = np.array(starts, dtype=float), np.full(count, explicit.PAUSED, dtype=np.int64)
    carry, samples = np.zeros((count, abreast.CARRIED)), np.full((count, len(reported), n), math.nan)
    places = compiled(requests[0].device).sphere_places
    for k, own in enumerate(corners):
        beginning = int(np.searchsorted(reported, own[0], side="right"))
        samples[k, :beginning], carry[k, explicit.REPORTED] = on_spheres(starts[k], places), beginning
    firsts = np.cumsum([0, *map(len, corners)]).astype(np.int64)
    spheres = np.array(places, dtype=np.int64).reshape(-1, 3)
    program = _load()
    arguments = (batch, state, carry, outcomes, np.concatenate(corners), firsts, np.ascontiguousarray(max_steps))
    turns = 0
    while True:
        heed_stop()
        limits = (rtol, atol, TURNS_PER_CALL)
        if program["abreast"](*arguments, reported, samples, spheres, *held, *limits) == explicit.DONE:
            break
        turns += TURNS_PER_CALL
        if turns % STEPS_TO_JUDGE == 0:
            long = (outcomes == abreast.UNDER_WAY) & (carry[:, abreast.STEPS] >= STEPS_TO_JUDGE)
            for k in map(int, np.nonzero(long)[0]):
                at = corners[k][int(carry[k, explicit.CORNER])] + carry[k, explicit.TIME]
                judge(int(carry[k, abreast.STEPS]), float(at), float(corners[k][-1]))
    if requests[0].by_current:
        voltages = np.empty((count, len(reported)))
        program["voltages_over"](batch, reported, samples, voltages, np.empty(len(reported), dtype=np.bool_))
    else:
        voltages = np.array([request.waveform(reported) for request in requests])
    failed = (outcomes != explicit.DONE) | ~np.isfinite(voltages).all(axis=1) | ~np.isfinite(samples).all(axis=(1, 2))
    return samples, voltages, [int(k) for k in np.nonzero(failed)[0]]


def _batch(requests: Sequence[Request]) -> many_driven.Batch:
    """Requests as the compiled loop takes them."""
    first = requests[0]
    device, structure = first.device, first.device.structure
    names, system = compiled(device).parameter_names, compiled(device).system
    n, b = len(system.states), len(system.voltages)
    vectors: dict[int, FloatArray] = {}  # one for each device: requests may share it
    for request in requests:
        if id(request.device) not in vectors:
            vectors[id(request.device)] = prepared_parameters(request.device)
    waves, starts, length = list[list[float]](), list[list[int]](), 0
    for request in requests:
        own = list[int]()
        for waveform in request.waveforms():
            numbers = numbers_of(waveform)
            assert numbers is not None
            own.append(length)
            waves.append(numbers)
            length += len(numbers)
        starts.append(own)

    def code(name: str, needed: bool, in_lanes: bool) -> int:
        return machine_code(*structure, name, in_lanes=in_lanes).address if needed else 0

    return many_driven.Batch(
        code("pace", True, False),
        code("conduction", first.by_current, False),
        code("pace", True, True),
        code("conduction", first.by_current, True),
        np.zeros(b),
        np.zeros(n),
        np.zeros(max(n, b + b * b + b * n)),
        scales_of(device),
        np.array([vectors[id(request.device)] for request in requests], dtype=float),
        np.array([number for numbers in waves for number in numbers]),
        np.array(starts, dtype=np.int64),
        np.array([names.index(name) for name in first.inputs], dtype=np.int64),
        np.array(list(first.voltages), dtype=np.int64),
        first.branch,
        CURRENT if first.by_current else VOLTAGE,
        all(map(is_steady, requests)),
    )
