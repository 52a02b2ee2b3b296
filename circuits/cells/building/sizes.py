"""Parameters that cells share in kind: widths and lengths of transistors, and those that depend on the technology."""

from __future__ import annotations

from collections.abc import Callable

from ....devices.language.declarations.declaration import Parameter
from .declared import DeclaredCell

Default = float | Callable[[DeclaredCell], float]


def width_of(which: str, default: Default, most: float = 200.0) -> Parameter:
    """Declare the width of transistors, in multiples of the technology's smallest.

    Parameters
    ----------
    which : str
        Which transistors: ``"the access transistor"``.
    default : float or callable
        The default. [-]
    most : float
        The largest that makes sense. [-]
    """
    return Parameter(default, "1", f"width of {which} in minimum widths", (1.0, most))


def length_of(which: str, default: Default, most: float = 100.0, note: str = "") -> Parameter:
    """Declare the length of transistors, in multiples of the technology's smallest.

    Parameters
    ----------
    which, default, most
        As of :func:`width_of`.
    note : str
        More about it.
    """
    return Parameter(default, "1", f"length of {which} in minimum lengths{note and '; ' + note}", (1.0, most))


def by_technology(name: str) -> Callable[[DeclaredCell], float]:
    """A default that depends on the technology, which has it under a name, ``CELL.PARAMETER``."""
    return lambda cell: cell.process.size(name)
