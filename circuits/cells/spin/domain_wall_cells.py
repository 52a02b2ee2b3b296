"""Cells of domain-wall junctions: a neuron that integrates, leaks and fires, and a signed pair of synapses."""

from __future__ import annotations

import itertools
import math

from scipy.optimize import brentq

from ....devices.language.checks import positive
from ....devices.language.declarations.declaration import Parameter
from ....devices.language.equations.constants import CONSTANTS, k_B
from ....devices.models.domain_walls.domain_wall import DomainWallSynapse
from ....devices.simulation.operating_points.noise import electrical_noise
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import by_technology, length_of, width_of
from ..building.slots import Fit, Slot, kind_of
from ..building.tolerances import NOISY
from ..logic.logic import inverter
from .wall_writing import WallWriter

#: Boltzmann's constant. [J/K]
BOLTZMANN = CONSTANTS[k_B][0]
#: A strip under a junction, all of it assumed: the material of mumax3's perpendicular strip (the preset
#: ``vansteenkiste2014`` of ``domain-wall-magnet``), 2 nm thick, which doubles the Bloch wall's transverse anisotropy
#: field -M_s t ln(2) / (pi Delta). Notches hold the wall by 60 k_B T at 300 K; beta = alpha makes it move rigidly.
WALL_JUNCTION = {
    "length": 320e-9,
    "strip_width": 40e-9,
    "thickness": 2e-9,
    "saturation_magnetization": 6e5,
    "exchange_stiffness": 1e-11,
    "effective_anisotropy": 3.638e5,
    "transverse_anisotropy_field": -5.05e4,
    "damping": 0.1,
    "nonadiabaticity": 0.1,
    "polarization": 0.6,
    "resistivity": 3e-7,
    "pinning_energy": 2.485e-19,
    "pinning_period": 40e-9,
    "resistance_area_product": 1e-9,
    "tmr": 1.5,
}
#: What differs in the neuron's, assumed too: no notches, and a heavy metal's damping; longer and wider, so that the
#: wall diffuses by little of a pulse's step while the pulses come; ends that fixed layers hold against the pulses and
#: the reset; a junction that lets one or two microamperes through.
FREE_WALL_JUNCTION = {
    "length": 1e-6,
    "strip_width": 100e-9,
    "damping": 0.3,
    "nonadiabaticity": 0.3,
    "pinning_energy": 0.0,
    "end_field": 3e5,
    "resistance_area_product": 1.5e-8,
}
#: Time between samples of the walls' thermal field in transients.
NOISE_STEP = Parameter(1e-11, "s", "step of the walls' thermal fields; 0 for walls without noise", (0.0, 1e-10))


def wall_junction(**changes: float) -> DomainWallSynapse:
    """A strip of 320 nm x 40 nm x 2 nm under a junction of 80 kilohm, with a site for the wall every 40 nm.

    Parameters
    ----------
    **changes : float
        Parameters of :class:`~synaspice.devices.DomainWallSynapse` that shall be others.
    """
    return DomainWallSynapse(**{**WALL_JUNCTION, **changes})


