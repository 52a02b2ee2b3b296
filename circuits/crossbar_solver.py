r"""Linear algebra of a crossbar with resistive wires: one vector, all vectors, and what changes with a few cells.

Word line :math:`i` and bit line :math:`j` have a node each at the cell :math:`(i, j)` of conductance :math:`G_{ij}`. With
the node potentials :math:`w` and :math:`b` and the currents :math:`J` that a cell carries beside :math:`G (w - b)`,
Kirchhoff's law is

.. math::

    w = Z_w (G b - J) + w_0, \qquad b = Z_b (G w + J) + b_0

:math:`Z_w` is the impedance of the word lines, each loaded by its cells, and :math:`w_0` what the drivers alone make of
them. A line is a chain, so its impedance is a tridiagonal system: two sweeps along the line. The sweeps are written in

.. math:: q_k = \frac{1}{1 + r_k s_k}, \qquad s_k = G_k + q_{k+1} s_{k+1}

with the resistance :math:`r_k` towards the driver and the conductance :math:`s_k` to ground on the far side. Nothing is
subtracted here, so every :math:`q` is exact to rounding however small the cells are against the wires, and resistances
may be 0 (one node) or infinite (a floating line).

Eliminating :math:`b` leaves :math:`(Z_w^{-1} - G Z_b G)\,w = f`, symmetric and positive definite, which conjugate
gradients solve with :math:`Z_w` as preconditioner: each step is one sweep of the bit lines and one of the word lines, of
O(N M) operations, and the number of steps grows with the root of (number of cells along a line)^2 G r.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy.linalg import cho_factor, cho_solve

from ..devices.errors import SimulationError
from ..devices.waveforms import FloatArray

#: Error of a solution in the norm of the dissipated power, relative to that power's root, at which it is good; and at
#: which it is an error if it cannot be reached (rounding).
TOLERANCE, WORST = 1e-12, 1e-9
#: Steps of conjugate gradients between two looks at the true residual, and how often it is looked at.
MOST_STEPS, MOST_LOOKS = 5000, 8
#: Cells whose changes are kept apart before they become part of the matrix.
MOST_CHANGES = 64

_compiled: Any = numba.njit(nogil=True, error_model="numpy", cache=True, fastmath={"contract"})


@_compiled
def _factor_words(g, r, ends, q, t, s):  # type: ignore[no-untyped-def]
    """Chains along the rows, driven at the first column: q of every node, t = 1/(1/end + s) and s of the first."""
    n, m = g.shape
    for i in range(n):
        a = g[i, m - 1]
        for j in range(m - 1, 0, -1):
            q[i, j] = 1 / (1 + r * a)
            a = g[i, j - 1] + q[i, j] * a
        s[i], q[i, 0], t[i] = a, 1 / (1 + ends[i] * a), 1 / (1 / ends[i] + a)


@_compiled
def _factor_bits(g, r, ends, q, t, s):  # type: ignore[no-untyped-def]
    """Chains along the columns, driven at the last row."""
    n, m = g.shape
    for j in range(m):
        s[j] = g[0, j]
    for i in range(n - 1):
        for j in range(m):
            q[i, j] = 1 / (1 + r * s[j])
            s[j] = g[i + 1, j] + q[i, j] * s[j]
    for j in range(m):
        q[n - 1, j], t[j] = 1 / (1 + ends[j] * s[j]), 1 / (1 / ends[j] + s[j])


@_compiled
def _word(c, q, r, t, s, v, x):  # type: ignore[no-untyped-def]
    """Potentials x along one word line into whose nodes flow currents c, with its driver at v; the current into it."""
    m = len(c)
    a = c[m - 1]
    x[m - 1] = a
    for j in range(m - 2, -1, -1):
        a = c[j] + q[j + 1] * a
        x[j] = a
    current = q[0] * (a - s * v)
    a = a * t + q[0] * v
    x[0] = a
    for j in range(1, m):
        a = q[j] * (r * x[j]) + q[j] * a
        x[j] = a
    return current


@_compiled
def _bits_down(q, x):  # type: ignore[no-untyped-def]
    """Currents of all bit lines summed towards their drivers, in place of those into their nodes."""
    n, m = x.shape
    for i in range(1, n):
        for j in range(m):
            x[i, j] += q[i - 1, j] * x[i - 1, j]


@_compiled
def _bits_end(q, t, s, v, x, current):  # type: ignore[no-untyped-def]
    n, m = x.shape
    for j in range(m):
        current[j] = q[n - 1, j] * (x[n - 1, j] - s[j] * v[j])
        x[n - 1, j] = x[n - 1, j] * t[j] + q[n - 1, j] * v[j]


@_compiled
def _bits_up(q, r, x):  # type: ignore[no-untyped-def]
    """Potentials of the nodes of all bit lines, in place of the sums of currents; see :func:`_word`."""
    n, m = x.shape
    for i in range(n - 2, -1, -1):
        for j in range(m):
            x[i, j] = q[i, j] * (r * x[i, j] + x[i + 1, j])


@_compiled
def _conjugate_gradients(g, jc, words, bits, w, b, iw, ib, tolerance, most_steps, most_looks):  # type: ignore[no-untyped-def]
    """Improve b until it is consistent with w; see the module. Returns the steps taken and the relative error.

    ``c`` is the currents that make the direction ``p`` of w, ``y`` the direction of b. What w has become follows from b.
    """
    n, m = g.shape
    rw, vw, qw, tw, sw = words
    rb, vb, qb, tb, sb = bits
    r, z, p, c, y = np.empty_like(g), np.empty_like(g), np.empty_like(g), np.empty_like(g), np.empty_like(g)
    still, away = np.zeros(m), np.empty(m)
    steps, error = 0, 0.0
    for _ in range(most_looks):
        for i in range(n):
            for j in range(m):
                c[i, j] = g[i, j] * b[i, j] - jc[i, j]
            iw[i] = _word(c[i], qw[i], rw, tw[i], sw[i], vw[i], w[i])
            for j in range(m):
                y[i, j] = g[i, j] * w[i, j] + jc[i, j]
        _bits_down(qb, y)
        _bits_end(qb, tb, sb, vb, y, ib)
        _bits_up(qb, rb, y)
        power = scale = rho = 0.0
        for i in range(n):
            for j in range(m):
                r[i, j] = g[i, j] * (y[i, j] - b[i, j])
                b[i, j] = y[i, j]
                drop = w[i, j] - y[i, j]
                power += g[i, j] * drop * drop
                scale += g[i, j] * (w[i, j] * w[i, j] + y[i, j] * y[i, j])
            _word(r[i], qw[i], rw, tw[i], sw[i], 0.0, z[i])
            for j in range(m):
                rho += r[i, j] * z[i, j]
        goal = max(tolerance * tolerance * power, 1e-30 * scale)
        error = math.sqrt(rho / max(power, 1e-300))
        if rho <= goal:
            return steps, 0.0
        beta = 0.0
        for i in range(n):
            for j in range(m):
                p[i, j] = c[i, j] = 0.0
        while steps < most_steps:
            steps += 1
            for i in range(n):
                for j in range(m):
                    p[i, j] = z[i, j] + beta * p[i, j]
                    c[i, j] = r[i, j] + beta * c[i, j]
                    y[i, j] = g[i, j] * p[i, j]
            _bits_down(qb, y)
            _bits_end(qb, tb, sb, still, y, away)
            curvature = 0.0
            for i in range(n - 1, -1, -1):
                for j in range(m):
                    if i < n - 1:
                        y[i, j] = qb[i, j] * (rb * y[i, j] + y[i + 1, j])
                    curvature += p[i, j] * (c[i, j] - g[i, j] * y[i, j])
            if not curvature > 0:
                break
            alpha, last, rho = rho / curvature, rho, 0.0
            for i in range(n):
                for j in range(m):
                    b[i, j] += alpha * y[i, j]
                    r[i, j] -= alpha * (c[i, j] - g[i, j] * y[i, j])
                _word(r[i], qw[i], rw, tw[i], sw[i], 0.0, z[i])
                for j in range(m):
                    rho += r[i, j] * z[i, j]
            if rho <= 0.01 * goal:
                break
            beta = rho / last
    return steps, error


@dataclass(frozen=True)
class Lines:
    """The wires in one direction.

    Attributes
    ----------
    segment : float
        Resistance between two neighbouring cells [ohm], 0 for a line that is one node.
    ends : ndarray
        Resistance from the ideal source of each line to its first cell [ohm], infinite for a floating line.
    """

    segment: float
    ends: FloatArray


@dataclass(frozen=True)
class Potentials:
    """Solution of a network.

    Attributes
    ----------
    word, bit : ndarray
        Potentials of the word lines and of the bit lines at the cells, shape (N, M). [V]
    word_current, bit_current : ndarray
        Currents out of the lines into their sources, shapes (N,) and (M,). [A]
    steps : int
        Steps of conjugate gradients.
    """

    word: FloatArray
    bit: FloatArray
    word_current: FloatArray
    bit_current: FloatArray
    steps: int


class Network:
    """Conductances at the crossings of word lines, driven at the first column, and bit lines, driven at the last row.

    Parameters
    ----------
    conductance : ndarray
        Conductance of each cell, not negative, shape (N, M). [S]
    words, bits : Lines
        The wires.
    """

    def __init__(self, conductance: FloatArray, words: Lines, bits: Lines) -> None:
        self.conductance = np.array(conductance, dtype=float, order="C")
        self.words, self.bits = words, bits
        n, m = self.conductance.shape
        self._word = np.empty((n, m)), np.empty(n), np.empty(n)
        self._bit = np.empty((n, m)), np.empty(m), np.empty(m)
        _factor_words(self.conductance, words.segment, words.ends, *self._word)
        _factor_bits(self.conductance, bits.segment, bits.ends, *self._bit)

    def solve(
        self,
        word_voltage: FloatArray,
        bit_voltage: FloatArray,
        carried: FloatArray | None = None,
        start: Potentials | None = None,
    ) -> Potentials:
        """Potentials and currents under given voltages of the sources, by conjugate gradients.

        The true residual is looked at in the end: the error in the norm of the power is below 1e-12 of it, or as low as
        rounding allows.

        Parameters
        ----------
        word_voltage, bit_voltage : ndarray
            Voltages of the sources, shapes (N,) and (M,). [V]
        carried : ndarray, optional
            Currents that cells carry from word to bit line beside their conductance's, shape (N, M). [A]
        start : Potentials, optional
            Solution of a similar problem, to start from.

        Raises
        ------
        SimulationError
            If the error stays above 1e-9.
        """
        g = self.conductance
        w, b = np.empty_like(g), np.zeros_like(g) if start is None else start.bit.copy()
        out = np.empty(g.shape[0]), np.empty(g.shape[1])
        jc = np.zeros_like(g) if carried is None else np.ascontiguousarray(carried, dtype=float)
        words = float(self.words.segment), np.ascontiguousarray(word_voltage, dtype=float), *self._word
        bits = float(self.bits.segment), np.ascontiguousarray(bit_voltage, dtype=float), *self._bit
        steps, error = _conjugate_gradients(g, jc, words, bits, w, b, *out, TOLERANCE, MOST_STEPS, MOST_LOOKS)
        if not error <= WORST:
            raise SimulationError(
                f"the potentials of the crossbar's wires are known to {error:.1e} only, after {steps} steps; "
                "is a part of it cut off from every source, or are its resistances many orders of magnitude apart?"
            )
        return Potentials(w, b, *out, steps)

    def replace(self, rows: Any, columns: Any, conductance: Any) -> Network:
        """The same network with other conductances at some cells [S]; only their lines are worked out anew."""
        changed = Network.__new__(Network)
        changed.words, changed.bits = self.words, self.bits
        changed.conductance = g = self.conductance.copy()
        g[rows, columns] = conductance
        changed._word = q, t, s = tuple(a.copy() for a in self._word)
        for i in np.unique(rows):
            k = slice(i, i + 1)
            _factor_words(g[k], self.words.segment, self.words.ends[k], q[k], t[k], s[k])
        changed._bit = q, t, s = tuple(a.copy() for a in self._bit)
        chosen = np.unique(columns)
        parts = np.empty((len(g), len(chosen))), np.empty(len(chosen)), np.empty(len(chosen))
        _factor_bits(np.ascontiguousarray(g[:, chosen]), self.bits.segment, self.bits.ends[chosen], *parts)
        q[:, chosen], t[chosen], s[chosen] = parts
        return changed

    @functools.cached_property
    def transfer(self) -> FloatArray:
        r"""Current into the source of each bit line per volt at each word line, all others at 0 V, shape (N, M). [S]

        With it any number of input vectors is one matrix product. The columns are eliminated from the far end:
        their admittance :math:`Y`, as the nodes of all word lines at one column see it, becomes
        :math:`(1 + r Y)^{-1} Y` behind a segment of wire, and what flows into the bit lines behind it likewise. Exact,
        of min(N, M)^3 max(N, M) operations by LAPACK.
        """
        n, m = self.conductance.shape
        if n > m:  # by reciprocity, with the lines' roles exchanged
            words, bits = (Lines(lines.segment, lines.ends[::-1]) for lines in (self.bits, self.words))
            return np.ascontiguousarray(Network(self.conductance[::-1, ::-1].T, words, bits).transfer[::-1, ::-1].T)
        # Admittance, and the outputs of the columns that are done, per volt at the nodes; LAPACK likes columns.
        seen = np.zeros((n, n + m), order="F")
        admittance = seen[:, :n]
        q, t, s = self._bit
        ground, identity, current = np.zeros(n), np.eye(n), np.empty(n)
        for j in range(m - 1, -1, -1):
            g = self.conductance[:, j]
            x, own = np.diag(g), np.repeat(q[:, j : j + 1], n, axis=1)
            _bits_down(own, x)
            _bits_end(own, np.full(n, t[j]), np.full(n, s[j]), ground, x, current)
            _bits_up(own, self.bits.segment, x)
            admittance += np.diag(g) - g[:, np.newaxis] * x
            seen[:, n + j] = current
            part = seen if j == 0 else np.concatenate([seen[:, :n], seen[:, n + j :]], axis=1)
            if j > 0 and self.words.segment > 0:
                factor = cho_factor(identity + self.words.segment * admittance, check_finite=False)
                part = cho_solve(factor, part, check_finite=False)
                seen[:, :n] = (part[:, :n] + part[:, :n].T) / 2
                seen[:, n + j :] = part[:, n:]
        floating = np.isinf(self.words.ends)
        weight, resistance = np.where(floating, 0.0, 1.0), np.where(floating, 1.0, self.words.ends)
        driven = np.diag(weight) + resistance[:, np.newaxis] * admittance
        return np.ascontiguousarray(weight[:, np.newaxis] * np.linalg.solve(driven.T, seen[:, n:]))


class ChangingTransfer:
    r"""The transfer matrix of a network some of whose cells change, by Woodbury's identity.

    A cell whose conductance has changed by :math:`\Delta G` is a current source of :math:`-\Delta G` times its voltage.
    What a unit source at a cell does to the terminals and to other changed cells is solved for once (one solution per
    cell, however often it changes); then

    .. math:: T = T_0 - a^\mathsf{T}\,\Delta G\,(1 + \zeta\,\Delta G)^{-1}\,h

    with the currents :math:`a` and :math:`h` into the sources of word and bit lines, and the mutual impedances
    :math:`\zeta`, of the changed cells. After :data:`MOST_CHANGES` of them the changes become part of :math:`T_0`, which is
    then compared with a solution, and computed anew if they differ by more than 1e-10.
    """

    def __init__(self, network: Network) -> None:
        self._base, self._matrix = network, network.transfer
        self.network = network
        self._forget()

    def _forget(self) -> None:
        n, m = self._matrix.shape
        self._cells: list[tuple[int, int]] = []
        self._words, self._bits, self._mutual = np.empty((0, n)), np.empty((0, m)), np.empty((0, 0))

    def update(self, rows: Any, columns: Any, conductance: Any) -> None:
        """Give some cells other conductances. [S]"""
        rows, columns = np.atleast_1d(rows), np.atleast_1d(columns)
        self.network = self.network.replace(rows, columns, conductance)
        cells = list(zip(rows.tolist(), columns.tolist(), strict=True))
        new = [cell for cell in dict.fromkeys(cells) if cell not in self._cells]
        if len(self._cells) + len(new) > MOST_CHANGES:
            self._settle(len(new))
            return
        for cell in new:
            self._add(cell)

    def _add(self, cell: tuple[int, int]) -> None:
        """Solve for what a unit source at a cell does."""
        n, m = self._matrix.shape
        source = np.zeros((n, m))
        source[cell] = -1.0
        found = self._base.solve(np.zeros(n), np.zeros(m), source)
        self._cells.append(cell)
        k = len(self._cells)
        mutual = np.empty((k, k))
        mutual[:-1, :-1] = self._mutual
        mutual[-1] = mutual[:, -1] = [found.word[c] - found.bit[c] for c in self._cells]
        self._mutual = mutual
        self._words = np.concatenate([self._words, found.word_current[np.newaxis]])
        self._bits = np.concatenate([self._bits, found.bit_current[np.newaxis]])

    def _settle(self, new: int) -> None:
        """Make the changes part of the matrix."""
        n, m = self._matrix.shape
        known, latest = self._cells, self.network
        if new > MOST_CHANGES or not known:
            self._matrix = latest.transfer
        else:
            rows, columns = np.array(known).T
            self._matrix = self.matrix
            latest = self._base.replace(rows, columns, latest.conductance[rows, columns])
            found = latest.solve(np.ones(n), np.zeros(m)).bit_current
            if np.max(np.abs(self._matrix.sum(axis=0) - found)) > 1e-10 * np.max(np.abs(found)):
                self._matrix = latest.transfer
        final, self._base = self.network, latest
        self._forget()
        changed = np.argwhere(final.conductance != latest.conductance)
        for cell in changed.tolist():
            self._add((cell[0], cell[1]))

    def _weights(self) -> FloatArray:
        """Sources at the changed cells per volt across them without the changes."""
        rows, columns = np.array(self._cells, dtype=int).reshape(-1, 2).T
        change = self.network.conductance[rows, columns] - self._base.conductance[rows, columns]
        return -np.linalg.solve((np.eye(len(change)) + self._mutual * change).T, np.diag(change)).T

    @property
    def matrix(self) -> FloatArray:
        """The transfer matrix as it is now, shape (N, M). [S]"""
        return self._matrix + self._words.T @ self._weights() @ self._bits

    def output(self, voltages: FloatArray) -> FloatArray:
        """Currents into the bit lines' sources for vectors of word voltages, shape (M,) or (K, M). [A]"""
        return voltages @ self._matrix + ((voltages @ self._words.T) @ self._weights()) @ self._bits
