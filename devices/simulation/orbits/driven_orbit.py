"""The periodic orbit of a driven device, and the search for it along a trajectory."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ...language.errors import ParameterError, SimulationError
from ...language.waveforms.corners import Repetition
from ...language.waveforms.shapes import FloatArray
from ..request import Request
from ..trajectories.tables import tabulate
from ..trajectories.trajectory import solve
from .cycle import Cycle, Motion
from .driven import ATOL, CLOSED, RTOL, Closed, Strobe
from .orbit import PeriodicOrbit

if TYPE_CHECKING:
    import pandas as pd

#: Times at which an orbit is sampled.
SAMPLES = 1024
#: How often the number of periods that pass between two looks is doubled.
DOUBLINGS = 15
#: How near, in units of its size, the trajectory must have come to an orbit.
NEAR = 0.15
#: Relative difference of a decay from that of small deviations that shows that they are small.
LINEAR = 0.1
#: Multipliers up to this are those of states that nothing moves away.
KEEPING = 1 + 1e-6


@dataclass(frozen=True)
class DrivenOrbit(PeriodicOrbit):
    r"""The periodic steady state of a device under a periodic drive.

    It has the phase of the drive: the times of :meth:`table` count from a whole number of the drive's periods. All of
    its multipliers tell of deviations; a multiplier of 1 belongs to a state that nothing brings back, such as a charge.

    Attributes
    ----------
    periods : int
        How many periods of the drive it takes.
    turns : dict
        Whole turns per period of states that are angles, by their names.
    """

    periods: int = 1
    turns: dict[str, int] = field(default_factory=dict)
    begin: float = 0.0

    @functools.cached_property
    def _quantities(self) -> dict[str, FloatArray]:
        count = len(self.cycle.states)
        return self.motion.known(self.cycle.states, self.begin + self.period * np.arange(count) / count)

    def _tabulated(self, points: int) -> pd.DataFrame:
        times = self.begin + np.linspace(0.0, self.period, points)
        request = replace(self.motion.request, duration=float(times[-1]))
        start = self.cycle.states[0] * self.motion.scales
        states, voltage = solve(request, times, rtol=RTOL, atol=ATOL, states=start, begin=self.begin)
        found = tabulate(request, times, voltage, states)
        found["time"] = times - self.begin
        return found

    def _require_free(self) -> None:
        raise ParameterError("a driven orbit has the phase of its drive, which noise does not diffuse")


def driven_orbit(request: Request, repetition: Repetition, periods: int, start: FloatArray, close: bool) -> DrivenOrbit:
    """The periodic orbit of a driven device: that near some scaled states, or to which a trajectory goes from there.

    Parameters
    ----------
    request : Request
        The device and its drives.
    repetition : Repetition
        How the drives repeat themselves.
    periods : int
        Periods of the drives in one of the orbit.
    start : ndarray
        Scaled states.
    close : bool
        Whether an orbit is close to them.

    Raises
    ------
    SimulationError
        If there is none near them, or the trajectory comes near none.
    """
    begin = repetition.period * max(0, math.ceil(repetition.start / repetition.period - 1e-9))
    strobe = Strobe(request, begin, periods * repetition.period)
    name = request.device.model_name()
    if close:
        found = strobe.closed(start)
        if found is None:
            raise SimulationError(f"{name} has no periodic orbit near the given one")
    else:
        found = _reached(strobe, _begun(request, begin, start, strobe.scales))
        if found is None:
            times = "the drive's period" if periods == 1 else f"{periods} periods of the drive"
            raise SimulationError(
                f"{name} comes near no periodic orbit of {times}: its oscillation may take more of them (periods), or "
                "not be locked to the drive"
            )
    for count in range(1, periods):
        if periods % count == 0:
            shorter = Strobe(request, begin, count * repetition.period)
            if np.max(np.abs(shorter.gap(found.states, shorter.after(found.states))[0])) <= CLOSED:
                return driven_orbit(request, repetition, count, found.states, close=True)
    samples = strobe.begin + strobe.length * np.arange(SAMPLES) / SAMPLES
    motion = Motion(strobe.request)
    turns = {state: int(turn) for state, turn in zip(motion.names, found.turns, strict=True) if turn != 0}
    return DrivenOrbit(
        request.device, strobe.length, found.multipliers(strobe.spheres), motion,
        Cycle(strobe.states(found.states, samples), strobe.length), periods, turns, strobe.begin,
    )  # fmt: skip


def _begun(request: Request, begin: float, start: FloatArray, scales: FloatArray) -> FloatArray:
    """Scaled states when the drives begin to repeat themselves."""
    if begin == 0:
        return start
    found, _ = solve(replace(request, duration=begin), np.array([begin]), rtol=RTOL, atol=ATOL, states=start * scales)
    return np.asarray(found[0] / scales)


def _reached(strobe: Strobe, x: FloatArray) -> Closed | None:
    """The orbit to which a trajectory goes, as soon as that is seen."""
    for doubling in range(DOUBLINGS):
        before, count = x, 2 ** max(0, doubling - 1)
        x = strobe.later(x, count)
        found = strobe.closed(x)
        if found is None or np.max(np.abs(found.multipliers(strobe.spheres)), initial=0.0) > KEEPING:
            continue
        one, other = (strobe.gap(found.states, states)[0] for states in (before, x))
        expected = np.linalg.matrix_power(found.monodromy, count) @ one
        small = np.linalg.norm(expected - other) <= LINEAR * np.linalg.norm(one)
        times = strobe.begin + strobe.length * np.arange(65) / 64
        extent = np.max(np.ptp(strobe.states(found.states, times), axis=0))
        if np.linalg.norm(other) <= NEAR * extent or (small and np.linalg.norm(other) < np.linalg.norm(one)):
            return found
    return None
