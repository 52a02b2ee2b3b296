"""Memristor neurons in a row, each of which makes the next one fire through a synapse."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.slots import Slot
from ..building.tolerances import SMALL
from ..synapses.spike_synapse import SpikeSynapse
from .neurons import MemristorNeuron


class NeuronChain(Cell):
    """A number of memristor neurons in a row, with a synapse from each to the next.

    The input current makes the first neuron fire; its spikes of some nanoseconds become charges for the membrane of the
    second, and so on. With a synapse strong enough for one spike to make the next neuron fire, every neuron has the
    rate of the first; with a weaker one some spikes are needed for one. Subclasses put other neurons and synapses into
    it: ``neuron`` and ``synapse``. The spikes of neuron k are at the node ``spike_<k>`` of the cell.
    """

    title = "Chain of memristor neurons"
    tolerances = SMALL

    input = Port("input", "input current, into the membrane of the first neuron")
    output = Port("output", "spikes of the last neuron")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    neurons = Parameter(2.0, "1", "number of neurons", (1.0, 1000.0))
    weight = Parameter(lambda cell: SpikeSynapse(**cell.surroundings).weight, "1", "weight of the synapses", (0.1, 1e3))

    def check(self) -> None:
        if self.neurons != int(self.neurons):
            raise ParameterError(f"neurons must be a whole number, not {self.neurons:g}")

    memristor = Slot(
        "the threshold switch of every neuron",
        lambda cell: MemristorNeuron(**cell.surroundings).memristor,
        MemristorNeuron.memristor.fits,
    )

    def neuron(self) -> MemristorNeuron:
        """A neuron."""
        return MemristorNeuron(**self.surroundings, **self.others)

    @property
    def others(self) -> dict[str, CompactModel]:
        """Devices of the neurons that are not their own."""
        return {"memristor": self.memristor} if self.is_other("memristor") else {}

    def synapse(self) -> SpikeSynapse:
        """A synapse."""
        return SpikeSynapse(weight=self.weight, **self.surroundings)

    def build(self, assembly: Assembly) -> None:
        rails, last = {"supply": "supply", "ground": "ground"}, int(self.neurons)
        for k in range(1, last + 1):
            spike = spike_of(k, last)
            membrane = "input" if k == 1 else f"membrane_{k}"
            if k > 1:
                before = {"input": spike_of(k - 1, last), "output": membrane}
                assembly.subcell(f"synapse_{k}", self.synapse(), {**before, **rails})
            assembly.subcell(f"neuron_{k}", self.neuron(), {"input": membrane, "output": spike, **rails})


def spike_of(number: int, neurons: int) -> str:
    """Node of the spikes of a neuron, of the last one the output."""
    return "output" if number == neurons else f"spike_{number}"
