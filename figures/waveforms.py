"""Waveforms beside the summary of a cell's bench: stacked panels with one axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..characterization.cells.waveforms import waveforms
from .sizes import USUAL, WAVE, Arrangement
from .style import axis_scale, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

#: Letters of a label along an inch.
LETTERS = 17
#: Width of the last line of a panel, and by how much more each one before it has. [pt]
THIN, WIDER = 0.9, 0.8


def panels_of_waveforms(table: pd.DataFrame) -> int:
    """Number of panels that the waveforms of a table take; none without waveforms."""
    return int(waveforms(table)["quantity"].nunique()) if table.attrs.get("waveforms") else 0


def framed(figure: Figure, table: pd.DataFrame, count: int, places: Arrangement) -> list[Axes]:
    """The axes of a table's summary in a figure; its waveforms are drawn with them where it has some.

    Parameters
    ----------
    figure : Figure
        An empty figure.
    table : pandas.DataFrame
        The table.
    count : int
        Number of axes.
    places : Arrangement
        How they stand. Beside or below waveforms, they stand one above the other.
    """
    rows = places.rows(count)
    waves = panels_of_waveforms(table)
    if not waves:
        axes = [*figure.subplots(rows, places.columns, squeeze=False).flat]
        for empty in axes[count:]:
            empty.remove()
        return axes[:count]
    if places.beside:
        first, second = np.asarray(figure.subfigures(1, 2, width_ratios=(1.1, 1.0)))
        height = (figure.get_figheight() - 0.9) / waves
    else:
        share = WAVE * waves / (WAVE * waves + USUAL * count)
        first, second = np.asarray(figure.subfigures(2, 1, height_ratios=(share, 1 - share)))
        height = (share * figure.get_figheight() - 0.9) / waves
    draw_waveforms(waveforms(table), first, height)
    return [*second.subplots(count, 1, squeeze=False).flat]


def draw_waveforms(traces: pd.DataFrame, figure: Figure | SubFigure, height: float = WAVE) -> None:
    """Draw every quantity of a table of waveforms in a panel of its own, over the same time.

    Parameters
    ----------
    traces : pandas.DataFrame
        What :func:`~synaspice.characterization.cells.waveforms.waveforms` returns.
    figure : Figure or SubFigure
        Where to.
    height : float
        Height of a panel, to which labels are broken. [in]
    """
    factor, unit = axis_scale(traces["time"], "s")
    quantities = list(traces.groupby("quantity", sort=False))
    panels = figure.subplots(len(quantities), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (quantity, group) in zip(panels, quantities, strict=True):
        # A swing just below 1 V reads better in volts than as 1000 mV.
        scale, shown = axis_scale(1.1 * group["value"], str(group["unit"].iloc[0]))
        waves = list(group.groupby("name", sort=False))
        for k, (name, wave) in enumerate(waves):
            # The first ones are wider, so that those that later ones run along are still seen.
            width = THIN + WIDER * (len(waves) - 1 - k)
            axes.plot(factor * wave["time"], scale * wave["value"], linewidth=width, label=str(name))
        axes.set_ylabel(broken(label(str(quantity), shown), height))
        # Room above the waveforms, so that a level does not lie on the frame, and for the names where there are some.
        axes.margins(x=0, y=0.12)
        if len(waves) > 1:
            axes.legend(loc="upper right", ncols=len(waves), borderaxespad=0.1, columnspacing=1.0)
            low, high = axes.get_ylim()
            axes.set_ylim(low, high + 0.3 * (high - low))
    panels[0].set_title(str(traces.attrs["at"]).replace(" -", " \N{MINUS SIGN}"), loc="left")
    panels[-1].set_xlabel(label("Time", unit))
    figure.align_ylabels(panels)


def broken(words: str, height: float) -> str:
    """A label in lines that fit beside a panel.

    Parameters
    ----------
    words : str
        The label, in one line.
    height : float
        Height of the panel. [in]
    """
    most = int(LETTERS * height)
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        seen = longer.replace("$", "").replace("_", "")  # TeX marks take no room
        if len(seen) > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
