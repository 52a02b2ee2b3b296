"""Spin-torque oscillator of a magnetic vortex: the core's motion by the Thiele equation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from ...core.offers import offers
from ...core.oscillator_protocols import Oscillation
from ...core.protocols import Spectrum, Statics, Stimulus, Sweep
from ...core.system import within
from ...language.declarations.declaration import (
    Branch,
    Derived,
    ElectricalNoise,
    Noise,
    Observable,
    Option,
    Parameter,
    State,
    Symbols,
)
from ...language.equations.constants import CONSTANTS, hbar, k_B, mu_0, q_e
from ...language.equations.functions import ramp, step
from ...language.errors import ParameterError
from ...language.waveforms.shapes import Pulse
from ...model import CompactModel
from ...physics.electrical_noise import white_noise

#: Oersted field's share of the stiffness over mu_0 M_s L R J, of a vortex whose chirality is the current's: at s = 0,
#: and its loss with the powers 2, 4, 6 of s, fitted to the two-vortex ansatz to 6e-4 up to s = 0.8.
OERSTED_STIFFNESS = 4 * sp.pi / 15
OERSTED_SOFTENING = (0.5765, 0.0971, 0.1746)
CHIRALITIES = {"none": 0, "positive": 1, "negative": -1}
#: Tilt of the free layer's magnetisation out of the plane beyond which there is no vortex.
LARGEST_TILT = 0.9


class VortexOscillator(CompactModel):
    r"""Vortex core in a circular free layer, driven by a current with a perpendicular spin polarisation.

    The Thiele equation
    :math:`\mathbf G \times \dot{\mathbf X} - D \dot{\mathbf X} - \nabla W + \mathbf F_\mathrm{ST} = 0`
    of the core at :math:`\mathbf X = R\,(x, y)`, solved for the velocity with :math:`z = x + i y`, :math:`s = |z|`:

    .. math::

        \dot z &= \frac{a - d\,\omega + i\,(\omega + a d)}{1 + d^2}\, z, \qquad
            \omega(s) = (1 + h)\, \omega_0 (1 + \kappa' s^2) +
            \sqrt{\tfrac{1 + h}{1 - h}}\; \omega_\mathrm{Oe}(s), \qquad d(s) = (1 + h)\, d_0 (1 + \xi s^2) \\
        \omega_0 &= \frac{5}{9 \pi} \gamma \mu_0 M_s \frac{L}{R}, \qquad
            d_0 = \alpha \left[\tfrac12 \ln\frac{R}{2 l_\mathrm{ex}} + \tfrac38\right], \qquad
            a = (1 + h)\, \frac{\gamma \hbar P_z J}{4 e M_s L} \\
        \omega_\mathrm{Oe} &= \frac{C}{2\pi} \frac{4\pi}{15} \gamma \mu_0 R J\,
            (1 - 0.5765\, s^2 - 0.0971\, s^4 - 0.1746\, s^6)

    so that gyration begins where :math:`a = d\,\omega` at :math:`s = 0`. Above the threshold the orbit's radius grows
    as :math:`s_0^2 \approx (I / I_\mathrm{th} - 1) / (\kappa' + \xi)` (:meth:`stationary_radius`). The thermal force
    obeys the fluctuation-dissipation theorem, :math:`\langle F_i F_j \rangle = 2 D k_B T \delta_{ij} \delta(t)`.

    A perpendicular field, positive along the core, tilts the magnetisation around the core,
    :math:`h = m_z = H / H_\mathrm{s}`. The gyrovector is proportional to :math:`1 - h`; damping, magnetostatic
    stiffness and spin torque to :math:`1 - h^2`, the Oersted stiffness to its root. With ``polarizer="tilted"`` the
    field lifts the polarising layer too, :math:`P_z = P p_z`, :math:`p_z = H / H_\mathrm{s,ref}` up to 1: a
    threshold like :math:`(1 + h) / p_z`; otherwise :math:`P_z = P` by a polariser of its own. The free layer's mean
    in-plane magnetisation, two thirds of the core's displacement, gives the resistance against the in-plane part of the
    reference layer,

    .. math:: R = R_0 - (\Delta R - \Delta R_v) + \Delta R_v \left[\tfrac23 x\,
        \sqrt{(1 - h^2)(1 - p_z^2)} - h p_z\right], \qquad \Delta R_v = \frac{\Delta R}{1 + (v / V_h)^2}

    (:math:`p_z = 0` here unless the polariser tilts), whose swing falls with the bias as that of a tunnel junction with
    a constant resistance when parallel.

    The vortex is stable up to ``largest_radius``, where the observable ``valid`` turns 0 and simulations warn:
    the core then is expelled or reversed, which is not described. ``expulsion_current`` is the current
    whose orbit has that radius. Beyond the disc's edge the core only is kept near it, so that circuits go on.
    A positive current from ``p`` to ``n`` makes the core gyrate.

    References
    ----------
    K. Yu. Guslienko et al., J. Appl. Phys. 91, 8037 (2002), doi:10.1063/1.1450816 (frequency); B. A. Ivanov,
    C. E. Zaspel, Phys. Rev. Lett. 99, 247208 (2007), doi:10.1103/PhysRevLett.99.247208, and A. V. Khvalkovskiy,
    J. Grollier, A. Dussaux, K. A. Zvezdin, V. Cros, Phys. Rev. B 80, 140401 (2009), doi:10.1103/PhysRevB.80.140401
    (threshold); A. Dussaux et al., Phys. Rev. B 86, 014402 (2012), doi:10.1103/PhysRevB.86.014402 (nonlinear terms,
    field); G. de Loubens et al., Phys. Rev. Lett. 102, 177602 (2009), doi:10.1103/PhysRevLett.102.177602 (frequency in
    a perpendicular field); F. Abreu Araujo, C. Chopin, S. de Wergifosse, Sci. Rep. 12, 10605 (2022),
    doi:10.1038/s41598-022-14574-3 (Oersted field at large radii).
    """

    symbol = "oscillator"
    label = "Vortex oscillator"
    reference = "A. Dussaux et al., Phys. Rev. B 86, 014402 (2012)"
    doi = "10.1103/PhysRevB.86.014402"
    time_scale = "period"
    unsuited = (Statics, Sweep)

    voltage = Branch("p", "n", "voltage across the oscillator")

    chirality = Option("none", tuple(CHIRALITIES), "sense of the vortex against the Oersted field; none neglects that")
    polarizer = Option("perpendicular", ("perpendicular", "tilted"), "perpendicular by itself, or lifted by the field")
    diameter = Parameter(300e-9, "m", "diameter of the disc", (2e-8, 1e-5))
    thickness = Parameter(5e-9, "m", "thickness of the free layer", (5e-10, 1e-7))
    saturation_magnetization = Parameter(8e5, "A/m", "saturation magnetisation", (1e4, 3e6))
    exchange_length = Parameter(5e-9, "m", "exchange length, the size of the core", (1e-9, 2e-8))
    damping = Parameter(0.01, "1", "Gilbert damping", (1e-4, 0.5))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    polarization = Parameter(0.2, "1", "spin polarisation P of the current, along the polariser", (1e-3, 1.0))
    perpendicular_field = Parameter(
        lambda s: 0.3 * s.reference_saturation_field if s.polarizer == "tilted" else 0.0,
        "A/m",
        "perpendicular field, positive along the core",
        (-5e6, 5e6),
    )
    saturation_field = Parameter(
        lambda s: s.saturation_magnetization, "A/m", "perpendicular field that saturates the free layer", (1e3, 1e7)
    )
    reference_saturation_field = Parameter(1e6, "A/m", "field that turns a tilted polariser perpendicular", (1e3, 1e7))
    nonlinear_stiffness = Parameter(0.25, "1", "nonlinearity kappa' of the stiffness", (-0.5, 10.0))
    nonlinear_damping = Parameter(0.6, "1", "nonlinearity xi of the damping", (0.0, 10.0))
    largest_radius = Parameter(0.8, "1", "radius of the largest orbit, over that of the disc", (0.1, 1.0))
    static_resistance = Parameter(50.0, "ohm", "resistance with the core in the middle, without field", (1e-2, 1e9))
    resistance_swing = Parameter(10.0, "ohm", "resistance between magnetisation along and across, half", (0.0, 1e9))
    swing_half_voltage = Parameter(100.0, "V", "voltage at which the resistance swing is halved", (0.01, 1e3))
    fano_factor = Parameter(0.0, "1", "shot noise over that of a tunnel barrier", (0.0, 1.0))
    initial_radius = Parameter(0.1, "1", "displacement of the core at t = 0, over the radius", (0.0, 0.9))
    initial_phase = Parameter(0.0, "rad", "direction of the displacement at t = 0", (-math.pi, math.pi))

    radius = Derived("m", "radius of the disc")
    tilt = Derived("1", "cosine of the magnetisation around the core with the normal, h")
    polarizer_tilt = Derived("1", "cosine of the polariser with the normal, p_z, where the field lifts it")
    gyrovector = Derived("kg/s", "magnitude of the gyrovector, 2 pi M_s L (1 - h) / gamma")
    gyrotropic_frequency = Derived("rad/s", "angular frequency of small gyration in the field, without current")
    relative_damping = Derived("1", "damping over gyrovector, D / G, of a core in the middle")
    torque_rate = Derived("1/(A*s)", "rate a of the spin torque per current")
    oersted_rate = Derived("1/(A*s)", "shift of the angular frequency by the Oersted field per current")
    threshold_current = Derived("A", "current at which gyration begins")
    expulsion_current = Derived("A", "current whose orbit has the largest radius")
    period = Derived("s", "period of small gyration")

    # No bounds: a core beyond the disc is marked as not valid.
    x = State("1", "core along x, over the radius", initial=lambda s: s.initial_radius * sp.cos(s.initial_phase))
    y = State("1", "core along y, over the radius", initial=lambda s: s.initial_radius * sp.sin(s.initial_phase))
    noise_x = Noise("1/s", "thermal velocity along x")
    noise_y = Noise("1/s", "thermal velocity along y")
    current_noise = ElectricalNoise("voltage", "thermal and shot noise of the current")
    envelope = Observable("1", "radius of the orbit over that of the disc")
    resistance = Observable("ohm", "resistance")
    valid = Observable("1", "1 while the core is within the largest radius: its expulsion is not described")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        square = s.x**2 + s.y**2
        edge = ramp(square - 1)
        gamma_0, area = s.gyromagnetic_ratio * mu_0, sp.pi * s.radius**2
        tilted = s.polarizer == "tilted"
        # A core that has left the disc stays in it as far as the readout is concerned.
        across = sp.Rational(2, 3) * s.x / sp.sqrt(1 + edge) * sp.sqrt((1 - s.tilt**2) * (1 - s.polarizer_tilt**2))
        swing = s.resistance_swing / (1 + (s.voltage / s.swing_half_voltage) ** 2)
        resistance = s.static_resistance - s.resistance_swing + swing * (1 + across - s.tilt * s.polarizer_tilt)
        current = s.voltage / resistance
        growth, turning, density = cls.motion(s, square - edge, current, s.temperature)
        growth -= s.gyrotropic_frequency * edge
        largest = s.largest_radius**2
        _, softened = cls.stiffness(s, largest)
        damped = s.relative_damping * (1 + s.nonlinear_damping * largest)
        stiff = s.gyrotropic_frequency * (1 + s.nonlinear_stiffness * largest)
        normal = s.polarization * (s.polarizer_tilt if tilted else 1)
        return {
            "radius": s.diameter / 2,
            "tilt": s.perpendicular_field / s.saturation_field,
            "polarizer_tilt": within(s.perpendicular_field / s.reference_saturation_field, (-1, 1)) if tilted else 0,
            "gyrovector": 2 * sp.pi * s.saturation_magnetization * s.thickness * (1 - s.tilt) / s.gyromagnetic_ratio,
            "gyrotropic_frequency": (1 + s.tilt)
            * (5 / (9 * sp.pi) * gamma_0 * s.saturation_magnetization * s.thickness / s.radius),
            "relative_damping": (1 + s.tilt)
            * s.damping
            * (sp.log(s.radius / (2 * s.exchange_length)) / 2 + sp.Rational(3, 8)),
            "torque_rate": (1 + s.tilt)
            * (s.gyromagnetic_ratio * hbar * normal / (4 * q_e * s.saturation_magnetization * s.thickness * area)),
            "oersted_rate": sp.sqrt((1 + s.tilt) / (1 - s.tilt))
            * (CHIRALITIES[s.chirality] * OERSTED_STIFFNESS / (2 * sp.pi) * gamma_0 * s.radius / area),
            # At the threshold a = d omega, and the Oersted field shifts omega with the current.
            "threshold_current": s.relative_damping
            * s.gyrotropic_frequency
            / (s.torque_rate - s.relative_damping * s.oersted_rate),
            "expulsion_current": damped * stiff / (s.torque_rate - damped * s.oersted_rate * softened),
            "period": 2 * sp.pi / s.gyrotropic_frequency,
            "current": current,
            "dx/dt": growth * s.x - turning * s.y + s.noise_x,
            "dy/dt": growth * s.y + turning * s.x + s.noise_y,
            "noise_x": density,
            "noise_y": density,
            "envelope": sp.sqrt(square),
            "resistance": resistance,
            "current_noise": (white_noise(s.voltage, 1 / resistance, s.temperature, s.fano_factor), sp.S.Zero),
            "valid": step(largest - square),
        }

    @staticmethod
    def stiffness(s: Any, square: Any) -> tuple[Any, Any]:
        """Stiffness at an orbit of radius squared, over that at the centre: magnetostatic, and of the Oersted field."""
        softened = 1 - sum(c * square ** (k + 1) for k, c in enumerate(OERSTED_SOFTENING))
        return 1 + s.nonlinear_stiffness * square, softened

    @classmethod
    def motion(cls, s: Any, square: Any, current: Any, temperature: Any) -> tuple[Any, Any, Any]:
        """Rates of growth [1/s] and turning [rad/s], and density of the noise [1/s], on an orbit of radius squared."""
        magnetostatic, oersted = cls.stiffness(s, square)
        omega = s.gyrotropic_frequency * magnetostatic + s.oersted_rate * current * oersted
        d = s.relative_damping * (1 + s.nonlinear_damping * square)
        a = s.torque_rate * current
        density = 2 * d * k_B * temperature / (s.gyrovector * s.radius**2 * (1 + d**2))
        return (a - d * omega) / (1 + d**2), (omega + a * d) / (1 + d**2), density

    def check(self) -> None:
        if self.diameter < 8 * self.exchange_length:
            raise ParameterError("diameter must be at least 8 exchange lengths for a vortex with a core")
        if self.resistance_swing > 0.7 * self.static_resistance:
            raise ParameterError("resistance_swing must not exceed 0.7 of the static resistance")
        if abs(self.perpendicular_field) > LARGEST_TILT * self.saturation_field:
            raise ParameterError(
                f"perpendicular_field = {self.perpendicular_field:g} A/m leaves no vortex: it must stay below "
                f"{LARGEST_TILT:g} of saturation_field = {self.saturation_field:g} A/m"
            )
        if self.polarizer == "tilted" and self.perpendicular_field == 0:
            raise ParameterError("perpendicular_field must not be zero with a tilted polarizer, which it lifts")

    # --- the orbit in closed form -----------------------------------------------------------

    def _motion(self, square: Any, current: float, temperature: float = 0.0) -> list[Any]:
        """Growth, turning and density of the noise on an orbit of radius squared, which may be a symbol."""
        values = SimpleNamespace(**self.values, **self.derived)
        constants = {symbol: value for symbol, (value, *_) in CONSTANTS.items()}
        return [sp.sympify(part).subs(constants) for part in self.motion(values, square, current, temperature)]

    def stationary_radius(self, current: float) -> float:
        """Radius s_0 of the orbit at a dc current [A], where torque and damping balance; 0 below the threshold.

        Raises
        ------
        ParameterError
            If the orbit is larger than the largest one.
        """
        if self._motion(0.0, current)[0] <= 0:
            return 0.0
        largest = self.largest_radius**2
        if self._motion(largest, current)[0] > 0:
            raise ParameterError(
                f"at {current:g} A the core is expelled: orbits beyond largest_radius = {self.largest_radius:g}, which "
                f"{self.expulsion_current:g} A reach, are not described"
            )
        return math.sqrt(brentq(lambda square: float(self._motion(square, current)[0]), 0.0, largest, xtol=1e-15))

    def _slopes(self, current: float) -> tuple[float, float, float]:
        """Radius squared of the orbit, and the slopes of growth and turning over it."""
        square, symbol = self.stationary_radius(current) ** 2, sp.Symbol("square")
        growth, turning, _ = (float(e.diff(symbol).subs(symbol, square)) for e in self._motion(symbol, current))
        return square, growth, turning

    def stationary_frequency(self, current: float) -> float:
        """Frequency [Hz] of the orbit at a dc current [A], of small gyration below the threshold."""
        return float(self._motion(self.stationary_radius(current) ** 2, current)[1]) / (2 * math.pi)

    def relaxation_rate(self, current: float) -> float:
        """Rate [1/s] at which a small deviation of the radius decays at a dc current [A]."""
        square, growth, _ = self._slopes(current)
        return -2 * square * growth if square > 0 else -float(self._motion(0.0, current)[0])

    def generation_linewidth(self, current: float, temperature: float = 300.0) -> float:
        r"""Full width at half maximum [Hz] of the line at a dc current [A] above the threshold.

        .. math:: \Delta f = \frac{S}{2\pi s_0^2} (1 + \nu^2), \qquad \nu = \frac{\omega'(s_0^2)}{g'(s_0^2)}

        with the density S of the thermal velocity, the rate of growth g and that of turning, of the radius
        squared: amplitude noise becomes that of the phase through the frequency. Valid while the line is narrow against
        the rate of relaxation.

        Raises
        ------
        ParameterError
            If the core does not gyrate at that current.

        References
        ----------
        A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009), doi:10.1109/TMAG.2008.2009935.
        """
        square, growth, turning = self._slopes(current)
        if square == 0:
            raise ParameterError(f"nothing gyrates at {current:g} A: the threshold is {self.threshold_current:g} A")
        density = float(self._motion(square, current, temperature)[2])
        return density / (2 * math.pi * square) * (1 + (turning / growth) ** 2)

    # --- suggestions ------------------------------------------------------------------------

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The core in the middle."""
        return {"rest": {"initial_radius": 0.0}}

    def suggested_spectrum(self) -> Spectrum:
        """Where to look at the noise: at 0.1 V, or half the threshold, below which the oscillator is at rest.

        Over two decades around its line.
        """
        threshold = self.threshold_current * self.static_resistance
        return super().suggested_spectrum().below(threshold, self.gyrotropic_frequency / (2 * math.pi))

    @offers(Oscillation)
    def suggested_oscillation(self) -> Oscillation:
        """Currents up to 1.4 times the threshold or nearly the expulsion, each until the orbit has settled."""
        highest = min(1.4, 1 + 0.95 * (self.expulsion_current / self.threshold_current - 1))
        currents = tuple(self.threshold_current * factor for factor in np.linspace(0.7, highest, 15).tolist())
        rate = self.relative_damping * self.gyrotropic_frequency
        return Oscillation(currents, 1 / self.period, settling=40 / rate, linewidth=rate / math.pi)

    def suggested_stimulus(self) -> Stimulus:
        """A current of 1.3 times the threshold over ten gyrations."""
        edge = 0.1 * self.period
        drive = Pulse(0.0, 1.3 * self.threshold_current, edge, edge, edge, 10 * self.period)
        return Stimulus(
            drive, 10 * self.period, "current", max_step=self.period / 400, overrides={"initial_radius": 0.2}
        )
