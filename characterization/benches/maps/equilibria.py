r"""The curve of a magnet's equilibria over the size of a field, followed by its length.

With the states x in units of their scales and the field :math:`H = h H_0` along a fixed direction, equilibria are a
curve :math:`f(x, h) = 0`. Its next point is looked for across its tangent, at a given distance from the last one
(pseudo-arclength continuation), which goes round turning points, where the field is largest.

References
----------
H. B. Keller, in *Applications of Bifurcation Theory*, ed. P. H. Rabinowitz (Academic Press, 1977), p. 359.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....devices.core.system import System
from ....devices.core.vectors import compiled, initial_state, parameter_vector, scales_of
from ....devices.language.errors import SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.request import Request
from ....devices.simulation.trajectories.stability import GROWING, eigenvalues, equilibrium, jacobian, tangent

#: Length of a step in units of the scales and of the reference field, and the shortest one.
STEP, SHORTEST = 0.03, 1e-7
#: Steps after which a curve is given up.
MOST_STEPS = 5_000
#: Newton's corrections of a point, and the size of one that need not be made.
CORRECTIONS, SETTLED = 12, 1e-11
#: Largest correction of a step over its length: a larger one may lead to another curve.
STRAIGHT = 0.2
#: Step of the differences over the field.
DIFFERENCE = 1e-6
#: Singular values below this part of the largest one are zero: where two curves cross, one direction is free.
SINGULAR = 1e-6
#: Error of the length along the curve where stability is lost.
RESOLVED = 1e-12


@dataclass(frozen=True)
class Point:
    """A point of the curve: scaled states followed by the field over the reference one, and the tangent there."""

    at: FloatArray
    along: FloatArray


class FieldBranch:
    """The rest of a device that begins at zero field, over the size of a field in a direction; see :meth:`of`."""

    def __init__(self, device: CompactModel, direction: Mapping[str, float], reference: float) -> None:
        self.functions = compiled(device)
        self.system: System = self.functions.system
        self.scales, self.reference = scales_of(device), reference
        names = self.functions.parameter_names
        self.inputs = [(names.index(name), part * reference) for name, part in direction.items()]
        self.parameters = parameter_vector(device)
        self.voltages = [0.0] * len(self.system.voltages)
        self.rows = [[list(self.system.states).index(symbol) for symbol in sphere] for sphere in self.system.spheres]
        self.start = np.empty(0)
        self.pace = 1.0

    @classmethod
    def of(
        cls, device: CompactModel, direction: Mapping[str, float], begin: Mapping[str, float], reference: float
    ) -> FieldBranch:
        """The curve that begins where a device comes to rest without the field.

        Parameters
        ----------
        device : CompactModel
            The device; its branches carry no voltage.
        direction : mapping
            Part of the field in each of the device's fields, by the input's name; what it has there is left out. [-]
        begin : mapping
            Values of its initial state.
        reference : float
            Field in units of which the curve is followed. [A/m]

        Raises
        ------
        SimulationError
            If the device does not stay near its initial state without the field.
        """
        held = device.replace(**begin, **dict.fromkeys(direction, 0.0))
        rest = equilibrium(Request.of(held, 0.0, 1.0, "voltage", {}), np.array(initial_state(held)))
        if not rest.lasts:
            raise SimulationError(f"{device!r} does not stay on its easy axis without a field along it or across")
        branch = cls(held, direction, reference)
        branch.start = np.append(rest.states / branch.scales, 0.0)
        branch.pace = float(np.max(np.abs(rest.eigenvalues), initial=0.0)) or 1.0
        return branch

    def loss(self, largest: float) -> float | None:
        """Size of the field at which the rest is lost [A/m]: it ends or turns unstable; None if it does not.

        Parameters
        ----------
        largest : float
            Largest field that is tried, in units of the reference. [-]

        Raises
        ------
        SimulationError
            If the curve cannot be followed.
        """
        forward = np.append(np.zeros(len(self.scales)), 1.0)
        point = Point(self.start, self._along(self.start, forward))
        step = STEP
        for _ in range(MOST_STEPS):
            following = self._following(point, step)
            if following is None:
                step /= 2
                if step < SHORTEST:
                    break
                continue
            if self._lost(following) > 0:
                return self._between(point, step) * self.reference
            if following.at[-1] > largest:
                return None
            point, step = following, min(2 * step, STEP)
        raise SimulationError(
            f"the rest cannot be followed beyond a field of {point.at[-1] * self.reference:.6g} A/m in this direction"
        )

    def _rates(self, at: FloatArray) -> FloatArray:
        """Rates of the scaled states, in units of the fastest motion about the rest without field."""
        for index, part in self.inputs:
            self.parameters[index] = part * float(at[-1])
        states = (at[:-1] * self.scales).tolist()
        found = np.array(self.functions.rates(self.voltages, states, self.parameters), dtype=float)
        return np.asarray(found / self.scales / self.pace)

    def _slopes(self, at: FloatArray) -> FloatArray:
        """Derivatives of the rates by the scaled states."""
        field = at[-1]
        ones = np.ones(len(self.scales))
        return jacobian(lambda x: self._rates(np.append(x, field)).tolist(), at[:-1].tolist(), ones)

    def _equations(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is zero on the curve, and its derivatives: rates on the tangents, and lengths of directions."""
        project = tangent(self.system, at[:-1].tolist())
        moved = np.zeros(len(at))
        moved[-1] = DIFFERENCE
        by_field = (self._rates(at + moved) - self._rates(at - moved)) / (2 * DIFFERENCE)
        slopes = np.column_stack([project @ self._slopes(at) @ project, project @ by_field])
        values = project @ self._rates(at)
        for rows in self.rows:
            length = np.zeros(len(at))
            length[rows] = at[rows]
            slopes = np.vstack([slopes, length])
            values = np.append(values, (at[rows] @ at[rows] - 1) / 2)
        return values, slopes

    def _along(self, at: FloatArray, before: FloatArray) -> FloatArray:
        """Unit tangent of the curve, in the sense of the one before."""
        found: FloatArray = np.linalg.svd(self._equations(at)[1])[2][-1]
        return found if found @ before >= 0 else -found

    def _following(self, point: Point, step: float) -> Point | None:
        """The point at a distance along the tangent; None if it is not found beside it."""
        guess = point.at + step * point.along
        at = guess.copy()
        for _ in range(CORRECTIONS):
            values, slopes = self._equations(at)
            ahead = point.along @ (at - guess)
            both = np.vstack([slopes, point.along]), -np.append(values, ahead)
            change = np.linalg.lstsq(*both, rcond=SINGULAR)[0]
            at = at + change
            if not np.all(np.isfinite(at)) or np.linalg.norm(at - guess) > STRAIGHT * step:
                return None
            if np.linalg.norm(change) < SETTLED:
                return Point(at, self._along(at, point.along))
        return None

    def _lost(self, point: Point) -> float:
        """Positive where the rest is lost: deviations grow, or the curve goes back to smaller fields."""
        modes = eigenvalues(self.system, point.at[:-1].tolist(), self._slopes(point.at))
        growth = float(np.max(modes.real, initial=-1.0))
        return max(growth - GROWING, -float(point.along[-1]))

    def _between(self, point: Point, step: float) -> float:
        """Field over the reference at which the rest is lost, within a step from a point at which it is not."""

        def lost(length: float) -> float:
            found = point if length == 0 else self._following(point, length)
            return float("nan") if found is None else self._lost(found)

        try:
            length = brentq(lost, 0.0, step, xtol=RESOLVED)
        except ValueError as error:  # a point between was not found
            raise SimulationError("the end of the rest cannot be found") from error
        found = self._following(point, length) if length else point
        if found is None:
            raise SimulationError("the end of the rest cannot be found")
        return float(found.at[-1])
