r"""Escape of a macrospin from one of two states by thermal agitation: the theory of Kramers, Brown and Langer.

On an orbit of the energy :math:`E`, about a state, the damping takes :math:`\ell(E)` and damping and torques together
take :math:`\ell_n(E)` in a period :math:`\tau(E)`. Energies count in :math:`k_B T` from the state. The diffusion of the
energy makes :math:`e^{-\Phi}` of the Boltzmann factor, and a mean time to the saddle's energy :math:`E_s`,

.. math::

    \Phi(E) = \int_0^E r\,dE', \quad r = \frac{\ell_n}{\ell}, \qquad
    \frac{1}{\Gamma_E} = \int_0^{E_s} \frac{e^{\Phi(E)}}{\ell(E)} \int_0^E \tau\,e^{-\Phi(E')}\,dE'\,dE

With more damping a magnet does not pass the saddle in small steps. The change of energy from one passage near it to the
next is Gaussian, of mean :math:`-r \ell` and variance :math:`2\ell`; over the scale :math:`1 / r` of the energies there
that is Mel'nikov's problem with a loss of :math:`\delta = r^2 \ell`, so that

.. math::

    \Gamma = \Gamma_E\, \frac{A(\delta_1)}{\delta_1}\, \frac{A(\delta_2)}{A(\delta_1 + \delta_2)}\,
        \frac{\lambda_+}{\omega_s}, \qquad
    \ln A(\delta) = \frac1\pi \int_0^\infty
        \ln\left[1 - e^{-\delta (\lambda^2 + 1/4)}\right] \frac{d\lambda}{\lambda^2 + 1/4}

with the losses :math:`\delta_1, \delta_2` in the state and in the other one, the growth :math:`\lambda_+` of the damped
motion at the saddle and that without damping, :math:`\omega_s`. As the loss falls steeply towards the saddle's energy,
the one that counts is that which the diffusion has, :math:`\delta = \Gamma_E\, r_s \int \tau\, e^{\Phi(E_s) -
\Phi(E)}\, dE`, which is :math:`r^2 \ell` if it does not change. Without torques and for a high barrier this is the
formula of Langer with Mel'nikov's factor; with them it is derived here, and held to noisy trajectories by the tests.

A magnet without an easier direction on the ridge between its states has a ring for a saddle: its energy is all there
is, and the diffusion goes on beyond the ridge into the other state. There it is Brown's equation, with the torque in
full.

A state whose net loss turns into a gain below :math:`E_s` is left from there on by itself, and :math:`\Phi` has its top
there. If the other one gains energy at its saddle, or nearly, the magnet is thrown back from it or goes round above the
saddles: that is refused.

References
----------
W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677; W. T. Coffey, Y. P. Kalmykov, J. Appl. Phys.
112, 121301 (2012), doi:10.1063/1.4754272 (review); D. M. Apalkov, P. B. Visscher, Phys. Rev. B 72, 180405 (2005),
doi:10.1103/PhysRevB.72.180405 (energy under a spin torque).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev

from ..language.errors import ParameterError
from ..language.waveforms.shapes import FloatArray

#: Orbits that are followed, directions on each, and points of the energy between them.
ORBITS, AROUND, POINTS = 24, 128, 2000
#: Least net loss in the other well at the saddle, over that to the damping, for two states. At 0.23 trajectories were
#: found to leave a quarter faster than told, at 0.5 and more as fast.
LEAST_LOSS = 0.2
#: Loss over k_B T below which there is none.
TINY = 1e-9
#: Energy below the ridge, from the other state, at which a magnet has arrived there.
ARRIVED = 0.15


@dataclass(frozen=True)
class Landscape:
    """Energy of a macrospin, quadratic in its direction, and its motion.

    Attributes
    ----------
    pull : ndarray
        Field that pulls towards each axis. [A/m]
    field : ndarray
        External field. [A/m]
    gamma_0 : float
        Gyromagnetic ratio times the vacuum permeability. [m/(A*s)]
    damping : float
        Gilbert damping. [-]
    stiffness : float
        mu_0 M_s V / k_B T. [m/A]
    rates : callable
        dm/dt of the driven magnet, damping and torques included, by m, whose last axis is x, y, z. [1/s]
    """

    pull: FloatArray
    field: FloatArray
    gamma_0: float
    damping: float
    stiffness: float
    rates: Callable[[FloatArray], FloatArray]

    def energy(self, m: FloatArray) -> float:
        """Energy of a direction over mu_0 M_s V [A/m]."""
        return float(-0.5 * self.pull @ m**2 - self.field @ m)

    def effective(self, m: FloatArray) -> FloatArray:
        """Effective field [A/m]."""
        return self.pull * m + self.field

    def curvatures(self, m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Principal curvatures of the energy on the sphere, rising, and their directions as columns.

        Of one direction or, along the first axis, of several.
        """
        apart = np.eye(3)[np.argmin(np.abs(m), axis=-1)]
        first = np.cross(m, apart)
        first /= np.linalg.norm(first, axis=-1, keepdims=True)
        basis = np.stack([first, np.cross(m, first)], axis=-1)
        along = np.sum(self.effective(m) * m, axis=-1)[..., None, None]
        across = np.swapaxes(basis, -1, -2)
        values, vectors = np.linalg.eigh(along * np.eye(2) - (across * self.pull) @ basis)
        return values, basis @ vectors

    def rests(self) -> FloatArray:
        """Directions without torque: states, saddles and summits; of a ring of them, some."""
        starts = np.array([s for s in itertools.product((-1.0, -0.3, 0.0, 0.3, 1.0), repeat=3) if any(s)])
        m = starts / np.linalg.norm(starts, axis=1)[:, None]
        for _ in range(50):
            values, vectors = self.curvatures(m)
            slope = -np.sum(vectors * self.effective(m)[:, :, None], axis=1)
            stiff = np.abs(values) > 1e-9 * np.max(np.abs(values), axis=1)[:, None]
            step = np.where(stiff, -slope / np.where(stiff, values, 1.0), 0.0)
            size = np.linalg.norm(step, axis=1)
            if np.all(size < 1e-12):
                break
            step *= np.minimum(1.0, 0.3 / np.maximum(size, 1e-300))[:, None]
            m = m + np.sum(vectors * step[:, None, :], axis=2)
            m = m / np.linalg.norm(m, axis=1)[:, None]
        torque = np.linalg.norm(np.cross(m, self.effective(m)), axis=1)
        # Where the curvature vanishes, there may be a slope all the same.
        found: list[FloatArray] = []
        for there in m[(size < 1e-12) & (torque < 1e-6 * np.max(np.abs(values), axis=1))]:
            if all(np.linalg.norm(there - other) > 1e-6 for other in found):
                found.append(there)
        return np.array(found).reshape(-1, 3)

    # --- the rate -------------------------------------------------------------------------------

    @np.errstate(over="ignore", invalid="ignore")  # of barriers beyond all numbers the height alone is told
    def escape(self, state: FloatArray) -> tuple[float, float]:
        """Rate of escape [1/s] from a state to the other one, and the barrier over k_B T.

        Parameters
        ----------
        state : ndarray
            A direction in the state's well.

        Raises
        ------
        ParameterError
            If there are no two states with a saddle between them, or a torque takes one of them away.
        """
        rests = [(m, self.curvatures(m)[0]) for m in self.rests()]
        small = 1e-7 * float(np.max(self.pull) - np.min(self.pull))
        minima = [m for m, c in rests if c[0] > small]
        saddles = [m for m, c in rests if c[0] < -small and c[1] > -small]
        if len(minima) != 2 or not saddles:
            raise ParameterError("the magnet has no two states with a barrier between them")
        here, there = sorted(minima, key=lambda m: -float(m @ state))
        at_saddle = [self.curvatures(m)[0] for m in saddles]
        lowest = min(range(len(saddles)), key=lambda k: self.energy(saddles[k]))
        top = self.energy(saddles[lowest])
        wells = [Well.of(self, m, top) for m in (here, there)]
        softest = min(abs(c[1]) for c in at_saddle)
        if 2 * math.pi * self.stiffness * softest < len(saddles) ** 2:
            return _over_ridge(*wells)
        # How many saddles an orbit at the lowest one's energy passes: higher ones less often.
        open_ = [math.exp(-self.stiffness * (self.energy(m) - top)) for m in saddles]
        passages = sum(open_)
        first, second = wells
        if second.at_saddle < LEAST_LOSS:
            raise ParameterError(
                "the torque takes a magnet that has left one state for the other back over the saddle: it goes round, "
                "and has no two states"
            )
        down, up = at_saddle[lowest]
        trace, a = self.damping * (down + up), self.damping
        growth = (-trace + math.sqrt(trace**2 - 4 * (1 + a * a) * down * up)) / (2 * math.sqrt(abs(down * up)))
        one, other = (well.loss / passages for well in wells)
        slow = _depopulation(one) / one if one > TINY else 1.0
        back = _depopulation(other) / _depopulation(one + other) if one > TINY else 1.0
        return float(growth * slow * back / first.passage_time), first.barrier


