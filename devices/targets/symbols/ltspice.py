"""Symbols for LTspice: a grid of 16, the y axis points down, pins have their place in the netlist."""

from __future__ import annotations

from .files import EDITORS, Editor, SymbolFile
from .shapes import Circle, Point, Shape, Text

GRID = 16
SIDES = {"left": "Left", "right": "Right", "center": "Center"}


def _spot(point: Point) -> str:
    return f"{round(GRID * point[0])} {round(-GRID * point[1])}"


def _lines(shape: Shape) -> list[str]:
    if isinstance(shape, Text):
        return [f"TEXT {_spot(shape.at)} {SIDES[shape.side]} 0 {shape.words}"]
    if isinstance(shape, Circle):
        (x, y), r = shape.center, shape.radius
        return [f"CIRCLE Normal {_spot((x + r, y - r))} {_spot((x - r, y + r))}"]
    points = shape.points
    ends = zip(points, points[1:] if not hasattr(shape, "filled") else (*points[1:], points[0]), strict=False)
    return [f"LINE Normal {_spot(one)} {_spot(other)}" for one, other in ends]


def write_ltspice(of: SymbolFile) -> str:
    """A symbol as LTspice's ``.asy``."""
    symbol = of.symbol
    x, y = symbol.label
    lines = ["Version 4", "SymbolType CELL"]
    lines += [line for shape in symbol.shapes for line in _lines(shape)]
    lines += [f"WINDOW 0 {_spot((x, y + 0.5))} Left 2", f"WINDOW 3 {_spot((x, y - 0.5))} Left 2"]
    lines += [f"SYMATTR Value {of.name}", "SYMATTR Prefix X"]
    if of.parameters:
        lines.append(f"SYMATTR SpiceLine {of.assignments()}")
    lines += [f"SYMATTR ModelFile {of.netlist}", f"SYMATTR Description {of.description}"]
    for order, pin in enumerate(symbol.pins, 1):
        lines += [f"PIN {_spot(pin.at)} NONE 8", f"PINATTR PinName {pin.name}", f"PINATTR SpiceOrder {order}"]
    return "\n".join(lines) + "\n"


EDITORS.register("ltspice", Editor("LTspice", ".asy", "ltspice", write_ltspice))
