r"""The lateral spin valve of a spin neuron: domain-wall synapses on a metallic channel, and a magnet that decides.

Current from an input enters the channel through the contact of a domain-wall strip
(:class:`~synaspice.devices.DomainWallInjector`), whose wall sets how much spin it brings along. The spins of all
inputs add up in the channel; the charge leaves through a lead. A current through the preset contact, magnetised in the
plane, first brings the neuron's magnet (:class:`~synaspice.devices.NeuronMagnet`) onto its hard plane. When it ends,
the magnet falls to the side to which the sum of the inputs' spins pushes it,

.. math:: \text{fires: } m_z < 0 \quad\text{if}\quad I_s = \sum_k \eta_k\, w_k\, G_k V_k > 0

with the weights :math:`w_k` of the strips and :math:`\eta_k` the spin that reaches the magnet per charge. One of the
inputs, always on, can serve as threshold. At a finite temperature the sum has to beat the thermal agitation of the
magnet, by how much is told in :mod:`synaspice.circuits.cells.spin.decision`.

References
----------
M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse", IEEE
Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path

from ....devices.language.equations.constants import CONSTANTS, hbar, q_e
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ....devices.models.spin.spin_block import COMPONENTS, SpinBlock
from ....devices.physics.magnetism import thermal_field_density
from ....devices.targets.spice.subcircuit import Subcircuit
from ...engine.native import native_device
from ...engine.noise import NoiseSource, noise_line
from .decision import Decision
from .lateral_spin_circuit import CENTRE, LateralSpinCircuit
from .wall_writing import WallWriter


@dataclass(frozen=True)
class LateralSpinValve(LateralSpinCircuit):
    """One neuron: the circuit, the magnet's decision, the writing of the walls, and the netlist.

    Geometry and devices are the attributes of
    :class:`~synaspice.circuits.cells.spin.lateral_spin_circuit.LateralSpinCircuit`.
    """

    # --- the magnet --------------------------------------------------------------------------------

    def decision(self, temperature: float = 300.0, preset: float | None = None, time: float = math.inf) -> Decision:
        """The circumstances of the magnet's decision, which tell how often it errs.

        Parameters
        ----------
        temperature : float
            Temperature. [K]
        preset : float, optional
            Voltage of the preset contact [V]; default: a preset without limit.
        time : float
            From the preset's end to the reading. [s]
        """
        silent: list[float | None] = [None] * self.inputs
        held = math.inf if preset is None else float(self.spin_current([0.0] * self.inputs, silent, preset)[1])
        return Decision(self.magnet, temperature, held, time)

    @property
    def preset_threshold(self) -> float:
        """Spin current that brings the magnet onto its hard plane [A]."""
        return Decision(self.magnet).preset_threshold

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

    @property
    def pumped_damping(self) -> float:
        r"""Damping that spin pumping into the channel costs the magnet, part of its ``damping`` [-].

        .. math:: \alpha_\mathrm{sp} = \frac{\gamma \hbar^2}{4 e^2 M_s V}\, 2 G_r'

        with the conductance :math:`2 G_r'` of :meth:`equivalent_magnet`: what comes back costs nothing.

        References
        ----------
        Y. Tserkovnyak, A. Brataas, G. E. W. Bauer, Phys. Rev. Lett. 88, 117601 (2002),
        doi:10.1103/PhysRevLett.88.117601.
        """
        magnet = self.equivalent_magnet()
        moment = magnet.saturation_magnetization * magnet.volume
        quantum = CONSTANTS[hbar][0] / CONSTANTS[q_e][0]
        return float(magnet.gyromagnetic_ratio * quantum**2 / 4 / moment * 2 * magnet.mixing_real)

    # --- writing -----------------------------------------------------------------------------------

    @functools.cached_property
    def writer(self) -> WallWriter:
        """The pulses that write the strips: they move a wall by one site also if they are 10 % weaker or stronger."""
        return WallWriter.suited(self.synapse)

    @functools.cached_property
    def written_weights(self) -> tuple[float, ...]:
        """Weights after 0, 1, 2, ... pulses on an erased strip, up to the last one before the far end [-]."""
        erased, sites = self.synapse.values["initial_state"], self.writer.sites
        return tuple(self.weight_at(max(count / sites, erased)) for count in range(sites))

    def weight_at(self, position: float) -> float:
        """Weight of a strip whose wall is at a position, over its length [-]."""
        return float(self.synapse.replace(initial_state=position).static()["weight"])

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
        fields = _fields(noisy)
        blocks = {block.kind: block for block in self._blocks().values()}
        if native:
            compiled = (native_device(self.magnet, inputs=fields), native_device(self.synapse))
            devices = [Subcircuit(device.name, device.pins, f"{device}\n") for device in compiled]
        else:
            devices = [self.magnet.subcircuit(inputs=fields), self.synapse.subcircuit()]
        return (*devices, *(block.subcircuit() for block in blocks.values()))

    def native_files(self, noisy: bool = False) -> tuple[Path, Path]:
        """Compiled devices to load before a netlist with native ones."""
        return native_device(self.magnet, inputs=_fields(noisy)).file, native_device(self.synapse).file

    def _blocks(self) -> dict[str, SpinBlock]:
        return {**self.channel().blocks, "preset_contact": self.preset_contact()}

    def subcircuit(
        self,
        name: str = "lateral_spin_valve",
        *,
        temperature: float | None = None,
        noise_step: float = 2e-12,
        native: bool = False,
        external: bool = False,
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
        external : bool
            Whether the thermal field is brought in by external sources, which :meth:`noises` names.
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
            for source in self.noises(temperature, noise_step):
                node = source.name.removeprefix("V_")
                lines.append(noise_line(node, source.interval, source.rms, external=external))
        return Subcircuit(name, self.ports, "\n".join([*lines, f".ends {name}"]) + "\n")

    def noises(self, temperature: float, step: float) -> list[NoiseSource]:
        """White noise on the field's pins: its density over the time for which a value stands is its variance.

        Parameters
        ----------
        temperature : float
            Of the thermal field. [K]
        step : float
            Time for which a value stands. [s]
        """
        magnet = self.magnet
        density = thermal_field_density(
            magnet.damping, temperature, magnet.gyromagnetic_ratio, magnet.saturation_magnetization, magnet.volume
        )
        value = float(density.subs({symbol: number for symbol, (number, *_) in CONSTANTS.items()}))
        scale = magnet.input_declarations()["field_x"].netlist_scale
        rms = math.sqrt(value / step) / scale
        return [NoiseSource(f"V_{field}", step, rms) for field in _fields(noisy=True)]


_ANGLES = {"polar": "polar_angle", "azimuth": "azimuth"}


def _fields(noisy: bool) -> list[str]:
    """Pins for the magnet's thermal field."""
    return [f"field_{axis}" for axis in "xyz"] if noisy else []


def _pins(node: str) -> str:
    return " ".join(f"{node}_{component}" for component in COMPONENTS)


def _charge_and_spin(node: str) -> dict[str, str]:
    names = ("charge", "spin_x", "spin_y", "spin_z")
    return dict(zip(names, _pins(node).split(), strict=True))


def _instance(label: str, pins: str, block: SpinBlock) -> str:
    values = " ".join(f"{quantity}={value!r}" for quantity, value in block.values)
    return f"X_{label} {pins} {block.kind}\n+ {values}"
