"""Static logic: the inverter, which most cells have at their output."""

from __future__ import annotations

from ...devices.language.declaration import Parameter
from .assembly import Assembly
from .cell import Cell
from .declared import Port


class Inverter(Cell):
    """Static CMOS inverter."""

    input = Port("input", "logic input")
    output = Port("output", "its complement")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    nmos_width = Parameter(1.0, "1", "width of the n-channel transistor in minimum widths", (1.0, 200.0))
    pmos_width = Parameter(2.0, "1", "width of the p-channel transistor in minimum widths", (1.0, 200.0))
    length = Parameter(1.0, "1", "length of both in minimum lengths", (1.0, 100.0))

    def build(self, assembly: Assembly) -> None:
        assembly.pmos("p", "output", "input", "supply", width=self.pmos_width, length=self.length)
        assembly.nmos("n", "output", "input", "ground", width=self.nmos_width, length=self.length)
