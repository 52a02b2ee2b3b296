r"""Motion of a domain wall in a magnetic strip by its collective coordinates: what the wall's devices share.

A wall at :math:`q` has :math:`\theta = 2 \arctan e^{Q (x - q) / \Delta}` and one angle :math:`\phi`
all along :math:`x`. With it the Landau-Lifshitz-Gilbert equation with adiabatic and non-adiabatic torque,
multiplied by :math:`\sin\theta` and by :math:`\partial\theta/\partial q` and integrated along the strip, becomes

.. math::

    Q \dot q / \Delta - \alpha \dot\phi = a &= \gamma_0 \left[\tfrac12 H_K \sin 2\phi + \tfrac\pi2 (H_x + Q H_D)
        \sin\phi - \tfrac\pi2 H_y \cos\phi\right] + Q u / \Delta \\
    \alpha \dot q / \Delta + Q \dot\phi = b &= \gamma_0 \left[Q (H_z + \tfrac\pi2 H_\mathrm{SH} \cos\phi)
        - \frac{1}{2 \mu_0 M_s w t} \frac{\mathrm dV}{\mathrm dq}\right] + \beta u / \Delta

which is solved for the rates,

.. math::

    \dot q = \Delta\, \frac{Q a + \alpha b}{1 + \alpha^2}, \qquad
    \dot\phi = \frac{Q b - \alpha a}{1 + \alpha^2}, \qquad
    u = \frac{\gamma \hbar P j}{2 e M_s}, \quad H_\mathrm{SH} = \frac{\hbar \theta_\mathrm{SH} j}{2 e \mu_0 M_s t},
    \quad H_D = \frac{D}{\mu_0 M_s \Delta}

(:math:`\gamma\hbar = g\mu_B`). A width that relaxes follows

.. math::

    \dot\Delta = \frac{12 \gamma_0}{\pi^2 \alpha \mu_0 M_s} \left[\frac A\Delta - \Delta (K + \tfrac12 \mu_0 M_s H_K
        \sin^2\phi) + \tfrac\pi2 \mu_0 M_s \Delta (H_x \cos\phi + H_y \sin\phi)\right], \qquad
        K = A / \Delta_0^2

The potential :math:`V = V_0 \sin^2(\pi q / p) - V_n e^{-(q - q_n)^2 / 2 w_n^2}` stands for pinning and a notch.
At either end a field :math:`H_e (1 - d / d_e)^2` pushes the wall back where its distance :math:`d` from the end is
below :math:`d_e`, and the bounds of the state hold it in the strip against any drive: a real wall that is driven
harder than :math:`H_e` would leave and the domain be lost. While a bound holds the wall, the angle moves as if the
wall were free.

The thermal fields have :math:`S = \alpha k_B T / (\gamma_0 \mu_0 M_s \Delta_0 w t)`, one in :math:`a` and one in
:math:`b`, by the fluctuation-dissipation theorem: the friction of :math:`q` is :math:`2 \alpha \mu_0 M_s w t /
(\gamma_0 \Delta)`, that of :math:`\phi` its :math:`\Delta^2`-fold. The width has no noise of its own.

Conventions: the domains lie along z, and :math:`Q = 1` has the up domain at smaller q. In a strip with
perpendicular magnetisation x runs along the strip: :math:`\phi = 0, \pi` are Neel walls, :math:`\pi/2` is a
Bloch wall. In a strip magnetised in its plane z runs along the strip: :math:`\phi = 0` is a transverse wall in
the plane, :math:`H_K` the field of the film's demagnetisation, and there is no DMI or spin Hall torque. Current
density counts positive where the *electrons* run towards larger q, so that with :math:`\beta, P > 0` they push
the wall there. With :math:`D < 0` the wall is left-handed as in Pt/Co (an up-down wall has :math:`\phi = \pi`),
and with :math:`\theta_\mathrm{SH} > 0` it then moves against the electrons.

References
----------
A. Thiaville, Y. Nakatani, J. Miltat, Y. Suzuki, Europhys. Lett. 69, 990 (2005), doi:10.1209/epl/i2004-10452-6
(torques and breakdown); A. Thiaville, S. Rohart, E. Jue, V. Cros, A. Fert, Europhys. Lett. 100, 57002 (2012),
doi:10.1209/0295-5075/100/57002 (DMI); E. Martinez, S. Emori, N. Perez, L. Torres, G. S. D. Beach, J. Appl. Phys.
115, 213909 (2014), doi:10.1063/1.4881778 (spin Hall torque, DMI with this sign); E. Martinez, L. Lopez-Diaz,
L. Torres, C. Tristan, O. Alejos, Phys. Rev. B 75, 174409 (2007), doi:10.1103/PhysRevB.75.174409 (thermal motion).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from ...core.offers import offers
from ...core.protocols import Drift, Spectrum, Statics, Stimulus, Sweep, WallMotion
from ...language.checks import known
from ...language.declarations.declaration import (
    Auxiliary,
    Derived,
    Input,
    Noise,
    Observable,
    Option,
    Parameter,
    State,
    Symbols,
)
from ...language.equations.constants import CONSTANTS, hbar, k_B, mu_0, q_e
from ...language.equations.functions import ramp
from ...language.errors import ParameterError
from ...language.waveforms.shapes import Pulse
from ...model import CompactModel
from ...simulation.numerics.newton import voltage_at_current

#: Value of the symbol mu_0 [N/A^2].
VACUUM_PERMEABILITY = CONSTANTS[mu_0][0]
#: Current density of suggested sweeps [A/m^2]: experiments on wall motion use 1e11 to 1e12.
TYPICAL_CURRENT_DENSITY = 5e11
#: Current over that which turns a wall of a chirality by 45 degrees, at which its velocity hardly rises any more.
SATURATED = 10.0
#: Current density of suggested reads [A/m^2], and the share of the strip that the wall runs along meanwhile.
READ_CURRENT_DENSITY, DISTURBED = 5e9, 0.05
#: Sign of the wall: +1 where the magnetisation points along +z before the wall and along -z behind it.
POLARITIES = {"up-down": 1, "down-up": -1}


def _equilibrium_width(wall: _DomainWall) -> float:
    return math.sqrt(wall.exchange_stiffness / wall.effective_anisotropy)


def _equilibrium_angle(wall: _DomainWall) -> float:
    """Angle of the wall at rest: a minimum of (H_K sin^2 phi) / 2 - (pi / 2) Q H_D cos phi."""
    dmi = POLARITIES[wall.domains] * wall.dmi * math.pi / 2
    hard = -wall.transverse_anisotropy_field * VACUUM_PERMEABILITY * wall.saturation_magnetization * wall.wall_width
    if hard > 0:  # the direction phi = 0 is hard: a Bloch wall, tilted by the DMI
        return math.acos(max(-1.0, min(1.0, dmi / hard)))
    return math.pi if dmi < 0 else 0.0


class _DomainWall(CompactModel):
    """Declarations and equations of a wall in a strip; the devices add terminals."""

    time_scale = "motion_time"
    reference = (
        "A. Thiaville, Y. Nakatani, J. Miltat, Y. Suzuki, Europhys. Lett. 69, 990 (2005); "
        "A. Thiaville, S. Rohart, E. Jue, V. Cros, A. Fert, Europhys. Lett. 100, 57002 (2012)"
    )
    doi = "10.1209/epl/i2004-10452-6"
    unsuited: ClassVar[tuple[type, ...]] = (Statics,)

    width = Option("fixed", ("fixed", "relaxing"), "whether the wall's width follows the energy's minimum")
    domains = Option(
        "up-down", tuple(POLARITIES), "magnetisation before and behind the wall, the polarity Q = +1 or -1"
    )

    length = Parameter(500e-9, "m", "length of the strip along which the wall moves", (1e-8, 1e-2))
    strip_width = Parameter(50e-9, "m", "width of the strip", (1e-9, 1e-4))
    thickness = Parameter(1e-9, "m", "thickness of the magnetic layer", (1e-10, 1e-7))
    heavy_metal_thickness = Parameter(
        0.0, "m", "thickness of the heavy metal, which shares the current in proportion", (0.0, 1e-7)
    )

    saturation_magnetization = Parameter(8e5, "A/m", "saturation magnetisation", (1e4, 3e6))
    exchange_stiffness = Parameter(1.3e-11, "J/m", "exchange stiffness, A", (1e-12, 1e-10))
    effective_anisotropy = Parameter(
        2e5, "J/m^3", "anisotropy of the domains' axis, demagnetisation included; gives the wall's width", (1e3, 1e7)
    )
    wall_width = Parameter(
        _equilibrium_width, "m", "wall-width parameter Delta at phi = 0; sqrt(A / K) if not given", (1e-10, 1e-3)
    )
    transverse_anisotropy_field = Parameter(
        2e4, "A/m", "H_K, which makes phi = pi/2 harder than phi = 0 (or easier if negative)", (-3e6, 3e6)
    )
    damping = Parameter(0.02, "1", "Gilbert damping, alpha", (1e-4, 1.0))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    polarization = Parameter(0.5, "1", "spin polarisation of the current in the magnet", (0.0, 1.0))
    nonadiabaticity = Parameter(0.04, "1", "non-adiabatic parameter of the spin-transfer torque, beta", (-1.0, 10.0))
    spin_hall_angle = Parameter(0.0, "1", "spin Hall angle of the heavy metal, positive for Pt", (-1.0, 1.0))
    dmi = Parameter(0.0, "J/m^2", "interfacial Dzyaloshinskii-Moriya constant, negative: left-handed", (-1e-2, 1e-2))

    pinning_energy = Parameter(0.0, "J", "height of the periodic pinning potential, V_0", (0.0, 1e-17))
    pinning_period = Parameter(30e-9, "m", "period of the pinning potential", (1e-9, 1e-5))
    notch_energy = Parameter(0.0, "J", "depth of the notch's potential (negative: a barrier)", (-1e-17, 1e-17))
    notch_width = Parameter(20e-9, "m", "width of the notch, its potential's standard deviation", (1e-9, 1e-5))
    notch_position = Parameter(lambda wall: wall.length / 2, "m", "position of the notch; the middle", (0.0, 1e-2))
    end_field = Parameter(5e4, "A/m", "field that repels the wall from the very end of the strip", (0.0, 3e6))
    end_width = Parameter(lambda wall: wall.length / 20, "m", "range of the ends' repulsion", (1e-10, 1e-2))

    field_x = Input(0.0, "A/m", "external field along x, the direction phi = 0", (-1e7, 1e7), netlist_scale=1e3)
    field_y = Input(0.0, "A/m", "external field along y, the direction phi = pi/2", (-1e7, 1e7), netlist_scale=1e3)
    field_z = Input(0.0, "A/m", "external field along z, the axis of the domains", (-1e7, 1e7), netlist_scale=1e3)

    initial_state = Parameter(0.5, "1", "position of the wall at t = 0, over the length", (0.0, 1.0))
    initial_angle = Parameter(_equilibrium_angle, "rad", "angle of the wall at t = 0; at rest", (-math.pi, math.pi))

    gamma_0 = Derived("m/(A*s)", "gyromagnetic ratio times vacuum permeability")
    magnet_area = Derived("m^2", "cross-section of the magnet")
    current_area = Derived("m^2", "cross-section of the current, heavy metal included")
    dmi_field = Derived("A/m", "field of the Dzyaloshinskii-Moriya interaction at phi = 0, along x for Q = 1")
    spin_hall_field_per_ampere = Derived("1/m", "field of the spin Hall torque per current")
    drift_per_ampere = Derived("m/(A*s)", "spin-drift velocity u per current")
    walker_field = Derived("A/m", "field of the Walker breakdown without DMI, alpha |H_K| / 2")
    walker_velocity = Derived("m/s", "velocity at the Walker breakdown, and the threshold of u at beta = 0")
    field_mobility = Derived("m^2/(A*s)", "velocity per field well below breakdown")
    dmi_velocity = Derived("m/s", "largest velocity that the spin Hall torque reaches through the DMI")
    energy_per_field = Derived("J/m/(A/m)", "work on the wall per length and field, 2 mu_0 M_s times the cross-section")
    width_rate = Derived("1/s", "rate at which the wall's width relaxes")
    motion_time = Derived("s", "time in which angle and width of the wall move")

    x = State("1", "position of the wall over the length", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    angle = State("rad", "angle phi of the wall's magnetisation", initial=lambda s: s.initial_angle)
    relative_width = State(
        "1", "width of the wall over that at phi = 0", bounds=(0.1, 10.0), initial=lambda s: _initial_width(s)
    )
    spin_drift_velocity = Auxiliary("m/s", "spin-drift velocity u of the current", report=True)
    angle_drive = Auxiliary("rad/s", "sum a of the torques that displace the wall", scale=1e9)
    position_drive = Auxiliary("rad/s", "sum b of the torques that turn the wall", scale=1e9)
    thermal_field = Noise("A/m", "thermal field along the axis of the domains")
    thermal_transverse_field = Noise("A/m", "thermal field across the wall's magnetisation")
    wall_position = Observable("m", "position of the wall")

    @classmethod
    def wall_equations(cls, s: Symbols, current: Any) -> dict[str, Any]:
        """Equations of the wall; a positive current is one whose electrons run towards larger q."""
        polarity = POLARITIES[s.domains]
        alpha, m_s, position = s.damping, s.saturation_magnetization, s.x * s.length
        relative_width = s.relative_width if s.width == "relaxing" else sp.S.One
        width = s.wall_width * relative_width
        sin, cos, quarter = sp.sin(s.angle), sp.cos(s.angle), sp.pi / 2
        drift = s.spin_drift_velocity

        along_x = s.field_x + polarity * s.dmi_field / relative_width
        across = s.transverse_anisotropy_field * sin * cos + quarter * (along_x * sin - s.field_y * cos)
        spin_hall = s.spin_hall_field_per_ampere * current
        upwards = s.field_z + quarter * spin_hall * cos
        # d/dq of V_0 sin^2(pi q / p) and of -V_n exp(-(q - q_n)^2 / (2 w^2)), as fields
        offset = (position - s.notch_position) / s.notch_width
        slope = s.pinning_energy * sp.pi / s.pinning_period * sp.sin(2 * sp.pi * position / s.pinning_period)
        slope += s.notch_energy * offset / s.notch_width * sp.exp(-(offset**2) / 2)
        ends = ramp(1 - position / s.end_width) ** 2 - ramp(1 - (s.length - position) / s.end_width) ** 2
        push = s.end_field * ends - slope / s.energy_per_field

        noise_a = s.gamma_0 * s.thermal_transverse_field
        noise_b = s.gamma_0 * s.thermal_field
        a, b = s.angle_drive + noise_a, s.position_drive + noise_b
        density = alpha * k_B * s.temperature / (s.gamma_0 * mu_0 * m_s * s.wall_width * s.magnet_area)
        stiffness = s.exchange_stiffness / s.wall_width**2
        ratio = mu_0 * m_s * s.transverse_anisotropy_field / (2 * stiffness)
        pull = mu_0 * m_s * quarter / stiffness * (s.field_x * cos + s.field_y * sin)
        breathing = s.width_rate / 2 * (1 / relative_width - relative_width * (1 + ratio * sin**2 - pull))
        return {
            "gamma_0": s.gyromagnetic_ratio * mu_0,
            "magnet_area": s.strip_width * s.thickness,
            "current_area": s.strip_width * (s.thickness + s.heavy_metal_thickness),
            "dmi_field": s.dmi / (mu_0 * m_s * s.wall_width),
            "spin_hall_field_per_ampere": hbar
            * s.spin_hall_angle
            / (2 * q_e * mu_0 * m_s * s.thickness * s.current_area),
            "drift_per_ampere": s.gyromagnetic_ratio * hbar * s.polarization / (2 * q_e * m_s * s.current_area),
            "walker_field": alpha * sp.Abs(s.transverse_anisotropy_field) / 2,
            "walker_velocity": s.gamma_0 * s.wall_width * sp.Abs(s.transverse_anisotropy_field) / 2,
            "field_mobility": s.gamma_0 * s.wall_width / alpha,
            "dmi_velocity": quarter * s.gamma_0 * s.wall_width * sp.Abs(s.dmi_field),
            "energy_per_field": 2 * mu_0 * m_s * s.magnet_area,
            "width_rate": 24 * s.gamma_0 * s.exchange_stiffness / (sp.pi**2 * alpha * mu_0 * m_s * s.wall_width**2),
            # 1e4 A/m stands for the field that drives the wall; a noisy step is a thousandth of this time.
            "motion_time": 1
            / (
                s.gamma_0 * (sp.Abs(s.transverse_anisotropy_field) + sp.Abs(s.dmi_field) + 1e4) / 10
                + (s.width_rate / 200 if s.width == "relaxing" else 0)
            ),
            "spin_drift_velocity": s.drift_per_ampere * current,
            "angle_drive": s.gamma_0 * across + polarity * drift / width,
            "position_drive": s.gamma_0 * (polarity * upwards + push) + s.nonadiabaticity * drift / width,
            "dx/dt": width / s.length * (polarity * a + alpha * b) / (1 + alpha**2),
            "dangle/dt": (polarity * b - alpha * a) / (1 + alpha**2),
            "drelative_width/dt": breathing if s.width == "relaxing" else (1 - s.relative_width) / s.motion_time,
            "thermal_field": density,
            "thermal_transverse_field": density,
            "wall_position": position,
        }

    def check(self) -> None:
        if self.end_width > self.length / 2:
            raise ParameterError(f"end_width = {self.end_width:g} m must not exceed half the length")
        softest = self.exchange_stiffness / self.wall_width**2
        softest += VACUUM_PERMEABILITY * self.saturation_magnetization * min(self.transverse_anisotropy_field, 0) / 2
        if self.width == "relaxing" and softest <= 0:
            raise ParameterError("transverse_anisotropy_field must leave the wall a finite width, mu_0 M_s H_K > -2 K")

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The wall at the far end (the strip parallel to the reference layer) and at the near end."""
        return {"parallel": {"initial_state": 1.0}, "antiparallel": {"initial_state": 0.0}}

    @property
    def current_mobility(self) -> float:
        r"""Velocity per current well below breakdown, without pinning [m/(A*s)].

        .. math:: \frac{v}{I} = \frac{1}{\alpha I}\left[\beta u
            + \tfrac{\pi}{2}\, Q \gamma_0 \Delta\, H_\mathrm{SH} \cos\phi_0\right]

        with :math:`\phi_0` the initial angle.
        """
        spin_hall = self.gamma_0 * self.wall_width * self.spin_hall_field_per_ampere * math.cos(self.initial_angle)
        spin_hall *= POLARITIES[self.domains] * math.pi / 2
        return float((self.nonadiabaticity * self.drift_per_ampere + spin_hall) / self.damping)

    @property
    def critical_current(self) -> float:
        """Intrinsic threshold of the current at beta = 0 without spin Hall torque: u = walker_velocity [A]."""
        return float(self.walker_velocity / self.drift_per_ampere) if self.drift_per_ampere else math.inf

    @offers(WallMotion)
    def suggested_motion(self, quantity: str = "current") -> WallMotion:
        """How to measure the wall's velocity against a drive: reaching beyond breakdown.

        Parameters
        ----------
        quantity : str
            ``"current"``, or ``"field"`` along the axis of the domains.

        Raises
        ------
        UnknownNameError
            If the velocity is not measured against that quantity.
        """
        # Ten times in which the angle relaxes pass before the measurement, and thirty during it.
        holding = abs(self.transverse_anisotropy_field) + abs(self.dmi_field) + 1e3
        duration = 40 * (1 + self.damping**2) / (self.damping * self.gamma_0 * holding)
        period = self.pinning_period if self.pinning_energy else None
        if known("quantity of the wall's velocity", quantity, ("current", "field")) == "field":
            field = 3 * max(self.walker_field, self.damping * math.pi / 2 * abs(self.dmi_field), 1e2)
            mobility = POLARITIES[self.domains] * float(self.field_mobility)
            return WallMotion("field_z", field, duration, mobility, self.length, period)
        largest = 2 * TYPICAL_CURRENT_DENSITY * self.current_area
        if self.dmi_field and self.spin_hall_field_per_ampere:
            # The torque of the spin Hall effect turns the wall against the DMI field: the velocity rises to that of it.
            turned = self.damping * abs(self.dmi_field / self.spin_hall_field_per_ampere)
            largest = min(largest, SATURATED * turned)
        return WallMotion("current", largest, duration, self.current_mobility, self.length, period)

    @offers(Drift, when=lambda wall: bool(wall.current_mobility) and not wall.pinning_energy and not wall.notch_energy)
    def suggested_drift(self) -> Drift:
        """Disturbance by reads: the wall's position under a read current a hundredth of that which writes, or less.

        Until a wall that nothing pins has moved by a twentieth of the strip, for which it takes at least as long as its
        angle to relax many times.
        """
        relaxed, share = self.suggested_motion("current").duration, DISTURBED * self.length
        current = READ_CURRENT_DENSITY * self.current_area
        slow = abs(self.current_mobility) * relaxed
        current = min(current, share / slow) if slow else current
        duration = share / abs(self.current_mobility * current) if slow else relaxed
        times = np.linspace(0.0, duration, 26)[1:]
        return Drift("wall_position", tuple(times.tolist()), self._voltage_at(current))

    def suggested_spectrum(self) -> Spectrum:
        """Where to look at the noise: at a read current, which leaves the wall at its end of the strip."""
        given = super().suggested_spectrum()
        read = self._voltage_at(READ_CURRENT_DENSITY * self.current_area)
        return dataclasses.replace(given, voltage=min(given.voltage, read))

    def _voltage_at(self, current: float) -> float:
        """Voltage that drives a current [A] through the first branch, to three digits [V]."""
        return float(f"{voltage_at_current(self, current):.3g}")

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A sine of a typical current density, or of the field of the Walker breakdown, slow enough to cross the strip.

        The period allows for the slower of the motions below and beyond breakdown; the wall starts at the near end.
        """
        sweep = super().suggested_sweep(quantity or "current")
        if sweep.quantity not in ("voltage", "current", "field_z"):
            return sweep
        start = {"initial_state": 0.1, "initial_angle": self.initial_angle}
        if sweep.quantity == "field_z":
            field = max(self.walker_field, 1e2)
            amplitude, speed = field, float(self.field_mobility) * field * self.damping
        else:
            current = TYPICAL_CURRENT_DENSITY * self.current_area
            if self.nonadiabaticity and not self.dmi and not self.spin_hall_angle:
                # Short of breakdown, and of a torque that would turn the wall while an end holds it.
                excess = max(1.0, abs(1 - self.nonadiabaticity / self.damping))
                current = min(current, 0.8 * self.critical_current / excess) or current
            drift = self.drift_per_ampere * current
            speed = min(abs(self.current_mobility * current), drift + self.dmi_velocity) or drift
            amplitude = current
            if sweep.quantity == "voltage":
                amplitude = current * self.write_resistance
        period = 4 * math.pi * self.length / max(speed, 1.0)
        return dataclasses.replace(
            sweep, amplitude=amplitude, period=period, waveform="sine", max_step=period / 1e4, overrides=start
        )

    def suggested_stimulus(self) -> Stimulus:
        """The current of the suggested sweep, for as long as takes the wall about half the strip from 0.2 of it."""
        sweep = self.suggested_sweep("current")
        assert sweep.amplitude is not None and sweep.period is not None
        duration = 0.5 * sweep.period / (4 * math.pi)
        sign = math.copysign(1.0, self.current_mobility)
        pulse = Pulse(0.0, sign * sweep.amplitude, 0.02 * duration, 0.02 * duration, 0.02 * duration, duration)
        return Stimulus(
            pulse, duration, "current", max_step=duration / 1e4, overrides={**sweep.overrides, "initial_state": 0.2}
        )

    @property
    def write_resistance(self) -> float:
        """Largest resistance of the path that drives the wall [ohm]."""
        raise NotImplementedError


def _initial_width(s: Symbols) -> Any:
    if s.width == "fixed":
        return sp.S.One
    ratio = mu_0 * s.saturation_magnetization * s.transverse_anisotropy_field * s.wall_width**2
    return 1 / sp.sqrt(1 + ratio / (2 * s.exchange_stiffness) * sp.sin(s.initial_angle) ** 2)
