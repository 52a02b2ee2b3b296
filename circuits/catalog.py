"""Which cells there are: every module of this package is looked into, none is listed by hand."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from ..devices.errors import UnknownNameError
from .cell import Cell


@functools.cache
def _import_all() -> None:
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):  # the worker of ngspice is a script
            importlib.import_module(f"{__package__}.{module.name}")


def cells() -> dict[str, type[Cell]]:
    """Every cell by name: those of the package, and those that the running program has defined."""
    _import_all()
    return dict(sorted(Cell._registry.items()))


def find_cell(name: str) -> type[Cell]:
    """The cell of that name.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists those there are.
    """
    known = cells()
    if name not in known:
        raise UnknownNameError("cell", name, known)
    return known[name]
