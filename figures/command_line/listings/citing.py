"""The command ``synaspice cite NAME ...``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..arguments.completion import complete_citable
from ..arguments.options import PresetName
from ..output import tell


def cite(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Devices, also with a preset (mtj:ikeda2010), cells, benches, tables (.csv, .parquet); "
            "without any, the package alone.",
            autocompletion=complete_citable,
        ),
    ] = None,
    preset: PresetName = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Tell what to cite for what was used, in BibTeX."""
    from ....characterization.citing import citations
    from ....devices.language.citations.citation import SOFTWARE, bibliography
    from ....devices.language.errors import ParameterError
    from ..exports.exporting import write_files

    asked = names or []
    if preset and len(asked) != 1:
        raise ParameterError("--preset is of one device: name several with their presets (mtj:ikeda2010)")
    things = [_found(name, preset) for name in asked]
    text = citations(*things) if things else bibliography([SOFTWARE])
    if output is None:
        print(text, end="")
        return
    for path in write_files({output: text}, force):
        tell(f"wrote {path}")


def _found(name: str, preset: str | None) -> Any:
    """What a name stands for: a device, a cell, a bench, or the table in a file."""
    from ....characterization.bench import BENCHES
    from ....characterization.tables import FORMATS, read_table
    from ....circuits.cells.building.cell import CELLS
    from ....devices.catalog import models
    from ....devices.language.checks import known
    from ....devices.language.errors import ParameterError

    if Path(name).suffix in FORMATS:
        return read_table(name)
    kind, _, chosen = name.partition(":")
    wanted = chosen or preset
    known("device, cell or bench", kind, [*models(), *CELLS, *BENCHES])
    if kind in models():
        model = models()[kind]
        return model.preset(wanted) if wanted else model
    if wanted:
        raise ParameterError(f"{kind} is no device: it has no preset")
    return CELLS[kind] if kind in CELLS else BENCHES[kind].function
