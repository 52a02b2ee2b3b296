"""Spin neuron of the spin-CMOS hybrid network: a lateral spin valve, a dynamic latch that reads it, and its output."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar

from ....devices.language.declarations.declaration import Declared, Parameter
from ....devices.language.errors import ParameterError
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import Slot, kind_of
from ..building.subcircuits import Meter
from ..building.tolerances import SPIN
from ..logic.logic import inverter
from .lateral_spin_circuit import MOST_INPUTS
from .lateral_spin_valve import LateralSpinValve


class _SpinNeuron(Cell):
    r"""A lateral spin valve whose magnet decides, read by a dynamic latch that passes the decision on.

    The valve (:class:`~synaspice.circuits.cells.spin.lateral_spin_valve.LateralSpinValve`) takes the sum of its inputs'
    spin currents, after a preset,

    .. math:: \text{fires if}\quad \sum_k \eta_k\, w_k\, G_k V_k > 0

    While ``clock`` is low the latch is precharged and no current reads the magnet; when it rises, the junction and a
    reference resistor discharge the two sides, and the faster one wins. ``spike`` is high from then until the clock
    falls if the neuron has fired, else low, and meanwhile connects ``output``, inputs of other neurons, with
    ``signal``, a rail of some 30 mV. In transients the magnet's thermal field acts, at the cell's temperature.

    References
    ----------
    M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse",
    IEEE Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125.
    """

    reference = "M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, IEEE Trans. Nanotechnol. 11, 843 (2012)"
    doi = "10.1109/TNANO.2012.2202125"
    tolerances = SPIN
    #: Number of inputs, the one for the threshold included; 0 for a class that has not declared its ports yet.
    inputs: ClassVar[int] = 0
    #: Magnet and synapses of a class of neurons that are others than those of a usual valve.
    others: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, *, inputs: int = 0, **kwargs: Any) -> None:
        if inputs:
            cls.inputs = inputs
            for name, item in _declarations(inputs).items():
                setattr(cls, name, item)
                item.__set_name__(cls, name)
        super().__init_subclass__(**kwargs)

    noise_step = Parameter(20e-12, "s", "step of the magnet's thermal field", (1e-14, 1e-9))
    preset_conductance = Parameter(
        LateralSpinValve.preset_conductance, "S", "conductance of the preset contact", (1e-6, 10.0)
    )
    reference_ratio = Parameter(
        lambda cell: math.sqrt(1 + cell.magnet.values["tmr"] / 2),
        "1",
        "latch's reference over the junction's parallel resistance; between its states at the bias of reading",
        (0.1, 20.0),
    )
    latch_width = width_of("the latch's transistors", 2.0)
    drive_width = width_of("the output transistor", 100.0, 1000.0)

    magnet = Slot(
        "the magnet that decides",
        lambda cell: cell.others.get("magnet") or NeuronMagnet.preset("sharad2012-like"),
        (kind_of(NeuronMagnet),),
    )
    synapse = Slot(
        "the strip of every input",
        lambda cell: cell.others.get("synapse") or DomainWallInjector.preset("sharad2012-like"),
        (kind_of(DomainWallInjector),),
    )

    @functools.cached_property
    def valve(self) -> LateralSpinValve:
        """The lateral spin valve."""
        return LateralSpinValve(
            inputs=self.inputs,
            preset_conductance=self.values["preset_conductance"],
            magnet=self.magnet,
            synapse=self.synapse,
        )

    def build(self, assembly: Assembly) -> None:
        valve, native = self.valve, assembly.is_native(noisy=True)
        circuit = valve.subcircuit(
            name=f"lateral_spin_valve_{self.inputs}",
            temperature=self.temperature,
            noise_step=self.noise_step,
            native=native,
            external=assembly.for_bench,
        )
        if native:
            assembly.files += valve.native_files(noisy=True)
        if assembly.for_bench:
            found = valve.noises(self.temperature, self.noise_step)
            assembly.noises += [source.within("valve") for source in found]
        assembly.requires += [*valve.parts(noisy=True, native=native), circuit]
        nodes = {pin: pin for pin in circuit.pins}
        if assembly.metered:
            for pin in circuit.pins[: circuit.pins.index("m_z")]:
                assembly.add(f"V_valve_{pin} {pin} valve_{pin} 0")
                assembly.meters.append(Meter("valve", f"V_valve_{pin}", pin))
                nodes[pin] = f"valve_{pin}"
        states = " ".join(f"state_{k}={self.values[f'state_{k}']!r}" for k in range(1, self.inputs + 1))
        assembly.add(f"Xvalve {' '.join(nodes.values())} {circuit.name} {states}")
        self._latch(assembly)
        for side, output in (("junction_side", "spike"), ("reference_side", "no_spike")):
            inverter(assembly, output, side, output, nmos_width=4.0, pmos_width=8.0)
        assembly.nmos("drive", "signal", "spike", "output", width=self.drive_width)

    def _latch(self, assembly: Assembly) -> None:
        """Cross-coupled inverters over the junction and a resistor, precharged while the clock is low."""
        width, sides = self.latch_width, ("junction_side", "reference_side")
        for (side, other), foot in zip((sides, sides[::-1]), ("read", "reference"), strict=True):
            assembly.pmos(f"precharge_{side}", side, "clock", "supply", width=width)
            assembly.pmos(f"pull_up_{side}", side, other, "supply", width=width)
            assembly.nmos(f"pull_down_{side}", side, other, f"{side}_source", width=width)
            assembly.nmos(f"foot_{side}", f"{side}_source", "clock", foot, width=width)
        magnet = self.valve.magnet
        assembly.resistor("reference", "reference", "ground", self.reference_ratio * float(magnet.parallel_resistance))


@functools.cache
def spin_neuron(
    inputs: int, magnet: NeuronMagnet | None = None, synapse: DomainWallInjector | None = None
) -> type[_SpinNeuron]:
    """The class of neurons with a number of inputs, the one for a threshold included.

    Parameters
    ----------
    inputs : int
        Number of inputs.
    magnet : NeuronMagnet, optional
        The magnet that decides; default: that of :class:`LateralSpinValve`.
    synapse : DomainWallInjector, optional
        Every input's strip; default: likewise.

    Raises
    ------
    ParameterError
        If it is not a whole number, or there are too many.
    """
    if isinstance(inputs, bool) or not isinstance(inputs, int) or not 1 <= inputs <= MOST_INPUTS:
        raise ParameterError(f"inputs must be a whole number from 1 to {MOST_INPUTS}, not {inputs!r}")
    others = {name: device for name, device in (("magnet", magnet), ("synapse", synapse)) if device is not None}
    described = {"__doc__": _SpinNeuron.__doc__, "__module__": __name__, "others": others}
    return type(f"_SpinNeuron{inputs}", (_SpinNeuron,), described, inputs=inputs)


def _declarations(inputs: int) -> dict[str, Declared]:
    """Ports and parameters that depend on the number of inputs."""
    numbers = range(1, inputs + 1)
    declared: dict[str, Declared] = {}
    for k in numbers:
        declared[f"input_{k}"] = Port("input", f"signal {k}: 0, or some 30 mV")
    for k in numbers:
        declared[f"write_{k}"] = Port("input", f"current from here to input_{k} moves the wall of synapse {k}")
    declared |= {
        "preset": Port("input", "line of the preset: 0, or some 30 mV"),
        "clock": Port("input", "high: the latch reads and holds"),
        "signal": Port("supply", "rail of the signals, some 30 mV"),
        "output": Port("output", "connected with signal while the spike lasts"),
        "spike": Port("output", "logic level of the decision while the clock is high"),
        "supply": Port("supply", "positive supply of the latch"),
        "ground": Port("supply", "ground"),
        "m_z": Port("output", "magnetisation of the magnet, to look at: negative if it fires"),
    }
    for k in numbers:
        declared[f"x_{k}"] = Port("output", f"position of the wall of synapse {k} over its length, to look at")
    for k in numbers:
        declared[f"state_{k}"] = Parameter(
            lambda cell: cell.synapse.values["initial_state"],
            "1",
            f"position of wall {k} over its length at t = 0; erased",
            (0.0, 1.0),
        )
    return declared


class SpinNeuron(_SpinNeuron, inputs=3):
    """Spin neuron with two inputs and a third one for the threshold; see :func:`spin_neuron`."""

    title = "Spin neuron of two inputs"


class FourInputSpinNeuron(_SpinNeuron, inputs=5):
    """Spin neuron with four inputs and a fifth one for the threshold; see :func:`spin_neuron`."""

    title = "Spin neuron of four inputs"
