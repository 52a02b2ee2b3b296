"""Cells with a tunnel junction: their common part, and the bit cell."""

from __future__ import annotations

import math
from typing import ClassVar

from ....devices.language.declarations.declaration import Parameter
from ....devices.language.declarations.placement import before
from ....devices.models.junctions.mtj import MTJ
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import AGITATED, TWO_TERMINALS, Slot, in_states, kind_of
from ..building.tolerances import NOISY
from .lines import BitLines


class JunctionCell(Cell, abstract=True):
    """A cell with a tunnel junction: of a published preset with a size and a resistance of its own, or another one."""

    #: Preset of the cell's own junction.
    junction_preset: ClassVar[str] = "ikeda2010"
    tolerances = NOISY

    diameter = Parameter(40e-9, "m", "diameter of the junction", (1e-8, 1e-7))
    resistance_area_product = Parameter(5e-12, "ohm*m^2", "resistance times area of the junction", (1e-13, 1e-9))
    noise_step = Parameter(10e-12, "s", "step of the junction's thermal field", (1e-14, 1e-9))

    junction = Slot(
        "the junction",
        lambda cell: cell.own_junction(),
        (TWO_TERMINALS, kind_of(MTJ), in_states("parallel", "antiparallel"), AGITATED),
        {"diameter": ("diameter", "width"), "resistance_area_product": ("resistance_area_product",)},
    )

    def own_junction(self) -> MTJ:
        """The cell's own junction: that of the preset, of the cell's size and resistance."""
        return MTJ.preset(
            self.junction_preset, diameter=self.diameter, resistance_area_product=self.resistance_area_product
        )


class MTJBitCell(JunctionCell):
    """1T1MTJ cell: a tunnel junction and its access transistor.

    A current from ``bit`` to ``source`` writes the parallel state, one from ``source`` to ``bit`` the antiparallel one.
    The latter takes more current, and the transistor, whose source it lifts, gives less: it decides on the size of the
    transistor and the resistance of the junction. With the defaults it is twice the critical one or more.
    """

    title = "MTJ bit cell (1T1MTJ)"
    bit = Port("inout", "bit line, to the free layer")
    word = Port("input", "word line, to the gate")
    source = Port("inout", "source line, to the transistor")
    ground = Port("supply", "ground")

    resistance_area_product = JunctionCell.resistance_area_product.but(default=4e-12)
    junction = JunctionCell.junction.but(sets={"initial_polar_angle": lambda cell: cell.initial_polar_angle})
    with before("noise_step"):
        access_width = width_of("the access transistor", 16.0)
        initial_polar_angle = Parameter(
            0.1, "rad", "angle of the magnetisation at the start, 0 parallel", (0.0, math.pi)
        )

    @property
    def lines(self) -> BitLines:
        """What stands on its lines: it is written antiparallel first."""
        return BitLines.of_one_path({"word": (0.0, self.supply_voltage)}, self.supply_voltage, ("source", "bit"))

    def build(self, assembly: Assembly) -> None:
        # Without its agitation the magnetisation would settle on its axis, where no torque acts.
        assembly.device("mtj", self.junction, {"p": "bit", "n": "inner"}, noise_step=self.noise_step)
        assembly.nmos("access", "inner", "word", "source", width=self.access_width)
