"""Registries of things that are plugged in by name, from inside the package and by packages of other people.

Every kind of thing (devices, preset folders, benches, cells, technologies, export formats, frameworks, figures) has one
registry. Things of this package register when their module is imported, and the modules of the registry's own
packages are imported when somebody asks for names. Other people's packages declare an entry point of the registry's
group; its value is a module that registers, or the thing itself.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, Generic, TypeVar

from .checks import known
from .errors import DuplicateNameError, ParameterError, PlugInWarning, SynaspiceError, UnknownNameError, warn_user

Item = TypeVar("Item")
Part = TypeVar("Part")

#: How the names of this package's modules start.
OWN = __name__.partition(".")[0] + "."


class Names(Mapping[str, Item], Generic[Item]):
    """Things of one kind, by name."""

    kind: str

    @abstractmethod
    def current(self) -> Mapping[str, Item]:
        """All of them, after what may define one was imported."""

    def find(self, name: object) -> Item:
        """The thing of that name.

        Raises
        ------
        UnknownNameError
            If there is none; the message lists those there are.
        """
        return self[known(self.kind, name, self)]

    def __getitem__(self, name: str) -> Item:
        return self.current()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.current()))

    def __len__(self) -> int:
        return len(self.current())


class Selection(Names[Item]):
    """The things of a registry that are of one type."""

    def __init__(self, kind: str, registry: Registry[Any], type_: type[Item]) -> None:
        self.kind, self.registry, self.type = kind, registry, type_

    def current(self) -> Mapping[str, Item]:
        """All of them."""
        return {name: item for name, item in self.registry.current().items() if isinstance(item, self.type)}

    def __getitem__(self, name: str) -> Item:
        item = self.registry[name]
        if not isinstance(item, self.type):
            raise KeyError(name)
        return item


class Registry(Names[Item]):
    """Things of one kind, by name; looking one up imports what may define it.

    Parameters
    ----------
    kind : str
        Kind of the named things, for messages: ``"device"``.
    packages : tuple of str
        Packages of this project whose modules register things of the kind.
    group : str
        Entry-point group by which other packages bring theirs.
    accepts : callable, optional
        Whether something is a thing of the kind; default: everything is.
    name_of : callable, optional
        The name that a thing itself has, under which alone it can be registered; default: it has none.
    """

    def __init__(
        self,
        kind: str,
        packages: tuple[str, ...],
        group: str,
        accepts: Callable[[Any], bool] | None = None,
        name_of: Callable[[Item], str] | None = None,
    ) -> None:
        self.kind, self.packages, self.group, self.accepts, self.name_of = kind, packages, group, accepts, name_of
        self._items: dict[str, Item] = {}
        self._origins: dict[str, str] = {}
        self._own_loaded = self._others_loaded = False

    def register(self, name: str, item: Item) -> Item:
        """Add a thing under its name, and return it.

        A definition that is run again, as in a notebook, replaces the earlier one. The names of this package come
        first: they are known before anybody else's thing is taken in.

        Raises
        ------
        DuplicateNameError
            If another thing has the name already, be it in other letters, small or capital.
        ParameterError
            If the thing is not of the registry's kind, the name is not one word, or the thing has another name itself.
        """
        return self._add(name, item, _defined_in(item) or sys._getframe(1).f_globals.get("__name__", "?"))

    def registering(self, name: str) -> Callable[[Item], Item]:
        """Decorator that registers a thing under a name."""
        return lambda item: self.register(name, item)

    def own(self) -> dict[str, Item]:
        """The things that this package itself defines, without those of other packages and of the running program."""
        return {name: item for name, item in self.items() if self._origins[name].startswith(OWN)}

    def __getitem__(self, name: str) -> Item:
        # A name that is there keeps its meaning: nothing else has to be imported.
        return self._items[name] if name in self._items else self.current()[name]

    def current(self) -> Mapping[str, Item]:
        """All of them, after what may define one was imported."""
        self._load_own()
        if not self._others_loaded:
            self._others_loaded = True  # at once: a module that is imported here may itself look something up
            for entry in importlib.metadata.entry_points(group=self.group):
                self._take_in(entry)
        return self._items

    def _check(self, name: str, item: Item) -> None:
        """Refuse names that no command could be given, and things of another kind."""
        if not isinstance(name, str) or name.split() != [name]:
            raise ParameterError(f"a name of the kind {self.kind!r} is one word, not {name!r}")
        if self.accepts is not None and not self.accepts(item):
            raise ParameterError(
                f"{item!r} is not a thing of the kind {self.kind!r}: it cannot be registered as {name!r}"
            )
        if self.name_of is not None and (own := self.name_of(item)) != name:
            raise ParameterError(f"the {self.kind} {own!r} cannot be registered under another name, {name!r}")

    def _add(self, name: str, item: Item, module: str) -> Item:
        self._check(name, item)
        if not (module + ".").startswith(OWN):
            self._load_own()
        origin = f"{module}.{getattr(item, '__qualname__', type(item).__name__)}"
        for there in self._items:
            # Names that differ by case alone would be taken for each other: file systems and simulators do so.
            if there.casefold() == name.casefold() and (there != name or self._origins[there] != origin):
                raise DuplicateNameError(self.kind, there, self._origins[there], origin)
        self._items[name], self._origins[name] = item, origin
        return item

    def _load_own(self) -> None:
        if self._own_loaded:
            return
        self._own_loaded = True  # at once, as above
        try:
            for package in self.packages:
                _import_modules(package)
        except BaseException:
            self._own_loaded = False
            raise

    def _take_in(self, entry: importlib.metadata.EntryPoint) -> None:
        """Import what an entry point names; another package's fault must not take this one's things away."""
        package = f"the package {entry.dist.name if entry.dist else entry.module!r}"
        try:
            loaded = entry.load()
        except Exception as error:
            # The same words whatever is looked for: a module that brings several kinds of things is told once.
            warn_left_out(f"the module {entry.module!r} of {package}", error)
            return
        try:
            self._adopt(entry, loaded)
        except Exception as error:
            warn_left_out(f"the {self.kind} {entry.name!r} of {package}", error)

    def _adopt(self, entry: importlib.metadata.EntryPoint, loaded: Any) -> None:
        """Register what an entry point names, unless that was done when it was imported."""
        # A decorator registers what it makes of a function, and what it gives back is the function.
        there = {id(thing) for item in self._items.values() for thing in (item, getattr(item, "__wrapped__", None))}
        if not isinstance(loaded, ModuleType) and id(loaded) not in there:
            self._add(entry.name, loaded, _defined_in(loaded) or entry.module)


def warn_left_out(what: str, error: Exception) -> None:
    """Warn that something of another package is left out, with the reason in one line."""
    known_kind = isinstance(error, SynaspiceError)
    reason = error.brief if isinstance(error, UnknownNameError) else next(iter(str(error).splitlines()), "")
    warn_user(f"{what} is left out: {reason if known_kind else f'{type(error).__name__}: {reason}'}", PlugInWarning)


def summary(thing: object) -> str:
    """The first line of a thing's documentation."""
    return next(iter((thing.__doc__ or "").strip().splitlines()), "")


def _import_modules(package: str) -> None:
    """Import a package with everything in it."""
    imported = importlib.import_module(package)
    for module in pkgutil.walk_packages(getattr(imported, "__path__", []), f"{package}."):
        importlib.import_module(module.name)


def _defined_in(item: object) -> str | None:
    """The module that defines a class or function; None for things without a name of their own."""
    return getattr(item, "__module__", None) if hasattr(item, "__qualname__") else None
