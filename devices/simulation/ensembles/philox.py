r"""Normal deviates for ensembles: the counter-based generator Philox 4x32-7 and the Box-Muller transform.

Four words follow from a key (the seed) and a counter (trajectory, step, purpose) alone: every trajectory has its own
stream, which does not depend on how trajectories are spread over blocks, threads or machines, and can be entered at any
step. Two words make two normal deviates,

.. math::

    z_{1,2} = \sqrt{-2 \ln u}\,(\cos, \sin)(2\pi v), \qquad
    u = \left(a + \tfrac{b \bmod 256}{256} + \tfrac{1}{512}\right) 2^{-32}, \qquad v = b\, 2^{-32},

exact in its tails as far as 40 bits of :math:`u` go: to 7.5 standard deviations. All of it is plain single-precision
and integer arithmetic without calls, branches and fused operations: compilers turn it into vector instructions, and
every machine gets the same bits.

References
----------
J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11 (2011),
doi:10.1145/2063384.2063405; G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29, 610 (1958), doi:10.1214/aoms/1177706645;
polynomials: S. L. Moshier, Cephes library (single precision), https://www.netlib.org/cephes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..machine.kinds import F32, U32
from ..machine.texts import Intrinsic
from .vectormath import fma

#: The fewest with which its authors found it to pass all tests of BigCrush (ten are their margin of safety).
ROUNDS = 7
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_WORD = np.uint64(0xFFFFFFFF)
_f = np.float32
_u = np.uint32
_i = np.int32


#: The single-precision number with the given bits, and the bits of one.
_as_float = Intrinsic(lambda writer, word: writer.bits(word, F32))
_as_word = Intrinsic(lambda writer, number: writer.bits(number, U32))


def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Four random words from four words of counter and two of key (all uint32)."""
    # Words are the lower halves of 64 bits: what is above them costs nothing, and vector units multiply them so.
    a, b, c, d = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    for _ in range(ROUNDS):
        first = _M0 * (a & _WORD)
        second = _M1 * (c & _WORD)
        a = (second >> np.uint64(32)) ^ b ^ np.uint64(k0)
        c = (first >> np.uint64(32)) ^ d ^ np.uint64(k1)
        b, d = second, first
        k0, k1 = _u(k0 + _W0), _u(k1 + _W1)
    return _u(a), _u(b), _u(c), _u(d)


#: Bits of 2/3, and of 2/3 of 2^32.
_LOWEST, _LOWEST_OF_WORDS = _i(0x3F2AAAAB), _i(0x3F2AAAAB + (32 << 23))
_MINUS_TWO_LN2 = _f(-2 * math.log(2))
_ALMOST_ONE = _f(1 - 2.0**-24)
_ANGLE = _f(math.pi * 2.0**-32)


def _minus_two_log(a: Any, b: Any) -> Any:
    """-2 ln u for a uniform u made of the word a and the low 23 bits of b; error 1e-7 (:math:`1 + |\\ln u|`)."""
    fine = _f(_as_float(_u((b & _u(0x7FFFFF)) | _u(0x3F800000))) - _ALMOST_ONE)
    bits = _i(_as_word(_f(_f(a) + fine))) - _LOWEST_OF_WORDS
    # Mantissa between 2/3 and 4/3.
    exponent = bits >> _i(23)
    t = _f(_as_float((bits & _i(0x7FFFFF)) + _LOWEST) - _f(1.0))
    p = fma(_f(-0.2947835624), t, _f(0.3139504194))
    p = fma(p, t, _f(-0.2764250040))
    p = fma(p, t, _f(0.3270092607))
    p = fma(p, t, _f(-0.4005053341))
    p = fma(p, t, _f(0.5002402663))
    p = fma(p, t, _f(-0.6666557193))
    p = fma(p, t, _f(0.9999971986))
    p = fma(p, t, _f(-2.0))
    return fma(t, p, _f(_f(exponent) * _MINUS_TWO_LN2))


def two_normals(a: Any, b: Any) -> Any:
    """Two independent standard normal deviates (float32) from two random words (uint32)."""
    radius = _f(math.sqrt(_minus_two_log(a, b)))
    # An angle within 90 degrees of the first axis; the lowest bit of b chooses the side.
    angle = _f(_f(_i(b)) * _ANGLE)
    z = _f(angle * angle)
    p = fma(_f(2.609308012e-6), z, _f(-1.981130335e-4))
    p = fma(p, z, _f(8.333091624e-3))
    p = fma(p, z, _f(-0.1666666120))
    sine = fma(_f(p * z), angle, angle)
    p = fma(_f(-2.608120824e-7), z, _f(2.476214831e-5))
    p = fma(p, z, _f(-1.388840961e-3))
    p = fma(p, z, _f(4.166664183e-2))
    p = fma(p, z, _f(-0.5))
    cosine = fma(p, z, _f(1.0))
    along = _as_float(_as_word(cosine) ^ _u(b << _u(31)))
    return _f(radius * along), _f(radius * sine)


def uniform(a: Any) -> Any:
    """Uniform deviate (float64) between 0 and 1, both excluded, from a random word (uint32)."""
    return (np.float64(a) + 0.5) * 2.0**-32
