"""What circuit simulators need beyond the equations: states as node voltages of order one, kept on their sphere."""

from __future__ import annotations

import sympy as sp

from ..core.system import System

#: Rate at which a magnetisation returns to the unit sphere, in units of 1 / time scale.
SPHERE_STIFFNESS = 10


def sphere_deficit(sphere: tuple[sp.Symbol, ...]) -> sp.Expr:
    """What the square of a magnetisation lacks to one."""
    return sp.UnevaluatedExpr(1 - sum(x**2 for x in sphere))


def restoring_rates(system: System) -> dict[sp.Symbol, sp.Expr]:
    r"""Rates that return the states on a unit sphere to it, :math:`\kappa (1 - |m|^2)\,m`, per time scale."""
    return {
        symbol: SPHERE_STIFFNESS * sphere_deficit(sphere) * symbol for sphere in system.spheres for symbol in sphere
    }
