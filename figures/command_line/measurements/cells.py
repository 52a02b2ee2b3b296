"""The commands that run cells: ``synaspice simulate CELL`` and ``synaspice costs CELL ...``."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....devices.language.quantities.units import OFFSETS
from ..arguments.completion import complete_cells
from ..arguments.measuring import make_command, parsed
from ..arguments.options import (
    Assignments,
    Corner,
    FigureSize,
    FigureTitle,
    Output,
    Plot,
    Standing,
    Technology,
    Temperature,
    parse_assignments,
    parse_look,
    parse_standing,
)
from ..output import Listing, check_paths, deliver, show, tell
from .characterize import Jobs, shared_out

if TYPE_CHECKING:
    import pandas as pd

    from ....circuits.cells.building.cell import Cell

#: The energies of an operation in a table of costs.
ENERGIES = ("supply", "inputs", "devices", "cmos", "returned")
#: What costs of the same cell in the same surroundings have in common.
PLACE = ("cell", "technology", "corner", "temperature", "supply_voltage")
#: What the figures mean.
DEFINITIONS = (
    "Energies are those that supply and inputs deliver; what flows back (returned) is lost and counts as zero. "
    "Minimum, typical (median), maximum: over the points of the cell's bench. Delay: from 50 % of the input's edge to "
    "50 % of the output's."
)
#: What is added where a delay is longer than the period.
FIRST_SPIKE = (
    "A neuron's delay is that of its first spike, from rest: it charges all the way up. Later ones begin where the one "
    "before has left the membrane, so that a period may be shorter."
)


def make_cell(
    name: str,
    values: Mapping[str, float | str],
    surroundings: Mapping[str, str | None],
    standing: Iterable[str] | None = None,
) -> Cell:
    """Make the cell that a command line describes."""
    from ....circuits.cells.building.cell import CELLS

    kind, given = CELLS.find(name), {key: text for key, text in surroundings.items() if text is not None}
    return kind(**{**values, **given, **parse_standing(standing, kind)})


class CellListing(Listing):
    """A command for each cell: its standard bench."""

    title = "Cells"

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the cells that have a standard bench."""
        from ....characterization.cells.bench import CELL_BENCHES
        from ....circuits.cells.building.cell import CELLS

        return [name for name in CELL_BENCHES if name in CELLS]  # arrays and converters have benches as well

    def get_command(self, ctx: Any, cmd_name: str) -> typer.core.TyperCommand | None:
        """The command of a cell's bench."""
        from ....characterization.cells.bench import bench_of_cell
        from ....circuits.cells.building.cell import CELLS

        if ctx.resilient_parsing and cmd_name not in CELLS:
            return None
        bench = bench_of_cell(CELLS.find(cmd_name))

        def run(
            given: dict[str, Any],
            set_: Assignments = None,
            standing: Standing = None,
            technology: Technology = None,
            corner: Corner = None,
            temperature: Temperature = None,
            output: Output = None,
            plot: Plot = None,
            title: FigureTitle = None,
            size: FigureSize = None,
        ) -> None:
            surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
            made = make_cell(cmd_name, parse_assignments(set_), surroundings, standing)
            check_paths(output, plot)
            look = parse_look(plot, title, size)
            table = bench(made, **parsed(given, bench.settings, lambda name: bench.settings[name].argument.unit))
            deliver(table, output, plot, look)
            report(table)

        return make_command(cmd_name, bench.summary, bench.settings, run)


app = typer.Typer(
    cls=CellListing,
    help="Run a cell's standard bench in ngspice: a table, and a plot of it; and what its operations cost.",
    short_help="Run a cell's standard bench in ngspice.",
    no_args_is_help=True,
    subcommand_metavar="CELL [OPTIONS]",
)


