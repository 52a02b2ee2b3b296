"""Bit cell of several levels: a wall that the spin-orbit torque of a line moves, read by a junction on its strip."""

from __future__ import annotations

import math

from ....devices.language.declarations.declaration import Parameter
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.models.domain_walls.domain_wall import DomainWallSynapse
from ..building.assembly import Assembly
from ..building.cell import Cell
from ..building.declared import Port
from ..building.sizes import width_of
from ..building.slots import Fit, Slot, kind_of
from ..building.tolerances import NOISY
from ..memories.lines import BitLines
from .domain_wall_cells import NOISE_STEP, wall_junction

#: The strip of the cell beside that of the pair, all of it assumed: 1 nm of magnet on 2 nm of beta-tungsten, whose
#: torque alone moves the wall; left-handed walls, and the damping of a magnet on a heavy metal; the transverse
#: anisotropy field is the Bloch wall's, -M_s t ln(2) / (pi Delta). Sites hold the wall by 55 k_B T at 300 K.
SPIN_ORBIT_STRIP = {
    "length": 720e-9,
    "strip_width": 140e-9,
    "thickness": 1e-9,
    "heavy_metal_thickness": 2e-9,
    "saturation_magnetization": 7e5,
    "exchange_stiffness": 1.2e-11,
    "effective_anisotropy": 3e5,
    "transverse_anisotropy_field": -2.44e4,
    "damping": 0.3,
    "nonadiabaticity": 0.0,
    "polarization": 0.0,
    "dmi": -5e-4,
    "resistivity": 2e-6,
    "pinning_energy": 2.28e-19,
    "pinning_period": 120e-9,
    "resistance_area_product": 5e-9,
}


def sites(strip: CompactModel) -> int:
    """How many sites of a strip hold its wall away from both ends: one period of the pinning from them or more."""
    return round(strip.values["length"] / strip.values["pinning_period"]) - 1


class SpinOrbitWallCell(Cell):
    r"""2T1DW cell of several levels: a domain wall on a heavy-metal line, with one transistor to write, one to read.

    A current along the line, from ``write_bit`` to ``source`` or back, moves the wall by the spin-orbit torque, from
    one pinning site to the next; the junction on the strip is read from ``read_bit``, and its conductance is linear in
    the wall's position (:class:`~synaspice.devices.DomainWallSynapse`). A wall at rest leaves its site above

    .. math:: I_c = \frac{2 e\, V_0\, (t + t_\mathrm{HM})}{\hbar\, |\theta_\mathrm{SH}|\, p}

    with the height and the period of the pinning. A free one moves with

    .. math:: v = \frac{v_D}{\sqrt{1 + (\alpha H_D / H_\mathrm{SH})^2}}, \qquad
        v_D = \frac{\pi}{2}\, \gamma_0 \Delta |H_D|

    where the Dzyaloshinskii-Moriya interaction alone holds its angle; the anisotropy across the wall makes a little of
    a difference (:func:`~synaspice.circuits.cells.spin.wall_writing.steady_velocity`). The current one way goes
    through a source follower: pulses that raise the level and those that lower it have different lengths.

    References
    ----------
    A. Thiaville, S. Rohart, E. Jue, V. Cros, A. Fert, Europhys. Lett. 100, 57002 (2012),
    doi:10.1209/0295-5075/100/57002 (the velocity). Geometry and material of the cell's own strip are assumed.
    """

    title = "Domain-wall cell written by spin-orbit torque (2T1DW)"
    reference = "A. Thiaville, S. Rohart, E. Jue, V. Cros, A. Fert, Europhys. Lett. 100, 57002 (2012)"
    doi = "10.1209/0295-5075/100/57002"
    tolerances = NOISY

    write_bit = Port("inout", "write bit line, to the heavy-metal line by the write transistor")
    write_word = Port("input", "write word line, to the gate of the write transistor")
    read_bit = Port("inout", "read bit line, to the junction by the read transistor")
    read_word = Port("input", "read word line, to the gate of the read transistor")
    source = Port("inout", "source line, to the other end of the heavy-metal line")
    ground = Port("supply", "ground")
    x = Port("output", "position of the wall over the strip's length, to look at")

    spin_hall_angle = Parameter(-0.3, "1", "spin Hall angle of the line, negative for tungsten", (-1.0, 1.0))
    write_width = width_of("the write transistor", 20.0)
    read_width = width_of("the read transistor", 2.0)
    noise_step = NOISE_STEP.but(default=5e-12)

    strip = Slot(
        "the strip on its line, with the junction",
        lambda cell: wall_junction(**SPIN_ORBIT_STRIP, spin_hall_angle=cell.spin_hall_angle),
        (
            kind_of(DomainWallSynapse),
            Fit(
                "two or more sites that hold its wall away from the ends",
                lambda strip: strip.values["pinning_energy"] > 0 and sites(strip) > 1,
                by_values=True,
            ),
        ),
        {"spin_hall_angle": ("spin_hall_angle",)},
        {"initial_state": lambda cell: 0.5},
    )

    def check(self) -> None:
        if not self.strip.current_mobility:
            raise ParameterError("no current moves the wall: give another spin_hall_angle, or a strip with a torque")

    @property
    def levels(self) -> int:
        """Number of sites that hold the wall, one for each level; it starts on the one next to ``source``."""
        return sites(self.strip)

    @property
    def critical_current(self) -> float:
        """Current along the line above which a wall at rest leaves its site, without noise [A]."""
        strip = self.strip
        friction = float(strip.energy_per_field / strip.field_mobility)
        steepest = math.pi * strip.values["pinning_energy"] / strip.values["pinning_period"]
        return float(steepest / (friction * abs(strip.current_mobility)))

    @property
    def lines(self) -> BitLines:
        """What stands on its lines; the first write raises the level, and with it the conductance."""
        supply = self.supply_voltage
        rest = dict.fromkeys(("write_bit", "write_word", "read_bit", "read_word", "source"), 0.0)
        high = ("write_bit", "source") if self.strip.current_mobility > 0 else ("source", "write_bit")
        first, second = ({"write_word": supply, line: supply} for line in high)
        return BitLines(rest, {"read_word": supply}, "read_bit", (first, second), "read_inner")

    def build(self, assembly: Assembly) -> None:
        strip = self.strip
        nodes = {"write": "write_inner", "common": "source", "read": "read_inner", "x": "x"}
        first = strip.values["pinning_period"] / strip.values["length"]
        assembly.device("wall", strip, nodes, noise_step=self.noise_step or None, initial_state=first)
        assembly.nmos("write", "write_inner", "write_word", "write_bit", width=self.write_width)
        assembly.nmos("read", "read_inner", "read_word", "read_bit", width=self.read_width)
