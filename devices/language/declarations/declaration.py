"""The words in which a compact model is declared: parameters, branches, states, noise, observables.

Each of them is a class attribute of a :class:`~synaspice.devices.model.CompactModel`; its
attribute name is the symbol that the model's equations use.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, overload

import sympy as sp

from ..checks import known
from ..errors import ParameterError, UnknownNameError
from ..quantities.quantity import format_si, number_from, with_unit
from .placement import anchor, placed

AXES = ("x", "y", "z")


class Values(Protocol):
    """An owner of values of declared quantities: a device, or a cell."""

    @property
    def values(self) -> Mapping[str, float]:
        """Values of the parameters."""

    @property
    def options(self) -> Mapping[str, str]:
        """Values of the options."""


class DerivedValues(Protocol):
    """An owner of values of derived quantities: a device."""

    @property
    def derived(self) -> Mapping[str, float]:
        """Values of the derived quantities."""


class Declared:
    """Base of everything that is declared as a class attribute and knows its own name."""

    name: str = ""
    #: The inherited declaration before which this one stands: see
    #: :func:`~synaspice.devices.language.declarations.placement.before`.
    successor: str | None = None

    def __post_init__(self) -> None:
        self.successor = anchor()

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def but(self, **changes: Any) -> Self:
        """The same with other attributes, such as a default, for a class derived from the one that declares it."""
        return replace(self, **changes)  # type: ignore[type-var]  # all but Part are data classes

    def expanded(self) -> Mapping[str, Declared]:
        """The declarations that this adds to its class, by name."""
        return {self.name: self}

    def namespace(self, entries: Mapping[str, Any]) -> Symbols | None:
        """The object that equations see under its name instead of a symbol: for a part the symbols of the part."""
        return None

    def __set__(self, instance: Values, value: object) -> None:
        raise AttributeError(f"a device does not change: device.replace({self.name}=...) makes another one")


@dataclass
class Parameter(Declared):
    """A number that describes the device.

    Attributes
    ----------
    default : float or callable
        The default value; or a function of the model instance, for a default that is computed from the
        other parameters (a demagnetising factor from the geometry) unless it is given.
    unit : str
        SI unit, ``"1"`` for a pure number.
    description : str
        Its meaning, in the field's words.
    bounds : tuple of float
        Smallest and largest value that make sense.
    difference : bool
        Whether it is a difference, such as a rise of the temperature: then text is in no unit with another zero.
    """

    default: float | Callable[[Any], float]
    unit: str
    description: str
    bounds: tuple[float, float] = (-math.inf, math.inf)
    difference: bool = field(default=False, kw_only=True)

    @overload
    def __get__(self, instance: None, owner: type) -> Parameter: ...
    @overload
    def __get__(self, instance: Values, owner: type) -> float: ...
    def __get__(self, instance: Values | None, owner: type) -> Parameter | float:
        if instance is None:
            return self
        try:
            return instance.values[self.name]
        except KeyError:
            raise AttributeError(f"{self.name} is of another device than the one in this {owner.__name__}") from None

    def check(self, value: object) -> float:
        """Return the value as a float, or say what is wrong with it.

        Raises
        ------
        ParameterError
            Not a finite number, of another unit, or outside the bounds.
        """
        try:
            number = number_from(value, self.unit, difference=self.difference)
        except ParameterError as error:
            raise ParameterError(f"{self.name}: {error}") from None
        low, high = self.bounds
        if math.isinf(number) and number in (low, high):
            raise ParameterError(f"{self.name} must be finite, not {with_unit(number, self.unit)} ({self.description})")
        if not low <= number <= high:
            raise ParameterError(
                f"{self.name} = {with_unit(number, self.unit)} is outside its bounds "
                f"[{format_si(low, self.unit)}, {format_si(high, self.unit)}] ({self.description})"
            )
        return number + 0.0  # of the two zeros the one without a sign


@dataclass
class Input(Parameter):
    """A parameter that a drive may also vary in time, such as an external field.

    ``netlist_scale`` is the value that one volt on the corresponding pin stands for in a netlist.
    """

    netlist_scale: float = 1.0


@dataclass
class Telegraph(Parameter):
    """A two-state Markov process: random telegraph noise, such as a trap that is empty (0) or filled (1).

    The equations give its rates of transition [1/s] under ``"<name>_up"`` (0 to 1) and ``"<name>_down"``; its symbol
    may appear in currents, rates, observables and auxiliaries. Noisy simulations report it as a column; everything
    deterministic, netlists among it, holds it at its initial value, the parameter of that name.
    """

    default: float = 0.0
    unit: str = "1"
    description: str = "random telegraph process: 0 or 1"
    bounds: tuple[float, float] = (0.0, 1.0)

    def check(self, value: object) -> float:
        """Return 0.0 or 1.0, or say that the value is neither."""
        number = super().check(value)
        if number not in (0.0, 1.0):
            raise ParameterError(f"{self.name}: a telegraph process starts at 0 or at 1, not at {number:g}")
        return number


@dataclass
class Option(Declared):
    """A choice that changes the equations themselves, such as the window of a memristor."""

    default: str
    choices: Collection[str]
    description: str

    @overload
    def __get__(self, instance: None, owner: type) -> Option: ...
    @overload
    def __get__(self, instance: Values, owner: type) -> str: ...
    def __get__(self, instance: Values | None, owner: type) -> Option | str:
        return self if instance is None else instance.options[self.name]

    def check(self, value: object) -> str:
        """Return the choice, or say which there are."""
        return known(f"choice for {self.name}", value, self.choices)


@dataclass
class Branch(Declared):
    """A pair of terminals; the attribute name is its voltage, ``current`` the name of its current."""

    positive: str
    negative: str
    description: str
    current: str = "current"


@dataclass
class Vectorial(Declared):
    """Common part of the declarations that may stand for a vector along x, y and z."""

    unit: str
    description: str

    vector: bool = False

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the scalar components."""
        return tuple(f"{self.name}_{axis}" for axis in AXES) if self.vector else (self.name,)

    @property
    def symbols(self) -> list[sp.Symbol]:
        """Symbols of the scalar components."""
        return [sp.Symbol(name, real=True) for name in self.components]


