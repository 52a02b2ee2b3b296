"""Cells with a bipolar memristor: their common part, and the bit cells."""

from __future__ import annotations

import functools

from ....devices.language.declarations.declaration import Option, Parameter
from ....devices.language.declarations.placement import before
from ....devices.language.errors import ParameterError
from ....devices.models.memristors.vteam import VTEAM
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import Slot
from ..building.tolerances import SMALL, STRONG
from .lines import BitLines
from .memories import MEMORY, conductance, reference, setting_polarity

#: Voltage at which cells are read, in units of the supply.
READ = 0.1


class MemristorCell(Cell, abstract=True):
    """The common part of cells with a bipolar memristor: the memristor, scaled to the supply."""

    tolerances = SMALL

    resistance_on = Parameter(20e3, "ohm", "lowest resistance of the memristor", (1.0, 1e12))
    resistance_off = Parameter(400e3, "ohm", "highest resistance of the memristor", (1.0, 1e15))
    threshold = Parameter(
        lambda cell: 0.4 * cell.supply_voltage,
        "V",
        "threshold of the memristor in both directions; 0.4 of the supply if not given",
        (1e-3, 10.0),
    )
    switching_time = Parameter(5e-9, "s", "time to switch at twice the threshold", (1e-13, 1e3))
    access_width = width_of("the access transistors", 4.0)

    memristor = Slot(
        "the memory",
        lambda cell: cell.own_memristor(),
        MEMORY,
        {
            "resistance_on": ("resistance_on",),
            "resistance_off": ("resistance_off",),
            "threshold": ("threshold_on", "threshold_off"),
            "switching_time": ("position_off", "rate_on", "rate_off", "exponent_on", "exponent_off"),
        },
    )

    def own_memristor(self) -> VTEAM:
        """The cell's own memristor, off. Its resistance falls with a negative voltage from ``p`` to ``n``."""
        travel = 3e-9
        return VTEAM(
            resistance_on=self.resistance_on,
            resistance_off=self.resistance_off,
            position_off=travel,
            threshold_on=-self.threshold,
            threshold_off=self.threshold,
            rate_on=-travel / self.switching_time,
            rate_off=travel / self.switching_time,
            exponent_on=1.0,
            exponent_off=1.0,
            initial_state=1.0,
        )

    @property
    def read_voltage(self) -> float:
        """Voltage at which a memristor is read: a tenth of the supply [V]."""
        return READ * self.supply_voltage

    @functools.cached_property
    def conductance_range(self) -> tuple[float, float]:
        """Conductance of the memristor on and off, when it is read [S]."""
        volts = setting_polarity(self.memristor) * self.read_voltage
        on, off = (conductance(reference(self.memristor, state), volts) for state in ("on", "off"))
        return on, off

    def setting_nodes(self, high: str, low: str) -> dict[str, str]:
        """Nodes of the memristor's terminals so that a voltage from the first node to the second sets it."""
        p, n = self.memristor.terminals()
        return {p: high, n: low} if setting_polarity(self.memristor) > 0 else {n: high, p: low}

    def check(self) -> None:
        if "memristor" not in self.placed and self.resistance_on > 0.9 * self.resistance_off:
            raise ParameterError(
                f"resistance_on = {self.resistance_on:g} ohm must lie at least 10 % below "
                f"resistance_off = {self.resistance_off:g} ohm"
            )


class MemristorBitCell(MemristorCell):
    """1T1R cell: a memristor and its access transistor.

    While the word line is high, a positive voltage from ``bit`` to ``source`` sets the memristor to a low resistance,
    a negative one resets it, and a small one reads it.
    """

    title = "Memristor bit cell (1T1R)"
    state = Option("off", ("on", "off"), "state of the memristor at the start")
    word_voltage = Parameter(
        lambda cell: cell.supply_voltage,
        "V",
        "voltage of the word line when it is high; above the supply it leaves more to the memristor in a reset",
        (0.1, 5.0),
    )

    bit = Port("inout", "bit line, to the memristor")
    word = Port("input", "word line, to the gate")
    source = Port("inout", "source line, to the transistor")
    ground = Port("supply", "ground")

    @property
    def selecting(self) -> dict[str, tuple[float, float]]:
        """Voltages of the lines that select the cell, at rest and while it is selected [V]."""
        return {"word": (0.0, self.word_voltage)}

    @property
    def lines(self) -> BitLines:
        """What stands on its lines: it is set first."""
        return BitLines.of_one_path(self.selecting, self.supply_voltage, ("bit", "source"))

    def build(self, assembly: Assembly) -> None:
        assembly.device("cell", reference(self.memristor, self.state), self.setting_nodes("bit", "inner"))
        assembly.nmos("access", "inner", "word", "source", width=self.access_width)


class TransmissionGateBitCell(MemristorBitCell):
    r"""2T1R cell: a memristor behind a transmission gate, which leaves it the supply in both directions.

    The transistor of a 1T1R cell is a source follower in a reset: the memristor gets no more than its gate is above its
    threshold :math:`V_{tn}`. A p-channel transistor beside it conducts there, and the n-channel one conducts in a set:

    .. math:: V_\mathrm{1T} < V_{DD} - V_{tn}, \qquad V_\mathrm{2T} = V_{DD} - \frac{I}{g_n + g_p}

    with the conductances :math:`g` of the transistors at the voltages on them. It costs a second transistor and word
    line, and in turn works at supplies, and with thresholds, that a 1T1R cell needs a raised word line for.

    References
    ----------
    N. H. E. Weste, D. M. Harris, CMOS VLSI Design, Addison-Wesley, 4th edition (2011), section 1.4.6 (transmission
    gates).
    """

    tolerances = STRONG
    title = "Memristor bit cell with a transmission gate (2T1R)"
    reference = "N. H. E. Weste, D. M. Harris, CMOS VLSI Design, 4th edition (2011), section 1.4.6"
    with before("source"):
        word_bar = Port("input", "complement of the word line, to the p-channel gate")
    with before("ground"):
        supply = Port("supply", "positive supply, to the body of the p-channel transistor")

    complement_width = width_of("the p-channel access transistor", 8.0)

    @property
    def selecting(self) -> dict[str, tuple[float, float]]:
        return {**super().selecting, "word_bar": (self.supply_voltage, 0.0)}

    def one_transistor(self) -> MemristorBitCell:
        """The cell without its p-channel transistor: 1T1R with the same memristor."""
        return MemristorBitCell(**{name: value for name, value in self.given.items() if name != "complement_width"})

    def build(self, assembly: Assembly) -> None:
        super().build(assembly)
        assembly.pmos("complement", "inner", "word_bar", "source", width=self.complement_width)
