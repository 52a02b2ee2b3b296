"""The OSDI target: a device as C against the simulator interface OSDI (0.3 or 0.4), for the system's compiler.

The equations are those of the Verilog-A target: states are nodes in units of their scale, rates are per time unit. The
Jacobian is exact, from SymPy; terms of parameters alone are computed when an instance is set up; the rest shares
its sub-expressions. A state holds its initial value unless the simulator asks for reactive parts in a transient or in a
small-signal analysis: those are the analyses in which it moves.
"""

from __future__ import annotations

import re
import string
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import sympy as sp

from ...core.sharing import Replacement, Symbols
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE
from ...language.errors import ParameterError
from ..header import origin
from ..scaled import STATE_CAPACITANCE, lasting
from ..spice.statements import check_name
from . import osdi_samples, osdi_steps, osdi_template
from .c_expressions import C_NAMES, FUNCTIONS, ExpressionPrinter
from .module_equations import Named
from .native_equations import NativeEquations
from .osdi_descriptor import INTERFACES, OLDEST, descriptor, parameter_tables
from .osdi_evaluation import write_evaluation
from .osdi_loads import LINE_WIDTH, c_function, wrapped, write_loads

if TYPE_CHECKING:
    from ...core.base import DeviceModel

_KEYWORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
"""
#: Names that simulators give a meaning of their own on the line of an instance, and words of C.
RESERVED = frozenset({"m", "temp", "temperature", "dt", "dtemp", "off", "ic", *_KEYWORDS.split()})

#: Parts of the text, in order; the names are those of the methods that write them.
_TEXT = """\
$header
$interface
/* --- this device --- */

