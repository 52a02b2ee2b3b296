"""Standard figures: one drawing function for each bench and each cell, registered by :func:`draws`."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from ..characterization.cells.bench import names_of_cell
from ..characterization.tables import read_table
from ..circuits.cells.building.cell import CELLS, Cell
from ..circuits.cells.building.declared import ZERO_CELSIUS
from ..devices.language.errors import ParameterError, SynaspiceError, shown
from ..devices.language.registry import Registry
from .measured import draw_measured
from .overlay import axes_of, beside, like
from .sizes import PANEL, Size, arrangement
from .style import label_logarithmic_axes, package_style, words
from .titles import POINTS, checked_text, literal, title_lines
from .waveforms import broken, framed, panels_of_waveforms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .overlay import Place

#: Draws a table on axes of a figure.
Draw = Callable[..., None]
#: Most intervals between the ticks of a panel that is narrower than usual.
FEW = 5
#: Room on either side of a panel beside which another scale stands. [in]
APART = 0.12


@dataclass(eq=False)
class Drawing:
    """A standard figure, as :func:`draws` registered it.

    Attributes
    ----------
    function : callable
        Draws a table on as many axes as there are panels.
    panels : callable
        Number of panels for a table.
    in_words : callable
        What a table says if it says it better in words than in a picture: a sentence with its numbers, or None.
    """

    function: Draw
    panels: Callable[[pd.DataFrame], int]
    in_words: Callable[[pd.DataFrame], str | None]

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.function)  # it comes from where its function does

    def __call__(self, table: pd.DataFrame, *axes: Axes) -> None:
        """Draw a table."""
        self.function(table, *axes)


#: The standard figures, by the name of the bench or of the cell.
FIGURES: Registry[Drawing] = Registry(
    "standard figure", ("synaspice.figures.benches", "synaspice.figures.cells"), "synaspice.figures"
)


def draws(
    *what: str | type[Cell],
    panels: Callable[[pd.DataFrame], int] | None = None,
    in_words: Callable[[pd.DataFrame], str | None] | None = None,
) -> Callable[[Draw], Draw]:
    """Register a function as the one that draws the tables of a bench or of a cell, or of several.

    Parameters
    ----------
    *what : str or type
        Name of the bench, or the class of the cell; classes derived from it share its figure unless they have their
        own.
    panels : callable, optional
        Number of axes for a table; default: as many as the function demands after the table.
    in_words : callable, optional
        A sentence with the numbers of a table of which a picture would say nothing, such as white noise or a straight
        line, and None of others: the gallery has the sentence in place of the picture.

    Raises
    ------
    DuplicateNameError
        If there is another figure for it.
    """

    def register(function: Draw) -> Draw:
        own = inspect.signature(function).parameters.values()
        count = sum(parameter.default is parameter.empty for parameter in own) - 1
        drawing = Drawing(function, panels or (lambda table: count), in_words or (lambda table: None))
        for each in what:
            FIGURES.register(each if isinstance(each, str) else each.model_name(), drawing)
        return function

    return register


@overload
def plot(
    table: pd.DataFrame | str | Path,
    ax: None = None,
    label: str | None = None,
    *,
    data: pd.DataFrame | None = None,
    title: str | None = None,
    figsize: Size | None = None,
) -> Figure: ...
@overload
def plot(
    table: pd.DataFrame | str | Path, ax: Place, label: str | None = None, *, data: pd.DataFrame | None = None
) -> list[Axes]: ...
def plot(
    table: pd.DataFrame | str | Path,
    ax: Place | None = None,
    label: str | None = None,
    *,
    data: pd.DataFrame | None = None,
    title: str | None = None,
    figsize: Size | None = None,
) -> Figure | list[Axes]:
    """Draw the standard figure of a bench's table.

    Parameters
    ----------
    table : pandas.DataFrame, str or Path
        A table of a bench of :mod:`synaspice.characterization`, or the file of one.
    ax : Axes, sequence of Axes, Figure or SubFigure, optional
        Where to draw: one axes for a figure of one panel, a sequence for one of several, or a figure or a part of one,
        which gets axes if it has none. What is there stays, so that tables can be compared in one picture. Default: a
        figure of its own with a title, in the style of the package.
    label : str, optional
        Name of what was measured, before the labels of the legend.
    data : DataFrame, optional
        Measured data, as :func:`~synaspice.characterization.read_measured` returns them, that are drawn as points over
        every panel whose two quantities they have.
    title : str, optional
        Title of the figure, or an empty text for none; formulas stand between dollar signs. Default: what was
        measured, and the provenance of its values.
    figsize : float or pair of float, optional
        Width [inch], for which the figure takes the height that it needs, or width and height. Panels that would be too
        narrow side by side, as in a column of 3.4 inches, stand one above the other; letters keep their size. Default:
        3 inches high, and 3.5 inches wide for each panel.

    Returns
    -------
    matplotlib.figure.Figure or list of Axes
        The figure, which notebooks show and :func:`synaspice.figures.save` writes; the axes if they were given. The
        figure of a cell has the waveforms of one point on its left.

    Raises
    ------
    ParameterError
        If the table does not say which bench it comes from, the number of axes is not that of the figure's panels, the
        axes show other quantities or units already, no panel shows what was measured, panels of the size could not be
        read, a title is no text, has a formula that cannot be drawn or more lines than there is room for, or a title
        or size is given for axes that are there already.
    UnknownNameError
        If there is no standard figure for its bench.
    """
    found = table if isinstance(table, pd.DataFrame) else read_table(table)
    draw = drawing_of(found)
    if ax is not None and not (title is None and figsize is None):
        raise ParameterError("a title and a size are those of a figure of its own: give either them or ax")
    title = None if title is None else checked_text("title", title)
    label = None if label is None else checked_text("label", str(label))
    with drawable(found):
        drawn = _drawn_there(found, draw, ax, label) if ax is not None else _drawn(found, draw, label, title, figsize)
    if data is not None:
        with package_style():
            draw_measured(drawn if isinstance(drawn, list) else drawn.axes, data)
    return drawn


#: What a drawing function raises on a table that lacks what it needs, and Matplotlib on numbers that it cannot show.
UNDRAWABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RuntimeError, MemoryError)


@contextlib.contextmanager
def drawable(table: pd.DataFrame) -> Iterator[None]:
    """Say of a table with which drawing fails that it is none of its bench; errors of this package pass.

    Raises
    ------
    ParameterError
        If drawing fails.
    """
    try:
        yield
    except SynaspiceError:
        raise
    except UNDRAWABLE as error:
        kind = shown(kind_of(table))
        lacking = isinstance(error, KeyError) and len(error.args) == 1
        what = f"there is no {shown(error.args[0])}" if lacking else f"{type(error).__name__}: {shown(str(error))}"
        raise ParameterError(f"the table cannot be drawn as one of {kind}, it is foreign or damaged: {what}") from error


def _drawn_there(data: pd.DataFrame, draw: Drawing, ax: Place, label: str | None) -> list[Axes]:
    """The axes that were given, with the table in them."""
    given = axes_of(ax, draw.panels(data), kind_of(data))
    rehearsal = like(given)  # what does not fit is refused before anything is changed
    with beside(rehearsal, None):
        draw(data, *rehearsal)
    with beside(given, label):
        draw(data, *given)
    return given


def _drawn(data: pd.DataFrame, draw: Drawing, label: str | None, title: str | None, size: Size | None) -> Figure:
    """A figure of its own."""
    from matplotlib.ticker import AutoLocator

    from .displayed import DisplayedFigure

    count, what = draw.panels(data), kind_of(data)
    places = arrangement(size, what, count, panels_of_waveforms(data))
    with package_style():
        figure = DisplayedFigure(figsize=(places.width, places.height))
        own = framed(figure, data, count, places)
        with beside(own, label):
            draw(data, *own)
        # A panel is all of the height but what its other label, its ticks and the title take.
        rows, whole = places.rows(count), own[0].get_figure(root=False)
        assert whole is not None
        height = (whole.bbox.height / figure.dpi - 0.6 * rows - 0.4) / rows
        for axes in own:
            label_logarithmic_axes(axes)
            if places.width / places.columns < PANEL and isinstance(axes.xaxis.get_major_locator(), AutoLocator):
                axes.locator_params(axis="x", nbins=FEW)  # more would touch each other
            if "\n" not in axes.get_ylabel():
                axes.set_ylabel(broken(axes.get_ylabel(), height))
        engine = figure.get_layout_engine()
        if engine is not None and places.columns > 1 and any(axes.child_axes for axes in own):
            engine.set(w_pad=APART)  # type: ignore[call-arg]
        said = [literal(line) for line in _title(data)] if title is None else title.splitlines()
        lines = title_lines(said, places.width, places.height, title is not None)
        if lines:
            figure.suptitle("\n".join(lines), fontsize=POINTS)
    return figure


def drawing_of(table: pd.DataFrame) -> Drawing:
    """The standard figure of a table.

    Raises
    ------
    ParameterError
        If the table does not say which bench it comes from, or is of a cell that has no figure.
    UnknownNameError
        If there is no standard figure for its bench.
    """
    bench = table.attrs.get("bench") or kind_of(table)
    if bench == "cell":
        return _drawing_of_cell(table.attrs.get("cell"))
    if not bench:
        raise ParameterError(
            "the table does not say which bench it comes from: attrs['bench'] is missing. pandas keeps attrs in "
            "selections, not in all that merge or groupby make: give the bench's own table, or plot its columns"
        )
    return FIGURES.find(bench)


def kind_of(table: pd.DataFrame) -> str:
    """The cell or bench of a table; ``"trajectory"`` of one that a device's simulation returns; empty if unknown."""
    simulated = "trajectory" if "device" in table.attrs and "time" in table else ""
    return str(table.attrs.get("cell") or table.attrs.get("bench") or simulated)


