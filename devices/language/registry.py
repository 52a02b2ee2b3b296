"""Registries: what can be plugged in by name, from inside the package and by packages of other people.

Every kind of thing (devices, benches, cells, technologies, dialects, formats, figures) has one registry. What belongs
to this package registers when its module is imported, and the modules of the registry's own packages are imported when
somebody asks for names. Other people's packages declare an entry point of the registry's group; its value is a module
that registers, or the thing itself.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from .errors import DuplicateNameError, UnknownNameError

Item = TypeVar("Item")


class Registry(Mapping[str, Item], Generic[Item]):
    """Things of one kind, by name; looking one up imports what may define it.

    Parameters
    ----------
    kind : str
        What the names are names of, for messages: ``"device"``.
    packages : tuple of str
        Packages of this project whose modules register things of the kind.
    group : str
        Entry-point group by which other packages bring theirs.
    """

    def __init__(self, kind: str, packages: tuple[str, ...], group: str) -> None:
        self.kind, self.packages, self.group = kind, packages, group
        self._items: dict[str, Item] = {}
        self._complete = False

    def register(self, name: str, item: Item) -> Item:
        """Add a thing under its name, and return it.

        A definition that is run again, as in a notebook, replaces the earlier one.

        Raises
        ------
        DuplicateNameError
            If another thing has the name already.
        """
        there = self._items.get(name)
        if there is not None and _origin(there) != _origin(item):
            raise DuplicateNameError(self.kind, name, _origin(there), _origin(item))
        self._items[name] = item
        return item

    def registering(self, name: str) -> Callable[[Item], Item]:
        """Decorator that registers a thing under a name."""
        return lambda item: self.register(name, item)

    def find(self, name: object) -> Item:
        """The thing of that name.

        Raises
        ------
        UnknownNameError
            If there is none; the message lists those there are.
        """
        self._load()
        if not isinstance(name, str) or name not in self._items:
            raise UnknownNameError(self.kind, name, self._items)
        return self._items[name]

    def __getitem__(self, name: str) -> Item:
        self._load()
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self._items))

    def __len__(self) -> int:
        self._load()
        return len(self._items)

    def own(self) -> dict[str, Item]:
        """The things that this package itself defines, without those of other packages and of the running program."""
        here = __name__.partition(".")[0] + "."
        return {name: item for name, item in self.items() if _origin(item).startswith(here)}

    def _load(self) -> None:
        if self._complete:
            return
        self._complete = True  # at once: a module that is imported here may itself look something up
        try:
            for package in self.packages:
                _import_modules(package)
        except BaseException:
            self._complete = False
            raise
        for entry in importlib.metadata.entry_points(group=self.group):
            try:
                loaded = entry.load()
                if _is_item(loaded) and loaded not in self._items.values():
                    self.register(entry.name, loaded)
            except Exception as error:  # another package's fault must not take this one's devices away
                warnings.warn(
                    f"the {self.kind} {entry.name!r} of the package {entry.dist.name if entry.dist else entry.value!r} "
                    f"is left out: {type(error).__name__}: {error}",
                    RuntimeWarning,
                    stacklevel=3,
                )


def _import_modules(package: str) -> None:
    """Import a package with everything in it."""
    imported = importlib.import_module(package)
    for module in pkgutil.walk_packages(getattr(imported, "__path__", []), f"{package}."):
        importlib.import_module(module.name)


def _is_item(loaded: Any) -> bool:
    """Whether an entry point is the thing itself, rather than a module that has registered it when it was imported."""
    return not hasattr(loaded, "__spec__")


def _origin(item: Any) -> str:
    """Where a thing was defined: module and name."""
    owner = item if hasattr(item, "__qualname__") else type(item)
    name = getattr(item, "name", "") if owner is not item else ""
    return f"{getattr(item, '__module__', owner.__module__)}.{owner.__qualname__}" + (f" {name!r}" if name else "")