@dataclass(frozen=True)
class Well:
    r"""Orbits about a state up to the saddle's energy, by energies over k_B T that count from the state.

    Attributes
    ----------
    shares : ndarray
        Evenly spaced places between 0 and 1, the middles of intervals, at which all is told. [-]
    height : float
        Energy of the saddle. [-]
    ratios : ndarray
        Net loss on an orbit over the loss to the damping, times 1 - s, :math:`(1 - s)\,r`. [-]
    at_saddle : float
        The ratio :math:`r` on the orbit through the saddle. [-]
    resistance : ndarray
        :math:`(dE/ds) / \ell`, over the place s. [-]
    stay : ndarray
        :math:`(dE/ds)\,\tau`. [s]
    """

    shares: FloatArray
    height: float
    ratios: FloatArray
    at_saddle: float
    resistance: FloatArray
    stay: FloatArray

    @classmethod
    def of(cls, landscape: Landscape, state: FloatArray, top: float) -> Well:
        """The orbits about a state.

        Parameters
        ----------
        landscape : Landscape
            The magnet.
        state : ndarray
            The direction of least energy.
        top : float
            Energy of the saddle over mu_0 M_s V. [A/m]

        Raises
        ------
        ParameterError
            If the torque makes the state unstable, or the well is not one of which orbits go round the state.
        """
        height = top - landscape.energy(state)
        nodes = 0.5 * (1 - np.cos(np.pi * (np.arange(ORBITS) + 0.5) / ORBITS))
        m, steps = _orbits(landscape, state, _energy(nodes) * height)
        field = landscape.pull * m + landscape.field
        turn = np.linalg.norm(np.cross(m, field), axis=-1)
        power = np.sum(field * landscape.rates(m), axis=-1) / landscape.gamma_0
        slowed = 1 + landscape.damping**2
        damped = landscape.damping * np.sum(turn * steps, axis=-1)
        net = slowed * np.sum(power / turn * steps, axis=-1) / damped
        period = slowed / landscape.gamma_0 * np.sum(steps / turn, axis=-1)
        shares = (np.arange(POINTS) + 0.5) / POINTS
        # What has no pole: loss and energy go to zero together at the bottom; periods grow without limit at a saddle.
        slope = 6 * nodes * (1 - nodes)
        resistance = _interpolated(nodes, nodes * slope / (landscape.stiffness * damped), shares) / shares
        ratios = _interpolated(nodes, (1 - nodes) * net, shares)
        reach = landscape.stiffness * height
        stay = _interpolated(nodes, (1 - nodes) * period, shares) * 6 * shares * reach
        at_saddle = float(_interpolated(nodes, net, np.ones(1))[0])
        found = cls(shares, reach, ratios, at_saddle, resistance * reach, stay)
        if found.ratios[0] <= 0:
            raise ParameterError("the torque takes the state away: it gives a small precession more than it loses")
        return found

    @functools.cached_property
    def tilted(self) -> FloatArray:
        r"""The potential :math:`\Phi` at the places."""
        return _up_to(6 * self.shares * self.height * self.ratios)

    @property
    def barrier(self) -> float:
        r"""The top of :math:`\Phi`."""
        return float(np.max(self.tilted))

    @functools.cached_property
    def passage_time(self) -> float:
        """Mean time in which the energy of the saddle is reached by diffusion [s]."""
        return _passage(self.tilted, self.resistance, self.stay)

    @property
    def loss(self) -> float:
        r"""Loss :math:`\delta` of Mel'nikov's problem, none where the torque outdoes the damping at the saddle."""
        inside = float(np.sum(self.stay * np.exp(self.tilted[-1] - self.tilted))) / POINTS
        return max(self.at_saddle, 0.0) * inside / self.passage_time


