"""A deck beside an exported cell, which ngspice runs by itself to give one figure of the cell's bench."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.subcircuits import CellCircuit
from ...circuits.engine.analyses import Transient
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import Statements, check_file_name, one_line
from ...devices.targets.spice.vacask import VACASK
from .bench import CELL_BENCHES, bench_of_cell, names_of_cell, simulate
from .point import Point
from .standard import circuit_around
from .vacask_decks import vacask_deck


def point_of(cell: Cell) -> Point:
    """The point of a cell's bench that its deck repeats.

    Raises
    ------
    ParameterError
        If the cell has no bench, or its bench has no such point.
    """
    point = bench_of_cell(type(cell)).point
    if point is None:
        raise ParameterError(
            f"the bench of the cell {cell.model_name()} has no point for a deck: cell_bench(..., point=)"
        )
    return point(cell)


def has_point(cell: Cell) -> bool:
    """Whether there is a deck of a cell: a bench, with a point for one."""
    return any(name in CELL_BENCHES and CELL_BENCHES[name].point is not None for name in names_of_cell(type(cell)))


def expected_figure(cell: Cell) -> float:
    """The figure of a cell's deck, by the cell's bench.

    Raises
    ------
    ParameterError, NgspiceError, MissingDependencyError
        As :func:`~synaspice.characterization.cells.bench.simulate`.
    """
    return expected_with_error(cell)[0]


def expected_with_error(cell: Cell) -> tuple[float, float | None]:
    """The figure of a cell's deck, by the cell's bench, and its standard error where chance moves it.

    Raises
    ------
    ParameterError, NgspiceError, MissingDependencyError
        As :func:`~synaspice.characterization.cells.bench.simulate`.
    """
    point = point_of(cell)
    table = simulate(cell, **point.settings)
    return point.figure(table), None if point.error is None else point.error(table)


def cell_deck(
    cell: Cell,
    include: str,
    *,
    name: str | None = None,
    expected: float | None = None,
    error: float | None = None,
    dialect: str = "ngspice",
) -> str:
    """Write a deck that includes an exported cell and prints one figure of its bench: ``ngspice -b`` runs it.

    The options that the cell needs stand in the exported file; the deck's own, one thread, changes the speed alone.

    Parameters
    ----------
    cell : Cell
        The cell that was exported.
    include : str
        File name of its netlist, relative to the deck.
    name : str, optional
        Name of its subcircuit, as for :meth:`~synaspice.circuits.cells.building.cell.Cell.netlist`.
    expected : float, optional
        The figure, to stand in a comment; :func:`expected_figure` gives that of the bench.
    error : float, optional
        Its standard error, to stand there too.
    dialect : str
        The dialect of the cell's netlist.

    Returns
    -------
    str
        The text of the deck.

    Raises
    ------
    ParameterError
        If the cell's bench has no point for a deck, or the file name cannot stand in a netlist.
    """
    point, circuit = point_of(cell), cell.subcircuit(name=name, dialect=dialect)
    if circuit.dialect.name == VACASK.name:
        return vacask_deck(cell, circuit, point, include, _told(point, expected, error))
    if circuit.dialect.name != NGSPICE.name:
        return _translated(cell, circuit, point, include, _told(point, expected, error))
    command = point.analysis.command()
    kind = command.partition(" ")[0]
    return "\n".join(
        [
            one_line(f"* {cell.model_name()}: {cell!r}"),
            "* Run it with 'ngspice -b'; it prints what .meas finds.",
            *(f"* {line}" for line in _told(point, expected, error)),
            # Two threads that share out a few transistors wait for each other more than they compute.
            ".options num_threads=1",
            f'.include "{check_file_name(include)}"',
            *circuit_around(cell, circuit, point.lines),
            f".{command}",
            *(f".meas {kind} {figure} {how}" for figure, how in point.measure.items()),
            ".end",
            "",
        ]
    )


def _told(point: Point, expected: float | None, error: float | None) -> list[str]:
    """What the bench says to the figure of a deck, in words."""
    if expected is None:
        return []
    if not math.isfinite(expected):
        return [f"Expected: no {point.name}; this cell has none at this point of its bench."]
    rounded = float(f"{expected:.4g}")
    readable = f" {point.unit} ({format_si(rounded, point.unit)})" if point.unit != "1" else ""
    chance = "" if error is None else f", by chance ± {error:.1g} in each run"
    return [f"Expected: {point.name} = {rounded!r}{readable}{chance}"]


def _translated(cell: Cell, circuit: CellCircuit, point: Point, include: str, told: Sequence[str]) -> str:
    """The deck for another simulator than ngspice, whose figure is what ngspice finds."""
    dialect, analysis = circuit.dialect, point.analysis
    deck, write = dialect.deck, Statements(dialect)
    kind = analysis.command().partition(" ")[0]
    step = repr(analysis.max_step or analysis.step) if isinstance(analysis, Transient) else "0"
    lines = write.comment(f"{cell.model_name()}: {cell!r}")
    lines += [line for text in told for line in write.comment(f"{text}, in ngspice")]
    lines += [deck["include"].format(file=check_file_name(include))]
    lines += [deck["spice"]] if "spice" in deck else []
    if isinstance(analysis, Transient):
        lines += [deck["options"].format(step=step)] if "options" in deck else []
        transient = deck["transient"] if "spice" not in deck else ".tran {step} {duration} 0 {step}"
        lines.append(transient.format(step=step, duration=repr(analysis.duration)))
    else:
        lines.append(f".{analysis.command()}")
    lines += circuit_around(cell, circuit, point.lines)
    if "printed" in deck:
        nodes = "".join(f" V({name})" for name, port in cell.ports().items() if port.direction == "output")
        lines.append(deck["printed"].format(kind=kind.upper(), nodes=nodes or " V(*)"))
    for name, how in point.measure.items():
        formula = how.removeprefix("param='").removesuffix("'")
        spelled = deck["formula"].format(formula) if formula != how else how
        lines.append(deck["figure"].format(kind=kind, name=name, how=spelled))
    return "\n".join([*lines, deck.get("end", ""), ""])
