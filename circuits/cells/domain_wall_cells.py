"""Cells of domain-wall junctions: a neuron that integrates, leaks and fires, and a signed pair of synapses."""

from __future__ import annotations

import itertools

from scipy.optimize import brentq

from ...devices.language.declaration import Parameter
from ...devices.models.domain_walls.domain_wall import DomainWallSynapse
from .assembly import Assembly
from .cell import Cell
from .declared import Port
from .logic import inverter
from .sizes import by_technology, length_of, width_of

#: The strip: the magnet of the preset vansteenkiste2014, with more damping, and a position every 25 nm.
STRIP = {
    "length": 2e-7,
    "strip_width": 2e-8,
    "thickness": 1e-9,
    "saturation_magnetization": 6e5,
    "exchange_stiffness": 1e-11,
    "effective_anisotropy": 363800.0,
    "transverse_anisotropy_field": -25250.0,
    "damping": 0.1,
    "nonadiabaticity": 0.1,
    "polarization": 0.6,
    "resistivity": 3e-7,
    "pinning_energy": 4e-20,
    "pinning_period": 2.5e-8,
    "initial_state": 0.04,
}


def wall_junction(**changes: float) -> DomainWallSynapse:
    """A strip under a junction: 200 nm x 20 nm x 1 nm, and 100 kilohm.

    Parameters
    ----------
    **changes : float
        Parameters of :class:`~synaspice.devices.DomainWallSynapse` that shall be others.
    """
    return DomainWallSynapse(**{**STRIP, "resistance_area_product": 4e-10, "tmr": 1.5, **changes})


class DomainWallNeuron(Cell):
    r"""Leaky integrate-and-fire neuron: current pulses push a wall, a field pulls it back, a junction sees it arrive.

    Without pinning, and with equal damping and non-adiabaticity, the wall moves by

    .. math:: \dot q = \frac{g \mu_B P}{2 e M_s w t}\, I - \frac{\gamma_0 \Delta}{\alpha} H_\mathrm{leak}

    (below its breakdown). The junction on the strip and a resistor divide the supply, two resistors do for comparison;
    when the wall has come to the threshold, a differential pair and inverters fire. The spike charges a capacitor,
    whose transistor takes the current in the strip back to ground: with ``common`` on a bias above ground, that drives
    the wall to its start, until the charge has leaked off.

    References
    ----------
    The wall as a neuron: A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016),
    doi:10.1109/TBCAS.2016.2525823; the leak by a field or a gradient: N. Hassan et al., J. Appl. Phys. 124, 152127
    (2018), doi:10.1063/1.5042452. The circuit around it is this package's.
    """

    reference = "A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016)"
    doi = "10.1109/TBCAS.2016.2525823"

    input = Port("input", "current; positive moves the wall towards firing")
    output = Port("output", "spike")
    bias = Port("supply", "potential of the strip's other end, see bias_voltage")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")
    x = Port("output", "position of the wall over the strip's length, to look at")

    leak_field = Parameter(200.0, "A/m", "field that pulls the wall back", (0.0, 1e4))
    threshold = Parameter(0.75, "1", "position of the wall over the length at which it fires", (0.2, 0.95))
    load_resistance = Parameter(
        by_technology(generic=7e4, sky130=1.3e5),
        "ohm",
        "resistor between supply and junction, and supply and reference",
        (1e3, 1e8),
    )
    bias_voltage = Parameter(
        by_technology(generic=0.1, sky130=0.5),
        "V",
        "potential of bias for which the reference is made",
        (0.0, 1.0),
    )
    pair_width = width_of("the amplifier's n-channel transistors", 8.0)
    mirror_width = width_of("the amplifier's p-channel transistors", by_technology(generic=8.0, sky130=50.0))
    pair_length = length_of("the amplifier's transistors", 4.0, 50.0)
    reset_width = width_of("the resetting transistor", by_technology(generic=4.0, sky130=1.0))
    reset_capacitance = Parameter(1.5e-14, "F", "capacitor that holds the reset", (1e-17, 1e-11))
    reset_resistance = Parameter(3e5, "ohm", "resistor that ends the reset", (1e3, 1e9))

    def junction(self) -> DomainWallSynapse:
        """The strip and its junction."""
        return wall_junction(pinning_energy=0.0, field_z=-self.values["leak_field"], initial_state=0.06)

    @property
    def reference_resistance(self) -> float:
        """Resistance of the junction with the wall at the threshold, at the voltage that it then has [ohm]."""
        junction = self.junction().replace(initial_state=self.values["threshold"])
        load, supply = self.values["load_resistance"], self.supply_voltage - self.values["bias_voltage"]

        def excess(volts: float) -> float:
            return float(junction.static(read_voltage=volts)["read_current"]) - (supply - volts) / load

        volts = float(brentq(excess, 0.0, supply))
        return volts * load / (supply - volts)

    def build(self, assembly: Assembly) -> None:
        nodes = {"write": "input", "common": "bias", "read": "read", "x": "x"}
        assembly.device("wall", self.junction(), nodes)
        load = self.values["load_resistance"]
        assembly.resistor("load", "supply", "read", load)
        assembly.resistor("reference_load", "supply", "middle", load)
        assembly.resistor("reference", "middle", "bias", self.reference_resistance)
        # A differential pair with a mirror: its output falls when the junction's voltage falls below the reference's.
        width, length = self.values["pair_width"], self.values["pair_length"]
        assembly.nmos("pair_read", "mirror", "read", "tail", width=width, length=length)
        assembly.nmos("pair_reference", "late_bar", "middle", "tail", width=width, length=length)
        assembly.nmos("tail", "tail", "middle", "ground", width=width, length=length)
        assembly.pmos("mirror_in", "mirror", "mirror", "supply", width=self.values["mirror_width"], length=length)
        assembly.pmos("mirror_out", "late_bar", "mirror", "supply", width=self.values["mirror_width"], length=length)
        chain = ("late_bar", "late", "later", "output", "output_bar")
        for k, (before, after) in enumerate(itertools.pairwise(chain), 1):
            inverter(assembly, f"stage{k}", before, after)
        assembly.pmos("charge", "hold", "output_bar", "supply", width=self.values["reset_width"])
        assembly.capacitor("hold", "hold", "ground", self.values["reset_capacitance"])
        assembly.resistor("hold", "hold", "ground", self.values["reset_resistance"])
        assembly.nmos("reset", "input", "hold", "ground", width=self.values["reset_width"])


