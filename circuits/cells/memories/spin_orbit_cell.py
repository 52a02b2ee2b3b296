"""Bit cell of a three-terminal junction, with a write path that the read current does not take."""

from __future__ import annotations

import math

from ....devices.language.declarations.declaration import Parameter
from ....devices.language.errors import ParameterError
from ....devices.models.junctions.spin_orbit_torque import SpinOrbitTorqueMTJ
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import AGITATED, Slot, in_states, kind_of
from ..building.tolerances import NOISY
from .lines import BitLines


class SpinOrbitBitCell(Cell):
    r"""2T1MTJ cell: a junction on a heavy-metal line, with one transistor to write and one to read.

    A current along the line, from ``write_bit`` to ``source`` or back, writes by the spin-orbit torque; the junction is
    read from ``read_bit``. The barrier carries no write current, and may be thick. The free layer lies in the plane,
    along the spins that the line injects: it needs no field, and is switched when the torque overcomes its damping,
    above the current

    .. math:: I_c = \frac{\alpha\,(H_k + H_\perp)}{2\, h}, \qquad
        h = \frac{\hbar\, \theta_\mathrm{SH}}{2 e \mu_0 M_s t\, w\, t_\mathrm{HM}}

    with the anisotropy fields in the plane and across it. It takes a time that falls with the current, and has the
    spread of the thermal angle from which it starts. The current one way goes through a source follower: it decides on
    the size of the write transistor.

    References
    ----------
    L. Liu et al., Science 336, 555 (2012), doi:10.1126/science.1218197 (the device). The sizes of the cell's own
    junction and line are scaled down from that one and are assumed.
    """

    title = "Spin-orbit-torque bit cell (2T1MTJ)"
    reference = "L. Liu et al., Science 336, 555 (2012)"
    doi = "10.1126/science.1218197"
    tolerances = NOISY

    write_bit = Port("inout", "write bit line, to the heavy-metal line by the write transistor")
    write_word = Port("input", "write word line, to the gate of the write transistor")
    read_bit = Port("inout", "read bit line, to the reference layer by the read transistor")
    read_word = Port("input", "read word line, to the gate of the read transistor")
    source = Port("inout", "source line, to the other end of the heavy-metal line")
    ground = Port("supply", "ground")

    diameter = Parameter(50e-9, "m", "axis of the junction along the line", (1e-8, 1e-6))
    width = Parameter(130e-9, "m", "axis of the junction, and width of the line, across it", (1e-8, 1e-6))
    spin_hall_angle = Parameter(-0.3, "1", "spin Hall angle of the line", (-2.0, 2.0))
    resistance_area_product = Parameter(5e-11, "ohm*m^2", "resistance times area of the junction", (1e-13, 1e-8))
    noise_step = Parameter(5e-12, "s", "step of the junction's thermal field", (1e-14, 1e-9))
    write_width = width_of("the write transistor", 3.0)
    read_width = width_of("the read transistor", 2.0)

    junction = Slot(
        "the junction on its line",
        lambda cell: cell.own_junction(),
        (kind_of(SpinOrbitTorqueMTJ), in_states("parallel", "antiparallel"), AGITATED),
        {
            "diameter": ("diameter",),
            "width": ("width", "line_width"),
            "spin_hall_angle": ("spin_hall_angle",),
            "resistance_area_product": ("resistance_area_product",),
        },
    )

    def own_junction(self) -> SpinOrbitTorqueMTJ:
        """The cell's own junction: that of the first such device, made smaller, and its line as short as it can be."""
        return SpinOrbitTorqueMTJ.preset(
            "liu2012-like",
            diameter=self.diameter,
            width=self.width,
            line_width=self.width,
            line_length=2 * self.diameter,
            line_thickness=4e-9,
            interfacial_anisotropy=8e-4,
            spin_hall_angle=self.spin_hall_angle,
            resistance_area_product=self.resistance_area_product,
            tmr=1.0,
        )

    def check(self) -> None:
        junction = self.junction
        if not junction.spin_hall_angle:
            raise ParameterError("a line with the spin Hall angle 0 writes nothing: give another spin_hall_angle")
        if junction.perpendicular and not junction.field_x:
            raise ParameterError(
                "a perpendicular layer is written one way or the other by a field along the line: set junction.field_x"
            )

    @property
    def parallel_line(self) -> str:
        """The line that is high when the parallel state is written: ``write_bit`` or ``source``."""
        junction = self.junction
        y, z = (junction.derived[f"reference_layer_{axis}"] for axis in "yz")
        # A positive current pulls towards -y with a positive angle; across a field along x it favours one pole.
        towards = z * junction.field_x if junction.perpendicular else y
        return "write_bit" if -math.copysign(1.0, junction.spin_hall_angle) * towards > 0 else "source"

    @property
    def lines(self) -> BitLines:
        """What stands on its lines: it is written antiparallel first."""
        supply = self.supply_voltage
        rest = dict.fromkeys(("write_bit", "write_word", "read_bit", "read_word", "source"), 0.0)
        parallel = self.parallel_line
        antiparallel = "source" if parallel == "write_bit" else "write_bit"
        first, second = ({"write_word": supply, line: supply} for line in (antiparallel, parallel))
        return BitLines(rest, {"read_word": supply}, "read_bit", (first, second), "read_inner")

    def build(self, assembly: Assembly) -> None:
        nodes = {"line": "write_inner", "p": "source", "n": "read_inner"}
        assembly.device("mtj", self.junction, nodes, noise_step=self.noise_step)
        assembly.nmos("write", "write_inner", "write_word", "write_bit", width=self.write_width)
        assembly.nmos("read", "read_inner", "read_word", "read_bit", width=self.read_width)