@dataclass
class Derived(Vectorial):
    """A quantity that follows from the parameters by an equation, such as an area.

    On an instance it is a number, or a triple of them for a vector.
    """

    @overload
    def __get__(self, instance: None, owner: type) -> Derived: ...
    @overload
    def __get__(self, instance: DerivedValues, owner: type) -> Any: ...
    def __get__(self, instance: DerivedValues | None, owner: type) -> Any:
        if instance is None:
            return self
        values = tuple(instance.derived[name] for name in self.components)
        return values if self.vector else values[0]


@dataclass
class State(Vectorial):
    """A quantity with a rate of change.

    Attributes
    ----------
    initial : callable
        Function of the symbols that gives the value at t = 0 (a triple for a vector). A static
        analysis reads the device in this state.
    scale : float
        Size of the state in its unit; targets that need quantities of order one divide by it.
    bounds : tuple of float, optional
        The interval in which the state lives. Outward rates fall smoothly to zero in a layer, ``boundary_layer`` of its
        width, in every target alike; inward ones too, where the equations' own rate vanishes at both bounds.
    unit_sphere : bool
        Whether the three components are a direction, of norm one.
    """

    initial: Callable[[Any], Any] = lambda s: 0
    scale: float = 1.0
    bounds: tuple[float, float] | None = None
    boundary_layer: float = 1e-3
    unit_sphere: bool = False


@dataclass
class Auxiliary(Vectorial):
    """An intermediate quantity with a name of its own: a node of the netlist, of order ``scale``.

    With ``report`` it is an observable too.
    """

    scale: float = 1.0
    report: bool = False


