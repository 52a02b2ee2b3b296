"""What a symbol consists of: lines, circles, polygons, texts and pins, on a grid on which pins lie at whole numbers.

The y axis points up. A unit is what editors of schematics have between two neighbouring points for pins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

Point = tuple[float, float]
#: Maps points to points.
Turn = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Line:
    """A line through points; a heavy one is a contact or a gate, a dashed one leads to a state."""

    points: tuple[Point, ...]
    heavy: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Circle:
    """A circle; a filled one is a dot."""

    center: Point
    radius: float
    filled: bool = False


@dataclass(frozen=True)
class Polygon:
    """A closed outline; a filled one is black."""

    points: tuple[Point, ...]
    filled: bool = False


@dataclass(frozen=True)
class Text:
    """A text: a pin's name, or what the symbol is of.

    Attributes
    ----------
    at : pair of float
        Where it begins, ends or has its middle.
    words : str
        What it says.
    side : str
        ``"left"`` if it begins there, ``"right"`` if it ends there, ``"center"``.
    """

    at: Point
    words: str
    side: str = "center"


@dataclass(frozen=True)
class Pin:
    """A point by which a symbol is connected.

    Attributes
    ----------
    name : str
        Name of the pin of the subcircuit.
    at : pair of int
        Where it is.
    away : pair of int
        Direction away from the symbol: ``(0, 1)`` is up.
    direction : str
        ``"input"``, ``"output"``, ``"inout"`` or ``"supply"``.
    """

    name: str
    at: tuple[int, int]
    away: tuple[int, int]
    direction: str = "inout"


Shape = Line | Circle | Polygon | Text


@dataclass(frozen=True)
class Symbol:
    """A symbol: its shapes, and its pins in the order of the subcircuit.

    Attributes
    ----------
    shapes : tuple
        What is drawn.
    pins : tuple of Pin
        The pins.
    label : pair of float
        Where name and values begin.
    """

    shapes: tuple[Shape, ...]
    pins: tuple[Pin, ...]
    label: Point

    def pin(self, name: str) -> Pin:
        """The pin of a name."""
        return next(pin for pin in self.pins if pin.name == name)

    def mirrored(self) -> Symbol:
        """The symbol with left and right exchanged."""
        return self._turned(lambda x, y: (-x, y))

    def upside_down(self) -> Symbol:
        """The symbol with top and bottom exchanged."""
        turned = self._turned(lambda x, y: (x, -y))
        return replace(turned, label=self.label)

    def lying(self) -> Symbol:
        """The symbol turned by a quarter, its top to the left; words stand above it."""
        turned = self._turned(lambda x, y: (-y, x))
        return replace(turned, label=(0.0, self.extent()[2] + 0.3))

    def _turned(self, turn: Turn) -> Symbol:
        pins = tuple(replace(pin, at=turn(*pin.at), away=turn(*pin.away)) for pin in self.pins)
        return Symbol(tuple(_turned(shape, turn) for shape in self.shapes), pins, turn(*self.label))

    def extent(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of what is drawn, without texts."""
        points = [point for shape in self.shapes for point in _points(shape)] + [pin.at for pin in self.pins]
        across, up = [x for x, _ in points], [y for _, y in points]
        return min(across), min(up), max(across), max(up)


def _points(shape: Shape) -> Sequence[Point]:
    if isinstance(shape, Text):
        return ()
    if isinstance(shape, Circle):
        (x, y), r = shape.center, shape.radius
        return (x - r, y - r), (x + r, y + r)
    return shape.points


def _turned(shape: Shape, turn: Turn) -> Shape:
    if isinstance(shape, Circle):
        return replace(shape, center=turn(*shape.center))
    if isinstance(shape, Text):
        at = turn(*shape.at)
        swapped = {"left": "right", "right": "left", "center": "center"}
        return replace(shape, at=at, side=swapped[shape.side] if turn(1, 0) == (-1, 0) else shape.side)
    return replace(shape, points=tuple(turn(*point) for point in shape.points))


def line(*points: Point, heavy: bool = False, dashed: bool = False) -> Line:
    """A line through points."""
    return Line(points, heavy, dashed)


def box(left: float, bottom: float, right: float, top: float, filled: bool = False) -> Polygon:
    """A rectangle."""
    return Polygon(((left, bottom), (right, bottom), (right, top), (left, top)), filled)


def arrow(start: Point, end: Point, size: float = 0.3) -> tuple[Shape, ...]:
    """A line with a head at its end."""
    (x, y), (u, v) = start, end
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    along = ((u - x) / length * size, (v - y) / length * size)
    side = (-along[1] * 0.45, along[0] * 0.45)
    root = (u - along[0], v - along[1])
    head = ((u, v), (root[0] + side[0], root[1] + side[1]), (root[0] - side[0], root[1] - side[1]))
    return line(start, root), Polygon(head, filled=True)


def leads(pins: Iterable[Pin], reach: float) -> tuple[Line, ...]:
    """Lines from pins at top and bottom to a body of some height."""
    return tuple(line(pin.at, (pin.at[0], pin.away[1] * reach)) for pin in pins)
