r"""The equations of a periodic orbit, and Newton's method for it.

An orbit of an autonomous device is a function of period 1 of the phase :math:`\tau = t / T`, with

.. math::

    \frac{dx}{d\tau} = T f(x),

at N times of a period (:mod:`~synaspice.devices.simulation.orbits.periodic_functions`), together with its period T; the
phase is free, and held to that of the first guess. This is collocation with trigonometric functions: the error falls
exponentially with N for smooth equations. A direction lives on its sphere, which the rates keep whatever its radius;
here they also pull it there, so that orbits do not come in families.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.vectors import compiled, parameter_vector, scales_of
from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray
from ..integrators.compiled_loops import load_loops
from ..integrators.drives import driven
from ..integrators.loops.driven import DRIVEN
from ..machine.program import Bound
from ..numerics.small_matrices import one_thread
from ..operating_points.static import evaluate_static
from ..request import Request
from ..trajectories.stability import NEAR as NEAR_REST
from ..trajectories.stability import eigenvalues, nearest_rest
from ..trajectories.trajectory import Dynamics
from .periodic_functions import differentiation, resampled, unresolved

#: Step of the differences, in units of the states' scales.
DIFFERENCE = 1e-5
#: Newton's corrections, and the size of one that need not be made, in units of the states' scales.
CORRECTIONS, SETTLED = 12, 1e-12
#: A correction as large as this, in units of the orbit's size, leads to another one.
REACH = 2.0
#: Harmonics in the highest quarter that are small enough, and the numbers of times in a period that are tried.
RESOLVED, COUNTS = 1e-8, (33, 65, 129, 257, 513)
#: Part of the number of times that seems to be needed which is tried.
ENOUGH = 0.9
#: A correction so small, in units of the orbit's size, and harmonics so much too large, show that more are needed.
ROUGH, FAR = 1e-4, 100.0
#: Strength with which directions are pulled onto their spheres, per period.
PULL = 2 * np.pi


@dataclass(frozen=True)
class Cycle:
    """An orbit at N times of its period: scaled states (N, n) and the period [s]."""

    states: FloatArray
    period: float


class Motion:
    """The rates of a driven device at many states at once, in scaled states.

    They are computed by the machine code that trajectories take. Without times the drives are those of time 0.
    """

    def __init__(self, request: Request) -> None:
        self.request, self.device = request, request.device
        self.functions = compiled(request.device)
        self.scales = scales_of(request.device)
        system = self.functions.system
        self.names = self.functions.state_names
        self.spheres = [[system.states.index(symbol) for symbol in sphere] for sphere in system.spheres]
        given = dict(zip(self.functions.parameter_names, parameter_vector(request.device), strict=True))
        given |= {name: float(waveform(0.0)) for name, waveform in request.inputs.items()}
        #: Values of the parameters, with those of the driven inputs at time 0.
        self.parameters = list(given.values())
        device = driven(request, stiff=False)
        self._driven = None if device is None else Bound(device, DRIVEN)

    def __reduce__(self) -> tuple[Any, ...]:
        # The machine code and where its arguments lie belong to this process.
        return Motion, (self.request,)

    def voltages(self, scaled: FloatArray, times: FloatArray | None = None) -> dict[str, FloatArray]:
        """Voltages of the branches at states (N, n).

        Raises
        ------
        SimulationError
            If no voltage carries the current of the source.
        """
        count = len(scaled)
        at = np.zeros(count) if times is None else times
        found = dict.fromkeys(self.functions.voltage_names, np.zeros(count)) | self.request.voltages_at(at)
        own = self.functions.voltage_names[self.request.branch]
        if self._driven is None:
            dynamics = Dynamics(self.request)
            found[own] = np.array([dynamics.voltage(t, x) for t, x in zip(at.tolist(), scaled, strict=True)])
            return found
        into, imposed = np.empty(count), np.empty(count, dtype=np.bool_)
        load_loops()["voltages_at"](self._driven, at, np.ascontiguousarray(scaled), into, imposed)
        if not np.all(np.isfinite(into)):
            raise SimulationError("no voltage was found for the current that the source imposes")
        return found | {own: into}

    def quantities(self, scaled: FloatArray, times: FloatArray | None = None) -> dict[str, FloatArray]:
        """Voltages, currents, observables and rates at states (N, n)."""
        voltages = self.voltages(scaled, times)
        drives = self.request.drives_at(np.zeros(len(scaled)) if times is None else times)
        states = dict(zip(self.names, (scaled * self.scales).T, strict=True))
        return voltages | evaluate_static(self.device, {**voltages, **states, **drives})

    def known(self, scaled: FloatArray, times: FloatArray | None = None) -> dict[str, FloatArray]:
        """The same with the states themselves."""
        return self.quantities(scaled, times) | dict(zip(self.names, (scaled * self.scales).T, strict=True))

    def rates(self, scaled: FloatArray) -> FloatArray:
        """d(scaled state)/dt at states (N, n); not a number where no voltage carries the current of the source."""
        assert self._driven is not None, "constant drives have a compiled form"
        found = np.empty(scaled.shape)
        load_loops()["rates_over"](self._driven, np.zeros(len(scaled)), np.ascontiguousarray(scaled), found)
        return found

    def jacobians(self, scaled: FloatArray) -> FloatArray:
        """d(rates)/d(scaled states) at states (N, n): (N, n, n), from central differences of nine digits."""
        count, n = scaled.shape
        moves = DIFFERENCE * np.concatenate([np.eye(n), -np.eye(n)])
        moved = (scaled[None, :, :] + moves[:, None, :]).reshape(-1, n)
        found = self.rates(moved).reshape(2, n, count, n)
        return np.asarray(np.moveaxis((found[0] - found[1]) / (2 * DIFFERENCE), 0, 2))

    def normal(self, scaled: FloatArray) -> FloatArray:
        """States with their directions on the spheres."""
        found = np.array(scaled, dtype=float)
        for rows in self.spheres:
            found[:, rows] /= np.linalg.norm(found[:, rows], axis=1, keepdims=True)
        return found

    def rest_beside(self, scaled: FloatArray) -> tuple[FloatArray, float]:
        """The rest nearest to some states (n), and the rate at which deviations from it grow [1/s].

        NaN if there is none near them.
        """

        def slopes(x: FloatArray) -> FloatArray:
            return np.asarray(self.jacobians(x[None, :])[0])

        system = self.functions.system
        found = nearest_rest(
            system, lambda x: self.rates(x[None, :])[0], slopes, lambda x: self.normal(x[None, :])[0], scaled
        )
        if found is None or np.linalg.norm(found - scaled) > NEAR_REST:
            return scaled, float("nan")
        return found, float(np.max(eigenvalues(system, found.tolist(), slopes(found)).real, initial=-np.inf))

    def pull(self, scaled: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rates per period that lead directions to their spheres, and their derivatives."""
        count, n = scaled.shape
        pace, slopes = np.zeros((count, n)), np.zeros((count, n, n))
        for rows in self.spheres:
            m = scaled[:, rows]
            excess = (np.sum(m**2, axis=1) - 1) / 2
            pace[:, rows] = -PULL * excess[:, None] * m
            outer = m[:, :, None] * m[:, None, :] + excess[:, None, None] * np.eye(len(rows))
            slopes[np.ix_(range(count), rows, rows)] = -PULL * outer
        return pace, slopes


