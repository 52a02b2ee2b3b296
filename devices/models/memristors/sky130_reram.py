"""The resistive memory of SkyWater's open 130 nm process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.offers import offers
from ...core.protocols import Compliance, Stimulus, Sweep, Switching
from ...language.declarations.declaration import Branch, Derived, Observable, Parameter, State, Symbols
from ...language.declarations.part import Part
from ...language.equations.functions import limexp, ramp
from ...language.errors import ParameterError
from ...language.waveforms.shapes import Triangle
from ...model import CompactModel
from ...physics.conduction import hyperbolic_sine, thermal_voltage
from ...physics.ranges import check_range
from .filament import HotFilament, setting_compliance
from .fluctuations import TunnellingFluctuations
from .stanford_rram import GAP_UNIT, SHORTEST_RANGE

#: Voltage, in units of V_ref, at which the time to switch is taken: with the design kit's values 2.15 V.
SWITCHING_VOLTAGE = 5


class Sky130RERAM(CompactModel):
    r"""HfO2 memory of SkyWater's 130 nm process, with a filament that grows and heats.

    .. math::

        i = I_{k1} \exp\left(-\frac{t_\mathrm{ox} - w}{t_\mathrm{ox} - w_\mathrm{ref}}\right)
            \sinh\frac{v}{V_\mathrm{ref}}, \qquad
        \dot w = v_{k1} \left[\exp\left(-\frac{E_g - u}{k_B T}\right)
            - \exp\left(-\frac{E_r + u}{k_B T}\right)\right], \qquad
        u = e\, \gamma\, \frac{a_0}{t_\mathrm{ox}}\, v

    .. math::

        \gamma = \gamma_{k0} + \gamma_{k1} \left(\frac{t_\mathrm{ox} - w}{1\,\mathrm{nm}}\right)^3, \qquad
        \dot T = \frac{v i}{C_\mathrm{th}} - \frac{T - T_0}{\tau_\mathrm{th}}

    for filament thicknesses w between their bounds: the equations of the Verilog-A model of the process design kit,
    whose fixed time step the engines' own step control replaces. Those are the equations of the Stanford-PKU model
    with two activation energies and a dynamic temperature. The state is :math:`x = (w - w_\mathrm{min}) /
    (w_\mathrm{max} - w_\mathrm{min})`, 0 off and 1 on. A positive voltage from ``p`` (top electrode) to ``n`` (bottom
    electrode) lets the filament grow. Nothing limits the current: a cell is set through its transistor.

    References
    ----------
    SkyWater PDK Authors, sky130_fd_pr_reram, Verilog-A model of reram_cell (2020),
    https://github.com/google/skywater-pdk-libs-sky130_fd_pr_reram; E. R. Hsieh et al., "High-density multiple
    bits-per-cell 1T4R RRAM array with gradual SET/RESET and its effectiveness for deep learning", IEDM Tech. Dig.,
    35.6 (2019), doi:10.1109/IEDM19573.2019.8993514; Z. Jiang et al., SISPAD, 41 (2014).
    """

    symbol = "memristor"
    label = "HfO₂ memory"
    reference = "SkyWater PDK Authors, sky130_fd_pr_reram, Verilog-A model of reram_cell (2020)"
    doi = "10.1109/IEDM19573.2019.8993514"
    time_scale = "switching_time"

    voltage = Branch("p", "n", "voltage from the top to the bottom electrode")

    oxide_thickness = Parameter(5e-9, "m", "thickness of the oxide, t_ox", (5e-10, 1e-7))
    filament_maximum = Parameter(4.9e-9, "m", "largest thickness of the filament", (1e-10, 1e-7))
    filament_minimum = Parameter(3.3e-9, "m", "smallest thickness of the filament", (1e-10, 1e-7))
    filament_reference = Parameter(4.7249e-9, "m", "w_ref of the current", (1e-10, 1e-7))
    current_scale = Parameter(6.14e-5, "A", "I_k1", (1e-12, 1.0))
    voltage_scale = Parameter(0.43, "V", "V_ref", (0.02, 100.0))
    generation_energy = Parameter(1.501, "V", "activation energy of generation over the electron charge", (0.05, 5.0))
    recombination_energy = Parameter(1.5, "V", "activation energy of recombination over the charge", (0.05, 5.0))
    hopping_distance = Parameter(0.25e-9, "m", "atomic distance a_0", (1e-11, 1e-9))
    velocity = Parameter(150.0, "m/s", "velocity v_k1", (1e-9, 1e9))
    enhancement = Parameter(16.5, "1", "gamma_k0", (0.0, 1e3))
    enhancement_slope = Parameter(-1.25, "1", "gamma_k1", (-1e3, 1e3))
    ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings, T_0", (50.0, 1000.0))
    thermal_capacitance = Parameter(3.1825e-16, "J/K", "heat capacity of the filament", (1e-22, 1e-6))
    thermal_time = Parameter(0.23e-9, "s", "thermal time constant", (1e-15, 1e-3))
    initial_state = Parameter(0.0, "1", "state at t = 0: 0 off, 1 on", (0.0, 1.0))
    initial_temperature_rise = Parameter(
        0.0, "K", "temperature above the ambient at t = 0", (0.0, 1e4), difference=True
    )
    hot_filament = Part(HotFilament, "")
    fluctuations = Part(TunnellingFluctuations, "")

    filament_range = Derived("m", "range of filament thicknesses")
    thermal_resistance = Derived("K/W", "thermal resistance of the filament")
    switching_time = Derived("s", "time of a filament to grow over its range at 5 V_ref, without heat")

    x = State("1", "state, 0 off, 1 on", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)
    temperature_rise = State(
        "K", "temperature above the ambient", scale=1000.0, initial=lambda s: s.initial_temperature_rise
    )
    filament = Observable("m", "thickness of the filament")
    resistance = Observable("ohm", "voltage over current")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        filament = s.filament_minimum + s.x * s.filament_range
        gap = s.oxide_thickness - filament
        decay = sp.exp(-gap / (s.oxide_thickness - s.filament_reference))
        conductance = s.current_scale * decay * hyperbolic_sine(s.voltage, 1 / s.voltage_scale)
        conductance *= TunnellingFluctuations.share(s)
        current = conductance * s.voltage

        def lowering(gap: Any, voltage: Any) -> Any:
            """How far the enhanced field lowers the barrier of a hop, over the electron charge [V]."""
            enhancement = s.enhancement + s.enhancement_slope * (gap / GAP_UNIT) ** 3
            return enhancement * s.hopping_distance / s.oxide_thickness * voltage

        tilt = lowering(gap, s.voltage)
        start = lowering(s.oxide_thickness - s.filament_minimum, SWITCHING_VOLTAGE * s.voltage_scale)
        ambient = thermal_voltage(s.ambient_temperature)
        # Current only heats; the floor is for the guesses of a solver on its way, which would divide by zero.
        coldest = s.ambient_temperature / 2
        thermal = thermal_voltage(coldest + ramp(s.ambient_temperature + s.temperature_rise - coldest))
        growth = limexp((tilt - s.generation_energy) / thermal) - limexp(-(tilt + s.recombination_energy) / thermal)
        return {
            "filament_range": s.filament_maximum - s.filament_minimum,
            "thermal_resistance": s.thermal_time / s.thermal_capacitance,
            "switching_time": s.filament_range / s.velocity * limexp((s.generation_energy - start) / ambient),
            "current": current,
            "dx/dt": s.velocity * growth / s.filament_range,
            "dtemperature_rise/dt": s.voltage * current / s.thermal_capacitance - s.temperature_rise / s.thermal_time,
            "filament": filament,
            "resistance": 1 / conductance,
            **HotFilament.validity(s, s.ambient_temperature + s.temperature_rise),
            **TunnellingFluctuations.fluctuation_equations(s, conductance, s.temperature + s.temperature_rise),
        }

    def check(self) -> None:
        check_range(self, "filament_maximum", "filament_minimum", SHORTEST_RANGE)
        largest = max(self.filament_maximum, self.filament_reference)
        if self.oxide_thickness - largest < SHORTEST_RANGE:
            raise ParameterError(
                f"oxide_thickness = {self.oxide_thickness:g} m must lie at least {SHORTEST_RANGE:g} m above "
                f"filament_maximum and filament_reference"
            )

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The thickest and the thinnest filament."""
        return {"on": {"initial_state": 1.0}, "off": {"initial_state": 0.0}}

    @property
    def compliance(self) -> Compliance:
        """A positive voltage sets the filament with a limited current, as the preset says or as is usual."""
        return setting_compliance(self, super().compliance)

    def default_sweep(self) -> Sweep:
        """A triangle to 5 V_ref, slow enough to set."""
        return Sweep("voltage", SWITCHING_VOLTAGE * self.voltage_scale, 30 * self.switching_time, "triangle")

    def suggested_stimulus(self) -> Stimulus:
        """A fast triangle to 5 V_ref from a filament that has begun to grow, its heat resolved."""
        period = 4000 * self.thermal_time
        drive = Triangle(SWITCHING_VOLTAGE * self.voltage_scale, period)
        return Stimulus(drive, period, overrides={"initial_state": 0.3})

    @offers(Switching)
    def suggested_switching(self) -> Switching:
        """Voltage pulses around the amplitude of the suggested sweep."""
        return super().suggested_switching()
