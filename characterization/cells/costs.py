"""Costs of operations of cells in time and energy, beside published ones of other systems."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from ...circuits.cells.building.cell import Cell
from ...devices.core.metadata import described_table
from ..resumable import compute_each
from .bench import simulate
from .periphery import energy_of_periphery

_COLUMNS = {
    "cell": ("1", "cell"),
    "technology": ("1", "technology of its transistors"),
    "corner": ("1", "corner of its transistors"),
    "temperature": ("K", "temperature of the circuit"),
    "supply_voltage": ("V", "supply voltage"),
    "operation": ("1", "what is counted"),
    "range": ("1", "which of the operating points of the cell's bench this is, by its total: see RANGE"),
    "operating_point": ("1", "what is varied, and its value here"),
    "rate": ("Hz", "operations per second, one after the other"),
    "delay": ("s", "from 50 % of the input's edge to 50 % of the output's; NaN where either has no edge"),
    "duration": ("s", "time of one operation, over which its energy is counted"),
    "supply": ("J", "energy that the supply delivers"),
    "inputs": ("J", "energy that the sources at the inputs deliver"),
    "devices": ("J", "energy into the devices"),
    "cmos": ("J", "energy into transistors and passive elements"),
    "returned": ("J", "energy that flows back into supply and sources, or into a load at a fixed voltage: not earned"),
    "periphery": ("J", "energy of the circuits around the cell, 0 where they are not counted"),
    "peripheral_circuits": ("1", "these circuits"),
    "total": ("J", "energy of supply, inputs and periphery together"),
}
#: The rows of an operation: of all points of the bench the one of the least, of the median, of the largest total (of an
#: even number of points the lower of the two in the middle). An operation that was measured once is typical.
RANGE = ("minimum", "typical", "maximum")


def costs(cells: Sequence[Cell], *, periphery: bool = False) -> pd.DataFrame:
    r"""Run the standard bench of every cell and collect what its operations cost, over the bench's whole range.

    .. math:: E = \sum_k \int \max(v_k i_k, 0)\,dt

    over supply and sources: energy that a rail takes back is lost, so it counts as zero and not as income; the column
    ``returned`` tells it. A delay is the time from 50 % of the input's edge to 50 % of the output's.

    Parameters
    ----------
    cells : sequence of Cell
        The cells.
    periphery : bool
        Whether to add the circuits that the bench's ideal sources and meters stand for, drivers, converters and
        amplifiers, with the energies of :func:`~synaspice.characterization.cells.periphery.periphery_table`.

    Returns
    -------
    pandas.DataFrame
        For every operation a row each for the minimum, the typical and the maximum of its energy, with the operating
        point (what is varied, rate [Hz], temperature [K], corner, supply [V]), delay [s] and energies [J]: from the
        supply, from the inputs, into the devices, into transistors and passive elements, back into the sources, of the
        periphery. ``attrs["without"]`` has the reasons of cells that have no costs, by name.
    """
    rows: list[dict[str, Any]] = []
    without = {}
    tables = compute_each(simulate, [(cell,) for cell in cells])
    for cell, table in zip(cells, tables, strict=True):
        found = cost_rows(table, periphery=periphery)
        if not found:
            without[cell.model_name()] = no_costs(table)
        rows += found
    columns = {name: ([row[name] for row in rows], *about) for name, about in _COLUMNS.items()}
    return described_table(columns, engine="ngspice", without=without)


def no_costs(table: pd.DataFrame) -> str:
    """Why the table of a cell's bench has no costs, in one line."""
    if table.attrs.get("measures_costs"):
        return "no costs: nothing happened on its bench that could be counted"
    return "no costs: its bench measures none (costs= of cell_table)"


