"""The Python frameworks for which a device can be made into what their users work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language.registry import Registry

#: Functions of a device and of options, by the name of the framework; :meth:`CompactModel.to` calls them.
FRAMEWORKS: Registry[Callable[..., Any]] = Registry(
    "framework", ("synaspice.devices.targets.frameworks.exports",), "synaspice.frameworks", callable
)
