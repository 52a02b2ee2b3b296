r"""Elementary functions for ensembles, made of arithmetic alone: loops over them become vector instructions.

A compiler leaves ``exp`` and its like to a library that differs from machine to machine, and takes one number at a
time. These are inlined, have no branches, and round alike everywhere; their error stays within 4 units in the last
place, or for :func:`power` some :math:`|a \ln x|` of them. Angles of :func:`sin` and :func:`cos` are reduced exactly up
to some :math:`10^6`; the sine of larger ones loses digits.

References
----------
Exponential: S. L. Moshier, Cephes library, https://www.netlib.org/cephes. Logarithm, sine and cosine: the polynomials
of Sun Microsystems' fdlibm, https://www.netlib.org/fdlibm.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...language.equations.functions import EXP_LIMIT
from ..machine.kinds import F64, I64
from ..machine.lanes import fma as fma  # one of the functions of kernels
from ..machine.texts import Intrinsic
from .newton import choose, make_correction

_i = np.int64

#: Adding it rounds a number to an integer, which then stands in the lowest bits.
_ROUNDER = 1.5 * 2.0**52
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))
_LOG2_E = math.log2(math.e)
_LN2_HIGH, _LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
_LOG_LN2_HIGH, _LOG_LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LARGEST, _SMALLEST = 709.0, -708.0
_INFINITY, _NAN = math.inf, math.nan
_TAIL = math.exp(EXP_LIMIT)


float_of_bits = Intrinsic(lambda writer, bits: writer.bits(bits, F64))
bits_of_float = Intrinsic(lambda writer, number: writer.bits(writer.value(number), I64))


def _expm1_reduced(x: Any) -> Any:
    """exp(r) - 1, and 2^n, with x = n ln 2 + r and the magnitude of r up to ln(2) / 2."""
    shifted = x * _LOG2_E + _ROUNDER
    n = shifted - _ROUNDER
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    z = r * r
    p = r * ((1.26177193074810590878e-4 * z + 3.02994407707441961300e-2) * z + 9.99999999999999999910e-1)
    q = ((3.00198505138664455042e-6 * z + 2.52448340349684104192e-3) * z + 2.27265548208155028766e-1) * z + 2.0
    scale = float_of_bits((bits_of_float(shifted) - _i(_ROUNDER_BITS) + _i(1023)) << _i(52))
    return 2.0 * p / (q - p), scale


def exp(x: Any) -> Any:
    """Exponential function; 0 below -708, infinite above 709."""
    p, scale = _expm1_reduced(min(max(x, _SMALLEST), _LARGEST))
    value = scale * p + scale
    value = 0.0 if x < _SMALLEST else value
    value = _INFINITY if x > _LARGEST else value
    return value if x == x else x


def expm1(x: Any) -> Any:
    """exp(x) - 1, exact for small x; -1 below -708, infinite above 709."""
    p, scale = _expm1_reduced(min(max(x, _SMALLEST), _LARGEST))
    value = scale * p + (scale - 1.0)
    value = _INFINITY if x > _LARGEST else value
    return value if x == x else x


def log(x: Any) -> Any:
    """Natural logarithm of normal numbers; -inf at zero (and for subnormal numbers), NaN below."""
    bits = bits_of_float(x)
    # Exponent such that the mantissa lies between sqrt(1/2) and sqrt(2).
    shifted = bits - _i(0x3FE6A09E667F3BCD)
    exponent = shifted >> _i(52)
    m = float_of_bits(bits - (exponent << _i(52)))
    k = float_of_bits(exponent + _i(_ROUNDER_BITS)) - _ROUNDER
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
    odd = z * (6.666666666666735130e-01 + w * odd)
    half = 0.5 * f * f
    value = k * _LOG_LN2_HIGH - ((half - (s * (half + (even + odd)) + k * _LOG_LN2_LOW)) - f)
    value = -_INFINITY if x < 2.2250738585072014e-308 else value
    value = _NAN if x < 0.0 else value
    value = _INFINITY if x == _INFINITY else value
    return value if x == x else x


def _sine_cosine(x: Any, quarter: Any) -> Any:
    """sin(x + quarter pi/2)."""
    shifted = x * (2.0 / math.pi) + _ROUNDER
    n = shifted - _ROUNDER
    r = (x - n * 1.57079632673412561417e00) - n * 6.07710050630396597660e-11
    r = (r - n * 2.02226624871116645580e-21) - n * 8.47842766036889956997e-32
    z = r * r
    p = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    p = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * p))
    sine = r + r * z * (-1.66666666666666324348e-01 + z * p)
    p = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11
    p = -1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * p))
    rest = z * z * (4.16666666666666019037e-02 + z * p)
    half = 0.5 * z
    near = 1.0 - half
    cosine = near + (((1.0 - near) - half) + rest)
    quadrant = bits_of_float(shifted) + _i(quarter)
    value = cosine if quadrant & _i(1) != _i(0) else sine
    return -value if quadrant & _i(2) != _i(0) else value


def sin(x: Any) -> Any:
    """Sine."""
    return _sine_cosine(x, 0)


def cos(x: Any) -> Any:
    """Cosine."""
    return _sine_cosine(x, 1)


def sinh(x: Any) -> Any:
    """Hyperbolic sine."""
    e = expm1(abs(x))
    value = 0.5 * (e + e / (e + 1.0))
    value = e if e == _INFINITY else value
    return -value if x < 0.0 else value


def cosh(x: Any) -> Any:
    """Hyperbolic cosine."""
    e = exp(abs(x))
    return 0.5 * (e + 1.0 / e)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    e = expm1(2.0 * min(abs(x), 20.0))
    value = e / (e + 2.0)
    value = -value if x < 0.0 else value
    return value if x == x else x


def power(x: Any, a: Any) -> Any:
    """Positive number to a real power; at zero 0, 1 or infinity by the exponent's sign."""
    value = exp(a * log(x))
    return value if a != 0.0 else 1.0


def square(x: Any) -> Any:
    """x^2."""
    return x * x


def cube(x: Any) -> Any:
    """x^3."""
    return x * x * x


def fourth(x: Any) -> Any:
    """x^4."""
    y = x * x
    return y * y


def ramp(x: Any) -> Any:
    """Positive part; see :class:`synaspice.devices.language.equations.functions.ramp`, as for the following."""
    return x if x > 0.0 else 0.0


def step(x: Any) -> Any:
    """Unit step, 1/2 at zero."""
    value = 1.0 if x > 0.0 else 0.0
    return 0.5 if x == 0.0 else value


def sign(x: Any) -> Any:
    """Sign, 0 at zero."""
    value = 1.0 if x > 0.0 else -1.0
    return 0.0 if x == 0.0 else value


def ramp_power(x: Any, a: Any) -> Any:
    """Power of the positive part."""
    return power(ramp(x), a)


def limexp(x: Any) -> Any:
    """Exponential up to its limit, then its tangent."""
    beyond = ramp(x - EXP_LIMIT)
    return exp(x - beyond) * (1.0 + beyond)


def x_coth(x: Any) -> Any:
    """X coth x, 1 at zero."""
    t = tanh(x)
    near = abs(x) < 1e-3
    value = x / (1.0 if near else t)
    return 1.0 + x * x / 3.0 if near else value


#: Newton's method, one correction, as :mod:`.newton` has it.
correct = make_correction(choose)
