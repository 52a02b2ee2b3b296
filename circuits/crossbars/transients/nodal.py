"""A crossbar's nodal equations: conductances and capacitances between all of its nodes, its sources among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ....devices.language.waveforms.shapes import FloatArray
from ..crosspoints.crossings import chord_conductance
from ..wires.solver import Lines
from ..wires.wired import WiredCells


@dataclass(frozen=True)
class Nodal:
    """Matrices over the nodes, those of the sources first: word lines', then bit lines'.

    Attributes
    ----------
    sources : int
        Number of sources.
    conductance, capacitance : csr_array
        Matrices of the nodes, ground left out. [S, F]
    """

    sources: int
    conductance: sparse.csr_array
    capacitance: sparse.csr_array

    @classmethod
    def of(cls, crossbar: WiredCells) -> Nodal:
        """The equations of a crossbar, its cells ohmic as at 0 V."""
        (n, m), (words, bits) = crossbar.shape, crossbar.lines
        ohmic = crossbar.cells.ohmic
        cells = chord_conductance(crossbar.cells, 0.0) if ohmic is None else ohmic
        word, count = _nodes(words, np.arange(n), (n, m), n + m)
        bit, count = _nodes(bits, n + np.arange(m), (m, n), count)
        bit = bit[:, ::-1].T  # bit lines begin at the last row
        joined = [(word, bit, cells)]
        for line, nodes in ((words, word), (bits, bit.T[:, ::-1])):
            if line.segment > 0:
                joined.append((nodes[:, 1:], nodes[:, :-1], np.full(nodes[:, 1:].shape, 1 / line.segment)))
        for line, nodes, first in ((words, word[:, 0], 0), (bits, bit[-1], n)):
            behind = (line.ends > 0) & np.isfinite(line.ends)
            joined.append((nodes[behind], first + np.flatnonzero(behind), 1 / line.ends[behind]))
        across = [(word, bit, np.full((n, m), crossbar.cell_capacitance))]
        to_ground = np.zeros(count)
        for nodes, capacitance in ((word, crossbar.word_line_capacitance), (bit, crossbar.bit_line_capacitance)):
            np.add.at(to_ground, nodes.ravel(), capacitance)
        return cls(n + m, _matrix(joined, np.zeros(count)), _matrix(across, to_ground))


def _nodes(lines: Lines, sources: np.ndarray, shape: tuple[int, int], first: int) -> tuple[np.ndarray, int]:
    """Node of every cell of lines in one direction, from their beginning on, and the number of the next new one."""
    count, length = shape
    if lines.segment > 0:
        return first + np.arange(count * length).reshape(shape), first + count * length
    own = lines.ends != 0
    node = np.where(own, first + np.cumsum(own) - 1, sources)
    return np.repeat(node[:, np.newaxis], length, axis=1), first + int(own.sum())


def _matrix(joined: list[tuple[np.ndarray, np.ndarray, FloatArray]], to_ground: FloatArray) -> sparse.csr_array:
    """The matrix of elements between pairs of nodes, and from each node to ground."""
    first, second, value = (np.concatenate([np.ravel(part[k]) for part in joined]) for k in range(3))
    count = len(to_ground)
    upper = sparse.coo_array((-value, (first, second)), shape=(count, count)).tocsr()
    between = upper + upper.T
    return sparse.csr_array(between + sparse.diags_array(to_ground - between.sum(axis=1)))
