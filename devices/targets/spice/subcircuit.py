"""The SPICE target: a device as a subcircuit of behavioural sources that a person can read.

Every state is the voltage of a node, in units of its scale; see :mod:`~synaspice.devices.targets.spice.states`. What
the equations become is decided by :mod:`~synaspice.devices.targets.spice.formulation`, for the simulator's speed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...core.citing import citations_of, remember
from ...core.system import System, TelegraphNoise
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE, Auxiliary, Derived, Observable
from ...language.equations.constants import CONSTANTS, k_B
from ...language.errors import ParameterError
from ...language.quantities.quantity import with_unit
from ..formats import FORMATS, ExportOptions
from ..header import describe
from ..sampling import INTERVAL, sampled_noise, samples_of
from ..scaled import SPHERE_STIFFNESS, sphere_deficit, unit_of
from .current_noise import electrical_noise, telegraph_noise
from .dialect import Dialect
from .elements import Elements
from .formulation import exact
from .statements import Statements, check_name, joined
from .states import over, restoring_node, write_states

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: Conductance of a device in the very first of Newton's iterations, in which the voltages of all nodes are zero. Where
#: the device's own is that of another node there would be none, and the matrix of two in series singular. [S]
FIRST_CONDUCTANCE = 1e-3


@dataclass(frozen=True)
class Subcircuit:
    """A subcircuit as text, with the attributes by which a PySpice ``Circuit`` takes it in.

    Attributes
    ----------
    name : str
        Name of the subcircuit.
    pins : tuple of str
        Its pins in order: the terminals, then the state nodes, then the inputs.
    text : str
        The whole definition.
    dialect : Dialect, optional
        The dialect that it is written in; None for that of ngspice.
    parameters : tuple of str
        Its parameters, which an instance may set.
    """

    name: str
    pins: tuple[str, ...]
    text: str
    dialect: Dialect | None = None
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


def write_subcircuit(device: DeviceModel, dialect: Dialect, options: ExportOptions) -> Subcircuit:
    """Write a device as a subcircuit; see :meth:`CompactModel.netlist`.

    Raises
    ------
    UnknownNameError
        If there is no such input.
    ParameterError
        If a name cannot be one, or the dialect has no noise in transients, or no use for ``long_steps``.
    """
    for pin in options.inputs:
        known(f"input of {device.model_name()}", pin, device.input_declarations())
    if options.transient_noise is not None:
        _check_transient_noise(device, dialect)
    if options.long_steps and not dialect.long_step_options:
        limited = [form.name for form in FORMATS.values() if isinstance(form, Dialect) and form.long_step_options]
        raise ParameterError(
            f"{dialect.name} takes long steps with every subcircuit: long_steps is for {', '.join(limited)}"
        )
    remember(citations_of(type(device), device.provenance))  # also for a text that is there already
    return _written(_Request(device, dialect, replace(options, inputs=tuple(options.inputs))))


class _Request:
    """What is to be written; requests of equal text are equal.

    The text follows from the structure of a device, its values, where they come from, and its preset.
    """

    def __init__(self, device: DeviceModel, dialect: Dialect, options: ExportOptions) -> None:
        self.device, self.dialect, self.options = device, dialect, options
        values = tuple((name, value, device.grade_of(name)) for name, value in device.values.items())
        told = (device.provenance_summary, id(device.provenance))
        self.key = (device.structure, values, told, id(dialect), astuple(options))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Request) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@functools.lru_cache(maxsize=256)
def _written(request: _Request) -> Subcircuit:
    """The subcircuit of a request: cells have many equal devices, and are run many times."""
    return _Writer(request.device, request.dialect, request.options).subcircuit()


def _check_transient_noise(device: DeviceModel, dialect: Dialect) -> None:
    if not dialect.transient_noise:
        able = [form.name for form in FORMATS.values() if isinstance(form, Dialect) and form.transient_noise]
        raise ParameterError(f"{dialect.name} has no noise in transients ({', '.join(able)} have)")
    if not device.system.noises:
        raise ParameterError(f"{device.model_name()} has no noise of its states: nothing would shake in a transient")


class _Writer:
    """Collects the sections of one subcircuit."""

    def __init__(self, device: DeviceModel, dialect: Dialect, options: ExportOptions) -> None:
        self.device, self.dialect, self.inputs = device, dialect, tuple(options.inputs)
        self.name = check_name(options.name or device.model_name().replace("-", "_"), "subcircuit")
        self.write = Statements(dialect)
        self.system: System = device.system
        self.states = device.state_declarations()
        self.pins = (*device.terminals(), *self.states, *self.inputs)
        self.shown = list(self.system.observables) if options.observables else []
        self.scales = {sp.Symbol(n, real=True): state.scale for n, state in self.states.items()}
        for item in device.declarations().values():
            if isinstance(item, Auxiliary):
                self.scales |= dict.fromkeys(item.symbols, item.scale)
        # A simulator that shakes resistors by itself has its noise in transients from those of the noise analysis.
        self.interval = options.transient_noise
        self.long_steps = options.long_steps
        self.sampled = self.interval if dialect.transient_noise == "source" else None
        self.noisy = options.noise or (self.interval is not None and self.sampled is None)
        # Bounded states are limited where they are used. As a node of its own the limited state would have values
        # beyond the bounds until Newton's method has converged, whose logarithm might not exist.
        limits = {s: e for s, e in self.system.auxiliaries.items() if str(s).removesuffix("_within") in self.states}
        noises = {s: self._noise(s, density) for s, density in self.system.noises.items()}

        def seen(group: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
            return {s: e.xreplace(noises).xreplace(limits) for s, e in group.items() if s not in limits}

        self.currents, self.auxiliaries = seen(self.system.currents), seen(self.system.auxiliaries)
        # A current goes by the voltages themselves, and by other nodes only where states are all that these know of:
        # Newton's method finds the voltage between a device and its load by a slope that is that of the whole device.
        driven: dict[sp.Symbol, sp.Expr] = {}
        for symbol, expression in self.auxiliaries.items():
            if not expression.free_symbols.isdisjoint({*self.system.voltages, *driven}):
                driven[symbol] = expression.xreplace(driven)
        self.currents = {symbol: expression.xreplace(driven) for symbol, expression in self.currents.items()}
        self.free_rates, self.observables = seen(self.system.free_rates), seen(self.system.observables)
        self.noise_densities = {
            name: tuple(density.xreplace(limits) for density in pair)
            for name, pair in self.system.electrical_noises.items()
        }
        self.telegraphs = {
            name: tuple(
                TelegraphNoise(e.current, *(part.xreplace(limits) for part in (e.step, e.rate, e.strength)))
                for e in effects
            )
            for name, effects in self.system.telegraph_noises.items()
        }
        unit = type(device).time_scale
        self.time_unit: Any = sp.Symbol("time_unit", real=True) if isinstance(unit, str) else exact(unit)
        self.elements = Elements(device, self.write)
        self._add_nodes()
        self._check_names()

    def _check_names(self) -> None:
        """Refuse names that would not stay one word of a line, or that mean something to the simulator."""
        names = [str(symbol) for symbol in (*self.system.parameters, *self.system.derived)]
        for name in (*names, *self.pins, *map(str, self.auxiliaries), *map(str, self.system.observables)):
            check_name(name, "parameter or node")
        clash = self.dialect.reserved & {name.lower() for name in names}
        if clash:
            words = ", ".join(sorted(clash))
            raise ParameterError(f"{words}: a parameter of that name cannot go into a netlist for {self.dialect.name}")
        for name, value in self.device.values.items():
            if not math.isfinite(value):
                raise ParameterError(f"{name} = {value!r} cannot go into a netlist: it is not finite")

    def _noise(self, symbol: sp.Symbol, density: sp.Expr) -> sp.Expr:
        r"""A noise of the states in terms of its sources.

        One ohm has a noise voltage of the two-sided density 2 k_B T.
        """
        total = sp.S.Zero
        if self.noisy:
            total += sp.sqrt(density / (2 * k_B * TEMPERATURE)) * _source_of(symbol)
        if self.sampled is not None:
            total += sampled_noise(density, _samples_of(symbol))
        return total

    def _add_nodes(self) -> None:
        """States, auxiliaries, pins and sources of noise are nodes."""
        for symbol, scale in self.scales.items():
            self.elements.add(symbol, scale)
        for name in self.inputs:
            self.elements.add(sp.Symbol(name, real=True), self.device.input_declarations()[name].netlist_scale)
        for symbol in self.system.noises:
            self.elements.add(_source_of(symbol))
            self.elements.add(_samples_of(symbol))
        for sphere in self.system.spheres:
            self.elements.add(restoring_node(sphere))

    def subcircuit(self) -> Subcircuit:
        sections = [self._header(), self._interface(), self._derived(), self._currents()]
        sections += [self._noise_sources(), self._auxiliaries(), self._states(), self._observables()]
        sections += [self.elements.branch_voltages(), self.write.close(self.name)]
        text = "\n".join(joined(sections)) + "\n"
        return Subcircuit(self.name, self.pins, text, self.dialect, tuple(self._parameters()))

    # --- sections -------------------------------------------------------------------------

    def _header(self) -> list[str]:
        lines = describe(self.device, self.write, self.name, self.pins, self._parameters(), self.inputs)
        lines += joined(self.write.comment(text, wrap=True) for text in self._advice())
        return [*self.write.dialect.preamble, *lines]

    def _advice(self) -> list[str]:
        """Advice to the user of the subcircuit."""
        found = [self.dialect.advice] if self.dialect.advice else []
        if self.long_steps:
            found.append(
                f"Give your netlist '{self.dialect.long_step_statement}': this is for steps of up to years, "
                "and other methods may never get past the first ones, of femtoseconds."
            )
        if self.interval is not None:
            found.append(
                f"Thermal noise in transients, at the simulator's temperature, sampled every {self.interval:g} s: "
                f"{self.dialect.noise_advice}. Take steps no longer than the samples."
            )
        return found

    def _parameters(self) -> dict[str, float]:
        """The declared parameters that the equations use, with their values."""
        everything: Iterable[sp.Expr] = (
            *self.system.derived.values(),
            *self.system.initial.values(),
            *self.currents.values(),
            *self.auxiliaries.values(),
            *self.free_rates.values(),
            *(self.observables[symbol] for symbol in self.shown),
            *self._electrical_noises(),
        )
        used = {str(symbol) for expression in everything for symbol in expression.free_symbols}
        return {k: v for k, v in self.device.values.items() if k in used and k not in self.inputs}

    def _electrical_noises(self) -> list[sp.Expr]:
        """The parts of the noise of currents, if the netlist has it."""
        if not self.noisy:
            return []
        effects = [e for made in self.telegraphs.values() for e in made]
        densities = [density for pair in self.noise_densities.values() for density in pair]
        return densities + [part for e in effects for part in (e.step, e.rate, e.strength)]

    def _interface(self) -> list[str]:
        sampling = {} if self.sampled is None else {str(INTERVAL): self.sampled}
        if self.sampled is not None and "{offset}" in self.dialect.statements["noisy_voltage"]:
            sampling["noise_seed"] = 0.0
        parameters, declared = self._parameters(), self.device.parameter_declarations()
        lines = self.write.open(self.name, self.pins, {**parameters, **sampling})
        bounds = {name: declared[name].bounds for name in parameters}
        return lines + self.write.bounds(bounds)

    def _derived(self) -> list[str]:
        sources = [*self.currents.values(), *self.auxiliaries.values(), *self.free_rates.values()]
        sources += [*(self.observables[symbol] for symbol in self.shown), *self._electrical_noises()]
        needed = set().union(*(e.free_symbols for e in sources))
        needed |= set().union(*(e.free_symbols for e in self.system.initial.values()))
        scale = type(self.device).time_scale
        if isinstance(scale, str):
            needed.add(sp.Symbol(scale, real=True))
        for symbol in reversed(self.system.derived):  # a derived quantity may need earlier ones
            if symbol in needed:
                needed |= self.system.derived[symbol].free_symbols
        write = self.write
        constants = {symbol: value for symbol, (value, _, _) in CONSTANTS.items() if symbol in needed}
        lines = write.comment("physical constants (CODATA)") if constants else []
        lines += joined(write.parameter(symbol, repr(value)) for symbol, value in constants.items())
        for item in self.device.declarations().values():
            if isinstance(item, Derived) and needed & set(symbols := item.symbols):
                lines += write.comment(f"{item.description} [{item.unit}]")
                for symbol in symbols:
                    lines += write.parameter(symbol, self.elements.formula(self.system.derived[symbol]))
        lines += write.comment("unit of time of the state equations [s]")
        unit = self.elements.formula(unit_of(sp.Symbol(scale, real=True))) if isinstance(scale, str) else repr(scale)
        lines += write.parameter("time_unit", unit)
        for symbol, start in self.system.initial.items():
            lines += write.parameter(f"{symbol}_start", self.elements.formula(over(start, self.scales[symbol])))
        return lines

    def _currents(self) -> list[str]:
        lines, begun = [], self.elements.add(sp.Symbol("begun", real=True))
        for branch, (symbol, current) in zip(self.device.branches().values(), self.currents.items(), strict=True):
            lines += self.write.comment(f"{symbol} from {branch.positive} to {branch.negative} [A]")
            voltage = sp.Symbol(branch.name, real=True)
            if not self.elements.conducts_at_first(current, voltage):
                current += exact(FIRST_CONDUCTANCE) * (1 - begun) * voltage
            lines += self.elements.terminal_current(symbol, branch.positive, branch.negative, current)
        if self.elements.uses(begun):
            about = (
                f"begun: 0 V in the first of Newton's iterations, in which {FIRST_CONDUCTANCE:g} S conduct, then 1 V"
            )
            lines += self.write.comment(about) + self.write.constant_current(begun, 0, begun, "1")
            lines += self.write.conductance(begun, "1")
        return lines

    def _noise_sources(self) -> list[str]:
        """Sources of noise: one per noise and instance."""
        write, lines = self.write, []
        if self.sampled is not None:
            lines += write.comment("*_samples: independent samples of unit variance, one per noise_interval")
            for k, node in enumerate(map(_samples_of, self.system.noises)):
                offset = write.formula(f"1e7*(noise_seed*{len(self.system.noises)} + {k})")
                lines += write.noisy_voltage(node, node, 0, str(INTERVAL), offset)
        if self.noisy and self.system.noises:
            lines += write.comment("*_source: one ohm each, whose thermal noise stands for a noise of the states")
            lines += joined(write.resistor(node, node, 0, "1") for node in map(_source_of, self.system.noises))
        if self.noisy:
            lines += electrical_noise(self.device, self.noise_densities, self.elements, write)
            lines += telegraph_noise(self.device, self.telegraphs, self.elements, write)
        return lines

    def _auxiliaries(self) -> list[str]:
        lines = []
        for sphere in self.system.spheres:
            about = f"{SPHERE_STIFFNESS} times what {' + '.join(f'{x}^2' for x in sphere)} lacks to 1"
            lines += self.write.comment(f"{restoring_node(sphere)}: {about}")
            lines += self.elements.node(restoring_node(sphere), SPHERE_STIFFNESS * sphere_deficit(sphere).doit())
        for name, item in self.device.declarations().items():
            if isinstance(item, Auxiliary):
                size = item.unit if item.scale == 1 else with_unit(item.scale, item.unit)
                lines += self.write.comment(f"{name}: {item.description} [{size}]")
                for symbol in item.symbols:
                    lines += self.elements.node(symbol, over(self.auxiliaries[symbol], item.scale))
        return lines

    def _states(self) -> list[str]:
        equations = self.system, self.states, self.free_rates, self.time_unit
        return write_states(self.write, self.elements, *equations, long_steps=self.long_steps)

    def _observables(self) -> list[str]:
        lines = []
        for name, item in self.device.declarations().items():
            if isinstance(item, Observable) and self.shown:
                lines += self.write.comment(f"{name}: {item.description} [{item.unit}]")
                for symbol in item.symbols:
                    shown = self.elements.expression(self.observables[symbol])
                    lines += self.write.voltage(symbol, symbol, 0, shown)
        return lines


def _source_of(noise: sp.Symbol) -> sp.Symbol:
    """Node of a noise's source in noise analyses."""
    return sp.Symbol(f"{noise}_source", real=True)


def _samples_of(noise: sp.Symbol) -> sp.Symbol:
    """Node of a noise's source in transients."""
    return sp.Symbol(samples_of(noise), real=True)
