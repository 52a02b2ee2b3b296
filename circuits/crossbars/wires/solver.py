"""A crossbar as a linear network: its solution for one vector, for all vectors, and after changes of a few cells."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import spsolve

from ....devices.language.errors import SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from .kernels import Chains, load_kernels

#: Error of a solution in the norm of the dissipated power, relative to that power's root, at which it is good; and at
#: which it is an error if it cannot be reached (rounding).
TOLERANCE, WORST = 1e-12, 1e-9
#: Steps of conjugate gradients between two looks at the true residual, and how often it is looked at.
MOST_STEPS, MOST_LOOKS = 5000, 8
#: Cells whose changes are kept apart before they become part of the matrix.
MOST_CHANGES = 64


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
        self._asked = 0
        self._word = np.empty((n, m)), np.empty(n), np.empty(n)
        self._bit = np.empty((n, m)), np.empty(m), np.empty(m)
        kernels = load_kernels()
        kernels["factor_words"](self.conductance, float(words.segment), _numbers(words.ends), *self._word)
        kernels["factor_bits"](self.conductance, float(bits.segment), _numbers(bits.ends), *self._bit)

    def solve(
        self,
        word_voltage: FloatArray,
        bit_voltage: FloatArray,
        carried: FloatArray | None = None,
        start: Potentials | None = None,
    ) -> Potentials:
        """Potentials and currents under given voltages of the sources, by conjugate gradients.

        The true residual is looked at in the end: the error in the norm of the power is below 1e-12 of it, or as low as
        rounding allows. Where the steps do not lead there, they start again from a sparse factorisation's solution.

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
        jc = np.zeros_like(g) if carried is None else _numbers(carried)
        words = Chains(float(self.words.segment), _numbers(word_voltage), *self._word)
        bits = Chains(float(self.bits.segment), _numbers(bit_voltage), *self._bit)
        reached = np.zeros(1)
        room = np.empty((5, *g.shape)), np.empty((2, g.shape[1])), reached

        def improve() -> tuple[int, float]:
            limits = TOLERANCE, MOST_STEPS, MOST_LOOKS
            steps = load_kernels()["conjugate_gradients"](g, jc, words, bits, w, b, *out, *limits, *room)
            return steps, float(reached[0])

        steps, error = improve()
        if not error <= WORST and min(self.words.segment, self.bits.segment) > 0:
            b = self._factorised(words.voltage, bits.voltage, jc)
            more, error = improve()
            steps += more
        if not error <= WORST:
            raise SimulationError(
                f"the potentials of the crossbar's wires are known to {error:.1e} only, after {steps} steps; "
                "is a part of it cut off from every source, or are its resistances many orders of magnitude apart?"
            )
        return Potentials(w, b, *out, steps)

    def _factorised(self, word_voltage: FloatArray, bit_voltage: FloatArray, carried: FloatArray) -> FloatArray:
        """Potentials of the bit lines by SciPy's sparse factorisation of all nodal equations."""
        g = self.conductance
        n, m = g.shape
        word, bit = np.arange(2 * n * m).reshape(2, n, m)
        along_word, along_bit = np.full((n, m - 1), 1 / self.words.segment), np.full((n - 1, m), 1 / self.bits.segment)
        pairs = [(word, bit, g), (word[:, 1:], word[:, :-1], along_word), (bit[1:], bit[:-1], along_bit)]
        first, second, value = (np.concatenate([np.ravel(part[k]) for part in pairs]) for k in range(3))
        ends = np.zeros(2 * n * m)
        ends[word[:, 0]], ends[bit[-1]] = 1 / self.words.ends, 1 / self.bits.ends
        injected = np.concatenate([-carried.ravel(), carried.ravel()])
        injected[word[:, 0]] += word_voltage / self.words.ends
        injected[bit[-1]] += bit_voltage / self.bits.ends
        upper = sparse.csc_array((-value, (first, second)), shape=(2 * n * m, 2 * n * m))
        off_diagonal = upper + upper.T
        matrix = off_diagonal + sparse.diags_array(ends - off_diagonal.sum(axis=1))
        return np.ascontiguousarray(spsolve(matrix.tocsc(), injected)[n * m :].reshape(n, m))

    def replace(self, rows: Any, columns: Any, conductance: Any) -> Network:
        """The same network with other conductances at some cells [S]; only their lines are worked out anew."""
        changed = Network.__new__(Network)
        changed.words, changed.bits, changed._asked = self.words, self.bits, 0
        changed.conductance = g = self.conductance.copy()
        g[rows, columns] = conductance
        changed._word = q, t, s = self._word[0].copy(), self._word[1].copy(), self._word[2].copy()
        for i in np.unique(rows):
            k = slice(i, i + 1)
            ends = _numbers(self.words.ends[k])
            load_kernels()["factor_words"](g[k], float(self.words.segment), ends, q[k], t[k], s[k])
        changed._bit = q, t, s = self._bit[0].copy(), self._bit[1].copy(), self._bit[2].copy()
        chosen = np.unique(columns)
        parts = np.empty((len(g), len(chosen))), np.empty(len(chosen)), np.empty(len(chosen))
        ends = _numbers(self.bits.ends[chosen])
        load_kernels()["factor_bits"](_numbers(g[:, chosen]), float(self.bits.segment), ends, *parts)
        q[:, chosen], t[chosen], s[chosen] = parts
        return changed

    def output(self, voltages: FloatArray) -> FloatArray:
        """Currents into the bit lines' sources for vectors of word voltages, bit lines at 0 V, shape (K, M) [A].

        Once as many vectors have been asked for as there are lines, the transfer matrix is worth having and serves all
        that follow.
        """
        n, m = self.conductance.shape
        self._asked += len(voltages)
        if self._asked >= min(n, m) or "transfer" in vars(self):
            return voltages @ self.transfer
        return np.array([self.solve(vector, np.zeros(m)).bit_current for vector in voltages])

    @functools.cached_property
    def transfer(self) -> FloatArray:
        r"""Current into the source of each bit line per volt at each word line, all others at 0 V, shape (N, M) [S].

        With it any number of input vectors is one matrix product. The columns are eliminated from the far end:
        their admittance :math:`Y`, as the nodes of all word lines at one column see it, becomes
        :math:`(1 + r Y)^{-1} Y` behind a segment of wire, and the current into the bit lines behind it likewise. Exact,
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
        kernels = load_kernels()
        for j in range(m - 1, -1, -1):
            g = self.conductance[:, j]
            x, own = np.diag(g), np.repeat(q[:, j : j + 1], n, axis=1)
            kernels["bits_down"](own, x)
            kernels["bits_end"](own, np.full(n, t[j]), np.full(n, s[j]), ground, x, current)
            kernels["bits_up"](own, float(self.bits.segment), x)
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
    The effect of a unit source at a cell on the terminals and on other changed cells is solved once (one solution per
    cell, however often it changes); then

    .. math:: T = T_0 - a^\mathsf{T}\,\Delta G\,(1 + \zeta\,\Delta G)^{-1}\,h

    with the currents :math:`a` and :math:`h` into the sources of word and bit lines, and the mutual impedances
    :math:`\zeta`, of the changed cells. After :data:`MOST_CHANGES` of them the changes become part of :math:`T_0`,
    which is then compared with a solution, and computed anew if they differ by more than 1e-10.
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
        """Give some cells other conductances [S]."""
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
        """Solve for the effect of a unit source at a cell."""
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
        """The transfer matrix as it is now, shape (N, M) [S]."""
        return self._matrix + self._words.T @ self._weights() @ self._bits

    def output(self, voltages: FloatArray) -> FloatArray:
        """Currents into the bit lines' sources for vectors of word voltages, shape (M,) or (K, M) [A]."""
        return voltages @ self._matrix + ((voltages @ self._words.T) @ self._weights()) @ self._bits


def _numbers(values: Any) -> FloatArray:
    """An array as the kernels take it."""
    return np.ascontiguousarray(values, dtype=float)
