"""The step at which the scheme with noise follows the motion that there is without it, of states between bounds.

Rates of filaments and windows change by many orders of magnitude under a drive: a step that suits the noise at rest
may take such a state from end to end. So the scheme is tried without noise, beside the adaptive one.
"""

from __future__ import annotations

import numpy as np

from ...core.vectors import initial_state, scales_of
from ...language.errors import ResolutionWarning, SimulationError, warn_user
from ..integrators.compiled_loops import load_loops
from ..integrators.compiled_trajectory import is_bounded, scaled_bounds
from ..integrators.drives import driven
from ..request import Request
from ..trajectories.trajectory import solve

#: Times at which the trajectories are compared, and their mean difference, in units of a state's range, that will do.
LOOKS, ALIKE = 257, 0.01
#: Factor between steps that are tried, and how many of them a trial may take.
FINER, MOST_STEPS = 4.0, 2e7


def resolving_step(request: Request, step: float) -> float:
    """A step [s] that resolves the motion without noise: the given one, or a shorter one.

    Warns
    -----
    ResolutionWarning
        If none of the steps that there is time for does.
    """
    bounded = is_bounded(request.device) and request.device.state_declarations()
    if not bounded or request.duration / step > MOST_STEPS:
        return step
    made = driven(request, stiff=False)
    if made is None:
        return step
    scales = scales_of(request.device)
    times = np.linspace(0.0, request.duration, LOOKS)
    try:
        right = solve(request, times, rtol=1e-6, atol=1e-9)[0] / scales
    except SimulationError:
        return step
    bounds = scaled_bounds(request.device)
    extent = bounds[:, 1] - bounds[:, 0]
    extent = np.where(np.isfinite(extent), extent, np.maximum(np.ptp(right, axis=0), 1.0))
    tried, found = step, np.empty_like(right)
    while request.duration / tried <= MOST_STEPS:
        made.voltages[:] = 0.0
        start = np.array(initial_state(request.device), dtype=float) / scales
        load_loops()["fixed_steps"](made, start, bounds, times, tried, found)
        difference = np.mean(np.abs(found - right), axis=0) / extent
        if np.all(difference <= ALIKE):
            return tried
        tried /= FINER
    off = float(np.max(difference)) if np.all(np.isfinite(difference)) else np.inf
    warn_user(
        f"steps of {tried * FINER:.3g} s do not resolve the motion of {request.device.model_name()} under this drive: "
        f"its states are off by {off:.2g} of their range on average; give a time_step, or a slower drive",
        ResolutionWarning,
    )
    return tried * FINER
