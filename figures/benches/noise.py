"""Standard figure of the noise bench."""

from __future__ import annotations

import itertools

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from ...devices.language.quantities.quantity import format_si
from ..drawing import draws

#: Lines of states; some may lie on each other.
LINES = ("-", "--", ":", "-.")
#: Width of the last line, and by how much more each one before it has. [pt]
THIN, WIDER = 1.2, 0.6
#: Parts of the noise on an orbit: what the legend says, and how they are drawn.
PARTS = {
    "phase_noise": ("phase alone", (0, (4, 2))),
    "amplitude_noise": ("amplitude", (0, (1, 1.5))),
    "electrical_noise": ("electrical", (0, (5, 1, 1, 1))),
}
#: How many of its points must be positive.
DRAWN = 0.8
#: A relative range within which a spectrum is white.
WHITE = 0.01


def _white(table: pd.DataFrame) -> str | None:
    """The densities, if they do not depend on the frequency."""
    ends = table.groupby("state", sort=False)["current_noise"].agg(["min", "max"])
    if (ends["max"] > (1 + WHITE) * ends["min"]).any():
        return None
    low, high = table["frequency"].min(), table["frequency"].max()
    levels = ", ".join(f"{name} {row['max']:.3g} A²/Hz" for name, row in ends.iterrows())
    at = f"at {_bias(table)}, from {low:.2g} to {high:.2g} Hz"
    return f"White within {100 * WHITE:g} % {at}: S_I = {levels}."


def _bias(table: pd.DataFrame) -> str:
    return format_si(float(table.attrs["voltage"]), "V", 3)


@draws("noise", in_words=_white)
def draw_noise(table: pd.DataFrame, axes: Axes) -> None:
    """Spectral density of the current's noise in each state. For an oscillation, its parts are shown too."""
    groups = list(table.groupby("state", sort=False))
    for k, ((state, part), line) in enumerate(zip(groups, itertools.cycle(LINES), strict=False)):
        # The first ones are wider, so that those that later ones run along are still seen.
        wide = THIN + WIDER * (len(groups) - 1 - k)
        (drawn,) = axes.loglog(part["frequency"], part["current_noise"], linestyle=line, linewidth=wide, label=state)
        for name, (about, dashes) in PARTS.items():
            # Far from a line amplitude and phase may cancel each other: a part that is mostly negative is not drawn.
            if name in part and (values := part[name].where(part[name] > 0)).notna().mean() > DRAWN:
                axes.loglog(
                    part["frequency"], values, linestyle=dashes, linewidth=0.7, color=drawn.get_color(), alpha=0.7,
                    label=about, zorder=1,
                )  # fmt: skip
    axes.set_xlabel("Frequency (Hz)")
    axes.set_ylabel("Current noise $S_I$ (A$^2$/Hz)")
    axes.margins(x=0)
    if "phase_noise" in table:  # no lower than a decade below everything
        axes.set_ylim(bottom=0.1 * table["current_noise"].min())
    # Of the values: the limits of an axis on which all values are the same are not found without a warning.
    low, high = table["current_noise"].min(), table["current_noise"].max()
    # less than a decade, of which a logarithmic axis would show nothing but digits
    if high < 10 * low and "phase_noise" not in table:
        axes.set_yscale("linear")
        axes.set_ylim(bottom=0)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(title=f"{_bias(table)}, {table.attrs['method']}", title_fontsize=7)
