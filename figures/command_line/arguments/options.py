"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import (
    complete_assignments,
    complete_corners,
    complete_devices,
    complete_presets,
    complete_standing,
    complete_technologies,
)

if TYPE_CHECKING:
    from ....circuits.cells.building.cell import Cell
    from ....devices.model import CompactModel


Device = Annotated[
    str,
    typer.Argument(
        metavar="DEVICE", help="Name of the device; 'synaspice devices' lists them.", autocompletion=complete_devices
    ),
]
PresetName = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Published parameter set, or a file of your own (.toml).",
        autocompletion=complete_presets,
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter or option of the device or cell; 40n, 1.2k, '40 nm' are understood. Repeatable.",
        autocompletion=complete_assignments,
    ),
]
Standing = Annotated[
    list[str] | None,
    typer.Option(
        "--device",
        metavar="[SLOT=]DEVICE[:PRESET]",
        help="Of a cell: another device in it; with several slots, which one. Repeatable; --set SLOT.NAME=VALUE sets "
        "its parameters.",
        autocompletion=complete_standing,
    ),
]
Technology = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Of a cell: technology of its transistors; 'synaspice formats' lists them.",
        autocompletion=complete_technologies,
    ),
]
Corner = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Of a cell: typical, slow or fast.", autocompletion=complete_corners),
]
Temperature = Annotated[
    str | None, typer.Option("--temperature", metavar="NUMBER", help="Of a cell: its temperature [K], or as 85degC.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Table: .csv or .parquet.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Figure: .png, .svg or .pdf.")]

FigureTitle = Annotated[
    str | None,
    typer.Option("--title", metavar="TEXT", help="Title of the figure, '' for none; default: what was measured."),
]
FigureSize = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="INCHES",
        help="Width of the figure in inches, or width and height, as 3.4 or 7x2.6; a narrow one has its panels one "
        "above the other. Default: 3.5 for each panel, and 3 high.",
    ),
]


def parse_look(figure: Path | None, title: str | None, size: str | None) -> dict[str, Any]:
    """Title and size of a figure, as :func:`synaspice.figures.plot` takes them."""
    from ....devices.language.errors import ParameterError

    if figure is None and not (title is None and size is None):
        raise ParameterError("--title and --size are of the figure: name its file with --plot")
    look: dict[str, Any] = {}
    if title is not None:
        from ...titles import checked_text

        look["title"] = checked_text("--title", title)
    if size is not None:
        try:
            numbers = [float(part) for part in size.lower().replace("×", "x").split("x")]
        except ValueError:
            numbers = []
        if len(numbers) not in (1, 2):
            raise ParameterError(f"--size takes inches, as 3.4 or 3.4x2.6, not {size!r}")
        from ...sizes import checked_size

        look["figsize"] = numbers[0] if len(numbers) == 1 else tuple(numbers)
        checked_size("--size", look["figsize"])  # before anything is measured
    return look


def parse_assignments(assignments: Iterable[str] | None) -> dict[str, float | str]:
    """The parameters that a command line sets."""
    from ....devices.language.errors import ParameterError

    values: dict[str, float | str] = {}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise ParameterError(f"--set takes NAME=VALUE, not {assignment!r}")
        values[key.strip()] = value.strip()
    return values


def parse_standing(texts: Iterable[str] | None, cell: type[Cell]) -> dict[str, str]:
    """The devices that a command line puts into a cell, by the slot."""
    from ....devices.language.errors import ParameterError

    slots, found = list(cell.slots()), dict[str, str]()
    for text in texts or []:
        before, equals, device = text.rpartition("=")
        name = before.strip()
        if not slots:
            raise ParameterError(f"{cell.model_name()} has no device that could be another one: not --device {text!r}")
        if not equals:
            if len(slots) > 1:
                raise ParameterError(
                    f"{cell.model_name()} has the slots {', '.join(slots)}: --device SLOT=DEVICE says into which"
                )
            name = slots[0]
        if name in found:
            raise ParameterError(f"--device gives two devices for {name}")
        found[name] = device.strip()
    return found


def make_device(name: str, preset: str | None, assignments: Iterable[str] | None) -> CompactModel:
    """Make the device that a command line describes."""
    from ....devices.catalog import find_model

    values = parse_assignments(assignments)
    model = find_model(name)
    return model.preset(preset, **values) if preset else model(**values)
