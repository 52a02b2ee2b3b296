"""Other people's programs that tests compare with: what cannot be imported leaves its tests out, and they say why."""

from __future__ import annotations

import importlib
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
