"""Logarithmic axes with plain numbers."""

from __future__ import annotations

from matplotlib.axis import Axis
from matplotlib.ticker import LogFormatter


def plain_numbers(axis: Axis) -> None:
    """Write 60 and not 6 x 10^1 on a logarithmic axis, which may span less than a decade."""
    axis.set_major_formatter(LogFormatter())
    axis.set_minor_formatter(LogFormatter())
