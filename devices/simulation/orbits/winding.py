"""States that wind: angles that grow by whole turns in a period."""

from __future__ import annotations

import numpy as np

from ...core.vectors import initial_state, scales_of
from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray
from ..request import Request
from ..trajectories.trajectory import Dynamics

#: Angles from which a whole turn is tried. [rad]
TRIED = (0.0, 0.7, 2.1)
#: Relative change of the rates by a whole turn that is a rounding error.
ROUNDING = 1e-9


def whole_turns(request: Request) -> FloatArray:
    """A whole turn of each scaled state of a device; infinite for those after which the equations are not the same.

    An angle is a state in radian on which all rates depend with the period of a turn.
    """
    device = request.device
    scales = scales_of(device)
    declared = list(device.state_declarations().values())
    found = np.full(len(scales), np.inf)
    dynamics, start = Dynamics(request), np.array(initial_state(device)) / scales
    for k, state in enumerate(declared):
        if state.unit != "rad" or state.bounds is not None:
            continue
        turn = 2 * np.pi / scales[k]
        try:
            if all(_same(dynamics, start, k, angle / scales[k], turn) for angle in TRIED):
                found[k] = turn
        except (ArithmeticError, ValueError, SimulationError):
            continue
    return found


def _same(dynamics: Dynamics, scaled: FloatArray, k: int, angle: float, turn: float) -> bool:
    ends = []
    for turns in (0, 1):
        moved = scaled.copy()
        moved[k] += angle + turns * turn
        ends.append(dynamics.rates(0.0, moved))
    return bool(np.max(np.abs(ends[1] - ends[0])) <= ROUNDING * np.max(np.abs(ends[0]), initial=1e-300))
