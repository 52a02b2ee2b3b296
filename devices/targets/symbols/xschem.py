"""Symbols for xschem: a grid of 10, the y axis points down; pins are boxes, in the order of the subcircuit."""

from __future__ import annotations

from .files import EDITORS, Editor, SymbolFile
from .shapes import Circle, Line, Point, Shape, Text

GRID = 10
DIRECTIONS = {"input": "in", "output": "out", "inout": "inout", "supply": "inout"}
#: Height of a letter, and a line's above the point at which a text is.
SIZE, ABOVE = 0.15, 5


def _spot(point: Point) -> str:
    return f"{round(GRID * point[0], 2):g} {round(-GRID * point[1], 2):g}"


def _lines(shape: Shape) -> list[str]:
    if isinstance(shape, Text):
        x, y = GRID * shape.at[0], -GRID * shape.at[1] - ABOVE
        shift = {"left": 0.0, "center": 2.7 * len(shape.words), "right": 5.4 * len(shape.words)}[shape.side]
        return [f"T {{{shape.words}}} {x - shift:g} {y:g} 0 0 {SIZE} {SIZE} {{}}"]
    filled = "fill=true" if getattr(shape, "filled", False) else ""
    if isinstance(shape, Circle):
        return [f"A 4 {_spot(shape.center)} {GRID * shape.radius:g} 0 360 {{{filled}}}"]
    if isinstance(shape, Line):
        dash = "dash=3" if shape.dashed else ""
        ends = zip(shape.points, shape.points[1:], strict=False)
        return [f"L 4 {_spot(one)} {_spot(other)} {{{dash}}}" for one, other in ends]
    points = (*shape.points, shape.points[0])
    return [f"P 4 {len(points)} {' '.join(map(_spot, points))} {{{filled}}}"]


def write_xschem(of: SymbolFile) -> str:
    """A symbol as xschem's ``.sym``."""
    symbol = of.symbol
    x, y = symbol.label
    passed = "".join(f" {name}=@{name}" for name in of.parameters)
    values = "".join(f" {name}={value!r}" for name, value in of.parameters.items())
    lines = [
        "G {type=primitive",
        f'format="@name @pinlist {of.name}{passed}"',
        f'template="name=x1{values}"',
        f'device_model=".include {of.netlist}"}}',
        "V {}",
        "S {}",
        "E {}",
    ]
    lines += [line for shape in symbol.shapes for line in _lines(shape)]
    for pin in symbol.pins:
        (a, b), h = (GRID * pin.at[0], -GRID * pin.at[1]), 2.5
        box = f"{a - h:g} {b - h:g} {a + h:g} {b + h:g}"
        lines.append(f"B 5 {box} {{name={pin.name} dir={DIRECTIONS[pin.direction]}}}")
    lines.append(f"T {{@name}} {GRID * x:g} {-GRID * (y + 0.6) - ABOVE:g} 0 0 0.2 0.2 {{}}")
    lines.append(f"T {{{of.name}}} {GRID * x:g} {-GRID * (y - 0.6) - ABOVE:g} 0 0 {SIZE} {SIZE} {{}}")
    return "\n".join(lines) + "\n"


EDITORS.register("xschem", Editor("xschem", ".sym", "ngspice", write_xschem))
