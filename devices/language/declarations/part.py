"""Parts: declarations that several models share, inherited by a model or held by it under a prefix.

A class of shared declarations is a :class:`Component`. A model that is one of the kind inherits it, and its quantities
have their own names; a model that has one, or several, declares each as a :class:`Part`::

    class TwoLayers(CompactModel):
        first = Part(MagnetLayer, "first_", "first layer")
        second = Part(MagnetLayer, "second_", "second layer")

        @classmethod
        def equations(cls, s):
            field = s.coupling * s.second.m
            return {**cls.first.named(MagnetLayer.magnet_equations(s.first, field=field)), ...}

Its parameters are ``first_damping``, ``second_damping`` and so on, which ``device.second.damping`` reads. What all
parts have in common, such as the field in which they are or their cross-section, the model declares itself, once, and
names it in ``shared``: the parts then see the model's.
"""

from __future__ import annotations

import copy
import functools
import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

from .declaration import Branch, Declarations, Declared, DerivedValues, ElectricalNoise, Parameter, State, Symbols

Value = TypeVar("Value")


class Component(Declarations):
    """Base of declarations that models share; see the module.

    It declares quantities as a model does. By convention a class method gives the expressions of its equations, and
    methods compute quantities from its values; both see the names that the class itself uses.
    """

    @property
    def values(self) -> Mapping[str, float]:
        """Value of every parameter, in SI units."""
        raise NotImplementedError

    @property
    def options(self) -> Mapping[str, str]:
        """Value of every option."""
        raise NotImplementedError

    @property
    def derived(self) -> Mapping[str, float]:
        """Value of every derived quantity, in SI units."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=Component)


class Prefixed(Mapping[str, Value]):
    """The entries of a mapping whose names begin with a prefix, by the names without it; some by their own names."""

    def __init__(self, whole: Mapping[str, Value], prefix: str, shared: Collection[str] = ()) -> None:
        self._whole, self._prefix, self._shared = whole, prefix, shared

    def __getitem__(self, name: str) -> Value:
        return self._whole[name if name in self._shared else self._prefix + name]

    def __iter__(self) -> Iterator[str]:
        own = (name.removeprefix(self._prefix) for name in self._whole if name.startswith(self._prefix))
        return itertools.chain(own, (name for name in self._shared if name in self._whole))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Part(Declared, Generic[Kind]):
    """A component that a model holds: its declarations under a prefix.

    In the equations the part's symbols are a namespace of the part's name, in which they have their own names. On the
    class the part is this object, on a device it is the component with the device's values. Terminals of branches are
    the model's own and get no prefix.

    Parameters
    ----------
    kind : type
        The component.
    prefix : str
        Start of the names of its quantities in the model, such as ``"second_"``.
    description : str
        Description of the part in the model; it goes before the quantities' descriptions.
    shared : collection of str
        Names of quantities of the component that the model declares itself, under the same names, for all its parts.

    Raises
    ------
    TypeError
        If the model declares something else under a name that a quantity of the part would have.
    """

    def __init__(self, kind: type[Kind], prefix: str, description: str = "", *, shared: Collection[str] = ()) -> None:
        self.__post_init__()
        self.kind, self.prefix, self.description, self.shared = kind, prefix, description, tuple(shared)
        self._items: dict[str, Declared] = {}

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        for common in self.shared:
            if common not in self.kind.declarations() or not isinstance(getattr(owner, common, None), Declared):
                raise TypeError(
                    f"{owner.__name__}: the part {name!r} shares {common!r}, which one of them does not declare"
                )
        own = (item for item in self.kind.declarations().values() if item.name not in self.shared)
        self._items = {item.name: item for item in map(self._prefixed, own)}
        for expanded, item in self._items.items():
            if hasattr(owner, expanded):
                raise TypeError(f"{owner.__name__}: the part {name!r} and something else are both called {expanded!r}")
            setattr(owner, expanded, item)

    def _prefixed(self, item: Declared) -> Declared:
        """A declaration of the component as one of the model."""
        made = copy.copy(item)
        made.name, made.successor = self.prefix + item.name, self.successor
        if self.description and hasattr(made, "description"):
            made.description = f"{self.description}: {made.description}"
        if isinstance(made, Branch):
            made.current = self.prefix + made.current
        if isinstance(made, ElectricalNoise):
            made.branch = self.prefix + made.branch
        if isinstance(made, State):
            initial = made.initial
            made.initial = lambda s: initial(s[self.name])
        if isinstance(made, Parameter) and callable(made.default):
            default = made.default
            made.default = lambda device: default(self.__get__(device, type(device)))
        return made

    def expanded(self) -> Mapping[str, Declared]:
        return self._items

    def namespace(self, entries: Mapping[str, Any]) -> Symbols:
        # Of a shared vector of parameters the vector too.
        vectors = [name[:-2] for name in self.shared if name.endswith("_x") and name[:-2] in entries]
        inner = dict(Prefixed(entries, self.prefix, (*self.shared, *vectors)))
        return self.kind.symbols(inner | {"temperature": entries["temperature"]})

    @functools.cached_property
    def _held(self) -> type[Kind]:
        """The component with the values that a device which holds it has under the prefix."""

        def view(attribute: str) -> property:
            return property(lambda held: Prefixed(getattr(held._whole, attribute), self.prefix, self.shared))

        views = {name: view(name) for name in ("values", "options", "derived")}
        return type(self.kind.__name__, (self.kind,), views)

    @overload
    def __get__(self, instance: None, owner: type) -> Part[Kind]: ...
    @overload
    def __get__(self, instance: DerivedValues, owner: type) -> Kind: ...
    def __get__(self, instance: DerivedValues | None, owner: type) -> Part[Kind] | Kind:
        if instance is None:
            return self
        held = object.__new__(self._held)
        vars(held).update(_whole=instance)
        return held

    def named(self, expressions: Mapping[str, Any]) -> dict[str, Any]:
        """Expressions of the component's equations under the names that its quantities have in the model.

        Parameters
        ----------
        expressions : Mapping
            Expressions by the component's own names, rates as ``"dx/dt"``.
        """

        def name_in_model(name: str) -> str:
            if name in self.shared:
                return name
            return re.sub(r"^d(.+)/dt$", rf"d{self.prefix}\1/dt", name) if name.endswith("/dt") else self.prefix + name

        return {name_in_model(name): value for name, value in expressions.items()}
