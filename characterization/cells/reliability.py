"""How surely cells decide and store, in one table: error rate, retention, disturb by reads, over the temperature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.declared import ZERO_CELSIUS
from ...devices.core.metadata import described_table
from ...devices.language.quantities.quantity import format_si
from ..resumable import compute_each
from .bench import CELL_BENCHES, names_of_cell
from .errors.arrhenius import TEN_YEARS
from .reliable import FIGURES, READS, Reliability

#: The temperatures of the usual table: -40, 27 and 125 degrees Celsius. [K]
TEMPERATURES = (ZERO_CELSIUS - 40, ZERO_CELSIUS + 27, ZERO_CELSIUS + 125)

#: A year [s]; the smallest probability that is told as a number.
YEAR, SMALLEST = TEN_YEARS / 10, 1e-30

_COLUMNS = {
    "cell": ("1", "cell"),
    "technology": ("1", "technology of its transistors"),
    "corner": ("1", "corner of its transistors"),
    "temperature": ("K", "temperature of the cell"),
    "operation": ("1", "what is counted as a decision"),
    "error_rate": ("1", "probability that it is wrong"),
    "retention": ("s", "mean time until an undisturbed state is lost"),
    "disturb": ("1", f"probability that {READS:.0e} reads change a state, or the share of its range that they move it"),
    "reason": ("1", "why a value is missing"),
}


def reliability(cells: Cell | Sequence[Cell], temperatures: Sequence[float] = TEMPERATURES) -> pd.DataFrame:
    """Tell how surely cells decide at several temperatures, how long they hold a state, and what reads do to it.

    The figures are those of the cells' standard benches: closed forms, Fokker-Planck equations and ensembles, each with
    the thermal noise of the temperature, the corner and the mismatch of the technology; the guide to
    cells (``docs/guides/cells/cells.md``) tells which.

    Parameters
    ----------
    cells : Cell or sequence of Cell
        The cells; their own temperatures do not count.
    temperatures : sequence of float
        The temperatures. [K]

    Returns
    -------
    pandas.DataFrame
        A row for every cell and temperature: ``cell``, ``technology``, ``corner``, ``temperature`` [K], ``operation``
        (what is counted as a decision), ``error_rate``, ``retention`` [s], ``disturb`` (after a million reads) and
        ``reason``, why any of these is NaN.

    Raises
    ------
    ParameterError
        If a temperature is out of the range of the cells.
    NgspiceError, MissingDependencyError
        As :func:`~synaspice.characterization.cells.bench.simulate`.
    """
    asked = [cells] if isinstance(cells, Cell) else list(cells)
    rows = list(
        compute_each(_row, [(cell.replace(temperature=float(kelvin)),) for cell in asked for kelvin in temperatures])
    )
    columns = {name: ([row[name] for row in rows], *about) for name, about in _COLUMNS.items()}
    return described_table(columns, engine="ngspice and numeric", reads=READS)


def figures_in_words(row: Mapping[Any, Any]) -> dict[str, str]:
    """The figures of a row for people to read, by their names; a dash where there is none."""
    return {name: _in_words(name, float(row[name])) for name in FIGURES}


def _in_words(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    if name == "retention":
        return f"{value / YEAR:.2g} years" if value > YEAR else format_si(value, "s", 2)
    return f"{value:.1e}" if value >= SMALLEST else f"< {SMALLEST:.0e}"


def _row(cell: Cell) -> dict[str, object]:
    measure = next((CELL_BENCHES[name].reliability for name in names_of_cell(type(cell)) if name in CELL_BENCHES), None)
    if measure is None:
        untold = dict.fromkeys(FIGURES, "its bench does not tell: cell_bench(..., reliability=)")
        found = Reliability("", without=untold)
    else:
        found = measure(cell)
    reasons: dict[str, list[str]] = {}
    for name, why in found.without.items():
        reasons.setdefault(why, []).append(name)
    return {
        "cell": cell.model_name(),
        "technology": cell.technology,
        "corner": cell.corner,
        "temperature": cell.temperature,
        "operation": found.operation,
        **{name: getattr(found, name) for name in FIGURES},
        "reason": "; ".join(f"{' and '.join(names)}: {why}" for why, names in reasons.items()),
    }
