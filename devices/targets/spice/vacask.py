"""The language of VACASK, whose circuits are made of sources and compiled devices.

VACASK has no behavioural sources, and so no subcircuit of equations: what it is given is the device's Verilog-A module,
which it has compiled by OpenVAF-Reloaded when it loads it. Its documentation: https://codeberg.org/arpadbuermen/VACASK.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...language.errors import ParameterError
from ..formats import FORMATS, ExportOptions
from ..modules.verilog_a import RESERVED as VERILOG_A_WORDS
from .dialect import Dialect
from .statements import Statements, check_name
from .subcircuit import Subcircuit

if TYPE_CHECKING:
    from ...core.base import DeviceModel

_STATEMENTS = """
    include section endsection load model global ground subckt ends parameters control endc embed
"""
#: Words that begin a statement.
KEYWORDS = frozenset(_STATEMENTS.split())


@dataclass(frozen=True, kw_only=True)
class VacaskNetlist(Dialect):
    """A file to include: the device's module, embedded, and a model of its name with the device's values."""

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device as a module and a model.

        Raises
        ------
        UnknownNameError
            If there is no such input.
        ParameterError
            If the name cannot be one, a parameter has a name that Verilog-A reserves, or the format has no such option.
        """
        name = self.name_of(device, options)
        module = FORMATS.find("verilog-a").text(device, replace(options, name=name))
        pins = " ".join(pins_of(device, options))
        lines = [f"// Use: x1 ({pins}) {name} [parameter=value ...]; pins at the end may be left out."]
        lines += ["// VACASK has the module compiled where it stands alone: it writes it into the current folder."]
        lines += [f'load "{name}.va"', f"model {name} {name}", f'embed "{name}.va" <<<MODULE', module.rstrip("\n")]
        return "\n".join([*lines, ">>>MODULE", ""])

    def name_of(self, device: DeviceModel, options: ExportOptions) -> str:
        """The name of the model and of the module.

        Raises
        ------
        ParameterError
            If it cannot be one.
        """
        name = check_name(options.name or device.model_name().replace("-", "_"), "module")
        if name.lower() in VERILOG_A_WORDS | KEYWORDS:
            raise ParameterError(f"{name!r} cannot be the name of a module: it is a word of VACASK or of Verilog-A")
        return name

    def form(self, device: DeviceModel, options: ExportOptions) -> Subcircuit:
        """The exported device as a deck places it."""
        return Subcircuit(self.name_of(device, options), pins_of(device, options), self.text(device, options), self)


def pins_of(device: DeviceModel, options: ExportOptions) -> tuple[str, ...]:
    """Ports of a device's module: its terminals, a node for every state, then the inputs that are pins."""
    return (*device.terminals(), *device.state_declarations(), *options.inputs)


VACASK = VacaskNetlist(
    name="VACASK",
    plural="modules",
    functions={},
    temperature="($temp + 273.15)",
    statements={
        "voltage_source": "v_{name} ({p} {n}) vsource {value}",
        "current_source": "i_{name} ({p} {n}) isource {value}",
        "probe_source": "v_{name} ({p} {n}) vsource dc={value} mag=1",
        "meter": 'h_{name} ({p} {n}) ccvs ctlinst="v_{source}" gain=1',
        "gain": "e_{name} ({p} {n} {control} 0) vcvs gain={value}",
        "instance": "x{name} ({nodes}) {subcircuit}{values}",
    },
    sources={
        "DC": "dc={0}",
        "PULSE": 'type="pulse" val0={0} val1={1} delay={2} rise={3} fall={4} width={5} period={6}',
        "SIN": 'type="sine" sinedc={0} ampl={1} freq={2} delay={3} theta={4} tdphase={5}',
        "PWL": 'type="pwl" wave=[{listed}]',
    },
    deck={
        "title": "{title}",
        "include": 'include "{file}"',
        "transient": "control\n  abort always\n  analysis tran1 tran step={first_step} stop={duration} maxstep={step}",
        "end": "endc",
    },
    formula="{0}",
    preamble=("ground 0", 'include "builtins.inc"'),
    comment="// ",
    continuation=(" \\", "    "),
    reserved=KEYWORDS,
    deck_suffix=".sim",
)
FORMATS.register("vacask", VACASK)


class VacaskStatements(Statements):
    """Statements of VACASK; a behavioural source of a current is a module of its own."""

    def current(self, name: object, p: object, n: object, value: str) -> list[str]:
        """A current from ``p`` to ``n``, which depends on the voltage between them alone."""
        kind = f"current_{name}"
        module = [
            '`include "disciplines.vams"',
            f"module {kind}({p}, {n});",
            f"    inout {p}, {n};",
            f"    electrical {p}, {n};",
            f"    analog I({p}, {n}) <+ {value};",
            "endmodule",
        ]
        embedded = [f'embed "{kind}.va" <<<MODULE', *module, ">>>MODULE"]
        return [f'load "{kind}.va"', f"model {kind} {kind}", f"{kind}_1 ({p} {n}) {kind}", *embedded]


def identifier(name: str) -> str:
    """A name as it stands in a netlist: between quotes where it is not made of letters, digits and underscores."""
    return name if name.isascii() and name.replace("_", "a").isalnum() else f"'{name}'"
