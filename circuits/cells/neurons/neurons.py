"""Neurons of CMOS and one device: p-bit, stochastic junction, oscillator, threshold switch; and of CMOS alone."""

from __future__ import annotations

import math

from ....devices.core.protocols import Statics
from ....devices.language.declarations.declaration import Parameter
from ....devices.language.declarations.placement import before
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.models.junctions.mtj import MTJ
from ....devices.models.memristors.volatile import VolatileMemristor
from ....devices.models.oscillators.auto_oscillator import AutoOscillator
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import DeclaredCell, Port
from ..building.sizes import by_technology, length_of, width_of
from ..building.slots import AGITATED, TWO_TERMINALS, Fit, Slot, kind_of
from ..building.tolerances import QUICK, SMALL
from ..logic.logic import inverter
from ..logic.readout import SenseAmplifier
from ..memories.junction_cell import JunctionCell

#: Voltage of a branch of the sense amplifier while the decision falls, over the supply.
READ_SHARE = 0.35

#: Length of the p-bit's transistor below its own junction, in minimum lengths: the middle node at half the supply.
P_BIT_LENGTH = by_technology("p-bit.nmos_length")
TWO_RESISTANCES = Fit(
    "reference states of different resistance", lambda device: (found := _resistances(device))[0] < 0.999 * found[-1]
)


def _resistances(device: CompactModel) -> list[float]:
    """Resistance of a device of two terminals in its reference states, without a bias, the smallest first [ohm]."""
    if not device.suits(Statics):
        return [1.0]
    (branch,), volts = device.branches().values(), 1e-3
    states = device.protocol(Statics).states.values()
    currents = [float(device.replace(**s).static(**{"voltage": volts})[branch.current]) for s in states]
    return sorted(volts / current for current in currents)


def _p_bit_transistor(cell: DeclaredCell) -> tuple[float, float]:
    """Width and length of the transistor, in the smallest ones, that takes half of the supply off the junction."""
    own = P_BIT_LENGTH(cell)
    if "junction" not in cell.placed:
        return 1.0, own
    usual, other = map(_resistances, (PBit(**cell.surroundings).junction, cell.device_in("junction")))
    ratio = math.sqrt(usual[0] * usual[-1] / (other[0] * other[-1])) / own
    return min(max(1.0, ratio), 200.0), min(max(1.0, 1 / ratio), 100.0)


class PBit(JunctionCell):
    r"""Binary stochastic neuron: a junction with a low barrier in series with a transistor, and an inverter.

    The junction from the supply to the transistor's drain fluctuates between its two resistances; the transistor, whose
    gate is the input, decides on which side of the inverter's threshold their middle node spends its time. The mean of
    the output follows

    .. math:: \langle V_\mathrm{out} \rangle = \frac{V_{DD}}{2} \left[1 + \tanh\frac{V_\mathrm{in} - V_0}{V_s}\right]

    References
    ----------
    K. Y. Camsari, S. Salahuddin, S. Datta, IEEE Electron Device Lett. 38, 1767 (2017), doi:10.1109/LED.2017.2768321.
    """

    title = "p-bit"
    reference = "K. Y. Camsari, S. Salahuddin, S. Datta, IEEE Electron Device Lett. 38, 1767 (2017)"
    doi = "10.1109/LED.2017.2768321"

    input = Port("input", "analog input; the mean output rises with it")
    output = Port("output", "random bit")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    junction_preset = "faria2021"

    diameter = JunctionCell.diameter.but(default=22e-9, bounds=(5e-9, 1e-6))
    resistance_area_product = JunctionCell.resistance_area_product.but(default=27e-12, bounds=(1e-13, 1e-8))
    with before("noise_step"):
        tmr = Parameter(1.1, "1", "tunnel magnetoresistance ratio", (0.1, 20.0))
        nmos_width = width_of("the transistor", lambda cell: _p_bit_transistor(cell)[0])
        nmos_length = length_of(
            "the transistor",
            lambda cell: _p_bit_transistor(cell)[1],
            note="both by default for a middle node at half the supply",
        )

    junction = Slot(
        "the fluctuating resistance over the transistor",
        lambda cell: cell.own_junction(),
        (TWO_TERMINALS, AGITATED, TWO_RESISTANCES),
        {**JunctionCell.junction.parameters, "tmr": ("tmr",)},
    )

    def own_junction(self) -> MTJ:
        """The cell's own junction: a circular in-plane magnet without a barrier."""
        return super().own_junction().replace(tmr=self.tmr)

    def build(self, assembly: Assembly) -> None:
        p, n = self.junction.terminals()
        assembly.device("mtj", self.junction, {p: "supply", n: "middle"}, noise_step=self.noise_step)
        assembly.nmos("drive", "middle", "input", "ground", width=self.nmos_width, length=self.nmos_length)
        inverter(assembly, "inv", "middle", "output")


