r"""Normal deviates for ensembles: the counter-based generator Philox 4x32-7 and the Box-Muller transform.

Four words follow from a key (the seed) and a counter (trajectory, step, purpose) alone: every trajectory has its own
stream, which does not depend on how trajectories are spread over blocks, threads or machines, and can be entered at any
step. They make three pairs of normal deviates,

.. math::

    z_{1,2} = \sqrt{-2 \ln u}\,(\cos, \sin)\,\varphi, \qquad
    u = \left(a + \left[b \bmod 2^{23} + \tfrac12\right] 2^{-23}\right) 2^{-32}.

Three words are one radius each: :math:`a` of one, and what lies below its last bit from the low bits of the next,
:math:`b`. So the tails are exact to :math:`\sqrt{2 \cdot 56 \ln 2} = 8.8` standard deviations. The fourth word is the
three directions :math:`\varphi`: at least ten bits for each, and the others below them. Over :math:`N` equal angles the
mean of :math:`\cos^n \varphi` is the exact one for all :math:`n < N`: moments to the 1023rd, also of products of two
deviates, do not tell ten bits from a continuous angle.

:math:`-2 \ln u` is right to :math:`1.2 \cdot 10^{-7} (1 - 2 \ln u)`, cosine and sine to :math:`3 \cdot 10^{-7}`: a
deviate to :math:`3 \cdot 10^{-6}` of the radius, from a radius of 0.1 on, and moments up to the eighth to
:math:`10^{-6}`. All of it is single-precision and integer arithmetic without calls and branches: compilers turn it into
vector instructions, and every machine gets the same bits. Fused operations are asked for by name.

References
----------
J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11 (2011),
doi:10.1145/2063384.2063405; G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29, 610 (1958), doi:10.1214/aoms/1177706645.
The polynomials are those of least largest error, found by Lawson's weighted least squares.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..machine.kinds import F32, U32
from ..machine.texts import Intrinsic
from .vectormath import fma

#: The fewest rounds with which its authors found it to pass all tests of BigCrush (ten are their margin of safety).
ROUNDS = 7
#: Random words, and normal deviates, that a counter makes.
WORDS, NORMALS = 4, 6
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
#: Half of the finest angle: directions lie alike on both sides of each axis.
_MIDDLE = _u(1 << 20)


def _minus_two_log(a: Any, b: Any) -> Any:
    """-2 ln u for a uniform u made of the word a and the low 23 bits of b."""
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


def two_normals(a: Any, b: Any, direction: Any) -> Any:
    """Two independent standard normal deviates (float32) from three random words (uint32).

    The radius is made of the first, and finely of the low bits of the second; the direction of the high bits of the
    third, of which ten will do.
    """
    radius = _f(math.sqrt(_minus_two_log(a, b)))
    # An angle within 90 degrees of the first axis; the highest bit chooses the side.
    angle = _f(_f(_i(_u(direction << _u(1)) | _MIDDLE)) * _ANGLE)
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
    along = _as_float(_as_word(cosine) ^ _u(direction & _u(0x80000000)))
    return _f(radius * along), _f(radius * sine)


def six_normals(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Six independent standard normal deviates (float32) from four random words (uint32)."""
    n_0, n_1 = two_normals(a, b, d)
    n_2, n_3 = two_normals(b, c, _u(d << _u(10)))
    n_4, n_5 = two_normals(c, a, _u(d << _u(20)))
    return n_0, n_1, n_2, n_3, n_4, n_5


def uniform(a: Any) -> Any:
    """Uniform deviate (float64) between 0 and 1, both excluded, from a random word (uint32)."""
    return (np.float64(a) + 0.5) * 2.0**-32