def costs(
    cells: Annotated[
        list[str],
        typer.Argument(
            metavar="CELL", help="Names of cells; 'synaspice cells' lists them.", autocompletion=complete_cells
        ),
    ],
    set_: Assignments = None,
    standing: Standing = None,
    technology: Technology = None,
    corner: Corner = None,
    temperature: Temperature = None,
    periphery: Annotated[
        bool, typer.Option("--periphery", help="Count drivers, converters and amplifiers around the cell too.")
    ] = False,
    jobs: Jobs = 1,
    output: Output = None,
) -> None:
    """Tell the costs of cells in time and energy, beside published figures."""
    from ....characterization.cells.costs import costs as cost_table

    surroundings = {"technology": technology, "corner": corner, "temperature": temperature}
    made = [make_cell(name, parse_assignments(set_), surroundings, standing) for name in cells]
    check_paths(output, None)
    with shared_out(jobs):
        table = cost_table(made, periphery=periphery)
    show_costs(table)
    if output is not None:
        deliver(table, output, None)


def report(table: pd.DataFrame) -> None:
    """Say what operations cost and whether the cell works."""
    from ....characterization.cells.costs import cost_rows, no_costs

    rows = cost_rows(table)
    for row in rows:
        tell(_spent(row))
    if not rows:
        tell(no_costs(table))
    verdict = "works" if table.attrs["works"] else "does not work"
    why = f" ({table.attrs['reason']})" if table.attrs.get("reason") else ""
    tell(f"{table.attrs['cell']} {verdict}{why}: {table.attrs['criterion']}")


def show_costs(table: pd.DataFrame) -> None:
    """Print a table of costs for people to read, the circuits around it, and published figures below."""
    from ....characterization.cells.costs import published_costs
    from ....characterization.cells.periphery import PERIPHERY

    records = table.to_dict("records")
    for place, rows in itertools.groupby(records, lambda row: tuple(row[name] for name in PLACE)):
        cell, technology, corner, kelvin, supply = place
        celsius = f"{kelvin - OFFSETS['K', 'degC']:.4g} degC"
        show(f"{cell}: {technology}, corner {corner}, {celsius}, supply {_short(supply, 'V')}")
        for row in rows:
            show(_spent(row), "    ")
    for cell, reason in table.attrs.get("without", {}).items():
        show(f"{cell}: {reason}")
    print()
    show(DEFINITIONS)
    if any(row["operation"] == "spike" and row["delay"] > row["duration"] for row in records):
        show(FIRST_SPIKE)
    counted = " ".join(str(circuits) for circuits in table["peripheral_circuits"])
    used = [name for name in PERIPHERY if name in counted]
    if used:
        print("\nPeriphery, energy of one operation:")
    for circuit in (PERIPHERY[name] for name in used):
        show(f"{circuit.name}, {circuit.what}: {_short(circuit.energy, 'J')}")
        show(f"{circuit.source}; {_where_from(circuit.read_in)}", "    ")
    print("\nPublished, to compare with:")
    for row in published_costs().to_dict("records"):
        show(f"{row['system']}: {row['quantity']} {_short(row['value'], row['unit'])}")
        show(f"{row['source']}; {_where_from(row['read_in'])}", "    ")


def _where_from(read_in: str) -> str:
    """Provenance of a published figure: what was read, or the grade that it begins with."""
    from ....devices.language.presets.provenance import GRADES

    return read_in if read_in.partition(":")[0] in GRADES else f"read: {read_in}"


def _spent(row: Mapping[Any, Any]) -> str:
    """Energy, operating point, delay and the energy's parts of an operation."""
    delay = f"delay {_short(row['delay'], 's')}" if row["delay"] == row["delay"] else "no delay (no edges)"
    around = f", periphery {_short(row['periphery'], 'J')} ({row['peripheral_circuits']})" if row["periphery"] else ""
    return (
        f"{row['operation']}, {row['range']} {_short(row['total'], 'J')}: {row['operating_point']}, "
        f"every {_short(row['duration'], 's')}, {delay}; "
        + ", ".join(f"{key} {_short(row[key], 'J')}" for key in ENERGIES)
        + around
    )


def _short(value: float, unit: str) -> str:
    from ....devices.language.quantities.quantity import format_si

    return format_si(value, unit, 3)
