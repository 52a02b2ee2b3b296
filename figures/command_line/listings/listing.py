"""The commands that list: devices, their parameters, cells."""

from __future__ import annotations

from ..arguments.options import Assignments, Device, PresetName, make_device
from ..output import show


def devices() -> None:
    """List every device and its presets."""
    from ....devices.catalog import models

    for name, model in models().items():
        show(name)
        show((model.__doc__ or "").strip().partition("\n")[0], "    ")
        for preset in model.presets().values():
            show(f"{preset.name:32} {100 * preset.share_read:3.0f} % read  {preset.title}", "    ", 48 * " ")


def parameters(device: Device, preset: PresetName = None, set_: Assignments = None) -> None:
    """Show a device's parameters: value, unit, meaning, source."""
    from ....devices.language.quantities.quantity import format_si

    made = make_device(device, preset, set_)
    if made.provenance:
        show(made.provenance.title)
        show(made.provenance.citation)
    show(f"values: {made.provenance_summary}")
    if made.provenance:
        for line in made.provenance.notes.strip().splitlines():
            show(line)
        print()
    for name, option in made.option_declarations().items():
        show(f"{name} = {made.options[name]}")
        show(f"{option.description}; one of {', '.join(option.choices)}", "    ")
    for row in made.parameters().to_dict("records"):
        show(f"{row['name']} = {format_si(row['value'], row['unit'])}")
        show(row["description"], "    ")
        show(f"{row['provenance']}: {row['source']}", "    ")


def cells() -> None:
    """List every cell with its ports."""
    from ....circuits.cells.building.cell import CELLS

    for name, cell in CELLS.items():
        show(name)
        show((cell.__doc__ or "").strip().partition("\n")[0], "    ")
        for port in cell.ports().values():
            show(f"{port.name:12} {port.direction:7} {port.description}", "    ", 25 * " ")
        for slot in cell.slots().values():
            show(f"{slot.name:12} {'device':7} {slot.description}: {', '.join(slot.fitting())}", "    ", 25 * " ")


def formats() -> None:
    """List the formats of exports, technologies and frameworks."""
    from ..exports.exporting import list_formats

    list_formats()
