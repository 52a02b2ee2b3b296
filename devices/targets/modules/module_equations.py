"""The equations of a device as a module of a circuit simulator has them, before they are printed in any language.

Every state is the voltage ``x_<state>`` of a node, in units of its scale; its rate is per time unit. Voltages of
branches are ``v_<branch>``, inputs that are pins ``u_<input>``, samples of noises ``u_<noise>_samples``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...core.sharing import Replacement, Rewriting, Slope
from ...core.system import build_system
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE, Auxiliary, Vectorial
from ...language.equations.constants import CONSTANTS
from ..sampling import sampled_noise, samples_of
from ..scaled import restoring_rates, returning_rate, unit_of

if TYPE_CHECKING:
    from ...core.base import DeviceModel

Named = dict[str, sp.Expr]


class ModuleEquations:
    """A module's computed quantities, by the name of the variable.

    Parameters
    ----------
    device : DeviceModel
        The device.
    inputs : sequence of str
        Inputs of the model that are pins of the module.
    temperature : Symbol
        The temperature [K] in the language.
    transient_noise : bool
        Whether the rates of the states have their noises, in terms of samples.

    Raises
    ------
    UnknownNameError
        If there is no such input.
    """

    def __init__(
        self,
        device: DeviceModel,
        inputs: Sequence[str],
        temperature: sp.Symbol = TEMPERATURE,
        transient_noise: bool = False,
    ) -> None:
        for pin in inputs:
            known(f"input of {device.model_name()}", pin, device.input_declarations())
        self.device, self.inputs = device, tuple(inputs)
        self.system = build_system(*device.structure).flat
        self.states, self.branches = device.state_declarations(), device.branches()
        self.ports = [*device.terminals(), *self.states, *inputs]
        self._silent = self._shaken = Replacement(dict.fromkeys(self.system.noises, sp.S.Zero))
        self.samples: list[str] = []
        if transient_noise:
            samples = {n: sp.Symbol(f"u_{samples_of(n)}", real=True) for n in self.system.noises}
            noises: dict[sp.Expr, sp.Expr] = {n: sampled_noise(s, samples[n]) for n, s in self.system.noises.items()}
            self.samples, self._shaken = list(map(str, samples.values())), Replacement(noises)
        scale = type(device).time_scale
        self.time_unit: sp.Expr = (
            unit_of(sp.Symbol(scale, real=True)) if isinstance(scale, str) else sp.Float(scale, 17)
        )
        numbers = {symbol: sp.Float(value, 17) for symbol, (value, _, _) in CONSTANTS.items()}
        spelled: dict[sp.Expr, sp.Expr] = {**numbers, TEMPERATURE: temperature}
        spelled |= {v: sp.Symbol(f"v_{v}", real=True) for v in self.system.voltages}
        spelled |= {x: self.states[str(x)].scale * node_of(x) for x in self.system.states}
        for pin in inputs:
            size = device.input_declarations()[pin].netlist_scale
            spelled[sp.Symbol(pin, real=True)] = size * sp.Symbol(f"u_{pin}", real=True)

        self._spell, self._plain = Replacement(spelled), Rewriting(_plain)

    def prepared(self, expression: Any) -> sp.Expr:
        """An expression in the module's names."""
        return self._plain(self._spell(sp.sympify(expression)))

    def _quiet(self, expression: sp.Expr) -> sp.Expr:
        return self.prepared(self._silent(expression))

    def currents(self) -> Named:
        """Current of every branch [A], ``i_<current>``."""
        return {f"i_{i}": self._quiet(g) for i, g in self.system.currents.items()}

    def motion(self) -> Named:
        """Rate of every state per time unit, by its name, as the model has it."""
        return {
            str(x): self.prepared(self._shaken(self.time_unit * rate)) / self.states[str(x)].scale
            for x, rate in self.system.rates.items()
        }

    def rates(self) -> Named:
        """Rate of every state per time unit, ``rate_<state>``; it leads states back to their sphere or bounds."""
        nodes = {x: node_of(x) for x in self.system.states}
        back = {x: sp.sympify(e).xreplace(nodes).doit() for x, e in restoring_rates(self.system).items()}
        for x, node in nodes.items():
            state = self.states[str(x)]
            if state.bounds:
                low, high = (bound / state.scale for bound in state.bounds)
                back[x] = returning_rate(node, (low, high))
        return {f"rate_{x}": rate + back.get(sp.Symbol(x, real=True), sp.S.Zero) for x, rate in self.motion().items()}

    def turns(self) -> Named:
        """How fast every direction turns and how fast it moves, per time unit: ``turn_<direction>``, ``pace_<...>``.

        Its angular velocity is the auxiliary whose vector product with the direction is its rate.
        """
        found: Named = {}
        rates = build_system(*self.device.structure).free_rates
        for sphere in self.system.spheres:
            name = str(sphere[0]).removesuffix("_x")
            moved = sp.Matrix([rates[x] for x in sphere])
            for item in self.device.declarations().values():
                if not isinstance(item, Auxiliary) or not item.vector:
                    continue
                if moved == sp.Matrix(item.symbols).cross(sp.Matrix(sphere)):
                    turn = sp.Matrix([self.system.auxiliaries[symbol] for symbol in item.symbols])
                    parts = {"turn": turn, "pace": turn.cross(sp.Matrix(sphere))}
                    found |= {f"{k}_{name}": self._quiet(self.time_unit * sp.sqrt(v.dot(v))) for k, v in parts.items()}
        return found

    def shakes(self) -> dict[tuple[str, str], sp.Expr]:
        """Effect of a noise of one-sided unit density on a state's rate, by state and noise."""
        result, by = {}, {n: Slope(n) for n in self.system.noises}
        for x, rate in self.system.rates.items():
            for n, density in self.system.noises.items():
                share = self._silent(by[n](rate))
                if share != 0:
                    # The two-sided density S is a one-sided one of 2 S.
                    strength = self.prepared(self.time_unit * share * sp.sqrt(2 * density))
                    result[str(x), str(n)] = strength / self.states[str(x)].scale
        return result

    def densities(self) -> dict[tuple[str, str], sp.Expr]:
        """One-sided densities of the currents' noises by name and part, ``white`` or (at 1 Hz) ``flicker``."""
        return {
            (name, part): self._quiet(density)
            for name, pair in self.system.electrical_noises.items()
            for part, density in zip(("white", "flicker"), pair, strict=True)
            if density != 0
        }

    def telegraphs(self) -> dict[tuple[str, str], tuple[sp.Expr, sp.Expr, sp.Expr]]:
        """Step of the current, rate and strength of a telegraph process, by its name and the current's.

        See :class:`~synaspice.devices.core.system.TelegraphNoise`.
        """
        return {
            (name, str(effect.current)): (
                self._quiet(effect.step),
                self._quiet(effect.rate),
                self._quiet(effect.strength),
            )
            for name, effects in build_system(*self.device.structure).telegraph_noises.items()
            for effect in effects
        }

    def observables(self) -> Named:
        """Every observable, by its name."""
        return {str(y): self._quiet(e) for y, e in self.system.observables.items()}

    def starts(self) -> Named:
        """Initial values of the scaled states, ``start_<state>``."""
        return {f"start_{x}": self.prepared(e) / self.states[str(x)].scale for x, e in self.system.initial.items()}

    def derived(self, users: Iterable[sp.Expr]) -> Named:
        """The derived quantities that some expressions need, in order."""
        needed: set[sp.Basic] = set().union(*(e.free_symbols for e in users))
        for symbol in reversed(self.system.derived):
            if symbol in needed:
                needed |= self.prepared(self.system.derived[symbol]).free_symbols
        return {str(s): self.prepared(e) for s, e in self.system.derived.items() if s in needed}

    def declaration_of(self, name: str) -> Vectorial:
        """The declaration that a scalar quantity belongs to."""
        for item in self.device.declarations().values():
            if isinstance(item, Vectorial) and name in item.components:
                return item
        raise AssertionError(name)


def _plain(e: sp.Basic) -> sp.Basic:
    return sp.S.One if e.is_Float and float(e) == 1 else e


def node_of(state: sp.Symbol | str) -> sp.Symbol:
    """The scaled state as the module's variable."""
    return sp.Symbol(f"x_{state}", real=True)
