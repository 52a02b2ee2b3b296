"""The Verilog-A target: a device as one module that a person can read.

Every state is the voltage of a node, in units of its scale; its rate charges a capacitor of one time scale.
In a static analysis a state holds its initial value; small-signal analyses and transients have its rate. Observables
are variables of the module, which simulators report with the operating point. The noise of a state comes from an
internal node of unit noise density, so that one source can shake several states at once.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...language.declarations.declaration import ElectricalNoise, Parameter, Vectorial
from ...language.errors import ParameterError
from ...language.quantities.quantity import with_unit
from ..formats import FORMATS, ExportOptions, Format
from ..header import origin
from ..scaled import REST_ANGLE, STEP_ANGLE
from ..spice.statements import check_name
from .c_expressions import FUNCTIONS, VERILOG_A_NAMES, ExpressionPrinter
from .module_equations import ModuleEquations

if TYPE_CHECKING:
    from ...core.base import DeviceModel

LINE_WIDTH = 110

_WORDS = """
    above abs absdelay absdelta abstol ac_stim access acos acosh aliasparam always analog analysis and asin asinh
    assert assign atan atan2 atanh automatic begin branch buf bufif0 bufif1 case casex casez ceil cell cmos config
    connect connectmodule connectrules constants continuous cos cosh cross current ddt ddt_nature ddx deassign
    default defparam design disable discipline disciplines discrete domain driver_update edge electrical else end
    endcase endconfig endconnectrules enddiscipline endfunction endgenerate endmodule endnature endparamset
    endprimitive endspecify endtable endtask event exclude exp final_step flicker_noise floor flow for force
    forever fork from function generate genvar ground highz0 highz1 hypot i idt idtmod if ifnone incdir include
    inf initial initial_step inout input instance integer join laplace_nd laplace_np laplace_zd laplace_zp large
    last_crossing liblist library limexp ln localparam log m macromodule magnetic max medium merged min module
    nand nature negedge net_resolution nmos noise_table none nor noshowcancelled not notif0 notif1 or output param
    parameter paramset pi pmos posedge potential pow primitive pull0 pull1 pulldown pullup pulsestyle_ondetect
    pulsestyle_onevent q rcmos real realtime reg release repeat resolveto return rnmos rpmos rtran rtranif0
    rtranif1 scalared showcancelled signed sin sinh slew small specify specparam split sqrt string strobe strong0
    strong1 supply0 supply1 t table tan tanh task thermal time timer tran tranif0 tranif1 transition tri tri0 tri1
    triand trior trireg units unsigned use uwire v vectored voltage wait wand weak0 weak1 while white_noise wire
    wor wreal xnor xor zi_nd zi_np zi_zd zi_zp
"""
#: Words that no parameter, port or module may be called; among them access functions and disciplines.
RESERVED = frozenset(_WORDS.split())


@dataclass(frozen=True, kw_only=True)
class VerilogA(Format):
    """A device as a Verilog-A module, which always has observables and noise."""

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device as a module.

        Raises
        ------
        UnknownNameError
            If there is no such input.
        ParameterError
            If the name cannot be one, or a parameter has a name that Verilog-A reserves.
        """
        if options.transient_noise is not None:
            raise ParameterError("a Verilog-A module has its noise in transients by itself, where the simulator has")
        if options.long_steps:
            raise ParameterError(
                "a Verilog-A module has no long_steps: its simulators take steps of any length with it"
            )
        return write_module(device, options.name, options.inputs)


FORMATS.register("verilog-a", VerilogA(name="Verilog-A"))


def write_module(
    device: DeviceModel, name: str | None = None, inputs: Sequence[str] = (), *, every_parameter: bool = False
) -> str:
    """Write a device as a module.

    Parameters
    ----------
    device : DeviceModel
        The device.
    name : str, optional
        Name of the module; default: the model's.
    inputs : sequence of str
        Inputs of the model to turn from parameters into ports.
    every_parameter : bool
        Whether the module has parameters of the model that its options leave without effect, too.

    Raises
    ------
    UnknownNameError
        If there is no such input.
    ParameterError
        If the name cannot be one, or a parameter has a name that Verilog-A reserves.
    """
    chosen = check_name(name or device.model_name().replace("-", "_"), "module")
    if chosen.lower() in RESERVED:
        raise ParameterError(f"{chosen!r} cannot be the name of a module: it is a word of Verilog-A")
    return _Module(device, chosen, tuple(inputs), every_parameter).text()


