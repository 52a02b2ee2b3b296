"""What ``synaspice export`` writes of cells, and of several cells and devices: one netlist, and a deck for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ....characterization.cells.decks import cell_deck, expected_with_error, has_point
from ....circuits.cells.building.cell import Cell
from ....circuits.cells.building.netlists import Item, one_netlist, unique_names
from ....devices.core.files import check_outputs
from ....devices.language.errors import MissingDependencyError, SimulationError
from ..output import tell
from .exporting import deck_beside, device_deck, print_text, symbol_beside, write_files


def deliver_several(
    items: Sequence[Item],
    output: Path | None,
    *,
    name: str | None = None,
    options: Mapping[str, bool] | None = None,
    deck: bool,
    force: bool,
    dialect: str = "ngspice",
    editor: str | None = None,
) -> list[Path]:
    """Write one netlist of cells and devices and a deck for each, whole or not at all; or the netlist to the output.

    Parameters
    ----------
    items : sequence of Cell and CompactModel
        The cells and devices.
    output : Path, optional
        File of the netlist; default: standard output.
    name : str, optional
        Name of the subcircuit, if there is one item.
    options : Mapping, optional
        Options of all devices.
    deck : bool
        Whether to write the decks.
    force : bool
        Whether files may be replaced.
    dialect : str
        The dialect of all of it.
    editor : str, optional
        Editor of schematics for which a symbol of each is written beside it.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    ParameterError
        If a file exists and may not be replaced, or the items cannot stand in one netlist.
    """
    if output is not None:
        check_outputs([output])  # before the work; whether files may be replaced is said of all of them
    named = {name: items[0]} if name else unique_names(items)
    text = one_netlist(named, dialect=dialect, **(options or {}))
    if output is None:
        return print_text(text)
    contents = {output: text}
    if editor is not None:
        for each, item in named.items():
            contents |= symbol_beside(output, item, editor, name=each)
    decks = {each: deck_beside(output, dialect, each if len(named) > 1 else None) for each in (named if deck else ())}
    decks = {each: beside for each, beside in decks.items() if _has_deck(named[each])}
    check_outputs([*contents, *decks.values()], replace=force)  # before the benches run
    for each, beside in decks.items():
        item = named[each]
        if not isinstance(item, Cell):
            contents[beside] = device_deck(item, output.name, name=each, options=options or {}, dialect=dialect)
            continue
        value, error = _expected(item)
        contents[beside] = cell_deck(item, output.name, name=each, expected=value, error=error, dialect=dialect)
    return write_files(contents, force)


def _has_deck(item: Item) -> bool:
    """Whether a deck can be written; it is said of a cell that has none."""
    if not isinstance(item, Cell) or has_point(item):
        return True
    tell(f"no deck for {item.model_name()}: its bench names no figure for one")
    return False


def _expected(cell: Cell) -> tuple[float | None, float | None]:
    """What the bench says to the figure of a deck, and its standard error; None where it cannot be run."""
    tell(f"the bench of {cell.model_name()} runs for its deck's expected value; --no-deck leaves it out")
    try:
        return expected_with_error(cell)
    except (MissingDependencyError, SimulationError) as reason:
        tell(f"the deck of {cell.model_name()} tells no expected value: {str(reason).splitlines()[0]}")
        return None, None
