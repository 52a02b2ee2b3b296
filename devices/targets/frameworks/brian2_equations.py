"""The Brian 2 target: a device as equations with units, for ``NeuronGroup`` and ``Synapses``.

Expressions are written with the declared quantities and their units. Where an expression hides a unit in a number, as
the bounds of a state do, it is written in SI values: each quantity divided by its unit.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import brian2
import sympy as sp
from brian2.equations.equations import Equations, dimensions_and_type_from_string
from brian2.parsing.expressions import parse_expression_dimensions

from ...core.codegen import ARRAY_NAMESPACE, Printer
from ...core.system import Expressions
from ...core.vectors import compiled, initial_state
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE, Vectorial
from ...language.equations.constants import CONSTANTS
from ...language.equations.functions import EXP_LIMIT, ramp
from ...language.errors import ParameterError
from ...simulation.ensembles.noisy_trajectories import require_temperature
from ...simulation.request import driven_branch
from ..scaled import restoring_rates
from .brian2_methods import HEUN, RUNGE_KUTTA, ExplicitMethod

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: Units of the declarations, in Brian's names.
UNITS = {
    "A": "amp",
    "C": "coulomb",
    "F": "farad",
    "Hz": "hertz",
    "J": "joule",
    "K": "kelvin",
    "N": "newton",
    "S": "siemens",
    "T": "tesla",
    "V": "volt",
    "W": "watt",
    "kg": "kilogram",
    "m": "metre",
    "ohm": "ohm",
    "rad": "1",
    "s": "second",
}
#: C of the functions that Brian does not have, of arguments x and a.
_C = {
    "ramp": "x > 0 ? x : 0.0",
    "step": "x > 0 ? 1.0 : x < 0 ? 0.0 : 0.5",
    "ramp_power": "x > 0 ? pow(x, a) : a > 0 ? 0.0 : 1.0",
    "limexp": f"x < {EXP_LIMIT!r} ? exp(x) : exp({EXP_LIMIT!r}) * (1.0 + x - {EXP_LIMIT!r})",
    "x_coth": "fabs(x) < 1e-3 ? 1.0 + x * x / 3.0 : x / tanh(x)",
}


def brian_unit(unit: str) -> str:
    """A unit of a declaration as Brian writes it, ``"A/(V*m)"`` as ``"amp*volt**-1*metre**-1"``.

    Raises
    ------
    ParameterError
        If it is not a product of powers of the SI units that the package uses.
    """
    try:
        powers = _powers(ast.parse(unit.replace("^", "**"), mode="eval").body)
    except (SyntaxError, ValueError, KeyError) as error:
        raise ParameterError(f"the unit {unit!r} has no form in Brian: {error}") from None
    factors = [name if power == 1 else f"{name}**{power:g}" for name, power in powers.items() if power]
    return "*".join(factors) or "1"


def _per(unit: str, factor: str) -> str:
    """A unit times another factor; Brian takes no numbers in units."""
    return factor if unit == "1" else f"{unit}*{factor}"


def _powers(node: ast.expr) -> dict[str, float]:
    """Exponents of Brian's units in a product of powers."""
    match node:
        case ast.Constant(value=1):
            return {}
        case ast.Name(id=name):
            return {UNITS[name]: 1.0} if UNITS[name] != "1" else {}
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            exponent = float(ast.literal_eval(right))
            return {name: power * exponent for name, power in _powers(left).items()}
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as operator, right=right):
            result, sign = _powers(left), 1 if isinstance(operator, ast.Mult) else -1
            for name, power in _powers(right).items():
                result[name] = result.get(name, 0.0) + sign * power
            return result
    raise ValueError(f"{ast.unparse(node)!r} is not a product of powers")


class _Printer(Printer):
    """Expressions in the functions that Brian knows."""

    def _print_Function(self, expr: sp.Function) -> str:
        name = expr.func.__name__
        if re.fullmatch(r"a(sin|cos|tan)", name):
            return f"arc{name[1:]}({self._print(expr.args[0])})"
        return str(super()._print_Function(expr))

    _print_asin = _print_acos = _print_atan = _print_Function

    def _print_Max(self, expr: sp.Max) -> str:
        first, *others = expr.args
        return str(self._print(functools.reduce(lambda a, b: a + ramp(b - a), others, first)))

    def _print_Min(self, expr: sp.Min) -> str:
        first, *others = expr.args
        return str(self._print(functools.reduce(lambda a, b: a - ramp(a - b), others, first)))


