r"""Rectification of a small alternating current by states that it moves: the mean voltage, to second order.

A current :math:`I_0 + \delta \cos \omega t` moves the states about their rest by :math:`\delta\,\mathrm{Re}[u_1
e^{i \omega t}]`, :math:`u_1 = (i \omega - A)^{-1}\, \partial f / \partial I` with the linearised motion A. What is of
second order in :math:`\delta` has a mean: that of the rates moves the rest, and that of the voltage is seen,

.. math::

    A\, u_2 = - \langle f(u_1, I) \rangle_2, \qquad
    \frac{V_\mathrm{dc} - V_0}{\delta^2} = \langle V(u_1, I) \rangle_2 + \frac{\partial V}{\partial u} \cdot u_2

with :math:`\langle g \rangle_2` the mean of g over a period less its value at rest, over :math:`\delta^2`. So the
product of the oscillating current and resistance is in it, the change of the mean resistance under a constant current,
and the curvature of the device's own characteristic. Directions are told by their projections on the plane that touches
their sphere at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.base import DeviceModel
from ..core.vectors import tangent_of
from ..language.waveforms.shapes import FloatArray, Sine
from .orbits.cycle import DIFFERENCE, Motion
from .request import Request

#: Deviation of the scaled states at which means are taken, and times in a period: a smaller one is lost in rounding
#: errors, and with eight times the mean feels the fourth power of it first.
SMALL, PHASES = 1e-3, 8


@dataclass(frozen=True)
class Rectification:
    """What a device makes of a small alternating current at some frequencies.

    Attributes
    ----------
    curvature : ndarray
        Mean voltage over the square of the current's amplitude. [V/A^2]
    deviation : ndarray
        Amplitude of the scaled states' deviation over that of the current. [1/A]
    excess : float
        How far from the second order the device is at the given amplitude: change of the curvature over its largest
        value, or of the restoring rates over those of the damping, whichever is more.
    voltage : float
        Voltage at rest. [V]
    resistance : float
        Differential resistance at rest, with the states held. [ohm]
    """

    curvature: FloatArray
    deviation: FloatArray
    excess: float
    voltage: float
    resistance: float


class _Plane:
    """Coordinates of states beside a rest: on the plane that touches the spheres of directions there."""

    def __init__(self, rest: FloatArray, spheres: list[list[int]]) -> None:
        self.rest, self.spheres = rest, spheres
        self.basis = tangent_of(rest, spheres)

    def states(self, u: FloatArray) -> FloatArray:
        """Scaled states at coordinates (K, k)."""
        found = self.rest + u @ self.basis.T
        for rows in self.spheres:
            found[:, rows] /= np.linalg.norm(found[:, rows], axis=1, keepdims=True)
        return np.asarray(found)

    def rates(self, states: FloatArray, rates: FloatArray) -> FloatArray:
        """Rates of the coordinates, from those of the scaled states (K, n)."""
        found = rates.copy()
        for rows in self.spheres:
            m, pace, at = states[:, rows], rates[:, rows], self.rest[rows]
            height = (m @ at)[:, None]
            found[:, rows] = pace / height - m * (pace @ at)[:, None] / height**2
        return np.asarray(found @ self.basis)


def rectification(
    device: DeviceModel, current: float, rest: FloatArray, frequency: FloatArray, amplitude: float
) -> Rectification:
    """What a device at rest makes of a small alternating current beside a constant one, through its first branch.

    Parameters
    ----------
    device : DeviceModel
        The device.
    current : float
        The constant current. [A]
    rest : ndarray
        Its states at rest under it.
    frequency : ndarray
        Frequencies. [Hz]
    amplitude : float
        Amplitude of the current. [A]
    """
    still = Motion(Request.of(device, current, 1.0, "current", {}))
    scaled = rest / still.scales
    plane = _Plane(scaled, still.spheres)
    branch = next(iter(still.functions.voltage_names))

    def seen(amplitude: float, states: FloatArray, phases: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Voltage and rates of the coordinates at phases of a current of some amplitude."""
        motion = Motion(Request.of(device, Sine(current, amplitude, 1.0), 1.0, "current", {}))
        found = motion.quantities(states, 0.25 + phases / (2 * np.pi))
        rates = [np.broadcast_to(found[f"d{name}/dt"], len(states)) for name in motion.names]
        return found[branch], plane.rates(states, np.stack(rates, axis=1) / motion.scales)

    count = plane.basis.shape[1]
    moves = DIFFERENCE * np.concatenate([np.eye(count), -np.eye(count)])
    voltages, rates = seen(0.0, plane.states(moves), np.zeros(2 * count))
    slopes = (voltages[:count] - voltages[count:]) / (2 * DIFFERENCE)
    matrix = (rates[:count] - rates[count:]).T / (2 * DIFFERENCE)
    there = np.repeat(scaled[None, :], 2, axis=0)
    ends = seen(SMALL * amplitude, there, np.array([0.0, np.pi]))
    resistance, push = ((ends[k][0] - ends[k][1]) / (2 * SMALL * amplitude) for k in (0, 1))
    turning = 2j * np.pi * frequency[:, None, None] * np.eye(count)
    pushes = np.broadcast_to(push[:, None], (len(frequency), count, 1))
    moved = np.asarray(np.linalg.solve(turning - matrix, pushes)[..., 0])
    deviation = np.linalg.norm(moved, axis=1)
    strongest = float(np.max(deviation, initial=0.0))
    small = min(amplitude, SMALL / strongest) if strongest > 0 else amplitude
    phases = 2 * np.pi * np.arange(PHASES) / PHASES
    (quiet, *_), (pace, *_) = seen(0.0, there, np.zeros(2))

    def curvature(size: float) -> tuple[FloatArray, npt.NDArray[np.complex128]]:
        """Mean voltage over the square of an amplitude; and the rates' first harmonic over the amplitude."""
        u = size * np.real(moved[:, None, :] * np.exp(1j * phases)[None, :, None])
        voltages, rates = seen(size, plane.states(u.reshape(-1, count)), np.tile(phases, len(frequency)))
        rates = rates.reshape(-1, PHASES, count)
        mean = (voltages.reshape(-1, PHASES).mean(axis=1) - quiet) / size**2
        shifted = -((rates.mean(axis=1) - pace) / size**2) @ np.linalg.pinv(matrix).T
        return mean + shifted @ slopes, 2 * np.einsum("fkn,k->fn", rates, np.exp(-1j * phases)) / (PHASES * size)

    (found, linear), (half, _), (driven, own) = (curvature(size) for size in (small, 0.5 * small, amplitude))
    found = (4 * half - found) / 3  # without the fourth power of the amplitude
    decay = float(np.min(np.abs(np.linalg.eigvals(matrix).real)))
    excess = float(np.max(np.abs(driven - found)) / np.max(np.abs(found), initial=1e-300))
    if strongest > 0 and decay > 0:
        excess = max(excess, float(np.max(np.linalg.norm(own - linear, axis=1)) / (decay * strongest)))
    return Rectification(found, deviation, excess, float(quiet), float(resistance))
