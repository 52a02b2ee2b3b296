r"""The modes in which deviations from a periodic orbit decay.

Deviations follow :math:`\dot y = J(t)\,y`. They are sums of modes :math:`u_j(t)\, e^{\mu_j t}` with periodic
:math:`u_j`; the adjoint equation :math:`\dot v = -J^T v` has the periodic solutions :math:`v_j(t)\, e^{-\mu_j t}`, with
:math:`v_i \cdot u_j = \delta_{ij}` at every time: :math:`v_j \cdot y` is the part of the mode in a deviation. One mode,
of exponent 0, is a shift in time, :math:`u_1 = \dot x`. On the grid of the orbit the modes are eigenvectors,

.. math:: \left(\frac{d}{d\tau} - T J\right) u_j = -T \mu_j u_j,

which inverse iteration finds from the exponents that follow from the multipliers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...language.waveforms.shapes import FloatArray
from ..numerics.small_matrices import one_thread
from .cycle import Cycle, Motion, operator, slopes_of
from .floquet import ComplexArray, monodromy

#: Exponents per period that differ by less are found together.
ALIKE = 1e-2
#: Distance of the shift from the exponent, and inverse iterations.
OFFSET, ITERATIONS = 1e-5, 4
#: Multipliers below this are rounding errors of larger ones.
SMALLEST = 1e-14


@dataclass(frozen=True)
class Modes:
    """Modes of the deviations from an orbit, without that of a shift in time.

    Attributes
    ----------
    exponents : ndarray of complex
        Their exponents. (m) [1/s]
    right : ndarray of complex
        What they are made of, in scaled states along the orbit. (m, N, n)
    left : ndarray of complex
        What tells their part in a deviation. (m, N, n)
    """

    exponents: ComplexArray
    right: ComplexArray
    left: ComplexArray


@one_thread()
def modes(motion: Motion, cycle: Cycle) -> Modes:
    """The modes of an orbit, by their exponents."""
    slopes = slopes_of(motion, cycle)
    count, n, _ = slopes.shape
    matrix = operator(slopes)
    multipliers = np.linalg.eigvals(monodromy(slopes)).astype(complex)
    multipliers = np.delete(multipliers, np.argmin(np.abs(multipliers - 1)))
    sizes = np.maximum(np.abs(multipliers), SMALLEST)
    powers = np.log(sizes) + 1j * np.angle(multipliers)
    found: list[tuple[ComplexArray, ComplexArray, ComplexArray]] = []
    for group in _groups(powers):
        found.append(_beside(matrix, np.mean(powers[group]), len(group), count))
    exponents, right, left = (
        (np.concatenate([part[k] for part in found]) for k in range(3)) if found else _none(count, n)
    )
    return Modes(
        np.asarray(exponents / cycle.period, dtype=complex), right.reshape(-1, count, n), left.reshape(-1, count, n)
    )


def _none(count: int, n: int) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    return np.empty(0, dtype=complex), np.empty((0, count * n), dtype=complex), np.empty((0, count * n), dtype=complex)


def _groups(powers: ComplexArray) -> list[list[int]]:
    """Numbers of exponents, those that are alike together."""
    groups: list[list[int]] = []
    for k, power in enumerate(powers):
        for group in groups:
            if any(abs(np.exp(power - powers[other]) - 1) < ALIKE for other in group):
                group.append(k)
                break
        else:
            groups.append([k])
    return groups


def _beside(
    matrix: FloatArray, power: complex, size: int, count: int
) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Exponents per period near one, with their right and left eigenvectors in rows."""
    shift = -power + OFFSET * (1 + abs(power))
    inverse = np.linalg.inv(matrix - shift * np.eye(len(matrix)))
    generator = np.random.default_rng(1)
    right, left = generator.standard_normal((2, len(matrix), size)).astype(complex)
    for _ in range(ITERATIONS):
        right, left = np.linalg.qr(inverse @ right)[0], np.linalg.qr(inverse.T @ left)[0]
    # Both span the same modes; where they are several, the small matrix tells them apart.
    values, mixed = np.linalg.eig(np.linalg.solve(left.T @ right, left.T @ (matrix @ right)))
    right = right @ mixed
    left = np.linalg.solve((left.T @ right) / count, left.T).T
    return -values, right.T, left.T
