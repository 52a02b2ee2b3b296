"""Trajectories by the compiled loops, which :mod:`synaspice.devices.simulation.trajectory` takes by default."""

from __future__ import annotations

import math

import numpy as np

from ...core.vectors import compiled
from ...language.errors import SimulationError
from ...language.waveforms import FloatArray
from ..request import Request
from .drives import driven
from .loop_cache import announce, load_loops

#: Steps between two looks at the keyboard.
STEPS_PER_CALL = 20_000


def integrate_compiled(
    request: Request,
    start: FloatArray,
    reported: FloatArray,
    corners: FloatArray,
    *,
    rtol: float,
    atol: float,
    max_step: float = math.inf,
    most_steps: float = math.inf,
) -> tuple[FloatArray, FloatArray] | None:
    """Scaled states and the voltages of the driven branch at given times; None if a drive has no compiled form.

    States without bounds, which precess, are integrated by an explicit method that keeps directions on their spheres;
    states between bounds, whose rates may be of any size, by a linearly implicit one.

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
    most_steps : float
        Number of steps after which to give up.

    Raises
    ------
    SimulationError
        If the steps become too small or too many, or no voltage carries the current of the source.
    """
    system = compiled(request.device).system
    places = [[system.states.index(symbol) for symbol in sphere] for sphere in system.spheres]
    spheres = np.array(places, dtype=np.int64).reshape(-1, 3)
    bounded = any(state.bounds is not None for state in request.device.state_declarations().values())
    implicit = bounded and not len(spheres)
    device = driven(request, stiff=implicit)
    if device is None:
        return None
    samples, voltages = np.empty((len(reported), len(start))), np.empty(len(reported))
    beginning = int(np.searchsorted(reported, corners[0], side="right"))
    samples[:beginning] = start
    loops = load_loops()
    explicit, rosenbrock = loops.explicit, loops.rosenbrock
    if len(start):
        loop = rosenbrock if implicit else explicit
        announce(loop)
        state, carry = np.array(start, dtype=float), np.array([0.0, 0.0, 0.0, beginning])
        arguments = (device, state, carry, corners, reported, samples)
        limits = (rtol, atol, max_step, STEPS_PER_CALL)
        own = _steady(request) if implicit else spheres
        outcome, steps = explicit.PAUSED, 0
        while outcome == explicit.PAUSED and steps < most_steps:
            outcome = loop.march(*arguments, own, *limits, *loop.TABLES)
            steps += STEPS_PER_CALL
        at = corners[int(carry[explicit.CORNER])] + carry[explicit.TIME]
        if outcome == explicit.PAUSED:
            raise SimulationError(f"the integrator took {steps} steps and came to t = {at:.6g} s")
        if outcome == explicit.GAVE_UP:
            raise SimulationError(f"the integrator gave up at t = {at:.6g} s: its steps became too small")
    for sphere in places:
        samples[:, sphere] /= np.linalg.norm(samples[:, sphere], axis=1, keepdims=True)
    imposed = np.empty(len(reported), dtype=np.bool_)
    loops.driven.voltages_at(device, reported, samples, voltages, imposed)
    if not np.all(np.isfinite(voltages)):
        raise SimulationError("no voltage was found for the current that the source imposes")
    return samples, np.where(imposed, request.waveform(reported), voltages)


def _steady(request: Request) -> bool:
    """Whether nothing that drives the device changes with time."""
    return all((lines := waveform.lines()) is not None and len(lines.times) == 1 for waveform in request.waveforms())
