"""A schematic: elements at their places, wires between their pins, ports at the sides, and names of nodes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.drawn.elements import Element, elements
from ...devices.targets.symbols.shapes import Pin
from .automatic import GROUND, SUPPLY, automatic_places
from .placed import LETTER, Place, Placed, Spot, placed
from .places import PLACES
from .routing import Wires, free, joints

#: Space between the elements and the ports, and the longest way of a port to the side.
MARGIN, PORTS = 3, 130.0


@dataclass(frozen=True)
class Wire:
    """A wire through points, of a node."""

    node: str
    path: tuple[Spot, ...]


@dataclass(frozen=True)
class Flag:
    """The name of a node at a point; of a port, of a rail, or in place of a wire.

    Attributes
    ----------
    node : str
        The node.
    at : pair of int
        Where it is.
    away : pair of int
        Direction in which the name stands.
    kind : str
        ``"port"``, ``"supply"``, ``"ground"`` or ``"name"``.
    direction : str
        Direction of a port.
    """

    node: str
    at: Spot
    away: Spot
    kind: str
    direction: str = ""


@dataclass(frozen=True)
class Layout:
    """What is to be drawn of a cell."""

    items: tuple[Placed, ...]
    wires: tuple[Wire, ...]
    flags: tuple[Flag, ...]
    joints: tuple[Spot, ...]


def layout_of(cell: Cell) -> Layout:
    """Place the elements of a cell and connect them.

    Raises
    ------
    ParameterError
        If an element of the cell has no symbol.
    """
    found = elements(cell)
    own = PLACES.get(cell.model_name(), {})
    directions = {name: port.direction for name, port in cell.ports().items()}
    inputs = [name for name, direction in directions.items() if direction in ("input", "inout")]
    if own.keys() == {each.name for each in found}:
        places: Mapping[str, Place] = own
    else:
        places = automatic_places(found, inputs)
    return connect(found, places, directions)


def connect(found: Sequence[Element], places: Mapping[str, Place], ports: Mapping[str, str]) -> Layout:
    """Connect elements at their places.

    Parameters
    ----------
    found : sequence of Element
        The elements.
    places : Mapping
        Their places by name.
    ports : Mapping
        Directions of the ports.
    """
    return _Connection(placed(found, places), ports).layout()


class _Connection:
    def __init__(self, items: Sequence[Placed], ports: Mapping[str, str]) -> None:
        self.items, self.ports = items, ports
        bodies = [box for item in items for box in (item.body(), item.words()) if box is not None]
        left, bottom = (min(box[k] for box in bodies) for k in (0, 1))
        right, top = (max(box[k] for box in bodies) for k in (2, 3))
        limits = (
            math.floor(left) - MARGIN,
            math.floor(bottom) - MARGIN,
            math.ceil(right) + MARGIN,
            math.ceil(top) + MARGIN,
        )
        self.wires: Wires = free(items, limits)
        self.lines: list[Wire] = []
        self.flags: list[Flag] = []
        self.pins: dict[str, list[tuple[Pin, Spot]]] = defaultdict(list)
        self.at: dict[Spot, list[str]] = defaultdict(list)
        for item in items:
            for pin, node in item.pins():
                self.at[item.at(pin)].append(node)
                self.pins[node].append((pin, item.at(pin)))

    def layout(self) -> Layout:
        """Everything."""
        self._rails()
        parts = {
            node: self._connect(node) for node in sorted(self.pins, key=self._span) if node not in (SUPPLY, GROUND)
        }
        led = {node: spot for node in self.ports if node in parts and (spot := self._port(node)) is not None}
        # Names come after all wires, to keep clear of them. A port is the name of what it leads to.
        for node, groups in parts.items():
            alone = len(groups) == 1 and node not in self.ports
            for group in groups:
                if not alone and led.get(node) not in group:
                    self._name(node, group)
            if node in self.ports and node not in led:
                self._port_in_place(node)
        met = joints(self.wires, self.at)
        return Layout(tuple(self.items), tuple(self.lines), tuple(self.flags), tuple(sorted(met)))

    def _span(self, node: str) -> tuple[int, int]:
        spots = [at for _, at in self.pins[node]]
        across, up = [x for x, _ in spots], [y for _, y in spots]
        return len(spots) > 5, max(across) - min(across) + max(up) - min(up)

    def _rails(self) -> None:
        for node, way in ((SUPPLY, (0, 1)), (GROUND, (0, -1))):
            for pin, at in self.pins.get(node, ()):
                if pin.away == way:
                    self._flag(node, at, way, node)
                else:
                    self._flag(node, at, pin.away, "name")

    def _flag(self, node: str, at: Spot, away: Spot, kind: str, direction: str = "") -> None:
        self.flags.append(Flag(node, at, away, kind, direction))
        self.wires.fixed[at] = node
        beyond = (at[0] + away[0], at[1] + away[1])
        self.wires.blocked |= {beyond, (beyond[0] + away[0], beyond[1] + away[1])}
        if kind == "name":
            self.wires.dear |= self._spots(node, at, away)  # so that no later wire runs through it

    def _connect(self, node: str) -> list[set[Spot]]:
        """Connect the pins of a node, the nearest ones first, to groups that are too far apart for a wire."""
        away = self._away(node)
        groups: list[set[Spot]] = [{at} for at in away]
        left: list[set[Spot]] = []
        while len(groups) > 1:
            group, *others = groups
            starts = [(spot, away[spot] if len(group) == 1 else (0, 0)) for spot in sorted(group)]
            path = self.wires.way(starts, set().union(*others), node)
            if path is None:
                left.append(group)
                groups = others
                continue
            self.wires.lay(path, node)
            self.lines.append(Wire(node, tuple(path)))
            met = next(other for other in others if path[-1] in other)
            groups = [group | met | set(path), *(other for other in others if other is not met)]
        return groups + left

    def _away(self, node: str) -> dict[Spot, Spot]:
        """Directions in which the pins of a node leave; where two are at one point, any."""
        found: dict[Spot, Spot] = {}
        for pin, at in self.pins[node]:
            found[at] = (0, 0) if at in found else pin.away
        return found

    def _name(self, node: str, group: set[Spot]) -> None:
        """Write the name of a node where there is space: at a pin of a group, or at its wires."""
        away = self._away(node)
        pins = [(spot, away[spot]) for spot in sorted(group) if away.get(spot, (0, 0)) != (0, 0)]
        beside = [(spot, way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1)) for spot in sorted(group)]
        allowed = [place for place in [*pins, *beside] if not self.wires.others_at(place[0], node)]
        at, way = min(allowed or pins, key=lambda place: self._covered(place[0], place[1], node))
        self._flag(node, at, way, "name")

    def _covered(self, at: Spot, way: Spot, node: str) -> int:
        """How many points of symbols, words and wires a name at a point, in a direction, would cover."""
        spots = self._spots(node, at, way)
        return sum(not self._is_free(spot) or spot in self.wires.dear for spot in spots)

    def _spots(self, node: str, at: Spot, way: Spot) -> set[Spot]:
        """Points that a name takes at a point, in a direction."""
        long = math.ceil(LETTER * len(node))
        if way[0]:
            return {(at[0] + k * way[0], at[1]) for k in range(1, long + 2)}
        across = range(-(long + 1) // 2, (long + 1) // 2 + 1)
        return {(at[0] + x, at[1] + k * way[1]) for k in (1, 2) for x in across}

    def _is_free(self, spot: Spot) -> bool:
        return spot not in self.wires.blocked and not self.wires.points.get(spot)

    def _port(self, node: str) -> Spot | None:
        """Lead a node to the side of the drawing: from where; None if that would be too long a way."""
        spots = {at for _, at in self.pins[node]} | self.wires.spots_of(node)
        away = {at: pin.away for pin, at in self.pins[node]} if len(self.pins[node]) == 1 else {}
        left, bottom, right, top = self.wires.limits
        side = right if self._leaves(node, spots) else left
        starts = [(spot, away.get(spot, (0, 0))) for spot in sorted(spots)]
        goals = {(side, y) for y in range(bottom, top + 1) if (side, y) not in self.wires.blocked}
        path = self.wires.way(starts, goals, node, PORTS)
        outward = (1, 0) if side == right else (-1, 0)
        if path is None:
            return None
        self.wires.lay(path, node)
        self.lines.append(Wire(node, tuple(path)))
        self._flag(node, path[-1], outward, "port", self.ports[node])
        for step in (-1, 1):
            self.wires.blocked.add((side, path[-1][1] + step))
        return path[0]

    def _port_in_place(self, node: str) -> None:
        """Make the outermost name of a node a port."""
        named = [flag for flag in self.flags if flag.node == node]
        spots = {flag.at for flag in named}
        sign = -1 if self._leaves(node, spots) else 1
        outermost = min(named, key=lambda flag: sign * flag.at[0])
        port = replace(outermost, kind="port", direction=self.ports[node])
        self.flags = [port if flag is outermost else flag for flag in self.flags]

    def _leaves(self, node: str, spots: set[Spot]) -> bool:
        """Whether a port is at the right."""
        direction = self.ports[node]
        if direction in ("input", "output"):
            return direction == "output"
        left, _, right, _ = self.wires.limits
        return sum(x for x, _ in spots) / len(spots) > (left + right) / 2
