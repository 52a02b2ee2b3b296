"""Write a page of the documentation for every cell: schematic, ports, parameters, slots, bench, costs, exports, source.

Everything on a page comes from the cell's declaration, from its assembly, or from what was measured: the figures and
tables of ``tools/pictures.py`` in a folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from pages import description, emptied, parameters_of, picture, table_of, write_pages

from synaspice.characterization.cells.bench import CELL_BENCHES, bench_of_cell, names_of_cell
from synaspice.characterization.cells.costs import cost_rows, no_costs
from synaspice.characterization.citing import citations
from synaspice.characterization.tables import read_table
from synaspice.circuits.cells.building.cell import CELLS, Cell
from synaspice.devices.language.errors import ParameterError
from synaspice.devices.language.quantities.quantity import format_si
from synaspice.devices.targets.symbols.files import EDITORS
from synaspice.figures import save, schematic

HEAD = """# Cells, page by page

Every page is made from the declaration of its cell and from its circuit: schematic, ports, parameters, slots, the
figure of its standard bench, costs, and what to cite. The [guide](../guides/cells/cells.md) tells how cells are used.

In the [schematics](../guides/cells/schematics.md) transistors have their width and length beside them, in
nanometres, and ×n for n in parallel. Bodies that are not drawn are at the supply (p-channel) and at ground (n-channel);
inverters are supplied likewise. Nodes of the same name are connected.
"""
#: Energies of an operation in the table of costs.
ENERGIES = ("total", "supply", "inputs", "devices", "cmos")


def drawn(name: str, cell: Cell, pages: Path) -> str:
    """The schematic of a cell."""
    try:
        figure = schematic(cell)
    except ParameterError as reason:
        return f"No schematic: {reason}.\n"
    (pages / "pictures").mkdir(exist_ok=True)
    path = save(figure, pages / "pictures" / f"{name}.svg")
    return f"![Schematic of {name}](pictures/{path.name})\n\n*`synaspice schematic {name} -o {name}.svg`*\n"


def declared(cell: Cell) -> str:
    """Ports, parameters, options and slots."""
    ports = [(f"`{name}`", port.direction, port.description) for name, port in cell.ports().items()]
    options = [
        (f"`{name}`", f"`{cell.options[name]}`", ", ".join(item.choices), item.description)
        for name, item in cell.option_declarations().items()
    ]
    slots = [
        (
            f"`{name}`",
            f"`{cell.device_in(name).model_name()}`",
            slot.description,
            ", ".join(f"`{each}`" for each in slot.fitting()),
            "; ".join(fit.words for fit in slot.fits),
        )
        for name, slot in cell.slots().items()
    ]
    parts = [
        "## Ports\n\n" + table_of(["port", "direction", "meaning"], ports),
        "## Parameters\n\n" + parameters_of(cell.parameter_declarations(), cell.values),
        table_of(["option", "default", "choices", "meaning"], options),
        "## Slots\n\n" + table_of(["slot", "own device", "what it does", "what fits", "it needs"], slots)
        if slots
        else "",
    ]
    return "\n".join(part for part in parts if part)


def benched(name: str, kind: type[Cell], gallery: Path | None, pages: Path) -> str:
    """What the standard bench measures, its figure, whether the cell works, and what its operations cost."""
    if not any(each in CELL_BENCHES for each in names_of_cell(kind)):
        return "## Bench\n\nIt has none.\n"
    bench = bench_of_cell(kind)
    parts = [f"## Bench\n\n{bench.summary}. `synaspice simulate {name}`, `simulate({kind.__name__}())` in Python.\n"]
    table = None if gallery is None else measured(gallery, name)
    if table is None:
        return parts[0]
    figure = gallery / "figures" / f"{name}-bench.png" if gallery else None
    if figure is not None and figure.exists():
        parts.append(picture(figure, pages, f"`synaspice simulate {name} --plot {name}.png`"))
    verdict = "works" if table.attrs["works"] else "does not work"
    parts.append(f"With its defaults it {verdict}: {table.attrs['criterion']}.\n")
    rows = cost_rows(table)
    parts.append(
        f"## Costs\n\n{costs(rows)}" if rows else f"## Costs\n\n{no_costs(table)[0].upper()}{no_costs(table)[1:]}.\n"
    )
    return "\n".join(parts)


def measured(gallery: Path, name: str) -> pd.DataFrame | None:
    """The table of a cell's bench in a gallery."""
    path = gallery / "tables" / f"{name}-bench.parquet"
    return read_table(path) if path.exists() else None


def costs(rows: list[dict[str, object]]) -> str:
    """A table of costs."""

    def shown(value: object, unit: str) -> str:
        return format_si(float(str(value)), unit, 3) if value == value else "none"

    cells = [
        (
            str(row["operation"]),
            str(row["range"]),
            str(row["operating_point"]),
            shown(row["duration"], "s"),
            shown(row["delay"], "s"),
            *(shown(row[each], "J") for each in ENERGIES),
        )
        for row in rows
    ]
    return table_of(["operation", "of the points", "at", "every", "delay", *ENERGIES], cells)


def exported(name: str, cell: Cell) -> str:
    """How to take the cell elsewhere."""
    file = name.replace("-", "_")
    editors = ", ".join(f"`--symbol {each}`" for each in EDITORS)
    lines = [
        "## Export\n",
        f"```sh\nsynaspice export {name} --symbol kicad -o {file}.sub  # a deck that runs it, and a symbol too\n```\n",
        f"Symbols: {editors}. In a netlist, in the order of its pins:\n",
        f"```spice\n.include {file}.sub\nX1 {' '.join(cell.ports())} {file}\n```\n",
    ]
    return "\n".join(lines)


def sourced(kind: type[Cell]) -> str:
    """Where the circuit comes from, and what to cite."""
    link = f" [doi:{kind.doi}](https://doi.org/{kind.doi})" if kind.doi else ""
    text = f"{kind.reference}.{link}\n\n" if kind.reference else "No publication is named for the circuit.\n\n"
    return f"## Source\n\n{text}```bibtex\n{citations(kind)}```\n"


def page(name: str, kind: type[Cell], pages: Path, gallery: Path | None) -> str:
    """The page of a cell."""
    cell = kind()
    parts = [
        f"# {kind.title_in_words()}\n",
        f"`{name}` on the command line, {{py:class}}`~{kind.__module__}.{kind.__qualname__}` in Python.\n",
        f"```{{eval-rst}}\n{description(kind)}\n```\n",
        "## Schematic\n",
        drawn(name, cell, pages),
        declared(cell),
        benched(name, kind, gallery, pages),
        exported(name, cell),
        sourced(kind),
    ]
    return "\n".join(part for part in parts if part)


def main() -> None:
    """Write the pages, and one that lists them, into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gallery", type=Path, help="folder that tools/pictures.py made")
    arguments = parser.parse_args()
    folder = emptied(arguments.folder)
    write_pages(folder, HEAD, {name: page(name, kind, folder, arguments.gallery) for name, kind in CELLS.items()})


if __name__ == "__main__":
    main()
