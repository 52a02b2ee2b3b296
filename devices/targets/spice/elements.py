"""The inside of a subcircuit: nodes that stand for quantities, and the elements that make them do so."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...core.codegen import SCALAR_NAMESPACE, define, function_source
from ...core.system import build_system
from ...language.declarations.declaration import TEMPERATURE
from ...language.equations.constants import CONSTANTS
from ..scaled import unit_in_seconds
from .expressions import ExpressionPrinter
from .formulation import Formulation, ParameterHoist, Parts, exact, factored, plain_number
from .statements import Statements

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: A smaller conductance does not count as a connection: simulators take pivots below 1e-13 for zero. [S]
SMALLEST_CONDUCTANCE = 1e-12


class Elements:
    """Writes equations as nodes and elements; every method that returns lines is to be called in their order.

    Parameters
    ----------
    device : DeviceModel
        The device; its branches' voltages are known from the start.
    write : Statements
        The dialect's statements.
    """

    def __init__(self, device: DeviceModel, write: Statements) -> None:
        self._device, self._write = device, write
        self._spelled = {TEMPERATURE: write.dialect.temperature}
        self._ends: dict[sp.Symbol, tuple[object, object]] = {}
        self._scales: dict[sp.Symbol, sp.Expr] = {}
        self._sensed: set[sp.Symbol] = set()
        self._printer = ExpressionPrinter(write.dialect, self._spelled)
        self._formula_printer = ExpressionPrinter(write.dialect, self._spelled, formula=True)
        self._hoist = ParameterHoist(lambda e: self._formulation.moving.isdisjoint(e.free_symbols))
        self._formulation = Formulation(set(), {TEMPERATURE}, self._value, self._is_positive)
        for name, branch in device.branches().items():
            self._ends[self.add(sp.Symbol(name, real=True))] = (branch.positive, branch.negative)

    def add(self, symbol: sp.Symbol, scale: float = 1.0, name: object = None) -> sp.Symbol:
        """Let a symbol stand for the voltage of a node, of that name or of its own, times a scale."""
        self._ends[symbol] = (name or symbol, 0)
        self._spelled[symbol] = self._write.node(name or symbol)
        self._formulation.add(symbol)
        if scale != 1:
            self._scales[symbol] = exact(scale)
        return symbol

    # --- text -----------------------------------------------------------------------------

    def expression(self, expression: sp.Expr) -> str:
        """An expression over nodes as it stands in a behavioural source."""
        # ngspice adds 1e-32 to every denominator of a source: powers of such small constants must not stand there.
        numbers = {symbol: sp.Float(value) for symbol, (value, *_) in CONSTANTS.items()}
        self._sensed |= expression.free_symbols
        in_volts = self._in_volts(expression.xreplace(numbers))
        if in_volts != expression:  # a scale that all terms share moves in front
            in_volts = factored(in_volts).replace(lambda e: e.is_Float and e == 1, lambda e: sp.S.One)
        return self._printer.doprint(in_volts)  # type: ignore[no-any-return]

    def formula(self, expression: sp.Expr) -> str:
        """A number, or the formula over parameters that gives one."""
        if expression.is_number:
            return self._formula_printer.doprint(plain_number(expression))  # type: ignore[no-any-return]
        readable = expression.replace(lambda e: e.is_Rational and not e.is_Integer and e.q > 99, plain_number)
        return self._write.formula(self._formula_printer.doprint(readable))

    # --- elements -------------------------------------------------------------------------

    def node(self, symbol: sp.Symbol, expression: sp.Expr) -> list[str]:
        """A node of the symbol's name, whose voltage is the expression."""
        return self._resistive(symbol, self._formulation.parts(self._in_volts(expression), symbol, free=True))

    def current(
        self, name: sp.Symbol, source: object, sink: object, expression: sp.Expr, unsplit: sp.Expr = sp.S.Zero
    ) -> list[str]:
        """A current from one node to another, that of an expression and of terms that stay as they are."""
        parts = self._formulation.parts(self._in_volts(expression), name)
        return self._between(name, source, sink, parts, unsplit)

    def terminal_current(self, name: sp.Symbol, source: object, sink: object, expression: sp.Expr) -> list[str]:
        """A current between terminals, in one source that looks at the terminals themselves.

        A simulator that factorises the matrix of a large network needs the device's conductance where the terminals
        meet: behind nodes of its own it would be found by pivoting, with a fill-in that grows with the network.
        """
        rest, found = self._hoist.out_of(self._in_volts(expression), name)
        lines = []
        for symbol, formula in found.items():
            lines += self._write.parameter(symbol, self.formula(formula))
        drops = {
            sp.Symbol(voltage, real=True): self._write.drop(branch.positive, branch.negative)
            for voltage, branch in self._device.branches().items()
        }
        printer = ExpressionPrinter(self._write.dialect, {**self._spelled, **drops})
        self._sensed |= rest.free_symbols - set(drops)
        return lines + self._write.current(name, source, sink, printer.doprint(rest))

    def conducts_at_first(self, current: sp.Expr, voltage: sp.Symbol) -> bool:
        """Whether a current has a slope over its voltage while the voltages of all nodes are zero."""
        nothing = dict.fromkeys(self._formulation.moving - {TEMPERATURE}, sp.S.Zero)
        slope = sp.diff(current, voltage).xreplace(nothing)
        return self._value(slope, {}) > SMALLEST_CONDUCTANCE and self._is_positive(slope)

    def uses(self, node: sp.Symbol) -> bool:
        """Whether a behavioural source went by a node so far."""
        return node in self._sensed

    def branch_voltages(self) -> list[str]:
        """Nodes for the voltages of branches, as far as behavioural sources went by them."""
        lines = []
        for name, branch in self._device.branches().items():
            symbol = sp.Symbol(name, real=True)
            if symbol in self._sensed:
                lines += self._write.comment(f"{name}: {branch.description}")
                lines += self._write.transconductance(f"{name}_copy", 0, name, self._ends[symbol], "1")
                lines += self._write.conductance(name, "1")
        return lines

    def _in_volts(self, expression: sp.Expr) -> sp.Expr:
        return expression.xreplace({symbol: scale * symbol for symbol, scale in self._scales.items()})

    def _resistive(self, symbol: sp.Symbol, parts: Parts) -> list[str]:
        lines = self._between(symbol, 0, symbol, parts)
        return lines + self._write.conductance(symbol, self.formula(parts.conductance))

    def _between(
        self, name: sp.Symbol, source: object, sink: object, parts: Parts, unsplit: sp.Expr = sp.S.Zero
    ) -> list[str]:
        write, lines = self._write, []
        for node, expression in self._formulation.taken():
            self.add(node)
            lines += self._resistive(node, self._formulation.parts(expression, node, free=True))
        for control, factor in parts.linear.items():
            value = self.formula(factor)
            lines += write.transconductance(f"{name}_{control}", source, sink, self._ends[control], value)
        if parts.constant != 0:
            lines += write.constant_current(name, source, sink, self.formula(parts.constant))
        rest, found = self._hoist.out_of(parts.rest + unsplit, name)
        for symbol, expression in found.items():
            lines += write.parameter(symbol, self.formula(expression))
        if rest != 0:
            self._sensed |= rest.free_symbols
            lines += write.current(name, source, sink, self._printer.doprint(rest))
        return lines

    # --- knowledge about parameters ---------------------------------------------------------

    def _value(self, expression: sp.Expr, voltages: Mapping[str, float]) -> float:
        """Number of an expression of parameters and some voltages, for the device as it is; NaN if it has none."""
        values = {
            **self._device.values,
            **self._device.derived,
            "time_unit": unit_in_seconds(self._device),
            **voltages,
        }
        names, function = _function_of(expression)
        if not values.keys() >= set(names):
            return math.nan
        try:
            return float(function([values[name] for name in names])[0])
        except (ArithmeticError, ValueError):
            return math.nan

    def _is_positive(self, expression: sp.Expr) -> bool:
        """Whether an expression of parameters is positive for all their values within bounds."""
        return _is_positive(self._device.structure, expression)


@functools.lru_cache(maxsize=4096)
def _function_of(expression: sp.Expr) -> tuple[list[str], Callable[..., Any]]:
    """Names of the symbols of an expression, constants of nature aside, and a function of their values for its own."""
    symbols = sorted(expression.free_symbols - set(CONSTANTS), key=str)
    source = function_source("value", {"p": symbols}, [expression])
    return list(map(str, symbols)), define(source, "value", SCALAR_NAMESPACE)


@functools.lru_cache(maxsize=4096)
def _is_positive(structure: tuple[Any, tuple[tuple[str, str], ...]], expression: sp.Expr) -> bool:
    model, derived = structure[0], build_system(*structure).derived
    for symbol in reversed(derived):
        expression = expression.xreplace({symbol: derived[symbol]})
    lowest = {name: item.bounds[0] for name, item in model.parameter_declarations().items()}
    known = {
        symbol: sp.Dummy(str(symbol), positive=True)
        for symbol in expression.free_symbols
        if symbol in CONSTANTS or str(symbol) == "time_unit" or lowest.get(str(symbol), 0.0) > 0
    }
    return bool(expression.xreplace(known).is_positive)
