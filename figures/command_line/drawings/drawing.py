"""The commands that draw: ``synaspice figure`` and ``synaspice gallery``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..arguments.completion import complete_devices, complete_devices_and_cells, complete_drawable
from ..arguments.options import Assignments, FigureSize, FigureTitle, PresetName, make_device, parse_look
from ..measurements.fitting import Columns, measured_file
from ..output import check_paths, tell


def figure(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TABLE|SYSTEM",
            help="A table of a bench (.csv or .parquet); a system of the article, or 'all' of them.",
            autocompletion=complete_drawable,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE|FOLDER", help="Figure (.png, .svg, .pdf) of a table; folder of systems."
        ),
    ],
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of a system: make it of this device.", autocompletion=complete_devices),
    ] = None,
    preset: PresetName = None,
    set_: Assignments = None,
    quick: Annotated[bool, typer.Option("--quick", help="Of systems: compute less, with wider error bars.")] = False,
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Of systems: folder with data of your own.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of systems: seed; default: 0.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Of systems: make again what is finished.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="INTEGER", help="Of systems: processes that share the work; default: 1."),
    ] = None,
    measured: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Of a table: measured data to draw over it.")
    ] = None,
    column: Columns = None,
    title: FigureTitle = None,
    size: FigureSize = None,
) -> None:
    """Draw a table's figure, or make systems of the article: figures and tables into a folder.

    A system that is finished is not made again; one that was interrupted goes on from what was computed.
    """
    from ....devices.language.errors import ParameterError

    given: dict[str, object] = {"--device": device, "--preset": preset, "--set": set_, "--quick": quick, "--data": data}
    given |= {"--seed": seed is not None, "--force": force, "--jobs": jobs}
    if Path(what).suffix:
        others = [option for option, value in given.items() if value]
        _draw_table(what, output, others, measured, column, parse_look(output, title, size))
    else:
        if measured is not None or column or title is not None or size is not None:
            raise ParameterError("--measured, --column, --title and --size are for a table, not for systems")
        how = {"quick": quick, "data": data, "seed": seed or 0, "force": force}
        import joblib

        with joblib.parallel_config(n_jobs=min(jobs or 1, joblib.cpu_count())):
            _make_systems(what, output, (device, preset, set_), how)


def _draw_table(
    what: str,
    output: Path,
    others: list[str],
    measured: Path | None,
    column: list[str] | None,
    look: Mapping[str, Any],
) -> None:
    from ....characterization.tables import read_table
    from ....devices.language.errors import ParameterError
    from ...drawing import drawable, plot
    from ...style import save

    if others:
        raise ParameterError(f"{others[0]} is for systems of the article, not for the figure of a table")
    if column and measured is None:
        raise ParameterError("--column tells of the measured data: name them with --measured")
    check_paths(None, output)
    table = read_table(what)
    data = None if measured is None else measured_file(measured, column, None, None, 0, False)
    with drawable(table):
        save(plot(table, data=data, **look), output)
    tell(f"wrote {output}")


def _make_systems(
    what: str, folder: Path, of: tuple[str | None, str | None, list[str] | None], how: dict[str, Any]
) -> None:
    from ....devices.language.checks import known
    from ....devices.language.errors import ParameterError
    from ...making import make_systems
    from ...style import FORMATS
    from ...systems.system import SYSTEMS

    hint = "a table ends in .csv or .parquet"
    names = list(SYSTEMS) if what == "all" else [known("system", what, [*SYSTEMS, "all"], hint)]
    if folder.suffix.lower() in FORMATS:
        raise ParameterError(f"systems go into a folder, and {str(folder)!r} is named as a figure")
    name, preset, assignments = of
    if name is None and (preset or assignments):
        raise ParameterError("--preset and --set are of the device that --device names")
    if name is not None and what == "all":
        raise ParameterError("--device is of one system, not of all: name the system")
    device = None if name is None else make_device(name, preset, assignments)
    make_systems(folder, names, device=device, progress=sys.stderr.isatty(), tell=tell, **how)


def gallery(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the page, tables, figures and netlists."),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only this device, cell, or device and preset (mtj:ikeda2010). Repeatable.",
            autocompletion=complete_devices_and_cells,
        ),
    ] = None,
    all_cells: Annotated[bool, typer.Option("--all-cells", help="Also the cells whose benches take long.")] = False,
    figures_only: Annotated[
        bool, typer.Option("--figures-only", help="Only the figures, straight into the folder: no page, no netlists.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="INTEGER", help="Processes; default: one per core.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make again what is finished.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="INTEGER", help="Seed of what is random; default: 1.")
    ] = None,
) -> None:
    """Measure, draw, export and run every device with every preset, and cells.

    A page with the figures (index.html), tables, and netlists that were run in ngspice. A run that was interrupted goes
    on; what is finished is not made again.
    """
    from ...gallery import make_gallery

    whole = not figures_only
    how: dict[str, Any] = {"tables": whole, "netlists": whole, "processes": jobs or -1, "force": force, "seed": seed}
    make_gallery(output, only=only or (), all_cells=all_cells, **how)
