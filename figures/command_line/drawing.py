"""The commands that draw: ``synaspice figure`` and ``synaspice gallery``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .completion import complete_devices_and_cells
from .output import check_paths, tell


def figure(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="A table of a bench (.csv or .parquet), or 'all': every device and preset."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Figure (.png, .svg, .pdf); for 'all' a folder."),
    ],
) -> None:
    """Draw a table's figure, or those of every device and preset."""
    if what == "all":
        from ..gallery import make_gallery

        make_gallery(output, tables=False, netlists=False)
        return
    from ...characterization.tables import read_table
    from ..drawing import drawable, plot
    from ..style import save

    check_paths(None, output)
    table = read_table(what)
    with drawable(table):
        save(plot(table), output)
    tell(f"wrote {output}")


def gallery(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the page, tables, figures and netlists."),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only this device, cell, or device and preset (mtj-ikeda2010). Repeatable.",
            autocompletion=complete_devices_and_cells,
        ),
    ] = None,
    all_cells: Annotated[bool, typer.Option("--all-cells", help="Also the cells whose benches take long.")] = False,
) -> None:
    """Measure, draw, export and run every device with every preset, and cells.

    A page with the figures (index.html), tables, and netlists that were run in ngspice.
    """
    from ..gallery import make_gallery

    make_gallery(output, only=only or (), all_cells=all_cells)
