"""Which compact models there are: every module of this package is looked into, none is listed by hand."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any

from . import errors, waveforms
from .errors import UnknownNameError
from .model import CompactModel

#: Modules and subpackages without a model in them.
_OTHERS = {"catalog", "lazy", "errors", "waveforms", "targets", "model", "suggestions"}


@functools.cache
def _import_all() -> None:
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in _OTHERS:
            continue
        imported = importlib.import_module(f"{__package__}.{module.name}")
        for inner in pkgutil.iter_modules(getattr(imported, "__path__", [])):
            importlib.import_module(f"{imported.__name__}.{inner.name}")


def models() -> dict[str, type[CompactModel]]:
    """Every compact model by name: those of the package, and those that the running program has defined."""
    _import_all()
    return dict(sorted(CompactModel._registry.items()))


def find_model(name: str) -> type[CompactModel]:
    """The compact model of that name.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists those there are.
    """
    known = models()
    if name not in known:
        raise UnknownNameError("device", name, known)
    return known[name]


@functools.cache
def public_names() -> dict[str, Any]:
    """What ``from synaspice.devices import ...`` offers."""
    names: dict[str, Any] = {cls.__name__: cls for cls in models().values() if cls.__module__.startswith(__package__)}
    for module in (errors, waveforms):
        names |= {
            name: item
            for name, item in vars(module).items()
            if isinstance(item, type) and item.__module__ == module.__name__
        }
    return names | {"CompactModel": CompactModel}