$structures
$tables
$functions
$samples
$steps
$prepare
$observe
$common
$eval
$noise
$loads
$descriptor"""


def write_osdi(
    device: DeviceModel,
    *,
    name: str | None = None,
    inputs: Sequence[str] = (),
    noise: bool = False,
    transient_noise: bool = False,
    interface: str = OLDEST,
) -> str:
    """Write a device in C for OSDI; see :meth:`CompactModel.osdi_source`.

    Raises
    ------
    UnknownNameError
        If there is no such input, or no such version of the interface.
    ParameterError
        If the name cannot be one, or a parameter has a name that is reserved.
    """
    chosen = check_name(name or device.model_name().replace("-", "_"), "device")
    equations = NativeEquations(device, inputs, noise, transient_noise)
    return _Source(device, chosen, equations, known("version of OSDI", interface, INTERFACES)).text()


class _Source:
    """Collects the parts of one file of C."""

    def __init__(self, device: DeviceModel, name: str, own: NativeEquations, interface: str) -> None:
        self.device, self.name, self.interface, self.equations = device, name, interface, own
        self.module, self.system, self.branches, self.states = own.module, own.system, own.branches, own.states
        self.patient = {self.states.index(str(x)) for x in lasting(self.system)}
        self.opvars = [*map(str, self.system.observables), *map(str, self.system.currents)]
        self.opvars += map(str, self.system.derived)
        clash = sorted(RESERVED & {p.lower() for p in own.parameters})
        if clash:
            raise ParameterError(f"{', '.join(clash)}: a parameter of that name cannot go into a native device")
        self.symbols_of = Symbols()
        self.printer = ExpressionPrinter(C_NAMES)
        spelled: dict[sp.Expr, sp.Expr] = {s: sp.Symbol(f"p->{s}", real=True) for s in own.static}
        spelled |= {s: sp.Symbol(f"d->{s}", real=True) for s in self.system.derived}
        spelled[TEMPERATURE] = sp.Symbol("inst->temperature", real=True)
        self.spelled = Replacement(spelled)

    # --- printing ---------------------------------------------------------------------------

    def _statements(self, outputs: Mapping[str, sp.Expr], prefix: str = "t") -> list[str]:
        """Assignments with shared sub-expressions; targets are left as they are given."""
        symbols = sp.numbered_symbols(f"{prefix}_", real=True)
        shared, reduced = sp.cse(list(map(self.spelled, outputs.values())), symbols=symbols, list=True)
        lines = [f"const double {s} = {self.printer.doprint(e)};" for s, e in shared]
        return lines + [f"{t} = {self.printer.doprint(e)};" for t, e in zip(outputs, reduced, strict=True)]

    def _needed(self, expressions: Iterable[sp.Expr], names: Iterable[str]) -> list[str]:
        used = {str(s) for e in expressions for s in self.symbols_of(e)}
        return [name for name in names if name in used]

    def _unknowns_of(self, expressions: Iterable[sp.Expr]) -> list[str]:
        """Locals for the parts of the stored solution that expressions need."""
        needed = self._needed(expressions, self.equations.unknowns)
        return [f"const double {name} = inst->at[{self.equations.unknowns.index(name)}];" for name in needed]

    # --- the text ---------------------------------------------------------------------------

    def text(self) -> str:
        """The whole file."""
        body = {name: getattr(self, f"_{name}")() for name in re.findall(r"\$(\w+)", _TEXT)}
        return string.Template(_TEXT).substitute(body)

    def _interface(self) -> str:
        return osdi_template.INTERFACE

    def _common(self) -> str:
        return osdi_template.FUNCTIONS

    def _header(self) -> str:
        texts = origin(self.device, f"OSDI {self.interface}", "device")
        texts.append(f"Use: N1 {' '.join(self.module.ports)} model [parameter=value ...]")
        texts.append(f"     .model model {self.name} [parameter=value ...]")
        lines = [line for text in texts for line in textwrap.wrap(text.replace("*/", "* /"), LINE_WIDTH - 3)]
        return "/* " + "\n * ".join(lines) + " */\n"

    def _structures(self) -> str:
        own, states = self.equations, max(len(self.states), 1)
        numbers = {
            "PARAMETERS": len(own.parameters) + 1,
            "OF_INSTANCES": len(own.parameters.keys() - osdi_samples.OF_MODEL) + 1,
            "OPVARS": len(self.opvars),
            "STATES": len(self.states),
            "NOISES": len(own.noises),
            "SAMPLED": len(own.samples),
            "TERMINALS": len(self.module.ports),
            "NODES": len(own.nodes),
            "ENTRIES": len(own.entries),
            "UNKNOWNS": len(own.unknowns),
            "DRIVES": len(own.drives),
        }
        derived = [str(s) for s in self.system.derived] or ["nothing"]
        lines = [
            f"enum {{ {', '.join(f'{name} = {number}' for name, number in numbers.items())} }};",
            "",
            f"typedef struct {{ double multiplier, {', '.join(self.equations.parameters)}; }} Parameters;",
            f"typedef struct {{ double {', '.join(derived)}; }} Derived;",
            "",
            "typedef struct { Parameters p; bool given[PARAMETERS]; } Model;",
            "",
            *(osdi_steps.STRUCTURE.splitlines() if self.equations.stepping else []),
            "",
            "typedef struct {",
            "    double *to[ENTRIES]; /* in the simulator's matrix */",
            f"    double *to_react[{states}];",
            "    uint32_t node[NODES]; /* in the simulator's solution */",
            f"    double h[{max(len(self.equations.hoist.found), 1)}]; /* what depends on parameters alone */",
            f"    double time_unit, start[{states}], capacity[{states}];",
            f"    double at[{len(self.equations.unknowns)}]; /* voltages, states and inputs at the last evaluation */",
            f"    double row[{len(self.equations.rows)}]; /* currents and rates */",
            f"    double g[{max(len(self.equations.places), 1)}]; /* their slopes */",
            f"    double residual[NODES], {'inertia' if self.equations.stepping else 'charge'}[{states}];",
            "    Parameters p;",
            "    Derived d;",
            "    double temperature, observed[OPVARS];",
            *([osdi_samples.STRUCTURE] if self.equations.samples else []),
            *(["    Step step;", "    double bound_step;"] if self.equations.stepping else []),
            "    bool given[PARAMETERS], failed, collapsed[1];",
            "} Instance;",
            "",
        ]
        return "\n".join(line for text in lines for line in (wrapped("", text) if text else [""]))

    def _functions(self) -> str:
        lines = ["/* functions of expressions */"]
        for name, (arguments, value) in FUNCTIONS.items():
            declared = ", ".join(f"double {a.strip()}" for a in arguments.split(","))
            lines.append(f"static inline double {name}({declared}) {{ return {value}; }}")
        return "\n".join([*lines, ""])

    def _samples(self) -> str:
        """The functions that make noise in transients."""
        return osdi_samples.write_samples() if self.equations.samples else ""

    def _steps(self) -> str:
        return osdi_steps.write_steps(self.equations, self._statements) if self.equations.stepping else ""

    def _prepare(self) -> str:
        """The function that sets up an instance."""
        derived = {str(s): self.module.prepared(e) for s, e in self.system.derived.items()}
        outputs = {f"inst->h[{symbol.name[2:]}]": e for e, symbol in self.equations.hoist.found.items()}
        outputs |= {"inst->time_unit": self.module.time_unit}
        outputs |= {f"inst->start[{k}]": e for k, e in enumerate(self.module.starts().values())}
        weight = sp.Float(STATE_CAPACITANCE)
        outputs |= {
            f"inst->capacity[{k}]": weight if k in self.patient else self.module.time_unit
            for k in range(len(self.states))
        }
        body = ["const Parameters *p = &inst->p;", "Derived *d = &inst->d;", "(void) p, (void) d;"]
        body += [f"d->{name} = {self.printer.doprint(self.spelled(e))};" for name, e in derived.items()]
        body += self._statements(outputs)
        body += ["double all = inst->time_unit;", f"for (int k = 0; k < {len(self.equations.hoist.found)}; k++)"]
        body += ["    all += inst->h[k];", "for (int k = 0; k < STATES; k++)", "    all += inst->start[k];"]
        if self.equations.samples:
            body += ["inst->noise.number = -1.0;"]
        if self.equations.stepping:
            body += ["inst->step.begun = false;", "inst->step.axis = axis_of_symmetry(inst);"]
        return c_function("static bool prepare(Instance *inst)", [*body, "return isfinite(all);"])

    def _observe(self) -> str:
        """Operating-point variables, computed when they are asked for."""
        values: Named = self.module.observables()
        values |= {name.removeprefix("i_"): e for name, e in self.module.currents().items()}
        values |= {str(s): sp.Symbol(f"d->{s}", real=True) for s in self.system.derived}
        currents = set(map(str, self.system.currents))
        multiplier = sp.Symbol("p->multiplier", real=True)
        outputs = {
            f"inst->observed[{k}]": (multiplier if name in currents else 1) * values[name]
            for k, name in enumerate(self.opvars)
        }
        body = ["const Parameters *p = &inst->p;", "const Derived *d = &inst->d;", "(void) p, (void) d;"]
        body += [*self._unknowns_of(outputs.values()), *self._statements(outputs)]
        return c_function("static void observe(Instance *inst)", body)

    def _eval(self) -> str:
        return write_evaluation(self.equations, self.patient, self._statements)

    def _noise(self) -> str:
        densities = self.module.densities()
        unit = sp.Symbol("p->multiplier", real=True)
        frequency = sp.Symbol("frequency", real=True)
        outputs: Named = {}
        for (_, part), e in densities.items():
            outputs[f"density[{len(outputs)}]"] = unit * e / (frequency if part == "flicker" else 1)
        for step, rate, strength in self.module.telegraphs().values():
            turning = (2 * sp.pi.evalf(17) * frequency) ** 2
            outputs[f"density[{len(outputs)}]"] = unit * strength * step**2 / (rate**2 + turning)
        for _ in self.equations.noises:  # so many devices in parallel have so many independent states
            outputs[f"density[{len(outputs)}]"] = 1 / unit
        body = ["(void) model, (void) frequency, (void) density;", "Instance *inst = of_instance;"]
        body += ["const Parameters *p = &inst->p;", "const Derived *d = &inst->d;", "(void) p, (void) d;"]
        body += [*self._unknowns_of(outputs.values()), *self._statements(outputs)]
        head = "static void load_noise(void *of_instance, void *model, double frequency, double *density)"
        return c_function(head, body)

    def _loads(self) -> str:
        return write_loads(self.equations)

    def _tables(self) -> str:
        return parameter_tables(self.device, self.equations, self.opvars)

    def _descriptor(self) -> str:
        return descriptor(self.device, self.equations, self.name, self.interface)
