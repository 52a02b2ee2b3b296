"""SkyWater's resistive memory under the names of its design kit, so that netlists of the kit run with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...language.errors import ParameterError
from ..formats import FORMATS, ExportOptions, Format
from .dialects import NGSPICE
from .subcircuit import write_subcircuit

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: The model that can stand for the kit's, and the name of its subcircuit.
MODEL, OWN = "sky130-reram", "sky130_reram_of_the_kit"
#: The kit's subcircuits, and where a thickness is taken for one in nanometres.
CELL, MODULE, METRES = "sky130_fd_pr_reram__reram_cell", "sky130_fd_pr_reram__reram_module", 1e-3


@dataclass(frozen=True, kw_only=True)
class Sky130Kit(Format):
    """Subcircuits with the names, the pins and the parameters of the design kit, for ngspice.

    Names and pins are those of the kit's netlists for ngspice and Xyce: B. Hoffer,
    https://github.com/barakhoffer/sky130_ngspice_reram and https://github.com/barakhoffer/sky130_xyce_reram.
    """

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device, and the kit's subcircuits made of it.

        Raises
        ------
        ParameterError
            If the device is another one, or it is to have another name, or more pins.
        """
        if device.model_name() != MODEL:
            raise ParameterError(f"{self.name} is of {MODEL}, not of {device.model_name()}")
        if options.name is not None or options.inputs or options.observables:
            raise ParameterError(f"{self.name} has the names and pins of the design kit: no name, inputs, observables")
        own = write_subcircuit(device, NGSPICE, replace(options, name=OWN))
        low, high = (float(device.values[f"filament_{end}"]) for end in ("minimum", "maximum"))
        start = low + float(device.values["initial_state"]) * (high - low)
        metres = f"(Tfilament_0 > {METRES:g} ? 1e-9*Tfilament_0 : Tfilament_0)"
        state = f"{{min(1, max(0, ({metres} - {low!r})/{high - low!r}))}}"
        taken = f"Tfilament_0={start!r} area_ox=0.1024e-12"
        inner = " ".join({"p": "TE", "n": "BE"}.get(pin, pin) for pin in own.pins)
        lines = [
            own.text.rstrip("\n"),
            "",
            "* Subcircuits of the design kit. Tfilament_0: thickness of the filament at t = 0, in metres or in",
            "* nanometres; area_ox enters none of the equations.",
            f".subckt {CELL} TE BE params: {taken}",
            f"X1 {inner} {OWN} initial_state={state}",
            f".ends {CELL}",
            "* Its inner part: nFilament is the thickness in nanometres, as a voltage above BE; a node to look at.",
            f".subckt {MODULE} TE BE nFilament params: {taken}",
            f"X1 {inner} {OWN} initial_state={state}",
            f"Bfilament nFilament BE v={{1e9*({low!r} + {high - low!r}*v(x))}}",
            f".ends {MODULE}",
        ]
        return "\n".join(lines) + "\n"


FORMATS.register("sky130-kit", Sky130Kit(name="ReRAM of the SkyWater design kit", plural="netlists", comment="* "))
