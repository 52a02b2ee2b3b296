"""Functions compiled from a system's equations, for integrators, Newton's method and static curves."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from ..language.equations.constants import CONSTANTS
from .codegen import ARRAY_NAMESPACE, SCALAR_NAMESPACE, define, function_source
from .sharing import Replacement, Slope, gradient
from .system import Expressions, System, build_system

Function = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class Compiled:
    """Functions of (voltages, states, parameters) generated from a system; see :func:`compiled`.

    ``scalar`` functions take plain numbers and are what integrators call; ``array`` functions
    broadcast. Parameters are all declared ones followed by the derived ones.
    """

    system: System

    @functools.cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the parameter vector."""
        return (*self.system.parameters, *self.system.derived)

    # Printing a symbol's name takes longer than looking at the states of a thousand trajectories: once is enough.
    @functools.cached_property
    def parameter_names(self) -> list[str]:
        """Names of the elements of the parameter vector."""
        return list(map(str, self.parameters))

    @functools.cached_property
    def voltage_names(self) -> list[str]:
        """Names of the branches' voltages."""
        return list(map(str, self.system.voltages))

    @functools.cached_property
    def sphere_places(self) -> list[list[int]]:
        """Numbers of the states that are the components of each direction."""
        places = {symbol: k for k, symbol in enumerate(self.system.states)}
        return [[places[symbol] for symbol in sphere] for sphere in self.system.spheres]

    @functools.cached_property
    def state_names(self) -> list[str]:
        """Names of the states."""
        return list(map(str, self.system.states))

    @functools.cached_property
    def observable_names(self) -> list[str]:
        """Names of the observables."""
        return list(map(str, self.system.observables))

    @functools.cached_property
    def shown_names(self) -> list[str]:
        """Names of what :attr:`shown_array` gives."""
        return [*map(str, self.system.currents), *self.observable_names]

    @functools.cached_property
    def static_names(self) -> list[str]:
        """Names of what :attr:`static_array` gives."""
        currents, observables = list(map(str, self.system.currents)), self.observable_names
        slopes = [f"d{i}/d{v}" for i, v in zip(currents, self.voltage_names, strict=True)]
        return [*currents, *slopes, *observables, *(f"d{x}/dt" for x in self.state_names)]

    @functools.cached_property
    def static_outputs(self) -> list[sp.Expr]:
        """What :attr:`static_array` gives: currents, dg/dv (diagonal), observables and rates."""
        flat, quiet = self.system.flat, self.quiet
        slopes = [Slope(v)(g) for g, v in zip(flat.currents.values(), self.system.voltages, strict=True)]
        return [*flat.currents.values(), *slopes, *flat.observables.values(), *quiet.rates.values()]

    @functools.cached_property
    def quiet(self) -> System:
        """The flat system with its noise switched off."""
        flat = self.system.flat
        silent = Replacement(dict.fromkeys(self.system.noises, sp.S.Zero))

        def quieten(group: Expressions) -> Expressions:
            return {symbol: silent(expression) for symbol, expression in group.items()}

        return replace(flat, rates=quieten(flat.rates), auxiliaries=quieten(flat.auxiliaries))

    def _define(self, name: str, outputs: Sequence[sp.Expr], namespace: Mapping[str, Any]) -> Function:
        groups = {"v": self.system.voltages, "x": self.system.states, "p": self.parameters}
        return define(function_source(name, groups, outputs), name, namespace)

    def outputs(self, name: str) -> list[sp.Expr]:
        """What a function that integrators call gives: ``rates``, ``jacobian``, ``currents`` or ``conduction``."""
        rates, currents = self.quiet.rates, self.system.flat.currents
        states, voltages = self.system.states, self.system.voltages
        if name == "rates":
            return list(rates.values())
        if name == "jacobian":
            return [*gradient(rates.values(), states), *gradient(rates.values(), voltages)]
        conduction = [*currents.values(), *gradient(currents.values(), voltages)]
        return conduction if name == "conduction" else [*conduction, *gradient(currents.values(), states)]

    def source(self, name: str) -> str:
        """Text of such a function of voltages, states and parameters."""
        groups = {"v": self.system.voltages, "x": self.system.states, "p": self.parameters}
        return function_source(name, groups, self.outputs(name))

    @functools.cached_property
    def rates(self) -> Function:
        """Scalar function for the rates of the states."""
        return define(self.source("rates"), "rates", SCALAR_NAMESPACE)

    @functools.cached_property
    def jacobian(self) -> Function:
        """Scalar function for df/dx and df/dv, row by row."""
        return define(self.source("jacobian"), "jacobian", SCALAR_NAMESPACE)

    @functools.cached_property
    def currents(self) -> Function:
        """Scalar function for the currents, dg/dv and dg/dx."""
        return define(self.source("currents"), "currents", SCALAR_NAMESPACE)

    @functools.cached_property
    def conduction(self) -> Function:
        """Scalar function for the currents and dg/dv: what Newton's method for a voltage needs."""
        return define(self.source("conduction"), "conduction", SCALAR_NAMESPACE)

    @functools.cached_property
    def conduction_array(self) -> list[Function]:
        """Array functions for the current and dg/dv of each branch: Newton's method for many devices at once."""
        pairs = zip(self.system.flat.currents.values(), self.system.voltages, strict=True)
        return [self._define("conduction", [g, Slope(v)(g)], ARRAY_NAMESPACE) for g, v in pairs]

    @functools.cached_property
    def shown_array(self) -> Function:
        """Array function for currents and observables: what tables of trajectories show."""
        flat = self.system.flat
        return self._define("shown", [*flat.currents.values(), *flat.observables.values()], ARRAY_NAMESPACE)

    @functools.cached_property
    def static_array(self) -> Function:
        """Array function for currents, dg/dv (diagonal), observables and rates."""
        return self._define("static", self.static_outputs, ARRAY_NAMESPACE)

    @functools.cached_property
    def _known_observables(self) -> dict[str, Function | None]:
        return {}

    def observable_of_states(self, name: str) -> Function | None:
        """Array function for a state, or an observable of states and parameters alone; None for another observable."""
        known = self._known_observables
        if name not in known:
            there = self.system.flat.observables | {symbol: symbol for symbol in self.system.states}
            (expression,) = (e for symbol, e in there.items() if str(symbol) == name)
            alone = expression.free_symbols <= {*self.system.states, *self.parameters, *CONSTANTS}
            known[name] = self._define("observable", [expression], ARRAY_NAMESPACE) if alone else None
        return known[name]

    @functools.cached_property
    def derived_source(self) -> str:
        """Source of the function of the declared parameters for the derived ones."""
        known: Expressions = {}
        for symbol, expression in self.system.derived.items():
            known[symbol] = Replacement(known)(expression)
        return function_source("derived", {"p": self.system.parameters}, list(known.values()))

    @functools.cached_property
    def initial_source(self) -> str:
        """Source of the function of the parameters for the initial state."""
        return function_source("initial", {"p": self.parameters}, list(self.system.initial.values()))

    @functools.cached_property
    def derived(self) -> Function:
        """Scalar function of the declared parameters for the derived ones."""
        return define(self.derived_source, "derived", SCALAR_NAMESPACE)

    @functools.cached_property
    def derived_names(self) -> list[str]:
        """Names of the derived quantities."""
        return list(map(str, self.system.derived))

    @functools.cached_property
    def derived_array(self) -> Function:
        """Array function of the declared parameters for the derived ones."""
        return define(self.derived_source, "derived", ARRAY_NAMESPACE)

    @functools.cached_property
    def initial(self) -> Function:
        """Scalar function of the parameters for the initial state."""
        return define(self.initial_source, "initial", SCALAR_NAMESPACE)

    @functools.cached_property
    def initial_array(self) -> Function:
        """Array function of the parameters for the initial state."""
        return define(self.initial_source, "initial", ARRAY_NAMESPACE)


@functools.lru_cache(maxsize=256)
def compiled_for(model: Any, options: tuple[tuple[str, str], ...]) -> Compiled:
    """The generated functions for a model and a choice of its options."""
    return Compiled(build_system(model, options))


def evaluate_derived(functions: Compiled, values: Mapping[str, float]) -> dict[str, float]:
    """Values of the derived quantities, by name, for those of the declared parameters."""
    # NumPy's numbers divide by zero to infinity: a torque that vanishes has an infinite critical current.
    with np.errstate(all="ignore"):
        results = functions.derived([np.float64(value) for value in values.values()])
    return {name: float(value) for name, value in zip(functions.derived_names, results, strict=True)}
