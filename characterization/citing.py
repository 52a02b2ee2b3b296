"""What to cite: the publications behind devices, cells, benches and tables, in BibTeX."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec

import pandas as pd

from ..circuits.cells.building.cell import Cell
from ..devices.core.base import DeviceModel
from ..devices.core.citing import citations_of, remember, used
from ..devices.language.citations.citation import SOFTWARE, Citation, bibliography, citation, citations_in, unique
from ..devices.language.errors import ParameterError, shown

Arguments = ParamSpec("Arguments")
#: Attribute of a table that lists what it is made of.
CITE = "cite"


def citations(*things: Any) -> str:
    """Tell what to cite for devices, cells, benches and tables, in BibTeX.

    The package stands first. A device brings the publications of its model's equations and of its preset's values; a
    preset that is only ``-like`` a publication brings that too. A bench brings those of its method; a table those of
    the device and of the bench that it is of.

    Parameters
    ----------
    *things : CompactModel, Cell, a class of them, a bench, or pandas.DataFrame
        What was used; without any, all of which tables and netlists were made in this process.

    Returns
    -------
    str
        Entries in BibTeX, each publication once.

    Raises
    ------
    ParameterError
        If a thing is none of these.
    """
    found = [each for thing in things for each in _sources(thing)] if things else list(used())
    return bibliography([SOFTWARE, *found])


def _sources(thing: Any) -> Iterable[Citation]:
    if isinstance(thing, DeviceModel):
        return citations_of(type(thing), thing.provenance)
    if isinstance(thing, Cell):
        return citations_of_made(thing)
    if isinstance(thing, type) and issubclass(thing, DeviceModel):
        return citations_of(thing)
    if isinstance(thing, type) and issubclass(thing, Cell):
        return citations_of_cell(thing)
    if isinstance(thing, pd.DataFrame):
        lines = thing.attrs.get(CITE)
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            return [citation(line) for line in lines]
        raise ParameterError("a table that is to be cited must be one of synaspice's benches: this one names no source")
    if callable(thing) and hasattr(thing, "__module__"):
        return citations_of_function(thing)
    raise ParameterError(f"a device, a cell, a bench or a table can be cited, not {shown(repr(thing))}")


def citations_of_cell(cell: type[Cell]) -> tuple[Citation, ...]:
    """Publications of a cell: its ``reference``, and those of its docstring."""
    own = [Citation(cell.reference, cell.doi)] if cell.reference else []
    return unique([*own, *citations_in(cell.__doc__)])


def citations_of_made(cell: Cell) -> tuple[Citation, ...]:
    """Publications of a cell and of the devices that stand in it."""
    devices = [cell.device_in(slot) for slot in cell.slots()]
    of_devices = [each for device in devices for each in citations_of(type(device), device.provenance)]
    return unique([*citations_of_cell(type(cell)), *of_devices])


def cited_for(cell: Cell) -> list[str]:
    """The same as lines; they are remembered."""
    found = citations_of_made(cell)
    remember(found)
    return [str(each) for each in found]


@functools.lru_cache(maxsize=256)
def citations_of_function(function: Callable[..., Any]) -> tuple[Citation, ...]:
    """Publications of a method: those of the docstrings of a function and of the module that it stands in."""
    module = sys.modules.get(function.__module__)
    return unique([*citations_in(function.__doc__), *citations_in(module.__doc__ if module else None)])


def with_sources(measure: Callable[Arguments, pd.DataFrame]) -> Callable[Arguments, pd.DataFrame]:
    """A bench whose tables name the publications of its method beside those of the device.

    Parameters
    ----------
    measure : callable
        The bench; its docstring and its module's name the publications.
    """
    found = citations_of_function(measure)
    if not found:
        return measure

    @functools.wraps(measure)
    def cited(*arguments: Arguments.args, **named: Arguments.kwargs) -> pd.DataFrame:
        table = measure(*arguments, **named)
        remember(found)
        lines = table.attrs.get(CITE, [])
        table.attrs[CITE] = [*lines, *(line for line in map(str, found) if line not in lines)]
        return table

    return cited