def _custom_functions() -> dict[str, Any]:
    """The package's functions as Brian's, with NumPy, C++ and Cython implementations."""
    functions = {}
    for name, expression in _C.items():
        arguments = ["x", "a"] if name == "ramp_power" else ["x"]
        keeps_unit = name == "ramp"
        made = brian2.Function(
            ARRAY_NAMESPACE[name],
            arg_units=[None if name in ("ramp", "step") else 1] * len(arguments),
            arg_names=arguments,
            return_unit=(lambda u: u) if keeps_unit else 1,
        )
        implementations = made.implementations
        implementations.add_implementation("numpy", code=ARRAY_NAMESPACE[name])
        signature = ", ".join(f"double {argument}" for argument in arguments)
        text = f"inline double synaspice_{name}({signature}) {{ return {expression}; }}"
        implementations.add_implementation("cpp", code=text, name=f"synaspice_{name}")
        inner = f'cdef extern from *:\n    """\n    #include <math.h>\n    {text}\n    """\n'
        inner += f"    double synaspice_{name}({signature}) nogil\n"
        implementations.add_implementation("cython", code=inner, name=f"synaspice_{name}")
        functions[name] = made
    return functions


@dataclass(frozen=True)
class BrianDevice:
    """A device as Brian's equations; see :meth:`CompactModel.to_brian2`.

    Attributes
    ----------
    equations : str
        Equations for a ``NeuronGroup``: a differential equation for each state, and the currents, observables and what
        is needed for them as subexpressions; voltages of the branches, or their drives, and the ``variables`` are
        parameters of each neuron.
    synapses : str
        The same for ``Synapses``, integrated by the clock.
    namespace : dict
        Parameters, with units, and functions that the equations refer to.
    initial : dict
        Initial values of the states and of the parameters of each neuron, with units.
    method : ExplicitMethod
        Method for Brian's state updater: the classical Runge-Kutta scheme; with noise Heun's, which converges to the
        Stratonovich solution. Brian's own ``"rk4"`` and ``"heun"`` do the same, but take minutes to put together the
        code for equations as long as a junction's.
    """

    equations: str
    synapses: str
    namespace: dict[str, Any] = field(repr=False)
    initial: dict[str, Any]
    method: ExplicitMethod

    def group(self, count: int, **arguments: Any) -> Any:
        """Make a ``NeuronGroup`` of such devices in their initial states.

        Parameters
        ----------
        count : int
            Number of devices.
        **arguments
            Arguments of ``NeuronGroup``, such as ``dt``, ``threshold`` and ``reset``; ``model`` is added to the
            equations, for example of the voltage.
        """
        model = "\n".join([self._without(arguments), arguments.pop("model", "")])
        namespace = {**self.namespace, **arguments.pop("namespace", {})}
        group = brian2.NeuronGroup(count, model, **{"method": self.method, "namespace": namespace, **arguments})
        self.start(group)
        return group

    def start(self, group: Any) -> None:
        """Put the devices of a group, or of connected synapses, into their initial states."""
        for name, value in self.initial.items():
            if name in group.equations.parameter_names or name in group.equations.diff_eq_names:
                setattr(group, name, value)

    def _without(self, arguments: Mapping[str, Any]) -> str:
        """The equations without the parameters that the user's own define."""
        own = set(re.findall(r"^\s*(\w+)\s*=", arguments.get("model", ""), re.M))
        lines = self.equations.splitlines()
        return "\n".join(line for line in lines if line.partition(" ")[0] not in own or "=" in line)


