r"""Whether a state lasts under a bias: where the states settle, and the eigenvalues of their motion there.

At rest the rates vanish, :math:`f(x) = 0`, and small deviations follow the eigenvalues :math:`\mu` of
:math:`\partial f / \partial x`, for a direction those on the tangent of its sphere. An eigenvalue of zero belongs to a
state that is held, such as the filament of a memristor or a domain wall that nothing pins; a positive real part makes
deviations grow: the state is unstable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...core.system import System
from ...core.vectors import compiled, initial_state, scales_of
from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray
from ..integrators.compiled_trajectory import march
from ..request import Request
from .trajectory import Dynamics

ComplexArray = npt.NDArray[np.complex128]

#: Step of the differences, in units of the states' scales.
DIFFERENCE = 1e-5
#: Eigenvalues below this part of the largest one are zero.
NEUTRAL = 1e-9
#: Relative size of a growth that is not a rounding error.
GROWING = 1e-7
#: States this close, in units of their scales, are the same state, moved by the bias.
NEAR = 0.5
#: Displacement by which an unstable equilibrium is left, in units of the scales.
KICK = 1e-3
#: Steps of an integration, and doublings of its length, after which states are taken to go on for ever.
MOST_STEPS, DOUBLINGS = 20_000, 40
#: Corrections of Newton's method.
CORRECTIONS = 30


@dataclass(frozen=True)
class Equilibrium:
    """Where the states of a device settle under a bias.

    Attributes
    ----------
    states : ndarray
        The states there, or where the search ended.
    eigenvalues : ndarray of complex
        Eigenvalues of their motion there, without those that are zero. [1/s]
    settled : bool
        Whether the states come to rest.
    same : bool
        Whether that is the state from which they started.
    """

    states: FloatArray
    eigenvalues: ComplexArray
    settled: bool
    same: bool

    @property
    def growth(self) -> float:
        """Rate at which deviations grow there [1/s]; negative if they decay, 0 if all states are held."""
        return float(np.max(self.eigenvalues.real, initial=-np.inf)) if len(self.eigenvalues) else 0.0

    @property
    def stable(self) -> bool:
        """Whether the states come to rest, and return to it."""
        return self.settled and not _grows(self.eigenvalues)

    @property
    def lasts(self) -> bool:
        """Whether the state from which they started lasts."""
        return self.stable and self.same


def jacobian(rates: Callable[[list[float]], Sequence[float]], state: Sequence[float], scales: FloatArray) -> FloatArray:
    """Derivatives of rates by the states, from central differences.

    They have nine digits, and the exact ones take seconds to be generated.

    Parameters
    ----------
    rates : callable
        The rates of the states. [1/s times their units]
    state : sequence of float
        The states.
    scales : ndarray
        Their scales.
    """
    entries = np.empty((len(state), len(state)))
    for k, scale in enumerate(scales):
        ends = []
        for sign in (1.0, -1.0):
            moved = list(state)
            moved[k] += sign * DIFFERENCE * scale
            ends.append(np.array(rates(moved), dtype=float))
        entries[:, k] = (ends[0] - ends[1]) / (2 * DIFFERENCE * scale)
    return entries


def tangent(system: System, state: Sequence[float]) -> FloatArray:
    """Projector of changes of the states on those that leave directions of length one."""
    project = np.eye(len(state))
    for sphere in system.spheres:
        rows = [list(system.states).index(symbol) for symbol in sphere]
        direction = np.zeros(len(state))
        direction[rows] = np.array(state)[rows]
        project -= np.outer(direction, direction) / (direction @ direction)
    return project


def eigenvalues(system: System, state: Sequence[float], entries: FloatArray) -> ComplexArray:
    """Eigenvalues other than zero of a Jacobian [1/s], on the tangent of the sphere for a direction.

    None if the Jacobian is not finite.
    """
    if not np.all(np.isfinite(entries)):
        return np.empty(0, dtype=complex)
    project = tangent(system, state)
    found: ComplexArray = np.asarray(np.linalg.eigvals(project @ entries @ project), dtype=complex)
    kept: ComplexArray = found[np.abs(found) > NEUTRAL * np.max(np.abs(found), initial=0.0)]
    return kept


def _grows(modes: ComplexArray) -> bool:
    # A mode that turns without decaying is a threshold; one that does not turn may be held.
    turning = np.abs(modes.imag) > GROWING * np.abs(modes)
    least = np.where(turning, -GROWING, GROWING) * np.max(np.abs(modes), initial=0.0)
    return bool(np.any(modes.real > least))


class _Motion:
    """The states of a device under a constant drive, in units of their scales."""

    def __init__(self, request: Request) -> None:
        self.dynamics = Dynamics(request)
        self.system = compiled(request.device).system
        self.scales = self.dynamics.scales
        states = request.device.state_declarations().values()
        self.angles = np.array([state.unit == "rad" for state in states])
        self.request = request.held()

    def after(self, duration: float, scaled: FloatArray) -> tuple[FloatArray, bool]:
        """The states after some time, or after as many steps as there may be, and whether it was all of the time."""
        request, ends = replace(self.request, duration=duration), np.array([0.0, duration])
        found = march(request, self.normal(scaled), ends[1:], ends, rtol=1e-6, atol=1e-9, most_steps=MOST_STEPS)
        assert found is not None, "constant drives have a compiled form"
        return self.normal(found.state), found.finished

    def normal(self, scaled: FloatArray) -> FloatArray:
        found = np.array(scaled, dtype=float)
        for sphere in self.system.spheres:
            rows = [list(self.system.states).index(symbol) for symbol in sphere]
            found[rows] /= np.linalg.norm(found[rows])
        return found

    def jacobian(self, scaled: FloatArray) -> FloatArray:
        return jacobian(lambda x: self.dynamics.rates(0.0, np.array(x)).tolist(), scaled.tolist(), np.ones(len(scaled)))

    def modes(self, scaled: FloatArray) -> ComplexArray:
        return eigenvalues(self.system, scaled.tolist(), self.jacobian(scaled))

    def distance(self, one: FloatArray, other: FloatArray) -> float:
        """How far two states are from each other: angles up to whole turns, without those that nothing depends on."""
        turns = 2 * np.pi / self.scales
        change = np.where(self.angles, (one - other + turns / 2) % turns - turns / 2, one - other)
        felt = np.max(np.abs(self.jacobian(other)), axis=0)
        free = self.angles & (felt <= NEUTRAL * np.max(felt, initial=0.0))
        return float(np.linalg.norm(change[~free]))

    def nearest_rest(self, start: FloatArray) -> FloatArray | None:
        """Newton's method for a point of rest; directions that nothing moves stay as they are."""
        return nearest_rest(self.system, lambda x: self.dynamics.rates(0.0, x), self.jacobian, self.normal, start)


