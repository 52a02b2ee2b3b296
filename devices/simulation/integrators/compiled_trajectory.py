"""Trajectories by the compiled loops: what integrates them in :mod:`synaspice.devices.simulation.trajectory` by default."""

from __future__ import annotations

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
    max_step: float,
) -> tuple[FloatArray, FloatArray] | None:
    """Scaled states and the voltages of the driven branch at given times; None if a drive has no compiled form.

    Magnetisations are integrated by an explicit method that keeps them on their spheres, everything else by a linearly
    implicit one.

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

    Raises
    ------
    SimulationError
        If the steps become too small.
    """
    system = compiled(request.device).system
    spheres = np.array([[system.states.index(symbol) for symbol in sphere] for sphere in system.spheres], dtype=np.int64)
    device = driven(request, stiff=not len(spheres))
    if device is None:
        return None
    samples, voltages = np.empty((len(reported), len(start))), np.empty(len(reported))
    beginning = int(np.searchsorted(reported, corners[0], side="right"))
    samples[:beginning] = start
    loops = load_loops()
    explicit, rosenbrock = loops.explicit, loops.rosenbrock
    if len(start):
        loop = explicit if len(spheres) else rosenbrock
        announce(loop)
        state, carry = np.array(start, dtype=float), np.array([corners[0], 0.0, 0.0, beginning])
        arguments = (device, state, carry, corners[1:], reported, samples)
        limits = (rtol, atol, max_step, STEPS_PER_CALL)
        outcome = explicit.PAUSED
        while outcome == explicit.PAUSED:
            outcome = loop.march(*arguments, spheres if len(spheres) else _steady(request), *limits, *loop.TABLES)
        if outcome == explicit.GAVE_UP:
            raise SimulationError(
                f"the integrator gave up at t = {carry[explicit.TIME]:.6g} s: its steps became too small"
            )
    loops.driven.voltages_at(device, reported, samples, voltages)
    return samples, voltages


def _steady(request: Request) -> bool:
    """Whether nothing that drives the device changes with time."""
    return all((lines := waveform.lines()) is not None and len(lines.times) == 1 for waveform in request.waveforms())
