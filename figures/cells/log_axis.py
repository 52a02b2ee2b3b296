"""Logarithmic axes with plain numbers."""

from __future__ import annotations

from matplotlib.axis import Axis
from matplotlib.ticker import LogFormatter


class PlainNumbers(LogFormatter):
    """The labels that a logarithmic axis has room for, as decimal numbers."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Text at a tick, empty where there is no room."""
        return f"{x:g}" if super().__call__(x, pos) else ""


def plain_numbers(axis: Axis) -> None:
    """Write 60 and not 6 x 10^1 on a logarithmic axis, which may span less than a decade."""
    axis.set_major_formatter(PlainNumbers())
    axis.set_minor_formatter(PlainNumbers())
