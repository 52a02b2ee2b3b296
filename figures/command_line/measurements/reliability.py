"""The command ``synaspice reliability CELL ...``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from ..arguments.completion import complete_cells
from ..arguments.options import Assignments, Corner, Output, Standing, Technology, parse_assignments
from ..output import check_paths, deliver, show
from .cells import make_cell
from .characterize import Jobs, shared_out

if TYPE_CHECKING:
    import pandas as pd


def reliability(
    cells: Annotated[
        list[str],
        typer.Argument(
            metavar="CELL", help="Names of cells; 'synaspice cells' lists them.", autocompletion=complete_cells
        ),
    ],
    set_: Assignments = None,
    standing: Standing = None,
    technology: Technology = None,
    corner: Corner = None,
    temperatures: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Temperatures [K], or as 85degC; default: -40, 27 and 125 degrees C."),
    ] = None,
    jobs: Jobs = 1,
    output: Output = None,
) -> None:
    """Tell how surely cells decide, how long they hold a state, and what a million reads do to it, with noise."""
    from ....characterization.cells.reliability import TEMPERATURES
    from ....characterization.cells.reliability import reliability as table_of
    from ....devices.language.quantities.quantity import parse_quantity

    surroundings = {"technology": technology, "corner": corner}
    made = [make_cell(name, parse_assignments(set_), surroundings, standing) for name in cells]
    kelvins: tuple[float, ...] = TEMPERATURES
    if temperatures is not None:
        kelvins = tuple(parse_quantity(text, "K") for text in temperatures.split(","))
    check_paths(output, None)
    with shared_out(jobs):
        table = table_of(made, kelvins)
    show_reliability(table)
    if output is not None:
        deliver(table, output, None)


def show_reliability(table: pd.DataFrame) -> None:
    """Print a table of reliabilities for people to read."""
    from ....characterization.cells.reliability import figures_in_words

    for _, rows in table.groupby(["cell", "technology", "corner"], sort=False):
        first = rows.iloc[0]
        show(f"{first['cell']}, {first['technology']} {first['corner']}: {first['operation']}")
        for row in rows.to_dict("records"):
            told = [f"{name} {text}" for name, text in figures_in_words(row).items() if not math.isnan(row[name])]
            if told:
                show(f"{row['temperature'] - 273.15:.4g} degC: {', '.join(told)}", "    ")
        if first["reason"]:
            show(first["reason"], "    ")