@dataclass
class Observable(Vectorial):
    """A quantity to report that follows from voltages and states."""


@dataclass
class Noise(Vectorial):
    r"""White noise (Stratonovich): the equations give its two-sided spectral density ``S``.

    The symbol of that name in a rate is a noise with :math:`\langle n(t) n(t')\rangle = S\,\delta(t-t')`.
    """


@dataclass
class ElectricalNoise(Declared):
    r"""Noise of a branch's current: the equations give a pair of its one-sided spectral densities.

    The first is that of the white part [A^2/Hz], the second that of the flicker part times the frequency [A^2]:
    :math:`S_I(f) = S_w + S_f / f`. ``branch`` is the name of the branch's voltage. It is for noise analyses, where it
    adds to the effect of the states' noise on the current; the trajectory of a driven device does not depend on it.
    """

    branch: str
    description: str


class Declarations:
    """A class's declarations by kind, for authors of models, benches and formats; base of ``Configured``."""

    @classmethod
    @functools.cache
    def model_name(cls) -> str:
        """Name on the command line and in preset files: the class name in lower case, hyphenated."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    @classmethod
    @functools.cache
    def declarations(cls) -> dict[str, Declared]:
        """Everything declared by the class and its bases, in order of declaration, parts expanded."""
        found: dict[str, Declared] = {}
        for declared in cls._declared_attributes():
            for name, item in declared.expanded().items():
                found = placed(found, name, item, item.successor)
        return found

    @classmethod
    def _declared_attributes(cls) -> Iterator[Declared]:
        """The attributes of the class and its bases that declare something, in order of declaration."""
        for base in reversed(cls.__mro__):
            yield from (item for item in vars(base).values() if isinstance(item, Declared))

    @classmethod
    def symbols(cls, entries: Mapping[str, Any]) -> Symbols:
        """The namespace in which the class's equations are written.

        Parameters
        ----------
        entries : Mapping
            Symbols of the declared quantities, values of the options and the temperature, by name.
        """
        held = {item.name: item.namespace(entries) for item in cls._declared_attributes()}
        return Symbols({**entries, **{name: symbols for name, symbols in held.items() if symbols is not None}})

    @classmethod
    @functools.cache
    def parameter_declarations(cls) -> dict[str, Parameter]:
        """The declared parameters by name."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Parameter)}

    @classmethod
    @functools.cache
    def option_declarations(cls) -> dict[str, Option]:
        """The declared options by name."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Option)}

    @classmethod
    @functools.cache
    def input_declarations(cls) -> dict[str, Input]:
        """The parameters that a drive may vary in time."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Input)}

    @classmethod
    @functools.cache
    def telegraph_declarations(cls) -> dict[str, Telegraph]:
        """The random telegraph processes by name."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Telegraph)}

    @classmethod
    @functools.cache
    def branches(cls) -> dict[str, Branch]:
        """The declared branches by the name of their voltage."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Branch)}

    @classmethod
    @functools.cache
    def terminals(cls) -> tuple[str, ...]:
        """The terminals in order of first mention."""
        return tuple(dict.fromkeys(node for b in cls.branches().values() for node in (b.positive, b.negative)))

    @classmethod
    @functools.cache
    def state_declarations(cls) -> dict[str, State]:
        """For every scalar state component, the declaration that it belongs to."""
        states = (item for item in cls.declarations().values() if isinstance(item, State))
        return {component: state for state in states for component in state.components}


class Symbols(Mapping[str, Any]):
    """The namespace in which equations are written: each declared name is a SymPy symbol.

    Vectors are 3 x 1 SymPy matrices, options are strings, and ``temperature`` is the temperature
    of the simulation in kelvin.
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = dict(entries)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError("symbol in a model's equations", name, self._entries) from None

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


TEMPERATURE = sp.Symbol("temperature", positive=True)