class _Writer:
    """Collects the equations of a device."""

    def __init__(self, device: DeviceModel, source: str, variables: tuple[str, ...], temperature: float | None):
        self.device, self.variables = device, variables
        self.system = compiled(device).system
        branch, self.by_current = driven_branch(device, source)
        self.branches = list(device.branches().values())
        self.driven = self.branches[branch]
        parameters = device.parameter_declarations()
        for name in variables:
            known(f"parameter of {device.model_name()}", name, parameters)
        if temperature is not None:
            temperature = require_temperature(device, temperature) if self.system.noises else None
        self.temperature = temperature
        self.units = {b.name: "V" for b in self.branches} | {b.current: "A" for b in self.branches}
        self.units |= {name: item.unit for name, item in parameters.items()}
        for item in device.declarations().values():
            if isinstance(item, Vectorial):
                self.units |= dict.fromkeys(item.components, item.unit)
        for name, state in device.state_declarations().items():
            self.units[f"{name}_within"] = state.unit
        self.units |= {str(symbol): unit for symbol, (_, unit, _) in CONSTANTS.items()} | {str(TEMPERATURE): "K"}
        self.printer, self.functions = _Printer(), _custom_functions()
        self.dimensions = {name: dimensions_and_type_from_string(brian_unit(u))[0] for name, u in self.units.items()}
        constants = {n: brian2.core.variables.Constant(n, 1.0, d) for n, d in self.dimensions.items()}
        self.known: dict[str, Any] = {
            **brian2.core.namespace.DEFAULT_FUNCTIONS,
            **brian2.core.namespace.DEFAULT_CONSTANTS,
        }
        self.known |= {**self.functions, **constants}
        self.lines: list[tuple[str, bool]] = []
        self.used: set[sp.Symbol] = set()

    def text(self, expression: Any, unit: str) -> str:
        """An expression, in quantities with units or, if it does not fit them, in SI values."""
        expression = sp.sympify(expression)
        self.used |= expression.free_symbols
        if expression.is_number and unit == "1":
            return str(self.printer.doprint(expression))
        plain = str(self.printer.doprint(expression))
        wanted = dimensions_and_type_from_string(unit)[0]
        try:
            if parse_expression_dimensions(plain, self.known) is wanted:
                return plain
        except (brian2.DimensionMismatchError, ValueError, SyntaxError):
            pass
        units = {s: brian_unit(self.units[str(s)]) for s in expression.free_symbols}
        bare = {s: sp.Symbol(f"({s}/({u}))") if u != "1" else s for s, u in units.items()}
        inside = self.printer.doprint(expression.xreplace(bare))
        return inside if unit == "1" else f"({inside})*{unit}"

    def add(self, name: str, expression: Any, unit: str, rate: bool = False, noise: str = "") -> None:
        """Add a subexpression or a differential equation."""
        left = f"d{name}/dt" if rate else name
        text = self.text(expression, _per(unit, "second**-1") if rate else unit)
        self.lines.append((f"{left} = {text}{noise} : {unit}", rate))


def write_equations(
    device: DeviceModel, *, source: str, variables: Iterable[str], temperature: float | None
) -> BrianDevice:
    """Write a device as Brian's equations; see :meth:`CompactModel.to_brian2`."""
    writer = _Writer(device, source, tuple(variables), temperature)
    system, states = writer.system, device.state_declarations()
    silence = dict.fromkeys(system.noises, sp.S.Zero)
    unit_of = {name: brian_unit(unit) for name, unit in writer.units.items()}
    own = {str(s) for s in system.derived if _depends(system.derived, s, set(writer.variables))}

    for symbol, expression in system.derived.items():
        if str(symbol) in own:
            writer.add(str(symbol), expression, unit_of[str(symbol)])
    parameters = [f"{name} : {unit_of[name]}" for name in writer.variables]
    for branch in writer.branches:
        if writer.by_current and branch is writer.driven:
            parameters.append(f"{branch.current} : amp")
        else:
            parameters.append(f"{branch.name} : volt")
    if writer.by_current:
        writer.add(writer.driven.name, _inverted(device, writer.driven.name, writer.driven.current), "volt")
    for symbol, expression in system.auxiliaries.items():
        writer.add(str(symbol), expression.xreplace(silence), unit_of[str(symbol)])
    shakes = _noise_terms(writer, silence) if writer.temperature is not None else {}
    restoring = restoring_rates(system)
    pace = device.settling_time
    for symbol, rate in system.rates.items():
        name = str(symbol)
        unit = unit_of[name]
        expression = rate.xreplace(silence)
        noise = "".join(f" + {shake}*xi_{n}" for n, shake in shakes.get(name, {}).items())
        if symbol in restoring:
            # The integrator does not know the sphere: a term that vanishes on it, as in a netlist.
            nodes = {sp.Symbol(f"x_{y}", real=True): y for y in system.states}
            pull = writer.text(sp.sympify(restoring[symbol]).xreplace(nodes).doit(), "1")
            noise += f" + ({pull})/({pace!r}*second)"
        writer.add(name, expression, unit, rate=True, noise=noise)
    for symbol, expression in system.currents.items():
        if not (writer.by_current and str(symbol) == writer.driven.current):
            writer.add(str(symbol), expression.xreplace(silence), "amp")
    for symbol, expression in system.observables.items():
        if symbol not in system.auxiliaries:
            writer.add(str(symbol), expression.xreplace(silence), unit_of[str(symbol)])
    return _finished(device, writer, parameters, unit_of, states)


