"""Threshold switches of oxides that conduct better the hotter they are, up to their transition to a metal."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.offers import offers
from ...core.protocols import Compliance, NegativeResistance, Stimulus, Sweep
from ...language.declarations.declaration import Branch, Derived, Noise, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.constants import k_B
from ...language.equations.functions import limexp, ramp, step
from ...language.waveforms.shapes import Triangle
from ...model import CompactModel
from ...physics.conduction import poole_frenkel_3d, thermal_voltage
from ...simulation.operating_points.static_curve import static_curve, turning_points
from ..memristors.fluctuations import Fluctuations

#: Thermal time over that in which the phase follows the temperature, by default.
PHASE_SPEED = 100
#: A metal is hotter than the transition by so many widths of it, and its curve is looked at within so many.
METALLIC, TRANSITION = 8.0, 15.0
#: Smallest and largest rise of the temperature. [K]
SMALLEST_RISE, HOTTEST = 1e-3, 3000.0
#: Points of the static curve, of all and of its transition.
POINTS = 1001
#: Amplitude of a sweep over the threshold, and its period over the thermal time.
EXCESS, SLOWNESS = 1.3, 500
#: Steps of a simulator in the thermal time, under a current, and under a voltage, where the film runs away.
STEPS, RUNAWAY_STEPS = 100, 300
#: Period of the suggested stimulus over the thermal time.
BRISKNESS = 40


class MottSwitch(CompactModel):
    r"""Film of an oxide such as NbO2 or VO2 that heats itself until it conducts: S-shaped negative resistance.

    .. math::

        C_\mathrm{th} \frac{d\Delta T}{dt} = v i - \frac{\Delta T}{R_\mathrm{th}}, \qquad
        i = \frac{v}{(1 - m)\, R_i(v, T) + R_m}, \qquad R_i = R_0\, \frac{e^{E_a/k_B T}}{h(v, T)}

    with :math:`T = T_0 + \Delta T`. The film insulates with an activated resistance :math:`R_i`, where :math:`h` is 1
    (``conduction="activated"``) or the factor by which the field of :math:`v` lifts carriers out of their traps into
    all directions (``"poole_frenkel"``, see :func:`~synaspice.devices.physics.conduction.poole_frenkel_3d`). The
    part :math:`m` of it is metallic, with a hysteresis of the width :math:`W` about the transition temperature:

    .. math::

        m = \left[1 + \exp\frac{T_c - T_m}{w}\right]^{-1}, \qquad
        \tau\, \dot T_m = \max\!\left(T - T_m - \tfrac{W}{2}, 0\right) - \max\!\left(T_m - T - \tfrac{W}{2}, 0\right)

    The temperature :math:`T_m` that the phase remembers is drawn along behind that of the film: on heating it is
    :math:`T - W/2`, on cooling :math:`T + W/2`, and between both :math:`m` stays as it is. The loops inside the major
    loop are flat therefore; those of films bend a little. :math:`R_m` is what remains in series: metal and electrodes.

    In a steady state the curve is known in the parameter :math:`T`. Of the activated film far below the transition,
    with :math:`R_m` small,

    .. math:: v = \sqrt{\frac{\Delta T\, R_0}{R_\mathrm{th}}}\, e^{E_a/2 k_B T}, \qquad
        \frac{dv}{dT} = 0 \quad\text{at}\quad k_B T^2 = E_a (T - T_0)

    The voltage therefore has a largest value, the threshold, at
    :math:`T = \frac{E_a}{2 k_B} \left(1 - \sqrt{1 - 4 k_B T_0/E_a}\right)`, if :math:`E_a > 4 k_B T_0`. Beyond it a
    source of current follows the branch of falling voltage, and one of voltage jumps; bench ``ndr``. Heat also
    fluctuates, with :math:`\langle \delta T^2 \rangle = k_B T^2 / C_\mathrm{th}`, in simulations with noise.

    References
    ----------
    G. A. Gibson et al., Appl. Phys. Lett. 108, 023505 (2016), doi:10.1063/1.4939913 (NbO2: conduction and heat);
    S. Slesazeck et al., RSC Adv. 5, 102318 (2015), doi:10.1039/C5RA19300A; E. Qiu, Y.-H. Zhang, M. Di Ventra, I. K.
    Schuller, Adv. Mater. 36, 2306818 (2024), doi:10.1002/adma.202306818 (VO2: resistance and heat of a neuristor);
    A. S. Alexandrov et al., Appl. Phys. Lett. 99, 202104 (2011), doi:10.1063/1.3660229 (the curve in the parameter T).
    """

    label = "Mott threshold switch"
    reference = "G. A. Gibson et al., Appl. Phys. Lett. 108, 023505 (2016)"
    doi = "10.1063/1.4939913"
    symbol = "threshold-switch"
    time_scale = "thermal_time"
    stiff = True
    loops = (None, "current")

    voltage = Branch("p", "n", "voltage across the film")

    conduction = Option("activated", ("activated", "poole_frenkel"), "how the insulating film conducts")
    resistance_prefactor = Parameter(
        5e-3, "ohm", "R_0, resistance of the insulator at an infinite temperature", (1e-6, 1e9)
    )
    activation_energy = Parameter(0.45, "V", "activation energy E_a over the electron charge", (0.0, 1.0))
    thickness = Parameter(20e-9, "m", "thickness of the film, for Poole-Frenkel emission", (5e-10, 1e-6))
    relative_permittivity = Parameter(45.0, "1", "dynamic permittivity, for Poole-Frenkel emission", (1.0, 1e3))
    resistance_metallic = Parameter(1e3, "ohm", "R_m, resistance in series: of the metal", (1e-2, 1e9))
    transition_temperature = Parameter(333.0, "K", "T_c, middle of the loop", (50.0, 3000.0))
    transition_width = Parameter(2.0, "K", "w, over which a branch of the loop rises", (0.1, 500.0), difference=True)
    hysteresis_width = Parameter(7.0, "K", "W, between heating and cooling", (0.0, 300.0), difference=True)
    ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings, T_0", (100.0, 1000.0))
    thermal_resistance = Parameter(5e6, "K/W", "thermal resistance to the surroundings", (1e2, 1e10))
    thermal_capacitance = Parameter(5e-14, "J/K", "heat capacity of the film", (1e-20, 1e-6))
    phase_time = Parameter(
        lambda s: s.thermal_resistance * s.thermal_capacitance / PHASE_SPEED,
        "s",
        "time in which the phase follows the temperature, tau",
        (1e-20, 1e4),
    )
    initial_temperature_rise = Parameter(
        0.0, "K", "temperature above the ambient at t = 0", (0.0, HOTTEST), difference=True
    )
    initial_remembered_rise = Parameter(
        lambda s: s.initial_temperature_rise - s.hysteresis_width / 2,
        "K",
        "remembered temperature above the ambient at t = 0; by default that of heating",
        (-1000.0, 4000.0),
        difference=True,
    )
    largest_temperature = Parameter(2000.0, "K", "temperature up to which the model holds", (100.0, 1e4))
    fluctuations = Part(Fluctuations, "")

    thermal_time = Derived("s", "thermal time constant")

    temperature_rise = State(
        "K", "temperature above the ambient", scale=100.0, initial=lambda s: s.initial_temperature_rise
    )
    remembered_rise = State(
        "K",
        "temperature that the phase remembers, above the ambient",
        scale=100.0,
        initial=lambda s: s.initial_remembered_rise,
    )
    metallic_part = Observable("1", "part of the film that is metallic")
    resistance = Observable("ohm", "voltage over current")
    valid = Observable("1", "1 while the film is not hotter than the largest temperature")
    agitation = Noise("K/s", "fluctuations of the heat that is exchanged with the surroundings")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        # Current only heats; the floor is for the guesses of a solver on its way, which would divide by zero.
        coldest = s.ambient_temperature / 2
        film = coldest + ramp(s.ambient_temperature + s.temperature_rise - coldest)
        if s.conduction == "activated":
            emission = limexp(-s.activation_energy / thermal_voltage(film))
        else:
            emission = poole_frenkel_3d(s.voltage, s.activation_energy, s.thickness, s.relative_permittivity, film)
        insulator = emission / s.resistance_prefactor
        above = (s.ambient_temperature + s.remembered_rise - s.transition_temperature) / s.transition_width
        # The logistic function and its complement, each by itself, so that the smaller one has all its digits.
        metallic, insulating = 1 / (1 + limexp(-above)), 1 / (1 + limexp(above))
        conductance = insulator / (insulating + s.resistance_metallic * insulator) * Fluctuations.share(s)
        current = conductance * s.voltage
        ahead, half = s.temperature_rise - s.remembered_rise, s.hysteresis_width / 2
        return {
            "thermal_time": s.thermal_resistance * s.thermal_capacitance,
            "current": current,
            "dtemperature_rise/dt": s.voltage * current / s.thermal_capacitance
            - s.temperature_rise / s.thermal_time
            + s.agitation,
            "dremembered_rise/dt": (ramp(ahead - half) - ramp(-ahead - half)) / s.phase_time,
            "agitation": 2 * k_B * film**2 / (s.thermal_resistance * s.thermal_capacitance**2),
            "metallic_part": metallic,
            "resistance": 1 / conductance,
            "valid": step(s.largest_temperature - s.ambient_temperature - s.temperature_rise),
            **Fluctuations.fluctuation_equations(s, conductance, film),
        }

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The film at the ambient temperature, and a metal."""
        metal = self.transition_temperature + METALLIC * self.transition_width + self.hysteresis_width / 2
        # At the end of their bounds hot films are only nearly metallic.
        hot = float(np.clip(metal - self.ambient_temperature, 0.0, HOTTEST))
        return {
            state: {"initial_temperature_rise": rise, "initial_remembered_rise": rise - self.hysteresis_width / 2}
            for state, rise in (("on", hot), ("off", 0.0))
        }

    @offers(NegativeResistance)
    def suggested_negative_resistance(self) -> NegativeResistance:
        """The curve in the temperature, on heating, and on cooling if the transition has a hysteresis."""
        largest = max(self.largest_temperature - self.ambient_temperature, 2 * SMALLEST_RISE)
        middle = self.transition_temperature - self.ambient_temperature
        reach = self.hysteresis_width / 2 + TRANSITION * self.transition_width
        rises = np.concatenate(
            [np.geomspace(SMALLEST_RISE, largest, POINTS), np.linspace(middle - reach, middle + reach, POINTS)]
        )
        # Rounded, so that no two are so close that their differences are noise.
        rises = np.unique(np.round(rises[(rises >= SMALLEST_RISE) & (rises <= largest)], 6))
        half = self.hysteresis_width / 2
        branches = {"heating": lambda rise: {"remembered_rise": rise - half}}
        if half:
            branches["cooling"] = lambda rise: {"remembered_rise": rise + half}
        return NegativeResistance("temperature_rise", tuple(rises.tolist()), branches)

    @property
    def compliance(self) -> Compliance:
        """As the preset says, or beyond the current at which the voltage is smallest: sources spare the switch so."""
        suggested = super().compliance
        return suggested if suggested.is_limit else Compliance(self._usual[1])

    @functools.cached_property
    def _usual(self) -> tuple[float, float]:
        """A voltage beyond the threshold [V], and a current beyond that which holds [A]; without, the curve's end."""
        heating = static_curve(self, "heating")
        turns = turning_points(heating)
        if not len(heating.voltage):  # it never warms up
            return 1.0, math.inf
        if len(turns) < 2:
            return float(heating.voltage[-1]), float(heating.current[-1])
        # To two digits, as one sets an instrument.
        return float(f"{EXCESS * turns[0].voltage:.2g}"), float(f"{EXCESS * turns[-1].current:.2g}")

    def default_sweep(self) -> Sweep:
        """A triangle beyond the threshold, slow for the heat."""
        return self._triangle("voltage", self._usual[0], RUNAWAY_STEPS)

    def _triangle(self, quantity: str, amplitude: float, steps: int) -> Sweep:
        """A slow triangle, which a simulator follows in so many steps in the thermal time."""
        step = self.thermal_time / steps
        return Sweep(quantity, amplitude, SLOWNESS * self.thermal_time, "triangle", max_step=step)

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """Of the voltage as the base does; of the current a triangle to the compliance."""
        sweep = super().suggested_sweep(quantity)
        if quantity != "current":
            return sweep
        return self._triangle("current", self.compliance.current, STEPS)

    def suggested_stimulus(self) -> Stimulus:
        """A triangle of the current in some tens of thermal times: under a voltage the film would run away."""
        sweep = self._triangle("current", self.compliance.current, STEPS)
        period = BRISKNESS * self.thermal_time
        drive = Triangle(sweep.amplitude or 0.0, period)
        return Stimulus(drive, period, source="current", max_step=sweep.max_step)