def nearest_rest(
    system: System,
    rates: Callable[[FloatArray], FloatArray],
    slopes: Callable[[FloatArray], FloatArray],
    normal: Callable[[FloatArray], FloatArray],
    start: FloatArray,
) -> FloatArray | None:
    """Newton's method for a point of rest; directions that nothing moves stay as they are. None if it finds none.

    Parameters
    ----------
    system : System
        The device's equations.
    rates, slopes : callable
        Rates of the scaled states [1/s], and their derivatives.
    normal : callable
        Returns directions to their spheres.
    start : ndarray
        Scaled states to begin with.
    """
    x = start
    for _ in range(CORRECTIONS):
        entries = slopes(x)
        if not np.all(np.isfinite(entries)):
            return None
        project = tangent(system, x.tolist())
        pace = project @ rates(x)
        change = np.linalg.pinv(project @ entries @ project, rcond=NEUTRAL) @ -pace
        if not np.all(np.isfinite(change)) or np.linalg.norm(change) > 2.0:
            return None
        x = normal(x + change)
        if np.linalg.norm(change) < 1e-10:
            return x
    return None


def equilibrium(request: Request, states: FloatArray | None = None) -> Equilibrium:
    """Where the states of a device settle, under the drive at the beginning of a request.

    Parameters
    ----------
    request : Request
        The device, and its drive.
    states : ndarray, optional
        The states from which they go; default: the initial ones.
    """
    begin = initial_state(request.device) if states is None else states
    start = np.array(begin, dtype=float) / scales_of(request.device)
    if not len(start):
        return Equilibrium(start, np.empty(0, dtype=complex), True, True)
    motion = _Motion(request)
    rest = motion.nearest_rest(start)
    if rest is not None and np.linalg.norm(rest - start) < NEAR:
        modes = motion.modes(rest)
        if not _grows(modes):
            return Equilibrium(rest * motion.scales, modes, True, True)
    at = start if rest is None or np.linalg.norm(rest - start) >= NEAR else rest
    return _relaxed(motion, at, start)


