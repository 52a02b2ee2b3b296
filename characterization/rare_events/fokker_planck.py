r"""Fokker-Planck equation of an axially symmetric magnet: one dimension, finite volumes.

If nothing depends on the azimuth, :math:`u = m_z` moves by itself, and its probability density :math:`\rho` obeys

.. math::

    \frac{\partial\rho}{\partial t} = -\frac{\partial}{\partial u}\left[w\,\rho - D\,\frac{\partial\rho}{\partial u}
    \right], \qquad w = a - \frac{\partial D}{\partial u}

with drift :math:`a` and diffusion :math:`D` from the device's declaration
(:mod:`synaspice.devices.simulation.operating_points.diffusion`); for the junction with fixed current
:math:`w = A (1 - u^2)(u - i)` and :math:`D = A (1 - u^2) / 2\Delta`, Brown's equation with the torque of the current.
With :math:`\psi' = w / D` the flux is :math:`-D\,e^\psi\,(\rho\,e^{-\psi})'`, and between the centres of
neighbouring cells of a grid that is even in the polar angle

.. math::

    J_{k \to k+1} = \frac{\rho_k - \rho_{k+1} e^{\psi_k - \psi_{k+1}}}{R_k}, \qquad
    R_k = \int_k^{k+1} \frac{e^{\psi_k - \psi}}{D}\,du

with the integrals by Gauss and Legendre's rule: the fluxes of Scharfetter and Gummel with the variation of drift and
diffusion between the points. The stationary density at the centres is Boltzmann's to rounding. The cells make a Markov
chain in continuous time, whose transition probabilities are summed by uniformisation: sums of positive numbers, so that
small probabilities have the same relative accuracy as large ones, and no error of a time step. The error is the
error of the grid, of second order, which grids of half and twice as many cells show.

References
----------
W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677; D. L. Scharfetter, H. K. Gummel, IEEE Trans.
Electron Devices 16, 64 (1969), doi:10.1109/T-ED.1969.16566; uniformisation: A. Jensen, Scand. Actuar. J. 1953, 87,
doi:10.1080/03461238.1953.10419459; W. H. Butler et al., IEEE Trans. Magn. 48, 4684 (2012),
doi:10.1109/TMAG.2012.2209122.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from scipy.linalg.blas import daxpy, dgbmv

from ...devices.core.distributions import poisson_pmf
from ...devices.language.checks import positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from .axial_magnet import Amplitude, AxialMagnet

#: Cells from pole to pole of the middle one of three grids.
CELLS, LEAST_CELLS, MOST_CELLS = 400, 40, 20_000
#: Points of the quadrature in half a cell.
NODES = 6
#: Mean number of jumps in a step of the uniformisation, and terms of its sum: the next is below 1e-30 of the largest.
JUMPS, TERMS, NEGLIGIBLE = 400, 720, 1e-30
#: Jumps above which a run is refused: it would take minutes.
MOST_JUMPS = 3e7


@dataclass(frozen=True)
class Estimate:
    """A number and the interval that it lies in.

    Attributes
    ----------
    value : float
        Best estimate.
    lower, upper : float
        Bounds.
    """

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class PolarGrid:
    r"""Cells of a grid, from the pole outwards; :math:`\psi` counts from the first cell's centre.

    Attributes
    ----------
    edges : ndarray
        Polar angles of the cells' edges. [rad]
    masses : ndarray
        Equilibrium masses :math:`\int e^{\psi - \psi_k} du`.
    potential : ndarray
        :math:`\psi_k` at the centres.
    resistances : ndarray
        :math:`R_k` from each centre to the next [s]; the last to the edge of the grid.
    inner : ndarray
        The part of :math:`R_k` within the cell, from its centre to its outer edge. [s]
    """

    edges: FloatArray
    areas: FloatArray
    masses: FloatArray
    potential: FloatArray
    resistances: FloatArray
    inner: FloatArray

    @classmethod
    def of(cls, magnet: AxialMagnet, amplitude: Amplitude, cells: int, edge: float = math.pi / 2) -> PolarGrid:
        """Cells of even width on either side of an edge at a given polar angle [rad]."""
        before = min(max(round(cells * edge / math.pi), 2), cells - 2)
        edges = np.concatenate([np.linspace(0, edge, before + 1), np.linspace(edge, math.pi, cells - before + 1)[1:]])
        halves = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
        width = np.diff(halves)
        nodes, weights, integral = _rule()
        theta = halves[:-1, np.newaxis] + width[:, np.newaxis] * nodes
        drift, diffusion = magnet.drift_and_diffusion(theta, amplitude)
        # Along the polar angle: the cosine falls as the angle grows.
        slope = -drift / diffusion * np.sin(theta) * width[:, np.newaxis]
        psi = slope @ integral.T  # from the beginning of each half
        rise = slope @ weights
        area = np.sin(theta) * width[:, np.newaxis]
        first, second = slice(0, None, 2), slice(1, None, 2)
        # Halves before the centre count psi from their end.
        psi[first] -= rise[first, np.newaxis]
        mass = (np.exp(psi) * area) @ weights
        resistance = (np.exp(-psi) / diffusion * area) @ weights
        rises = rise[second][:-1] + rise[first][1:]
        inner = resistance[second]
        between = inner.copy()
        # The half beyond the edge counts psi from its own centre.
        between[:-1] += resistance[first][1:] * np.exp(-rises)
        potential = np.concatenate([[0.0], np.cumsum(rises)])
        return cls(edges, -np.diff(np.cos(edges)), mass[first] + mass[second], potential, between, inner)

    def equilibrium(self, count: int | None = None) -> FloatArray:
        """Boltzmann's probabilities of the first cells [default: all]; zero in the others."""
        some = slice(0, count)
        weights = np.zeros_like(self.masses)
        weights[some] = self.masses[some] * np.exp(self.potential[some] - self.potential[some].max())
        total: float = weights.sum()
        return weights / total

    def barrier(self) -> int:
        """Number of cells on the pole's side of the barrier.

        Raises
        ------
        ParameterError
            If no well is at the pole.
        """
        lowest = int(np.argmin(self.potential))
        if self.potential[1] >= self.potential[0] or lowest == len(self.potential) - 1:
            raise ParameterError("there is no well at the starting pole: a field or drive has taken the barrier away")
        return lowest + 1

    def rates(self) -> tuple[FloatArray, FloatArray]:
        """Rates from each cell to the next, and from each but the first to the one before [1/s]."""
        out = 1 / (self.resistances * self.areas)
        back = np.exp(self.potential[:-1] - self.potential[1:]) / (self.resistances[:-1] * self.areas[1:])
        return out[:-1], back

    def evolve(self, probabilities: FloatArray, durations: Sequence[float]) -> list[FloatArray]:
        """Probabilities of the cells after increasing times [s]; see the module.

        Raises
        ------
        ParameterError
            If that is more jumps than can be summed.
        """
        out, back = self.rates()
        leaving = np.zeros_like(self.masses)
        leaving[:-1] += out
        leaving[1:] += back
        fastest = leaving.max()
        if fastest * durations[-1] > MOST_JUMPS:
            raise ParameterError(
                f"{durations[-1]:g} s are too long for the Fokker-Planck equation of {len(leaving)} cells; take a mean"
                f" passage time, or at most {MOST_JUMPS / fastest:.2g} s"
            )
        # Rows of a band matrix as LAPACK has them: above the diagonal, on it, and below it.
        jump = np.zeros((3, len(leaving)), order="F")
        jump[0, 1:], jump[1], jump[2, :-1] = back / fastest, 1 - leaving / fastest, out / fastest
        multiply = functools.partial(dgbmv, len(leaving), len(leaving), 1, 1, 1.0, jump)
        results, now = [], 0.0
        p = probabilities
        for end in durations:
            mean = fastest * (end - now)
            steps = max(1, math.ceil(mean / JUMPS))
            weights = poisson_pmf(np.arange(TERMS), mean / steps)
            weights = weights[: int(np.flatnonzero(weights > NEGLIGIBLE * weights.max())[-1]) + 1]
            weights /= weights.sum()  # their rounding would add up over the steps
            for _ in range(steps):
                term, total = p, weights[0] * p
                for weight in weights[1:]:
                    term = multiply(term)
                    total = daxpy(term, total, a=weight)
                p = total
            results.append(p)
            now = end
        return results

    def passage_time(self, count: int) -> float:
        """Mean time from the first cell until the outer edge of some cells is first passed [s]."""
        weights = np.log(self.masses[:count]) + self.potential[:count]
        inside = np.logaddexp.accumulate(weights)
        to_next = self.resistances[:count].copy()
        to_next[-1] = self.inner[count - 1]
        return float(np.exp(np.log(to_next) - self.potential[:count] + inside).sum())


