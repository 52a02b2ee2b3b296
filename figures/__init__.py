"""synaspice.figures: from a table to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..devices.lazy import lazy_names

if TYPE_CHECKING:
    from .characteristics import plot
    from .style import save

__all__ = ["plot", "save"]
__getattr__ = lazy_names(__name__, {"plot": "characteristics", "save": "style"})
