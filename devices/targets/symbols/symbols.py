"""The symbol of a device or a circuit: its body, with a pin for every pin of its subcircuit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .bodies import TWO_TERMINALS, inverter, junction_on_line, strip_with_junction, transistor
from .shapes import Pin, Shape, Symbol, Text, box, leads, line

UP, DOWN, LEFT, RIGHT = (0, 1), (0, -1), (-1, 0), (1, 0)
#: Symbols whose pins are not those of two terminals, with where their terminals are.
LYING = {
    "strip-with-junction": (strip_with_junction, (((-3, 0), LEFT), ((3, 0), RIGHT), ((0, 2), UP))),
    "junction-on-line": (junction_on_line, (((3, 0), RIGHT), ((0, 2), UP), ((-3, 0), LEFT))),
}
#: Width of a letter in a box.
LETTER = 0.62


def device_symbol(kind: str, terminals: Sequence[str], states: Sequence[str] = (), title: str = "") -> Symbol:
    """The symbol of a device.

    Parameters
    ----------
    kind : str
        What it looks like: a key of :data:`~synaspice.devices.targets.symbols.bodies.TWO_TERMINALS` or
        :data:`LYING`; a box if there is none of that name for so many terminals.
    terminals : sequence of str
        Its terminals.
    states : sequence of str
        Other pins of its subcircuit: nodes of states to look at, and inputs.
    title : str
        What stands in a box.
    """
    if kind in TWO_TERMINALS and len(terminals) == 2:
        body, reach = TWO_TERMINALS[kind]
        pins = (Pin(terminals[0], (0, 2), UP), Pin(terminals[1], (0, -2), DOWN))
        drawn: tuple[Shape, ...] = (*body(), *leads(pins, reach))
        return _with_states(drawn, pins, states)
    if kind in LYING and len(terminals) == len(LYING[kind][1]):
        wide, places = LYING[kind]
        lying = tuple(Pin(name, at, away) for name, (at, away) in zip(terminals, places, strict=True))
        return _below(wide(), lying, states)
    ports = dict.fromkeys(terminals, "inout") | dict.fromkeys(states, "output")
    return box_symbol(ports, title)


def _with_states(drawn: tuple[Shape, ...], pins: tuple[Pin, ...], states: Sequence[str]) -> Symbol:
    """States at the right of a symbol of two terminals."""
    right = Symbol(drawn, pins, (0, 0)).extent()[2]
    top = (len(states) - 1) // 2
    found = tuple(Pin(name, (3, top - k), RIGHT, "output") for k, name in enumerate(states))
    dashes = tuple(line(pin.at, (right, pin.at[1]), dashed=True) for pin in found)
    names = tuple(Text((2.9, pin.at[1] + 0.1), pin.name, "right") for pin in found)
    return Symbol((*drawn, *dashes, *names), (*pins, *found), (0.4, 2.4) if states else (right + 0.3, 0.0))


def _below(drawn: tuple[Shape, ...], pins: tuple[Pin, ...], states: Sequence[str]) -> Symbol:
    """States below a symbol that lies."""
    found = tuple(Pin(name, (2 - 2 * k, -2), DOWN, "output") for k, name in enumerate(states))
    dashes = tuple(line(pin.at, (pin.at[0], -0.5), dashed=True) for pin in found)
    names = tuple(Text((pin.at[0] + 0.15, -1.6), pin.name, "left") for pin in found)
    return Symbol((*drawn, *dashes, *names), (*pins, *found), (0.4, 1.8))


def transistor_symbol(kind: str, body: bool = False) -> Symbol:
    """The symbol of a transistor of pins ``drain``, ``gate``, ``source`` and ``body``.

    Parameters
    ----------
    kind : str
        ``"nmos"``, whose drain is above, or ``"pmos"``, whose source is.
    body : bool
        Whether the pin of the body is drawn.
    """
    p_channel = kind == "pmos"
    above, below = ("source", "drain") if p_channel else ("drain", "source")
    pins = {
        above: Pin(above, (0, 2), UP),
        "gate": Pin("gate", (-2, 0), LEFT, "input"),
        below: Pin(below, (0, -2), DOWN),
    }
    shapes: tuple[Shape, ...] = transistor(p_channel)
    order = ["drain", "gate", "source"]
    if body:
        pins["body"] = Pin("body", (1, 0), RIGHT)
        shapes = (*shapes, line((1, 0), (-0.7, 0)))
        order.append("body")
    return Symbol(shapes, tuple(pins[name] for name in order), (0.4, 0.0) if not body else (0.4, -1.2))


def inverter_symbol(supplied: bool) -> Symbol:
    """The symbol of an inverter of pins ``input`` and ``output``; if asked for, ``supply`` and ``ground`` too."""
    pins: tuple[Pin, ...] = (Pin("input", (-2, 0), LEFT, "input"), Pin("output", (2, 0), RIGHT, "output"))
    shapes: tuple[Shape, ...] = inverter()
    if supplied:
        pins = (*pins, Pin("supply", (0, 2), UP, "supply"), Pin("ground", (0, -2), DOWN, "supply"))
        shapes = (*shapes, line((0, 2), (0, 0.5)), line((0, -2), (0, -0.5)))
    return Symbol(shapes, pins, (-1.2, 1.35))


def box_symbol(ports: Mapping[str, str], title: str, sides: Mapping[str, str] | None = None) -> Symbol:
    """A box with the names of its pins in it: inputs at the left, outputs at the right, ground below.

    Parameters
    ----------
    ports : Mapping
        Direction of every pin, in the order of the subcircuit.
    title : str
        What stands in its middle.
    sides : Mapping, optional
        Sides of pins that stand elsewhere: ``"left"``, ``"right"``, ``"top"`` or ``"bottom"``.
    """
    at: dict[str, list[str]] = {"left": [], "right": [], "top": [], "bottom": []}
    for name, direction in ports.items():
        at[(sides or {}).get(name) or _side(name, direction)].append(name)
    rows = max(len(at["left"]), len(at["right"]), 1)
    columns = max(len(at["top"]), len(at["bottom"]))
    inner = LETTER * (max(map(len, at["left"]), default=0) + max(map(len, at["right"]), default=0))
    words = title.split("\n") if title else []
    wide = math.ceil(max(inner + 1.5, LETTER * max(map(len, words), default=0) + 1, 3 * columns + 1, 4) / 2)
    upright = 1 if at["top"] else 0
    high = rows + len(words) + upright + (1 if at["bottom"] else 0)
    top, bottom = high - high // 2, -(high // 2)
    top, bottom = top + rows // 2, bottom - (rows - rows // 2)
    first = top - 1 - len(words) - upright
    pins, shapes = {}, [box(-wide, bottom, wide, top)]
    drawn: list[Shape] = [*shapes]
    for side, sign in (("left", -1), ("right", 1)):
        for k, name in enumerate(at[side]):
            y = first - 2 * k
            pins[name] = Pin(name, (sign * (wide + 1), y), (sign, 0), ports[name])
            drawn += [line((sign * (wide + 1), y), (sign * wide, y)), Text((sign * (wide - 0.3), y), name, side)]
    for side, sign, edge in (("top", 1, top), ("bottom", -1, bottom)):
        for k, name in enumerate(at[side]):
            x = 3 * k - 3 * (len(at[side]) - 1) // 2
            pins[name] = Pin(name, (x, edge + sign), (0, sign), ports[name])
            drawn += [line((x, edge + sign), (x, edge)), Text((x, edge - 0.5 * sign), name)]
    for k, word in enumerate(words):
        drawn.append(Text((0, top - 0.6 - upright - k), word))
    return Symbol(tuple(drawn), tuple(pins[name] for name in ports), (-wide, top + 0.6))


def _side(name: str, direction: str) -> str:
    if direction == "supply":
        return "bottom" if name == "ground" else "top"
    return "right" if direction == "output" else "left"