@functools.cache
def _rule() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gauss and Legendre's nodes and weights on 0 to 1, and the matrix that integrates from 0 to each node."""
    x, w = legendre.leggauss(NODES)
    # Integrals of the Lagrange polynomials, by way of Legendre's.
    basis = np.linalg.inv(legendre.legvander(x, NODES - 1))
    integrals = np.stack([legendre.legval(x, legendre.legint(row, lbnd=-1)) for row in np.eye(NODES)], axis=1)
    return (x + 1) / 2, w / 2, integrals @ basis / 2


def still_there(
    magnet: AxialMagnet,
    amplitude: Amplitude,
    widths: Sequence[float] | FloatArray,
    *,
    threshold: float = 0.0,
    cells: int = CELLS,
) -> list[Estimate]:
    """Probability that a magnet is still on its pole's side at the end of a pulse: the write error rate.

    It starts in equilibrium without drive in the well at its pole. The error is that of the grid: the logarithm of the
    probability is extrapolated from grids of once and twice as many cells, and the interval reaches as far as what
    follows from those of half and once as many.

    Parameters
    ----------
    magnet : AxialMagnet
        The magnet.
    amplitude : float or callable
        Amplitude of a rectangular pulse, as of :meth:`AxialMagnet.drift_and_diffusion`. [V or A]
    widths : array_like
        Increasing widths. [s]
    threshold : float
        Cosine of the angle to the pole above which it counts as still there.
    cells : int
        Cells of the middle one of three grids.

    Returns
    -------
    list of Estimate
        One for each width.

    Raises
    ------
    ParameterError
        If there is no well to start from, the device is not symmetric, or an argument makes no sense.
    """
    times = _increasing(widths)
    edge = edge_of(threshold)
    found = []
    for count in grids_of(cells):
        rest = PolarGrid.of(magnet, 0.0, count, edge)
        start = rest.equilibrium(rest.barrier())
        driven = PolarGrid.of(magnet, amplitude, count, edge)
        inside = driven.edges[1:] <= edge * (1 + 1e-12)
        found.append([float(p[inside].sum()) for p in driven.evolve(start, times)])
    return [extrapolated(*grids) for grids in zip(*found, strict=True)]


