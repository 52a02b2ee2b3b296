"""Other people's programs that tests compare with: what cannot be imported leaves its tests out, and they say why."""

from __future__ import annotations

import importlib
import importlib.util
import platform
from types import ModuleType

import pytest


def peer(name: str) -> ModuleType:
    """Import a module, or skip the module or test that asks for it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        reason = f"{name} does not exist for Python {platform.python_version()} here: {error}"
        pytest.skip(reason, allow_module_level=True)


def kit(name: str) -> None:
    """Skip the test without a design kit, whose files are read; to import it builds its library, for seconds."""
    package = f"c4m.pdk.{name}"
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:  # of a package above it
        found = None
    if found is None:
        pytest.skip(f"the design kit {package} is not installed")
