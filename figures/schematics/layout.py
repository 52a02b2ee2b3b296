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
        for node in sorted(self.pins, key=self._span):
            if node not in (SUPPLY, GROUND):
                self._connect(node)
        for node in self.ports:
            if node not in (SUPPLY, GROUND) and node in self.pins:
                self._port(node)
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

    def _connect(self, node: str) -> None:
        """Connect the pins of a node, the nearest ones first; those that are too far get its name."""
        groups: list[set[Spot]] = []
        away: dict[Spot, Spot] = {}
        for pin, at in self.pins[node]:
            if not any(at in group for group in groups):
                groups.append({at})
            # Two pins at one point leave it in any direction.
            away[at] = (0, 0) if at in away else pin.away
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
        groups += left
        if len(groups) > 1 or (len(self.pins[node]) == 1 and node not in self.ports):
            for group in groups:
                self._name(node, group, away)

    def _name(self, node: str, group: set[Spot], away: Mapping[Spot, Spot]) -> None:
        """Write the name of a node where there is space: at a pin of a group, or at its wires."""
        pins = [(spot, away[spot]) for spot in sorted(group) if away.get(spot, (0, 0)) != (0, 0)]
        beside = [(spot, way) for way in ((1, 0), (-1, 0), (0, 1), (0, -1)) for spot in sorted(group)]
        room = [place for place in [*pins, *beside] if self._has_room(*place, node)]
        at, way = room[0] if room else (pins or beside)[0]
        self._flag(node, at, way, "name")

    def _has_room(self, at: Spot, way: Spot, node: str) -> bool:
        """Whether a name fits at a point, in a direction."""
        spots = self._spots(node, at, way)
        room = all(self._is_free(spot) and spot not in self.wires.dear for spot in spots)
        return room and not self.wires.others_at(at, node)

    def _spots(self, node: str, at: Spot, way: Spot) -> set[Spot]:
        """Points that a name takes at a point, in a direction."""
        long = math.ceil(LETTER * len(node))
        if way[0]:
            return {(at[0] + k * way[0], at[1]) for k in range(1, long + 2)}
        across = range(-(long + 1) // 2, (long + 1) // 2 + 1)
        return {(at[0] + x, at[1] + k * way[1]) for k in (1, 2) for x in across}

    def _is_free(self, spot: Spot) -> bool:
        return spot not in self.wires.blocked and not self.wires.points.get(spot)

    def _port(self, node: str) -> None:
        """Lead a node to the side of the drawing."""
        spots = {at for _, at in self.pins[node]} | self.wires.spots_of(node)
        away = {at: pin.away for pin, at in self.pins[node]} if len(self.pins[node]) == 1 else {}
        left, bottom, right, top = self.wires.limits
        side = right if self._leaves(node, spots) else left
        starts = [(spot, away.get(spot, (0, 0))) for spot in sorted(spots)]
        goals = {(side, y) for y in range(bottom, top + 1) if (side, y) not in self.wires.blocked}
        path = self.wires.way(starts, goals, node, PORTS)
        outward = (1, 0) if side == right else (-1, 0)
        if path is None:
            if all(flag.node != node for flag in self.flags):
                self._name(node, spots, {at: pin.away for pin, at in self.pins[node]})
            named = [flag for flag in self.flags if flag.node == node]
            ports = [replace(flag, kind="port", direction=self.ports[node]) for flag in named]
            self.flags = [flag for flag in self.flags if flag not in named] + ports
            return
        self.wires.lay(path, node)
        self.lines.append(Wire(node, tuple(path)))
        self._flag(node, path[-1], outward, "port", self.ports[node])
        for step in (-1, 1):
            self.wires.blocked.add((side, path[-1][1] + step))

    def _leaves(self, node: str, spots: set[Spot]) -> bool:
        """Whether a port is at the right."""
        direction = self.ports[node]
        if direction in ("input", "output"):
            return direction == "output"
        left, _, right, _ = self.wires.limits
        return sum(x for x, _ in spots) / len(spots) > (left + right) / 2
