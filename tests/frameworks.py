"""Optional frameworks in tests: skipped where they are not installed, required in CI."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

import pytest


def framework(name: str) -> ModuleType:
    """Import a framework, or skip the module or test that asks for it; CI must have it (``make frameworks``)."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # Brian 2 fails with an AttributeError on a NumPy that is too new for it
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} does not import: {error}", allow_module_level=True)
