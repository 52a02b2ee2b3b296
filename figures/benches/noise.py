"""Standard figure of the noise bench."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ..drawing import draws

#: Lines of states; some may lie on each other.
LINES = ("-", "--", ":", "-.")


@draws("noise")
def draw_noise(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Spectral density of the current, and the same over the square of the current."""
    for axes, column, what in (
        (left, "current_noise", "Current noise $S_I$ (A$^2$/Hz)"),
        (right, "relative_noise", "Relative noise $S_I / I^2$ (1/Hz)"),
    ):
        for (state, part), line in zip(table.groupby("state", sort=False), itertools.cycle(LINES), strict=False):
            axes.loglog(part["frequency"], part[column], linestyle=line, label=state)
        axes.set_xlabel("Frequency (Hz)")
        axes.set_ylabel(what)
        axes.margins(x=0)
        low, high = axes.get_ylim()
        if high < 10 * low:  # white noise: a decade or two, lest the axis show nothing but digits
            axes.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    left.legend(title=f"{table.attrs['voltage']:g} V, {table.attrs['method']}", title_fontsize=7)