class MTJNeuron(JunctionCell):
    r"""Stochastic spiking neuron: a junction that a current pulse switches with a probability, and its readout.

    The input current writes the junction from the parallel to the antiparallel state against its thermal agitation; the
    probability is a sigmoid of the current. Then a sense amplifier compares the junction with a reference resistor
    between its two resistances, and the spike is its output. A current of the other sign resets the junction; it must
    not pull the input below ground by more than a diode's half volt, which limits the junction's resistance.

    References
    ----------
    A. Sengupta, P. Panda, P. Wijesinghe, Y. Kim, K. Roy, Sci. Rep. 6, 30039 (2016), doi:10.1038/srep30039: a junction
    as a stochastic neuron. The circuit here is a two-terminal variant of that idea.
    """

    title = "MTJ neuron"
    reference = "A. Sengupta, P. Panda, P. Wijesinghe, Y. Kim, K. Roy, Sci. Rep. 6, 30039 (2016)"
    doi = "10.1038/srep30039"

    input = Port("input", "input current; into the cell it writes the antiparallel state, out of it it resets")
    read = Port("input", "high to read")
    output = Port("output", "spike: high while the junction is read, if it has switched")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    junction = JunctionCell.junction.but(sets={"initial_polar_angle": lambda cell: 0.1})

    def build(self, assembly: Assembly) -> None:
        assembly.device("mtj", self.junction, {"p": "ground", "n": "input"}, noise_step=self.noise_step)
        assembly.resistor("reference", "reference", "ground", self.reference_resistance)
        nodes = {
            "clock": "read",
            "left": "input",
            "right": "reference",
            "output": "switched",
            "output_bar": "unswitched",
        }
        assembly.subcell("sense", self.amplifier(), {**nodes, "supply": "supply", "ground": "ground"})
        # Both outputs, high before the reading, get the same load: it decides where the resistances differ little.
        inverter(assembly, "spike", "unswitched", "output")
        inverter(assembly, "dummy", "switched", "unused")

    def amplifier(self) -> SenseAmplifier:
        """The sense amplifier: wider than by itself, as the junction's resistances are nearer to the transistors'."""
        return SenseAmplifier(**self.surroundings, nmos_width=12.0, pmos_width=8.0)

    @property
    def reference_resistance(self) -> float:
        """Resistance of the reference: the geometric mean of the junction's two at the voltage of reading [ohm].

        That is about a third of the supply, where bias has lowered the antiparallel one.
        """
        junction, volts = self.junction, READ_SHARE * self.supply_voltage
        both = [
            float(junction.replace(**state).static(voltage=-volts)["resistance"])
            for state in junction.reference_states().values()
        ]
        return math.sqrt(math.prod(both))