def _depends(derived: Expressions, symbol: sp.Symbol, names: set[str]) -> bool:
    """Whether a derived quantity follows from one of some parameters."""
    free = derived[symbol].free_symbols
    return any(str(s) in names or (s in derived and _depends(derived, s, names)) for s in free)


def _inverted(device: DeviceModel, voltage: str, current: str) -> sp.Expr:
    """The voltage at a current, where the current is linear in it."""
    system = compiled(device).system
    v, i = sp.Symbol(voltage, real=True), sp.Symbol(current, real=True)
    slope = sp.diff(system.flat.currents[i], v)
    if slope.has(v):
        raise ParameterError(
            f"{device.model_name()} cannot be driven by a current in Brian: its current is not linear in the voltage"
        )
    return (i - system.flat.currents[i].xreplace({v: sp.S.Zero})) / slope


def _noise_terms(writer: _Writer, silence: Mapping[sp.Symbol, sp.Expr]) -> dict[str, dict[str, str]]:
    """Subexpressions ``shake_<state>_<noise>``: factor of a unit white noise in a rate."""
    system = writer.system
    found: dict[str, dict[str, str]] = {}
    for n, density in system.noises.items():
        slopes: dict[sp.Symbol, sp.Expr] = {}

        def total(expression: sp.Expr, n: sp.Symbol = n, slopes: dict[sp.Symbol, sp.Expr] = slopes) -> sp.Expr:
            inner = sum(sp.diff(expression, a) * slope for a, slope in slopes.items() if slope != 0)
            return sp.sympify(sp.diff(expression, n) + inner).xreplace(dict(silence))

        for symbol, expression in system.auxiliaries.items():
            slopes[symbol] = total(expression)
        for symbol, rate in system.rates.items():
            share = total(rate)
            if share != 0:
                name, unit = f"shake_{symbol}_{n}", brian_unit(writer.units[str(symbol)])
                writer.add(name, share * sp.sqrt(density), _per(unit, "second**-0.5"))
                found.setdefault(str(symbol), {})[str(n)] = name
    return found


def _finished(
    device: DeviceModel, writer: _Writer, parameters: list[str], unit_of: Mapping[str, str], states: Mapping[str, Any]
) -> BrianDevice:
    def quantity(name: str, value: float) -> Any:
        return brian2.Quantity(value, dim=writer.dimensions[name])

    defined = {line.partition(" ")[0] for line, _ in writer.lines} | {p.partition(" ")[0] for p in parameters}
    values = {**device.values, **device.derived, str(TEMPERATURE): writer.temperature or 0.0}
    values |= {str(symbol): value for symbol, (value, _, _) in CONSTANTS.items()}
    needed = {str(s) for s in writer.used} - defined - set(states)
    namespace = {name: quantity(name, values[name]) for name in sorted(needed)}
    for name in (*defined, *states, *namespace):
        if name.startswith("d") and "/" in name:
            continue
        try:
            Equations.check_identifier(name)
        except (SyntaxError, ValueError) as error:
            raise ParameterError(f"{name!r} cannot be a name in Brian: {error}") from None
    text = [line for line, _ in writer.lines] + parameters
    clocked = [line + " (clock-driven)" if rate else line for line, rate in writer.lines] + parameters
    called = {name for name in writer.functions if re.search(rf"\b{name}\(", "\n".join(text))}
    namespace |= {name: writer.functions[name] for name in sorted(called)}
    initial = {x: quantity(x, v) for x, v in zip(states, initial_state(device), strict=True)}
    initial |= {name: quantity(name, device.values[name]) for name in writer.variables}
    method = RUNGE_KUTTA if writer.temperature is None else HEUN
    return BrianDevice("\n".join(text), "\n".join(clocked), namespace, initial, method)
