"""Elements at their places on the grid of a schematic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...circuits.cells.drawn.elements import Element
from ...devices.targets.symbols.shapes import Pin, Symbol

Spot = tuple[int, int]
#: Width of a letter and height of a line of text, in units of the grid.
LETTER, LINE = 0.46, 1.0


@dataclass(frozen=True)
class Place:
    """Where an element stands.

    Attributes
    ----------
    x, y : int
        Its middle.
    turn : str
        ``"m"`` for left and right exchanged, ``"u"`` for upside down, ``"r"`` for lying, with the first pin at the
        left; or several of them.
    """

    x: int
    y: int
    turn: str = ""


@dataclass(frozen=True)
class Placed:
    """An element at its place; positions are those of the drawing.

    Attributes
    ----------
    element : Element
        What stands there.
    place : Place
        Where.
    symbol : Symbol
        Its symbol as it is turned.
    """

    element: Element
    place: Place
    symbol: Symbol

    @staticmethod
    def of(element: Element, place: Place) -> Placed:
        """An element turned as its place says."""
        symbol = element.symbol
        if "r" in place.turn:
            symbol = symbol.lying()
        if "u" in place.turn:
            symbol = symbol.upside_down()
        if "m" in place.turn:
            symbol = symbol.mirrored()
        return Placed(element, place, symbol)

    def at(self, pin: Pin) -> Spot:
        """Where a pin is."""
        return self.place.x + pin.at[0], self.place.y + pin.at[1]

    def pins(self) -> Iterable[tuple[Pin, str]]:
        """Pins with their nodes."""
        return [(pin, self.element.nodes[pin.name]) for pin in self.symbol.pins if pin.name in self.element.nodes]

    def body(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of what is drawn, without the leads of one unit."""
        left, bottom, right, top = self.symbol.extent()
        return left + self.place.x, bottom + self.place.y, right + self.place.x, top + self.place.y

    def inside(self) -> set[Spot]:
        """Points of the grid at which a wire would touch the symbol elsewhere than at a pin."""
        left, bottom, right, top = self.body()
        # A wire along the rim of a box would be part of it; beside the leads of others there is space.
        rim = 0.0 if self.boxed() else 0.01
        upright = range(math.ceil(bottom + rim), math.floor(top - rim) + 1)
        points = {(x, y) for x in range(math.ceil(left), math.floor(right) + 1) for y in upright}
        return points - {self.at(pin) for pin, _ in self.pins()}

    def words(self) -> tuple[float, float, float, float] | None:
        """Left, bottom, right and top of the words beside it, if there are any."""
        words = self.element.words
        if not words:
            return None
        (x, y), long, high = self.symbol.label, LETTER * max(map(len, words)), LINE * len(words)
        x, y = x + self.place.x, y + self.place.y
        if "r" in self.place.turn:
            return x - long / 2, y, x + long / 2, y + high
        left = x - long if "m" in self.place.turn else x
        if self.wide():
            return left, y, left + long, y + high
        return left, y - high / 2, left + long, y + high / 2

    def boxed(self) -> bool:
        """Whether it is a box, with its name in it."""
        return not self.element.words

    def wide(self) -> bool:
        """Whether it lies, so that words stand above it."""
        left, bottom, right, top = self.symbol.extent()
        return right - left >= top - bottom


def placed(elements: Iterable[Element], places: Mapping[str, Place]) -> list[Placed]:
    """Elements at their places."""
    return [Placed.of(element, places[element.name]) for element in elements]