class OscillatorNeuron(Cell):
    r"""Spin-torque-oscillator neuron: the amplitude of an oscillation as a nonlinear function of a current.

    The input current drives the oscillator, whose amplitude grows beyond a threshold as :math:`\sqrt{p_0}`,
    :math:`p_0 = (\zeta - 1)/(\zeta + Q)`. An inverter that a resistor holds at its threshold amplifies the
    oscillation, and a source follower with a capacitor rectifies it.

    References
    ----------
    J. Torrejon et al., Nature 547, 428 (2017), doi:10.1038/nature23011: the oscillator's amplitude as a neuron.
    """

    reference = "J. Torrejon et al., Nature 547, 428 (2017)"
    doi = "10.1038/nature23011"
    tolerances = QUICK

    input = Port("input", "input current, into the cell")
    output = Port("output", "envelope of the oscillation, above its rest value")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    frequency = Parameter(500e6, "Hz", "frequency of the oscillator", (1e6, 1e11))
    damping_rate = Parameter(1e8, "rad/s", "linear damping rate of its amplitude", (1e3, 1e11))
    threshold_current = Parameter(100e-6, "A", "current at which the oscillation begins", (1e-6, 1e-1))
    static_resistance = Parameter(1e3, "ohm", "resistance of the oscillator at rest", (1.0, 1e5))
    resistance_swing = Parameter(200.0, "ohm", "amplitude of its resistance at unit power", (0.0, 1e5))
    coupling_capacitance = Parameter(50e-15, "F", "capacitor between oscillator and amplifier", (1e-16, 1e-9))
    bias_resistance = Parameter(100e3, "ohm", "resistor that holds the amplifier at its threshold", (1e3, 1e9))
    envelope_capacitance = Parameter(100e-15, "F", "capacitor of the envelope", (1e-16, 1e-9))
    envelope_resistance = Parameter(1e6, "ohm", "resistor that discharges it", (1e3, 1e10))
    amplifier_width = width_of("the amplifier's transistors", 4.0, 100.0)

    oscillator = Slot(
        "the oscillator that the input current drives",
        lambda cell: cell.own_oscillator(),
        (kind_of(AutoOscillator),),
        {
            name: (name,)
            for name in (
                "frequency",
                "damping_rate",
                "threshold_current",
                "static_resistance",
                "resistance_swing",
            )
        },
    )

    def own_oscillator(self) -> AutoOscillator:
        """The cell's own oscillator, at rest but for a small amplitude to start from."""
        return AutoOscillator(
            frequency=self.frequency,
            damping_rate=self.damping_rate,
            nonlinear_frequency_shift=0.0,
            threshold_current=self.threshold_current,
            static_resistance=self.static_resistance,
            resistance_swing=self.resistance_swing,
            initial_power=1e-2,
        )

    def build(self, assembly: Assembly) -> None:
        assembly.device("sto", self.oscillator, {"p": "input", "n": "ground"})
        assembly.capacitor("couple", "input", "gate", self.coupling_capacitance)
        assembly.resistor("bias", "gate", "amplified", self.bias_resistance)
        width = self.amplifier_width
        inverter(assembly, "amp", "gate", "amplified", nmos_width=width, pmos_width=2 * width)
        assembly.nmos("follow", "supply", "amplified", "output", width=1)
        assembly.capacitor("envelope", "output", "ground", self.envelope_capacitance)
        assembly.resistor("envelope", "output", "ground", self.envelope_resistance)


