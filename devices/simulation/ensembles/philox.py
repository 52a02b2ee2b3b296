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

#: The fewest with which its authors found it to pass all tests of BigCrush (ten are their margin of safety).
ROUNDS = 7
_MULTIPLIERS = np.uint32(0xD2511F53), np.uint32(0xCD9E8D57)
_WEYL = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_M0, _M1 = _MULTIPLIERS
_W0, _W1 = _WEYL
_f = np.float32
_u = np.uint32
_i = np.int32


#: The single-precision number with the given bits, and the bits of one.
_as_float = Intrinsic(lambda writer, word: writer.bits(word, F32))
_as_word = Intrinsic(lambda writer, number: writer.bits(number, U32))


def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Four random words from four words of counter and two of key (all uint32)."""
    for _ in range(ROUNDS):
        first = np.uint64(_M0) * np.uint64(c0)
        second = np.uint64(_M1) * np.uint64(c2)
        c0 = _u(_u(second >> np.uint64(32)) ^ c1 ^ k0)
        c2 = _u(_u(first >> np.uint64(32)) ^ c3 ^ k1)
        c1, c3 = _u(second), _u(first)
        k0, k1 = _u(k0 + _W0), _u(k1 + _W1)
    return c0, c1, c2, c3


_SQRT2 = _f(math.sqrt(2))
_LN2 = _f(math.log(2))
_HALF = _f(0.5)
_ONE = _f(1.0)


def _minus_two_log(a: Any, b: Any) -> Any:
    """-2 ln u for a uniform u made of the word a and the low eight bits of b."""
    # Two halves: conversion of signed numbers is what vector units have.
    high, low = _f(_i(a >> _u(16))), _f(_i(a & _u(0xFFFF)))
    fine = _f(_i(b & _u(0xFF))) * _f(2.0**-8) + _f(2.0**-9)
    bits = _as_word(_f(high * _f(65536.0) + (low + fine)))
    exponent = _i(bits >> _u(23)) - _i(127 + 32)
    mantissa = _as_float(_u((bits & _u(0x7FFFFF)) | _u(0x3F800000)))
    upper = mantissa > _SQRT2
    mantissa = _f(mantissa * _HALF) if upper else mantissa
    exponent = _i(exponent + _i(1)) if upper else _i(exponent)
    t = _f(mantissa - _ONE)
    p = _f(7.0376836292e-2)
    p = _f(p * t + _f(-1.1514610310e-1))
    p = _f(p * t + _f(1.1676998740e-1))
    p = _f(p * t + _f(-1.2420140846e-1))
    p = _f(p * t + _f(1.4249322787e-1))
    p = _f(p * t + _f(-1.6668057665e-1))
    p = _f(p * t + _f(2.0000714765e-1))
    p = _f(p * t + _f(-2.4999993993e-1))
    p = _f(p * t + _f(3.3333331174e-1))
    square = _f(t * t)
    logarithm = _f((t * square * p - _HALF * square + t) + _f(exponent) * _LN2)
    # Rounding can make the largest u a one, or a little more.
    return _f(max(_f(-2.0) * logarithm, _f(0.0)))


def two_normals(a: Any, b: Any) -> Any:
    """Two independent standard normal deviates (float32) from two random words (uint32)."""
    radius = _f(math.sqrt(_minus_two_log(a, b)))
    # The two highest bits of b choose a quadrant, the others an angle within 45 degrees of its middle axis.
    angle = _f(_f(_i(_u(b << _u(2))) >> _i(8)) + _HALF) * _f(math.pi / 2 * 2.0**-24)
    z = _f(angle * angle)
    sine = _f(angle + angle * z * (_f(-1.6666654611e-1) + z * (_f(8.3321608736e-3) + z * _f(-1.9515295891e-4))))
    quartic = _f(4.166664568298827e-2) + z * (_f(-1.388731625493765e-3) + z * _f(2.443315711809948e-5))
    cosine = _f(_ONE - _HALF * z + z * z * quartic)
    sideways = (b & _u(0x40000000)) != _u(0)
    along = _f(sine) if sideways else _f(cosine)
    across = _f(cosine) if sideways else _f(sine)
    flip_along = _u((b ^ _u(b << _u(1))) & _u(0x80000000))
    flip_across = _u(b & _u(0x80000000))
    x = _as_float(_u(_as_word(along) ^ flip_along))
    y = _as_float(_u(_as_word(across) ^ flip_across))
    return _f(radius * x), _f(radius * y)


def uniform(a: Any) -> Any:
    """Uniform deviate (float64) between 0 and 1, both excluded, from a random word (uint32)."""
    return (np.float64(a) + 0.5) * 2.0**-32
