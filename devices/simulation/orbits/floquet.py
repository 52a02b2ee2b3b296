r"""What small deviations from a periodic orbit do: Floquet multipliers, and the phase that noise makes diffuse.

Deviations follow :math:`\dot y = J(t)\, y` with the Jacobian J along the orbit. After a period they are multiplied by
the Floquet multipliers: one is 1, that of a shift in time; the orbit is stable if the others are smaller than 1 in
modulus. The perturbation projection vector :math:`v_1(t)`, the periodic solution of :math:`\dot v = -J^T v` with
:math:`v_1 \cdot \dot x = 1`, is what a deviation adds to the time: with white noises of two-sided densities
:math:`S_k` that enter by :math:`b_k(t)`, the time shift :math:`\alpha` diffuses,

.. math::

    \langle \alpha^2 \rangle = c\,t, \qquad c = \frac1T \int_0^T \sum_k S_k\,(v_1 \cdot b_k)^2\,dt,

and each line of the spectrum is a Lorentzian; the full width of the first one at half maximum is
:math:`2 \pi f_0^2 c` (A. Demir, A. Mehrotra, J. Roychowdhury, IEEE Trans. Circuits Syst. I 47, 655 (2000),
doi:10.1109/81.847872). The coupling of amplitude and phase is in :math:`v_1`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...core.vectors import tangent_of
from ...language.waveforms.shapes import FloatArray
from ..numerics.small_matrices import one_thread
from ..operating_points.noise import state_noises
from .cycle import Cycle, Motion, operator, slopes_of
from .periodic_functions import differentiation, resampled

ComplexArray = npt.NDArray[np.complex128]

#: Steps in a period by which deviations are followed, and terms of their exponentials.
STEPS, TERMS = 2048, 10


def monodromy(slopes: FloatArray) -> FloatArray:
    """What deviations become in a period, from the derivatives of the rates per period (N, n, n)."""
    # Magnus' expansion to fourth order, from the slopes at Gauss' two points of each step.
    one, other = (resampled(slopes, STEPS, (0.5 + side * np.sqrt(3) / 6) / STEPS) for side in (-1, 1))
    exponents = (one + other) / (2 * STEPS) + np.sqrt(3) / (12 * STEPS**2) * (other @ one - one @ other)
    term = np.broadcast_to(np.eye(exponents.shape[1]), exponents.shape)
    factors = term.copy()
    for k in range(1, TERMS):
        term = term @ exponents / k
        factors = factors + term
    while len(factors) > 1:
        factors = factors[1::2] @ factors[::2]
    return np.asarray(factors[0])


@one_thread()
def multipliers(motion: Motion, cycle: Cycle) -> ComplexArray:
    """Floquet multipliers of an orbit, on the tangents of spheres, in falling order of their moduli."""
    basis = tangent_of(cycle.states[0], motion.spheres)
    found = np.asarray(np.linalg.eigvals(basis.T @ monodromy(slopes_of(motion, cycle)) @ basis), dtype=complex)
    return np.asarray(found[np.argsort(-np.abs(found))])


@one_thread()
def projection(motion: Motion, cycle: Cycle) -> FloatArray:
    """The perturbation projection vector along an orbit, (N, n): time per scaled state [s]."""
    matrix = operator(slopes_of(motion, cycle))
    along = differentiation(len(cycle.states)) @ cycle.states
    border = along.ravel() / np.linalg.norm(along)
    bordered = np.block([[matrix.T, border[:, None]], [border[None, :], np.zeros((1, 1))]])
    found = np.linalg.solve(bordered, np.append(np.zeros(len(border)), 1.0))[:-1].reshape(along.shape)
    return np.asarray(cycle.period * found / np.mean(np.sum(found * along, axis=1)))


def diffusion(motion: Motion, cycle: Cycle, temperature: float) -> float:
    """Constant c of the diffusion of the time shift [s] by the noises of the states at a temperature."""
    vector = projection(motion, cycle)
    voltages = np.stack(list(motion.voltages(cycle.states).values()), axis=1)
    total = 0.0
    for v, x, p in zip(voltages, cycle.states * motion.scales, vector, strict=True):
        densities, coupling = state_noises(motion.device, v.tolist(), x.tolist(), motion.parameters, temperature)
        total += float(densities @ (p @ (coupling / motion.scales[:, None])) ** 2)
    return total / len(vector)
