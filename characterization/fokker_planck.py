r"""Fokker-Planck equation of a magnet that is symmetric about z: probabilities too small to be met by trajectories.

With :math:`u = m_z` the density of probability follows Brown's equation (1963, doi:10.1103/PhysRev.130.1677)

.. math::

    \frac{\partial\rho}{\partial t} = -\frac{\partial J}{\partial u}, \qquad
    J = A(u)\,\rho - D\,(1 - u^2)\,\frac{\partial\rho}{\partial u}

whose drift :math:`A = \dot m_z`, spin torques included, and diffusion
:math:`D = \alpha\gamma k_B T / [(1 + \alpha^2) M_s V]` are evaluated from the device's own equations and noise. It is
solved by finite volumes that are even in the polar angle, with the fluxes of Scharfetter and Gummel (1969,
doi:10.1109/T-ED.1969.16566), which keep the equilibrium exactly: the master equation of a walk from cell to cell. Its
propagator over a time is made of sums and products of numbers that are not negative alone (uniformisation, then
squaring), so that a probability of :math:`10^{-12}` has as many right digits as one of a half, and the step of time has
no error.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..devices.errors import ParameterError, UnknownNameError
from ..devices.model import CompactModel
from ..devices.targets.noise import diffusion_tensor
from ..devices.targets.numeric import Request, compiled, parameter_vector, voltages_at_current
from ..devices.waveforms import FloatArray

#: Cells between the poles; a multiple of four, so that half as many have an edge at the equator too.
CELLS = 400
#: Largest violation of the symmetry that counts as rounding, relative to the rates.
ROUNDING = 1e-9
#: Abscissae and weights of the quadrature of a potential's difference between neighbouring cells.
_ABSCISSAE, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True)
class AxialMagnet:
    """A device whose one state is a direction that is symmetric about z, under a constant drive.

    Attributes
    ----------
    device : CompactModel
        The device.
    drive : float
        Value of what drives it. [V or A]
    source : str
        What that is: ``"voltage"``, ``"current"``, or a branch's voltage or current by name.
    temperature : float
        Temperature of the noise. [K]

    Raises
    ------
    ParameterError
        If the device has other states, or is not symmetric about z.
    """

    device: CompactModel
    drive: float = 0.0
    source: str = "voltage"
    temperature: float = 300.0

    def __post_init__(self) -> None:
        spheres = compiled(self.device).system.spheres
        if len(spheres) != 1 or len(compiled(self.device).system.states) != 3 or self.device.telegraph_declarations():
            raise ParameterError(f"{self.device.model_name()} has other states than one direction")
        if not (0 < self.temperature < math.inf):
            raise ParameterError(f"the temperature must be positive and finite, not {self.temperature!r} K")
        self._check_symmetry()

    def drift(self, u: ArrayLike, azimuth: float = 0.0) -> FloatArray:
        """Rate of m_z where it is u [1/s]."""
        z = np.asarray(u, dtype=float)
        across = np.sqrt(1 - z**2)
        states = [across * math.cos(azimuth), across * math.sin(azimuth), z]
        names = [str(state) for state in compiled(self.device).system.states]
        table = self.device.static(**self._voltages(states), **dict(zip(names, states, strict=True)))
        return np.asarray(table[f"d{names[2]}/dt"])

    @functools.cached_property
    def diffusion(self) -> float:
        """Coefficient D of the free diffusion on the sphere [1/s]."""
        return float(self._tensor(0.0, 0.0)[2, 2])

    def _voltages(self, states: Sequence[FloatArray]) -> dict[str, FloatArray]:
        request = Request.of(self.device, self.drive, 1.0, self.source, {})
        name = list(self.device.branches())[request.branch]
        value = np.full(np.shape(states[0]), float(self.drive))
        if not request.by_current:
            return {name: value}
        functions = compiled(self.device)
        rest = [0.0] * len(functions.system.voltages)
        return {
            name: voltages_at_current(functions, request.branch, value, rest, states, parameter_vector(self.device))
        }

    def _tensor(self, u: float, azimuth: float) -> FloatArray:
        across = math.sqrt(1 - u**2)
        states = np.array([across * math.cos(azimuth), across * math.sin(azimuth), u])
        given = self._voltages([np.array(x) for x in states])
        voltages = np.array([float(given.get(name, 0.0)) for name in self.device.branches()])
        return diffusion_tensor(self.device, voltages, states, self.temperature)

    def _check_symmetry(self) -> None:
        u = np.linspace(-0.99, 0.99, 23)
        rates = np.array([self.drift(u, azimuth) for azimuth in (0.0, 0.7, 2.0, 4.0)])
        largest = max(np.abs(rates).max(), self.diffusion)
        if np.abs(rates - rates[0]).max() > ROUNDING * largest:
            raise ParameterError(
                f"{self.device.model_name()} is not symmetric about z: "
                "its fields, anisotropy, shape and reference layer must be"
            )
        for z, azimuth in ((0.6, 0.7), (-0.8, 2.0)):
            across = math.sqrt(1 - z**2)
            m = np.array([across * math.cos(azimuth), across * math.sin(azimuth), z])
            free = self.diffusion * (np.eye(3) - np.outer(m, m))
            if np.abs(self._tensor(z, azimuth) - free).max() > ROUNDING * self.diffusion:
                raise ParameterError(f"the noise of {self.device.model_name()} is not that of a free rotation")


@dataclass(frozen=True)
class MasterEquation:
    """The walk from cell to cell that stands for the Fokker-Planck equation of a magnet.

    Attributes
    ----------
    magnet : AxialMagnet
        The magnet and its drive.
    cells : int
        Number of cells between the poles.
    """

    magnet: AxialMagnet
    cells: int = CELLS

    @functools.cached_property
    def edges(self) -> FloatArray:
        """Edges of the cells, from u = -1 to 1."""
        return -np.cos(np.linspace(0.0, math.pi, self.cells + 1))

    @functools.cached_property
    def centres(self) -> FloatArray:
        """Middles of the cells in the polar angle."""
        return -np.cos((np.arange(self.cells) + 0.5) * math.pi / self.cells)

    @functools.cached_property
    def potential(self) -> FloatArray:
        """Minus the logarithm of the density that the drive would settle to, but for a constant."""
        low, high = self.centres[:-1, None], self.centres[1:, None]
        u = (low + high) / 2 + (high - low) / 2 * _ABSCISSAE
        slope = self.magnet.drift(u.ravel()).reshape(u.shape) / (self.magnet.diffusion * (1 - u**2))
        steps = ((high - low) / 2 * slope * _WEIGHTS).sum(axis=1)
        return -np.concatenate([[0.0], np.cumsum(steps)])

    @functools.cached_property
    def rates(self) -> tuple[FloatArray, FloatArray]:
        """Rates of the steps up, from all cells but the last, and down, from all but the first [1/s]."""
        sizes = np.diff(self.edges)
        face = self.magnet.diffusion * (1 - self.edges[1:-1] ** 2) / np.diff(self.centres)
        fall = -np.diff(self.potential)
        return face * _bernoulli(-fall) / sizes[:-1], face * _bernoulli(fall) / sizes[1:]

    def stationary(self, side: int = 0) -> FloatArray:
        """Probabilities of the cells in equilibrium: everywhere (0), or in the upper (1) or lower (-1) half alone."""
        weights = np.diff(self.edges) * np.exp(self.potential.min() - self.potential)
        weights[self.centres * side < 0] = 0.0
        return np.asarray(weights / weights.sum())

    def propagator(self, duration: float) -> FloatArray:
        """Matrix that takes the probabilities of the cells over a time [s]; its entries have small relative errors."""
        up, down = self.rates
        leaving = np.concatenate([up, [0.0]]) + np.concatenate([[0.0], down])
        fastest = leaving.max()
        halvings = max(0, math.ceil(math.log2(fastest * duration)))
        span = duration / 2**halvings
        walk = (np.diag(fastest - leaving) + np.diag(up, -1) + np.diag(down, 1)) * span
        term = total = np.eye(self.cells)
        for k in range(1, 30):  # 1/30! is below rounding
            term = term @ walk / k
            total = total + term
        matrix = math.exp(-fastest * span) * total
        for _ in range(halvings):
            matrix = matrix @ matrix
        return np.asarray(matrix)

    def mean_first_passage_time(self, start: FloatArray, threshold: float) -> float:
        """Mean time until u is first below a threshold, from given probabilities of the cells [s].

        The threshold is taken to the nearest edge. By the closed form for a walk in one dimension: a sum of terms that
        are all positive.
        """
        first = int(np.argmin(np.abs(self.edges - threshold)))
        up, down = self.rates
        # Time to step down from a cell, from that of its upper neighbour: T_i = (1 + up_i T_(i+1)) / down_i.
        times = np.zeros(self.cells + 1)
        up = np.append(up, 0.0)
        for cell in range(self.cells - 1, first, -1):
            times[cell] = (1 + up[cell] * times[cell + 1]) / down[cell - 1]
        if first > 0:
            times[first] = (1 + up[first] * times[first + 1]) / down[first - 1]
        passage = np.cumsum(times[:-1])
        return float((start * passage).sum())


def _bernoulli(x: FloatArray) -> FloatArray:
    """X / (exp(x) - 1)."""
    small = np.abs(x) < 1e-6
    with np.errstate(over="ignore"):  # beyond exp(709) it is 0
        return np.asarray(np.where(small, 1 - x / 2, x / np.expm1(np.where(small, 1.0, x))))


def unswitched(
    device: CompactModel,
    drive: float,
    durations: ArrayLike,
    *,
    source: str = "voltage",
    start: int = 1,
    temperature: float = 300.0,
    cells: int = CELLS,
) -> tuple[FloatArray, FloatArray]:
    """Probability that a magnet is still on its side of the equator after a constant drive, and its error.

    Parameters
    ----------
    device : CompactModel
        A device whose one state is a direction, symmetric about z.
    drive : float
        Value of the drive. [V or A]
    durations : array_like
        Times after which to look. [s]
    source : str
        What is driven, as of :meth:`CompactModel.simulate`.
    start : int
        Side that it starts on, in equilibrium without drive: 1 for above the equator, -1 for below.
    temperature : float
        Temperature of the noise. [K]
    cells : int
        Number of cells between the poles: a multiple of four.

    Returns
    -------
    probability, error : ndarray
        Extrapolated from half as many cells and as many, as errors of second order allow (Richardson); the error is
        what that changed.

    Raises
    ------
    ParameterError
        If the device is not symmetric, or an argument is out of range.
    """
    times = np.atleast_1d(np.asarray(durations, dtype=float))
    if times.ndim != 1 or not np.all((times > 0) & np.isfinite(times)):
        raise ParameterError("durations must be positive and finite")
    if start not in (-1, 1):
        raise UnknownNameError("side to start on", str(start), ["1", "-1"])
    if cells < 8 or cells % 4:
        raise ParameterError(f"cells must be a multiple of four from 8 on, not {cells!r}")
    rest = AxialMagnet(device, 0.0, source, temperature)
    driven = AxialMagnet(device, drive, source, temperature)
    fine, coarse = (_unswitched(rest, driven, times, start, number) for number in (cells, cells // 2))
    # Of the logarithm: its error is the one that is of second order where the probability is small.
    extrapolated = fine * (fine / coarse) ** (1 / 3)
    return extrapolated, np.abs(extrapolated - fine)


def _unswitched(rest: AxialMagnet, driven: AxialMagnet, times: FloatArray, start: int, cells: int) -> FloatArray:
    equation = MasterEquation(driven, cells)
    probabilities = MasterEquation(rest, cells).stationary(start)
    same_side = equation.centres * start > 0
    found = np.empty(len(times))
    now, span, matrix = 0.0, 0.0, np.eye(cells)
    for k in np.argsort(times):
        step = times[k] - now
        if step > 0:
            if not math.isclose(step, span, rel_tol=1e-9):
                span, matrix = step, equation.propagator(step)
            probabilities = matrix @ probabilities
            now = times[k]
        found[k] = probabilities[same_side].sum()
    return found


def butler_write_error_rate(overdrive: ArrayLike, barrier: ArrayLike, reduced_time: ArrayLike) -> FloatArray:
    r"""Write error rate of a perpendicular macrospin under a constant current above the critical one.

    .. math:: \mathrm{WER} = 1 - \exp\left[-\frac{\pi^2 (i - 1) \Delta / 4}{i\,e^{2 (i - 1) \tau} - 1}\right]

    Parameters
    ----------
    overdrive : array_like
        Current over the critical one, i > 1.
    barrier : array_like
        Energy barrier over k_B T, Delta.
    reduced_time : array_like
        Length of the pulse over :math:`(1 + \alpha^2) / (\alpha \gamma_0 H_k)`.

    Notes
    -----
    An approximation for pulses that mostly switch: W. H. Butler et al., IEEE Trans. Magn. 48, 4684 (2012),
    doi:10.1109/TMAG.2012.2209122.
    """
    i, delta, tau = (np.asarray(value, dtype=float) for value in (overdrive, barrier, reduced_time))
    return np.asarray(-np.expm1(-(math.pi**2) * (i - 1) * delta / 4 / (i * np.exp(2 * (i - 1) * tau) - 1)))
