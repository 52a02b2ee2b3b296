"""What a shell completes words of the command line by: names of things, and of what the named device or cell has."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ....characterization.arguments import Argument
    from ....circuits.cells.building.cell import Cell
    from ....devices.language.declarations.configured import Configured
    from ....devices.model import CompactModel


def complete_devices() -> list[str]:
    """Names of devices."""
    from ....devices.catalog import models

    return list(models())


def complete_cells() -> list[str]:
    """Names of cells."""
    from ....circuits.cells.building.cell import CELLS

    return list(CELLS)


def complete_devices_and_cells() -> list[str]:
    """Names of devices and of cells."""
    return [*complete_devices(), *complete_cells()]


def complete_citable(incomplete: str) -> list[str]:
    """Names of devices, cells and benches, and files that can be a table."""
    from ....characterization.bench import BENCHES

    names = [*complete_devices_and_cells(), *BENCHES]
    return [*names, *_files(incomplete, ".csv"), *_files(incomplete, ".parquet")]


def complete_drawable(incomplete: str) -> list[str]:
    """Names of systems of the article, and files that can be a table."""
    from ...systems.system import SYSTEMS

    return [*SYSTEMS, "all", *_files(incomplete, ".csv"), *_files(incomplete, ".parquet")]


def complete_formats() -> list[str]:
    """Names of export formats."""
    from ....devices.targets.formats import FORMATS

    return list(FORMATS)


def complete_editors() -> list[str]:
    """Names of editors of schematics."""
    from ....devices.targets.symbols.files import EDITORS

    return list(EDITORS)


def complete_technologies() -> list[str]:
    """Names of technologies."""
    from ....circuits.cells.building.cmos import TECHNOLOGIES

    return list(TECHNOLOGIES)


def complete_corners() -> list[str]:
    """Names of corners."""
    from ....circuits.cells.building.cmos import CORNERS

    return list(CORNERS)


def complete_presets(incomplete: str) -> list[str]:
    """Names of the presets of the device that the command line has named, and files that can be one."""
    model = _model()
    return [*(model.presets() if model is not None else ()), *_files(incomplete, ".toml")]


def complete_assignments(incomplete: str) -> list[str]:
    """``NAME=`` of what can be set on the device or cell that the command line has named; choices of an option."""
    named: type[Configured] | None = _cell() or _model()
    if named is None:
        return []
    options = named.option_declarations()
    name, equals, _ = incomplete.partition("=")
    if equals:
        return [f"{name}={choice}" for choice in options[name].choices] if name in options else []
    return [f"{name}=" for name in (*named.parameter_declarations(), *options)]


def complete_scattered() -> list[str]:
    """``NAME=`` of what can be scattered of the device or cell that the command line has named."""
    named: type[Configured] | None = _cell() or _model()
    return [] if named is None else [f"{name}=" for name in named.parameter_declarations()]


def complete_standing(incomplete: str) -> list[str]:
    """``SLOT=DEVICE`` for the slots of the cell that the command line has named; presets after a colon."""
    from ....devices.catalog import models

    cell = _cell()
    if cell is None:
        return []
    found = []
    for slot, declared in cell.slots().items():
        for name in declared.fitting():
            found += [f"{slot}={name}", *(f"{slot}={name}:{preset}" for preset in models()[name].presets())]
    return [word for word in found if word.startswith(incomplete)]


def complete_inputs() -> list[str]:
    """Names of the inputs of the device that the command line has named."""
    model = _model()
    return list(model.input_declarations()) if model is not None else []


def complete_argument(argument: Argument, incomplete: str) -> list[str]:
    """The values of a bench's argument on the device that the command line has named; of several the last one."""
    names = argument.names(_device())
    before, comma, _ = incomplete.rpartition(",") if "," in argument.metavar else ("", "", incomplete)
    return [f"{before}{comma}{name}" for name in names if name not in before.split(",")]


def _words() -> list[str]:
    """The words of the command line that is completed.

    An option that lacks its value ends what the parser understands: the shell's words tell the device all the same.
    """
    return (os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")).split()


def _model() -> type[CompactModel] | None:
    """The model that the command line has named."""
    from ....devices.catalog import models

    known = models()
    return next((known[word] for word in _words() if word in known), None)


def _cell() -> type[Cell] | None:
    """The cell that the command line has named."""
    from ....circuits.cells.building.cell import CELLS

    return next((CELLS[word] for word in _words() if word in CELLS), None)


def _device() -> CompactModel | None:
    """The device that the command line has named, with its preset if there is such a one."""
    from ....devices.language.errors import SynaspiceError

    model, words = _model(), _words()
    if model is None:
        return None
    for option, value in itertools.pairwise(words):
        if option == "--preset":
            try:
                return model.preset(value)
            except SynaspiceError:
                break
    return model()


def _files(incomplete: str, suffix: str) -> list[str]:
    """Files of a suffix, and folders, whose names begin so; as the user writes them, with ``~``."""
    head, _, tail = incomplete.rpartition("/")
    folder = f"{head}/" if "/" in incomplete else ""
    try:
        there = sorted(Path(folder or ".").expanduser().iterdir())
    except (OSError, RuntimeError):
        return []
    shown = [item for item in there if item.name.startswith(tail) and (tail.startswith(".") or item.name[0] != ".")]
    return [f"{folder}{item.name}{'/' * item.is_dir()}" for item in shown if item.is_dir() or item.suffix == suffix]
