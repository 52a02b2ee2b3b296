"""The common part of cells with one tunnel junction."""

from __future__ import annotations

from typing import ClassVar

from ....devices.language.declaration import Parameter
from ....devices.models.junctions.mtj import MTJ
from ..building.cell import Cell
from ..building.slots import AGITATED, TWO_TERMINALS, Slot, in_states, kind_of
from ..building.tolerances import NOISY


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