def _over_ridge(first: Well, second: Well) -> tuple[float, float]:
    """Rate and barrier of a magnet that is symmetric about its axis: up in one well, and down in the other."""
    away = _energy(second.shares) >= ARRIVED
    potential = np.concatenate([first.tilted, first.tilted[-1] + (second.tilted[away] - second.tilted[-1])[::-1]])
    if np.argmax(potential) == len(potential) - 1:
        raise ParameterError("the torque takes the other state away: the magnet is thrown back from it")
    resistance = np.concatenate([first.resistance, second.resistance[away][::-1]])
    stay = np.concatenate([first.stay, second.stay[away][::-1]])
    return 1 / _passage(potential, resistance, stay), float(np.max(potential))


def _passage(potential: FloatArray, resistance: FloatArray, stay: FloatArray) -> float:
    r"""The double integral of :math:`1 / \Gamma_E` [s]."""
    inside = _up_to(stay * np.exp(-potential))
    return float(np.sum(np.exp(potential) * resistance * inside) / POINTS)


def _up_to(values: FloatArray) -> FloatArray:
    """Integral from 0 to the middle of each interval."""
    return np.asarray((np.cumsum(values) - 0.5 * values) / POINTS)


def _interpolated(nodes: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    return np.asarray(Chebyshev.fit(nodes, values, ORBITS - 1, domain=(0.0, 1.0))(at))


def _energy(share: FloatArray) -> FloatArray:
    """Energy over the saddle's: even steps are made small at the bottom, and at the saddle with its slow orbits."""
    return share**2 * (3 - 2 * share)


def _orbits(landscape: Landscape, state: FloatArray, rises: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Directions on orbits of some energies above a state's, and the length of the way about each [rad].

    Along each great circle from the state the energy is followed up to its first maximum.
    """
    curvatures, ways = landscape.curvatures(state)
    phase = 2 * np.pi * (np.arange(AROUND) + 0.5) / AROUND
    across = np.cos(phase)[:, None] * ways[:, 0] / math.sqrt(curvatures[0])
    across = across + np.sin(phase)[:, None] * ways[:, 1] / math.sqrt(curvatures[1])
    across /= np.linalg.norm(across, axis=1)[:, None]
    pull, field = landscape.pull, landscape.field
    quadratic = [(state * pull * state).sum(), across @ (pull * state), (across**2) @ pull]
    linear = [float(field @ state), across @ field]

    def energy(angle: FloatArray) -> FloatArray:
        c, s = np.cos(angle), np.sin(angle)
        whole = quadratic[0] * c**2 + 2 * quadratic[1] * c * s + quadratic[2] * s**2
        return np.asarray(-0.5 * whole - linear[0] * c - linear[1] * s)

    angles = np.linspace(0.0, np.pi, AROUND + 1)
    falling = np.diff(energy(angles[:, None]), axis=0) < 0
    falling[0] = False
    peak = np.where(falling.any(axis=0), np.argmax(falling, axis=0), AROUND)
    low, high = (angles[np.clip(peak + d, 0, AROUND)] for d in (-1, 1))
    for _ in range(50):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        up = energy(left) < energy(right)
        low, high = np.where(up, left, low), np.where(up, high, right)
    peaks = 0.5 * (low + high)
    goal = landscape.energy(state) + rises[:, None]
    if np.any(energy(peaks) < goal.max() - 1e-6 * rises.max()):
        raise ParameterError("the fields bend the well so much that its orbits do not go round the state's direction")
    inside, outside = np.zeros((len(rises), AROUND)), np.broadcast_to(peaks, (len(rises), AROUND))
    for _ in range(40):
        middle = 0.5 * (inside + outside)
        below = energy(middle) < goal
        inside, outside = np.where(below, middle, inside), np.where(below, outside, middle)
    m = np.cos(inside)[..., None] * state + np.sin(inside)[..., None] * across
    # Half the way from the neighbour before to the one after.
    ahead = np.linalg.norm(np.roll(m, -1, axis=1) - m, axis=-1)
    arcs = 2 * np.arcsin(ahead / 2)
    return m, 0.5 * (arcs + np.roll(arcs, 1, axis=1))


def _depopulation(loss: float) -> float:
    """Mel'nikov's factor A of an energy loss over k_B T: its argument where that is small, 1 where it is large."""

    def part(x: float) -> float:
        y = x * x + 0.25
        return math.log(-math.expm1(-loss * y)) / y

    from scipy.integrate import quad

    return math.exp(quad(part, 0.0, math.inf, limit=200)[0] / math.pi)