def _title(table: pd.DataFrame) -> list[str]:
    """The measured thing, and the share of its values that was read in publications."""
    provenance = table.attrs.get("provenance")
    return [title_of(table), *([f"values: {provenance}"] if provenance else [])]


def title_of(table: pd.DataFrame) -> str:
    """The measured thing in words, and its temperature."""
    attrs = table.attrs
    if "cell" in attrs:
        where = [str(attrs.get("node", attrs["technology"])), f"{attrs['corner']} corner"]
        parts = [str(attrs.get("title", words(attrs["cell"]))), *where, f"{attrs['temperature'] - ZERO_CELSIUS:.4g} °C"]
        return ", ".join([*parts, *(["without noise"] if attrs.get("thermal_noise") is False else [])])
    parts = [str(attrs.get("title") or attrs.get("device") or words(attrs["bench"]))]
    kelvin = temperature_of(table)
    if kelvin is not None:
        parts.append(f"{kelvin - ZERO_CELSIUS:.0f} °C" if kelvin else "no noise")
    return ", ".join(parts)


def temperature_of(table: pd.DataFrame) -> float | None:
    """Temperature of the noise or, without it, of the material [K]; None if nothing depends on any, or of several."""
    if "temperatures" in table.attrs:
        return None
    kelvin = table.attrs.get("temperature")
    if kelvin is None:
        kelvin = table.attrs.get("parameters", {}).get("ambient_temperature")
    return None if kelvin is None else float(kelvin)


def _drawing_of_cell(name: Any) -> Drawing:
    """The figure of a cell: its own, or that of the nearest class that it derives from.

    Raises
    ------
    UnknownNameError
        If there is no such cell.
    ParameterError
        If it has no standard figure.
    """
    if isinstance(name, str) and name in FIGURES:
        return FIGURES[name]
    for base in names_of_cell(CELLS.find(name)):
        if base in FIGURES:
            return FIGURES[base]
    raise ParameterError(f"the cell {name} has no standard figure: a function with the decorator draws makes one")
