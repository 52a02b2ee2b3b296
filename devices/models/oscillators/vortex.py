"""Spin-torque oscillator of a magnetic vortex: the core's motion by the Thiele equation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ...core.protocols import Oscillation, Statics, Stimulus, Sweep, offers
from ...language.constants import hbar, k_B, mu_0, q_e
from ...language.declaration import Branch, Derived, Noise, Observable, Option, Parameter, State, Symbols
from ...language.errors import ParameterError
from ...language.waveforms import Pulse
from ...model import CompactModel

#: Oersted field's share of the stiffness over mu_0 M_s L R J, of a vortex whose chirality is the current's.
OERSTED_STIFFNESS = 0.85
CHIRALITIES = {"none": 0, "positive": 1, "negative": -1}


class VortexOscillator(CompactModel):
    r"""Vortex core in a circular free layer, driven by a current with a perpendicular spin polarisation.

    The Thiele equation
    :math:`\mathbf G \times \dot{\mathbf X} - D \dot{\mathbf X} - \nabla W + \mathbf F_\mathrm{ST} = 0`
    of the core at :math:`\mathbf X = R\,(x, y)`, solved for the velocity with :math:`z = x + i y`, :math:`s = |z|`:

    .. math::

        \dot z &= \frac{a - d\,\omega + i\,(\omega + a d)}{1 + d^2}\, z, \qquad
            \omega(s) = \omega_0 (1 + \kappa' s^2) + \omega_\mathrm{Oe}, \qquad d(s) = d_0 (1 + \xi s^2) \\
        \omega_0 &= \frac{5}{9 \pi} \gamma \mu_0 M_s \frac{L}{R}, \qquad
            d_0 = \alpha \left[\tfrac12 \ln\frac{R}{2 l_\mathrm{ex}} + \tfrac38\right], \qquad
            a = \frac{\gamma \hbar P J}{4 e M_s L}, \qquad \omega_\mathrm{Oe} = \frac{0.85}{2\pi} \gamma \mu_0 R J

    so that gyration begins where :math:`a = d_0 \omega`. Above the threshold the orbit's radius grows as
    :math:`s_0^2 \approx (I / I_\mathrm{th} - 1) / (\kappa' + \xi)`. The thermal force obeys the fluctuation-dissipation
    theorem, :math:`\langle F_i F_j \rangle = 2 D k_B T \delta_{ij} \delta(t)`. The free layer's mean in-plane
    magnetisation, two thirds of the core's displacement, gives the resistance

    .. math:: v = [R_0 + \tfrac23 \Delta R\, x]\, i

    Valid for :math:`s` below about 0.7; the expulsion of the core is not described, which a bound keeps in the disc.
    A positive current from ``p`` to ``n`` makes the core gyrate.

    References
    ----------
    K. Yu. Guslienko et al., J. Appl. Phys. 91, 8037 (2002), doi:10.1063/1.1450816 (frequency); B. A. Ivanov,
    C. E. Zaspel, Phys. Rev. Lett. 99, 247208 (2007), doi:10.1103/PhysRevLett.99.247208, and A. V. Khvalkovskiy,
    J. Grollier, A. Dussaux, K. A. Zvezdin, V. Cros, Phys. Rev. B 80, 140401 (2009), doi:10.1103/PhysRevB.80.140401
    (threshold); A. Dussaux et al., Phys. Rev. B 86, 014402 (2012), doi:10.1103/PhysRevB.86.014402 (nonlinear terms).
    """

    reference = "A. Dussaux et al., Phys. Rev. B 86, 014402 (2012)"
    doi = "10.1103/PhysRevB.86.014402"
    time_scale = "period"
    unsuited = (Statics, Sweep)

    voltage = Branch("p", "n", "voltage across the oscillator")

    chirality = Option("none", tuple(CHIRALITIES), "sense of the vortex against the Oersted field; none neglects that")
    diameter = Parameter(300e-9, "m", "diameter of the disc", (2e-8, 1e-5))
    thickness = Parameter(5e-9, "m", "thickness of the free layer", (5e-10, 1e-7))
    saturation_magnetization = Parameter(8e5, "A/m", "saturation magnetisation", (1e4, 3e6))
    exchange_length = Parameter(5e-9, "m", "exchange length, the size of the core", (1e-9, 2e-8))
    damping = Parameter(0.01, "1", "Gilbert damping", (1e-4, 0.5))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    polarization = Parameter(0.2, "1", "perpendicular component of the current's spin polarisation", (1e-3, 1.0))
    nonlinear_stiffness = Parameter(0.25, "1", "nonlinearity kappa' of the stiffness", (-0.5, 10.0))
    nonlinear_damping = Parameter(0.6, "1", "nonlinearity xi of the damping", (0.0, 10.0))
    static_resistance = Parameter(50.0, "ohm", "resistance with the core in the middle", (1e-2, 1e9))
    resistance_swing = Parameter(10.0, "ohm", "resistance between magnetisation along and across, half", (0.0, 1e9))
    initial_radius = Parameter(0.1, "1", "displacement of the core at t = 0, over the radius", (0.0, 0.9))
    initial_phase = Parameter(0.0, "rad", "direction of the displacement at t = 0", (-math.pi, math.pi))

    radius = Derived("m", "radius of the disc")
    gyrovector = Derived("kg/s", "magnitude of the gyrovector, 2 pi M_s L / gamma")
    gyrotropic_frequency = Derived("rad/s", "angular frequency of small gyration, without Oersted field")
    relative_damping = Derived("1", "damping over gyrovector, D / G, of a core in the middle")
    torque_rate = Derived("1/(A*s)", "rate a of the spin torque per current")
    oersted_rate = Derived("1/(A*s)", "shift of the angular frequency by the Oersted field per current")
    threshold_current = Derived("A", "current at which gyration begins")
    period = Derived("s", "period of small gyration")

    x = State(
        "1",
        "core along x, over the radius",
        bounds=(-1.0, 1.0),
        initial=lambda s: s.initial_radius * sp.cos(s.initial_phase),
    )
    y = State(
        "1",
        "core along y, over the radius",
        bounds=(-1.0, 1.0),
        initial=lambda s: s.initial_radius * sp.sin(s.initial_phase),
    )
    noise_x = Noise("1/s", "thermal velocity along x")
    noise_y = Noise("1/s", "thermal velocity along y")
    envelope = Observable("1", "radius of the orbit over that of the disc")
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        square = s.x**2 + s.y**2
        resistance = s.static_resistance + sp.Rational(2, 3) * s.resistance_swing * s.x
        current = s.voltage / resistance
        omega = s.gyrotropic_frequency * (1 + s.nonlinear_stiffness * square) + s.oersted_rate * current
        d = s.relative_damping * (1 + s.nonlinear_damping * square)
        a = s.torque_rate * current
        growth, turning = (a - d * omega) / (1 + d**2), (omega + a * d) / (1 + d**2)
        density = 2 * d * k_B * s.temperature / (s.gyrovector * s.radius**2 * (1 + d**2))
        gamma_0 = s.gyromagnetic_ratio * mu_0
        area = sp.pi * s.radius**2
        # At the threshold a = d_0 omega, and the Oersted field shifts omega with the current.
        slope = s.torque_rate - s.relative_damping * s.oersted_rate
        return {
            "radius": s.diameter / 2,
            "gyrovector": 2 * sp.pi * s.saturation_magnetization * s.thickness / s.gyromagnetic_ratio,
            "gyrotropic_frequency": 5 / (9 * sp.pi) * gamma_0 * s.saturation_magnetization * s.thickness / s.radius,
            "relative_damping": s.damping * (sp.log(s.radius / (2 * s.exchange_length)) / 2 + sp.Rational(3, 8)),
            "torque_rate": s.gyromagnetic_ratio
            * hbar
            * s.polarization
            / (4 * q_e * s.saturation_magnetization * s.thickness * area),
            "oersted_rate": CHIRALITIES[s.chirality] * OERSTED_STIFFNESS / (2 * sp.pi) * gamma_0 * s.radius / area,
            "threshold_current": s.relative_damping * s.gyrotropic_frequency / slope,
            "period": 2 * sp.pi / s.gyrotropic_frequency,
            "current": current,
            "dx/dt": growth * s.x - turning * s.y + s.noise_x,
            "dy/dt": growth * s.y + turning * s.x + s.noise_y,
            "noise_x": density,
            "noise_y": density,
            "envelope": sp.sqrt(square),
            "resistance": resistance,
        }

    def check(self) -> None:
        if self.diameter < 8 * self.exchange_length:
            raise ParameterError("diameter must be at least 8 exchange lengths for a vortex with a core")
        if self.resistance_swing > 0.7 * self.static_resistance:
            raise ParameterError("resistance_swing must not exceed 0.7 of the static resistance")

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The core in the middle."""
        return {"rest": {"initial_radius": 0.0}}

    @offers(Oscillation)
    def suggested_oscillation(self) -> Oscillation:
        """Currents up to 1.4 times the threshold, each until the orbit has settled."""
        currents = tuple(self.threshold_current * factor for factor in np.linspace(0.7, 1.4, 15).tolist())
        rate = self.relative_damping * self.gyrotropic_frequency
        return Oscillation(currents, 1 / self.period, settling=40 / rate, linewidth=rate / math.pi)

    def suggested_stimulus(self) -> Stimulus:
        """A current of 1.3 times the threshold over ten gyrations."""
        edge = 0.1 * self.period
        drive = Pulse(0.0, 1.3 * self.threshold_current, edge, edge, edge, 10 * self.period)
        return Stimulus(
            drive, 10 * self.period, "current", max_step=self.period / 400, overrides={"initial_radius": 0.2}
        )
