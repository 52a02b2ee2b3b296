"""Trajectories by the compiled loops, which :mod:`~synaspice.devices.simulation.trajectories.trajectory` prefers.

States without bounds, which precess, are integrated by an explicit method that keeps directions on their spheres;
states between bounds, whose rates may be of any size, by a linearly implicit one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...core.base import DeviceModel
from ...core.compiled import compiled_for
from ...core.vectors import compiled, scales_of
from ...language.errors import OutOfReachError, SimulationError
from ...language.waveforms.shapes import FloatArray
from ..machine.program import Bound
from ..numerics.threads import heed_stop
from ..request import Request
from .compiled_loops import ENTRIES, load_explicit, load_loops
from .drives import driven, is_steady
from .loops import explicit, rosenbrock
from .loops.driven import DRIVEN

#: Steps between two looks at the keyboard.
STEPS_PER_CALL = 20_000
#: Steps after which it is asked how many more there will be, and how many are no hours' work any more.
STEPS_TO_JUDGE, MOST_STEPS = 500_000, 1e10
#: Factor beyond that at which it is hopeless from the first look on: a drive a million times too strong.
HOPELESS = 1e3


class Marched(NamedTuple):
    """How far a compiled loop came: scaled states at the reported times and at the last one, which that was."""

    samples: FloatArray
    state: FloatArray
    time: float
    finished: bool
    device: Bound


def is_implicit(device: DeviceModel) -> bool:
    """Whether a device's states have bounds, between which rates may be of any size, or it is declared as stiff."""
    return bool(device.stiff) or is_bounded(device)


def is_bounded(device: DeviceModel) -> bool:
    """Whether a device's states have bounds; directions are held to spheres."""
    return _is_bounded(device.structure)


@functools.lru_cache(maxsize=256)
def _is_bounded(structure: Any) -> bool:
    bounded = any(state.bounds is not None for state in structure[0].state_declarations().values())
    return bounded and not compiled_for(*structure).system.spheres


def integrate_compiled(
    request: Request,
    start: FloatArray,
    reported: FloatArray,
    corners: FloatArray,
    *,
    rtol: float,
    atol: float,
    max_step: float = math.inf,
    patience: float = MOST_STEPS,
) -> tuple[FloatArray, FloatArray] | None:
    """Scaled states and the voltages of the driven branch at given times; None if a drive has no compiled form.

    Parameters
    ----------
    request : Request
        Device and drives.
    start : ndarray
        Scaled states at the beginning.
    reported : ndarray
        Increasing times. [s]
    corners : ndarray
        Times from the beginning to the end at which the integration begins anew. [s]
    rtol, atol : float
        Relative and absolute error per step.
    max_step : float
        Longest step. [s]
    patience : float
        Number of steps beyond which it is not gone on, as soon as that is seen.

    Raises
    ------
    SimulationError
        If the steps become too small or too many, or no voltage carries the current of the source.
    """
    marched = march(request, start, reported, corners, rtol=rtol, atol=atol, max_step=max_step, patience=patience)
    if marched is None:
        return None
    if not (request.by_current or request.limited):
        return marched.samples, request.waveform(reported)
    voltages, imposed = np.empty(len(reported)), np.empty(len(reported), dtype=np.bool_)
    marched.device.value.voltages[:] = 0.0  # sought from there, whatever the last step was
    load_loops()["voltages_at"](marched.device, reported, marched.samples, voltages, imposed)
    if not np.all(np.isfinite(voltages)):
        raise SimulationError("no voltage was found for the current that the source imposes")
    return marched.samples, np.where(imposed, request.waveform(reported), voltages)


def march(
    request: Request,
    start: FloatArray,
    reported: FloatArray,
    corners: FloatArray,
    *,
    rtol: float,
    atol: float,
    max_step: float = math.inf,
    most_steps: float = math.inf,
    patience: float = MOST_STEPS,
) -> Marched | None:
    """Take steps up to the end, or as many as there may be; None if a drive has no compiled form.

    Parameters
    ----------
    request, start, reported, corners, rtol, atol, max_step, patience
        As of :func:`integrate_compiled`.
    most_steps : float
        Number of steps after which to stop; samples after that are NaN.

    Raises
    ------
    SimulationError
        If the steps become too small, or too many to come to an end within hours.
    """
    implicit, places = is_implicit(request.device), compiled(request.device).sphere_places
    made = driven(request, stiff=implicit)
    if made is None:
        return None
    device = Bound(made, DRIVEN)
    samples = np.full((len(reported), len(start)), math.nan)
    beginning = int(np.searchsorted(reported, corners[0], side="right"))
    samples[:beginning] = on_spheres(start, places)
    state, at, finished = np.array(start, dtype=float), float(corners[-1]), True
    if len(start):
        loop = load_loops()["rosenbrock"] if implicit else load_explicit(len(start))
        carry = np.array([0.0, 0.0, 0.0, beginning, 0.0])
        arguments = (device, state, carry, corners, reported, samples)
        limits = (rtol, atol, max_step, STEPS_PER_CALL)
        spheres = np.array(places, dtype=np.int64).reshape(-1, 3)
        slopes = np.zeros((explicit.EXTENDED, len(start)))
        own = (is_steady(request), scaled_bounds(request.device)) if implicit else (spheres, slopes)
        outcome, steps = explicit.PAUSED, 0
        while outcome == explicit.PAUSED and steps < most_steps:
            heed_stop()
            outcome = loop(*arguments, *own, *limits, *(_tables() if implicit else ()))
            steps += STEPS_PER_CALL
            reached = float(corners[int(carry[explicit.CORNER])] + carry[explicit.TIME])
            judge(steps, reached, float(corners[-1]), patience * (1 if steps % STEPS_TO_JUDGE == 0 else HOPELESS))
        finished = outcome == explicit.DONE
        at = float(corners[int(carry[explicit.CORNER])] + carry[explicit.TIME])
        if outcome == explicit.GAVE_UP:
            raise SimulationError(f"the integrator gave up at t = {at:.6g} s: its steps became too small")
    return Marched(samples, state, at, finished, device)


def on_spheres(state: FloatArray, places: Sequence[Sequence[int]]) -> list[float]:
    """A state whose directions have unit length."""
    found: list[float] = state.tolist()
    for sphere in places:
        length = math.sqrt(sum(found[k] ** 2 for k in sphere))
        for k in sphere:
            found[k] /= length
    return found


@functools.cache
def _tables() -> list[Bound]:
    """Coefficients of the implicit method, as its loop takes them."""
    tables = rosenbrock.TABLES
    return [Bound(table, kind) for table, kind in zip(tables, ENTRIES["rosenbrock"].kinds[-len(tables) :], strict=True)]


def judge(steps: int, time: float, end: float, most: float = MOST_STEPS) -> None:
    """Refuse to go on where the end is out of reach of so many steps."""
    if steps * end > most * time:
        raise OutOfReachError(
            f"after {steps:g} steps the integrator is at t = {time:.6g} s of {end:.6g} s: ask for a weaker drive, a "
            "shorter duration, or a larger rtol"
        )


def scaled_bounds(device: DeviceModel) -> FloatArray:
    """The lowest and the highest value of each scaled state, in rows."""
    bounds = [s.bounds or (-math.inf, math.inf) for s in device.state_declarations().values()]
    return np.array(bounds).reshape(-1, 2) / scales_of(device)[:, None]