def turning_modes(request: Request, states: FloatArray) -> tuple[ComplexArray, ComplexArray]:
    """The deviations from a rest that turn: their eigenvalues by rising frequency, and the states' part in each.

    Parameters
    ----------
    request : Request
        The device, and its drive.
    states : ndarray
        The states at rest.

    Returns
    -------
    tuple of ndarray
        Eigenvalues with a positive imaginary part [1/s], and a row of complex deviations of the states for each, in
        the states' units but for a factor.
    """
    motion = _Motion(request)
    scaled = states / motion.scales
    project = tangent(motion.system, scaled.tolist())
    found, vectors = np.linalg.eig(project @ motion.jacobian(scaled) @ project)
    turning = np.flatnonzero(found.imag > NEUTRAL * np.max(np.abs(found), initial=0.0))
    order = turning[np.argsort(found.imag[turning])]
    return found[order].astype(complex), (vectors[:, order] * motion.scales[:, None]).T.astype(complex)


def growth_beside(request: Request, states: FloatArray) -> tuple[float, FloatArray]:
    """Rate at which deviations grow about the rest nearest to some states [1/s], and that rest.

    NaN if there is none near them.

    Parameters
    ----------
    request : Request
        The device, and its drive.
    states : ndarray
        The states.
    """
    motion = _Motion(request)
    start = states / motion.scales
    rest = motion.nearest_rest(start)
    if rest is None or np.linalg.norm(rest - start) > NEAR:
        return float("nan"), states
    return float(np.max(motion.modes(rest).real, initial=-np.inf)), rest * motion.scales


def _relaxed(motion: _Motion, at: FloatArray, start: FloatArray) -> Equilibrium:
    """Where the states come to rest from beside a point, if they do."""
    modes = motion.modes(at)
    fastest = np.max(np.abs(modes.real), initial=0.0) or np.max(np.abs(modes), initial=1.0)
    # A kick of about the same size in every direction, that no symmetry of the equations shares: not that of two equal
    # magnets either, which would stay parallel.
    kick = KICK * np.array([(1.0, -0.7, 0.4)[k % 3] * (-0.8) ** (k // 3) for k in range(len(at))])
    x = motion.normal(at + kick)
    for doubling in range(DOUBLINGS):
        try:
            x, finished = motion.after(5 / fastest * 2.0**doubling, x)
        except SimulationError:
            break
        rest = motion.nearest_rest(x)
        if rest is not None and np.linalg.norm(rest - x) < 0.1:
            found = motion.modes(rest)
            if not _grows(found):
                same = motion.distance(rest, start) < NEAR
                return Equilibrium(rest * motion.scales, found, True, same)
        if not finished:
            break
    return Equilibrium(at * motion.scales, modes, False, False)
