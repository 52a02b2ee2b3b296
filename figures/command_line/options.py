"""Arguments and options that several commands share, and their completion in a shell."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ...devices.model import CompactModel


def complete_devices() -> list[str]:
    """Names of devices."""
    from ...devices.catalog import models

    return list(models())


def complete_cells() -> list[str]:
    """Names of cells."""
    from ...circuits.cells.cell import CELLS

    return list(CELLS)


def complete_devices_and_cells() -> list[str]:
    """Names of devices and of cells."""
    return [*complete_devices(), *complete_cells()]


def complete_presets() -> list[str]:
    """Names of the presets of the device that the command line has named before."""
    from ...devices.catalog import models

    known = models()
    # An option that lacks its value ends what the parser understands: the shell's words tell the device all the same.
    words = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    return [preset for word in words.split() if word in known for preset in known[word].presets()]


Device = Annotated[
    str,
    typer.Argument(
        metavar="DEVICE", help="Name of the device; 'synaspice devices' lists them.", autocompletion=complete_devices
    ),
]
PresetName = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="Published parameter set.", autocompletion=complete_presets),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter or option of the device or cell; 40n, 1.2k, '40 nm' are understood. Repeatable.",
    ),
]
Technology = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Of a cell: technology of its transistors, generic or sky130."),
]
Corner = Annotated[str | None, typer.Option(metavar="NAME", help="Of a cell: typical, slow or fast.")]
Temperature = Annotated[
    str | None, typer.Option("--temperature", metavar="NUMBER", help="Of a cell: its temperature [K], or as 85degC.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Table: .csv or .parquet.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Figure: .png, .svg or .pdf.")]


def parse_assignments(assignments: Iterable[str] | None) -> dict[str, float | str]:
    """The parameters that a command line sets."""
    from ...devices.language.errors import ParameterError

    values: dict[str, float | str] = {}
    for assignment in assignments or []:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise ParameterError(f"--set takes NAME=VALUE, not {assignment!r}")
        values[key.strip()] = value.strip()
    return values


def make_device(name: str, preset: str | None, assignments: Iterable[str] | None) -> CompactModel:
    """Make the device that a command line describes."""
    from ...devices.catalog import find_model

    values = parse_assignments(assignments)
    model = find_model(name)
    return model.preset(preset, **values) if preset else model(**values)
