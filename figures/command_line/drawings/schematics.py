"""The command ``synaspice schematic CELL``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..arguments.completion import complete_cells
from ..arguments.options import Assignments, Corner, Standing, Technology, Temperature, parse_assignments
from ..measurements.cells import make_cell
from ..output import check_paths, tell


def schematic(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL", help="Name of the cell; 'synaspice cells' lists them.", autocompletion=complete_cells
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The drawing (.svg, .pdf, .png).")],
    set_: Assignments = None,
    standing: Standing = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
) -> None:
    """Draw the schematic of a cell, as its netlist connects it (extra schematics)."""
    from ...schematics.drawing import schematic as draw
    from ...style import save

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    made = make_cell(cell, parse_assignments(set_), surroundings, standing)
    check_paths(None, output)
    save(draw(made), output)
    tell(f"wrote {output}")
