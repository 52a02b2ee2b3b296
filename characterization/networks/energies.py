r"""Energies of networks of bits :math:`m_i = \pm 1`: sums of products of bits, and what each bit feels of them.

.. math:: E(m) = \sum_t c_t \prod_{i \in t} m_i, \qquad
    I_i = -\frac{\partial E}{\partial m_i} = -m_i \sum_{t \ni i} c_t \prod_{j \in t} m_j

As no product has a bit twice, :math:`E(m_i = 1) - E(m_i = -1) = -2 I_i`, exactly, whatever the order of the products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import FloatArray

IntArray = npt.NDArray[np.int64]
#: A product of bits, and its factor.
Terms = Mapping[frozenset[int], float]
#: Most bits whose states are enumerated.
MOST_ENUMERATED = 20
#: Memory of a product while the energy is made. [byte]
TERM = 200


@dataclass(frozen=True, eq=False)
class BitEnergy:
    """Energy of a network of bits, without a unit.

    Attributes
    ----------
    size : int
        Number of bits.
    terms : mapping
        Factor of each product, by the set of its bits; the empty set is a constant.
    """

    size: int
    terms: Terms

    def __post_init__(self) -> None:
        whole("the number of bits", self.size, 1)
        for bits, factor in instance("terms", self.terms, Mapping, "a mapping from sets of bits").items():
            inside = isinstance(bits, frozenset) and all(
                isinstance(bit, int | np.integer) and 0 <= bit < self.size for bit in bits
            )
            if not inside:
                raise ParameterError(f"a product is a frozenset of bits from 0 to {self.size - 1}, not {shown(bits)}")
            real("the factor of a product", factor)

    @classmethod
    def of_couplings(cls, couplings: Any, biases: Any) -> BitEnergy:
        r"""Ising's energy :math:`-\frac12 \sum_{ij} J_{ij} m_i m_j - \sum_i h_i m_i`.

        Parameters
        ----------
        couplings : array_like or scipy.sparse matrix
            Symmetric matrix J, with a diagonal of zeros.
        biases : array_like
            Vector h.

        Raises
        ------
        ParameterError
            If the matrix is not square, symmetric and of the length of the vector, or has a diagonal.
        """
        import scipy.sparse

        h = reals("biases", biases)
        sparse = scipy.sparse.issparse(couplings)
        given: Any = couplings if sparse else reals("couplings", couplings, dimensions=2)
        if given.shape != (len(h), len(h)):
            raise ParameterError(
                f"couplings of {len(h)} biases are a matrix of that many rows and columns, not {given.shape}"
            )
        matrix = scipy.sparse.coo_array(given)
        matrix.sum_duplicates()
        values = reals("couplings", matrix.data, empty=True)
        rows, columns = matrix.coords
        if abs(matrix - matrix.T).max() > 0 or np.any(matrix.diagonal()):
            raise ParameterError("couplings must be symmetric with a diagonal of zeros: J_ij = J_ji, J_ii = 0")
        require_memory(len(values), "couplings", TERM)
        terms = {frozenset({i}): -float(value) for i, value in enumerate(h.tolist()) if value}
        upper = (rows < columns) & (values != 0)
        for i, j, value in zip(rows[upper].tolist(), columns[upper].tolist(), values[upper].tolist(), strict=True):
            terms[frozenset({i, j})] = -float(value)
        return cls(len(h), terms)

    def products(self, states: Any) -> FloatArray:
        """Each term's product with its factor, shape (states, terms)."""
        m = reals("states", states, dimensions=2)
        if m.shape[1] != self.size or not np.all(np.abs(m) == 1):
            raise ParameterError(f"a state is {self.size} numbers of 1 and -1")
        require_memory(len(m) * max(1, len(self.terms)), "products", 16)
        found = np.empty((len(m), len(self.terms)))
        for k, (bits, factor) in enumerate(self.terms.items()):
            found[:, k] = factor * np.prod(m[:, sorted(bits)], axis=1)
        return found

    def of(self, states: Any) -> FloatArray:
        """Energy of each state, given as rows of 1 and -1."""
        return np.asarray(self.products(states).sum(axis=1))

    def inputs(self, states: Any) -> FloatArray:
        """What each bit feels in each state, shape (states, bits)."""
        products, m = self.products(states), reals("states", states, dimensions=2)
        pulled = np.zeros(m.shape)
        for k, bits in enumerate(self.terms):
            for bit in bits:
                pulled[:, bit] -= products[:, k]
        return np.asarray(m * pulled)

    def states(self) -> FloatArray:
        """All states, one a row; bit i of the row's number tells whether bit i of the network is 1.

        Raises
        ------
        ParameterError
            If there are more than 20 bits.
        """
        if self.size > MOST_ENUMERATED:
            raise ParameterError(f"the states of at most {MOST_ENUMERATED} bits are enumerated, not of {self.size}")
        numbers = np.arange(2**self.size)[:, np.newaxis]
        return np.asarray(2.0 * ((numbers >> np.arange(self.size)) & 1) - 1.0)

    def boltzmann(self, strength: float) -> FloatArray:
        r"""Probability of each of the states, :math:`\propto e^{-\beta E}` at the strength :math:`\beta`."""
        exponent = -real("strength", strength) * self.of(self.states())
        weights = np.exp(exponent - exponent.max())
        return np.asarray(weights / weights.sum())


def numbers_of(states: Any) -> IntArray:
    """Number of each state, whose bit i tells whether bit i of the network is 1."""
    m = reals("states", states, dimensions=2)
    if m.shape[1] > 62:
        raise ParameterError(f"states of at most 62 bits have numbers, not of {m.shape[1]}")
    return np.asarray((m > 0).astype(np.int64) @ (1 << np.arange(m.shape[1], dtype=np.int64)))
