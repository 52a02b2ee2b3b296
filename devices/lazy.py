"""Names of a package that are imported on first use: a command line should answer at once."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the module-level ``__getattr__`` of a package.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    homes : mapping
        For each public name, the submodule that defines it.
    """

    class Package(ModuleType):
        # An imported submodule becomes an attribute of its package, whoever imports it: where a public name is the
        # same, that comes first.
        def __setattr__(self, name: str, value: Any) -> None:
            if isinstance(value, ModuleType) and homes.get(name) == name:
                value = getattr(value, name)
            super().__setattr__(name, value)

    sys.modules[package].__class__ = Package

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f".{homes[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
