r"""Escape of a macrospin from one of two states by thermal agitation: the theory of Kramers, Brown and Langer.

With the energy :math:`E = \mu_0 M_s V e(\mathbf m)`, its curvatures :math:`\kappa` on the sphere at the state and at
the saddles, and the growth :math:`\lambda_+` of the damped motion at a saddle, the rate of escape is

.. math::

    \Gamma = \sum_\mathrm{saddles} A\, \frac{\lambda_+}{2\pi}
        \sqrt{\frac{\kappa_1 \kappa_2}{|\kappa_{1s} \kappa_{2s}|}}\; e^{-\Delta E / k_B T}, \qquad
    A = \frac{A(\delta) A(\delta')}{A(\delta + \delta')}, \qquad
    \ln A(\delta) = \frac1\pi \int_0^\infty
        \ln\left[1 - e^{-\delta (\lambda^2 + 1/4)}\right] \frac{d\lambda}{\lambda^2 + 1/4}

where :math:`\delta`, :math:`\delta'` are the energies over :math:`k_B T` that the damping takes between two passages
near a saddle in the state and in the other one: with little damping, the rate is limited by the diffusion of the
energy. A magnet without an easier direction on the ridge between its states has a ring for a saddle, and Brown's rate
:math:`\alpha \gamma_0 \kappa \sqrt{\mu_0 M_s V |\kappa_s| / 2\pi k_B T} \sin\theta_s` before the exponential. A torque
that takes or gives energy changes the barrier to

.. math:: \int \frac{\text{net loss along an orbit of energy } E}{\text{loss to the damping}}\, \frac{dE}{k_B T}

References
----------
W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677; W. T. Coffey, Y. P. Kalmykov, J. Appl. Phys.
112, 121301 (2012), doi:10.1063/1.4754272 (review); D. M. Apalkov, P. B. Visscher, Phys. Rev. B 72, 180405 (2005),
doi:10.1103/PhysRevB.72.180405 (energy under a spin torque).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..language.errors import ParameterError
from ..language.waveforms import FloatArray

#: Points of the energy, between a state and the saddle, at which orbits are followed.
ORBITS = 6
#: Distance from the saddle at which an orbit through it begins.
BESIDE = 1e-3


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
        dm/dt of the driven magnet, damping and torques included, by m. [1/s]
    """

    pull: FloatArray
    field: FloatArray
    gamma_0: float
    damping: float
    stiffness: float
    rates: Callable[[FloatArray], FloatArray]

    def energy(self, m: FloatArray) -> float:
        """Energy over mu_0 M_s V [A/m]."""
        return float(-0.5 * self.pull @ m**2 - self.field @ m)

    def effective(self, m: FloatArray) -> FloatArray:
        """Effective field [A/m]."""
        return self.pull * m + self.field

    def curvatures(self, m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Principal curvatures of the energy on the sphere, rising, and their directions as columns."""
        basis = np.linalg.svd(m[None, :])[2][1:].T
        hessian = basis.T @ (float(self.effective(m) @ m) * np.eye(3) - np.diag(self.pull)) @ basis
        values, vectors = np.linalg.eigh(hessian)
        return values, basis @ vectors

    def rests(self) -> list[FloatArray]:
        """Directions without torque: states, saddles and summits; of a ring of them, some."""
        found: list[FloatArray] = []
        for start in itertools.product((-1.0, -0.3, 0.0, 0.3, 1.0), repeat=3):
            m = np.array(start)
            if not np.any(m):
                continue
            m = m / np.linalg.norm(m)
            for _ in range(50):
                values, vectors = self.curvatures(m)
                slope = -vectors.T @ self.effective(m)
                stiff = np.abs(values) > 1e-9 * np.max(np.abs(values))
                step = np.where(stiff, -slope / np.where(stiff, values, 1.0), 0.0)
                size = np.linalg.norm(step)
                m = m + vectors @ (step if size < 0.3 else step * 0.3 / size)
                m = m / np.linalg.norm(m)
                if size < 1e-12:
                    torque = np.linalg.norm(np.cross(m, self.effective(m)))
                    # Where the curvature vanishes, there may be a slope all the same.
                    if torque < 1e-6 * np.max(np.abs(values)) and all(
                        np.linalg.norm(m - other) > 1e-6 for other in found
                    ):
                        found.append(m)
                    break
        return found

    # --- orbits -------------------------------------------------------------------------------

    def _orbit(self, start: FloatArray, away: FloatArray, until: Callable[[FloatArray], float]) -> tuple[float, float]:
        """Loss of energy to the damping, and net loss, along an orbit without damping [A/m]."""

        def slopes(_: float, y: FloatArray) -> FloatArray:
            m = y[:3] / np.linalg.norm(y[:3])
            h = self.effective(m)
            turn = np.cross(m, h)
            lost = self.damping / (1 + self.damping**2) * float(turn @ turn)
            return np.array([*-turn, lost, float(h @ self.rates(m)) / self.gamma_0])

        def closing(time: float, y: FloatArray) -> float:
            return until(y[:3]) if time else 1.0  # it begins where it ends

        closing.terminal = True  # type: ignore[attr-defined]
        closing.direction = 1.0  # type: ignore[attr-defined]
        scale = float(np.max(self.pull) - np.min(self.pull))
        from scipy.integrate import solve_ivp  # not before it is needed: it takes a tenth of a second

        run = solve_ivp(
            slopes, (0.0, 1e4 / scale), [*start, 0.0, 0.0], events=closing, rtol=1e-7, atol=1e-10, max_step=2 / scale
        )
        return float(run.y[3, -1]), float(run.y[4, -1])

    def _losses(self, state: FloatArray, m: FloatArray) -> tuple[float, float]:
        """The losses along the closed orbit about a state through a direction [A/m]."""
        across = np.cross(state, m - state)
        forth = -np.cross(m, self.effective(m))
        sign = math.copysign(1.0, float(across @ forth))
        return self._orbit(m, m, lambda x: sign * float(across @ x))

    def barrier(self, state: FloatArray, saddle: FloatArray) -> float:
        """Energy from a state to a saddle over k_B T, as changed by torques that take or give energy."""
        height = self.energy(saddle) - self.energy(state)
        if self.stiffness * height < 1:
            return self.stiffness * height  # agitation is larger than all that happens on the way
        nodes, weights = np.polynomial.legendre.leggauss(ORBITS)
        total = 0.0
        for node, weight in zip(0.5 * (nodes + 1), 0.5 * weights, strict=True):
            damped, net = self._losses(state, self._at(state, saddle, node * height))
            total += weight * net / damped
        return self.stiffness * height * total

    def _at(self, state: FloatArray, saddle: FloatArray, rise: float) -> FloatArray:
        """The direction on the arc from a state to a saddle at an energy above the state's."""
        goal, low, high = self.energy(state) + rise, 0.0, 1.0
        angle = math.acos(float(np.clip(state @ saddle, -1.0, 1.0)))

        def along(share: float) -> FloatArray:
            return (math.sin((1 - share) * angle) * state + math.sin(share * angle) * saddle) / math.sin(angle)

        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.energy(along(middle)) < goal else (low, middle)
        return along(low)

    def _lost_from(self, saddle: FloatArray, state: FloatArray, saddles: list[FloatArray]) -> float:
        """Energy over k_B T that the damping takes from one passage near a saddle to the next, about a state."""
        # Out of the saddle along the direction in which it is left without damping, into the state's well.
        values, vectors = self.curvatures(saddle)
        first, second = math.sqrt(abs(values[1])), math.sqrt(abs(values[0]))
        candidates = [a * first * vectors[:, 0] + b * second * vectors[:, 1] for a in (1, -1) for b in (1, -1)]
        lost = []
        for way in candidates:
            m = saddle + BESIDE * way / np.linalg.norm(way)
            m = m / np.linalg.norm(m)
            leaving = float(-np.cross(m, self.effective(m)) @ way) > 0
            if leaving and float((m - saddle) @ (state - saddle)) > 0:
                # A little below the saddle, lest the orbit stay there for ever.
                m = self._at(state, m, (1 - 1e-6) * (self.energy(saddle) - self.energy(state)))

                def distance(x: FloatArray) -> float:
                    return 2 * BESIDE - min(float(np.linalg.norm(x - other)) for other in saddles)

                lost.append(self._orbit(m, way, distance)[0])
        return self.stiffness * (sum(lost) / len(lost) if lost else 0.0)

    # --- the rate -------------------------------------------------------------------------------

    def escape(self, state: FloatArray) -> tuple[float, float]:
        """Rate of escape [1/s] from a state to the other one, and the barrier over k_B T.

        Parameters
        ----------
        state : ndarray
            A direction in the state's well.

        Raises
        ------
        ParameterError
            If there are no two states with a saddle between them.
        """
        rests = [(m, self.curvatures(m)[0]) for m in self.rests()]
        small = 1e-7 * float(np.max(self.pull) - np.min(self.pull))
        minima = [m for m, c in rests if c[0] > small]
        saddles = [m for m, c in rests if c[0] < -small and c[1] > -small]
        if len(minima) != 2 or not saddles:
            raise ParameterError("the magnet has no two states with a barrier between them")
        here, there = sorted(minima, key=lambda m: -float(m @ state))
        curved = self.curvatures(here)[0]
        at_saddle = [self.curvatures(m)[0] for m in saddles]
        lowest = min(range(len(saddles)), key=lambda k: self.energy(saddles[k]))
        barrier = self.barrier(here, saddles[lowest])
        slowed = self.gamma_0 / (1 + self.damping**2)
        softest = min(abs(c[1]) for c in at_saddle)
        if 2 * math.pi * self.stiffness * softest < len(saddles) ** 2:
            sine = math.sqrt(max(0.0, 1 - float(saddles[lowest] @ here) ** 2))
            steep = self.stiffness * abs(at_saddle[lowest][0]) / (2 * math.pi)
            prefactor = self.damping * slowed * math.sqrt(curved[0] * curved[1] * steep) * sine
            return prefactor * math.exp(-barrier), barrier
        rate = 0.0
        for m, (down, up) in zip(saddles, at_saddle, strict=True):
            higher = self.stiffness * (self.energy(m) - self.energy(saddles[lowest]))
            trace, a = self.damping * (down + up), self.damping
            growth = slowed / 2 * (-trace + math.sqrt(trace**2 - 4 * (1 + a * a) * down * up))
            one, other = (self._lost_from(m, well, saddles) for well in (here, there))
            slow = _depopulation(one) * _depopulation(other) / _depopulation(one + other)
            shape = math.sqrt(curved[0] * curved[1] / abs(down * up))
            rate += slow * growth / (2 * math.pi) * shape * math.exp(-barrier - higher)
        return rate, barrier


def _depopulation(loss: float) -> float:
    """Mel'nikov's factor A of an energy loss over k_B T: its argument where that is small, 1 where it is large."""

    def part(x: float) -> float:
        y = x * x + 0.25
        return math.log(-math.expm1(-loss * y)) / y

    from scipy.integrate import quad

    return math.exp(quad(part, 0.0, math.inf, limit=200)[0] / math.pi)
