"""Ferroelectric tunnel junction: domains that switch by nucleation, read by tunnelling."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import scipy.constants as codata
import sympy as sp

from ...core.offers import offers
from ...core.protocols import Sweep, Switching
from ...language.checks import known, positive
from ...language.declarations.declaration import Branch, Derived, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.constants import hbar, k_B
from ...language.equations.functions import limexp, ramp, step
from ...language.errors import ParameterError
from ...model import CompactModel
from ...physics.conduction import thermal_voltage
from ...physics.tunnelling import ROUNDING, brinkman, tunnelling_decay
from ..memristors.fluctuations import TunnellingFluctuations

#: Voltage below which Merz's law is cut off, as its exponent has no end: nothing switches there. [V]
SMALLEST_VOLTAGE = 1e-9
#: Bounds of the resistances. [ohm]
RESISTANCES = (1e-2, 1e18)
#: Duration of a usual write pulse [s], and that of the suggested sweep over it; amplitude of that over the pulse's.
PULSE, SLOWNESS, EXCESS = 1e-7, 100, 1.2


class FerroelectricTunnelJunction(CompactModel):
    r"""Tunnel junction through a ferroelectric whose domains make their own share of the conductance.

    .. math::

        i = \left[\frac{x\, g_\mathrm{on}(v)}{R_\mathrm{on}} + \frac{(1 - x)\, g_\mathrm{off}(v)}{R_\mathrm{off}}\right]
            v, \qquad \dot x = k_+ (1 - x) - k_- x

    with the part :math:`x` of the area that is polarised towards the low resistance. Domains do not wait for each
    other: each nucleates at a rate of the voltage alone, so that a pulse leaves :math:`1 - x = e^{-k_+ t}`. A positive
    voltage from ``p`` to ``n`` turns the junction on. The rates follow Merz's law (``kinetics="merz"``), as a time that
    grows exponentially with the inverse field,

    .. math:: k_\pm = \frac{1}{\tau_0} \exp\left(-\frac{V_\pm}{\max(\pm v, 0)}\right)

    or the theory of the transition state over a barrier :math:`W` that the field tilts (``kinetics="barrier"``),

    .. math::

        k_\pm = \frac{k_B T}{2 \pi \hbar} \exp\left(-\frac{W \mp a\,(v/t - E_0)}{V_T}\right), \qquad
        V_T = \frac{k_B T}{e}

    with the distance :math:`a` over which it acts, the film's thickness t and a built-in field :math:`E_0`. In that
    theory the film rests at :math:`x = 1/[1 + e^{-2 a (v/t - E_0)/V_T}]`, and forgets in a time that its barrier tells.

    Electrons tunnel through a barrier whose height depends on the polarisation. Unless it is given, the high resistance
    is the low one times :math:`e^{K_\mathrm{off} - K_\mathrm{on}}`, with the decays :math:`K = 2 d \sqrt{2 m e \phi} /
    \hbar` of the tunnelling probability. The factors g are 1 (``conduction="ohmic"``), or Brinkman's parabola for each
    barrier (``"brinkman"``), which holds below its height. The charge of the polarisation, and the capacitance, are
    not part of the model: put a capacitor beside it where they matter.

    References
    ----------
    A. Chanthbouala et al., Nature Mater. 11, 860 (2012), doi:10.1038/nmat3415 (domains in parallel, nucleation);
    W. J. Merz, Phys. Rev. 95, 690 (1954), doi:10.1103/PhysRev.95.690; L. Fehlings et al., arXiv:2410.07791 (2024),
    doi:10.48550/arXiv.2410.07791 (rates over a barrier); W. F. Brinkman, R. C. Dynes, J. M. Rowell, J. Appl. Phys. 41,
    1915 (1970), doi:10.1063/1.1659141; M. Y. Zhuravlev, R. F. Sabirianov, S. S. Jaswal, E. Y. Tsymbal, Phys. Rev.
    Lett. 94, 246802 (2005), doi:10.1103/PhysRevLett.94.246802.
    """

    label = "Ferroelectric tunnel junction"
    reference = "A. Chanthbouala et al., Nature Mater. 11, 860 (2012)"
    doi = "10.1038/nmat3415"
    time_scale = PULSE

    voltage = Branch("p", "n", "voltage across the junction")

    kinetics = Option("merz", ("merz", "barrier"), "law of the rates at which domains switch")
    conduction = Option("ohmic", ("ohmic", "brinkman"), "law of the current through each kind of domain")
    attempt_time = Parameter(1e-10, "s", "tau_0 of Merz's law", (1e-15, 1.0))
    activation_voltage_on = Parameter(15.0, "V", "V_+ of Merz's law: its field times the thickness", (1e-2, 1e4))
    activation_voltage_off = Parameter(
        lambda s: s.activation_voltage_on, "V", "V_- of Merz's law, for negative voltages", (1e-2, 1e4)
    )
    switching_barrier = Parameter(1.05, "V", "barrier W over the electron charge", (0.1, 5.0))
    action_distance = Parameter(7.5e-9, "m", "distance a over which the field tilts the barrier", (1e-11, 1e-7))
    built_in_field = Parameter(0.0, "V/m", "E_0, which positive voltages have to overcome", (-1e9, 1e9))
    ferroelectric_thickness = Parameter(9.8e-9, "m", "thickness t of the film in which the field is", (5e-10, 1e-7))
    ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings", (50.0, 1000.0))
    barrier_height_on = Parameter(1.0, "V", "height of the tunnel barrier when on", (0.1, 10.0))
    barrier_height_off = Parameter(1.6, "V", "height of the tunnel barrier when off", (0.1, 10.0))
    barrier_asymmetry_on = Parameter(0.0, "V", "difference between its sides when on", (-10.0, 10.0))
    barrier_asymmetry_off = Parameter(0.0, "V", "difference between its sides when off", (-10.0, 10.0))
    barrier_thickness = Parameter(2e-9, "m", "thickness of the tunnel barrier", (5e-10, 1e-8))
    effective_mass = Parameter(1.0, "1", "effective mass in the barrier over the electron's", (0.01, 10.0))
    resistance_on = Parameter(1e5, "ohm", "resistance at no voltage when on", RESISTANCES)
    resistance_off = Parameter(
        lambda s: _higher_resistance(s),
        "ohm",
        "resistance at no voltage when off; by default of the higher barrier",
        RESISTANCES,
    )
    initial_state = Parameter(0.0, "1", "state at t = 0: 0 off, 1 on", (0.0, 1.0))
    fluctuations = Part(TunnellingFluctuations, "")

    decay_on = Derived("1", "decay of the tunnelling probability when on")
    decay_off = Derived("1", "decay of the tunnelling probability when off")

    x = State(
        "1",
        "part that is polarised towards the low resistance",
        bounds=(0.0, 1.0),
        boundary_layer=1e-4,
        initial=lambda s: s.initial_state,
    )
    resistance = Observable("ohm", "voltage over current")
    valid = Observable("1", "1 while the law of the current holds, that of Brinkman below the height of the barriers")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        on, off = cls._conductances(s)
        conductance = (s.x * on + (1 - s.x) * off) * TunnellingFluctuations.share(s)
        if s.conduction == "ohmic":
            valid = sp.S.One
        else:
            lower = (s.barrier_height_on + s.barrier_height_off - abs(s.barrier_height_on - s.barrier_height_off)) / 2
            valid = step(lower**2 * (1 + ROUNDING) - s.voltage**2)
        up, down = cls._rates(s)
        return {
            "decay_on": tunnelling_decay(s.barrier_height_on, s.barrier_thickness, s.effective_mass),
            "decay_off": tunnelling_decay(s.barrier_height_off, s.barrier_thickness, s.effective_mass),
            "current": conductance * s.voltage,
            "dx/dt": up * (1 - s.x) - down * s.x,
            "resistance": 1 / conductance,
            "valid": valid,
            **TunnellingFluctuations.fluctuation_equations(s, conductance, s.temperature),
        }

    @staticmethod
    def _conductances(s: Symbols) -> tuple[Any, Any]:
        """Chord conductances of the domains that are on and off [S]."""
        if s.conduction == "ohmic":
            return 1 / s.resistance_on, 1 / s.resistance_off
        on = brinkman(s.voltage, s.decay_on, s.barrier_height_on, s.barrier_asymmetry_on)
        off = brinkman(s.voltage, s.decay_off, s.barrier_height_off, s.barrier_asymmetry_off)
        return on / s.resistance_on, off / s.resistance_off

    @staticmethod
    def _rates(s: Symbols) -> tuple[Any, Any]:
        """Rates at which domains turn on and off [1/s]."""
        if s.kinetics == "merz":
            up = sp.exp(-s.activation_voltage_on / (ramp(s.voltage) + SMALLEST_VOLTAGE))
            down = sp.exp(-s.activation_voltage_off / (ramp(-s.voltage) + SMALLEST_VOLTAGE))
            return up / s.attempt_time, down / s.attempt_time
        thermal = thermal_voltage(s.ambient_temperature)
        tilt = s.action_distance * (s.voltage / s.ferroelectric_thickness - s.built_in_field)
        attempts = k_B * s.ambient_temperature / (2 * sp.pi * hbar)
        up, down = (attempts * limexp((sign * tilt - s.switching_barrier) / thermal) for sign in (1, -1))
        return up, down

    def check(self) -> None:
        if self.resistance_on >= self.resistance_off:
            raise ParameterError(
                f"resistance_on = {self.resistance_on:g} ohm must lie below resistance_off = "
                f"{self.resistance_off:g} ohm"
            )
        for name in ("on", "off"):
            height, asymmetry = (self.values[f"barrier_{what}_{name}"] for what in ("height", "asymmetry"))
            if abs(asymmetry) > height:
                raise ParameterError(
                    f"barrier_asymmetry_{name} = {asymmetry:g} V must not exceed barrier_height_{name} = {height:g} V: "
                    "one side would be no barrier"
                )

    def reference_states(self) -> dict[str, dict[str, float]]:
        """All domains towards the low resistance, and none."""
        return {"on": {"initial_state": 1.0}, "off": {"initial_state": 0.0}}

    def write_voltage(self, time: float, state: str = "on") -> float:
        r"""Voltage at which a domain switches in a time, :math:`k = 1/t`.

        By Merz's law it is :math:`V_\pm / \ln(t/\tau_0)`, with the sign of the state.

        Parameters
        ----------
        time : float
            The time, in Merz's law longer than the attempt time. [s]
        state : str
            To which state: ``on`` or ``off``.

        Returns
        -------
        float
            The voltage. [V]

        Raises
        ------
        ParameterError
            If the time is no longer than the attempt time.
        UnknownNameError
            If there is no such state.
        """
        known("state", state, ("on", "off"))
        positive("the time", time, "s")
        sign = 1 if state == "on" else -1
        if self.kinetics == "merz":
            if time <= self.attempt_time:
                raise ParameterError(f"a time of {time:g} s is no longer than attempt_time = {self.attempt_time:g} s")
            field = self.activation_voltage_on if state == "on" else self.activation_voltage_off
            return sign * field / math.log(time / self.attempt_time)
        thermal = codata.k * self.ambient_temperature / codata.e
        tilt = self.switching_barrier - thermal * math.log(time * codata.k * self.ambient_temperature / codata.h)
        return self.ferroelectric_thickness * (sign * tilt / self.action_distance + self.built_in_field)

    def default_sweep(self) -> Sweep:
        """A triangle in which either polarity switches all: beyond the voltage that switches most in a pulse."""
        time = max(PULSE, 10 * self.attempt_time) if self.kinetics == "merz" else PULSE
        size = max(abs(self.write_voltage(time, state)) for state in ("on", "off"))
        return Sweep("voltage", EXCESS * size or 1.0, SLOWNESS * time, "triangle")

    @offers(Switching)
    def suggested_switching(self) -> Switching:
        """Voltage pulses around the amplitude of the suggested sweep."""
        return super().suggested_switching()


def _higher_resistance(s: Any) -> float:
    """The low resistance times the ratio of the tunnelling probabilities, within the bounds [ohm]."""
    mass = s.effective_mass * codata.m_e
    roots = math.sqrt(s.barrier_height_off) - math.sqrt(s.barrier_height_on)
    exponent = 2 * s.barrier_thickness * math.sqrt(2 * mass * codata.e) * roots / codata.hbar
    low, high = map(math.log, RESISTANCES)
    return math.exp(min(max(math.log(s.resistance_on) + exponent, low), high))
