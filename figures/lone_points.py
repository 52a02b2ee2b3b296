"""Curves of one point: a line without a second point is nothing, so that it gets a marker; a band gets a width."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

#: Markers by the style of the line, so that curves that lie on each other are both seen.
MARKS = {"-": "o", "--": "x", ":": "+", "-.": "D"}
#: Marker in place of a dot where dots are something else, such as what was drawn by chance beside its mean.
DASH = "_"
#: Sizes of markers and of the dash, and width of a band of one point. [pt]
SIZE, LENGTH, BAND = 4.0, 9.0, 4.0
#: What Matplotlib calls no marker and no line.
NONE = ("", " ", "None", "none", None)


def lone_points(line: Line2D) -> np.ndarray:
    """Which points of a line have no neighbour that could be seen, so that no line reaches them.

    Parameters
    ----------
    line : Line2D
        A line of some axes.

    Returns
    -------
    numpy.ndarray
        Their indices.
    """
    x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
    axes: Any = line.axes
    seen = np.isfinite(x) & np.isfinite(y)
    for values, scale in ((x, axes.get_xscale()), (y, axes.get_yscale())):
        if scale == "log":
            seen &= values > 0
    beside = np.zeros(len(seen), dtype=bool)
    both = seen[1:] & seen[:-1] & ((np.diff(x) != 0) | (np.diff(y) != 0))
    beside[1:] |= both
    beside[:-1] |= both
    # Several points in one place are reached where one of them is.
    again = seen[1:] & seen[:-1] & ~both
    for k in np.flatnonzero(again):
        beside[k + 1] |= beside[k]
    for k in np.flatnonzero(again)[::-1]:
        beside[k] |= beside[k + 1]
    return np.flatnonzero(seen & ~beside)


def mark_lone_points(axes: Iterable[Axes], new: Iterable[Any]) -> None:
    """Let a curve be seen where it has a point without a neighbour.

    Parameters
    ----------
    axes : iterable of Axes
        The axes, whose legends show the markers too.
    new : iterable of Artist
        What was drawn: lines get markers at such points, bands of one point get a width.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D

    items, own = list(new), set(axes)
    lines = [item for item in items if isinstance(item, Line2D) and item.axes in own and _in_data(item)]
    dotted = {line.axes for line in lines if line.get_marker() == "o" and len(np.asarray(line.get_xdata()))}
    plain = [line for line in lines if line.get_marker() in NONE and line.get_linestyle() not in NONE]
    for line in plain:
        alone = lone_points(line)
        if len(alone):
            line.set_markevery([int(k) for k in alone])
            _mark(line, dots=line.axes in dotted)
    curves = [line for line in plain if np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any()]
    # The legend shows what is seen: of lines that name a kind of curve, whether there is a line of the kind.
    drawn = {str(line.get_linestyle()) for line in curves if not _is_points(line)}
    for line in plain:
        if _is_points(line) if line in curves else str(line.get_linestyle()) not in drawn and curves:
            _mark(line, dots=line.axes in dotted)
            _tell(line)
    for item in items:
        paths = item.get_paths() if isinstance(item, PolyCollection) else []
        if paths and all(np.ptp(np.asarray(path.vertices)[:, 0]) == 0 for path in paths):
            item.set(edgecolor=item.get_facecolor(), linewidth=BAND)


def _in_data(line: Line2D) -> bool:
    """Whether both coordinates are those of the axes: a line that marks one is as long as the panel."""
    axes: Any = line.axes
    return all(line.get_transform().contains_branch_seperately(axes.transData))


def _is_points(line: Line2D) -> bool:
    """Whether no two points of a line are joined."""
    return len(lone_points(line)) == int(np.isfinite(np.asarray(line.get_ydata(), dtype=float)).sum())


def _mark(line: Line2D, *, dots: bool) -> None:
    mark = MARKS.get(str(line.get_linestyle()), "o")
    other = dots and mark == "o"
    line.set(marker=DASH if other else mark, markersize=LENGTH if other else SIZE)


def _tell(line: Line2D) -> None:
    """Show the marker of a curve of points in the legend of its axes."""
    from matplotlib.lines import Line2D

    axes: Any = line.axes
    legend = axes.get_legend()
    if legend is None:
        return
    for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
        if isinstance(handle, Line2D) and text.get_text() == line.get_label():
            handle.set(marker=line.get_marker(), markersize=line.get_markersize(), linestyle="none")
