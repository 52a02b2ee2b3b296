"""Symbols for KiCad: millimetres on a grid of 1.27, the y axis points up; attributes ``Sim.*`` name the subcircuit."""

from __future__ import annotations

from .files import EDITORS, Editor, SymbolFile
from .shapes import Circle, Line, Point, Shape, Text

GRID = 1.27
#: Angle in which a pin leads to its symbol, by the direction away from it.
ANGLES = {(-1, 0): 0, (1, 0): 180, (0, -1): 90, (0, 1): 270}
KINDS = {"input": "input", "output": "output", "inout": "bidirectional", "supply": "power_in"}
LETTERS = "(effects (font (size 1 1)))"


def _spot(point: Point) -> str:
    return f"{round(GRID * point[0], 4):g} {round(GRID * point[1], 4):g}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _graphic(shape: Shape) -> str:
    if isinstance(shape, Text):
        side = "" if shape.side == "center" else f" (justify {shape.side})"
        effects = f"(effects (font (size 1 1)){side})"
        return f"(text {_quoted(shape.words)} (at {_spot(shape.at)} 0) {effects})"
    filled = "outline" if getattr(shape, "filled", False) else "none"
    heavy = 0.3 if getattr(shape, "heavy", False) else 0.15
    stroke = f"(stroke (width {heavy:g}) (type {'dash' if getattr(shape, 'dashed', False) else 'default'}))"
    rest = f"{stroke} (fill (type {filled}))"
    if isinstance(shape, Circle):
        return f"(circle (center {_spot(shape.center)}) (radius {GRID * shape.radius:.4g}) {rest})"
    points = shape.points if isinstance(shape, Line) else (*shape.points, shape.points[0])
    return f"(polyline (pts {' '.join(f'(xy {_spot(point)})' for point in points)}) {rest})"


def write_kicad(of: SymbolFile) -> str:
    """A library of one symbol as KiCad's ``.kicad_sym``."""
    symbol = of.symbol
    x, y = symbol.label
    properties = {
        "Reference": "X",
        "Value": of.name,
        "Footprint": "",
        "Datasheet": "",
        "Description": of.description,
        "Sim.Device": "SUBCKT",
        "Sim.Library": of.netlist,
        "Sim.Name": of.name,
        "Sim.Pins": " ".join(f"{k}={pin.name}" for k, pin in enumerate(symbol.pins, 1)),
        "Sim.Params": of.assignments(),
    }
    lines = ["(kicad_symbol_lib (version 20220914) (generator synaspice)"]
    name = _quoted(of.name)
    lines.append(f"  (symbol {name} (pin_numbers hide) (pin_names (offset 0) hide) (in_bom no) (on_board no)")
    for k, (key, value) in enumerate(properties.items()):
        hidden = "" if k < 2 else " hide"
        effects = f"(effects (font (size 1.27 1.27)) (justify left){hidden})"
        lines.append(f"    (property {_quoted(key)} {_quoted(value)} (at {_spot((x, y + 0.6 - 1.2 * k))} 0) {effects})")
    lines.append(f"    (symbol {_quoted(of.name + '_0_1')}")
    lines += [f"      {_graphic(shape)}" for shape in symbol.shapes]
    lines += ["    )", f"    (symbol {_quoted(of.name + '_1_1')}"]
    for k, pin in enumerate(symbol.pins, 1):
        named = f"(name {_quoted(pin.name)} {LETTERS}) (number {_quoted(str(k))} {LETTERS})"
        at = f"(at {_spot(pin.at)} {ANGLES[pin.away]}) (length 0)"
        lines.append(f"      (pin {KINDS[pin.direction]} line {at} {named})")
    return "\n".join([*lines, "    )", "  )", ")"]) + "\n"


EDITORS.register("kicad", Editor("KiCad", ".kicad_sym", "ngspice", write_kicad))
