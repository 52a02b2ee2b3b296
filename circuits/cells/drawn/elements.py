"""The elements of a cell as a schematic has them: symbols, the nodes of their pins, and what stands beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....devices.catalog import find_model
from ....devices.language.errors import ParameterError
from ....devices.language.quantities.quantity import si_prefix
from ....devices.targets.symbols.shapes import Symbol, Text
from ....devices.targets.symbols.symbols import (
    box_symbol,
    device_symbol,
    inverter_symbol,
    transistor_symbol,
)
from ...engine.native import NativeDevice
from ..building.assembly import Assembly
from ..building.cell import CELLS, Cell
from ..building.recorded import Passive, PlacedCell, PlacedDevice, Transistor
from ..building.subcircuits import in_order

#: Bodies of transistors that are not drawn, and what every inverter is connected to.
BODIES = {"nmos": "ground", "pmos": "supply"}
RAILS = {"supply": "supply", "ground": "ground"}
#: Symbols of the elements that lines of a netlist may add, by their letter, with the names of their pins.
LETTERS = {"R": "resistor", "C": "capacitor", "V": "voltage-source", "I": "current-source"}
#: Letters of a line of a name.
LONGEST = 15
UNITS = {"R": "ohm", "C": "F"}


@dataclass(frozen=True)
class Element:
    """An element of a cell.

    Attributes
    ----------
    name : str
        Its name in the netlist, with the letter: ``Mtail``.
    symbol : Symbol
        What is drawn of it.
    nodes : Mapping
        Node of every drawn pin.
    words : tuple of str
        Its name, and its values, in lines.
    implied : Mapping
        Nodes of pins that are not drawn: bodies at the rails, and rails of inverters.
    """

    name: str
    symbol: Symbol
    nodes: Mapping[str, str]
    words: tuple[str, ...]
    implied: Mapping[str, str] = field(default_factory=dict)


def elements(cell: Cell) -> list[Element]:
    """The elements of a cell in the order of its netlist.

    Raises
    ------
    ParameterError
        If a line that was added to the netlist has no symbol.
    """
    assembly = Assembly(cell, cell.model_name().replace("-", "_"), dry=True)
    cell.build(assembly)
    circuits = {part.name: part.pins for part in assembly.requires if not isinstance(part, NativeDevice)}
    directions = {name: port.direction for name, port in cell.ports().items()}
    found = [recorded for recorded in assembly.record if not _is_comment(recorded)]
    return [_element(recorded, circuits, directions) for recorded in found]


def _is_comment(recorded: Any) -> bool:
    return isinstance(recorded, str) and recorded.lstrip()[:1] in ("*", ".", "+", "")


def _element(recorded: Any, circuits: Mapping[str, Sequence[str]], ports: Mapping[str, str]) -> Element:
    if isinstance(recorded, Transistor):
        return _transistor(recorded)
    if isinstance(recorded, Passive):
        name = f"{recorded.letter}_{recorded.name}"
        return _two_pins(name, recorded.name, recorded.nodes, _worth(recorded.value, UNITS[recorded.letter]))
    if isinstance(recorded, PlacedDevice):
        return _device(recorded)
    if isinstance(recorded, PlacedCell):
        return _cell(recorded)
    return _line(str(recorded), circuits, ports)


def _transistor(placed: Transistor) -> Element:
    nodes = dict(zip(("drain", "gate", "source", "body"), placed.nodes, strict=True))
    implied = {"body": nodes.pop("body")} if nodes["body"] == BODIES[placed.kind] else {}
    many = f" ×{placed.parallel:g}" if placed.parallel != 1 else ""
    size = f"{float(f'{1e9 * placed.width:.4g}'):.10g}/{float(f'{1e9 * placed.length:.4g}'):.10g}{many}"
    symbol = transistor_symbol(placed.kind, body=not implied)
    return Element(f"M{placed.name}", symbol, nodes, (*_wrapped(placed.name), size), implied)


def _two_pins(name: str, label: str, nodes: Sequence[str], worth: str) -> Element:
    symbol = device_symbol(LETTERS[name[0].upper()], ("1", "2"))
    return Element(name, symbol, dict(zip(("1", "2"), nodes, strict=True)), (*_wrapped(label), worth))


def _worth(value: float, unit: str) -> str:
    factor, prefix = si_prefix(float(value), unit)
    return f"{value / factor:.3g} {prefix}{unit.replace('ohm', 'Ω')}"


def _device(placed: PlacedDevice) -> Element:
    model = find_model(placed.model)
    terminals = model().terminals()
    others = [pin for pin in placed.nodes if pin not in terminals]
    title = f"{placed.name}\n{placed.model}"
    symbol = device_symbol(model.symbol, tuple(terminals), others, title)
    boxed = any(isinstance(shape, Text) and shape.words == placed.name for shape in symbol.shapes)
    words = () if boxed else (*_wrapped(placed.name), *([placed.model] if placed.model != placed.name else []))
    return Element(f"X{placed.name}", symbol, dict(placed.nodes), words)


def _spelt(name: str) -> str:
    return name.replace("_", " ")


def _wrapped(name: str) -> list[str]:
    """A name in lines."""
    return textwrap.wrap(_spelt(name), LONGEST)


def _cell(placed: PlacedCell) -> Element:
    kind = CELLS[placed.model]
    ports = kind.ports()
    nodes = dict(zip(ports, in_order(placed.model, tuple(ports), placed.nodes), strict=True))
    if kind.symbol == "inverter":
        implied = {port: nodes[port] for port in RAILS} if all(nodes[p] == r for p, r in RAILS.items()) else {}
        drawn = {port: node for port, node in nodes.items() if port not in implied}
        return Element(f"X{placed.name}", inverter_symbol(not implied), drawn, (_spelt(placed.name),), implied)
    symbol = box_symbol({name: port.direction for name, port in ports.items()}, f"{placed.name}\n{placed.model}")
    return Element(f"X{placed.name}", symbol, nodes, ())


def _line(line: str, circuits: Mapping[str, Sequence[str]], ports: Mapping[str, str]) -> Element:
    """An element that was added as a line of the netlist."""
    name, *words = line.split()
    letter = name[0].upper()
    if letter in LETTERS and len(words) >= 3:
        return _two_pins(name, name[1:], words[:2], " ".join(words[2:])[:LONGEST])
    positional = [word for word in words if "=" not in word]
    if letter == "X" and positional and positional[-1] in circuits:
        pins = circuits[positional[-1]]
        nodes = dict(zip(pins, positional[:-1], strict=True))
        directions = {pin: ports.get(nodes[pin], "output") for pin in pins}
        title = f"{name[1:]}\n{positional[-1].replace('_', '-')}"
        return Element(f"X{name[1:]}", box_symbol(directions, title), nodes, ())
    raise ParameterError(f"there is no symbol for the line {line!r} of a netlist")
