"""What figures of systems share: letters of panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def letter(axes: Axes, name: str) -> None:
    """Put a panel's letter above its left corner."""
    axes.set_title(name, loc="left", fontweight="bold", fontsize=8)
