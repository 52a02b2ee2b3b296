"""Standard benches of cells: functions of a cell that return a table, registered for the cell's class."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...devices.language.errors import ParameterError
from ...devices.language.registry import Registry
from ..signature import Setting, checked, settings_of, summary_of
from .point import Point
from .reliable import Reliability

Measured = TypeVar("Measured", bound=Cell)
Arguments = ParamSpec("Arguments")
Measurement = Callable[Concatenate[Measured, Arguments], pd.DataFrame]


@dataclass(eq=False)
class CellBench:
    """The standard bench of a cell, as :func:`cell_bench` read it from its function.

    Attributes
    ----------
    name : str
        Name of the cell.
    function : callable
        The function, which checks its arguments.
    summary : str
        What it measures: the first sentence of the function's docstring.
    settings : Mapping
        Its arguments by name, without the cell.
    point : callable, optional
        Function of the cell that gives the point of the bench that a deck beside an exported cell repeats.
    reliability : callable, optional
        Function of the cell that tells how often it errs, and how long it holds its state.
    long : bool
        Whether it takes so long, above about 10 s on one core, that the gallery leaves it out unless it is asked for.
    """

    name: str
    function: Callable[..., pd.DataFrame]
    summary: str
    settings: Mapping[str, Setting]
    point: Callable[[Any], Point] | None = None
    reliability: Callable[[Any], Reliability] | None = None
    long: bool = False

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.function)  # it comes from where its function does

    def __call__(self, cell: Cell, **arguments: Any) -> pd.DataFrame:
        """Run a cell."""
        return self.function(cell, **arguments)


#: The standard benches of cells, by the name of the cell.
CELL_BENCHES: Registry[CellBench] = Registry(
    "bench of a cell",
    ("synaspice.characterization.cells",),
    "synaspice.cell_benches",
    lambda item: isinstance(item, CellBench),
    lambda bench: bench.name,
)


def cell_bench(
    *cells: type[Measured],
    point: Callable[[Measured], Point] | None = None,
    reliability: Callable[[Measured], Reliability] | None = None,
    long: bool = False,
) -> Callable[[Measurement[Measured, Arguments]], Measurement[Measured, Arguments]]:
    """Register a function of a cell that returns a table as the standard bench of a class of cells, or of several.

    Its arguments after the cell are annotated as those of a bench of a device are; see
    :func:`synaspice.characterization.bench.bench`. Classes derived from these share the bench unless they have their
    own.

    Parameters
    ----------
    *cells : type
        The classes of cells.
    point : callable, optional
        Function of the cell that gives the point of the bench that a deck beside an exported cell repeats.
    reliability : callable, optional
        Function of the cell that gives what :func:`~synaspice.characterization.cells.reliability.reliability` tells of
        it, at the cell's temperature.
    long : bool
        Whether it takes so long, above about 10 s on one core, that the gallery leaves it out unless it is asked for.

    Raises
    ------
    ParameterError
        If an argument does not say what it is.
    DuplicateNameError
        If the cell has another bench.
    """

    def register(function: Measurement[Measured, Arguments]) -> Measurement[Measured, Arguments]:
        settings = settings_of(function)
        measure = checked(function, settings, functools.partial(_check_voltages, settings))
        for cell in cells:
            name = cell.model_name()
            made = CellBench(name, measure, summary_of(function), settings, point, reliability, long)
            CELL_BENCHES.register(name, made)
        return measure

    return register


def _check_voltages(settings: Mapping[str, Setting], cell: Cell, arguments: Mapping[str, Any]) -> None:
    """Refuse voltages that no cell's supply may have, and warn of those that the transistors do not stand."""
    in_volts = [name for name, setting in settings.items() if setting.argument.unit == "V"]
    cell.check_voltages({name: arguments[name] for name in in_volts if arguments.get(name) is not None})


def bench_of_cell(cell: type[Cell]) -> CellBench:
    """The standard bench of a class of cells: its own, or that of the nearest class that it derives from.

    Raises
    ------
    ParameterError
        If there is none.
    """
    for name in names_of_cell(cell):
        if name in CELL_BENCHES:
            return CELL_BENCHES[name]
    raise ParameterError(
        f"the cell {cell.model_name()} has no standard bench: a function with the decorator cell_bench makes one"
    )


def names_of_cell(cell: type[Cell]) -> list[str]:
    """Name of a class of cells, and of those that it derives from, the nearest first."""
    return [base.model_name() for base in cell.__mro__ if issubclass(base, Cell) and base is not Cell]


def simulate(cell: Cell, **settings: Any) -> pd.DataFrame:
    """Run the standard bench of a cell in ngspice.

    Parameters
    ----------
    cell : Cell
        The cell.
    **settings
        Arguments of the cell's bench; ``synaspice simulate CELL --help`` shows them.

    Returns
    -------
    pandas.DataFrame
        A tidy table, with units, the parameters of the cell and its technology in ``attrs``.

    Raises
    ------
    ParameterError
        If the cell has no standard bench, or an argument makes no sense.
    NgspiceError
        If the simulation fails.
    MissingDependencyError
        If ngspice or the models of the technology are not installed.
    """
    return bench_of_cell(type(cell))(cell, **settings)
