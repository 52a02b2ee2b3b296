"""``synaspice export``: a device or a cell for other simulators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    Assignments,
    Corner,
    PresetName,
    Technology,
    Temperature,
    complete_devices_and_cells,
    make_device,
    parse_assignments,
)
from .output import tell


def export(
    device: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Name of the device or cell; 'synaspice devices' and 'cells' list them.",
            autocompletion=complete_devices_and_cells,
        ),
    ] = None,
    preset: PresetName = None,
    set_: Assignments = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    dialect: Annotated[
        str,
        typer.Option("--format", metavar="NAME", help="ngspice, xyce, ltspice, hspice, spectre, verilog-a or osdi."),
    ] = "ngspice",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the subcircuit.")] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", metavar="NAME", help="Input (a field) to make a pin. Repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="A library of every device with every preset.")] = False,
    observables: Annotated[bool, typer.Option("--observables", help="A node for every observable.")] = False,
    noise: Annotated[bool, typer.Option("--noise", help="Sources for noise analyses.")] = False,
    transient_noise: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Thermal noise in transients, sampled at this interval."),
    ] = None,
    long_steps: Annotated[
        bool, typer.Option("--long-steps", help="For transients of minutes to years; ngspice only.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File; default: standard output.")
    ] = None,
    deck: Annotated[bool, typer.Option("--deck/--no-deck", help="Write a deck that runs it beside the file.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Write a device or cell as a subcircuit, with a deck that runs it.

    Or a library of every device with every preset.
    """
    from ...devices.language.errors import ParameterError
    from .exporting import Order, deliver, export_cell, is_cell

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    if device is not None and is_cell(device):
        if (
            preset
            or inputs
            or observables
            or noise
            or long_steps
            or transient_noise is not None
            or dialect != "ngspice"
        ):
            raise ParameterError(
                f"{device} is a cell: --preset, --input, --observables, --noise, --transient-noise, --long-steps and "
                "other formats than ngspice are for devices"
            )
        export_cell(device, parse_assignments(set_), surroundings, name, output, force)
        return
    if any(value is not None for value in surroundings.values()):
        raise ParameterError("--technology, --corner and --temperature are for cells; 'synaspice cells' lists them")

    if everything == (device is not None):
        raise ParameterError("export takes the name of a device, or --all")
    if everything and (preset or set_ or name or inputs or transient_noise is not None):
        raise ParameterError(
            "--all has no --preset, --set, --name, --input and --transient-noise: those are one device's"
        )
    order = Order(
        make_device(device, preset, set_) if device is not None else None,
        dialect,
        name,
        tuple(inputs or ()),
        {"observables": observables, "noise": noise, "long_steps": long_steps},
        transient_noise,
    )
    for path in deliver(order, output, deck=deck, force=force):
        tell(f"wrote {path}")
