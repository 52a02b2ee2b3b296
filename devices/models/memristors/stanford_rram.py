"""The Stanford-PKU model of filamentary oxide memories (RRAM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from ...core.offers import offers
from ...core.protocols import Compliance, Drift, Stimulus, Sweep, Switching
from ...language.declarations.declaration import Branch, Derived, Observable, Option, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.functions import limexp, limited_sinh, ramp, step
from ...physics.conduction import thermal_voltage
from ...physics.ranges import check_range
from .filament import HotFilament, setting_compliance
from .film_conduction import _FilmConduction
from .fluctuations import TunnellingFluctuations

#: Gap at which the coefficient of the enhancement factor is given, g_1. [m]
GAP_UNIT = 1e-9
#: The enhancement factor is at least that: a gap so wide that it would change sign does not move.
SMALLEST_ENHANCEMENT = 1e-3
#: Range of the gap below which there is no device. [m]
SHORTEST_RANGE = 1e-12


class StanfordRRAM(_FilmConduction):
    r"""Filamentary oxide memory whose state is the gap between filament and electrode (Stanford-PKU model).

    .. math::

        i = I_0\, e^{-g/g_0} \sinh\frac{v}{V_0}, \qquad
        \dot g = -\nu_0\, e^{-E_a/k_B T} \sinh\frac{e \gamma a_0 v}{L\, k_B T}, \qquad
        \gamma = \gamma_0 - \beta \left(\frac{g}{1\,\mathrm{nm}}\right)^3, \qquad T = T_0 + R_\mathrm{th}\, v i

    for :math:`g_\mathrm{min} \le g \le g_\mathrm{max}`. The gap moves only in enhanced fields
    :math:`\gamma |v| / L` above :math:`F_\mathrm{min}`; beyond it the rate rises to its full value over
    ``field_width``, where the original jumps. The state is :math:`x = (g_\mathrm{max} - g) / (g_\mathrm{max} -
    g_\mathrm{min})`, 1 on and 0 off. A positive voltage from ``p`` to ``n`` closes the gap. With ``heating="static"``
    the temperature follows the dissipated power at once; with ``"none"`` it is the ambient temperature. Other current
    laws (``conduction``) take the place of the hyperbolic sine with the slope :math:`1/V_0`.

    Fields alone move that gap: without a voltage it stays for ever. With ``retention="arrhenius"`` the filament also
    dissolves by itself, as ions leave its tip by thermal activation over a barrier of its own,

    .. math:: \dot x = \dots - x\, \nu_r\, e^{-E_r/k_B T}

    from which follows a retention time of the set state, :math:`\nu_r^{-1} e^{E_r/k_B T}`. The defaults of
    :math:`\nu_r` and :math:`E_r` are assumptions: an attempt frequency of lattice vibrations, and a barrier with which
    the state lasts for some minutes at 200 degrees Celsius.

    References
    ----------
    X. Guan, S. Yu, H.-S. P. Wong, "A SPICE compact model of metal oxide resistive switching memory with variations",
    IEEE Electron Device Lett. 33, 1405 (2012), doi:10.1109/LED.2012.2210856; Z. Jiang, H.-S. P. Wong, "Stanford
    University resistive-switching random access memory (RRAM) Verilog-A model", version 1.0.0, nanoHUB (2014),
    doi:10.4231/D37H1DN48; Z. Jiang et al., IEEE Trans. Electron Devices 63, 1884 (2016),
    doi:10.1109/TED.2016.2545412; "A simple retention model for OxRRAM in the framework of the hourglass model",
    Microelectron. Eng. (2017), doi:10.1016/j.mee.2017.04.032 (retention loss of the set state is the filament's
    thermally activated narrowing).
    """

    label = "Filamentary oxide memory"
    reference = "X. Guan, S. Yu, H.-S. P. Wong, IEEE Electron Device Lett. 33, 1405 (2012)"
    doi = "10.1109/LED.2012.2210856"
    time_scale = "switching_time"

    voltage = Branch("p", "n", "voltage across the cell")

    heating = Option("static", ("static", "none"), "temperature of the filament")
    retention = Option("none", ("none", "arrhenius"), "whether the filament dissolves by itself")
    thickness = Parameter(12e-9, "m", "thickness of the oxide, L", (5e-10, 1e-6))
    current_scale = Parameter(1e-3, "A", "I_0", (1e-12, 1e2))
    gap_scale = Parameter(0.25e-9, "m", "g_0 of the exponential of the current", (1e-11, 1e-8))
    voltage_scale = Parameter(0.25, "V", "V_0 of the hyperbolic sine of the current", (0.02, 100.0))
    gap_minimum = Parameter(0.2e-9, "m", "smallest gap", (0.0, 1e-8))
    gap_maximum = Parameter(1.7e-9, "m", "largest gap", (1e-11, 1e-8))
    velocity = Parameter(10.0, "m/s", "nu_0", (1e-9, 1e12))
    activation_energy = Parameter(0.6, "V", "activation energy E_a over the electron charge", (0.05, 3.0))
    hopping_distance = Parameter(0.25e-9, "m", "atomic spacing a_0", (1e-11, 1e-9))
    enhancement = Parameter(16.0, "1", "gamma_0 of the local field at positive voltages", (1e-2, 1e3))
    enhancement_reset = Parameter(lambda device: device.enhancement, "1", "gamma_0 at negative voltages", (1e-2, 1e3))
    enhancement_decay = Parameter(0.8, "1", "beta, decrease of gamma at a gap of 1 nm", (0.0, 1e3))
    field_minimum = Parameter(1.4e9, "V/m", "F_min, the enhanced field above which the gap moves", (0.0, 1e11))
    field_width = Parameter(1.4e7, "V/m", "range of fields in which the rate rises to its full value", (1e3, 1e11))
    thermal_resistance = Parameter(2.1e3, "K/W", "thermal resistance of the filament", (0.0, 1e9))
    retention_energy = Parameter(1.5, "V", "barrier E_r of dissolution over the electron charge", (0.05, 4.0))
    retention_rate = Parameter(1e13, "1/s", "attempt frequency nu_r of dissolution", (1.0, 1e16))
    initial_state = Parameter(0.0, "1", "state at t = 0: 0 off, 1 on", (0.0, 1.0))
    hot_filament = Part(HotFilament, "")
    fluctuations = Part(TunnellingFluctuations, "")

    gap_range = Derived("m", "g_max - g_min")
    threshold_set = Derived("V", "voltage above which a device that is off starts to turn on")
    threshold_reset = Derived("V", "voltage, a magnitude, beyond which a device that is on starts to turn off")
    switching_time = Derived("s", "time to cross the range of gaps at the smallest field that moves them")

    retention_time = Derived("s", "time constant of dissolution at the ambient temperature, where there is any")

    x = State("1", "state, 0 off, 1 on", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    gap = Observable("m", "gap between filament and electrode")
    conductance = Observable("S", "current over voltage")
    local_temperature = Observable("K", "temperature of the filament")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        def enhancement(factor: Any, gap: Any) -> Any:
            value = factor - s.enhancement_decay * (gap / GAP_UNIT) ** 3
            return SMALLEST_ENHANCEMENT + ramp(value - SMALLEST_ENHANCEMENT)

        gap = s.gap_maximum - s.x * s.gap_range
        conductance = s.current_scale * sp.exp(-gap / s.gap_scale) * cls.chord(s, 1 / s.voltage_scale)
        conductance *= TunnellingFluctuations.share(s)
        current = conductance * s.voltage
        rise = s.thermal_resistance * s.voltage * current if s.heating == "static" else sp.S.Zero
        temperature = s.ambient_temperature + rise
        thermal, ambient = thermal_voltage(temperature), thermal_voltage(s.ambient_temperature)
        factor = s.enhancement_reset + (s.enhancement - s.enhancement_reset) * step(s.voltage)
        field = enhancement(factor, gap) * s.voltage / s.thickness
        # The share of the full rate: 0 up to the smallest field, 1 from field_width above it, 3 t^2 - 2 t^3 between.
        excess = ((ramp(field) + ramp(-field)) - s.field_minimum) / s.field_width
        t = ramp(excess) - ramp(excess - 1)
        closing = s.velocity * limexp(-s.activation_energy / thermal) * t**2 * (3 - 2 * t)
        dissolution = s.x * s.retention_rate * limexp(-s.retention_energy / thermal)
        slowest = s.velocity * (1 + limited_sinh(s.field_minimum * s.hopping_distance / ambient))
        return {
            "gap_range": s.gap_maximum - s.gap_minimum,
            "threshold_set": s.field_minimum * s.thickness / enhancement(s.enhancement, s.gap_maximum),
            "threshold_reset": s.field_minimum * s.thickness / enhancement(s.enhancement_reset, s.gap_minimum),
            "switching_time": s.gap_range * limexp(s.activation_energy / ambient) / slowest,
            "retention_time": limexp(s.retention_energy / ambient) / s.retention_rate,
            "current": current,
            "dx/dt": closing * limited_sinh(field * s.hopping_distance / thermal) / s.gap_range
            - (dissolution if s.retention == "arrhenius" else 0),
            "gap": gap,
            "conductance": conductance,
            "local_temperature": temperature,
            **HotFilament.validity(s, temperature),
            **TunnellingFluctuations.fluctuation_equations(s, conductance, s.temperature + rise),
        }

    def check(self) -> None:
        check_range(self, "gap_maximum", "gap_minimum", SHORTEST_RANGE)

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The smallest and the largest gap."""
        return {"on": {"initial_state": 1.0}, "off": {"initial_state": 0.0}}

    @property
    def compliance(self) -> Compliance:
        """A positive voltage sets the filament with a limited current, as the preset says or as is usual."""
        return setting_compliance(self, super().compliance)

    def default_sweep(self) -> Sweep:
        """A triangle to 1.1 times the larger threshold, slow enough to switch."""
        return Sweep(
            "voltage", 1.1 * max(self.threshold_set, self.threshold_reset), 100 * self.switching_time, "triangle"
        )

    def suggested_stimulus(self) -> Stimulus:
        """One cycle of the suggested sweep, in steps that resolve the switching."""
        stimulus = super().suggested_stimulus()
        return replace(stimulus, max_step=stimulus.duration / 3000)

    @offers(Switching)
    def suggested_switching(self) -> Switching:
        """Voltage pulses around the amplitude of the suggested sweep."""
        return super().suggested_switching()

    @offers(Drift, when=lambda device: device.options["retention"] != "none")
    def suggested_drift(self) -> Drift:
        """The conductance of the set cell at no voltage, over the retention time."""
        if self.options["retention"] == "none":
            return super().suggested_drift()
        times = self.retention_time * np.geomspace(1e-3, 10.0, 41)
        set_state = {} if self.initial_state else self.reference_states()["on"]
        return Drift("conductance", tuple(times.tolist()), overrides=set_state)
