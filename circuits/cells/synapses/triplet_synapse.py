"""Synapse of a memristor whose weight changes by pairs and triplets of spikes."""

from __future__ import annotations

from ....devices.language.declarations.declaration import Parameter
from ....devices.language.errors import ParameterError
from ..building.assembly import Assembly
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.tolerances import STRONG
from ..logic.logic import inverter
from ..memories.memristor_cells import MemristorCell
from .synapses import PLASTIC

#: The phases of a spike, in order: two in which it writes, and that in which it leaves its traces.
PHASES = ("pair", "triplet", "fill")


class TripletSTDPSynapse(MemristorCell):
    r"""Triplet rule of spike-timing-dependent plasticity: traces on capacitors, switches, and a memristor.

    Every trace is the voltage of a capacitor above a level, the memristor's threshold, to which a resistor brings it
    back. A presynaptic spike fills the traces r1 and r2 to the supply, a postsynaptic one o1 and o2, so that the
    nearest spikes count. The products that the rule needs are traces as well, for between spikes

    .. math:: \frac{d}{dt} (r_1 o_2) = -\left(\frac{1}{\tau_+} + \frac{1}{\tau_y}\right) r_1 o_2

    and a spike sets one of the factors to 1: the product becomes the other one. A third capacitor, which decays at the
    sum of the rates, is connected with o2 by a presynaptic spike and with r1 by a postsynaptic one. Before that a spike
    writes, in a phase for pairs and one for triplets: its switches put the trace to one side of the memristor, and the
    other side to ground. With a rate that is linear above the threshold the state changes by

    .. math::

        \Delta x = \frac{t}{t_s}\, \frac{V_{DD} - V_t}{V_t}\, \text{trace}, \qquad
        \text{trace} = r_1,\; r_1 o_2 \text{ towards on},\; o_1,\; o_1 r_2 \text{ towards off}

    with the length t of the phase, which thus is the amplitude in the rule, and the time :math:`t_s` of a full
    switching at twice the threshold. Between spikes both sides of the memristor are on the lines ``row`` and
    ``column``, which read it by a small voltage between them.

    The neurons on both sides make the phases. The four traces belong to the lines, not to the synapse: a row or column
    of an array needs them once. All of it is transistors, resistors and capacitors.

    References
    ----------
    J.-P. Pfister, W. Gerstner, J. Neurosci. 26, 9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006 (the rule). The circuit
    is written here; it is of no publication.
    """

    title = "Triplet STDP synapse"
    reference = "J.-P. Pfister, W. Gerstner, J. Neurosci. 26, 9673 (2006)"
    doi = "10.1523/JNEUROSCI.1425-06.2006"
    tolerances = STRONG

    pre_pair = Port("input", "presynaptic spike, phase that writes o1")
    pre_triplet = Port("input", "presynaptic spike, phase that writes o1 r2")
    pre_fill = Port("input", "presynaptic spike, phase that fills r1 and r2")
    post_pair = Port("input", "postsynaptic spike, phase that writes r1")
    post_triplet = Port("input", "postsynaptic spike, phase that writes r1 o2")
    post_fill = Port("input", "postsynaptic spike, phase that fills o1 and o2")
    row = Port("inout", "line of the presynaptic side, at rest and when the weight is read")
    column = Port("inout", "line of the postsynaptic side, the same")
    set_level = Port("supply", "threshold towards on, to which r1, o2 and their product decay")
    reset_level = Port("supply", "threshold towards off, to which o1, r2 and their product decay")
    supply = Port("supply", "positive supply")
    ground = Port("supply", "ground")

    resistance_on = Parameter(3e6, "ohm", "lowest resistance of the memristor", (1.0, 1e12))
    resistance_off = Parameter(30e6, "ohm", "highest resistance of the memristor", (1.0, 1e15))
    switching_time = Parameter(2e-6, "s", "time to switch at twice the threshold", (1e-13, 1e3))
    initial_state = Parameter(0.5, "1", "state of the memristor at the start, 0 on, 1 off", (0.0, 1.0))
    pre_time = Parameter(840e-9, "s", "time constant of r1; 16.8 ms, at 50 ns for a millisecond", (1e-12, 1e3))
    slow_pre_time = Parameter(35.7e-6, "s", "time constant of r2; 714 ms, likewise", (1e-12, 1e3))
    post_time = Parameter(1.685e-6, "s", "time constant of o1; 33.7 ms, likewise", (1e-12, 1e3))
    slow_post_time = Parameter(2e-6, "s", "time constant of o2; 40 ms, likewise", (1e-12, 1e3))
    trace_capacitance = Parameter(10e-12, "F", "capacitor of each trace, of a line", (1e-15, 1e-6))
    product_capacitance = Parameter(
        lambda cell: 0.04 * cell.trace_capacitance,
        "F",
        "capacitor of each product; 0.04 of a trace's, which it takes little charge from",
        (1e-15, 1e-6),
    )
    fill_width = width_of("the transistors that fill the traces", 100.0)
    switch_width = width_of("the switches", 4.0)

    memristor = PLASTIC.but()

    @property
    def levels(self) -> tuple[float, float]:
        """Thresholds of the memristor towards on and off, to which the traces decay [V]."""
        return -self.memristor.threshold_on, self.memristor.threshold_off

    def check(self) -> None:
        super().check()
        if max(self.levels) >= self.supply_voltage:
            raise ParameterError(
                f"traces decay from the supply to the memristor's thresholds: {max(self.levels):g} V must lie below "
                f"supply_voltage = {self.supply_voltage:g} V"
            )

    def build(self, assembly: Assembly) -> None:
        for side in ("pre", "post"):
            for phase in PHASES:
                inverter(assembly, f"{side}_{phase}_bar", f"{side}_{phase}", f"no_{side}_{phase}")
        traces = (
            ("r1", "pre", "set_level", self.pre_time),
            ("r2", "pre", "reset_level", self.slow_pre_time),
            ("o1", "post", "reset_level", self.post_time),
            ("o2", "post", "set_level", self.slow_post_time),
        )
        for name, side, level, time in traces:
            assembly.pmos(f"fill_{name}", name, f"no_{side}_fill", "supply", width=self.fill_width)
            assembly.capacitor(name, name, "ground", self.trace_capacitance)
            assembly.resistor(name, name, level, time / self.trace_capacitance)
        products = (
            ("r1o2", "r1", "o2", "set_level", self.pre_time, self.slow_post_time),
            ("o1r2", "r2", "o1", "reset_level", self.slow_pre_time, self.post_time),
        )
        for name, pre, post, level, one, other in products:
            assembly.capacitor(name, name, "ground", self.product_capacitance)
            assembly.resistor(name, name, level, one * other / (one + other) / self.product_capacitance)
            self._switch(assembly, f"pre_{name}", post, name, "pre_fill")
            self._switch(assembly, f"post_{name}", pre, name, "post_fill")
        assembly.device("cell", self.memristor, self.setting_nodes("plus", "minus"))
        for side, high, low, pair, product in (
            ("post", "plus", "minus", "r1", "r1o2"),
            ("pre", "minus", "plus", "o1", "o1r2"),
        ):
            for phase, trace in (("pair", pair), ("triplet", product)):
                self._switch(assembly, f"write_{trace}", trace, high, f"{side}_{phase}")
                assembly.nmos(f"low_{trace}", low, f"{side}_{phase}", "ground", width=self.access_width)
        # Both sides rest on the lines as long as no phase writes.
        writing = [f"no_{side}_{phase}" for side in ("pre", "post") for phase in PHASES[:2]]
        for line, end in (("row", "plus"), ("column", "minus")):
            nodes = [line, *(f"{line}_{k}" for k in range(1, len(writing))), end]
            for k, gate in enumerate(writing):
                assembly.nmos(f"rest_{line}_{k}", nodes[k + 1], gate, nodes[k], width=self.access_width)

    def _switch(self, assembly: Assembly, name: str, one: str, other: str, phase: str) -> None:
        """A transmission gate, closed in a phase."""
        assembly.nmos(f"{name}_n", one, phase, other, width=self.switch_width)
        assembly.pmos(f"{name}_p", one, f"no_{phase}", other, width=self.switch_width)
