r"""Problems whose solutions are the lowest states of an energy: invertible gates, and factors of a number.

A gate's energy is zero in the states of its truth table and larger in all others, so that the network visits these
whichever of its bits are held: forwards from inputs to output, and backwards. With bits :math:`b = (1 + m)/2`

- AND, :math:`c = a \wedge b`: the penalty :math:`3c + ab - 2c(a + b)` is 0, 0, 0, 0 in the truth table and 1, 1, 1, 3
  otherwise (try all eight).
- Full adder, :math:`a + b + c = s + 2d`: the penalty is the square of the difference of the two sides.
- Factors: :math:`(XY - F)^2` with X and Y odd, whose lowest bits are 1 and take no p-bit.

The penalties are multiplied out, with :math:`m^2 = 1`. That of the AND gate comes to couplings of pairs,
:math:`4E = m_a m_b - 2 m_a m_c - 2 m_b m_c - m_a - m_b + 2 m_c` + constant, as does the adder's; that of the factors
has products of up to four bits.

References
----------
K. Y. Camsari, R. Faria, B. M. Sutton, S. Datta, Phys. Rev. X 7, 031014 (2017), doi:10.1103/PhysRevX.7.031014:
invertible gates. W. A. Borders et al., Nature 573, 390 (2019), doi:10.1038/s41586-019-1557-9: factors. Of both the
idea was taken; energies are derived here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ...devices.language.array_checks import reals
from ...devices.language.checks import whole
from ...devices.language.errors import ParameterError, shown
from .energies import BitEnergy, IntArray, Terms

CONSTANT: frozenset[int] = frozenset()
#: Most p-bits of each of two factors: what is multiplied out has four bits at a time.
MOST_BITS = 24


def _bit(index: int) -> Terms:
    """A bit that is 0 or 1."""
    return {CONSTANT: 0.5, frozenset({index}): 0.5}


def _sum(*parts: tuple[float, Terms]) -> Terms:
    found: dict[frozenset[int], float] = defaultdict(float)
    for factor, terms in parts:
        for bits, value in terms.items():
            found[bits] += factor * value
    return {bits: value for bits, value in found.items() if value}


def _product(one: Terms, other: Terms) -> Terms:
    found: dict[frozenset[int], float] = defaultdict(float)
    for bits, value in one.items():
        for others, factor in other.items():
            found[bits ^ others] += value * factor  # a bit's square is 1
    return {bits: value for bits, value in found.items() if value}


def and_gate() -> BitEnergy:
    """Energy of an AND gate of the bits a, b and c = a and b: 0 in its truth table, 4 or 12 otherwise."""
    a, b, c = _bit(0), _bit(1), _bit(2)
    terms = _sum((3.0, c), (1.0, _product(a, b)), (-2.0, _product(c, _sum((1.0, a), (1.0, b)))))
    return BitEnergy(3, _sum((4.0, terms)))


def full_adder() -> BitEnergy:
    """Energy of a full adder of the bits a, b, carry in, sum, carry out: 0 in its truth table, 4 or more otherwise."""
    ones = [(weight, _bit(k)) for k, weight in enumerate((1.0, 1.0, 1.0, -1.0, -2.0))]
    difference = _sum(*ones)
    return BitEnergy(5, _sum((4.0, _product(difference, difference))))


def factorisation(number: int, bits: tuple[int, int]) -> BitEnergy:
    """Energy (X Y - F)^2 of two odd factors of a number.

    Parameters
    ----------
    number : int
        F, an odd number.
    bits : tuple of int
        P-bits of X and of Y; the lowest bit of either is 1 and takes none. A factor of n p-bits is below 2^(n + 1).

    Raises
    ------
    ParameterError
        If the number is even, or larger than the largest product.
    """
    goal = whole("number", number, 3)
    first, second = _lengths(bits)
    if goal % 2 == 0:
        raise ParameterError(f"number must be odd, as both factors are, not {goal}")
    most = (2 ** (first + 1) - 1) * (2 ** (second + 1) - 1)
    if goal > most:
        raise ParameterError(f"factors of {first} and {second} p-bits have products up to {most}, below {goal}")
    x = _sum((1.0, {CONSTANT: 1.0}), *((2.0 ** (k + 1), _bit(k)) for k in range(first)))
    y = _sum((1.0, {CONSTANT: 1.0}), *((2.0 ** (k + 1), _bit(first + k)) for k in range(second)))
    difference = _sum((1.0, _product(x, y)), (-float(goal), {CONSTANT: 1.0}))
    return BitEnergy(first + second, _product(difference, difference))


def factors(states: Any, bits: tuple[int, int]) -> tuple[IntArray, IntArray]:
    """X and Y of each state of a factorisation.

    Parameters
    ----------
    states : array_like
        States, one a row of 1 and -1.
    bits : tuple of int
        As of :func:`factorisation`.
    """
    m = reals("states", states, dimensions=2)
    first, second = _lengths(bits)
    if m.shape[1] != first + second:
        raise ParameterError(f"states of {first} and {second} p-bits have {first + second} columns, not {m.shape[1]}")
    ones = (m > 0).astype(np.int64)
    x = 1 + ones[:, :first] @ (2 << np.arange(first, dtype=np.int64))
    y = 1 + ones[:, first:] @ (2 << np.arange(second, dtype=np.int64))
    return np.asarray(x), np.asarray(y)


def _lengths(bits: Any) -> tuple[int, int]:
    if not isinstance(bits, tuple | list) or len(bits) != 2:
        raise ParameterError(f"bits must be two whole numbers, those of X and of Y, not {shown(bits)}")
    first, second = (whole(f"bits of {name}", value, 1, MOST_BITS) for name, value in zip("XY", bits, strict=True))
    return first, second
