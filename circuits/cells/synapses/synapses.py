"""Synapses of one or two memristors with access transistors."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ....devices.model import CompactModel
from ....devices.models.memristors.vteam import VTEAM
from ..building.assembly import Assembly
from ..building.declared import Port
from ..building.slots import kind_of
from ..building.tolerances import COLUMNS
from ..memories.memories import MEMORY, at_conductance, setting_polarity, switching_time
from ..memories.memristor_cells import MemristorCell


class DifferentialSynapse(MemristorCell):
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


#: The memristor of a plastic synapse: its thresholds are told, and its state at the start is the cell's.
PLASTIC = MemristorCell.memristor.but(
    fits=(*MEMORY, kind_of(VTEAM)), sets={"initial_state": lambda cell: cell.initial_state}
)


class STDPSynapse(MemristorCell):
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

    memristor = PLASTIC.but()

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
