r"""Response of a crossbar of ohmic cells to voltages that are switched on: exact, of any size of time.

The nodal equations, v the potentials, k the nodes of sources and u all others,

.. math:: C_{uu} \dot v_u + G_{uu} v_u = -(G_{uk} + C_{uk} \tfrac{d}{dt}) v_k, \qquad
    i_k = (G_{ku} + C_{ku} \tfrac{d}{dt}) v_u + (G_{kk} + C_{kk} \tfrac{d}{dt}) v_k

are solved in the plane of s, at some points for each decade of times
(:mod:`~synaspice.circuits.crossbars.transients.contour`), by SciPy's sparse factorisation. All poles lie on the
negative real axis: there is no step in time, and no error of one.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.linalg import LinearOperator, eigsh, splu

from ....devices.language.array_checks import reals
from ....devices.language.checks import positive, real
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.memory import NUMBER, require_memory
from ....devices.language.waveforms.shapes import FloatArray
from ..wires.wired import WiredCells
from .contour import SPAN, ComplexArray, Contour
from .nodal import Nodal

#: Times that are looked at in a decade, and the smallest tolerance.
LOOKS, LEAST = 400, 1e-9
#: Longest time constants after which a part of e^-7 of a current at most is left, beside the logarithm of a tolerance;
#: and with that of the usual one, rounded: the end of the first decade.
LEFT, USUAL = 7.0, 11.7
#: Rise over the duration below which what charges in the end does not bend during it: by its square over 24.
SHORT = 1e-4


@dataclass(frozen=True, eq=False)
class StepResponse:
    r"""Currents of a crossbar after its sources were switched on at t = 0; made by :meth:`Crossbar.step`.

    Until then all nodes are at 0 V.

    Attributes
    ----------
    crossbar : WiredCells
        The crossbar; its cells count as ohmic, as at 0 V.
    word_voltages, bit_voltages : ndarray
        Voltages of the sources, shapes (N,) and (M,). [V]
    """

    crossbar: WiredCells
    word_voltages: FloatArray
    bit_voltages: FloatArray

    # --- what is left in the end -------------------------------------------------------------------

    @functools.cached_property
    def final(self) -> FloatArray:
        """Current out of each bit line in the end, shape (M,) [A]."""
        return -self._final[len(self.word_voltages) :]

    @functools.cached_property
    def final_power(self) -> float:
        """Power from the sources in the end [W]."""
        return float(self._sources @ self._final)

    @functools.cached_property
    def charging_energy(self) -> float:
        r"""Energy that the sources deliver beside that power until nothing moves any more [J].

        .. math:: \int (P - P_\infty)\,dt = v_\infty^\mathsf{T} C\, v_\infty

        Half of it stands in the capacitances then, and is lost when the sources go back to 0 V.
        """
        return float(self._potentials @ (self._nodal.capacitance @ self._potentials))

    @functools.cached_property
    def elmore_delay(self) -> FloatArray:
        r"""Mean delay of each bit line's current, :math:`\int (1 - i / i_\infty)\,dt`, shape (M,) [s].

        Of a current that only rises it is more than the time to its half. NaN for a current that ends at zero.

        References
        ----------
        W. C. Elmore, J. Appl. Phys. 19, 55 (1948), doi:10.1063/1.1697872, as remembered.
        """
        lacking = self._moment[len(self.word_voltages) :]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.final != 0, lacking / self.final, np.nan)

    @functools.cached_property
    def slowest(self) -> float:
        """Longest time constant of the crossbar [s]."""
        nodal, k = self._nodal, self._nodal.sources
        capacitance = nodal.capacitance[k:, k:]
        if not capacitance.count_nonzero():
            return 0.0
        count = capacitance.shape[0]
        if count < 3:
            inverse = np.linalg.inv(nodal.conductance[k:, k:].toarray())
            return float(np.max(np.linalg.eigvals(inverse @ capacitance.toarray()).real))
        solve = LinearOperator((count, count), self._static.solve)
        start = np.ones(count)
        (found,) = eigsh(
            capacitance, 1, nodal.conductance[k:, k:], Minv=solve, which="LA", v0=start, return_eigenvectors=False
        )
        return float(found)

    # --- over time ---------------------------------------------------------------------------------

    def current(self, times: ArrayLike, *, rise_time: float = 0.0) -> FloatArray:
        """Currents out of the bit lines.

        Parameters
        ----------
        times : array_like
            Times after the sources begin to rise; before, and at 0 s, there is no current. [s]
        rise_time : float
            Time in which all sources rise, in proportion. [s]

        Returns
        -------
        ndarray
            Shape (number of times, M). [A]

        Raises
        ------
        ParameterError
            If times are not finite, or the rise time is negative.
        """
        return -self._currents(times, rise_time)[:, len(self.word_voltages) :]

    def word_current(self, times: ArrayLike, *, rise_time: float = 0.0) -> FloatArray:
        """Currents from the sources into the word lines, shape (number of times, N) [A]; as :meth:`current`."""
        return self._currents(times, rise_time)[:, : len(self.word_voltages)]

    def energy(self, duration: float, *, rise_time: float = 0.0) -> float:
        r"""Energy that the sources deliver in a time from the step on [J].

        While they rise in T, they have the part t / T of their voltages: with the power P of a step,
        :math:`P_k` its integral of order k from t = 0 on, and the duration t beyond T, it is

        .. math:: \frac{P_2(t) - P_2(t - T)}{T} - \frac{P_3(T)}{T^2}

        Parameters
        ----------
        duration : float
            How long they stay on, from the beginning of the rise [s]; at 0 V afterwards they deliver nothing.
        rise_time : float
            Time in which all sources rise, in proportion, at most the duration. [s]

        Raises
        ------
        ParameterError
            If the duration is not positive, or the rise time is negative or longer.
        """
        length, rise = positive("duration", duration, "s"), real("rise_time", rise_time, "s")
        if not 0 <= rise <= length:
            raise ParameterError(f"rise_time must lie between 0 s and the duration, {length:g} s, not at {rise:g} s")
        if rise == 0:
            return float(self._charges(np.array([length]))[0] @ self._sources)
        if rise < SHORT * length:  # the mean over so short a time is the value in its middle
            moved = self._inverse(np.array([length - rise / 2]), 2)[0]
        else:
            ends = self._inverse(np.array([length, length - rise]), 3)
            moved = (ends[0] - ends[1]) / rise
        moved = moved - self._inverse(np.array([rise]), 4)[0] / rise**2
        return float((self._final * (length - 2 * rise / 3) + moved) @ self._sources)

    def settling_time(self, tolerance: float = 0.01) -> float:
        """Time after which every bit line's current stays within a tolerance of its final value [s].

        Parameters
        ----------
        tolerance : float
            Relative to the largest final current of a bit line.

        Raises
        ------
        ParameterError
            If the tolerance is not between 1e-9 and 1, or there is no current in the end.
        """
        part = real("tolerance", tolerance)
        if not LEAST <= part < 1:
            raise ParameterError(f"the tolerance must be between {LEAST:g} and 1, not {part:g}")
        largest = float(np.max(np.abs(self.final)))
        if largest == 0:
            raise ParameterError("no bit line has a current in the end: there is nothing to settle to")
        if self.slowest == 0:
            return 0.0

        def outside(times: FloatArray) -> np.ndarray:
            excess = self._excess(times)[:, len(self.word_voltages) :]
            return np.asarray(np.max(np.abs(excess), axis=1) > part * largest)

        end = self.slowest * (math.log(1 / part) + LEFT)
        for _ in range(30):  # decades, from the end on
            times = np.geomspace(1.01 * end / SPAN, end, LOOKS)
            found = np.flatnonzero(outside(times))
            if len(found):
                low, high = times[found[-1]], times[min(found[-1] + 1, LOOKS - 1)]
                for _ in range(40):
                    middle = (low + high) / 2
                    low, high = (middle, high) if outside(np.array([middle]))[0] else (low, middle)
                return float(high)
            end /= SPAN
        return 0.0

    # --- how ---------------------------------------------------------------------------------------

    @functools.cached_property
    def _nodal(self) -> Nodal:
        n, m = self.crossbar.shape
        require_memory(2 * n * m, "nodes", 40 * NUMBER)
        if not any(np.isfinite(lines.ends).any() for lines in self.crossbar.lines):
            raise SimulationError("the crossbar has no source: all of its lines float")
        return Nodal.of(self.crossbar)

    @functools.cached_property
    def _sources(self) -> FloatArray:
        return np.concatenate([self.word_voltages, self.bit_voltages])

    @functools.cached_property
    def _static(self) -> Any:
        k = self._nodal.sources
        return _factor(self._nodal.conductance[k:, k:])

    @functools.cached_property
    def _potentials(self) -> FloatArray:
        """Potentials of all nodes in the end [V]."""
        nodal, k = self._nodal, self._nodal.sources
        driven = -(nodal.conductance[k:, :k] @ self._sources)
        return np.concatenate([self._sources, self._static.solve(driven)])

    @functools.cached_property
    def _final(self) -> FloatArray:
        """Current out of every source in the end [A]."""
        return np.asarray(self._nodal.conductance[: self._nodal.sources] @ self._potentials)

    @functools.cached_property
    def _moment(self) -> FloatArray:
        """Charge that every source delivers beside its final current: the transform's slope at s = 0 [C]."""
        nodal, k = self._nodal, self._nodal.sources
        charge = nodal.capacitance @ self._potentials
        return np.asarray(charge[:k] - nodal.conductance[:k, k:] @ self._static.solve(charge[k:]))

    @functools.cached_property
    def _transforms(self) -> dict[int, ComplexArray]:
        return {}

    def _transform(self, decade: int) -> ComplexArray:
        """Transforms of the sources' currents less the final ones, of a unit of s more, at the points of a decade."""
        if decade not in self._transforms:
            nodal, k = self._nodal, self._nodal.sources
            parts = [(nodal.conductance[rows], nodal.capacitance[rows]) for rows in (slice(k, None), slice(k))]
            (inner, inner_c), (outer, outer_c) = (tuple(part.tocsc() for part in pair) for pair in parts)
            rows = []
            for s in self._contour(decade).points:
                matrix, at_sources = inner + complex(s) * inner_c, outer + complex(s) * outer_c
                found = _factor(matrix[:, k:]).solve(-(matrix[:, :k] @ self._sources))
                rows.append(at_sources @ np.concatenate([self._sources, found]) - self._final)
            self._transforms[decade] = np.array(rows)
        return self._transforms[decade]

    @functools.cached_property
    def _unit(self) -> float:
        """End of the first decade of times [s]."""
        return USUAL * self.slowest or 1.0

    def _contour(self, decade: int) -> Contour:
        return Contour(self._unit * SPAN**decade)

    def _inverse(self, times: FloatArray, power: int) -> FloatArray:
        """The transforms over a power of s, as functions of time; zero before the step."""
        found = np.zeros((len(times), self._nodal.sources))
        after = times > 0
        decades = np.ceil(np.log10(times / self._unit, where=after, out=np.zeros_like(times))).astype(int)
        for decade in np.unique(decades[after]).tolist():
            contour, chosen = self._contour(decade), after & (decades == decade)
            over = contour.weights(times[chosen]) / contour.points**power
            found[chosen] = np.imag(over @ self._transform(decade))
        return found

    def _excess(self, times: FloatArray) -> FloatArray:
        """Currents out of the sources beyond the final ones, after the step [A]."""
        return self._inverse(times, 1)

    def _charges(self, times: FloatArray) -> FloatArray:
        """Charges that the sources have delivered [C]."""
        return np.asarray(np.multiply.outer(np.maximum(times, 0.0), self._final) + self._inverse(times, 2))

    def _currents(self, times: ArrayLike, rise_time: float) -> FloatArray:
        given = reals("times", times, "s")
        rise = real("rise_time", rise_time, "s")
        if rise < 0:
            raise ParameterError(f"rise_time must not be negative, and is {rise:g} s")
        require_memory(len(given), "times", self._nodal.sources * 4 * NUMBER)
        after = (given > 0)[:, np.newaxis]
        if rise == 0:
            return np.where(after, self._final + self._excess(given), 0.0)
        # Final currents apart, so that nothing large is subtracted long after the sources have risen.
        risen = np.clip(given / rise, 0.0, 1.0)
        moved = (self._inverse(given, 2) - self._inverse(given - rise, 2)) / rise
        return np.asarray(np.multiply.outer(risen, self._final) + moved)


def _factor(matrix: Any) -> Any:
    """Factors of a symmetric matrix of positive diagonal: pivots stay there."""
    options = {"SymmetricMode": True}
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options=options, diag_pivot_thresh=0.0)
