"""Magnet at the end of a spin circuit: the spin current that it takes in turns its magnetisation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sympy as sp

from ...core.protocols import Statics, Stimulus, Sweep
from ...language.declarations.declaration import Auxiliary, Branch, Derived, ElectricalNoise, Parameter, Symbols
from ...language.declarations.placement import before
from ...language.equations.constants import hbar, q_e
from ...language.errors import ParameterError
from ...language.waveforms.shapes import Pulse
from ...model import CompactModel
from ...physics.electrical_noise import thermal_noise
from ...physics.macrospin import MagnetLayer, slow_triangle
from .spin_block import SpinBlock, interface_matrices
from .spin_channel import ferromagnet_normal_interface


class SpinMagnet(CompactModel, MagnetLayer):
    r"""Macrospin magnet on a normal metal: conducts charge and spin, and turns by the spin current that it absorbs.

    The four branches carry charge and the three components of spin into the interface, whose conductances turn with
    the magnetisation :math:`\mathbf m`,

    .. math::

        I_c &= G\,(V_c + P\, \mathbf m \cdot \mathbf V_s) \\
        \mathbf I_s &= G\,(P\, V_c + \mathbf m \cdot \mathbf V_s)\,\mathbf m
            + 2 G_r\, \mathbf m \times (\mathbf V_s \times \mathbf m) + 2 G_i\, \mathbf V_s \times \mathbf m

    and the magnet takes over the moment of the transverse spin current,

    .. math::

        \dot{\mathbf m} = -\gamma_0\, \mathbf m \times \mathbf H_\mathrm{eff} + \alpha\, \mathbf m \times
            \dot{\mathbf m}
            - \frac{\gamma\hbar}{2 e M_s V}\, \mathbf m \times (\mathbf I_s \times \mathbf m), \qquad
        \mathbf H_\mathrm{eff} = \mathbf H + \frac{2 K_u}{\mu_0 M_s} (\mathbf m \cdot \mathbf u)\, \mathbf u
            - M_s \mathsf N \mathbf m

    The sign is that of currents of positive charge: :math:`I_s = I_\uparrow - I_\downarrow`, arrows along the moments,
    and electrons run against the current; see :mod:`synaspice.devices.models.spin.spin_block`. The pins ``charge``,
    ``spin_x``, ``spin_y`` and ``spin_z`` join the four components of a node of a spin circuit; the charge leaves
    through ``base``, the spin through ``spin_ground``. The ferromagnet behind the interface is taken as thick on the
    scale of the decay of transverse spin and free of spin accumulation. Its moving magnetisation pumps no spins back:
    the damping must include what that costs.

    References
    ----------
    A. Brataas, G. E. W. Bauer, P. J. Kelly, Phys. Rep. 427, 157 (2006), doi:10.1016/j.physrep.2006.01.001; K. Y.
    Camsari, S. Ganguly, S. Datta, Sci. Rep. 5, 10571 (2015), doi:10.1038/srep10571.
    """

    label = "Magnet on a spin circuit"
    reference = "K. Y. Camsari, S. Ganguly, S. Datta, Sci. Rep. 5, 10571 (2015)"
    doi = "10.1038/srep10571"
    time_scale = 1e-9
    unsuited: ClassVar[tuple[type, ...]] = (Statics,)

    charge_voltage = Branch("charge", "base", "voltage of the charge across the interface", "charge_current")
    spin_voltage_x = Branch("spin_x", "spin_ground", "spin potential along x in the normal metal", "spin_current_x")
    spin_voltage_y = Branch("spin_y", "spin_ground", "spin potential along y in the normal metal", "spin_current_y")
    spin_voltage_z = Branch("spin_z", "spin_ground", "spin potential along z in the normal metal", "spin_current_z")

    damping = MagnetLayer.damping.but(description="Gilbert damping, spin pumping included")

    with before("initial_polar_angle"):
        interface_conductance = Parameter(1e15, "S/m^2", "conductance per area, both spins together", (1e3, 1e17))
        polarization = Parameter(0.5, "1", "spin polarisation of the interface's conductance", (-0.999999, 0.999999))
        mixing_conductance_real = Parameter(5e14, "S/m^2", "real part of the mixing conductance per area", (0.0, 1e17))
        mixing_conductance_imag = Parameter(
            0.0, "S/m^2", "imaginary part of the mixing conductance per area", (-1e17, 1e17)
        )
        ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings", (1.0, 1000.0))

    area = MagnetLayer.area.but(description="area of the interface")
    with before("easy_axis"):
        conductance = Derived("S", "conductance of the interface")
        mixing_real = Derived("S", "real part of the mixing conductance")
        mixing_imag = Derived("S", "imaginary part of the mixing conductance")
    with before("pull"):
        torque_rate_per_ampere = Derived("1/(A*s)", "rate of the magnetisation per absorbed spin current")
    critical_spin_current = Derived("A", "spin current along the easy axis at which the magnetisation turns unstable")

    with before("precession"):
        absorbed = Auxiliary("A", "spin current into the interface", vector=True, scale=1e-3)
    precession = MagnetLayer.precession.but(description="effective field, torque included, times gamma_0")

    charge_noise = ElectricalNoise("charge_voltage", "thermal noise of the interface")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        series, shunt = interface_matrices(s.m, s.conductance, s.polarization, s.mixing_real, s.mixing_imag)
        potential = sp.Matrix([s.charge_voltage, *s.spin_voltage])
        current = (series + shunt) * potential
        m_s = s.saturation_magnetization
        # A rate tau across m is that of a field m x tau / gamma_0, and m x drops the longitudinal part.
        torque = -s.torque_rate_per_ampere * s.m.cross(s.absorbed)
        return {
            **cls.magnet_equations(s, torque=torque, ambient=s.ambient_temperature),
            "conductance": s.interface_conductance * s.area,
            "mixing_real": s.mixing_conductance_real * s.area,
            "mixing_imag": s.mixing_conductance_imag * s.area,
            "torque_rate_per_ampere": s.gyromagnetic_ratio * hbar / (2 * q_e * m_s * s.volume),
            "critical_spin_current": s.gamma_0 * cls.critical_field(s) / s.torque_rate_per_ampere,
            "charge_current": current[0],
            "charge_noise": (thermal_noise(s.conductance, s.temperature), sp.S.Zero),
            # Through the auxiliary the torque uses the very current that leaves the circuit.
            "absorbed": current[1:, :],
            **{f"spin_current_{axis}": s.absorbed[k] for k, axis in enumerate("xyz")},
        }

    def interface(self, direction: Sequence[float]) -> SpinBlock:
        """The magnet at rest as a block: port ``normal`` for the four pins, ``ferromagnet`` for base and spin ground.

        Parameters
        ----------
        direction : sequence of float
            The magnetisation's direction along x, y and z; of any length. [-]
        """
        return ferromagnet_normal_interface(
            self.conductance, self.values["polarization"], direction, self.mixing_real, self.mixing_imag
        )

    def _along(self, axis: str, tilt: float = 0.0) -> dict[str, float]:
        """Initial angles of a magnetisation along an axis, tilted out of it."""
        if axis == "z":
            return {"initial_polar_angle": tilt, "initial_azimuth": 0.0}
        return {"initial_polar_angle": math.pi / 2, "initial_azimuth": tilt + (0.0 if axis == "x" else math.pi / 2)}

    def reference_states(self) -> dict[str, dict[str, float]]:
        """Both directions along the easy axis."""
        easy = self.axes_by_pull()[-1]
        along = self._along(easy)
        backward = {"initial_polar_angle": math.pi} if easy == "z" else {}
        backward |= {"initial_azimuth": math.pi} if easy == "x" else {}
        backward |= {"initial_azimuth": -math.pi / 2} if easy == "y" else {}
        return {"forward": along, "backward": along | backward}

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle of 100 ns of the field along the easy axis, to twice the anisotropy field.

        With a static field of 1 % of it across: a macrospin at rest on its axis feels no torque.
        """
        easy = self.axes_by_pull()[-1]
        chosen = f"field_{easy}" if quantity in (None, "field") else quantity
        sweep = slow_triangle(super().suggested_sweep(chosen), self.reference_states()["backward"])
        if chosen not in self.input_declarations():
            # The charge turns the magnet by what it carries across the magnetisation, that is not at all.
            return dataclasses.replace(sweep, amplitude=1e-3)
        return self.field_sweep(sweep, self.anisotropy_field)

    def suggested_stimulus(self) -> Stimulus:
        """A pulse of spin current along the easy axis, of eight times the critical one, that turns a tilted magnet.

        Raises
        ------
        ParameterError
            If the magnet has no anisotropy, or no mixing conductance.
        """
        easy = self.axes_by_pull()[-1]
        if not self.critical_spin_current * self.mixing_real > 0:
            raise ParameterError("a magnet without anisotropy or without mixing conductance has nothing to be switched")
        # Along m, so that the magnet, which takes over minus the current's moment, leaves its axis. All in times of its
        # precession and of its damping, so that a faster magnet is resolved as well.
        precession = self.gamma_0 * (self.anisotropy_field + self.hard_axis_field) / 2
        settling = 1 / (self.damping * precession)
        spin = 8 * self.critical_spin_current
        volts = spin / (2 * self.mixing_real)
        drive = Pulse(0.0, volts, 0.04 * settling, 0.02 * settling, 0.02 * settling, 3 * settling)
        overrides = self._along(easy, 0.1)
        return Stimulus(drive, 1.2 * settling, f"spin_voltage_{easy}", max_step=0.02 / precession, overrides=overrides)