class MemristorNeuron(Cell):
    r"""Leaky integrate-and-fire neuron: a volatile memristor discharges the membrane when it switches on.

    The input current charges the membrane capacitor, through which the memristor's off resistance leaks. At the
    threshold voltage the memristor turns on, the membrane discharges through it and a load, whose voltage two
    inverters turn into the spike, and the memristor relaxes below its hold voltage. It fires above the current
    :math:`V_\mathrm{th} / R_\mathrm{off}`, about every

    .. math:: T = R_\mathrm{off} C \ln\frac{I R_\mathrm{off} - V_r}{I R_\mathrm{off} - V_\mathrm{th}} + t_\mathrm{spike}

    References
    ----------
    X. Zhang et al., IEEE Electron Device Lett. 39, 308 (2018), doi:10.1109/LED.2017.2782752: a threshold switch and a
    capacitor as a leaky integrate-and-fire neuron.
    """

    reference = "X. Zhang et al., IEEE Electron Device Lett. 39, 308 (2018)"
    doi = "10.1109/LED.2017.2782752"
    tolerances = SMALL

    input = Port("input", "input current, into the membrane")
    output = Port("output", "spikes")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    capacitance = Parameter(1e-12, "F", "membrane capacitor", (1e-15, 1e-6))
    load_resistance = Parameter(15e3, "ohm", "load in series with the memristor", (1e2, 1e9))
    resistance_on = Parameter(5e3, "ohm", "resistance of the memristor when on", (1e1, 1e9))
    resistance_off = Parameter(1e6, "ohm", "resistance of the memristor when off", (1e3, 1e12))
    threshold_voltage = Parameter(
        lambda cell: 0.8 * cell.supply_voltage,
        "V",
        "threshold of the memristor; four fifths of the supply",
        (0.05, 5.0),
    )
    hold_voltage = Parameter(
        lambda cell: 0.05 * cell.supply_voltage,
        "V",
        "hold voltage of the memristor; a twentieth of the supply",
        (1e-3, 5.0),
    )
    switching_time = Parameter(1e-9, "s", "time constant of the memristor, in both directions", (1e-12, 1.0))

    memristor = Slot(
        "the threshold switch that discharges the membrane",
        lambda cell: cell.own_memristor(),
        (kind_of(VolatileMemristor),),
        {
            "resistance_on": ("resistance_on",),
            "resistance_off": ("resistance_off",),
            "threshold_voltage": ("threshold_voltage",),
            "hold_voltage": ("hold_voltage",),
            "switching_time": ("time_constant_on", "time_constant_off"),
        },
    )

    def own_memristor(self) -> VolatileMemristor:
        """The cell's own memristor, scaled to the supply."""
        return VolatileMemristor(
            resistance_on=self.resistance_on,
            resistance_off=self.resistance_off,
            threshold_voltage=self.threshold_voltage,
            hold_voltage=self.hold_voltage,
            time_constant_on=self.switching_time,
            time_constant_off=self.switching_time,
        )

    def check(self) -> None:
        threshold = self.memristor.threshold_voltage
        if threshold >= self.supply_voltage:
            whose = "threshold_voltage" if "memristor" not in self.placed else "the memristor's threshold_voltage"
            raise ParameterError(
                f"{whose} = {threshold:g} V must lie below supply_voltage = {self.supply_voltage:g} V, which the input "
                "can reach"
            )

    @property
    def threshold_current(self) -> float:
        """Current that the memristor leaks at its threshold: below it the neuron is silent [A]."""
        memristor = self.memristor
        return float(memristor.threshold_voltage / (memristor.resistance_off + self.load_resistance))

    def build(self, assembly: Assembly) -> None:
        assembly.capacitor("membrane", "input", "ground", self.capacitance)
        assembly.device("switch", self.memristor, {"p": "input", "n": "load"})
        assembly.resistor("load", "load", "ground", self.load_resistance)
        inverter(assembly, "first", "load", "inverted")
        inverter(assembly, "second", "inverted", "output")


class AxonHillock(Cell):
    r"""Axon-hillock neuron: a CMOS amplifier with capacitive feedback, in subthreshold; the all-CMOS reference.

    The input current charges the membrane. When the amplifier of two inverters begins to switch, the feedback capacitor
    pulls the membrane up with the output; the output opens the reset transistor, whose current the bias transistor
    limits to :math:`I_r`, until the membrane has fallen again. With the capacitance :math:`C_f` of the feedback

    .. math:: \frac{1}{f} = C_f V_{DD} \left(\frac{1}{I} + \frac{1}{I_r - I}\right)

    so that the rate is linear in the current far below the reset current.

    References
    ----------
    C. Mead, Analog VLSI and Neural Systems, Addison-Wesley (1989), chapter 12.
    """

    title = "Axon-hillock neuron"
    reference = "C. Mead, Analog VLSI and Neural Systems, Addison-Wesley (1989), chapter 12"
    tolerances = SMALL

    input = Port("input", "input current, into the membrane")
    bias = Port("input", "gate voltage that sets the reset current")
    output = Port("output", "spikes")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    supply_voltage = Parameter(
        lambda cell: 0.55 * cell.process.supply_voltage,
        "V",
        "supply; 0.55 of the technology's nominal one, near the thresholds of the transistors, if not given",
        (0.1, 5.0),
    )
    membrane_capacitance = Parameter(50e-15, "F", "membrane capacitor", (1e-16, 1e-6))
    feedback_capacitance = Parameter(50e-15, "F", "feedback capacitor", (1e-16, 1e-6))
    reset_width = width_of("the reset transistors", 3.0)
    reset_length = length_of("the reset transistors", 4.0)
    amplifier_length = length_of("the amplifier's transistors", 1.0)

    def build(self, assembly: Assembly) -> None:
        assembly.capacitor("membrane", "input", "ground", self.membrane_capacitance)
        assembly.capacitor("feedback", "input", "output", self.feedback_capacitance)
        inverter(assembly, "first", "input", "inverted", length=self.amplifier_length)
        inverter(assembly, "second", "inverted", "output", length=self.amplifier_length)
        width, length = self.reset_width, self.reset_length
        assembly.nmos("reset", "input", "output", "limited", width=width, length=length)
        assembly.nmos("bias", "limited", "bias", "ground", width=width, length=length)
