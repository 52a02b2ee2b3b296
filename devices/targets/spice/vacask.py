"""The language of VACASK, whose circuits are made of sources and compiled devices.

VACASK has no behavioural sources, and so no subcircuit of equations: what it is given is the device's Verilog-A module,
which it has compiled by OpenVAF-Reloaded when it loads it. Its documentation: https://codeberg.org/arpadbuermen/VACASK.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...language.errors import ParameterError
from ..formats import FORMATS, ExportOptions
from ..modules.verilog_a import RESERVED as VERILOG_A_WORDS
from ..modules.verilog_a import write_module
from .dialect import Dialect
from .statements import Statements, check_name
from .subcircuit import Subcircuit

if TYPE_CHECKING:
    from ...core.base import DeviceModel

_STATEMENTS = """
    include section endsection load model global ground subckt ends parameters control endc embed
"""
#: Name of a module until what is in it is known.
_UNNAMED = "module_without_a_name"
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
        return "\n".join([*lines, *_embedded(name, module, f"model {name} {name}"), ""])

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


def module_in_netlist(device: DeviceModel, inputs: Sequence[str] = ()) -> tuple[str, str]:
    """The module that devices of one model with the same options share in a netlist: its name, and the lines of it.

    Its parameters have the model's own values; those of a device stand in its ``model`` line.
    """
    return _module(device.structure, tuple(inputs))


@lru_cache(maxsize=256)
def _module(structure: Any, inputs: tuple[str, ...]) -> tuple[str, str]:
    model, options = structure
    plain: DeviceModel = model(**dict(options))
    text = write_module(plain, _UNNAMED, inputs, every_parameter=True)
    name = f"{plain.model_name().replace('-', '_')}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    return name, "\n".join(_embedded(name, text.replace(_UNNAMED, name)))


def _embedded(name: str, module: str, *models: str) -> list[str]:
    """The lines by which a netlist brings a module along, and models of it."""
    return [
        "// VACASK has the module compiled where it stands alone: it writes it into the current folder.",
        f'load "{name}.va"',
        *models,
        f'embed "{name}.va" <<<MODULE',
        module.rstrip("\n"),
        ">>>MODULE",
    ]


def model_line(name: str, module: str, values: Mapping[str, float]) -> str:
    """The line, or lines, of a model: a module with values for its parameters."""
    given = "\n".join(f"    {key}={value!r}" for key, value in values.items())
    return f"model {name} {module} (\n{given}\n)" if given else f"model {name} {module}"


def pins_of(device: DeviceModel, options: ExportOptions) -> tuple[str, ...]:
    """Ports of a device's module: its terminals, a node for every state, then the inputs that are pins."""
    return (*device.terminals(), *device.state_declarations(), *options.inputs)


VACASK = VacaskNetlist(
    name="VACASK",
    plural="modules",
    functions={},
    temperature="($temp + 273.15)",
    statements={
        "open": "subckt {name} ({pins})",
        "default": "    parameters {name}={value}",
        "close": "ends {name}",
        "resistor": "r_{name} ({p} {n}) cell_resistor r={value}",
        "capacitor": "c_{name} ({p} {n}) cell_capacitor c={value}",
        "passive_models": 'load "spice/resistor.osdi"\nload "spice/capacitor.osdi"\nmodel cell_resistor sp_resistor\n'
        "model cell_capacitor sp_capacitor",
        "transistor": "m{name} ({nodes}) {model} {values}",
        "bsim4_library": 'load "spice/bsim4v8.osdi"',
        "bsim4": "model {name} sp_bsim4v8 type={sign}",
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
        # Unlike SPICE's, the second start counts from the first.
        "EXP": 'type="exp" val0={0} val1={1} delay={2} tau1={3} td2=({4} - {2}) tau2={5}',
    },
    # Its check of residuals, which ngspice has not, fails where a wall stops a state: large terms are to be equal.
    options_command="options nr_residualcheck=0 {options}",
    options={name: f"{name}={{value}}" for name in ("temp", "reltol", "abstol", "vntol", "gmin", "chgtol")},
    unusable={
        "method": "its steps by Gear's method end with these tolerances ('Timestep too small', 0.3.4.dev3). By the "
        "trapezoidal rule currents of sources, and energies from them, swing after edges; voltages do not"
    },
    deck={
        "title": "{title}",
        "include": 'ground 0\ninclude "builtins.inc"\ninclude "{file}"',
        "transient": "control\n  abort always\n  analysis tran1 tran step={first_step} stop={duration} maxstep={step}",
        "end": "endc",
    },
    formula="{0}",
    comment="// ",
    continuation=(" \\", "    "),
    reserved=KEYWORDS,
    renamed={"ground": "low", "load": "loaded"},  # words that begin a statement
    multiplier="$mfactor",
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


def word(name: str, what: str) -> str:
    """A name that stands in a netlist as VACASK takes it.

    Raises
    ------
    ParameterError
        If it begins a statement.
    """
    if name in KEYWORDS:
        raise ParameterError(f"{name!r} cannot be the name of a {what} for VACASK: it begins a statement there")
    return identifier(name)


def identifier(name: str) -> str:
    """A name as it stands in a netlist: between quotes where it is not made of letters, digits and underscores."""
    return name if name.isascii() and name.replace("_", "a").isalnum() else f"'{name}'"
