"""What the command line does with cells."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...characterization.cells.costs import published_costs
from ...characterization.tables import write_whole
from ...circuits.cells.cell import CELLS
from ...circuits.cells.declared import ZERO_CELSIUS
from ...devices.catalog import models
from ...devices.language.errors import ParameterError, UnknownNameError
from ...devices.language.quantity import format_si, parse_quantity

if TYPE_CHECKING:
    import pandas as pd

    from ...circuits.cells.cell import Cell


def is_cell(name: str) -> bool:
    """Whether a name is that of a cell.

    Raises
    ------
    UnknownNameError
        If it is neither that of a cell nor that of a device.
    """
    if name not in CELLS and name not in models():
        raise UnknownNameError("device or cell", name, [*models(), *CELLS])
    return name in CELLS


def make_cell(name: str, values: Mapping[str, float | str], surroundings: Mapping[str, str | None]) -> Cell:
    """Make the cell that a command line describes; its temperature is in degrees Celsius there."""
    given = {key: text for key, text in surroundings.items() if text is not None}
    made: dict[str, float | str] = {**values, **given}
    if "temperature" in given:
        made["temperature"] = parse_quantity(given["temperature"], "degC") + ZERO_CELSIUS
    return CELLS.find(name)(**made)


def list_cells() -> None:
    """Print every cell with its ports."""
    for name, cell in CELLS.items():
        print(f"{name}\n    {(cell.__doc__ or '').strip().splitlines()[0]}")
        for port in cell.ports().values():
            print(f"    {port.name:12} {port.direction:7} {port.description}")


def export_cell(
    name: str,
    values: Mapping[str, float | str],
    surroundings: Mapping[str, str | None],
    subcircuit: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Write a cell's netlist to a file, or print it."""
    text = make_cell(name, values, surroundings).netlist(name=subcircuit)
    if output is None:
        print(text, end="")
        return
    if output.exists() and not force:
        raise ParameterError(f"{str(output)!r} exists: --force replaces it")
    write_whole(output, lambda path: path.write_text(text, encoding="utf-8"))
    print(f"wrote {output}", file=sys.stderr)


def report(table: pd.DataFrame) -> None:
    """Say what operations cost and whether the cell works."""
    for cost in table.attrs["costs"]:
        parts = ", ".join(f"{key} {_short(cost[key], 'J')}" for key in ("supply", "inputs", "devices", "cmos"))
        print(f"{cost['operation']}: {_short(cost['delay'], 's')}; {parts}", file=sys.stderr)
    verdict = "works" if table.attrs["works"] else "does not work"
    print(f"{table.attrs['cell']} {verdict}: {table.attrs['criterion']}", file=sys.stderr)


def print_costs(table: pd.DataFrame) -> None:
    """Print a table of costs for people to read, and the published figures below it."""
    energies = ("supply", "inputs", "devices", "cmos")
    print(f"{'cell':22} {'operation':28} {'delay':>12} " + " ".join(f"{name:>12}" for name in energies))
    for row in table.to_dict("records"):
        values = " ".join(f"{_short(row[name], 'J'):>12}" for name in energies)
        print(f"{row['cell']:22} {row['operation']:28} {_short(row['delay'], 's'):>12} {values}")
    print("\nPublished, to compare with:")
    for row in published_costs().to_dict("records"):
        print(f"{row['system']}: {row['quantity']} {_short(row['value'], row['unit'])}")
        print(f"    {row['source']}; read in: {row['read_in']}")


def _short(value: float, unit: str) -> str:
    return format_si(float(f"{value:.3g}"), unit)