def mean_passage_time(
    magnet: AxialMagnet, amplitude: Amplitude = 0.0, *, threshold: float = 0.0, cells: int = CELLS
) -> Estimate:
    r"""Mean time in which a magnet gets from its pole to a threshold for the first time [s].

    .. math:: T = \int \frac{e^{-\psi(u)}}{D(u)} \int_\mathrm{pole}^u e^{\psi(u')}\,du'\,du

    over the cells, which for a high barrier is the dwell time in the well; Brown's time for the other well is
    twice that for the barrier's top.

    Parameters
    ----------
    magnet, amplitude, cells
        As of :func:`still_there`.
    threshold : float
        Cosine of the angle to the pole at the threshold.

    Returns
    -------
    Estimate
        The time, with the error of the grid.

    Raises
    ------
    ParameterError
        If the device is not symmetric, or an argument makes no sense.
    """
    edge = edge_of(threshold)
    found = []
    for count in grids_of(cells):
        grid = PolarGrid.of(magnet, amplitude, count, edge)
        inside = int(np.count_nonzero(grid.edges[1:] <= edge * (1 + 1e-12)))
        found.append(grid.passage_time(inside))
    return extrapolated(*found)


def grids_of(cells: int) -> tuple[int, int, int]:
    """Cells of three grids, each twice as fine as the one before.

    Raises
    ------
    ParameterError
        If there are too few or too many.
    """
    number = whole("cells", cells, LEAST_CELLS, MOST_CELLS)
    return number // 2, 2 * (number // 2), 4 * (number // 2)


def edge_of(threshold: float) -> float:
    """Polar angle of a threshold [rad].

    Raises
    ------
    ParameterError
        If the threshold is no cosine between the poles.
    """
    if not -1 < threshold < 1:
        raise ParameterError(f"the threshold is a cosine between -1 and 1, not {threshold!r}")
    return math.acos(threshold)


def _increasing(widths: Sequence[float] | FloatArray) -> list[float]:
    times = [positive("width", float(width), "s") for width in np.atleast_1d(np.asarray(widths, dtype=float))]
    if not times or not np.all(np.diff(times) > 0):
        raise ParameterError("the widths must increase")
    return times


def extrapolated(coarse: float, middle: float, fine: float) -> Estimate:
    """Best value and interval from three grids, each twice as fine as the one before, of a method of second order.

    Richardson's extrapolation of the logarithm; the interval reaches as far as the extrapolation from the coarser two.
    """
    if not min(coarse, middle, fine) > 0:
        return Estimate(fine, 0.0, max(coarse, middle, fine))
    first, second, third = (math.log(value) for value in (coarse, middle, fine))
    best, before = third + (third - second) / 3, second + (second - first) / 3
    error = abs(best - before)
    return Estimate(math.exp(best), math.exp(best - error), math.exp(best + error))
