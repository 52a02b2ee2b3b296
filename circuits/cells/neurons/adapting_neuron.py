"""Neuron of transistors that tires: its intervals grow, and after each spike it is deaf for a time."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ..building.assembly import Assembly, TransistorSize
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import length_of, width_of
from ..building.tolerances import SMALL
from ..logic.logic import inverter


class AdaptingNeuron(Cell):
    r"""Integrate-and-fire neuron with spike-frequency adaptation and an absolute refractory period.

    The input current charges the membrane to the switching point :math:`V_M` of an inverter, the feedback capacitor
    makes the spike steep. The spike fills the refractory capacitor :math:`C_r`, which holds the membrane at ground
    until the current :math:`I_r` has emptied it to :math:`V_M`. All that time a differential-pair integrator takes in
    the current :math:`I_w`; its output, an n-channel transistor in weak inversion, pulls the current :math:`I_a` out of
    the membrane:

    .. math::

        t_r = \frac{C_r\,(V_{DD} - V_M)}{I_r}, \qquad
        T = t_s + t_r + \frac{(C_m + C_f)\,V_M}{I - I_a} \\
        \tau\,\frac{d I_a}{dt} = I_a \left(\frac{I_w}{I_\tau}\,\frac{I_g}{I_g + I_a}\,s(t) - 1\right), \qquad
        \tau = \frac{n\,C_a\,k_B T / e}{I_\tau}

    with :math:`s = 1` in the refractory period and 0 otherwise, the width :math:`t_s` of the spike and the slope factor
    n. If :math:`\tau` is many intervals long, they grow to that at which

    .. math:: I_a = I_g \left(\frac{I_w}{I_\tau}\,\frac{t_r}{T} - 1\right).

    Four bias currents set it, which mirrors take in, so that it does not depend on the corner of the transistors. The
    slope factors of both kinds of transistors are taken as equal.

    References
    ----------
    G. Indiveri et al., Front. Neurosci. 5, 73 (2011), doi:10.3389/fnins.2011.00073 (adaptation and refractory period of
    silicon neurons); C. Bartolozzi, G. Indiveri, Neural Comput. 19, 2581 (2007), doi:10.1162/neco.2007.19.10.2581 (the
    differential-pair integrator). The circuit and its design equations are written here; no sizes are of a publication.
    """

    reference = "G. Indiveri et al., Front. Neurosci. 5, 73 (2011)"
    doi = "10.3389/fnins.2011.00073"
    tolerances = SMALL

    input = Port("input", "input current, into the membrane")
    refractory = Port("input", "bias current into it, which empties the refractory capacitor")
    leak = Port("input", "bias current into it, with which adaptation is forgotten")
    gain = Port("input", "bias current into it, by which adaptation is scaled")
    weight = Port("input", "bias current out of it, which adaptation takes in after a spike")
    output = Port("output", "spikes")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    membrane_capacitance = Parameter(50e-15, "F", "membrane capacitor", (1e-16, 1e-6))
    feedback_capacitance = Parameter(50e-15, "F", "feedback capacitor", (1e-16, 1e-6))
    refractory_capacitance = Parameter(50e-15, "F", "capacitor that holds the refractory period", (1e-16, 1e-6))
    adaptation_capacitance = Parameter(0.75e-12, "F", "capacitor that holds the adaptation", (1e-16, 1e-6))
    amplifier_length = length_of("the inverters' transistors", 4.0)
    reset_length = length_of("the reset transistor", 20.0, note="it lets a spike last until the capacitor is full")
    mirror_width = width_of("the transistors that carry bias currents", 4.0)
    mirror_length = length_of("the same", 8.0)
    pair_width = width_of("the differential pair, which is in weak inversion", 32.0)

    def build(self, assembly: Assembly) -> None:
        length, size = self.amplifier_length, TransistorSize(width=self.mirror_width, length=self.mirror_length)
        assembly.capacitor("membrane", "input", "ground", self.membrane_capacitance)
        assembly.capacitor("feedback", "input", "output", self.feedback_capacitance)
        inverter(assembly, "first", "input", "quiet", length=length)
        inverter(assembly, "second", "quiet", "output", length=length)

        inverter(assembly, "full", "output", "fired", length=length)
        assembly.pmos("fill", "deaf", "fired", "supply", width=4, length=length)
        assembly.capacitor("refractory", "deaf", "ground", self.refractory_capacitance)
        assembly.nmos("set_refractory", "refractory", "refractory", "ground", **size)
        assembly.nmos("empty", "deaf", "refractory", "ground", **size)
        inverter(assembly, "third", "deaf", "awake", length=length)
        inverter(assembly, "fourth", "awake", "held", length=length)
        assembly.nmos("reset", "input", "held", "ground", length=self.reset_length)

        assembly.pmos("set_weight", "weight", "weight", "supply", **size)
        assembly.pmos("take", "tail_supply", "awake", "supply", width=4, length=length)
        assembly.pmos("tail", "tail", "weight", "tail_supply", **size)
        assembly.nmos("set_gain", "gain", "gain", "ground", **size)
        assembly.pmos("spill", "ground", "gain", "tail", "tail", width=self.pair_width, length=self.mirror_length)
        assembly.pmos("store", "tired", "tired", "tail", "tail", width=self.pair_width, length=self.mirror_length)
        assembly.capacitor("adaptation", "tired", "ground", self.adaptation_capacitance)
        assembly.nmos("set_leak", "leak", "leak", "ground", **size)
        assembly.nmos("forget", "tired", "leak", "ground", **size)
        assembly.nmos("tire", "input", "tired", "ground", **size)
