"""synaspice.circuits: cells made of devices and transistors, and the engine that runs them."""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    """Cells by their class names, imported when they are asked for."""
    from .catalog import cells

    for cell in cells().values():
        if cell.__name__ == name:
            return cell
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
