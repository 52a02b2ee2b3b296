"""Magnet at the end of a spin circuit: the spin current that it takes in turns its magnetisation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sympy as sp

from ...core.protocols import Stimulus, Sweep
from ...language.constants import hbar, mu_0, q_e
from ...language.declaration import Auxiliary, Branch, Derived, Noise, Option, Parameter, State, Symbols
from ...language.errors import ParameterError
from ...language.waveforms import Pulse
from ...model import CompactModel
from ...physics.macrospin import (
    SHAPES,
    axes_by_pull,
    cross_section,
    demagnetizing_parameters,
    easy_axis_parameters,
    effective_field,
    field_inputs,
    field_sweep,
    figures_of_merit,
    slow_triangle,
)
from ...physics.magnetism import damped_rotation, direction, thermal_field_density
from .spin_block import SpinBlock, interface_matrices
from .spin_channel import ferromagnet_normal_interface


class SpinMagnet(CompactModel):
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

    reference = "K. Y. Camsari, S. Ganguly, S. Datta, Sci. Rep. 5, 10571 (2015)"
    doi = "10.1038/srep10571"
    time_scale = 1e-9
    benches: ClassVar[tuple[str, ...]] = ("hysteresis",)

    charge_voltage = Branch("charge", "base", "voltage of the charge across the interface", "charge_current")
    spin_voltage_x = Branch("spin_x", "spin_ground", "spin potential along x in the normal metal", "spin_current_x")
    spin_voltage_y = Branch("spin_y", "spin_ground", "spin potential along y in the normal metal", "spin_current_y")
    spin_voltage_z = Branch("spin_z", "spin_ground", "spin potential along z in the normal metal", "spin_current_z")

    shape = Option("ellipse", tuple(SHAPES), "cross-section of the magnet, for area and demagnetising factors")
    length = Parameter(100e-9, "m", "full axis along x", (2e-9, 1e-5))
    width = Parameter(50e-9, "m", "full axis along y", (2e-9, 1e-5))
    thickness = Parameter(3e-9, "m", "thickness", (1e-10, 1e-6))

    saturation_magnetization = Parameter(8e5, "A/m", "saturation magnetisation", (1e4, 3e6))
    damping = Parameter(0.01, "1", "Gilbert damping, spin pumping included", (1e-4, 1.0))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    uniaxial_anisotropy = Parameter(0.0, "J/m^3", "uniaxial anisotropy of the volume", (-5e6, 5e6))
    anisotropy_polar_angle, anisotropy_azimuth = easy_axis_parameters()
    demagnetizing_factor_x, demagnetizing_factor_y, demagnetizing_factor_z = demagnetizing_parameters(
        "length", "width", "thickness"
    )

    field_x, field_y, field_z = field_inputs()

    interface_conductance = Parameter(1e15, "S/m^2", "conductance per area, both spins together", (1e3, 1e17))
    polarization = Parameter(0.5, "1", "spin polarisation of the interface's conductance", (-0.999999, 0.999999))
    mixing_conductance_real = Parameter(5e14, "S/m^2", "real part of the mixing conductance per area", (0.0, 1e17))
    mixing_conductance_imag = Parameter(
        0.0, "S/m^2", "imaginary part of the mixing conductance per area", (-1e17, 1e17)
    )

    initial_polar_angle = Parameter(math.pi / 2, "rad", "polar angle of the magnetisation at t = 0", (0.0, math.pi))
    initial_azimuth = Parameter(0.0, "rad", "azimuth of the magnetisation at t = 0", (-math.pi, math.pi))

    area = Derived("m^2", "area of the interface")
    volume = Derived("m^3", "volume of the magnet")
    conductance = Derived("S", "conductance of the interface")
    mixing_real = Derived("S", "real part of the mixing conductance")
    mixing_imag = Derived("S", "imaginary part of the mixing conductance")
    easy_axis = Derived("1", "direction of the uniaxial anisotropy", vector=True)
    gamma_0 = Derived("m/(A*s)", "gyromagnetic ratio times vacuum permeability")
    uniaxial_field = Derived("A/m", "anisotropy field of the volume")
    torque_rate_per_ampere = Derived("1/(A*s)", "rate of the magnetisation per absorbed spin current")
    pull = Derived("A/m", "field that pulls the magnetisation towards an axis; differences matter", vector=True)
    anisotropy_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the next easier one")
    hard_axis_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the hardest one")
    thermal_stability = Derived("1", "energy barrier of the macrospin over k_B T at 300 K")
    critical_spin_current = Derived("A", "spin current along the easy axis at which the magnetisation turns unstable")

    m = State(
        "1",
        "magnetisation",
        vector=True,
        unit_sphere=True,
        initial=lambda s: direction(s.initial_polar_angle, s.initial_azimuth),
    )
    absorbed = Auxiliary("A", "spin current into the interface", vector=True, scale=1e-3)
    precession = Auxiliary("rad/s", "effective field, torque included, times gamma_0", vector=True, scale=1e9)
    rotation = Auxiliary("rad/s", "angular velocity of the magnetisation", vector=True, scale=1e9)
    thermal_field = Noise("A/m", "thermal field", vector=True)

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        series, shunt = interface_matrices(s.m, s.conductance, s.polarization, s.mixing_real, s.mixing_imag)
        potential = sp.Matrix([s.charge_voltage, *s.spin_voltage])
        current = (series + shunt) * potential
        m_s = s.saturation_magnetization
        field = effective_field(s, s.uniaxial_field, m_s)
        return {
            "area": cross_section(s.shape, s.length, s.width),
            "volume": s.area * s.thickness,
            "conductance": s.interface_conductance * s.area,
            "mixing_real": s.mixing_conductance_real * s.area,
            "mixing_imag": s.mixing_conductance_imag * s.area,
            "easy_axis": direction(s.anisotropy_polar_angle, s.anisotropy_azimuth),
            "gamma_0": s.gyromagnetic_ratio * mu_0,
            "uniaxial_field": 2 * s.uniaxial_anisotropy / (mu_0 * m_s),
            "torque_rate_per_ampere": s.gyromagnetic_ratio * hbar / (2 * q_e * m_s * s.volume),
            **figures_of_merit(s, m_s),
            # A torque has to overcome the damping of an elliptic precession, alpha times its mean stiffness.
            "critical_spin_current": s.damping
            * s.gamma_0
            * (s.anisotropy_field + s.hard_axis_field)
            / (2 * s.torque_rate_per_ampere),
            "charge_current": current[0],
            # Through the auxiliary the torque uses the very current that leaves the circuit.
            "absorbed": current[1:, :],
            **{f"spin_current_{axis}": s.absorbed[k] for k, axis in enumerate("xyz")},
            # A rate tau across m is that of a field m x tau / gamma_0, and m x drops the longitudinal part.
            "precession": s.gamma_0 * field - s.torque_rate_per_ampere * s.m.cross(s.absorbed),
            "rotation": damped_rotation(s.m, s.precession, s.damping),
            "dm/dt": s.rotation.cross(s.m),
            "thermal_field": sp.ones(3, 1)
            * thermal_field_density(s.damping, s.temperature, s.gyromagnetic_ratio, m_s, s.volume),
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
        easy = axes_by_pull(self)[-1]
        along = self._along(easy)
        backward = {"initial_polar_angle": math.pi} if easy == "z" else {}
        backward |= {"initial_azimuth": math.pi} if easy == "x" else {}
        backward |= {"initial_azimuth": -math.pi / 2} if easy == "y" else {}
        return {"forward": along, "backward": along | backward}

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle of 100 ns of the field along the easy axis, to twice the anisotropy field.

        With a static field of 1 % of it across: a macrospin at rest on its axis feels no torque.
        """
        easy = axes_by_pull(self)[-1]
        chosen = f"field_{easy}" if quantity in (None, "field") else quantity
        sweep = slow_triangle(super().suggested_sweep(chosen), self.reference_states()["backward"])
        if chosen not in self.input_declarations():
            # The charge turns the magnet by what it carries across the magnetisation, that is not at all.
            return dataclasses.replace(sweep, amplitude=1e-3)
        return field_sweep(self, sweep, self.anisotropy_field)

    def suggested_stimulus(self) -> Stimulus:
        """A pulse of spin current along the easy axis, of eight times the critical one, that turns a tilted magnet.

        Raises
        ------
        ParameterError
            If the magnet has no anisotropy, or no mixing conductance.
        """
        easy = axes_by_pull(self)[-1]
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
