"""Drawing into axes that are given: which they are, colours beside those that are there, and names in the legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..devices.language.errors import ParameterError
from .lone_points import mark_lone_points
from .style import share_units

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    #: Where to draw: axes, several of them, or a figure or part of one.
    Place = Axes | Sequence[Axes] | FigureBase


def axes_of(place: Place, count: int, what: str) -> list[Axes]:
    """The axes of a place to draw in; a figure without axes gets them.

    Parameters
    ----------
    place : Axes, sequence of Axes, Figure or SubFigure
        Where to draw.
    count : int
        Number of axes that are needed.
    what : str
        For what, for the message.

    Raises
    ------
    ParameterError
        If there are more or fewer, or one of them twice.
    """
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    found: list[Any]
    if isinstance(place, Axes):
        found = [place]
    elif isinstance(place, FigureBase):
        made: Any = place.axes or place.subplots(1, count, squeeze=False)
        found = list(np.ravel(np.asarray(made, dtype=object)))
    else:
        found = list(np.ravel(np.asarray(place, dtype=object)))
    strangers = [type(axes).__name__ for axes in found if not isinstance(axes, Axes)]
    if strangers or len(found) != count:
        given = ", ".join(strangers) if strangers else f"{len(found)} axes"
        needed = "one Axes" if count == 1 else f"a sequence of {count} axes"
        raise ParameterError(f"the figure of {what} needs {needed}, or a SubFigure, and was given {given}")
    if len({id(axes) for axes in found}) < count:
        raise ParameterError(f"the figure of {what} needs {count} different axes, and was given one of them twice")
    return found


def _contents(axes: Sequence[Axes]) -> dict[int, Any]:
    """The artists and containers of axes, by their identity."""
    return {id(item): item for one in axes for items in (one.get_children(), one.containers) for item in items}


@contextmanager
def beside(axes: Sequence[Axes], label: str | None) -> Iterator[None]:
    """Draw beside what axes show already: in colours that are not taken yet, with a name before those of the legend.

    Colours are those of the cycle as it is now, also if the figure is shown in another style later. Curves of one point
    get a marker.

    Raises
    ------
    ParameterError
        If what was drawn has other quantities or units on its axes than what was there.
    """
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib.colors import same_color, to_hex
    from matplotlib.lines import Line2D

    cycle = mpl.rcParams["axes.prop_cycle"].by_key().get("color", ["C0"])
    before, labels = _contents(axes), [_axis_labels(one) for one in axes]
    lines = [line for one in axes for line in one.lines]
    taken = [k for k, colour in enumerate(cycle) if any(same_color(line.get_color(), colour) for line in lines)]
    start = (max(taken) + 1) % len(cycle) if taken else 0
    with mpl.rc_context({"axes.prop_cycle": cycler(color=[*cycle[start:], *cycle[:start]])}):
        yield
        new = {key: item for key, item in _contents(axes).items() if key not in before}
        for item in new.values():
            if isinstance(item, Line2D):  # "C1" is looked up when it is drawn
                item.set_color(to_hex(item.get_color(), keep_alpha=True))
        mark_lone_points(axes, new.values())
    for one, (old_x, old_y) in zip(axes, labels, strict=True):
        for old, found in zip((old_x, old_y), _axis_labels(one), strict=True):
            if old and old != found:
                for item in new.values():
                    if item.axes is not None:
                        item.remove()
                raise ParameterError(f"the axes show {old!r}, and the table has {found!r}: they cannot share axes")
    if label is not None:
        for one in axes:
            _name(one, new, label)


def like(axes: Sequence[Axes]) -> list[Axes]:
    """Empty axes of a figure of their own, with the labels and units of others: to see what a drawing would do."""
    from matplotlib.figure import Figure

    copies: list[Axes] = [*Figure().subplots(1, len(axes), squeeze=False).flat]
    for one, copy in zip(axes, copies, strict=True):
        copy.set(xlabel=one.get_xlabel(), ylabel=one.get_ylabel())
        share_units(one, copy)
    return copies


def _axis_labels(axes: Axes) -> tuple[str, str]:
    return axes.get_xlabel(), axes.get_ylabel()


def _name(axes: Axes, new: dict[int, Any], label: str) -> None:
    """Put a name before the labels of what is new in the axes; the first curve gets it if nothing has a label."""
    handles, _ = axes.get_legend_handles_labels()
    named = [handle for handle in handles if id(handle) in new]
    for handle in named:
        handle.set_label(f"{label}, {handle.get_label()}")
    if not named:
        curves: list[Any] = [item for item in (*axes.containers, *axes.lines) if id(item) in new]
        # A line of two points marks a place.
        told = [item for item in curves if not hasattr(item, "get_xdata") or len(item.get_xdata()) > 2] or curves
        for item in told[:1]:
            item.set_label(label)
    legend = axes.get_legend()
    title = legend.get_title().get_text() if legend is not None else ""
    axes.legend(title=title or None, title_fontsize=7)
