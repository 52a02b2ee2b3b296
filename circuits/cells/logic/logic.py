"""Static logic: the inverter, which most cells have at their output."""

from __future__ import annotations

from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import length_of, width_of
from ..building.tolerances import SMALL


class Inverter(Cell):
    """Static CMOS inverter."""

    title = "CMOS inverter"
    symbol = "inverter"
    tolerances = SMALL

    input = Port("input", "logic input")
    output = Port("output", "its complement")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    nmos_width = width_of("the n-channel transistor", 1.0)
    pmos_width = width_of("the p-channel transistor", 2.0)
    length = length_of("both", 1.0)

    def build(self, assembly: Assembly) -> None:
        assembly.pmos("p", "output", "input", "supply", width=self.pmos_width, length=self.length)
        assembly.nmos("n", "output", "input", "ground", width=self.nmos_width, length=self.length)


def inverter(assembly: Assembly, name: str, input: str, output: str, **values: float) -> None:
    """Add an inverter in the technology of the cell, with values for its parameters."""
    made = Inverter(**assembly.cell.surroundings, **values)
    assembly.subcell(name, made, {"input": input, "output": output, "supply": "supply", "ground": "ground"})
