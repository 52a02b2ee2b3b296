"""Functions that compact models may use beyond SymPy's own: smooth for Newton, safe from overflow.

Every target prints each of them in its own language; see :mod:`synaspice.devices.targets`.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

# Beyond this argument exp() continues as its tangent: exp(80) = 5.5e34 leaves room for products.
EXP_LIMIT = 80.0


class ramp(sp.Function):
    """Positive part, ``max(x, 0)``."""

    nargs = 1

    @classmethod
    def eval(cls, x: sp.Expr) -> sp.Expr | None:
        if x.is_Number:
            return x if x > 0 else sp.S.Zero
        return None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return step(self.args[0])

    def _eval_is_extended_real(self) -> bool:
        return True


class step(sp.Function):
    """Unit step: 0 below zero, 1 above, and 1/2 at zero, as in SPICE.

    The half makes the derivative of a difference of ramps that meet without a kink right at their meeting point.
    """

    nargs = 1

    @classmethod
    def eval(cls, x: sp.Expr) -> sp.Expr | None:
        if x.is_Number:
            return sp.S.Half if x == 0 else sp.S.One if x > 0 else sp.S.Zero
        return None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.S.Zero

    def _eval_is_extended_real(self) -> bool:
        return True


class ramp_power(sp.Function):
    r"""Power of the positive part, :math:`\max(x, 0)^a` with an exponent :math:`a \ge 1`.

    Unlike ``ramp(x)**a`` its derivative :math:`a\,\mathrm{step}(x)\,\max(x, 0)^{a-1}` is written without a division
    by x.
    """

    nargs = 2

    @classmethod
    def eval(cls, x: sp.Expr, exponent: sp.Expr) -> sp.Expr | None:
        return x if x == 1 else None

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x, exponent = self.args
        if argindex != 1:
            raise sp.core.function.ArgumentIndexError(self, argindex)
        return exponent * step(x) * ramp_power(x, exponent - 1)

    def _eval_is_extended_real(self) -> bool:
        return True


class limexp(sp.Function):
    r"""Limited exponential: ``exp(x)`` up to x = 80, continued by its tangent.

    .. math:: \mathrm{limexp}(x) = e^{x - r} (1 + r), \qquad r = \mathrm{ramp}(x - 80)
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return sp.exp(x - ramp(x - EXP_LIMIT))

    def _eval_is_extended_real(self) -> bool:
        return True


class x_coth(sp.Function):
    r""":math:`x \coth x`, 1 at zero: the crossover from thermal to shot noise."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        raise NotImplementedError("x_coth is for noise densities, which nothing differentiates")

    def _eval_is_extended_real(self) -> bool:
        return True


def boundary(distance: Any) -> Any:
    """Factor that stops a motion at a wall: 1 far away, 0 at the wall, falling smoothly between.

    ``distance`` is the distance to the wall in units of the layer's width; behind the wall the
    factor is negative, which turns an outward rate into a restoring one. Once continuously
    differentiable, so that Newton's method converges across the edge of the layer.
    """
    return 1 - ramp(1 - distance) ** 2


def limited_sinh(x: Any) -> Any:
    """Hyperbolic sine within 80 of zero, continued by its tangents: exact near zero, safe from overflow."""
    inside = x - ramp(x - EXP_LIMIT) + ramp(-x - EXP_LIMIT)
    return sp.sinh(inside) + math.cosh(EXP_LIMIT) * (x - inside)
