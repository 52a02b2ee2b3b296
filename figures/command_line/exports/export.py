"""``synaspice export``: a device or a cell for other simulators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..arguments.completion import complete_devices_and_cells, complete_editors, complete_formats, complete_inputs
from ..arguments.options import (
    Assignments,
    Corner,
    PresetName,
    Standing,
    Technology,
    Temperature,
    make_device,
    parse_assignments,
)
from ..output import tell


def export(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Name of the device (or DEVICE:PRESET) or cell; 'synaspice devices' and 'cells' list them. Several "
            "go into one netlist.",
            autocompletion=complete_devices_and_cells,
        ),
    ] = None,
    preset: PresetName = None,
    set_: Assignments = None,
    standing: Standing = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    dialect: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="ngspice (the default), xyce, ltspice, hspice, spectre, vacask, verilog-a, osdi, nvsim-cell, "
            "neurosim, aihwkit, crosssim or sky130-kit.",
            autocompletion=complete_formats,
        ),
    ] = None,
    symbol: Annotated[
        str | None,
        typer.Option(
            metavar="EDITOR",
            help="Write a symbol for schematics beside the netlist too: for ltspice, kicad or xschem.",
            autocompletion=complete_editors,
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the subcircuit.")] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME",
            help="Input (a field) to make a pin. Repeatable.",
            autocompletion=complete_inputs,
        ),
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
    """Write a device or cell as a subcircuit, with a deck that runs it; or several in one netlist.

    Or a library of every device with every preset.
    """
    from ....devices.language.errors import ParameterError
    from ....devices.targets.formats import FORMATS
    from ....devices.targets.spice.dialect import Dialect
    from ....devices.targets.spice.dialects import CELL_DIALECTS
    from ..measurements.cells import make_cell
    from .exporting import Order, deliver, editor_for, is_cell
    from .exporting_several import deliver_several

    editor = None if symbol is None else editor_for(symbol, output)
    dialect = dialect or (editor.dialect if editor else "ngspice")
    if editor and dialect != editor.dialect:
        raise ParameterError(
            f"--symbol {symbol} is for schematics that {editor.dialect} runs, which cannot read --format {dialect}: "
            f"take --format {editor.dialect}"
        )
    asked = [(kind, chosen or None) for kind, _, chosen in (text.partition(":") for text in names or [])]
    cells = [kind for kind, _ in asked if is_cell(kind)]
    if standing and len(asked) != 1:
        raise ParameterError("--device is of one cell: give its name alone")
    if standing and not cells:
        raise ParameterError("--device is of cells, as in 'export p-bit --device mtj:ikeda2010'")
    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    if not cells and any(value is not None for value in surroundings.values()):
        raise ParameterError("--technology, --corner and --temperature are for cells; 'synaspice cells' lists them")
    options = {"observables": observables, "noise": noise, "long_steps": long_steps}
    if cells or len(asked) > 1:
        one_devices = preset or inputs or transient_noise is not None
        if not isinstance(FORMATS.find(dialect), Dialect):
            raise ParameterError(
                f"--format {dialect} is of one device: cells, and several things, are for {', '.join(CELL_DIALECTS)}"
            )
        if cells and (one_devices or everything or (len(cells) == len(asked) and any(options.values()))):
            raise ParameterError(
                f"{cells[0]} is a cell: --all, --preset, --input, --observables, --noise, --transient-noise "
                "and --long-steps are for devices"
            )
        if len(asked) > 1 and (everything or set_ or name or one_devices):
            raise ParameterError(
                "several names have no --all, --set, --name, --preset, --input, and --transient-noise: write "
                "presets as DEVICE:PRESET"
            )
        for kind, chosen in asked:
            if chosen and kind in cells:
                raise ParameterError(f"{kind} is a cell: it has no preset {chosen!r}")
        values = parse_assignments(set_)
        items = [
            make_cell(kind, values, surroundings, standing) if kind in cells else make_device(kind, chosen, None)
            for kind, chosen in asked
        ]
        written = deliver_several(
            items, output, name=name, options=options, deck=deck, force=force, dialect=dialect, editor=symbol
        )
        for path in written:
            tell(f"wrote {path}")
        return

    device, of_name = asked[0] if asked else (None, None)
    if of_name and preset:
        raise ParameterError(f"{device}:{of_name} has a preset: --preset gives another one")
    preset = preset or of_name
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
        options,
        transient_noise,
        symbol,
    )
    for path in deliver(order, output, deck=deck, force=force):
        tell(f"wrote {path}")
