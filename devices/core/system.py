"""From a declaration to a system of equations: the one form that every target is generated from."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from ..language.declarations.declaration import (
    TEMPERATURE,
    Auxiliary,
    Branch,
    Declarations,
    Derived,
    ElectricalNoise,
    Noise,
    Observable,
    State,
    Telegraph,
    Vectorial,
)
from ..language.equations.constants import CONSTANTS
from ..language.equations.functions import boundary, ramp, step
from .sharing import Replacement

Expressions = dict[sp.Symbol, sp.Expr]


@dataclass(frozen=True)
class TelegraphNoise:
    r"""Effect of a telegraph process on the current of a branch.

    .. math:: S_I(f) = \frac{S\, (\Delta I)^2}{\lambda^2 + (2 \pi f)^2}, \qquad
        \lambda = r_\uparrow + r_\downarrow, \quad S = \frac{4\, r_\uparrow r_\downarrow}{\lambda}

    Attributes
    ----------
    current : Symbol
        The branch's current.
    step : Expr
        Difference :math:`\Delta I` between the currents with the process at 1 and at 0. [A]
    rate : Expr
        Sum :math:`\lambda` of the rates of transition. [1/s]
    strength : Expr
        One-sided density S of a white noise that, low-passed at that rate, is the process's. [1/s]

    References
    ----------
    S. Machlup, J. Appl. Phys. 25, 341 (1954), doi:10.1063/1.1721637.
    """

    current: sp.Symbol
    step: sp.Expr
    rate: sp.Expr
    strength: sp.Expr

    def corner(self, parameters: Mapping[str, float]) -> float | None:
        r"""Frequency :math:`\lambda / 2\pi` beyond which its spectrum falls [Hz].

        None if the current does not feel the process, or its rates depend on more than the parameters.

        Parameters
        ----------
        parameters : Mapping
            Values of the parameters, declared and derived.
        """
        symbols = self.step.free_symbols | self.rate.free_symbols
        values = {symbol: parameters[str(symbol)] for symbol in symbols if str(symbol) in parameters}
        step, rate = self.step.xreplace(values), self.rate.xreplace(values)
        return float(rate) / (2 * math.pi) if rate.is_number and step != 0 else None


@dataclass(frozen=True)
class System:
    """Differential-algebraic equations of one device structure, in SymPy.

    Expressions may refer to ``parameters``, ``derived``, ``voltages``, ``states``, ``auxiliaries`` (declared
    earlier), ``noises``, physical constants and the temperature. A state with bounds is seen by the equations
    through the auxiliary ``<state>_within``, and its bounds are already enforced in ``rates``; ``closing`` are the
    states whose free rates vanish at both bounds. ``jumps`` are the rates ``<name>_up`` and ``<name>_down`` of the
    telegraph processes, which are parameters otherwise. Symbol order is declaration order.
    """

    parameters: tuple[sp.Symbol, ...]
    derived: Expressions
    voltages: tuple[sp.Symbol, ...]
    states: tuple[sp.Symbol, ...]
    initial: Expressions
    auxiliaries: Expressions
    currents: Expressions
    free_rates: Expressions
    rates: Expressions
    closing: frozenset[sp.Symbol]
    noises: Expressions
    electrical_noises: dict[str, tuple[sp.Expr, sp.Expr]]
    jumps: Expressions
    observables: Expressions
    spheres: tuple[tuple[sp.Symbol, ...], ...]

    @functools.cached_property
    def flat(self) -> System:
        """The same system with the auxiliaries substituted away."""
        known: Expressions = {}
        for symbol, expression in self.auxiliaries.items():
            known[symbol] = expression.xreplace(known)
        flat = Replacement(known)

        def flatten(group: Expressions) -> Expressions:
            return {symbol: flat(expression) for symbol, expression in group.items()}

        return replace(
            self,
            auxiliaries=known,
            currents=flatten(self.currents),
            free_rates=flatten(self.free_rates),
            rates=flatten(self.rates),
            noises=flatten(self.noises),
            electrical_noises={
                name: (flat(white), flat(flicker)) for name, (white, flicker) in self.electrical_noises.items()
            },
            jumps=flatten(self.jumps),
            observables=flatten(self.observables),
        )

    @functools.cached_property
    def telegraph_noises(self) -> dict[str, tuple[TelegraphNoise, ...]]:
        """Effect of each telegraph process on currents, by the process's name; those that do nothing are left out."""
        flat, found = self.flat, {}
        for name in (str(symbol).removesuffix("_up") for symbol in flat.jumps if str(symbol).endswith("_up")):
            process = sp.Symbol(name, real=True)
            up, down = (flat.jumps[sp.Symbol(f"{name}_{way}", real=True)] for way in ("up", "down"))
            one, zero = Replacement({process: sp.S.One}), Replacement({process: sp.S.Zero})
            steps = {i: one(g) - zero(g) for i, g in flat.currents.items()}
            made = tuple(
                TelegraphNoise(i, step, up + down, 4 * up * down / (up + down))
                for i, step in steps.items()
                if step != 0
            )
            if made:
                found[name] = made
        return found


