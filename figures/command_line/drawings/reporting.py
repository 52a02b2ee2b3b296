"""The command ``synaspice report DEVICE ...``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..arguments.completion import complete_devices_and_cells
from ..arguments.options import Assignments, PresetName, make_device
from ..output import tell

if TYPE_CHECKING:
    from ....devices.model import CompactModel


def report(
    devices: Annotated[
        list[str],
        typer.Argument(
            metavar="DEVICE",
            help="Devices, or devices with a preset (mtj:ikeda2010): several stand side by side.",
            autocompletion=complete_devices_and_cells,
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page (.html).")],
    preset: PresetName = None,
    set_: Assignments = None,
    fit: Annotated[
        list[Path] | None,
        typer.Option(metavar="TABLE", help="Table of a fit, as 'synaspice fit -o' writes it. Repeatable."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="INTEGER", help="Seed of what is random; default: 1.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes; -1 for one per core.", min=-1)] = -1,
) -> None:
    """Write a report of devices: one self-contained page.

    Parameters with provenance, figures of merit, every bench, fits, agreement of the engines, netlist, and what to
    cite.
    """
    from ....characterization.tables import read_table
    from ....devices.language.errors import ParameterError
    from ...report import make_report

    if len(devices) > 1 and (preset or set_):
        raise ParameterError("--preset and --set are of one device: name several with their presets (mtj:ikeda2010)")
    made = [_named(name) for name in devices] if len(devices) > 1 else [_alone(devices[0], preset, set_)]
    make_report(made, output, fits=[read_table(path) for path in fit or ()], processes=jobs or -1, seed=seed)
    tell(f"wrote {output}")


def _alone(name: str, preset: str | None, assignments: list[str] | None) -> CompactModel:
    from ....devices.language.errors import ParameterError

    if ":" not in name:
        return make_device(name, preset, assignments)
    if preset or assignments:
        raise ParameterError(f"{name!r} names a preset already: name the device alone beside --preset and --set")
    return _named(name)


def _named(name: str) -> CompactModel:
    """A device by its name, or by that with a preset's: ``DEVICE:PRESET``."""
    model, _, preset = name.partition(":")
    return make_device(model, preset or None, None)
