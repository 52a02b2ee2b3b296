r"""The lateral spin valve of a spin neuron: domain-wall synapses on a metallic channel, and a magnet that decides.

Current from an input enters the channel through the contact of a domain-wall strip
(:class:`~synaspice.devices.DomainWallInjector`), whose wall sets how much spin it brings along. The spins of all
inputs add up in the channel; the charge leaves through a lead. A current through the preset contact, magnetised in the
plane, first brings the neuron's magnet (:class:`~synaspice.devices.NeuronMagnet`) onto its hard plane. When it ends,
the magnet falls to the side to which the sum of the inputs' spins pushes it,

.. math:: \text{fires: } m_z < 0 \quad\text{if}\quad I_s = \sum_k \eta_k\, w_k\, G_k V_k > 0

with the weights :math:`w_k` of the strips and :math:`\eta_k` the spin that reaches the magnet per charge. One of the
inputs, always on, can serve as threshold. At a finite temperature the sum has to beat the thermal agitation: with
:math:`\lambda = \alpha\gamma_0 H_k / (1 + \alpha^2)`, the rate at which the magnet leaves its hard plane, :math:`D =
\alpha\gamma k_B T / [M_s V (1 + \alpha^2)]` its diffusion and :math:`r = \gamma\hbar / 2 e M_s V` its rate per spin
current, the linear equation :math:`\dot m_z = \lambda m_z - r I_s + \sqrt{2D}\,\xi` gives

.. math:: P_\text{fire} = \Phi\!\left(\frac{I_s}{I_w}\right), \qquad I_w = \frac{\sqrt{D \lambda}}{r}

(:math:`\Phi` the normal distribution) after a preset whose own rate :math:`r I_p` is much larger than :math:`\lambda`.

References
----------
M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse", IEEE
Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...devices.language.constants import CONSTANTS, k_B
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import FloatArray
from ...devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ...devices.models.spin.neuron_magnet import NeuronMagnet
from ...devices.models.spin.spin_block import COMPONENTS, SpinBlock
from ...devices.models.spin.spin_channel import channel_material, ferromagnet_normal_interface, non_magnetic_channel
from ...devices.models.spin.spin_network import SpinNetwork
from ...devices.physics.magnetism import thermal_field_density
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import NOISE_START
from ...devices.targets.spice.subcircuit import Subcircuit
from ..engine.native import native_device

#: Most inputs of one neuron: farther along the channel their spins are lost.
MOST_INPUTS = 32
#: Node of the channel under the magnet and the preset contact.
CENTRE = "neuron"


@dataclass(frozen=True)
class LateralSpinValve:
    """Geometry and devices of one neuron.

    Attributes
    ----------
    inputs : int
        Number of domain-wall synapses; they lie alternately to the left and the right of the magnet.
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
    material: str = "copper-kimura2005-like"
    pitch: float = 40e-9
    channel_thickness: float = 30e-9
    lead_length: float = 200e-9
    lead_width: float = 60e-9
    preset_conductance: float = 0.04
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
        names = [f"n{k}" for k in range(1, self.inputs + 1)]
        return [*names[::2][::-1], CENTRE, *names[1::2]]

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
        network = self.surroundings(weights, voltages, preset)
        along = (0, 1, 0) if preset is None else (0, 0, 1)
        network.add("magnet", self.magnet.interface(along), ferromagnet="base", normal=CENTRE)
        network.ground("base", "xyz")
        currents = network.solve().currents
        return currents.loc[("magnet", "normal"), ["x", "y", "z"]].to_numpy(dtype=float)

    @functools.cached_property
    def efficiencies(self) -> tuple[float, ...]:
        """Spin current at the magnet per volt of every input at weight one, the others open [S]."""
        found = []
        for k in range(self.inputs):
            weights, voltages = [0.0] * self.inputs, [None] * self.inputs
            weights[k], voltages[k] = 1.0, 1.0  # type: ignore[call-overload]
            found.append(float(self.spin_current(weights, voltages)[2]))
        return tuple(found)

    @property
    def charge_conductance(self) -> float:
        """Current into an input per volt, the others open [S]: its contact, the channel and the lead in series."""
        weights, voltages = [0.0] * self.inputs, [None] * self.inputs
        voltages[0] = 1.0  # type: ignore[call-overload]
        solved = self.surroundings(weights, voltages).solve()
        return float(solved.supplied["c"]["input_1"])

    # --- the magnet --------------------------------------------------------------------------------

    @property
    def instability_rate(self) -> float:
        r"""Rate :math:`\lambda` at which the magnet leaves its hard plane [1/s]."""
        magnet = self.magnet
        return float(magnet.damping * magnet.gamma_0 * magnet.anisotropy_field / (1 + magnet.damping**2))

    def noise_current(self, temperature: float, preset_current: float = math.inf) -> float:
        r"""Spin current :math:`I_w` that fires the neuron with a probability of :math:`\Phi(1)` = 84 % [A].

        With a preset of finite spin current, during which the inputs act already,

        .. math:: I_w = \frac{1}{r} \sqrt{\frac{D}{1/\lambda + 1/(r I_p - \lambda)}}

        Parameters
        ----------
        temperature : float
            Temperature. [K]
        preset_current : float
            Spin current :math:`I_p` of the preset. [A]
        """
        magnet, rate = self.magnet, self.instability_rate
        kelvin, alpha = CONSTANTS[k_B][0] * temperature, magnet.damping
        moment = magnet.saturation_magnetization * magnet.volume
        diffusion = alpha * magnet.gyromagnetic_ratio * kelvin / (moment * (1 + alpha**2))
        per_ampere = magnet.torque_rate_per_ampere / (1 + alpha**2)
        times = 1 / rate + 1 / (per_ampere * preset_current - rate)
        return float(math.sqrt(diffusion / times) / per_ampere)

    @property
    def preset_threshold(self) -> float:
        r"""Spin current that brings the magnet onto its hard plane, :math:`\mu_0 M_s V H_k\, e / \hbar` [A].

        That is :math:`(2 e / \hbar) E_b`: as of the spin-orbit torque on a perpendicular magnet, no equilibrium near
        the easy axis is left beyond half the anisotropy field.
        """
        magnet = self.magnet
        return float(magnet.gamma_0 * magnet.anisotropy_field / 2 / magnet.torque_rate_per_ampere)

    def equivalent_magnet(self) -> NeuronMagnet:
        r"""The magnet with the channel's spin impedance inside: what it absorbs of a spin potential behind it.

        .. math:: \frac{1}{2 G_r'} = \frac{1}{2 G_r} + Z_s

        exact for torques where the impedance is the same for all directions of the spin, as it is but for the
        contacts of the strips and the preset, which conduct much less than the channel.
        """
        silent: list[float | None] = [None] * self.inputs
        _, impedance = self.surroundings([0.0] * self.inputs, silent).equivalent(CENTRE)
        spin = float(impedance[1, 1] + impedance[3, 3]) / 2
        absorbed = 1 / (1 / (2 * self.magnet.mixing_real) + spin)
        return self.magnet.replace(mixing_conductance_real=absorbed / 2 / self.magnet.area)

    # --- the netlist -------------------------------------------------------------------------------

    @property
    def ports(self) -> tuple[str, ...]:
        """Pins of the subcircuit.

        ``input_k`` carries a signal's current, ``write_k`` to ``input_k`` one that moves the wall; ``preset`` the
        preset current, ``read`` the current through the junction, ``ground`` all of it away. ``m_z`` and ``x_k`` are
        nodes to look at: the magnet and the walls.
        """
        numbers = range(1, self.inputs + 1)
        pins = [*(f"input_{k}" for k in numbers), *(f"write_{k}" for k in numbers), "preset", "read", "ground"]
        return (*pins, "m_z", *(f"x_{k}" for k in numbers))

    def parts(self, noisy: bool = False, native: bool = False) -> tuple[Subcircuit, ...]:
        """Subcircuits (or models of native devices) that :meth:`subcircuit` uses; once in a netlist."""
        fields = [f"field_{axis}" for axis in "xyz"] if noisy else []
        blocks = {block.kind: block for block in self._blocks().values()}
        devices: list[Subcircuit] = [
            self.magnet.subcircuit(inputs=fields),
            self.synapse.subcircuit(),
        ]
        if native:
            compiled = (native_device(self.magnet, inputs=fields), native_device(self.synapse))
            devices = [Subcircuit(device.name, device.pins, f"{device}\n") for device in compiled]
        return (*devices, *(block.subcircuit() for block in blocks.values()))

    def native_files(self) -> tuple[Path, Path]:
        """Compiled devices to load before a netlist with native ones."""
        return native_device(self.magnet).file, native_device(self.synapse).file

    def _blocks(self) -> dict[str, SpinBlock]:
        return {**self.channel().blocks, "preset_contact": self.preset_contact()}

    def subcircuit(
        self,
        name: str = "lateral_spin_valve",
        *,
        temperature: float | None = None,
        noise_step: float = 2e-12,
        native: bool = False,
    ) -> Subcircuit:
        """The neuron as an ngspice subcircuit; it needs those of :meth:`parts` beside it.

        Its parameters ``state_1``, ``state_2``, ... are the walls' initial positions over the strips' length, ``polar``
        and ``azimuth`` the magnet's initial angles [rad].

        Parameters
        ----------
        name : str
            Name of the subcircuit.
        temperature : float, optional
            Temperature of the magnet's thermal field, which acts in transients [K]; default: none.
        noise_step : float
            Time for which a value of the thermal field stands. [s]
        native : bool
            Whether the devices in it are native ones.
        """
        noisy = temperature is not None
        parts = self.parts(noisy, native)
        letter = "N" if native else "X"
        magnet, synapse = self.magnet, self.synapse
        states = [f"state_{k}={synapse.values['initial_state']!r}" for k in range(1, self.inputs + 1)]
        angles = [f"{short}={magnet.values[f'initial_{long}']!r}" for short, long in _ANGLES.items()]
        lines = [
            "* Lateral spin valve: domain-wall synapses on a channel, and a magnet that falls to the side of their sum",
            f".subckt {name} {' '.join(self.ports)} params: {' '.join([*states, *angles])}",
        ]
        network = self.channel()
        for label, block in network.blocks.items():
            pins = " ".join(_pins(node) for node in network.joined(label))
            lines.append(_instance(label, pins, block))
        lines.append("V_ground ground_c ground 0")
        lines += [f"V_ground_{axis} ground_{axis} 0 0" for axis in "xyz"]
        lines.append(_instance("preset_contact", f"preset 0 0 0 {_pins(CENTRE)}", self.preset_contact()))
        for k in range(1, self.inputs + 1):
            at = {"write": f"write_{k}", "common": f"input_{k}", "x": f"x_{k}", "spin_ground": "0"}
            at |= _charge_and_spin(f"n{k}")
            pins = " ".join(at.get(pin, f"{pin}_{k}") for pin in parts[1].pins)
            lines.append(f"{letter}_synapse_{k} {pins} {parts[1].name} initial_state={{state_{k}}}")
        at = {"read": "read", "spin_ground": "0"} | _charge_and_spin(CENTRE)
        pins = " ".join(at.get(pin, pin) for pin in parts[0].pins)
        start = " ".join(f"initial_{long}={{{short}}}" for short, long in _ANGLES.items())
        lines.append(f"{letter}_magnet {pins} {parts[0].name} {start}")
        if temperature is not None:
            lines += self._thermal_field(temperature, noise_step)
        return Subcircuit(name, self.ports, "\n".join([*lines, f".ends {name}"]) + "\n")

    def _thermal_field(self, temperature: float, step: float) -> list[str]:
        """White noise on the field's pins: its density over the time for which a value stands is its variance."""
        magnet = self.magnet
        density = thermal_field_density(
            magnet.damping, temperature, magnet.gyromagnetic_ratio, magnet.saturation_magnetization, magnet.volume
        )
        value = float(density.subs({symbol: number for symbol, (number, *_) in CONSTANTS.items()}))
        scale = magnet.input_declarations()["field_x"].netlist_scale
        rms = math.sqrt(value / step) / scale
        sampling = {"n": 0, "value": repr(step), "start": repr(NOISE_START * step), "rms": repr(rms)}
        source = NGSPICE.statements["noisy_voltage"]
        return [source.format(name=f"thermal_{axis}", p=f"field_{axis}", **sampling) for axis in "xyz"]


_ANGLES = {"polar": "polar_angle", "azimuth": "azimuth"}


def _pins(node: str) -> str:
    return " ".join(f"{node}_{component}" for component in COMPONENTS)


def _charge_and_spin(node: str) -> dict[str, str]:
    names = ("charge", "spin_x", "spin_y", "spin_z")
    return dict(zip(names, _pins(node).split(), strict=True))


def _instance(label: str, pins: str, block: SpinBlock) -> str:
    values = " ".join(f"{quantity}={value!r}" for quantity, value in block.values)
    return f"X_{label} {pins} {block.kind}\n+ {values}"
