"""Neuron of a threshold switch that heats itself: a relaxation oscillator."""

from __future__ import annotations

from ....devices.core.protocols import NegativeResistance
from ....devices.language.declaration import Parameter
from ....devices.models.threshold_switches.mott_switch import MottSwitch
from ....devices.simulation.static_curve import loaded, relaxation_period, static_curve, turning_points
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.slots import TWO_TERMINALS, Fit, Slot
from ..building.tolerances import QUICK

SWITCHING = Fit("a negative differential resistance", lambda device: device.suits(NegativeResistance))


class MottNeuron(Cell):
    r"""Spiking neuron of a Mott switch: it discharges the membrane when it runs away in its own heat.

    The input current charges the membrane capacitor beside the switch. At the threshold voltage of its static curve the
    switch heats itself until it conducts, and the membrane discharges through it and the load, whose voltage is the
    spike; below the smallest voltage of the curve it cools again. The neuron fires for currents between those at the
    two turning points, and its period is, for a membrane that is slow against the heat,

    .. math::

        T = C \int_{u_h}^{u_t} \left[\frac{1}{I - i_1(u)} + \frac{1}{i_2(u) - I}\right] du

    with the currents of the insulating and of the conducting branch behind the load: one of the two channels of the
    neuristor of Pickett et al., which has another one of the other sign. No transistor is needed.

    References
    ----------
    M. D. Pickett, G. Medeiros-Ribeiro, R. S. Williams, Nature Mater. 12, 114 (2013), doi:10.1038/nmat3510.
    """

    title = "Mott neuron"
    reference = "M. D. Pickett, G. Medeiros-Ribeiro, R. S. Williams, Nature Mater. 12, 114 (2013)"
    doi = "10.1038/nmat3510"
    tolerances = QUICK

    input = Port("input", "input current, into the membrane")
    output = Port("output", "spikes, above ground")
    ground = Port("supply", "ground")

    capacitance = Parameter(10e-12, "F", "membrane capacitor", (1e-15, 1e-3))
    load_resistance = Parameter(100.0, "ohm", "load in series with the switch", (1e-1, 1e6))
    resistance_metallic = Parameter(100.0, "ohm", "resistance of the switch when it is metallic", (1e-2, 1e6))

    switch = Slot(
        "the switch that discharges the membrane",
        lambda cell: cell.own_switch(),
        (TWO_TERMINALS, SWITCHING),
        {"resistance_metallic": ("resistance_metallic",)},
    )

    def own_switch(self) -> MottSwitch:
        """The cell's own switch: niobium dioxide with so little in series that its curve has one negative slope."""
        return MottSwitch.preset("kumar2017-like", resistance_metallic=self.resistance_metallic)

    @property
    def firing_currents(self) -> tuple[float, float]:
        """Smallest and largest current at which it fires; NaN without a negative resistance behind the load [A]."""
        names = list(self.switch.protocol(NegativeResistance).branches)
        up, down = (turning_points(loaded(static_curve(self.switch, names[k]), self.load_resistance)) for k in (0, -1))
        threshold = next((turn.current for turn in up if turn.is_maximum), float("nan"))
        minima = [turn for turn in down if not turn.is_maximum]
        hold = min(minima, key=lambda turn: turn.voltage).current if minima else float("nan")
        return threshold, hold

    def period(self, current: float) -> float:
        """Period of the spikes for a membrane that is slow against the heat [s].

        Parameters
        ----------
        current : float
            Input current. [A]

        Raises
        ------
        ParameterError
            If the neuron does not fire at it.
        """
        return relaxation_period(self.switch, current, self.capacitance, self.load_resistance)

    def build(self, assembly: Assembly) -> None:
        assembly.capacitor("membrane", "input", "ground", self.capacitance)
        p, n = self.switch.terminals()
        assembly.device("switch", self.switch, {p: "input", n: "output"})
        assembly.resistor("load", "output", "ground", self.load_resistance)
