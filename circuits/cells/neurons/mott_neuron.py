"""Neuron of a Mott threshold switch, which heats itself until it discharges the membrane."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ....devices.core.protocols import NegativeResistance
from ....devices.language.declarations.declaration import Parameter
from ....devices.language.equations.constants import CONSTANTS, k_B, q_e
from ....devices.language.errors import ParameterError
from ....devices.models.threshold_switches.mott_switch import MottSwitch
from ....devices.simulation.operating_points.static_curve import static_curve
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import TWO_TERMINALS, Fit, Slot, kind_of
from ..building.tolerances import SUDDEN
from ..logic.logic import inverter

#: Boltzmann's constant over the electron charge. [V/K]
VOLTS_PER_KELVIN = CONSTANTS[k_B][0] / CONSTANTS[q_e][0]
#: Temperature at which the threshold of the cell's own switch is the one that is asked for. [K]
NOMINAL = 300.15


def hottest_before_threshold(activation_energy: float, ambient: float) -> float:
    r"""Temperature of an activated film at its threshold, :math:`T = E_a (1 - \sqrt{1 - 4 k_B T_0/E_a}) / 2 k_B` [K].

    Parameters
    ----------
    activation_energy : float
        Over the electron charge. [V]
    ambient : float
        Temperature of the surroundings. [K]

    Raises
    ------
    ParameterError
        If there is no threshold, with an activation energy below four times the thermal one.
    """
    ratio = 4 * VOLTS_PER_KELVIN * ambient / activation_energy
    if ratio >= 1:
        raise ParameterError(
            f"an activation energy of {activation_energy:g} V gives a film no threshold at {ambient:g} K: "
            f"it must be above four times the thermal one, {ratio * activation_energy:.3g} V"
        )
    return activation_energy / (2 * VOLTS_PER_KELVIN) * (1 - math.sqrt(1 - ratio))


@dataclass(frozen=True)
class Turn:
    """Voltage of the membrane [V], and current [A], at which the static curve of switch and load turns."""

    voltage: float
    current: float


class MottNeuron(Cell):
    r"""Leaky integrate-and-fire neuron of a switch that heats itself: NbO2, VO2.

    The input current charges the membrane, and what leaks through the switch heats it. At its threshold it runs away,
    conducts, and discharges the membrane through the load, whose voltage two inverters turn into the spike; with less
    current it cools and insulates again. It fires for currents between those at which the voltage :math:`v + R_L i` of
    the static curve turns from rising to falling, :math:`I_\mathrm{th}`, and back, and about every

    .. math:: T = \int_{V_r}^{V_\mathrm{th}} \frac{C\,dV}{I - i(V)}

    if the switch is fast beside the membrane, with the static current :math:`i(V)` of the insulating branch and the
    voltage :math:`V_r` to which a spike discharges the membrane. The switch's threshold depends on the temperature of
    its surroundings as its resistance does, :math:`\propto \sqrt{T - T_0}\, e^{E_a / 2 k_B T}`: it is a neuron for a
    window of some tens of kelvin.

    References
    ----------
    M. D. Pickett, G. Medeiros-Ribeiro, R. S. Williams, Nat. Mater. 12, 114 (2013), doi:10.1038/nmat3510 (a neuristor of
    NbO2). The cell's own switch is scaled to the supply; its values are not of a publication.
    """

    reference = "M. D. Pickett, G. Medeiros-Ribeiro, R. S. Williams, Nat. Mater. 12, 114 (2013)"
    doi = "10.1038/nmat3510"
    tolerances = SUDDEN

    input = Port("input", "input current, into the membrane")
    output = Port("output", "spikes")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    capacitance = Parameter(3e-12, "F", "membrane capacitor", (1e-15, 1e-6))
    load_resistance = Parameter(1e3, "ohm", "load in series with the switch", (1e1, 1e9))
    threshold_voltage = Parameter(
        lambda cell: 0.85 * cell.supply_voltage,
        "V",
        "threshold of the switch at 27 degrees Celsius; 0.85 of the supply",
        (0.05, 5.0),
    )
    activation_energy = Parameter(0.25, "V", "activation energy of the switch over the electron charge", (0.15, 1.0))
    thermal_resistance = Parameter(5e6, "K/W", "thermal resistance of the switch", (1e3, 1e10))
    thermal_time = Parameter(0.5e-9, "s", "thermal time constant of the switch", (1e-13, 1.0))
    resistance_metallic = Parameter(200.0, "ohm", "resistance of the switch when it is hot", (1e-1, 1e9))
    detector_width = width_of("the n-channel transistor that sees the load's voltage", 10.0)

    switch = Slot(
        "the threshold switch that discharges the membrane",
        lambda cell: cell.own_switch(),
        (
            TWO_TERMINALS,
            kind_of(MottSwitch),
            Fit("a static curve in a parameter", lambda device: device.suits(NegativeResistance)),
        ),
        {
            "threshold_voltage": ("resistance_prefactor",),
            "activation_energy": ("activation_energy",),
            "thermal_resistance": ("thermal_resistance",),
            "thermal_time": ("thermal_capacitance",),
            "resistance_metallic": ("resistance_metallic",),
        },
    )

    def own_switch(self) -> MottSwitch:
        """The cell's own switch, an activated film far below its transition, as NbO2 has it, scaled to the supply."""
        hot = hottest_before_threshold(self.activation_energy, NOMINAL)
        emission = math.exp(self.activation_energy / (2 * VOLTS_PER_KELVIN * hot))
        return MottSwitch(
            conduction="activated",
            activation_energy=self.activation_energy,
            resistance_prefactor=(self.threshold_voltage / emission) ** 2 * self.thermal_resistance / (hot - NOMINAL),
            thermal_resistance=self.thermal_resistance,
            thermal_capacitance=self.thermal_time / self.thermal_resistance,
            resistance_metallic=self.resistance_metallic,
            transition_temperature=1070.0,
            transition_width=20.0,
            hysteresis_width=0.0,
        )

    @functools.cached_property
    def insulating(self) -> tuple[np.ndarray, np.ndarray]:
        """Voltage of the membrane [V] and current [A] of the static curve up to the first turn, or all of it."""
        _, voltage, current = self._curve
        if self.turns is None:
            return voltage, current
        first, before = self.turns[0], current < self.turns[0].current
        return np.append(voltage[before], first.voltage), np.append(current[before], first.current)

    @functools.cached_property
    def _curve(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Parameter, voltage of the membrane and current of the static curve."""
        switch = self.switch.replace(ambient_temperature=self.temperature)
        curve = static_curve(switch, "heating")
        return curve.parameter, curve.voltage + self.load_resistance * curve.current, curve.current

    @functools.cached_property
    def turns(self) -> tuple[Turn, Turn] | None:
        """Where the static curve of switch and load begins to fall, and where it rises again; None if it never falls.

        Between their currents the neuron fires.
        """
        _, voltage, _ = self._curve
        falling = np.diff(voltage) < 0
        if not falling.any():
            return None
        first = int(np.argmax(falling))
        rising = np.flatnonzero(~falling[first:])
        last = first + int(rising[0]) if len(rising) else len(voltage) - 1
        return self._turn(first), self._turn(last)

    def _turn(self, index: int) -> Turn:
        """A turn near a point of the curve, by the parabola through it and its neighbours."""
        middle = min(max(index, 1), len(self._curve[0]) - 2)
        parameter, voltage, current = (part[middle - 1 : middle + 2] for part in self._curve)
        away = parameter - parameter[1]
        bend, slope, height = np.polyfit(away, voltage, 2)
        at = float(np.clip(-slope / (2 * bend), away[0], away[2])) if bend else 0.0
        return Turn(float(np.polyval([bend, slope, height], at)), float(np.polyval(np.polyfit(away, current, 2), at)))

    @property
    def threshold_current(self) -> float:
        """Current above which it fires; NaN if its switch has no threshold at this temperature [A]."""
        return self.turns[0].current if self.turns else math.nan

    def period(self, current: float, reset: float) -> float:
        """Time in which a current [A] charges the membrane from a voltage [V] to the threshold; infinite below it [s].

        Parameters
        ----------
        current : float
            Into the membrane. [A]
        reset : float
            Voltage to which the last spike has discharged it. [V]
        """
        voltage, leaked = self.insulating
        if self.turns is None or current <= self.threshold_current:
            return math.inf
        grid = np.linspace(reset, voltage[-1], 4001)
        return float(np.trapezoid(self.capacitance / (current - np.interp(grid, voltage, leaked)), grid))

    def build(self, assembly: Assembly) -> None:
        assembly.capacitor("membrane", "input", "ground", self.capacitance)
        assembly.device("switch", self.switch, {"p": "input", "n": "load"})
        assembly.resistor("load", "load", "ground", self.load_resistance)
        inverter(assembly, "first", "load", "inverted", nmos_width=self.detector_width)
        inverter(assembly, "second", "inverted", "output")
