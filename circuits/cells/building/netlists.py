"""Several cells and devices in one netlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ....devices.language.checks import instance
from ....devices.language.errors import ParameterError
from ....devices.language.version import __version__
from ....devices.library import name_in_library
from ....devices.model import CompactModel
from ....devices.targets.formats import ExportOptions
from ....devices.targets.spice.dialects import CELL_DIALECTS
from ....devices.targets.spice.statements import check_name, one_line
from ....devices.targets.spice.vacask import VacaskNetlist
from .cell import Cell
from .subcircuits import definitions

Item = Cell | CompactModel


def unique_names(items: Iterable[Item]) -> dict[str, Item]:
    """Names for the subcircuits of several cells and devices: of one kind ``mtj``, ``mtj_2``, and so on.

    A cell is called as its kind, a device as in a library: ``mtj_ikeda2010``.
    """
    found: dict[str, Item] = {}
    for item in items:
        kind = item.model_name().replace("-", "_") if isinstance(item, Cell) else name_in_library(item)
        name, number = kind, 1
        while name in found:
            number += 1
            name = f"{kind}_{number}"
        found[name] = item
    return found


def one_netlist(items: Mapping[str, Item] | Iterable[Item], *, dialect: str = "ngspice", **options: Any) -> str:
    """Write several cells and devices as one text that a netlist can include.

    Model cards stand in it once, and one ``.options`` line with the strictest tolerances of all cells.

    Parameters
    ----------
    items : Mapping or iterable of Cell and CompactModel
        The cells and devices, by the names of their subcircuits; without names see :func:`unique_names`.
    dialect : str
        As of :meth:`Cell.subcircuit`.
    **options
        Further arguments of :meth:`CompactModel.subcircuit`, for all devices: ``observables``, ``noise``.

    Returns
    -------
    str
        The netlist.

    Raises
    ------
    ParameterError
        If a name cannot be one, two are the same to the simulator, or two cells differ in what one netlist has once:
        the temperature, the corner of a technology.
    """
    kinds: Any = (Cell, CompactModel)
    instance("what goes into a netlist", items, Iterable, "cells and devices")
    things: list[Item] = list(items.values() if isinstance(items, Mapping) else items)
    for item in things:
        instance("what goes into a netlist", item, kinds, "cells and devices")
    named = dict(items) if isinstance(items, Mapping) else unique_names(things)
    form = CELL_DIALECTS.find(dialect)
    circuits = [
        item.subcircuit(name=check_name(name, "subcircuit"), dialect=dialect)
        if isinstance(item, Cell)
        else form.form(item, ExportOptions(name, **options))
        if isinstance(form, VacaskNetlist)
        else item.subcircuit(name=name, dialect=dialect, **options)
        for name, item in named.items()
    ]
    seen: dict[str, str] = {}
    for name in named:
        if (other := seen.setdefault(name.lower(), name)) != name:
            raise ParameterError(f"{other!r} and {name!r} are the same name to a simulator")
    if len(circuits) == 1:
        return definitions(circuits)
    mark = form.comment
    head = [*form.preamble, f"{mark}{len(named)} cells and devices for {form.name}, by synaspice {__version__}:"]
    head += [f"{mark}  {name}: {one_line(_about(item))}" for name, item in named.items()]
    return "\n".join([*head, definitions(circuits)])


def _about(item: Item) -> str:
    preset = None if isinstance(item, Cell) else item.provenance
    return f"{item.model_name()}, preset {preset.name}: {preset.title}" if preset else repr(item)