class _Structure:
    """What the computed quantities of a module follow from: those of equal structure and inputs are equal."""

    def __init__(self, device: DeviceModel, inputs: tuple[str, ...]) -> None:
        self.device, self.inputs, self.key = device, inputs, (device.structure, inputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Structure) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class _Computed:
    """The computed quantities of a module, as they are printed: presets differ in the values of parameters alone."""

    equations: ModuleEquations
    outputs: Mapping[str, sp.Expr]
    assignments: Mapping[str, str]
    used: frozenset[str]


@functools.lru_cache(maxsize=256)
def _computed(structure: _Structure) -> _Computed:
    own = ModuleEquations(structure.device, structure.inputs, sp.Symbol("$temperature", positive=True))
    outputs, starts, unit = _outputs(own), own.starts(), own.time_unit
    derived = own.derived((*outputs.values(), *starts.values(), unit))
    shared, reduced = sp.cse(list(outputs.values()), symbols=sp.numbered_symbols("t_"), list=True)
    computed = {**derived, **starts, **{str(s): e for s, e in shared}, **dict(zip(outputs, reduced, strict=True))}
    printer = ExpressionPrinter(VERILOG_A_NAMES)
    used = {str(s) for e in (*derived.values(), *starts.values(), *outputs.values(), unit) for s in e.free_symbols}
    return _Computed(own, outputs, {name: printer.doprint(e) for name, e in computed.items()}, frozenset(used))


def _outputs(own: ModuleEquations) -> dict[str, sp.Expr]:
    """The computed quantities, by the name of the variable."""
    shakes = {f"shake_{x}_{n}": strength for (x, n), strength in own.shakes().items()}
    densities = {f"{name}_{part}": density for (name, part), density in own.densities().items()}
    jumps: dict[str, sp.Expr] = {}
    for (process, current), (step, rate, strength) in own.telegraphs().items():
        jumps |= {f"{process}_rate": rate, f"{process}_strength": strength, f"{process}_step_{current}": step}
    return own.currents() | own.rates() | own.turns() | shakes | densities | jumps | own.observables()


