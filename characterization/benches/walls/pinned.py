r"""A pinned wall under a current: its site, the barriers beside it, and how fast it leaves by thermal agitation.

With a fixed width the wall has the coordinates :math:`q` and :math:`\phi`, and moves by
:math:`\dot z = -L \nabla E` with a constant matrix :math:`L`, friction and gyration. The rate of an escape over a
saddle is Langer's,

.. math:: \Gamma = \frac{\lambda_+}{2\pi} \sqrt{\left|\frac{\det J_0}{\det J_s}\right|}\; e^{-\Delta E / k_B T},
    \qquad \Delta E = -\int_{q_0}^{q_s} F\,\mathrm{d}q

with the Jacobians :math:`J = -L H` of the motion at the site and at the saddle, whose determinants stand to each other
as those of the Hessians :math:`H`, and the growing eigenvalue :math:`\lambda_+` at the saddle. The force :math:`F(q)`
is that at the angle of the site, which is that of the saddle too, for pinning does not depend on the angle. It holds
for barriers of several :math:`k_B T`, and friction that is not small: a wall that swings through its site many times
before it loses :math:`k_B T` leaves more slowly.

If the angle follows at once, the wall is a Brownian particle in a tilted periodic potential, whose mean velocity
Stratonovich gave,

.. math:: \bar v = \frac{p\, D\, (1 - e^{-p F / k_B T})}{\int_0^p \mathrm{d}q\, e^{U(q)/k_B T}
    \int_{q - p}^{q} \mathrm{d}q'\, e^{-U(q')/k_B T}}, \qquad D = \frac{k_B T}{\eta}, \qquad
    \eta = \frac{2 \alpha \mu_0 M_s w t}{\gamma_0 \Delta}

References
----------
J. S. Langer, Ann. Phys. (N. Y.) 54, 258 (1969), doi:10.1016/0003-4916(69)90153-5; P. Hanggi, P. Talkner, M. Borkovec,
Rev. Mod. Phys. 62, 251 (1990), doi:10.1103/RevModPhys.62.251; R. L. Stratonovich, Topics in the Theory of Random Noise
(Gordon and Breach, 1967).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....devices.core.protocols import WallMotion
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.models.domain_walls.motion import POLARITIES
from ....devices.simulation.request import Request
from ....devices.simulation.trajectories.trajectory import Dynamics
from ...cells.errors.arrhenius import BOLTZMANN

#: Points at which the force is looked at, over the widths of a site on either side.
POINTS = 1001
#: Largest drive that is looked at, over that of the suggested measurement.
MOST = 1e3
#: A site and a saddle that are nearer than this share of the reach are one.
TOUCHING = 1e-6
#: Angles at which the torque is looked at.
ANGLES = 181
#: Widths of a notch that belong to its site, on either side.
NOTCH = 4.0


@dataclass(frozen=True)
class PinnedWall:
    """A wall at a site, with a constant current or field.

    Attributes
    ----------
    device : CompactModel
        The device: its wall begins at ``initial_state``, near the site.
    drive : float
        Current along the strip [A], or field along the axis of the domains [A/m].
    quantity : str
        Which of them: ``current`` or ``field``.

    Raises
    ------
    ParameterError
        If the device has no wall, nothing pins it, the width of the wall moves, or the spin Hall effect drives it,
        whose torque depends on the angle and has no energy.
    """

    device: CompactModel
    drive: float
    quantity: str = "current"

    def __post_init__(self) -> None:
        device = self.device
        device.protocol(WallMotion, self.quantity)
        if not device.values["pinning_energy"] and device.values["notch_energy"] <= 0:
            raise ParameterError(f"nothing pins the wall of {device!r}: give a pinning_energy or a notch_energy")
        if device.options["width"] != "fixed":
            raise ParameterError("the barrier of a pinned wall is that of a fixed width: width='fixed'")
        if device.options.get("readout", "strip") != "strip":
            raise ParameterError("the current of a junction on the strip depends on the wall: readout='strip'")
        if device.values["spin_hall_angle"]:
            raise ParameterError("a spin Hall torque depends on the wall's angle and has no energy: spin_hall_angle=0")

    @property
    def length(self) -> float:
        """Length of the strip [m]."""
        return float(self.device.values["length"])

    @property
    def reach(self) -> float:
        """How far the site reaches on either side [m]: half a period, or some widths of the notch."""
        values = self.device.values
        periodic = values["pinning_period"] / 2 if values["pinning_energy"] else 0.0
        return float(max(periodic, NOTCH * values["notch_width"] if values["notch_energy"] > 0 else 0.0))

    @functools.cached_property
    def _dynamics(self) -> Dynamics:
        if self.quantity == "current":
            return Dynamics(Request.of(self.device, self.drive, 1.0, "current", {}))
        return Dynamics(Request.of(self.device, 0.0, 1.0, "voltage", {"field_z": self.drive}))

    @property
    def told(self) -> str:
        """The drive in words."""
        return f"a {self.quantity} of {self.drive:.4g} {'A' if self.quantity == 'current' else 'A/m'}"

    def _rates(self, position: float, angle: float) -> FloatArray:
        """Rates of position [1/s, over the length] and angle [rad/s]."""
        scales = self._dynamics.scales
        states = np.array([position, angle, 1.0]) / scales
        return np.asarray(self._dynamics.rates(0.0, states) * scales)[:2]

    def force(self, positions: FloatArray, angle: float) -> FloatArray:
        """Force on the wall at positions [m] and an angle at which it does not turn by itself [N]."""
        values, derived = self.device.values, self.device.derived
        alpha, width = values["damping"], values["wall_width"]
        speeds = np.array([self._rates(q / self.length, angle)[0] * self.length for q in positions])
        return np.asarray(speeds * (1 + alpha**2) / alpha * derived["energy_per_field"] / (derived["gamma_0"] * width))

    @functools.cached_property
    def free_angle(self) -> float:
        """The angle at which the wall does not turn by itself [rad]: that of the site and of the saddles."""
        values = self.device.values
        alpha, polarity = values["damping"], POLARITIES[self.device.options["domains"]]
        at, start = values["initial_state"], values["initial_angle"]

        def torque(angle: float) -> float:  # the sum a of those that displace the wall: a rest is stable where it rises
            speed, turn = self._rates(at, angle)
            return float(polarity * speed * self.length / values["wall_width"] - alpha * turn)

        angles = start + np.linspace(-math.pi / 2, math.pi / 2, ANGLES)
        found = np.array([torque(angle) for angle in angles])
        rising = np.flatnonzero((found[:-1] < 0) & (found[1:] >= 0))
        if not len(rising):
            raise ParameterError(
                f"under {self.told} the wall of {self.device!r} turns wherever it is: no site holds it"
            )
        k = min(rising, key=lambda k: abs(angles[k] - start))
        return float(brentq(torque, angles[k], angles[k + 1], xtol=1e-12))

    @functools.cached_property
    def landscape(self) -> tuple[FloatArray, FloatArray]:
        """Positions about the site [m] and the force there [N]."""
        middle = self.device.values["initial_state"] * self.length
        positions = middle + 2 * self.reach * np.linspace(-1.0, 1.0, POINTS)
        return positions, self.force(positions, self.free_angle)

    @functools.cached_property
    def points(self) -> tuple[float, float | None, float | None]:
        """Site, and the saddles at smaller and larger positions [m]; None where there is none."""
        positions, force = self.landscape
        middle = self.device.values["initial_state"] * self.length
        sign = np.where(force > 0, 1, -1)
        turns = np.flatnonzero(sign[1:] != sign[:-1]).tolist()
        zeros = [
            float(positions[k] - force[k] * (positions[k + 1] - positions[k]) / (force[k + 1] - force[k]))
            for k in turns
        ]
        found: list[tuple[float, float | None, float | None]] = []
        for place, k in enumerate(turns):
            if sign[k] > 0:  # a well, between two tops
                below = zeros[place - 1] if place else None
                above = zeros[place + 1] if place + 1 < len(zeros) else None
                found.append((zeros[place], below, above))
        near = [
            site
            for site in found
            if abs(site[0] - middle) <= self.reach
            and all(end is None or abs(end - site[0]) > TOUCHING * self.reach for end in site[1:])
        ]
        if not near:
            raise ParameterError(
                f"under {self.told} nothing holds the wall of {self.device!r} within {self.reach:.3g} m of "
                f"{middle:.3g} m: it is driven away without any help"
            )
        return min(near, key=lambda site: abs(site[0] - middle))

    @property
    def holds(self) -> bool:
        """Whether there is a site under the drive."""
        try:
            return bool(self.points)
        except ParameterError:
            return False

    def barrier(self, saddle: float) -> float:
        """Energy at a saddle above that of the site [J]."""
        site = self.points[0]
        positions = np.linspace(site, saddle, POINTS // 2)
        return -float(np.trapezoid(self.force(positions, self.free_angle), positions))

    def escape(self, saddle: float, temperature: float) -> float:
        """Rate at which the wall leaves over a saddle [1/s]."""
        at_site, at_saddle = (self._jacobian(place) for place in (self.points[0], saddle))
        growing = float(np.max(np.linalg.eigvals(at_saddle).real))
        ratio = abs(float(np.linalg.det(at_site) / np.linalg.det(at_saddle)))
        exponent = -self.barrier(saddle) / (BOLTZMANN * temperature)
        return growing / (2 * math.pi) * math.sqrt(ratio) * math.exp(exponent)

    def _jacobian(self, position: float) -> FloatArray:
        """Derivatives of the motion of position and angle [1/s], in units of their scales."""
        states = np.array([position / self.length, self.free_angle, 1.0])
        return np.asarray(self._dynamics.jacobian(0.0, states / self._dynamics.scales)[:2, :2])

    def quality(self) -> float:
        """Swings through the site in the time in which one decays, over 2 pi; 0 of a wall that does not swing [1]."""
        modes = np.linalg.eigvals(self._jacobian(self.points[0]))
        return float(np.max(np.abs(modes.imag / modes.real)))

    def hopping_velocity(self, temperature: float) -> float:
        r"""Mean velocity along a periodic potential, :math:`p\,(\Gamma_\rightarrow - \Gamma_\leftarrow)` [m/s]."""
        _, below, above = self.points
        back, forth = (0.0 if saddle is None else self.escape(saddle, temperature) for saddle in (below, above))
        return float(self.device.values["pinning_period"]) * (forth - back)

    def sliding_velocity(self, temperature: float) -> float:
        """Mean velocity of a wall along a periodic potential whose angle follows at once: Stratonovich's [m/s].

        Raises
        ------
        ParameterError
            If it is beyond the largest velocity of a wall whose angle stands: the wall would turn.
        """
        values, derived = self.device.values, self.device.derived
        period, thermal = values["pinning_period"], BOLTZMANN * temperature
        start = values["initial_state"] * self.length
        positions = start + period * np.linspace(0.0, 1.0, POINTS)
        force = self.force(positions, self.free_angle)
        energy = -np.concatenate([[0.0], np.cumsum((force[1:] + force[:-1]) / 2 * np.diff(positions))]) / thermal
        tilt = -energy[-1]  # p F / k_B T
        friction = values["damping"] * derived["energy_per_field"] / (derived["gamma_0"] * values["wall_width"])
        whole = np.concatenate([energy + tilt, energy[1:]])  # of the period before, and of this one
        lowest = float(whole.min())
        inside = np.exp(-(whole - lowest))
        step = period / (POINTS - 1)
        sums = np.concatenate([[0.0], np.cumsum((inside[1:] + inside[:-1]) / 2)]) * step
        behind = sums[POINTS - 1 :] - sums[:POINTS]
        outer = float(np.trapezoid(np.exp(energy - lowest) * behind, dx=step))
        speed = float(period * thermal / friction * -np.expm1(-tilt) / outer)
        largest = derived["walker_velocity"] + derived["dmi_velocity"]
        if abs(speed) > largest:
            raise ParameterError(
                f"under {self.told} the wall would go at {speed:.3g} m/s, beyond {largest:.3g} m/s, at which it turns"
            )
        return speed


def depinning_drive(device: CompactModel, quantity: str) -> float:
    """Smallest drive that leaves no site for the wall, without noise; positive [A or A/m].

    Raises
    ------
    ParameterError
        If no drive does, as where the wall begins to turn before it leaves.
    """
    still = PinnedWall(device, 0.0, quantity)
    positions, force = still.landscape
    motion = device.protocol(WallMotion, quantity)
    some = 1e-3 * motion.largest
    pushed = PinnedWall(device, some, quantity)
    middle = positions[POINTS // 2 : POINTS // 2 + 1]
    slope = float(pushed.force(middle, pushed.free_angle)[0] - force[POINTS // 2]) / some
    # Against the push on the way that it takes.
    holding = -float(np.min(force)) if slope > 0 else float(np.max(force))
    if not abs(slope) * MOST * motion.largest > holding:
        raise ParameterError(
            f"a {quantity} does not push the wall of {device!r}, or so little that {MOST:g} times what is usual leaves "
            "it in its site"
        )
    return holding / abs(slope)