class DomainWallPair(Cell):
    r"""Signed synapse: two strips whose walls one write current moves in opposite directions.

    With V on ``line``, and ``plus`` and ``minus`` at 0 V,

    .. math:: I_+ - I_- = G_P \left(1 - \frac{G_{AP}}{G_P}\right) (x_+ - x_-)\, V, \qquad G_P = \frac{L w}{RA}

    A positive current from ``write`` to ``write_return`` raises the weight, pulse by pulse, from pinning site to
    pinning site; both ends float while the pair is read.

    References
    ----------
    A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016), doi:10.1109/TBCAS.2016.2525823
    (the synapse); differential pairs are common practice.
    """

    reference = "A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016)"
    doi = "10.1109/TBCAS.2016.2525823"

    line = Port("input", "signal voltage")
    plus = Port("output", "current into a node at 0 V, rising with the weight")
    minus = Port("output", "current into a node at 0 V, falling with the weight")
    write = Port("input", "current from here to write_return raises the weight")
    write_return = Port("input", "see write")
    x_plus = Port("output", "position of the wall of the strip at plus over its length, to look at")
    x_minus = Port("output", "position of the wall of the strip at minus over its length, to look at")

    initial_weight = Parameter(0.0, "1", "difference of the walls' positions at t = 0, x_plus - x_minus", (-0.9, 0.9))

    def build(self, assembly: Assembly) -> None:
        weight, strip = self.values["initial_weight"], wall_junction()
        for side, sign, far in (("plus", 1, "write"), ("minus", -1, "write_return")):
            nodes = {"write": far, "common": "line", "read": side, "x": f"x_{side}"}
            assembly.device(side, strip, nodes, initial_state=(1 + sign * weight) / 2)
