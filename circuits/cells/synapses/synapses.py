"""Synapses of one or two devices with access transistors."""

from __future__ import annotations

import functools
import math

from ....devices.language.declaration import Option, Parameter
from ....devices.language.errors import ParameterError
from ....devices.language.placement import before
from ....devices.model import CompactModel
from ....devices.models.memristors.vteam import VTEAM
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import Slot, kind_of
from ..building.tolerances import COLUMNS, SMALL
from ..memories.junction_cell import JunctionCell
from ..memories.memories import MEMORY, at_conductance, conductance, reference, setting_polarity, switching_time

#: Voltage at which cells are read, in units of the supply.
READ = 0.1


class _MemristorCell(Cell):
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


class MemristorBitCell(_MemristorCell):
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

    def build(self, assembly: Assembly) -> None:
        assembly.device("cell", reference(self.memristor, self.state), self.setting_nodes("bit", "inner"))
        assembly.nmos("access", "inner", "word", "source", width=self.access_width)


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

    def build(self, assembly: Assembly) -> None:
        # Without its agitation the magnetisation would settle on its axis, where no torque acts.
        assembly.device("mtj", self.junction, {"p": "bit", "n": "inner"}, noise_step=self.noise_step)
        assembly.nmos("access", "inner", "word", "source", width=self.access_width)


class DifferentialSynapse(_MemristorCell):
    r"""Signed weight as the difference of two 1T1R cells with a common input.

    .. math:: I_+ - I_- = w\,(G_\mathrm{on} - G_\mathrm{off})\,V_\mathrm{in}, \qquad
        G_\pm = \frac{G_\mathrm{on} + G_\mathrm{off}}{2} \pm w\,\frac{G_\mathrm{on} - G_\mathrm{off}}{2}

    up to the drop across the access transistors.
    """

    tolerances = COLUMNS

    input = Port("input", "input voltage, below the threshold of the memristors")
    word = Port("input", "word line, to both gates")
    plus = Port("output", "current of the positive column, held at 0 V")
    minus = Port("output", "current of the negative column, held at 0 V")
    ground = Port("supply", "ground")

    weight = Parameter(0.5, "1", "weight", (-1.0, 1.0))

    def conductances(self) -> tuple[float, float]:
        """Conductance of the positive and of the negative memristor [S]."""
        on, off = self.conductance_range
        middle, half = (on + off) / 2, (on - off) / 2
        return middle + self.weight * half, middle - self.weight * half

    def memristor_at(self, conductance: float) -> CompactModel:
        """The memristor with a conductance when it is read [S]."""
        return at_conductance(self.memristor, conductance, setting_polarity(self.memristor) * self.read_voltage)

    def build(self, assembly: Assembly) -> None:
        for column, wanted in zip(("plus", "minus"), self.conductances(), strict=True):
            inner = f"inner_{column}"
            assembly.device(f"cell_{column}", self.memristor_at(wanted), self.setting_nodes("input", inner))
            assembly.nmos(f"access_{column}", inner, "word", column, width=self.access_width)


class STDPSynapse(_MemristorCell):
    r"""Spike-timing-dependent plasticity: a memristor between two neurons whose spikes overlap.

    Either neuron puts its spike on its side: a short pulse of the height of the memristor's threshold, followed by a
    slow tail of the other sign, :math:`-A e^{-t/\tau}`. Alone a spike does nothing. If the postsynaptic pulse comes
    within the presynaptic tail, :math:`\Delta t > 0`, the memristor sees their sum and its conductance grows; in the
    other order it falls: with a rate that is linear above the threshold

    .. math:: \Delta x \propto \pm A\,e^{-|\Delta t|/\tau}

    References
    ----------
    T. Serrano-Gotarredona, T. Masquelier, T. Prodromakis, G. Indiveri, B. Linares-Barranco, Front. Neurosci. 7, 2
    (2013), doi:10.3389/fnins.2013.00002.
    """

    title = "STDP synapse"
    reference = "T. Serrano-Gotarredona et al., Front. Neurosci. 7, 2 (2013)"
    doi = "10.3389/fnins.2013.00002"

    pre = Port("inout", "presynaptic neuron")
    post = Port("inout", "postsynaptic neuron")
    enable = Port("input", "high to connect both")
    ground = Port("supply", "ground")

    resistance_on = Parameter(100e3, "ohm", "lowest resistance of the memristor", (1.0, 1e12))
    resistance_off = Parameter(1e6, "ohm", "highest resistance of the memristor", (1.0, 1e15))
    switching_time = Parameter(50e-9, "s", "time to switch at twice the threshold", (1e-13, 1e3))
    initial_state = Parameter(0.5, "1", "state of the memristor at the start, 0 on, 1 off", (0.0, 1.0))

    memristor = _MemristorCell.memristor.but(
        fits=(*MEMORY, kind_of(VTEAM)), sets={"initial_state": lambda cell: cell.initial_state}
    )

    @property
    def height(self) -> float:
        """Height of a spike's pulse: the smaller threshold of the memristor, so that it does nothing alone [V]."""
        return float(min(-self.memristor.threshold_on, self.memristor.threshold_off))

    @property
    def pulse_time(self) -> float:
        """Time in which twice the threshold switches the memristor: that of a spike of which reliability tells [s]."""
        return float(switching_time(self.memristor, 2 * self.height)) if self.placed else self.switching_time

    def build(self, assembly: Assembly) -> None:
        assembly.device("cell", self.memristor, {"p": "pre", "n": "inner"})
        assembly.nmos("access", "inner", "enable", "post", width=self.access_width)
