r"""Noise of the phase and of the amplitude of a line of an oscillation, at offsets from it.

Weak noise moves the states by :math:`y(t)`, which follows :math:`\dot y = J(t)\,y + B(t)\,\xi(t)`. In the slow parts of
a quantity's harmonic k, :math:`\mathrm{Re}[X_k (1 + a) e^{i (2 \pi k f_0 t + \phi)}]`, with q its slopes along the
orbit,

.. math::

    a + i \phi = \frac{2}{X_k} \langle e^{-2 \pi i k f_0 t}\, q \cdot y \rangle, \qquad
    \phi(\omega) = \frac1T \int_0^T \mathrm{Im}\Big(\frac{2\, e^{-2\pi i k f_0 t}}{X_k}\Big)\, q \cdot Y\, dt,
    \qquad y = Y(t)\, e^{i \omega t}

with Y periodic. One periodic solution w of the adjoint equation :math:`-\dot w = J^T w - i \omega w + h q` for each
offset, :math:`h` the weight above, serves all noises and all harmonics from which they are folded,

.. math:: S_\phi(\omega) = \frac1T \int_0^T \sum_k S_k\, |w \cdot b_k|^2\, dt

(two-sided). Below the rate of relaxation this is the diffusion of the phase, :math:`S_\phi = k^2 f_0^2 c / f^2`, with c
of :mod:`synaspice.devices.simulation.orbits.floquet`; above it the phase no longer follows the noise of the amplitude.
The adjoint method is that of J. Roychowdhury, D. Long, P. Feldmann, IEEE J. Solid-State Circuits 33, 324 (1998),
doi:10.1109/4.661198.
"""

from __future__ import annotations

import numpy as np

from ...language.waveforms.shapes import FloatArray
from ..numerics.small_matrices import one_thread
from .cycle import Cycle, Motion, operator, slopes_of
from .floquet import projection
from .periodic_functions import differentiation
from .spectrum import strengths_along


@one_thread()
def sideband_noise(
    motion: Motion, cycle: Cycle, values: FloatArray, slopes: FloatArray, harmonic: int, offsets: FloatArray,
    temperature: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Two-sided densities of the phase [rad^2/Hz] and of the relative amplitude [1/Hz] of a quantity's line.

    Parameters
    ----------
    motion : Motion
        The device under its drive.
    cycle : Cycle
        Its orbit at N times.
    values, slopes : ndarray
        The quantity along the orbit (N), and its derivatives by the scaled states (N, n).
    harmonic : int
        Which of its lines.
    offsets : ndarray
        Offsets from the line. [Hz]
    temperature : float
        Temperature of the noises. [K]
    """
    count, n = cycle.states.shape
    turn = np.exp(-2j * np.pi * harmonic * np.arange(count) / count)
    weight = turn / np.mean(turn * values)  # the mean is half of X_k
    weights = np.stack([weight.imag, weight.real], axis=1)[:, None, :] * slopes[:, :, None]
    outputs = weights.reshape(count * n, 2) / count
    noises = strengths_along(motion, cycle.states, temperature)
    matrix = operator(slopes_of(motion, cycle)).T.astype(complex)
    along = (differentiation(count) @ cycle.states).ravel()
    along /= np.linalg.norm(along)
    bordered = np.zeros((count * n + 1, count * n + 1), dtype=complex)
    bordered[:-1, -1] = bordered[-1, :-1] = along
    found = np.empty((2, len(offsets)))
    diagonal = np.arange(count * n)
    for place, offset in enumerate(offsets):
        # The part along the shift in time is known, and would be lost in the matrix' rounding errors.
        shift = 2j * np.pi * offset * cycle.period
        bordered[:-1, :-1] = matrix
        bordered[diagonal, diagonal] += shift
        right = np.concatenate([outputs, (along @ outputs)[None, :] / shift])
        solved = np.linalg.solve(bordered, right)[:-1].reshape(count, n, 2)
        moved = np.einsum("tnc,tnm->ctm", solved, noises)
        found[:, place] = cycle.period**2 * count * np.sum(np.abs(moved) ** 2, axis=(1, 2))
    return found[0], found[1]


def broadening(motion: Motion, cycle: Cycle, temperature: float) -> float:
    r"""How much wider the line is than that of the noise along the orbit alone.

    With :math:`u = \dot x / |\dot x|^2` in place of the perturbation projection vector, the noise would only push the
    states ahead on their orbit. For a circular orbit the ratio of the widths is :math:`1 + \nu^2`.
    """
    noises = strengths_along(motion, cycle.states, temperature)
    rates = motion.rates(cycle.states)
    ahead = rates / np.sum(rates**2, axis=1, keepdims=True)
    parts = [np.mean(np.sum(np.einsum("tn,tnm->tm", by, noises) ** 2, axis=1))
             for by in (projection(motion, cycle), ahead)]  # fmt: skip
    return float(parts[0] / parts[1])
