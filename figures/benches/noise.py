"""Standard figure of the noise bench."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing import draws


@draws("noise")
def draw_noise(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Spectral density of the current, and the same over the square of the current."""
    for axes, column, what in (
        (left, "current_noise", "Current noise $S_I$ (A$^2$/Hz)"),
        (right, "relative_noise", "Relative noise $S_I / I^2$ (1/Hz)"),
    ):
        for k, (state, part) in enumerate(table.groupby("state", sort=False)):
            # The first on top: what later ones differ in, such as the line of a precession, stands out from behind.
            axes.loglog(part["frequency"], part[column], label=state, zorder=3 - 0.1 * k)
        axes.set_xlabel("Frequency (Hz)")
        axes.set_ylabel(what)
        axes.margins(x=0)
        low, high = axes.get_ylim()
        if high < 10 * low:  # white noise: a decade or two, lest the axis show nothing but digits
            axes.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))
    left.legend(title=f"{table.attrs['voltage']:g} V, {table.attrs['method']}", title_fontsize=7)