def within(state: Any, bounds: tuple[float, float]) -> Any:
    """The state, or the bound that it is beyond."""
    low, high = bounds
    return state + ramp(low - state) - ramp(state - high)


def enforce_bounds(rate: Any, state: Any, bounds: tuple[float, float], layer: float, *, closing: bool) -> Any:
    """Let a rate lead up to the bounds of its state and not beyond.

    An outward rate is multiplied by :func:`~synaspice.devices.language.equations.functions.boundary` of the distance
    to the wall; an inward rate is left alone, so that a state at its bound leaves it freely.

    With ``closing`` the rate vanishes at both bounds by itself, so that a state approaches them for ever, at distances
    that soon no number resolves, and comes back by the way that it went. Then the factor is that of both directions:
    the way back stays the way there, and the distances stay those that every target resolves.
    """
    low, high = bounds
    width = layer * (high - low)
    upward, downward = boundary((high - state) / width), boundary((state - low) / width)
    return rate * upward * downward if closing else ramp(rate) * upward - ramp(-rate) * downward


@functools.lru_cache(maxsize=256)
def build_system(model: type[Any], options: tuple[tuple[str, str], ...]) -> System:
    """Evaluate a model's equations, once for each choice of its options.

    Raises
    ------
    TypeError
        If the equations leave a declared quantity without an expression, or give one to a name
        that was not declared.
    """
    declared = model.declarations()

    parameters = tuple(sp.Symbol(name, real=True) for name in model.parameter_declarations())
    entries: dict[str, Any] = {str(symbol): symbol for symbol in parameters}
    entries |= dict(options) | {"temperature": TEMPERATURE}
    for name, item in declared.items():
        if isinstance(item, Vectorial):
            symbols = item.symbols
            entries[name] = sp.Matrix(symbols) if item.vector else symbols[0]
        elif isinstance(item, Branch):
            entries[name] = sp.Symbol(name, real=True)
    entries |= _parameter_vectors(entries)
    s = model.symbols(entries)
    # An integrator or Newton's method may try a state beyond its bounds: the equations see it at the bound.
    bounded = [(item, item.bounds) for item in declared.values() if isinstance(item, State) and item.bounds]
    limited = {x: sp.Symbol(f"{x}_within", real=True) for item, _ in bounded for x in item.symbols}
    given = dict(model.equations(model.symbols(entries | {str(x): limit for x, limit in limited.items()})))

    def take(key: str, item: Vectorial | Branch | Telegraph) -> Expressions:
        if key not in given:
            raise TypeError(f"{model.__name__}.equations() gives no expression for {key!r}")
        value = given.pop(key)
        if isinstance(item, Vectorial) and item.vector:
            if len(value) != len(item.components):
                raise TypeError(f"{model.__name__}.equations() gives {len(value)} components for the vector {key!r}")
            return {symbol: _expression(part) for symbol, part in zip(item.symbols, value, strict=True)}
        if isinstance(item, Telegraph):
            return {sp.Symbol(key, real=True): _expression(value)}
        target = sp.Symbol(item.current if isinstance(item, Branch) else item.name, real=True)
        return {target: _expression(value)}

    groups: dict[type, Expressions] = {kind: {} for kind in (Derived, Branch, Auxiliary, Observable, Noise)}
    for item, bounds in bounded:
        groups[Auxiliary] |= {limited[x]: within(x, bounds) for x in item.symbols}
    initial: Expressions = {}
    free: Expressions = {}
    jumps: Expressions = {}
    spheres: list[tuple[sp.Symbol, ...]] = []
    electrical: dict[str, tuple[sp.Expr, sp.Expr]] = {}
    for name, item in declared.items():
        if isinstance(item, State):
            symbols = item.symbols
            start = item.initial(s)
            initial |= dict(zip(symbols, map(sp.sympify, start if item.vector else (start,)), strict=True))
            own = take(f"d{name}/dt", item)
            free |= own
            if item.unit_sphere:
                spheres.append(tuple(symbols))
        elif isinstance(item, Branch):
            groups[Branch] |= take(item.current, item)
        elif isinstance(item, ElectricalNoise):
            if name not in given:
                raise TypeError(f"{model.__name__}.equations() gives no densities for {name!r}")
            white, flicker = given.pop(name)
            electrical[name] = sp.sympify(white), sp.sympify(flicker)
        elif isinstance(item, Telegraph):
            jumps |= take(f"{name}_up", item) | take(f"{name}_down", item)
        elif isinstance(item, Derived | Auxiliary | Observable | Noise):
            groups[type(item)] |= take(name, item)
            if isinstance(item, Auxiliary) and item.report:
                groups[Observable] |= {symbol: symbol for symbol in item.symbols}
    if given:
        raise TypeError(f"{model.__name__}.equations() gives expressions for undeclared names: {sorted(given)}")
    closing: set[sp.Symbol] = set()
    rates = dict(free)
    for item, bounds in bounded:
        for x in item.symbols:
            if closes := _closes(free[x], groups[Auxiliary], limited[x], bounds, groups[Noise]):
                closing.add(x)
            rates[x] = enforce_bounds(free[x], x, bounds, item.boundary_layer, closing=closes)
    system = System(
        parameters=parameters,
        derived=groups[Derived],
        voltages=tuple(sp.Symbol(n, real=True) for n, item in declared.items() if isinstance(item, Branch)),
        states=tuple(initial),
        initial=initial,
        auxiliaries=groups[Auxiliary],
        currents=groups[Branch],
        free_rates=free,
        rates=rates,
        closing=frozenset(closing),
        noises=groups[Noise],
        electrical_noises=electrical,
        jumps=jumps,
        observables=groups[Observable],
        spheres=tuple(spheres),
    )
    _check_symbols(model, system)
    return system


