"""Names of a package that are imported on first use: a command line should answer at once."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
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

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f".{homes[name]}", package), name)
        # A submodule of the same name has just become an attribute of the package: the public name comes first.
        setattr(sys.modules[package], name, value)
        return value

    return load
