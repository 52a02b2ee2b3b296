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

from dataclasses import dataclass

import numpy as np

from ...core.vectors import compiled, parameter_vector, scales_of
from ...language.waveforms import FloatArray
from ..newton import voltages_at_current
from ..request import Request
from ..static import evaluate_static
from .periodic_functions import differentiation, resampled, unresolved

#: Step of the differences, in units of the states' scales.
DIFFERENCE = 1e-5
#: Newton's corrections, and the size of one that is the last, in units of the states' scales.
CORRECTIONS, SETTLED = 12, 1e-10
#: Harmonics in the highest quarter that are small enough, and the numbers of times in a period that are tried.
RESOLVED, COUNTS = 1e-8, (33, 65, 129, 257, 513)
#: Strength with which directions are pulled onto their spheres, per period.
PULL = 2 * np.pi


@dataclass(frozen=True)
class Cycle:
    """An orbit at N times of its period: scaled states (N, n) and the period [s]."""

    states: FloatArray
    period: float


class Motion:
    """The rates of a device under a constant drive at many states at once, in scaled states."""

    def __init__(self, request: Request) -> None:
        self.request, self.device = request, request.device
        self.functions = compiled(request.device)
        self.scales = scales_of(request.device)
        system = self.functions.system
        self.names = self.functions.state_names
        self.spheres = [[system.states.index(symbol) for symbol in sphere] for sphere in system.spheres]
        inputs = {name: float(waveform(0.0)) for name, waveform in request.inputs.items()}
        given = dict(zip(self.functions.parameter_names, parameter_vector(request.device), strict=True)) | inputs
        #: Values of the parameters, with those of the driven inputs.
        self.parameters = list(given.values())
        self._solved: dict[int, FloatArray] = {}
        self._drive = float(request.waveform(0.0))
        self._inputs = inputs
        names = self.functions.voltage_names
        self._voltages = dict.fromkeys(names, 0.0)
        self._voltages |= {names[k]: float(waveform(0.0)) for k, waveform in request.voltages.items()}

    def voltages(self, scaled: FloatArray) -> dict[str, FloatArray]:
        """Voltages of the branches at states (N, n)."""
        found = {name: np.full(len(scaled), value) for name, value in self._voltages.items()}
        driven = self.functions.voltage_names[self.request.branch]
        if not self.request.by_current:
            return found | {driven: np.full(len(scaled), self._drive)}
        x = list((scaled * self.scales).T)
        current = np.full(len(scaled), self._drive)
        # Of a current, Newton's method begins at the solution for states of the same number, which are near.
        near = self._solved.get(len(scaled), 0.0)
        solved = voltages_at_current(
            self.functions, self.request.branch, current, list(found.values()), x, self.parameters, near
        )
        self._solved[len(scaled)] = solved
        return found | {driven: solved}

    def quantities(self, scaled: FloatArray) -> dict[str, FloatArray]:
        """Voltages, currents, observables and rates at states (N, n)."""
        voltages = self.voltages(scaled)
        states = dict(zip(self.names, (scaled * self.scales).T, strict=True))
        return voltages | evaluate_static(self.device, {**voltages, **states, **self._inputs})

    def rates(self, scaled: FloatArray) -> FloatArray:
        """d(scaled state)/dt at states (N, n)."""
        found = self.quantities(scaled)
        return np.stack([found[f"d{name}/dt"] for name in self.names], axis=1) / self.scales

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
    matrix = np.kron(differentiation(count), np.eye(n)).reshape(count, n, count, n)
    place = np.arange(count)
    matrix[place, :, place, :] -= slopes
    return np.asarray(matrix.reshape(count * n, count * n))


def slopes_of(motion: Motion, cycle: Cycle) -> FloatArray:
    """Derivatives by the states of the rates per period, along an orbit."""
    return np.asarray(cycle.period * motion.jacobians(cycle.states) + motion.pull(cycle.states)[1])


def closed(motion: Motion, guess: Cycle) -> Cycle | None:
    """The orbit near a guess, with as many times as it needs; None if Newton's method does not find it."""
    at = guess
    for count in COUNTS:
        if count < len(guess.states):
            continue
        found = _corrected(motion, Cycle(resampled(at.states, count), at.period))
        if found is None or unresolved(found.states) <= RESOLVED:
            return found
        at = found
    return None


def _corrected(motion: Motion, guess: Cycle) -> Cycle | None:
    """Newton's method for an orbit with as many times as the guess; None if it does not converge."""
    x, period = motion.normal(guess.states), guess.period
    count, n = x.shape
    derivative = differentiation(count)
    reference, along = x, derivative @ x
    size = np.sqrt(np.mean(np.sum((x - x.mean(axis=0)) ** 2, axis=1)))
    for _ in range(CORRECTIONS):
        rates = motion.rates(x)
        pace, _ = motion.pull(x)
        residual = np.append((derivative @ x - period * rates - pace).ravel(), np.sum((x - reference) * along))
        matrix = np.zeros((count * n + 1, count * n + 1))
        matrix[:-1, :-1] = operator(slopes_of(motion, Cycle(x, period)))
        matrix[:-1, -1] = -rates.ravel()
        matrix[-1, :-1] = along.ravel()
        if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(residual))):
            return None
        try:
            change = np.linalg.solve(matrix, -residual)
        except np.linalg.LinAlgError:
            return None
        x, period = x + change[:-1].reshape(count, n), period + change[-1]
        step = np.max(np.abs(change[:-1]))
        # A correction as large as the orbit leads to another one, or to rest.
        if not (0.5 * guess.period < period < 2 * guess.period) or step > 2 * size:
            return None
        if step <= SETTLED * max(1.0, float(np.max(np.abs(x)))):
            spread = np.sqrt(np.mean(np.sum((x - x.mean(axis=0)) ** 2, axis=1)))
            return Cycle(motion.normal(x), period) if spread > 0.2 * size else None
    return None