def _closes(
    rate: sp.Expr, auxiliaries: Expressions, within: sp.Symbol, bounds: tuple[float, float], noises: Expressions
) -> bool:
    """Whether a rate, noise aside, vanishes at both bounds of its state whatever drives it."""
    for bound in bounds:
        # Exact, so that powers of one are seen to be one.
        known: Expressions = {within: sp.nsimplify(bound)} | dict.fromkeys(noises, sp.S.Zero)
        for symbol, expression in auxiliaries.items():
            known.setdefault(symbol, expression.xreplace(known))
        if rate.xreplace(known) != 0:
            return False
    return True


def _expression(value: Any) -> sp.Expr:
    """An expression whose derivatives can be printed: SymPy's sign() would have a delta function for one."""
    return sp.sympify(value).replace(sp.sign, lambda x: 2 * step(x) - 1)


def _parameter_vectors(entries: Mapping[str, Any]) -> dict[str, sp.Matrix]:
    """Offer scalar parameters ``field_x, field_y, field_z`` to the equations as the vector ``field``."""
    stems = [name[:-2] for name in entries if name.endswith("_x")]
    complete = [stem for stem in stems if all(f"{stem}_{axis}" in entries for axis in "yz") and stem not in entries]
    return {stem: sp.Matrix([entries[f"{stem}_{axis}"] for axis in "xyz"]) for stem in complete}


def _check_symbols(model: type[Declarations], system: System) -> None:
    """Refuse equations that refer to something that is not known where it stands."""
    inputs = {sp.Symbol(name, real=True) for name in (*model.input_declarations(), *model.telegraph_declarations())}
    seen = {*system.parameters, *CONSTANTS, TEMPERATURE}
    for symbol, expression in system.derived.items():
        # Derived quantities are evaluated once; inputs and telegraph processes may change in time.
        _refuse(model, symbol, expression, seen - inputs)
        seen.add(symbol)
    for symbol, expression in system.initial.items():
        _refuse(model, symbol, expression, seen)
    seen |= {*system.voltages, *system.states}
    for symbol, expression in system.noises.items():
        _refuse(model, symbol, expression, seen | set(system.auxiliaries))
    for symbol, expression in system.auxiliaries.items():
        _refuse(model, symbol, expression, seen | set(system.noises))
        seen.add(symbol)
    for group in (system.currents, system.observables):
        for symbol, expression in group.items():
            _refuse(model, symbol, expression, seen)
    for name, densities in system.electrical_noises.items():
        for density in densities:
            _refuse(model, name, density, seen)
    for symbol, expression in system.rates.items():
        _refuse(model, symbol, expression, seen | set(system.noises))
    for symbol, expression in system.flat.jumps.items():  # a rate of transition with white noise in it has no meaning
        _refuse(model, symbol, expression, seen)


def _refuse(model: type[Declarations], symbol: sp.Symbol | str, expression: sp.Expr, known: set[sp.Symbol]) -> None:
    unknown = expression.free_symbols - known
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise TypeError(f"{model.__name__}: the expression for {symbol} refers to {names}, not defined before it")
