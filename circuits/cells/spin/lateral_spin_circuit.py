"""The lateral spin valve of a spin neuron at rest: domain-wall strips, channel, lead and contacts as a spin circuit."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ....devices.models.spin.spin_block import SpinBlock
from ....devices.models.spin.spin_channel import channel_material, ferromagnet_normal_interface, non_magnetic_channel
from ....devices.models.spin.spin_network import SpinNetwork, SpinSolution

#: Most inputs of one neuron: of the farthest ones a tenth of the spins arrives.
MOST_INPUTS = 72
#: Node of the channel under the magnet and the preset contact.
CENTRE = "neuron"


@dataclass(frozen=True)
class LateralSpinCircuit:
    """Geometry and devices of one neuron, and the currents in it at rest.

    Attributes
    ----------
    inputs : int
        Number of domain-wall synapses; they lie alternately to the right and the left of the magnet. The last one,
        which serves as threshold, is the first to the right, away from the lead: the others add up against it.
    magnet : NeuronMagnet
        The magnet that decides, with its junction.
    synapse : DomainWallInjector
        Every input's strip; the channel is as wide as it is long.
    material : str
        Of the channel; one of :func:`~synaspice.devices.models.spin.spin_channel.channel_materials`.
    pitch : float
        Distance of neighbouring strips, and of the first from the magnet. [m]
    channel_thickness : float
        Of the channel and of its lead. [m]
    lead_length, lead_width : float
        Of the lead from the channel's left end to ground. [m]
    preset_conductance : float
        Of the preset contact. [S]
    preset_polarization : float
        Of the preset contact, magnetised along y. [-]
    """

    inputs: int = 2
    magnet: NeuronMagnet = field(default_factory=lambda: NeuronMagnet.preset("sharad2012-like"))
    synapse: DomainWallInjector = field(default_factory=lambda: DomainWallInjector.preset("sharad2012-like"))
    material: str = "aluminium-jedema2003-like"
    pitch: float = 50e-9
    channel_thickness: float = 15e-9
    lead_length: float = 500e-9
    lead_width: float = 60e-9
    preset_conductance: float = 0.02
    preset_polarization: float = 0.5

    def __post_init__(self) -> None:
        if isinstance(self.inputs, bool) or not isinstance(self.inputs, int) or not 1 <= self.inputs <= MOST_INPUTS:
            raise ParameterError(f"inputs must be a whole number from 1 to {MOST_INPUTS}, not {self.inputs!r}")
        channel_material(self.material)
        for name in ("pitch", "channel_thickness", "lead_length", "lead_width"):
            if not 1e-9 <= getattr(self, name) <= 1e-5:
                raise ParameterError(f"{name} must lie within 1e-09 .. 1e-05 m, not {getattr(self, name)!r}")
        if not 0 < self.preset_conductance < 1e3:
            raise ParameterError(f"preset_conductance must be positive [S], not {self.preset_conductance!r}")
        if not -1 < self.preset_polarization < 1:
            raise ParameterError(f"preset_polarization must lie between -1 and 1, not {self.preset_polarization!r}")

    # --- the channel -------------------------------------------------------------------------------

    def _order(self) -> list[str]:
        """Nodes of the channel from left to right."""
        names = [f"n{k}" for k in (self.inputs, *range(1, self.inputs))]
        return [*names[1::2][::-1], CENTRE, *names[::2]]

    def channel(self) -> SpinNetwork:
        """The metal: channel and lead, nodes ``n1``, ``n2``, ... under the strips and ``neuron`` under the magnet."""
        metal = channel_material(self.material).values
        section = {"width": self.synapse.length, "thickness": self.channel_thickness, **metal}
        network, nodes = SpinNetwork(), self._order()
        for left, right in itertools.pairwise(nodes):
            network.add(f"under_{left}", non_magnetic_channel(length=self.pitch, **section), left=left, right=right)
        lead = {"length": self.lead_length, "width": self.lead_width, "thickness": self.channel_thickness, **metal}
        network.add("lead", non_magnetic_channel(**lead), left=nodes[0], right="ground")
        return network

    def preset_contact(self) -> SpinBlock:
        """The contact through which the preset current enters, magnetised along y."""
        g = self.preset_conductance
        return ferromagnet_normal_interface(g, self.preset_polarization, (0, 1, 0), g / 2)

    def surroundings(
        self, weights: Sequence[float], voltages: Sequence[float | None], preset: float | None = None
    ) -> SpinNetwork:
        """All but the magnet, at rest, as a spin circuit whose node ``neuron`` is free for it.

        Parameters
        ----------
        weights : sequence of float
            Weight of every strip, -1 to 1. [-]
        voltages : sequence of float or None
            Of every input; None leaves it open. [V]
        preset : float, optional
            Voltage of the preset contact [V]; default: open.

        Raises
        ------
        ParameterError
            If there are not as many weights and voltages as inputs, or a weight is out of range.
        """
        self.check_count("weights", weights)
        self.check_count("voltages", voltages)
        synapse, network = self.synapse, self.channel()
        network.ground("ground")
        for k, (weight, voltage) in enumerate(zip(weights, voltages, strict=True), 1):
            if not -1 <= weight <= 1:
                raise ParameterError(f"weight {k} must lie between -1 and 1, not {weight!r}")
            g, polarization = synapse.contact_conductance, weight * synapse.contact_polarization
            block = ferromagnet_normal_interface(g, polarization, (0, 0, 1), synapse.mixing_ratio * g / 2)
            network.add(f"synapse_{k}", block, ferromagnet=f"input_{k}", normal=f"n{k}")
            network.ground(f"input_{k}", "xyz")
            if voltage is not None:
                network.potential(voltage, f"input_{k}")
        network.add("preset_contact", self.preset_contact(), ferromagnet="preset", normal=CENTRE)
        network.ground("preset", "xyz")
        if preset is not None:
            network.potential(preset, "preset")
        return network

    def check_count(self, what: str, values: Sequence[object]) -> None:
        """Refuse values that are not one per input.

        Raises
        ------
        ParameterError
            If there are not as many as inputs.
        """
        if len(values) != self.inputs:
            raise ParameterError(f"a neuron of {self.inputs} inputs takes as many {what}, not {len(values)}")

    def spin_current(
        self, weights: Sequence[float], voltages: Sequence[float | None], preset: float | None = None
    ) -> FloatArray:
        """Spin current into the magnet on its hard plane, along x, y and z [A].

        A positive one along z makes it fire. With a preset voltage the magnet is taken where the preset finds it, along
        its easy axis. Arguments as for :meth:`surroundings`.
        """
        return self._absorbed(self._solved(weights, voltages, preset))

    def _solved(
        self, weights: Sequence[float], voltages: Sequence[float | None], preset: float | None = None
    ) -> SpinSolution:
        network = self.surroundings(weights, voltages, preset)
        along = (0, 1, 0) if preset is None else (0, 0, 1)
        network.add("magnet", self.magnet.interface(along), ferromagnet="base", normal=CENTRE)
        network.ground("base", "xyz")
        return network.solve()

    @staticmethod
    def _absorbed(solved: SpinSolution) -> FloatArray:
        return solved.currents.loc[("magnet", "normal"), ["x", "y", "z"]].to_numpy(dtype=float)

    @property
    def responses(self) -> tuple[FloatArray, FloatArray]:
        """Spin current at the magnet per current into every input at weight one, the others open [-].

        And the channel's resistance: potential under every strip per current into every input [ohm].
        """
        return _responses(self)

    @functools.cached_property
    def efficiencies(self) -> tuple[float, ...]:
        """Spin current at the magnet per volt of every input at weight one, the others open [S]."""
        spins, resistances = self.responses
        return tuple((spins / (1 / self.synapse.contact_conductance + np.diag(resistances))).tolist())

    @property
    def charge_conductance(self) -> float:
        """Current into the first input per volt, the others open [S]: contact, channel and lead in series."""
        _, resistances = self.responses
        return float(1 / (1 / self.synapse.contact_conductance + resistances[0, 0]))

    def spin_per_weight(self, voltages: Sequence[float | None]) -> FloatArray:
        """Spin current at the magnet per weight of every input, at small weights [A].

        Their sum times the weights is :meth:`spin_current`, but for what spin the strips' own conductance takes.

        Parameters
        ----------
        voltages : sequence of float or None
            Of every input; None leaves it open. [V]
        """
        self.check_count("voltages", voltages)
        spins, resistances = self.responses
        held = {k: voltage for k, voltage in enumerate(voltages) if voltage is not None}
        driven = list(held)
        currents = np.zeros(self.inputs)
        inside = resistances[np.ix_(driven, driven)] + np.eye(len(driven)) / self.synapse.contact_conductance
        currents[driven] = np.linalg.solve(inside, list(held.values()))
        return spins * currents

    @functools.cached_property
    def driven_transfer(self) -> FloatArray:
        r"""Spin current at the magnet per weight of input k and per volt at input j, all inputs driven [S].

        .. math:: T_{kj} = \eta_k\, [(\mathbf R + \mathbf 1 / G)^{-1}]_{kj}

        Its product with the voltages is :meth:`spin_per_weight`; entries beside the diagonal are what flows from an
        input that is on to one that is off, and what the lead's resistance takes.
        """
        spins, resistances = self.responses
        inside = resistances + np.eye(self.inputs) / self.synapse.contact_conductance
        return np.asarray(spins[:, np.newaxis] * np.linalg.inv(inside))


# A circuit of many inputs is solved as often as it has inputs: once for all equal ones.
@functools.lru_cache(maxsize=32)
def _responses(circuit: LateralSpinCircuit) -> tuple[FloatArray, FloatArray]:
    """As of :attr:`LateralSpinCircuit.responses`: the circuit with 1 V at one input of weight one, the others open."""
    inputs = circuit.inputs
    spins, resistances = np.empty(inputs), np.empty((inputs, inputs))
    for k in range(inputs):
        solved = circuit._solved(
            [float(j == k) for j in range(inputs)], [1.0 if j == k else None for j in range(inputs)]
        )
        current = float(solved.supplied["c"][f"input_{k + 1}"])
        spins[k] = circuit._absorbed(solved)[2] / current
        # Where no current enters, input and channel are at one potential.
        potentials = [float(solved.potentials["c"][f"input_{j}"]) for j in range(1, inputs + 1)]
        potentials[k] -= current / circuit.synapse.contact_conductance
        resistances[:, k] = np.array(potentials) / current
    for array in (spins, resistances):
        array.setflags(write=False)
    return spins, resistances