def cost_rows(table: pd.DataFrame, *, periphery: bool = False) -> list[dict[str, Any]]:
    """The rows of :func:`costs` that the table of one cell's bench brings."""
    attrs = table.attrs
    where = {name: attrs[name] for name in ("cell", "technology", "corner", "temperature")}
    where["supply_voltage"] = attrs["parameters"]["supply_voltage"]
    rows = []
    by_operation = sorted(attrs["costs"], key=lambda cost: str(cost["operation"]))
    order = list(dict.fromkeys(cost["operation"] for cost in attrs["costs"]))
    grouped = {name: list(group) for name, group in itertools.groupby(by_operation, lambda cost: cost["operation"])}
    for operation in order:
        points = sorted(grouped[operation], key=lambda cost: cost["supply"] + cost["inputs"])
        middle = (len(points) - 1) // 2
        chosen = zip(RANGE, (points[0], points[middle], points[-1]), strict=True)
        for name, cost in [("typical", points[0])] if len(points) == 1 else chosen:
            rows.append({**where, "range": name, **_counted(cost, periphery)})
    return rows


def _counted(cost: dict[str, Any], periphery: bool) -> dict[str, Any]:
    """A cost as the cells of a row."""
    parts = cost["periphery"] if periphery else {}
    around = energy_of_periphery(parts)
    return {
        **{key: cost[key] for key in ("operation", "duration", "supply", "inputs", "devices", "cmos", "returned")},
        "operating_point": cost["at"],
        "delay": math.nan if cost["delay"] is None else cost["delay"],
        "rate": 1 / cost["duration"],
        "periphery": around,
        "peripheral_circuits": ", ".join(f"{number} {name}" for name, number in parts.items()),
        "total": cost["supply"] + cost["inputs"] + around,
    }


@dataclass(frozen=True)
class PublishedCost:
    """A figure of a published system.

    Attributes
    ----------
    system, quantity : str
        Whose it is, and of what.
    value : float
        The figure.
    unit : str
        Its unit.
    source : str
        Where it was published.
    read_in : str
        Where it was read; ``assumed`` if in nothing that was at hand.
    """

    system: str
    quantity: str
    value: float
    unit: str
    source: str
    read_in: str


_SHARAD = "M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, IEEE Trans. Nanotechnol. 11, 843 (2012)"
_MEROLLA = "P. A. Merolla et al., Science 345, 668 (2014), doi:10.1126/science.1254642"
_SOURIKOPOULOS = "I. Sourikopoulos et al., Front. Neurosci. 11, 123 (2017), doi:10.3389/fnins.2017.00123"
_ABSTRACT = "the abstract"
_IBM = "IBM TrueNorth, 28 nm, 1 million neurons"
_SPIN = "spin neuron with domain-wall synapses"
_SECOND_HAND = "second-hand: several public documents that cite it; the article was not at hand"

PUBLISHED = (
    PublishedCost(_SPIN, "supply of the spin part", 30e-3, "V", _SHARAD, _ABSTRACT),
    PublishedCost(_SPIN, "power over that of the 45 nm CMOS design", 0.05, "1", _SHARAD, _ABSTRACT),
    PublishedCost(_IBM, "power, typical", 70e-3, "W", _MEROLLA, _SECOND_HAND),
    PublishedCost(_IBM, "energy per synaptic event", 26e-12, "J", _MEROLLA, _SECOND_HAND),
    PublishedCost("CMOS neuron after Morris-Lecar, 65 nm", "energy per spike", 4e-15, "J", _SOURIKOPOULOS, _ABSTRACT),
    PublishedCost(
        "adaptive CMOS neuron, 0.35 µm",
        "energy per spike",
        900e-12,
        "J",
        "G. Indiveri, E. Chicca, R. Douglas, IEEE Trans. Neural Netw. 17, 211 (2006), doi:10.1109/TNN.2005.860850",
        "assumed: as remembered, article not at hand",
    ),
)


def published_costs() -> pd.DataFrame:
    """Published figures to compare with, each with its source and where it was read."""
    names = [field.name for field in fields(PublishedCost)]
    return pd.DataFrame([asdict(entry) for entry in PUBLISHED], columns=names)