class DomainWallNeuron(Cell):
    r"""Leaky integrate-and-fire neuron: current pulses push a wall, a field pulls it back, a junction sees it arrive.

    Without pinning, and with equal damping and non-adiabaticity, the wall moves by

    .. math:: \dot q = \frac{g \mu_B P}{2 e M_s w t}\, (I + I_b) - \frac{\gamma_0 \Delta}{\alpha} H_\mathrm{leak}

    (below its breakdown), with :math:`I_b` the part of the reading current that passes it
    (:class:`~synaspice.devices.DomainWallSynapse`): :meth:`read_push` is what it does beside the leak. The junction on
    the strip and a resistor divide the supply, two resistors do for comparison, and a capacitor averages the junction's
    noise; when the wall has come to the threshold, a differential pair and inverters fire. The spike charges a
    capacitor, whose transistor takes the current in the strip back to ground: with ``common`` on a bias above ground,
    that drives the wall to its start, until the charge has leaked off.

    Thermal noise moves the wall as well, in transients too. The leak holds a silent wall by the barrier
    :meth:`silent_barrier`, and a spike comes on the expected pulse, give or take one, as long as a pulse's step is well
    above the wall's diffusion :math:`\sqrt{2 D T}` in the time T of all pulses, :math:`D = k_B T \gamma_0 \Delta / (2
    \alpha \mu_0 M_s w t)`.

    References
    ----------
    The wall as a neuron: A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016),
    doi:10.1109/TBCAS.2016.2525823; the leak by a field or a gradient: N. Hassan et al., J. Appl. Phys. 124, 152127
    (2018), doi:10.1063/1.5042452. The circuit around it is this package's.
    """

    title = "Domain-wall neuron"
    reference = "A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016)"
    doi = "10.1109/TBCAS.2016.2525823"

    tolerances = NOISY

    input = Port("input", "current; positive moves the wall towards firing")
    output = Port("output", "spike")
    bias = Port("supply", "potential of the strip's other end, see bias_voltage")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")
    x = Port("output", "position of the wall over the strip's length, to look at")

    leak_field = Parameter(1500.0, "A/m", "field that pulls the wall back", (0.0, 7e3))
    threshold = Parameter(
        by_technology("domain-wall-neuron.threshold"),
        "1",
        "position of the wall over the length at which it fires",
        (0.2, 0.95),
    )
    load_resistance = Parameter(
        by_technology("domain-wall-neuron.load_resistance"),
        "ohm",
        "resistor between supply and junction, and supply and reference",
        (1e3, 1e8),
    )
    bias_voltage = Parameter(
        by_technology("domain-wall-neuron.bias_voltage"),
        "V",
        "potential of bias for which the reference is made",
        (0.0, 1.0),
    )
    read_capacitance = Parameter(5e-15, "F", "capacitor beside the junction, and beside the reference", (1e-17, 1e-11))
    pair_width = width_of("the amplifier's n-channel transistors", 4.0)
    mirror_width = width_of("the amplifier's p-channel transistors", by_technology("domain-wall-neuron.mirror_width"))
    pair_length = length_of("the amplifier's transistors", 2.0, 50.0)
    reset_width = width_of("the resetting transistor", by_technology("domain-wall-neuron.reset_width"))
    reset_capacitance = Parameter(5e-14, "F", "capacitor that holds the reset", (1e-17, 1e-11))
    reset_resistance = Parameter(6e5, "ohm", "resistor that ends the reset", (1e3, 1e9))
    noise_step = NOISE_STEP

    junction = Slot(
        "the strip with its junction",
        lambda cell: wall_junction(**FREE_WALL_JUNCTION),
        (kind_of(DomainWallSynapse),),
        sets={"field_z": lambda cell: -cell.values["leak_field"], "initial_state": lambda cell: 0.047},
    )

    def read_voltage(self, x: float) -> float:
        """Voltage that divider and supply leave on the junction with the wall at a position over the length [V]."""
        junction = self.junction
        load, supply = self.values["load_resistance"], self.supply_voltage - self.values["bias_voltage"]

        def excess(volts: float) -> float:
            return float(junction.static(read_voltage=volts, x=x)["read_current"]) - (supply - volts) / load

        return float(brentq(excess, 0.0, supply))

    def read_push(self, x: float) -> float:
        """Velocity that the reading current gives the wall at a position, over that of the leak [1].

        Raises
        ------
        ParameterError
            If the neuron has no leak.
        """
        leak = positive("leak_field", self.values["leak_field"], "A/m")
        junction = self.junction
        drift = float(junction.static(read_voltage=self.read_voltage(x), x=x)["spin_drift_velocity"])
        rigid = junction.values["nonadiabaticity"] / junction.values["damping"]
        return float(rigid * drift / (float(junction.field_mobility) * leak))

    def read_noise(self, x: float) -> float:
        r"""Standard deviation of the reading, in positions of the wall over the length [1].

        The junction's shot noise and the load's thermal noise on the read capacitor, :math:`\overline{v^2} = S_I / (4 G
        C)` with the slope G of both, and :math:`k_B T / C` of the reference, over the slope of the voltage; transients
        leave them out. The amplifier's own noise is not known.
        """
        junction, volts, load = self.junction, self.read_voltage(x), self.values["load_resistance"]
        at = {"read_voltage": volts, "x": x}
        slope = 1 / load + float(junction.static(**at)["dread_current/dread_voltage"])
        thermal = 4 * BOLTZMANN * self.temperature
        density = thermal / load + float(electrical_noise(junction, "read_voltage", at, self.temperature)[0])
        squared = (density / slope + thermal) / (4 * self.values["read_capacitance"])
        near = 0.01
        return math.sqrt(squared) / (abs(self.read_voltage(x + near) - self.read_voltage(x - near)) / (2 * near))

    @property
    def silent_barrier(self) -> float:
        r"""Work of the leak on a wall between start and threshold, :math:`2 \mu_0 M_s w t H_\mathrm{leak} q` [J]."""
        junction = self.junction
        way = (self.values["threshold"] - junction.values["initial_state"]) * junction.values["length"]
        return float(junction.energy_per_field * self.values["leak_field"] * way)

    @property
    def reference_resistance(self) -> float:
        """Resistance of the junction with the wall at the threshold, at the voltage that it then has [ohm]."""
        volts, supply = self.read_voltage(self.values["threshold"]), self.supply_voltage - self.values["bias_voltage"]
        return volts * self.values["load_resistance"] / (supply - volts)

    def build(self, assembly: Assembly) -> None:
        nodes = {"write": "input", "common": "bias", "read": "read", "x": "x"}
        assembly.device("wall", self.junction, nodes, noise_step=self.noise_step or None)
        load = self.values["load_resistance"]
        assembly.resistor("load", "supply", "read", load)
        assembly.capacitor("read", "read", "bias", self.values["read_capacitance"])
        assembly.resistor("reference_load", "supply", "middle", load)
        assembly.resistor("reference", "middle", "bias", self.reference_resistance)
        assembly.capacitor("reference", "middle", "bias", self.values["read_capacitance"])
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

    title = "Domain-wall pair"
    reference = "A. Sengupta, Y. Shim, K. Roy, IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016)"
    doi = "10.1109/TBCAS.2016.2525823"

    tolerances = NOISY

    line = Port("input", "signal voltage")
    plus = Port("output", "current into a node at 0 V, rising with the weight")
    minus = Port("output", "current into a node at 0 V, falling with the weight")
    write = Port("input", "current from here to write_return raises the weight")
    write_return = Port("input", "see write")
    x_plus = Port("output", "position of the wall of the strip at plus over its length, to look at")
    x_minus = Port("output", "position of the wall of the strip at minus over its length, to look at")

    initial_weight = Parameter(0.0, "1", "difference of the walls' positions at t = 0, x_plus - x_minus", (-0.9, 0.9))
    noise_step = NOISE_STEP.but(default=5e-12)

    strip = Slot(
        "each of the two strips, with the wall in the middle",
        lambda cell: wall_junction(),
        (
            kind_of(DomainWallSynapse),
            Fit("sites that hold its wall", lambda strip: strip.values["pinning_energy"] > 0, by_values=True),
        ),
        sets={"initial_state": lambda cell: 0.5},
    )

    def writer(self) -> WallWriter:
        """Pulses of more than twice what the wall needs to leave a site, 110 uA of the own strip: one for each site."""
        strip = self.strip
        if self.is_other("strip"):
            return WallWriter.suited(strip)
        sites = round(strip.values["length"] / strip.values["pinning_period"])
        return WallWriter(current=1.1e-4, width=5.7e-10, edge=5e-11, rest=2.5e-9, sites=sites)

    def build(self, assembly: Assembly) -> None:
        weight, strip = self.values["initial_weight"], self.strip
        for side, sign, far in (("plus", 1, "write"), ("minus", -1, "write_return")):
            nodes = {"write": far, "common": "line", "read": side, "x": f"x_{side}"}
            at = (1 + sign * weight) / 2
            assembly.device(side, strip, nodes, noise_step=self.noise_step or None, initial_state=at)