def operator(slopes: FloatArray) -> FloatArray:
    """Matrix of d/dtau less the derivatives of the rates (N, n, n): (N n, N n)."""
    count, n, _ = slopes.shape
    matrix = _change(count, n).copy()
    place = np.arange(count)
    matrix.reshape(count, n, count, n)[place, :, place, :] -= slopes
    return matrix


@functools.lru_cache(maxsize=8)
def _change(count: int, n: int) -> FloatArray:
    """Matrix of the derivatives of n functions."""
    return np.asarray(np.kron(differentiation(count), np.eye(n)))


def mismatch(motion: Motion, x: FloatArray, period: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Residual of the equations of an orbit (N n), its derivatives by the states (N n, N n), and by the period (N n).

    Not numbers where no voltage carries the current of the source.
    """
    rates, (pace, bends) = motion.rates(x), motion.pull(x)
    residual = (differentiation(len(x)) @ x - period * rates - pace).ravel()
    return residual, operator(period * motion.jacobians(x) + bends), -rates.ravel()


def slopes_of(motion: Motion, cycle: Cycle) -> FloatArray:
    """Derivatives by the states of the rates per period, along an orbit."""
    return np.asarray(cycle.period * motion.jacobians(cycle.states) + motion.pull(cycle.states)[1])


@one_thread()
def closed(motion: Motion, guess: Cycle, reach: float = REACH) -> Cycle | None:
    """The orbit near a guess, with as many times as it needs; None if Newton's method does not find it.

    Parameters
    ----------
    motion : Motion
        The device, driven.
    guess : Cycle
        The guess.
    reach : float
        How large a correction may be, in units of the guess's size.
    """
    at, needed = guess, float(len(guess.states))
    for count in COUNTS:
        if count < needed:
            continue
        found = _corrected(motion, Cycle(resampled(at.states, count), at.period), reach)
        if found is None or (rest := unresolved(found.states)) <= RESOLVED:
            return found
        # Harmonics of smooth orbits fall like a geometric series.
        at, needed = found, ENOUGH * count * np.log(RESOLVED) / np.log(min(rest, 0.5))
    return None


def _corrected(motion: Motion, guess: Cycle, reach: float) -> Cycle | None:
    """Newton's method for an orbit with as many times as the guess; None if it does not converge.

    It stops early where more times are needed.
    """
    x, period = motion.normal(guess.states), guess.period
    count, n = x.shape
    reference, along = x, differentiation(count) @ x
    size, last = spread(x), 0.0
    matrix, residual = np.zeros((count * n + 1, count * n + 1)), np.zeros(count * n + 1)
    matrix[-1, :-1] = along.ravel()
    for _ in range(CORRECTIONS):
        residual[:-1], matrix[:-1, :-1], matrix[:-1, -1] = mismatch(motion, x, period)
        residual[-1] = np.sum((x - reference) * along)
        if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(residual))):
            return None
        try:
            change = np.linalg.solve(matrix, -residual)
        except np.linalg.LinAlgError:
            return None
        x, period = x + change[:-1].reshape(count, n), period + change[-1]
        step = float(np.max(np.abs(change[:-1])))
        # A correction as large as the orbit leads to another one, or to rest.
        if not (0.5 * guess.period < period < 2 * guess.period) or step > reach * size:
            return None
        if step <= ROUGH * size and unresolved(x) > FAR * RESOLVED and count < COUNTS[-1]:
            return Cycle(motion.normal(x), period)
        # The number of right digits doubles: the next correction is known before it is made.
        following = step * min(1.0, (step / last) ** 2 if last else 1.0)
        last = step
        if following <= SETTLED * max(1.0, float(np.max(np.abs(x)))):
            return Cycle(motion.normal(x), period) if spread(x) > 0.2 * size else None
    return None


def spread(states: FloatArray) -> float:
    """Root mean square of the distance from the mean."""
    return float(np.sqrt(np.sum(np.var(states, axis=0))))
