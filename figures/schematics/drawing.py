"""The drawing of a schematic with schemdraw, on axes of Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...circuits.cells.building.cell import Cell
from ...devices.language.checks import instance
from ...devices.language.optional import require
from ...devices.targets.symbols.shapes import Circle, Line, Polygon, Shape, Text
from ..style import package_style
from .layout import Flag, Layout, layout_of
from .placed import LINE, Placed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Inches of a unit of the grid; sizes of letters, and widths of lines [points].
UNIT = 0.125
NAMES, VALUES, PORTS = 6.5, 5.5, 7.5
THIN, HEAVY = 0.8, 1.6
#: Space around the drawing, and width of a letter of a port, in units.
AROUND, LETTER = 0.8, 0.75


def schematic(cell: Cell) -> Figure:
    """Draw the schematic of a cell: its devices, transistors and cells within it, as its netlist connects them.

    Transistors have their width and length beside them, in nanometres, and ``×n`` for n in parallel. Their bodies,
    where none is drawn, are at the supply (p-channel) and at ground (n-channel); inverters are supplied likewise. Nodes
    of the same name are connected.

    Parameters
    ----------
    cell : Cell
        The cell.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, which Jupyter shows and :func:`synaspice.figures.save` writes.

    Raises
    ------
    MissingDependencyError
        If schemdraw is not installed; the extra ``schematics`` installs it.
    ParameterError
        If it is no cell, or one with lines in its netlist for which there is no symbol.
    """
    from ..displayed import DisplayedFigure

    instance("the cell", cell, Cell, "a cell, as Inverter()")
    require("schemdraw", "a schematic", "schematics")
    layout = layout_of(cell)
    left, bottom, right, top = _extent(layout)
    with package_style():
        figure = DisplayedFigure(figsize=(UNIT * (right - left), UNIT * (top - bottom)))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        drawing_of(layout).draw(show=False, canvas=axes)
        axes.set_xlim(left, right)
        axes.set_ylim(bottom, top)
        axes.set_aspect("equal")
        axes.axis("off")
        figure.set_layout_engine("none")  # which fills figures of the package's other kinds
    return figure


def drawing_of(layout: Layout) -> Any:
    """The layout as a drawing of schemdraw: an element of it for every element, wire, name and joint."""
    schemdraw = require("schemdraw", "a schematic", "schematics")
    drawing = schemdraw.Drawing(show=False)
    drawing.config(unit=1, inches_per_unit=UNIT, lw=THIN, fontsize=NAMES)
    for item in layout.items:
        drawing.add(_element(item))
    for wire in layout.wires:
        drawing.add(_made(f"wire {wire.node}", [_line(wire.path)], {"start": wire.path[0], "end": wire.path[-1]}))
    for flag in layout.flags:
        drawing.add(_made(f"{flag.kind} {flag.node}", _flag(flag), {"at": flag.at}))
    for spot in layout.joints:
        drawing.add(_made("joint", [_segments(Circle(spot, 0.18, filled=True))], {"at": spot}))
    return drawing


def _made(name: str, segments: list[Any], anchors: dict[str, tuple[float, float]]) -> Any:
    """An element of schemdraw that stands where its shapes say."""
    from schemdraw.elements import Element as Drawn

    made = Drawn(at=(0, 0), theta=0)
    made.segments = segments
    made.anchors.update(anchors)
    made.params["drop"] = (0, 0)
    made.defaults["zoom"] = 1
    made.name = name
    return made


def _element(item: Placed) -> Any:
    x, y = item.place.x, item.place.y
    segments = [_segments(shape, (x, y)) for shape in item.symbol.shapes]
    return _made(item.element.name, [*segments, *_words(item)], {pin.name: item.at(pin) for pin, _ in item.pins()})


def _words(item: Placed) -> list[Any]:
    words, (x, y) = item.element.words, item.symbol.label
    x, y = x + item.place.x, y + item.place.y
    side = "right" if "m" in item.place.turn else "left"
    if "r" in item.place.turn:
        side = "center"
    if item.wide() or side == "center":
        y += LINE * (len(words) - 0.5)
    else:
        y += LINE * (len(words) - 1) / 2
    found = []
    for k, word in enumerate(words):
        named = k < len(words) - 1 or len(words) == 1
        found.append(_text((x, y - LINE * k), word, side, NAMES if named else VALUES))
    return found


def _flag(flag: Flag) -> list[Any]:
    (x, y), (u, v) = flag.at, flag.away
    if flag.kind == "supply":
        bar = _line(((x - 0.8, y + 1), (x + 0.8, y + 1)))
        return [_line(((x, y), (x, y + 1))), bar, _text((x, y + 1.7), "$V_\\mathrm{DD}$", "center", VALUES)]
    if flag.kind == "ground":
        bars = [_line(((x - w, y - 0.7 - d), (x + w, y - 0.7 - d))) for w, d in ((0.8, 0), (0.5, 0.3), (0.2, 0.6))]
        return [_line(((x, y), (x, y - 0.7))), *bars]
    side = "left" if u > 0 else "right" if u < 0 else "center"
    if flag.kind == "name":
        at = (x + 0.7 * u, y + 0.9 * v)
        return [_line(((x, y), (x + 0.5 * u, y + 0.5 * v))), _text(at, flag.node, side, VALUES)]
    ring = _segments(Circle((x + 0.3 * u, y + 0.3 * v), 0.3))
    return [ring, _text((x + 0.9 * u, y + 1.2 * v), flag.node, side, PORTS)]


def _segments(shape: Shape, by: tuple[float, float] = (0, 0)) -> Any:
    from schemdraw import segments

    x, y = by
    if isinstance(shape, Circle):
        center = (shape.center[0] + x, shape.center[1] + y)
        return segments.SegmentCircle(center, shape.radius, lw=THIN, fill="black" if shape.filled else None)
    if isinstance(shape, Text):
        return _text((shape.at[0] + x, shape.at[1] + y), shape.words, shape.side, VALUES)
    points = [(a + x, b + y) for a, b in shape.points]
    if isinstance(shape, Polygon):
        return segments.SegmentPoly(points, lw=THIN, fill="black" if shape.filled else None)
    return _line(points, shape)


def _line(points: Any, shape: Line | None = None) -> Any:
    from schemdraw import segments

    heavy, dashed = (shape.heavy, shape.dashed) if shape else (False, False)
    return segments.Segment(list(points), lw=HEAVY if heavy else THIN, ls="--" if dashed else "-")


def _text(at: tuple[float, float], words: str, side: str, size: float) -> Any:
    from schemdraw import segments

    return segments.SegmentText(at, words, align=(side, "center"), fontsize=size)


def _extent(layout: Layout) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of everything, with the words."""
    boxes = [box for item in layout.items for box in (item.body(), item.words()) if box is not None]
    for wire in layout.wires:
        boxes += [(x, y, x, y) for x, y in wire.path]
    for flag in layout.flags:
        (x, y), u = flag.at, flag.away[0]
        long = LETTER * len(flag.node) + 1.2
        boxes.append((x - 1, y - 1.8, x + 1, y + 2.2))
        boxes.append((x + min(u, 0) * long, y - 0.7, x + max(u, 0) * long, y + 0.7))
    left, bottom = (min(box[k] for box in boxes) - AROUND for k in (0, 1))
    right, top = (max(box[k] for box in boxes) + AROUND for k in (2, 3))
    return left, bottom, right, top
