"""Synapse between spiking neurons: a spike of nanoseconds becomes a charge for the next membrane."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import by_technology, length_of, width_of
from ..building.tolerances import SMALL
from ..logic.logic import inverter


class SpikeSynapse(Cell):
    r"""Synapse between neurons: a packet of charge for each spike, however short, and a mirror that multiplies it.

    A capacitor :math:`C_p` is empty while the input is low. A spike connects it with the gates of a current mirror,
    which a second capacitor holds; the mirror's diode refills both, for a while after the spike, and its other
    transistors put a multiple of that current into the output. The charge for each spike is

    .. math:: Q = w\, C_p\, (V_{DD} - V_{SG}), \qquad w = I_\mathrm{out} / I_\mathrm{in}

    as long as the output stays some tenths of a volt below the supply. The length of the spike matters little: a
    longer one fills the packet further, the closer to the threshold of the diode.

    References
    ----------
    C. Bartolozzi, G. Indiveri, Neural Comput. 19, 2581 (2007), doi:10.1162/neco.2007.19.10.2581: synapses in CMOS,
    among them the current-mirror integrator. The packet in place of its weight transistor is this package's.
    """

    reference = "C. Bartolozzi, G. Indiveri, Neural Comput. 19, 2581 (2007)"
    doi = "10.1162/neco.2007.19.10.2581"
    tolerances = SMALL

    input = Port("input", "spikes: logic pulses of a nanosecond or more")
    output = Port("output", "current into the next membrane")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    weight = Parameter(
        by_technology("spike-synapse.weight"),
        "1",
        "output's transistors over the diode; one spike of the default makes the default memristor neuron fire",
        (0.1, 1000.0),
    )
    packet_capacitance = Parameter(200e-15, "F", "capacitor of the packet", (1e-15, 1e-9))
    holding_capacitance = Parameter(
        lambda cell: 0.5 * cell.packet_capacitance, "F", "capacitor at the gates; half the packet's", (1e-16, 1e-9)
    )
    mirror_width = width_of("the mirror's transistors", by_technology("spike-synapse.mirror_width"))
    mirror_length = length_of("the mirror's transistors", 3.0)
    switch_width = width_of("the packet's switches", 4.0)

    def build(self, assembly: Assembly) -> None:
        inverter(assembly, "inv", "input", "silent")
        width, length = self.mirror_width, self.mirror_length
        assembly.nmos("empty", "packet", "silent", "ground", width=self.switch_width)
        assembly.nmos("take", "gates", "input", "packet", width=self.switch_width)
        assembly.capacitor("packet", "packet", "ground", self.packet_capacitance)
        assembly.capacitor("hold", "gates", "supply", self.holding_capacitance)
        assembly.pmos("diode", "gates", "gates", "supply", width=width, length=length)
        assembly.pmos("out", "output", "gates", "supply", width=width, length=length, parallel=self.weight)
