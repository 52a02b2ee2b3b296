"""Window functions: how the drift of a memristor's state dies out at its bounds.

Each takes SymPy expressions: the state ``x`` in 0..1, the direction in which it moves (positive towards
x = 1), and the window's parameters.

Where a window closes at both bounds a state comes back by the way that it went, however near it gets to a bound: see
:func:`~synaspice.devices.core.system.enforce_bounds`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ..language.equations.functions import ramp_power, step


def even_power(base: Any, exponent: Any) -> Any:
    """``base`` to the power ``2 * exponent``, for a base of either sign and a real exponent."""
    return ramp_power(base**2, exponent)


def none(x: Any, direction: Any, exponent: Any, scale: Any) -> Any:
    """No window: the bounds alone end the motion."""
    return sp.S.One


def joglekar(x: Any, direction: Any, exponent: Any, scale: Any) -> Any:
    """1 - (2x - 1)^(2p); Y. N. Joglekar, S. J. Wolf, Eur. J. Phys. 30, 661 (2009), doi:10.1088/0143-0807/30/4/001.

    A state that has reached a bound stays there.
    """
    return 1 - even_power(2 * x - 1, exponent)


def biolek(x: Any, direction: Any, exponent: Any, scale: Any) -> Any:
    """1 - (x - stp(-i))^(2p); Z. Biolek, D. Biolek, V. Biolkova, Radioengineering 18, 210 (2009).

    The window closes only at the bound ahead, so that a state at a bound can leave it.
    """
    return 1 - even_power(x - step(-direction), exponent)


def prodromakis(x: Any, direction: Any, exponent: Any, scale: Any) -> Any:
    """J (1 - [(x - 1/2)^2 + 3/4]^p); T. Prodromakis et al., IEEE Trans. Electron Devices 58, 3099 (2011).

    doi:10.1109/TED.2011.2158004
    """
    return scale * (1 - ((x - sp.Rational(1, 2)) ** 2 + sp.Rational(3, 4)) ** exponent)


WINDOWS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "none": none,
    "joglekar": joglekar,
    "biolek": biolek,
    "prodromakis": prodromakis,
}
