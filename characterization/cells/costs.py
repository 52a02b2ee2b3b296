"""Costs of operations of cells in time and energy, beside published ones of other systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import pandas as pd

from ...circuits.cells.cell import Cell
from ...devices.core.metadata import described_table
from .bench import simulate

_COLUMNS = {
    "cell": ("1", "cell"),
    "technology": ("1", "technology of its transistors"),
    "corner": ("1", "corner of its transistors"),
    "operation": ("1", "what is counted"),
    "delay": ("s", "how long the operation takes"),
    "supply": ("J", "energy from the supply"),
    "inputs": ("J", "energy from what drives the inputs"),
    "devices": ("J", "energy into the devices"),
    "cmos": ("J", "energy into transistors and passive elements"),
    "total": ("J", "energy from supply and inputs together"),
}


def costs(cells: Sequence[Cell]) -> pd.DataFrame:
    """Run the standard bench of every cell and collect what its operations cost.

    Parameters
    ----------
    cells : sequence of Cell
        The cells.

    Returns
    -------
    pandas.DataFrame
        A row for every operation, with its delay [s] and its energies [J]: from the supply, from the inputs, into the
        devices, and into transistors and passive elements.
    """
    rows = [row for cell in cells for row in cost_rows(simulate(cell))]
    columns = {name: ([row[name] for row in rows], *about) for name, about in _COLUMNS.items()}
    return described_table(columns, engine="ngspice")


def cost_rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of :func:`costs` that the table of one cell's bench brings."""
    where = {name: table.attrs[name] for name in ("cell", "technology", "corner")}
    return [{**where, **cost, "total": cost["supply"] + cost["inputs"]} for cost in table.attrs["costs"]]


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
        "adaptive CMOS neuron, 0.35 um",
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
