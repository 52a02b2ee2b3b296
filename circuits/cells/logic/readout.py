"""Readout: sense amplifier for two resistances, dynamic latch comparator for two voltages."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.tolerances import STRONG


class SenseAmplifier(Cell):
    """Precharge sense amplifier: tells which of two branches to ground conducts better.

    While the clock is low, both outputs are precharged to the supply. When it rises, both branches discharge them
    through two cross-coupled inverters; the branch that conducts better wins, and its output goes to ground for good.
    The transistors' mismatch puts the balance elsewhere than at equal resistances, in proportion to one over the root
    of their area; their widths leave it less than one error in a thousand at ``smallest_ratio``.

    References
    ----------
    W. Zhao, C. Chappert, V. Javerliac, J.-P. Noziere, IEEE Trans. Magn. 45, 3784 (2009), doi:10.1109/TMAG.2009.2024325.
    """

    reference = "W. Zhao, C. Chappert, V. Javerliac, J.-P. Noziere, IEEE Trans. Magn. 45, 3784 (2009)"
    doi = "10.1109/TMAG.2009.2024325"
    tolerances = STRONG

    clock = Port("input", "low to precharge, high to sense")
    left = Port("inout", "top of the one branch, a resistance to ground")
    right = Port("inout", "top of the other branch")
    output = Port("output", "high after sensing if the left branch conducts less")
    output_bar = Port("output", "its complement after sensing")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    nmos_width = width_of("the n-channel transistors", 6.0)
    pmos_width = width_of("the p-channel transistors", 4.0)
    smallest_ratio = Parameter(
        1.35, "1", "ratio of the resistances from which on it must decide rightly", (1.001, 100.0)
    )

    def build(self, assembly: Assembly) -> None:
        for side, own, other in (("left", "output", "output_bar"), ("right", "output_bar", "output")):
            assembly.pmos(f"pre_{side}", own, "clock", "supply", width=self.pmos_width)
            assembly.pmos(f"p_{side}", own, other, "supply", width=self.pmos_width)
            assembly.nmos(f"n_{side}", own, other, f"low_{side}", width=self.nmos_width)
            assembly.nmos(f"access_{side}", f"low_{side}", "clock", side, width=self.nmos_width)


class LatchComparator(Cell):
    r"""Dynamic latch comparator (StrongARM latch): tells which of two voltages is higher, without static current.

    A clocked differential pair discharges two nodes at rates that its inputs set; the cross-coupled inverters on top
    regenerate the difference, in a time that grows with the logarithm of how small it is,
    :math:`t = t_0 + \tau \ln(V_{DD} / |\Delta V|)`. Mismatch gives it an offset, in proportion to one over the root of
    the transistors' area; their widths leave it less than one error in a thousand at ``smallest_difference``.

    References
    ----------
    B. Razavi, "The StrongARM latch", IEEE Solid-State Circuits Mag. 7 (2), 12 (2015), doi:10.1109/MSSC.2015.2418155.
    """

    reference = "B. Razavi, IEEE Solid-State Circuits Mag. 7 (2), 12 (2015)"
    doi = "10.1109/MSSC.2015.2418155"
    tolerances = STRONG

    clock = Port("input", "low to precharge, high to compare")
    plus = Port("input", "one voltage")
    minus = Port("input", "the other")
    output = Port("output", "high after the comparison if plus is above minus")
    output_bar = Port("output", "its complement after the comparison")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    input_width = width_of("the differential pair", 24.0)
    latch_width = width_of("the latch's transistors", 8.0)
    tail_width = width_of("the clocked tail transistor", 24.0)
    smallest_difference = Parameter(
        lambda cell: 0.05 * cell.supply_voltage,
        "V",
        "difference of the inputs from which on it must decide rightly; a twentieth of the supply",
        (1e-6, 1.0),
    )

    def build(self, assembly: Assembly) -> None:
        assembly.nmos("tail", "tail", "clock", "ground", width=self.tail_width)
        for side, gate, own, other in (("a", "plus", "output_bar", "output"), ("b", "minus", "output", "output_bar")):
            assembly.nmos(f"in_{side}", f"low_{side}", gate, "tail", width=self.input_width)
            assembly.nmos(f"n_{side}", own, other, f"low_{side}", width=self.latch_width)
            assembly.pmos(f"p_{side}", own, other, "supply", width=self.latch_width)
            assembly.pmos(f"pre_{side}", own, "clock", "supply", width=self.latch_width)
            assembly.pmos(f"low_{side}", f"low_{side}", "clock", "supply", width=self.latch_width)