class _Module:
    """Collects the sections of one module."""

    def __init__(self, device: DeviceModel, name: str, inputs: tuple[str, ...], every_parameter: bool) -> None:
        self.device, self.name, self.inputs, self.every_parameter = device, name, inputs, every_parameter
        self.computed = _computed(_Structure(device, inputs))
        self.equations = self.computed.equations
        self.system, self.time_unit = self.equations.system, self.equations.time_unit
        self.states, self.branches, self.ports = self.equations.states, self.equations.branches, self.equations.ports
        self.noises = {symbol: f"{symbol}_source" for symbol in self.system.noises}
        self.telegraphs = {name: f"{name}_fluctuation" for name in self.device.system.telegraph_noises}
        self.printer = ExpressionPrinter(VERILOG_A_NAMES)
        clash = sorted(RESERVED & {p.lower() for p in (*device.values, *self.ports)})
        if clash:
            raise ParameterError(f"{', '.join(clash)}: a parameter of that name cannot go into a Verilog-A module")

    # --- the text ---------------------------------------------------------------------------

    def text(self) -> str:
        """The whole module."""
        outputs, assignments, used = self.computed.outputs, self.computed.assignments, self.computed.used
        shown = {str(y) for y in self.system.observables}
        local = [f"v_{v}" for v in self.system.voltages] + [f"x_{x}" for x in self.states]
        local += [*(f"u_{pin}" for pin in self.inputs), *(name for name in assignments if name not in shown), "moving"]
        ports = ", ".join(self.ports)
        lines = [*self.header(), "", '`include "constants.vams"', '`include "disciplines.vams"', ""]
        lines += [*_wrapped("", f"module {self.name}({ports});"), *_wrapped("    ", f"inout {ports};")]
        lines += [
            *_wrapped(
                "    ", f"electrical {', '.join([*self.ports, *self.noises.values(), *self.telegraphs.values()])};"
            ),
            "",
        ]
        for name in self.device.parameter_declarations():
            if (name in used or self.every_parameter) and name not in self.inputs:
                lines += self.parameter(name)
        lines += ["", *(line for y in self.system.observables for line in self.variable(y)), ""]
        lines += [*_wrapped("    ", f"real {', '.join(local)};"), "", *_functions("\n".join(assignments.values()))]
        body = ["// 0 in static analyses, in which states hold their initial values"]
        body += ['moving = analysis("static") ? 0.0 : 1.0;', *self.terminals()]
        body += [f"{name} = {text};" for name, text in assignments.items()] + self.contributions(outputs)
        lines += ["    analog begin", *(line for text in body for line in _wrapped("        ", text))]
        return "\n".join([*lines, "    end", "endmodule", ""])

    def header(self) -> list[str]:
        texts = origin(self.device, "Verilog-A", "module")
        texts += [f"Ports {b.positive} to {b.negative}: {b.description}" for b in self.branches.values()]
        for name, state in self.states.items():
            scale = "" if state.scale == 1 else f", 1 V = {with_unit(state.scale, state.unit)}"
            texts.append(f"  {name}: {state.description}{scale}; leave it open, or look at it")
        for pin in self.inputs:
            item = self.device.input_declarations()[pin]
            texts.append(f"  {pin}: {item.description}, 1 V = {with_unit(item.netlist_scale, item.unit)}")
        wrapped = [textwrap.wrap(t, LINE_WIDTH, initial_indent="// ", subsequent_indent="//   ") for t in texts]
        return [line for lines in wrapped for line in lines]

    def parameter(self, name: str) -> list[str]:
        item = self.device.parameter_declarations()[name]
        low, high = map(_number, item.bounds)
        value = _number(self.device.values[name])
        return [_attributes(item, 'type="instance"'), f"    parameter real {name} = {value} from [{low}:{high}];"]

    def variable(self, symbol: sp.Symbol) -> list[str]:
        return [_attributes(self.equations.declaration_of(str(symbol))), f"    real {symbol};"]

    def terminals(self) -> list[str]:
        found = [f"v_{name} = V({b.positive}, {b.negative});" for name, b in self.branches.items()]
        return found + [f"x_{x} = V({x});" for x in self.states] + [f"u_{p} = V({p});" for p in self.inputs]

    def contributions(self, outputs: Mapping[str, sp.Expr]) -> list[str]:
        lines = [f"I({b.positive}, {b.negative}) <+ i_{b.current};" for b in self.branches.values()]
        unit = self.printer.doprint(self.time_unit)
        for x in self.states:
            lines.append(f"I({x}) <+ ddt({unit} * V({x})) - moving * rate_{x} + (1.0 - moving) * (V({x}) - start_{x});")
            shakes = {f"shake_{x}_{n}": node for n, node in self.noises.items()}
            lines += [f"I({x}) <+ -{name} * V({node});" for name, node in shakes.items() if name in outputs]
        for turn in (name for name in outputs if name.startswith("turn_")):
            pace = f"pace_{turn.removeprefix('turn_')}"
            lines += ["// a direction turns by so much in a step, unless it is all but at rest"]
            longest = f"max({STEP_ANGLE!r} / max({turn}, 1.0e-12), {STEP_ANGLE * REST_ANGLE!r} / max({pace}, 1.0e-30))"
            lines += [f"$bound_step({unit} * {longest});"]
        for node in self.noises.values():
            lines += [f"I({node}) <+ V({node});", f'I({node}) <+ white_noise(1.0, "{node}");']
        for (
            process,
            node,
        ) in self.telegraphs.items():  # its spectrum: white noise behind a low pass of its rate
            lines += [f"I({node}) <+ ddt(V({node})) + {process}_rate * V({node});"]
            lines += [f'I({node}) <+ white_noise({process}_strength, "{process}");']
            for branch in self.branches.values():
                if (step := f"{process}_step_{branch.current}") in outputs:
                    lines.append(f"I({branch.positive}, {branch.negative}) <+ {step} * V({node});")
        for name, item in self.device.declarations().items():
            if isinstance(item, ElectricalNoise):
                branch = self.branches[item.branch]
                ends = f"I({branch.positive}, {branch.negative})"
                if f"{name}_white" in outputs:
                    lines.append(f'{ends} <+ white_noise({name}_white, "{name}");')
                if f"{name}_flicker" in outputs:
                    lines.append(f'{ends} <+ flicker_noise({name}_flicker, 1.0, "{name}_flicker");')
        return lines


def _functions(text: str) -> list[str]:
    """The analog functions that a text calls."""
    lines = []
    for name, (arguments, value) in FUNCTIONS.items():
        if re.search(rf"\b{name}\(", text):
            lines += [f"    analog function real {name};", f"        input {arguments};", f"        real {arguments};"]
            lines += [f"        {name} = {value};", "    endfunction", ""]
    return lines


def _attributes(item: Parameter | Vectorial, *more: str) -> str:
    description, unit = (text.replace("\\", "\\\\").replace('"', "'") for text in (item.description, item.unit))
    attributes = ", ".join([f'desc="{description}"', f'units="{unit}"', *more])
    return f"    (* {attributes} *)"


def _number(value: float) -> str:
    return repr(float(value)) if abs(value) < float("inf") else "-inf" if value < 0 else "inf"


def _wrapped(indent: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        LINE_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
