"""Domain-wall strip on the channel of a spin circuit: a programmable injector of spin current."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.protocols import Stimulus
from ...language.declarations.declaration import Branch, Derived, ElectricalNoise, Observable, Parameter, Symbols
from ...language.waveforms.shapes import Pulse
from ...physics.electrical_noise import thermal_noise
from ..spin.spin_block import interface_matrices
from .motion import POLARITIES, _DomainWall

#: Pulses that write: their current density [A/m^2], and how many sites a free wall would move in one. A wall that is
#: held follows later; these move it by one site also if they are 10 % weaker or stronger.
WRITE_DENSITY, WRITE_STRETCH = 2e12, 1.2


class DomainWallInjector(_DomainWall):
    r"""Synapse of a spin neuron: the wall in a strip sets sign and size of the spin that its current brings along.

    The strip lies with its whole length on a normal metal. The current that crosses the contact flows along the strip
    to ``common``; with the transfer length :math:`\lambda` of a distributed contact the share of it that passes the
    wall, and the contact's conductance, are

    .. math::

        \lambda = \sqrt{\frac{RA\, t}{\rho}}, \qquad
        s(x) = \frac{\sinh[(1 - x) L / \lambda]}{\sinh(L / \lambda)}, \qquad
        G = \frac{L w_s}{RA}\, \frac{\tanh(L / \lambda)}{L / \lambda}, \qquad x = q / L

    (:math:`w_s` and :math:`t` the strip's width and thickness, heavy metal included). On one side of the wall the
    contact's magnetisation is :math:`+\hat{\mathbf z}`, on the other :math:`-\hat{\mathbf z}`: two interfaces side by
    side, which together are one with the polarisation :math:`w P`,

    .. math::

        I_c &= G\,(V_c + w P\, V_{s,z}), \qquad I_{s,z} = G\,(w P\, V_c + V_{s,z}), \qquad w = Q\,[1 - 2 s(x)] \\
        I_{s,\perp} &= 2 G_r V_{s,\perp}

    (V_c of the channel's node against ``common``, currents into the strip). For :math:`L \ll \lambda` that is
    :math:`w = Q (2 x - 1)`. The wall feels all the current that flows along the strip where it is,

    .. math:: I_\mathrm{wall} = I_\mathrm{write} + s(x)\, I_c

    by the equations of :mod:`synaspice.devices.models.domain_walls.motion`, q running from ``common`` to ``write``: a
    positive current, from ``write`` to ``common``, pushes it with the electrons to ``write``, which raises the weight
    (a spin Hall torque may do the opposite). So does a current from the channel into the strip; a signal that enters
    at ``common`` pushes the wall the other way, and must stay well below the current that depins it.

    The channel is one node, ``write`` is open while the contact conducts, and the spin resistance of the strip beside
    that of the contact is neglected. A write current also leaks through the channel beneath: less than the share
    :math:`1 - 1 / \cosh(L / 2 \lambda)` of it in a channel that floats, :math:`1 - 1 / \cosh(L / \lambda)` in one on
    the potential of ``common``, which is neglected as well (3 and 11 % at :math:`L = \lambda / 2`). The pins
    ``charge`` and ``spin_x`` to ``spin_z`` join a node of a spin circuit, as those of
    :class:`~synaspice.devices.SpinMagnet`.

    References
    ----------
    M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse",
    IEEE Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125 (the device); A. Brataas, G. E. W. Bauer,
    P. J. Kelly, Phys. Rep. 427, 157 (2006), doi:10.1016/j.physrep.2006.01.001 (the interface); H. H. Berger,
    Solid-State Electron. 15, 145 (1972), doi:10.1016/0038-1101(72)90048-2 (the transfer length).
    """

    label = "Domain-wall spin injector"

    voltage = Branch("write", "common", "voltage along the strip, which writes")
    charge_voltage = Branch("charge", "common", "voltage of the channel against the strip", "charge_current")
    spin_voltage_x = Branch("spin_x", "spin_ground", "spin potential along x in the channel", "spin_current_x")
    spin_voltage_y = Branch("spin_y", "spin_ground", "spin potential along y in the channel", "spin_current_y")
    spin_voltage_z = Branch("spin_z", "spin_ground", "spin potential along z in the channel", "spin_current_z")

    resistivity = Parameter(3e-7, "ohm*m", "resistivity of the strip, heavy metal included", (1e-9, 1e-3))
    resistance_area_product = Parameter(1e-12, "ohm*m^2", "resistance times area of the contact", (1e-16, 1e-6))
    contact_polarization = Parameter(0.5, "1", "spin polarisation of the contact's conductance", (-0.999999, 0.999999))
    mixing_ratio = Parameter(1.0, "1", "mixing conductance of the contact over its conductance, 2 G_r / G", (0.0, 1e3))

    strip_resistance = Derived("ohm", "resistance of the write path")
    transfer_length = Derived("m", "transfer length of the contact: within it a current leaves the strip")
    contact_conductance = Derived("S", "conductance of the contact, both spins together, seen from common")
    write_noise = ElectricalNoise("voltage", "thermal noise of the strip")
    contact_noise = ElectricalNoise("charge_voltage", "thermal noise of the contact")
    weight = Observable("1", "polarisation of the injected current over that of a strip without a wall")
    wall_current = Observable("A", "current along the strip at the wall, positive from write to common")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        sheet = s.resistivity / (s.thickness + s.heavy_metal_thickness)
        length = s.length / s.transfer_length
        # sinh((1 - x) l) / sinh(l), which would overflow in strips of many transfer lengths
        passing = sp.exp(-s.x * length) * (1 - sp.exp(-2 * (1 - s.x) * length)) / (1 - sp.exp(-2 * length))
        weight = POLARITIES[s.domains] * (1 - 2 * passing)
        axis, mixing = sp.Matrix([0, 0, 1]), s.mixing_ratio * s.contact_conductance / 2
        series, shunt = interface_matrices(axis, s.contact_conductance, weight * s.contact_polarization, mixing, 0)
        injected = (series + shunt) * sp.Matrix([s.charge_voltage, *s.spin_voltage])
        current = s.voltage / s.strip_resistance
        return cls.wall_equations(s, current + passing * injected[0]) | {
            "strip_resistance": s.resistivity * s.length / s.current_area,
            "transfer_length": sp.sqrt(s.resistance_area_product / sheet),
            "contact_conductance": s.strip_width * s.transfer_length / s.resistance_area_product * sp.tanh(length),
            "current": current,
            "charge_current": injected[0],
            **{f"spin_current_{name}": injected[k] for k, name in enumerate("xyz", 1)},
            "write_noise": (thermal_noise(1 / s.strip_resistance, s.temperature), sp.S.Zero),
            "contact_noise": (thermal_noise(s.contact_conductance, s.temperature), sp.S.Zero),
            "weight": weight,
            "wall_current": current + passing * injected[0],
        }

    def suggested_stimulus(self) -> Stimulus:
        """A pulse that writes: it moves the wall from one pinning site to the next.

        From site to site the wall rings, and its phase sums up a simulator's errors: one site is enough.
        Without pinning as for other strips.
        """
        stimulus = super().suggested_stimulus()
        current = WRITE_DENSITY * self.current_area
        speed = self.current_mobility * current
        if not self.pinning_energy or not speed:
            return stimulus
        width = WRITE_STRETCH * self.pinning_period / abs(speed)
        pulse = Pulse(0.0, math.copysign(current, speed), 0.1 * width, 0.1 * width, 0.1 * width, 0.9 * width)
        return dataclasses.replace(stimulus, drive=pulse, duration=3 * width, max_step=width / 1000)

    @property
    def write_resistance(self) -> float:
        """Resistance of the write path [ohm]."""
        return float(self.strip_resistance)
